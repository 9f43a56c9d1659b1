#include "tui/trend.h"

#include <math.h>

#include "core/base/plot.h"

#define UNKNOWN G_MAXUINT16
#define REPEATED_MOST                                                                              \
    15 /* periods that one sample may stand for: a clock that runs fast skips some */

/* The last samples of one thing, in a ring. */
struct series {
    guint16 values[TREND_SAMPLES];
    guint8 next, n;
    guint round; /* in which it was there last */
};

struct trend {
    gint64 period_us;
    gint64 sampled_at_us; /* on the lab's clock; 0 = never */
    guint round;
    GHashTable *hosts; /* char * -> struct series * */
    GHashTable *vms;
};

struct trend *trend_new(void)
{
    struct trend *trend = g_new0(struct trend, 1);

    trend->period_us = CLOCK_MINUTE_US;
    trend->hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    trend->vms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return trend;
}

void trend_free(struct trend *trend)
{
    if (trend == NULL)
        return;
    g_hash_table_unref(trend->hosts);
    g_hash_table_unref(trend->vms);
    g_free(trend);
}

/* --- Taking samples -------------------------------------------------------------------------- */

static void push(struct series *series, guint16 value, guint times)
{
    for (guint i = 0; i < times; i++) {
        series->values[series->next] = value;
        series->next = (guint8)((series->next + 1) % TREND_SAMPLES);
        series->n = (guint8)MIN(series->n + 1, TREND_SAMPLES);
    }
}

static void sample(struct trend *trend, GHashTable *table, const char *name, gint value,
                   guint periods)
{
    struct series *series = g_hash_table_lookup(table, name);
    guint16 kept = value < 0 ? UNKNOWN : (guint16)MIN(value, UNKNOWN - 1);

    if (series == NULL) {
        series = g_new0(struct series, 1);
        g_hash_table_insert(table, g_strdup(name), series);
        periods = 1;
    }
    if (periods > REPEATED_MOST) {
        push(series, UNKNOWN, MIN(periods - 1, TREND_SAMPLES));
        periods = 1;
    }
    push(series, kept, periods);
    series->round = trend->round;
}

static gboolean is_gone(gpointer name, gpointer value, gpointer data)
{
    (void)name;
    return ((const struct series *)value)->round != ((const struct trend *)data)->round;
}

static void sample_host(struct trend *trend, const struct scene *scene, const struct host *host,
                        guint periods)
{
    gint load = host->state == HOST_ON ? scene_load_permille(scene, host) : -1;

    sample(trend, trend->hosts, host->name, load, periods);
    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);

        sample(trend, trend->vms, vm->name, vm->state == VM_RUNNING ? vm->cpu_permille : -1,
               periods);
    }
}

void trend_update(struct trend *trend, const struct scene *scene)
{
    gint64 gone_us = scene->now_us - trend->sampled_at_us;
    guint periods = 1;

    if (trend->sampled_at_us != 0) {
        if (gone_us >= 0 && gone_us < trend->period_us)
            return;
        periods = gone_us < 0 ? 1 : (guint)MIN(gone_us / trend->period_us, TREND_SAMPLES + 1);
    }
    /* Samples stay a period apart, whenever the frames come. */
    if (trend->sampled_at_us != 0 && gone_us >= 0)
        trend->sampled_at_us += gone_us / trend->period_us * trend->period_us;
    else
        trend->sampled_at_us = MAX(scene->now_us, 1);
    trend->round++;
    for (guint i = 0; i < scene->cluster->hosts->len; i++)
        sample_host(trend, scene, g_ptr_array_index(scene->cluster->hosts, i), periods);
    g_hash_table_foreach_remove(trend->hosts, is_gone, trend);
    g_hash_table_foreach_remove(trend->vms, is_gone, trend);
}

/* --- Asking ---------------------------------------------------------------------------------- */

static guint copy_last(GHashTable *table, const char *name, gint *values, guint most)
{
    const struct series *series = g_hash_table_lookup(table, name);
    guint n = series != NULL ? MIN(series->n, most) : 0;

    for (guint i = 0; i < n; i++) {
        guint16 value = series->values[(series->next + TREND_SAMPLES - n + i) % TREND_SAMPLES];

        values[i] = value == UNKNOWN ? -1 : value;
    }
    return n;
}

guint trend_host(const struct trend *trend, const struct host *host, gint *values, guint most)
{
    return copy_last(trend->hosts, host->name, values, most);
}

guint trend_vm(const struct trend *trend, const struct vm *vm, gint *values, guint most)
{
    return copy_last(trend->vms, vm->name, values, most);
}

gint64 trend_period_us(const struct trend *trend)
{
    return trend->period_us;
}

void trend_draw(struct surface *surface, struct rect rect, const gint *values, guint n, gint top,
                enum role role, gboolean ascii)
{
    g_autoptr(GString) line = g_string_new(NULL);
    guint shown = MIN(n, (guint)MAX(0, rect.width));

    for (guint i = n - shown; i < n; i++) {
        double value = values[i] < 0 ? NAN : values[i];

        plot_append_sparkline(line, &value, 1, top, ascii);
    }
    surface_text(surface, rect.x + rect.width - (int)shown, rect.y, (int)shown, line->str, role, 0);
}
