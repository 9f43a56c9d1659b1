/*
 * lease_record.h - what a lease is at one moment, as it is kept: the number, the counter, a mark
 * that no other holder has, and whether it is held. Private to the lease. Thread: any.
 *
 * It is written as one word, "lease-NUMBER-COUNTER-MARK-held": numbers of 20 digits, the mark of 16
 * hexadecimal ones. No word is ever written twice: so whoever can replace one word by another, and
 * be refused when it is no longer there, has compared and swapped the whole lease (lease_file.c,
 * lease_etcd.c).
 */
#ifndef ROOST_STORE_LEASE_RECORD_H
#define ROOST_STORE_LEASE_RECORD_H

#include <glib.h>

#define LEASE_PREFIX     "lease-"
#define LEASE_MARK_BYTES 17
#define LEASE_NAME_BYTES 72
#define LEASE_FENCE_MOST (G_MAXINT64 - 1)

enum lease_hold {
    LEASE_HOLD_SEED, /* made, never held; was there another one before? */
    LEASE_HOLD_HELD,
    LEASE_HOLD_FREE, /* given back */
};

struct lease_record {
    guint64 fence;
    guint64 counter;
    char mark[LEASE_MARK_BYTES];
    enum lease_hold hold;
};

/* A mark as nobody else has. */
void lease_record_new_mark(struct lease_record *record);

void lease_record_format(const struct lease_record *record, char name[LEASE_NAME_BYTES]);

/* FALSE when it is not exactly such a word. */
gboolean lease_record_parse(const char *name, struct lease_record *record);

gboolean lease_record_equal(const struct lease_record *a, const struct lease_record *b);

/* TRUE when both are of one holding: one number, one mark. */
gboolean lease_record_same_holder(const struct lease_record *a, const struct lease_record *b);

/* Which of two is the later one, where both are there: by number, then counter. <0, 0, >0. */
int lease_record_compare(const struct lease_record *a, const struct lease_record *b);

#endif
