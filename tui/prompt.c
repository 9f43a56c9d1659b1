#include <string.h>

#include "tui/action.h"

#define PROMPT_BYTES_MOST 255

void prompt_open(struct app *app)
{
    const struct host *host = app_host(app);

    app->prompt.open = TRUE;
    app->prompt.fails = FALSE;
    g_string_truncate(app->prompt.text, 0);
    g_free(app->prompt.start_host);
    app->prompt.start_host = host != NULL ? g_strdup(host->name) : NULL;
}

/* --- Searching ------------------------------------------------------------------------------- */

/* What was found: a host, or one of its VMs. */
struct found {
    const struct host *host;
    const struct vm *vm;
};

static gboolean matches(const char *name, const char *wanted)
{
    return strcasestr(name, wanted) != NULL;
}

/*
 * The first match on a host: itself when from_vm is 0, else its VMs from the from_vm-th on
 * (counted from 1). A VM that bears its host's name is found after it.
 */
static gboolean search_host(const struct host *host, guint from_vm, const char *wanted,
                            struct found *found)
{
    if (from_vm == 0 && matches(host->name, wanted)) {
        *found = (struct found){host, NULL};
        return TRUE;
    }
    for (guint i = MAX(1, from_vm); i <= host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i - 1);

        if (matches(vm->name, wanted)) {
            *found = (struct found){host, vm};
            return TRUE;
        }
    }
    return FALSE;
}

/* From a host on, all the way round to it again. */
static gboolean search_from(const struct scene *scene, const struct host *start, guint from_vm,
                            const char *wanted, struct found *found)
{
    guint n = scene->cluster->hosts->len;

    for (guint i = 0; i <= n; i++) {
        const struct host *host = scene_host_at(scene, (start->index + i) % n);

        if (search_host(host, i == 0 ? from_vm : 0, wanted, found))
            return TRUE;
    }
    return FALSE;
}

static void show(struct app *app, const struct found *found)
{
    if (found->vm != NULL) {
        app_select_vm(app, found->vm);
    } else {
        app_select_host(app, found->host);
        g_clear_pointer(&app->vm, g_free);
    }
}

static gboolean search(struct app *app, const struct host *start, guint from_vm)
{
    struct found found;

    if (start == NULL || app->prompt.text->len == 0 ||
        !search_from(&app->scene, start, from_vm, app->prompt.text->str, &found))
        return FALSE;
    show(app, &found);
    return TRUE;
}

void prompt_find_next(struct app *app)
{
    const struct host *host = app_host(app);
    const struct vm *vm = app_vm(app);
    guint index = 0;

    if (app->prompt.text->len == 0) {
        prompt_open(app);
        return;
    }
    if (vm != NULL)
        g_ptr_array_find(host->vms, vm, &index);
    if (!search(app, host, vm != NULL ? index + 2 : 1))
        app_say(app, ROLE_WARNING, "nothing is called \"%s\"", app->prompt.text->str);
}

/* --- Typing ---------------------------------------------------------------------------------- */

/* As it is typed, the first match from where the search began is shown. */
static void typed(struct app *app)
{
    const struct host *start = app->prompt.start_host != NULL
                                   ? cluster_find_host(app->scene.cluster, app->prompt.start_host)
                                   : NULL;

    if (start == NULL)
        start = app_host(app);
    if (app->prompt.text->len == 0)
        app_select_host(app, start);
    else
        app->prompt.fails = !search(app, start, 0);
}

static void append(struct app *app, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    for (const char *c = valid; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar character = g_utf8_get_char(c);

        if (!g_unichar_iscntrl(character) && app->prompt.text->len < PROMPT_BYTES_MOST - 6)
            g_string_append_unichar(app->prompt.text, character);
    }
    typed(app);
}

static void erase(struct app *app)
{
    const char *text = app->prompt.text->str;
    const char *last = g_utf8_find_prev_char(text, text + app->prompt.text->len);

    if (last == NULL) {
        app->prompt.open = FALSE;
        return;
    }
    g_string_truncate(app->prompt.text, (gsize)(last - text));
    typed(app);
}

static void close_prompt(struct app *app, gboolean keep)
{
    app->prompt.open = FALSE;
    if (!keep && app->prompt.start_host != NULL)
        app_select_host(app, cluster_find_host(app->scene.cluster, app->prompt.start_host));
    else if (app->prompt.fails && app->prompt.text->len > 0)
        app_say(app, ROLE_WARNING, "nothing is called \"%s\"", app->prompt.text->str);
}

void prompt_input(struct app *app, const struct input *input, enum action action)
{
    gboolean printable = input->key >= 32 && input->key < KEY_SPECIAL;
    gboolean interrupted = input->key == 3; /* ^C, whatever the keymap makes of it */
    char utf8[7] = "";

    if (input->kind == INPUT_PASTE) {
        append(app, input->text != NULL ? input->text : "");
    } else if (printable) {
        utf8[g_unichar_to_utf8(input->key, utf8)] = '\0';
        append(app, utf8);
    } else if (input->key == INPUT_KEY_ENTER) {
        close_prompt(app, TRUE);
    } else if (input->key == INPUT_KEY_ESCAPE || interrupted || action == ACTION_CANCEL) {
        close_prompt(app, FALSE);
    } else if (input->key == INPUT_KEY_BACKSPACE) {
        erase(app);
    } else if (input->key == INPUT_KEY_TAB || input->key == INPUT_KEY_DOWN) {
        prompt_find_next(app);
    }
}

void prompt_draw(const struct app *app, struct surface *surface, struct rect rect)
{
    const struct prompt *prompt = &app->prompt;
    gboolean fails = prompt->fails && prompt->text->len > 0;
    int x = rect.x + 1;

    surface_fill(surface, rect, " ", ROLE_INPUT, 0);
    x += surface_text(surface, x, rect.y, -1, "find host or VM: ", ROLE_INPUT, CELL_BOLD);
    x += surface_text(surface, x, rect.y, rect.width - x - 20, prompt->text->str, ROLE_INPUT, 0);
    surface->cursor_x = x;
    surface->cursor_y = rect.y;
    if (fails)
        surface_text(surface, x + 2, rect.y, rect.width - x - 3, "(none)", ROLE_WARNING, 0);
    else if (prompt->text->len > 0)
        surface_text(surface, x + 2, rect.y, rect.width - x - 3, "Tab: the next", ROLE_MUTED, 0);
}

void prompt_find_previous(struct app *app)
{
    prompt_find_next(app);
}
