/*
 * insert.h - what the files of the verb insert share: what is asked for, and what is made of it.
 *
 *   insert.c        the verb, from the options to the summary
 *   insert_take.c   each word that is given or typed, checked
 *   insert_birth.c  one VM, or one of many copies: its home, its disks, its definition
 *   insert_make.c   disks made, VMs defined and started; what did not become one taken away
 *
 * Thread: main.
 */
#ifndef ROOST_COMMAND_INSERT_H
#define ROOST_COMMAND_INSERT_H

#include <glib.h>

#include "core/command/disk_use.h"
#include "core/command/verb.h"
#include "core/driver/manage.h"
#include "core/model/cluster.h"
#include "core/model/guest.h"

#define INSERT_COPIES_MOST 1000
#define INSERT_MEM_MIB     256

struct insert_disk {
    char *path;    /* may hold {name}; NULL = beside those of the other VMs */
    guint64 bytes; /* 0 = a file that is there */
};

struct insertion {
    const struct command *command;
    char *name;      /* of copies a pattern */
    guint copies;    /* 0 = one, without a number */
    guint64 mem_kib; /* 0 = not given; so is the next */
    guint vcpus;
    GPtrArray *disks; /* struct insert_disk *; NULL = not given */
    char *cdrom;      /* NULL = none */
    gboolean network_given;
    struct guest_nic *nic; /* NULL = none, or not given */
    char *mac;
    char *boot;
    GPtrArray *homes;   /* struct host *, borrowed; NULL = not given */
    gboolean spread;    /* over all hosts that are on */
    char *template_xml; /* NULL = no template */
    char *template_vm;  /* NULL = it is a file */
    struct guest *original;
    gboolean full;
    gboolean start;
    gboolean force;
    struct disk_use *use;
    GRand *chance;
    GPtrArray *grounds; /* struct manage_item *: of each host that may be a home */
    GPtrArray *traces;  /* struct manage_trace *: of images that are there; may be NULL */
    GPtrArray *births;  /* struct birth * */
};

/* An image to be made; what is said of it as in struct manage_request. */
struct birth_disk {
    char *path;
    const char *format;
    guint64 bytes;
    char *backing;
    char *backing_format;
    gboolean copy;
    gboolean made;
};

/* One VM on its way. */
struct birth {
    struct insertion *insertion;
    char *name;
    guint number; /* 0 = it is no one of many */
    const struct host *host;
    char *xml;
    GPtrArray *disks; /* struct birth_disk *: to be made */
    char *seen;       /* a path of it, for whether other hosts see it; NULL = none */
    guint job;
    gboolean exists; /* it is in the cluster already */
    gboolean defined;
    GError *error; /* why it is not made */
};

void insertion_clear(struct insertion *insertion);

/* --- insert_take.c --- */

/* What can be given by option or typed. `question` NULL = by option only. */
struct insert_field {
    const char *option;
    const char *question;
    gboolean (*take)(struct insertion *insertion, const char *text, GError **error);
    const char *usual; /* what an empty answer means; NULL = one is needed */
    gsize offset;      /* of the option's text in struct command_line */
};

extern const struct insert_field insert_fields[]; /* ends with one whose option is NULL */

/* --- insert_birth.c --- */

/* Makes the births: names, homes, disks and XML. FALSE when it cannot be done at all. */
gboolean insert_plan(struct insertion *insertion, GError **error);
void birth_free(gpointer data);

/* --- insert_make.c --- */

/* FALSE when something was not made; each failure has been told. */
gboolean insert_make(struct insertion *insertion, GError **error);

#endif
