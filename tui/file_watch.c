#include "tui/file_watch.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

/* An editor that writes a file anew does it in several steps: the last one counts. */
#define CALM_MS 150

struct file_watch {
    void (*changed)(gpointer data);
    gpointer data;
    char **paths;
    GPtrArray *monitors; /* GFileMonitor */
    guint timer;         /* something changed; 0 = nothing did */
};

static gboolean calmed(gpointer data)
{
    struct file_watch *watch = data;

    watch->timer = 0;
    watch->changed(watch->data); /* may set other files, or free the watch */
    return G_SOURCE_REMOVE;
}

static void on_changed(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
                       gpointer data)
{
    struct file_watch *watch = data;

    (void)monitor;
    (void)file;
    (void)other;
    if (event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED ||
        event == G_FILE_MONITOR_EVENT_PRE_UNMOUNT)
        return;
    g_clear_handle_id(&watch->timer, g_source_remove);
    watch->timer = g_timeout_add(CALM_MS, calmed, watch);
}

static void add_monitor(struct file_watch *watch, const char *path)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    GFileMonitor *monitor = g_file_monitor_file(file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);

    if (monitor == NULL)
        return;
    g_file_monitor_set_rate_limit(monitor, CALM_MS);
    g_signal_connect(monitor, "changed", G_CALLBACK(on_changed), watch);
    g_ptr_array_add(watch->monitors, monitor);
}

static void drop_monitor(gpointer data)
{
    GFileMonitor *monitor = data;

    g_signal_handlers_disconnect_matched(monitor, G_SIGNAL_MATCH_FUNC, 0, 0, NULL,
                                         (gpointer)on_changed, NULL);
    g_file_monitor_cancel(monitor);
    g_object_unref(monitor);
}

struct file_watch *file_watch_new(void (*changed)(gpointer data), gpointer data)
{
    struct file_watch *watch = g_new0(struct file_watch, 1);

    watch->changed = changed;
    watch->data = data;
    watch->paths = g_new0(char *, 1);
    watch->monitors = g_ptr_array_new_with_free_func(drop_monitor);
    return watch;
}

void file_watch_free(struct file_watch *watch)
{
    if (watch == NULL)
        return;
    g_clear_handle_id(&watch->timer, g_source_remove);
    g_ptr_array_unref(watch->monitors);
    g_strfreev(watch->paths);
    g_free(watch);
}

static gboolean is_same(char *const *a, const char *const *b)
{
    for (; *a != NULL && *b != NULL; a++, b++) {
        if (strcmp(*a, *b) != 0)
            return FALSE;
    }
    return *a == *b;
}

void file_watch_set(struct file_watch *watch, const char *const *paths)
{
    if (is_same(watch->paths, paths))
        return;
    g_strfreev(watch->paths);
    watch->paths = g_strdupv((char **)paths);
    g_ptr_array_set_size(watch->monitors, 0);
    for (guint i = 0; paths[i] != NULL; i++) {
        char *target = realpath(paths[i], NULL);

        add_monitor(watch, paths[i]);
        if (target != NULL && strcmp(target, paths[i]) != 0)
            add_monitor(watch, target);
        free(target); /* of the C library */
    }
}

const char *const *file_watch_paths(const struct file_watch *watch)
{
    return (const char *const *)watch->paths;
}
