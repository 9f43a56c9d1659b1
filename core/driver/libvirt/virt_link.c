#include "core/driver/libvirt/virt_link.h"

#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/base/error.h"
#include "core/driver/libvirt/ssh_trunk.h"
#include "core/driver/libvirt/virt_error.h"

/* A peer that leaves three questions in 5 s steps without an answer is gone. */
#define KEEPALIVE_INTERVAL_S 5
#define KEEPALIVE_COUNT      3

/* One watch registered with libvirt, which calls and drops it from its own places. */
struct watcher {
    struct virt_watch watch;
    gint *changes; /* counts; an atomic rc box that the link has too */
};

struct virt_guard {
    gint refs;
    pthread_mutex_t lock;
    struct ssh_trunk *trunk; /* NULL = none to hang up */
};

struct virt_link {
    virConnectPtr connection;
    struct ssh_trunk *trunk;  /* NULL = libvirt's own transport */
    struct virt_guard *guard; /* NULL = none */
    int event;                /* callback id; -1 when there is none */
    gint *changes;
    gint changes_taken;
    struct main_post *post;
    struct watcher *for_close;        /* NULL = not watched */
    struct virt_abilities *abilities; /* NULL = not asked yet */
};

/* libvirt must never ask the terminal for a password: there is none, and the screen is ours. */
static int answer_nothing(virConnectCredentialPtr credentials, unsigned int n, void *data)
{
    (void)credentials;
    (void)n;
    (void)data;
    return -1;
}

static struct watcher *watcher_new(const struct virt_watch *watch, gint *changes)
{
    struct watcher *watcher = g_new(struct watcher, 1);

    watcher->changes = g_atomic_rc_box_acquire(changes);
    watcher->watch = *watch;
    watcher->watch.data = watch->ref(watch->data);
    return watcher;
}

static void watcher_free(void *opaque)
{
    struct watcher *watcher = opaque;

    watcher->watch.unref(watcher->watch.data);
    g_atomic_rc_box_release(watcher->changes);
    g_free(watcher);
}

static void on_close(virConnectPtr connection, int reason, void *opaque)
{
    struct watcher *watcher = opaque;

    (void)connection;
    (void)reason;
    watcher->watch.changed(watcher->watch.data);
}

static int on_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail,
                        void *opaque)
{
    struct watcher *watcher = opaque;

    (void)connection;
    (void)domain;
    (void)event;
    (void)detail;
    g_atomic_int_inc(watcher->changes);
    watcher->watch.changed(watcher->watch.data);
    return 0;
}

/* Not every hypervisor has events or keepalive; the link is as useful as it can be without. */
static void register_watch(struct virt_link *link, const struct virt_watch *watch)
{
    struct watcher *for_events = watcher_new(watch, link->changes);

    link->event = virConnectDomainEventRegisterAny(
        link->connection, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
        VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle), for_events, watcher_free);
    if (link->event < 0)
        watcher_free(for_events);
    /* Some drivers say yes, and then neither call it nor free what is handed over: so, ours. */
    link->for_close = watcher_new(watch, link->changes);
    virConnectRegisterCloseCallback(link->connection, on_close, link->for_close, NULL);
    virResetLastError();
}

struct virt_guard *virt_guard_new(void)
{
    struct virt_guard *guard = g_new0(struct virt_guard, 1);

    guard->refs = 1;
    pthread_mutex_init(&guard->lock, NULL);
    return guard;
}

struct virt_guard *virt_guard_ref(struct virt_guard *guard)
{
    g_atomic_int_inc(&guard->refs);
    return guard;
}

void virt_guard_unref(struct virt_guard *guard)
{
    if (!guard || !g_atomic_int_dec_and_test(&guard->refs))
        return;
    pthread_mutex_destroy(&guard->lock);
    g_free(guard);
}

void virt_guard_interrupt(struct virt_guard *guard)
{
    pthread_mutex_lock(&guard->lock);
    if (guard->trunk)
        ssh_trunk_hang_up(guard->trunk);
    pthread_mutex_unlock(&guard->lock);
}

/* The link holds the trunk for as long as the guard knows it. */
static void set_guarded(struct virt_guard *guard, struct ssh_trunk *trunk)
{
    if (!guard)
        return;
    pthread_mutex_lock(&guard->lock);
    guard->trunk = trunk;
    pthread_mutex_unlock(&guard->lock);
}

static gboolean open_trunk(struct virt_link *link, const struct virt_link_options *options,
                           GError **error)
{
    const struct ssh_trunk_options own = {
        .access = options->access,
        .address = options->address,
        .post = options->post,
        .libvirt = TRUE,
        .deadline_us = options->deadline_us,
    };

    link->trunk = options->trunk ? ssh_trunk_ref(options->trunk) : ssh_trunk_open(&own, error);
    if (link->trunk)
        set_guarded(link->guard, link->trunk);
    return link->trunk != NULL;
}

/* All that libvirt knows of a trunk is that it ended; the host may have said why. Takes failed. */
static void explain_refusal(const struct virt_link *link, const char *address, GError *failed,
                            GError **error)
{
    const char *said = link->trunk ? ssh_trunk_complaint(link->trunk) : NULL;

    g_set_error(error, failed->domain, failed->code,
                "host %s: libvirt cannot be reached: %s (does it run there? %s)", address,
                said ? said : failed->message,
                link->trunk ? "if not by the usual socket, set uri in [libvirt]"
                            : "is uri in [libvirt] right?");
    g_error_free(failed);
}

static gboolean open_connection(struct virt_link *link, const struct virt_link_options *options,
                                GError **error)
{
    virConnectAuth nobody = {NULL, 0, answer_nothing, NULL};
    g_autofree char *uri = access_uri(options->access, options->address);

    if (!uri && !open_trunk(link, options, error))
        return FALSE;
    /* libvirt would wait for ever for a daemon that has stopped, or a host without power. */
    if (link->trunk)
        ssh_trunk_set_deadline(link->trunk, options->deadline_us);
    link->connection = virConnectOpenAuth(uri ? uri : ssh_trunk_uri(link->trunk), &nobody, 0);
    if (link->trunk)
        ssh_trunk_set_deadline(link->trunk, 0);
    if (!link->connection) {
        GError *failed = NULL;

        virt_error_take(&failed);
        explain_refusal(link, options->address, failed, error);
        return FALSE;
    }
    if (virConnectSetKeepAlive(link->connection, KEEPALIVE_INTERVAL_S, KEEPALIVE_COUNT) < 0)
        virResetLastError();
    return TRUE;
}

struct virt_link *virt_link_open(const struct virt_link_options *options, GError **error)
{
    struct virt_link *link = g_new0(struct virt_link, 1);

    link->event = -1;
    link->changes = g_atomic_rc_box_new0(gint);
    link->changes_taken = -1;
    link->post = main_post_ref(options->post);
    link->guard = options->guard ? virt_guard_ref(options->guard) : NULL;
    if (!open_connection(link, options, error)) {
        virt_link_free(link);
        return NULL;
    }
    if (options->watch)
        register_watch(link, options->watch);
    return link;
}

static void ignore_letter(gpointer owner, gpointer data)
{
    (void)owner;
    (void)data;
}

static void close_connection(struct virt_link *link)
{
    if (link->for_close)
        virConnectUnregisterCloseCallback(link->connection, on_close);
    if (link->event >= 0)
        virConnectDomainEventDeregisterAny(link->connection, link->event);
    virConnectClose(link->connection);
    virResetLastError();
    /* The main thread may be calling it at this very moment: so it is freed there. */
    if (link->for_close)
        main_post_send(link->post, ignore_letter, link->for_close, watcher_free);
}

void virt_link_free(struct virt_link *link)
{
    if (!link)
        return;
    if (link->connection)
        close_connection(link);
    set_guarded(link->guard, NULL);
    if (link->trunk)
        ssh_trunk_hang_up(link->trunk);
    ssh_trunk_unref(link->trunk);
    virt_guard_unref(link->guard);
    main_post_unref(link->post);
    g_atomic_rc_box_release(link->changes);
    virt_abilities_free(link->abilities);
    g_free(link);
}

gboolean virt_link_is_alive(const struct virt_link *link)
{
    return virConnectIsAlive(link->connection) == 1;
}

virConnectPtr virt_link_connection(const struct virt_link *link)
{
    return link->connection;
}

gboolean virt_link_take_changes(struct virt_link *link)
{
    gint changes = g_atomic_int_get(link->changes);
    gboolean changed = link->event < 0 || changes != link->changes_taken;

    link->changes_taken = changes;
    return changed;
}

const struct virt_abilities *virt_link_abilities(struct virt_link *link)
{
    if (!link->abilities)
        link->abilities = virt_abilities_ask(link->connection);
    return link->abilities;
}
