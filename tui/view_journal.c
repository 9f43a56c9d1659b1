#include "tui/view.h"

#include <string.h>

#include "core/store/journal.h"
#include "tui/fields.h"
#include "tui/journal_rows.h"
#include "tui/wrap.h"

#define PAST_LINES     2000 /* of the files, at first; then four times as many each time */
#define DETAIL_LINES   6
#define WHO_CELLS      9
#define WHO_CELLS_MOST 16
#define WIDE           120
#define DAY_LEAST      60 /* cells of the screen: else there is no room for the day */
#define TALL           18 /* lines: else fewer of them are left to the chosen one */

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

void journal_state_free(struct journal_state *state)
{
    if (state == NULL)
        return;
    journal_rows_clear(&state->rows);
    journal_past_free(state->past);
    filter_free(state->last);
    g_free(state);
}

static struct journal_state *state_of(struct app *app)
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
static void want_past(struct app *app, struct journal_state *state)
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
    journal_past_read(state->past, asked,
                      app->scene.simulated || until_us == 0 ? G_MAXINT64 : until_us);
}

static void describe_past(const struct app *app, const struct journal_state *state, char **text,
                          enum role *role)
{
    const char *trouble = journal_past_trouble(state->past);

    *role = ROLE_MUTED;
    if (journal_past_is_reading(state->past)) {
        *text = g_strdup("reading what the files have of before...");
    } else if (trouble != NULL) {
        *text = g_strdup(trouble);
        *role = ROLE_WARNING;
    } else if (journal_past_is_whole(state->past)) {
        *text = g_strdup("the journal begins here");
    } else {
        *text =
            g_strdup_printf("roost log shows what is older, in %s", store_dir(app->session->store));
    }
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
static void make_rows(struct app *app, struct journal_state *state)
{
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

static const struct journal_entry *chosen_entry(struct app *app)
{
    const struct journal_row *row = journal_rows_at(&app->journal_state->rows, app->journal.cursor);

    return row != NULL ? row->entry : NULL;
}

/* After the cursor was moved: off the headings, and on from there. */
static void settle(struct app *app, struct journal_state *state, int step)
{
    struct list *list = &app->journal;
    int last = journal_rows_near(&state->rows, list->n - 1, -1);

    list->cursor = journal_rows_near(&state->rows, list->cursor, step);
    state->chosen = journal_rows_key(&state->rows, list->cursor);
    app->journal_follows = list->cursor >= last;
}

/* --- Drawing ---------------------------------------------------------------------------------- */

static enum role result_role(const char *result)
{
    if (g_strcmp0(result, "failed") == 0 || g_strcmp0(result, "refused") == 0)
        return ROLE_WARNING;
    return g_strcmp0(result, "done") == 0 ? ROLE_GOOD : ROLE_MUTED;
}

/* What it is about comes first, but where the text says so itself. Free with g_free. */
static char *format_text(const struct journal_entry *entry)
{
    const char *object = entry->object != NULL ? entry->object : "";

    if (*object == '\0' || entry->job != 0 || strstr(entry->text, object) != NULL)
        return g_strdup(entry->text);
    return g_strdup_printf("%s: %s", object, entry->text);
}

static int add_cell(struct surface *surface, struct rect *row, int cells, const char *text,
                    enum role role)
{
    int width = MIN(cells, row->width);

    if (width > 0)
        surface_text(surface, row->x, row->y, width, text, role, 0);
    row->x += cells + 1;
    row->width -= cells + 1;
    return width;
}

static void draw_entry(const struct app *app, struct surface *surface, struct rect row,
                       const struct journal_entry *entry)
{
    g_autofree char *time = scene_time(&app->scene, entry->wall_us, "%H:%M:%S");
    g_autofree char *text = format_text(entry);
    enum role result = result_role(entry->result);

    add_cell(surface, &row, 1, entry->alarm ? "!" : "", ROLE_ALARM);
    add_cell(surface, &row, 8, time, ROLE_MUTED);
    if (row.width >= 50)
        add_cell(surface, &row, row.width >= WIDE ? WHO_CELLS_MOST : WHO_CELLS, entry->who,
                 ROLE_MUTED);
    add_cell(surface, &row, 8, entry->what, ROLE_STRONG);
    add_cell(surface, &row, 9, entry->result, result);
    if (row.width > 0)
        surface_text(surface, row.x, row.y, row.width, text,
                     entry->alarm             ? ROLE_ALARM
                     : result == ROLE_WARNING ? ROLE_WARNING
                                              : ROLE_TEXT,
                     0);
}

static void draw_row(const struct app *app, struct surface *surface, struct rect rect, int place)
{
    const struct journal_state *state = app->journal_state;
    const struct journal_row *row = journal_rows_at(&state->rows, place);
    enum role role = ROLE_MUTED;
    g_autofree char *text = NULL;

    if (row->entry != NULL) {
        draw_entry(app, surface, rect, row->entry);
        if (place == app->journal.cursor)
            surface_recolour(surface, rect, ROLE_SELECTED, 0);
    } else if (row->day_us != 0) {
        text = scene_time(&app->scene, row->day_us, "%A %-e %B %Y");
        surface_text(surface, rect.x + 2, rect.y, rect.width - 2, text, ROLE_STRONG, CELL_BOLD);
    } else {
        describe_past(app, state, &text, &role);
        surface_text(surface, rect.x + 2, rect.y, rect.width - 2, text, role, 0);
    }
}

/* In the lines there are, with a sign where there is more. */
static void say_wrapped(const struct app *app, struct surface *surface, struct rect rect,
                        const char *text)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    wrap_text(text, rect.width - 2, lines);
    for (int i = 0; i < rect.height && i < (int)lines->len; i++)
        surface_text(surface, rect.x + 1, rect.y + i, rect.width - 2,
                     g_ptr_array_index(lines, (guint)i), ROLE_TEXT, 0);
    if ((int)lines->len > rect.height && rect.height > 0)
        surface_text(surface, rect.x + rect.width - 4, rect.y + rect.height - 1, 4,
                     app->ascii ? " .. " : " … ", ROLE_STRONG, CELL_BOLD);
}

/* Who had it done, and all of what it says. */
static void draw_chosen(const struct app *app, struct surface *surface, struct rect rect,
                        const struct journal_entry *entry)
{
    g_autofree char *text = format_text(entry);
    g_autofree char *time = scene_time(&app->scene, entry->wall_us, "%H:%M:%S");
    gboolean has_who = entry->who != NULL && *entry->who != '\0';
    gboolean has_result = entry->result != NULL && *entry->result != '\0';
    g_autofree char *whole = g_strdup_printf(
        "%s%s%s, %s: %s%s%s%s", time, has_who ? " " : "", has_who ? entry->who : "", entry->what,
        text, has_result ? " [" : "", has_result ? entry->result : "", has_result ? "]" : "");

    say_wrapped(app, surface, rect, whole);
}

static void add_field(struct fields *fields, const char *name, const char *value)
{
    if (value != NULL && *value != '\0')
        fields_add(fields, 1, ROLE_TEXT, 0, NULL, "%s=%s", name, value);
}

/* Every field of the line, as the file has them. */
static void draw_details(const struct app *app, struct surface *surface, struct rect rect,
                         const struct journal_entry *entry)
{
    g_autofree char *time = scene_time(&app->scene, entry->wall_us, "%Y-%m-%d %H:%M:%S %Z");
    autoptr(fields) fields = fields_new();
    struct rect row = {rect.x + 1, rect.y, rect.width - 2, DETAIL_LINES / 2};
    int used;

    add_field(fields, "time", time);
    add_field(fields, "who", entry->who);
    add_field(fields, "what", entry->what);
    add_field(fields, "object", entry->object);
    if (entry->job != 0)
        fields_add(fields, 1, ROLE_TEXT, 0, NULL, "job=%u", entry->job);
    if (entry->fence != 0)
        fields_add(fields, 1, ROLE_TEXT, 0, NULL, "fence=%" G_GUINT64_FORMAT, entry->fence);
    add_field(fields, "result", entry->result);
    if (entry->alarm)
        fields_add(fields, 1, ROLE_ALARM, 0, NULL, "alarm=yes");
    used = fields_draw(fields, surface, row, 3);
    rect.y += used;
    rect.height -= used;
    say_wrapped(app, surface, rect, entry->text);
}

/* "1,250 lines", "12 of 1,250 lines: alarms, pc0" */
static char *format_note(const struct app *app, const struct journal_state *state)
{
    const struct journal_rows *rows = &state->rows;
    const char *only = journal_only_name(state->only);
    const struct filter *filter = app->journal_filter;
    const struct journal_row *top = journal_rows_at(rows, app->journal.top);
    GString *note = g_string_new(NULL);

    if (app->surface->width >= DAY_LEAST && top != NULL && top->entry != NULL) {
        g_autofree char *day = scene_time(&app->scene, top->entry->wall_us, "%a %-e %b %Y");

        g_string_append_printf(note, "%s, ", day);
    }
    if (rows->n_lines != rows->n_all)
        g_string_append_printf(note, "%u of ", rows->n_lines);
    g_string_append_printf(note, "%u line%s", rows->n_all, rows->n_all == 1 ? "" : "s");
    if (*only != '\0' || filter != NULL)
        g_string_append_printf(note, ": %s%s%s", only, *only != '\0' && filter != NULL ? ", " : "",
                               filter != NULL ? filter_text(filter) : "");
    if (app->scene.manager.lead == MANAGER_FOLLOWS) {
        g_autofree char *name = manager_name(&app->scene.manager);

        g_string_append_printf(note, ", as %s tells it", name);
    }
    return g_string_free(note, FALSE);
}

/* Whether what comes is shown, and what has come when it is not. Free with g_free. */
static char *format_follow(const struct app *app, const struct journal_state *state,
                           enum role *role)
{
    guint alarms = 0, n;

    *role = ROLE_GOOD;
    if (app->journal_follows)
        return g_strdup("following");
    n = journal_count_after(app->scene.journal, state->seen, &alarms);
    *role = alarms > 0 ? ROLE_ALARM : n > 0 ? ROLE_STRONG : ROLE_MUTED;
    if (alarms > 0)
        return g_strdup_printf("%u new, %u alarm%s", n, alarms, alarms == 1 ? "" : "s");
    return n > 0 ? g_strdup_printf("%u new", n) : g_strdup("not following");
}

static void draw_follow(struct surface *surface, struct rect area, const char *follow,
                        enum role role)
{
    int cells = (int)g_utf8_strlen(follow, -1) + 2;

    surface_printf(surface, area.x + area.width - cells - 2, area.y, cells, role, CELL_BOLD, " %s ",
                   follow);
}

static void draw_empty(const struct app *app, struct surface *surface, struct rect inside)
{
    gboolean narrowed = app->journal_filter != NULL || app->journal_state->only != JOURNAL_ALL;

    surface_text(surface, inside.x + 1, inside.y, inside.width - 1,
                 narrowed ? "No line is like that. Escape shows all of them."
                          : "Nothing has happened yet.",
                 ROLE_MUTED, 0);
}

static void draw_foot(struct app *app, struct surface *surface, struct rect rect)
{
    const struct journal_entry *entry = chosen_entry(app);
    struct rect rule = {rect.x, rect.y, rect.width, 1};

    surface_fill(surface, rule, app->ascii ? "-" : "─", ROLE_MUTED, 0);
    rect.y++;
    rect.height--;
    if (entry == NULL)
        return;
    if (app->journal_state->details)
        draw_details(app, surface, rect, entry);
    else
        draw_chosen(app, surface, rect, entry);
}

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    struct journal_state *state = state_of(app);
    struct list *list = &app->journal;
    int foot = 1 + (state->details        ? DETAIL_LINES
                    : area.height >= TALL ? LIST_CHOSEN_LINES + 1
                                          : LIST_CHOSEN_LINES);
    g_autofree char *note = NULL, *follow = NULL;
    struct rect inside;
    enum role role;

    want_past(app, state);
    make_rows(app, state);
    list->y = area.y + 1;
    list_fit(list, list->n, area.height - 1 - foot);
    note = format_note(app, state);
    follow = format_follow(app, state, &role);
    inside = view_frame(app, surface, area, "Journal", note);
    draw_follow(surface, area, follow, role);
    if (state->rows.n_lines == 0)
        draw_empty(app, surface, inside);
    for (int i = 0; i < list->height && list->top + i < list->n && state->rows.n_lines > 0; i++)
        draw_row(app, surface, (struct rect){inside.x + 1, inside.y + i, inside.width - 2, 1},
                 list->top + i);
    if (state->rows.n_lines > 0)
        draw_foot(app, surface,
                  (struct rect){inside.x, inside.y + inside.height - foot, inside.width, foot});
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
        app_select_vm(app, vm);
        app_open(app, &view_main);
    } else if (host != NULL) {
        app_select_host(app, host);
        app_open(app, &view_main);
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

/* Escape: what is open, then what is left out, then the view itself. */
static gboolean step_out(struct app *app, struct journal_state *state)
{
    gboolean narrowed = prompt_drop_filter(app) || state->only != JOURNAL_ALL;

    if (state->details && !narrowed) {
        state->details = FALSE;
        return TRUE;
    }
    state->only = JOURNAL_ALL;
    if (!narrowed) {
        app->journal_follows = TRUE;
        app_back(app);
    }
    return TRUE;
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    struct journal_state *state = state_of(app);
    const struct journal_entry *entry;

    (void)input;
    make_rows(app, state);
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
        entry = chosen_entry(app);
        if (entry != NULL)
            jump(app, entry);
        return TRUE;
    case ACTION_CANCEL:
        return step_out(app, state);
    case ACTION_JOURNAL:
    case ACTION_QUIT:
        app->journal_follows = TRUE;
        app_back(app);
        return TRUE;
    default:
        return FALSE;
    }
}

static void mouse(struct app *app, const struct input *input)
{
    struct journal_state *state = state_of(app);

    make_rows(app, state);
    if (list_mouse(&app->journal, input))
        settle(app, state, input->kind == INPUT_WHEEL_UP ? -1 : 1);
}

static struct filter **slot(struct app *app)
{
    return &app->journal_filter;
}

static char *count(struct app *app)
{
    const struct journal_rows *rows = &state_of(app)->rows;

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

const struct view view_journal = {"Journal", draw, key, mouse, &filter, keys};
