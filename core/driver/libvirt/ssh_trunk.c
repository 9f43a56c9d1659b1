#include "core/driver/libvirt/ssh_trunk.h"

#include <libssh/libssh.h>
#include <pthread.h>
#include <sys/epoll.h>

#include "core/base/error.h"
#include "core/driver/libvirt/ssh_hub.h"
#include "core/driver/libvirt/ssh_internal.h"
#include "core/driver/libvirt/ssh_libvirt.h"
#include "core/driver/libvirt/ssh_link.h"
#include "core/driver/libvirt/ssh_shell.h"
#include "core/driver/libvirt/ssh_tunnel.h"

struct ssh_trunk {
    struct ssh_hub_seat seat; /* first */
    gint refs;
    gint ending; /* it was told to hang up */
    gint alive;
    char *address;
    char *uri;
    char *complaint; /* atomic: the hub sets it once, if at all */
    struct main_post *post;
    struct ssh_shell *shell; /* NULL = none */
    /* The hub's, once it has joined: */
    struct ssh_link *link;
    struct ssh_tunnel *tunnel; /* NULL = none */
    GError *why;
    pthread_mutex_t lock; /* for what follows */
    gint64 deadline_us;   /* of what libvirt does through it; 0 = none */
    gboolean joined;      /* and has not ended: may be poked */
};

static struct ssh_trunk *trunk_of(struct ssh_hub_seat *seat)
{
    return (struct ssh_trunk *)seat;
}

/* --- The hub's side --- */

static void set_why(struct ssh_trunk *trunk, const char *what)
{
    if (!trunk->why)
        trunk->why = g_error_new(ROOST_ERROR, ROOST_ERROR_UNREACHABLE, "host %s: ssh: %s",
                                 trunk->address, what);
}

/*
 * Takes all that has come: libssh hands each packet to whom it is for. It reads on behalf of a
 * channel, and only of one whose other side has not ended.
 */
static gboolean take_packets(struct ssh_trunk *trunk, ssh_session session)
{
    ssh_channel channel =
        trunk->tunnel ? ssh_tunnel_channel(trunk->tunnel) : ssh_shell_channel(trunk->shell);

    if (ssh_channel_poll(channel, 0) != SSH_ERROR && ssh_is_connected(session))
        return TRUE;
    if (!trunk->why)
        ssh_link_take_error(session, "read", &trunk->why);
    g_prefix_error(&trunk->why, "host %s: ", trunk->address);
    return FALSE;
}

static gboolean step_parts(struct ssh_trunk *trunk, guint what)
{
    if (trunk->tunnel && !ssh_tunnel_step(trunk->tunnel, what & SSH_HUB_LOCAL_READY))
        return FALSE;
    if (trunk->shell && !ssh_shell_step(trunk->shell)) {
        g_atomic_int_set(&trunk->alive, 0);
        return trunk->tunnel != NULL;
    }
    return TRUE;
}

/* The nearer of its own and the shell's; 0 = none. */
static gint64 nearest_deadline(struct ssh_trunk *trunk)
{
    gint64 of_shell = trunk->shell ? ssh_shell_deadline(trunk->shell) : 0;
    gint64 own;

    pthread_mutex_lock(&trunk->lock);
    own = trunk->deadline_us;
    pthread_mutex_unlock(&trunk->lock);
    return own && of_shell ? MIN(own, of_shell) : MAX(own, of_shell);
}

static void watch_again(struct ssh_trunk *trunk, ssh_session session)
{
    guint32 events = EPOLLIN;

    if (trunk->tunnel) {
        ssh_hub_watch(&trunk->seat, SSH_HUB_LOCAL, ssh_tunnel_fd(trunk->tunnel),
                      ssh_tunnel_events(trunk->tunnel));
        if (ssh_tunnel_is_full(trunk->tunnel))
            events = 0;
    }
    if (ssh_get_poll_flags(session) & SSH_WRITE_PENDING)
        events |= EPOLLOUT;
    ssh_hub_watch(&trunk->seat, SSH_HUB_REMOTE, ssh_get_fd(session), events);
    trunk->seat.deadline_us = nearest_deadline(trunk);
}

static gboolean step(struct ssh_hub_seat *seat, guint what)
{
    struct ssh_trunk *trunk = trunk_of(seat);
    ssh_session session = ssh_link_session(trunk->link);
    gint64 deadline_us;

    if (g_atomic_int_get(&trunk->ending))
        return FALSE;
    if (what & (SSH_HUB_REMOTE_READY | SSH_HUB_LATE) && !take_packets(trunk, session))
        return FALSE;
    /* When libvirt has closed its end, what the host has no room for now is of no use either. */
    if (what & SSH_HUB_LOCAL_GONE && ssh_tunnel_is_stuck(trunk->tunnel))
        return FALSE;
    if (!step_parts(trunk, what))
        return FALSE;
    deadline_us = what & SSH_HUB_LATE ? nearest_deadline(trunk) : 0;
    if (deadline_us && deadline_us <= g_get_monotonic_time()) {
        set_why(trunk, "no answer in time");
        return FALSE;
    }
    watch_again(trunk, session);
    return TRUE;
}

static void end(struct ssh_hub_seat *seat)
{
    struct ssh_trunk *trunk = trunk_of(seat);

    pthread_mutex_lock(&trunk->lock);
    trunk->joined = FALSE;
    pthread_mutex_unlock(&trunk->lock);
    g_atomic_int_set(&trunk->alive, 0);
    set_why(trunk, "the connection ended");
    if (trunk->tunnel) /* before libvirt can notice that it is over */
        g_atomic_pointer_set(&trunk->complaint, ssh_tunnel_complaint(trunk->tunnel));
    g_clear_pointer(&trunk->tunnel, ssh_tunnel_free);
    if (trunk->shell)
        ssh_shell_end(trunk->shell, trunk->why);
    g_clear_pointer(&trunk->link, ssh_link_free);
}

static void trunk_free(struct ssh_trunk *trunk)
{
    ssh_tunnel_free(trunk->tunnel);
    ssh_shell_free(trunk->shell);
    ssh_link_free(trunk->link);
    pthread_mutex_destroy(&trunk->lock);
    g_clear_error(&trunk->why);
    main_post_unref(trunk->post);
    g_free(trunk->address);
    g_free(trunk->uri);
    g_free(trunk->complaint);
    g_free(trunk);
}

static void drop(struct ssh_trunk *trunk)
{
    if (g_atomic_int_dec_and_test(&trunk->refs))
        trunk_free(trunk);
}

static void release(struct ssh_hub_seat *seat)
{
    struct ssh_trunk *trunk = trunk_of(seat);
    struct main_post *post = trunk->post;

    main_post_ref(post);
    drop(trunk);
    main_post_release(post);
    main_post_unref(post);
}

/* --- From outside --- */

static gboolean open_tunnel(struct ssh_trunk *trunk, const struct ssh_trunk_options *options,
                            GError **error)
{
    const struct access *access = options->access;
    ssh_channel channel =
        ssh_libvirt_open(ssh_link_session(trunk->link), access, options->deadline_us, error);

    if (channel)
        trunk->tunnel = ssh_tunnel_new(channel, error);
    if (!trunk->tunnel)
        return FALSE;
    trunk->uri = g_strdup_printf("%s+unix://%s?socket=%s", access->driver, access->path,
                                 ssh_tunnel_path(trunk->tunnel));
    ssh_tunnel_attach(trunk->tunnel);
    return TRUE;
}

static gboolean open_shell(struct ssh_trunk *trunk, const struct ssh_trunk_options *options,
                           GError **error)
{
    trunk->shell = ssh_shell_new(ssh_link_session(trunk->link), options->command, options->setup,
                                 options->deadline_us, error);
    if (trunk->shell)
        ssh_shell_attach(trunk->shell);
    return trunk->shell != NULL;
}

/* The hub has a reference of its own, and the post is held until it gives it back. */
static gboolean join(struct ssh_trunk *trunk, GError **error)
{
    g_atomic_int_inc(&trunk->refs);
    main_post_hold(trunk->post);
    trunk->alive = 1;
    trunk->joined = TRUE;
    if (ssh_hub_join(&trunk->seat, error))
        return TRUE;
    trunk->joined = FALSE;
    main_post_release(trunk->post);
    g_atomic_int_add(&trunk->refs, -1);
    return FALSE;
}

struct ssh_trunk *ssh_trunk_open(const struct ssh_trunk_options *options, GError **error)
{
    struct ssh_link *link =
        ssh_link_open(options->access, options->address, options->deadline_us, error);
    struct ssh_trunk *trunk;

    if (!link)
        return NULL;
    trunk = g_new0(struct ssh_trunk, 1);
    trunk->refs = 1;
    trunk->seat = (struct ssh_hub_seat){.step = step, .end = end, .release = release};
    trunk->address = g_strdup(options->address);
    trunk->post = main_post_ref(options->post);
    trunk->link = link;
    pthread_mutex_init(&trunk->lock, NULL);
    if ((!options->libvirt || open_tunnel(trunk, options, error)) &&
        (!options->command || open_shell(trunk, options, error)) && join(trunk, error))
        return trunk;
    g_prefix_error(error, "host %s: ", options->address);
    trunk_free(trunk);
    return NULL;
}

struct ssh_trunk *ssh_trunk_ref(struct ssh_trunk *trunk)
{
    g_atomic_int_inc(&trunk->refs);
    return trunk;
}

static void poke(struct ssh_trunk *trunk)
{
    pthread_mutex_lock(&trunk->lock);
    if (trunk->joined)
        ssh_hub_poke(&trunk->seat);
    pthread_mutex_unlock(&trunk->lock);
}

void ssh_trunk_hang_up(struct ssh_trunk *trunk)
{
    g_atomic_int_set(&trunk->ending, 1);
    g_atomic_int_set(&trunk->alive, 0);
    poke(trunk);
}

void ssh_trunk_set_deadline(struct ssh_trunk *trunk, gint64 deadline_us)
{
    pthread_mutex_lock(&trunk->lock);
    trunk->deadline_us = deadline_us;
    pthread_mutex_unlock(&trunk->lock);
    poke(trunk);
}

void ssh_trunk_unref(struct ssh_trunk *trunk)
{
    if (trunk)
        drop(trunk);
}

gboolean ssh_trunk_is_alive(struct ssh_trunk *trunk)
{
    return g_atomic_int_get(&trunk->alive);
}

const char *ssh_trunk_uri(const struct ssh_trunk *trunk)
{
    return trunk->uri;
}

const char *ssh_trunk_complaint(struct ssh_trunk *trunk)
{
    return g_atomic_pointer_get(&trunk->complaint);
}

void ssh_trunk_ask(struct ssh_trunk *trunk, const char *request, const char *farewell,
                   gint64 deadline_us)
{
    ssh_shell_ask(trunk->shell, request, farewell, deadline_us);
    poke(trunk);
}

GString *ssh_trunk_take(struct ssh_trunk *trunk, GError **error)
{
    return ssh_shell_take(trunk->shell, error);
}
