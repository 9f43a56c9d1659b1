#include "tui/app.h"

#include <stdarg.h>
#include <string.h>

#include "tui/action.h"
#include "tui/bulk.h"
#include "tui/look.h"
#include "tui/notice.h"
#include "tui/night_samples.h"
#include "tui/view.h"
#include "tui/vm_pane.h"
#include "tui/wrap.h"

#define MESSAGE_SECONDS 8

struct app *app_new(struct engine *engine, struct screen *screen, struct keymap *keymap,
                    const char *lab_name, gboolean simulated)
{
    struct app *app = g_new0(struct app, 1);

    app->engine = engine;
    app->screen = screen;
    app->keymap = keymap;
    app->lab_name = g_strdup(lab_name);
    app->surface = surface_new(0, 0);
    app->footer_words = g_array_new(FALSE, FALSE, sizeof(struct footer_word));
    prompt_init(&app->prompt, NULL);
    palette_init(&app->palette, NULL);
    output_text_init(&app->output);
    app->view = app->views[0] = &view_main;
    app->n_views = 1;
    app->animated = TRUE;
    arrangement_init(&app->arrangement);
    grid_layout_init(&app->grid);
    marks_init(&app->marks);
    app->trend = trend_new();
    app->night_samples = night_samples_new();
    app->journal_follows = app->grid_follows = TRUE;
    app->ascii = screen != NULL && screen->ascii;
    app->speed_before = 1;
    scene_init(&app->scene);
    app->scene.simulated = simulated;
    drag_init(&app->drag);
    app->undo = undo_new();
    return app;
}

static void place_clear(struct app_place *place)
{
    g_clear_pointer(&place->host, g_free);
    g_clear_pointer(&place->vm, g_free);
}

void app_free(struct app *app)
{
    if (app == NULL)
        return;
    if (app->skip_timer != 0)
        clock_cancel_timer(engine_clock(app->engine), app->skip_timer);
    look_free(app->look);
    scene_clear(&app->scene);
    arrangement_clear(&app->arrangement);
    grid_layout_clear(&app->grid);
    marks_clear(&app->marks);
    trend_free(app->trend);
    filter_free(app->filter);
    hand_clear(app);
    filter_free(app->jobs_filter);
    filter_free(app->journal_filter);
    drag_clear(&app->drag);
    moves_free(app->moves);
    undo_free(app->undo);
    dialog_free(app->dialog);
    bulk_free(app->bulk);
    menu_free(app->menu);
    palette_run_clear(app);
    palette_clear(&app->palette);
    output_text_clear(&app->output);
    journal_state_free(app->journal_state);
    doctor_state_free(app->doctor_state);
    help_state_free(app->help_state);
    table_state_free(app->table);
    vm_pane_free(app->vm_pane);
    notice_free(app->notice);
    plan_clear(app);
    night_clear(app);
    tonight_clear(app);
    night_samples_free(app->night_samples);
    for (guint i = 0; i < APP_VIEWS_MOST; i++)
        place_clear(&app->places[i]);
    surface_free(app->surface);
    keymap_free(app->keymap);
    g_array_unref(app->footer_words);
    prompt_clear(&app->prompt);
    g_free(app->theme_name);
    g_free(app->lab_name);
    g_free(app->message);
    g_free(app->host);
    g_free(app->vm);
    g_free(app->vm_target);
    g_free(app);
}

/* --- What is selected ------------------------------------------------------------------------ */

const struct host *app_host(const struct app *app)
{
    const struct host *host =
        app->host != NULL ? cluster_find_host(app->scene.cluster, app->host) : NULL;
    guint n_hosts = app->scene.cluster->hosts->len;

    /* What the filter leaves out of the grid is not acted on there unseen. */
    if (app->view == &view_main && app->filter != NULL && arrangement_n(&app->arrangement) == 0)
        return NULL;
    if (host != NULL || n_hosts == 0)
        return host;
    return scene_host_at(&app->scene, MIN(app->host_index, n_hosts - 1));
}

const struct vm *app_vm(const struct app *app)
{
    const struct vm *vm = app->vm != NULL ? cluster_find_vm(app->scene.cluster, app->vm) : NULL;

    return vm != NULL && vm->host == app_host(app) ? vm : NULL;
}

void app_select_host(struct app *app, const struct host *host)
{
    if (host == NULL)
        return;
    if (g_strcmp0(app->host, host->name) != 0) {
        g_free(app->host);
        app->host = g_strdup(host->name);
        g_clear_pointer(&app->vm, g_free);
    }
    app->host_index = host->index;
    app->grid_follows = TRUE;
}

void app_select_vm(struct app *app, const struct vm *vm)
{
    app_select_host(app, vm->host);
    g_free(app->vm);
    app->vm = g_strdup(vm->name);
}

/* --- Reading --------------------------------------------------------------------------------- */

void app_read(struct app *app)
{
    g_autofree char *why = NULL;

    scene_read(&app->scene, app->engine);
    manager_read(app);
    marks_prune(&app->marks, app->scene.cluster);
    trend_update(app->trend, &app->scene);
    night_samples_take(app->night_samples, &app->scene);
    drag_update(&app->drag, &app->scene, app->engine, &why);
    if (why != NULL)
        app_say(app, ROLE_WARNING, "%s", why);
    undo_read(app);
    vm_pane_follow(app);
    quit_check(app);
}

/* --- Drawing --------------------------------------------------------------------------------- */

static gboolean was_drawn(const struct surface *surface)
{
    return surface->width > 0 || surface->height > 0;
}

static gboolean is_too_small(const struct surface *surface)
{
    return surface->width < APP_WIDTH_LEAST || surface->height < APP_HEIGHT_LEAST;
}

static void draw_too_small(const struct app *app, struct surface *surface)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = g_strdup_printf(
        "roost needs %d x %d, here are %d x %d. %s", APP_WIDTH_LEAST, APP_HEIGHT_LEAST,
        surface->width, surface->height, app->dialog != NULL ? "A question waits." : "");
    int y;

    wrap_text("A bit more room, please:", surface->width - 2, lines);
    wrap_text(g_strchomp(text), surface->width - 2, lines);
    y = MAX(0, (surface->height - (int)lines->len) / 2);
    for (guint i = 0; i < lines->len; i++)
        surface_text(surface, 1, y + (int)i, surface->width - 2, g_ptr_array_index(lines, i),
                     i == 0 ? ROLE_STRONG : ROLE_TEXT, i == 0 ? CELL_BOLD : 0);
}

const struct surface *app_draw(struct app *app, int width, int height)
{
    struct surface *surface = app->surface;

    if (surface->width != width || surface->height != height)
        surface_resize(surface, width, height);
    else
        surface_clear(surface);
    if (is_too_small(surface)) {
        draw_too_small(app, surface);
        return surface;
    }
    arrangement_update(&app->arrangement, &app->scene, app->filter);
    app->view->draw(app, surface, (struct rect){0, 1, width, height - 2});
    header_draw(app, surface, (struct rect){0, 0, width, 1});
    if (app->palette.open)
        palette_draw_above(app, surface, (struct rect){0, 1, width, height - 2});
    if (app->prompt.open)
        prompt_draw_above(app, surface, (struct rect){0, 1, width, height - 2});
    if (app->menu != NULL)
        menu_draw(app->menu, surface, app->ascii);
    if (app->dialog != NULL)
        dialog_draw(app->dialog, surface, app->ascii);
    footer_draw(app, surface, (struct rect){0, height - 1, width, 1});
    return surface;
}

/* --- Inputs ---------------------------------------------------------------------------------- */

/* The answer may open the next question, so the one answered is taken away first. */
static void answer_dialog(struct app *app, int answer)
{
    autoptr(dialog) dialog = g_steal_pointer(&app->dialog);

    dialog_call(dialog, app, answer);
}

/* As long as the last line says so, Escape is for what the palette has running. */
static gboolean cancels_run(const struct app *app, enum action action)
{
    return action == ACTION_CANCEL && palette_runs_long(app) && app->drag.by == DRAG_NONE &&
           !(app->view == &view_output && app->output.searching);
}

/* --- Keys and mouse -------------------------------------------------------------------------- */

/* A key that the keymap has a line of the palette for, where no text is typed. */
static gboolean run_own_line(struct app *app, const struct input *input)
{
    const char *line = keymap_line(app->keymap, input->key);

    if (line == NULL || (app->view == &view_output && app->output.searching))
        return FALSE;
    app->count = 0;
    palette_open_line(app, line);
    return TRUE;
}

static void input_key(struct app *app, const struct input *input)
{
    enum action action = keymap_action(app->keymap, input->key);
    int answer;

    if (action == ACTION_REDRAW || action == ACTION_SUSPEND) {
        action_run(app, action);
    } else if (app->dialog != NULL) {
        if (dialog_key(app->dialog, input->key, action, &answer))
            answer_dialog(app, answer);
    } else if (app->menu != NULL) {
        menu_key(app, input->key, action);
    } else if (app->palette.open) {
        palette_input(app, input, action);
    } else if (app->prompt.open) {
        prompt_input(app, input, action);
    } else if (run_own_line(app, input) || app_count(app, input, action)) {
        return;
    } else if (cancels_run(app, action)) {
        palette_run_cancel(app, FALSE);
    } else {
        g_clear_pointer(&app->message, g_free);
        if (!app_act(app, input, action) && action == ACTION_NONE &&
            input->key != INPUT_KEY_ESCAPE) {
            g_autofree char *name = input_key_name(input->key);

            app_say(app, ROLE_MUTED, "%s means nothing here; %s shows all keys", name,
                    keymap_first_key(app->keymap, ACTION_HELP));
        }
    }
}

static void input_mouse(struct app *app, const struct input *input)
{
    enum action action = footer_action_at(app, input->x, input->y);
    int answer;

    if (app->dialog != NULL) {
        if (dialog_mouse(app->dialog, input, &answer))
            answer_dialog(app, answer);
    } else if (app->menu != NULL) {
        menu_mouse(app, input);
    } else if (app->prompt.open || app->palette.open) {
        return;
    } else if (input->kind == INPUT_PRESS && input->button == 1 && action != ACTION_NONE) {
        app_act(app, input, action);
    } else {
        if (input->kind == INPUT_PRESS)
            app->count = 0;
        app->view->mouse(app, input);
    }
}

/* Nothing is done that could not be seen: what is held goes back, and the way out stays open. */
static void input_unseen(struct app *app, const struct input *input)
{
    enum action action =
        input->kind == INPUT_KEY ? keymap_action(app->keymap, input->key) : ACTION_NONE;

    if (input->kind == INPUT_RELEASE || action == ACTION_CANCEL)
        action_put_back(app);
    if (action == ACTION_REDRAW || action == ACTION_SUSPEND ||
        (action == ACTION_QUIT && app->dialog == NULL))
        action_run(app, action);
}

void app_input(struct app *app, const struct input *input)
{
    if (was_drawn(app->surface) && is_too_small(app->surface)) {
        input_unseen(app, input);
        return;
    }
    switch (input->kind) {
    case INPUT_KEY:
        input_key(app, input);
        break;
    case INPUT_PRESS:
    case INPUT_DRAG:
    case INPUT_RELEASE:
    case INPUT_WHEEL_UP:
    case INPUT_WHEEL_DOWN:
        input_mouse(app, input);
        break;
    case INPUT_PASTE:
        if (app->dialog != NULL)
            dialog_paste(app->dialog, input->text);
        else if (app->palette.open)
            palette_input(app, input, ACTION_NONE);
        else if (app->prompt.open)
            prompt_input(app, input, ACTION_NONE);
        break;
    case INPUT_RESIZE:
    case INPUT_NONE:
        break;
    }
}

void app_changed(struct app *app)
{
    if (app->changed != NULL)
        app->changed(app->changed_data);
}

void app_tick(struct app *app)
{
    notice_tick(app->notice, app);
    if (app->message != NULL && --app->message_seconds == 0)
        g_clear_pointer(&app->message, g_free);
}

/* --- Saying and asking ----------------------------------------------------------------------- */

void app_say(struct app *app, enum role role, const char *format, ...)
{
    va_list arguments;

    g_free(app->message);
    va_start(arguments, format);
    app->message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    app->message_role = role;
    app->message_seconds = MESSAGE_SECONDS;
}

void app_ask(struct app *app, struct dialog *dialog)
{
    action_put_back(app);
    dialog_free(app->dialog);
    app->dialog = dialog;
}

/* --- Views within views ---------------------------------------------------------------------- */

static void place_keep(const struct app *app, struct app_place *place)
{
    const struct host *host = app_host(app);

    place_clear(place);
    place->host = g_strdup(host != NULL ? host->name : NULL);
    place->vm = g_strdup(app->vm);
}

/*
 * Where one was before is where one is after. Only who went on to another host, or another VM, from
 * within the view of one has gone on with it; who stood on a host stands on a host again.
 */
static void come_back(struct app *app, const struct app_place *place, const struct view *closed)
{
    const struct host *host =
        place->host != NULL ? cluster_find_host(app->scene.cluster, place->host) : NULL;
    const struct vm *vm = place->vm != NULL ? cluster_find_vm(app->scene.cluster, place->vm) : NULL;

    if (closed != &view_host && closed != &view_vm) {
        if (vm != NULL && vm != app_vm(app))
            app_select_vm(app, vm);
        else if (vm == NULL && host != NULL && host != app_host(app))
            app_select_host(app, host);
    }
    if (place->vm == NULL)
        g_clear_pointer(&app->vm, g_free);
}

void app_open(struct app *app, const struct view *view)
{
    guint at = 0;

    if (view != &view_main)
        action_put_back(app);
    while (at < app->n_views && app->views[at] != view)
        at++;
    if (at == app->n_views)
        place_keep(app, &app->places[at - 1]);
    /* Whoever goes round and round comes out by the way of the last rounds only. */
    if (at == APP_VIEWS_MOST) {
        place_clear(&app->places[1]);
        memmove(&app->views[1], &app->views[2], (--at - 1) * sizeof app->views[0]);
        memmove(&app->places[1], &app->places[2], (at - 1) * sizeof app->places[0]);
        app->places[at] = (struct app_place){0};
    }
    app->views[at] = view;
    app->n_views = at + 1;
    app->view = view;
}

gboolean app_back(struct app *app)
{
    const struct view *closed;

    if (app->n_views <= 1)
        return FALSE;
    closed = app->view;
    app->view = app->views[--app->n_views - 1];
    come_back(app, &app->places[app->n_views - 1], closed);
    return TRUE;
}
