/* What the engine promises about the operator's own words in ClusterInfo.xml while it runs. */
#include <string.h>

#include "core/base/error.h"
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
    set_text(&host->rack, "R7");
    set_text(&host->room, "aula 1");
    set_text(&host->lab, "Ercolani");
    host->vm_max = 5;
    host->maintenance = TRUE;
    engine_take_edits(lab->engine, written);
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->home, ==, "pc3");
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->pin, ==, "pc1");
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->group, ==, "mail");
    g_assert_cmpstr(lab_seen(lab, 2)->note, ==, "fan is loud");
    g_assert_cmpstr(lab_seen(lab, 2)->rack, ==, "R7");
    g_assert_cmpstr(lab_seen(lab, 2)->room, ==, "aula 1");
    g_assert_cmpstr(lab_seen(lab, 2)->lab, ==, "Ercolani");
    g_assert_cmpuint(lab_seen(lab, 2)->vm_max, ==, 5);
    g_assert_true(lab_seen(lab, 2)->maintenance);
    g_assert_cmpuint(lab_journal_has(lab, "as ClusterInfo.xml has it"), ==, 8);
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

static void edit(struct lab *lab, const char *object, const char *key, const char *text)
{
    g_autoptr(GError) error = NULL;

    engine_edit(lab->engine, object, key, text, &error);
    g_assert_no_error(error);
}

static void test_each_key_is_kept_and_told_once(void)
{
    struct lab *lab = lab_new(3, TRUE);

    lab_start(lab);
    for (guint i = 0; i < 2; i++) { /* the second time it is so already */
        edit(lab, "vm1", "home", lab_seen(lab, 3)->address);
        edit(lab, "vm1", "pin", "pc1");
        edit(lab, "vm1", "group", "mail");
        edit(lab, "pc2", "note", "fan is loud");
        edit(lab, "pc2", "rack", " R7 ");
        edit(lab, lab_seen(lab, 2)->address, "vm-max", "5");
    }
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->home, ==, "pc3"); /* by its name, however typed */
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->pin, ==, "pc1");
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->group, ==, "mail");
    g_assert_cmpstr(lab_seen(lab, 2)->note, ==, "fan is loud");
    g_assert_cmpstr(lab_seen(lab, 2)->rack, ==, "R7");
    g_assert_cmpuint(lab_seen(lab, 2)->vm_max, ==, 5);
    g_assert_cmpuint(lab_journal_has(lab, " is now "), ==, 6);
    edit(lab, "vm1", "pin", NULL);
    edit(lab, "pc2", "note", "");
    edit(lab, "pc2", "vm-max", NULL);
    g_assert_null(lab_seen_vm(lab, "vm1")->pin);
    g_assert_null(lab_seen(lab, 2)->note);
    g_assert_cmpuint(lab_seen(lab, 2)->vm_max, ==, 0);
    g_assert_cmpuint(lab_journal_has(lab, "is now nothing"), ==, 3);
    lab_free(lab);
}

static void test_what_cannot_be_is_refused(void)
{
    static const struct {
        const char *object, *key, *text, *says;
    } cases[] = {
        {"vm9", "pin", "pc1", "vm vm9: there is none"},
        {"pc1", "pin", "pc1", "vm pc1: there is none"},
        {"vm1", "note", "x", "host vm1: there is none"},
        {"vm1", "pin", "pc9", "its pin: there is no host \"pc9\""},
        {"vm1", "home", "\x1b[2J", "\\x1b"},
        {"vm1", "group", "a/b", "its group"},
        {"pc1", "note", "a\nb", "control characters"},
        {"pc1", "note", "\xff", "UTF-8"},
        {"pc1", "rack", "a\tb", "control characters"},
        {"pc1", "room",
         "more than sixty-four bytes, which is more than the title of a group has room for",
         "64 bytes"},
        {"pc1", "vm-max", "0", "whole number"},
        {"pc1", "vm-max", "many", "whole number"},
        {"pc1", "vm-max", "-1", "whole number"},
        {"pc1", "vm-max", "65537", "whole number"},
        {"pc1", "name", "x", "nothing of that name"},
    };
    struct lab *lab = lab_new(1, TRUE);

    lab_start(lab);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(
            engine_edit(lab->engine, cases[i].object, cases[i].key, cases[i].text, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
        if (!strstr(error->message, cases[i].says))
            g_error("%s: %s", cases[i].says, error->message);
    }
    g_assert_cmpuint(lab_journal_has(lab, " is now "), ==, 0);
    lab_free(lab);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/edits/takes_what_is_the_operators", test_takes_what_is_the_operators);
    g_test_add_func("/engine/edits/takes_nothing_else", test_takes_nothing_else);
    g_test_add_func("/engine/edits/a_pin_written_meanwhile_holds",
                    test_a_pin_written_meanwhile_holds);
    g_test_add_func("/engine/edits/each_key_is_kept_and_told_once",
                    test_each_key_is_kept_and_told_once);
    g_test_add_func("/engine/edits/what_cannot_be_is_refused", test_what_cannot_be_is_refused);
    return g_test_run();
}
