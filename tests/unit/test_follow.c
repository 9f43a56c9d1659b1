/* What a following engine promises: it shows what the manager does, and does nothing itself. */
#include <string.h>

#include "core/base/error.h"
#include "core/engine/follow.h"
#include "core/manager/state_file.h"
#include "tests/support/engine_lab.h"

/* A manager, and one that follows it; what goes between them goes through XML. */
struct pair {
    struct lab *lead;
    struct lab *tail;
    GPtrArray *orders; /* struct order *, sent and not delivered yet */
    guint64 number;
    guint64 fence;
    guint models;
    guint jobs;
    guint entries;
    guint modes;
    guint last_job;
    enum job_state last_state;
};

static void send(struct order *order, gpointer data)
{
    struct pair *pair = data;

    g_ptr_array_add(pair->orders, order);
}

static void count(const struct engine_event *event, gpointer data)
{
    struct pair *pair = data;

    pair->models += event->kind == ENGINE_EVENT_MODEL ? 1 : 0;
    pair->modes += event->kind == ENGINE_EVENT_MODE ? 1 : 0;
    pair->entries += event->kind == ENGINE_EVENT_JOURNAL ? 1 : 0;
    if (event->kind != ENGINE_EVENT_JOB)
        return;
    pair->jobs++;
    pair->last_job = job_asked_as(event->job);
    pair->last_state = event->job->state;
}

static struct manager_state *read_state(struct pair *pair)
{
    autoptr(manager_state) state = manager_state_new(pair->lead->engine, 0);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    struct manager_state *read;
    gsize length;

    state->fence = pair->fence;
    state->number = pair->number;
    text = state_format(state, &length);
    read = state_parse("state.xml", text, length, &error);
    g_assert_no_error(error);
    return read;
}

static void publish(struct pair *pair)
{
    autoptr(manager_state) state = NULL;

    pair->number++;
    state = read_state(pair);
    follow_apply(pair->tail->engine, state);
}

static void forget_events(struct pair *pair)
{
    pair->models = pair->jobs = pair->entries = pair->modes = 0;
}

/* Carries out what was sent, and answers. */
static void deliver(struct pair *pair)
{
    while (pair->orders->len > 0) {
        autoptr(order) order = g_ptr_array_steal_index(pair->orders, 0);
        const struct order_stamp stamp = {pair->fence, pair->number};
        g_autofree char *text = order_format(order, &stamp);
        struct order_stamp read_stamp;
        autoptr(order) read = order_parse("order", text, strlen(text), &read_stamp, NULL);
        g_autoptr(GError) error = NULL;
        guint job = 0;
        g_assert_nonnull(read);
        g_assert_cmpuint(read->id, ==, order->id);
        order_carry_out(pair->lead->engine, read, &job, &error);
        follow_answer(pair->tail->engine, order->id, job, pair->number,
                      error ? error->message : NULL);
    }
}

static struct pair *pair_new(guint n_hosts)
{
    struct pair *pair = g_new0(struct pair, 1);

    pair->lead = lab_new(n_hosts, TRUE);
    pair->tail = lab_new(n_hosts, TRUE);
    pair->orders = g_ptr_array_new_with_free_func((GDestroyNotify)order_free);
    pair->fence = 3;
    lab_start(pair->lead);
    lab_start(pair->tail);
    lab_run(pair->tail, 100 * CLOCK_SECOND_US); /* their clocks differ */
    g_assert_true(follow_begin(pair->tail->engine, send, pair));
    g_assert_false(follow_begin(pair->tail->engine, send, pair));
    g_assert_true(follow_is_blind(pair->tail->engine));
    g_assert_false(engine_has_seen_all(pair->tail->engine));
    publish(pair);
    g_assert_false(follow_is_blind(pair->tail->engine));
    g_assert_true(engine_has_seen_all(pair->tail->engine));
    engine_listen(pair->tail->engine, count, pair);
    return pair;
}

static void pair_free(struct pair *pair)
{
    g_ptr_array_unref(pair->orders);
    lab_free(pair->tail);
    lab_free(pair->lead);
    g_free(pair);
}

static guint asked_of_hosts(const struct lab *lab)
{
    guint asked = 0;

    for (guint i = 0; i < lab->n_hosts; i++)
        asked += ((const struct fake_host *)lab->fake->hosts->pdata[i])->refreshes;
    return asked;
}

static void test_asks_no_host(void)
{
    struct pair *pair = pair_new(3);
    guint asked = asked_of_hosts(pair->tail);

    for (guint i = 0; i < 10; i++) {
        lab_run(pair->lead, CLOCK_MINUTE_US);
        lab_run(pair->tail, CLOCK_MINUTE_US);
        publish(pair);
    }
    g_assert_cmpuint(asked_of_hosts(pair->tail), ==, asked);
    follow_end(pair->tail->engine);
    g_assert_false(engine_has_seen_all(pair->tail->engine));
    lab_run(pair->tail, CLOCK_SECOND_US);
    g_assert_true(engine_has_seen_all(pair->tail->engine));
    g_assert_cmpuint(asked_of_hosts(pair->tail), >=, asked + 3);
    pair_free(pair);
}

static void test_shows_what_changes(void)
{
    struct pair *pair = pair_new(3);

    engine_set_mode(pair->lead->engine, ENGINE_BY_HOURS);
    engine_set_maintenance(pair->lead->engine, "pc2", TRUE);
    g_assert_nonnull(engine_cluster(pair->tail->engine));
    publish(pair);
    g_assert_cmpuint(pair->models, ==, 1);
    g_assert_cmpuint(pair->modes, ==, 1);
    g_assert_cmpuint(pair->entries, ==, 2);
    g_assert_cmpint(engine_mode(pair->tail->engine), ==, ENGINE_BY_HOURS);
    g_assert_true(lab_seen(pair->tail, 2)->maintenance);
    forget_events(pair);
    publish(pair);
    g_assert_cmpuint(pair->modes + pair->jobs + pair->entries, ==, 0);
    pair_free(pair);
}

/* As old here as there, whatever the clocks show, and older with each minute without news. */
static void test_facts_keep_their_age(void)
{
    struct pair *pair = pair_new(2);
    gint64 lead_age = clock_mono_us(pair->lead->clock) - lab_seen(pair->lead, 1)->seen_at_us;
    gint64 tail_age = clock_mono_us(pair->tail->clock) - lab_seen(pair->tail, 1)->seen_at_us;
    gint64 stale_us = engine_settings(pair->tail->engine)->policy.stale_after_us;

    g_assert_cmpint(lead_age, ==, tail_age);
    g_assert_false(
        host_is_stale(lab_seen(pair->tail, 1), clock_mono_us(pair->tail->clock), stale_us));
    lab_run(pair->tail, stale_us + CLOCK_SECOND_US);
    g_assert_true(
        host_is_stale(lab_seen(pair->tail, 1), clock_mono_us(pair->tail->clock), stale_us));
    pair_free(pair);
}

static void test_old_publications_are_ignored(void)
{
    struct pair *pair = pair_new(2);

    engine_set_mode(pair->lead->engine, ENGINE_ALWAYS);
    pair->number--;
    publish(pair);
    g_assert_cmpint(engine_mode(pair->tail->engine), ==, ENGINE_MANUAL);
    publish(pair);
    g_assert_cmpint(engine_mode(pair->tail->engine), ==, ENGINE_ALWAYS);
    pair_free(pair);
}

static void test_order_is_shown_before_it_arrives(void)
{
    struct pair *pair = pair_new(3);
    g_autoptr(GError) error = NULL;
    guint id = engine_migrate(pair->tail->engine, "vm1", "pc2", FALSE, &error);
    const struct job *job;

    g_assert_no_error(error);
    g_assert_cmpuint(id, >=, FOLLOW_ORDER_FIRST);
    job = lab_job(pair->tail, id);
    g_assert_cmpint(job->state, ==, JOB_QUEUED);
    g_assert_cmpstr(job->result, ==, "sent to the manager");
    g_assert_true(engine_job_of_vm(pair->tail->engine, "vm1") == job);
    publish(pair); /* one that does not know of it yet */
    g_assert_nonnull(engine_find_job(pair->tail->engine, id));
    pair_free(pair);
}

static void test_order_becomes_a_job(void)
{
    struct pair *pair = pair_new(3);
    guint id = engine_migrate(pair->tail->engine, "vm1", "pc2", FALSE, NULL);
    const struct job *job;

    publish(pair);
    deliver(pair);
    job = lab_job(pair->tail, id);
    g_assert_cmpuint(job->id, ==, 1);
    g_assert_cmpuint(job->order, ==, id);
    g_assert_true(lab_job(pair->tail, 1) == job);
    g_assert_false(follow_is_settled(pair->tail->engine, id, NULL));
    publish(pair);
    g_assert_true(follow_is_settled(pair->tail->engine, id, NULL));
    g_assert_cmpuint(engine_jobs(pair->tail->engine)->len, ==, 1);
    lab_run_jobs(pair->lead);
    publish(pair);
    g_assert_cmpint(lab_job(pair->tail, id)->state, ==, JOB_DONE);
    g_assert_cmpuint(pair->last_job, ==, id);
    g_assert_cmpint(pair->last_state, ==, JOB_DONE);
    g_assert_cmpstr(lab_seen_vm(pair->tail, "vm1")->host->name, ==, "pc2");
    g_assert_cmpuint(pair->tail->fake->migrations, ==, 0);
    g_assert_cmpuint(engine_jobs_under_way(pair->tail->engine), ==, 0);
    pair_free(pair);
}

/* A spread is migrations asked for one by one: what was asked for before counts in the next. */
static void test_orders_to_spread(void)
{
    struct pair *pair = pair_new(5);
    g_autoptr(GPtrArray) vms = g_ptr_array_new();
    g_autoptr(GPtrArray) hosts = g_ptr_array_new();
    guint jobs = 0;

    g_ptr_array_add(hosts, (gpointer)lab_seen(pair->tail, 4));
    g_ptr_array_add(hosts, (gpointer)lab_seen(pair->tail, 5));
    for (guint i = 1; i <= 2; i++) {
        g_autofree char *name = g_strdup_printf("vm%u", i);
        autoptr(plan) plan = NULL;

        g_ptr_array_set_size(vms, 0);
        g_ptr_array_add(vms, (gpointer)lab_seen_vm(pair->tail, name));
        plan = engine_plan_spread(pair->tail->engine, vms, hosts);
        g_assert_cmpuint(plan->migrations, ==, 1);
        jobs += engine_migrate(pair->tail->engine, plan_step(plan, 0)->vm, plan_step(plan, 0)->to,
                               FALSE, NULL) != 0;
    }
    g_assert_cmpuint(jobs, ==, 2);
    deliver(pair);
    publish(pair);
    lab_run_jobs(pair->lead);
    publish(pair);
    g_assert_cmpstr(lab_seen_vm(pair->tail, "vm1")->host->name, ==, "pc4");
    g_assert_cmpstr(lab_seen_vm(pair->tail, "vm2")->host->name, ==, "pc5");
    pair_free(pair);
}

/* The publication may be here before the answer is. */
static void test_answer_after_the_job_was_seen(void)
{
    struct pair *pair = pair_new(3);
    guint id = engine_wake(pair->tail->engine, "pc1", NULL);

    g_assert_cmpuint(id, ==, 0); /* it is on: refused at once, here */
    id = engine_migrate(pair->tail->engine, "vm1", "pc2", FALSE, NULL);
    autoptr(order) order = g_ptr_array_steal_index(pair->orders, 0);
    guint job;
    g_assert_true(order_carry_out(pair->lead->engine, order, &job, NULL));
    publish(pair);
    g_assert_cmpuint(engine_jobs(pair->tail->engine)->len, ==, 2);
    follow_answer(pair->tail->engine, id, job, pair->number - 1, NULL);
    g_assert_cmpuint(engine_jobs(pair->tail->engine)->len, ==, 1);
    g_assert_cmpuint(lab_job(pair->tail, id)->id, ==, job);
    g_assert_true(follow_is_settled(pair->tail->engine, id, NULL));
    follow_answer(pair->tail->engine, id, job, pair->number, "twice"); /* is ignored */
    g_assert_cmpint(lab_job(pair->tail, id)->state, !=, JOB_FAILED);
    lab_run_jobs(pair->lead);
    pair_free(pair);
}

static void test_refused_here_and_there(void)
{
    struct pair *pair = pair_new(2);
    g_autoptr(GError) error = NULL;
    guint id;
    const char *refusal;

    lab_run(pair->lead, CLOCK_SECOND_US);
    g_assert_cmpuint(engine_migrate(pair->tail->engine, "vm1", "pc1", FALSE, &error), ==, 0);
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_cmpuint(pair->orders->len, ==, 0);
    engine_set_maintenance(pair->lead->engine, "pc2", TRUE); /* not known here yet */
    id = engine_migrate(pair->tail->engine, "vm1", "pc2", FALSE, NULL);
    g_assert_cmpuint(id, !=, 0);
    deliver(pair);
    g_assert_cmpint(lab_job(pair->tail, id)->state, ==, JOB_FAILED);
    g_assert_true(g_str_has_prefix(lab_job(pair->tail, id)->result, "refused: "));
    g_assert_true(follow_is_settled(pair->tail->engine, id, &refusal));
    g_assert_nonnull(strstr(refusal, "maintenance"));
    g_assert_cmpuint(lab_journal_has(pair->tail, "the manager refuses"), ==, 1);
    publish(pair);
    g_assert_nonnull(engine_find_job(pair->tail->engine, id));
    lab_run(pair->tail, 2 * CLOCK_MINUTE_US);
    publish(pair);
    g_assert_null(engine_find_job(pair->tail->engine, id));
    pair_free(pair);
}

static void test_cancels_what_was_just_asked(void)
{
    struct pair *pair = pair_new(3);
    guint id = engine_migrate(pair->tail->engine, "vm1", "pc2", FALSE, NULL);

    g_assert_true(engine_cancel_job(pair->tail->engine, id, NULL));
    g_assert_cmpuint(pair->orders->len, ==, 1);
    deliver(pair); /* the migration, and with its answer the cancellation */
    publish(pair);
    lab_run_jobs(pair->lead);
    publish(pair);
    g_assert_cmpint(lab_job(pair->tail, id)->state, ==, JOB_CANCELLED);
    g_assert_false(engine_cancel_job(pair->tail->engine, id, NULL));
    pair_free(pair);
}

/* --- Whatever can be asked for, and what came of it at the manager --- */

/* What was sent is carried out, with the jobs it made, and then told. */
static void let_it_happen(struct pair *pair)
{
    deliver(pair);
    lab_run_jobs(pair->lead);
    publish(pair);
}

static void did_nothing_itself(const struct pair *pair)
{
    g_assert_cmpuint(pair->tail->fake->migrations + pair->tail->fake->controls, ==, 0);
}

static void test_orders_to_stop_and_start(void)
{
    struct pair *pair = pair_new(4);
    struct engine *tail = pair->tail->engine;
    g_autoptr(GError) error = NULL;
    guint stop;

    g_assert_cmpuint(stop = engine_stop_vm(tail, "vm4", FALSE, &error), !=, 0);
    let_it_happen(pair);
    g_assert_cmpint(lab_job(pair->tail, stop)->state, ==, JOB_DONE);
    g_assert_cmpuint(engine_start_vm(tail, "vm4", NULL, FALSE, &error), !=, 0);
    let_it_happen(pair);
    g_assert_cmpint(lab_seen_vm(pair->tail, "vm4")->state, ==, VM_RUNNING);
    g_assert_no_error(error);
    did_nothing_itself(pair);
    pair_free(pair);
}

static void test_orders_to_drain_switch_off_and_wake(void)
{
    struct pair *pair = pair_new(4);
    struct engine *tail = pair->tail->engine;
    g_autoptr(GError) error = NULL;

    g_assert_true(engine_drain(tail, "pc4", &error));
    let_it_happen(pair);
    g_assert_cmpuint(host_active_vms(lab_seen(pair->tail, 4)), ==, 0);
    g_assert_true(lab_seen(pair->tail, 4)->maintenance);
    g_assert_cmpuint(engine_power_off(tail, "pc4", FALSE, &error), !=, 0);
    let_it_happen(pair);
    g_assert_cmpint(lab_seen(pair->tail, 4)->state, ==, HOST_OFF);
    g_assert_cmpuint(engine_wake(tail, "pc4", &error), !=, 0);
    let_it_happen(pair);
    engine_set_maintenance(tail, "pc4", FALSE);
    let_it_happen(pair);
    g_assert_no_error(error);
    g_assert_cmpint(lab_seen(pair->tail, 4)->state, ==, HOST_ON);
    g_assert_false(lab_seen(pair->tail, 4)->maintenance);
    did_nothing_itself(pair);
    pair_free(pair);
}

/* Some steps of a plan that was made here are one order, and become jobs there. */
static void test_orders_to_follow_a_plan(void)
{
    struct pair *pair = pair_new(4);
    struct engine *tail = pair->tail->engine;
    g_autoptr(GError) error = NULL;
    autoptr(plan) plan = engine_plan_drain(tail, "pc4");

    g_assert_cmpuint(plan->migrations, ==, 1);
    g_assert_cmpuint(engine_follow_plan(tail, plan, NULL, &error), ==, 1);
    let_it_happen(pair);
    g_assert_no_error(error);
    g_assert_cmpuint(host_active_vms(lab_seen(pair->tail, 4)), ==, 0);
    g_assert_cmpuint(lab_journal_has(pair->tail, "accepted: 1 of 1 step"), ==, 1);
    /* it does not hold any more */
    g_assert_cmpuint(engine_follow_plan(tail, plan, NULL, &error), ==, 0);
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    did_nothing_itself(pair);
    pair_free(pair);
}

static void test_orders_about_the_autopilot(void)
{
    struct pair *pair = pair_new(4);
    struct engine *tail = pair->tail->engine;

    engine_set_mode(tail, ENGINE_ALWAYS);
    engine_set_policy(tail, POLICY_PAIRS);
    engine_refresh_all(tail);
    g_assert_cmpint(engine_mode(tail), ==, ENGINE_MANUAL); /* it is not done yet */
    deliver(pair);
    publish(pair);
    g_assert_cmpint(engine_mode(tail), ==, ENGINE_ALWAYS);
    g_assert_cmpint(engine_settings(tail)->policy.kind, ==, POLICY_PAIRS);
    engine_cancel_all(tail, TRUE);
    engine_set_mode(tail, ENGINE_MANUAL);
    let_it_happen(pair);
    g_assert_cmpint(engine_mode(tail), ==, ENGINE_MANUAL);
    did_nothing_itself(pair);
    pair_free(pair);
}

static void test_orders_to_add_and_remove_hosts(void)
{
    struct pair *pair = pair_new(4);
    struct engine *tail = pair->tail->engine;
    g_autoptr(GError) error = NULL;

    fake_host_add(pair->lead->fake, "pc9", "10.0.9.9");
    g_assert_true(engine_add_host(tail, "pc9", "10.0.9.9", &error));
    deliver(pair);
    publish(pair);
    g_assert_nonnull(cluster_find_host(engine_cluster(tail), "pc9"));
    g_assert_true(engine_remove_host(tail, "pc9", &error));
    deliver(pair);
    publish(pair);
    g_assert_null(cluster_find_host(engine_cluster(tail), "pc9"));
    g_assert_no_error(error);
    did_nothing_itself(pair);
    pair_free(pair);
}

static void carry_out(struct pair *pair, guint order, const GError *error)
{
    g_assert_no_error(error);
    g_assert_cmpuint(order, >=, FOLLOW_ORDER_FIRST);
    g_assert_nonnull(engine_find_job(pair->tail->engine, order)); /* as soon as it is sent */
    let_it_happen(pair);
    g_assert_cmpint(lab_job(pair->tail, order)->state, ==, JOB_DONE);
}

static void test_orders_about_vms(void)
{
    static const char web[] = "<domain type='kvm'><name>web</name><memory unit='MiB'>64</memory>"
                              "<os><type>hvm</type></os></domain>";
    struct pair *pair = pair_new(2);
    struct engine *tail = pair->tail->engine;
    g_autoptr(GError) error = NULL;
    guint order;

    order = engine_control_vm(tail, "vm1", CONTROL_PAUSE, FALSE, &error);
    carry_out(pair, order, error);
    g_assert_cmpint(lab_seen_vm(pair->tail, "vm1")->state, ==, VM_PAUSED);
    g_assert_cmpint(lab_job(pair->tail, order)->action, ==, CONTROL_PAUSE);
    order = engine_control_vm(tail, "vm1", CONTROL_RESUME, FALSE, &error);
    carry_out(pair, order, error);
    order = engine_define_vm(tail, "pc2", web, TRUE, &error);
    carry_out(pair, order, error);
    g_assert_cmpstr(lab_seen_vm(pair->tail, "web")->host->name, ==, "pc2");
    order = engine_forget_vm(tail, "web", "pc2", TRUE, &error);
    carry_out(pair, order, error);
    g_assert_null(cluster_find_vm(engine_cluster(tail), "web"));
    g_assert_cmpuint(pair->tail->fake->manages + pair->tail->fake->controls, ==, 0);
    pair_free(pair);
}

/* A goal with nothing to do is over before anybody could see it. */
static void test_goal_that_ends_at_once(void)
{
    struct pair *pair = pair_new(2);
    struct engine *tail = pair->tail->engine;
    guint id;

    engine_set_goal(tail, ENGINE_GOAL_NORMALIZE);
    id = follow_last_order(tail);
    publish(pair);
    g_assert_false(follow_is_settled(tail, id, NULL));
    deliver(pair);
    g_assert_false(follow_is_settled(tail, id, NULL));
    lab_run(pair->lead, CLOCK_MINUTE_US);
    publish(pair);
    g_assert_true(follow_is_settled(tail, id, NULL));
    g_assert_cmpint(engine_goal(tail), ==, ENGINE_GOAL_NONE);
    g_assert_nonnull(strstr(engine_goal_summary(tail), "nothing is left to do"));
    pair_free(pair);
}

/* Numbers begin anew; whoever waits for a job of the old one is told. */
static void test_another_manager(void)
{
    struct pair *pair = pair_new(3);
    guint id = engine_migrate(pair->tail->engine, "vm1", "pc2", FALSE, NULL);

    deliver(pair);
    publish(pair);
    forget_events(pair);
    pair->fence = 4;
    pair->number = 0;
    lab_run_jobs(pair->lead);
    publish(pair);
    g_assert_cmpuint(pair->last_job, ==, id);
    g_assert_cmpint(pair->last_state, ==, JOB_FAILED);
    g_assert_cmpint(lab_job(pair->tail, 1)->state, ==, JOB_DONE); /* the new one's own */
    follow_end(pair->tail->engine);
    g_assert_cmpuint(engine_jobs(pair->tail->engine)->len, ==, 0);
    g_assert_cmpint(engine_mode(pair->tail->engine), ==, ENGINE_MANUAL);
    g_assert_false(engine_follows(pair->tail->engine));
    lab_run(pair->tail, CLOCK_SECOND_US);
    g_assert_cmpuint(engine_migrate(pair->tail->engine, "vm1", "pc3", FALSE, NULL), <,
                     FOLLOW_ORDER_FIRST);
    lab_run_jobs(pair->tail);
    g_assert_cmpuint(pair->tail->fake->migrations, ==, 1);
    pair_free(pair);
}

static void test_does_not_begin_while_it_acts(void)
{
    struct lab *lab = lab_new(2, TRUE);

    lab_start(lab);
    g_assert_cmpuint(engine_migrate(lab->engine, "vm1", "pc2", FALSE, NULL), !=, 0);
    g_assert_false(follow_begin(lab->engine, send, NULL));
    lab_run_jobs(lab);
    g_assert_true(follow_begin(lab->engine, send, NULL));
    g_assert_cmpuint(engine_jobs(lab->engine)->len, ==, 0);
    lab_free(lab);
}

/* Hosts that appear, vanish and move in the list between two publications. */
static void test_hosts_come_and_go(void)
{
    struct pair *pair = pair_new(4);

    g_assert_true(engine_remove_host(pair->lead->engine, "pc1", NULL));
    publish(pair);
    g_assert_cmpuint(engine_cluster(pair->tail->engine)->hosts->len, ==, 3);
    g_assert_null(lab_seen_vm(pair->tail, "vm1"));
    g_assert_cmpuint(engine_migrate(pair->tail->engine, "vm2", "pc3", FALSE, NULL), !=, 0);
    g_assert_true(engine_remove_host(pair->lead->engine, "pc2", NULL));
    publish(pair); /* the order is about a host that is gone */
    deliver(pair);
    publish(pair);
    g_assert_cmpint(pair->last_state, ==, JOB_FAILED);
    pair_free(pair);
}

static void test_tells_what_comes_next(void)
{
    struct pair *pair = pair_new(3);
    const GPtrArray *next = engine_next(pair->tail->engine);

    g_assert_cmpuint(next->len, ==, 1);
    g_assert_nonnull(strstr(g_ptr_array_index(next, 0), "the autopilot is off"));
    engine_hold(pair->lead->engine, TRUE); /* decided, but not begun */
    engine_set_mode(pair->lead->engine, ENGINE_ALWAYS);
    lab_run(pair->lead, CLOCK_MINUTE_US);
    publish(pair);
    next = engine_next(pair->tail->engine);
    g_assert_cmpuint(next->len, >, 1);
    g_assert_nonnull(strstr(g_ptr_array_index(next, 0), "can then go off"));
    pair_free(pair);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/follow/asks_no_host", test_asks_no_host);
    g_test_add_func("/follow/shows_what_changes", test_shows_what_changes);
    g_test_add_func("/follow/facts_keep_their_age", test_facts_keep_their_age);
    g_test_add_func("/follow/old_publications_are_ignored", test_old_publications_are_ignored);
    g_test_add_func("/follow/order_is_shown_before_it_arrives",
                    test_order_is_shown_before_it_arrives);
    g_test_add_func("/follow/order_becomes_a_job", test_order_becomes_a_job);
    g_test_add_func("/follow/orders_to_spread", test_orders_to_spread);
    g_test_add_func("/follow/answer_after_the_job_was_seen", test_answer_after_the_job_was_seen);
    g_test_add_func("/follow/refused_here_and_there", test_refused_here_and_there);
    g_test_add_func("/follow/cancels_what_was_just_asked", test_cancels_what_was_just_asked);
    g_test_add_func("/follow/orders_to_stop_and_start", test_orders_to_stop_and_start);
    g_test_add_func("/follow/orders_to_drain_switch_off_and_wake",
                    test_orders_to_drain_switch_off_and_wake);
    g_test_add_func("/follow/orders_to_follow_a_plan", test_orders_to_follow_a_plan);
    g_test_add_func("/follow/orders_about_the_autopilot", test_orders_about_the_autopilot);
    g_test_add_func("/follow/orders_to_add_and_remove_hosts", test_orders_to_add_and_remove_hosts);
    g_test_add_func("/follow/orders_about_vms", test_orders_about_vms);
    g_test_add_func("/follow/goal_that_ends_at_once", test_goal_that_ends_at_once);
    g_test_add_func("/follow/another_manager", test_another_manager);
    g_test_add_func("/follow/does_not_begin_while_it_acts", test_does_not_begin_while_it_acts);
    g_test_add_func("/follow/hosts_come_and_go", test_hosts_come_and_go);
    g_test_add_func("/follow/tells_what_comes_next", test_tells_what_comes_next);
    return g_test_run();
}
