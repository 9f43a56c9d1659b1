#include "core/base/clock.h"
#include "core/policy/policy.h"
#include "tests/support/policy_lab.h"

struct fixture {
    struct cluster *cluster;
    struct policy_config config;
    struct host *manager;
    struct host *host; /* a node: 2 CPUs, 1 GiB, no VM */
};

static void set_up(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->cluster = cluster_new("lab");
    fixture->manager = lab_add_host(fixture->cluster, "pc01", 1024);
    fixture->host = lab_add_host(fixture->cluster, "pc02", 1024);
    policy_config_init(&fixture->config);
}

static void tear_down(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    cluster_free(fixture->cluster);
}

static enum host_class class_of(const struct fixture *fixture, const struct host *host)
{
    return policy_classify(host, &fixture->config, LAB_NOW_US);
}

static void add_vms(struct fixture *fixture, struct host *host, guint n)
{
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("%s-%u", host->name, i);
        lab_add_vm(host, fixture->cluster, name, 256, 0);
    }
}

static void thresholds(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    add_vms(fixture, fixture->host, 2);
    fixture->host->load15_permille = 799;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_UNDER);
    fixture->host->load15_permille = 800;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_REGULAR);
    fixture->host->load15_permille = 1800;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_REGULAR);
    fixture->host->load15_permille = 1802;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_OVER);
}

static void full_is_regular(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    add_vms(fixture, fixture->host, 3);
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_UNDER);
    add_vms(fixture, fixture->manager, 4);
    g_assert_cmpint(class_of(fixture, fixture->manager), ==, CLASS_REGULAR);
    fixture->host->vm_max = 3;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_REGULAR);
    fixture->config.vm_min_kib = LAB_MIB(128);
    g_assert_cmpint(class_of(fixture, fixture->manager), ==, CLASS_UNDER);
}

static void full_and_busy_is_over(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    add_vms(fixture, fixture->host, 4);
    fixture->host->load15_permille = 2000;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_OVER);
}

static void one_vm_is_never_over(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->host->load15_permille = 9000;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_REGULAR);
    add_vms(fixture, fixture->host, 1);
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_REGULAR);
    lab_add_vm(fixture->host, fixture->cluster, "off", 256, 0)->state = VM_OFF;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_REGULAR);
    add_vms(fixture, fixture->manager, 2);
    fixture->manager->load15_permille = 9000;
    g_assert_cmpint(class_of(fixture, fixture->manager), ==, CLASS_OVER);
}

static void off(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_OFF);
    lab_add_vm(fixture->host, fixture->cluster, "still", 256, 0)->state = VM_OFF;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_OFF);
    fixture->host->load15_permille = 800;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_REGULAR);
    fixture->host->state = HOST_OFF;
    fixture->host->seen_at_us = 0;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_OFF);
}

static void manager_is_never_off(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    g_assert_cmpint(class_of(fixture, fixture->manager), ==, CLASS_UNDER);
}

static void doubt(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    static const enum host_state states[] = {HOST_WAKING, HOST_STOPPING, HOST_UNREACHABLE};

    add_vms(fixture, fixture->host, 1);
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        fixture->host->state = states[i];
        g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_DOUBT);
    }
    fixture->host->state = HOST_ON;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_UNDER);
    fixture->host->seen_at_us = LAB_NOW_US - fixture->config.stale_after_us - 1;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_DOUBT);
    fixture->host->seen_at_us = LAB_NOW_US;
    fixture->host->load15_permille = -1;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_DOUBT);
    fixture->host->load15_permille = 0;
    fixture->host->cpus = 0;
    g_assert_cmpint(class_of(fixture, fixture->host), ==, CLASS_DOUBT);
}

static void lists_keep_order(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct host *third = lab_add_host(fixture->cluster, "pc03", 1024);

    add_vms(fixture, third, 1);
    fixture->host->maintenance = TRUE;
    autoptr(policy_lists) lists = policy_lists_new(fixture->cluster, &fixture->config, LAB_NOW_US);
    g_assert_cmpuint(lists->of[CLASS_UNDER]->len, ==, 2);
    g_assert_true(g_ptr_array_index(lists->of[CLASS_UNDER], 0) == fixture->manager);
    g_assert_true(g_ptr_array_index(lists->of[CLASS_UNDER], 1) == third);
    g_assert_cmpuint(lists->of[CLASS_OFF]->len, ==, 1);
    g_assert_cmpuint(lists->of[CLASS_OVER]->len, ==, 0);
}

static void lag(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct host *host = fixture->host;

    lab_add_vm(host, fixture->cluster, "a", 256, 500);
    lab_add_vm(host, fixture->cluster, "b", 256, 700);
    host->load15_permille = 100;
    host->cpu_permille = 610;
    g_assert_cmpint(policy_host_load_permille(host, &fixture->config, LAB_NOW_US), ==, 50);
    host->changed_at_us = LAB_NOW_US - CLOCK_MINUTE_US;
    /* 1200 of the VMs, and 20 of 1220 busy are its own. */
    g_assert_cmpint(policy_host_load_permille(host, &fixture->config, LAB_NOW_US), ==, 610);
    g_assert_cmpint(policy_predict_load_permille(host, 200), ==, 710);
    g_assert_cmpint(policy_predict_load_permille(host, -9000), ==, 0);
    host->load15_permille = 1400;
    g_assert_cmpint(policy_host_load_permille(host, &fixture->config, LAB_NOW_US), ==, 700);
    host->changed_at_us = LAB_NOW_US - fixture->config.recent_move_us;
    host->load15_permille = 100;
    g_assert_cmpint(policy_host_load_permille(host, &fixture->config, LAB_NOW_US), ==, 50);
}

static void moment_of_work(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct host *host = fixture->host;

    /* A migration makes the CPU busy for seconds; loadavg15 does not know it as the host's own. */
    lab_add_vm(host, fixture->cluster, "a", 256, 100);
    host->load15_permille = 120;
    host->cpu_permille = 1000;
    host->changed_at_us = LAB_NOW_US;
    g_assert_cmpint(policy_host_load_permille(host, &fixture->config, LAB_NOW_US), ==, 110);
    host->cpu_permille = -1;
    g_assert_cmpint(policy_predict_load_permille(host, 0), ==, 60);
}

static void kinds(void)
{
    enum policy_kind kind = POLICY_PACK;

    g_assert_true(policy_kind_parse("pairs", &kind));
    g_assert_cmpint(kind, ==, POLICY_PAIRS);
    g_assert_true(policy_kind_parse("pack", &kind));
    g_assert_cmpint(kind, ==, POLICY_PACK);
    g_assert_false(policy_kind_parse("Pack", &kind));
    g_assert_false(policy_kind_parse("", &kind));
    g_assert_false(policy_kind_parse(NULL, &kind));
}

#define ADD(path, func) g_test_add(path, struct fixture, NULL, set_up, func, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/policy/lists/thresholds_are_strict", thresholds);
    ADD("/policy/lists/full_host_is_regular_not_under", full_is_regular);
    ADD("/policy/lists/full_host_can_be_over", full_and_busy_is_over);
    ADD("/policy/lists/host_with_one_vm_or_none_is_never_over", one_vm_is_never_over);
    ADD("/policy/lists/off_is_off_or_idle", off);
    ADD("/policy/lists/manager_is_never_off", manager_is_never_off);
    ADD("/policy/lists/doubt_is_left_out", doubt);
    ADD("/policy/lists/lists_keep_the_cluster_order", lists_keep_order);
    ADD("/policy/lists/prediction_counts_while_loadavg_lags", lag);
    ADD("/policy/lists/moment_of_work_is_not_overhead", moment_of_work);
    g_test_add_func("/policy/lists/kinds_have_names", kinds);
    return g_test_run();
}
