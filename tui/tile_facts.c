/* tile_facts.c - load and its history, RAM, and power under way, where a tile has room for them. */
#include "tui/tile_parts.h"

#include <string.h>

#include "tui/bar.h"
#include "tui/units.h"

/* Labels only where there is room for them. */
#define LABEL_WIDTH_LEAST 18
#define LABEL_CELLS       5

/* What is known of a host that is off or on its way there says nothing (any more). */
static gboolean is_dark(const struct host *host)
{
    return host->state == HOST_OFF || host->state == HOST_WAKING || host->state == HOST_STOPPING;
}

static int label_cells(struct rect row)
{
    return row.width >= LABEL_WIDTH_LEAST ? LABEL_CELLS : 0;
}

/* --- Power ----------------------------------------------------------------------------------- */

static gint64 power_since_us(const struct tile_look *look, const struct host *host)
{
    return MAX(0, look->scene->now_us - host->state_since_us);
}

/* How far it is on the way to being given up. */
static void draw_patience(const struct tile_look *look, struct surface *surface, struct rect row,
                          const struct host *host)
{
    gint64 patience_us = host->state == HOST_WAKING ? look->scene->settings->boot_timeout_us
                                                    : look->scene->settings->off_timeout_us;
    gint64 since_us = power_since_us(look, host);
    int label = label_cells(row);

    if (patience_us <= 0)
        return;
    if (label > 0)
        surface_text(surface, row.x, row.y, label, "time", ROLE_MUTED, 0);
    bar_draw(surface, row.x + label, row.y, row.width - label - (label > 0 ? LABEL_CELLS : 0),
             (guint)(MIN(since_us, patience_us) * 1000 / patience_us), look->ascii);
}

void tile_draw_power(const struct tile_look *look, struct surface *surface, struct rect row,
                     const struct host *host)
{
    const char *word = host_state_word(host);
    gint64 seconds = power_since_us(look, host) / G_USEC_PER_SEC;
    g_autofree char *time = seconds < 1000 ? g_strdup_printf("%d s", (int)seconds)
                                           : g_strdup_printf("%d min", (int)(seconds / 60));
    int width = (int)strlen(time);

    if (host->state != HOST_WAKING && host->state != HOST_STOPPING)
        return;
    if (width + 1 + (int)strlen(word) <= row.width)
        surface_printf(surface, row.x, row.y, row.width, ROLE_WAKING, 0, "%s %s", word, time);
    else
        surface_text(surface, row.x, row.y, row.width, time, ROLE_WAKING, 0);
}

/* --- Load ------------------------------------------------------------------------------------ */

void tile_draw_load(const struct tile_look *look, struct surface *surface, struct rect row,
                    const struct host *host)
{
    gint load = scene_load_permille(look->scene, host);
    int label = label_cells(row);
    int number = row.width >= 12 ? 5 : 0;
    int cells = row.width - label - number;

    if (host->state == HOST_WAKING || host->state == HOST_STOPPING)
        draw_patience(look, surface, row, host);
    if (is_dark(host))
        return;
    if (load < 0) {
        surface_text(surface, row.x, row.y, row.width, "load ?", ROLE_MUTED, 0);
        return;
    }
    if (label > 0)
        surface_text(surface, row.x, row.y, label, "load", ROLE_MUTED, 0);
    bar_draw(surface, row.x + label, row.y, cells, (guint)load, look->ascii);
    if (number > 0)
        surface_printf(surface, row.x + label + cells + 1, row.y, 4, ROLE_MUTED, 0, "%4.2f",
                       MIN(load, 9990) / 1000.0);
}

/* --- History --------------------------------------------------------------------------------- */

gboolean tile_has_history(const struct tile_look *look, const struct host *host)
{
    gint value;

    return look->trend != NULL && trend_host(look->trend, host, &value, 1) > 0;
}

/* The newest at the right, as long ago as the room goes; and how long that is. */
void tile_draw_history(const struct tile_look *look, struct surface *surface, struct rect row,
                       const struct host *host)
{
    gint values[TREND_SAMPLES];
    int label = label_cells(row), number = label > 0 ? 5 : 0;
    int cells = MIN(row.width - label - number, TREND_SAMPLES);
    guint n = trend_host(look->trend, host, values, (guint)MAX(0, cells));
    gint64 span_us = trend_period_us(look->trend) * n;
    gboolean known = FALSE;

    for (guint i = 0; i < n; i++)
        known = known || values[i] >= 0;
    if (!known)
        return;
    if (label > 0)
        surface_text(surface, row.x, row.y, label, "past", ROLE_MUTED, 0);
    trend_draw(surface, (struct rect){row.x + label, row.y, cells, 1}, values, n, 1000,
               ROLE_BAR_FULL, look->ascii);
    if (number > 0)
        surface_printf(surface, row.x + label + cells + 1, row.y, 4, ROLE_MUTED, 0, "%2d m",
                       (int)(span_us / CLOCK_MINUTE_US));
}

/* --- RAM ------------------------------------------------------------------------------------- */

void tile_draw_memory(struct surface *surface, struct rect row, const struct host *host)
{
    double used = UNITS_GIB(host_active_mem_kib(host));
    double all = UNITS_GIB(host->mem_kib);
    g_autofree char *text = NULL;

    if (is_dark(host) || host->mem_kib == 0)
        return;
    if (row.width >= LABEL_WIDTH_LEAST)
        text = g_strdup_printf("RAM  %.1f of %.1f GiB", used, all);
    if (text == NULL || (int)strlen(text) > row.width) {
        g_free(text);
        text = g_strdup_printf("%s%.1f/%.1fG", row.width >= LABEL_WIDTH_LEAST ? "RAM  " : "", used,
                               all);
    }
    surface_text(surface, row.x, row.y, row.width, text, ROLE_MUTED, 0);
}
