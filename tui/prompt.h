/*
 * prompt.h - the line that "/" opens at the bottom: what is shown is narrowed down as it is typed.
 *
 * Enter keeps the filter, Escape goes back to the one there was before. It filters the view it is
 * opened in when that view declares how (struct view_filter in view.h), else the main view. To be
 * filtered, a view
 *   - points to a struct view_filter, with a slot of its own in struct app;
 *   - leaves ACTION_FIND to the app (its key function returns FALSE), and shows what the filter in
 *     its slot means: filter_has_entry, filter_has_job; NULL = everything;
 *   - leaves ACTION_CANCEL to the app as well, or calls prompt_drop_filter first: Escape takes the
 *     filter away before it comes out of the view.
 * Thread: main.
 */
#ifndef ROOST_TUI_PROMPT_H
#define ROOST_TUI_PROMPT_H

#include "tui/filter.h"
#include "tui/input.h"
#include "tui/keymap.h"
#include "tui/line_edit.h"
#include "tui/recall.h"

struct app;
struct view;

struct prompt {
    gboolean open;
    const struct view *view; /* that it filters */
    struct line_edit edit;
    struct recall *history;
    gint at;                     /* line of the history that is shown; -1 = what is typed */
    char *draft;                 /* what was being typed, while `at` is not -1 */
    char *before;                /* the filter to go back to on Escape; NULL = none */
    char *start_host, *start_vm; /* selected when it was opened */
    GPtrArray *words;            /* struct filter_candidate: what Tab may make of the word */
    gsize word_start;
    gint chosen; /* of words; -1 = none */
    char *error; /* why what is typed is no filter; NULL = it is one */
};

void prompt_init(struct prompt *prompt, const char *recall_path);
void prompt_clear(struct prompt *prompt);

/* Opens it for the view that is shown, or for the main view. */
void prompt_open(struct app *app);
void prompt_input(struct app *app, const struct input *input, enum action action);

/* One of prompt->words. Borrowed. */
const char *prompt_word(const struct prompt *prompt, guint index);

/* The line itself, and what stands above it. */
void prompt_draw(struct app *app, struct surface *surface, struct rect rect);
void prompt_draw_above(struct app *app, struct surface *surface, struct rect above);

/* Takes the filter of the view that is shown away; FALSE when it has none. */
gboolean prompt_drop_filter(struct app *app);

/* To the next host or VM that the filter means, in the order of the grid, and back. */
void prompt_find_next(struct app *app);
void prompt_find_previous(struct app *app);

/* The same, on (1) or back (-1); `here`: what is selected now is found as well. FALSE when nothing
 * is meant.
 */
gboolean prompt_find(struct app *app, int step, gboolean here);

#endif
