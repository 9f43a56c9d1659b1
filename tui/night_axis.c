#include "tui/night_axis.h"

#include "core/base/clock.h"

#define LABEL_CELLS 9 /* "Tue 00:00" */

static void tick_clear(gpointer data)
{
    g_free(((struct chart_tick *)data)->label);
}

char *night_axis_time(const struct hours *hours, gint64 wall_us, const char *g_date_format)
{
    g_autoptr(GDateTime) time = NULL;

    if (hours != NULL)
        return hours_format(hours, wall_us, g_date_format);
    time = g_date_time_new_from_unix_utc(wall_us / G_USEC_PER_SEC);
    return time != NULL ? g_date_time_format(time, g_date_format) : g_strdup("");
}

/* Whole hours between two labels, so that they do not touch. */
static gint64 choose_step_us(gint64 span_us, int cells)
{
    static const gint64 steps[] = {1, 2, 3, 4, 6, 12, 24, 48};
    guint i = 0;

    while (i + 1 < G_N_ELEMENTS(steps) &&
           (double)steps[i] * CLOCK_HOUR_US / (double)span_us * cells < LABEL_CELLS)
        i++;
    return steps[i] * CLOCK_HOUR_US;
}

/* What the clock on the wall is ahead of UTC then: labels are at its own round hours. */
static gint64 offset_us(const struct hours *hours, gint64 wall_us)
{
    GTimeZone *zone = hours != NULL ? hours_zone(hours) : NULL;
    gint interval = zone != NULL
                        ? g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, wall_us / 1000000)
                        : -1;

    return interval < 0 ? 0 : g_time_zone_get_offset(zone, interval) * G_TIME_SPAN_SECOND;
}

GArray *night_axis_ticks(const struct hours *hours, gint64 from_us, gint64 until_us, int cells)
{
    GArray *ticks = g_array_new(FALSE, FALSE, sizeof(struct chart_tick));
    gint64 span_us = MAX(1, until_us - from_us), offset = offset_us(hours, from_us);
    gint64 step_us = choose_step_us(span_us, cells);
    gint64 at_us = (from_us + offset + step_us - 1) / step_us * step_us - offset;

    g_array_set_clear_func(ticks, tick_clear);
    for (; at_us <= until_us; at_us += step_us) {
        struct chart_tick tick = {
            .at = (double)(at_us - from_us) / (double)span_us,
            .label =
                night_axis_time(hours, at_us, span_us > 24 * CLOCK_HOUR_US ? "%a %H:%M" : "%H:%M"),
        };
        g_array_append_val(ticks, tick);
    }
    return ticks;
}

GArray *night_axis_open(const struct hours *hours, gint64 from_us, gint64 until_us)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(struct chart_span));
    double span_us = (double)MAX(1, until_us - from_us);
    gint64 at_us = from_us;

    while (hours != NULL && at_us < until_us) {
        gboolean open = hours_phase_at(hours, at_us, 0) == HOURS_OPEN;
        gint64 next_us = MIN(until_us, open ? hours_next_closing_us(hours, at_us)
                                            : hours_next_opening_us(hours, at_us));
        struct chart_span span = {(double)(at_us - from_us) / span_us,
                                  (double)(next_us - from_us) / span_us};

        if (open)
            g_array_append_val(spans, span);
        at_us = MAX(next_us, at_us + 1);
    }
    return spans;
}

char *night_axis_energy(double kwh, double kwh_all_on, const struct energy_tariff *tariff,
                        const char *currency)
{
    double saved = kwh_all_on - kwh;
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%.1f of %.1f kWh, %.1f kWh", kwh, kwh_all_on, saved);
    if (kwh_all_on > 0)
        g_string_append_printf(text, " (%.0f %%)", 100 * saved / kwh_all_on);
    g_string_append(text, " saved");
    if (tariff != NULL && tariff->price_per_kwh > 0)
        g_string_append_printf(text, ", %.2f %s", energy_money(tariff, saved),
                               currency != NULL ? currency : "in money");
    if (tariff != NULL && tariff->co2_g_per_kwh > 0)
        g_string_append_printf(text, ", %.1f kg CO2", energy_co2_kg(tariff, saved));
    return g_string_free(text, FALSE);
}
