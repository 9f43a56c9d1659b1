#include "tui/capture.h"

#include <stdio.h>
#include <string.h>

#define TAB_CELLS 8
#define ERR_MARK  "roost: "

/* What has been read of an escape sequence. */
enum sequence {
    SEQUENCE_NONE,
    SEQUENCE_ESCAPE,  /* ESC */
    SEQUENCE_CONTROL, /* ESC [ ... */
    SEQUENCE_STRING,  /* ESC ] ... until BEL or ESC \ */
};

struct stream {
    struct capture *capture;
    FILE *file;
    GPtrArray *lines; /* char * */
    GString *begun;
    enum sequence sequence;
    gboolean returned; /* a carriage return: what comes next replaces the line */
    guint left_out;    /* lines that found no room */
};

struct capture {
    struct stream out, err;
    struct output output;
    capture_func printed;
    gpointer data;
};

/* --- What a terminal would make of it -------------------------------------------------------- */

static void end_line(struct stream *stream)
{
    const char *text = stream->begun->str;

    if (stream == &stream->capture->err && g_str_has_prefix(text, ERR_MARK))
        text += strlen(ERR_MARK);
    if (stream->lines->len < CAPTURE_LINES_MOST)
        g_ptr_array_add(stream->lines, g_utf8_make_valid(text, -1));
    else
        stream->left_out++;
    g_string_truncate(stream->begun, 0);
    stream->returned = FALSE;
}

static void take_plain(struct stream *stream, char byte)
{
    if (byte == '\n') {
        end_line(stream);
        return;
    }
    if (byte == '\r') {
        stream->returned = TRUE;
        return;
    }
    if (stream->returned)
        g_string_truncate(stream->begun, 0);
    stream->returned = FALSE;
    if (stream->begun->len >= CAPTURE_BYTES_MOST)
        return;
    if (byte != '\t') {
        g_string_append_c(stream->begun, byte);
        return;
    }
    do
        g_string_append_c(stream->begun, ' ');
    while (stream->begun->len % TAB_CELLS != 0);
}

/* ESC [ K erases the line; all other sequences only dress it up. */
static void end_sequence(struct stream *stream, char byte)
{
    stream->sequence = SEQUENCE_NONE;
    if (byte != 'K')
        return;
    g_string_truncate(stream->begun, 0);
    stream->returned = FALSE;
}

static void take_byte(struct stream *stream, char byte)
{
    switch (stream->sequence) {
    case SEQUENCE_NONE:
        if (byte == '\033')
            stream->sequence = SEQUENCE_ESCAPE;
        else
            take_plain(stream, byte);
        break;
    case SEQUENCE_ESCAPE:
        if (byte == '[')
            stream->sequence = SEQUENCE_CONTROL;
        else if (byte == ']')
            stream->sequence = SEQUENCE_STRING;
        else if (byte < 0x20 || byte > 0x2f) /* these are within, as in ESC ( B */
            stream->sequence = SEQUENCE_NONE;
        break;
    case SEQUENCE_CONTROL:
        if (byte >= 0x40 && byte <= 0x7e)
            end_sequence(stream, byte);
        else if (byte == '\n')
            stream->sequence = SEQUENCE_NONE;
        break;
    case SEQUENCE_STRING:
        if (byte == '\a' || byte == '\n')
            stream->sequence = SEQUENCE_NONE;
        else if (byte == '\033')
            stream->sequence = SEQUENCE_ESCAPE;
        break;
    }
}

static ssize_t stream_write(void *cookie, const char *bytes, size_t size)
{
    struct stream *stream = cookie;

    for (size_t i = 0; i < size; i++)
        take_byte(stream, bytes[i]);
    if (stream->capture->printed != NULL)
        stream->capture->printed(stream->capture->data);
    return (ssize_t)size;
}

/* --- The capture ----------------------------------------------------------------------------- */

static void stream_open(struct stream *stream, struct capture *capture)
{
    static const cookie_io_functions_t functions = {.write = stream_write};

    *stream = (struct stream){.capture = capture, .begun = g_string_new(NULL)};
    stream->lines = g_ptr_array_new_with_free_func(g_free);
    stream->file = fopencookie(stream, "w", functions);
    g_assert(stream->file != NULL);
    setvbuf(stream->file, NULL, _IOLBF, BUFSIZ);
}

static void stream_close(struct stream *stream)
{
    stream->capture->printed = NULL;
    fclose(stream->file);
    g_ptr_array_unref(stream->lines);
    g_string_free(stream->begun, TRUE);
}

struct capture *capture_new(capture_func printed, gpointer data)
{
    struct capture *capture = g_new0(struct capture, 1);

    stream_open(&capture->out, capture);
    stream_open(&capture->err, capture);
    capture->printed = printed;
    capture->data = data;
    capture->output = (struct output){
        .out = capture->out.file, .err = capture->err.file, .terminal = TRUE, .heads = TRUE};
    return capture;
}

void capture_free(struct capture *capture)
{
    if (capture == NULL)
        return;
    stream_close(&capture->out);
    stream_close(&capture->err);
    g_free(capture);
}

const struct output *capture_output(struct capture *capture)
{
    return &capture->output;
}

const char *capture_progress(const struct capture *capture)
{
    return capture->out.returned ? "" : capture->out.begun->str;
}

static const GPtrArray *whole(struct stream *stream)
{
    capture_func printed = stream->capture->printed;

    stream->capture->printed = NULL;
    fflush(stream->file);
    if (stream->begun->len > 0 && !stream->returned)
        end_line(stream);
    if (stream->left_out > 0)
        g_ptr_array_add(stream->lines, g_strdup_printf("(and %u lines more)", stream->left_out));
    stream->left_out = 0;
    stream->capture->printed = printed;
    return stream->lines;
}

const GPtrArray *capture_lines(struct capture *capture)
{
    return whole(&capture->out);
}

const GPtrArray *capture_errors(struct capture *capture)
{
    return whole(&capture->err);
}
