/* menu_items.h - the lines of the menu, from the table of verbs. Private to menu.c. Thread: main.
 */
#ifndef ROOST_TUI_MENU_ITEMS_H
#define ROOST_TUI_MENU_ITEMS_H

#include "core/model/cluster.h"
#include "tui/keymap.h"

struct app;

enum menu_how {
    MENU_TYPES,     /* opens the palette with the line, to be gone on with and looked at */
    MENU_RUNS,      /* runs the line: it only tells, or can be taken back at once */
    MENU_ACTS,      /* an action of the console, which asks where it must */
    MENU_ASKS,      /* asks, then runs the line */
    MENU_ASKS_NAME, /* the same, and wants the name typed */
    MENU_MARKED,    /* done to all that is marked, after it was listed */
};

struct menu_item {
    const char *verb; /* its name, which is the label */
    const char *help;
    char key; /* a letter; 0 = none was left */
    enum menu_how how;
    enum action action;
    char *line;
    char *question;
    char *refusal; /* why it cannot be done now; NULL = it can */
};

/* For a VM; with vm NULL for the host. struct menu_item *; owned by the caller. */
GPtrArray *menu_items(const struct app *app, const struct host *host, const struct vm *vm);

/*
 * The same for what is marked, of_vms: what can be done to many. Why it cannot be done to some is
 * told when they are listed.
 */
GPtrArray *menu_items_marked(const struct app *app, gboolean of_vms);

#endif
