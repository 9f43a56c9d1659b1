/*
 * domain_list.h - all VMs of a host in one question, with what must be remembered between two.
 *
 * Thread: one at a time. Blocks as libvirt does.
 */
#ifndef ROOST_DRIVER_LIBVIRT_DOMAIN_LIST_H
#define ROOST_DRIVER_LIBVIRT_DOMAIN_LIST_H

#include <glib.h>
#include <libvirt/libvirt.h>

#include "core/model/report.h"

/* What is remembered: CPU times for the next difference, and facts that only XML tells. */
struct domain_list;

struct domain_list *domain_list_new(void);
void domain_list_free(struct domain_list *list);

/*
 * Adds every VM of the host, running or not, to report. FALSE with libvirt's error, and report to
 * be thrown away. One call of libvirt, for which no hypervisor process is asked, where all VMs are
 * known and in the state of the last look; with `whole`, or where they are not, what they are made
 * of is asked too.
 */
gboolean domain_list_read(struct domain_list *list, virConnectPtr connection, gboolean whole,
                          struct host_report *report, GError **error);

/* CPU use over a period, in thousandths of one core; -1 when it cannot be told. */
gint domain_list_cpu_permille(guint64 before_ns, guint64 after_ns, gint64 elapsed_us);

#endif
