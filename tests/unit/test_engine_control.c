/* VMs started and stopped by hand: never twice, and told how it ended. */
#include "tests/support/engine_lab.h"

#include <string.h>

static struct fake_vm *turn_off(struct lab *lab, guint host)
{
    struct fake_vm *vm = g_ptr_array_index(lab_host(lab, host)->vms, 0);

    vm->state = VM_REPORT_OFF;
    return vm;
}

/* A definition of vm1 on another host as well. */
static struct fake_vm *define_on(struct lab *lab, guint host)
{
    struct fake_vm *vm = fake_vm_add(lab_host(lab, host), "vm1", 256);

    vm->state = VM_REPORT_OFF;
    return vm;
}

static const struct job *start(struct lab *lab, const char *host, gboolean force)
{
    g_autoptr(GError) error = NULL;
    guint id = engine_start_vm(lab->engine, "vm1", host, force, &error);

    g_assert_no_error(error);
    lab_run_jobs(lab);
    return lab_job(lab, id);
}

static const struct job *stop(struct lab *lab, gboolean force)
{
    g_autoptr(GError) error = NULL;
    guint id = engine_stop_vm(lab->engine, "vm1", force, &error);

    g_assert_no_error(error);
    lab_run_jobs(lab);
    return lab_job(lab, id);
}

static void assert_failed(const struct job *job, const char *why)
{
    g_assert_cmpint(job->state, ==, JOB_FAILED);
    g_test_message("%s", job->result);
    g_assert_nonnull(strstr(job->result, why));
}

static void starts_where_it_is(void)
{
    struct lab *lab = lab_new(3, TRUE);

    turn_off(lab, 1);
    lab_start(lab);
    g_assert_cmpint(lab_seen_vm(lab, "vm1")->state, ==, VM_OFF);
    g_assert_cmpint(start(lab, NULL, FALSE)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_seen_vm(lab, "vm1")->state, ==, VM_RUNNING);
    g_assert_cmpuint(lab_journal_has(lab, "start vm vm1 on pc1"), >, 0);
    g_assert_null(lab->fake->sin);
    lab_free(lab);
}

static void starts_where_it_is_told(void)
{
    struct lab *lab = lab_new(3, TRUE);

    turn_off(lab, 1);
    define_on(lab, 3);
    lab_start(lab);
    g_assert_cmpint(start(lab, "pc3", FALSE)->state, ==, JOB_DONE);
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->host->name, ==, "pc3");
    g_assert_null(lab->fake->sin);
    lab_free(lab);
}

static void refuses_a_host_that_does_not_know_it(void)
{
    struct lab *lab = lab_new(3, TRUE);

    turn_off(lab, 1);
    lab_start(lab);
    assert_failed(start(lab, "pc2", TRUE), "host pc2 does not know vm vm1");
    g_assert_cmpuint(lab->fake->controls, ==, 0);
    lab_free(lab);
}

/* Somebody started it elsewhere since the last look: it is found out before, not after. */
static void never_starts_what_runs_elsewhere(void)
{
    struct lab *lab = lab_new(5, TRUE);
    struct fake_vm *other;

    turn_off(lab, 1);
    other = define_on(lab, 4);
    lab_start(lab);
    other->state = VM_REPORT_RUNNING;
    assert_failed(start(lab, "pc1", TRUE), "vm vm1 runs on pc4 already");
    g_assert_cmpuint(lab->fake->controls, ==, 0);
    g_assert_null(lab->fake->sin);
    lab_free(lab);
}

/* Even when no host was known to have it. */
static void never_starts_what_was_defined_elsewhere_meanwhile(void)
{
    struct lab *lab = lab_new(5, TRUE);

    turn_off(lab, 1);
    lab_start(lab);
    fake_vm_add(lab_host(lab, 2), "vm1", 256);
    assert_failed(start(lab, "pc1", FALSE), "vm vm1 runs on pc2 already");
    g_assert_cmpuint(lab->fake->controls, ==, 0);
    lab_free(lab);
}

static void a_silent_host_that_knows_it_stands_in_the_way(void)
{
    struct lab *lab = lab_new(3, TRUE);

    turn_off(lab, 1);
    define_on(lab, 2);
    lab_start(lab);
    lab_host(lab, 2)->silent = TRUE;
    lab_host(lab, 3)->silent = TRUE;
    assert_failed(start(lab, "pc1", FALSE), "host pc2 does not say whether it runs vm vm1");
    g_assert_cmpuint(lab->fake->controls, ==, 0);
    lab_host(lab, 2)->silent = FALSE;
    lab_run(lab, CLOCK_MINUTE_US);
    /* pc3 never knew it. */
    g_assert_cmpint(start(lab, "pc1", FALSE)->state, ==, JOB_DONE);
    lab_free(lab);
}

static void an_operator_may_insist(void)
{
    struct lab *lab = lab_new(3, TRUE);

    turn_off(lab, 1);
    define_on(lab, 2);
    lab_start(lab);
    lab_host(lab, 2)->hangs = TRUE;
    g_assert_cmpint(start(lab, "pc1", TRUE)->state, ==, JOB_DONE);
    lab_free(lab);
}

/* The host it ran on fell silent: it may run there, whatever anybody insists. */
static void never_starts_what_ran_on_a_silent_host(void)
{
    struct lab *lab = lab_new(3, TRUE);
    g_autoptr(GError) error = NULL;

    define_on(lab, 2);
    lab_start(lab);
    lab_host(lab, 1)->silent = TRUE;
    lab_run(lab, CLOCK_MINUTE_US);
    g_assert_cmpuint(engine_start_vm(lab->engine, "vm1", "pc2", TRUE, &error), ==, 0);
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, "may still run there"));
    lab_free(lab);
}

/* It was defined away where it ran, and a moment later it is to run elsewhere. */
static void starts_what_its_host_no_longer_has(void)
{
    struct lab *lab = lab_new(3, TRUE);

    define_on(lab, 2);
    lab_start(lab);
    g_ptr_array_set_size(lab_host(lab, 1)->vms, 0);
    lab_run(lab, 11 * CLOCK_SECOND_US);
    g_assert_cmpint(start(lab, "pc2", FALSE)->state, ==, JOB_DONE);
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->host->name, ==, "pc2");
    g_assert_null(lab->fake->sin);
    lab_free(lab);
}

static void refuses_without_room(void)
{
    struct lab *lab = lab_new(2, TRUE);
    g_autoptr(GError) error = NULL;

    turn_off(lab, 1)->mem_kib = 4096 * 1024;
    lab_start(lab);
    g_assert_cmpuint(engine_start_vm(lab->engine, "vm1", NULL, TRUE, &error), ==, 0);
    g_assert_nonnull(strstr(error->message, "MiB"));
    lab_free(lab);
}

static void a_start_that_fails_says_why(void)
{
    struct lab *lab = lab_new(2, TRUE);

    turn_off(lab, 1);
    lab->fake->control_outcome = FAKE_FAILS;
    lab_start(lab);
    assert_failed(start(lab, NULL, FALSE), "no emulator");
    lab_free(lab);
}

static void an_answer_that_got_lost_is_not_the_last_word(void)
{
    struct lab *lab = lab_new(2, TRUE);

    turn_off(lab, 1);
    lab->fake->control_outcome = FAKE_TIMES_OUT;
    lab_start(lab);
    g_assert_cmpint(start(lab, NULL, FALSE)->state, ==, JOB_DONE);
    g_assert_cmpuint(lab->fake->controls, ==, 1);
    lab_free(lab);
}

static void stops_by_asking(void)
{
    struct lab *lab = lab_new(2, TRUE);

    lab_start(lab);
    g_assert_cmpint(stop(lab, FALSE)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_seen_vm(lab, "vm1")->state, ==, VM_OFF);
    g_assert_cmpuint(lab_alarms(lab), ==, 0);
    lab_free(lab);
}

static void a_guest_that_does_not_listen_is_told_of(void)
{
    struct lab *lab = lab_new(2, TRUE);

    ((struct fake_vm *)g_ptr_array_index(lab_host(lab, 1)->vms, 0))->deaf = TRUE;
    lab_start(lab);
    assert_failed(stop(lab, FALSE), "does not shut down when asked");
    g_assert_cmpint(lab_seen_vm(lab, "vm1")->state, ==, VM_RUNNING);
    g_assert_cmpint(stop(lab, TRUE)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_seen_vm(lab, "vm1")->state, ==, VM_OFF);
    lab_free(lab);
}

static void a_stop_can_be_taken_back(void)
{
    struct lab *lab = lab_new(2, TRUE);
    guint id;

    ((struct fake_vm *)g_ptr_array_index(lab_host(lab, 1)->vms, 0))->deaf = TRUE;
    lab_start(lab);
    id = engine_stop_vm(lab->engine, "vm1", FALSE, NULL);
    lab_run(lab, 10 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_RUNNING);
    g_assert_true(engine_cancel_job(lab->engine, id, NULL));
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_CANCELLED);
    lab_free(lab);
}

static void what_has_no_definition_is_stopped_only_by_force(void)
{
    struct lab *lab = lab_new(2, TRUE);
    g_autoptr(GError) error = NULL;

    ((struct fake_vm *)g_ptr_array_index(lab_host(lab, 1)->vms, 0))->transient = TRUE;
    lab_start(lab);
    g_assert_cmpuint(engine_stop_vm(lab->engine, "vm1", FALSE, &error), ==, 0);
    g_assert_nonnull(strstr(error->message, "gone for good"));
    g_assert_cmpint(stop(lab, TRUE)->state, ==, JOB_DONE);
    g_assert_null(lab_seen_vm(lab, "vm1"));
    lab_run(lab, 5 * CLOCK_MINUTE_US);
    g_assert_cmpuint(lab_alarms(lab), ==, 0);
    lab_free(lab);
}

/* Its host is not switched off under it, nor is its RAM given away. */
static void what_is_being_started_is_reckoned_with(void)
{
    struct lab *lab = lab_new(3, TRUE);
    g_autoptr(GError) error = NULL;

    lab_host(lab, 1)->mem_kib = 700 * 1024;
    turn_off(lab, 1);
    fake_vm_add(lab_host(lab, 1), "other", 256);
    lab_start(lab);
    g_assert_cmpint(engine_check_migrate(lab->engine, lab_seen_vm(lab, "vm2"), lab_seen(lab, 1)),
                    ==, CHECK_OK);
    g_assert_cmpuint(engine_start_vm(lab->engine, "vm1", NULL, FALSE, NULL), !=, 0);
    g_assert_cmpint(engine_check_migrate(lab->engine, lab_seen_vm(lab, "vm2"), lab_seen(lab, 1)),
                    ==, CHECK_NO_MEMORY);
    g_assert_cmpuint(engine_power_off(lab->engine, "pc1", FALSE, &error), ==, 0);
    g_assert_nonnull(strstr(error->message, "start vm vm1 on pc1"));
    g_assert_cmpuint(engine_stop_vm(lab->engine, "vm1", FALSE, NULL), ==, 0);
    lab_run_jobs(lab);
    g_assert_null(lab->fake->sin);
    lab_free(lab);
}

static void containers_are_left_where_they_are(void)
{
    struct lab *lab = lab_new(4, TRUE);
    g_autoptr(GError) error = NULL;

    lab_host(lab, 1)->hypervisor = "QEMU";
    for (guint i = 2; i <= 4; i++) {
        lab_host(lab, i)->hypervisor = i == 4 ? "QEMU" : "LXC";
        lab_host(lab, i)->can_migrate = i == 4 ? HOST_MIGRATION_ABLE : HOST_MIGRATION_UNABLE;
    }
    lab_start(lab);
    g_assert_cmpstr(lab_seen(lab, 2)->hypervisor, ==, "LXC");
    g_assert_cmpuint(engine_migrate(lab->engine, "vm2", "pc1", TRUE, &error), ==, 0);
    g_assert_cmpstr(error->message, ==,
                    "vm vm2: host pc2: its hypervisor (LXC) cannot migrate VMs through libvirt");
    lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    g_assert_true(fake_vm_runs_on(lab->fake, "vm2", "pc2"));
    g_assert_true(fake_vm_runs_on(lab->fake, "vm3", "pc3"));
    g_assert_true(fake_vm_runs_on(lab->fake, "vm4", "pc1"));
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 3);
    g_assert_null(lab->fake->sin);
    lab_free(lab);
}

#define ADD(name) g_test_add_func("/engine/control/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(starts_where_it_is);
    ADD(starts_where_it_is_told);
    ADD(refuses_a_host_that_does_not_know_it);
    ADD(never_starts_what_runs_elsewhere);
    ADD(never_starts_what_was_defined_elsewhere_meanwhile);
    ADD(a_silent_host_that_knows_it_stands_in_the_way);
    ADD(an_operator_may_insist);
    ADD(never_starts_what_ran_on_a_silent_host);
    ADD(starts_what_its_host_no_longer_has);
    ADD(refuses_without_room);
    ADD(a_start_that_fails_says_why);
    ADD(an_answer_that_got_lost_is_not_the_last_word);
    ADD(stops_by_asking);
    ADD(a_guest_that_does_not_listen_is_told_of);
    ADD(a_stop_can_be_taken_back);
    ADD(what_has_no_definition_is_stopped_only_by_force);
    ADD(what_is_being_started_is_reckoned_with);
    ADD(containers_are_left_where_they_are);
    return g_test_run();
}
