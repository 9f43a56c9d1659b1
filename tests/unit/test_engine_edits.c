/* What the engine promises about the operator's own words in ClusterInfo.xml while it runs. */
#include <string.h>

#include "tests/support/engine_lab.h"

static struct cluster *written_as(struct lab *lab)
{
    return cluster_copy(engine_cluster(lab->engine));
}

static void set_text(char **field, const char *text)
{
    g_free(*field);
    *field = g_strdup(text);
}

static void test_takes_what_is_the_operators(void)
{
    struct lab *lab = lab_new(3, TRUE);
    lab_start(lab);
    autoptr(cluster) written = written_as(lab);
    struct vm *vm = cluster_find_vm(written, "vm1");
    struct host *host = cluster_find_host(written, "pc2");

    set_text(&vm->home, "pc3");
    set_text(&vm->pin, "pc1");
    set_text(&vm->group, "mail");
    set_text(&host->note, "fan is loud");
    host->vm_max = 5;
    host->maintenance = TRUE;
    engine_take_edits(lab->engine, written);
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->home, ==, "pc3");
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->pin, ==, "pc1");
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->group, ==, "mail");
    g_assert_cmpstr(lab_seen(lab, 2)->note, ==, "fan is loud");
    g_assert_cmpuint(lab_seen(lab, 2)->vm_max, ==, 5);
    g_assert_true(lab_seen(lab, 2)->maintenance);
    g_assert_cmpuint(lab_journal_has(lab, "as ClusterInfo.xml has it"), ==, 5);
    lab_free(lab);
}

/* What hosts tell themselves is no matter of a file, old as it may be. */
static void test_takes_nothing_else(void)
{
    struct lab *lab = lab_new(2, TRUE);
    lab_start(lab);
    autoptr(cluster) written = written_as(lab);
    struct host *host = cluster_find_host(written, "pc2");
    struct vm *vm = cluster_find_vm(written, "vm1");

    host->state = HOST_OFF;
    host->mem_kib = 1;
    vm->state = VM_OFF;
    cluster_move_vm(written, vm, host, 1);
    engine_take_edits(lab->engine, written);
    g_assert_cmpint(lab_seen(lab, 2)->state, ==, HOST_ON);
    g_assert_cmpuint(lab_seen(lab, 2)->mem_kib, >, 1);
    g_assert_cmpint(lab_seen_vm(lab, "vm1")->state, ==, VM_RUNNING);
    g_assert_true(lab_seen_vm(lab, "vm1")->host == lab_seen(lab, 1));
    g_assert_cmpuint(lab_journal_has(lab, "as ClusterInfo.xml has it"), ==, 0);
    lab_free(lab);
}

static void test_a_pin_written_meanwhile_holds(void)
{
    struct lab *lab = lab_new(2, TRUE);
    lab_start(lab);
    autoptr(cluster) written = written_as(lab);
    g_autoptr(GError) error = NULL;

    set_text(&cluster_find_vm(written, "vm1")->pin, "pc1");
    engine_take_edits(lab->engine, written);
    g_assert_cmpuint(engine_migrate(lab->engine, "vm1", "pc2", FALSE, &error), ==, 0);
    g_assert_nonnull(strstr(error->message, "pinned"));
    lab_free(lab);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/edits/takes_what_is_the_operators", test_takes_what_is_the_operators);
    g_test_add_func("/engine/edits/takes_nothing_else", test_takes_nothing_else);
    g_test_add_func("/engine/edits/a_pin_written_meanwhile_holds",
                    test_a_pin_written_meanwhile_holds);
    return g_test_run();
}
