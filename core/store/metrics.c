#include "core/store/metrics.h"

#include <string.h>

#include "core/base/background.h"
#include "core/engine/follow.h"

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
    gboolean told;     /* that it cannot be written */
    struct background *background;
    struct metrics_facts facts;
};

/* What the thread is given, and gives back. */
struct page {
    char *path;
    char *text;
    GError *error;
};

static void page_free(struct page *page)
{
    g_free(page->path);
    g_free(page->text);
    g_clear_error(&page->error);
    g_free(page);
}
AUTOPTR_DEFINE(page)

/* The temporary file's name does not end in .prom: the collector passes it over. */
static void write_in_thread(gpointer job)
{
    struct page *page = job;
    g_file_set_contents_full(page->path, page->text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644,
                             &page->error);
}

static void on_written(gpointer job, gpointer owner)
{
    autoptr(page) page = job;
    struct metrics *metrics = owner;
    gboolean told = metrics->told;
    metrics->told = page->error != NULL;
    if (!page->error || told)
        return;
    g_autofree char *text =
        g_strdup_printf("%s: the metrics are not written: %s", metrics->path, page->error->message);
    engine_note(metrics->engine, "store", "failed", FALSE, text);
}

static void write_now(struct metrics *metrics)
{
    if (background_is_busy(metrics->background))
        return;
    metrics->facts.totals = *history_totals_written(metrics->history);
    struct page *page = g_new0(struct page, 1);
    page->path = g_strdup(metrics->path);
    page->text = metrics_format(metrics->engine, &metrics->facts);
    metrics->written_us = clock_mono_us(metrics->clock);
    metrics->changed = FALSE;
    background_begin(metrics->background, write_in_thread, page, on_written);
}

static void on_timer(gpointer data)
{
    struct metrics *metrics = data;
    gint64 since_us = clock_mono_us(metrics->clock) - metrics->written_us;
    metrics->timer = clock_add_timer(metrics->clock, CHANGE_US, on_timer, metrics);
    /* What is followed is another one's to tell. */
    if (engine_follows(metrics->engine) || !engine_has_seen_all(metrics->engine))
        return;
    if (metrics->changed || since_us >= PERIOD_US)
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
    metrics->background = background_new(metrics);
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
    background_free(metrics->background);
    g_free(metrics->path);
    g_free(metrics);
}
