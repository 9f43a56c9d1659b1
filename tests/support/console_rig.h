/*
 * console_rig.h - a console at work: the built-in lab on a stepped clock, an engine, a screen in
 * memory, and hands that press keys and move the mouse. For what an operator does and what comes of
 * it; for how it looks there is stage.h.
 *
 * The screen has 80x24 cells; the lab keeps the hours of Ercolani, in UTC. What does not come true
 * within a great many steps fails the test.
 */
#ifndef ROOST_TESTS_CONSOLE_RIG_H
#define ROOST_TESTS_CONSOLE_RIG_H

#include "core/base/cleanup.h"
#include "tui/app.h"

#define RIG_WALL_US G_GINT64_CONSTANT(1794943800000000)
#define RIG_WIDTH   80
#define RIG_HEIGHT  24

struct rig {
    struct clock *clock;
    struct hours *hours;
    struct driver *driver;
    struct engine *engine;
    struct screen *screen;
    struct app *app; /* may be freed and set to NULL before the rig is */
};

/*
 * Ercolani itself, 62 hosts with a VM each at home, on Tuesday 2026-11-17 at 19:30 UTC: all hosts
 * were seen, and it is drawn.
 */
struct rig *rig_new(void);

/* Another lab, on a clock of one's own; no step was made yet: nothing was seen, nothing drawn. */
struct rig *rig_new_of(struct cluster *lab_take, struct clock *clock_take);

void rig_free(struct rig *rig);
AUTOPTR_DEFINE(rig)

/* Reads what the engine has told, and draws. */
void rig_draw(struct rig *rig);

/* Keys as a keymap writes them, a blank between them; drawn after each. */
void rig_press(struct rig *rig, const char *keys);

/* A key for each character, all in one frame. */
void rig_type(struct rig *rig, const char *text);

/* What the mouse does with a button, at a cell. */
void rig_mouse(struct rig *rig, enum input_kind kind, guint button, int x, int y);

/* Steps until it is so, then draws. */
typedef gboolean (*rig_holds_func)(const struct rig *rig);
void rig_run_until(struct rig *rig, rig_holds_func holds);

/* The same until all hosts were seen, until no job is under way, until one runs. */
void rig_run_seen(struct rig *rig);
void rig_run_idle(struct rig *rig);
void rig_run_to_work(struct rig *rig);

/* By name; one there is. Borrowed. */
struct host *rig_host(const struct rig *rig, const char *name);
struct vm *rig_vm(const struct rig *rig, const char *name);

/* Fails unless the VM is there, the message line has that in it. */
void rig_expect_at(const struct rig *rig, const char *vm, const char *host);
void rig_expect_said(const struct rig *rig, const char *part);

#endif
