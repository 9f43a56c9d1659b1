/*
 * main_post.h - where threads post finished values for the main thread, and who outlives whom.
 *
 * A post belongs to one owner on the main thread. Other threads hold references and may go on
 * after the owner has closed it: what they send then is dropped. Thread: as each call says.
 */
#ifndef ROOST_DRIVER_LIBVIRT_MAIN_POST_H
#define ROOST_DRIVER_LIBVIRT_MAIN_POST_H

#include <glib.h>

struct main_post;

typedef void (*main_post_func)(gpointer owner, gpointer data);

/* Main. The owner is only ever passed to functions on the main thread. */
struct main_post *main_post_new(gpointer owner);

/* Any thread. */
struct main_post *main_post_ref(struct main_post *post);
void main_post_unref(struct main_post *post);

/* Main: nothing is delivered any more; what was waiting is destroyed. */
void main_post_close(struct main_post *post);

/*
 * Any thread: func(owner, data) is called on the main thread soon, in order of sending, then
 * destroy(data), which may be NULL. When the post is closed, destroy alone, in any thread.
 */
void main_post_send(struct main_post *post, main_post_func func, gpointer data,
                    GDestroyNotify destroy);

/*
 * Any thread: something begins that the owner should wait for when it ends, and is over. Each hold
 * is a reference.
 */
void main_post_hold(struct main_post *post);
void main_post_release(struct main_post *post);

/*
 * Any thread: starts a detached thread with a small stack and all signals blocked, held until it
 * ends. FALSE and ROOST_ERROR_FAILED when the system has none left.
 */
gboolean main_post_start_thread(struct main_post *post, void (*run)(gpointer data), gpointer data,
                                GError **error);

/* Main: waits until nothing is held any more, but no longer than that. TRUE when so. */
gboolean main_post_wait_threads(struct main_post *post, gint64 timeout_us);

#endif
