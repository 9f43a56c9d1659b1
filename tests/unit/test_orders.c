/*
 * What a manager and its followers promise each other over a directory and a socket: orders come
 * as jobs, each is carried out once or not at all, and whoever asked is always told.
 */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/engine/follow.h"
#include "core/manager/follower.h"
#include "core/manager/leader.h"
#include "core/manager/orders.h"
#include "core/manager/shared_dir.h"
#include "tests/support/engine_lab.h"

#define FENCE   5
#define MOST_US (20 * G_TIME_SPAN_SECOND)
#define STEP_US (50 * 1000)
#define SENDER  "0123456789abcdef"

struct rig {
    struct lab *lead;
    struct lab *tail;
    char *dir;
    char *socket;
    struct leader *leader;
    struct follower *follower;
};

static struct rig *rig_new(void)
{
    struct rig *rig = g_new0(struct rig, 1);

    rig->lead = lab_new(3, TRUE);
    rig->tail = lab_new(3, TRUE);
    rig->dir = g_dir_make_tmp("roost-orders-XXXXXX", NULL);
    rig->socket = g_build_filename(rig->dir, "run", "test.sock", NULL);
    lab_start(rig->lead);
    lab_start(rig->tail);
    return rig;
}

static void lead(struct rig *rig, guint64 fence, gboolean local)
{
    const struct leader_settings settings = {
        .dir = rig->dir, .socket = local ? rig->socket : NULL, .fence = fence};

    rig->leader = leader_new(rig->lead->engine, &settings);
}

static void follow(struct rig *rig, guint64 fence, gboolean local)
{
    const struct follower_settings settings = {.dir = rig->dir,
                                               .socket = local ? rig->socket : NULL,
                                               .fence = fence,
                                               .take_us = G_TIME_SPAN_SECOND,
                                               .answer_us = G_TIME_SPAN_SECOND};

    rig->follower = follower_new(rig->tail->engine, &settings);
    g_assert_nonnull(rig->follower);
}

static void remove_all(const char *path)
{
    g_autoptr(GDir) names = g_dir_open(path, 0, NULL);
    const char *name;

    while (names && (name = g_dir_read_name(names))) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        remove_all(below);
    }
    g_remove(path);
}

static gboolean nudge(G_GNUC_UNUSED gpointer data)
{
    return G_SOURCE_CONTINUE;
}

/* Lets both go on, while nothing tells whether anything more comes of it: that shows in time only.
 */
static void iterate_for(gint64 us)
{
    gint64 until_us = g_get_monotonic_time() + us;
    guint timer = g_timeout_add(20, nudge, NULL);

    while (g_get_monotonic_time() < until_us)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(timer);
}

/*
 * Threads that are still at work come back to the main context, and free there what they hold. They
 * are GLib's, which does not tell when they have.
 */
static void rig_free(struct rig *rig)
{
    follower_free(rig->follower);
    leader_free(rig->leader);
    iterate_for(50 * 1000);
    lab_free(rig->tail);
    lab_free(rig->lead);
    remove_all(rig->dir);
    g_free(rig->dir);
    g_free(rig->socket);
    g_free(rig);
}

typedef gboolean (*there_func)(struct rig *rig, gpointer data);

/* Lets both go on, each with its own clock, until it is so. */
static void run_until(struct rig *rig, there_func there, gpointer data)
{
    gint64 until_us = g_get_monotonic_time() + MOST_US;
    guint timer = g_timeout_add(20, nudge, NULL);

    while (!there(rig, data)) {
        g_assert_cmpint(g_get_monotonic_time(), <, until_us);
        g_main_context_iteration(NULL, TRUE);
        lab_run(rig->lead, STEP_US);
        lab_run(rig->tail, STEP_US);
    }
    g_source_remove(timer);
}

static gboolean sees(struct rig *rig, G_GNUC_UNUSED gpointer data)
{
    return !follow_is_blind(rig->tail->engine);
}

static gboolean job_over(struct rig *rig, gpointer data)
{
    const struct job *job = engine_find_job(rig->tail->engine, GPOINTER_TO_UINT(data));

    return !job || job_is_over(job);
}

static gboolean settled(struct rig *rig, gpointer data)
{
    return follow_is_settled(rig->tail->engine, GPOINTER_TO_UINT(data), NULL);
}

static void check_migration(struct rig *rig)
{
    guint id;

    run_until(rig, sees, NULL);
    id = engine_migrate(rig->tail->engine, "vm1", "pc2", FALSE, NULL);
    g_assert_cmpuint(id, !=, 0);
    run_until(rig, job_over, GUINT_TO_POINTER(id));
    g_assert_cmpint(lab_job(rig->tail, id)->state, ==, JOB_DONE);
    g_assert_true(fake_vm_runs_on(rig->lead->fake, "vm1", "pc2"));
    g_assert_cmpuint(rig->lead->fake->migrations, ==, 1);
    g_assert_cmpuint(rig->tail->fake->migrations, ==, 0);
}

static void test_through_the_store(void)
{
    struct rig *rig = rig_new();
    g_autofree char *user = orders_user_name(geteuid());

    lead(rig, FENCE, FALSE);
    follow(rig, FENCE, FALSE);
    check_migration(rig);
    g_assert_false(follower_is_local(rig->follower));
    g_assert_true(g_str_has_prefix(lab_job(rig->lead, 1)->who, user));
    g_assert_true(g_str_has_suffix(lab_job(rig->lead, 1)->who, "(via the store)"));
    rig_free(rig);
}

static gboolean is_local(struct rig *rig, G_GNUC_UNUSED gpointer data)
{
    return follower_is_local(rig->follower);
}

static void test_through_the_socket(void)
{
    struct rig *rig = rig_new();
    g_autofree char *user = orders_user_name(geteuid());
    g_autofree char *orders = g_build_filename(rig->dir, SHARED_DIR, SHARED_ORDERS, NULL);

    lead(rig, FENCE, TRUE);
    follow(rig, FENCE, TRUE);
    run_until(rig, is_local, NULL);
    check_migration(rig);
    g_assert_cmpstr(lab_job(rig->lead, 1)->who, ==, user);
    rig_free(rig);
}

static gboolean has_second_turn(struct rig *rig, gpointer data)
{
    const struct job *job = engine_find_job(rig->tail->engine, GPOINTER_TO_UINT(data));

    return job && job->turn == 2;
}

/* What was taken back is done again by the manager, and what waits there changes places. */
static void test_jobs_again_and_in_another_order(void)
{
    struct rig *rig = rig_new();
    guint one, other, again;

    lead(rig, FENCE, TRUE);
    follow(rig, FENCE, TRUE);
    run_until(rig, is_local, NULL);
    run_until(rig, sees, NULL);
    engine_hold(rig->lead->engine, TRUE);
    one = engine_migrate(rig->tail->engine, "vm1", "pc3", FALSE, NULL);
    other = engine_migrate(rig->tail->engine, "vm2", "pc3", FALSE, NULL);
    g_assert_cmpuint(engine_retry_job(rig->tail->engine, one, FALSE, NULL), ==, 0);
    again = engine_migrate(rig->tail->engine, "vm3", "pc1", FALSE, NULL);
    g_assert_true(engine_cancel_job(rig->tail->engine, again, NULL));
    run_until(rig, job_over, GUINT_TO_POINTER(again));
    g_assert_true(engine_move_job(rig->tail->engine, one, 1, NULL));
    run_until(rig, settled, GUINT_TO_POINTER(follow_last_order(rig->tail->engine)));
    run_until(rig, has_second_turn, GUINT_TO_POINTER(one));
    again = engine_retry_job(rig->tail->engine, again, FALSE, NULL);
    g_assert_cmpuint(again, !=, 0);
    g_assert_cmpstr(lab_job(rig->tail, again)->vm, ==, "vm3");
    engine_hold(rig->lead->engine, FALSE);
    run_until(rig, job_over, GUINT_TO_POINTER(one));
    run_until(rig, job_over, GUINT_TO_POINTER(again));
    g_assert_cmpint(lab_job(rig->tail, again)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_job(rig->lead, 2)->started_at_us, <, lab_job(rig->lead, 1)->started_at_us);
    g_assert_true(fake_vm_runs_on(rig->lead->fake, "vm3", "pc1"));
    run_until(rig, job_over, GUINT_TO_POINTER(other));
    rig_free(rig);
}

static gboolean not_local(struct rig *rig, gpointer data)
{
    return !is_local(rig, data);
}

/* The socket breaks with the manager; the next one is another, in the store. */
static void test_socket_breaks(void)
{
    struct rig *rig = rig_new();
    guint id;
    const char *refusal;

    lead(rig, FENCE, TRUE);
    follow(rig, FENCE, TRUE);
    run_until(rig, is_local, NULL);
    run_until(rig, sees, NULL);
    id = engine_migrate(rig->tail->engine, "vm1", "pc2", FALSE, NULL);
    leader_free(g_steal_pointer(&rig->leader)); /* it never hears of it */
    run_until(rig, not_local, NULL);
    g_assert_true(follow_is_settled(rig->tail->engine, id, &refusal));
    g_assert_nonnull(strstr(refusal, "not known"));
    lead(rig, FENCE + 1, FALSE);
    follower_set_manager(rig->follower, FENCE + 1, NULL);
    check_migration(rig);
    rig_free(rig);
}

static void test_not_taken_is_withdrawn(void)
{
    struct rig *rig = rig_new();
    g_autofree char *orders = g_build_filename(rig->dir, SHARED_DIR, SHARED_ORDERS, NULL);
    const char *refusal;
    guint id;

    lead(rig, FENCE, FALSE);
    follow(rig, FENCE, FALSE);
    run_until(rig, sees, NULL);
    leader_free(g_steal_pointer(&rig->leader));
    id = engine_migrate(rig->tail->engine, "vm1", "pc2", FALSE, NULL);
    run_until(rig, settled, GUINT_TO_POINTER(id));
    follow_is_settled(rig->tail->engine, id, &refusal);
    g_assert_nonnull(strstr(refusal, "withdrawn"));
    g_autoptr(GPtrArray) left = shared_dir_list(orders, 10);
    g_assert_cmpuint(left->len, ==, 0);
    lead(rig, FENCE, FALSE);
    lab_run(rig->lead, CLOCK_MINUTE_US);
    g_assert_cmpuint(engine_jobs(rig->lead->engine)->len, ==, 0);
    rig_free(rig);
}

/* --- What lies in the directories ------------------------------------------------------------- */

static char *place(struct rig *rig, const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(rig->dir, SHARED_DIR, dir, NULL);

    g_assert_true(shared_dir_make(path, NULL));
    return g_build_filename(path, name, NULL);
}

static void put_order(struct rig *rig, const char *dir, const char *name, guint64 fence,
                      guint64 number)
{
    struct order order = {.id = FOLLOW_ORDER_FIRST,
                          .kind = ORDER_MIGRATE,
                          .vm = (char *)"vm1",
                          .host = (char *)"pc2",
                          .options = MIGRATE_OPTIONS_INIT};
    const struct order_stamp stamp = {fence, number};
    g_autofree char *text = order_format(&order, &stamp);
    g_autofree char *path = place(rig, dir, name);

    g_assert_true(shared_file_put(path, text, strlen(text), NULL));
}

static struct answer *find_answer(struct rig *rig, const char *name)
{
    g_autofree char *path = place(rig, SHARED_ANSWERS, name);
    gsize length;
    g_autofree char *text = shared_file_get(path, 65536, &length, NULL, NULL, NULL);

    return text ? answer_parse(path, text, length, NULL) : NULL;
}

static gboolean is_answered(struct rig *rig, gpointer name)
{
    autoptr(answer) answer = find_answer(rig, name);

    return answer != NULL;
}

static void check_refused(struct rig *rig, const char *name, const char *why)
{
    run_until(rig, is_answered, (gpointer)name);
    autoptr(answer) answer = find_answer(rig, name);
    g_assert_nonnull(answer->refusal);
    g_assert_nonnull(strstr(answer->refusal, why));
    g_assert_cmpuint(engine_jobs(rig->lead->engine)->len, ==, 0);
}

/* A manager took it, and was killed before it answered: whether it acted nobody knows. */
static void test_taken_by_a_dead_manager(void)
{
    struct rig *rig = rig_new();
    g_autofree char *taken = place(rig, SHARED_TAKEN, SENDER "-0000000001.xml");

    put_order(rig, SHARED_TAKEN, SENDER "-0000000001.xml", FENCE, 0);
    lead(rig, FENCE, FALSE);
    check_refused(rig, SENDER "-0000000001.xml", "not known");
    g_assert_false(g_file_test(taken, G_FILE_TEST_EXISTS));
    rig_free(rig);
}

static void test_of_another_manager(void)
{
    struct rig *rig = rig_new();

    put_order(rig, SHARED_ORDERS, SENDER "-0000000001.xml", FENCE - 1, 0);
    lead(rig, FENCE, FALSE);
    check_refused(rig, SENDER "-0000000001.xml", "another manager");
    rig_free(rig);
}

/* By the counter of publications: no clock is asked. */
static void test_too_old(void)
{
    struct rig *rig = rig_new();
    autoptr(publisher) publisher = publisher_new(rig->lead->engine, NULL, FENCE);
    const struct order order = {.id = FOLLOW_ORDER_FIRST, .kind = ORDER_MODE, .value = 2};
    struct order_stamp stamp = {FENCE, 1};

    autoptr(answer) from_the_future =
        orders_carry_out(rig->lead->engine, publisher, FENCE, &order, &stamp, "ana");
    g_assert_nonnull(strstr(from_the_future->refusal, "too old"));
    while (publisher_number(publisher) < ORDERS_PUBLICATIONS_MOST + 2) {
        publisher_hurry(publisher);
        g_main_context_iteration(NULL, TRUE);
    }
    autoptr(answer) old =
        orders_carry_out(rig->lead->engine, publisher, FENCE, &order, &stamp, "ana");
    g_assert_nonnull(strstr(old->refusal, "too old"));
    g_assert_cmpint(engine_mode(rig->lead->engine), ==, ENGINE_MANUAL);
    stamp.number = publisher_number(publisher);
    autoptr(answer) young =
        orders_carry_out(rig->lead->engine, publisher, FENCE, &order, &stamp, "ana");
    g_assert_null(young->refusal);
    g_assert_cmpint(engine_mode(rig->lead->engine), ==, ENGINE_ALWAYS);
    publisher_free(g_steal_pointer(&publisher));
    rig_free(rig);
}

static void test_hostile_files(void)
{
    struct rig *rig = rig_new();
    static const char *const names[] = {"a.xml", "b.xml", "c.xml", "d.xml"};
    static const char *const texts[] = {
        "", "<order", "<!DOCTYPE x [<!ENTITY e SYSTEM \"/etc/passwd\">]><order version=\"1\"/>",
        "<order version=\"1\" kind=\"conquer\" fence=\"5\"/>"};
    g_autofree char *link = place(rig, SHARED_ORDERS, "link.xml");

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = place(rig, SHARED_ORDERS, names[i]);
        g_assert_true(shared_file_put(path, texts[i], strlen(texts[i]), NULL));
    }
    g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
    lead(rig, FENCE, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        run_until(rig, is_answered, (gpointer)names[i]);
    run_until(rig, is_answered, (gpointer) "link.xml");
    g_assert_cmpuint(engine_jobs(rig->lead->engine)->len, ==, 0);
    rig_free(rig);
}

static gboolean both_told(struct rig *rig, G_GNUC_UNUSED gpointer data)
{
    return lab_journal_has(rig->lead, "is not published") > 0 &&
           lab_journal_has(rig->lead, "cannot be taken") > 0;
}

/* A store that cannot be written to is told once, and holds nothing up. */
static void test_no_room(void)
{
    struct rig *rig = rig_new();
    g_autofree char *in_the_way = g_build_filename(rig->dir, SHARED_DIR, NULL);

    g_assert_true(g_file_set_contents(in_the_way, "", 0, NULL));
    lead(rig, FENCE, FALSE);
    run_until(rig, both_told, NULL);
    iterate_for(G_TIME_SPAN_SECOND);
    g_assert_cmpuint(lab_journal_has(rig->lead, "is not published"), ==, 1);
    g_assert_cmpuint(lab_journal_has(rig->lead, "cannot be taken"), ==, 1);
    g_remove(in_the_way);
    follow(rig, FENCE, FALSE);
    check_migration(rig);
    g_assert_cmpuint(lab_journal_has(rig->lead, "published again"), ==, 1);
    rig_free(rig);
}

static gboolean is_there(G_GNUC_UNUSED struct rig *rig, gpointer path)
{
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* What another manager has left in the store is not taken for this one's. */
static void test_shows_its_own_manager_only(void)
{
    struct rig *rig = rig_new();
    g_autofree char *state = g_build_filename(rig->dir, SHARED_DIR, SHARED_STATE_FILE, NULL);

    lead(rig, FENCE - 1, FALSE);
    run_until(rig, is_there, state);
    follow(rig, FENCE, FALSE);
    iterate_for(G_TIME_SPAN_SECOND);
    g_assert_true(follow_is_blind(rig->tail->engine));
    leader_free(g_steal_pointer(&rig->leader));
    lead(rig, FENCE, FALSE);
    run_until(rig, sees, NULL);
    rig_free(rig);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/orders/jobs_again_and_in_another_order",
                    test_jobs_again_and_in_another_order);
    g_test_add_func("/orders/through_the_store", test_through_the_store);
    g_test_add_func("/orders/through_the_socket", test_through_the_socket);
    g_test_add_func("/orders/socket_breaks", test_socket_breaks);
    g_test_add_func("/orders/not_taken_is_withdrawn", test_not_taken_is_withdrawn);
    g_test_add_func("/orders/taken_by_a_dead_manager", test_taken_by_a_dead_manager);
    g_test_add_func("/orders/of_another_manager", test_of_another_manager);
    g_test_add_func("/orders/too_old", test_too_old);
    g_test_add_func("/orders/hostile_files", test_hostile_files);
    g_test_add_func("/orders/no_room", test_no_room);
    g_test_add_func("/orders/shows_its_own_manager_only", test_shows_its_own_manager_only);
    return g_test_run();
}
