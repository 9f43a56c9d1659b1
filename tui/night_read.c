#include "tui/night_read.h"

#include <gio/gio.h>

#include "tui/night_samples.h"

struct night_read {
    night_read_ended ended; /* NULL = nobody waits any more */
    gpointer data;
    int users; /* who waits, and the thread's end; both on the main thread */
    char *dir;
    gint64 from_us, until_us;
};

static void read_unref(struct night_read *read)
{
    if (--read->users > 0)
        return;
    g_free(read->dir);
    g_free(read);
}

static void list_free(gpointer list)
{
    g_array_unref(list);
}

static void read_in_thread(GTask *task, G_GNUC_UNUSED gpointer source, gpointer data,
                           G_GNUC_UNUSED GCancellable *cancellable)
{
    const struct night_read *read = data;
    GError *error = NULL;
    GArray *list = night_samples_read(read->dir, read->from_us, read->until_us, &error);

    if (list != NULL)
        g_task_return_pointer(task, list, list_free);
    else
        g_task_return_error(task, error);
}

static void thread_ended(G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer data)
{
    struct night_read *read = data;
    g_autoptr(GError) error = NULL;
    GArray *list = g_task_propagate_pointer(G_TASK(result), &error);

    if (read->ended != NULL)
        read->ended(list, error, read->data);
    else
        g_clear_pointer(&list, g_array_unref);
    read_unref(read);
}

struct night_read *night_read_start(const char *dir, gint64 from_us, gint64 until_us,
                                    night_read_ended ended, gpointer data)
{
    struct night_read *read = g_new0(struct night_read, 1);
    g_autoptr(GTask) task = g_task_new(NULL, NULL, thread_ended, read);

    *read = (struct night_read){.ended = ended,
                                .data = data,
                                .users = 2,
                                .dir = g_strdup(dir),
                                .from_us = from_us,
                                .until_us = until_us};
    g_task_set_task_data(task, read, NULL);
    g_task_run_in_thread(task, read_in_thread);
    return read;
}

void night_read_free(struct night_read *read)
{
    if (read == NULL)
        return;
    read->ended = NULL;
    read_unref(read);
}
