/*
 * journal_state.h - what the journal view keeps from one frame to the next, and how it is drawn.
 * Private to that view. Thread: main.
 */
#ifndef ROOST_TUI_JOURNAL_STATE_H
#define ROOST_TUI_JOURNAL_STATE_H

#include "tui/app.h"
#include "tui/journal_rows.h"

struct journal_state {
    struct app *app;
    struct journal_past *past; /* NULL = there is no store */
    gboolean past_looked_for;
    gint64 first_us; /* of the engine's lines, when the past was read */
    struct journal_rows rows;
    struct filter *last; /* what was looked for last, shown or not; NULL = nothing yet */
    enum journal_only only;
    gboolean details;
    struct journal_key chosen; /* when it does not follow */
    struct journal_key seen;   /* the last line there was while it followed */
};

/* Of the app, made when it is first asked for. */
struct journal_state *journal_state_of(struct app *app);

/* Has the files of before read, as far as they are scrolled to. */
void journal_want_past(struct app *app, struct journal_state *state);

/* When it is left: a few screens of the files are kept in memory, years of them are not. */
void journal_forget_past(struct app *app, struct journal_state *state);

/* What stands before the first line: how far the files go back. Free with g_free. */
char *journal_describe_past(const struct app *app, enum role *role);

/* The rows as they are now: before each frame and each key, since entries come and go. */
void journal_make_rows(struct app *app);

/* The entry under the cursor; NULL when there is none. Borrowed as the rows' are. */
const struct journal_entry *journal_chosen(const struct app *app);

/* A view's draw: journal_draw.c. */
void journal_draw(struct app *app, struct surface *surface, struct rect area);

#endif
