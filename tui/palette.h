/*
 * palette.h - the line that ":" opens at the bottom: the verbs of the command line, typed, with
 * what could be meant above it, a memory of what was typed before, and the reason under it when
 * something cannot be done.
 *
 * What is entered runs in the session that stands (core/command/command.h): what acts becomes a
 * job at once; what prints opens in the output view. One runs at a time; while it does the console
 * goes on living, and Escape cancels it. Thread: main.
 */
#ifndef ROOST_TUI_PALETTE_H
#define ROOST_TUI_PALETTE_H

#include "core/command/session.h"
#include "core/command/verb.h"
#include "tui/recall.h"
#include "tui/keymap.h"
#include "tui/line_edit.h"
#include "tui/input.h"

struct app;

/* One thing the word under the cursor may become. */
struct palette_word {
    char *word;
    char *insert; /* the same, quoted where a line needs that */
    char *note;   /* a verb's arguments; an option's value; what kind of name it is */
    char *help;
};

struct palette {
    gboolean open;
    struct line_edit edit;
    struct recall *history;
    gint at;          /* line of the history that is shown; -1 = what is being typed */
    char *draft;      /* what was being typed, while `at` is not -1 */
    gboolean looking; /* C-r: `wanted` is searched in the history */
    GString *wanted;
    GPtrArray *words;  /* struct palette_word */
    gsize word_start;  /* where the word under the cursor begins */
    gint chosen;       /* of words; -1 = none */
    int top;           /* of words, as last drawn */
    char *error;       /* why the line could not be run; NULL = nothing */
    char *warning;     /* said above the line, such as what a paste was made of */
    gboolean explains; /* the verb's help is shown whole */
};

void palette_init(struct palette *palette, const char *recall_path);
void palette_clear(struct palette *palette);

/* Opens it with a text to go on from; NULL = empty. */
void palette_open(struct app *app, const char *text);

/* Opens it with the line of a key (keymap_line): what only looks runs at once, what acts waits for
 * Enter. */
void palette_open_line(struct app *app, const char *line);

/* Opens it again with a line that failed, to be mended. */
void palette_open_failed(struct app *app, const char *text, const char *error);

void palette_input(struct app *app, const struct input *input, enum action action);

/* The line itself, and what stands above it: as many lines of `above` as it needs. */
void palette_draw_line(struct app *app, struct surface *surface, struct rect rect);
void palette_draw_above(struct app *app, struct surface *surface, struct rect above);

/* --- What could be meant: palette_words.c --- */

/* What the bytes before the cursor could go on as; *start = where the word begins. struct
 * palette_word *, the likeliest first; owned by the caller. */
GPtrArray *palette_words(const struct app *app, const char *text, gsize cursor, gsize *start);

/*
 * What the verb still wants and the selection can give: the selected VM, or host. NULL when there
 * is nothing to add. Free with g_free.
 */
char *palette_ghost(const struct app *app, const char *text);

/*
 * The verb of a line that names nothing yet and can be done to all that is marked: it takes many,
 * or the console does it to many. NULL when there is none, or nothing is marked that it is for.
 */
const struct verb *palette_verb_of_marks(const struct app *app, const char *text, gboolean *of_vms);

/* The verb that a line begins with; NULL when none of that name, or when it is an action here. */
const struct verb *palette_verb(const char *text);

/* --- Actions of the keyboard that no verb does: palette_action.c --- */

/* The action a word stands for, by ACTION_TYPED; ACTION_NONE when it is none. */
enum action palette_action(const char *word);

/* That of the word a line begins with. */
enum action palette_line_action(const char *text);

/* Does what such a line says, as its key would. FALSE when it is none; done FALSE with the reason.
 */
gboolean palette_run_action(struct app *app, const char *line, gboolean *done, GError **error);

/* --- Running: palette_run.c --- */

/*
 * Runs a line as soon as the main loop comes round. FALSE with the reason when it cannot be run
 * here. What it does, prints or fails of is shown when it ends; `typed`: a failure opens the
 * palette again.
 */
gboolean palette_run(struct app *app, const char *text, gboolean typed, GError **error);

/*
 * The same for what a view does itself, under the name of the verb that it is: `call` is called
 * with where to print, and iterates the main context until it is done; then, with NULL, to show
 * what came of it. The console lives meanwhile, Escape cancels it, and nothing else is run.
 */
typedef void (*palette_call_func)(struct app *app, const struct output *output, gpointer data);
gboolean palette_run_call(struct app *app, const char *verb, palette_call_func call, gpointer data,
                          GError **error);

gboolean palette_is_running(const struct app *app);

/* TRUE once it has run for long enough to be worth a word. */
gboolean palette_runs_long(const struct app *app);
void palette_run_draw(const struct app *app, struct surface *surface, struct rect rect);

/* Asks what runs to end; `leaving`: does not wait for it. Nothing when nothing runs. */
void palette_run_cancel(struct app *app, gboolean leaving);

void palette_run_clear(struct app *app);

#endif
