#include "tui/action.h"

static const guint speeds[] = {1, 2, 5, 10, 20, 60, 120, 300, 600, 1800, CLOCK_SPEED_MOST};

/* Only a simulated clock can be changed. */
static struct clock *simulated_clock(struct app *app)
{
    if (app->scene.simulated)
        return engine_clock(app->engine);
    app_say(app, ROLE_FOOTER, "only the clock of a simulated lab can be changed");
    return NULL;
}

static void stop_skipping(struct app *app)
{
    clock_cancel_timer(engine_clock(app->engine), app->skip_timer);
    app->skip_timer = 0;
}

void action_speed(struct app *app, int step)
{
    struct clock *clock = simulated_clock(app);
    guint now, next = 0;

    if (clock == NULL)
        return;
    stop_skipping(app);
    now = clock_speed(clock) > 0 ? clock_speed(clock) : app->speed_before;
    while (next + 1 < G_N_ELEMENTS(speeds) && speeds[next] < now)
        next++;
    if (step > 0)
        next = speeds[next] > now ? next : MIN(next + 1, G_N_ELEMENTS(speeds) - 1);
    else
        next = next > 0 ? next - 1 : 0;
    clock_set_speed(clock, speeds[next]);
    app_say(app, ROLE_FOOTER, "one second shows %u simulated", speeds[next]);
}

void action_pause(struct app *app)
{
    struct clock *clock = simulated_clock(app);

    if (clock == NULL)
        return;
    stop_skipping(app);
    if (clock_speed(clock) > 0) {
        app->speed_before = clock_speed(clock);
        clock_set_speed(clock, 0);
    } else {
        clock_set_speed(clock, MAX(1, app->speed_before));
    }
}

static void skipped(gpointer data)
{
    struct app *app = data;

    app->skip_timer = 0;
    clock_set_speed(engine_clock(app->engine), app->speed_before);
    app_say(app, ROLE_FOOTER, "%s",
            app->scene.phase == HOURS_OPEN ? "closing time" : "opening time");
}

void action_skip(struct app *app)
{
    struct clock *clock = simulated_clock(app);
    gint64 wall_us = app->scene.wall_us, next_us;
    g_autofree char *when = NULL;

    if (clock == NULL)
        return;
    next_us = app->scene.hours == NULL ? G_MAXINT64
                                       : MIN(hours_next_opening_us(app->scene.hours, wall_us),
                                             hours_next_closing_us(app->scene.hours, wall_us));
    if (next_us == G_MAXINT64) {
        app_say(app, ROLE_FOOTER, "the lab neither opens nor closes");
        return;
    }
    if (app->skip_timer == 0 && clock_speed(clock) > 0)
        app->speed_before = clock_speed(clock);
    stop_skipping(app);
    app->skip_timer = clock_add_timer(clock, next_us - wall_us, skipped, app);
    clock_set_speed(clock, CLOCK_SPEED_MOST);
    when = scene_time(&app->scene, next_us, "%a %H:%M");
    app_say(app, ROLE_FOOTER, "on to %s as fast as can be", when);
}
