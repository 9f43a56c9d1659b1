/* rotate_internal.h - what the parts of rotate share. */
#ifndef ROOST_STORE_ROTATE_INTERNAL_H
#define ROOST_STORE_ROTATE_INTERNAL_H

#include "core/store/rotate.h"

struct rotate {
    char *dir;
    char *name;
    char *path;
    struct rotate_settings settings;
    gboolean untidy;
};

enum rotate_lock {
    ROTATE_LOCKED,
    ROTATE_BUSY,     /* somebody held it for longer than is waited */
    ROTATE_LOCKLESS, /* this file system has no locks */
};

/* Released by closing the descriptor. */
enum rotate_lock rotate_take_lock(int fd, gint64 patience_us);

/* TRUE when `path` is the file that fd is, now, on the server too. */
gboolean rotate_has_name(int fd, const char *path);

#endif
