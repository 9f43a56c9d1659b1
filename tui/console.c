#include "tui/console.h"

#include <signal.h>
#include <string.h>

#include <glib-unix.h>

#include "core/command/shell_history.h"
#include "tui/action.h"
#include "tui/notice.h"
#include "tui/stray.h"

#define FRAME_MS      33
#define LEAVE_SECONDS 10

struct console {
    struct app *app;
    struct screen *screen;
    GMainLoop *loop;
    guint frame_timer; /* a frame is due when it runs; 0 = none */
    guint leave_timer;
    guint listener;
    guint sources[4]; /* the tick and the signals */
};

/* --- Frames ---------------------------------------------------------------------------------- */

static void draw(struct console *console)
{
    int width, height;

    app_read(console->app);
    screen_size(console->screen, &width, &height);
    screen_show(console->screen, app_draw(console->app, width, height));
    if (console->app->leaving != APP_LEAVES)
        return;
    /* What the palette runs has a loop of its own within ours: it must come back first. */
    palette_run_cancel(console->app, TRUE);
    g_main_loop_quit(console->loop);
}

static gboolean frame_due(gpointer data)
{
    struct console *console = data;

    console->frame_timer = 0;
    draw(console);
    return G_SOURCE_REMOVE;
}

/* However much happens in the lab, at most one frame in FRAME_MS comes of it. */
static void changed(gpointer data)
{
    struct console *console = data;

    if (console->frame_timer == 0)
        console->frame_timer = g_timeout_add(FRAME_MS, frame_due, console);
}

static void heard(const struct engine_event *event, gpointer data)
{
    struct console *console = data;

    if (event->kind == ENGINE_EVENT_JOURNAL)
        notice_take(console->app->notice, console->app, event->entry);
    changed(data);
}

static gboolean ticked(gpointer data)
{
    struct console *console = data;

    app_tick(console->app);
    if (console->frame_timer == 0)
        draw(console);
    return G_SOURCE_CONTINUE;
}

/* --- Inputs ---------------------------------------------------------------------------------- */

/* Keys are answered at once, all that are there with one frame. */
static void ready(gpointer data)
{
    struct console *console = data;
    struct input input;

    while (screen_read(console->screen, &input)) {
        if (console->app->drops_rest && input.kind == INPUT_KEY)
            continue;
        app_read(console->app);
        app_input(console->app, &input);
    }
    console->app->drops_rest = FALSE;
    draw(console);
}

/* An interrupt from outside asks, as the key does. */
static gboolean interrupted(gpointer data)
{
    struct console *console = data;

    quit_ask(console->app);
    draw(console);
    return G_SOURCE_CONTINUE;
}

static gboolean out_of_patience(gpointer data)
{
    struct console *console = data;

    console->leave_timer = 0;
    g_main_loop_quit(console->loop);
    return G_SOURCE_REMOVE;
}

static gboolean terminated(gpointer data)
{
    struct console *console = data;

    quit_now(console->app);
    if (console->leave_timer == 0)
        console->leave_timer = g_timeout_add_seconds(LEAVE_SECONDS, out_of_patience, console);
    draw(console);
    return G_SOURCE_CONTINUE;
}

/* --- The console ----------------------------------------------------------------------------- */

static void attach(struct console *console)
{
    guint sources[] = {
        g_timeout_add_seconds(1, ticked, console),
        g_unix_signal_add(SIGINT, interrupted, console),
        g_unix_signal_add(SIGTERM, terminated, console),
        g_unix_signal_add(SIGHUP, terminated, console),
    };

    memcpy(console->sources, sources, sizeof sources);
    console->listener = engine_listen(console->app->engine, heard, console);
    screen_watch(console->screen, ready, console);
}

static void detach(struct console *console)
{
    screen_watch(console->screen, NULL, NULL);
    engine_unlisten(console->app->engine, console->listener);
    for (guint i = 0; i < G_N_ELEMENTS(console->sources); i++)
        g_source_remove(console->sources[i]);
    if (console->frame_timer != 0)
        g_source_remove(console->frame_timer);
    if (console->leave_timer != 0)
        g_source_remove(console->leave_timer);
}

static void run(struct console *console)
{
    console->loop = g_main_loop_new(NULL, FALSE);
    attach(console);
    draw(console);
    if (console->app->leaving != APP_LEAVES)
        g_main_loop_run(console->loop);
    detach(console);
    g_main_loop_unref(console->loop);
}

/* What nobody would guess of a simulated lab: its clock can be driven. */
static void welcome(struct app *app)
{
    if (app->scene.simulated)
        app_say(app, ROLE_FOOTER,
                "a simulated lab: %s %s change its speed, %s skips to the next opening, %s helps",
                keymap_first_key(app->keymap, ACTION_FASTER),
                keymap_first_key(app->keymap, ACTION_SLOWER),
                keymap_first_key(app->keymap, ACTION_SKIP),
                keymap_first_key(app->keymap, ACTION_HELP));
}

/* They were told on a terminal that the screen now covers. The journal has room for them all. */
static void say_warnings(struct app *app, const GPtrArray *warnings)
{
    for (guint i = 0; i < warnings->len; i++)
        engine_note(app->engine, "file", "", FALSE, g_ptr_array_index(warnings, i));
    if (warnings->len == 1)
        app_say(app, ROLE_WARNING, "%s", (const char *)g_ptr_array_index(warnings, 0));
    if (warnings->len > 1)
        app_say(app, ROLE_WARNING, "%s (%u more: see the journal, %s)",
                (const char *)g_ptr_array_index(warnings, 0), warnings->len - 1,
                keymap_first_key(app->keymap, ACTION_JOURNAL));
}

int console_run(const struct console_options *options, GError **error)
{
    const char *theme_name = options->theme != NULL ? options->theme : "default";
    const char *keymap_name = options->keymap != NULL ? options->keymap : "default";
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    autoptr(theme) theme = theme_load(theme_name, warnings, error);
    autoptr(keymap) keymap = theme != NULL ? keymap_load(keymap_name, warnings, error) : NULL;
    autoptr(screen) screen =
        keymap != NULL ? screen_curses_new(theme, options->mouse, error) : NULL;
    autoptr(app) app = NULL;
    struct console console = {.screen = screen};
    const struct output *before = options->session->output;
    const struct output quiet = {.out = before->out, .err = before->err};
    g_autofree char *history = shell_history_path();
    g_autofree char *state_dir = g_path_get_dirname(history);
    g_autofree char *filters = g_build_filename(state_dir, "filters", NULL);

    if (screen == NULL)
        return 1;
    /* What the session tells goes to standard error, which is held, and never to the screen. */
    options->session->output = &quiet;
    app = app_new(options->engine, screen, g_steal_pointer(&keymap), options->lab_name,
                  options->simulated);
    app->theme_name = g_strdup(theme_name);
    app->mouse = options->mouse;
    app->session = options->session;
    app->hooks = options->hooks;
    app->changed = changed;
    app->changed_data = &console;
    palette_clear(&app->palette);
    palette_init(&app->palette, history);
    prompt_clear(&app->prompt);
    prompt_init(&app->prompt, filters);
    welcome(app);
    for (guint i = 0; options->warnings && i < options->warnings->len; i++)
        g_ptr_array_add(warnings, g_strdup(g_ptr_array_index(options->warnings, i)));
    say_warnings(app, warnings);
    console.app = app;
    app->notice = notice_new(options->session->config->notice, options->session->config->title,
                             g_getenv("TMUX") != NULL);
    stray_hold();
    run(&console);
    notice_end(app->notice, app);
    g_clear_pointer(&app, app_free);
    g_clear_pointer(&screen, screen_free);
    stray_release();
    options->session->output = before;
    return 0;
}
