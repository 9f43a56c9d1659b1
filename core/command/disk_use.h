/*
 * disk_use.h - which images the VMs of all hosts use: as their disks, or as what those build upon.
 *
 * Asked of every host that is on. Thread: main.
 */
#ifndef ROOST_COMMAND_DISK_USE_H
#define ROOST_COMMAND_DISK_USE_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/command/verb.h"

struct disk_use {
    GHashTable *users;   /* path, as written or without links -> VM that uses it */
    GHashTable *writers; /* path -> VM whose guest may write to it, alone */
    GHashTable *macs;    /* of all their cards, lower case */
    GHashTable *uuids;   /* lower case -> VM */
    GHashTable *dirs;    /* directory -> how many disks lie there, as a pointer */
    GPtrArray *guests;   /* struct guest *: every definition read */
    GPtrArray *unknown;  /* char *: what could not be found out, a sentence each */
};

/*
 * Reads them all, but for what is called `except` (NULL = none). traces: also where each image
 * really lies, and what it builds upon. FALSE when interrupted; hosts that cannot tell are in
 * `unknown`.
 */
struct disk_use *disk_use_read(const struct command *command, const char *except, gboolean traces,
                               GError **error);
void disk_use_free(struct disk_use *use);
AUTOPTR_DEFINE(disk_use)

/* The VM that uses the image; NULL = none that is known of. Borrowed. */
const char *disk_use_find(const struct disk_use *use, const char *path);

/* Where most of the disks lie; "/var/lib/libvirt/images" when there is none. Borrowed. */
const char *disk_use_dir(const struct disk_use *use);

/* For tests: what one definition adds. */
struct disk_use *disk_use_new(void);
void disk_use_add(struct disk_use *use, const char *xml, const char *except);

#endif
