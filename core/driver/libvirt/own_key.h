/*
 * own_key.h - the key pair that roost logs in with, made once.
 *
 * Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_OWN_KEY_H
#define ROOST_DRIVER_LIBVIRT_OWN_KEY_H

#include <glib.h>

#include "core/driver/libvirt/access.h"

/* Where it is, or would be: the identity, else roost's own. NULL = neither is known. Borrowed. */
const char *own_key_path(const struct access *access);

/*
 * Makes an ed25519 pair there, without a passphrase, unless there is a file already: mode 0600,
 * with its directory, whole or not at all; when two do so at once, one pair stays. The public half
 * goes beside it, with ".pub". ROOST_ERROR_FAILED with the path when it cannot be.
 */
gboolean own_key_ensure(const char *path, GError **error);

/*
 * Its public half as authorized_keys has it: "ssh-ed25519 AAAA... roost". NULL and AUTH when the
 * file cannot be read as a private key. Free with g_free.
 */
char *own_key_public(const char *path, GError **error);

#endif
