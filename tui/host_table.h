/*
 * host_table.h - hosts in rows: the state of each, what it bears, and what is wrong. Thread: main.
 */
#ifndef ROOST_TUI_HOST_TABLE_H
#define ROOST_TUI_HOST_TABLE_H

#include "tui/app.h"
#include "tui/columns.h"

enum host_column {
    HOST_COLUMN_MARKED,
    HOST_COLUMN_SIGN,
    HOST_COLUMN_NAME,
    HOST_COLUMN_STATE,
    HOST_COLUMN_LOAD,
    HOST_COLUMN_TREND,
    HOST_COLUMN_CPU,
    HOST_COLUMN_VMS,
    HOST_COLUMN_RAM,
    HOST_COLUMN_USERS,
    HOST_COLUMN_PLACE,
    HOST_COLUMN_TELLS,
    HOST_COLUMNS
};

extern const struct column host_columns[HOST_COLUMNS];

/* Where it stands, in the operator's words: rack, room and lab. May be "". Free with g_free. */
char *host_table_place(const struct host *host);

/* One row, not lit. */
void host_table_draw_row(const struct app *app, const struct columns *columns,
                         struct surface *surface, struct rect row, const struct host *host);

#endif
