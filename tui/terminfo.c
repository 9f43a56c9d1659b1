#include "tui/terminfo.h"

#include <langinfo.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "tui/terminal_output.h"
#include "tui/theme.h"

/* A vt100 knows ASCII and nothing else, whatever the locale of this machine is. */
gboolean terminfo_is_ascii_only(void)
{
    const char *term = g_getenv("TERM");

    return strcmp(nl_langinfo(CODESET), "UTF-8") != 0 ||
           (term != NULL && (g_str_has_prefix(term, "vt1") || g_str_has_prefix(term, "vt5")));
}

/* The keys as this terminal's description has them, beside those the decoder knows. */
void terminfo_add_keys(struct input_decoder *decoder)
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

/* What leaves the terminal as it was, without the delays ($<5>) that only old ones needed. */
char *terminfo_leave_sequence(void)
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

gboolean terminfo_has_string(const char *name)
{
    const char *string = tigetstr((char *)name);

    return string != NULL && string != (const char *)-1;
}

gboolean terminfo_has_flag(const char *name)
{
    return tigetflag((char *)name) > 0;
}

/*
 * A description without xenl (ansi, pcansi, teraterm) says that the cursor is in the next line as
 * soon as the last column is written, and curses counts on that. Most of what calls itself so (tmux
 * and screen with TERM=ansi, consoles of service processors) waits for the next character instead,
 * and lines would shear: there the last column is written by nobody.
 */
int terminfo_spare_columns(void)
{
    return terminfo_has_flag("am") && !terminfo_has_flag("xenl") ? 1 : 0;
}

guint terminfo_count_colours(enum colour_wish wish, int n_pairs, gboolean *has_default)
{
    const struct colour_environment environment = colour_environment_get();
    struct colour_facts facts = {0};

    *has_default = FALSE;
    if (!has_colors() || start_color() != OK || COLOR_PAIRS <= n_pairs)
        return 0;
    *has_default = use_default_colors() == OK;
    facts.n_colours = COLORS;
    facts.direct =
        COLORS >= THEME_DIRECT_COLOURS && (terminfo_has_flag("RGB") || tigetnum("RGB") == 8);
    facts.indexed_direct = !facts.direct && (terminfo_has_flag("RGB") || tigetnum("RGB") > 0 ||
                                             terminfo_has_string("RGB"));
    return colour_depth(wish, &environment, &facts);
}

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

SCREEN *terminfo_start(enum colour_wish wish, GError **error)
{
    const char *term = g_getenv("TERM");
    g_autofree char *shown = text_escape(term != NULL ? term : "");
    g_autofree char *description = choose_description(wish);
    FILE *stream = terminal_output_open();
    SCREEN *terminal = stream != NULL ? newterm(description, stream, stdin) : NULL;

    if (terminal == NULL || !terminfo_has_string("cup")) {
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
    terminal_output_begin(g_str_has_prefix(tigetstr("cup"), "\033["));
    return terminal;
}
