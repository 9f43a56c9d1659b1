/*
 * remote_host_internal.h - what remote_host.c (connections, acting) and remote_look.c share. Not
 * for others. Thread: the host's worker's.
 */
#ifndef ROOST_DRIVER_LIBVIRT_REMOTE_HOST_INTERNAL_H
#define ROOST_DRIVER_LIBVIRT_REMOTE_HOST_INTERNAL_H

#include "core/driver/libvirt/domain_list.h"
#include "core/driver/libvirt/node_load.h"
#include "core/driver/libvirt/remote_host.h"
#include "core/driver/libvirt/ssh_trunk.h"

struct remote_host {
    struct access *access;
    char *address;
    struct main_post *post;
    const struct virt_watch *watch;
    struct virt_guard *guard;
    struct ssh_trunk *trunk; /* for looks, and libvirt where it goes through ssh; NULL = none */
    struct virt_link *virt;  /* NULL = none */
    struct ssh_link *ssh;    /* for commands of their own: seldom; NULL = none */
    struct domain_list *domains;
    GError *auth_error; /* why we were not let in last time; NULL when we were */
    gint64 auth_error_at_us;
    /* When these were last asked for; 0 = never on this session. */
    gint64 full_at_us;
    gint64 logins_at_us;
    gint64 whole_list_at_us;
    /* What is still worth telling when a later question fails. */
    char *hostname;
    char *mac;
    char *broadcast;
    enum host_wake wake;
    guint cpus;
    guint64 cpu_ticks;
    guint64 cpu_busy_ticks;
    struct node_load node_load;
};

/* TRUE when it stands, as far as anybody knows without asking the host. */
gboolean remote_host_has_trunk(const struct remote_host *host);
gboolean remote_host_has_virt(const struct remote_host *host);

/* Makes them stand; FALSE with error. Where libvirt goes through the trunk, they fall together. */
gboolean remote_host_open_trunk(struct remote_host *host, gint64 deadline_us, GError **error);
gboolean remote_host_open_virt(struct remote_host *host, gint64 deadline_us, GError **error);

#endif
