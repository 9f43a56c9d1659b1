/* test_background.c - work on threads: who is told of its end, when, and what a wait lets happen.
 */
#include <glib.h>

#include "core/base/background.h"

struct owner {
    struct background *background;
    GThread *thread;
    GArray *told; /* gint: the jobs, in the order in which their ends came */
    guint again;  /* how many more are begun by an end */
    gboolean fired;
};

struct job {
    struct owner *owner; /* the thread does not touch it */
    gint number;
    gint delay_ms;
    gboolean worked;
};

static void open_owner(struct owner *owner)
{
    *owner = (struct owner){.thread = g_thread_self()};
    owner->background = background_new(owner);
    owner->told = g_array_new(FALSE, FALSE, sizeof(gint));
}

static void close_owner(struct owner *owner)
{
    background_free(owner->background);
    g_array_unref(owner->told);
}

static void work(gpointer data)
{
    struct job *job = data;

    if (job->delay_ms > 0)
        g_usleep((gulong)job->delay_ms * 1000);
    job->worked = TRUE;
}

static void begin(struct owner *owner, gint number, gint delay_ms);

static void done(gpointer data, gpointer data_owner)
{
    g_autofree struct job *job = data;
    struct owner *owner = data_owner;

    g_assert_true(owner == job->owner && owner->thread == g_thread_self());
    g_assert_true(job->worked);
    g_array_append_val(owner->told, job->number);
    if (owner->again > 0) {
        owner->again--;
        begin(owner, job->number + 1, 0);
    }
}

static void begin(struct owner *owner, gint number, gint delay_ms)
{
    struct job *job = g_new0(struct job, 1);

    *job = (struct job){.owner = owner, .number = number, .delay_ms = delay_ms};
    background_begin(owner->background, work, job, done);
}

static void assert_told(const struct owner *owner, const gint *numbers, guint n)
{
    g_assert_cmpmem(owner->told->data, owner->told->len * sizeof(gint), numbers, n * sizeof(gint));
}

static void test_told_by_the_loop(void)
{
    const gint expected[] = {1, 2, 3};
    struct owner owner;

    open_owner(&owner);
    owner.again = 2;
    begin(&owner, 1, 0);
    g_assert_true(background_is_busy(owner.background));
    g_assert_cmpuint(owner.told->len, ==, 0);
    while (background_is_busy(owner.background))
        g_main_context_iteration(NULL, TRUE);
    assert_told(&owner, expected, G_N_ELEMENTS(expected));
    close_owner(&owner);
}

static gboolean fire(gpointer data)
{
    ((struct owner *)data)->fired = TRUE;
    return G_SOURCE_REMOVE;
}

/* The point of it all. */
static void test_a_wait_runs_nothing_else(void)
{
    const gint expected[] = {1, 2};
    struct owner owner;

    open_owner(&owner);
    owner.again = 1;
    g_idle_add_full(G_PRIORITY_HIGH, fire, &owner, NULL);
    begin(&owner, 1, 20);
    background_await(owner.background);
    g_assert_false(background_is_busy(owner.background));
    assert_told(&owner, expected, G_N_ELEMENTS(expected));
    g_assert_false(owner.fired);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    g_assert_true(owner.fired);
    assert_told(&owner, expected, G_N_ELEMENTS(expected)); /* and nothing is told twice */
    close_owner(&owner);
}

static void test_several_at_once(void)
{
    enum {
        MANY = 50
    };
    struct owner owner;
    gint sum = 0;

    open_owner(&owner);
    for (gint i = 0; i < MANY; i++)
        begin(&owner, i, i % 3);
    for (gint i = 0; i < MANY / 2 && background_is_busy(owner.background); i++)
        g_main_context_iteration(NULL, TRUE);
    background_await(owner.background);
    g_assert_cmpuint(owner.told->len, ==, MANY);
    for (gint i = 0; i < MANY; i++)
        sum += g_array_index(owner.told, gint, i);
    g_assert_cmpint(sum, ==, MANY * (MANY - 1) / 2);
    close_owner(&owner);
}

static void test_an_end_in_time(void)
{
    const gint expected[] = {7};
    struct owner owner;

    open_owner(&owner);
    begin(&owner, 7, 20);
    background_free(owner.background);
    assert_told(&owner, expected, G_N_ELEMENTS(expected));
    g_array_unref(owner.told);
    while (g_main_context_iteration(NULL, FALSE)) /* nothing of it is left there */
        continue;
    background_free(NULL);
}

/* As a manager that is deposed by what it learns. */
static void free_there(gpointer data, gpointer data_owner)
{
    struct owner *owner = data_owner;

    done(data, owner);
    g_clear_pointer(&owner->background, background_free);
}

static void test_freed_by_an_end(void)
{
    struct owner owner;
    struct job *job = g_new0(struct job, 1);

    open_owner(&owner);
    job->owner = &owner;
    background_begin(owner.background, work, job, free_there);
    while (owner.background != NULL)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(owner.told->len, ==, 1);
    close_owner(&owner);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/background/told_by_the_loop", test_told_by_the_loop);
    g_test_add_func("/background/a_wait_runs_nothing_else", test_a_wait_runs_nothing_else);
    g_test_add_func("/background/several_at_once", test_several_at_once);
    g_test_add_func("/background/an_end_in_time", test_an_end_in_time);
    g_test_add_func("/background/freed_by_an_end", test_freed_by_an_end);
    return g_test_run();
}
