/*
 * lease_kind.h - where a lease is kept: the small interface behind which files and etcd are.
 * Private to the lease.
 *
 * Each change is one comparison and exchange: it takes place only when the lease is still exactly
 * the record that is given. That is all that the safety of the lease stands on; a look may be old.
 * All of it blocks, and is called on the lease's own thread alone.
 */
#ifndef ROOST_STORE_LEASE_KIND_H
#define ROOST_STORE_LEASE_KIND_H

#include "core/store/lease.h"
#include "core/store/lease_record.h"

enum lease_outcome {
    LEASE_DONE,
    LEASE_LOST,   /* somebody else was there first: it is not that record any more */
    LEASE_FAILED, /* whether it was done is not known, or it was not; the error says why */
};

/* What a look found. */
struct lease_found {
    gboolean exists;
    struct lease_record record;
    struct lease_identity *identity; /* of its holder; NULL = not known. Owned */
    char *oddity; /* what should not be there, and does no harm; NULL = nothing. Owned */
};
void lease_found_clear(struct lease_found *found);

struct lease_kind {
    /* FALSE when it cannot be said what is there. `found` is all zero before. */
    gboolean (*look)(gpointer keeper, struct lease_found *found, GError **error);
    /* Makes a seed where nothing is. TRUE also when somebody else did. */
    gboolean (*seed)(gpointer keeper, GError **error);
    /* From `from`, of another, to `to`, of `identity`. */
    enum lease_outcome (*take)(gpointer keeper, const struct lease_record *from,
                               const struct lease_record *to, const struct lease_identity *identity,
                               GError **error);
    /*
     * From `own` to its next counter, and to `hold`; `own` becomes what it is then. LEASE_DONE also
     * says that no greater number is there.
     */
    enum lease_outcome (*beat)(gpointer keeper, struct lease_record *own, enum lease_hold hold,
                               const struct lease_identity *identity, GError **error);
    void (*free)(gpointer keeper);
};

extern const struct lease_kind lease_file_kind;
extern const struct lease_kind lease_etcd_kind;

/* DIR is copied. */
gpointer lease_file_new(const char *dir);

/* NULL and an error when the endpoints, or the files of TLS, make no sense. */
gpointer lease_etcd_new(const struct lease_settings *settings, GError **error);

#endif
