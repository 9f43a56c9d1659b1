#include "core/manager/publish.h"

#include <gio/gio.h>

#include "core/engine/follow.h"
#include "core/manager/shared_dir.h"
#include "core/manager/state_file.h"

#define LEAST_MS   1000
#define HURRY_MS   50
#define BEAT_MS    5000
#define COST_PARTS 20
#define TAIL_MOST  200 /* entries of the journal that a newcomer is given */

/*
 * The two threads of a publisher share this, and outlive it when the file server hangs. What is
 * handed over is not touched by us until it comes back.
 */
struct publisher {
    struct engine *engine;
    char *path; /* NULL = not written */
    guint64 fence;
    guint64 number;
    guint listener;
    guint timer;        /* of the main loop */
    gint64 due_at_us;   /* of that timer */
    gint64 began_at_us; /* the last publication */
    gint64 cost_us;     /* of it */
    gboolean changed;
    gboolean formatting;
    gboolean writing;
    gboolean dead; /* freed as soon as its threads have come back */
    GBytes *last;
    GBytes *to_write; /* made while an older one was being written; NULL = none */
    char *trouble;
    publisher_func func;
    gpointer data;
};

static void schedule(struct publisher *publisher, gint64 in_ms);
static void write_now(struct publisher *publisher, GBytes *document);

static void publisher_destroy(struct publisher *publisher)
{
    if (publisher->formatting || publisher->writing)
        return;
    g_clear_pointer(&publisher->last, g_bytes_unref);
    g_clear_pointer(&publisher->to_write, g_bytes_unref);
    g_free(publisher->trouble);
    g_free(publisher->path);
    g_free(publisher);
}

/* --- Writing ---------------------------------------------------------------------------------- */

struct writing {
    char *path;
    GBytes *document;
};

static void writing_free(gpointer data)
{
    struct writing *writing = data;
    g_free(writing->path);
    g_bytes_unref(writing->document);
    g_free(writing);
}

static void write_in_thread(GTask *task, G_GNUC_UNUSED gpointer source, gpointer data,
                            G_GNUC_UNUSED GCancellable *cancellable)
{
    const struct writing *writing = data;
    g_autofree char *dir = g_path_get_dirname(writing->path);
    GError *error = NULL;
    gsize length;
    const char *text = g_bytes_get_data(writing->document, &length);
    if (shared_dir_make(dir, &error) && shared_file_put(writing->path, text, length, &error))
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, error);
}

/* Told once, and once more when it is over: the lab is managed all the same. */
static void note_outcome(struct publisher *publisher, const GError *error)
{
    if (error && !publisher->trouble) {
        g_autofree char *text = g_strdup_printf(
            "what the manager does is not published: %s; it is tried again", error->message);
        engine_note(publisher->engine, "alarm", "failed", TRUE, text);
    } else if (!error && publisher->trouble) {
        engine_note(publisher->engine, "store", "done", FALSE,
                    "what the manager does is published again");
    }
    g_free(publisher->trouble);
    publisher->trouble = error ? g_strdup(error->message) : NULL;
}

static void on_written(G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer data)
{
    struct publisher *publisher = data;
    g_autoptr(GError) error = NULL;
    g_task_propagate_boolean(G_TASK(result), &error);
    publisher->writing = FALSE;
    if (publisher->dead) {
        publisher_destroy(publisher);
        return;
    }
    note_outcome(publisher, error);
    if (publisher->to_write)
        write_now(publisher, g_steal_pointer(&publisher->to_write));
}

static void write_now(struct publisher *publisher, GBytes *document)
{
    if (!publisher->path || publisher->writing) {
        g_clear_pointer(&publisher->to_write, g_bytes_unref);
        publisher->to_write = publisher->path ? document : NULL;
        if (!publisher->path)
            g_bytes_unref(document);
        return;
    }
    struct writing *writing = g_new0(struct writing, 1);
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_written, publisher);
    writing->path = g_strdup(publisher->path);
    writing->document = document;
    g_task_set_task_data(task, writing, writing_free);
    publisher->writing = TRUE;
    g_task_run_in_thread(task, write_in_thread);
}

/* --- Formatting ------------------------------------------------------------------------------- */

static void format_in_thread(GTask *task, G_GNUC_UNUSED gpointer source, gpointer data,
                             G_GNUC_UNUSED GCancellable *cancellable)
{
    gsize length;
    char *text = state_format(data, &length);
    g_task_return_pointer(task, g_bytes_new_take(text, length), (GDestroyNotify)g_bytes_unref);
}

static void on_formatted(G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer data)
{
    struct publisher *publisher = data;
    GBytes *document = g_task_propagate_pointer(G_TASK(result), NULL);
    publisher->formatting = FALSE;
    publisher->cost_us = g_get_monotonic_time() - publisher->began_at_us;
    if (publisher->dead) {
        g_bytes_unref(document);
        publisher_destroy(publisher);
        return;
    }
    g_clear_pointer(&publisher->last, g_bytes_unref);
    publisher->last = g_bytes_ref(document);
    write_now(publisher, document);
    if (publisher->func)
        publisher->func(publisher->last, publisher->data);
    schedule(publisher, publisher->changed ? LEAST_MS : BEAT_MS);
}

static void publish(struct publisher *publisher)
{
    guint64 seq = engine_journal_seq(publisher->engine);
    struct manager_state *state =
        manager_state_new(publisher->engine, seq > TAIL_MOST ? seq - TAIL_MOST : 0);
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_formatted, publisher);
    state->fence = publisher->fence;
    state->number = ++publisher->number;
    publisher->began_at_us = g_get_monotonic_time();
    publisher->changed = FALSE;
    publisher->formatting = TRUE;
    g_task_set_task_data(task, state, (GDestroyNotify)manager_state_free);
    g_task_run_in_thread(task, format_in_thread);
}

/* --- When ------------------------------------------------------------------------------------- */

static gboolean on_timer(gpointer data)
{
    struct publisher *publisher = data;
    publisher->timer = 0;
    if (publisher->formatting)
        publisher->changed = TRUE; /* it comes next */
    else
        publish(publisher);
    return G_SOURCE_REMOVE;
}

/* Never sooner after the last one than it may cost; an earlier time that was set stays. */
static void schedule(struct publisher *publisher, gint64 in_ms)
{
    gint64 now_us = g_get_monotonic_time();
    gint64 at_us =
        MAX(now_us + in_ms * 1000, publisher->began_at_us + publisher->cost_us * COST_PARTS);
    if (publisher->timer && publisher->due_at_us <= at_us)
        return;
    if (publisher->timer)
        g_source_remove(publisher->timer);
    publisher->due_at_us = at_us;
    publisher->timer = g_timeout_add((guint)((at_us - now_us + 999) / 1000), on_timer, publisher);
}

void publisher_hurry(struct publisher *publisher)
{
    publisher->changed = TRUE;
    if (!publisher->formatting)
        schedule(publisher, HURRY_MS);
}

static void on_event(G_GNUC_UNUSED const struct engine_event *event, gpointer data)
{
    struct publisher *publisher = data;
    gint64 since_ms = (g_get_monotonic_time() - publisher->began_at_us) / 1000;
    publisher->changed = TRUE;
    if (!publisher->formatting)
        schedule(publisher, MAX(HURRY_MS, LEAST_MS - since_ms));
}

struct publisher *publisher_new(struct engine *engine, const char *dir, guint64 fence)
{
    struct publisher *publisher = g_new0(struct publisher, 1);
    publisher->engine = engine;
    publisher->fence = fence;
    publisher->path = dir ? shared_path(dir, SHARED_STATE_FILE, NULL) : NULL;
    publisher->listener = engine_listen(engine, on_event, publisher);
    schedule(publisher, 0);
    return publisher;
}

void publisher_free(struct publisher *publisher)
{
    if (!publisher)
        return;
    engine_unlisten(publisher->engine, publisher->listener);
    if (publisher->timer)
        g_source_remove(publisher->timer);
    publisher->dead = TRUE;
    publisher_destroy(publisher);
}

void publisher_set_func(struct publisher *publisher, publisher_func func, gpointer data)
{
    publisher->func = func;
    publisher->data = data;
}

GBytes *publisher_last(const struct publisher *publisher)
{
    return publisher->last;
}

guint64 publisher_number(const struct publisher *publisher)
{
    return publisher->number;
}

const char *publisher_trouble(const struct publisher *publisher)
{
    return publisher->trouble;
}
