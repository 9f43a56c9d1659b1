/*
 * trend.h - what hosts and VMs were like in the last minutes: one sample a period of each host's
 * load and each VM's CPU, by name, for sparklines. Only while the console is open; the night view
 * has the store's history. Thread: main.
 */
#ifndef ROOST_TUI_TREND_H
#define ROOST_TUI_TREND_H

#include "core/base/cleanup.h"
#include "tui/scene.h"
#include "tui/surface.h"

#define TREND_SAMPLES 64 /* kept of each */

struct trend;

struct trend *trend_new(void);
void trend_free(struct trend *trend); /* NULL is allowed */
AUTOPTR_DEFINE(trend)

/* Takes a sample when a period of the lab's clock has gone by; nothing before. What is gone is
 * forgotten. O(hosts + VMs) when it samples. */
void trend_update(struct trend *trend, const struct scene *scene);

/*
 * The samples of a host's load (permille), or a VM's CPU use, the oldest first, into values (room
 * for `most`); the last ones when there are more. -1 stands where it was not known. Returns how
 * many there are.
 */
guint trend_host(const struct trend *trend, const struct host *host, gint *values, guint most);
guint trend_vm(const struct trend *trend, const struct vm *vm, gint *values, guint most);

/* Microseconds of the lab's clock from one sample to the next. */
gint64 trend_period_us(const struct trend *trend);

/*
 * A sparkline of the last of n such values (-1 = not known) that fit in so many cells, ending at
 * the right; nothing without values. One of `top` is as high as it gets.
 */
void trend_draw(struct surface *surface, struct rect rect, const gint *values, guint n, gint top,
                enum role role, gboolean ascii);

#endif
