/* What the numbers of a migration promise about its end. */
#include "core/engine/progress.h"

#include <string.h>

#define MIB    1048576
#define SECOND G_USEC_PER_SEC

static struct migrate_progress at(guint left_mib, guint speed_mib, guint dirty_mib)
{
    return (struct migrate_progress){
        .total_bytes = 1000ull * MIB,
        .left_bytes = (guint64)left_mib * MIB,
        .speed_bytes_per_s = (guint64)speed_mib * MIB,
        .dirty_bytes_per_s = (guint64)dirty_mib * MIB,
        .pass = 2,
    };
}

static void test_expects_what_is_written_meanwhile_too(void)
{
    struct migrate_progress progress = at(100, 10, 0);

    g_assert_cmpint(progress_expected_us(&progress), ==, 10 * SECOND);
    progress = at(100, 10, 5); /* half as long again, and half of that, ... */
    g_assert_cmpint(progress_expected_us(&progress), ==, 20 * SECOND);
    progress = at(0, 10, 5);
    g_assert_cmpint(progress_expected_us(&progress), ==, 0);
}

static void test_never_ends_when_more_is_written_than_sent(void)
{
    struct migrate_progress progress = at(100, 100, 89);

    g_assert_cmpint(progress_expected_us(&progress), >, 9 * SECOND);
    progress = at(100, 100, 90); /* QEMU counts a page once a pass: more it will not tell */
    g_assert_true(progress_expected_us(&progress) == PROGRESS_NEVER);
    progress = at(100, 10, 10);
    g_assert_true(progress_expected_us(&progress) == PROGRESS_NEVER);
    progress.stage = MIGRATE_STAGE_PAUSED;
    g_assert_cmpint(progress_expected_us(&progress), ==, 10 * SECOND);
    progress.stage = MIGRATE_STAGE_FOLLOWING;
    g_assert_cmpint(progress_expected_us(&progress), ==, 10 * SECOND);
}

static void test_promises_nothing_without_a_speed(void)
{
    const struct migrate_progress progress = at(100, 0, 5);
    g_autofree char *text = progress_describe(&progress);

    g_assert_true(progress_expected_us(&progress) == PROGRESS_NOT_KNOWN);
    g_assert_cmpstr(text, ==, "100.0 MiB left, 5 MiB/s written");
}

static gboolean runs(struct progress_trend *trend, guint seconds, guint dirty_mib,
                     double slowed_down, guint passes)
{
    gboolean stuck = FALSE;

    for (guint i = 1; i <= seconds; i++) {
        struct migrate_progress progress = at(100, 10, 0);

        progress.dirty_bytes_per_s = (guint64)(dirty_mib * (1 - slowed_down * i / seconds) * MIB);
        progress.elapsed_us = i * SECOND;
        progress.pass = passes * i / seconds;
        stuck = progress_is_stuck(trend, &progress);
    }
    return stuck;
}

static void test_a_guest_that_stays_too_fast_is_stuck(void)
{
    struct progress_trend trend = {0};

    g_assert_true(runs(&trend, 20, 12, 0, 10));
}

static void test_too_few_passes_prove_nothing(void)
{
    struct progress_trend trend = {0};

    g_assert_false(runs(&trend, 50, 12, 0, 3)); /* a large guest: each takes a while */
}

static void test_too_short_a_time_proves_nothing(void)
{
    struct progress_trend trend = {0};

    g_assert_false(runs(&trend, 9, 12, 0, 9));
}

static void test_a_guest_being_slowed_down_is_given_time(void)
{
    struct progress_trend trend = {0};

    g_assert_false(runs(&trend, 60, 40, 0.7, 30)); /* from 4 times too fast to 1.2 times */
}

static void test_a_guest_that_calms_down_is_not_stuck(void)
{
    struct progress_trend trend = {0};
    struct migrate_progress calm = at(100, 10, 2);

    g_assert_true(runs(&trend, 20, 12, 0, 10));
    g_assert_false(progress_is_stuck(&trend, &calm));
}

static void test_without_passes_a_minute_tells(void)
{
    struct progress_trend trend = {0};

    g_assert_false(runs(&trend, 50, 12, 0, 0));
    trend = (struct progress_trend){0};
    g_assert_true(runs(&trend, 62, 12, 0, 0));
}

static void test_says_all_that_is_known(void)
{
    struct migrate_progress progress = at(100, 10, 5);
    g_autofree char *text = NULL;
    g_autofree char *stuck = NULL;

    progress.downtime_us = 45000;
    text = progress_describe(&progress);
    g_assert_cmpstr(text, ==,
                    "100.0 MiB left, 10 MiB/s, 5 MiB/s written, about 20 s left, stands still 45 "
                    "ms");
    progress = at(100, 10, 11);
    stuck = progress_describe(&progress);
    g_assert_nonnull(strstr(stuck, "does not converge"));
}

static void test_spans_round_up(void)
{
    static const struct {
        gint64 us;
        const char *text;
    } cases[] = {{0, "0 s"},
                 {1, "1 s"},
                 {SECOND, "1 s"},
                 {99 * SECOND, "99 s"},
                 {125 * SECOND, "2:05 min"},
                 {-5, "0 s"},
                 {G_MAXINT64, "153722867280:55 min"}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = progress_format_span(cases[i].us);
        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/engine/progress/" #name, test_##name)
    ADD(expects_what_is_written_meanwhile_too);
    ADD(never_ends_when_more_is_written_than_sent);
    ADD(promises_nothing_without_a_speed);
    ADD(a_guest_that_stays_too_fast_is_stuck);
    ADD(too_few_passes_prove_nothing);
    ADD(too_short_a_time_proves_nothing);
    ADD(a_guest_being_slowed_down_is_given_time);
    ADD(a_guest_that_calms_down_is_not_stuck);
    ADD(without_passes_a_minute_tells);
    ADD(says_all_that_is_known);
    ADD(spans_round_up);
    return g_test_run();
}
