#include "core/command/tonight.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/driver/sim/sim.h"

#define PERIOD_US     (5 * CLOCK_MINUTE_US)
#define UNLESS_OPENS  (12 * CLOCK_HOUR_US)
#define LONGEST_US    (4 * 24 * CLOCK_HOUR_US)
#define EVENTS_MOST   20000
#define TROUBLES_MOST 50
#define STEPS_A_LOOK  256

struct tonight_request {
    struct cluster *cluster;
    struct hours *hours;
    struct engine_config config;
    enum engine_mode mode;
    gint64 mono_us, wall_us;
};

struct twin {
    struct tonight *tonight;
    struct clock *clock;
    struct driver *driver;
    struct engine *engine;
    gint64 begun_us, ends_us; /* monotonic */
};

struct tonight_request *tonight_request_new(const struct engine *engine)
{
    struct tonight_request *request = g_new0(struct tonight_request, 1);

    request->cluster = cluster_copy(engine_cluster(engine));
    request->hours = hours_copy(engine_hours(engine));
    request->config = *engine_settings(engine);
    request->mode = engine_mode(engine);
    request->mono_us = clock_mono_us(engine_clock(engine));
    request->wall_us = clock_wall_us(engine_clock(engine));
    return request;
}

void tonight_request_free(struct tonight_request *request)
{
    if (!request)
        return;
    cluster_free(request->cluster);
    hours_free(request->hours);
    g_free(request);
}

static void event_free(gpointer data)
{
    struct tonight_event *event = data;

    g_free(event->what);
    g_free(event->text);
    g_free(event);
}

static struct tonight *tonight_new(void)
{
    struct tonight *tonight = g_new0(struct tonight, 1);

    tonight->samples = g_array_new(FALSE, FALSE, sizeof(struct tonight_sample));
    tonight->events = g_ptr_array_new_with_free_func(event_free);
    tonight->troubles = g_ptr_array_new_with_free_func(g_free);
    return tonight;
}

void tonight_free(struct tonight *tonight)
{
    if (!tonight)
        return;
    g_array_unref(tonight->samples);
    g_ptr_array_unref(tonight->events);
    g_ptr_array_unref(tonight->troubles);
    g_free(tonight);
}

const struct tonight_sample *tonight_at(const struct tonight *tonight, gint64 wall_us)
{
    const struct tonight_sample *samples =
        (const struct tonight_sample *)(gpointer)tonight->samples->data;
    guint low = 0, high = tonight->samples->len;

    while (high - low > 1) {
        guint middle = low + (high - low) / 2;
        if (samples[middle].wall_us <= wall_us)
            low = middle;
        else
            high = middle;
    }
    return &samples[low];
}

/* --- The span --------------------------------------------------------------------------------- */

static void choose_span(const struct tonight_request *request, struct tonight *tonight)
{
    const struct hours *hours = request->hours;
    gint64 from_us = request->wall_us;
    gint64 opening_us = G_MAXINT64;

    if (hours && hours_phase_at(hours, from_us, 0) == HOURS_OPEN &&
        hours_next_closing_us(hours, from_us) != G_MAXINT64)
        from_us = hours_next_closing_us(hours, from_us);
    if (hours)
        opening_us = hours_next_opening_us(hours, from_us);
    tonight->opens = opening_us != G_MAXINT64 && opening_us - from_us <= LONGEST_US;
    tonight->from_us = from_us;
    tonight->until_us = tonight->opens ? opening_us : from_us + UNLESS_OPENS;
    tonight->as_if = request->mode == ENGINE_MANUAL;
}

/* --- The twin --------------------------------------------------------------------------------- */

static void move_stamp(gint64 *at_us, gint64 by_us)
{
    if (*at_us != 0)
        *at_us = *at_us + by_us == 0 ? 1 : *at_us + by_us;
}

/* What was stamped by the lab's clock is as old by the twin's. */
static void move_stamps(struct cluster *cluster, gint64 by_us)
{
    for (guint i = 0; i < cluster->hosts->len; i++) {
        struct host *host = g_ptr_array_index(cluster->hosts, i);

        host->seen_at_us = 0;
        move_stamp(&host->state_since_us, by_us);
        move_stamp(&host->woken_at_us, by_us);
        move_stamp(&host->changed_at_us, by_us);
        for (guint j = 0; j < host->vms->len; j++) {
            struct vm *vm = g_ptr_array_index(host->vms, j);

            vm->seen_at_us = vm->also_on_at_us = vm->missing_since_us = 0;
            move_stamp(&vm->moved_at_us, by_us);
        }
    }
}

static void add_trouble(struct tonight *tonight, char *text_take)
{
    if (tonight->troubles->len < TROUBLES_MOST &&
        !g_ptr_array_find_with_equal_func(tonight->troubles, text_take, g_str_equal, NULL))
        g_ptr_array_add(tonight->troubles, text_take);
    else
        g_free(text_take);
}

static void on_event(const struct engine_event *event, gpointer data)
{
    static const char *const told[] = {"migrate", "wake", "off", "plan"};
    struct tonight *tonight = ((struct twin *)data)->tonight;
    const struct journal_entry *entry = event->entry;
    gboolean kept = event->kind == ENGINE_EVENT_JOURNAL && entry->alarm;
    struct tonight_event *own;

    if (event->kind != ENGINE_EVENT_JOURNAL || g_str_equal(entry->result, "queued"))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(told); i++)
        kept |= g_str_equal(entry->what, told[i]);
    if (!kept)
        return;
    if (tonight->events->len >= EVENTS_MOST) {
        tonight->events_left++;
        return;
    }
    own = g_new0(struct tonight_event, 1);
    own->wall_us = entry->wall_us;
    own->what = g_strdup(entry->what);
    own->text = g_strdup(entry->text);
    own->trouble = entry->alarm || g_str_equal(entry->result, "failed");
    g_ptr_array_add(tonight->events, own);
    if (own->trouble)
        add_trouble(tonight, g_strdup(own->text));
}

static void twin_begin(struct twin *twin, struct tonight_request *request)
{
    struct sim_options options = {.seed = 1, .energy = request->config.energy, .steady = TRUE};

    twin->clock = clock_new_stepped(twin->tonight->from_us);
    twin->begun_us = clock_mono_us(twin->clock);
    twin->ends_us = twin->begun_us + twin->tonight->until_us - twin->tonight->from_us;
    move_stamps(request->cluster, twin->begun_us - request->mono_us);
    twin->driver = sim_driver_new(twin->clock, request->cluster, request->hours, &options);
    twin->engine = engine_new(twin->clock, twin->driver, g_steal_pointer(&request->cluster),
                              request->hours, &request->config, "tonight");
    engine_listen(twin->engine, on_event, twin);
    engine_set_mode(twin->engine, twin->tonight->as_if ? ENGINE_BY_HOURS : request->mode);
    engine_start(twin->engine);
}

static void twin_end(struct twin *twin)
{
    engine_free(twin->engine);
    driver_free(twin->driver);
    clock_free(twin->clock);
}

/* --- What is seen of it ----------------------------------------------------------------------- */

static void take_sample(const struct twin *twin)
{
    struct tonight *tonight = twin->tonight;
    GArray *samples = tonight->samples;
    struct tonight_sample *last =
        samples->len > 0 ? &g_array_index(samples, struct tonight_sample, samples->len - 1) : NULL;
    struct tonight_sample now = {
        .wall_us = clock_wall_us(twin->clock),
        .on = sim_hosts_on(twin->driver),
        .vms = sim_vms_running(twin->driver),
        .migrations = sim_moves(twin->driver),
        .load = cluster_mean_load(engine_cluster(twin->engine)),
        .kwh = sim_joules(twin->driver) / ENERGY_JOULES_PER_KWH,
        .kwh_all_on = sim_joules_all_on(twin->driver) / ENERGY_JOULES_PER_KWH,
    };

    if (last && now.wall_us > last->wall_us)
        now.watts = last->watts = (now.kwh - last->kwh) * ENERGY_JOULES_PER_KWH /
                                  ((double)(now.wall_us - last->wall_us) / CLOCK_SECOND_US);
    g_array_append_val(samples, now);
    if (now.on < tonight->lowest) {
        tonight->lowest = now.on;
        tonight->lowest_at_us = now.wall_us;
    }
}

/* At changes and from time to time. */
static void watch(const struct twin *twin)
{
    const struct tonight *tonight = twin->tonight;
    const struct tonight_sample *last =
        &g_array_index(tonight->samples, struct tonight_sample, tonight->samples->len - 1);
    gint64 age_us = clock_wall_us(twin->clock) - last->wall_us;

    if (age_us >= PERIOD_US ||
        (age_us >= CLOCK_SECOND_US && sim_hosts_on(twin->driver) != last->on))
        take_sample(twin);
}

static void foresee_host(struct tonight *tonight, const struct host *host)
{
    g_autofree char *name = text_escape(host->name);

    if (host->state == HOST_ON)
        return;
    if (host->state == HOST_OFF && !host_can_wake(host))
        add_trouble(tonight, g_strdup_printf("host %s stays off: it is not known to wake by "
                                             "itself (roost arm, or wake it by hand)",
                                             name));
    else
        add_trouble(tonight, g_strdup_printf("host %s would be %s when the lab opens", name,
                                             host_state_name(host->state)));
}

static void sum_up(const struct twin *twin)
{
    struct tonight *tonight = twin->tonight;
    const struct cluster *cluster = engine_cluster(twin->engine);
    const char *sin = NULL;

    take_sample(twin);
    tonight->migrations = sim_moves(twin->driver);
    tonight->failed = sim_moves_failed(twin->driver);
    tonight->kwh = sim_joules(twin->driver) / ENERGY_JOULES_PER_KWH;
    tonight->kwh_all_on = sim_joules_all_on(twin->driver) / ENERGY_JOULES_PER_KWH;
    tonight->on_at_end = sim_hosts_on(twin->driver);
    tonight->home_at_end = sim_vms_at_home(twin->driver);
    for (guint i = 0; tonight->opens && i < cluster->hosts->len; i++)
        foresee_host(tonight, g_ptr_array_index(cluster->hosts, i));
    if (tonight->opens && sim_vms_running(twin->driver) > tonight->home_at_end)
        add_trouble(tonight, g_strdup_printf("VMs that would not be home when the lab opens: %u",
                                             sim_vms_running(twin->driver) - tonight->home_at_end));
    if (sim_sins(twin->driver, &sin) > 0)
        add_trouble(tonight, g_strdup(sin));
}

static gboolean step_through(const struct twin *twin, GCancellable *cancellable, gint *permille)
{
    for (guint steps = 0; clock_next_us(twin->clock) <= twin->ends_us; steps++) {
        clock_step(twin->clock);
        watch(twin);
        if (steps % STEPS_A_LOOK != 0)
            continue;
        if (g_cancellable_is_cancelled(cancellable))
            return FALSE;
        if (permille)
            g_atomic_int_set(permille, (gint)((clock_mono_us(twin->clock) - twin->begun_us) * 1000 /
                                              (twin->ends_us - twin->begun_us)));
    }
    return TRUE;
}

struct tonight *tonight_run(struct tonight_request *request, GCancellable *cancellable,
                            gint *permille, GError **error)
{
    autoptr(tonight) tonight = tonight_new();
    struct twin twin = {.tonight = tonight};
    gboolean whole;

    if (request->cluster->hosts->len == 0) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                            "tonight: the cluster has no host");
        return NULL;
    }
    choose_span(request, tonight);
    twin_begin(&twin, request);
    tonight->hosts = engine_cluster(twin.engine)->hosts->len;
    tonight->vms = sim_vms_running(twin.driver);
    tonight->on_now = tonight->lowest = sim_hosts_on(twin.driver);
    tonight->lowest_at_us = tonight->from_us;
    take_sample(&twin);
    whole = step_through(&twin, cancellable, permille);
    if (whole)
        sum_up(&twin);
    twin_end(&twin);
    if (whole)
        return g_steal_pointer(&tonight);
    g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_CANCELLED, "tonight: cancelled");
    return NULL;
}
