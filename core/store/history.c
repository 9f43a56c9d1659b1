#include "core/store/history.h"

#include <string.h>
#include <unistd.h>

#include "core/policy/energy.h"
#include "core/policy/policy.h"
#include "core/store/rotate_read.h"

#define CHANGE_US      (10 * CLOCK_SECOND_US)
#define LOOK_US        CLOCK_SECOND_US /* loads change all the time: no need to add up oftener */
#define BRIEF_US       CLOCK_MINUTE_US
#define STOPPED_US     (10 * CLOCK_MINUTE_US) /* without a look: nobody knows what was drawn */
#define MISSING_MOST   32
#define TIMER_LEAST_US (CLOCK_SECOND_US / 1000)

struct history {
    struct engine *engine;
    struct clock *clock;
    struct journal_queue *queue;
    guint listener;
    guint timer;
    gint64 begun_us; /* monotonic; 0 = not yet: some host was never seen */
    gint64 looked_us;
    gint64 written_us;
    struct history_sample now;
    struct history_sample last; /* the one that was written, or is held */
    char *held;                 /* the first line, until it is clear that there is a second */
};

/* --- What is so now --------------------------------------------------------------------------- */

static void count_host(struct history_sample *sample, const struct host *host)
{
    switch (host->state) {
    case HOST_OFF:
        sample->off++;
        break;
    case HOST_WAKING:
        sample->waking++;
        break;
    case HOST_ON:
        sample->on++;
        break;
    case HOST_STOPPING:
        sample->stopping++;
        break;
    case HOST_UNREACHABLE:
        sample->unreachable++;
        break;
    }
}

/* Nearly always none, when they all should be on. */
static char *list_missing(const struct cluster *cluster)
{
    g_autoptr(GString) names = g_string_new(NULL);
    guint count = 0;
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];
        if (host->state == HOST_ON)
            continue;
        if (++count <= MISSING_MOST)
            g_string_append_printf(names, "%s%s", names->len > 0 ? " " : "", host->name);
    }
    if (count > MISSING_MOST)
        g_string_append_printf(names, " and %u more", count - MISSING_MOST);
    return count > 0 ? g_strdup(names->str) : NULL;
}

static void take_sample(struct history *history)
{
    const struct cluster *cluster = engine_cluster(history->engine);
    const struct energy_config *energy = &engine_settings(history->engine)->energy;
    struct history_sample *now = &history->now;
    double load = 0;
    guint loads = 0;
    now->wall_us = clock_wall_us(history->clock);
    now->hosts = cluster->hosts->len;
    now->on = now->off = now->waking = now->stopping = now->unreachable = 0;
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];
        count_host(now, host);
        if (host->state == HOST_ON && host_load_permille(host) >= 0) {
            load += host_load_permille(host) / 1000.0;
            loads++;
        }
    }
    now->load = loads > 0 ? load / loads : -1;
    now->vms = cluster_count_active_vms(cluster);
    now->watts = energy_cluster_watts(cluster, energy);
    now->watts_all_on = energy_all_on_watts(cluster, energy);
    now->mode = engine_mode(history->engine);
    now->phase = engine_phase(history->engine);
}

/* What was drawn since the last look, at what was so then. */
static void add_energy(struct history *history)
{
    gint64 now_us = clock_mono_us(history->clock);
    double seconds = (double)(now_us - history->looked_us) / CLOCK_SECOND_US;
    struct history_totals *totals = &history->now.totals;
    if (history->looked_us > 0 && now_us - history->looked_us <= STOPPED_US) {
        totals->kwh += history->now.watts * seconds / ENERGY_JOULES_PER_KWH;
        totals->kwh_all_on += history->now.watts_all_on * seconds / ENERGY_JOULES_PER_KWH;
        totals->kwh_saved = MAX(totals->kwh_saved, totals->kwh_all_on - totals->kwh);
    }
    history->looked_us = now_us;
}

/* --- Writing it ------------------------------------------------------------------------------- */

static gboolean has_changed(const struct history *history)
{
    const struct history_sample *now = &history->now;
    const struct history_sample *last = &history->last;
    return now->hosts != last->hosts || now->on != last->on || now->off != last->off ||
           now->waking != last->waking || now->stopping != last->stopping ||
           now->unreachable != last->unreachable || now->vms != last->vms ||
           now->mode != last->mode || now->phase != last->phase ||
           memcmp(now->totals.migrations, last->totals.migrations, sizeof now->totals.migrations) !=
               0 ||
           now->totals.alarms != last->totals.alarms;
}

static void write_sample(struct history *history)
{
    gboolean first = history->written_us == 0;
    history->now.missing =
        history->now.phase == HOURS_OPEN ? list_missing(engine_cluster(history->engine)) : NULL;
    g_autofree char *line = history_format(&history->now);
    g_clear_pointer(&history->now.missing, g_free);
    history->last = history->now;
    history->written_us = clock_mono_us(history->clock);
    if (first) {
        history->held = g_steal_pointer(&line);
        return;
    }
    if (history->held)
        journal_queue_add(history->queue, history->held);
    g_clear_pointer(&history->held, g_free);
    journal_queue_add(history->queue, line);
}

static gboolean is_due(const struct history *history)
{
    gint64 since_us = clock_mono_us(history->clock) - history->written_us;
    gboolean brief = history->held && clock_mono_us(history->clock) - history->begun_us < BRIEF_US;
    if (history->written_us == 0 || history->now.phase != history->last.phase)
        return TRUE;
    if (since_us >= HISTORY_PERIOD_US || (history->held && !brief))
        return TRUE;
    return since_us >= CHANGE_US && has_changed(history);
}

static void look(struct history *history)
{
    if (history->begun_us == 0 && !engine_has_seen_all(history->engine))
        return;
    if (history->begun_us == 0)
        history->begun_us = MAX(clock_mono_us(history->clock), 1);
    add_energy(history);
    take_sample(history);
    if (is_due(history))
        write_sample(history);
}

/* --- When ------------------------------------------------------------------------------------- */

static gint64 next_look_us(const struct history *history)
{
    const struct hours *hours = engine_hours(history->engine);
    gint64 wall_us = clock_wall_us(history->clock);
    gint64 next_us = BRIEF_US;
    if (!hours)
        return next_us;
    gint64 change_us =
        MIN(hours_next_opening_us(hours, wall_us), hours_next_closing_us(hours, wall_us));
    if (change_us != G_MAXINT64)
        next_us = MIN(next_us, change_us - wall_us);
    return MAX(next_us, TIMER_LEAST_US);
}

static void on_timer(gpointer data)
{
    struct history *history = data;
    history->timer = clock_add_timer(history->clock, next_look_us(history), on_timer, history);
    look(history);
}

static void count_end(guint64 *ends, const char *result)
{
    for (guint i = 0; i < HISTORY_N_ENDS; i++) {
        if (strcmp(result, history_end_names[i]) == 0)
            ends[i]++;
    }
}

static void count_entry(struct history_totals *totals, const struct journal_entry *entry)
{
    if (entry->alarm)
        totals->alarms++;
    if (entry->job == 0)
        return;
    if (strcmp(entry->what, job_kind_name(JOB_MIGRATE)) == 0)
        count_end(totals->migrations, entry->result);
    else if (strcmp(entry->what, job_kind_name(JOB_WAKE)) == 0)
        count_end(totals->wakes, entry->result);
    else if (strcmp(entry->what, job_kind_name(JOB_OFF)) == 0)
        count_end(totals->offs, entry->result);
}

static void on_event(const struct engine_event *event, gpointer data)
{
    struct history *history = data;
    if (event->kind == ENGINE_EVENT_JOURNAL)
        count_entry(&history->now.totals, event->entry);
    if (event->kind == ENGINE_EVENT_MODEL &&
        clock_mono_us(history->clock) - history->looked_us < LOOK_US)
        return;
    look(history);
}

/* --- Its life --------------------------------------------------------------------------------- */

static gboolean take_totals(const char *line, gpointer data)
{
    struct history_totals *totals = data;
    struct history_sample sample;
    if (history_parse(line, &sample))
        *totals = sample.totals;
    g_free(sample.missing);
    return TRUE;
}

struct history *history_new(struct engine *engine, const char *dir,
                            struct journal_queue *queue_take)
{
    struct history *history = g_new0(struct history, 1);
    history->engine = engine;
    history->clock = engine_clock(engine);
    history->queue = queue_take;
    history->now.run = (guint64)g_random_int();
    /* Of what was put aside, the newest file may hold the last line. */
    rotate_read(dir, HISTORY_NAME, G_MAXINT64, take_totals, &history->now.totals, NULL, NULL);
    history->last.totals = history->now.totals;
    history->listener = engine_listen(engine, on_event, history);
    history->timer = clock_add_timer(history->clock, next_look_us(history), on_timer, history);
    return history;
}

static void finish(struct history *history)
{
    gint64 now_us = clock_mono_us(history->clock);
    if (history->begun_us == 0)
        return;
    add_energy(history);
    take_sample(history);
    if (now_us > history->written_us &&
        (!history->held || has_changed(history) || now_us - history->begun_us >= BRIEF_US))
        write_sample(history);
}

void history_free(struct history *history)
{
    if (!history)
        return;
    finish(history);
    engine_unlisten(history->engine, history->listener);
    clock_cancel_timer(history->clock, history->timer);
    journal_queue_flush(history->queue, NULL);
    journal_queue_free(history->queue);
    g_free(history->held);
    g_free(history);
}

const struct history_totals *history_totals(struct history *history)
{
    look(history);
    return &history->now.totals;
}

const struct history_totals *history_totals_written(const struct history *history)
{
    return &history->last.totals;
}

void history_flush(struct history *history)
{
    finish(history);
    journal_queue_flush(history->queue, NULL);
}

void history_retry(struct history *history)
{
    journal_queue_retry(history->queue);
}
