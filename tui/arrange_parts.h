/*
 * arrange_parts.h - what tui/arrange.c and tui/arrange_group.c share; for them only. Thread: main.
 */
#ifndef ROOST_TUI_ARRANGE_PARTS_H
#define ROOST_TUI_ARRANGE_PARTS_H

#include "tui/arrange.h"

#define ARRANGE_NOT_SHOWN G_MAXUINT

/* What places a host: its group, then the greater value, then its place in the cluster. */
struct arrange_key {
    guint group; /* its place among the groups; ARRANGE_NOT_SHOWN = filtered out */
    guint index;
    gint64 value;
};

/*
 * Gives each key of arrangement->scratch the group of its host, as arrangement->group says, and
 * adds the titles of the groups (char *), by that number. Nothing when they are not grouped.
 */
void arrange_put_groups(struct arrangement *arrangement, const struct scene *scene,
                        GPtrArray *titles);

#endif
