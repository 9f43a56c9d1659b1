/* view_prompt.c - how the prompt is drawn: the line, and what stands above it. */
#include "tui/prompt.h"

#include "core/base/text.h"
#include "tui/view.h"
#include "tui/wrap.h"

#define WORDS_LINES_MOST 6
#define ERROR_LINES_MOST 2
#define COUNT_CELLS_MOST 34

static const struct view_filter *filter_of(const struct app *app)
{
    return app->prompt.view->filter;
}

void prompt_draw(struct app *app, struct surface *surface, struct rect rect)
{
    struct prompt *prompt = &app->prompt;
    g_autofree char *count = filter_of(app)->count(app);
    int right = MIN((int)text_width(count), COUNT_CELLS_MOST), x = rect.x + 1, room;

    surface_fill(surface, rect, " ", ROLE_INPUT, 0);
    x += surface_text(surface, x, rect.y, -1, "filter: ", ROLE_INPUT, CELL_BOLD);
    room = rect.x + rect.width - 1 - x - (rect.width >= 60 ? right + 2 : 0);
    line_edit_draw(&prompt->edit, surface, (struct rect){x, rect.y, MAX(1, room), 1}, ROLE_INPUT);
    if (rect.width >= 60)
        surface_text(surface, rect.x + rect.width - 1 - right, rect.y, right, count, ROLE_INPUT,
                     CELL_BOLD);
}

static void draw_candidate(const struct filter_candidate *candidate, struct surface *surface,
                           struct rect row, int cells, gboolean chosen)
{
    surface_fill(surface, row, " ", ROLE_DIALOG, 0);
    surface_text(surface, row.x + 1, row.y, cells, candidate->word, ROLE_DIALOG, CELL_BOLD);
    surface_text(surface, row.x + 1 + cells + 2, row.y, MAX(0, row.width - cells - 4),
                 candidate->help, ROLE_DIALOG, 0);
    if (chosen)
        surface_recolour(surface, row, ROLE_SELECTED, CELL_BOLD);
}

/* As few lines as will do: what is filtered is to be seen. Returns those taken. */
static int draw_words(const struct prompt *prompt, struct surface *surface, struct rect above)
{
    int n = prompt->words != NULL ? (int)prompt->words->len : 0;
    int lines = MIN(n, MIN(WORDS_LINES_MOST, above.height / 3));
    int top = CLAMP(prompt->chosen - lines / 2, 0, n - lines), cells = 8;

    for (int i = 0; i < n; i++)
        cells = MAX(cells, (int)text_width(prompt_word(prompt, (guint)i)));
    cells = MIN(cells, above.width / 2);
    for (int i = 0; i < lines; i++)
        draw_candidate(g_ptr_array_index(prompt->words, (guint)(top + i)), surface,
                       (struct rect){above.x, above.y + above.height - lines + i, above.width, 1},
                       cells, top + i == prompt->chosen);
    return lines;
}

/* Why it is no filter; else what the key that is being typed may be; else what there is. */
static char *tell(const struct app *app, enum role *role)
{
    const struct prompt *prompt = &app->prompt;
    char *hint;

    *role = ROLE_WARNING;
    if (prompt->error != NULL && prompt->edit.text->len > 0)
        return g_strdup(prompt->error);
    *role = ROLE_DIALOG;
    hint = filter_hint(filter_of(app)->scope, prompt->edit.text->str, prompt->edit.cursor);
    if (hint != NULL || prompt->edit.text->len > 0)
        return hint;
    return g_strdup("A piece of a name, /regular expression/, KEY:VALUE (Tab lists them), !not, "
                    "a|b; Enter keeps it, Escape does not");
}

void prompt_draw_above(struct app *app, struct surface *surface, struct rect above)
{
    enum role role;
    g_autofree char *told = tell(app, &role);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    int n;

    above.height -= draw_words(&app->prompt, surface, above);
    if (told == NULL)
        return;
    wrap_text(told, above.width - 2, lines);
    n = MIN((int)lines->len, ERROR_LINES_MOST);
    for (int i = 0; i < n; i++) {
        struct rect row = {above.x, above.y + above.height - n + i, above.width, 1};

        surface_fill(surface, row, " ", role, 0);
        surface_text(surface, row.x + 1, row.y, row.width - 2, g_ptr_array_index(lines, (guint)i),
                     role, 0);
    }
}
