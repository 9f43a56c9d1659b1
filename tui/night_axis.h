/* night_axis.h - the time axis of a night, for charts. Pure; thread: main. */
#ifndef ROOST_TUI_NIGHT_AXIS_H
#define ROOST_TUI_NIGHT_AXIS_H

#include "core/policy/energy.h"
#include "core/policy/hours.h"
#include "tui/chart.h"

/* struct chart_tick, at round hours as far apart as `cells` allow; frees its labels. hours may be
 * NULL: then it is UTC. */
GArray *night_axis_ticks(const struct hours *hours, gint64 from_us, gint64 until_us, int cells);

/* struct chart_span, in which the lab is open. */
GArray *night_axis_open(const struct hours *hours, gint64 from_us, gint64 until_us);

/* Local time, or UTC without hours. Free with g_free. */
char *night_axis_time(const struct hours *hours, gint64 wall_us, const char *g_date_format);

/* "12.3 of 51.0 kWh, 38.7 kWh (76 %) saved, 9.68 EUR, 11.2 kg CO2"; the tariff may be NULL. */
char *night_axis_energy(double kwh, double kwh_all_on, const struct energy_tariff *tariff,
                        const char *currency);

#endif
