#include "tui/age.h"

#include "core/base/clock.h"

char *age_format(gint64 age_us)
{
    if (age_us < 2 * CLOCK_MINUTE_US)
        return g_strdup_printf("%d s", (int)(MAX(0, age_us) / CLOCK_SECOND_US));
    if (age_us < 2 * CLOCK_HOUR_US)
        return g_strdup_printf("%d min", (int)(age_us / CLOCK_MINUTE_US));
    if (age_us < 2 * CLOCK_DAY_US)
        return g_strdup_printf("%d h", (int)(age_us / CLOCK_HOUR_US));
    return g_strdup_printf("%d days", (int)(age_us / CLOCK_DAY_US));
}
