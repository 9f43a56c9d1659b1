#include "core/command/night.h"

#include "core/base/text.h"
#include "core/engine/engine.h"

/* Tuesday 10 February 2026, 19:45:00 UTC: closing. Wednesday 09:00:00: opening. */
#define CLOSING_WALL_US G_GINT64_CONSTANT(1770752700000000)
#define NIGHT_US        (13 * CLOCK_HOUR_US + 15 * CLOCK_MINUTE_US)

struct night {
    struct clock *clock;
    struct hours *hours;
    struct driver *driver;
    struct engine *engine;
    GString *trace;
    gint64 begun_us;
    gboolean over;
};

/* --- Running --- */

/* The text is a whole sentence; when a job is queued, its reason is part of it. */
static void add_trace_line(struct night *night, const struct journal_entry *entry)
{
    g_autofree char *time = hours_format(night->hours, entry->wall_us, "%H:%M:%S");
    g_autofree char *text = text_escape(entry->text);

    g_string_append_printf(night->trace, "%s %s%s%s: %s\n", time, entry->what,
                           *entry->result ? " " : "", entry->result, text);
}

static void on_event(const struct engine_event *event, gpointer data)
{
    if (event->kind == ENGINE_EVENT_JOURNAL)
        add_trace_line(data, event->entry);
}

static void on_opening(gpointer data)
{
    ((struct night *)data)->over = TRUE;
}

/* Counters of the truth only, so that it can be asked after every single step. */
static void watch_lowest(const struct night *night, struct night_result *result)
{
    guint hosts_on = sim_hosts_on(night->driver);

    if (hosts_on >= result->hosts_on_lowest || sim_vms_running(night->driver) < result->vms)
        return;
    result->hosts_on_lowest = hosts_on;
    result->to_lowest_us = clock_mono_us(night->clock) - night->begun_us;
}

static void sum_up(const struct night *night, struct night_result *result)
{
    const char *sin = NULL;
    guint sins = sim_sins(night->driver, &sin);

    result->migrations = sim_moves(night->driver);
    result->migrations_failed = sim_moves_failed(night->driver);
    result->vms_lost = result->vms - MIN(result->vms, sim_vms_running(night->driver)) + sins;
    result->kwh = sim_joules(night->driver) / 3.6e6;
    result->kwh_all_on = sim_joules_all_on(night->driver) / 3.6e6;
    result->hosts_on_at_opening = sim_hosts_on(night->driver);
    result->vms_home_at_opening = sim_vms_at_home(night->driver);
    result->sin = g_strdup(sin);
}

static void night_begin(struct night *night, const struct cluster *lab,
                        const struct night_options *options)
{
    struct engine_config config;
    struct sim_options sim = {.seed = options->seed, .faults = options->faults};

    engine_config_init(&config);
    config.policy.kind = options->policy;
    sim.energy = config.energy;
    night->clock = clock_new_stepped(CLOSING_WALL_US);
    night->hours = hours_new(SIM_ERCOLANI_HOURS, NULL, "UTC", NULL);
    g_assert(night->hours);
    night->driver = sim_driver_new(night->clock, lab, night->hours, &sim);
    night->engine =
        engine_new(night->clock, night->driver, cluster_copy(lab), night->hours, &config, "night");
    if (night->trace)
        engine_listen(night->engine, on_event, night);
    night->begun_us = clock_mono_us(night->clock);
    clock_add_timer(night->clock, NIGHT_US, on_opening, night);
    engine_set_mode(night->engine, ENGINE_BY_HOURS);
    engine_start(night->engine);
}

static void night_end(struct night *night)
{
    engine_free(night->engine);
    driver_free(night->driver);
    hours_free(night->hours);
    clock_free(night->clock);
}

void night_run(const struct cluster *lab, const struct night_options *options, GString *trace,
               struct night_result *result)
{
    struct night night = {.trace = trace};

    *result = (struct night_result){.hosts = lab->hosts->len};
    night_begin(&night, lab, options);
    result->vms = sim_vms_running(night.driver);
    result->hosts_on_lowest = sim_hosts_on(night.driver);
    while (!night.over && clock_step(night.clock))
        watch_lowest(&night, result);
    sum_up(&night, result);
    night_end(&night);
}

/* --- Telling --- */

static void add_kwh(GString *out, const char *key, double kwh)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    /* The same in every locale. */
    g_string_append_printf(out, "%s=%s\n", key,
                           g_ascii_formatd(digits, sizeof digits, "%.2f", kwh));
}

void night_append_result(GString *out, const struct night_result *result)
{
    g_string_append_printf(out, "hosts=%u\nvms=%u\nhosts_on_lowest=%u\n", result->hosts,
                           result->vms, result->hosts_on_lowest);
    g_string_append_printf(out, "seconds_to_lowest=%" G_GINT64_FORMAT "\n",
                           result->to_lowest_us / CLOCK_SECOND_US);
    g_string_append_printf(out, "migrations=%u\nmigrations_failed=%u\nvms_lost=%u\n",
                           result->migrations, result->migrations_failed, result->vms_lost);
    add_kwh(out, "kwh", result->kwh);
    add_kwh(out, "kwh_all_on", result->kwh_all_on);
    g_string_append_printf(out, "hosts_on_at_opening=%u\nvms_home_at_opening=%u\n",
                           result->hosts_on_at_opening, result->vms_home_at_opening);
}
