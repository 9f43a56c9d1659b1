#include "tui/theme_colour.h"

#include <math.h>
#include <string.h>

#include "tui/surface.h"
#include "tui/theme.h"

#define CUBE_FIRST 16 /* 6 x 6 x 6 colours, then 24 greys */
#define GREY_FIRST 232

/* How far hues are pulled from grey before looking among few colours: there the hue of a soft
 * colour says more than its lightness. */
#define FEW_COLOURS_SATURATION 5

/* Luma under and over which a background counts as black and as white there. */
#define DARK_TINT 56
#define PALE_TINT 224

/* Of the hue of text that is decoration, up to so much of its lightness is left out there. */
#define SOFT_PERCENT 40

/* Luma up to which text is black, and up to which it is faint. */
#define BLACK_LUMA 32
#define FAINT_LUMA 150

/* Less contrast than this between two of few colours, and the text is black or white. */
#define LEGIBLE 3.0

/* What xterm shows for the first 16; others differ a little, and users change them. */
static const struct {
    const char *name;
    gint32 rgb;
} names[16] = {
    {"black", 0x000000},        {"red", 0xcd0000},
    {"green", 0x00cd00},        {"yellow", 0xcdcd00},
    {"blue", 0x0000ee},         {"magenta", 0xcd00cd},
    {"cyan", 0x00cdcd},         {"white", 0xe5e5e5},
    {"bright-black", 0x7f7f7f}, {"bright-red", 0xff0000},
    {"bright-green", 0x00ff00}, {"bright-yellow", 0xffff00},
    {"bright-blue", 0x5c5cff},  {"bright-magenta", 0xff00ff},
    {"bright-cyan", 0x00ffff},  {"bright-white", 0xffffff},
};

struct rgb {
    int red, green, blue;
};

static struct rgb split(gint32 rgb)
{
    return (struct rgb){rgb >> 16 & 0xff, rgb >> 8 & 0xff, rgb & 0xff};
}

static gint32 palette_rgb(guint index)
{
    static const gint32 steps[6] = {0x00, 0x5f, 0x87, 0xaf, 0xd7, 0xff};
    gint32 grey;

    if (index < CUBE_FIRST)
        return names[index].rgb;
    if (index < GREY_FIRST) {
        index -= CUBE_FIRST;
        return steps[index / 36] << 16 | steps[index / 6 % 6] << 8 | steps[index % 6];
    }
    grey = 8 + 10 * (gint32)(index - GREY_FIRST);
    return grey << 16 | grey << 8 | grey;
}

static int saturate(int value, int grey)
{
    return CLAMP(grey + FEW_COLOURS_SATURATION * (value - grey), 0, 255);
}

static gboolean is_grey(struct rgb c)
{
    return MAX(c.red, MAX(c.green, c.blue)) - MIN(c.red, MIN(c.green, c.blue)) < 24;
}

guint theme_nearest(gint32 rgb, guint n_colours)
{
    struct rgb want = split(rgb);
    /* With 256, not the first 16: users change what those look like. */
    guint first = n_colours > CUBE_FIRST ? CUBE_FIRST : 0;
    guint best = first;
    int best_distance = G_MAXINT;

    gboolean grey_only = is_grey(want);

    if (first == 0) {
        int grey = (want.red + want.green + want.blue) / 3;

        want = (struct rgb){saturate(want.red, grey), saturate(want.green, grey),
                            saturate(want.blue, grey)};
    }
    for (guint i = first; i < MIN(n_colours, 256); i++) {
        struct rgb have = split(palette_rgb(i));
        int red = want.red - have.red, green = want.green - have.green;
        int blue = want.blue - have.blue;
        int distance;

        if (first == 0 && is_grey(have) != grey_only)
            continue; /* a soft colour is still one, and a grey none */
        distance = red * red + green * green + blue * blue;
        if (distance < best_distance) {
            best_distance = distance;
            best = i;
        }
    }
    return best;
}

static gboolean parse_hex(const char *digits, gint32 *rgb)
{
    guint64 number;

    if (strlen(digits) != 6 || !g_ascii_string_to_unsigned(digits, 16, 0, 0xffffff, &number, NULL))
        return FALSE;
    *rgb = (gint32)number;
    return TRUE;
}

gboolean theme_colour_parse(const char *word, gint32 *rgb, guint8 *index)
{
    guint64 number;

    if (strcmp(word, "default") == 0) {
        *rgb = THEME_DEFAULT_COLOUR;
        *index = 0;
        return TRUE;
    }
    if (*word == '#') {
        if (!parse_hex(word + 1, rgb))
            return FALSE;
        *index = (guint8)theme_nearest(*rgb, 256);
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(word, names[i].name) == 0) {
            *rgb = names[i].rgb;
            *index = (guint8)i;
            return TRUE;
        }
    }
    if (!g_ascii_string_to_unsigned(word, 10, 0, 255, &number, NULL))
        return FALSE;
    *rgb = palette_rgb((guint)number);
    *index = (guint8)number;
    return TRUE;
}

/* --- Painting -------------------------------------------------------------------------------- */

/* Rec. 601 luma, 0..255 */
static int luma(gint32 rgb)
{
    struct rgb c = split(rgb);

    return (299 * c.red + 587 * c.green + 114 * c.blue) / 1000;
}

/* Small values mean palette entries to terminals of direct colour (terminfo's CO; up to 256): a
 * trace of green makes them what they are. */
static int direct_value(gint32 rgb)
{
    return rgb > 0 && rgb < 0x100 ? rgb | 0x100 : rgb;
}

static int palette_value(gint32 rgb, guint8 index, guint n_colours)
{
    if (rgb == THEME_DEFAULT_COLOUR)
        return THEME_DEFAULT_COLOUR;
    if (index < n_colours)
        return index;
    if (index < 16) /* a bright one among eight */
        return index - 8;
    return (int)theme_nearest(rgb, n_colours);
}

static double linear(int value)
{
    double v = value / 255.0;

    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* WCAG 2.1, relative luminance */
static double luminance(gint32 rgb)
{
    struct rgb c = split(rgb);

    return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
}

double theme_contrast(gint32 a, gint32 b)
{
    double one = luminance(a), other = luminance(b);

    return (MAX(one, other) + 0.05) / (MIN(one, other) + 0.05);
}

/* Among few colours a dark tint is black and a pale one white: the hue would shout. */
static int few_background(gint32 rgb, guint8 index, guint n_colours)
{
    if (rgb == THEME_DEFAULT_COLOUR || index < CUBE_FIRST)
        return palette_value(rgb, index, n_colours);
    if (luma(rgb) < DARK_TINT)
        return 0;
    if (luma(rgb) > PALE_TINT)
        return n_colours > 8 ? 15 : 7;
    return palette_value(rgb, index, n_colours);
}

/* A tint that says nothing is left out among few colours, where it would be pulled to a full hue.
 */
static int few_foreground(const struct theme_style *style, guint n_colours)
{
    struct rgb c = split(style->foreground);
    int most = MAX(c.red, MAX(c.green, c.blue)), least = MIN(c.red, MIN(c.green, c.blue));
    gint32 grey = luma(style->foreground) * 0x010101;

    if (style->foreground == THEME_DEFAULT_COLOUR || style->foreground_index < CUBE_FIRST ||
        style->tint == THEME_TINT_MEANS || (most - least) * 100 > most * SOFT_PERCENT)
        return palette_value(style->foreground, style->foreground_index, n_colours);
    return (int)theme_nearest(grey, n_colours);
}

/* On the terminal's own background, of which nothing is known: a middling grey that would become
 * black, white, or the dark grey that some users' palettes have for their background, is the
 * terminal's own colour, dim. */
static gboolean is_middling(const struct theme_style *style, const struct theme_paint *paint)
{
    int lightness = luma(style->foreground);

    if (style->foreground_index < CUBE_FIRST)
        return paint->foreground == 0 && lightness > BLACK_LUMA;
    return (paint->foreground == 0 && lightness > BLACK_LUMA) || paint->foreground == 8 ||
           (paint->foreground == 7 && lightness < FAINT_LUMA);
}

static void keep_legible(const struct theme_style *style, struct theme_paint *paint)
{
    gboolean bright = style->foreground_index >= 8 && style->foreground_index < 16;
    gboolean faint = luma(style->foreground) < FAINT_LUMA;

    if (paint->foreground == THEME_DEFAULT_COLOUR)
        return;
    if (paint->background == THEME_DEFAULT_COLOUR) {
        if (is_middling(style, paint)) {
            paint->foreground = THEME_DEFAULT_COLOUR;
            paint->attributes |= CELL_DIM;
        } else if (paint->foreground % 8 == 7 && style->foreground_index >= CUBE_FIRST) {
            paint->foreground = THEME_DEFAULT_COLOUR; /* else white on a white window */
        } else if (bright && paint->foreground < 8) {
            paint->attributes |= CELL_BOLD;
        }
        return;
    }
    if (theme_contrast(palette_rgb((guint)paint->foreground),
                       palette_rgb((guint)paint->background)) < LEGIBLE)
        paint->foreground = luma(palette_rgb((guint)paint->background)) > 128 ? 0 : 7;
    /* Many terminals brighten what is bold: black would be a grey, weak on any ground. */
    if (paint->foreground == 0)
        paint->without = CELL_BOLD;
    if (style->tint == THEME_TINT_RETIRE && faint && paint->background == 0 &&
        paint->foreground != 8)
        paint->attributes |= CELL_DIM;
}

struct theme_paint theme_paint(const struct theme_style *style, guint n_colours)
{
    struct theme_paint paint = {THEME_DEFAULT_COLOUR, THEME_DEFAULT_COLOUR, style->attributes, 0};

    if (n_colours < 8) {
        paint.attributes = style->mono_attributes;
    } else if (n_colours >= THEME_DIRECT_COLOURS) {
        paint.foreground = direct_value(style->foreground);
        paint.background = direct_value(style->background);
    } else {
        guint n = n_colours >= 256 ? 256 : n_colours >= 16 ? 16 : 8;

        if (n == 256) {
            paint.foreground = palette_value(style->foreground, style->foreground_index, n);
            paint.background = palette_value(style->background, style->background_index, n);
        } else {
            paint.foreground = few_foreground(style, n);
            paint.background = few_background(style->background, style->background_index, n);
            keep_legible(style, &paint);
        }
    }
    return paint;
}

guint theme_paint_attributes(const struct theme_paint *paint, guint cell_attributes)
{
    return (paint->attributes | cell_attributes) & ~paint->without;
}
