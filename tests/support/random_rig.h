/*
 * random_rig.h - a console on a simulated lab in a session of its own, and inputs of no sense for
 * it: keys, mouse, pastes, sizes, and what an operator does in several steps.
 *
 * Each input is judged: nothing is done that was not confirmed before it, nothing at all when it is
 * read-only, and the screen is whole. What is wrong ends the program. The same seed gives the same
 * inputs; what comes of threads may still fall between others.
 */
#ifndef ROOST_TESTS_SUPPORT_RANDOM_RIG_H
#define ROOST_TESTS_SUPPORT_RANDOM_RIG_H

#include "core/command/session.h"
#include "tui/app.h"

enum random_deed {  /* what came of inputs, counted */
    DEED_MOVED_ONE, /* by a drop, without a question */
    DEED_MOVED_MANY,
    DEED_CONFIRMED, /* any job, after a question */
    DEED_HELD_MANY,
    DEED_BY_LINE, /* a job of a line of the palette */
    DEED_MARKED,
    DEED_FILTERED,
    DEED_COUNT
};

struct random_rig {
    GRand *rolls;
    char *dir; /* of the configuration, and of the store */
    char *out, *err;
    size_t out_size, err_size;
    struct output output;
    struct session *session;
    struct engine *engine; /* the session's */
    struct screen *screen;
    struct app *app;
    int width, height;
    gboolean readonly;
    gboolean large;
    guint last_job;    /* the greatest id looked at */
    guint fiddles;     /* inputs while a line of the palette runs */
    GHashTable *views; /* that were seen */
    guint deeds[DEED_COUNT];
};

/* n_hosts 0 = the reference lab of 62. Nothing but the rolls is kept from one to the next. */
void random_rig_open(struct random_rig *rig, guint n_hosts, gboolean readonly, guint32 seed);
void random_rig_close(struct random_rig *rig);

/* From low to before end. */
gint random_rig_dice(struct random_rig *rig, gint low, gint end);
gboolean random_rig_one_in(struct random_rig *rig, gint n);

/* One input, and what is to be judged of it: random_judge.c. */
void random_rig_input(struct random_rig *rig, struct input input);

/* What the lab does by itself, and threads and lines of the palette, for a while. */
void random_rig_let_pass(struct random_rig *rig);

/* Something, most often one input: random_inputs.c. `while_running`: no time passes. */
void random_rig_do(struct random_rig *rig, gboolean while_running);

#endif
