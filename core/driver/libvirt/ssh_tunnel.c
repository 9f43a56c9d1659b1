#include "core/driver/libvirt/ssh_tunnel.h"

#include <errno.h>
#include <libssh/callbacks.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/driver/libvirt/local_end.h"

#define READ_MOST      (16 * 1024)
#define COMPLAINT_MOST 300

struct ssh_tunnel {
    ssh_channel channel;
    struct ssh_channel_callbacks_struct callbacks;
    struct local_end *local;
    GByteArray *to_host;   /* what the host had no room for; NULL = nothing */
    GByteArray *from_host; /* what libvirt had no room for; NULL = nothing */
    GString *complaint;    /* what came on its standard error; NULL = nothing */
    gboolean broken;       /* the end here */
};

/* What does not fit now is kept; there is an array only while something is. */
static void keep_rest(GByteArray **rest, const guint8 *bytes, gsize size)
{
    if (!*rest)
        *rest = g_byte_array_new();
    g_byte_array_append(*rest, bytes, (guint)size);
}

static void drop_sent(GByteArray **rest, gsize size)
{
    if (size < (*rest)->len)
        g_byte_array_remove_range(*rest, 0, (guint)size);
    else
        g_clear_pointer(rest, g_byte_array_unref);
}

/* How much libvirt took. */
static gsize send_local(struct ssh_tunnel *tunnel, const guint8 *bytes, gsize size)
{
    ssize_t n;

    if (!local_end_is_connected(tunnel->local) || tunnel->broken)
        return 0;
    n = send(local_end_fd(tunnel->local), bytes, size, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        tunnel->broken = TRUE;
    return n > 0 ? (gsize)n : 0;
}

static void keep_complaint(struct ssh_tunnel *tunnel, const char *said, gsize size)
{
    if (!tunnel->complaint)
        tunnel->complaint = g_string_new(NULL);
    g_string_append_len(tunnel->complaint, said,
                        (gssize)MIN(size, COMPLAINT_MOST - tunnel->complaint->len));
}

/*
 * libssh calls this for each packet that it has read. All is taken: as long as anything lies with
 * libssh, complaints too, it does not tell of the channel's end.
 */
static int on_data(ssh_session session, ssh_channel channel, void *data, uint32_t size,
                   int is_stderr, void *userdata)
{
    struct ssh_tunnel *tunnel = userdata;
    gsize sent = 0;

    (void)session;
    (void)channel;
    if (is_stderr) {
        keep_complaint(tunnel, data, size);
        return (int)size;
    }
    if (!tunnel->from_host)
        sent = send_local(tunnel, data, size);
    if (sent < size)
        keep_rest(&tunnel->from_host, (const guint8 *)data + sent, size - sent);
    return (int)size;
}

struct ssh_tunnel *ssh_tunnel_new(ssh_channel channel, GError **error)
{
    struct ssh_tunnel *tunnel = g_new0(struct ssh_tunnel, 1);

    tunnel->channel = channel;
    tunnel->local = local_end_new(error);
    if (tunnel->local)
        return tunnel;
    ssh_tunnel_free(tunnel);
    return NULL;
}

void ssh_tunnel_free(struct ssh_tunnel *tunnel)
{
    if (!tunnel)
        return;
    local_end_free(tunnel->local);
    if (tunnel->callbacks.size)
        ssh_remove_channel_callbacks(tunnel->channel, &tunnel->callbacks);
    ssh_channel_free(tunnel->channel);
    if (tunnel->to_host)
        g_byte_array_unref(tunnel->to_host);
    if (tunnel->from_host)
        g_byte_array_unref(tunnel->from_host);
    if (tunnel->complaint)
        g_string_free(tunnel->complaint, TRUE);
    g_free(tunnel);
}

const char *ssh_tunnel_path(const struct ssh_tunnel *tunnel)
{
    return local_end_path(tunnel->local);
}

void ssh_tunnel_attach(struct ssh_tunnel *tunnel)
{
    char said[COMPLAINT_MOST];
    int n = ssh_channel_read_nonblocking(tunnel->channel, said, sizeof said, 1);

    if (n > 0)
        keep_complaint(tunnel, said, (gsize)n);
    tunnel->callbacks.userdata = tunnel;
    tunnel->callbacks.channel_data_function = on_data;
    ssh_callbacks_init(&tunnel->callbacks);
    ssh_set_channel_callbacks(tunnel->channel, &tunnel->callbacks);
}

/* FALSE when the channel is broken. *sent may be less than size: then the host has no more room. */
static gboolean send_host(struct ssh_tunnel *tunnel, const guint8 *bytes, gsize size, gsize *sent)
{
    *sent = 0;
    while (*sent < size) {
        int n = ssh_channel_write(tunnel->channel, bytes + *sent, (guint32)(size - *sent));

        if (n == 0 || n == SSH_AGAIN)
            return TRUE;
        if (n < 0)
            return FALSE;
        *sent += (gsize)n;
    }
    return TRUE;
}

/* TRUE when all that was kept is on its way. */
static gboolean flush_host(struct ssh_tunnel *tunnel, gboolean *whole)
{
    gsize sent = 0;

    if (tunnel->to_host) {
        if (!send_host(tunnel, tunnel->to_host->data, tunnel->to_host->len, &sent))
            return FALSE;
        drop_sent(&tunnel->to_host, sent);
    }
    *whole = !tunnel->to_host;
    return TRUE;
}

static gboolean carry_to_host(struct ssh_tunnel *tunnel)
{
    guint8 bytes[READ_MOST];
    gsize sent;
    ssize_t n = read(local_end_fd(tunnel->local), bytes, sizeof bytes);

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        return FALSE;
    if (n < 0)
        return TRUE;
    if (!send_host(tunnel, bytes, (gsize)n, &sent))
        return FALSE;
    if (sent < (gsize)n)
        keep_rest(&tunnel->to_host, bytes + sent, (gsize)n - sent);
    return TRUE;
}

static void flush_local(struct ssh_tunnel *tunnel)
{
    if (tunnel->from_host)
        drop_sent(&tunnel->from_host,
                  send_local(tunnel, tunnel->from_host->data, tunnel->from_host->len));
}

gboolean ssh_tunnel_step(struct ssh_tunnel *tunnel, gboolean local_ready)
{
    gboolean whole;

    if (local_ready && !local_end_is_connected(tunnel->local))
        return local_end_accept(tunnel->local);
    flush_local(tunnel);
    if (!flush_host(tunnel, &whole))
        return FALSE;
    if (local_ready && whole && !carry_to_host(tunnel))
        return FALSE;
    if (tunnel->broken)
        return FALSE;
    /*
     * The last of what the host said goes out before its end shows. ssh_channel_is_eof would wait
     * for the complaint to be read, which is kept: a helper that failed would never seem to end.
     */
    return tunnel->from_host || ssh_channel_poll(tunnel->channel, 0) != SSH_EOF;
}

int ssh_tunnel_fd(const struct ssh_tunnel *tunnel)
{
    return local_end_fd(tunnel->local);
}

guint32 ssh_tunnel_events(const struct ssh_tunnel *tunnel)
{
    guint32 events = 0;

    if (!tunnel->to_host)
        events |= EPOLLIN;
    if (tunnel->from_host && local_end_is_connected(tunnel->local))
        events |= EPOLLOUT;
    return events;
}

gboolean ssh_tunnel_is_full(const struct ssh_tunnel *tunnel)
{
    return tunnel->from_host != NULL;
}

gboolean ssh_tunnel_is_stuck(const struct ssh_tunnel *tunnel)
{
    return tunnel->to_host != NULL;
}

ssh_channel ssh_tunnel_channel(const struct ssh_tunnel *tunnel)
{
    return tunnel->channel;
}

char *ssh_tunnel_complaint(struct ssh_tunnel *tunnel)
{
    g_autofree char *said = tunnel->complaint ? g_strdup(tunnel->complaint->str) : NULL;

    return said ? text_escape(g_strstrip(said)) : NULL;
}
