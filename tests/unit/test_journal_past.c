/* test_journal_past.c - what the journal's files tell of before, read by a thread. */
#include "core/store/journal_past.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/store/journal.h"
#include "core/store/rotate.h"
#include "tests/support/temp_dir.h"

#define START_US (G_GINT64_CONSTANT(1782943634) * G_USEC_PER_SEC)

struct place {
    char *dir;
    guint changes;
};

static void changed(gpointer data)
{
    ((struct place *)data)->changes++;
}

static void append(struct rotate *file, guint i)
{
    g_autofree char *text = g_strdup_printf("line %u", i);
    struct journal_entry entry = {.wall_us = START_US + i * G_USEC_PER_SEC,
                                  .what = (char *)"host",
                                  .object = (char *)"host pc05",
                                  .who = (char *)"ana",
                                  .text = text,
                                  .result = (char *)"done",
                                  .job = 7,
                                  .alarm = i % 100 == 0,
                                  .fence = 3};
    g_autofree char *line = journal_format(&entry);
    g_autofree char *whole = g_strconcat(line, "\n", NULL);

    g_assert_true(rotate_append(file, whole, NULL));
}

/* 1,000 lines, a second apart, in several files, the older ones compressed. */
static void set_up(struct place *place, gconstpointer data)
{
    struct rotate_settings settings;

    (void)data;
    place->dir = temp_dir_new();
    rotate_settings_init(&settings);
    settings.max_kib = 20;
    autoptr(rotate) file = rotate_open(place->dir, JOURNAL_NAME, &settings, NULL);
    for (guint i = 0; i < 1000; i++)
        append(file, i);
    g_assert_true(rotate_tidy(file, NULL));
    g_assert_cmpuint(temp_dir_count(place->dir), >, 2);
}

static void tear_down(struct place *place, gconstpointer data)
{
    (void)data;
    temp_dir_remove(place->dir);
    g_free(place->dir);
}

static void read_all(struct place *place, struct journal_past *past, guint lines, gint64 until_us)
{
    guint before = place->changes;

    journal_past_read(past, lines, until_us);
    g_assert_true(journal_past_is_reading(past));
    while (place->changes == before)
        g_main_context_iteration(NULL, TRUE);
    g_assert_false(journal_past_is_reading(past));
}

static const struct journal_entry *entry_at(const struct journal_past *past, guint i)
{
    return g_ptr_array_index(journal_past_entries(past), i);
}

static void gives_the_last_lines(struct place *place, gconstpointer data)
{
    autoptr(journal_past) past = journal_past_new(place->dir, changed, place);

    (void)data;
    read_all(place, past, 100, G_MAXINT64);
    g_assert_cmpuint(journal_past_entries(past)->len, ==, 100);
    g_assert_cmpstr(entry_at(past, 0)->text, ==, "line 900");
    g_assert_cmpstr(entry_at(past, 99)->text, ==, "line 999");
    g_assert_false(journal_past_is_whole(past));
    g_assert_null(journal_past_trouble(past));
    read_all(place, past, 5000, G_MAXINT64);
    g_assert_cmpuint(journal_past_entries(past)->len, ==, 1000);
    g_assert_true(journal_past_is_whole(past));
}

static void knows_every_field(struct place *place, gconstpointer data)
{
    autoptr(journal_past) past = journal_past_new(place->dir, changed, place);
    const struct journal_entry *entry;

    (void)data;
    read_all(place, past, 1000, G_MAXINT64);
    entry = entry_at(past, 100);
    g_assert_cmpint(entry->wall_us, ==, START_US + 100 * G_USEC_PER_SEC);
    g_assert_cmpstr(entry->who, ==, "ana");
    g_assert_cmpstr(entry->what, ==, "host");
    g_assert_cmpstr(entry->object, ==, "host pc05");
    g_assert_cmpstr(entry->result, ==, "done");
    g_assert_cmpuint(entry->job, ==, 7);
    g_assert_cmpuint(entry->fence, ==, 3);
    g_assert_true(entry->alarm);
    g_assert_false(entry_at(past, 101)->alarm);
}

static void stops_at_the_moment_it_was_told(struct place *place, gconstpointer data)
{
    autoptr(journal_past) past = journal_past_new(place->dir, changed, place);

    (void)data;
    read_all(place, past, 10, START_US + 499 * G_USEC_PER_SEC);
    g_assert_cmpuint(journal_past_entries(past)->len, ==, 10);
    g_assert_cmpstr(entry_at(past, 0)->text, ==, "line 490");
    g_assert_cmpstr(entry_at(past, 9)->text, ==, "line 499");
    g_assert_false(journal_past_is_whole(past));
}

/* However long ago it was: what lies between is no reason to stop. */
static void finds_lines_of_years_ago(struct place *place, gconstpointer data)
{
    autoptr(journal_past) past = journal_past_new(place->dir, changed, place);

    (void)data;
    read_all(place, past, 2000, START_US + 3 * 365 * 24 * CLOCK_HOUR_US);
    g_assert_cmpuint(journal_past_entries(past)->len, ==, 1000);
    g_assert_true(journal_past_is_whole(past));
}

static void shows_a_damaged_line_as_it_is(struct place *place, gconstpointer data)
{
    g_autofree char *path = g_build_filename(place->dir, JOURNAL_NAME ".log", NULL);
    autoptr(journal_past) past = journal_past_new(place->dir, changed, place);

    (void)data;
    g_assert_true(g_file_set_contents(
        path, "time=2026-07-01T22:00:00Z who=a what=b text=c\nhalf a li\x1b[31mne\n", -1, NULL));
    read_all(place, past, 1, G_MAXINT64);
    g_assert_cmpstr(entry_at(past, 0)->text, ==, "half a li\x1b[31mne");
    g_assert_cmpstr(entry_at(past, 0)->what, ==, "");
}

static void an_empty_store_has_no_past(void)
{
    g_autofree char *dir = temp_dir_new();
    struct place place = {.dir = dir};
    autoptr(journal_past) past = journal_past_new(dir, changed, &place);

    read_all(&place, past, 10, G_MAXINT64);
    g_assert_cmpuint(journal_past_entries(past)->len, ==, 0);
    g_assert_true(journal_past_is_whole(past));
    g_assert_null(journal_past_trouble(past));
    temp_dir_remove(dir);
}

static gboolean give_up(gpointer data)
{
    *(gboolean *)data = TRUE;
    return G_SOURCE_REMOVE;
}

/* What the thread hands over then has nobody to go to, and goes nowhere. */
static void can_be_freed_while_it_reads(struct place *place, gconstpointer data)
{
    gboolean over = FALSE;

    (void)data;
    for (guint i = 0; i < 20; i++) {
        struct journal_past *past = journal_past_new(place->dir, changed, place);

        journal_past_read(past, 1000, G_MAXINT64);
        journal_past_free(past);
    }
    g_timeout_add(100, give_up, &over);
    while (!over)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(place->changes, ==, 0);
}

#define ADD(name, function) g_test_add(name, struct place, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/journal_past/gives_the_last_lines", gives_the_last_lines);
    ADD("/journal_past/knows_every_field", knows_every_field);
    ADD("/journal_past/stops_at_the_moment_it_was_told", stops_at_the_moment_it_was_told);
    ADD("/journal_past/finds_lines_of_years_ago", finds_lines_of_years_ago);
    ADD("/journal_past/shows_a_damaged_line_as_it_is", shows_a_damaged_line_as_it_is);
    g_test_add_func("/journal_past/an_empty_store_has_no_past", an_empty_store_has_no_past);
    ADD("/journal_past/can_be_freed_while_it_reads", can_be_freed_while_it_reads);
    return g_test_run();
}
