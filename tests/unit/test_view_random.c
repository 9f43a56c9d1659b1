/*
 * test_view_random.c - keys, mouse, pastes and sizes of no sense, by the ten thousand, on a
 * simulated lab with faults: nothing breaks, nothing is done that was not confirmed.
 *
 * ROOST_RANDOM_INPUTS says how many inputs, ROOST_RANDOM_SEED which: 1 unless it is given.
 */
#include <stdlib.h>
#include <string.h>

#include "core/driver/sim/sim.h"
#include "tui/action.h"
#include "tui/view.h"

#define START_WALL_US G_GINT64_CONSTANT(1794943800000000) /* Tuesday 2026-11-17 19:30 UTC */
#define INPUTS        20000
#define STEPS_MOST    200000

struct rig {
    struct clock *clock;
    struct hours *hours;
    struct driver *driver;
    struct engine *engine;
    struct screen *screen;
    struct app *app;
    int width, height;
    guint last_job;    /* the greatest id looked at */
    GHashTable *views; /* that were seen */
};

/* What there was before an input, to judge by what came of it. */
struct before {
    gboolean asked;   /* a question was open */
    gboolean held;    /* a VM was in hand */
    gboolean palette; /* a line was being typed, or run */
};

static GRand *rolls;

/* From low to before end. */
static gint dice(gint low, gint end)
{
    return g_rand_int_range(rolls, low, end);
}

static guint n_inputs(void)
{
    const char *asked = g_getenv("ROOST_RANDOM_INPUTS");

    if (asked != NULL)
        return (guint)strtoul(asked, NULL, 10);
    return g_getenv("VALGRIND") != NULL ? INPUTS / 20 : INPUTS;
}

static void rig_init(struct rig *rig)
{
    struct cluster *lab = sim_lab_ercolani();
    struct sim_options options = {.seed = 3};
    struct engine_config config;

    *rig = (struct rig){.width = 80, .height = 24};
    energy_config_init(&options.energy);
    g_assert_true(sim_faults_parse("all", &options.faults, NULL));
    engine_config_init(&config);
    rig->clock = clock_new_stepped(START_WALL_US);
    rig->hours = hours_new(SIM_ERCOLANI_HOURS, NULL, "UTC", NULL);
    rig->driver = sim_driver_new(rig->clock, lab, rig->hours, &options);
    rig->engine = engine_new(rig->clock, rig->driver, lab, rig->hours, &config, "ana");
    engine_start(rig->engine);
    rig->screen = screen_offscreen_new(rig->width, rig->height);
    rig->app = app_new(rig->engine, rig->screen, keymap_load("default", NULL, NULL), NULL, TRUE);
    rig->views = g_hash_table_new(NULL, NULL);
    for (guint i = 0; !engine_has_seen_all(rig->engine) && i < STEPS_MOST; i++)
        g_assert_true(clock_step(rig->clock));
    app_read(rig->app);
}

static void rig_clear(struct rig *rig)
{
    app_free(rig->app);
    screen_free(rig->screen);
    engine_free(rig->engine);
    driver_free(rig->driver);
    hours_free(rig->hours);
    clock_free(rig->clock);
    g_hash_table_unref(rig->views);
}

/* --- What must hold -------------------------------------------------------------------------- */

static void check_job(const struct job *job, const struct before *before)
{
    gboolean confirmed = before->asked || before->palette;
    g_autofree char *text = job_describe(job);

    switch (job->kind) {
    case JOB_WAKE:
    case JOB_START:
        return; /* harmless, and done at once */
    case JOB_MIGRATE:
        confirmed = confirmed || before->held;
        break;
    default:
        break;
    }
    if (!confirmed)
        g_error("job %u, %s, was never confirmed", job->id, text);
}

static void check_jobs(struct rig *rig, const struct before *before)
{
    const GPtrArray *jobs = engine_jobs(rig->engine);
    guint last = rig->last_job;

    for (guint i = 0; i < jobs->len; i++) {
        const struct job *job = jobs->pdata[i];

        if (job->id <= rig->last_job)
            continue;
        last = MAX(last, job->id);
        if (job->origin == JOB_BY_HAND)
            check_job(job, before);
    }
    rig->last_job = last;
}

/* Every cell is one grapheme that moves no cursor, and wide ones have their two cells. */
static void check_surface(const struct surface *surface)
{
    for (int y = 0; y < surface->height; y++) {
        for (int x = 0; x < surface->width; x++) {
            const struct cell *cell = &surface->cells[y * surface->width + x];

            g_assert_cmpuint(cell->role, <, ROLE_COUNT);
            if (cell->width == 0) {
                g_assert_cmpint(x, >, 0);
                g_assert_cmpuint(cell[-1].width, ==, 2);
                continue;
            }
            g_assert_true(g_utf8_validate(cell->text, -1, NULL));
            g_assert_false(g_unichar_iscntrl(g_utf8_get_char(cell->text)));
            g_assert_true(cell->width == 1 || (cell->width == 2 && x + 1 < surface->width));
        }
    }
}

/* --- Inputs ---------------------------------------------------------------------------------- */

static gboolean one_in(gint n)
{
    return dice(0, n) == 0;
}

static guint random_key(const struct rig *rig)
{
    static const guint special[] = {INPUT_KEY_ENTER, INPUT_KEY_ESCAPE, INPUT_KEY_TAB, ' ',
                                    INPUT_KEY_DOWN,  INPUT_KEY_RIGHT,  'y',           'n'};
    const char *key = "";

    if (one_in(3))
        return special[dice(0, G_N_ELEMENTS(special))];
    if (one_in(3))
        return (guint)dice(1, 127);
    while (*key == '\0')
        key = keymap_first_key(rig->app->keymap, (enum action)dice(1, ACTION_COUNT));
    return input_key_parse(key);
}

static void input(struct rig *rig, struct input input)
{
    const struct before before = {
        rig->app->dialog != NULL,
        rig->app->drag.by != DRAG_NONE,
        rig->app->palette.open || rig->app->menu != NULL || palette_is_running(rig->app),
    };

    app_read(rig->app);
    app_input(rig->app, &input);
    rig->app->leaving = APP_STAYS;
    app_read(rig->app);
    check_jobs(rig, &before);
    g_hash_table_add(rig->views, (gpointer)rig->app->view);
    screen_show(rig->screen, app_draw(rig->app, rig->width, rig->height));
    if (one_in(20))
        check_surface(rig->app->surface);
}

/* Down, some way, up; sometimes it never comes up. */
static void random_drag(struct rig *rig)
{
    struct input event = {.kind = INPUT_PRESS, .button = one_in(6) ? 3 : 1};

    event.x = dice(0, rig->width);
    event.y = dice(0, rig->height);
    event.shift = one_in(8);
    event.control = one_in(8);
    input(rig, event);
    event.kind = INPUT_DRAG;
    while (!one_in(4)) {
        event.x = dice(-1, rig->width + 1);
        event.y = dice(-1, rig->height + 1);
        input(rig, event);
    }
    event.kind = INPUT_RELEASE;
    if (!one_in(5))
        input(rig, event);
}

static void random_paste(struct rig *rig)
{
    static const char *const texts[] = {
        "off pc01\noff pc02\r\n", "\x1b[2J\x1b]0;x\x07 y\n",      "pc\xff\xfe", "",
        "yyyyyy\n\n\n",           "\xe7\x99\xbd\xcc\x81 /(a+)+$/"};
    g_autofree char *text = g_strdup(texts[dice(0, G_N_ELEMENTS(texts))]);

    input(rig, (struct input){.kind = INPUT_PASTE, .text = text});
}

static void random_size(struct rig *rig)
{
    static const int sizes[][2] = {{80, 24}, {100, 30}, {132, 43}, {200, 50}, {40, 12}};

    if (one_in(3)) {
        rig->width = dice(0, 260);
        rig->height = dice(0, 70);
    } else {
        guint i = (guint)dice(0, G_N_ELEMENTS(sizes));

        rig->width = sizes[i][0];
        rig->height = sizes[i][1];
    }
    screen_offscreen_resize(rig->screen, rig->width, rig->height);
    input(rig, (struct input){.kind = INPUT_RESIZE});
}

static void random_wheel(struct rig *rig)
{
    input(rig, (struct input){.kind = one_in(2) ? INPUT_WHEEL_UP : INPUT_WHEEL_DOWN,
                              .x = dice(0, MAX(1, rig->width)),
                              .y = dice(0, MAX(1, rig->height))});
}

/* What the lab does by itself is nobody's input. */
static void let_time_pass(struct rig *rig)
{
    const struct before anything = {TRUE, TRUE, TRUE};

    for (gint steps = dice(1, 60); steps > 0; steps--)
        clock_step(rig->clock);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    if (one_in(5))
        app_tick(rig->app);
    app_read(rig->app);
    check_jobs(rig, &anything);
    screen_show(rig->screen, app_draw(rig->app, rig->width, rig->height));
}

static void random_input(struct rig *rig)
{
    gint what = dice(0, 100);

    if (what < 66)
        input(rig, (struct input){.kind = INPUT_KEY, .key = random_key(rig)});
    else if (what < 76 && rig->width > 0 && rig->height > 0)
        random_drag(rig);
    else if (what < 80)
        random_wheel(rig);
    else if (what < 82)
        random_paste(rig);
    else if (what < 83)
        random_size(rig);
    else
        let_time_pass(rig);
}

static void test_nothing_breaks(void)
{
    const char *seed = g_getenv("ROOST_RANDOM_SEED");
    struct rig rig;

    rolls = g_rand_new_with_seed(seed != NULL ? (guint32)strtoul(seed, NULL, 10) : 1);
    rig_init(&rig);
    for (guint i = 0, n = n_inputs(); i < n; i++)
        random_input(&rig);
    g_test_message("%u views seen, %u jobs", g_hash_table_size(rig.views), rig.last_job);
    g_assert_cmpuint(g_hash_table_size(rig.views), >=, 5);
    g_assert_cmpuint(rig.last_job, >, 0);
    rig_clear(&rig);
    g_rand_free(rolls);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/random/nothing_breaks_or_acts_unasked", test_nothing_breaks);
    return g_test_run();
}
