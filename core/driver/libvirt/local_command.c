#include "core/driver/libvirt/local_command.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/text.h"

#define SHOWN_CELLS 200

struct local_command {
    GPid pid;
    int output;    /* what it says; -1 = closed */
    guint reading; /* sources of the main loop; 0 = none */
    guint waiting;
    guint deadline;
    GString *said;
    gboolean timed_out;
    gboolean cancelled;
    local_command_func done;
    gpointer data;
};

/* In the child, between fork and exec: only what is safe there. */
static void begin_session(gpointer data)
{
    (void)data;
    setsid();
    dup2(STDOUT_FILENO, STDERR_FILENO);
    signal(SIGPIPE, SIG_DFL); /* ignored by us, and that is inherited */
}

/* Until it was waited for, nobody else can have its number. */
static void kill_all(const struct local_command *command)
{
    if (command->pid)
        kill(-command->pid, SIGKILL);
}

static void stop_reading(struct local_command *command)
{
    if (command->reading)
        g_source_remove(command->reading);
    command->reading = 0;
    if (command->output >= 0)
        close(command->output);
    command->output = -1;
}

/* FALSE when there is no more, now (EAGAIN) or ever. */
static gboolean read_some(struct local_command *command, gboolean *ended)
{
    char bytes[1024];
    ssize_t got = read(command->output, bytes, sizeof bytes);

    *ended = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
    if (got <= 0)
        return FALSE;
    g_string_append_len(command->said, bytes, got);
    if (command->said->len > LOCAL_COMMAND_SAID_MOST)
        g_string_erase(command->said, 0, (gssize)(command->said->len - LOCAL_COMMAND_SAID_MOST));
    return TRUE;
}

static gboolean on_output(int fd, GIOCondition condition, gpointer data)
{
    struct local_command *command = data;
    gboolean ended;

    (void)fd;
    (void)condition;
    read_some(command, &ended);
    if (!ended)
        return G_SOURCE_CONTINUE;
    command->reading = 0;
    stop_reading(command);
    return G_SOURCE_REMOVE;
}

static void forget_child(GPid pid, gint status, gpointer data)
{
    (void)status;
    (void)data;
    g_spawn_close_pid(pid);
}

void local_command_free(struct local_command *command)
{
    if (!command)
        return;
    kill_all(command);
    stop_reading(command);
    if (command->waiting)
        g_source_remove(command->waiting);
    if (command->deadline)
        g_source_remove(command->deadline);
    if (command->pid) /* killed just now, and to be waited for still */
        g_child_watch_add(command->pid, forget_child, NULL);
    g_string_free(command->said, TRUE);
    g_free(command);
}

/* The last line that says anything, safe and short; NULL when it said nothing. */
static char *last_words(const struct local_command *command)
{
    g_autofree char *safe = NULL;
    g_auto(GStrv) lines = NULL;

    for (gsize i = 0; i < command->said->len; i++)
        if (command->said->str[i] == '\0')
            command->said->str[i] = '?';
    lines = g_strsplit(g_strstrip(command->said->str), "\n", -1);
    if (!lines[0] || !*lines[0])
        return NULL;
    safe = text_escape(lines[g_strv_length(lines) - 1]);
    return text_fit(safe, SHOWN_CELLS, FALSE);
}

static GError *judge(const struct local_command *command, int status)
{
    g_autofree char *words = last_words(command);
    const char *colon = words ? ": " : "";
    const char *said = words ? words : "";

    if (command->cancelled)
        return g_error_new_literal(ROOST_ERROR, ROOST_ERROR_CANCELLED, "cancelled");
    if (command->timed_out)
        return g_error_new(ROOST_ERROR, ROOST_ERROR_TIMEOUT,
                           "killed, since it did not end in time%s%s", colon, said);
    if (WIFSIGNALED(status))
        return g_error_new(ROOST_ERROR, ROOST_ERROR_FAILED, "ended by signal %d%s%s",
                           WTERMSIG(status), colon, said);
    if (WEXITSTATUS(status) != 0)
        return g_error_new(ROOST_ERROR, ROOST_ERROR_FAILED, "status %d%s%s", WEXITSTATUS(status),
                           colon, said);
    return NULL;
}

static void on_ended(GPid pid, gint status, gpointer data)
{
    struct local_command *command = data;
    gboolean ended = FALSE;
    g_autoptr(GError) error = NULL;
    local_command_func done = command->done;
    gpointer done_data = command->data;

    command->waiting = 0;
    /* Whatever it left behind may hold the pipe open for ever. */
    while (command->output >= 0 && !ended && read_some(command, &ended))
        continue;
    error = judge(command, status);
    command->pid = 0;
    g_spawn_close_pid(pid);
    local_command_free(command);
    done(error, done_data);
}

static gboolean on_deadline(gpointer data)
{
    struct local_command *command = data;

    command->deadline = 0;
    command->timed_out = TRUE;
    kill_all(command);
    return G_SOURCE_REMOVE;
}

struct local_command *local_command_start(const char *script, char **environment, gint64 timeout_us,
                                          local_command_func done, gpointer data, GError **error)
{
    char *argv[] = {(char *)"/bin/sh", (char *)"-c", (char *)script, NULL};
    g_autoptr(GError) cause = NULL;
    struct local_command *command;
    int output = -1;
    GPid pid;

    if (!g_spawn_async_with_pipes("/", argv, environment, G_SPAWN_DO_NOT_REAP_CHILD, begin_session,
                                  NULL, &pid, NULL, &output, NULL, &cause)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "cannot be run: %s", cause->message);
        return NULL;
    }
    command = g_new0(struct local_command, 1);
    command->pid = pid;
    command->output = output;
    command->said = g_string_new(NULL);
    command->done = done;
    command->data = data;
    g_unix_set_fd_nonblocking(output, TRUE, NULL);
    command->reading = g_unix_fd_add(output, G_IO_IN | G_IO_HUP | G_IO_ERR, on_output, command);
    command->waiting = g_child_watch_add(pid, on_ended, command);
    command->deadline = g_timeout_add((guint)(timeout_us / 1000), on_deadline, command);
    return command;
}

void local_command_cancel(struct local_command *command)
{
    command->cancelled = TRUE;
    kill_all(command);
}
