/*
 * migration.h - one migration under way, on threads and connections of its own.
 *
 * A controller thread connects to both ends, asks the target whether the VM fits, and starts a
 * mover thread, which is inside libvirt's one long call. Meanwhile the controller tells the
 * progress twice a second, steers as asked (migration_pilot.h), and does what the request says when
 * time is up. Calls are for the main thread and return at once.
 */
#ifndef ROOST_DRIVER_LIBVIRT_MIGRATION_H
#define ROOST_DRIVER_LIBVIRT_MIGRATION_H

#include <glib.h>

#include "core/driver/driver.h"
#include "core/driver/libvirt/access.h"
#include "core/driver/libvirt/main_post.h"

struct migration;

/* What a migration posts: its operation's number, and one of the two. */
struct migration_news {
    guint operation;
    struct migrate_progress progress; /* for the progress function; its note is the next */
    char *note;
    GError *error; /* for the done function; NULL = moved */
};

/*
 * Starts it; request is copied. driver is asked for leave (driver_may_act) right before. from and
 * to are how its ends are reached. progress and done get a struct migration_news *, owned by the
 * post; done comes once, and last. NULL with error when no thread can be started.
 */
struct migration *migration_start(guint operation, const struct migrate_request *request,
                                  const struct driver *driver, struct access *from,
                                  struct access *to, struct main_post *post,
                                  main_post_func progress, main_post_func done, GError **error);

/* Gives up our hold; the threads go on until libvirt lets them. */
void migration_unref(struct migration *migration);

/* Aborts as soon as libvirt can; done then says what became of it. */
void migration_cancel(struct migration *migration);

/* As driver_steer. */
void migration_steer(struct migration *migration, enum migrate_steer steer);

/*
 * Nobody waits for it any more. TRUE when nothing has been started yet, and now never will be;
 * FALSE when it is past that.
 */
gboolean migration_abandon(struct migration *migration);

/* Breaks the connections to both ends, when not even an abort has ended it. */
void migration_break(struct migration *migration);

#endif
