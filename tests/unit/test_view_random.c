/*
 * test_view_random.c - keys, mouse, pastes, lines and sizes of no sense, by the ten thousand, on a
 * simulated lab with faults: nothing breaks, nothing is done that was not confirmed; and nothing
 * at all by a console that is read-only. What is judged, and how: tests/support/random_judge.c.
 *
 * ROOST_RANDOM_INPUTS says how many inputs, ROOST_RANDOM_SEED which: 1 unless it is given.
 */
#include <stdlib.h>

#include "tests/support/random_rig.h"
#include "tests/support/temp_dir.h"

#define INPUTS    6000 /* all of the console is seen with so many */
#define EACH_LAB  3000 /* then another lab: lines may have emptied this one */
#define LARGE_LAB 1000 /* hosts */
#define VIEWS     13

static guint n_inputs(void)
{
    const char *asked = g_getenv("ROOST_RANDOM_INPUTS");

    if (asked != NULL)
        return (guint)strtoul(asked, NULL, 10);
    return g_getenv("VALGRIND") != NULL ? INPUTS / 40 : INPUTS;
}

static guint32 seed(void)
{
    const char *asked = g_getenv("ROOST_RANDOM_SEED");

    return asked != NULL ? (guint32)strtoul(asked, NULL, 10) : 1;
}

static void add_up(const struct random_rig *rig, GHashTable *views, guint *deeds)
{
    GHashTableIter iter;
    gpointer view;

    g_hash_table_iter_init(&iter, rig->views);
    while (g_hash_table_iter_next(&iter, &view, NULL))
        g_hash_table_add(views, view);
    for (guint i = 0; i < DEED_COUNT; i++)
        deeds[i] += rig->deeds[i];
}

/* One lab after the other, so many inputs in all. */
static void run(guint n_hosts, gboolean readonly, guint n, GHashTable *views, guint *deeds)
{
    for (guint done = 0; done < n;) {
        struct random_rig rig;

        random_rig_open(&rig, n_hosts, readonly, seed() * 1000 + done / EACH_LAB);
        for (guint end = MIN(n, done + EACH_LAB); done < end; done++)
            random_rig_do(&rig, FALSE);
        add_up(&rig, views, deeds);
        random_rig_close(&rig);
    }
    g_test_message("%u views; %u moved, %u times many, %u confirmed, held %u, lines %u, marked %u, "
                   "filtered %u",
                   g_hash_table_size(views), deeds[DEED_MOVED_ONE], deeds[DEED_MOVED_MANY],
                   deeds[DEED_CONFIRMED], deeds[DEED_HELD_MANY], deeds[DEED_BY_LINE],
                   deeds[DEED_MARKED], deeds[DEED_FILTERED]);
}

/* A test that never gets anywhere proves nothing. */
static void test_nothing_breaks(void)
{
    g_autoptr(GHashTable) views = g_hash_table_new(NULL, NULL);
    guint deeds[DEED_COUNT] = {0};

    run(0, FALSE, n_inputs(), views, deeds);
    if (n_inputs() < INPUTS)
        return;
    g_assert_cmpuint(g_hash_table_size(views), ==, VIEWS);
    for (guint i = 0; i < DEED_COUNT; i++)
        g_assert_cmpuint(deeds[i], >, 0);
}

static void test_nothing_is_done(void)
{
    g_autoptr(GHashTable) views = g_hash_table_new(NULL, NULL);
    guint deeds[DEED_COUNT] = {0};

    run(0, TRUE, n_inputs() / 2, views, deeds);
    g_assert_cmpuint(deeds[DEED_MOVED_ONE] + deeds[DEED_MOVED_MANY] + deeds[DEED_CONFIRMED] +
                         deeds[DEED_HELD_MANY] + deeds[DEED_BY_LINE],
                     ==, 0);
    if (n_inputs() < INPUTS)
        return;
    /* There never is a job to go into. */
    g_assert_cmpuint(g_hash_table_size(views), ==, VIEWS - 1);
    g_assert_cmpuint(deeds[DEED_MARKED], >, 0);
    g_assert_cmpuint(deeds[DEED_FILTERED], >, 0);
}

static void test_large(void)
{
    g_autoptr(GHashTable) views = g_hash_table_new(NULL, NULL);
    guint deeds[DEED_COUNT] = {0};

    run(LARGE_LAB, FALSE, n_inputs() / 40, views, deeds);
}

/* A home of its own, before GLib has looked for one. (G_TEST_OPTION_ISOLATE_DIRS leaks.) */
static char *make_home(void)
{
    static const char *const names[] = {"HOME",           "XDG_CONFIG_HOME", "XDG_DATA_HOME",
                                        "XDG_STATE_HOME", "XDG_CACHE_HOME",  "XDG_RUNTIME_DIR"};
    char *home = temp_dir_new();

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_setenv(names[i], home, TRUE);
    return home;
}

int main(int argc, char **argv)
{
    g_autofree char *home = make_home();
    int status;

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/random/nothing_breaks_or_acts_unasked", test_nothing_breaks);
    g_test_add_func("/view/random/a_read_only_console_does_nothing", test_nothing_is_done);
    g_test_add_func("/view/random/a_thousand_hosts", test_large);
    status = g_test_run();
    temp_dir_remove(home);
    return status;
}
