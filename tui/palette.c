/* palette.c - the keys of the palette. */
#include "tui/palette.h"

#include <string.h>

#include "core/base/error.h"
#include "core/command/command_line.h"
#include "core/command/limits.h"
#include "tui/action.h"
#include "tui/app.h"

void palette_init(struct palette *palette, const char *path)
{
    *palette = (struct palette){.at = -1, .chosen = -1};
    line_edit_init(&palette->edit);
    palette->history = recall_new(path);
    palette->wanted = g_string_new(NULL);
}

void palette_clear(struct palette *palette)
{
    line_edit_clear(&palette->edit);
    recall_free(palette->history);
    g_string_free(palette->wanted, TRUE);
    g_clear_pointer(&palette->words, g_ptr_array_unref);
    g_free(palette->draft);
    g_free(palette->error);
    g_free(palette->warning);
    *palette = (struct palette){0};
}

/* --- What could be meant --------------------------------------------------------------------- */

static void look_again(struct app *app)
{
    struct palette *palette = &app->palette;

    g_clear_pointer(&palette->words, g_ptr_array_unref);
    palette->words =
        palette_words(app, palette->edit.text->str, palette->edit.cursor, &palette->word_start);
    palette->chosen = -1;
    palette->top = 0;
}

static void forget_told(struct palette *palette)
{
    g_clear_pointer(&palette->error, g_free);
    g_clear_pointer(&palette->warning, g_free);
}

static void edited(struct app *app)
{
    forget_told(&app->palette);
    app->palette.at = -1;
    look_again(app);
}

void palette_open(struct app *app, const char *text)
{
    struct palette *palette = &app->palette;

    palette->open = TRUE;
    palette->looking = palette->explains = FALSE;
    line_edit_set(&palette->edit, text);
    edited(app);
}

void palette_open_failed(struct app *app, const char *text, const char *error)
{
    palette_open(app, text);
    app->palette.error = g_strdup(error);
}

/* --- Completing ------------------------------------------------------------------------------ */

static const struct palette_word *word_at(const struct palette *palette, guint index)
{
    return g_ptr_array_index(palette->words, index);
}

/* What all that begin with what was typed have in common; may be "". */
static char *common_beginning(const struct palette *palette)
{
    const char *typed = palette->edit.text->str + palette->word_start;
    gsize typed_length = palette->edit.cursor - palette->word_start;
    g_autofree char *common = NULL;

    for (guint i = 0; i < palette->words->len; i++) {
        const char *word = word_at(palette, i)->insert;
        gsize length = 0;

        if (strncmp(word, typed, typed_length) != 0)
            continue;
        while (common != NULL && common[length] != '\0' && common[length] == word[length])
            length++;
        if (common == NULL)
            common = g_strdup(word);
        else
            common[length] = '\0';
    }
    while (common != NULL && !g_utf8_validate(common, -1, NULL))
        common[strlen(common) - 1] = '\0';
    return common != NULL ? g_steal_pointer(&common) : g_strdup("");
}

static void take_ghost(struct app *app)
{
    g_autofree char *ghost = palette_ghost(app, app->palette.edit.text->str);

    if (ghost != NULL)
        line_edit_insert(&app->palette.edit, ghost);
    edited(app);
}

/* The chosen word is put in, and the list goes on with what may come after it. */
static void take_chosen(struct app *app)
{
    struct palette *palette = &app->palette;

    line_edit_replace(&palette->edit, palette->word_start,
                      word_at(palette, (guint)palette->chosen)->insert);
    line_edit_insert(&palette->edit, " ");
    edited(app);
}

/* Tab: as far as it is certain; then through the list. */
static void complete(struct app *app, int step)
{
    struct palette *palette = &app->palette;
    int n = (int)palette->words->len;
    g_autofree char *common = common_beginning(palette);
    g_autofree char *ghost = palette_ghost(app, palette->edit.text->str);

    if (palette->chosen < 0 && step > 0 && ghost != NULL && line_edit_at_end(&palette->edit)) {
        take_ghost(app);
    } else if (palette->chosen < 0 && n == 1) {
        palette->chosen = 0;
        take_chosen(app);
    } else if (palette->chosen < 0 && strlen(common) > palette->edit.cursor - palette->word_start) {
        line_edit_replace(&palette->edit, palette->word_start, common);
        edited(app);
    } else if (n > 0) {
        palette->chosen =
            palette->chosen < 0 && step < 0 ? n - 1 : (palette->chosen + step + n) % n;
    }
}

/* --- History --------------------------------------------------------------------------------- */

static void show_line(struct app *app, gint at)
{
    struct palette *palette = &app->palette;

    if (palette->at < 0) {
        g_free(palette->draft);
        palette->draft = g_strdup(palette->edit.text->str);
    }
    forget_told(palette);
    palette->at = at;
    line_edit_set(&palette->edit,
                  at < 0 ? palette->draft : recall_line(palette->history, (guint)at));
    look_again(app);
}

static void step_history(struct app *app, int step)
{
    gint at = recall_step(app->palette.history, app->palette.at, step);

    if (at != app->palette.at)
        show_line(app, at);
}

static void look_for(struct app *app, guint before)
{
    struct palette *palette = &app->palette;
    gint found = recall_search(palette->history, before, palette->wanted->str);

    if (found >= 0 && palette->wanted->len > 0)
        show_line(app, found);
}

/* TRUE while the key is one of the search; else it is over, and the key means what it means. */
static gboolean search_key(struct app *app, guint key)
{
    struct palette *palette = &app->palette;
    GString *wanted = palette->wanted;
    guint all = recall_count(palette->history);

    if (key == KEY_CONTROL('R')) {
        look_for(app, palette->at >= 0 ? (guint)palette->at : all);
    } else if (key == INPUT_KEY_BACKSPACE && wanted->len > 0) {
        g_string_truncate(wanted,
                          (gsize)(g_utf8_prev_char(wanted->str + wanted->len) - wanted->str));
        look_for(app, all);
    } else if (key >= 32 && key < KEY_SPECIAL) {
        g_string_append_unichar(wanted, key);
        look_for(app, palette->at >= 0 ? (guint)palette->at + 1 : all);
    } else {
        palette->looking = FALSE;
        return line_edit_command(key) == LINE_LEAVE;
    }
    return TRUE;
}

/* --- Keys ------------------------------------------------------------------------------------ */

static void enter(struct app *app)
{
    struct palette *palette = &app->palette;
    g_autoptr(GError) error = NULL;
    g_autofree char *ghost = NULL;
    g_autofree char *text = NULL;
    gboolean of_marks, of_vms;

    if (palette->chosen >= 0) {
        take_chosen(app);
        return;
    }
    of_marks = palette_verb_of_marks(app, palette->edit.text->str, &of_vms) != NULL;
    ghost = of_marks ? NULL : palette_ghost(app, palette->edit.text->str);
    text = g_strconcat(palette->edit.text->str, ghost != NULL ? ghost : "", NULL);
    g_strstrip(text);
    if (*text == '\0') {
        palette->open = FALSE;
        return;
    }
    recall_add(palette->history, text);
    app->drops_rest = TRUE;
    if (of_marks && action_verb_on_marked(app, text)) {
        palette->open = FALSE;
        return;
    }
    if (palette_run(app, text, TRUE, &error)) {
        palette->open = FALSE;
        return;
    }
    edited(app);
    palette->error = g_strdup(error->message);
}

/* As typed; what cannot be taken apart does not look either. */
static gboolean only_looks(const char *text)
{
    const struct limits looking = {.readonly = TRUE};
    g_autofree char *whole = g_strconcat("roost ", text, NULL);
    g_auto(GStrv) words = NULL;
    autoptr(command_line) line = NULL;
    enum action action;
    int n;

    if (!g_shell_parse_argv(whole, &n, &words, NULL))
        return FALSE;
    action = n == 2 ? palette_action(words[1]) : ACTION_NONE;
    if (action != ACTION_NONE)
        return (action_info[action].flags & ACTION_ACTS) == 0;
    line = command_line_parse(n, words, NULL);
    return line != NULL && line->verb != NULL && limits_check(looking, line, NULL);
}

void palette_open_line(struct app *app, const char *line)
{
    g_autofree char *ghost = palette_ghost(app, line);
    g_autofree char *whole = g_strconcat(line, ghost != NULL ? ghost : "", NULL);

    action_put_back(app);
    palette_open(app, line);
    if (only_looks(whole))
        enter(app);
}

static void leave(struct app *app)
{
    struct palette *palette = &app->palette;

    if (palette->chosen >= 0)
        palette->chosen = -1;
    else if (palette->explains)
        palette->explains = FALSE;
    else
        palette->open = FALSE;
}

static void paste(struct app *app, const char *text)
{
    struct palette *palette = &app->palette;
    gboolean lines = text != NULL && strpbrk(text, "\r\n") != NULL;

    line_edit_insert(&palette->edit, text);
    edited(app);
    if (lines)
        palette->warning = g_strdup("pasted lines were made one: read it before Enter runs it");
}

/* Commands of the line, and of this one only. */
static gboolean own_key(struct app *app, guint key)
{
    struct palette *palette = &app->palette;

    switch (line_edit_command(key)) {
    case LINE_ENTER:
        enter(app);
        return TRUE;
    case LINE_LEAVE:
        leave(app);
        return TRUE;
    case LINE_COMPLETE:
        complete(app, 1);
        return TRUE;
    case LINE_COMPLETE_BACK:
        complete(app, -1);
        return TRUE;
    case LINE_OLDER:
        step_history(app, -1);
        return TRUE;
    case LINE_NEWER:
        step_history(app, 1);
        return TRUE;
    case LINE_NO_COMMAND:
        break;
    }
    if (key == INPUT_KEY_F1) {
        palette->explains = !palette->explains && palette_verb(palette->edit.text->str) != NULL;
    } else if (key == KEY_CONTROL('R')) {
        palette->looking = TRUE;
        g_string_truncate(palette->wanted, 0);
    } else {
        return FALSE;
    }
    return TRUE;
}

static gboolean is_away(const struct palette *palette, guint key)
{
    return palette->edit.text->len == 0 && (key == INPUT_KEY_BACKSPACE || key == KEY_CONTROL('D'));
}

/* A '?' of its own behind a verb; within a word it is one of its letters. */
static gboolean asks_for_help(const struct palette *palette, guint key)
{
    const GString *text = palette->edit.text;

    return key == '?' && line_edit_at_end(&palette->edit) && text->len > 0 &&
           text->str[text->len - 1] == ' ' && palette_verb(text->str) != NULL;
}

static gboolean takes_ghost(const struct app *app, guint key)
{
    const struct palette *palette = &app->palette;
    gboolean right = key == INPUT_KEY_RIGHT || key == KEY_CONTROL('F') || key == INPUT_KEY_END ||
                     key == KEY_CONTROL('E');

    return right && line_edit_at_end(&palette->edit);
}

void palette_input(struct app *app, const struct input *input, enum action action)
{
    struct palette *palette = &app->palette;

    (void)action;
    if (input->kind == INPUT_PASTE) {
        paste(app, input->text);
        return;
    }
    if (palette->looking && search_key(app, input->key))
        return;
    if (own_key(app, input->key))
        return;
    if (asks_for_help(palette, input->key)) {
        palette->explains = TRUE;
        return;
    }
    if (is_away(palette, input->key)) {
        palette->open = FALSE;
    } else if (takes_ghost(app, input->key)) {
        take_ghost(app);
    } else if (input->key == ' ' && palette->chosen >= 0) {
        take_chosen(app);
    } else if (line_edit_key(&palette->edit, input->key)) {
        edited(app);
    }
}
