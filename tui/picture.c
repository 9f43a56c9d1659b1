#include "tui/picture.h"

#include <string.h>

#include "tui/ascii.h"

#define CELL_WIDTH  8.4
#define CELL_HEIGHT 18
#define BASELINE    13.5
#define MARGIN      12

#define DARK_GROUND  0x15181d
#define DARK_INK     0xc8ccd4
#define LIGHT_GROUND 0xfafafa
#define LIGHT_INK    0x24292f

/* --- SVG ------------------------------------------------------------------------------------- */

/* Cells that look alike, side by side. */
struct run {
    int x, y, cells;
    gint32 ink, ground;
    guint attributes;
};

struct drawing {
    const struct theme *theme;
    gint32 ink, ground; /* the terminal's own */
    GString *grounds;
    GString *inks;
};

static guint brightness(gint32 rgb)
{
    guint red = (guint)(rgb >> 16) & 0xff, green = (guint)(rgb >> 8) & 0xff;

    return (2 * red + 5 * green + ((guint)rgb & 0xff)) / 8;
}

/* Inks that are to be read on the terminal's own ground tell which that is. */
static gboolean is_for_light(const struct theme *theme)
{
    guint n = 0, sum = 0;

    for (guint role = 0; role < ROLE_COUNT; role++) {
        const struct theme_style *style = &theme->styles[role];

        if (style->background != THEME_DEFAULT_COLOUR || style->foreground == THEME_DEFAULT_COLOUR)
            continue;
        sum += brightness(style->foreground);
        n++;
    }
    return n > 0 && sum / n < 112;
}

static void choose_page(struct drawing *drawing)
{
    const struct theme_style *text = &drawing->theme->styles[ROLE_TEXT];
    gboolean light = is_for_light(drawing->theme);

    drawing->ground = light ? LIGHT_GROUND : DARK_GROUND;
    drawing->ink = light ? LIGHT_INK : DARK_INK;
    if (text->background != THEME_DEFAULT_COLOUR)
        drawing->ground = text->background;
    if (text->foreground != THEME_DEFAULT_COLOUR)
        drawing->ink = text->foreground;
}

static struct run look(const struct drawing *drawing, const struct cell *cell, int x, int y)
{
    const struct theme_style *style = &drawing->theme->styles[cell->role];
    struct run run = {.x = x, .y = y, .cells = 1};
    gint32 ink = style->foreground != THEME_DEFAULT_COLOUR ? style->foreground : drawing->ink;
    gint32 ground = style->background != THEME_DEFAULT_COLOUR ? style->background : drawing->ground;

    run.attributes = style->attributes | cell->attributes;
    run.ink = run.attributes & CELL_REVERSE ? ground : ink;
    run.ground = run.attributes & CELL_REVERSE ? ink : ground;
    return run;
}

static gboolean is_alike(const struct run *one, const struct run *other)
{
    return one->ink == other->ink && one->ground == other->ground &&
           one->attributes == other->attributes;
}

/* Numbers as SVG wants them, whatever the locale: in tenths. */
static void append_tenths(GString *text, const char *name, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(text, " %s=\"%s\"", name,
                           g_ascii_formatd(number, sizeof number, "%.1f", value));
}

static void append_place(GString *text, const struct run *run, double down)
{
    append_tenths(text, "x", MARGIN + run->x * CELL_WIDTH);
    append_tenths(text, "y", MARGIN + run->y * CELL_HEIGHT + down);
}

static gboolean is_blank(const char *text)
{
    return text[strspn(text, " ")] == '\0';
}

static void draw_run(struct drawing *drawing, const struct run *run, const char *text)
{
    g_autofree char *escaped = NULL;

    if (run->cells == 0)
        return;
    if (run->ground != drawing->ground) {
        g_string_append(drawing->grounds, "<rect");
        append_place(drawing->grounds, run, 0);
        append_tenths(drawing->grounds, "width", run->cells * CELL_WIDTH);
        g_string_append_printf(drawing->grounds, " height=\"%d\" fill=\"#%06x\"/>\n", CELL_HEIGHT,
                               (guint)run->ground);
    }
    if (is_blank(text) && !(run->attributes & CELL_UNDERLINE))
        return;
    escaped = g_markup_escape_text(text, -1);
    g_string_append(drawing->inks, "<text");
    append_place(drawing->inks, run, BASELINE);
    g_string_append_printf(drawing->inks, " fill=\"#%06x\"", (guint)run->ink);
    append_tenths(drawing->inks, "textLength", run->cells * CELL_WIDTH);
    g_string_append_printf(drawing->inks, " xml:space=\"preserve\"%s%s%s>%s</text>\n",
                           run->attributes & CELL_BOLD ? " font-weight=\"bold\"" : "",
                           run->attributes & CELL_DIM ? " opacity=\"0.6\"" : "",
                           run->attributes & CELL_UNDERLINE ? " text-decoration=\"underline\"" : "",
                           escaped);
}

static void draw_row(struct drawing *drawing, const struct surface *surface, int y)
{
    g_autoptr(GString) text = g_string_new(NULL);
    struct run run = {0};

    for (int x = 0; x < surface->width; x++) {
        const struct cell *cell = surface_cell(surface, x, y);
        struct run next = look(drawing, cell, x, y);

        if (cell->width == 0) {
            run.cells++;
            continue;
        }
        if (run.cells == 0 || !is_alike(&run, &next)) {
            draw_run(drawing, &run, text->str);
            g_string_truncate(text, 0);
            run = next;
        } else {
            run.cells++;
        }
        g_string_append(text, *cell->text != '\0' ? cell->text : " ");
    }
    draw_run(drawing, &run, text->str);
}

char *picture_svg(const struct surface *surface, const struct theme *theme, const char *title)
{
    struct drawing drawing = {.theme = theme};
    GString *svg = g_string_new(NULL);
    g_autofree char *escaped = g_markup_escape_text(title, -1);
    int width = (int)(2 * MARGIN + surface->width * CELL_WIDTH + 0.5);
    int height = 2 * MARGIN + surface->height * CELL_HEIGHT;

    drawing.grounds = g_string_new(NULL);
    drawing.inks = g_string_new(NULL);
    choose_page(&drawing);
    for (int y = 0; y < surface->height; y++)
        draw_row(&drawing, surface, y);
    g_string_append_printf(svg,
                           "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                           "width=\"%d\" height=\"%d\" role=\"img\" aria-labelledby=\"title\">\n"
                           "<title id=\"title\">%s</title>\n"
                           "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"#%06x\"/>\n%s"
                           "<g font-family=\"'DejaVu Sans Mono','Menlo','Consolas','Noto Sans "
                           "Mono CJK JP',monospace\" font-size=\"14\">\n%s</g>\n</svg>\n",
                           width, height, width, height, escaped, (guint)drawing.ground,
                           drawing.grounds->str, drawing.inks->str);
    g_string_free(drawing.grounds, TRUE);
    g_string_free(drawing.inks, TRUE);
    return g_string_free(svg, FALSE);
}

/* --- Text ------------------------------------------------------------------------------------ */

static void append_colour(GString *text, int colour, guint n_colours, gboolean ground)
{
    int base = ground ? 40 : 30;

    if (colour == THEME_DEFAULT_COLOUR)
        return;
    if (n_colours >= THEME_DIRECT_COLOURS && colour > 7)
        g_string_append_printf(text, ";%d;2;%d;%d;%d", base + 8, colour >> 16 & 0xff,
                               colour >> 8 & 0xff, colour & 0xff);
    else if (colour < 8)
        g_string_append_printf(text, ";%d", base + colour);
    else if (n_colours == 16)
        g_string_append_printf(text, ";%d", base + 60 + colour - 8);
    else
        g_string_append_printf(text, ";%d;5;%d", base + 8, colour);
}

/* "\e[0;1;31m": all of it, whatever was before. */
static char *paint(const struct theme *theme, const struct cell *cell, guint n_colours)
{
    const struct theme_paint colours = theme_paint(&theme->styles[cell->role], n_colours);
    guint attributes = theme_paint_attributes(&colours, cell->attributes);
    GString *text = g_string_new("\033[0");

    if (attributes & CELL_BOLD)
        g_string_append(text, ";1");
    if (attributes & CELL_DIM)
        g_string_append(text, ";2");
    if (attributes & CELL_UNDERLINE)
        g_string_append(text, ";4");
    if (attributes & CELL_REVERSE)
        g_string_append(text, ";7");
    append_colour(text, colours.foreground, n_colours, FALSE);
    append_colour(text, colours.background, n_colours, TRUE);
    g_string_append_c(text, 'm');
    return g_string_free(text, FALSE);
}

static void append_cell(GString *text, const struct cell *cell, gboolean ascii)
{
    if (!ascii)
        g_string_append(text, *cell->text != '\0' ? cell->text : " ");
    else
        g_string_append_printf(text, "%c%s", ascii_likeness(cell->text),
                               cell->width == 2 ? " " : "");
}

static void append_row(GString *text, const struct surface *surface, const struct theme *theme,
                       int y, guint n_colours, gboolean ascii)
{
    g_autofree char *now = NULL;
    gsize start = text->len;

    for (int x = 0; x < surface->width; x++) {
        const struct cell *cell = surface_cell(surface, x, y);
        g_autofree char *next = n_colours > 0 ? paint(theme, cell, n_colours) : NULL;

        if (cell->width == 0)
            continue;
        if (next != NULL && g_strcmp0(now, next) != 0) {
            g_string_append(text, next);
            g_free(now);
            now = g_steal_pointer(&next);
        }
        append_cell(text, cell, ascii);
    }
    while (n_colours == 0 && text->len > start && text->str[text->len - 1] == ' ')
        g_string_truncate(text, text->len - 1);
    g_string_append(text, n_colours > 0 ? "\033[0m\n" : "\n");
}

char *picture_text(const struct surface *surface, const struct theme *theme, guint n_colours,
                   gboolean ascii)
{
    GString *text = g_string_new(NULL);

    for (int y = 0; y < surface->height; y++)
        append_row(text, surface, theme, y, n_colours, ascii);
    return g_string_free(text, FALSE);
}
