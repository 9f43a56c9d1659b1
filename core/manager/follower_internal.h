/*
 * follower_internal.h - one follower, shared by follower.c (what comes of what comes, orders, its
 * life), follower_store.c and follower_socket.c (the two ways to the manager). Private to them.
 * Thread: main, but for what follower_store.c says of its looks.
 */
#ifndef ROOST_MANAGER_FOLLOWER_INTERNAL_H
#define ROOST_MANAGER_FOLLOWER_INTERNAL_H

#include <gio/gio.h>

#include "core/engine/follow.h"
#include "core/manager/follower.h"
#include "core/manager/frames.h"
#include "core/manager/shared_dir.h"
#include "core/manager/state_file.h"

#define FOLLOWER_NOT_TAKEN                                                                         \
    "the manager did not take it in time: it was withdrawn, and has not been carried out"
#define FOLLOWER_NOT_KNOWN                                                                         \
    "the manager did not answer: it is not known whether it was carried out; look before you "     \
    "give it again"

/* An order on its way. */
struct sent {
    guint id;
    char *name; /* of its file; NULL = it went over the socket */
    char *text; /* of the document, until it was written; NULL then */
    gint64 at_us;
    gboolean taken; /* it could not be withdrawn: its answer is awaited */
};

struct follower {
    struct engine *engine;
    struct follower_settings settings; /* its strings owned */
    char sender[17];
    guint counter;
    GPtrArray *sent; /* struct sent *, oldest first */
    guint timer;
    guint looks;
    gboolean busy; /* a thread looks */
    gboolean parsing;
    gboolean connecting;
    gboolean dead;
    guint generation; /* of the manager; what began under another is not for us */
    struct file_mark mark;
    struct frames *frames; /* NULL = the store is used */
    GBytes *newest;        /* came while one was being parsed */
    GCancellable *cancel;
    char *trouble;
    gint64 heard_at_us; /* or began to listen */
};

void follower_sent_free(gpointer data); /* a struct sent */

/* Frees it, unless something of it is under way: whatever that is frees it in the end. */
void follower_destroy(struct follower *follower);

/* Borrowed; NULL when that order is not on its way any more. */
struct sent *follower_find_sent(const struct follower *follower, guint id);

/* What came, by whatever way. A state of another manager is left alone. */
void follower_take_state(struct follower *follower, struct manager_state *state);
void follower_take_answer(struct follower *follower, guint id, const struct answer *answer);

/* Answers the order itself: refused, and why. */
void follower_give_up(struct follower *follower, guint id, const char *why);

/* A new trouble is an alarm; NULL = there is none any more. */
void follower_set_trouble(struct follower *follower, const char *text);

/* --- follower_store.c --- */

/* Looks at the store after that time, unless it is being looked at: then that is followed by one.
 */
void follower_look_within(struct follower *follower, guint ms);

/* --- follower_socket.c --- */

/* Tries the manager's socket, if there is one and it is not connected. */
void follower_connect(struct follower *follower);

#endif
