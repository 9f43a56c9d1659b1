/* test_check_set.c - VMs taken together, each counted with those before it; and what a host would
 * become. */
#include <string.h>

#include "core/policy/check.h"
#include "tests/support/policy_lab.h"

struct fixture {
    struct cluster *cluster;
    struct policy_config config;
    struct host *from;
    struct host *to;
    struct vm *vms[6]; /* on `from`: 256 MiB, a tenth of a core each */
};

static void set_up(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->cluster = cluster_new("lab");
    lab_add_host(fixture->cluster, "pc01", 2048);
    fixture->from = lab_add_host(fixture->cluster, "pc02", 4096);
    fixture->to = lab_add_host(fixture->cluster, "pc03", 2048);
    for (guint i = 0; i < G_N_ELEMENTS(fixture->vms); i++) {
        g_autofree char *name = g_strdup_printf("vm%u", i);

        fixture->vms[i] = lab_add_vm(fixture->from, fixture->cluster, name, 256, 100);
    }
    policy_config_init(&fixture->config);
}

static void tear_down(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    cluster_free(fixture->cluster);
}

static enum check_reason check(const struct fixture *fixture, guint n, guint64 reserved_kib,
                               guint reserved_vms, struct check_set *set)
{
    return check_migrate_set((const struct vm *const *)fixture->vms, n, fixture->to,
                             &fixture->config, LAB_NOW_US, reserved_kib, reserved_vms, set);
}

static void expect(const struct fixture *fixture, guint n, enum check_reason reason, guint vm,
                   const char *sentence)
{
    struct check_set set;
    g_autofree char *text = NULL;

    g_assert_cmpint(check(fixture, n, 0, 0, &set), ==, reason);
    g_assert_true(set.vm == fixture->vms[vm]);
    check_count_set((const struct vm *const *)fixture->vms, n, fixture->to, &set);
    text = check_explain_set(reason, &set, fixture->to, &fixture->config);
    g_assert_cmpstr(text, ==, sentence);
}

static void all_fit(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct check_set set;

    g_assert_cmpint(check(fixture, 6, 0, 0, &set), ==, CHECK_OK);
    g_assert_null(set.vm);
    g_assert_cmpuint(set.n, ==, 6);
    g_assert_cmpuint(set.mem_kib, ==, LAB_MIB(6 * 256));
    g_assert_cmpint(set.cpu_permille, ==, 600);
    g_assert_cmpint(check(fixture, 0, 0, 0, &set), ==, CHECK_SAME_HOST);
}

/* One VM alone is judged as by check_migrate, whatever is the matter. */
static void one_is_as_ever(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct vm *vm = fixture->vms[0];
    struct check_set set;

    for (guint i = 0; i < 6; i++) {
        vm->state = i == 1 ? VM_OFF : VM_RUNNING;
        vm->mem_kib = LAB_MIB(i == 2 ? 4096 : 256);
        fixture->to->maintenance = i == 3;
        fixture->to->state = i == 4 ? HOST_OFF : HOST_ON;
        fixture->to->vm_max = i == 5 ? 1 : 0;
        g_assert_cmpint(
            check(fixture, 1, LAB_MIB(256), 1, &set), ==,
            check_migrate(vm, fixture->to, &fixture->config, LAB_NOW_US, LAB_MIB(256), 1));
    }
}

static void room_is_for_all(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct check_set set;

    fixture->to->mem_kib = LAB_MIB(1024);
    expect(fixture, 5, CHECK_NO_MEMORY, 4, "pc03 has 1024 MiB free of 1024, the 5 VMs need 1280");
    g_assert_cmpint(check(fixture, 4, 0, 0, &set), ==, CHECK_OK);
    g_assert_cmpint(check(fixture, 4, LAB_MIB(256), 1, &set), ==, CHECK_NO_MEMORY);
    fixture->to->mem_kib = LAB_MIB(2048);
    fixture->to->mem_available_kib = LAB_MIB(512);
    expect(fixture, 3, CHECK_NO_MEMORY, 2,
           "pc03 has only 512 MiB really available now, the 3 VMs need 768");
    fixture->to->mem_available_kib = 0;
    fixture->to->vm_max = 3;
    expect(fixture, 4, CHECK_TOO_MANY_VMS, 3, "pc03 runs 0 VMs and may run 3: 4 more are too many");
}

static void load_is_of_all(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct check_set set;

    for (guint i = 0; i < 3; i++)
        fixture->vms[i]->cpu_permille = 700;
    g_assert_cmpint(check(fixture, 2, 0, 0, &set), ==, CHECK_OK); /* 0.70 of 0.90 */
    expect(fixture, 3, CHECK_WOULD_BE_OVER, 2,
           "with the 3 VMs, the load of pc03 would be 1.05, above 0.90");
}

static void apart_from_each_other(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct check_set set;

    fixture->vms[1]->group = g_strdup("db");
    fixture->vms[3]->group = g_strdup("db");
    g_assert_cmpint(check(fixture, 3, 0, 0, &set), ==, CHECK_OK);
    expect(fixture, 4, CHECK_APART, 3, "vm vm3 is kept apart from another of them (group db)");
    /* One that is there already does not come with them, but is there. */
    cluster_move_vm(fixture->cluster, fixture->vms[1], fixture->to, LAB_NOW_US);
    expect(fixture, 4, CHECK_APART, 3,
           "pc03 runs vm vm1, which vm vm3 is kept apart from (group db)");
}

static void the_gravest_comes_first(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->vms[0]->pin = g_strdup("pc02");
    expect(fixture, 3, CHECK_PINNED, 0, "vm vm0 is pinned to pc02");
    fixture->vms[2]->state = VM_OFF;
    expect(fixture, 3, CHECK_VM_NOT_RUNNING, 2, "vm vm2 is not known to run now (off)");
    fixture->to->state = HOST_OFF;
    expect(fixture, 3, CHECK_HOST_NOT_ON, 0, "pc03 is off");
}

static void those_there_stay(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct check_set set;
    g_autofree char *text = NULL;

    for (guint i = 0; i < 6; i++)
        cluster_move_vm(fixture->cluster, fixture->vms[i], fixture->to, LAB_NOW_US);
    g_assert_cmpint(check(fixture, 6, 0, 0, &set), ==, CHECK_SAME_HOST);
    text = check_explain_set(CHECK_SAME_HOST, &set, fixture->to, &fixture->config);
    g_assert_cmpstr(text, ==, "all of them are on pc03 already");
}

static void what_it_becomes(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    struct check_becomes becomes =
        check_become(fixture->to, &fixture->config, LAB_NOW_US, 2, LAB_MIB(512), 1900);

    g_assert_cmpint(becomes.class, ==, CLASS_OVER);
    g_assert_cmpint(becomes.load_permille, ==, 950);
    g_assert_cmpuint(becomes.vms, ==, 2);
    g_assert_cmpuint(becomes.mem_kib, ==, LAB_MIB(512));
    becomes = check_become(fixture->to, &fixture->config, LAB_NOW_US, 1, LAB_MIB(256), 1900);
    g_assert_cmpint(becomes.class, ==, CLASS_REGULAR); /* one alone never makes it over */
    becomes =
        check_become(fixture->from, &fixture->config, LAB_NOW_US, -6, -(gint64)LAB_MIB(1536), -600);
    g_assert_cmpint(becomes.class, ==, CLASS_OFF);
    g_assert_cmpuint(becomes.vms, ==, 0);
    g_assert_cmpuint(becomes.mem_kib, ==, 0);
    g_assert_cmpint(becomes.load_permille, ==, 0);
    fixture->to->state = HOST_OFF;
    becomes = check_become(fixture->to, &fixture->config, LAB_NOW_US, 1, LAB_MIB(256), 100);
    g_assert_cmpint(becomes.load_permille, ==, -1);
}

static void brief_words_are_brief(void)
{
    for (enum check_reason reason = CHECK_OK; reason <= CHECK_NO_MAC; reason++)
        g_assert_cmpuint(strlen(check_brief(reason)), <=, 7);
    g_assert_cmpstr(check_brief(CHECK_NO_MEMORY), ==, "no RAM");
}

#define ADD(path, func)                                                                            \
    g_test_add("/policy/check_set/" path, struct fixture, NULL, set_up, func, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("all_fit", all_fit);
    ADD("one_is_as_ever", one_is_as_ever);
    ADD("room_is_for_all", room_is_for_all);
    ADD("load_is_of_all", load_is_of_all);
    ADD("apart_from_each_other", apart_from_each_other);
    ADD("the_gravest_comes_first", the_gravest_comes_first);
    ADD("those_there_stay", those_there_stay);
    ADD("what_it_becomes", what_it_becomes);
    g_test_add_func("/policy/check_set/brief_words_are_brief", brief_words_are_brief);
    return g_test_run();
}
