#include "tui/console.h"

#include <signal.h>
#include <string.h>

#include <glib-unix.h>

#include "core/base/user_state.h"
#include "core/command/shell_history.h"
#include "tui/action.h"
#include "tui/console_state.h"
#include "tui/look.h"
#include "tui/notice.h"
#include "tui/stray.h"

#define FRAME_MS      33
#define LEAVE_SECONDS 10

struct console {
    struct app *app;
    struct screen *screen;
    struct console_state *state;
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
    console_state_keep(console->state, console->app, FALSE);
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

/* A theme chosen once may be gone meanwhile; one that is configured must be there. */
static struct theme *load_theme(const struct console_state *state, const char *configured,
                                const char **name, GPtrArray *warnings, GError **error)
{
    struct theme *theme = NULL;

    *name = console_state_theme(state);
    if (g_strcmp0(*name, configured) != 0)
        theme = theme_load(*name, warnings, NULL);
    if (theme != NULL)
        return theme;
    *name = configured;
    return theme_load(configured, warnings, error);
}

static struct app *make_app(const struct console_options *options, struct console *console,
                            struct keymap *keymap, const char *theme_name, gboolean mouse)
{
    const struct limits limits = options->session->limits;
    /* Whoever uses a kiosk next has no business with what was typed before. */
    g_autofree char *history = limits.kiosk ? NULL : user_state_path(SHELL_HISTORY_NAME);
    g_autofree char *filters = limits.kiosk ? NULL : user_state_path("filters");
    struct app *app =
        app_new(options->engine, console->screen, keymap, options->lab_name, options->simulated);

    app->theme_name = g_strdup(theme_name);
    app->mouse = mouse;
    app->animated = options->animated;
    app->session = options->session;
    app->readonly = limits.readonly;
    app->kiosk = limits.kiosk;
    app->hooks = options->hooks;
    app->changed = changed;
    app->changed_data = console;
    palette_clear(&app->palette);
    palette_init(&app->palette, history);
    prompt_clear(&app->prompt);
    prompt_init(&app->prompt, filters);
    console_state_apply(console->state, app);
    console_state_keep(console->state, app, FALSE);
    return app;
}

int console_run(const struct console_options *options, GError **error)
{
    const char *configured = options->theme != NULL ? options->theme : "default";
    const char *keymap_name = options->keymap != NULL ? options->keymap : "default";
    const char *theme_name;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *path =
        options->session->limits.kiosk ? NULL : user_state_path(CONSOLE_STATE_NAME);
    autoptr(console_state) state = console_state_new(path, configured, warnings);
    autoptr(theme) theme = load_theme(state, configured, &theme_name, warnings, error);
    gboolean mouse = options->mouse && console_state_mouse(state);
    autoptr(keymap) keymap = theme != NULL ? keymap_load(keymap_name, warnings, error) : NULL;
    const struct screen_request request = {mouse, options->colours};
    autoptr(screen) screen = keymap != NULL ? screen_curses_open(theme, &request, error) : NULL;
    struct console console = {.screen = screen, .state = state};
    const struct output *before = options->session->output;
    const struct output quiet = {.out = before->out, .err = before->err};

    if (screen == NULL)
        return 1;
    /* What the session tells goes to standard error, which is held, and never to the screen. */
    options->session->output = &quiet;
    console.app = make_app(options, &console, g_steal_pointer(&keymap), theme_name, mouse);
    console.app->look = look_new(console.app, theme, keymap_name);
    welcome(console.app);
    for (guint i = 0; options->warnings && i < options->warnings->len; i++)
        g_ptr_array_add(warnings, g_strdup(g_ptr_array_index(options->warnings, i)));
    say_warnings(console.app, warnings);
    console.app->notice = notice_new(options->session->config->notice,
                                     options->session->config->title, g_getenv("TMUX") != NULL);
    stray_hold();
    run(&console);
    notice_end(console.app->notice, console.app);
    console_state_keep(state, console.app, TRUE);
    app_free(console.app);
    g_clear_pointer(&screen, screen_free);
    stray_release();
    options->session->output = before;
    return 0;
}
