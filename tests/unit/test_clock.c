#include "core/base/clock.h"

/* A timer that writes its own letter, and what time the clock shows while it runs. */
struct mark {
    struct clock *clock;
    GString *seen;
    char letter;
    gint64 at_us;
    guint repeats;
};

static void mark_run(gpointer data)
{
    struct mark *mark = data;

    g_string_append_c(mark->seen, mark->letter);
    mark->at_us = clock_mono_us(mark->clock);
    if (mark->repeats > 0) {
        mark->repeats--;
        clock_add_timer(mark->clock, CLOCK_SECOND_US, mark_run, mark);
    }
}

static void test_order(void)
{
    autoptr(clock) clock = clock_new_stepped(0);
    g_autoptr(GString) seen = g_string_new(NULL);
    struct mark marks[4] = {
        {clock, seen, 'a'}, {clock, seen, 'b'}, {clock, seen, 'c'}, {clock, seen, 'd'}};

    clock_add_timer(clock, 30, mark_run, &marks[2]);
    clock_add_timer(clock, 10, mark_run, &marks[0]);
    clock_add_timer(clock, 30, mark_run, &marks[3]);
    clock_add_timer(clock, 20, mark_run, &marks[1]);
    while (clock_step(clock))
        ;
    g_assert_cmpstr(seen->str, ==, "abcd");
    g_assert_cmpint(marks[1].at_us - marks[0].at_us, ==, 10);
    g_assert_cmpint(marks[3].at_us, ==, clock_mono_us(clock));
}

static void test_cancel(void)
{
    autoptr(clock) clock = clock_new_stepped(0);
    g_autoptr(GString) seen = g_string_new(NULL);
    struct mark marks[3] = {{clock, seen, 'a'}, {clock, seen, 'b'}, {clock, seen, 'c'}};
    guint ids[3];

    for (guint i = 0; i < 3; i++)
        ids[i] = clock_add_timer(clock, 10 * (i + 1), mark_run, &marks[i]);
    clock_cancel_timer(clock, ids[1]);
    clock_cancel_timer(clock, 0);
    g_assert_true(clock_step(clock));
    clock_cancel_timer(clock, ids[0]); /* has run: ignored */
    g_assert_true(clock_step(clock));
    g_assert_false(clock_step(clock));
    g_assert_cmpstr(seen->str, ==, "ac");
}

/* Thousands of timers, added and cancelled at random, run in order and none is lost. */
static void test_many(void)
{
    autoptr(clock) clock = clock_new_stepped(0);
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    struct mark *marks = g_new0(struct mark, 5000);
    guint cancelled = 0;
    gint64 last_us = 0;

    for (guint i = 0; i < 5000; i++) {
        marks[i] = (struct mark){clock, seen, 'x'};
        guint id = clock_add_timer(clock, g_rand_int_range(rand, 0, 1000), mark_run, &marks[i]);
        if (g_rand_int_range(rand, 0, 3) == 0) {
            clock_cancel_timer(clock, id);
            cancelled++;
        }
    }
    while (clock_step(clock)) {
        g_assert_cmpint(clock_mono_us(clock), >=, last_us);
        last_us = clock_mono_us(clock);
    }
    g_assert_cmpuint(seen->len, ==, 5000 - cancelled);
    g_free(marks);
}

static void test_wall_follows(void)
{
    autoptr(clock) clock = clock_new_stepped(1000 * CLOCK_SECOND_US);
    g_autoptr(GString) seen = g_string_new(NULL);
    struct mark mark = {clock, seen, 'a', 0, 4};

    clock_add_timer(clock, CLOCK_SECOND_US, mark_run, &mark);
    while (clock_step(clock))
        ;
    g_assert_cmpint(clock_wall_us(clock), ==, 1005 * CLOCK_SECOND_US);
    g_assert_true(clock_is_simulated(clock));
}

static gboolean stop_waiting(gpointer data)
{
    *(gboolean *)data = TRUE;
    return G_SOURCE_REMOVE;
}

/* An hour at the greatest speed passes in a second, every timer seeing exactly its own time. */
static void test_paced(void)
{
    autoptr(clock) clock = clock_new_paced(0, CLOCK_SPEED_MOST);
    g_autoptr(GString) seen = g_string_new(NULL);
    struct mark first = {clock, seen, 'a'};
    struct mark second = {clock, seen, 'b'};
    gboolean late = FALSE;
    guint guard = g_timeout_add_seconds(30, stop_waiting, &late);
    gint64 begun_us = clock_mono_us(clock);

    clock_add_timer(clock, 20 * CLOCK_MINUTE_US, mark_run, &second);
    clock_add_timer(clock, 10 * CLOCK_MINUTE_US, mark_run, &first);
    while (seen->len < 2 && !late)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpstr(seen->str, ==, "ab");
    g_assert_cmpint(second.at_us - first.at_us, >=, 9 * CLOCK_MINUTE_US);
    g_assert_cmpint(first.at_us - begun_us, >=, 10 * CLOCK_MINUTE_US);
    g_source_remove(guard);
}

static void test_pause(void)
{
    autoptr(clock) clock = clock_new_paced(0, 100);
    g_autoptr(GString) seen = g_string_new(NULL);
    struct mark mark = {clock, seen, 'a'};
    gint64 paused_us;

    clock_add_timer(clock, CLOCK_MINUTE_US, mark_run, &mark);
    clock_set_speed(clock, 0);
    paused_us = clock_mono_us(clock);
    for (guint i = 0; i < 100; i++)
        g_main_context_iteration(NULL, FALSE);
    g_assert_cmpint(clock_mono_us(clock), ==, paused_us);
    g_assert_cmpstr(seen->str, ==, "");
    clock_set_speed(clock, CLOCK_SPEED_MOST);
    while (seen->len == 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpint(mark.at_us, >=, CLOCK_MINUTE_US);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clock/stepped/runs_in_order_of_time_then_of_adding", test_order);
    g_test_add_func("/clock/stepped/cancelled_timers_never_run", test_cancel);
    g_test_add_func("/clock/stepped/thousands_run_in_order", test_many);
    g_test_add_func("/clock/stepped/wall_time_follows", test_wall_follows);
    g_test_add_func("/clock/paced/timers_see_their_own_time", test_paced);
    g_test_add_func("/clock/paced/paused_time_stands_still", test_pause);
    return g_test_run();
}
