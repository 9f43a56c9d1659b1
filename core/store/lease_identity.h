/*
 * lease_identity.h - who holds a lease, or wants it: filled in for this process, and as the text
 * that is kept beside the lease. Thread: any.
 */
#ifndef ROOST_STORE_LEASE_IDENTITY_H
#define ROOST_STORE_LEASE_IDENTITY_H

#include "core/base/cleanup.h"
#include "core/store/lease.h"

/* Longer texts and strings are cut, or refused, when they are read. */
#define LEASE_IDENTITY_BYTES_MOST 4096
#define LEASE_IDENTITY_CHARS_MOST 255

/*
 * Of this process: its machine's name, its user, the machine's present boot, its pid. `what` is
 * "run" or "console"; socket may be NULL. Never NULL; what cannot be found out is.
 */
struct lease_identity *lease_identity_new(const char *what, const char *socket);
struct lease_identity *lease_identity_copy(const struct lease_identity *identity);
void lease_identity_free(struct lease_identity *identity);
AUTOPTR_DEFINE(lease_identity)

gboolean lease_identity_equal(const struct lease_identity *a, const struct lease_identity *b);

/* Lines of key=value below [holder]. Free with g_free. */
char *lease_identity_to_text(const struct lease_identity *identity);

/*
 * The same read back; others wrote it. NULL, and a sentence, when it is no such text; a key that is
 * missing is NULL.
 */
struct lease_identity *lease_identity_from_text(const char *text, gsize length, GError **error);

#endif
