/*
 * manage_many.h - definitions and disks (manage.h) asked of many hosts, so many at a time.
 *
 * Thread: main.
 */
#ifndef ROOST_COMMAND_MANAGE_MANY_H
#define ROOST_COMMAND_MANAGE_MANY_H

#include <glib.h>

#include "core/command/verb.h"
#include "core/driver/manage.h"

/* One question; answer or error is set once it was asked. */
struct manage_item {
    struct manage_request *request;
    struct manage_answer *answer;
    GError *error;
    gpointer data; /* the asker's */
    struct manage_many *all;
};

/* An array of struct manage_item *, owned. */
GPtrArray *manage_items_new(void);

/* Copies the request. Borrowed. */
struct manage_item *manage_items_add(GPtrArray *items, const struct manage_request *request,
                                     gpointer data);

/* An item for each host that is on; request->address is set. */
void manage_items_add_hosts(const struct command *command, GPtrArray *items,
                            struct manage_request request);

/*
 * Asks them all, at_once at a time, and waits; `doing` is what the progress says ("making disks").
 * What is not begun when ^C is pressed ends with CANCELLED. FALSE when it was pressed twice: the
 * items are then not to be freed (a reference is kept), and the program is to end.
 */
gboolean manage_many_run(const struct command *command, const char *doing, GPtrArray *items,
                         guint at_once, GError **error);

/* The one answer; NULL with error. Free with manage_answer_free. */
struct manage_answer *manage_one_run(const struct command *command, const char *doing,
                                     const struct manage_request *request, GError **error);

#endif
