#include "tui/screen.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <langinfo.h>
#include <string.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "tui/ascii.h"
#include "tui/terminal.h"
#include "tui/terminal_input.h"
#include "tui/terminal_output.h"

struct curses {
    struct screen base;
    SCREEN *terminal;
    struct surface *shown;
    gboolean repaint; /* `shown` is no longer what the terminal shows */
    int cursor_x, cursor_y;
    gboolean has_mouse; /* the terminal's description tells of one */
    gboolean mouse;
    char *leave;
    struct {
        guint attributes; /* of curses */
        short pair;
        gboolean ready;
        gboolean blank_is_plain; /* a blank of it looks like one of no role */
    } paints[ROLE_COUNT];
    struct theme_style styles[ROLE_COUNT];
    gboolean has_default_colours;
    gboolean saves_styles; /* see sgr.h: then blanks cost least without a style */
    gboolean plain_font;   /* the Linux console's: 256 or 512 characters */
    struct terminal_input *input;
    screen_func ready;
    gpointer ready_data;
};

/* How long a terminal may take to hear that it is given back. */
#define LEAVE_MS 2000

static gboolean taken; /* only one screen at a time can have the terminal */

static struct curses *self(struct screen *screen)
{
    return (struct curses *)screen;
}

/* --- Painting -------------------------------------------------------------------------------- */

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

/* The pair and attributes of a role, set up when it is first seen. */
static void prepare_paint(struct curses *curses, guint role)
{
    struct theme_paint paint = theme_paint(&curses->styles[role], curses->base.n_colours);

    curses->paints[role].ready = TRUE;
    curses->paints[role].attributes = curses_attributes(paint.attributes);
    curses->paints[role].pair = 0;
    curses->paints[role].blank_is_plain = curses->saves_styles &&
                                          paint.background == THEME_DEFAULT_COLOUR &&
                                          (paint.attributes & (CELL_UNDERLINE | CELL_REVERSE)) == 0;
    if (paint.foreground == THEME_DEFAULT_COLOUR && paint.background == THEME_DEFAULT_COLOUR)
        return;
    if (!curses->has_default_colours) {
        if (paint.foreground == THEME_DEFAULT_COLOUR)
            paint.foreground = COLOR_WHITE;
        if (paint.background == THEME_DEFAULT_COLOUR)
            paint.background = COLOR_BLACK;
    }
    if (init_extended_pair((int)role + 1, paint.foreground, paint.background) == OK)
        curses->paints[role].pair = (short)(role + 1);
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

/* A vt100 knows ASCII and nothing else, whatever the locale of this machine is. */
static gboolean is_ascii_only(void)
{
    const char *term = g_getenv("TERM");

    return strcmp(nl_langinfo(CODESET), "UTF-8") != 0 ||
           (term != NULL && (g_str_has_prefix(term, "vt1") || g_str_has_prefix(term, "vt5")));
}

/* The characters of a cell as this terminal can show them; TRUE when they take the cell's width. */
static gboolean wide_text(const struct curses *curses, const struct cell *cell, wchar_t *text)
{
    const char *at = cell->text;
    int n = 0;

    if (curses->base.ascii) {
        text[0] = (wchar_t)ascii_likeness(cell->text);
        text[1] = L'\0';
        return cell->width != 2;
    }
    if (curses->plain_font && !is_in_plain_font(cell)) {
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

static void paint_cell(struct curses *curses, int x, int y, const struct cell *cell)
{
    wchar_t text[CCHARW_MAX + 1];
    gboolean fits = wide_text(curses, cell, text);
    attr_t attributes;
    short pair;
    cchar_t character;

    if (!curses->paints[cell->role].ready)
        prepare_paint(curses, cell->role);
    attributes = curses->paints[cell->role].attributes | curses_attributes(cell->attributes);
    pair = curses->paints[cell->role].pair;
    if (curses->paints[cell->role].blank_is_plain && wcscmp(text, L" ") == 0 &&
        (cell->attributes & (CELL_UNDERLINE | CELL_REVERSE)) == 0) {
        attributes = A_NORMAL;
        pair = 0;
    }
    setcchar(&character, text, attributes, pair, NULL);
    mvadd_wch(y, x, &character);
    if (!fits) {
        setcchar(&character, L" ", attributes, pair, NULL);
        add_wch(&character);
    }
}

static gboolean paint_row(struct curses *curses, const struct surface *surface, int y)
{
    const struct cell *from = surface->cells + (gsize)y * (gsize)surface->width;
    struct cell *to = curses->shown->cells + (gsize)y * (gsize)curses->shown->width;
    int width = MIN(surface->width, curses->shown->width);

    if (!curses->repaint && memcmp(from, to, (gsize)width * sizeof *from) == 0)
        return FALSE;
    for (int x = 0; x < width; x++) {
        if (!curses->repaint && memcmp(&from[x], &to[x], sizeof *from) == 0)
            continue;
        if (from[x].width > 0)
            paint_cell(curses, x, y, &from[x]);
    }
    memcpy(to, from, (gsize)width * sizeof *from);
    return TRUE;
}

static void place_cursor(struct curses *curses, int x, int y)
{
    gboolean visible = x >= 0 && y >= 0 && x < curses->shown->width && y < curses->shown->height;

    curses->cursor_x = x;
    curses->cursor_y = y;
    curs_set(visible ? 1 : 0);
    if (visible)
        move(y, x);
}

static void update(void)
{
    wnoutrefresh(stdscr);
    doupdate();
    terminal_output_flush();
}

static void curses_show(struct screen *screen, const struct surface *surface)
{
    struct curses *curses = self(screen);
    gboolean changed;

    /* What it would show now it will show once it has taken the last frame: see catch_up. */
    if (terminal_output_is_late())
        return;
    changed = curses->repaint || surface->cursor_x != curses->cursor_x ||
              surface->cursor_y != curses->cursor_y;
    for (int y = 0; y < MIN(surface->height, curses->shown->height); y++)
        changed |= paint_row(curses, surface, y);
    if (!changed)
        return;
    curses->repaint = FALSE;
    place_cursor(curses, surface->cursor_x, surface->cursor_y);
    update();
}

/* The terminal takes bytes again: frames were left out. */
static void catch_up(gpointer data)
{
    struct curses *curses = data;

    if (curses->ready != NULL)
        curses->ready(curses->ready_data);
}

static void curses_set_theme(struct screen *screen, const struct theme *theme)
{
    struct curses *curses = self(screen);

    memcpy(curses->styles, theme->styles, sizeof curses->styles);
    memset(curses->paints, 0, sizeof curses->paints);
    curses->repaint = TRUE;
}

/* --- Taking and leaving ---------------------------------------------------------------------- */

static void curses_redraw(struct screen *screen)
{
    self(screen)->repaint = TRUE;
    clearok(curscr, TRUE);
    if (!terminal_output_is_late())
        update();
}

/* Where there is no other screen to go back to, the shell would write over ours. */
static void clear_what_would_stay(void)
{
    const char *back = tigetstr("rmcup");

    if (back != NULL && back != (const char *)-1)
        return;
    werase(stdscr);
    update();
}

/* A terminal that takes nothing is left all the same. */
static void leave_terminal(void)
{
    terminal_output_drop();
    terminal_release();
    clear_what_would_stay();
    endwin();
    terminal_output_finish(LEAVE_MS);
    terminal_output_drop();
    terminal_restore();
}

static void take_terminal(struct curses *curses)
{
    terminal_hold(curses->leave, curses->mouse);
    curses_redraw(&curses->base);
}

static void curses_suspend(struct screen *screen)
{
    leave_terminal();
    terminal_stop();
    take_terminal(self(screen));
}

static void curses_set_mouse(struct screen *screen, gboolean on)
{
    struct curses *curses = self(screen);

    curses->mouse = on && curses->has_mouse;
    terminal_set_mouse(curses->mouse);
}

/* Curses need not know: nothing on the screen changes, and the cursor stays. */
static void curses_notice(struct screen *screen, const char *sequence)
{
    (void)screen;
    terminal_output_send(sequence, strlen(sequence));
}

static void curses_size(struct screen *screen, int *width, int *height)
{
    *width = self(screen)->shown->width;
    *height = self(screen)->shown->height;
}

static void fit_size(struct curses *curses)
{
    int width = COLS, height = LINES;

    if (terminal_size(&width, &height) && (width != COLS || height != LINES))
        resizeterm(height, width);
    erase();
    surface_resize(curses->shown, width, height);
    input_decoder_set_size(terminal_input_decoder(curses->input), width, height);
    curses->repaint = TRUE;
}

/* --- Input ----------------------------------------------------------------------------------- */

/* What signals have told. TRUE when it makes an input. */
static gboolean read_events(struct curses *curses, struct input *input)
{
    guint events = terminal_take_events();

    if (events & TERMINAL_STOP)
        curses_suspend(&curses->base);
    if (events & TERMINAL_CONTINUED) {
        leave_terminal();
        take_terminal(curses);
    }
    if (events == 0)
        return FALSE;
    /* The size may have changed while we were stopped, too. */
    fit_size(curses);
    memset(input, 0, sizeof *input);
    input->kind = INPUT_RESIZE;
    return TRUE;
}

static gboolean curses_read(struct screen *screen, struct input *input)
{
    struct curses *curses = self(screen);

    return read_events(curses, input) || terminal_input_next(curses->input, input);
}

static void curses_watch(struct screen *screen, screen_func ready, gpointer data)
{
    struct curses *curses = self(screen);

    curses->ready = ready;
    curses->ready_data = data;
    terminal_output_watch(catch_up, curses);
    terminal_input_watch(curses->input, ready, data);
}

/* The keys as this terminal's description has them, beside those the decoder knows. */
static void add_keys(struct input_decoder *decoder)
{
    static const struct {
        const char *capability;
        guint key;
    } keys[] = {
        {"kcub1", INPUT_KEY_LEFT},    {"kcuf1", INPUT_KEY_RIGHT},   {"kcuu1", INPUT_KEY_UP},
        {"kcud1", INPUT_KEY_DOWN},    {"khome", INPUT_KEY_HOME},    {"kend", INPUT_KEY_END},
        {"kpp", INPUT_KEY_PAGE_UP},   {"knp", INPUT_KEY_PAGE_DOWN}, {"kent", INPUT_KEY_ENTER},
        {"kcbt", INPUT_KEY_BACK_TAB}, {"kbs", INPUT_KEY_BACKSPACE}, {"kdch1", INPUT_KEY_DELETE},
        {"kich1", INPUT_KEY_INSERT},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        const char *sequence = tigetstr(keys[i].capability);

        if (sequence != (const char *)-1)
            input_decoder_add_key(decoder, sequence, keys[i].key);
    }
    for (guint i = 1; i <= 12; i++) {
        g_autofree char *capability = g_strdup_printf("kf%u", i);
        const char *sequence = tigetstr(capability);

        if (sequence != (const char *)-1)
            input_decoder_add_key(decoder, sequence, INPUT_KEY_F1 + i - 1);
    }
}

/* --- Beginning and end ----------------------------------------------------------------------- */

/* What leaves the terminal as it was, without the delays ($<5>) that only old ones needed. */
static char *leave_sequence(void)
{
    static const char *const capabilities[] = {"sgr0", "op", "cnorm", "rmcup"};
    GString *leave = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(capabilities); i++) {
        const char *at = tigetstr(capabilities[i]);

        if (at == NULL || at == (const char *)-1)
            continue;
        while (*at != '\0') {
            const char *delay_end = g_str_has_prefix(at, "$<") ? strchr(at, '>') : NULL;

            if (delay_end != NULL)
                at = delay_end + 1;
            else
                g_string_append_c(leave, *at++);
        }
    }
    return g_string_free(leave, FALSE);
}

static gboolean has_string(const char *name)
{
    const char *string = tigetstr((char *)name);

    return string != NULL && string != (const char *)-1;
}

static gboolean has_flag(const char *name)
{
    return tigetflag((char *)name) > 0;
}

static guint count_colours(struct curses *curses, enum colour_wish wish)
{
    const struct colour_environment environment = colour_environment_get();
    struct colour_facts facts = {0};

    if (!has_colors() || start_color() != OK || COLOR_PAIRS <= ROLE_COUNT)
        return 0;
    curses->has_default_colours = use_default_colors() == OK;
    facts.n_colours = COLORS;
    facts.direct = COLORS >= THEME_DIRECT_COLOURS && (has_flag("RGB") || tigetnum("RGB") == 8);
    facts.indexed_direct =
        !facts.direct && (has_flag("RGB") || tigetnum("RGB") > 0 || has_string("RGB"));
    return colour_depth(wish, &environment, &facts);
}

static void curses_free(struct screen *screen)
{
    struct curses *curses = self(screen);

    terminal_input_free(curses->input);
    leave_terminal();
    terminal_close();
    delscreen(curses->terminal);
    terminal_output_close();
    surface_free(curses->shown);
    g_free(curses->leave);
    g_free(curses);
    taken = FALSE;
}

static const struct screen_ops curses_ops = {
    .size = curses_size,
    .show = curses_show,
    .read = curses_read,
    .set_theme = curses_set_theme,
    .set_mouse = curses_set_mouse,
    .redraw = curses_redraw,
    .suspend = curses_suspend,
    .watch = curses_watch,
    .notice = curses_notice,
    .free = curses_free,
};

/* The description to be used: TERM's own (NULL), or a richer one of the same terminal. */
static char *choose_description(enum colour_wish wish)
{
    const struct colour_environment environment = colour_environment_get();
    g_auto(GStrv) names = colour_descriptions(wish, &environment);

    for (guint i = 0; names[i] != NULL; i++) {
        int status;

        if (setupterm(names[i], STDOUT_FILENO, &status) == OK) {
            del_curterm(cur_term);
            return g_strdup(names[i]);
        }
    }
    return NULL;
}

static SCREEN *start_curses(enum colour_wish wish, GError **error)
{
    const char *term = g_getenv("TERM");
    g_autofree char *shown = text_escape(term != NULL ? term : "");
    g_autofree char *description = choose_description(wish);
    FILE *stream = terminal_output_open();
    SCREEN *terminal = stream != NULL ? newterm(description, stream, stdin) : NULL;

    if (terminal == NULL || !has_string("cup")) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                    "terminal type TERM=\"%s\" is %s: set TERM to what your terminal is, for "
                    "instance TERM=xterm-256color, or install its description (ncurses-term)",
                    shown, terminal == NULL ? "not known here" : "not able to move its cursor");
        if (terminal != NULL) {
            endwin();
            delscreen(terminal);
        }
        terminal_output_close();
        return NULL;
    }
    raw();
    noecho();
    nonl();
    typeahead(-1); /* never break a frame off because a key was pressed */
    leaveok(stdscr, FALSE);
    terminal_output_begin();
    return terminal;
}

struct screen *screen_curses_new(const struct theme *theme, gboolean mouse, GError **error)
{
    const struct screen_request request = {.mouse = mouse};

    return screen_curses_open(theme, &request, error);
}

struct screen *screen_curses_open(const struct theme *theme, const struct screen_request *request,
                                  GError **error)
{
    struct curses *curses;
    SCREEN *terminal;

    if (taken) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "the terminal is in use already");
        return NULL;
    }
    if (!terminal_open(error))
        return NULL;
    terminal = start_curses(request->colours, error);
    if (terminal == NULL) {
        terminal_close();
        return NULL;
    }
    taken = TRUE;
    curses = g_new0(struct curses, 1);
    curses->base.ops = &curses_ops;
    curses->terminal = terminal;
    curses->base.ascii = is_ascii_only();
    curses->plain_font = g_strcmp0(g_getenv("TERM"), "linux") == 0;
    curses->base.n_colours = count_colours(curses, request->colours);
    curses->saves_styles =
        curses->base.n_colours >= 256 && curses->has_default_colours && has_flag("msgr");
    if (curses->saves_styles)
        terminal_output_save_styles();
    curses->leave = leave_sequence();
    curses->has_mouse = has_string("kmous");
    curses->mouse = request->mouse && curses->has_mouse;
    curses->cursor_x = curses->cursor_y = -1;
    curses->input = terminal_input_new();
    curses->shown = surface_new(0, 0);
    add_keys(terminal_input_decoder(curses->input));
    curses_set_theme(&curses->base, theme);
    fit_size(curses);
    curs_set(0);
    terminal_hold(curses->leave, curses->mouse);
    return &curses->base;
}
