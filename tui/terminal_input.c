#include "tui/terminal_input.h"

#include <signal.h>
#include <unistd.h>

#include "tui/terminal.h"
#include "tui/terminal_pace.h"

#define WAIT_MOST_MS 25 /* at most this long may a read wait, when nobody watches */

struct terminal_input {
    struct input_decoder *decoder;
    gint64 deadline_us; /* when what is left in the decoder is all there is; 0 = nothing left */
    gboolean gone;
    GSource *source;
    gpointer stdin_tag;
};

struct terminal_input *terminal_input_new(void)
{
    struct terminal_input *input = g_new0(struct terminal_input, 1);

    input->decoder = input_decoder_new();
    return input;
}

void terminal_input_free(struct terminal_input *input)
{
    if (input == NULL)
        return;
    terminal_input_watch(input, NULL, NULL);
    input_decoder_free(input->decoder);
    g_free(input);
}

struct input_decoder *terminal_input_decoder(struct terminal_input *input)
{
    return input->decoder;
}

/* --- Reading --------------------------------------------------------------------------------- */

/* The kernel tells only the session's first process; whoever waits for SIGHUP ends in order. */
static void hang_up(struct terminal_input *input)
{
    input->gone = TRUE;
    if (input->source != NULL)
        g_source_remove_unix_fd(input->source, input->stdin_tag);
    kill(getpid(), SIGHUP);
}

/* FALSE when nothing came. */
static gboolean feed(struct terminal_input *input)
{
    char bytes[4096];
    gssize length = input->gone ? 0 : terminal_read(bytes, sizeof bytes);

    if (length < 0)
        hang_up(input);
    if (length <= 0)
        return FALSE;
    terminal_pace_hear(bytes, (gsize)length);
    input_decoder_feed(input->decoder, bytes, (gsize)length);
    input->deadline_us = 0;
    return TRUE;
}

/* Bytes are left that make no input yet. TRUE when their time is over, or more have come. */
static gboolean wait_for_rest(struct terminal_input *input)
{
    guint patience_ms = input_decoder_patience_ms(input->decoder);

    if (patience_ms == 0) {
        input->deadline_us = 0;
        return FALSE;
    }
    if (input->deadline_us == 0)
        input->deadline_us = g_get_monotonic_time() + (gint64)patience_ms * 1000;
    if (input->source == NULL && patience_ms <= WAIT_MOST_MS && !input->gone &&
        terminal_wait(patience_ms))
        return TRUE;
    if (g_get_monotonic_time() < input->deadline_us)
        return FALSE;
    input->deadline_us = 0;
    input_decoder_expire(input->decoder);
    return TRUE;
}

gboolean terminal_input_next(struct terminal_input *input, struct input *next)
{
    do {
        if (input_decoder_next(input->decoder, next))
            return TRUE;
    } while (feed(input) || wait_for_rest(input));
    if (input->source != NULL)
        g_source_set_ready_time(input->source, input->deadline_us > 0 ? input->deadline_us : -1);
    return FALSE;
}

/* --- Watching -------------------------------------------------------------------------------- */

struct watcher {
    void (*ready)(gpointer data);
    gpointer data;
};

static gboolean call_ready(gpointer data)
{
    struct watcher watcher = *(struct watcher *)data; /* ready may end the watch, and free it */

    watcher.ready(watcher.data);
    return G_SOURCE_CONTINUE;
}

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    g_source_set_ready_time(source, -1);
    return callback(data);
}

void terminal_input_watch(struct terminal_input *input, void (*ready)(gpointer data), gpointer data)
{
    static GSourceFuncs source_funcs = {.dispatch = dispatch};
    struct watcher *watcher;

    if (input->source != NULL) {
        g_source_destroy(input->source);
        g_clear_pointer(&input->source, g_source_unref);
    }
    if (ready == NULL)
        return;
    watcher = g_new(struct watcher, 1);
    *watcher = (struct watcher){ready, data};
    input->source = g_source_new(&source_funcs, sizeof(GSource));
    g_source_set_callback(input->source, call_ready, watcher, g_free);
    g_source_set_name(input->source, "terminal");
    g_source_add_unix_fd(input->source, terminal_event_fd(), G_IO_IN);
    if (!input->gone)
        input->stdin_tag =
            g_source_add_unix_fd(input->source, STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR);
    if (input->deadline_us > 0)
        g_source_set_ready_time(input->source, input->deadline_us);
    g_source_attach(input->source, NULL);
}
