/*
 * standing.h - where a console or a verb stands: it follows the manager, is the manager, or leads
 * alone since nobody is.
 *
 * Watches the lease, and switches the engine by itself as managers come and go. Alone it may do
 * what it is asked by hand, as long as nobody else holds the lease; before it does anything of its
 * own accord (an automatic mode, a goal) it takes the lease, and so becomes the manager, which
 * publishes and takes orders; it gives the lease back when that is over, unless it was asked to
 * stay the manager. Thread: main, but for the driver's guard.
 */
#ifndef ROOST_MANAGER_STANDING_H
#define ROOST_MANAGER_STANDING_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/driver/driver.h"
#include "core/engine/engine.h"
#include "core/store/lease.h"

enum standing_kind {
    STANDING_ALONE,   /* nobody acts automatically, as far as is known */
    STANDING_MANAGER, /* we do, under our lease */
    STANDING_FOLLOWS, /* somebody else does */
};

/* All strings may come from outside, are NULL when not known, and valid until the next change. */
struct standing_view {
    enum standing_kind kind;
    gboolean decided; /* FALSE while the lease was not looked at for long enough */
    const char *host; /* where the manager runs */
    const char *who;  /* whose it is */
    const char *what; /* "run" (headless) or "console" */
    guint pid;
    guint64 fence;        /* of its lease; 0 = none */
    gint64 since_wall_us; /* when we first saw it hold that lease; 0 = not */
    gboolean local;       /* followed by its socket */
    gboolean blind;       /* followed, but nothing was published yet */
    gboolean jobs_in_way; /* somebody else is the manager, and jobs of ours must end first */
    gint64 silence_us;    /* followed: since its last publication came */
    const char *trouble;  /* a sentence; NULL = none */
};

struct standing;

struct standing_settings {
    const char *dir;    /* of the store */
    const char *socket; /* ours, as the lease's identity names it; NULL = none */
    const char *group;  /* see leader.h */
};

typedef void (*standing_func)(struct standing *standing, gpointer data);

/*
 * Borrows the engine, the driver and the lease (whose listener it becomes), which outlive it;
 * copies the settings. Guards both the engine and the driver. Switches nothing before the main
 * context runs. `changed` (may be NULL) is called on the main context after each switch of kind,
 * and when what standing_look gives changed otherwise.
 */
struct standing *standing_new(struct engine *engine, struct driver *driver, struct lease *lease,
                              const struct standing_settings *settings, standing_func changed,
                              gpointer data);

/* Gives the lease back, when it is ours. An engine that follows still does. NULL is allowed. */
void standing_free(struct standing *standing);
AUTOPTR_DEFINE(standing)

struct standing_view standing_look(const struct standing *standing);

/*
 * "ana's console on pc01 is the manager (fence 7)", "nobody is the manager". Names escaped. Free
 * with g_free.
 */
char *standing_describe(const struct standing *standing);

/*
 * Takes the lease as soon as nobody has it, and keeps it whatever the mode; standing_step_back
 * gives it back when nothing automatic is on. Turning on a mode or setting a goal needs neither. A
 * read-only engine's never becomes it.
 */
void standing_become_manager(struct standing *standing);
void standing_step_back(struct standing *standing);

#endif
