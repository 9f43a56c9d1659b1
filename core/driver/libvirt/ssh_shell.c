#include "core/driver/libvirt/ssh_shell.h"

#include <libssh/callbacks.h>
#include <pthread.h>
#include <string.h>

#include "core/base/error.h"
#include "core/driver/libvirt/ssh_internal.h"
#include "core/driver/libvirt/ssh_link.h"

struct ssh_shell {
    ssh_channel channel; /* the hub's once attached; NULL once it has ended */
    struct ssh_channel_callbacks_struct callbacks;
    pthread_mutex_t lock; /* for all below */
    pthread_cond_t news;
    char *request; /* what is still to be written; NULL = nothing */
    gsize written; /* of it */
    char *farewell;
    GString *answer; /* NULL = nothing is asked */
    gint64 deadline_us;
    gboolean answered;
    gboolean over; /* it has ended; the connection may stand */
    GError *why;   /* the connection has ended as well */
};

/* The farewell is the last thing written: nothing comes after it. */
static gboolean is_whole(const struct ssh_shell *shell)
{
    const GString *answer = shell->answer;
    gsize size = strlen(shell->farewell);

    return answer->len > size + 1 && answer->str[answer->len - 1] == '\n' &&
           answer->str[answer->len - size - 2] == '\n' &&
           memcmp(answer->str + answer->len - size - 1, shell->farewell, size) == 0;
}

static void settle(struct ssh_shell *shell)
{
    shell->answered = TRUE;
    pthread_cond_signal(&shell->news);
}

static void gather(struct ssh_shell *shell, const char *bytes, gsize size)
{
    if (!shell->answer || shell->answered)
        return;
    g_string_append_len(shell->answer, bytes, (gssize)size);
    if (shell->answer->len > SSH_LINK_OUTPUT_MOST) {
        g_string_truncate(shell->answer, SSH_LINK_OUTPUT_MOST);
        shell->over = TRUE;
        settle(shell);
    } else if (is_whole(shell)) {
        settle(shell);
    }
}

/* libssh calls this for each packet that it has read. */
static int on_data(ssh_session session, ssh_channel channel, void *data, uint32_t size,
                   int is_stderr, void *userdata)
{
    struct ssh_shell *shell = userdata;

    (void)session;
    (void)channel;
    if (!is_stderr) {
        pthread_mutex_lock(&shell->lock);
        gather(shell, data, size);
        pthread_mutex_unlock(&shell->lock);
    }
    return (int)size;
}

static gboolean start(struct ssh_shell *shell, ssh_session session, const char *command,
                      const char *setup, gint64 deadline_us, GError **error)
{
    int result;

    shell->channel = ssh_channel_new(session);
    if (!shell->channel) {
        ssh_link_take_error(session, "open a channel", error);
        return FALSE;
    }
    result = ssh_link_exec(session, shell->channel, command, deadline_us, error);
    if (result == SSH_ERROR)
        ssh_link_take_error(session, "run a command", error);
    return result == SSH_OK && ssh_link_write(session, shell->channel, setup, deadline_us, error);
}

struct ssh_shell *ssh_shell_new(ssh_session session, const char *command, const char *setup,
                                gint64 deadline_us, GError **error)
{
    struct ssh_shell *shell = g_new0(struct ssh_shell, 1);

    pthread_mutex_init(&shell->lock, NULL);
    pthread_cond_init(&shell->news, NULL);
    if (start(shell, session, command, setup, deadline_us, error))
        return shell;
    ssh_shell_free(shell);
    return NULL;
}

static void drop_request(struct ssh_shell *shell)
{
    g_clear_pointer(&shell->request, g_free);
    g_clear_pointer(&shell->farewell, g_free);
    shell->written = 0;
    shell->deadline_us = 0;
}

void ssh_shell_free(struct ssh_shell *shell)
{
    if (!shell)
        return;
    if (shell->channel)
        ssh_channel_free(shell->channel);
    drop_request(shell);
    if (shell->answer)
        g_string_free(shell->answer, TRUE);
    g_clear_error(&shell->why);
    pthread_cond_destroy(&shell->news);
    pthread_mutex_destroy(&shell->lock);
    g_free(shell);
}

/* --- Whoever asks --- */

void ssh_shell_ask(struct ssh_shell *shell, const char *request, const char *farewell,
                   gint64 deadline_us)
{
    pthread_mutex_lock(&shell->lock);
    drop_request(shell);
    if (shell->answer)
        g_string_free(shell->answer, TRUE);
    shell->request = g_strdup(request);
    shell->farewell = g_strdup(farewell);
    shell->answer = g_string_new(NULL);
    shell->deadline_us = deadline_us;
    shell->answered = FALSE;
    pthread_mutex_unlock(&shell->lock);
}

GString *ssh_shell_take(struct ssh_shell *shell, GError **error)
{
    GString *answer = NULL;

    pthread_mutex_lock(&shell->lock);
    while (!shell->answered && !shell->over && !shell->why)
        pthread_cond_wait(&shell->news, &shell->lock);
    if (shell->answered || shell->over)
        answer = g_steal_pointer(&shell->answer);
    else
        g_propagate_error(error, g_error_copy(shell->why));
    drop_request(shell);
    pthread_mutex_unlock(&shell->lock);
    return answer;
}

/* --- The hub --- */

ssh_channel ssh_shell_channel(const struct ssh_shell *shell)
{
    return shell->channel;
}

void ssh_shell_attach(struct ssh_shell *shell)
{
    shell->callbacks.userdata = shell;
    shell->callbacks.channel_data_function = on_data;
    ssh_callbacks_init(&shell->callbacks);
    ssh_set_channel_callbacks(shell->channel, &shell->callbacks);
}

/* With the lock held. A broken session shows in what reads from it. */
static void write_request(struct ssh_shell *shell)
{
    gsize left = shell->request ? strlen(shell->request) - shell->written : 0;

    while (left > 0) {
        int n = ssh_channel_write(shell->channel, shell->request + shell->written, (guint32)left);

        if (n <= 0)
            return;
        shell->written += (gsize)n;
        left -= (gsize)n;
    }
    g_clear_pointer(&shell->request, g_free);
    shell->written = 0;
}

gboolean ssh_shell_step(struct ssh_shell *shell)
{
    gboolean alive;

    pthread_mutex_lock(&shell->lock);
    if (ssh_channel_is_eof(shell->channel) || ssh_channel_is_closed(shell->channel)) {
        shell->over = TRUE;
        pthread_cond_signal(&shell->news);
    }
    alive = !shell->over;
    if (alive)
        write_request(shell);
    pthread_mutex_unlock(&shell->lock);
    return alive;
}

gint64 ssh_shell_deadline(struct ssh_shell *shell)
{
    gint64 deadline_us;

    pthread_mutex_lock(&shell->lock);
    deadline_us = shell->answered || shell->over ? 0 : shell->deadline_us;
    pthread_mutex_unlock(&shell->lock);
    return deadline_us;
}

void ssh_shell_end(struct ssh_shell *shell, const GError *why)
{
    if (shell->callbacks.size)
        ssh_remove_channel_callbacks(shell->channel, &shell->callbacks);
    ssh_channel_free(shell->channel);
    shell->channel = NULL;
    pthread_mutex_lock(&shell->lock);
    shell->why = g_error_copy(why);
    pthread_cond_signal(&shell->news);
    pthread_mutex_unlock(&shell->lock);
}
