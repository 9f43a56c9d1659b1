/*
 * frames.h - documents over a stream: four bytes of length, most significant first, and the
 * document. Private to core/manager. Thread: main.
 */
#ifndef ROOST_MANAGER_FRAMES_H
#define ROOST_MANAGER_FRAMES_H

#include <gio/gio.h>

struct frames;

/* document is borrowed; NULL = the stream has ended, or broke: nothing comes any more. */
typedef void (*frames_func)(struct frames *frames, GBytes *document, gpointer data);

/*
 * Takes a reference of the connection, and reads from it at once. A document larger than
 * bytes_most ends it. The callback may free the frames.
 */
struct frames *frames_new(GIOStream *stream, gsize bytes_most, frames_func func, gpointer data);

/* Closes the stream; what was not sent is lost. NULL is allowed. */
void frames_free(struct frames *frames);

/* Sends after what is under way. */
void frames_send(struct frames *frames, GBytes *document);

/* The same, but a later one takes the place of this one while it waits: of a slow reader. */
void frames_send_latest(struct frames *frames, GBytes *document);

/* How many documents wait to be sent. */
guint frames_waiting(const struct frames *frames);

#endif
