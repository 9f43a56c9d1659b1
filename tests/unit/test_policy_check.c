#include "core/policy/check.h"

#include <string.h>

#include "core/base/clock.h"
#include "tests/support/policy_lab.h"

struct fixture {
    struct cluster *cluster;
    struct policy_config config;
    struct host *from;
    struct host *to;
    struct vm *vm;
};

static void set_up(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->cluster = cluster_new("lab");
    lab_add_host(fixture->cluster, "pc01", 2048);
    fixture->from = lab_add_host(fixture->cluster, "pc02", 2048);
    fixture->to = lab_add_host(fixture->cluster, "pc03", 2048);
    fixture->vm = lab_add_vm(fixture->from, fixture->cluster, "web", 256, 100);
    policy_config_init(&fixture->config);
}

static void tear_down(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    cluster_free(fixture->cluster);
}

static enum check_reason migrate(const struct fixture *fixture)
{
    return check_migrate(fixture->vm, fixture->to, &fixture->config, LAB_NOW_US, 0, 0);
}

static void assert_says(const struct fixture *fixture, enum check_reason reason,
                        const struct host *host, const char *sentence)
{
    g_autofree char *text = check_explain(reason, fixture->vm, host, &fixture->config);

    g_assert_cmpstr(text, ==, sentence);
}

static void assert_refused(const struct fixture *fixture, enum check_reason reason,
                           const char *sentence)
{
    g_assert_cmpint(migrate(fixture), ==, reason);
    assert_says(fixture, reason, fixture->to, sentence);
}

static void may(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    g_assert_cmpint(migrate(fixture), ==, CHECK_OK);
    fixture->vm->state = VM_PAUSED;
    g_assert_cmpint(migrate(fixture), ==, CHECK_OK);
    fixture->vm->pin = g_strdup("pc03");
    g_assert_cmpint(migrate(fixture), ==, CHECK_OK);
}

static void vm_itself(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->vm->state = VM_OFF;
    assert_refused(fixture, CHECK_VM_NOT_RUNNING, "vm web is not known to run now (off)");
    fixture->vm->state = VM_UNKNOWN;
    assert_refused(fixture, CHECK_VM_NOT_RUNNING, "vm web is not known to run now (unknown)");
    fixture->vm->state = VM_LOST;
    assert_refused(fixture, CHECK_VM_FROZEN, "vm web is lost, no host runs it: find it first");
    fixture->vm->state = VM_RUNNING;
    cluster_set_claim(fixture->cluster, fixture->vm, fixture->to, LAB_NOW_US);
    assert_refused(fixture, CHECK_NAME_TAKEN, "pc03 says it runs a vm called web itself");
    cluster_set_claim(fixture->cluster, fixture->vm, cluster_manager(fixture->cluster), LAB_NOW_US);
    assert_refused(fixture, CHECK_VM_FROZEN,
                   "vm web is seen on both pc02 and pc01: settle that by hand first");
}

static void target(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct host *to = fixture->to;

    fixture->to = fixture->from;
    assert_refused(fixture, CHECK_SAME_HOST, "vm web is on pc02 already");
    fixture->to = to;
    to->state = HOST_WAKING;
    assert_refused(fixture, CHECK_HOST_NOT_ON, "pc03 is waking");
    to->state = HOST_ON;
    to->seen_at_us = LAB_NOW_US - 21 * CLOCK_SECOND_US;
    assert_refused(fixture, CHECK_HOST_STALE,
                   "what is known of pc03 is too old: it has not answered lately");
    to->seen_at_us = LAB_NOW_US;
    to->maintenance = TRUE;
    assert_refused(fixture, CHECK_MAINTENANCE, "pc03 is in maintenance");
}

static void memory(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct vm *big = lab_add_vm(fixture->to, fixture->cluster, "big", 1920, 0);

    assert_refused(fixture, CHECK_NO_MEMORY, "pc03 has 128 MiB free of 2048, vm web needs 256");
    big->state = VM_OFF;
    g_assert_cmpint(migrate(fixture), ==, CHECK_OK);
    big->state = VM_RUNNING;
    big->mem_kib = LAB_MIB(1792);
    g_assert_cmpint(migrate(fixture), ==, CHECK_OK);
    g_assert_cmpint(check_migrate(fixture->vm, fixture->to, &fixture->config, LAB_NOW_US, 1, 0), ==,
                    CHECK_NO_MEMORY);
    assert_says(fixture, CHECK_NO_MEMORY, fixture->to,
                "the 256 MiB free on pc03 are promised to VMs under way, vm web needs 256");
    fixture->to->mem_available_kib = LAB_MIB(200);
    assert_refused(fixture, CHECK_NO_MEMORY,
                   "pc03 has only 200 MiB really available now, vm web needs 256");
    fixture->to->mem_available_kib = 0;
    fixture->config.host_reserve_kib = LAB_MIB(100);
    assert_refused(fixture, CHECK_NO_MEMORY, "pc03 has 156 MiB free of 1948, vm web needs 256");
    fixture->to->mem_kib = 0;
    assert_refused(fixture, CHECK_NO_MEMORY, "the RAM of pc03 is not known");
}

static void memory_does_not_wrap(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->vm->mem_kib = G_MAXUINT64 - 1;
    g_assert_cmpint(migrate(fixture), ==, CHECK_NO_MEMORY);
    fixture->vm->mem_kib = LAB_MIB(256);
    lab_add_vm(fixture->to, fixture->cluster, "a", 256, 0)->mem_kib = G_MAXUINT64;
    lab_add_vm(fixture->to, fixture->cluster, "b", 256, 0)->mem_kib = G_MAXUINT64;
    g_assert_cmpint(migrate(fixture), ==, CHECK_NO_MEMORY);
    g_assert_cmpint(check_migrate(fixture->vm, fixture->from, &fixture->config, LAB_NOW_US,
                                  G_MAXUINT64, G_MAXUINT),
                    ==, CHECK_SAME_HOST);
}

static void places(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->to->vm_max = 1;
    g_assert_cmpint(migrate(fixture), ==, CHECK_OK);
    g_assert_cmpint(check_migrate(fixture->vm, fixture->to, &fixture->config, LAB_NOW_US, 0, 1), ==,
                    CHECK_TOO_MANY_VMS);
    lab_add_vm(fixture->to, fixture->cluster, "a", 64, 0);
    assert_refused(fixture, CHECK_TOO_MANY_VMS, "pc03 runs 1 VM, it may run 1");
}

static void wishes(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct vm *other = lab_add_vm(fixture->to, fixture->cluster, "db", 64, 0);

    fixture->vm->group = g_strdup("ha");
    other->group = g_strdup("ha");
    assert_refused(fixture, CHECK_APART,
                   "pc03 runs vm db, which vm web is kept apart from (group ha)");
    other->state = VM_OFF;
    g_assert_cmpint(migrate(fixture), ==, CHECK_OK);
    fixture->from->cpu_model = g_strdup("Penryn");
    g_assert_cmpint(migrate(fixture), ==, CHECK_OK);
    fixture->to->cpu_model = g_strdup("Nehalem");
    assert_refused(fixture, CHECK_CPU_MODEL,
                   "vm web runs on CPUs of model Penryn, pc03 has others");
    fixture->vm->pin = g_strdup("pc02");
    assert_refused(fixture, CHECK_PINNED, "vm web is pinned to pc02");
}

static void hypervisors(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->from->hypervisor = g_strdup("Xen");
    g_assert_cmpint(migrate(fixture), ==, CHECK_OK);
    fixture->to->hypervisor = g_strdup("QEMU");
    assert_refused(fixture, CHECK_OTHER_HYPERVISOR,
                   "vm web is one of Xen, pc03 runs those of QEMU");
    fixture->to->can_migrate = HOST_MIGRATION_UNABLE;
    assert_refused(fixture, CHECK_NO_MIGRATION,
                   "host pc03: its hypervisor (QEMU) cannot migrate VMs through libvirt");
    fixture->from->can_migrate = HOST_MIGRATION_UNABLE;
    assert_refused(fixture, CHECK_NO_MIGRATION,
                   "host pc02: its hypervisor (Xen) cannot migrate VMs through libvirt");
    g_assert_false(check_can_force(CHECK_NO_MIGRATION));
    g_assert_false(check_can_force(CHECK_OTHER_HYPERVISOR));
    fixture->from->can_migrate = HOST_MIGRATION_ABLE;
    fixture->to->can_migrate = HOST_MIGRATION_ABLE;
    g_free(fixture->to->hypervisor);
    fixture->to->hypervisor = g_strdup("Xen");
    g_assert_cmpint(migrate(fixture), ==, CHECK_OK);
}

static void hostile_hypervisor(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *sentence = NULL;

    fixture->to->hypervisor = g_strdup("\x1b[31mLXC");
    fixture->to->can_migrate = HOST_MIGRATION_UNABLE;
    sentence = check_explain(CHECK_NO_MIGRATION, fixture->vm, fixture->to, &fixture->config);
    g_assert_null(strchr(sentence, '\x1b'));
}

static void over(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    lab_add_vm(fixture->to, fixture->cluster, "busy", 64, 1700);
    g_assert_cmpint(migrate(fixture), ==, CHECK_OK);
    fixture->vm->cpu_permille = 102;
    assert_refused(fixture, CHECK_WOULD_BE_OVER,
                   "with vm web, the load of pc03 would be 0.90, above 0.90");
    fixture->vm->cpu_permille = 300;
    assert_refused(fixture, CHECK_WOULD_BE_OVER,
                   "with vm web, the load of pc03 would be 1.00, above 0.90");
}

static void over_alone(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    /* R10 calls no host over that runs one VM: a heavy VM may go to an empty host. */
    fixture->vm->cpu_permille = 2000;
    g_assert_cmpint(migrate(fixture), ==, CHECK_OK);
    g_assert_cmpint(check_migrate(fixture->vm, fixture->to, &fixture->config, LAB_NOW_US, 0, 1), ==,
                    CHECK_WOULD_BE_OVER);
}

static enum check_reason power_off(const struct fixture *fixture, gboolean automatic)
{
    return check_power_off(fixture->to, &fixture->config, LAB_NOW_US, automatic);
}

static void switch_off_what_can_be_woken(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct host *host = fixture->to;

    host->wake = HOST_WAKE_UNKNOWN;
    g_assert_cmpint(power_off(fixture, FALSE), ==, CHECK_CANNOT_WAKE);
    g_clear_pointer(&host->mac, g_free);
    host->wake = HOST_WAKE_COMMAND; /* that needs no card */
    g_assert_cmpint(power_off(fixture, FALSE), ==, CHECK_OK);
}

static void switch_off(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct host *host = fixture->to;

    g_assert_cmpint(power_off(fixture, TRUE), ==, CHECK_OK);
    host->woken_at_us = LAB_NOW_US - CLOCK_MINUTE_US;
    g_assert_cmpint(power_off(fixture, TRUE), ==, CHECK_JUST_WOKEN);
    g_assert_cmpint(power_off(fixture, FALSE), ==, CHECK_OK);
    host->maintenance = TRUE;
    g_assert_cmpint(power_off(fixture, TRUE), ==, CHECK_MAINTENANCE);
    g_assert_cmpint(power_off(fixture, FALSE), ==, CHECK_OK);
    g_strfreev(host->users);
    host->users = g_strsplit("ana bo", " ", -1);
    g_assert_cmpint(power_off(fixture, FALSE), ==, CHECK_LOGGED_IN);
    assert_says(fixture, CHECK_LOGGED_IN, host, "ana and 1 more are logged in on pc03");
    g_clear_pointer(&host->users, g_strfreev);
    g_assert_cmpint(power_off(fixture, FALSE), ==, CHECK_USERS_UNKNOWN);
    lab_add_vm(host, fixture->cluster, "a", 64, 0);
    g_assert_cmpint(power_off(fixture, FALSE), ==, CHECK_RUNS_VMS);
    assert_says(fixture, CHECK_RUNS_VMS, host, "pc03 runs 1 VM");
    host->state = HOST_OFF;
    g_assert_cmpint(power_off(fixture, FALSE), ==, CHECK_ALREADY_OFF);
    host->state = HOST_UNREACHABLE;
    g_assert_cmpint(power_off(fixture, FALSE), ==, CHECK_HOST_NOT_ON);
    g_assert_cmpint(
        check_power_off(cluster_manager(fixture->cluster), &fixture->config, LAB_NOW_US, FALSE), ==,
        CHECK_IS_MANAGER);
}

static void switch_off_where_lost(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    lab_add_vm(fixture->to, fixture->cluster, "a", 64, 0)->state = VM_LOST;
    g_assert_cmpint(power_off(fixture, TRUE), ==, CHECK_VM_FROZEN);
    g_assert_cmpint(power_off(fixture, FALSE), ==, CHECK_OK);
}

static void wake(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    g_assert_cmpint(check_wake(fixture->to), ==, CHECK_ALREADY_ON);
    fixture->to->state = HOST_STOPPING;
    g_assert_cmpint(check_wake(fixture->to), ==, CHECK_ALREADY_ON);
    fixture->to->state = HOST_OFF;
    fixture->to->wake = HOST_WAKE_DISARMED;
    g_assert_cmpint(check_wake(fixture->to), ==, CHECK_OK);
    g_clear_pointer(&fixture->to->mac, g_free);
    g_assert_cmpint(check_wake(fixture->to), ==, CHECK_NO_MAC);
    assert_says(fixture, CHECK_NO_MAC, fixture->to,
                "pc03 cannot be woken: its MAC address is not known, and no wake_command is "
                "configured");
}

static void force(void)
{
    static const enum check_reason never[] = {
        CHECK_OK,          CHECK_VM_NOT_RUNNING, CHECK_VM_FROZEN,  CHECK_SAME_HOST,
        CHECK_HOST_NOT_ON, CHECK_HOST_STALE,     CHECK_NO_MEMORY,  CHECK_TOO_MANY_VMS,
        CHECK_NAME_TAKEN,  CHECK_RUNS_VMS,       CHECK_IS_MANAGER, CHECK_ALREADY_OFF,
        CHECK_ALREADY_ON,  CHECK_NO_MAC};

    for (guint i = 0; i < G_N_ELEMENTS(never); i++)
        g_assert_false(check_can_force(never[i]));
    g_assert_true(check_can_force(CHECK_PINNED));
    g_assert_true(check_can_force(CHECK_LOGGED_IN));
    g_assert_true(check_can_force(CHECK_WOULD_BE_OVER));
}

static void every_reason_speaks(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    g_free(fixture->to->name);
    fixture->to->name = g_strdup("\x1b[31mpc");
    for (guint reason = CHECK_OK; reason <= CHECK_NO_MAC; reason++) {
        g_autofree char *both =
            check_explain((enum check_reason)reason, fixture->vm, fixture->to, &fixture->config);
        g_autofree char *host =
            check_explain((enum check_reason)reason, NULL, fixture->to, &fixture->config);
        g_assert_true(*both && *host);
        g_assert_null(strchr(both, '\x1b'));
        g_assert_null(strchr(host, '\x1b'));
    }
}

#define ADD(path, func) g_test_add(path, struct fixture, NULL, set_up, func, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/policy/check/nothing_speaks_against_it", may);
    ADD("/policy/check/vm_must_run_in_one_place", vm_itself);
    ADD("/policy/check/target_must_be_on_and_fresh", target);
    ADD("/policy/check/memory_is_never_exceeded", memory);
    ADD("/policy/check/absurd_memory_does_not_wrap", memory_does_not_wrap);
    ADD("/policy/check/places_are_never_exceeded", places);
    ADD("/policy/check/pins_groups_and_models_are_honoured", wishes);
    ADD("/policy/check/hypervisors_that_cannot_migrate_are_refused", hypervisors);
    ADD("/policy/check/a_hostile_hypervisor_name_is_escaped", hostile_hypervisor);
    ADD("/policy/check/target_never_becomes_over", over);
    ADD("/policy/check/heavy_vm_may_go_to_an_empty_host", over_alone);
    ADD("/policy/check/switch_off_asks_everything", switch_off);
    ADD("/policy/check/switch_off_asks_whether_it_can_be_woken", switch_off_what_can_be_woken);
    ADD("/policy/check/host_that_lost_a_vm_is_not_switched_off_by_itself", switch_off_where_lost);
    ADD("/policy/check/wake_needs_a_mac_address", wake);
    g_test_add_func("/policy/check/force_goes_past_wishes_only", force);
    ADD("/policy/check/every_reason_has_a_safe_sentence", every_reason_speaks);
    return g_test_run();
}
