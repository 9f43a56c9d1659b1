/*
 * access_book.h - how each host is reached: what is said of all of them, and of single ones.
 *
 * Where nothing else is said, hosts share one struct access. Thread: main.
 */
#ifndef ROOST_DRIVER_LIBVIRT_ACCESS_BOOK_H
#define ROOST_DRIVER_LIBVIRT_ACCESS_BOOK_H

#include <glib.h>

#include "core/driver/libvirt/access.h"

struct access_book;

/* What holds for one host. Strings are owned by the book. */
struct access_entry {
    struct access *access;
    struct libvirt_host host;
    gboolean
        moved; /* its libvirt is another than at the last look: connections are to be renewed */
};

/* Settings are copied. NULL and an error as access_new gives it. */
struct access_book *access_book_new(const struct libvirt_settings *settings, GError **error);
void access_book_free(struct access_book *book);

/* For what concerns no host in particular: times. Borrowed. */
const struct access *access_book_all(const struct access_book *book);

/*
 * Looks a host up, by its numeric address. Borrowed, until it is looked up again. NULL and
 * ROOST_ERROR_INPUT when that is no such address, or its URI cannot be used.
 */
const struct access_entry *access_book_find(struct access_book *book, const char *address,
                                            GError **error);

#endif
