#include "tests/support/sim_rig.h"

#include "core/base/error.h"

struct result {
    struct sim_rig *rig;
    gboolean ended;
    struct host_report *report;
    struct manage_answer *answer;
    GError *error;
};

struct sim_rig *sim_rig_new(struct cluster *lab, gboolean hours, guint64 seed, const char *faults,
                            gint64 wall_start_us)
{
    struct sim_rig *rig = g_new0(struct sim_rig, 1);
    struct sim_options options = {.seed = seed, .energy = {70, 110, 3}};

    if (faults)
        g_assert_true(sim_faults_parse(faults, &options.faults, NULL));
    rig->clock = clock_new_stepped(wall_start_us);
    rig->hours = hours ? hours_new(SIM_ERCOLANI_HOURS, NULL, "UTC", NULL) : NULL;
    rig->driver = sim_driver_new(rig->clock, lab, rig->hours, &options);
    cluster_free(lab);
    return rig;
}

void sim_rig_free(struct sim_rig *rig)
{
    driver_free(rig->driver);
    hours_free(rig->hours);
    clock_free(rig->clock);
    g_free(rig);
}

static void set_flag(gpointer data)
{
    *(gboolean *)data = TRUE;
}

void sim_rig_run(struct sim_rig *rig, gint64 for_us)
{
    gboolean over = FALSE;

    clock_add_timer(rig->clock, for_us, set_flag, &over);
    while (!over)
        g_assert_true(clock_step(rig->clock));
}

static void on_done(const GError *error, gpointer data)
{
    struct result *result = data;

    g_assert_false(result->ended);
    result->ended = TRUE;
    result->error = error ? g_error_copy(error) : NULL;
}

static void on_report(struct host_report *report, const GError *error, gpointer data)
{
    struct result *result = data;

    result->report = report;
    on_done(error, data);
}

static void on_answer(struct manage_answer *answer, const GError *error, gpointer data)
{
    struct result *result = data;

    result->answer = answer;
    on_done(error, data);
}

static void on_progress(const struct migrate_progress *progress, gpointer data)
{
    struct result *result = data;

    g_assert_false(result->ended);
    result->rig->progress_calls++;
    result->rig->progress = *progress;
}

static gboolean await(struct sim_rig *rig, struct result *result, GError **error)
{
    g_assert_false(result->ended); /* never from inside the call */
    while (!result->ended)
        g_assert_true(clock_step(rig->clock));
    if (!result->error)
        return TRUE;
    g_propagate_error(error, result->error);
    return FALSE;
}

struct host_report *sim_rig_refresh(struct sim_rig *rig, const char *address, GError **error)
{
    struct result result = {.rig = rig};

    driver_refresh(rig->driver, address, on_report, &result);
    await(rig, &result, error);
    return result.report;
}

static void on_woken(const char *ways, const GError *error, gpointer data)
{
    (void)ways;
    on_done(error, data);
}

gboolean sim_rig_wake(struct sim_rig *rig, const char *mac, GError **error)
{
    struct result result = {.rig = rig};
    struct wake_request request = {.address = "10.0.0.1", .mac = mac};

    driver_wake(rig->driver, &request, on_woken, &result);
    return await(rig, &result, error);
}

gboolean sim_rig_power_off(struct sim_rig *rig, const char *address, gboolean force, GError **error)
{
    struct result result = {.rig = rig};

    driver_power_off(rig->driver, address, force, on_done, &result);
    return await(rig, &result, error);
}

gboolean sim_rig_control(struct sim_rig *rig, const char *address, const char *vm,
                         enum control_action action, GError **error)
{
    const struct control_request request = {address, vm, action};
    struct result result = {.rig = rig};

    driver_control(rig->driver, &request, on_done, &result);
    return await(rig, &result, error);
}

gboolean sim_rig_migrate(struct sim_rig *rig, const struct migrate_request *request, GError **error)
{
    struct result result = {.rig = rig};

    rig->progress_calls = 0;
    driver_migrate(rig->driver, request, on_progress, on_done, &result);
    return await(rig, &result, error);
}

struct manage_answer *sim_rig_manage(struct sim_rig *rig, const struct manage_request *request,
                                     GError **error)
{
    struct result result = {.rig = rig};

    driver_manage(rig->driver, request, on_answer, &result);
    await(rig, &result, error);
    return result.answer;
}

struct manage_answer *sim_rig_parts(struct sim_rig *rig, const char *address, const char *vm,
                                    GError **error)
{
    struct result result = {.rig = rig};

    driver_parts(rig->driver, address, vm, on_answer, &result);
    await(rig, &result, error);
    return result.answer;
}

void sim_rig_await_host(struct sim_rig *rig, const char *address, gboolean up)
{
    for (guint i = 0; i < 300; i++) {
        g_autoptr(GError) error = NULL;
        autoptr(host_report) report = sim_rig_refresh(rig, address, &error);

        if (up ? report != NULL : g_error_matches(error, ROOST_ERROR, ROOST_ERROR_ABSENT))
            return;
        sim_rig_run(rig, CLOCK_SECOND_US);
    }
    g_assert_not_reached();
}
