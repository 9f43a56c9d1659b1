/* palette_run.c - a line of the palette is run, while the console goes on living. */
#include "tui/palette.h"

#include <string.h>

#include "core/base/error.h"
#include "core/command/command.h"
#include "core/command/limits.h"
#include "tui/action.h"
#include "tui/app.h"
#include "tui/look.h"
#include "tui/capture.h"
#include "tui/view.h"

/* What ends sooner is shown by what came of it alone: a word for a blink would only flicker. */
#define LONG_US (G_USEC_PER_SEC / 5)

struct palette_run {
    struct app *app;
    char *text;
    palette_call_func call; /* instead of a line; NULL = the text is a line */
    gpointer call_data;
    gboolean typed;
    struct capture *capture;
    guint source;
    guint long_timer;
    gint64 started_us; /* g_get_monotonic_time */
    gboolean begun;
    gboolean cancelled;
};

/* --- What cannot be run here ----------------------------------------------------------------- */

static const struct {
    const char *verb;
    const char *why;
} refused[] = {
    {"run", "run is a manager without a screen, a program of its own: this console can become the "
            "manager itself"},
    {"shell", "shell is for a terminal without a screen: this line takes the same verbs"},
    {"night", "night runs a simulated lab of its own: start it as roost night"},
};

static gboolean check(const struct app *app, const char *text, GError **error)
{
    const struct verb *verb = palette_verb(text);

    if (app->run != NULL)
        return error_refuse(error, ROOST_ERROR_REFUSED, "%s is not done yet; Escape cancels it",
                            app->run->text);
    for (guint i = 0; verb != NULL && i < G_N_ELEMENTS(refused); i++) {
        if (g_str_equal(refused[i].verb, verb->name) && strstr(text, "--help") == NULL)
            return error_refuse(error, ROOST_ERROR_REFUSED, "%s", refused[i].why);
    }
    if (app->session == NULL)
        return error_refuse(error, ROOST_ERROR_REFUSED, "nothing can be run here");
    return TRUE;
}

/* --- While it runs --------------------------------------------------------------------------- */

gboolean palette_is_running(const struct app *app)
{
    return app->run != NULL;
}

gboolean palette_runs_long(const struct app *app)
{
    return app->run != NULL && app->run->begun &&
           g_get_monotonic_time() - app->run->started_us >= LONG_US;
}

void palette_run_draw(const struct app *app, struct surface *surface, struct rect rect)
{
    const struct palette_run *run = app->run;
    guint seconds = (guint)((g_get_monotonic_time() - run->started_us) / G_USEC_PER_SEC);
    const char *progress = capture_progress(run->capture);
    const char *how = run->cancelled ? "being cancelled" : "Escape cancels";
    int right = (int)strlen(how) + 1;
    int x = rect.x + 1;

    surface_fill(surface, rect, " ", ROLE_INPUT, 0);
    surface_text(surface, rect.x + rect.width - right, rect.y, right, how, ROLE_INPUT, CELL_BOLD);
    rect.width -= right + 2;
    x += surface_text(surface, x, rect.y, MAX(1, rect.width / 2), run->text, ROLE_INPUT, CELL_BOLD);
    x += surface_printf(surface, x, rect.y, MAX(0, rect.width - x), ROLE_INPUT, 0, "  %u s",
                        seconds);
    surface_printf(surface, x, rect.y, MAX(0, rect.width - x), ROLE_INPUT, 0, "  %s", progress);
}

void palette_run_cancel(struct app *app, gboolean leaving)
{
    struct palette_run *run = app->run;

    if (run == NULL)
        return;
    if (!run->begun) {
        palette_run_clear(app);
        return;
    }
    /* A simulated clock that stands still would never end anything. */
    if (app->scene.simulated && clock_speed(app->session->clock) == 0)
        clock_set_speed(app->session->clock, MAX(1, app->speed_before));
    if (leaving && !run->cancelled) /* as ^C pressed twice: nothing is waited for */
        session_interrupt(app->session);
    session_interrupt(app->session);
    run->cancelled = TRUE;
}

/* --- When it has ended ----------------------------------------------------------------------- */

/* Nothing is pushed in front of what the operator went on to meanwhile. */
static gboolean is_free(const struct app *app)
{
    return app->dialog == NULL && app->menu == NULL && !app->palette.open && !app->prompt.open &&
           app->drag.by == DRAG_NONE && (app->view == &view_main || app->view == &view_output);
}

static void show_output(struct app *app, const struct palette_run *run, const GPtrArray *lines,
                        const GPtrArray *errors)
{
    output_text_set(&app->output, run->text, lines, errors);
    if (is_free(app))
        app_open(app, &view_output);
    else
        app_say(app, ROLE_FOOTER, "%s is done; %s shows what it printed", run->text,
                keymap_first_key(app->keymap, ACTION_OUTPUT));
}

static void end_well(struct app *app, const struct palette_run *run, const GPtrArray *lines,
                     const GPtrArray *errors)
{
    if (lines->len + errors->len > 1)
        show_output(app, run, lines, errors);
    else if (lines->len == 1)
        app_say(app, ROLE_FOOTER, "%s", (const char *)g_ptr_array_index(lines, 0));
    else if (errors->len == 1)
        app_say(app, ROLE_WARNING, "%s", (const char *)g_ptr_array_index(errors, 0));
    else
        app_say(app, ROLE_FOOTER, "%s: done", run->text);
}

/* What is of use in a shell only: here there is a list of verbs, and Escape for ^C. */
static gboolean is_for_shells(const char *line)
{
    return g_str_has_prefix(line, "see roost help") || g_str_has_prefix(line, "cancelling; ^C");
}

static char *join_errors(const GPtrArray *errors)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < errors->len; i++) {
        const char *line = g_ptr_array_index(errors, i);

        if (!is_for_shells(line))
            g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "", line);
    }
    return g_string_free(text, FALSE);
}

static void end_badly(struct app *app, const struct palette_run *run, const GPtrArray *lines,
                      const GPtrArray *errors)
{
    g_autofree char *reason = join_errors(errors);

    if (lines->len > 0 || errors->len > 4)
        show_output(app, run, lines, errors);
    else if (run->typed && is_free(app) && !run->cancelled)
        palette_open_failed(app, run->text, reason);
    else
        app_say(app, ROLE_WARNING, "%s: %s", run->text, reason);
}

static void run_free(struct palette_run *run)
{
    if (run->source != 0)
        g_source_remove(run->source);
    if (run->long_timer != 0)
        g_source_remove(run->long_timer);
    capture_free(run->capture);
    g_free(run->text);
    g_free(run);
}

void palette_run_clear(struct app *app)
{
    struct palette_run *run = g_steal_pointer(&app->run);

    if (run != NULL)
        run_free(run);
}

/* --- Running --------------------------------------------------------------------------------- */

static void printed(gpointer data)
{
    app_changed(data);
}

static gboolean is_long(gpointer data)
{
    struct palette_run *run = data;

    run->long_timer = 0;
    app_changed(run->app);
    return G_SOURCE_REMOVE;
}

/* As command_run_line does it: one at a time, and an interrupt is for this one. */
static int call_now(struct palette_run *run)
{
    struct session *session = run->app->session;

    session->standing = TRUE;
    session->interrupts = 0;
    session->running = verb_find(run->text, NULL);
    run->call(run->app, capture_output(run->capture), run->call_data);
    session->running = NULL;
    return COMMAND_DONE;
}

/* From an idle source of its own: keys, timers and signals go on to be heard within it. */
static gboolean run_now(gpointer data)
{
    struct palette_run *run = data;
    struct app *app = run->app;
    const struct output *before = app->session->output;
    int status;

    run->source = 0;
    run->begun = TRUE;
    run->started_us = g_get_monotonic_time();
    run->long_timer = g_timeout_add(LONG_US / 1000 + 1, is_long, run);
    app->session->detached = TRUE;
    app->session->output = capture_output(run->capture);
    if (run->call != NULL)
        status = call_now(run);
    else
        status =
            command_run_line(app->session, run->text, capture_output(run->capture), app->hooks);
    app->session->output = before;
    app->run = NULL;
    app_read(app);
    if (run->call != NULL)
        run->call(app, NULL, run->call_data);
    else if (status == COMMAND_DONE)
        end_well(app, run, capture_lines(run->capture), capture_errors(run->capture));
    else
        end_badly(app, run, capture_lines(run->capture), capture_errors(run->capture));
    run_free(run);
    app_changed(app);
    return G_SOURCE_REMOVE;
}

static gboolean begin(struct app *app, const struct palette_run *how, GError **error)
{
    struct palette_run *run;

    const struct limits limits = {app->readonly, app->kiosk};

    if (!check(app, how->text, error))
        return FALSE;
    /* A line is checked when it is run; what a view does itself is checked here. */
    if (how->call != NULL && !limits_offer(limits, verb_find(how->text, NULL)))
        return error_refuse(error, ROOST_ERROR_REFUSED, "%s",
                            app->kiosk
                                ? "it is not for a kiosk"
                                : "this is a read-only console, which looks and does nothing");
    run = g_memdup2(how, sizeof *how);
    run->text = g_strdup(how->text);
    run->capture = capture_new(printed, app);
    run->started_us = g_get_monotonic_time();
    run->source = g_idle_add(run_now, run);
    app->run = run;
    return TRUE;
}

gboolean palette_run(struct app *app, const char *text, gboolean typed, GError **error)
{
    const struct palette_run how = {.app = app, .text = (char *)text, .typed = typed};
    gboolean done;

    if (look_run_line(app, text, &done, error) || palette_run_action(app, text, &done, error))
        return done;
    return begin(app, &how, error);
}

gboolean palette_run_call(struct app *app, const char *verb, palette_call_func call, gpointer data,
                          GError **error)
{
    const struct palette_run how = {
        .app = app, .text = (char *)verb, .call = call, .call_data = data};

    return begin(app, &how, error);
}
