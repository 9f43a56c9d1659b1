#include "tui/journal_state.h"

#include <string.h>

#include "core/store/journal.h"
#include "tui/view.h"

#define PAST_LINES 2000 /* of the files, at first; then four times as many each time */

void journal_state_free(struct journal_state *state)
{
    if (state == NULL)
        return;
    journal_rows_clear(&state->rows);
    journal_past_free(state->past);
    filter_free(state->last);
    g_free(state);
}

struct journal_state *journal_state_of(struct app *app)
{
    struct journal_state *state = app->journal_state;

    if (state != NULL)
        return state;
    app->journal_state = state = g_new0(struct journal_state, 1);
    state->app = app;
    journal_rows_init(&state->rows);
    return state;
}

/* --- The files of before ---------------------------------------------------------------------- */

/* When the first of the engine's lines is of; 0 = it has none. */
static gint64 first_us(const struct app *app)
{
    const GPtrArray *journal = app->scene.journal;

    return journal->len > 0 ? ((const struct journal_entry *)journal->pdata[0])->wall_us : 0;
}

static void past_read(gpointer data)
{
    struct journal_state *state = data;

    journal_rows_take_past(&state->rows, journal_past_entries(state->past),
                           state->app->scene.journal, !state->app->scene.simulated);
    app_changed(state->app);
}

/*
 * A simulated clock begins anew with each run: there the order of the files counts, not their
 * times. What the engine has dropped since the last reading is in the files by now.
 */
void journal_want_past(struct app *app, struct journal_state *state)
{
    gint64 until_us = first_us(app);
    gboolean same = until_us == state->first_us;
    guint asked;

    if (!state->past_looked_for && app->session != NULL && app->session->store != NULL)
        state->past = journal_past_new(store_dir(app->session->store), past_read, state);
    state->past_looked_for = TRUE;
    if (state->past == NULL || journal_past_is_reading(state->past))
        return;
    asked = journal_past_asked(state->past);
    if (asked > 0 && same &&
        (journal_past_is_whole(state->past) || journal_past_trouble(state->past) != NULL ||
         asked >= JOURNAL_PAST_MOST || app->journal.top > app->journal.height))
        return;
    state->first_us = until_us;
    if (asked == 0 || same)
        asked = asked == 0 ? PAST_LINES : asked * 4;
    if (until_us == 0)
        until_us = app->scene.wall_us + CLOCK_HOUR_US; /* clocks of several machines wrote them */
    journal_past_read(state->past, asked, app->scene.simulated ? G_MAXINT64 : until_us);
}

void journal_forget_past(struct app *app, struct journal_state *state)
{
    if (state->past == NULL || journal_past_asked(state->past) <= PAST_LINES)
        return;
    journal_rows_take_past(&state->rows, NULL, app->scene.journal, TRUE);
    g_clear_pointer(&state->past, journal_past_free);
    state->past_looked_for = FALSE;
}

char *journal_describe_past(const struct app *app, enum role *role)
{
    const struct journal_past *past = app->journal_state->past;

    *role = ROLE_MUTED;
    if (journal_past_is_reading(past))
        return g_strdup("reading what the files have of before...");
    if (journal_past_trouble(past) != NULL) {
        *role = ROLE_WARNING;
        return g_strdup(journal_past_trouble(past));
    }
    if (journal_past_is_whole(past))
        return g_strdup("the journal begins here");
    return g_strdup_printf("roost log shows what is older, in %s", store_dir(app->session->store));
}

/* --- Rows ------------------------------------------------------------------------------------- */

/* What was looked for goes on to be found among all lines, once they are all shown again. */
static void remember_filter(const struct app *app, struct journal_state *state)
{
    const struct filter *filter = app->journal_filter;

    if (filter == NULL ||
        (state->last != NULL && strcmp(filter_text(state->last), filter_text(filter)) == 0))
        return;
    filter_free(state->last);
    state->last = filter_parse_for(FILTER_OF_ENTRIES, filter_text(filter), NULL);
}

/* The cursor stays on its line, and the line where it is on the screen, whatever comes or goes. */
void journal_make_rows(struct app *app)
{
    struct journal_state *state = journal_state_of(app);
    struct list *list = &app->journal;
    int under = list->cursor - list->top;

    remember_filter(app, state);
    journal_rows_make(&state->rows, &app->scene, app->journal_filter, state->only,
                      state->past != NULL);
    list->has_cursor = TRUE;
    list->n = (int)state->rows.rows->len;
    if (app->journal_follows) {
        list->cursor = journal_rows_near(&state->rows, list->n - 1, -1);
        list->top = list->n - list->height;
        state->seen = journal_last_key(app->scene.journal);
        state->chosen = journal_rows_key(&state->rows, list->cursor);
        return;
    }
    list->cursor = journal_rows_find(&state->rows, state->chosen);
    list->top = list->cursor - under;
}

const struct journal_entry *journal_chosen(const struct app *app)
{
    const struct journal_row *row = journal_rows_at(&app->journal_state->rows, app->journal.cursor);

    return row != NULL ? row->entry : NULL;
}
