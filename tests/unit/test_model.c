#include "core/model/cluster.h"

#include <string.h>

#include "core/base/error.h"

#define SECOND   G_USEC_PER_SEC
#define PATIENCE (30 * SECOND)

struct lab {
    struct cluster *cluster;
    struct host *hosts[3];
    GPtrArray *events;
};

static struct host_report *report_of(const char *vms)
{
    struct host_report *report = host_report_new();
    g_auto(GStrv) names = g_strsplit(vms, " ", -1);

    report->cpus = 2;
    report->mem_kib = 2048 * 1024;
    report->load15_permille = 200;
    report->users = g_new0(char *, 1);
    for (guint i = 0; names[i] && *names[i]; i++) {
        /*
         * "web" runs, "-web" is defined only, ">web" is coming in, "%web" broke off on its way,
         * "=web" was left paused.
         */
        const char *name = names[i] + (strchr("->%=", *names[i]) ? 1 : 0);
        struct vm_report *vm = host_report_add_vm(report, name);
        vm->mem_kib = 256 * 1024;
        vm->vcpus = 1;
        vm->state = *names[i] == '-'   ? VM_REPORT_OFF
                    : *names[i] == '>' ? VM_REPORT_INCOMING
                    : *names[i] == '%' ? VM_REPORT_BROKEN
                    : *names[i] == '=' ? VM_REPORT_PAUSED
                                       : VM_REPORT_RUNNING;
        vm->stranded = *names[i] == '=';
    }
    return report;
}

static enum cluster_change see(struct lab *lab, guint host, const char *vms, gint64 now_us)
{
    autoptr(host_report) report = report_of(vms);

    g_ptr_array_set_size(lab->events, 0);
    return cluster_apply_report(lab->cluster, lab->hosts[host], report, now_us, PATIENCE,
                                lab->events);
}

static enum cluster_change hush(struct lab *lab, guint host, gboolean absent, gint64 now_us)
{
    g_ptr_array_set_size(lab->events, 0);
    return cluster_apply_silence(lab->cluster, lab->hosts[host], absent, "no route to host", now_us,
                                 lab->events);
}

static void setup(struct lab *lab, gconstpointer unused)
{
    (void)unused;
    lab->cluster = cluster_new("test");
    lab->events = g_ptr_array_new_with_free_func((GDestroyNotify)cluster_event_free);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *name = g_strdup_printf("pc%u", i);
        g_autofree char *address = g_strdup_printf("10.0.0.%u", i + 1);
        lab->hosts[i] = cluster_add_host(lab->cluster, name, address, NULL);
    }
}

static void teardown(struct lab *lab, gconstpointer unused)
{
    (void)unused;
    g_ptr_array_unref(lab->events);
    cluster_free(lab->cluster);
}

static void test_first_is_manager(struct lab *lab, gconstpointer unused)
{
    (void)unused;
    g_assert_true(cluster_manager(lab->cluster) == lab->hosts[0]);
    cluster_remove_host(lab->cluster, lab->hosts[0]);
    g_assert_true(cluster_manager(lab->cluster) == lab->hosts[1]);
    g_assert_cmpuint(lab->hosts[1]->index, ==, 0);
    g_assert_null(cluster_find_host(lab->cluster, "10.0.0.1"));
}

static void test_refuses_duplicates(struct lab *lab, gconstpointer unused)
{
    const char *bad[][2] = {{"pc1", "10.0.0.9"},  {"new", "10.0.0.2"}, {"10.0.0.2", "10.0.0.9"},
                            {"", "10.0.0.9"},     {"new", "pc9"},      {"new", "../x"},
                            {"new", "10.0.0.999"}};

    (void)unused;
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(cluster_add_host(lab->cluster, bad[i][0], bad[i][1], &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    }
    g_assert_cmpuint(lab->cluster->hosts->len, ==, 3);
    g_assert_nonnull(cluster_add_host(lab->cluster, "six", "fe80::1", NULL));
    g_assert_null(cluster_add_host(lab->cluster, "seven", "fe80:0::0:1", NULL));
}

static void test_new_vm_has_home(struct lab *lab, gconstpointer unused)
{
    struct vm *vm;

    (void)unused;
    see(lab, 1, "web", SECOND);
    vm = cluster_find_vm(lab->cluster, "web");
    g_assert_nonnull(vm);
    g_assert_cmpstr(vm->home, ==, "pc1");
    g_assert_cmpint(vm->state, ==, VM_RUNNING);
    g_assert_cmpint(lab->hosts[1]->state, ==, HOST_ON);
}

static void test_moves_when_source_lets_go(struct lab *lab, gconstpointer unused)
{
    struct vm *vm;

    (void)unused;
    see(lab, 0, "web", SECOND);
    see(lab, 1, ">web", 2 * SECOND);
    vm = cluster_find_vm(lab->cluster, "web");
    g_assert_true(vm->host == lab->hosts[0]);
    see(lab, 1, "web", 3 * SECOND);
    g_assert_true(vm_is_frozen(vm));
    see(lab, 0, "", 3 * SECOND + 1);
    g_assert_true(vm->host == lab->hosts[1]);
    g_assert_false(vm_is_frozen(vm));
    g_assert_cmpuint(lab->cluster->claimed->len, ==, 0);
    g_assert_cmpint(vm->moved_at_us, ==, 3 * SECOND + 1);
    g_assert_cmpstr(vm->home, ==, "pc0");
}

static void test_source_first(struct lab *lab, gconstpointer unused)
{
    struct vm *vm;

    (void)unused;
    see(lab, 0, "web", SECOND);
    vm = cluster_find_vm(lab->cluster, "web");
    see(lab, 0, "", 2 * SECOND);
    g_assert_cmpint(vm->missing_since_us, ==, 2 * SECOND);
    g_assert_cmpint(vm->state, ==, VM_RUNNING);
    see(lab, 1, "web", 3 * SECOND);
    g_assert_true(vm->host == lab->hosts[1]);
    g_assert_cmpint(vm->missing_since_us, ==, 0);
}

static gboolean has_alarm(const struct lab *lab)
{
    for (guint i = 0; i < lab->events->len; i++)
        if (((struct cluster_event *)g_ptr_array_index(lab->events, i))->alarm)
            return TRUE;
    return FALSE;
}

static void test_twice_is_an_alarm(struct lab *lab, gconstpointer unused)
{
    struct vm *vm;

    (void)unused;
    see(lab, 0, "web", SECOND);
    see(lab, 1, "web", 2 * SECOND);
    g_assert_false(has_alarm(lab));
    vm = cluster_find_vm(lab->cluster, "web");
    g_assert_true(see(lab, 0, "web", 12 * SECOND) & CLUSTER_CHANGE_ALARM);
    g_assert_true(has_alarm(lab));
    g_assert_true(vm_is_frozen(vm));
    see(lab, 0, "web", 22 * SECOND);
    g_assert_false(has_alarm(lab)); /* told once */
    see(lab, 1, "-web", 23 * SECOND);
    g_assert_false(vm_is_frozen(vm));
    g_assert_true(vm->host == lab->hosts[0]);
}

/* The text of the first event that is an alarm; "" when none is. */
static const char *alarm_text(const struct lab *lab)
{
    for (guint i = 0; i < lab->events->len; i++) {
        const struct cluster_event *event = lab->events->pdata[i];
        if (event->alarm)
            return event->text;
    }
    return "";
}

/* What a console that died in a migration's last moment leaves: the copy that runs must live. */
static void test_a_paused_copy_is_told_apart(struct lab *lab, gconstpointer unused)
{
    (void)unused;
    see(lab, 0, "web", SECOND);
    see(lab, 1, "web", 2 * SECOND);
    see(lab, 0, "=web", 12 * SECOND);
    g_assert_nonnull(strstr(alarm_text(lab), "runs on pc1, and a paused copy of it is on pc0"));
    see(lab, 0, "", 13 * SECOND);
    g_assert_true(cluster_find_vm(lab->cluster, "web")->host == lab->hosts[1]);
    see(lab, 2, "=web", 14 * SECOND);
    see(lab, 1, "web", 24 * SECOND);
    g_assert_nonnull(strstr(alarm_text(lab), "runs on pc1, and a paused copy of it is on pc2"));
}

static void test_left_paused_is_an_alarm(struct lab *lab, gconstpointer unused)
{
    (void)unused;
    see(lab, 0, "web", SECOND);
    see(lab, 0, "=web", 2 * SECOND);
    g_assert_nonnull(strstr(alarm_text(lab), "virsh resume web"));
    see(lab, 0, "=web", 3 * SECOND);
    g_assert_false(has_alarm(lab)); /* told once */
    see(lab, 0, "web", 4 * SECOND);
    g_assert_false(cluster_find_vm(lab->cluster, "web")->stranded);
    g_assert_cmpuint(lab->events->len, ==, 1);
}

static void test_lost_then_found(struct lab *lab, gconstpointer unused)
{
    struct vm *vm;

    (void)unused;
    see(lab, 0, "web", SECOND);
    see(lab, 0, "", 2 * SECOND);
    vm = cluster_find_vm(lab->cluster, "web");
    see(lab, 0, "", 2 * SECOND + PATIENCE - 1);
    g_assert_cmpint(vm->state, ==, VM_RUNNING);
    see(lab, 0, "", 2 * SECOND + PATIENCE);
    g_assert_cmpint(vm->state, ==, VM_LOST);
    g_assert_true(has_alarm(lab));
    see(lab, 2, "web", 60 * SECOND);
    g_assert_cmpint(vm->state, ==, VM_RUNNING);
    g_assert_true(vm->host == lab->hosts[2]);
}

static void test_shut_off_is_not_lost(struct lab *lab, gconstpointer unused)
{
    struct vm *vm;

    (void)unused;
    see(lab, 0, "web", SECOND);
    see(lab, 0, "-web", 2 * SECOND);
    vm = cluster_find_vm(lab->cluster, "web");
    g_assert_cmpint(vm->state, ==, VM_OFF);
    see(lab, 1, "-web", 3 * SECOND); /* known on another host as well */
    g_assert_true(vm->host == lab->hosts[0]);
    see(lab, 1, "web", 4 * SECOND); /* and started there */
    g_assert_true(vm->host == lab->hosts[1]);
    g_assert_cmpint(vm->state, ==, VM_RUNNING);
}

static void test_silence(struct lab *lab, gconstpointer unused)
{
    struct vm *vm;

    (void)unused;
    see(lab, 0, "web", SECOND);
    see(lab, 1, "", SECOND);
    vm = cluster_find_vm(lab->cluster, "web");
    g_assert_true(hush(lab, 0, TRUE, 2 * SECOND) & CLUSTER_CHANGE_ALARM);
    g_assert_cmpint(lab->hosts[0]->state, ==, HOST_UNREACHABLE);
    g_assert_cmpint(vm->state, ==, VM_UNKNOWN);
    g_assert_cmpint(hush(lab, 0, TRUE, 3 * SECOND), ==, CLUSTER_CHANGE_NONE);
    hush(lab, 1, TRUE, 2 * SECOND);
    g_assert_cmpint(lab->hosts[1]->state, ==, HOST_OFF);
    see(lab, 0, "web", 4 * SECOND);
    g_assert_cmpint(vm->state, ==, VM_RUNNING);
    g_assert_cmpint(lab->hosts[0]->state, ==, HOST_ON);
    g_assert_cmpint(lab->hosts[0]->woken_at_us, ==, 0);
}

static void test_woken(struct lab *lab, gconstpointer unused)
{
    (void)unused;
    host_set_state(lab->hosts[2], HOST_WAKING, SECOND);
    hush(lab, 2, TRUE, 2 * SECOND);
    g_assert_cmpint(lab->hosts[2]->state, ==, HOST_WAKING);
    see(lab, 2, "", 3 * SECOND);
    g_assert_cmpint(lab->hosts[2]->state, ==, HOST_ON);
    g_assert_cmpint(lab->hosts[2]->woken_at_us, ==, 3 * SECOND);
}

static void test_hostile_vm_name(struct lab *lab, gconstpointer unused)
{
    autoptr(host_report) report = report_of("good");

    (void)unused;
    host_report_add_vm(report, "\033]0;evil\007")->state = VM_REPORT_RUNNING;
    cluster_apply_report(lab->cluster, lab->hosts[0], report, SECOND, PATIENCE, lab->events);
    g_assert_nonnull(cluster_find_vm(lab->cluster, "good"));
    g_assert_cmpuint(cluster_count_vms(lab->cluster), ==, 1);
    g_assert_nonnull(strstr(lab->hosts[0]->trouble, "\\x1b]0;evil\\x07"));
}

static void test_copy(struct lab *lab, gconstpointer unused)
{
    (void)unused;
    see(lab, 0, "web mail", SECOND);
    see(lab, 1, "web", 2 * SECOND);
    autoptr(cluster) copy = cluster_copy(lab->cluster);
    struct vm *vm = cluster_find_vm(copy, "web");
    g_assert_true(vm != cluster_find_vm(lab->cluster, "web"));
    g_assert_true(vm->also_on == cluster_find_host(copy, "pc1"));
    cluster_remove_host(copy, cluster_find_host(copy, "pc1"));
    g_assert_null(vm->also_on);
    g_assert_cmpuint(lab->cluster->claimed->len, ==, 1);
    g_assert_cmpuint(cluster_count_active_vms(copy), ==, 2);
}

static void test_unmeasured_vm_shares_load(struct lab *lab, gconstpointer unused)
{
    (void)unused;
    see(lab, 0, "web mail", SECOND);
    g_assert_cmpuint(vm_cpu_permille(cluster_find_vm(lab->cluster, "web")), ==, 100);
    g_assert_cmpint(host_load_permille(lab->hosts[0]), ==, 100);
    g_assert_cmpuint(host_most_vms(lab->hosts[0], 256 * 1024), ==, 8);
    g_assert_cmpuint(host_most_vms(lab->hosts[1], 256 * 1024), ==, 0);
}

static void test_a_broken_post_copy_is_the_sources(struct lab *lab, gconstpointer unused)
{
    const struct vm *vm;

    (void)unused;
    see(lab, 0, "web", SECOND);
    see(lab, 1, "", SECOND);
    vm = cluster_find_vm(lab->cluster, "web");
    see(lab, 0, "%web", 2 * SECOND);
    see(lab, 1, ">web", 2 * SECOND);
    g_assert_true(vm->host == lab->hosts[0]);
    g_assert_cmpint(vm->state, ==, VM_PAUSED);
    g_assert_true(vm->broken);
    g_assert_null(vm->also_on);
    see(lab, 0, "web", 3 * SECOND);
    g_assert_false(vm->broken);
}

/* libvirt lost its connections, QEMU did not: it runs at the target, and only there. */
static void test_where_the_target_runs_it_that_counts(struct lab *lab, gconstpointer unused)
{
    const struct vm *vm;

    (void)unused;
    see(lab, 0, "web", SECOND);
    see(lab, 1, "", SECOND);
    vm = cluster_find_vm(lab->cluster, "web");
    see(lab, 0, "%web", 2 * SECOND);
    see(lab, 1, "web", 2 * SECOND);
    g_assert_true(vm->host == lab->hosts[1]);
    g_assert_cmpint(vm->state, ==, VM_RUNNING);
    g_assert_false(vm->broken);
    for (guint i = 3; i < 100; i += 10) {
        see(lab, 0, "%web", i * SECOND);
        see(lab, 1, "web", (i + 1) * SECOND);
        g_assert_true(vm->host == lab->hosts[1]);
        g_assert_null(vm->also_on);
        g_assert_cmpuint(lab->events->len, ==, 0);
    }
}

/* Its target does not answer: the source has what there is of it. */
static void test_a_silent_target_leaves_it_to_the_source(struct lab *lab, gconstpointer unused)
{
    const struct vm *vm;

    (void)unused;
    see(lab, 0, "", SECOND);
    see(lab, 1, "web", SECOND);
    vm = cluster_find_vm(lab->cluster, "web");
    hush(lab, 1, FALSE, 2 * SECOND);
    see(lab, 0, "%web", 3 * SECOND);
    g_assert_true(vm->host == lab->hosts[0]);
    g_assert_true(vm->broken);
    see(lab, 1, "web", 4 * SECOND);
    g_assert_true(vm->host == lab->hosts[1]);
    g_assert_cmpint(vm->state, ==, VM_RUNNING);
}

static enum cluster_change see_shared(struct lab *lab, guint host, GPtrArray *vms, gint64 now_us)
{
    autoptr(host_report) report = host_report_new_sharing(vms);

    return cluster_apply_report(lab->cluster, lab->hosts[host], report, now_us, PATIENCE,
                                lab->events);
}

/* One list in many reports: known again while the host's VMs are those, and no longer. */
static void test_shared_list(struct lab *lab, gconstpointer unused)
{
    autoptr(host_report) first = report_of("web db");
    g_autoptr(GPtrArray) shared = host_report_share_vms(first);
    struct vm *web, *db;

    (void)unused;
    see_shared(lab, 0, shared, 1);
    web = cluster_find_vm(lab->cluster, "web");
    db = cluster_find_vm(lab->cluster, "db");
    g_assert_true(lab->hosts[0]->told_vms == shared);
    see_shared(lab, 0, shared, 2);
    g_assert_cmpint(web->seen_at_us, ==, 2);
    g_assert_cmpint(db->seen_at_us, ==, 2);
    /* Moved away, the first in the list is not the first on the host. */
    cluster_move_vm(lab->cluster, web, lab->hosts[1], 3);
    g_assert_null(lab->hosts[0]->told_vms);
    see_shared(lab, 0, shared, 4);
    g_assert_true(db->host == lab->hosts[0]);
    g_assert_cmpint(db->seen_at_us, ==, 4);
    g_assert_true(web->host == lab->hosts[0]); /* nothing was known of the other host */
    g_assert_cmpint(web->seen_at_us, ==, 4);
    g_assert_null(lab->hosts[0]->told_vms); /* it has come last now */
}

#define ADD(path, func) g_test_add("/model/" path, struct lab, NULL, setup, func, teardown)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("cluster/first_host_is_manager_and_the_role_passes_on", test_first_is_manager);
    ADD("cluster/duplicate_and_bad_hosts_are_refused", test_refuses_duplicates);
    ADD("cluster/a_copy_shares_nothing", test_copy);
    ADD("observe/a_new_vm_gets_its_host_as_home", test_new_vm_has_home);
    ADD("observe/a_vm_moves_once_its_source_lets_go", test_moves_when_source_lets_go);
    ADD("observe/a_vm_seen_gone_first_is_not_lost", test_source_first);
    ADD("observe/two_hosts_that_insist_are_an_alarm", test_twice_is_an_alarm);
    ADD("observe/a_paused_copy_is_told_apart", test_a_paused_copy_is_told_apart);
    ADD("observe/a_vm_left_paused_is_an_alarm", test_left_paused_is_an_alarm);
    ADD("observe/a_vm_on_no_host_is_lost_after_patience", test_lost_then_found);
    ADD("observe/a_vm_shut_off_is_not_lost", test_shut_off_is_not_lost);
    ADD("observe/a_silent_host_is_off_only_when_it_ran_nothing", test_silence);
    ADD("observe/a_waking_host_stays_waking_until_it_answers", test_woken);
    ADD("observe/a_list_that_reports_share_is_known_again", test_shared_list);
    ADD("observe/a_hostile_vm_name_is_told_not_used", test_hostile_vm_name);
    ADD("load/an_unmeasured_vm_counts_as_a_share", test_unmeasured_vm_shares_load);
    ADD("broken/counts_as_the_sources", test_a_broken_post_copy_is_the_sources);
    ADD("broken/where_the_target_runs_it_that_counts", test_where_the_target_runs_it_that_counts);
    ADD("broken/a_silent_target_leaves_it_to_the_source",
        test_a_silent_target_leaves_it_to_the_source);
    return g_test_run();
}
