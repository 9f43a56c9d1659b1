/*
 * manager.h - who acts, as a console shows it: this one, another one that it watches, or nobody.
 *
 * What is shown is part of the scene, filled from the session (manager_read) or by hand in tests.
 * Thread: main.
 */
#ifndef ROOST_TUI_MANAGER_H
#define ROOST_TUI_MANAGER_H

#include <glib.h>

#include "tui/surface.h"

enum manager_lead {
    MANAGER_ALONE,   /* there is nothing to share: this console acts, and nobody else could */
    MANAGER_OURS,    /* this console is the manager */
    MANAGER_FOLLOWS, /* another one is, and is watched */
    MANAGER_NOBODY,  /* there is none */
    MANAGER_UNKNOWN, /* it has not been looked at for long enough to know */
    MANAGER_TROUBLE, /* it cannot be looked at: `trouble` says why */
};

struct manager_look {
    enum manager_lead lead;
    char *who;  /* "ana"; NULL = not known */
    char *host; /* the machine it runs on */
    char *what; /* "run" or "console" */
    guint64 fence;
    gint64 silent_us; /* since something came of it, when that is too long; 0 = it is not */
    char *trouble;    /* a sentence; NULL = nothing is wrong */
    gboolean wanted;  /* this console is about to become the manager */
    GPtrArray *next;  /* char *, its next decisions; NULL = not told */
};

struct app;
struct fields;

void manager_look_clear(struct manager_look *look);

/* Takes what the session knows, and says in a calm line when another one acts now. */
void manager_read(struct app *app);

/* "ana@pc03"; "somebody" while it is not known. Free with g_free. */
char *manager_name(const struct manager_look *look);

/* In the header: a badge where it is not this console that acts. NULL = none. Free with g_free. */
char *manager_badge(const struct manager_look *look, enum role *role);

/* A sentence for the rule over the jobs; NULL = nothing to be told. Free with g_free. */
char *manager_sentence(const struct app *app, enum role *role);

/* Becomes the manager, or gives it up, after asking. */
void action_manage(struct app *app);

#endif
