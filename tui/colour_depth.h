/*
 * colour_depth.h - how many colours a terminal is given, from its description (terminfo), the
 * environment and the operator's word. Pure: the curses screen gathers the facts. Thread: any.
 *
 * The description counts. COLORTERM=truecolor (or 24bit) says more than TERM=xterm-256color can,
 * and is believed where it can be true: not on the Linux console, and not within screen, which
 * inherits the variable and would read the colours as something else. Within tmux it is harmless:
 * tmux takes 24 bits always, and makes of them what its own terminal has. Then the description
 * named *-direct of that terminal is used, which says how 24 bits are written; where it is not
 * installed (ncurses-term), 256 colours do. NO_COLOR, set to anything, means none, as no-color.org
 * has it.
 */
#ifndef ROOST_TUI_COLOUR_DEPTH_H
#define ROOST_TUI_COLOUR_DEPTH_H

#include <glib.h>

/* What the operator wants (--colours). */
enum colour_wish {
    COLOURS_AUTO,
    COLOURS_NEVER,
    COLOURS_8,
    COLOURS_16,
    COLOURS_256,
    COLOURS_24BIT,
};

/* "auto", "never", "8", "16", "256" or "24bit"; FALSE for anything else. NULL is auto. */
gboolean colour_wish_parse(const char *text, enum colour_wish *wish);

struct colour_environment {
    const char *term; /* TERM; any may be NULL */
    const char *colorterm;
    const char *no_color;
    const char *tmux; /* TMUX: within tmux */
    const char *sty;  /* STY: within screen */
};

/* As the process has it; borrowed from the environment. */
struct colour_environment colour_environment_get(void);

/*
 * Terminal descriptions that would give more colours than TERM's own, the best first, of which the
 * first that is installed is to be used; none: TERM's own. Free with g_strfreev.
 */
char **colour_descriptions(enum colour_wish wish, const struct colour_environment *environment);

/* What the description in use says; n_colours 0 = none. */
struct colour_facts {
    int n_colours;
    gboolean direct; /* colours are 0xrrggbb, 8 bits each */
    gboolean
        indexed_direct; /* colours are direct, but not 8 bits each: only the first 8 are sure */
};

/* 0, 8, 16, 256 or THEME_DIRECT_COLOURS: no more than the terminal has. */
guint colour_depth(enum colour_wish wish, const struct colour_environment *environment,
                   const struct colour_facts *facts);

#endif
