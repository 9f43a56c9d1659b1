/*
 * Nights on labs that nobody would build on purpose, each made from its seed: hosts of all sizes,
 * VMs pinned and kept apart, hosts in maintenance or that cannot be woken, VMs without a home, CPUs
 * of two kinds; and hosts that fall silent again and again until shortly before opening.
 *
 * After every step of the clock the truth is looked at, not what the engine believes. NIGHTS=5000
 * runs so many of each kind, and NIGHTS_FROM=seed begins there: what fails names its seed.
 */
#include "core/driver/sim/world.h"
#include "core/engine/engine.h"

#define BEGIN_US  (G_GINT64_CONSTANT(1772480400) * G_USEC_PER_SEC) /* Mon 2026-03-02 19:40 UTC */
#define WEEKLY    "Mon-Fri 09:00-19:45; Sat 09:00-13:45"
#define CALM_US   (20 * CLOCK_MINUTE_US) /* before opening nobody falls ill any more */
#define MIB(mib)  ((guint64)(mib)*1024)
#define ILL_WORST "host-dies=0.2,host-hangs=0.1,wake-fails=0.2,migration-fails=0.2"

struct night {
    guint64 seed;
    GRand *random;
    gboolean deadly; /* hosts lose their power: all may be woken then, or some would stay off */
    struct clock *clock;
    struct hours *hours;
    struct cluster *lab; /* a copy of how it began */
    struct driver *driver;
    struct engine *engine;
    gint64 opening_us; /* wall */
};

/* --- The lab --- */

static void add_host(struct night *night, struct cluster *lab, guint number)
{
    static const guint sizes_mib[] = {1024, 1536, 2048, 3072, 4096, 8192};
    static const guint cpus[] = {1, 2, 2, 4, 8};
    g_autofree char *name = g_strdup_printf("pc%02u", number);
    g_autofree char *address = g_strdup_printf("10.0.0.%u", number);
    struct host *host = cluster_add_host(lab, name, address, NULL);

    host->mac = g_strdup_printf("52:54:00:00:00:%02x", number);
    host->wake = g_rand_int_range(night->random, 0, 8) || night->deadly ? HOST_WAKE_ARMED
                                                                        : HOST_WAKE_DISARMED;
    host->maintenance = g_rand_int_range(night->random, 0, 12) == 0 && !night->deadly;
    host->cpus = cpus[g_rand_int_range(night->random, 0, G_N_ELEMENTS(cpus))];
    host->mem_kib = MIB(sizes_mib[g_rand_int_range(night->random, 0, G_N_ELEMENTS(sizes_mib))]);
    host->cpu_model = g_strdup(g_rand_int_range(night->random, 0, 6) ? "haswell" : "core2duo");
    host->vm_max = g_rand_int_range(night->random, 0, 4) ? 0 : 3;
    host_set_state(host, HOST_ON, 0);
}

static gboolean has_group(const struct host *host, const char *group)
{
    for (guint i = 0; i < host->vms->len; i++)
        if (g_strcmp0(((const struct vm *)host->vms->pdata[i])->group, group) == 0)
            return TRUE;
    return FALSE;
}

static void add_vm(struct night *night, struct cluster *lab, struct host *host, guint number)
{
    static const guint sizes_mib[] = {64, 128, 256, 256, 256, 512, 768, 1024};
    guint64 mem_kib = MIB(sizes_mib[g_rand_int_range(night->random, 0, G_N_ELEMENTS(sizes_mib))]);
    g_autofree char *name = g_strdup_printf("vm%03u", number);
    g_autofree char *group = g_strdup_printf("g%d", g_rand_int_range(night->random, 0, 3));
    struct vm *vm;

    /* The host itself takes some: filled to the brim it could not take its own VMs back. */
    if (host_active_mem_kib(host) + mem_kib + MIB(200) > host->mem_kib ||
        host_active_vms(host) >= host_most_vms(host, MIB(256)))
        return;
    vm = cluster_add_vm(lab, host, name, NULL);
    vm->uuid = g_strdup_printf("00000000-0000-4000-8000-%012x", number);
    vm->home = g_rand_int_range(night->random, 0, 10) ? g_strdup(host->name) : NULL;
    vm->pin = g_rand_int_range(night->random, 0, 10) ? NULL : g_strdup(host->name);
    vm->mem_kib = mem_kib;
    vm->vcpus = 1;
    vm->state = VM_RUNNING;
    vm->persistent = TRUE;
    if (g_rand_int_range(night->random, 0, 4) == 0 && !has_group(host, group))
        vm->group = g_steal_pointer(&group);
}

static struct cluster *make_lab(struct night *night)
{
    struct cluster *lab = cluster_new("mixed");
    guint hosts = (guint)g_rand_int_range(night->random, 2, 10);
    guint number = 0;

    for (guint i = 1; i <= hosts; i++)
        add_host(night, lab, i);
    for (guint i = 0; i < hosts; i++) {
        gint vms = g_rand_int_range(night->random, 0, 5);
        for (gint j = 0; j < vms; j++)
            add_vm(night, lab, g_ptr_array_index(lab->hosts, i), ++number);
    }
    return lab;
}

/* --- The night --- */

/* NIGHT_TRACE=1 shows the journal as it is written. */
static void trace(const struct engine_event *event, gpointer data)
{
    g_autofree char *time = NULL;

    if (event->kind != ENGINE_EVENT_JOURNAL)
        return;
    time = hours_format(data, event->entry->wall_us, "%a %H:%M:%S");
    g_printerr("%s %s: %s [%s]\n", time, event->entry->what, event->entry->text,
               event->entry->result);
}

/* Somebody falls silent for some seconds, or for half an hour; then the next one does. */
static void fall_ill(gpointer data)
{
    struct night *night = data;
    const GPtrArray *hosts = sim_driver_world(night->driver)->hosts;
    struct sim_host *host = hosts->pdata[g_rand_int_range(night->random, 0, (gint)hosts->len)];
    gboolean long_ill = g_rand_int_range(night->random, 0, 5) == 0;
    gint64 for_us = g_rand_int_range(night->random, 2, long_ill ? 1800 : 90) * CLOCK_SECOND_US;
    gint64 next_us = g_rand_int_range(night->random, 20, 2400) * CLOCK_SECOND_US;
    gint64 left_us = night->opening_us - CALM_US - clock_wall_us(night->clock);

    if (host->power == SIM_ON && left_us > 0)
        host->hung_until_us = clock_mono_us(night->clock) + MIN(for_us, left_us);
    if (next_us < left_us)
        clock_add_timer(night->clock, next_us, fall_ill, night);
}

static void night_begin(struct night *night, guint64 seed, const char *faults, gboolean ill)
{
    struct sim_options options = {.seed = seed};
    struct engine_config config;

    night->seed = seed;
    night->random = g_rand_new_with_seed((guint32)seed);
    energy_config_init(&options.energy);
    engine_config_init(&config);
    g_assert_true(sim_faults_parse(faults, &options.faults, NULL));
    night->deadly = options.faults.host_dies > 0;
    night->lab = make_lab(night);
    config.policy.kind = g_rand_int_range(night->random, 0, 4) ? POLICY_PACK : POLICY_PAIRS;
    config.policy.spare_hosts = (guint)g_rand_int_range(night->random, 0, 2);
    night->clock = clock_new_stepped(BEGIN_US);
    night->hours = hours_new(WEEKLY, NULL, "UTC", NULL);
    night->opening_us = hours_next_opening_us(night->hours, BEGIN_US + CLOCK_HOUR_US);
    night->driver = sim_driver_new(night->clock, night->lab, night->hours, &options);
    night->engine = engine_new(night->clock, night->driver, cluster_copy(night->lab), night->hours,
                               &config, "night");
    if (g_getenv("NIGHT_TRACE"))
        engine_listen(night->engine, trace, night->hours);
    engine_set_mode(night->engine, ENGINE_BY_HOURS);
    engine_start(night->engine);
    if (ill)
        clock_add_timer(night->clock, 10 * CLOCK_MINUTE_US, fall_ill, night);
}

static void night_end(struct night *night)
{
    engine_free(night->engine);
    driver_free(night->driver);
    clock_free(night->clock);
    hours_free(night->hours);
    cluster_free(night->lab);
    g_rand_free(night->random);
}

/* --- What must hold at every moment --- */

#define ASSERT_OF(night, condition, ...)                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            g_autofree char *what_ = g_strdup_printf(__VA_ARGS__);                                 \
            g_error("seed %" G_GUINT64_FORMAT ": %s", (night)->seed, what_);                       \
        }                                                                                          \
    } while (0)

/* Maintenance, a disarmed card and the manager's role keep a host on; a power cut is no decision.
 */
static void assert_stays_on(const struct night *night, const struct sim_host *truth)
{
    const struct host *host = cluster_find_host(night->lab, truth->name);

    if (truth->power == SIM_STOPPING)
        ASSERT_OF(night,
                  !host->maintenance && host->role != HOST_MANAGER && host->wake == HOST_WAKE_ARMED,
                  "host %s is switched off", truth->name);
}

static void assert_allowed(const struct night *night, const struct sim_vm *truth)
{
    const struct vm *vm = cluster_find_vm(night->lab, truth->name);
    const struct host *at = cluster_find_host(night->lab, truth->host->name);

    if (at == vm->host)
        return;
    ASSERT_OF(night, !vm->pin, "vm %s is pinned and now on %s", vm->name, at->name);
    ASSERT_OF(night, !at->maintenance, "vm %s came to %s, in maintenance", vm->name, at->name);
    ASSERT_OF(night, !vm->host->maintenance, "vm %s left %s, in maintenance", vm->name,
              vm->host->name);
    ASSERT_OF(night, g_str_equal(at->cpu_model, vm->host->cpu_model), "vm %s on another CPU, of %s",
              vm->name, at->name);
    for (guint i = 0; vm->group && i < truth->host->vms->len; i++) {
        const struct sim_vm *other = g_ptr_array_index(truth->host->vms, i);
        const struct vm *beside = cluster_find_vm(night->lab, other->name);
        ASSERT_OF(night, beside == vm || g_strcmp0(beside->group, vm->group) != 0,
                  "vm %s and %s are to be kept apart, and both on %s", vm->name, beside->name,
                  at->name);
    }
}

static void assert_all_is_well(const struct night *night, guint *moves)
{
    const struct sim_world *world = sim_driver_world(night->driver);
    const char *sin = NULL;

    ASSERT_OF(night, sim_sins(night->driver, &sin) == 0, "%s", sin);
    for (guint i = 0; i < world->hosts->len; i++)
        assert_stays_on(night, g_ptr_array_index(world->hosts, i));
    if (*moves == world->moves)
        return;
    *moves = world->moves;
    for (guint i = 0; i < world->vms->len; i++)
        assert_allowed(night, g_ptr_array_index(world->vms, i));
}

static void run_until(struct night *night, gint64 wall_us)
{
    guint moves = G_MAXUINT;

    while (clock_wall_us(night->clock) < wall_us) {
        g_assert_true(clock_step(night->clock));
        assert_all_is_well(night, &moves);
    }
}

/* What normalize says of whatever is not home. */
static void tell_refusals(const struct night *night)
{
    autoptr(plan) plan = engine_plan(night->engine, TRUE);

    for (guint i = 0; i < plan->refusals->len; i++) {
        const struct plan_refusal *refusal = &g_array_index(plan->refusals, struct plan_refusal, i);
        g_printerr("# %s: %s\n", refusal->subject, refusal->why);
    }
}

/*
 * Where all VMs of a home may be at work at once, they may be too much for its CPUs, and one then
 * stays where it is.
 */
static gboolean is_narrow(const struct host *home)
{
    return home->vms->len > 1 && home->vms->len + 1 > home->cpus;
}

static guint count_away(const struct night *night)
{
    const GPtrArray *vms = sim_driver_world(night->driver)->vms;
    guint away = 0;

    for (guint i = 0; i < vms->len; i++) {
        const struct sim_vm *truth = g_ptr_array_index(vms, i);
        const struct vm *vm = cluster_find_vm(night->lab, truth->name);
        away += vm->home && !g_str_equal(vm->home, truth->host->name) && !is_narrow(vm->host);
    }
    return away;
}

static void assert_all_home(const struct night *night)
{
    guint hosts = night->lab->hosts->len;
    guint vms = cluster_count_active_vms(night->lab);

    if (count_away(night) > 0)
        tell_refusals(night);

    ASSERT_OF(night, sim_hosts_on(night->driver) == hosts, "%u of %u hosts on",
              sim_hosts_on(night->driver), hosts);
    ASSERT_OF(night, sim_vms_running(night->driver) == vms, "%u of %u VMs run",
              sim_vms_running(night->driver), vms);
    ASSERT_OF(night, count_away(night) == 0, "%u of %u VMs are not home", count_away(night), vms);
}

/* --- The kinds of nights --- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOWER 10
#else
#define SLOWER 1
#endif

static guint64 number_of(const char *variable, guint64 usual)
{
    const char *text = g_getenv(variable);

    return text ? g_ascii_strtoull(text, NULL, 10) : usual;
}

/* Nothing goes wrong: all is home when the lab opens. Else an hour later. */
static void nights(const char *faults, gboolean ill, guint usual)
{
    guint64 from = number_of("NIGHTS_FROM", 1);
    guint64 count = number_of("NIGHTS", g_getenv("VALGRIND") ? 1 : MAX(usual / SLOWER, 1));

    for (guint64 seed = from; seed < from + count; seed++) {
        struct night night = {0};
        night_begin(&night, seed, faults, ill);
        run_until(&night, night.opening_us);
        if (!ill)
            assert_all_home(&night);
        run_until(&night, night.opening_us + CLOCK_HOUR_US);
        assert_all_home(&night);
        night_end(&night);
    }
}

static void test_quiet(void)
{
    nights("none", FALSE, 20);
}

static void test_ill(void)
{
    nights("none", TRUE, 20);
}

static void test_worst(void)
{
    nights(ILL_WORST, TRUE, 20);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/nights_mixed/all_home_at_opening", test_quiet);
    g_test_add_func("/nights_mixed/hosts_fall_ill_all_night", test_ill);
    g_test_add_func("/nights_mixed/everything_goes_wrong", test_worst);
    return g_test_run();
}
