/*
 * jobs_list.h - the jobs as an operator looks at them: what runs first, then what waits, in the
 * order in which it starts, then what is over, the latest first. Thread: main.
 */
#ifndef ROOST_TUI_JOBS_LIST_H
#define ROOST_TUI_JOBS_LIST_H

#include "tui/app.h"

enum jobs_shown {
    JOBS_ALL,
    JOBS_UNDER_WAY,
    JOBS_FAILED, /* and those that were cancelled: what can be done again */
    JOBS_N_SHOWN
};

/* Those that the state and the filter of the app let through: struct job *, borrowed. Free the
 * array. O(n log n). */
GPtrArray *jobs_list(const struct app *app);

const char *jobs_shown_name(enum jobs_shown shown);

/* What X, R, S, { and } do with a job, in the list and in the view of one. TRUE when it was one of
 * those. job may be NULL: nothing is chosen. */
gboolean jobs_list_act(struct app *app, const struct job *job, const struct input *input,
                       enum action action);

#endif
