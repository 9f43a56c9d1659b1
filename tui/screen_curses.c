#include "tui/screen.h"

#include <string.h>

#include "core/base/error.h"
#include "tui/curses_paint.h"
#include "tui/terminal.h"
#include "tui/terminal_input.h"
#include "tui/terminal_output.h"
#include "tui/terminal_pace.h"
#include "tui/terminfo.h"

struct curses {
    struct screen base;
    SCREEN *terminal;
    struct surface *shown;
    gboolean repaint; /* `shown` is no longer what the terminal shows */
    int row;          /* the last that was looked at: the next is the first */
    int cursor_x, cursor_y;
    gboolean has_mouse; /* the terminal's description tells of one */
    gboolean mouse;
    char *leave;
    int spare; /* columns at the right that are left alone */
    struct curses_paint paint;
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

/* How many cells differed. */
static guint paint_row(struct curses *curses, const struct surface *surface, int y)
{
    const struct cell *from = surface->cells + (gsize)y * (gsize)surface->width;
    struct cell *to = curses->shown->cells + (gsize)y * (gsize)curses->shown->width;
    int width = MIN(surface->width, curses->shown->width);
    guint n = 0;

    if (!curses->repaint && memcmp(from, to, (gsize)width * sizeof *from) == 0)
        return 0;
    for (int x = 0; x < width; x++) {
        if (!curses->repaint && memcmp(&from[x], &to[x], sizeof *from) == 0)
            continue;
        n++;
        if (from[x].width > 0)
            curses_paint_cell(&curses->paint, x, y, &from[x]);
    }
    memcpy(to, from, (gsize)width * sizeof *from);
    return n;
}

/* What differs; on a slow line as many rows as it shows in a moment, the others from then on: so a
 * key does not wait for the whole screen. FALSE when nothing does. */
static gboolean paint_rows(struct curses *curses, const struct surface *surface)
{
    int height = MIN(surface->height, curses->shown->height);
    guint most = curses->repaint ? G_MAXUINT : terminal_pace_cells();
    guint n = 0;

    for (int i = 0; i < height && n < most; i++) {
        curses->row = (curses->row + 1) % height;
        n += paint_row(curses, surface, curses->row);
    }
    return n > 0;
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
    changed |= paint_rows(curses, surface);
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

    curses_paint_set_theme(&curses->paint, theme);
    curses->repaint = TRUE;
}

/* --- Taking and leaving ---------------------------------------------------------------------- */

static void curses_redraw(struct screen *screen)
{
    self(screen)->repaint = TRUE;
    terminal_pace_forget(); /* should its answer be lost, this helps */
    clearok(curscr, TRUE);
    if (!terminal_output_is_late())
        update();
}

/* Where there is no other screen to go back to, the shell would write over ours. */
static void clear_what_would_stay(void)
{
    if (terminfo_has_string("rmcup"))
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
    terminal_pace_settle(LEAVE_MS);
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
    width = MAX(width - curses->spare, 1);
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

/* --- Beginning and end ----------------------------------------------------------------------- */

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

static void begin_painting(struct curses *curses, enum colour_wish wish)
{
    struct curses_paint *paint = &curses->paint;

    paint->n_colours = terminfo_count_colours(wish, ROLE_COUNT, &paint->has_default_colours);
    paint->ascii = terminfo_is_ascii_only();
    paint->plain_font = g_strcmp0(g_getenv("TERM"), "linux") == 0;
    paint->saves_styles = paint->n_colours >= 256 && terminfo_has_flag("msgr");
    if (paint->saves_styles)
        terminal_output_save_styles();
    curses->base.n_colours = paint->n_colours;
    curses->base.ascii = paint->ascii;
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
    terminal = terminfo_start(request->colours, error);
    if (terminal == NULL) {
        terminal_close();
        return NULL;
    }
    taken = TRUE;
    curses = g_new0(struct curses, 1);
    curses->base.ops = &curses_ops;
    curses->terminal = terminal;
    begin_painting(curses, request->colours);
    curses->spare = terminfo_spare_columns();
    curses->leave = terminfo_leave_sequence();
    curses->has_mouse = terminfo_has_string("kmous");
    curses->mouse = request->mouse && curses->has_mouse;
    curses->cursor_x = curses->cursor_y = -1;
    curses->input = terminal_input_new();
    curses->shown = surface_new(0, 0);
    terminfo_add_keys(terminal_input_decoder(curses->input));
    curses_set_theme(&curses->base, theme);
    fit_size(curses);
    curs_set(0);
    terminal_hold(curses->leave, curses->mouse);
    return &curses->base;
}
