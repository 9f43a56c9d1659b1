#include "tui/output_view.h"

#include <string.h>

#include "core/base/text.h"
#include "tui/view.h"

#define COLUMN_STEP 8

void output_text_init(struct output_text *text)
{
    *text = (struct output_text){.found = -1, .width = -1};
    text->lines = g_ptr_array_new_with_free_func(g_free);
    line_edit_init(&text->search);
}

void output_text_clear(struct output_text *text)
{
    g_ptr_array_unref(text->lines);
    line_edit_clear(&text->search);
    g_free(text->title);
    *text = (struct output_text){0};
}

void output_text_set(struct output_text *text, const char *title, const GPtrArray *lines,
                     const GPtrArray *errors)
{
    output_text_clear(text);
    output_text_init(text);
    text->title = g_strdup(title);
    for (guint i = 0; i < lines->len; i++)
        g_ptr_array_add(text->lines, g_strdup(g_ptr_array_index(lines, i)));
    for (guint i = 0; i < errors->len; i++)
        g_ptr_array_add(text->lines, g_strdup(g_ptr_array_index(errors, i)));
    text->n_errors = errors->len;
}

static const char *line_at(const struct output_text *text, int line)
{
    return g_ptr_array_index(text->lines, (guint)line);
}

/* --- Drawing --------------------------------------------------------------------------------- */

static int longest(struct output_text *text)
{
    if (text->width >= 0)
        return text->width;
    text->width = 0;
    for (guint i = 0; i < text->lines->len; i++) {
        g_autofree char *escaped = text_escape(line_at(text, (int)i));

        text->width = MAX(text->width, (int)text_width(escaped));
    }
    return text->width;
}

/* "12-34 of 62, → more" */
static char *describe_place(struct output_text *text, int width, gboolean ascii)
{
    const struct list *list = &text->list;
    gboolean right = longest(text) - text->column > width;
    GString *note = g_string_new(NULL);

    if (list->n > list->height)
        g_string_append_printf(note, "%d to %d of %d lines", list->top + 1,
                               MIN(list->n, list->top + list->height), list->n);
    else
        g_string_append_printf(note, "%d line%s", list->n, list->n == 1 ? "" : "s");
    if (text->column > 0)
        g_string_append_printf(note, ", from column %d", text->column + 1);
    if (right)
        g_string_append_printf(note, ", more on the right %s", ascii ? ">" : "→");
    return g_string_free(note, FALSE);
}

static void draw_line(struct output_text *text, struct surface *surface, struct rect row, int line)
{
    gboolean is_error = line >= (int)(text->lines->len - text->n_errors);

    surface_text(surface, row.x - text->column, row.y, row.width + text->column,
                 line_at(text, line), is_error ? ROLE_WARNING : ROLE_TEXT, 0);
    if (line == text->found)
        surface_recolour(surface, row, ROLE_SELECTED, 0);
}

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    struct output_text *text = &app->output;
    struct rect clip = {area.x + 1, area.y, area.width - 1, area.height};
    g_autofree char *note = NULL;
    struct rect inside;

    text->list.y = area.y + 1;
    list_fit(&text->list, (int)text->lines->len, area.height - 1);
    text->column = CLAMP(text->column, 0, MAX(0, longest(text) - clip.width));
    note = describe_place(text, clip.width, app->ascii);
    inside = view_frame(app, surface, area, text->title != NULL ? text->title : "Output", note);
    if (text->lines->len == 0)
        surface_text(surface, inside.x + 1, inside.y, inside.width - 1,
                     text->title != NULL ? "It printed nothing." : "Nothing has been run yet.",
                     ROLE_MUTED, 0);
    clip = surface_clip(surface, clip);
    for (int i = 0; i < text->list.height && text->list.top + i < text->list.n; i++)
        draw_line(text, surface, (struct rect){inside.x + 1, inside.y + i, inside.width - 1, 1},
                  text->list.top + i);
    surface_clip(surface, clip);
}

void output_search_draw(struct app *app, struct surface *surface, struct rect rect)
{
    struct output_text *text = &app->output;
    int x = rect.x + 1;

    surface_fill(surface, rect, " ", ROLE_INPUT, 0);
    x += surface_text(surface, x, rect.y, -1, "search: ", ROLE_INPUT, CELL_BOLD);
    x = line_edit_draw(&text->search, surface,
                       (struct rect){x, rect.y, MAX(1, rect.width - x - 10), 1}, ROLE_INPUT);
    if (text->found < 0 && text->search.text->len > 0)
        surface_text(surface, x + 2, rect.y, rect.width - x - 3, "(none)", ROLE_WARNING, 0);
}

/* --- Searching ------------------------------------------------------------------------------- */

/* From a line on, and round; step: 1 downwards, -1 upwards. */
static void search_by(struct output_text *text, int from, int step)
{
    int n = (int)text->lines->len;

    text->found = -1;
    for (int i = 0; i < n && text->search.text->len > 0; i++) {
        int line = ((from + i * step) % n + n) % n;

        if (strcasestr(line_at(text, line), text->search.text->str) == NULL)
            continue;
        text->found = line;
        if (line < text->list.top || line >= text->list.top + text->list.height)
            text->list.top = line - text->list.height / 3;
        list_fit(&text->list, n, text->list.height);
        return;
    }
}

static void search(struct output_text *text, int from)
{
    search_by(text, from, 1);
}

static void search_key(struct app *app, const struct input *input, enum action action)
{
    struct output_text *text = &app->output;

    if (input->key == INPUT_KEY_ENTER) {
        text->searching = FALSE;
        if (text->found < 0 && text->search.text->len > 0)
            app_say(app, ROLE_WARNING, "no line has \"%s\"", text->search.text->str);
    } else if (input->key == INPUT_KEY_ESCAPE || input->key == KEY_CONTROL('C') ||
               (input->key == INPUT_KEY_BACKSPACE && text->search.text->len == 0) ||
               (action == ACTION_CANCEL && input->key < 32)) {
        text->searching = FALSE;
        text->found = -1;
    } else if (input->key == INPUT_KEY_TAB || input->key == INPUT_KEY_DOWN) {
        search(text, text->found + 1);
    } else if (line_edit_key(&text->search, input->key)) {
        search(text, text->list.top);
    }
}

static void find_next(struct app *app, int step)
{
    struct output_text *text = &app->output;

    if (text->search.text->len == 0)
        text->searching = TRUE;
    else
        search_by(text, text->found < 0 && step < 0 ? text->list.n - 1 : text->found + step, step);
    if (text->found < 0 && text->search.text->len > 0)
        app_say(app, ROLE_WARNING, "no line has \"%s\"", text->search.text->str);
}

/* --- Keys ------------------------------------------------------------------------------------ */

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    struct output_text *text = &app->output;

    if (text->searching) {
        search_key(app, input, action);
        return TRUE;
    }
    if (list_key(&text->list, action))
        return TRUE;
    switch (action) {
    case ACTION_CURSOR_LEFT:
    case ACTION_CURSOR_RIGHT:
        text->column += action == ACTION_CURSOR_LEFT ? -COLUMN_STEP : COLUMN_STEP;
        text->column = MAX(0, text->column);
        return TRUE;
    case ACTION_FIND:
        line_edit_set(&text->search, "");
        text->found = -1;
        text->searching = TRUE;
        return TRUE;
    case ACTION_FIND_NEXT:
    case ACTION_FIND_PREVIOUS:
        find_next(app, action == ACTION_FIND_NEXT ? 1 : -1);
        return TRUE;
    case ACTION_CANCEL:
    case ACTION_CONFIRM:
    case ACTION_OUTPUT:
    case ACTION_QUIT:
        app_back(app);
        return TRUE;
    default:
        return input->key == ' ' && list_key(&text->list, ACTION_PAGE_DOWN);
    }
}

static void mouse(struct app *app, const struct input *input)
{
    list_mouse(&app->output.list, input);
}

static const struct view_key keys[] = {
    {ACTION_FIND, "search", "look for a word while it is typed; Enter stays there"},
    {ACTION_FIND_NEXT, "next", "the next line with it"},
    {ACTION_FIND_PREVIOUS, "", "the line with it before"},
    {ACTION_PAGE_DOWN, "page down", "one screen down; so does Space"},
    {ACTION_PAGE_UP, "", "one screen up"},
    {ACTION_CURSOR_LEFT, "", "to the left, where lines are longer"},
    {ACTION_CURSOR_RIGHT, "", "to the right"},
    {ACTION_PALETTE, "command", "another verb"},
    {ACTION_NONE, NULL, NULL},
};

const struct view view_output = {"Output", draw, key, mouse, NULL, keys};
