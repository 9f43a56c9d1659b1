/*
 * follow_internal.h - what an engine that follows keeps; private to follow.c (its beginning and
 * end), follow_send.c (orders go out, and are answered) and follow_take.c (publications come in).
 * Thread: main.
 */
#ifndef ROOST_ENGINE_FOLLOW_INTERNAL_H
#define ROOST_ENGINE_FOLLOW_INTERNAL_H

#include "core/engine/engine_internal.h"
#include "core/engine/follow.h"

/* What became of an order. */
struct sent {
    guint id;
    guint job; /* the manager's; 0 = none */
    gboolean answered;
    gboolean cancel; /* as soon as it is known what job it is */
    guint64 number;  /* see follow_answer */
    char *refusal;
};

struct follow {
    follow_send_func send;
    gpointer data;
    GHashTable *sent; /* id -> struct sent * */
    GQueue order;     /* their ids, oldest first */
    gboolean applied; /* at least one publication of this manager */
    gboolean known;   /* or of one before it */
    guint64 fence;
    guint64 number;
    guint64 journal_seq; /* of the manager's journal; the last one that was taken */
    gint64 shift_us;     /* our clock less the manager's */
    guint unseen;
    guint unmeasured;
    GPtrArray *next;
    struct cluster before; /* what the last publication replaced: a view may be at it still */
};

/* --- follow_send.c --- */

/* Borrowed; NULL when no such order was sent, or none is known of any more. */
struct sent *follow_find_sent(const struct engine *engine, guint order);
void follow_sent_free(gpointer data);

/* --- follow_take.c --- */

/* The husk of a cluster that was moved out of its place. */
void follow_before_clear(struct follow *follow);

#endif
