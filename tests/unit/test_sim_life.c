#include "core/driver/sim/sim.h"

#include "tests/support/sim_rig.h"

#define FIRST "10.0.0.1"
#define HOSTS 100

/* Sums over a lab of HOSTS hosts with one VM each. */
struct sums {
    guint load15_permille;
    guint vm_permille;
    guint busy_vms;
    guint logins;
};

static void look_at_all(struct sim_rig *rig, struct sums *sums)
{
    *sums = (struct sums){0};
    for (guint i = 1; i <= HOSTS; i++) {
        g_autofree char *address = g_strdup_printf("10.0.0.%u", i);
        autoptr(host_report) report = sim_rig_refresh(rig, address, NULL);
        const struct vm_report *vm = g_ptr_array_index(report->vms, 0);

        sums->load15_permille += (guint)report->load15_permille;
        sums->logins += report->users[0] != NULL;
        if (vm->cpu_permille < 0)
            continue;
        sums->vm_permille += (guint)vm->cpu_permille;
        sums->busy_vms += vm->cpu_permille > 100;
    }
}

static struct sums sums_at(gint64 after_closing_us, guint64 seed)
{
    autoptr(sim_rig) rig = sim_rig_new(sim_lab_make(HOSTS, 1), TRUE, seed, NULL,
                                       SIM_RIG_CLOSING_US - 2 * CLOCK_HOUR_US);
    struct sums sums;

    sim_rig_run(rig, 2 * CLOCK_HOUR_US + after_closing_us);
    look_at_all(rig, &sums);
    sim_rig_run(rig, 5 * CLOCK_SECOND_US);
    look_at_all(rig, &sums);
    return sums;
}

static void test_hours(void)
{
    struct sums open = {0};
    struct sums evening = {0};

    for (guint64 seed = 1; seed <= 5; seed++) {
        struct sums night = sums_at(8 * CLOCK_HOUR_US + 30 * CLOCK_MINUTE_US, seed);

        open.busy_vms += sums_at(-CLOCK_HOUR_US, seed).busy_vms;
        evening.busy_vms += sums_at(CLOCK_HOUR_US, seed).busy_vms;
        g_assert_cmpuint(night.busy_vms, <=, 2);
        g_assert_cmpuint(night.logins, ==, 0);
    }
    g_assert_cmpuint(open.busy_vms, >, evening.busy_vms);
    g_assert_cmpuint(evening.busy_vms, >, 5 * HOSTS / 50);
    g_assert_cmpuint(evening.busy_vms, <, 5 * HOSTS / 5);
}

/* The host with the highest load while nobody is at work must be far from over. */
static void test_packed_and_idle(void)
{
    autoptr(sim_rig) rig =
        sim_rig_new(sim_lab_make(8, 8), TRUE, 1, NULL, SIM_RIG_CLOSING_US + 8 * CLOCK_HOUR_US);

    sim_rig_run(rig, CLOCK_HOUR_US);
    for (guint i = 1; i <= 8; i++) {
        g_autofree char *address = g_strdup_printf("10.0.0.%u", i);
        autoptr(host_report) report = sim_rig_refresh(rig, address, NULL);

        g_assert_cmpint(report->load15_permille, >, 100);
        g_assert_cmpint(report->load15_permille, <, 600); /* of 2000; over begins at 1800 */
    }
}

static void test_seed_decides(void)
{
    struct sums a = sums_at(CLOCK_HOUR_US, 42);
    struct sums same = sums_at(CLOCK_HOUR_US, 42);
    struct sums other = sums_at(CLOCK_HOUR_US, 43);

    g_assert_cmpuint(a.load15_permille, ==, same.load15_permille);
    g_assert_cmpuint(a.vm_permille, ==, same.vm_permille);
    g_assert_cmpuint(a.load15_permille, !=, other.load15_permille);
}

static void test_looking_changes_nothing(void)
{
    autoptr(sim_rig) watched =
        sim_rig_new(sim_lab_make(HOSTS, 1), TRUE, 9, NULL, SIM_RIG_CLOSING_US);
    autoptr(sim_rig) alone = sim_rig_new(sim_lab_make(HOSTS, 1), TRUE, 9, NULL, SIM_RIG_CLOSING_US);
    struct sums a;
    struct sums b;

    while (clock_mono_us(watched->clock) < 2 * CLOCK_HOUR_US) {
        g_autofree char *address =
            g_strdup_printf("10.0.0.%" G_GINT64_FORMAT,
                            1 + clock_mono_us(watched->clock) / CLOCK_SECOND_US % HOSTS);

        host_report_free(sim_rig_refresh(watched, address, NULL));
        sim_rig_run(watched, 5 * CLOCK_SECOND_US);
    }
    sim_rig_run(alone, clock_mono_us(watched->clock) - clock_mono_us(alone->clock));
    look_at_all(watched, &a);
    look_at_all(alone, &b);
    g_assert_cmpint(ABS((gint)a.load15_permille - (gint)b.load15_permille), <=, HOSTS);
    g_assert_cmpuint(a.logins, ==, b.logins);
    g_assert_cmpfloat_with_epsilon(sim_joules(watched->driver) / sim_joules(alone->driver), 1,
                                   1e-4);
}

static void test_ewma(void)
{
    /* A host without VMs and logins has only its own overhead, 15 thousandths of a core. */
    autoptr(sim_rig) rig =
        sim_rig_new(sim_lab_make(1, 0), TRUE, 1, NULL, SIM_RIG_CLOSING_US + 7 * CLOCK_HOUR_US);
    g_autoptr(GError) error = NULL;
    autoptr(host_report) booted = NULL;
    autoptr(host_report) later = NULL;

    g_assert_true(sim_rig_power_off(rig, FIRST, FALSE, &error));
    sim_rig_await_host(rig, FIRST, FALSE);
    g_assert_true(sim_rig_wake(rig, "52:54:00:00:00:01", NULL));
    sim_rig_await_host(rig, FIRST, TRUE);
    booted = sim_rig_refresh(rig, FIRST, NULL);
    g_assert_cmpint(booted->load15_permille, ==, 50);
    sim_rig_run(rig, 15 * CLOCK_MINUTE_US);
    later = sim_rig_refresh(rig, FIRST, NULL);
    g_assert_cmpint(later->load15_permille, ==, 28); /* 15 + (50 - 15) / e */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim/life/follows_the_hours", test_hours);
    g_test_add_func("/sim/life/eight_idle_vms_are_far_from_too_many", test_packed_and_idle);
    g_test_add_func("/sim/life/the_seed_decides_everything", test_seed_decides);
    g_test_add_func("/sim/life/looking_changes_nothing", test_looking_changes_nothing);
    g_test_add_func("/sim/life/load15_forgets_in_fifteen_minutes", test_ewma);
    return g_test_run();
}
