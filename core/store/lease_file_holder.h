/*
 * lease_file_holder.h - what lies beside a lease in files: who holds it, and what programs that
 * were killed have left. None of it matters for whose the lease is. Private to the lease.
 *
 * `folder` and `root` are descriptors of DIR/Lease and DIR. All of it blocks.
 */
#ifndef ROOST_STORE_LEASE_FILE_HOLDER_H
#define ROOST_STORE_LEASE_FILE_HOLDER_H

#include "core/store/lease.h"
#include "core/store/lease_record.h"

#define LEASE_FILE_NEW_PREFIX "Lease.new-"

gboolean lease_file_is_holder(const char *name);

/* FALSE and "NAME: reason". */
gboolean lease_file_write_holder(int folder, const struct lease_record *record,
                                 const struct lease_identity *identity, GError **error);

/*
 * NULL when there is none; NULL, and an error whose message is the file's name and why, when what
 * is there cannot be used.
 */
struct lease_identity *lease_file_read_holder(int folder, const struct lease_record *record,
                                              GError **error);
void lease_file_remove_holder(int folder, const struct lease_record *record);

/* Removes what holders say, but for those of `keep` (NULL = of none) and of greater numbers. */
void lease_file_sweep_holders(int folder, const struct lease_record *keep);

/* For a new holder: that, older records, and directories that were never put in their place. */
void lease_file_sweep(const char *dir, int folder, const struct lease_record *own);

/* A directory Lease.new-MARK with the seed in it. */
void lease_file_remove_new(int root, const char *name);

#endif
