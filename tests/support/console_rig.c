#include "tests/support/console_rig.h"

#include <string.h>

#include "core/driver/sim/sim.h"

#define STEPS_MOST 2000000

/* --- The lab and the console ----------------------------------------------------------------- */

struct rig *rig_new_of(struct cluster *lab_take, struct clock *clock_take)
{
    struct rig *rig = g_new0(struct rig, 1);
    struct sim_options options = {.seed = 1};
    struct engine_config config;

    energy_config_init(&options.energy);
    engine_config_init(&config);
    rig->clock = clock_take;
    rig->hours = hours_new(SIM_ERCOLANI_HOURS, NULL, "UTC", NULL);
    g_assert_nonnull(rig->hours);
    rig->driver = sim_driver_new(rig->clock, lab_take, rig->hours, &options);
    rig->engine = engine_new(rig->clock, rig->driver, lab_take, rig->hours, &config, "ana");
    engine_start(rig->engine);
    rig->screen = screen_offscreen_new(RIG_WIDTH, RIG_HEIGHT);
    rig->app = app_new(rig->engine, rig->screen, keymap_load("default", NULL, NULL), NULL, TRUE);
    return rig;
}

struct rig *rig_new(void)
{
    struct rig *rig = rig_new_of(sim_lab_ercolani(), clock_new_stepped(RIG_WALL_US));

    rig_run_seen(rig);
    return rig;
}

void rig_free(struct rig *rig)
{
    g_clear_pointer(&rig->app, app_free);
    screen_free(rig->screen);
    engine_free(rig->engine);
    driver_free(rig->driver);
    hours_free(rig->hours);
    clock_free(rig->clock);
    g_free(rig);
}

void rig_draw(struct rig *rig)
{
    app_read(rig->app);
    screen_show(rig->screen, app_draw(rig->app, RIG_WIDTH, RIG_HEIGHT));
}

/* --- The hands ------------------------------------------------------------------------------- */

static void put_in(struct rig *rig, const struct input *input)
{
    app_read(rig->app);
    app_input(rig->app, input);
    rig_draw(rig);
}

void rig_press(struct rig *rig, const char *keys)
{
    g_auto(GStrv) names = g_strsplit(keys, " ", -1);

    for (guint i = 0; names[i] != NULL; i++) {
        const struct input input = {.kind = INPUT_KEY, .key = input_key_parse(names[i])};

        if (input.key == 0)
            g_error("\"%s\" is no key", names[i]);
        put_in(rig, &input);
    }
}

void rig_type(struct rig *rig, const char *text)
{
    app_read(rig->app);
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        const struct input input = {.kind = INPUT_KEY, .key = g_utf8_get_char(at)};

        app_input(rig->app, &input);
    }
    rig_draw(rig);
}

void rig_mouse(struct rig *rig, enum input_kind kind, guint button, int x, int y)
{
    const struct input input = {.kind = kind, .x = x, .y = y, .button = button};

    put_in(rig, &input);
}

/* --- Time ------------------------------------------------------------------------------------ */

void rig_run_until(struct rig *rig, rig_holds_func holds)
{
    for (guint i = 0; i < STEPS_MOST && !holds(rig); i++) {
        g_assert_true(clock_step(rig->clock));
        app_read(rig->app);
    }
    g_assert_true(holds(rig));
    rig_draw(rig);
}

static gboolean has_seen_all(const struct rig *rig)
{
    return engine_has_seen_all(rig->engine);
}

static gboolean is_idle(const struct rig *rig)
{
    return engine_jobs_under_way(rig->engine) == 0;
}

static gboolean is_at_work(const struct rig *rig)
{
    return engine_jobs_running(rig->engine) > 0;
}

void rig_run_seen(struct rig *rig)
{
    rig_run_until(rig, has_seen_all);
}

void rig_run_idle(struct rig *rig)
{
    rig_run_until(rig, is_idle);
}

void rig_run_to_work(struct rig *rig)
{
    rig_run_until(rig, is_at_work);
}

/* --- What is so ------------------------------------------------------------------------------ */

struct host *rig_host(const struct rig *rig, const char *name)
{
    struct host *host = cluster_find_host(engine_cluster(rig->engine), name);

    g_assert_nonnull(host);
    return host;
}

struct vm *rig_vm(const struct rig *rig, const char *name)
{
    struct vm *vm = cluster_find_vm(engine_cluster(rig->engine), name);

    g_assert_nonnull(vm);
    return vm;
}

void rig_expect_at(const struct rig *rig, const char *vm, const char *host)
{
    const struct vm *found = rig_vm(rig, vm);

    if (found->host == NULL || !g_str_equal(found->host->name, host))
        g_error("expected vm %s on %s, not on %s", vm, host,
                found->host != NULL ? found->host->name : "no host");
}

void rig_expect_said(const struct rig *rig, const char *part)
{
    const char *said = rig->app->message != NULL ? rig->app->message : "";

    if (strstr(said, part) == NULL)
        g_error("expected \"%s\" to be said, not \"%s\"", part, said);
}
