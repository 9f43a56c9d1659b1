/* journal_draw.c - the journal over the whole screen, as it is drawn. */
#include "tui/fields.h"
#include "tui/journal_state.h"
#include "tui/view.h"
#include "tui/wrap.h"

#define DETAIL_LINES   6
#define WHO_CELLS      9
#define WHO_CELLS_MOST 16
#define WIDE           120
#define DAY_LEAST      60 /* cells of the screen: else there is no room for the day */
#define TALL           18 /* lines: else fewer of them are left to the chosen one */

/* --- One line ----------------------------------------------------------------------------------
 */

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
        text = journal_describe_past(app, &role);
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
    const struct journal_entry *entry = journal_chosen(app);
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

void journal_draw(struct app *app, struct surface *surface, struct rect area)
{
    struct journal_state *state = journal_state_of(app);
    struct list *list = &app->journal;
    int foot = 1 + (state->details        ? DETAIL_LINES
                    : area.height >= TALL ? LIST_CHOSEN_LINES + 1
                                          : LIST_CHOSEN_LINES);
    g_autofree char *note = NULL, *follow = NULL;
    struct rect inside;
    enum role role;

    journal_want_past(app, state);
    journal_make_rows(app);
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
