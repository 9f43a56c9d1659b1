/*
 * screen.h - where surfaces are shown and inputs come from, behind one small table of calls.
 *
 * Two implementations: curses (tui/screen_curses.c; curses is included there, in curses_paint.c and
 * terminfo.c only) and off-screen (tui/screen_offscreen.c: golden screens, benches, scripted
 * inputs). Thread: main.
 */
#ifndef ROOST_TUI_SCREEN_H
#define ROOST_TUI_SCREEN_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "tui/colour_depth.h"
#include "tui/input.h"
#include "tui/surface.h"
#include "tui/theme.h"

struct screen;

/* What screen_watch calls. */
typedef void (*screen_func)(gpointer data);

struct screen_ops {
    void (*size)(struct screen *screen, int *width, int *height);
    void (*show)(struct screen *screen, const struct surface *surface);
    gboolean (*read)(struct screen *screen, struct input *input);
    void (*set_theme)(struct screen *screen, const struct theme *theme);
    void (*set_mouse)(struct screen *screen, gboolean on);
    void (*redraw)(struct screen *screen);
    void (*suspend)(struct screen *screen);
    void (*watch)(struct screen *screen, screen_func ready, gpointer data);
    void (*notice)(struct screen *screen, const char *sequence); /* NULL = it has none */
    void (*free)(struct screen *screen);
};

struct screen {
    const struct screen_ops *ops;
    gboolean ascii;  /* line drawing and blocks must do without UTF-8 */
    guint n_colours; /* 0 = mono */
};

struct screen_request {
    gboolean mouse;           /* whether it is on at first */
    enum colour_wish colours; /* --colours */
};

/*
 * Takes the terminal over. NULL and ROOST_ERROR_FAILED (with what to do: TERM, no terminal) when
 * that cannot be done. The terminal is given back whole by screen_free, at exit, on suspend, and
 * when the program is killed by a signal or crashes. Only one at a time.
 */
struct screen *screen_curses_open(const struct theme *theme, const struct screen_request *request,
                                  GError **error);

/* The same, with as many colours as the terminal has. */
struct screen *screen_curses_new(const struct theme *theme, gboolean mouse, GError **error);

/*
 * Gives the terminal back in whatever state the program is: for crashes and exits that go around
 * screen_free. Nothing when no terminal is held. May be called from a signal handler.
 */
void screen_emergency_restore(void);

/* A screen in memory; inputs are those pushed. Never NULL. */
struct screen *screen_offscreen_new(int width, int height);

/* Puts an input (copied, its text too) behind those waiting. */
void screen_offscreen_push(struct screen *screen, const struct input *input);

/* Gives it another size, and pushes INPUT_RESIZE. What is shown is blank until the next show. */
void screen_offscreen_resize(struct screen *screen, int width, int height);

/* What was shown last. Borrowed until the next call on this screen. */
const struct surface *screen_offscreen_shown(const struct screen *screen);

/* All that screen_notice was given, one behind the other. Borrowed. */
const char *screen_offscreen_notices(const struct screen *screen);

/* Cells that the last show changed. */
guint screen_offscreen_changed(const struct screen *screen);

void screen_free(struct screen *screen);
AUTOPTR_DEFINE(screen)

void screen_size(struct screen *screen, int *width, int *height);

/* Shows the surface; writes only what differs from what is shown, nothing when nothing does. */
void screen_show(struct screen *screen, const struct surface *surface);

/*
 * The next input that is already there; FALSE when none is. Does not wait for input; only while
 * it is not yet known whether an ESC is the key or the beginning of more, and screen_watch is not
 * in use, does it wait for up to 25 ms. input->text stays until the next call.
 */
gboolean screen_read(struct screen *screen, struct input *input);

/*
 * Calls ready(data) from the default main context whenever there is something to read: input, a
 * new size, the terminal back from a stop, an Escape that stayed alone. It should then call
 * screen_read until that returns FALSE. NULL ends it. One at a time; ended by screen_free.
 */
void screen_watch(struct screen *screen, screen_func ready, gpointer data);

void screen_set_theme(struct screen *screen, const struct theme *theme);
void screen_set_mouse(struct screen *screen, gboolean on);
void screen_redraw(struct screen *screen);

/* Sends what moves nothing on the screen: a bell, a notice, a title (see notice.h). */
void screen_notice(struct screen *screen, const char *sequence);

/* Gives the terminal back, stops the process (^Z), and takes it again when continued. */
void screen_suspend(struct screen *screen);

#endif
