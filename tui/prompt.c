/* prompt.c - the keys of the prompt. */
#include "tui/prompt.h"

#include <string.h>

#include "tui/action.h"
#include "tui/view.h"

void prompt_init(struct prompt *prompt, const char *recall_path)
{
    *prompt = (struct prompt){.at = -1, .chosen = -1};
    line_edit_init(&prompt->edit);
    prompt->history = recall_new(recall_path);
}

void prompt_clear(struct prompt *prompt)
{
    line_edit_clear(&prompt->edit);
    recall_free(prompt->history);
    g_clear_pointer(&prompt->words, g_ptr_array_unref);
    g_free(prompt->draft);
    g_free(prompt->before);
    g_free(prompt->start_host);
    g_free(prompt->start_vm);
    g_free(prompt->error);
    *prompt = (struct prompt){0};
}

static const struct view_filter *filter_of(const struct app *app)
{
    return app->prompt.view->filter;
}

/* --- Opening --------------------------------------------------------------------------------- */

static void remember_start(struct app *app)
{
    struct prompt *prompt = &app->prompt;
    const struct filter *filter = *filter_of(app)->slot(app);

    g_free(prompt->before);
    g_free(prompt->start_host);
    g_free(prompt->start_vm);
    prompt->before = filter != NULL ? g_strdup(filter_text(filter)) : NULL;
    prompt->start_host = g_strdup(app->host);
    prompt->start_vm = g_strdup(app->vm);
}

static void forget_words(struct prompt *prompt)
{
    g_clear_pointer(&prompt->words, g_ptr_array_unref);
    prompt->chosen = -1;
}

void prompt_open(struct app *app)
{
    struct prompt *prompt = &app->prompt;

    if (app->view->filter == NULL)
        app_open(app, &view_main);
    action_put_back(app);
    prompt->view = app->view;
    prompt->open = TRUE;
    prompt->at = -1;
    remember_start(app);
    forget_words(prompt);
    g_clear_pointer(&prompt->error, g_free);
    line_edit_set(&prompt->edit, prompt->before);
}

gboolean prompt_drop_filter(struct app *app)
{
    const struct view_filter *filter = app->view->filter;

    if (filter == NULL || *filter->slot(app) == NULL)
        return FALSE;
    g_clear_pointer(filter->slot(app), filter_free);
    return TRUE;
}

/* --- Filtering as it is typed ---------------------------------------------------------------- */

static void select_start(struct app *app)
{
    const struct prompt *prompt = &app->prompt;
    const struct cluster *cluster = app->scene.cluster;
    const struct host *host =
        prompt->start_host != NULL ? cluster_find_host(cluster, prompt->start_host) : NULL;
    const struct vm *vm =
        prompt->start_vm != NULL ? cluster_find_vm(cluster, prompt->start_vm) : NULL;

    if (host == NULL)
        return;
    app_select_host(app, host);
    if (vm != NULL && vm->host == host)
        app_select_vm(app, vm);
}

/* The grid's cursor goes where it began, or to the first after it that is meant. */
static void follow(struct app *app)
{
    if (app->prompt.view != &view_main)
        return;
    arrangement_update(&app->arrangement, &app->scene, app->filter);
    select_start(app);
    if (app->filter != NULL)
        prompt_find(app, 1, TRUE);
}

static void put(struct app *app, struct filter *filter)
{
    struct filter **slot = filter_of(app)->slot(app);

    filter_free(*slot);
    *slot = filter;
    follow(app);
}

static void apply(struct app *app)
{
    struct prompt *prompt = &app->prompt;
    g_autoptr(GError) error = NULL;
    struct filter *filter = filter_parse_for(filter_of(app)->scope, prompt->edit.text->str, &error);

    g_clear_pointer(&prompt->error, g_free);
    if (error != NULL) {
        prompt->error = g_strdup(error->message);
        return;
    }
    put(app, filter);
    if (filter_trouble(filter) != NULL) {
        prompt->error = g_strdup(filter_trouble(filter));
        put(app, filter_parse_for(filter_of(app)->scope, prompt->before, NULL));
    }
}

static void edited(struct app *app)
{
    app->prompt.at = -1;
    forget_words(&app->prompt);
    apply(app);
}

/* --- Completing ------------------------------------------------------------------------------ */

const char *prompt_word(const struct prompt *prompt, guint index)
{
    return ((struct filter_candidate *)g_ptr_array_index(prompt->words, index))->word;
}

/* What all candidates have in common, in bytes of the first. */
static gsize common_length(const struct prompt *prompt)
{
    gsize length = strlen(prompt_word(prompt, 0));

    for (guint i = 1; i < prompt->words->len; i++) {
        const char *word = prompt_word(prompt, i), *first = prompt_word(prompt, 0);
        gsize same = 0;

        while (same < length && g_ascii_tolower(word[same]) == g_ascii_tolower(first[same]))
            same++;
        length = same;
    }
    while (length > 0 && ((guchar)prompt_word(prompt, 0)[length] & 0xc0) == 0x80)
        length--;
    return length;
}

static void put_word(struct app *app, const char *word)
{
    line_edit_replace(&app->prompt.edit, app->prompt.word_start, word);
    apply(app);
}

/* Tab: as far as it is certain; then through the candidates, each tried out. */
static void complete(struct app *app, int step)
{
    struct prompt *prompt = &app->prompt;
    gsize typed;
    int n;

    if (prompt->words == NULL)
        prompt->words = filter_complete(filter_of(app)->scope, &app->scene, prompt->edit.text->str,
                                        prompt->edit.cursor, &prompt->word_start);
    n = (int)prompt->words->len;
    typed = prompt->edit.cursor - prompt->word_start;
    if (n == 0) {
        forget_words(prompt);
    } else if (prompt->chosen < 0 && (n == 1 || common_length(prompt) > typed)) {
        g_autofree char *common = g_strndup(prompt_word(prompt, 0), common_length(prompt));

        forget_words(prompt);
        put_word(app, common);
    } else {
        prompt->chosen =
            prompt->chosen < 0 ? (step > 0 ? 0 : n - 1) : (prompt->chosen + step + n) % n;
        put_word(app, prompt_word(prompt, (guint)prompt->chosen));
    }
}

/* --- History --------------------------------------------------------------------------------- */

static void show_line(struct app *app, gint at)
{
    struct prompt *prompt = &app->prompt;

    if (prompt->at < 0) {
        g_free(prompt->draft);
        prompt->draft = g_strdup(prompt->edit.text->str);
    }
    line_edit_set(&prompt->edit, at < 0 ? prompt->draft : recall_line(prompt->history, (guint)at));
    edited(app);
    prompt->at = at;
}

static void step_history(struct app *app, int step)
{
    gint at = recall_step(app->prompt.history, app->prompt.at, step);

    if (at != app->prompt.at)
        show_line(app, at);
}

/* --- Keys ------------------------------------------------------------------------------------ */

/* What is wrong is shown above the line, and keeps it open. */
static void keep(struct app *app)
{
    struct prompt *prompt = &app->prompt;

    if (prompt->error != NULL)
        return;
    prompt->open = FALSE;
    recall_add(prompt->history, prompt->edit.text->str);
}

static void go_back(struct app *app)
{
    struct prompt *prompt = &app->prompt;

    put(app, filter_parse_for(filter_of(app)->scope, prompt->before, NULL));
    if (prompt->view == &view_main)
        select_start(app);
    prompt->open = FALSE;
}

static gboolean own_key(struct app *app, guint key)
{
    switch (line_edit_command(key)) {
    case LINE_ENTER:
        keep(app);
        return TRUE;
    case LINE_LEAVE:
        go_back(app);
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
    return FALSE;
}

void prompt_input(struct app *app, const struct input *input, enum action action)
{
    struct prompt *prompt = &app->prompt;

    (void)action;
    if (input->kind == INPUT_PASTE) {
        line_edit_insert(&prompt->edit, input->text != NULL ? input->text : "");
        edited(app);
    } else if (own_key(app, input->key)) {
        return;
    } else if (prompt->edit.text->len == 0 && input->key == INPUT_KEY_BACKSPACE) {
        keep(app);
    } else if (line_edit_key(&prompt->edit, input->key)) {
        edited(app);
    }
}
