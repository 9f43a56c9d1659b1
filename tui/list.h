/* list.h - where a list that is longer than the screen stands. Thread: main. */
#ifndef ROOST_TUI_LIST_H
#define ROOST_TUI_LIST_H

#include <glib.h>

struct list {
    int top, cursor;
    int y, n, height; /* as last drawn */
    gboolean has_cursor;
};

#endif
