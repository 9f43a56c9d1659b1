#include "tui/view.h"

#include "core/base/text.h"
#include "tui/help_lines.h"

#define KEY_CELLS_MOST 20
#define COLUMN_LEAST   60 /* cells: two of them side by side where there is room */

struct help_state {
    struct filter *filter;
    guint n_lines, n_meant; /* as last drawn */
};

void help_state_free(struct help_state *state)
{
    if (state == NULL)
        return;
    filter_free(state->filter);
    g_free(state);
}

static struct help_state *state_of(struct app *app)
{
    if (app->help_state == NULL)
        app->help_state = g_new0(struct help_state, 1);
    return app->help_state;
}

/* --- Drawing ---------------------------------------------------------------------------------- */

static int key_cells(const GPtrArray *lines)
{
    int cells = 0;

    for (guint i = 0; i < lines->len; i++) {
        const struct help_line *line = g_ptr_array_index(lines, i);

        cells = MAX(cells, (int)text_width(line->key));
    }
    return MIN(cells, KEY_CELLS_MOST);
}

static void draw_line(struct surface *surface, struct rect row, const struct help_line *line,
                      int keys)
{
    if (line->heading) {
        surface_text(surface, row.x, row.y, row.width, line->text, ROLE_STRONG, CELL_BOLD);
        return;
    }
    surface_text(surface, row.x, row.y, keys, line->key, line->role, 0);
    surface_text(surface, row.x + keys + 2, row.y, row.width - keys - 2, line->text, ROLE_TEXT, 0);
}

/* What is read on from the first column to the second is one page of both. */
static void draw_page(struct surface *surface, struct rect inside, const GPtrArray *lines, int top,
                      int columns, int keys)
{
    int width = inside.width / columns;

    for (int i = 0; i < inside.height * columns && top + i < (int)lines->len; i++)
        draw_line(surface,
                  (struct rect){inside.x + 2 + i / inside.height * width,
                                inside.y + i % inside.height, width - 4, 1},
                  g_ptr_array_index(lines, top + i), keys);
}

static char *format_note(const struct app *app)
{
    const struct list *list = &app->help;
    const struct filter *filter = app->help_state->filter;
    GString *note = g_string_new(NULL);

    if (filter != NULL)
        g_string_append_printf(note, "filter: %s, ", filter_text(filter));
    if (list->n > list->height && list->height > 0)
        g_string_append_printf(note, "page %d of %d",
                               (list->top + list->height - 1) / list->height + 1,
                               (list->n + list->height - 1) / list->height);
    else
        g_string_append_printf(note, "%d line%s", list->n, list->n == 1 ? "" : "s");
    return g_string_free(note, FALSE);
}

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    struct help_state *state = state_of(app);
    const struct view *over = app->n_views >= 2 ? app->views[app->n_views - 2] : NULL;
    g_autoptr(GPtrArray) all = help_lines_new(app, over);
    g_autoptr(GPtrArray) meant = help_lines_narrow(all, state->filter);
    int columns = CLAMP(area.width / COLUMN_LEAST, 1, 2), keys = key_cells(all);
    g_autoptr(GPtrArray) lines = help_lines_wrap(meant, keys, area.width / columns - keys - 6);
    g_autofree char *note = NULL;
    struct rect inside = {area.x, area.y + 1, area.width, area.height - 1};

    state->n_lines = all->len;
    state->n_meant = meant->len;
    app->help.y = inside.y;
    list_fit(&app->help, (int)lines->len, inside.height * columns);
    note = format_note(app);
    view_frame(app, surface, area, "Help", note);
    if (lines->len == 0)
        surface_text(surface, inside.x + 2, inside.y, inside.width - 4,
                     "Nothing of the help is like that. Escape shows all of it.", ROLE_MUTED, 0);
    draw_page(surface, inside, lines, app->help.top, columns, keys);
}

/* --- Keys ------------------------------------------------------------------------------------- */

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    state_of(app);
    if (list_key(&app->help, action))
        return TRUE;
    switch (action) {
    case ACTION_CANCEL:
        if (!prompt_drop_filter(app))
            app_back(app);
        return TRUE;
    case ACTION_HELP:
    case ACTION_QUIT:
    case ACTION_CONFIRM:
        app_back(app);
        return TRUE;
    default:
        return input->key == ' ' && list_key(&app->help, ACTION_PAGE_DOWN);
    }
}

static void mouse(struct app *app, const struct input *input)
{
    list_mouse(&app->help, input);
}

static struct filter **slot(struct app *app)
{
    return &state_of(app)->filter;
}

static char *count(struct app *app)
{
    struct help_state *state = state_of(app);

    return g_strdup_printf("%u of %u lines", state->n_meant, state->n_lines);
}

static const struct view_filter filter = {FILTER_OF_ENTRIES, slot, count};

static const struct view_key keys[] = {
    {ACTION_FIND, "search", "only the lines with the words that are typed"},
    {ACTION_PAGE_DOWN, "page down", "one screen down; so does Space"},
    {ACTION_PAGE_UP, "page up", "one screen up"},
    {ACTION_NONE, NULL, NULL},
};

const struct view view_help = {"Help", draw, key, mouse, &filter, keys};
