#include "tui/batch.h"

#include <langinfo.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/engine/follow.h"
#include "tui/action.h"
#include "tui/picture.h"
#include "tui/snapshot.h"

#define FRAMES_MOST   1000000
#define INTERVAL_MOST 86400.0

struct batch {
    const struct command *command;
    int width, height;
    guint frames;
    gint64 interval_us;
    gint64 until_us;  /* the simulated clock's time at which the first frame is made; 0 = now */
    guint n_colours;  /* 0 = plain text */
    enum action view; /* ACTION_NONE = the main one */
    struct theme *theme;
    struct screen *screen;
    struct app *app;
};

/* --- What was asked for ---------------------------------------------------------------------- */

static gboolean read_size(struct batch *batch, GError **error)
{
    const char *size = batch->command->line->size;
    g_auto(GStrv) sides = size != NULL ? g_strsplit(size, "x", 2) : NULL;
    struct winsize terminal;
    guint64 width, height;

    batch->width = 80;
    batch->height = 24;
    if (size == NULL) {
        if (batch->command->output->terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &terminal) == 0 &&
            terminal.ws_col > 0 && terminal.ws_row > 0) {
            batch->width = MIN(terminal.ws_col, SURFACE_WIDTH_MOST);
            batch->height = MIN(terminal.ws_row, SURFACE_HEIGHT_MOST);
        }
        return TRUE;
    }
    if (g_strv_length(sides) != 2 ||
        !g_ascii_string_to_unsigned(sides[0], 10, 1, SURFACE_WIDTH_MOST, &width, NULL) ||
        !g_ascii_string_to_unsigned(sides[1], 10, 1, SURFACE_HEIGHT_MOST, &height, NULL))
        return error_refuse(error, ROOST_ERROR_USAGE,
                            "--size %s: is not WIDTHxHEIGHT, such as 132x43 (at most %dx%d)", size,
                            SURFACE_WIDTH_MOST, SURFACE_HEIGHT_MOST);
    batch->width = (int)width;
    batch->height = (int)height;
    return TRUE;
}

static gboolean read_frames(struct batch *batch, GError **error)
{
    const struct command_line *line = batch->command->line;
    guint64 frames = 1;
    double seconds = 1;
    char *end = NULL;

    if (line->frames != NULL &&
        !g_ascii_string_to_unsigned(line->frames, 10, 1, FRAMES_MOST, &frames, NULL))
        return error_refuse(error, ROOST_ERROR_USAGE,
                            "--frames %s: is not a whole number from 1 to %d", line->frames,
                            FRAMES_MOST);
    if (line->interval != NULL)
        seconds = g_ascii_strtod(line->interval, &end);
    if (line->interval != NULL &&
        (end == line->interval || *end != '\0' || !(seconds >= 0 && seconds <= INTERVAL_MOST)))
        return error_refuse(error, ROOST_ERROR_USAGE, "--interval %s: is not a number of seconds",
                            line->interval);
    batch->frames = (guint)frames;
    batch->interval_us = (gint64)(seconds * G_USEC_PER_SEC);
    return TRUE;
}

static gboolean read_colours(struct batch *batch, GError **error)
{
    static const guint wanted[] = {[COLOURS_8] = 8,
                                   [COLOURS_16] = 16,
                                   [COLOURS_256] = 256,
                                   [COLOURS_24BIT] = THEME_DIRECT_COLOURS};
    const char *how = batch->command->line->colours;
    const char *no_colour = g_getenv("NO_COLOR");
    enum colour_wish wish;

    if (!colour_wish_parse(how, &wish))
        return error_refuse(error, ROOST_ERROR_USAGE,
                            "--colours %s: is not auto, never, 8, 16, 256 or 24bit", how);
    batch->n_colours = wanted[wish];
    if (wish == COLOURS_AUTO)
        batch->n_colours =
            batch->command->output->terminal && (no_colour == NULL || *no_colour == '\0') ? 256 : 0;
    return TRUE;
}

/* What opens a view, and does nothing else. */
static gboolean opens_view(enum action action)
{
    static const enum action views[] = {ACTION_JOBS,  ACTION_JOURNAL, ACTION_PLAN, ACTION_TONIGHT,
                                        ACTION_NIGHT, ACTION_HELP,    ACTION_ROWS};

    for (guint i = 0; i < G_N_ELEMENTS(views); i++) {
        if (views[i] == action)
            return TRUE;
    }
    return FALSE;
}

static gboolean read_view(struct batch *batch, GError **error)
{
    const char *name = batch->command->line->view;
    g_autoptr(GString) names = g_string_new("main");

    batch->view = ACTION_NONE;
    if (name == NULL || g_str_equal(name, "main"))
        return TRUE;
    for (guint i = 0; i < ACTION_COUNT; i++) {
        if (!opens_view((enum action)i))
            continue;
        if (g_str_equal(action_info[i].name, name)) {
            batch->view = (enum action)i;
            return TRUE;
        }
        g_string_append_printf(names, ", %s", action_info[i].name);
    }
    return error_refuse(error, ROOST_ERROR_USAGE, "--view %s: is none of %s", name, names->str);
}

/* The next time that the lab's clock shows it. */
static gboolean read_time(struct batch *batch, GError **error)
{
    const struct session *session = batch->command->session;
    const char *at = batch->command->line->at;
    GTimeZone *zone = hours_zone(session->hours);
    gint64 now_us = clock_wall_us(session->clock);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(now_us / G_USEC_PER_SEC);
    g_autoptr(GDateTime) now = g_date_time_to_timezone(utc, zone);
    guint hour, minute, second = 0;
    char rest;
    int read;

    if (at == NULL)
        return TRUE;
    if (!session->simulated)
        return error_refuse(error, ROOST_ERROR_USAGE,
                            "--at: is for a simulated lab, whose clock can be let run");
    read = sscanf(at, "%2u:%2u:%2u%c", &hour, &minute, &second, &rest);
    if (read < 2 || read > 3 || strspn(at, "0123456789:") != strlen(at) || hour > 23 ||
        minute > 59 || second > 59)
        return error_refuse(error, ROOST_ERROR_USAGE, "--at %s: is no time, such as 22:05", at);
    for (gint days = 0; days < 3 && batch->until_us <= now_us; days++) {
        g_autoptr(GDateTime) day = g_date_time_add_days(now, days);
        g_autoptr(GDateTime) then =
            g_date_time_new(zone, g_date_time_get_year(day), g_date_time_get_month(day),
                            g_date_time_get_day_of_month(day), (gint)hour, (gint)minute, second);

        if (then != NULL)
            batch->until_us = g_date_time_to_unix(then) * G_USEC_PER_SEC;
    }
    return TRUE;
}

static gboolean read_line(struct batch *batch, GError **error)
{
    return read_size(batch, error) && read_frames(batch, error) && read_colours(batch, error) &&
           read_view(batch, error) && read_time(batch, error);
}

/* --- Time ------------------------------------------------------------------------------------ */

static void ring(gpointer data)
{
    *(gboolean *)data = TRUE;
}

static gboolean has_rung(gpointer data)
{
    return *(const gboolean *)data;
}

static gboolean let_pass(const struct batch *batch, gint64 us, GError **error)
{
    struct session *session = batch->command->session;
    gboolean rung = FALSE;
    guint timer = clock_add_timer(session->clock, us, ring, &rung);
    gboolean passed = session_wait(session, has_rung, NULL, &rung, error);

    if (!rung)
        clock_cancel_timer(session->clock, timer);
    return passed;
}

static gboolean reach_time(const struct batch *batch, GError **error)
{
    struct session *session = batch->command->session;

    if (!engine_follows(session->engine) && !session_wait_seen(session, error))
        return FALSE;
    if (batch->until_us == 0)
        return TRUE;
    engine_set_mode(session->engine, ENGINE_BY_HOURS);
    return let_pass(batch, batch->until_us - clock_wall_us(session->clock), error);
}

/* --- The frame ------------------------------------------------------------------------------- */

static gboolean is_ascii(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

static gboolean open_app(struct batch *batch, GError **error)
{
    const struct command *command = batch->command;
    struct session *session = command->session;
    const char *theme =
        command->line->theme != NULL ? command->line->theme : session->config->theme;
    const char *name = session->config->keymap;
    struct keymap *keymap;

    batch->theme = theme_load(theme != NULL ? theme : "default", NULL, error);
    if (batch->theme == NULL)
        return FALSE;
    keymap = keymap_load(name != NULL ? name : "default", NULL, error);
    if (keymap == NULL)
        return FALSE;
    batch->screen = screen_offscreen_new(batch->width, batch->height);
    batch->screen->ascii = is_ascii();
    batch->app =
        app_new(session->engine, batch->screen, keymap, session->lab_name, session->simulated);
    batch->app->session = session;
    batch->app->hooks = command->hooks;
    batch->app->readonly = session->limits.readonly;
    return TRUE;
}

static const struct surface *draw(const struct batch *batch)
{
    struct app *app = batch->app;
    const struct surface *surface;

    app_read(app);
    surface = app_draw(app, batch->width, batch->height);
    if (batch->view != ACTION_NONE && app->view == app->views[0]) {
        action_run(app, batch->view);
        surface = app_draw(app, batch->width, batch->height);
    }
    g_clear_pointer(&app->message, g_free);
    return surface;
}

static gboolean begin(struct batch *batch, const struct command *command, GError **error)
{
    *batch = (struct batch){.command = command};
    return read_line(batch, error) && reach_time(batch, error) && open_app(batch, error);
}

static void end(struct batch *batch)
{
    app_free(batch->app);
    screen_free(batch->screen);
    theme_free(batch->theme);
}

/* --- Frames for scripts ---------------------------------------------------------------------- */

static gboolean print_frames(const struct batch *batch, GError **error)
{
    FILE *out = batch->command->output->out;

    for (guint i = 0; i < batch->frames; i++) {
        g_autofree char *text = NULL;

        if (i > 0 && !let_pass(batch, batch->interval_us, error))
            return FALSE;
        text = picture_text(draw(batch), batch->theme, batch->n_colours, is_ascii());
        if (i > 0)
            fputs("\f\n", out);
        fputs(text, out);
        /* Whoever reads may have had enough: command_main tells what else it may be. */
        if (fflush(out) != 0)
            break;
    }
    return TRUE;
}

gboolean batch_run(const struct command *command, GError **error)
{
    struct batch batch;
    gboolean done = begin(&batch, command, error) && print_frames(&batch, error);

    end(&batch);
    return done;
}

/* --- The verb -------------------------------------------------------------------------------- */

static gboolean write_frame(const struct batch *batch, GError **error)
{
    const struct command_line *line = batch->command->line;
    const char *path = line->arguments[0];
    g_autofree char *text = NULL;

    if (g_str_has_suffix(path, ".svg"))
        text = snapshot_svg(batch->app, draw(batch), batch->theme);
    else
        text = picture_text(draw(batch), batch->theme, 256, is_ascii());
    if (g_str_equal(path, "-"))
        return fputs(text, batch->command->output->out) >= 0;
    return snapshot_write(path, text, (line->given & OPTION_FORCE) != 0, error);
}

gboolean batch_snapshot(const struct command *command, GError **error)
{
    struct batch batch;
    gboolean done = begin(&batch, command, error) && write_frame(&batch, error);

    end(&batch);
    return done;
}
