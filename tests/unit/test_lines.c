/* test_lines.c - roost in plain lines: sentences, and a writer that nobody waits for. */
#include "core/command/lines.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/command/slow_writer.h"

/* --- Sentences ---------------------------------------------------------------------------------
 */

static struct journal_entry entry(const char *what, const char *object, const char *text,
                                  const char *result)
{
    return (struct journal_entry){.what = (char *)what,
                                  .object = (char *)object,
                                  .who = (char *)"ana",
                                  .text = (char *)text,
                                  .result = (char *)result};
}

static void says(const struct journal_entry *one, enum lines_level level, const char *expected)
{
    g_autofree char *sentence = lines_say_entry(one, level);

    g_assert_cmpstr(sentence, ==, expected);
}

static void test_entries_are_sentences(void)
{
    struct journal_entry moved = entry("migrate", "vm web", "vm web from a to b: in 3 s", "done");
    struct journal_entry off = entry("off", "host a", "switch off a: it is silent", "done");
    struct journal_entry host = entry("host", "host a", "host a is on again", "");
    struct journal_entry mode = entry("mode", "", "the lab is closed: the autopilot packs", "");
    struct journal_entry lost = entry("alarm", "vm web", "vm web is on no host!", "");
    struct journal_entry note = entry("edit", "host a", "its note is now x", "done");

    moved.job = off.job = 7;
    lost.alarm = TRUE;
    says(&moved, LINES_NORMAL, "Done: migration of vm web from a to b: in 3 s.");
    says(&off, LINES_NORMAL, "Done: switch off a: it is silent.");
    says(&host, LINES_NORMAL, "Host a is on again.");
    says(&mode, LINES_NORMAL, "Mode: the lab is closed: the autopilot packs.");
    says(&lost, LINES_NORMAL, "Alarm: vm web is on no host!");
    says(&note, LINES_NORMAL, "Done: host a: its note is now x.");
}

static void test_levels(void)
{
    struct journal_entry plan = entry("plan", "", "54 moves", "");
    struct journal_entry queued = entry("migrate", "vm web", "vm web from a to b", "queued");
    struct journal_entry done = entry("migrate", "vm web", "vm web from a to b", "done");
    struct journal_entry failed = entry("migrate", "vm web", "vm web from a to b", "failed");
    struct journal_entry refused = entry("order", "", "the manager refuses: no", "refused");

    queued.job = done.job = failed.job = 7;
    says(&plan, LINES_NORMAL, NULL);
    says(&plan, LINES_ALL, "Plan: 54 moves.");
    says(&queued, LINES_NORMAL, NULL);
    says(&queued, LINES_ALL, "Queued: migration of vm web from a to b.");
    says(&done, LINES_QUIET, NULL);
    says(&failed, LINES_QUIET, "Failed: migration of vm web from a to b.");
    says(&refused, LINES_QUIET, "Refused: the manager refuses: no.");
}

static void test_begun(void)
{
    struct job job = {.kind = JOB_MIGRATE,
                      .vm = (char *)"web",
                      .from = (char *)"a",
                      .to = (char *)"b",
                      .why = (char *)"a can then go off"};
    g_autofree char *sentence = lines_say_begun(&job);

    g_assert_cmpstr(sentence, ==, "Begun: migration of vm web from a to b: a can then go off.");
}

/* --- The writer --------------------------------------------------------------------------------
 */

static void wait_until_done(struct slow_writer *writer)
{
    while (!slow_writer_is_done(writer))
        g_main_context_iteration(NULL, FALSE);
}

static void test_writes_in_order(void)
{
    g_autoptr(GError) error = NULL;
    char text[256] = "";
    int ends[2];

    g_assert_cmpint(pipe(ends), ==, 0);
    autoptr(slow_writer) writer = slow_writer_new(ends[1], &error);
    g_assert_no_error(error);
    fprintf(slow_writer_stream(writer), "one\n");
    slow_writer_tell(writer, "two \x1b[31m", FALSE);
    fprintf(slow_writer_stream(writer), "three");
    wait_until_done(writer);
    g_assert_cmpint(read(ends[0], text, sizeof text - 1), >, 0);
    g_assert_cmpstr(text, ==, "one\ntwo \\x1b[31m\nthree");
    g_assert_false(slow_writer_is_broken(writer));
    close(ends[0]);
    close(ends[1]);
}

/* A terminal that was stopped keeps nobody waiting, neither meanwhile nor at the end: else this
 * would not end. */
static void test_nobody_waits(void)
{
    g_autoptr(GError) error = NULL;
    int ends[2];

    g_assert_cmpint(pipe(ends), ==, 0);
    struct slow_writer *writer = slow_writer_new(ends[1], &error);
    g_assert_no_error(error);
    for (guint i = 0; i < 20000; i++)
        fprintf(slow_writer_stream(writer), "line %u\n", i);
    g_assert_false(slow_writer_is_done(writer));
    slow_writer_free(writer);
    close(ends[0]);
    close(ends[1]);
}

static void test_a_reader_that_went_is_known(void)
{
    g_autoptr(GError) error = NULL;
    int ends[2];

    g_assert_cmpint(pipe(ends), ==, 0);
    autoptr(slow_writer) writer = slow_writer_new(ends[1], &error);
    g_assert_no_error(error);
    close(ends[0]);
    fprintf(slow_writer_stream(writer), "one\n");
    wait_until_done(writer);
    g_assert_true(slow_writer_is_broken(writer));
    close(ends[1]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGPIPE, SIG_IGN);
    g_test_add_func("/lines/entries_are_sentences", test_entries_are_sentences);
    g_test_add_func("/lines/levels", test_levels);
    g_test_add_func("/lines/begun", test_begun);
    g_test_add_func("/lines/writer/in_order", test_writes_in_order);
    g_test_add_func("/lines/writer/nobody_waits", test_nobody_waits);
    g_test_add_func("/lines/writer/a_reader_that_went", test_a_reader_that_went_is_known);
    return g_test_run();
}
