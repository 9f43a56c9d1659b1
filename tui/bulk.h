/*
 * bulk.h - one thing to be done to many hosts or VMs: what will happen to each, and why some are
 * left out. A plan as a plain value: made from a scene, shown, agreed to, and only then carried out
 * (action_bulk.c). Pure. Thread: main.
 */
#ifndef ROOST_TUI_BULK_H
#define ROOST_TUI_BULK_H

#include "core/base/cleanup.h"
#include "tui/scene.h"

/* What takes something away from people is typed, not only confirmed, for more than so many. */
#define BULK_UNTYPED_MOST 3

/*
 * X(enum suffix, of VMs, typed, title of a dialog with a number, label of the button, its letter,
 *   how it is said once it was asked for)
 */
#define BULK_TABLE(X)                                                                              \
    X(WAKE, FALSE, FALSE, "Wake %s?", "Wake them", 'W', "waking %s")                               \
    X(OFF, FALSE, TRUE, "Switch %s off?", "Switch off", 'S', "switching %s off")                   \
    X(DRAIN, FALSE, FALSE, "Drain %s?", "Drain them", 'D', "draining %s")                          \
    X(MAINTENANCE, FALSE, FALSE, "Maintenance on for %s?", "Maintenance on", 'M',                  \
      "%s in maintenance")                                                                         \
    X(UNDRAIN, FALSE, FALSE, "Maintenance off for %s?", "Maintenance off", 'M',                    \
      "%s out of maintenance")                                                                     \
    X(START, TRUE, FALSE, "Start %s?", "Start them", 'S', "starting %s")                           \
    X(STOP, TRUE, TRUE, "Shut %s down?", "Shut down", 'S', "shutting %s down")                     \
    X(LINE, FALSE, TRUE, "Run it for %s?", "Run it", 'R', "running it for %s")

#define BULK_ENUM(suffix, vms, typed, title, label, key, said) BULK_##suffix,
enum bulk_kind {
    BULK_TABLE(BULK_ENUM) BULK_COUNT
};
#undef BULK_ENUM

struct bulk_info {
    gboolean of_vms, typed;
    const char *title, *label;
    char key;
    const char *said;
};
extern const struct bulk_info bulk_info[BULK_COUNT];

struct bulk_item {
    char *object;
    char *effect;  /* what will happen */
    char *refusal; /* why it is left out; NULL = it is not */
};

struct bulk {
    enum bulk_kind kind;
    gboolean of_vms;
    char *line;       /* LINE only: the command, with what is not left out; else NULL */
    GPtrArray *items; /* struct bulk_item *: those to be done first, each in the order given */
    guint n_refused;
    char *warning; /* what speaks against all of it together; NULL = nothing */
};

/* What would become of each of those given (struct host * or struct vm *, as the kind wants). */
struct bulk *bulk_plan(enum bulk_kind kind, const struct scene *scene, const GPtrArray *objects);

/* A line of the palette, "VERB ARGUMENTS", for all of them: names are added behind, quoted. */
struct bulk *bulk_plan_line(const char *line, const GPtrArray *objects, gboolean of_vms);

void bulk_free(struct bulk *bulk); /* NULL is allowed */
AUTOPTR_DEFINE(bulk)

guint bulk_n_done(const struct bulk *bulk);

/* TRUE when how many there are has to be typed. */
gboolean bulk_is_typed(const struct bulk *bulk);

/* "12 hosts", "1 VM". Free with g_free. */
char *bulk_count(const struct bulk *bulk, guint n);

/* "Switch 12 hosts off?". Free with g_free. */
char *bulk_title(const struct bulk *bulk);

#endif
