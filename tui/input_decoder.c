#include "tui/input_decoder.h"

#include <string.h>

#include "tui/input_sequence.h"

#define ESC         0x1B
#define BEL         0x07
#define PASTE_BEGIN "\033[200~"
#define PASTE_END   "\033[201~"

/* Longer than any sequence terminals send as input; what is longer is skipped to its end. */
#define SEQUENCE_BYTES_MOST 64

/* Between ESC and the rest of a key's sequence lies only the line; a person is slower. */
#define PATIENCE_ESCAPE_MS 25
/* What has begun for certain may have been cut by a slow line. */
#define PATIENCE_SEQUENCE_MS 500
#define PATIENCE_PASTE_MS    1000

enum mode {
    MODE_GROUND,
    MODE_PASTE,
    MODE_SKIP_CONTROL, /* a control sequence too long to be one: up to its final byte */
    MODE_SKIP_STRING,  /* a string (OSC, DCS, ...): up to BEL or ESC \ */
};

/* What was made of the bytes at the head of the buffer. */
enum outcome {
    OUTCOME_MORE,    /* they are the beginning of something: nothing was taken */
    OUTCOME_DROPPED, /* they were taken and mean nothing */
    OUTCOME_INPUT,
};

struct input_decoder {
    GByteArray *bytes;
    enum mode mode;
    GHashTable *keys; /* char * -> GUINT_TO_POINTER(key): sequences of this terminal */
    gsize longest_key;
    GString *paste;
    char *paste_text; /* handed out */
    gboolean expired; /* nothing more comes for what is in the buffer */
    int width, height;
};

/* A key was made. */
static enum outcome give_key(struct input *input, guint key)
{
    input_sequence_key(input, key);
    return OUTCOME_INPUT;
}

static enum outcome give(gboolean known)
{
    return known ? OUTCOME_INPUT : OUTCOME_DROPPED;
}

/* --- Control sequences ----------------------------------------------------------------------- */

/* Bytes from ESC [ to the final one; 0 when it has not come yet. *whole = FALSE when a byte that
 * cannot be part of it broke it off: the count is then what came before that byte. */
static gsize measure_control(const guint8 *bytes, gsize length, gboolean *whole)
{
    *whole = TRUE;
    for (gsize i = 2; i < length; i++) {
        if (bytes[i] >= 0x40 && bytes[i] <= 0x7E)
            return i + 1;
        if (bytes[i] < 0x20 || bytes[i] >= 0x7F) {
            *whole = FALSE;
            return i;
        }
    }
    return 0;
}

/* The old forms with bytes behind the final one: the Linux console's ESC [ [ A to E (F1 to F5), and
 * X10's mouse, ESC [ M and three bytes. *used = 0: not one of them. */
static enum outcome take_old_forms(const guint8 *bytes, gsize length, gsize *used,
                                   struct input *input)
{
    gsize needed = bytes[2] == '[' ? 4 : bytes[2] == 'M' ? 6 : 0;

    *used = 0;
    if (needed == 0)
        return OUTCOME_DROPPED;
    for (gsize i = 3; i < MIN(length, needed); i++) {
        if (bytes[i] < ' ') { /* broken off: another sequence begins here, a paste perhaps */
            *used = i;
            return OUTCOME_DROPPED;
        }
    }
    if (length < needed)
        return OUTCOME_MORE;
    *used = needed;
    if (bytes[2] == '[' && bytes[3] >= 'A' && bytes[3] <= 'E')
        return give_key(input, INPUT_KEY_F1 + bytes[3] - 'A');
    return OUTCOME_DROPPED;
}

static enum outcome take_control(struct input_decoder *decoder, gsize *used, struct input *input)
{
    const guint8 *bytes = decoder->bytes->data;
    gsize length = decoder->bytes->len;
    enum outcome outcome;
    gboolean whole;

    if (length < 3)
        return OUTCOME_MORE;
    outcome = take_old_forms(bytes, length, used, input);
    if (outcome == OUTCOME_MORE || *used > 0)
        return outcome;
    *used = measure_control(bytes, length, &whole);
    if (*used == 0) {
        if (length < SEQUENCE_BYTES_MOST)
            return OUTCOME_MORE;
        *used = length;
        decoder->mode = MODE_SKIP_CONTROL;
        return OUTCOME_DROPPED;
    }
    if (!whole || *used > SEQUENCE_BYTES_MOST)
        return OUTCOME_DROPPED;
    if (*used == strlen(PASTE_BEGIN) && memcmp(bytes, PASTE_BEGIN, *used) == 0) {
        decoder->mode = MODE_PASTE;
        g_string_truncate(decoder->paste, 0);
        return OUTCOME_DROPPED;
    }
    return give(
        input_sequence_control(bytes + 2, *used - 2, decoder->width, decoder->height, input));
}

/* --- Everything else ------------------------------------------------------------------------- */

/* One character; bytes that are no UTF-8 are dropped one by one. */
static enum outcome take_character(const guint8 *bytes, gsize length, gsize *used,
                                   struct input *input)
{
    gunichar c = g_utf8_get_char_validated((const char *)bytes, (gssize)length);

    *used = 1;
    if (bytes[0] == '\0' || c == (gunichar)-1)
        return OUTCOME_DROPPED;
    if (c == (gunichar)-2)
        return OUTCOME_MORE;
    *used = (gsize)g_unichar_to_utf8(c, NULL);
    return give_key(input, input_key_canonical(c));
}

/* The terminal's own sequences; *used = 0: not one of them. */
static enum outcome take_known_key(const struct input_decoder *decoder, gsize *used,
                                   struct input *input)
{
    gsize most = MIN(decoder->bytes->len, decoder->longest_key);
    char head[SEQUENCE_BYTES_MOST + 1];

    *used = 0;
    for (gsize length = most; length > 1; length--) {
        gpointer key;

        memcpy(head, decoder->bytes->data, length);
        head[length] = '\0';
        key = g_hash_table_lookup(decoder->keys, head);
        if (key != NULL) {
            *used = length;
            return give_key(input, GPOINTER_TO_UINT(key));
        }
    }
    return OUTCOME_DROPPED;
}

/* ESC O letter; with numbers between them (modifiers of old terminals) it is not known. */
static enum outcome take_single_shift(struct input_decoder *decoder, gsize *used,
                                      struct input *input)
{
    const guint8 *bytes = decoder->bytes->data;
    gsize length = decoder->bytes->len;
    gsize end = 2;

    while (end < length && (g_ascii_isdigit((char)bytes[end]) || bytes[end] == ';'))
        end++;
    if (end == length && length < SEQUENCE_BYTES_MOST)
        return OUTCOME_MORE;
    if (end == length) {
        *used = length;
        decoder->mode = MODE_SKIP_CONTROL;
        return OUTCOME_DROPPED;
    }
    *used = bytes[end] >= 0x40 && bytes[end] <= 0x7E ? end + 1 : end;
    return give(*used == 3 && input_sequence_single_shift((char)bytes[2], input));
}

static enum outcome add_alt(enum outcome outcome, struct input *input)
{
    return outcome == OUTCOME_INPUT ? give_key(input, input->key | INPUT_KEY_ALT) : outcome;
}

static enum outcome take_escape(struct input_decoder *decoder, gsize *used, struct input *input)
{
    const guint8 *bytes = decoder->bytes->data;
    gsize length = decoder->bytes->len;
    enum outcome outcome = take_known_key(decoder, used, input);

    if (*used > 0)
        return outcome;
    if (length == 1)
        return OUTCOME_MORE;
    switch (bytes[1]) {
    case '[':
        return take_control(decoder, used, input);
    case 'O':
        return take_single_shift(decoder, used, input);
    case 'P': /* strings: device control, start, command, privacy message, application */
    case 'X':
    case ']':
    case '^':
    case '_':
        if (length == 2)
            return OUTCOME_MORE;
        decoder->mode = MODE_SKIP_STRING;
        *used = 2;
        return OUTCOME_DROPPED;
    case ESC:
        *used = 1;
        return give_key(input, INPUT_KEY_ESCAPE);
    default:
        outcome = add_alt(take_character(bytes + 1, length - 1, used, input), input);
        *used += 1;
        return outcome;
    }
}

static enum outcome give_paste(struct input_decoder *decoder, struct input *input)
{
    decoder->mode = MODE_GROUND;
    decoder->paste_text = g_utf8_make_valid(decoder->paste->str, (gssize)decoder->paste->len);
    g_string_truncate(decoder->paste, 0);
    input->kind = INPUT_PASTE;
    input->text = decoder->paste_text;
    return OUTCOME_INPUT;
}

static enum outcome take_paste(struct input_decoder *decoder, gsize *used, struct input *input)
{
    const char *bytes = (const char *)decoder->bytes->data;
    gsize length = decoder->bytes->len;
    const char *end = memmem(bytes, length, PASTE_END, strlen(PASTE_END));
    gsize room = INPUT_PASTE_BYTES_MOST - decoder->paste->len;
    gsize text;

    if (end != NULL)
        text = (gsize)(end - bytes);
    else if (length >= strlen(PASTE_END))
        text = length - (strlen(PASTE_END) - 1); /* what remains may be the end's beginning */
    else
        return OUTCOME_MORE;
    g_string_append_len(decoder->paste, bytes, (gssize)MIN(text, room));
    *used = text;
    if (end == NULL)
        return OUTCOME_DROPPED;
    *used += strlen(PASTE_END);
    return give_paste(decoder, input);
}

static enum outcome take_skipped(struct input_decoder *decoder, gsize *used)
{
    const guint8 *bytes = decoder->bytes->data;
    gsize length = decoder->bytes->len;

    for (gsize i = 0; i < length; i++) {
        gboolean string = decoder->mode == MODE_SKIP_STRING;
        gboolean final = string ? bytes[i] == BEL : bytes[i] >= 0x40 && bytes[i] <= 0x7E;

        *used = i;
        if (bytes[i] == ESC && string && i + 1 == length)
            return i > 0 ? OUTCOME_DROPPED : OUTCOME_MORE;
        if (bytes[i] == ESC || final) {
            gboolean terminator = bytes[i] == ESC && string && bytes[i + 1] == '\\';

            *used += terminator ? 2 : final ? 1 : 0;
            decoder->mode = MODE_GROUND;
            return OUTCOME_DROPPED;
        }
    }
    *used = length;
    return OUTCOME_DROPPED;
}

static enum outcome take(struct input_decoder *decoder, gsize *used, struct input *input)
{
    switch (decoder->mode) {
    case MODE_PASTE:
        return take_paste(decoder, used, input);
    case MODE_SKIP_CONTROL:
    case MODE_SKIP_STRING:
        return take_skipped(decoder, used);
    case MODE_GROUND:
        break;
    }
    if (decoder->bytes->data[0] == ESC)
        return take_escape(decoder, used, input);
    return take_character(decoder->bytes->data, decoder->bytes->len, used, input);
}

/* Nothing more comes: what the bytes left over mean by themselves. */
static enum outcome take_the_rest(struct input_decoder *decoder, struct input *input)
{
    const guint8 *bytes = decoder->bytes->data;
    gsize length = decoder->bytes->len;
    enum mode mode = decoder->mode;
    gsize used;

    decoder->mode = MODE_GROUND;
    if (mode == MODE_PASTE) {
        gsize room = INPUT_PASTE_BYTES_MOST - decoder->paste->len;

        g_string_append_len(decoder->paste, (const char *)bytes, (gssize)MIN(length, room));
        return give_paste(decoder, input);
    }
    if (mode != MODE_GROUND || length == 0 || bytes[0] != ESC)
        return OUTCOME_DROPPED;
    if (length == 1)
        return give_key(input, INPUT_KEY_ESCAPE);
    if (length == 2 && bytes[1] != '[')
        return add_alt(take_character(bytes + 1, 1, &used, input), input);
    return OUTCOME_DROPPED;
}

/* --- The decoder ----------------------------------------------------------------------------- */

struct input_decoder *input_decoder_new(void)
{
    struct input_decoder *decoder = g_new0(struct input_decoder, 1);

    decoder->bytes = g_byte_array_new();
    decoder->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    decoder->paste = g_string_new(NULL);
    decoder->width = decoder->height = G_MAXUINT16 + 1;
    return decoder;
}

void input_decoder_free(struct input_decoder *decoder)
{
    if (decoder == NULL)
        return;
    g_byte_array_unref(decoder->bytes);
    g_hash_table_unref(decoder->keys);
    g_string_free(decoder->paste, TRUE);
    g_free(decoder->paste_text);
    g_free(decoder);
}

void input_decoder_set_size(struct input_decoder *decoder, int width, int height)
{
    decoder->width = MAX(width, 0);
    decoder->height = MAX(height, 0);
}

void input_decoder_add_key(struct input_decoder *decoder, const char *sequence, guint key)
{
    gsize length = sequence != NULL ? strlen(sequence) : 0;

    if (length < 3 || length > SEQUENCE_BYTES_MOST || sequence[0] != ESC)
        return;
    g_hash_table_replace(decoder->keys, g_strdup(sequence), GUINT_TO_POINTER(key));
    decoder->longest_key = MAX(decoder->longest_key, length);
}

void input_decoder_feed(struct input_decoder *decoder, const char *bytes, gsize length)
{
    g_byte_array_append(decoder->bytes, (const guint8 *)bytes, (guint)length);
    if (length > 0)
        decoder->expired = FALSE;
}

gboolean input_decoder_next(struct input_decoder *decoder, struct input *input)
{
    enum outcome outcome;

    g_clear_pointer(&decoder->paste_text, g_free);
    while (decoder->bytes->len > 0) {
        gsize used = 0;

        memset(input, 0, sizeof *input);
        outcome = take(decoder, &used, input);
        if (outcome == OUTCOME_MORE)
            break;
        g_byte_array_remove_range(decoder->bytes, 0, (guint)used);
        if (outcome == OUTCOME_INPUT)
            return TRUE;
    }
    memset(input, 0, sizeof *input);
    if (!decoder->expired)
        return FALSE;
    outcome = take_the_rest(decoder, input);
    g_byte_array_set_size(decoder->bytes, 0);
    decoder->expired = FALSE;
    return outcome == OUTCOME_INPUT;
}

guint input_decoder_patience_ms(const struct input_decoder *decoder)
{
    const guint8 *bytes = decoder->bytes->data;
    guint length = decoder->bytes->len;

    if (decoder->mode == MODE_PASTE)
        return PATIENCE_PASTE_MS;
    if (decoder->mode != MODE_GROUND)
        return PATIENCE_SEQUENCE_MS;
    if (length == 0)
        return 0;
    if (bytes[0] == ESC && (length == 1 || (length == 2 && bytes[1] != '[')))
        return PATIENCE_ESCAPE_MS;
    return PATIENCE_SEQUENCE_MS;
}

void input_decoder_expire(struct input_decoder *decoder)
{
    decoder->expired = input_decoder_patience_ms(decoder) > 0;
}
