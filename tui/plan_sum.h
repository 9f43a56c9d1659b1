/*
 * plan_sum.h - what the marked steps of a plan come to. Pure; thread: main.
 */
#ifndef ROOST_TUI_PLAN_SUM_H
#define ROOST_TUI_PLAN_SUM_H

#include "core/policy/plan.h"
#include "tui/scene.h"

struct plan_sum {
    guint steps, moves, wakes, offs;
    guint64 moved_kib;
    double watts_saved; /* by hosts that go off, less those that are woken; below 0 = drawn */
    gint64 us;          /* about so long, as migrations here have taken lately */
};

/* chosen: as in plan_use.h; NULL = all. */
struct plan_sum plan_sum_of(const struct plan *plan, const gboolean *chosen,
                            const struct scene *scene);

/* "32 moves (8.0 GiB), 32 switch-offs"; "nothing" when there is none. Free with g_free. */
char *plan_sum_words(const struct plan_sum *sum);

/* "8.0 GiB", "512 MiB". Free with g_free. */
char *plan_sum_ram(guint64 kib);

/* "1.2 kW", "140 W". Free with g_free. */
char *plan_sum_watts(double watts);

#endif
