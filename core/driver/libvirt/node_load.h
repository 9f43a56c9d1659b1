/*
 * node_load.h - load, CPU use and free RAM of a host as libvirt tells them, for hosts that are
 * asked nothing else: hypervisors of their own (ESX, Hyper-V), or machines without our key.
 *
 * libvirt tells CPU times, not loads. loadavg15 is then reckoned from them: an average of busy CPUs
 * that forgets with the time constant of the kernel's, 15 minutes, begun with the first measure.
 * Blocks as libvirt does. Thread: one at a time.
 */
#ifndef ROOST_DRIVER_LIBVIRT_NODE_LOAD_H
#define ROOST_DRIVER_LIBVIRT_NODE_LOAD_H

#include <glib.h>
#include <libvirt/libvirt.h>

#include "core/model/report.h"

/* All zero before the first look. Plain data, nothing to free. */
struct node_load {
    guint64 busy_ns;
    guint64 total_ns;
    gint64 at_us;      /* monotonic; 0 = not measured yet */
    double busy_cpus;  /* the average */
    gboolean averaged; /* there is one */
};

/*
 * Fills what the report does not know yet of load15_permille, cpu_permille and mem_available_kib;
 * report->cpus must be there. What the hypervisor does not tell stays not known.
 */
void node_load_look(struct node_load *load, virConnectPtr connection, struct host_report *report);

/* Takes a measure in: the times since boot of all CPUs together, busy and whole. */
void node_load_measure(struct node_load *load, guint64 busy_ns, guint64 total_ns, gint64 now_us,
                       struct host_report *report);

#endif
