/* test_view_tonight.c - the night in advance: how it is simulated, and how it looks. */
#include "tui/view_tonight.h"

#include "core/driver/sim/sim.h"
#include "tests/support/console_rig.h"
#include "tests/support/stage.h"

#define WAIT_US (60 * G_USEC_PER_SEC)

/* --- The simulation --------------------------------------------------------------------------- */

static struct rig *rig_from(guint hosts, gint64 wall_us)
{
    struct rig *rig = rig_new_of(sim_lab_make(hosts, 1), clock_new_stepped(wall_us));

    rig_run_seen(rig);
    return rig;
}

static void test_foresees_the_night(void)
{
    g_autoptr(GError) error = NULL;
    autoptr(rig) rig = rig_from(20, STAGE_WALL_US);

    autoptr(tonight_request) request = tonight_request_new(rig->engine);
    autoptr(tonight) tonight = tonight_run(request, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(tonight->opens && tonight->as_if);
    g_assert_cmpuint(tonight->on_now, ==, 20);
    g_assert_cmpuint(tonight->lowest, <, 10);
    g_assert_cmpuint(tonight->on_at_end, ==, 20);
    g_assert_cmpuint(tonight->home_at_end, ==, 20);
    g_assert_cmpuint(tonight->troubles->len, ==, 0);
    g_assert_cmpfloat(tonight->kwh, <, tonight->kwh_all_on);
    g_assert_cmpuint(tonight_at(tonight, tonight->from_us + 3 * CLOCK_HOUR_US)->on, <, 10);
    g_assert_cmpuint(engine_jobs(rig->engine)->len, ==, 0); /* nothing was done to the lab */
}

/* A host that is off and not known to wake stays off: that is said. */
static void test_foresees_trouble(void)
{
    autoptr(rig) rig = rig_from(6, STAGE_WALL_US);
    struct host *host;

    host = g_ptr_array_index(engine_cluster(rig->engine)->hosts, 5);
    cluster_move_vm((struct cluster *)engine_cluster(rig->engine), g_ptr_array_index(host->vms, 0),
                    g_ptr_array_index(engine_cluster(rig->engine)->hosts, 0), 1);
    host_set_state(host, HOST_OFF, 1);
    host->wake = HOST_WAKE_UNKNOWN;
    autoptr(tonight_request) request = tonight_request_new(rig->engine);
    autoptr(tonight) tonight = tonight_run(request, NULL, NULL, NULL);
    g_assert_cmpuint(tonight->on_at_end, ==, 5);
    g_assert_cmpuint(tonight->troubles->len, >, 0);
}

static void test_open_begins_at_closing(void)
{
    autoptr(rig) rig = rig_from(4, STAGE_WALL_US - 6 * CLOCK_HOUR_US); /* Tuesday 16:07 */

    autoptr(tonight_request) request = tonight_request_new(rig->engine);
    autoptr(tonight) tonight = tonight_run(request, NULL, NULL, NULL);
    g_autofree char *from = hours_format(rig->hours, tonight->from_us, "%a %H:%M");
    g_assert_cmpstr(from, ==, "Tue 19:45");
}

static void test_can_be_cancelled(void)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GError) error = NULL;
    autoptr(rig) rig = rig_from(4, STAGE_WALL_US);

    autoptr(tonight_request) request = tonight_request_new(rig->engine);
    g_cancellable_cancel(cancellable);
    g_assert_null(tonight_run(request, cancellable, NULL, &error));
    g_assert_nonnull(error);
}

/* In a thread, while the engine of the console goes on here. */
static void test_beside_the_console(void)
{
    gint64 until_us = g_get_monotonic_time() + WAIT_US;
    autoptr(rig) rig = rig_from(30, STAGE_WALL_US);

    tonight_open(rig->app);
    while (tonight_is_running(rig->app)) {
        g_assert_cmpint(g_get_monotonic_time(), <, until_us);
        clock_step(rig->clock);
        rig_draw(rig);
        g_main_context_iteration(NULL, FALSE);
    }
    g_assert_nonnull(rig->app->tonight);
    rig_draw(rig);
    tonight_open(rig->app); /* left before it has ended */
    g_clear_pointer(&rig->app, app_free);
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

/* --- How it looks ----------------------------------------------------------------------------- */

static void add_sample(struct tonight *tonight, guint minutes, guint on, guint moves)
{
    const struct tonight_sample sample = {
        .wall_us = tonight->from_us + minutes * CLOCK_MINUTE_US,
        .on = on,
        .vms = 62,
        .migrations = moves,
        .load = 0.07,
        .watts = on * 72.0,
    };

    g_array_append_val(tonight->samples, sample);
}

static void event_free(gpointer data)
{
    struct tonight_event *event = data;

    g_free(event->what);
    g_free(event->text);
    g_free(event);
}

static void add_event(struct tonight *tonight, guint minutes, const char *what, const char *text,
                      gboolean trouble)
{
    struct tonight_event *event = g_new0(struct tonight_event, 1);

    *event = (struct tonight_event){tonight->from_us + minutes * CLOCK_MINUTE_US, g_strdup(what),
                                    g_strdup(text), trouble};
    g_ptr_array_add(tonight->events, event);
}

static struct tonight *make_tonight(gboolean trouble)
{
    struct tonight *tonight = g_new0(struct tonight, 1);

    tonight->from_us = STAGE_WALL_US;
    tonight->until_us = STAGE_WALL_US + 653 * CLOCK_MINUTE_US;
    tonight->opens = TRUE;
    tonight->hosts = tonight->on_now = 62;
    tonight->on_at_end = trouble ? 61 : 62;
    tonight->lowest = 8;
    tonight->lowest_at_us = STAGE_WALL_US + 5 * CLOCK_MINUTE_US;
    tonight->migrations = 108;
    tonight->kwh = 11.9;
    tonight->kwh_all_on = 50.2;
    tonight->samples = g_array_new(FALSE, FALSE, sizeof(struct tonight_sample));
    tonight->events = g_ptr_array_new_with_free_func(event_free);
    tonight->troubles = g_ptr_array_new_with_free_func(g_free);
    add_sample(tonight, 0, 62, 0);
    add_sample(tonight, 20, 40, 22);
    add_sample(tonight, 45, 8, 54);
    add_sample(tonight, 620, 62, 70);
    add_event(tonight, 0, "plan", "54 moves, 13.5 GiB: 54 of 62 hosts can go off", FALSE);
    add_event(tonight, 2, "migrate", "vm pc62 from pc62 to pc01: in 2.8 s", FALSE);
    add_event(tonight, 45, "off", "switch off pc62: it is silent", FALSE);
    if (trouble) {
        add_event(tonight, 640, "wake", "wake pc17: no answer after 3 tries", TRUE);
        g_ptr_array_add(tonight->troubles,
                        g_strdup("host pc17 would be waking when the lab opens"));
    }
    return tonight;
}

static void test_looks(void)
{
    autoptr(stage) stage = stage_new(62);

    tonight_show(stage->app, make_tonight(FALSE));
    app_open(stage->app, &view_tonight);
    stage_check(stage, "view-tonight", 80, 24);
    stage_check(stage, "view-tonight", 100, 30);
    stage_check(stage, "view-tonight", 132, 43);
    stage_check(stage, "view-tonight", 200, 50);
    stage_check(stage, "view-tonight", 40, 12);
    stage_draw(stage, 80, 24);
    for (guint i = 0; i < 30; i++)
        stage_press(stage, "Right");
    stage_check(stage, "view-tonight-later", 80, 24);
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_main);
}

static void test_looks_odd(void)
{
    autoptr(stage) stage = stage_new(62);

    stage->app->ascii = TRUE;
    tonight_show(stage->app, make_tonight(TRUE));
    app_open(stage->app, &view_tonight);
    stage_press(stage, "G");
    stage_check(stage, "view-tonight-trouble", 80, 24);
}

static void test_looks_empty(void)
{
    autoptr(stage) stage = stage_new(62);

    tonight_open(stage->app);
    stage_check(stage, "view-tonight-waiting", 80, 24);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tonight/foresees_the_night", test_foresees_the_night);
    g_test_add_func("/tonight/foresees_trouble", test_foresees_trouble);
    g_test_add_func("/tonight/open_begins_at_closing", test_open_begins_at_closing);
    g_test_add_func("/tonight/can_be_cancelled", test_can_be_cancelled);
    g_test_add_func("/tonight/beside_the_console", test_beside_the_console);
    g_test_add_func("/view/tonight/looks", test_looks);
    g_test_add_func("/view/tonight/odd", test_looks_odd);
    g_test_add_func("/view/tonight/empty", test_looks_empty);
    return g_test_run();
}
