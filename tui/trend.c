#include "tui/trend.h"

struct trend {
    gint64 period_us;
};

struct trend *trend_new(void)
{
    struct trend *trend = g_new0(struct trend, 1);

    trend->period_us = CLOCK_MINUTE_US;
    return trend;
}

void trend_free(struct trend *trend)
{
    g_free(trend);
}

void trend_update(struct trend *trend, const struct scene *scene)
{
    (void)trend;
    (void)scene;
}

guint trend_host(const struct trend *trend, const struct host *host, gint *values, guint most)
{
    (void)trend;
    (void)host;
    (void)values;
    (void)most;
    return 0;
}

guint trend_vm(const struct trend *trend, const struct vm *vm, gint *values, guint most)
{
    (void)trend;
    (void)vm;
    (void)values;
    (void)most;
    return 0;
}

gint64 trend_period_us(const struct trend *trend)
{
    return trend->period_us;
}
