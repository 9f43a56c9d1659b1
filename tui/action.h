/*
 * action.h - what the operator can have done: each asks first where it must, hands it to the
 * engine, and says what came of it. Thread: main.
 */
#ifndef ROOST_TUI_ACTION_H
#define ROOST_TUI_ACTION_H

#include "tui/app.h"

/* Runs an action that works in every view. FALSE when it is none of those. */
gboolean action_run(struct app *app, enum action action);

/*
 * TRUE for what a read-only console does not do, and what leads out of a kiosk. action_refuse says
 * so to the operator as well: for whatever does the same without action_run.
 */
gboolean action_is_refused(const struct app *app, enum action action);
gboolean action_refuse(struct app *app, enum action action);

/* --- VMs in hand: action_vm.c --- */

/* The VM, or (when it is marked) all that are; the host's VMs, or (the same) all marked hosts'. */
void action_take(struct app *app, enum drag_by by, const struct vm *vm);
void action_take_host(struct app *app, enum drag_by by, const struct host *host);
void action_pick_up(struct app *app); /* those marked, or the selected VM, or the host's first */
void action_drop(struct app *app, int host_index); /* what is in hand; DRAG_NOWHERE = nowhere */
void action_put_back(struct app *app);
void action_pick_all(struct app *app);   /* every VM of the host, or of the hosts marked */
void action_spread(struct app *app);     /* what is in hand, over the hosts marked, or all */
void action_undo(struct app *app);       /* undo.c: the last migration by hand, back */
void action_start_stop(struct app *app); /* the selected VM, or the only one of the host */

/* --- The selected host: action_host.c --- */

void action_wake(struct app *app);
void action_power_off(struct app *app);
void action_drain(struct app *app);
void action_maintenance(struct app *app);

/* --- Marks: action_mark.c --- */

void action_mark(struct app *app, enum action action); /* ACTION_MARK ... ACTION_UNMARK */

/* A click with Control (one more, or less), or with Shift (range): vm NULL = the host. */
void action_mark_at(struct app *app, const struct host *host, const struct vm *vm, gboolean range);

/* --- What is marked, all at once: action_bulk.c --- */

/* Asks whether the action is done to all that is marked; FALSE when nothing it is for is marked. */
gboolean action_on_marked(struct app *app, enum action action);

/* The same for a line of the palette that names nothing yet ("wake"); FALSE when it is not for
 * what is marked. */
gboolean action_verb_on_marked(struct app *app, const char *line);

/* --- What is seen of the grid: action_grid.c --- */

void action_zoom(struct app *app, int step); /* +1 more of each host, -1 less */
void action_order(struct app *app);          /* the next order; the next grouping */
void action_group(struct app *app);

/* To the next host where something is wrong, and says what: action_trouble.c. */
void action_next_trouble(struct app *app);

/* --- The screen into files: snapshot.c --- */

void action_snapshot(struct app *app);

/* --- The lab: action_lab.c --- */

void action_automatic(struct app *app);
void action_policy(struct app *app);
void action_goal(struct app *app, enum engine_goal goal);
void action_cancel_jobs(struct app *app);
void action_cancel_job(struct app *app, const struct job *job);

/* --- Migrations under way: action_job.c --- */

/* Asks whether a job goes over to post-copy; NULL = that of the selected VM. */
void action_postcopy(struct app *app, const struct job *job);

/* --- The simulated clock: action_clock.c --- */

void action_speed(struct app *app, int step); /* +1 faster, -1 slower */
void action_pause(struct app *app);
void action_skip(struct app *app);

/* --- Leaving: quit.c --- */

void quit_ask(struct app *app);

/* SIGTERM, SIGHUP: cancels what runs, and leaves when it has ended. */
void quit_now(struct app *app);

/* Leaves when it was waiting for what has ended now. */
void quit_check(struct app *app);

#endif
