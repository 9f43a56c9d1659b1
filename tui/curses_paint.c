#define NCURSES_WIDECHAR 1
#include "tui/curses_paint.h"

#include <curses.h>
#include <string.h>
#include <wchar.h>

#include "tui/ascii.h"

/* What shows on a blank besides its background. */
#define DRAWN_OVER_BLANKS ((guint)(CELL_UNDERLINE | CELL_REVERSE))

static guint curses_attributes(guint attributes)
{
    guint converted = A_NORMAL;

    if (attributes & CELL_BOLD)
        converted |= A_BOLD;
    if (attributes & CELL_DIM)
        converted |= A_DIM;
    if (attributes & CELL_UNDERLINE)
        converted |= A_UNDERLINE;
    if (attributes & CELL_REVERSE)
        converted |= A_REVERSE;
    return converted;
}

/* Colours as curses takes them: where the terminal's own cannot be asked for, what it mostly is. */
static struct theme_paint paint_of(const struct curses_paint *paint, guint role)
{
    struct theme_paint colours = theme_paint(&paint->styles[role], paint->n_colours);

    if (paint->has_default_colours ||
        (colours.foreground == THEME_DEFAULT_COLOUR && colours.background == THEME_DEFAULT_COLOUR))
        return colours;
    if (colours.foreground == THEME_DEFAULT_COLOUR)
        colours.foreground = COLOR_WHITE;
    if (colours.background == THEME_DEFAULT_COLOUR)
        colours.background = COLOR_BLACK;
    return colours;
}

static short init_role_pair(const struct curses_paint *paint, guint role)
{
    struct theme_paint colours = paint_of(paint, role);

    if (colours.foreground == THEME_DEFAULT_COLOUR && colours.background == THEME_DEFAULT_COLOUR)
        return 0;
    if (init_extended_pair((int)role + 1, colours.foreground, colours.background) != OK)
        return 0;
    return (short)(role + 1);
}

/* The first that has the same background: blanks of both look the same, and curses should know. */
static guint role_of_blanks(const struct curses_paint *paint, guint role)
{
    int background = paint_of(paint, role).background;
    guint first = 0;

    while (paint_of(paint, first).background != background)
        first++;
    return first;
}

/* The pair and attributes of a role, set up when it is first seen. */
static void prepare(struct curses_paint *paint, guint role)
{
    struct curses_role *painted = &paint->roles[role];
    struct theme_paint colours = theme_paint(&paint->styles[role], paint->n_colours);
    guint attributes = theme_paint_attributes(&colours, 0);

    painted->ready = TRUE;
    painted->attributes = curses_attributes(attributes);
    painted->without = curses_attributes(colours.without);
    painted->pair = init_role_pair(paint, role);
    painted->blank_pair = -1;
    if (!paint->saves_styles || (attributes & DRAWN_OVER_BLANKS) != 0)
        return;
    painted->blank_pair = paint_of(paint, role).background == THEME_DEFAULT_COLOUR
                              ? 0
                              : init_role_pair(paint, role_of_blanks(paint, role));
}

/* What the fonts of the Linux console have, whichever is loaded: letters, lines, blocks, arrows;
 * neither braille nor wide characters. */
static gboolean is_in_plain_font(const struct cell *cell)
{
    gunichar c = g_utf8_get_char(cell->text);

    return cell->width != 2 && (c < 0x2800 || c > 0x28FF);
}

/* Some terminals join these to what stands before them, others do not: what is behind them would
 * be drawn elsewhere. As wide, and nowhere joined: the letters of flags, and no colour of skin. */
static wchar_t apart(wchar_t c)
{
    if (c >= 0x1F1E6 && c <= 0x1F1FF)
        return 0xFF21 + (c - 0x1F1E6);
    return c >= 0x1F3FB && c <= 0x1F3FF ? 0x3000 : c;
}

/* The characters of a cell as this terminal can show them; TRUE when they take the cell's width. */
static gboolean wide_text(const struct curses_paint *paint, const struct cell *cell, wchar_t *text)
{
    const char *at = cell->text;
    int n = 0;

    if (paint->ascii || (paint->plain_font && !is_in_plain_font(cell))) {
        text[0] = (wchar_t)ascii_likeness(cell->text);
        text[1] = L'\0';
        return cell->width != 2;
    }
    for (; *at != '\0' && n < CCHARW_MAX; at = g_utf8_next_char(at))
        text[n++] = (wchar_t)g_utf8_get_char(at);
    text[n] = L'\0';
    text[0] = apart(text[0]);
    /* Where the C library and Unicode's tables disagree, the column would break. */
    if (n > 0 && wcwidth(text[0]) == cell->width)
        return TRUE;
    text[0] = n > 0 ? L'?' : L' ';
    text[1] = L'\0';
    return cell->width != 2;
}

static gboolean is_blank(const wchar_t *text, const struct cell *cell)
{
    return wcscmp(text, L" ") == 0 && (cell->attributes & DRAWN_OVER_BLANKS) == 0;
}

void curses_paint_cell(struct curses_paint *paint, int x, int y, const struct cell *cell)
{
    struct curses_role *role = &paint->roles[cell->role];
    wchar_t text[CCHARW_MAX + 1];
    gboolean fits = wide_text(paint, cell, text);
    attr_t attributes;
    cchar_t character;
    short pair;

    if (!role->ready)
        prepare(paint, cell->role);
    attributes = role->attributes | curses_attributes(cell->attributes);
    attributes &= ~(attr_t)role->without;
    pair = role->pair;
    if (role->blank_pair >= 0 && is_blank(text, cell)) {
        attributes = A_NORMAL;
        pair = role->blank_pair;
    }
    setcchar(&character, text, attributes, pair, NULL);
    mvadd_wch(y, x, &character);
    if (!fits) {
        setcchar(&character, L" ", attributes, pair, NULL);
        add_wch(&character);
    }
}

void curses_paint_set_theme(struct curses_paint *paint, const struct theme *theme)
{
    memcpy(paint->styles, theme->styles, sizeof paint->styles);
    memset(paint->roles, 0, sizeof paint->roles);
}
