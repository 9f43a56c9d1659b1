#include "core/driver/libvirt/ssh_link.h"

#include <libssh/libssh.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/driver/libvirt/ssh_internal.h"
#include "core/driver/libvirt/ssh_login.h"
#include "core/driver/libvirt/tcp_connect.h"

#define PROBE_US       (4 * G_USEC_PER_SEC) /* ARP gives up after 3 s, and then we know */
#define COMPLAINT_MOST 4096
#define READ_MOST      (16 * 1024)
/* libssh may hold data that it has read already: never sleep on the socket for longer than this. */
#define NAP_MS 100

struct ssh_link {
    char *address;
    ssh_session session;
    int fd;
};

ssh_session ssh_link_session(const struct ssh_link *link)
{
    return link->session;
}

gboolean ssh_link_wait(ssh_session session, gint64 deadline_us, GError **error)
{
    gint64 left_us = deadline_us - g_get_monotonic_time();
    struct pollfd wait = {.fd = ssh_get_fd(session), .events = POLLIN};

    if (left_us <= 0) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE, "ssh: no answer in time");
        return FALSE;
    }
    if (ssh_get_poll_flags(session) & SSH_WRITE_PENDING)
        wait.events |= POLLOUT;
    poll(&wait, 1, (int)MIN(left_us / 1000 + 1, NAP_MS));
    return TRUE;
}

void ssh_link_take_error(ssh_session session, const char *doing, GError **error)
{
    g_autofree char *message = text_escape(ssh_get_error(session));

    g_set_error(error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE, "ssh: %s: %s", doing,
                *message ? message : "the connection ended");
}

static gboolean set_options(struct ssh_link *link, const struct access *access)
{
    int no = 0;
    int silent = SSH_LOG_NOLOG;
    ssh_session session = link->session;

    return ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_LOG_VERBOSITY, &silent) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_HOST, link->address) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_PORT, &access->port) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_USER, access->user) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, access->known_hosts) == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") == SSH_OK &&
           ssh_options_set(session, SSH_OPTIONS_FD, &link->fd) == SSH_OK;
}

static gboolean shake_hands(struct ssh_link *link, const struct access *access, gint64 deadline_us,
                            GError **error)
{
    int result;

    link->session = ssh_new();
    if (!link->session || !set_options(link, access)) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                            "ssh: the settings cannot be used");
        return FALSE;
    }
    ssh_set_blocking(link->session, 0);
    while ((result = ssh_connect(link->session)) == SSH_AGAIN)
        if (!ssh_link_wait(link->session, deadline_us, error))
            return FALSE;
    if (result != SSH_OK) {
        ssh_link_take_error(link->session, "connect", error);
        return FALSE;
    }
    return TRUE;
}

struct ssh_link *ssh_link_connect(const struct access *access, const char *address,
                                  gint64 deadline_us, GError **error)
{
    struct ssh_link *link;
    gint64 probe_until_us = MIN(deadline_us, g_get_monotonic_time() + PROBE_US);
    int fd = tcp_connect(address, access->port, probe_until_us, error);

    if (fd < 0)
        return NULL;
    link = g_new0(struct ssh_link, 1);
    link->address = g_strdup(address);
    link->fd = fd;
    if (shake_hands(link, access, deadline_us, error))
        return link;
    g_prefix_error(error, "host %s: ", address);
    ssh_link_free(link);
    return NULL;
}

struct ssh_link *ssh_link_open(const struct access *access, const char *address, gint64 deadline_us,
                               GError **error)
{
    struct ssh_link *link = ssh_link_connect(access, address, deadline_us, error);

    if (!link || (ssh_login_check_host(link->session, access, address, error) &&
                  ssh_login_with_key(link->session, access, deadline_us, error)))
        return link;
    g_prefix_error(error, "host %s: ", address);
    ssh_link_free(link);
    return NULL;
}

void ssh_link_free(struct ssh_link *link)
{
    if (!link)
        return;
    if (link->session) {
        ssh_disconnect(link->session);
        ssh_free(link->session);
    }
#if LIBSSH_VERSION_INT >= SSH_VERSION_INT(0, 10, 0)
    /* Earlier releases closed a socket that was handed to them. */
    close(link->fd);
#else
    if (!link->session)
        close(link->fd);
#endif
    g_free(link->address);
    g_free(link);
}

struct ssh_answer *ssh_answer_new(void)
{
    struct ssh_answer *answer = g_new0(struct ssh_answer, 1);

    answer->output = g_string_new(NULL);
    answer->complaint = g_string_new(NULL);
    answer->status = -1;
    return answer;
}

void ssh_answer_free(struct ssh_answer *answer)
{
    if (!answer)
        return;
    g_string_free(answer->output, TRUE);
    g_string_free(answer->complaint, TRUE);
    g_free(answer);
}

int ssh_link_exec(ssh_session session, ssh_channel channel, const char *command, gint64 deadline_us,
                  GError **error)
{
    int result;

    while ((result = ssh_channel_open_session(channel)) == SSH_AGAIN)
        if (!ssh_link_wait(session, deadline_us, error))
            return SSH_AGAIN;
    while (result == SSH_OK && (result = ssh_channel_request_exec(channel, command)) == SSH_AGAIN) {
        if (!ssh_link_wait(session, deadline_us, error))
            return SSH_AGAIN;
        result = SSH_OK;
    }
    return result;
}

static gboolean start_command(struct ssh_link *link, ssh_channel channel, const char *command,
                              gint64 deadline_us, GError **error)
{
    int result = ssh_link_exec(link->session, channel, command, deadline_us, error);

    if (result == SSH_ERROR)
        ssh_link_take_error(link->session, "run a command", error);
    return result == SSH_OK;
}

gboolean ssh_link_write(ssh_session session, ssh_channel channel, const char *text,
                        gint64 deadline_us, GError **error)
{
    gsize left = strlen(text);

    while (left > 0) {
        int written = ssh_channel_write(channel, text, (guint32)left);

        if (written == SSH_ERROR) {
            ssh_link_take_error(session, "write to a command", error);
            return FALSE;
        }
        if (written > 0) {
            text += written;
            left -= (gsize)written;
        } else if (!ssh_link_wait(session, deadline_us, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean write_input(struct ssh_link *link, ssh_channel channel, const char *input,
                            gboolean more, gint64 deadline_us, GError **error)
{
    if (!ssh_link_write(link->session, channel, input, deadline_us, error))
        return FALSE;
    if (!more)
        ssh_channel_send_eof(channel);
    return TRUE;
}

/* Reads what is there; FALSE on an error. *some tells whether there was anything. */
static gboolean read_some(struct ssh_link *link, ssh_channel channel, struct ssh_answer *answer,
                          gboolean *some, GError **error)
{
    char buffer[READ_MOST];

    for (int from_stderr = 0; from_stderr <= 1; from_stderr++) {
        GString *into = from_stderr ? answer->complaint : answer->output;
        int n = ssh_channel_read_nonblocking(channel, buffer, sizeof buffer, from_stderr);

        if (n == SSH_ERROR) {
            ssh_link_take_error(link->session, "read from a command", error);
            return FALSE;
        }
        if (n <= 0)
            continue;
        *some = TRUE;
        if (from_stderr)
            n = MIN(n, (int)(COMPLAINT_MOST - into->len));
        g_string_append_len(into, buffer, n);
    }
    if (answer->output->len <= SSH_LINK_OUTPUT_MOST)
        return TRUE;
    g_string_truncate(answer->output, SSH_LINK_OUTPUT_MOST);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "ssh: the command sent more than %d KiB",
                SSH_LINK_OUTPUT_MOST / 1024);
    return FALSE;
}

static gboolean has_said_farewell(const struct ssh_answer *answer)
{
    return answer->farewell && strstr(answer->output->str, answer->farewell);
}

/*
 * A host that goes off need not close its connections: after its last word, and our reply, it is
 * not waited for.
 */
static gboolean part(struct ssh_link *link, ssh_channel channel, const struct ssh_answer *answer,
                     gint64 *deadline_us, GError **error)
{
    *deadline_us = MIN(*deadline_us, g_get_monotonic_time() + answer->linger_us);
    return !answer->reply || write_input(link, channel, answer->reply, FALSE, *deadline_us, error);
}

static gboolean read_answer(struct ssh_link *link, ssh_channel channel, gint64 deadline_us,
                            struct ssh_answer *answer, GError **error)
{
    gboolean parted = FALSE;

    for (;;) {
        gboolean some = FALSE;

        if (!read_some(link, channel, answer, &some, error))
            return FALSE;
        if (some && !parted && has_said_farewell(answer)) {
            parted = TRUE;
            if (!part(link, channel, answer, &deadline_us, error))
                return FALSE;
        }
        if (some)
            continue;
        /* The exit status comes after the end of the output, and before the close. */
        if (ssh_channel_is_closed(channel) || !ssh_is_connected(link->session))
            break;
        if (ssh_channel_is_eof(channel) && ssh_channel_get_exit_status(channel) >= 0)
            break;
        if (!ssh_link_wait(link->session, deadline_us, error))
            return FALSE;
    }
    answer->status = ssh_channel_get_exit_status(channel);
    return TRUE;
}

gboolean ssh_link_run(struct ssh_link *link, const char *command, const char *input,
                      gint64 deadline_us, struct ssh_answer *answer, GError **error)
{
    ssh_channel channel = ssh_channel_new(link->session);
    gboolean done;

    if (!channel) {
        ssh_link_take_error(link->session, "open a channel", error);
        g_prefix_error(error, "host %s: ", link->address);
        return FALSE;
    }
    done = start_command(link, channel, command, deadline_us, error) &&
           write_input(link, channel, input, answer->reply != NULL, deadline_us, error) &&
           read_answer(link, channel, deadline_us, answer, error);
    ssh_channel_free(channel);
    if (!done)
        g_prefix_error(error, "host %s: ", link->address);
    return done;
}
