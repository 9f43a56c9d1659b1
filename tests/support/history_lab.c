#include "tests/support/history_lab.h"

#include <glib/gstdio.h>

#include "core/driver/sim/sim.h"
#include "core/store/history.h"
#include "core/store/journal.h"

/* As `roost night`: Tuesday 10 February 2026, 19:45 to Wednesday 09:00. */
#define CLOSING_US G_GINT64_CONSTANT(1770752700000000)
#define NIGHT_US   (13 * CLOCK_HOUR_US + 15 * CLOCK_MINUTE_US)

static void on_opening(gpointer data)
{
    *(gboolean *)data = TRUE;
}

static void on_event(const struct engine_event *event, gpointer data)
{
    if (event->kind != ENGINE_EVENT_JOURNAL)
        return;
    g_autofree char *line = journal_format(event->entry);
    journal_queue_add(data, line);
}

static struct journal_queue *open_queue(const char *dir, const char *name)
{
    g_autoptr(GError) error = NULL;
    struct rotate *file = rotate_open(dir, name, NULL, &error);
    g_assert_no_error(error);
    return journal_queue_new(file, NULL, NULL);
}

static void run_night(struct clock *clock, struct engine *engine, const char *dir)
{
    gboolean over = FALSE;
    autoptr(journal_queue) journal = open_queue(dir, JOURNAL_NAME);
    guint listener = engine_listen(engine, on_event, journal);
    struct history *history = history_new(engine, dir, open_queue(dir, HISTORY_NAME));
    clock_add_timer(clock, NIGHT_US, on_opening, &over);
    engine_set_mode(engine, ENGINE_BY_HOURS);
    engine_start(engine);
    while (!over && clock_step(clock))
        continue;
    history_free(history);
    engine_unlisten(engine, listener);
    g_assert_true(journal_queue_flush(journal, NULL));
}

void history_lab_night(const char *dir, guint64 seed, const char *faults,
                       struct history_truth *truth)
{
    struct engine_config config;
    struct sim_options sim = {.seed = seed};
    autoptr(cluster) lab = sim_lab_ercolani();
    struct clock *clock = clock_new_stepped(CLOSING_US);
    struct hours *hours = hours_new(SIM_ERCOLANI_HOURS, NULL, "UTC", NULL);
    engine_config_init(&config);
    sim.energy = config.energy;
    g_assert_true(sim_faults_parse(faults, &sim.faults, NULL));
    struct driver *driver = sim_driver_new(clock, lab, hours, &sim);
    struct engine *engine = engine_new(clock, driver, cluster_copy(lab), hours, &config, "night");
    run_night(clock, engine, dir);
    truth->from_us = CLOSING_US;
    truth->until_us = CLOSING_US + NIGHT_US;
    truth->kwh = sim_joules(driver) / ENERGY_JOULES_PER_KWH;
    truth->kwh_all_on = sim_joules_all_on(driver) / ENERGY_JOULES_PER_KWH;
    truth->migrations = sim_moves(driver);
    engine_free(engine);
    driver_free(driver);
    hours_free(hours);
    clock_free(clock);
}

void history_lab_remove(const char *dir)
{
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    const char *name;
    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_remove(path);
    }
    g_rmdir(dir);
}
