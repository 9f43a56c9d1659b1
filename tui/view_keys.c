/* view_keys.c - what keys mean in the views that have no table of their own, for their help. */
#include "tui/view.h"

#include <string.h>

#define END                                                                                        \
    {                                                                                              \
        ACTION_NONE, NULL, NULL                                                                    \
    }

static const struct view_key of_host[] = {
    {ACTION_CONFIRM, "", "into the chosen VM"},
    {ACTION_CURSOR_LEFT, "", "the host before this one"},
    {ACTION_CURSOR_RIGHT, "", "the next host"},
    {ACTION_CURSOR_UP, "", "the VM above; from the first one the host itself"},
    {ACTION_CURSOR_DOWN, "", "the VM below"},
    {ACTION_MENU, "", "what can be done with the chosen VM, or the host"},
    {ACTION_MIGRATE, "", "pick the chosen VM up, to be carried over the grid"},
    {ACTION_WAKE, "", "wake the host"},
    {ACTION_POWER_OFF, "", "switch it off, after asking"},
    {ACTION_DRAIN, "", "move every VM off it"},
    END,
};

static const struct view_key of_vm[] = {
    {ACTION_CONFIRM, "", "move it to the chosen host, after asking"},
    {ACTION_CURSOR_LEFT, "", "the VM before this one"},
    {ACTION_CURSOR_RIGHT, "", "the next VM"},
    {ACTION_CURSOR_UP, "", "the host above, of those that would take it"},
    {ACTION_CURSOR_DOWN, "", "the host below"},
    {ACTION_MENU, "", "what can be done with it"},
    {ACTION_MIGRATE, "", "pick it up, to be carried over the grid"},
    {ACTION_START_STOP, "", "start it, or shut it down after asking"},
    {ACTION_POSTCOPY, "", "its migration over to post-copy, after asking"},
    END,
};

static const struct view_key of_jobs[] = {
    {ACTION_CONFIRM, "", "all of the chosen job"},
    {ACTION_CANCEL_JOBS, "", "cancel it, after asking where it runs; so do Delete and the menu"},
    {ACTION_RETRY, "", "the same again, of one that failed or was cancelled"},
    {ACTION_JOB_UP, "", "let it come earlier"},
    {ACTION_JOB_DOWN, "", "let it come later"},
    {ACTION_POSTCOPY, "", "over to post-copy, after asking"},
    {ACTION_NEXT_VM, "", "other jobs: all, those under way, those that ended"},
    {ACTION_FIND, "", "only jobs like what is typed"},
    END,
};

static const struct view_key of_job[] = {
    {ACTION_CONFIRM, "", "go to its VM or host"},
    {ACTION_CURSOR_LEFT, "", "the job before this one"},
    {ACTION_CURSOR_RIGHT, "", "the next job"},
    {ACTION_CANCEL_JOBS, "", "cancel it, after asking where it runs"},
    {ACTION_RETRY, "", "the same again, if it failed or was cancelled"},
    {ACTION_JOB_UP, "", "let it come earlier"},
    {ACTION_JOB_DOWN, "", "let it come later"},
    {ACTION_POSTCOPY, "", "over to post-copy, after asking"},
    END,
};

static const struct view_key of_plan[] = {
    {ACTION_CONFIRM, "", "accept the steps that are marked, or all, after asking"},
    {ACTION_MARK, "", "mark the chosen step, or unmark it"},
    {ACTION_NEXT_VM, "", "another plan: compact, normalize, drain the selected host"},
    {ACTION_REFRESH, "", "make the plan anew"},
    {ACTION_OUTPUT, "", "the plan as a script"},
    END,
};

static const struct {
    const char *title;
    const struct view_key *keys;
} tables[] = {
    {"Host", of_host}, {"VM", of_vm},     {"Jobs", of_jobs},
    {"Job", of_job},   {"Plan", of_plan},
};

const struct view_key *view_keys(const struct view *view)
{
    if (view->keys != NULL)
        return view->keys;
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
        if (strcmp(tables[i].title, view->title) == 0)
            return tables[i].keys;
    }
    return NULL;
}
