/*
 * view_plan.h - what the files of the plan's view share; nobody else includes it.
 *
 *   view_plan.c     how it looks       plan_accept.c   marks, and what is done with it
 */
#ifndef ROOST_TUI_VIEW_PLAN_H
#define ROOST_TUI_VIEW_PLAN_H

#include "tui/view.h"

/* Marks of the steps of app->plan, made when there are none yet. Borrowed. */
gboolean *plan_marks(struct app *app);
guint plan_count_marks(const struct app *app);

/* The plan is made anew, of the same kind, as things are now. */
void plan_renew(struct app *app);

/* TRUE when the action was one about marks or about the plan as a whole. */
gboolean plan_act(struct app *app, enum action action);

#endif
