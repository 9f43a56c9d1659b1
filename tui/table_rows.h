/*
 * table_rows.h - the rows of the table of all VMs, or all hosts: those that the filter means, in
 * the order of one of its columns. Thread: main.
 */
#ifndef ROOST_TUI_TABLE_ROWS_H
#define ROOST_TUI_TABLE_ROWS_H

#include "core/base/cleanup.h"
#include "tui/filter.h"
#include "tui/scene.h"

enum table_kind {
    TABLE_VMS,
    TABLE_HOSTS,
    TABLE_N_KINDS
};

/* Numbers have the greatest first, names the first, state what wants a look; turned: the other way
 * round. */
struct table_sort {
    enum table_kind kind;
    guint column; /* enum vm_column, enum host_column */
    gboolean turned;
};

struct table_row {
    const struct host *host; /* borrowed from the cluster, as the next */
    const struct vm *vm;     /* NULL in the table of hosts */
    gint64 value;            /* what it is sorted by */
    guint place;             /* in the cluster: decides between equal values */
};

/* The order of names, which is dear to find and seldom changes: kept from one call to the next. */
struct table_names;

struct table_names *table_names_new(void);
void table_names_free(struct table_names *names); /* NULL is allowed */
AUTOPTR_DEFINE(table_names)

/* struct table_row; filter NULL = all. A column that cannot be sorted by leaves the cluster's
 * order. O(n log n) in the hosts or VMs. */
GArray *table_rows(const struct scene *scene, const struct filter *filter, struct table_sort sort,
                   struct table_names *names);

gboolean table_can_sort(enum table_kind kind, guint column);

/* TRUE when its greatest values come first. */
gboolean table_sort_descends(struct table_sort sort);

#endif
