#include "tui/view.h"

#include <string.h>

#include "tui/action.h"
#include "tui/journal_state.h"

/* After the cursor was moved: off the headings, and on from there. */
static void settle(struct app *app, struct journal_state *state, int step)
{
    struct list *list = &app->journal;
    int last = journal_rows_near(&state->rows, list->n - 1, -1);

    list->cursor = journal_rows_near(&state->rows, list->cursor, step);
    state->chosen = journal_rows_key(&state->rows, list->cursor);
    app->journal_follows = list->cursor >= last;
}

/* --- Keys ------------------------------------------------------------------------------------- */

/* Where a line is about something that is there still, goes to it. */
static void jump(struct app *app, const struct journal_entry *entry)
{
    const char *object = entry->object != NULL ? entry->object : "";
    const struct vm *vm = g_str_has_prefix(object, "vm ")
                              ? cluster_find_vm(app->scene.cluster, object + strlen("vm "))
                              : NULL;
    const struct host *host = g_str_has_prefix(object, "host ")
                                  ? cluster_find_host(app->scene.cluster, object + strlen("host "))
                                  : NULL;

    if (vm != NULL && vm->host != NULL) {
        app_open(app, &view_vm);
        app_select_vm(app, vm);
    } else if (host != NULL) {
        app_open(app, &view_host);
        app_select_host(app, host);
    } else if (*object != '\0') {
        app_say(app, ROLE_WARNING, "%s is no longer in the cluster", object);
    } else {
        app_say(app, ROLE_FOOTER, "this line is about no host and no VM");
    }
}

/* The next line that is like what was looked for last, also among all of them. */
static void find_next(struct app *app, struct journal_state *state, int step)
{
    const struct journal_row *row;
    int place = app->journal.cursor;

    if (state->last == NULL) {
        prompt_open(app);
        return;
    }
    while ((row = journal_rows_at(&state->rows, place += step)) != NULL) {
        if (row->entry == NULL || !filter_has_entry(state->last, row->entry))
            continue;
        app->journal.cursor = place;
        settle(app, state, step);
        return;
    }
    app_say(app, ROLE_WARNING, "no %s line is like %s", step > 0 ? "later" : "earlier",
            filter_text(state->last));
}

static void show_only(struct app *app, struct journal_state *state, int step)
{
    state->only =
        (enum journal_only)(((int)state->only + step + JOURNAL_ONLY_COUNT) % JOURNAL_ONLY_COUNT);
    app_say(app, ROLE_FOOTER, "shown: %s",
            state->only == JOURNAL_ALL ? "everything" : journal_only_name(state->only));
}

static void leave(struct app *app, struct journal_state *state)
{
    app->journal_follows = TRUE;
    journal_forget_past(app, state);
    app_back(app);
}

/* Escape: what is open, then what is left out, then the view itself. */
static gboolean step_out(struct app *app, struct journal_state *state)
{
    gboolean narrowed = prompt_drop_filter(app) || state->only != JOURNAL_ALL;

    if (state->details && !narrowed) {
        state->details = FALSE;
        return TRUE;
    }
    state->only = JOURNAL_ALL;
    if (!narrowed)
        leave(app, state);
    return TRUE;
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    struct journal_state *state = journal_state_of(app);
    const struct journal_entry *entry;

    (void)input;
    journal_make_rows(app);
    if (list_key(&app->journal, action)) {
        settle(app, state,
               action == ACTION_CURSOR_DOWN || action == ACTION_PAGE_DOWN ||
                       action == ACTION_CURSOR_FIRST
                   ? 1
                   : -1);
        return TRUE;
    }
    switch (action) {
    case ACTION_FIND_NEXT:
    case ACTION_FIND_PREVIOUS:
        find_next(app, state, action == ACTION_FIND_NEXT ? 1 : -1);
        return TRUE;
    case ACTION_FOLLOW:
        app->journal_follows = !app->journal_follows;
        return TRUE;
    case ACTION_NEXT_VM:
    case ACTION_PREVIOUS_VM:
        show_only(app, state, action == ACTION_NEXT_VM ? 1 : -1);
        return TRUE;
    case ACTION_CURSOR_RIGHT:
    case ACTION_CURSOR_LEFT:
        state->details = action == ACTION_CURSOR_RIGHT;
        return TRUE;
    case ACTION_ZOOM_IN:
    case ACTION_ZOOM_OUT:
        state->details = action == ACTION_ZOOM_IN && !state->details;
        return TRUE;
    case ACTION_CONFIRM:
        entry = journal_chosen(app);
        if (entry != NULL)
            jump(app, entry);
        return TRUE;
    case ACTION_CANCEL:
        return step_out(app, state);
    case ACTION_JOURNAL:
    case ACTION_QUIT:
        leave(app, state);
        return TRUE;
    default:
        return FALSE;
    }
}

static void mouse(struct app *app, const struct input *input)
{
    struct journal_state *state = journal_state_of(app);

    journal_make_rows(app);
    if (list_mouse(&app->journal, input))
        settle(app, state, input->kind == INPUT_WHEEL_UP ? -1 : 1);
}

static struct filter **slot(struct app *app)
{
    return &app->journal_filter;
}

static char *count(struct app *app)
{
    const struct journal_rows *rows = &journal_state_of(app)->rows;

    return g_strdup_printf("%u of %u lines", rows->n_lines, rows->n_all);
}

static const struct view_filter filter = {FILTER_OF_ENTRIES, slot, count};

static const struct view_key keys[] = {
    {ACTION_CONFIRM, "go there", "go to the host or VM that the line is about"},
    {ACTION_FIND, "filter", "only lines like what is typed: words, /regex/, vm:web*"},
    {ACTION_NEXT_VM, "only", "only alarms; what was done by hand; failures; everything"},
    {ACTION_FOLLOW, "follow", "go on with what comes, or stay"},
    {ACTION_CURSOR_RIGHT, "fields", "all fields of the line"},
    {ACTION_CURSOR_LEFT, "", "its fields away again"},
    {ACTION_FIND_NEXT, "", "the next line like what was looked for"},
    {ACTION_FIND_PREVIOUS, "", "the one before"},
    {ACTION_CURSOR_LAST, "", "the last line, and follow"},
    {ACTION_CURSOR_UP, "up", "the line above; beyond the first, what the files have"},
    {ACTION_CURSOR_DOWN, "down", "the line below"},
    {ACTION_PAGE_UP, "", "one screen up"},
    {ACTION_PAGE_DOWN, "", "one screen down"},
    {ACTION_CANCEL, "", "show everything again; then back"},
    {ACTION_NONE, NULL, NULL},
};

/* Without a line only what may bring one into sight. */
static gboolean offers(const struct app *app, enum action action)
{
    return app->journal.n > 0 || action == ACTION_NEXT_VM || action == ACTION_FIND;
}

const struct view view_journal = {"Journal", journal_draw, key, mouse, &filter, keys, offers};
