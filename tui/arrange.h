/*
 * arrange.h - which hosts the grid shows, in what order, under what headings: the way from a place
 * in the grid (a slot) to a host of the cluster, and back.
 *
 * A host keeps its index in the cluster whatever the order; only the grid, its cursor and its mouse
 * speak of slots. Hosts that the filter leaves out have no slot. Made anew when the facts, the
 * filter, the order or the grouping changed. Pure. Thread: main.
 */
#ifndef ROOST_TUI_ARRANGE_H
#define ROOST_TUI_ARRANGE_H

#include "tui/filter.h"
#include "tui/scene.h"

enum arrange_order {
    ARRANGE_BY_CLUSTER, /* as they were added, the thesis's order */
    ARRANGE_BY_NAME,    /* pc2 before pc10 */
    ARRANGE_BY_LOAD,    /* the highest first, as the next two */
    ARRANGE_BY_VMS,
    ARRANGE_BY_RAM,
    ARRANGE_N_ORDERS
};

enum arrange_group {
    ARRANGE_UNGROUPED,
    ARRANGE_BY_STATE,
    ARRANGE_BY_RACK,
    ARRANGE_BY_ROOM,
    ARRANGE_BY_LAB,
    ARRANGE_N_GROUPS
};

#define ARRANGE_NO_SLOT G_MAXUINT

/* Hosts that stand together under a heading. */
struct arrange_heading {
    char *title; /* escaped when drawn */
    guint first; /* slot */
    guint n;
    guint n_on, n_vms; /* hosts that are on; VMs that run */
    guint n_over, n_doubt, n_alarms;
};

struct arrange_key;

struct arrangement {
    enum arrange_order order;
    enum arrange_group group;
    GArray *hosts;       /* guint: index in the cluster, by slot */
    GArray *slots;       /* guint: slot, or ARRANGE_NO_SLOT, by index in the cluster */
    GPtrArray *headings; /* struct arrange_heading *; empty when ungrouped */

    /* what it was made from last, so that what has not changed is not sorted again */
    GArray *keys;       /* struct arrange_key, by index in the cluster */
    GArray *scratch;    /* the same, while it is made */
    GArray *name_ranks; /* guint: place among the names, by index in the cluster */
    guint64 names_hash;
    GPtrArray *places; /* char *: titles of the groups, by the group of a key */
    enum arrange_order made_order;
    enum arrange_group made_group;
};

void arrangement_init(struct arrangement *arrangement);
void arrangement_clear(struct arrangement *arrangement);

/*
 * Makes it anew from the scene; filter NULL = every host. Order and group are those of the struct.
 * O(n log n) in the hosts, O(n) when nothing it depends on has changed.
 */
void arrangement_update(struct arrangement *arrangement, const struct scene *scene,
                        const struct filter *filter);

/*
 * The shown host nearest to one that is left out, by place in the cluster; the host itself when it
 * is shown; NULL when none is. O(n).
 */
const struct host *arrangement_nearest(const struct arrangement *arrangement,
                                       const struct scene *scene, const struct host *host);

guint arrangement_n(const struct arrangement *arrangement); /* slots */

/* The host of a slot; NULL past the end. The slot of a host; ARRANGE_NO_SLOT when it has none. */
const struct host *arrangement_host(const struct arrangement *arrangement,
                                    const struct scene *scene, guint slot);
guint arrangement_slot(const struct arrangement *arrangement, const struct host *host);

/* "name", "load"; "rack": for the screen, configuration and state. parse: FALSE when there is none.
 */
const char *arrange_order_name(enum arrange_order order);
const char *arrange_group_name(enum arrange_group group);
gboolean arrange_order_parse(const char *name, enum arrange_order *order);
gboolean arrange_group_parse(const char *name, enum arrange_group *group);

#endif
