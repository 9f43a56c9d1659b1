#include "core/store/metrics.h"

#include <gio/gio.h>
#include <string.h>

#define PERIOD_US (60 * CLOCK_SECOND_US)
#define CHANGE_US (15 * CLOCK_SECOND_US)

/* As the journal calls who decides by itself. */
#define AUTOPILOT "autopilot"

struct metrics {
    struct engine *engine;
    struct history *history;
    struct clock *clock;
    char *path;
    guint listener;
    guint timer;
    gint64 written_us; /* monotonic */
    gboolean changed;  /* since then */
    gboolean busy;     /* a thread writes */
    gboolean told;     /* that it cannot be written */
    struct metrics_facts facts;
};

/* What the thread is given. */
struct page {
    char *path;
    char *text;
};

static void page_free(gpointer data)
{
    struct page *page = data;
    g_free(page->path);
    g_free(page->text);
    g_free(page);
}

/* The temporary file's name does not end in .prom: the collector passes it over. */
static void write_in_thread(GTask *task, G_GNUC_UNUSED gpointer source, gpointer data,
                            G_GNUC_UNUSED GCancellable *cancellable)
{
    const struct page *page = data;
    GError *error = NULL;
    if (g_file_set_contents_full(page->path, page->text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644,
                                 &error))
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, error);
}

static void on_written(G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer data)
{
    struct metrics *metrics = data;
    g_autoptr(GError) error = NULL;
    gboolean written = g_task_propagate_boolean(G_TASK(result), &error);
    gboolean told = metrics->told;
    metrics->busy = FALSE;
    metrics->told = !written;
    if (written || told)
        return;
    g_autofree char *text =
        g_strdup_printf("%s: the metrics are not written: %s", metrics->path, error->message);
    engine_note(metrics->engine, "store", "failed", FALSE, text);
}

static void write_now(struct metrics *metrics)
{
    if (metrics->busy)
        return;
    metrics->facts.totals = *history_totals_written(metrics->history);
    struct page *page = g_new0(struct page, 1);
    page->path = g_strdup(metrics->path);
    page->text = metrics_format(metrics->engine, &metrics->facts);
    metrics->written_us = clock_mono_us(metrics->clock);
    metrics->changed = FALSE;
    metrics->busy = TRUE;
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_written, metrics);
    g_task_set_task_data(task, page, page_free);
    g_task_run_in_thread(task, write_in_thread);
}

static void on_timer(gpointer data)
{
    struct metrics *metrics = data;
    gint64 since_us = clock_mono_us(metrics->clock) - metrics->written_us;
    metrics->timer = clock_add_timer(metrics->clock, CHANGE_US, on_timer, metrics);
    if (engine_has_seen_all(metrics->engine) && (metrics->changed || since_us >= PERIOD_US))
        write_now(metrics);
}

static void note_decision(struct metrics *metrics, const struct journal_entry *entry)
{
    if (strcmp(entry->who, AUTOPILOT) == 0)
        metrics->facts.last_decision_us = entry->wall_us;
}

/* Loads change all the time, and are no reason to hurry. */
static void on_event(const struct engine_event *event, gpointer data)
{
    struct metrics *metrics = data;
    if (event->kind == ENGINE_EVENT_JOURNAL)
        note_decision(metrics, event->entry);
    metrics->changed |= event->kind == ENGINE_EVENT_JOURNAL || event->kind == ENGINE_EVENT_MODE;
}

struct metrics *metrics_new(struct engine *engine, struct history *history, const char *path)
{
    struct metrics *metrics = g_new0(struct metrics, 1);
    metrics->engine = engine;
    metrics->history = history;
    metrics->clock = engine_clock(engine);
    metrics->path = g_strdup(path);
    metrics->changed = TRUE;
    for (guint i = 0; i < engine_journal(engine)->len; i++)
        note_decision(metrics, engine_journal(engine)->pdata[i]);
    metrics->listener = engine_listen(engine, on_event, metrics);
    metrics->timer = clock_add_timer(metrics->clock, CHANGE_US, on_timer, metrics);
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    if (!metrics)
        return;
    engine_unlisten(metrics->engine, metrics->listener);
    clock_cancel_timer(metrics->clock, metrics->timer);
    while (metrics->busy)
        g_main_context_iteration(NULL, TRUE);
    g_free(metrics->path);
    g_free(metrics);
}

void metrics_set_fence(struct metrics *metrics, guint64 fence)
{
    metrics->changed |= metrics->facts.fence != fence;
    metrics->facts.fence = fence;
}
