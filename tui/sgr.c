#include "tui/sgr.h"

#include <string.h>

#define ESCAPE '\033'

/* Longest of the sequences made here: all attributes and both colours. */
#define SEQUENCE_ROOM (2 * SGR_COLOUR_ROOM + 32)

enum {
    BOLD = 1 << 0,
    DIM = 1 << 1,
    UNDERLINE = 1 << 2,
    REVERSE = 1 << 3,
};

/* Ways to name the usual character set. */
enum {
    SET_DESIGNATED = 1 << 0, /* ESC ( B */
    SET_SHIFTED_IN = 1 << 1, /* SI */
};

static const struct {
    guint attributes;
    const char *on, *off;
} attribute_codes[] = {
    /* Bold and dim end together, so they are taken as one when they end. */
    {BOLD, "1", "22"},
    {DIM, "2", "22"},
    {UNDERLINE, "4", "24"},
    {REVERSE, "7", "27"},
};

void sgr_forget(struct sgr *sgr)
{
    memset(sgr, 0, sizeof *sgr);
}

static void add(GByteArray *out, const char *bytes, gsize length)
{
    g_byte_array_append(out, (const guint8 *)bytes, (guint)length);
}

/* --- Sending a style ------------------------------------------------------------------------- */

/* After a colour that leaves its colour space empty (38:2::r:g:b), xterm misreads a second one in
 * the same sequence: each has a sequence of its own. */
static void add_code(char *sequence, const char *code)
{
    if (strchr(code, ':') != NULL && strchr(sequence, ':') != NULL)
        g_strlcat(sequence, "m\033[", SEQUENCE_ROOM);
    else if (sequence[strlen(sequence) - 1] != '[')
        g_strlcat(sequence, ";", SEQUENCE_ROOM);
    g_strlcat(sequence, code, SEQUENCE_ROOM);
}

static void add_attributes(char *sequence, guint attributes)
{
    for (gsize i = 0; i < G_N_ELEMENTS(attribute_codes); i++) {
        if (attributes & attribute_codes[i].attributes)
            add_code(sequence, attribute_codes[i].on);
    }
}

/* From whatever the terminal has. */
static void write_whole(char *sequence, const struct sgr_style *style)
{
    g_strlcpy(sequence, "\033[", SEQUENCE_ROOM);
    if (style->attributes || *style->foreground || *style->background)
        add_code(sequence, "0");
    add_attributes(sequence, style->attributes);
    if (*style->foreground)
        add_code(sequence, style->foreground);
    if (*style->background)
        add_code(sequence, style->background);
}

static void write_difference(char *sequence, const struct sgr_style *has,
                             const struct sgr_style *wants)
{
    guint ends = has->attributes & ~wants->attributes;
    guint begins = wants->attributes & ~has->attributes;

    g_strlcpy(sequence, "\033[", SEQUENCE_ROOM);
    if (ends & (BOLD | DIM)) {
        add_code(sequence, "22");
        begins |= wants->attributes & (BOLD | DIM);
    }
    if (ends & UNDERLINE)
        add_code(sequence, "24");
    if (ends & REVERSE)
        add_code(sequence, "27");
    add_attributes(sequence, begins);
    if (strcmp(has->foreground, wants->foreground) != 0)
        add_code(sequence, *wants->foreground ? wants->foreground : "39");
    if (strcmp(has->background, wants->background) != 0)
        add_code(sequence, *wants->background ? wants->background : "49");
}

static gboolean is_same(const struct sgr_style *a, const struct sgr_style *b)
{
    return a->attributes == b->attributes && strcmp(a->foreground, b->foreground) == 0 &&
           strcmp(a->background, b->background) == 0;
}

/* The terminal gets the style that curses takes it to have. */
static void settle(struct sgr *sgr, GByteArray *out)
{
    char whole[SEQUENCE_ROOM], difference[SEQUENCE_ROOM];
    const char *shorter = whole;

    if (!sgr->wants_known || (sgr->has_known && is_same(&sgr->has, &sgr->wants)))
        return;
    write_whole(whole, &sgr->wants);
    if (sgr->has_known) {
        write_difference(difference, &sgr->has, &sgr->wants);
        if (strlen(difference) < strlen(whole))
            shorter = difference;
    }
    add(out, shorter, strlen(shorter));
    add(out, "m", 1);
    sgr->has = sgr->wants;
    sgr->has_known = TRUE;
}

/* A blank shows its background and what is drawn over it; its colour of text only if reversed. */
static void settle_blank(struct sgr *sgr, GByteArray *out)
{
    guint seen = UNDERLINE | REVERSE;

    if (!sgr->wants_known || !sgr->has_known ||
        ((sgr->has.attributes | sgr->wants.attributes) & seen) ||
        strcmp(sgr->has.background, sgr->wants.background) != 0)
        settle(sgr, out);
}

/* --- Following a style ----------------------------------------------------------------------- */

/* A colour of more than one code goes on over semicolons: 38;5;n and 38;2;r;g;b. */
static gsize colour_length(const char *codes, gsize length)
{
    guint more = 0;
    gsize at = 2;

    if (length <= 3 || codes[2] != ';')
        return at;
    more = codes[3] == '5' ? 2 : codes[3] == '2' ? 4 : 0;
    while (at < length && more > 0) {
        at++;
        while (at < length && codes[at] != ';')
            at++;
        more--;
    }
    return at;
}

static gboolean set_colour(char *colour, const char *code, gsize length)
{
    if (length >= SGR_COLOUR_ROOM)
        return FALSE;
    memcpy(colour, code, length);
    colour[length] = '\0';
    return TRUE;
}

static gboolean is_code(const char *code, gsize length, const char *wanted)
{
    return strlen(wanted) == length && memcmp(code, wanted, length) == 0;
}

static gboolean apply_attribute(struct sgr_style *style, const char *code, gsize length)
{
    gboolean known = FALSE;

    for (gsize i = 0; i < G_N_ELEMENTS(attribute_codes); i++) {
        if (is_code(code, length, attribute_codes[i].on)) {
            style->attributes |= attribute_codes[i].attributes;
            known = TRUE;
        } else if (is_code(code, length, attribute_codes[i].off)) {
            style->attributes &= ~attribute_codes[i].attributes;
            known = TRUE;
        }
    }
    return known;
}

/* 30-37, 39, 90-97, 38 and what follows; the same for the background: 40-49, 100-107. */
static gboolean apply_colour(struct sgr_style *style, const char *code, gsize length)
{
    guint64 number = g_ascii_strtoull(code, NULL, 10); /* it ends with ; or : or m */
    gboolean background = number / 10 == 4 || number >= 100;
    char *colour = background ? style->background : style->foreground;

    if (number == 39 || number == 49) {
        *colour = '\0';
        return length == 2;
    }
    if (number == 38 || number == 48)
        return length > 2 && set_colour(colour, code, length);
    if (length > 3 || number % 10 > 7)
        return FALSE;
    number /= 10;
    return (number == 3 || number == 4 || number == 9 || number == 10) &&
           set_colour(colour, code, length);
}

/* FALSE when a code is none of those that curses uses for us. */
static gboolean apply_codes(struct sgr_style *style, const char *codes, gsize length)
{
    if (length == 0)
        *style = (struct sgr_style){0};
    for (gsize at = 0; at < length;) {
        const char *code = codes + at;
        gsize left = length - at;
        const char *end = memchr(code, ';', left);
        gsize size = end != NULL ? (gsize)(end - code) : left;

        if (size == 2 && (is_code(code, size, "38") || is_code(code, size, "48")))
            size = colour_length(code, left);
        if (size == 0 || is_code(code, size, "0"))
            *style = (struct sgr_style){0};
        else if (!apply_attribute(style, code, size) && !apply_colour(style, code, size))
            return FALSE;
        at += size + 1;
    }
    return TRUE;
}

static gboolean begins_anew(const char *codes, gsize length)
{
    return length == 0 || (*codes == '0' && (length == 1 || codes[1] == ';'));
}

static void follow_style(struct sgr *sgr, const char *sequence, gsize length, GByteArray *out)
{
    const char *codes = sequence + 2; /* ESC [ ... m */
    gsize n = length - 3;
    struct sgr_style next = sgr->wants;

    if ((sgr->wants_known || begins_anew(codes, n)) && apply_codes(&next, codes, n)) {
        sgr->wants = next;
        sgr->wants_known = TRUE;
        return;
    }
    settle(sgr, out);
    add(out, sequence, length);
    sgr->wants_known = sgr->has_known = FALSE;
}

/* --- The bytes ------------------------------------------------------------------------------- */

/* Of a sequence that begins with ESC; all that is left when it does not end. */
static gsize sequence_length(const char *bytes, gsize length)
{
    gsize at = 2;

    if (length < 2)
        return length;
    if (bytes[1] == '(' || bytes[1] == ')')
        return MIN(length, 3);
    if (bytes[1] != '[')
        return 2;
    while (at < length && (bytes[at] < '@' || bytes[at] > '~'))
        at++;
    return MIN(length, at + 1);
}

static void name_set(struct sgr *sgr, guint way, const char *bytes, gsize length, GByteArray *out)
{
    if (!(sgr->sets_known & way))
        add(out, bytes, length);
    sgr->sets_known |= way;
}

static void pass_sequence(struct sgr *sgr, const char *bytes, gsize length, GByteArray *out)
{
    char last = bytes[length - 1];

    if (length == 1) { /* an escape that is nothing more */
        settle(sgr, out);
        add(out, bytes, length);
        return;
    }
    if (length == 3 && memcmp(bytes, "\033(B", 3) == 0) {
        name_set(sgr, SET_DESIGNATED, bytes, length, out);
        return;
    }
    if (bytes[1] == '(')
        sgr->sets_known &= ~(guint)SET_DESIGNATED;
    if (length >= 3 && bytes[1] == '[' && last == 'm' && strchr("<=>?", bytes[2]) == NULL) {
        follow_style(sgr, bytes, length, out);
        return;
    }
    /* Moving shows no style, nor do modes; what is erased is blank; what is repeated (b) has its
     * style, and must stay behind its character. */
    if (bytes[1] == '[' && strchr("JKLMPX@", last) != NULL)
        settle_blank(sgr, out);
    else if (bytes[1] != '[' || strchr("ABCDGHdbhl", last) == NULL)
        settle(sgr, out);
    add(out, bytes, length);
}

static void pass_byte(struct sgr *sgr, const char *byte, GByteArray *out)
{
    switch (*byte) {
    case '\017':
        name_set(sgr, SET_SHIFTED_IN, byte, 1, out);
        return;
    case '\016':
        sgr->sets_known &= ~(guint)SET_SHIFTED_IN;
        break;
    case '\r':
    case '\b':
        break;
    case ' ':
        settle_blank(sgr, out);
        break;
    default:
        settle(sgr, out);
    }
    add(out, byte, 1);
}

void sgr_pass(struct sgr *sgr, const char *bytes, gsize length, GByteArray *out)
{
    gsize at = 0;

    while (at < length) {
        gsize size = 1;

        if (bytes[at] == ESCAPE) {
            size = sequence_length(bytes + at, length - at);
            pass_sequence(sgr, bytes + at, size, out);
        } else {
            pass_byte(sgr, bytes + at, out);
        }
        at += size;
    }
    settle(sgr, out);
}
