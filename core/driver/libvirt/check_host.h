/*
 * check_host.h - the examination of one host, by its worker: over its ssh session, then by libvirt.
 */
#ifndef ROOST_DRIVER_LIBVIRT_CHECK_HOST_H
#define ROOST_DRIVER_LIBVIRT_CHECK_HOST_H

#include <glib.h>

#include "core/driver/driver.h"
#include "core/driver/libvirt/remote_host.h"

/* A request that shares nothing with the one it was made from. */
struct check_request *check_request_copy(const struct check_request *request);
void check_request_free(struct check_request *request);

/*
 * As driver_check. What libvirt takes longer than the deadline for ends when its connection is
 * broken (worker_interrupt); what was found until then is in the report. Thread: the host's worker.
 */
struct check_report *check_host_examine(struct remote_host *host,
                                        const struct check_request *request, gint64 deadline_us,
                                        GError **error);

#endif
