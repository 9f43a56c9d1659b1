/* log_follow.c - `roost log --follow`. */
#include "core/command/log.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>

/* What another machine writes over NFS, no notification tells. */
#define SLOW_LOOK_S 3

struct following {
    const struct output *output;
    const struct log_filter *filter;
    struct rotate_follower *follower;
    gboolean over;
    GQueue rows;
};

static gboolean take_line(const char *line, gpointer data)
{
    struct following *following = data;
    gboolean terminal = following->output->terminal;
    struct log_row *row = log_row_new(following->filter, line, terminal);
    if (row)
        g_queue_push_tail(&following->rows, row);
    return TRUE;
}

static void look(struct following *following)
{
    rotate_follower_read(following->follower, take_line, following);
    if (following->rows.length > 0)
        log_print(&following->rows, following->output);
    if (fflush(following->output->out) != 0 || ferror(following->output->out))
        following->over = TRUE;
}

static gboolean on_slow_look(gpointer data)
{
    look(data);
    return G_SOURCE_CONTINUE;
}

static void on_changed(G_GNUC_UNUSED GFileMonitor *monitor, G_GNUC_UNUSED GFile *file,
                       G_GNUC_UNUSED GFile *other, G_GNUC_UNUSED GFileMonitorEvent event,
                       gpointer data)
{
    look(data);
}

static gboolean on_signal(gpointer data)
{
    struct following *following = data;
    following->over = TRUE;
    return G_SOURCE_CONTINUE;
}

void log_follow(const struct session *session, const struct output *output, const char *dir,
                const struct log_filter *filter, struct rotate_follower *follower)
{
    struct following following = {output, filter, follower, FALSE, G_QUEUE_INIT};
    g_autoptr(GFile) place = g_file_new_for_path(dir);
    g_autoptr(GFileMonitor) monitor =
        g_file_monitor_directory(place, G_FILE_MONITOR_NONE, NULL, NULL);
    if (monitor)
        g_signal_connect(monitor, "changed", G_CALLBACK(on_changed), &following);
    guint sources[] = {
        g_timeout_add_seconds(SLOW_LOOK_S, on_slow_look, &following),
        g_unix_signal_add(SIGINT, on_signal, &following),
        g_unix_signal_add(SIGTERM, on_signal, &following),
    };
    look(&following);
    /* In a session that stands ^C is somebody else's, and comes as an interrupt. */
    while (!following.over && session->interrupts == 0)
        g_main_context_iteration(NULL, TRUE);
    for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
        g_source_remove(sources[i]);
    if (monitor) {
        g_signal_handlers_disconnect_by_data(monitor, &following);
        g_file_monitor_cancel(monitor);
    }
}
