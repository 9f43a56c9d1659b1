/* view_table.c - all VMs, or all hosts, in one table. It is the grid in another form: what is
 * selected, marked and filtered in one of them is so in the other. */
#include <string.h>

#include "core/base/text.h"
#include "tui/action.h"
#include "tui/host_facts.h"
#include "tui/host_table.h"
#include "tui/table_rows.h"
#include "tui/view.h"
#include "tui/vm_facts.h"
#include "tui/vm_table.h"

struct table_state {
    enum table_kind kind;
    struct table_sort sorts[TABLE_N_KINDS];
    struct table_names *names;
    GArray *rows;    /* struct table_row, made from the next three; NULL = not yet */
    guint64 counted; /* of the scene: rows borrow from it */
    struct table_sort sorted;
    char *filtered;
    int longest_vm, longest_host; /* names among the rows, in bytes: at least their cells */
    struct list list;
    struct column fitted[COLUMNS_MOST]; /* those of the kind, no wider than the names need */
    struct columns columns;             /* as last drawn: what a click on a title is about */
    int titles_x;
};

void table_state_free(struct table_state *state)
{
    if (state == NULL)
        return;
    table_names_free(state->names);
    g_clear_pointer(&state->rows, g_array_unref);
    g_free(state->filtered);
    g_free(state);
}

void table_open(struct app *app)
{
    if (app->table == NULL) {
        app->table = g_new0(struct table_state, 1);
        app->table->names = table_names_new();
        app->table->sorts[TABLE_VMS] = (struct table_sort){TABLE_VMS, VM_CPU, FALSE};
        app->table->sorts[TABLE_HOSTS] = (struct table_sort){TABLE_HOSTS, HOST_COLUMN_LOAD, FALSE};
    }
    app->table->list = (struct list){.has_cursor = TRUE};
    app_open(app, &view_table);
}

static struct table_sort *sort_of(struct table_state *state)
{
    return &state->sorts[state->kind];
}

static guint n_columns(const struct table_state *state)
{
    return state->kind == TABLE_VMS ? VM_COLUMNS : HOST_COLUMNS;
}

/* --- What is chosen: what is selected in the grid as well ------------------------------------- */

static void measure_names(struct table_state *state)
{
    state->longest_vm = state->longest_host = 0;
    for (guint i = 0; i < state->rows->len; i++) {
        const struct table_row *row = &g_array_index(state->rows, struct table_row, i);

        state->longest_host = MAX(state->longest_host, (int)strlen(row->host->name));
        if (row->vm != NULL)
            state->longest_vm = MAX(state->longest_vm, (int)strlen(row->vm->name));
    }
}

/* Borrowed until the next call. Made once for each time the scene was counted: a number typed
 * before a key asks for them as often. */
static const GArray *rows_now(struct app *app)
{
    struct table_state *state = app->table;
    const struct table_sort *sort = sort_of(state), *sorted = &state->sorted;
    const char *filter = app->filter != NULL ? filter_text(app->filter) : NULL;

    if (state->rows != NULL && state->counted == app->scene.counted && sorted->kind == sort->kind &&
        sorted->column == sort->column && sorted->turned == sort->turned &&
        g_strcmp0(state->filtered, filter) == 0)
        return state->rows;
    g_clear_pointer(&state->rows, g_array_unref);
    g_free(state->filtered);
    state->rows = table_rows(&app->scene, app->filter, *sort, state->names);
    measure_names(state);
    state->counted = app->scene.counted;
    state->sorted = *sort;
    state->filtered = g_strdup(filter);
    return state->rows;
}

static const struct table_row *row_at(const GArray *rows, int row)
{
    return row >= 0 && row < (int)rows->len ? &g_array_index(rows, struct table_row, row) : NULL;
}

static void choose(struct app *app, const struct table_row *row)
{
    if (row == NULL)
        return;
    if (row->vm != NULL) {
        app_select_vm(app, row->vm);
    } else {
        app_select_host(app, row->host);
        g_clear_pointer(&app->vm, g_free);
    }
}

/* Puts the cursor on what is selected: rows move when numbers change. Without a VM, on the first
 * of the selected host; where that is not shown either, it stays in its line. */
static void find_chosen(struct app *app, const GArray *rows)
{
    const struct host *host = app_host(app);
    const struct vm *vm = app_vm(app);
    int of_host = -1;

    for (guint i = 0; i < rows->len; i++) {
        const struct table_row *row = row_at(rows, (int)i);

        if (row->host != host)
            continue;
        if (of_host < 0)
            of_host = (int)i;
        if (vm == NULL || row->vm == NULL || row->vm == vm) {
            of_host = (int)i;
            break;
        }
    }
    if (of_host >= 0 &&
        (vm == NULL || app->table->kind == TABLE_HOSTS || row_at(rows, of_host)->vm == vm))
        app->table->list.cursor = of_host;
}

/* --- Drawing --------------------------------------------------------------------------------- */

static char *format_note(const struct app *app, const GArray *rows)
{
    gboolean vms = app->table->kind == TABLE_VMS;
    guint all = vms ? app->scene.n_vms : app->scene.cluster->hosts->len;
    guint marked = vms ? marks_n_vms(&app->marks) : marks_n_hosts(&app->marks);
    GString *note = g_string_new(NULL);

    if (rows->len == all)
        g_string_append_printf(note, "%u", all);
    else
        g_string_append_printf(note, "%u of %u", rows->len, all);
    if (marked > 0)
        g_string_append_printf(note, ", %u marked", marked);
    if (app->filter != NULL)
        g_string_append_printf(note, ", %s", filter_text(app->filter));
    return g_string_free(note, FALSE);
}

/* The one it is sorted by tells which way: beside its title, where there is a gap at the least. */
static void draw_titles(const struct app *app, struct surface *surface, int x, int y)
{
    const struct table_state *state = app->table;
    const struct table_sort *sort = &state->sorts[state->kind];
    const struct column *column = &state->columns.list[sort->column];
    struct rect cell = columns_cell(&state->columns, sort->column, x, y);
    int arrow = column->right ? cell.width : MIN(cell.width, (int)text_width(column->title));

    columns_draw_titles(&state->columns, surface, x, y);
    columns_text(&state->columns, sort->column, surface, x, y, ROLE_STRONG, CELL_BOLD, "%s",
                 column->title);
    if (cell.width > 0 && table_sort_descends(*sort))
        surface_text(surface, cell.x + arrow, y, 1, app->ascii ? "v" : "↓", ROLE_STRONG, CELL_BOLD);
    else if (cell.width > 0)
        surface_text(surface, cell.x + arrow, y, 1, app->ascii ? "^" : "↑", ROLE_STRONG, CELL_BOLD);
}

/* What the chosen one is, in a sentence. */
static void draw_chosen(const struct app *app, struct surface *surface, struct rect rect,
                        const struct table_row *row)
{
    enum role role;
    g_autofree char *said = row->vm != NULL ? vm_facts_say(&app->scene, row->vm, &role)
                                            : host_facts_why(&app->scene, row->host);
    g_autofree char *text =
        g_strdup_printf("%s: %s%s%s", row->vm != NULL ? row->vm->name : row->host->name, said,
                        row->vm == NULL && row->host->trouble != NULL ? "; " : "",
                        row->vm == NULL && row->host->trouble != NULL ? row->host->trouble : "");

    list_say_chosen(surface, rect, text);
}

static void draw_row(const struct app *app, struct surface *surface, struct rect row,
                     const struct table_row *of, gboolean chosen)
{
    if (of->vm != NULL)
        vm_table_draw_row(app, &app->table->columns, surface, row, of->vm);
    else
        host_table_draw_row(app, &app->table->columns, surface, row, of->host);
    if (chosen)
        surface_recolour(surface, row, ROLE_SELECTED, 0);
}

static void limit(struct column *column, int cells)
{
    column->most = CLAMP(cells, column->least, column->most);
}

/* What names do not need goes to what tells more. */
static void fit_columns(struct table_state *state, int width)
{
    const struct column *columns = state->kind == TABLE_VMS ? vm_columns : host_columns;

    memcpy(state->fitted, columns, n_columns(state) * sizeof *columns);
    if (state->kind == TABLE_VMS) {
        limit(&state->fitted[VM_NAME], state->longest_vm);
        limit(&state->fitted[VM_ON], state->longest_host);
        limit(&state->fitted[VM_HOME], state->longest_host);
    } else {
        limit(&state->fitted[HOST_COLUMN_NAME], state->longest_host);
    }
    columns_fit(&state->columns, state->fitted, n_columns(state), width);
}

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    struct table_state *state = app->table;
    struct list *list = &state->list;
    const GArray *rows = rows_now(app);
    g_autofree char *note = format_note(app, rows);
    struct rect inside =
        view_frame(app, surface, area, state->kind == TABLE_VMS ? "VMs" : "Hosts", note);

    list->y = inside.y + 1;
    find_chosen(app, rows);
    list_fit(list, (int)rows->len, inside.height - LIST_CHOSEN_LINES - 2);
    choose(app, row_at(rows, list->cursor));
    fit_columns(state, inside.width - 2);
    state->titles_x = inside.x + 1;
    draw_titles(app, surface, inside.x + 1, inside.y);
    for (int i = 0; i < list->height && row_at(rows, list->top + i) != NULL; i++)
        draw_row(app, surface, (struct rect){inside.x + 1, list->y + i, inside.width - 2, 1},
                 row_at(rows, list->top + i), list->top + i == list->cursor);
    inside.y += inside.height - LIST_CHOSEN_LINES;
    inside.height = LIST_CHOSEN_LINES;
    if (rows->len > 0)
        draw_chosen(app, surface, inside, row_at(rows, list->cursor));
    else
        surface_text(surface, area.x + 1, list->y, area.width - 2,
                     app->filter != NULL ? "None is meant by the filter." : "None yet.", ROLE_MUTED,
                     0);
}

/* --- Sorting --------------------------------------------------------------------------------- */

/* By the next column in sight that can be sorted by. */
static void sort_by_next(struct app *app, int step)
{
    struct table_sort *sort = sort_of(app->table);
    guint n = n_columns(app->table), column = sort->column;

    do
        column = (column + n + (guint)step) % n;
    while (column != sort->column &&
           (!table_can_sort(sort->kind, column) ||
            (app->table->columns.n == n && app->table->columns.at[column].width == 0)));
    sort->column = column;
    sort->turned = FALSE;
}

static void click_title(struct app *app, int x)
{
    struct table_sort *sort = sort_of(app->table);
    const struct columns *columns = &app->table->columns;

    for (guint i = 0; i < columns->n; i++) {
        struct rect cell = columns_cell(columns, i, app->table->titles_x, 0);

        if (x < cell.x || x >= cell.x + cell.width || !table_can_sort(sort->kind, i))
            continue;
        sort->turned = sort->column == i && !sort->turned;
        sort->column = i;
    }
}

/* --- Keys and mouse -------------------------------------------------------------------------- */

/* As in the grid, but on to the next line. */
static void mark(struct app *app, const GArray *rows, const struct table_row *row)
{
    gboolean counted = app->count > 0;

    if (row->vm != NULL)
        marks_set_vm(&app->marks, row->vm, counted || !marks_has_vm(&app->marks, row->vm));
    else
        marks_set_host(&app->marks, row->host, counted || !marks_has_host(&app->marks, row->host));
    if (list_key(&app->table->list, ACTION_CURSOR_DOWN))
        choose(app, row_at(rows, app->table->list.cursor));
}

static gboolean is_marked_last(const struct app *app, const struct table_row *row)
{
    return row->vm != NULL ? g_strcmp0(app->marks.last_vm, row->vm->name) == 0
                           : g_strcmp0(app->marks.last_host, row->host->name) == 0;
}

/* The lines between, as they stand now. */
static void mark_range(struct app *app, const GArray *rows)
{
    int here = app->table->list.cursor, from = here;

    for (int i = 0; i < (int)rows->len; i++) {
        if (is_marked_last(app, row_at(rows, i)))
            from = i;
    }
    for (int i = MIN(here, from); i <= MAX(here, from); i++) {
        const struct table_row *row = row_at(rows, i);

        if (row != NULL && row->vm != NULL)
            marks_set_vm(&app->marks, row->vm, TRUE);
        else if (row != NULL)
            marks_set_host(&app->marks, row->host, TRUE);
    }
}

static void show_others(struct app *app)
{
    app->table->kind = app->table->kind == TABLE_VMS ? TABLE_HOSTS : TABLE_VMS;
    app->table->list = (struct list){.has_cursor = TRUE};
    if (app->table->kind == TABLE_HOSTS)
        g_clear_pointer(&app->vm, g_free);
}

/* What an action does to the line that is chosen. */
static gboolean act(struct app *app, const GArray *rows, const struct table_row *row,
                    enum action action)
{
    switch (action) {
    case ACTION_CONFIRM:
        app_open(app, row->vm != NULL ? &view_vm : &view_host);
        return TRUE;
    case ACTION_MARK:
        mark(app, rows, row);
        return TRUE;
    case ACTION_MARK_RANGE:
        mark_range(app, rows);
        return TRUE;
    case ACTION_MENU:
        menu_open(app);
        return TRUE;
    case ACTION_MIGRATE:
        action_pick_up(app);
        return TRUE;
    default:
        return FALSE;
    }
}

/* Where no line is shown nothing is done to what was selected before, unseen. */
static gboolean is_about_line(enum action action)
{
    static const enum action about[] = {
        ACTION_CONFIRM,     ACTION_MARK,      ACTION_MARK_RANGE, ACTION_MENU,   ACTION_MIGRATE,
        ACTION_WAKE,        ACTION_POWER_OFF, ACTION_PICK_ALL,   ACTION_SPREAD, ACTION_DRAIN,
        ACTION_MAINTENANCE, ACTION_POSTCOPY,  ACTION_START_STOP,
    };

    for (guint i = 0; i < G_N_ELEMENTS(about); i++) {
        if (about[i] == action)
            return TRUE;
    }
    return FALSE;
}

/* What is chosen here stays selected: the grid is gone on with, not come back to. */
static void leave(struct app *app)
{
    if (app->n_views <= 2)
        app_open(app, &view_main);
    else
        app_back(app);
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    const GArray *rows = rows_now(app);

    (void)input;
    find_chosen(app, rows);
    list_fit(&app->table->list, (int)rows->len, app->table->list.height);
    choose(app, row_at(rows, app->table->list.cursor));
    if (list_key(&app->table->list, action)) {
        choose(app, row_at(rows, app->table->list.cursor));
        return TRUE;
    }
    if (rows->len == 0 && is_about_line(action)) {
        app_say(app, ROLE_FOOTER, "no line is shown to do that to");
        return TRUE;
    }
    if (rows->len > 0 && act(app, rows, row_at(rows, app->table->list.cursor), action))
        return TRUE;
    switch (action) {
    case ACTION_CURSOR_LEFT:
    case ACTION_CURSOR_RIGHT:
        sort_by_next(app, action == ACTION_CURSOR_RIGHT ? 1 : -1);
        return TRUE;
    case ACTION_ORDER:
        sort_by_next(app, 1);
        return TRUE;
    case ACTION_GROUP:
        sort_of(app->table)->turned = !sort_of(app->table)->turned;
        return TRUE;
    case ACTION_NEXT_VM:
    case ACTION_PREVIOUS_VM:
        show_others(app);
        return TRUE;
    case ACTION_CANCEL:
        if (app->filter != NULL)
            return FALSE; /* that is taken away first */
        leave(app);
        return TRUE;
    case ACTION_ROWS:
    case ACTION_QUIT:
        leave(app);
        return TRUE;
    default:
        return FALSE;
    }
}

/* A click chooses, one on what is chosen goes in; one on a title sorts. */
static void mouse(struct app *app, const struct input *input)
{
    struct list *list = &app->table->list;
    const GArray *rows = rows_now(app);
    int before;

    find_chosen(app, rows);
    before = list->cursor;
    if (input->kind == INPUT_PRESS && input->y == list->y - 1) {
        if (input->button == 1)
            click_title(app, input->x);
        return;
    }
    if (!list_mouse(list, input) || row_at(rows, list->cursor) == NULL)
        return;
    choose(app, row_at(rows, list->cursor));
    if (input->kind != INPUT_PRESS)
        return;
    if (input->shift)
        mark_range(app, rows);
    else if (input->control)
        action_mark_at(app, app_host(app), app_vm(app), FALSE);
    else if (list->cursor == before)
        act(app, rows, row_at(rows, list->cursor), ACTION_CONFIRM);
}

static char *count(struct app *app)
{
    const GArray *rows = rows_now(app);
    gboolean vms = app->table->kind == TABLE_VMS;

    return g_strdup_printf("%u of %u %s", rows->len,
                           vms ? app->scene.n_vms : app->scene.cluster->hosts->len,
                           vms ? "VMs" : "hosts");
}

static const struct view_filter filter = {FILTER_OF_GRID, find_slot, count};

static const struct view_key keys[] = {
    {ACTION_CONFIRM, "all of it", "go into the chosen one"},
    {ACTION_NEXT_VM, "hosts, VMs", "the hosts instead of the VMs, or the VMs again"},
    {ACTION_CURSOR_RIGHT, "sort", "sort by the next column; a click on a title sorts by it"},
    {ACTION_CURSOR_LEFT, "", "sort by the column before"},
    {ACTION_GROUP, "turn", "sort the other way round; so does a second click on the title"},
    {ACTION_FIND, "filter", "only what is meant, in the grid too: state:over, cpu:>50, away:yes"},
    {ACTION_MARK, "mark", "mark it or unmark it, and go on"},
    {ACTION_MARK_RANGE, "", "mark the lines from the last one marked to here"},
    {ACTION_MENU, "menu", "what can be done with it"},
    {ACTION_MIGRATE, "", "pick it up, or those marked, and back to the grid"},
    {ACTION_CANCEL, "", "take the filter away; then back"},
    {ACTION_NONE, NULL, NULL},
};

/* Without a line only what may bring one into sight: not even that where there are no hosts. */
static gboolean offers(const struct app *app, enum action action)
{
    if (app->table->list.n > 0)
        return TRUE;
    return app->scene.cluster->hosts->len > 0 &&
           (action == ACTION_NEXT_VM || action == ACTION_FIND);
}

const struct view view_table = {"Table", draw, key, mouse, &filter, keys, offers};
