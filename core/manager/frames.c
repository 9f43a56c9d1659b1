#include "core/manager/frames.h"

#include <string.h>

#define HEADER_BYTES 4

/* Freed once no operation is under way on it; until then `dead`. */
struct frames {
    GIOStream *stream;
    GCancellable *cancel;
    gsize bytes_most;
    frames_func func;
    gpointer data;
    guint8 header[HEADER_BYTES];
    GByteArray *incoming;
    GQueue outgoing; /* GBytes * */
    GBytes *latest;  /* NULL = none waits */
    guint8 out_header[HEADER_BYTES];
    GBytes *sending; /* NULL = nothing is under way */
    guint operations;
    gboolean dead;
};

static void read_header(struct frames *frames);
static void send_next(struct frames *frames);

static void frames_destroy(struct frames *frames)
{
    if (frames->operations > 0)
        return;
    g_object_unref(frames->stream);
    g_object_unref(frames->cancel);
    if (frames->incoming)
        g_byte_array_unref(frames->incoming);
    g_queue_clear_full(&frames->outgoing, (GDestroyNotify)g_bytes_unref);
    g_clear_pointer(&frames->latest, g_bytes_unref);
    g_clear_pointer(&frames->sending, g_bytes_unref);
    g_free(frames);
}

/* TRUE when it may go on: an operation has come back. */
static gboolean came_back(struct frames *frames)
{
    frames->operations--;
    if (frames->dead)
        frames_destroy(frames);
    else
        return TRUE;
    return FALSE;
}

static void broken(struct frames *frames)
{
    if (!frames->dead)
        frames->func(frames, NULL, frames->data);
}

/* --- Reading ---------------------------------------------------------------------------------- */

static void on_body(GObject *source, GAsyncResult *result, gpointer data)
{
    struct frames *frames = data;
    gsize got = 0;
    gboolean read = g_input_stream_read_all_finish(G_INPUT_STREAM(source), result, &got, NULL);
    if (!came_back(frames))
        return;
    if (!read || got < frames->incoming->len) {
        broken(frames);
        return;
    }
    g_autoptr(GBytes) document = g_byte_array_free_to_bytes(g_steal_pointer(&frames->incoming));
    frames->operations++; /* the callback may free it */
    frames->func(frames, document, frames->data);
    if (came_back(frames))
        read_header(frames);
}

static void on_header(GObject *source, GAsyncResult *result, gpointer data)
{
    struct frames *frames = data;
    guint32 length;
    gsize got = 0;
    gboolean read = g_input_stream_read_all_finish(G_INPUT_STREAM(source), result, &got, NULL);
    if (!came_back(frames))
        return;
    memcpy(&length, frames->header, sizeof length);
    length = GUINT32_FROM_BE(length);
    if (!read || got < HEADER_BYTES || length > frames->bytes_most) {
        broken(frames);
        return;
    }
    frames->incoming = g_byte_array_sized_new(length);
    g_byte_array_set_size(frames->incoming, length);
    frames->operations++;
    g_input_stream_read_all_async(g_io_stream_get_input_stream(frames->stream),
                                  frames->incoming->data, length, G_PRIORITY_DEFAULT,
                                  frames->cancel, on_body, frames);
}

static void read_header(struct frames *frames)
{
    frames->operations++;
    g_input_stream_read_all_async(g_io_stream_get_input_stream(frames->stream), frames->header,
                                  HEADER_BYTES, G_PRIORITY_DEFAULT, frames->cancel, on_header,
                                  frames);
}

/* --- Sending ---------------------------------------------------------------------------------- */

/* The reader's end notices a broken stream as well, and tells. */
static void on_sent(GObject *source, GAsyncResult *result, gpointer data)
{
    struct frames *frames = data;
    gboolean sent = g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, NULL);
    if (!came_back(frames))
        return;
    g_clear_pointer(&frames->sending, g_bytes_unref);
    if (sent)
        send_next(frames);
}

static void on_header_sent(GObject *source, GAsyncResult *result, gpointer data)
{
    struct frames *frames = data;
    gboolean sent = g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, NULL);
    gsize length;
    if (!came_back(frames))
        return;
    if (!sent) {
        g_clear_pointer(&frames->sending, g_bytes_unref);
        return;
    }
    const void *bytes = g_bytes_get_data(frames->sending, &length);
    frames->operations++;
    g_output_stream_write_all_async(G_OUTPUT_STREAM(source), bytes, length, G_PRIORITY_DEFAULT,
                                    frames->cancel, on_sent, frames);
}

static void send_next(struct frames *frames)
{
    if (frames->sending)
        return;
    frames->sending = g_queue_pop_head(&frames->outgoing);
    if (!frames->sending)
        frames->sending = g_steal_pointer(&frames->latest);
    if (!frames->sending)
        return;
    guint32 length = GUINT32_TO_BE((guint32)g_bytes_get_size(frames->sending));
    memcpy(frames->out_header, &length, sizeof length);
    frames->operations++;
    g_output_stream_write_all_async(g_io_stream_get_output_stream(frames->stream),
                                    frames->out_header, HEADER_BYTES, G_PRIORITY_DEFAULT,
                                    frames->cancel, on_header_sent, frames);
}

void frames_send(struct frames *frames, GBytes *document)
{
    g_queue_push_tail(&frames->outgoing, g_bytes_ref(document));
    send_next(frames);
}

void frames_send_latest(struct frames *frames, GBytes *document)
{
    g_clear_pointer(&frames->latest, g_bytes_unref);
    frames->latest = g_bytes_ref(document);
    send_next(frames);
}

guint frames_waiting(const struct frames *frames)
{
    return frames->outgoing.length;
}

/* --- Its life --------------------------------------------------------------------------------- */

struct frames *frames_new(GIOStream *stream, gsize bytes_most, frames_func func, gpointer data)
{
    struct frames *frames = g_new0(struct frames, 1);
    frames->stream = g_object_ref(stream);
    frames->cancel = g_cancellable_new();
    frames->bytes_most = bytes_most;
    frames->func = func;
    frames->data = data;
    g_queue_init(&frames->outgoing);
    read_header(frames);
    return frames;
}

void frames_free(struct frames *frames)
{
    if (!frames || frames->dead)
        return;
    frames->dead = TRUE;
    g_cancellable_cancel(frames->cancel);
    frames_destroy(frames);
}
