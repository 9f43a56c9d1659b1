/*
 * errand.h - one thing done over ssh sessions of its own, on a thread of its own.
 *
 * For what happens once in a host's life, or at an operator's word: it waits behind nothing that
 * the host's worker is at, and no worker waits for it. It must end by its deadline. Thread: made,
 * cancelled and answered on the main thread, run on its own.
 */
#ifndef ROOST_DRIVER_LIBVIRT_ERRAND_H
#define ROOST_DRIVER_LIBVIRT_ERRAND_H

#include <glib.h>

#include "core/driver/libvirt/access.h"
#include "core/driver/libvirt/main_post.h"

struct errand;

struct errand_kind {
    const char *what; /* "enrol": for messages */
    /* Its thread: does it, or sets error, to which the host's name is put if it lacks it. */
    gboolean (*run)(struct errand *errand, GError **error);
    /* Main: tells whoever asked. It is over, or given up by the driver; `error` as run set it. */
    void (*tell)(struct errand *errand, const GError *error, gpointer data);
    void (*free)(gpointer work);
};

struct errand {
    gint refs;
    const struct errand_kind *kind;
    guint operation;
    struct access *access;
    char *address;
    gint64 deadline_us; /* g_get_monotonic_time's */
    void (*done)(void); /* what kind->tell calls, cast back to what it is */
    gpointer work;      /* the kind's own: what is asked, then what came of it */
    GError *error;
    struct main_post *post;
    main_post_func ended;
    gboolean over; /* main: its thread has ended, and work is the main thread's now */
};

/* Takes work. Without access (NULL) it can be told of errors only. */
struct errand *errand_new(const struct errand_kind *kind, struct access *access,
                          const char *address, void (*done)(void), gpointer work);
struct errand *errand_ref(struct errand *errand);
void errand_unref(struct errand *errand);

/* Starts its thread; ended(owner of post, errand) is called on the main thread when it is over. */
gboolean errand_start(struct errand *errand, guint operation, gint64 allowed_us,
                      struct main_post *post, main_post_func ended, GError **error);

#endif
