#include "tui/night_samples.h"

#include <string.h>

#include "core/store/history.h"
#include "core/store/rotate_read.h"

#define PERIOD_US    CLOCK_MINUTE_US
#define SAMPLES_MOST (4 * 24 * 60)
/* At a time: to take little from the beginning of an array is slow. */
#define DROPPED (24 * 60)

struct night_samples {
    GArray *list; /* struct night_sample */
    gint64 seen_us;
    gint64 seen_mono_us;
};

struct night_samples *night_samples_new(void)
{
    struct night_samples *samples = g_new0(struct night_samples, 1);

    samples->list = g_array_new(FALSE, FALSE, sizeof(struct night_sample));
    return samples;
}

void night_samples_free(struct night_samples *samples)
{
    if (samples == NULL)
        return;
    g_array_unref(samples->list);
    g_free(samples);
}

static const struct night_sample *last_of(const GArray *list)
{
    return list->len > 0 ? &g_array_index(list, struct night_sample, list->len - 1) : NULL;
}

/* --- Seen here ------------------------------------------------------------------------------- */

static guint count_moves(const struct scene *scene, gint64 since_us)
{
    guint n = 0;

    for (guint i = 0; i < scene->jobs->len; i++) {
        const struct job *job = g_ptr_array_index(scene->jobs, i);

        n += job->kind == JOB_MIGRATE && job->state == JOB_DONE && job->ended_at_us > since_us;
    }
    return n;
}

void night_samples_take(struct night_samples *samples, const struct scene *scene)
{
    const struct night_sample *last = last_of(samples->list);
    gint64 since_us = last != NULL ? scene->wall_us - last->wall_us : G_MAXINT64;
    struct night_sample now = {
        .wall_us = scene->wall_us,
        .hosts = scene->cluster->hosts->len,
        .on = scene->cluster->hosts->len - scene->n_off,
        .vms = scene->n_active_vms,
        .watts = scene->watts,
        .watts_all_on = scene->watts_all_on,
    };

    if (since_us < PERIOD_US || scene->cluster->hosts->len == 0)
        return;
    now.load = cluster_mean_load(scene->cluster);
    if (last != NULL && since_us <= HISTORY_GAP_US) {
        double hours = (double)since_us / CLOCK_HOUR_US;

        now.run = last->run;
        now.kwh = last->kwh + (last->watts + now.watts) / 2000 * hours;
        now.kwh_all_on = last->kwh_all_on + (last->watts_all_on + now.watts_all_on) / 2000 * hours;
        now.migrations = last->migrations + count_moves(scene, samples->seen_mono_us);
    } else {
        now.run = last != NULL ? last->run + 1 : 1;
    }
    samples->seen_mono_us = scene->now_us;
    if (samples->list->len >= SAMPLES_MOST)
        g_array_remove_range(samples->list, 0, DROPPED);
    g_array_append_val(samples->list, now);
}

GArray *night_samples_list(const struct night_samples *samples, gint64 from_us, gint64 until_us)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct night_sample));

    for (guint i = 0; i < samples->list->len; i++) {
        const struct night_sample *sample = &g_array_index(samples->list, struct night_sample, i);

        if (sample->wall_us >= from_us && sample->wall_us <= until_us)
            g_array_append_vals(list, sample, 1);
    }
    return list;
}

/* --- Kept in a store ------------------------------------------------------------------------- */

struct reading {
    GArray *list;
    gint64 from_us, until_us;
};

static gboolean take_line(const char *line, gpointer data)
{
    struct reading *reading = data;
    struct history_sample sample;
    struct night_sample own;

    if (!history_parse(line, &sample))
        return TRUE;
    g_free(sample.missing);
    if (sample.wall_us < reading->from_us || sample.wall_us > reading->until_us)
        return TRUE;
    own = (struct night_sample){
        .wall_us = sample.wall_us,
        .run = sample.run,
        .hosts = sample.hosts,
        .on = sample.hosts - MIN(sample.off, sample.hosts),
        .vms = sample.vms,
        .migrations = (guint)sample.totals.migrations[HISTORY_DONE],
        .load = sample.load,
        .watts = sample.watts,
        .watts_all_on = sample.watts_all_on,
        .kwh = sample.totals.kwh,
        .kwh_all_on = sample.totals.kwh_all_on,
    };
    g_array_append_val(reading->list, own);
    return TRUE;
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const struct night_sample *left = a, *right = b;

    return (left->wall_us > right->wall_us) - (left->wall_us < right->wall_us);
}

GArray *night_samples_read(const char *dir, gint64 from_us, gint64 until_us, GError **error)
{
    struct reading reading = {g_array_new(FALSE, FALSE, sizeof(struct night_sample)), from_us,
                              until_us};

    if (!rotate_read(dir, HISTORY_NAME, from_us, take_line, &reading, NULL, error)) {
        g_array_unref(reading.list);
        return NULL;
    }
    g_array_sort(reading.list, compare);
    return reading.list;
}

/* --- What they come to ----------------------------------------------------------------------- */

const struct night_sample *night_samples_at(const GArray *list, gint64 wall_us)
{
    const struct night_sample *samples = (const struct night_sample *)(gpointer)list->data;
    guint low = 0, high = list->len;

    if (high == 0 || samples[0].wall_us > wall_us)
        return NULL;
    while (high - low > 1) {
        guint middle = low + (high - low) / 2;

        if (samples[middle].wall_us <= wall_us)
            low = middle;
        else
            high = middle;
    }
    return wall_us - samples[low].wall_us <= HISTORY_GAP_US ? &samples[low] : NULL;
}

static gboolean follows(const struct night_sample *from, const struct night_sample *to)
{
    return from->run == to->run && to->wall_us - from->wall_us <= HISTORY_GAP_US;
}

void night_samples_energy(const GArray *list, double *kwh, double *kwh_all_on)
{
    *kwh = *kwh_all_on = 0;
    for (guint i = 1; i < list->len; i++) {
        const struct night_sample *to = &g_array_index(list, struct night_sample, i);

        if (!follows(to - 1, to))
            continue;
        *kwh += MAX(0, to->kwh - (to - 1)->kwh);
        *kwh_all_on += MAX(0, to->kwh_all_on - (to - 1)->kwh_all_on);
    }
}

guint night_samples_moves(const GArray *list, gint64 from_us, gint64 until_us)
{
    guint n = 0;

    for (guint i = 1; i < list->len; i++) {
        const struct night_sample *to = &g_array_index(list, struct night_sample, i);

        if (to->wall_us > from_us && to->wall_us <= until_us && follows(to - 1, to) &&
            to->migrations > (to - 1)->migrations)
            n += to->migrations - (to - 1)->migrations;
    }
    return n;
}
