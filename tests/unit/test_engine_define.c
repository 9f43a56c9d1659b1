/* VMs paused, marked, made known to hosts and forgotten: proven by what their hosts say. */
#include "tests/support/engine_lab.h"

#include <string.h>

#include "core/driver/manage.h"

static const struct job *finish(struct lab *lab, guint id, const GError *error)
{
    g_assert_no_error(error);
    g_assert_cmpuint(id, !=, 0);
    lab_run_jobs(lab);
    g_test_message("%s", lab_job(lab, id)->result);
    return lab_job(lab, id);
}

static const struct job *control(struct lab *lab, enum control_action action)
{
    g_autoptr(GError) error = NULL;
    guint id = engine_control_vm(lab->engine, "vm1", action, FALSE, &error);

    return finish(lab, id, error);
}

static char *definition(const char *name, const char *uuid, const char *mac)
{
    return g_strdup_printf(
        "<domain type='kvm'><name>%s</name>%s%s%s<memory unit='MiB'>256</memory>"
        "<os><type>hvm</type></os><devices><interface type='network'><mac address='%s'/>"
        "</interface></devices></domain>",
        name, uuid ? "<uuid>" : "", uuid ? uuid : "", uuid ? "</uuid>" : "", mac);
}

static const struct job *define(struct lab *lab, const char *host, const char *name, gboolean fresh)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *xml = definition(name, NULL, "52:54:00:00:00:99");
    guint id = engine_define_vm(lab->engine, host, xml, fresh, &error);

    return finish(lab, id, error);
}

static const struct job *forget(struct lab *lab, const char *vm, const char *host, gboolean force)
{
    g_autoptr(GError) error = NULL;
    guint id = engine_forget_vm(lab->engine, vm, host, force, &error);

    return finish(lab, id, error);
}

static void assert_refused(guint id, GError *error, const char *why)
{
    g_assert_cmpuint(id, ==, 0);
    g_assert_nonnull(error);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, why));
    g_error_free(error);
}

static void refuse_control(struct lab *lab, enum control_action action, const char *why)
{
    GError *error = NULL;
    guint id = engine_control_vm(lab->engine, "vm1", action, FALSE, &error);

    assert_refused(id, error, why);
}

static void refuse_forget(struct lab *lab, const char *vm, const char *host, const char *why)
{
    GError *error = NULL;
    guint id = engine_forget_vm(lab->engine, vm, host, FALSE, &error);

    assert_refused(id, error, why);
}

static void refuse_define(struct lab *lab, const char *xml, gboolean fresh, const char *why)
{
    GError *error = NULL;
    guint id = engine_define_vm(lab->engine, "pc2", xml, fresh, &error);

    assert_refused(id, error, why);
}

static struct lab *started(guint hosts)
{
    struct lab *lab = lab_new(hosts, TRUE);

    lab_start(lab);
    return lab;
}

static struct fake_vm *vm1(struct lab *lab)
{
    return g_ptr_array_index(lab_host(lab, 1)->vms, 0);
}

/* --- Pause, resume, reboot, autostart --- */

static void pauses_and_goes_on(void)
{
    struct lab *lab = started(2);

    g_assert_cmpint(control(lab, CONTROL_PAUSE)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_seen_vm(lab, "vm1")->state, ==, VM_PAUSED);
    refuse_control(lab, CONTROL_PAUSE, "is paused already");
    refuse_control(lab, CONTROL_REBOOT, "cannot hear");
    g_assert_cmpint(control(lab, CONTROL_RESUME)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_seen_vm(lab, "vm1")->state, ==, VM_RUNNING);
    refuse_control(lab, CONTROL_RESUME, "is not paused");
    g_assert_cmpuint(lab_journal_has(lab, "pause vm vm1 on pc1"), >, 0);
    lab_free(lab);
}

static void marks_it_to_start_with_its_host(void)
{
    struct lab *lab = started(2);

    g_assert_cmpint(control(lab, CONTROL_AUTOSTART_ON)->state, ==, JOB_DONE);
    g_assert_true(lab_seen_vm(lab, "vm1")->autostart);
    g_assert_cmpint(control(lab, CONTROL_AUTOSTART_OFF)->state, ==, JOB_DONE);
    g_assert_false(lab_seen_vm(lab, "vm1")->autostart);
    g_assert_cmpint(control(lab, CONTROL_REBOOT)->state, ==, JOB_DONE);
    g_assert_cmpint(control(lab, CONTROL_RESET)->state, ==, JOB_DONE);
    lab_free(lab);
}

static void believes_the_host_rather_than_the_driver(void)
{
    struct lab *lab = started(2);
    const struct job *job;

    lab->fake->control_outcome = FAKE_LIES;
    job = control(lab, CONTROL_PAUSE);
    g_assert_cmpint(job->state, ==, JOB_FAILED);
    g_assert_nonnull(strstr(job->result, "does not show"));
    lab->fake->control_outcome = FAKE_TIMES_OUT;
    g_assert_cmpint(control(lab, CONTROL_PAUSE)->state, ==, JOB_DONE);
    lab->fake->control_outcome = FAKE_FAILS;
    job = control(lab, CONTROL_RESUME);
    g_assert_cmpint(job->state, ==, JOB_FAILED);
    g_assert_nonnull(strstr(job->result, "no emulator"));
    lab_free(lab);
}

static void leaves_alone_what_is_frozen(void)
{
    struct lab *lab = started(2);

    fake_vm_add(lab_host(lab, 2), "vm1", 256);
    lab_run(lab, CLOCK_MINUTE_US);
    g_assert_nonnull(lab_seen_vm(lab, "vm1")->also_on);
    refuse_control(lab, CONTROL_PAUSE, "pc2");
    refuse_control(lab, CONTROL_RESUME, "pc2");
    refuse_control(lab, CONTROL_AUTOSTART_ON, "pc2");
    refuse_forget(lab, "vm1", "pc1", "pc2");
    lab_free(lab);
}

static void one_action_at_a_time(void)
{
    struct lab *lab = started(2);
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(engine_control_vm(lab->engine, "vm1", CONTROL_PAUSE, FALSE, &error), !=, 0);
    refuse_control(lab, CONTROL_REBOOT, "is under way");
    refuse_control(lab, CONTROL_AUTOSTART_ON, "is under way");
    lab_run_jobs(lab);
    g_assert_cmpint(control(lab, CONTROL_RESUME)->state, ==, JOB_DONE);
    lab_free(lab);
}

/* --- Define --- */

static void defines_a_new_one(void)
{
    struct lab *lab = started(2);

    g_assert_cmpint(define(lab, "pc2", "web", TRUE)->state, ==, JOB_DONE);
    g_assert_cmpstr(lab_seen_vm(lab, "web")->host->name, ==, "pc2");
    g_assert_cmpstr(lab_seen_vm(lab, "web")->home, ==, "pc2");
    g_assert_cmpint(lab_seen_vm(lab, "web")->state, ==, VM_OFF);
    lab_free(lab);
}

static void makes_one_known_elsewhere(void)
{
    struct lab *lab = started(2);

    g_assert_cmpint(define(lab, "pc2", "vm1", FALSE)->state, ==, JOB_DONE);
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->host->name, ==, "pc1");
    g_assert_cmpint(lab_seen_vm(lab, "vm1")->state, ==, VM_RUNNING);
    g_assert_true(engine_knows_vm(lab->engine, lab_seen(lab, 2), lab_seen_vm(lab, "vm1")));
    g_assert_cmpuint(lab->fake->manages, ==, 1);
    g_assert_cmpint(define(lab, "pc2", "vm1", FALSE)->state, ==, JOB_DONE);
    g_assert_cmpuint(lab->fake->manages, ==, 1); /* known already: nothing was told to it */
    lab_free(lab);
}

static void refuses_what_could_be_mistaken(void)
{
    struct lab *lab = started(2);
    struct vm *vm = (struct vm *)lab_seen_vm(lab, "vm1");
    g_autofree char *same_name =
        definition("vm1", "11111111-0000-4000-8000-000000000002", "52:54:00:00:00:02");
    g_autofree char *same_uuid =
        definition("web", "11111111-0000-4000-8000-000000000001", "52:54:00:00:00:02");
    g_autofree char *same_mac = definition("web", NULL, "52:54:00:00:00:01");
    g_autofree char *hostile = definition("../web", NULL, "52:54:00:00:00:03");

    vm->uuid = g_strdup("11111111-0000-4000-8000-000000000001");
    vm->mac = g_strdup("52:54:00:00:00:01");
    refuse_define(lab, same_name, FALSE, "another vm vm1");
    refuse_define(lab, same_name, TRUE, "in the cluster already");
    refuse_define(lab, same_uuid, FALSE, "UUID of vm vm1");
    refuse_define(lab, same_mac, TRUE, "MAC address of vm vm1");
    refuse_define(lab, hostile, TRUE, "cannot be used");
    refuse_define(lab, "<network/>", TRUE, "not the XML of a domain");
    refuse_define(lab, "", TRUE, "cannot be used");
    g_assert_cmpuint(lab->fake->manages, ==, 0);
    lab_free(lab);
}

static void tells_what_became_of_a_definition(void)
{
    struct lab *lab = started(2);
    const struct job *job;

    lab->fake->manage_outcome = FAKE_FAILS;
    job = define(lab, "pc2", "web", TRUE);
    g_assert_cmpint(job->state, ==, JOB_FAILED);
    g_assert_nonnull(strstr(job->result, "no space left"));
    lab->fake->manage_outcome = FAKE_LIES;
    g_assert_cmpint(define(lab, "pc2", "web", TRUE)->state, ==, JOB_FAILED);
    lab->fake->manage_outcome = FAKE_TIMES_OUT;
    g_assert_cmpint(define(lab, "pc2", "web", TRUE)->state, ==, JOB_DONE);
    lab_free(lab);
}

/* --- Forget --- */

static void forgets_where_it_does_not_run(void)
{
    struct lab *lab = started(2);

    define(lab, "pc2", "vm1", FALSE);
    g_assert_cmpint(forget(lab, "vm1", "pc2", FALSE)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_seen_vm(lab, "vm1")->state, ==, VM_RUNNING);
    g_assert_false(engine_knows_vm(lab->engine, lab_seen(lab, 2), lab_seen_vm(lab, "vm1")));
    refuse_forget(lab, "vm1", "pc2", "does not know");
    refuse_forget(lab, "vm1", "pc1", "stop it first");
    g_assert_null(lab->fake->sin);
    lab_free(lab);
}

static void another_host_has_it_then(void)
{
    struct lab *lab = lab_new(2, TRUE);

    vm1(lab)->state = VM_REPORT_OFF;
    lab_start(lab);
    define(lab, "pc2", "vm1", FALSE);
    g_assert_cmpint(forget(lab, "vm1", "pc1", FALSE)->state, ==, JOB_DONE);
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->host->name, ==, "pc2");
    lab_free(lab);
}

static void the_last_place_needs_force(void)
{
    struct lab *lab = lab_new(2, TRUE);

    vm1(lab)->state = VM_REPORT_OFF;
    lab_start(lab);
    refuse_forget(lab, "vm1", "pc1", "is the last that knows");
    g_assert_cmpint(forget(lab, "vm1", "pc1", TRUE)->state, ==, JOB_DONE);
    g_assert_null(cluster_find_vm(engine_cluster(lab->engine), "vm1"));
    lab_run(lab, CLOCK_MINUTE_US);
    g_assert_cmpuint(lab_alarms(lab), ==, 0);
    lab_free(lab);
}

static void keeps_what_its_host_still_shows(void)
{
    struct lab *lab = lab_new(2, TRUE);

    vm1(lab)->state = VM_REPORT_OFF;
    lab_start(lab);
    lab->fake->manage_outcome = FAKE_LIES;
    g_assert_cmpint(forget(lab, "vm1", "pc1", TRUE)->state, ==, JOB_FAILED);
    g_assert_nonnull(lab_seen_vm(lab, "vm1"));
    lab_free(lab);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/control/pauses_and_goes_on", pauses_and_goes_on);
    g_test_add_func("/engine/control/marks_it_to_start_with_its_host",
                    marks_it_to_start_with_its_host);
    g_test_add_func("/engine/control/believes_the_host_rather_than_the_driver",
                    believes_the_host_rather_than_the_driver);
    g_test_add_func("/engine/control/leaves_alone_what_is_frozen", leaves_alone_what_is_frozen);
    g_test_add_func("/engine/control/one_action_at_a_time", one_action_at_a_time);
    g_test_add_func("/engine/define/defines_a_new_one", defines_a_new_one);
    g_test_add_func("/engine/define/makes_one_known_elsewhere", makes_one_known_elsewhere);
    g_test_add_func("/engine/define/refuses_what_could_be_mistaken",
                    refuses_what_could_be_mistaken);
    g_test_add_func("/engine/define/tells_what_became_of_a_definition",
                    tells_what_became_of_a_definition);
    g_test_add_func("/engine/forget/forgets_where_it_does_not_run", forgets_where_it_does_not_run);
    g_test_add_func("/engine/forget/another_host_has_it_then", another_host_has_it_then);
    g_test_add_func("/engine/forget/the_last_place_needs_force", the_last_place_needs_force);
    g_test_add_func("/engine/forget/keeps_what_its_host_still_shows",
                    keeps_what_its_host_still_shows);
    return g_test_run();
}
