#include "core/command/slow_writer.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "core/base/small_thread.h"
#include "core/base/text.h"

/* Of events: half a minute of 300 baud. What came later would tell of a lab of long ago. */
#define WAITING_MOST 1024

/* But a burst of them that has only just come may still be written in a blink. */
#define BEHIND_US (3 * G_USEC_PER_SEC)

/* Of the thread and of the main one; whoever lets go of it last frees it. */
struct channel {
    gint references; /* atomic */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    GString *waiting;
    gboolean writing; /* some of it was taken, and is not written yet */
    gint64 empty_us;  /* when nothing waited last, g_get_monotonic_time */
    gboolean broken;
    gboolean closing;
    int fd;
};

struct slow_writer {
    struct channel *channel;
    FILE *stream;
    guint left_out;
};

static void channel_unref(struct channel *channel)
{
    if (!g_atomic_int_dec_and_test(&channel->references))
        return;
    pthread_mutex_destroy(&channel->lock);
    pthread_cond_destroy(&channel->changed);
    g_string_free(channel->waiting, TRUE);
    close(channel->fd);
    g_free(channel);
}

/* --- The thread ------------------------------------------------------------------------------- */

/* A descriptor that others have made non-blocking is waited for all the same. */
static gboolean write_all(int fd, const char *text, gsize length)
{
    while (length > 0) {
        ssize_t written = write(fd, text, length);
        struct pollfd ready = {.fd = fd, .events = POLLOUT};

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno == EAGAIN) {
            poll(&ready, 1, -1);
            continue;
        }
        if (written < 0)
            return FALSE;
        text += written;
        length -= (gsize)written;
    }
    return TRUE;
}

static void write_on(gpointer data)
{
    struct channel *channel = data;

    pthread_mutex_lock(&channel->lock);
    while (!channel->closing && !channel->broken) {
        g_autoptr(GString) taken = NULL;

        if (channel->waiting->len == 0) {
            pthread_cond_wait(&channel->changed, &channel->lock);
            continue;
        }
        taken = channel->waiting;
        channel->waiting = g_string_new(NULL);
        channel->writing = TRUE;
        pthread_mutex_unlock(&channel->lock);
        gboolean written = write_all(channel->fd, taken->str, taken->len);
        pthread_mutex_lock(&channel->lock);
        channel->writing = FALSE;
        channel->broken |= !written;
        g_main_context_wakeup(NULL);
    }
    pthread_mutex_unlock(&channel->lock);
    channel_unref(channel);
}

/* --- The main thread -------------------------------------------------------------------------- */

static void give(struct channel *channel, const char *text, gsize length)
{
    pthread_mutex_lock(&channel->lock);
    if (channel->waiting->len == 0 && !channel->writing)
        channel->empty_us = g_get_monotonic_time();
    if (!channel->broken)
        g_string_append_len(channel->waiting, text, (gssize)length);
    pthread_cond_signal(&channel->changed);
    pthread_mutex_unlock(&channel->lock);
}

static ssize_t stream_write(void *cookie, const char *text, size_t length)
{
    give(cookie, text, length);
    return (ssize_t)length;
}

struct slow_writer *slow_writer_new(int fd, GError **error)
{
    static const cookie_io_functions_t functions = {.write = stream_write};
    struct slow_writer *writer;
    struct channel *channel = g_new0(struct channel, 1);

    channel->references = 2;
    channel->fd = dup(fd);
    channel->waiting = g_string_new(NULL);
    pthread_mutex_init(&channel->lock, NULL);
    pthread_cond_init(&channel->changed, NULL);
    if (!small_thread_start(write_on, channel, error)) {
        g_atomic_int_set(&channel->references, 1);
        channel_unref(channel);
        return NULL;
    }
    writer = g_new0(struct slow_writer, 1);
    writer->channel = channel;
    writer->stream = fopencookie(channel, "w", functions);
    if (writer->stream)
        setvbuf(writer->stream, NULL, _IOLBF, 0);
    return writer;
}

void slow_writer_free(struct slow_writer *writer)
{
    if (!writer)
        return;
    struct channel *channel = writer->channel;
    fclose(writer->stream);
    pthread_mutex_lock(&channel->lock);
    channel->closing = TRUE;
    pthread_cond_signal(&channel->changed);
    pthread_mutex_unlock(&channel->lock);
    channel_unref(channel);
    g_free(writer);
}

FILE *slow_writer_stream(struct slow_writer *writer)
{
    return writer->stream;
}

static gboolean is_behind(struct channel *channel)
{
    pthread_mutex_lock(&channel->lock);
    gboolean behind = channel->waiting->len > WAITING_MOST &&
                      g_get_monotonic_time() - channel->empty_us > BEHIND_US;
    pthread_mutex_unlock(&channel->lock);
    return behind;
}

void slow_writer_tell(struct slow_writer *writer, const char *line, gboolean urgent)
{
    g_autofree char *escaped = text_escape(line);

    if (!urgent && is_behind(writer->channel)) {
        writer->left_out++;
        return;
    }
    if (writer->left_out > 0)
        fprintf(writer->stream, "%u event%s left out, since this line is slow.\n", writer->left_out,
                writer->left_out == 1 ? " was" : "s were");
    writer->left_out = 0;
    fprintf(writer->stream, "%s\n", escaped);
}

gboolean slow_writer_is_done(struct slow_writer *writer)
{
    struct channel *channel = writer->channel;

    fflush(writer->stream);
    pthread_mutex_lock(&channel->lock);
    gboolean done = channel->broken || (channel->waiting->len == 0 && !channel->writing);
    pthread_mutex_unlock(&channel->lock);
    return done;
}

gboolean slow_writer_is_broken(struct slow_writer *writer)
{
    pthread_mutex_lock(&writer->channel->lock);
    gboolean broken = writer->channel->broken;
    pthread_mutex_unlock(&writer->channel->lock);
    return broken;
}
