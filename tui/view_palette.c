/* view_palette.c - how the palette is drawn: the line, and what stands above it. */
#include "tui/palette.h"

#include <string.h>

#include "core/base/text.h"
#include "core/command/command_line.h"
#include "tui/action.h"
#include "tui/app.h"
#include "tui/wrap.h"

#define WORDS_LINES_MOST 10
#define TOLD_LINES_MOST  4
#define WORD_CELLS_MOST  24
#define NOTE_CELLS_MOST  34
#define GAP              2

/* --- The line -------------------------------------------------------------------------------- */

static int draw_prompt(const struct palette *palette, struct surface *surface, struct rect rect)
{
    if (!palette->looking)
        return surface_text(surface, rect.x, rect.y, rect.width, ":", ROLE_INPUT, CELL_BOLD);
    return surface_printf(surface, rect.x, rect.y, rect.width / 2, ROLE_INPUT, CELL_BOLD,
                          "typed before, with \"%s\": ", palette->wanted->str);
}

/* What is marked stands for names that were not typed. */
static void draw_marks(const struct app *app, struct surface *surface, struct rect rect, int x,
                       gboolean of_vms)
{
    guint n = of_vms ? marks_n_vms(&app->marks) : marks_n_hosts(&app->marks);

    surface_printf(surface, x + 1, rect.y, MAX(0, rect.x + rect.width - 2 - x), ROLE_INPUT,
                   CELL_DIM, "the %u %s%s marked: Enter lists them and asks", n,
                   of_vms ? "VM" : "host", n == 1 ? "" : "s");
}

void palette_draw_line(struct app *app, struct surface *surface, struct rect rect)
{
    struct palette *palette = &app->palette;
    g_autofree char *ghost = palette_ghost(app, palette->edit.text->str);
    struct rect line = {rect.x + 1, rect.y, rect.width - 2, 1};
    gboolean of_vms;
    int prompt, x;

    surface_fill(surface, rect, " ", ROLE_INPUT, 0);
    prompt = draw_prompt(palette, surface, line);
    line.x += prompt;
    line.width -= prompt;
    x = line_edit_draw(&palette->edit, surface, line, ROLE_INPUT);
    if (palette->chosen < 0 &&
        palette_verb_of_marks(app, palette->edit.text->str, &of_vms) != NULL) {
        draw_marks(app, surface, rect, x, of_vms);
        return;
    }
    if (ghost == NULL || palette->chosen >= 0)
        return;
    if (*ghost == ' ')
        x++;
    x += surface_text(surface, x, rect.y, MAX(0, rect.x + rect.width - 1 - x),
                      ghost + (*ghost == ' '), ROLE_INPUT, CELL_DIM | CELL_UNDERLINE);
    surface_text(surface, x + 2, rect.y, MAX(0, rect.x + rect.width - 1 - x - 2),
                 "(selected: Enter takes it too)", ROLE_INPUT, CELL_DIM);
}

/* --- What is told above it ------------------------------------------------------------------- */

struct told {
    GPtrArray *lines; /* char * */
    enum role role;
};

/* What `help VERB` says: the sentences, then the options. */
static void explain(const struct verb *verb, int cells, GPtrArray *lines)
{
    g_auto(GStrv) paragraphs = g_strsplit(verb->details, "\n", -1);

    for (guint i = 0; paragraphs[i] != NULL; i++) {
        if (*paragraphs[i] != '\0')
            wrap_text(paragraphs[i], cells, lines);
    }
    for (guint i = 0; option_infos[i].name != NULL; i++) {
        const struct option_info *option = &option_infos[i];
        g_autofree char *text =
            g_strdup_printf("--%s%s%s  %s", option->name, option->argument != NULL ? " " : "",
                            option->argument != NULL ? option->argument : "", option->help);

        if ((option->bit & verb->options) != 0)
            wrap_text(text, cells, lines);
    }
}

/* The reason it failed, else what was pasted, else how the verb is used. */
static struct told tell(const struct app *app, int cells, guint most)
{
    const struct palette *palette = &app->palette;
    const struct verb *verb = palette_verb(palette->edit.text->str);
    enum action action = palette_line_action(palette->edit.text->str);
    struct told told = {g_ptr_array_new_with_free_func(g_free), ROLE_DIALOG};

    if (palette->error != NULL || palette->warning != NULL) {
        told.role = ROLE_WARNING;
        wrap_text(palette->error != NULL ? palette->error : palette->warning, cells, told.lines);
    } else if (verb != NULL && (palette->word_start > 0 || palette->explains)) {
        g_autofree char *usage = command_line_usage(verb);
        g_autofree char *text = g_strdup_printf("%s: %s", usage, verb->help);

        wrap_text(text, cells, told.lines);
        if (palette->explains)
            explain(verb, cells, told.lines);
    } else if (action != ACTION_NONE && palette->word_start > 0) {
        g_autofree char *text =
            g_strdup_printf("%s: %s", action_info[action].name, action_info[action].help);

        wrap_text(text, cells, told.lines);
    }
    if (told.lines->len > most)
        g_ptr_array_set_size(told.lines, (gint)most);
    return told;
}

static void draw_told(const struct told *told, struct surface *surface, struct rect rect)
{
    for (guint i = 0; i < told->lines->len; i++) {
        struct rect row = {rect.x, rect.y + (int)i, rect.width, 1};

        surface_fill(surface, row, " ", told->role, 0);
        surface_text(surface, row.x + 1, row.y, row.width - 2, g_ptr_array_index(told->lines, i),
                     told->role, i == 0 && told->role == ROLE_DIALOG ? CELL_BOLD : 0);
    }
}

/* --- What could be meant --------------------------------------------------------------------- */

static const struct palette_word *word_at(const struct palette *palette, int index)
{
    return g_ptr_array_index(palette->words, (guint)index);
}

struct word_columns {
    int word, note;
};

/* Of all words, not only those in sight: nothing jumps while the list is walked through. */
static struct word_columns measure(const struct palette *palette, int width)
{
    struct word_columns columns = {0, 0};

    for (guint i = 0; i < palette->words->len; i++) {
        columns.word = MAX(columns.word, (int)text_width(word_at(palette, (int)i)->word));
        columns.note = MAX(columns.note, (int)text_width(word_at(palette, (int)i)->note));
    }
    columns.word = MIN(columns.word, WORD_CELLS_MOST);
    columns.note = MIN(columns.note, MIN(NOTE_CELLS_MOST, MAX(8, width / 3)));
    return columns;
}

static void draw_word(const struct palette_word *word, struct surface *surface, struct rect row,
                      struct word_columns columns, gboolean chosen)
{
    int x = row.x + 1, end = row.x + row.width - 1;

    surface_fill(surface, row, " ", ROLE_DIALOG, 0);
    surface_text(surface, x, row.y, columns.word, word->word, ROLE_DIALOG, CELL_BOLD);
    x += columns.word + GAP;
    surface_text(surface, x, row.y, MIN(columns.note, MAX(0, end - x)), word->note, ROLE_DIALOG, 0);
    x += columns.note > 0 ? columns.note + GAP : 0;
    surface_text(surface, x, row.y, MAX(0, end - x), word->help, ROLE_DIALOG, 0);
    if (chosen)
        surface_recolour(surface, row, ROLE_SELECTED, CELL_BOLD);
}

static void draw_words(struct palette *palette, struct surface *surface, struct rect rect)
{
    struct word_columns columns = measure(palette, rect.width);

    if (palette->chosen >= 0 && palette->chosen < palette->top)
        palette->top = palette->chosen;
    if (palette->chosen >= palette->top + rect.height)
        palette->top = palette->chosen - rect.height + 1;
    for (int i = 0; i < rect.height; i++)
        draw_word(word_at(palette, palette->top + i), surface,
                  (struct rect){rect.x, rect.y + i, rect.width, 1}, columns,
                  palette->top + i == palette->chosen);
}

/* How many there are, and what a key makes of them. */
static void draw_rule(const struct app *app, struct surface *surface, struct rect rect, int shown)
{
    const struct palette *palette = &app->palette;
    int n = (int)palette->words->len;
    g_autofree char *count =
        n > shown && !palette->explains ? g_strdup_printf(" %d of %d ", shown, n) : g_strdup("");
    const char *hint = palette->explains      ? " Escape closes this help "
                       : palette->chosen >= 0 ? " Enter takes the word "
                                              : " Tab completes, Enter runs, F1 explains ";

    surface_fill(surface, rect, app->ascii ? "-" : "─", ROLE_DIALOG_FRAME, 0);
    surface_text(surface, rect.x + 1, rect.y, rect.width - 2, hint, ROLE_DIALOG_FRAME, 0);
    surface_text(surface, rect.x + rect.width - 1 - (int)strlen(count), rect.y, (int)strlen(count),
                 count, ROLE_DIALOG_FRAME, 0);
}

void palette_draw_above(struct app *app, struct surface *surface, struct rect above)
{
    struct palette *palette = &app->palette;
    guint most =
        palette->explains ? (guint)MAX(TOLD_LINES_MOST, above.height - 4) : TOLD_LINES_MOST;
    struct told told = tell(app, above.width - 2, most);
    int n_told = (int)told.lines->len;
    int words = palette->explains
                    ? 0
                    : MIN((int)palette->words->len, MIN(WORDS_LINES_MOST, above.height / 2));
    int y = above.y + above.height - words - n_told;

    draw_rule(app, surface, (struct rect){above.x, y - 1, above.width, 1}, words);
    draw_words(palette, surface, (struct rect){above.x, y, above.width, words});
    draw_told(&told, surface, (struct rect){above.x, y + words, above.width, n_told});
    g_ptr_array_unref(told.lines);
}
