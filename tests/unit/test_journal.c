#include "core/store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/logfmt.h"
#include "core/store/journal_queue.h"
#include "core/store/rotate_names.h"
#include "core/store/rotate_read.h"

static struct journal_entry entry = {
    .wall_us = G_GINT64_CONSTANT(1782943634000000),
    .what = (char *)"migrate",
    .object = (char *)"vm web",
    .who = (char *)"ana",
    .text = (char *)"from pc40 to pc05: \"so that\" pc40 can go off",
    .result = (char *)"done",
    .job = 7,
};

/* --- A directory of its own for each test ------------------------------------------------------
 */

struct place {
    char *dir;
    struct rotate_settings settings;
};

static void set_up(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    place->dir = g_dir_make_tmp("roost-test-XXXXXX", NULL);
    rotate_settings_init(&place->settings);
}

static void tear_down(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GDir) entries = g_dir_open(place->dir, 0, NULL);
    const char *name;
    while (entries && (name = g_dir_read_name(entries))) {
        g_autofree char *path = g_build_filename(place->dir, name, NULL);
        g_remove(path);
    }
    g_rmdir(place->dir);
    g_free(place->dir);
}

static struct rotate *open_here(const struct place *place)
{
    g_autoptr(GError) error = NULL;
    struct rotate *file = rotate_open(place->dir, JOURNAL_NAME, &place->settings, &error);
    g_assert_no_error(error);
    return file;
}

static void append(struct rotate *file, const char *line)
{
    g_autofree char *text = g_strconcat(line, "\n", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(rotate_append(file, text, &error));
    g_assert_no_error(error);
}

static gboolean keep_line(const char *line, gpointer data)
{
    g_ptr_array_add(data, g_strdup(line));
    return TRUE;
}

static GPtrArray *read_all(const struct place *place, gint64 since_us, guint notes_expected)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_assert_true(rotate_read(place->dir, JOURNAL_NAME, since_us, keep_line, lines, notes, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(notes->len, ==, notes_expected);
    return lines;
}

static char *path_in(const struct place *place, const char *name)
{
    return g_build_filename(place->dir, name, NULL);
}

static void write_file(const struct place *place, const char *name, const char *text)
{
    g_autofree char *path = path_in(place, name);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static gboolean is_there(const struct place *place, const char *name)
{
    g_autofree char *path = path_in(place, name);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void tidy(struct rotate *file)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(rotate_tidy(file, &error));
    g_assert_no_error(error);
}

/* --- Lines ------------------------------------------------------------------------------------ */

static void test_line_is_logfmt(void)
{
    g_autofree char *line = journal_format(&entry);
    g_assert_cmpstr(line, ==,
                    "time=2026-07-01T22:07:14Z who=ana what=migrate object=\"vm web\" job=7 "
                    "result=done text=\"from pc40 to pc05: \\\"so that\\\" pc40 can go off\"");
    autoptr(logfmt) fields = logfmt_parse(line);
    g_assert_cmpstr(logfmt_get(fields, "text"), ==, entry.text);
    g_assert_cmpstr(logfmt_get(fields, "object"), ==, entry.object);
    g_assert_cmpint((gint64)logfmt_number(fields, "job", -1), ==, 7);
    g_assert_cmpint(logfmt_time_us(fields), ==, entry.wall_us);
    g_assert_null(logfmt_get(fields, "alarm"));
}

static void test_hostile_names_stay_on_their_line(void)
{
    struct journal_entry hostile = entry;
    hostile.object = (char *)"vm a\nwho=root \x1b[2J\xff";
    hostile.text = NULL;
    g_autofree char *line = journal_format(&hostile);
    g_assert_null(strchr(line, '\n'));
    g_assert_null(strchr(line, '\x1b'));
    g_assert_true(g_utf8_validate(line, -1, NULL));
    g_assert_nonnull(strstr(line, "text=\"\""));
    autoptr(logfmt) fields = logfmt_parse(line);
    g_assert_cmpstr(logfmt_get(fields, "who"), ==, "ana");
}

static void test_damaged_lines_are_refused(void)
{
    static const char *const damaged[] = {"",      " ",        "time",  "=x",
                                          "a=\"x", "a=\"x\"y", "a=b c", "\x1b=2"};
    for (guint i = 0; i < G_N_ELEMENTS(damaged); i++)
        g_assert_null(logfmt_parse(damaged[i]));
    g_assert_cmpint(logfmt_line_time_us("time=yesterday x=1"), ==, -1);
}

/* --- One process ------------------------------------------------------------------------------ */

static void test_lines_are_appended(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    for (guint i = 0; i < 2; i++) {
        autoptr(rotate) file = open_here(place);
        append(file, i == 0 ? "one" : "two");
    }
    g_autofree char *path = path_in(place, "journal.log");
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "one\ntwo\n");
}

static void test_size_puts_aside(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    place->settings.max_kib = 1;
    autoptr(rotate) file = open_here(place);
    for (guint i = 0; i < 100; i++) {
        g_autofree char *line = g_strdup_printf("line=%03u %*s", i, 90, "x=1");
        append(file, line);
    }
    g_assert_true(is_there(place, "journal-000009.log"));
    g_assert_false(is_there(place, "journal-000010.log"));
    tidy(file);
    g_assert_false(is_there(place, "journal-000009.log"));
    g_assert_true(is_there(place, "journal-000009.log.gz"));
    g_autoptr(GPtrArray) lines = read_all(place, 0, 0);
    g_assert_cmpuint(lines->len, ==, 100);
    for (guint i = 0; i < lines->len; i++) {
        g_autofree char *begins = g_strdup_printf("line=%03u", i);
        g_assert_true(g_str_has_prefix(lines->pdata[i], begins));
    }
}

static void test_age_puts_aside(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    place->settings.max_age_us = G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC;
    autoptr(rotate) file = open_here(place);
    append(file, "time=2026-07-01T22:00:00Z a=1");
    append(file, "time=2026-07-02T22:00:00Z a=2");
    g_assert_false(is_there(place, "journal-000001.log"));
    append(file, "time=2026-07-02T22:00:01Z a=3");
    g_assert_true(is_there(place, "journal-000001.log"));
    /* A clock that was set back puts nothing aside. */
    append(file, "time=2020-01-01T00:00:00Z a=4");
    g_assert_false(is_there(place, "journal-000002.log"));
    g_autoptr(GPtrArray) lines = read_all(place, 0, 0);
    g_assert_cmpuint(lines->len, ==, 4);
}

static void test_what_is_too_much_goes(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    write_file(place, "journal-000003.log", "a=3\n");
    write_file(place, "journal-000004.log", "a=4\n");
    write_file(place, "journal-000010.log", "a=10\n");
    write_file(place, "journal-0000011.log", "somebody's own\n");
    write_file(place, "journal.log.old", "somebody's own\n");
    place->settings.keep = 2;
    place->settings.compress = FALSE;
    autoptr(rotate) file = open_here(place);
    append(file, "a=11");
    tidy(file);
    g_autoptr(GPtrArray) lines = read_all(place, 0, 0);
    g_assert_cmpuint(lines->len, ==, 3);
    g_assert_cmpstr(lines->pdata[0], ==, "a=4");
    g_assert_true(is_there(place, "journal-0000011.log"));
    g_assert_true(is_there(place, "journal.log.old"));
}

static void test_old_files_are_passed_over(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    write_file(place, "journal-000001.log", "time=2026-01-01T00:00:00Z a=1\n");
    write_file(place, "journal-000002.log", "time=2026-02-01T00:00:00Z a=2\n");
    write_file(place, "journal-000003.log", "time=2026-03-01T00:00:00Z a=3\n");
    write_file(place, "journal.log", "time=2026-04-01T00:00:00Z a=4\n");
    gint64 since_us = logfmt_line_time_us("time=2026-02-20T00:00:00Z");
    g_autoptr(GPtrArray) lines = read_all(place, since_us, 0);
    /* The one that began before may reach into the time asked for. */
    g_assert_cmpuint(lines->len, ==, 3);
    g_assert_nonnull(strstr(lines->pdata[0], "a=2"));
}

static void test_compression_cut_short(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    /* Killed between the rename of the compressed one and the end of the plain one. */
    write_file(place, "journal-000001.log", "a=1\na=2\n");
    write_file(place, "journal-000001.log.gz", "not even gzip");
    /* Killed while it wrote: a minute ago at least, or another process may be at it. */
    write_file(place, "journal-000001.log.gz.aB3dE6", "half");
    g_autofree char *half = path_in(place, "journal-000001.log.gz.aB3dE6");
    struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    g_assert_cmpint(utimensat(AT_FDCWD, half, old, 0), ==, 0);
    g_autoptr(GPtrArray) before = read_all(place, 0, 0);
    g_assert_cmpuint(before->len, ==, 2);
    autoptr(rotate) file = open_here(place);
    tidy(file);
    g_assert_false(is_there(place, "journal-000001.log"));
    g_assert_false(is_there(place, "journal-000001.log.gz.aB3dE6"));
    g_autoptr(GPtrArray) after = read_all(place, 0, 0);
    g_assert_cmpuint(after->len, ==, 2);
    g_assert_cmpstr(after->pdata[1], ==, "a=2");
}

static void test_damage_is_told_and_passed(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *long_line = g_strnfill(ROTATE_LINE_BYTES_MOST + 10, 'x');
    g_autofree char *text = g_strconcat("a=2\n", long_line, "\na=3", NULL);
    write_file(place, "journal-000001.log.gz", "\x1f\x8b garbage");
    write_file(place, "journal-000002.log", text);
    write_file(place, "journal.log", "a=4\n");
    g_autoptr(GPtrArray) lines = read_all(place, 0, 2);
    g_assert_cmpuint(lines->len, ==, 3);
    g_assert_cmpstr(lines->pdata[0], ==, "a=2");
    g_assert_cmpstr(lines->pdata[1], ==, "a=3");
    g_assert_cmpstr(lines->pdata[2], ==, "a=4");
}

static void test_torn_line_is_ended(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    write_file(place, "journal.log", "half a li");
    autoptr(rotate) file = open_here(place);
    append(file, "whole");
    g_autoptr(GPtrArray) lines = read_all(place, 0, 0);
    g_assert_cmpuint(lines->len, ==, 2);
    g_assert_cmpstr(lines->pdata[1], ==, "whole");
}

/* A store that is gone for a while must not be written to where it was mounted. */
static void test_store_that_is_gone(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *log = path_in(place, "journal.log");
    g_autofree char *away = g_strconcat(place->dir, "-away", NULL);
    autoptr(rotate) file = open_here(place);
    append(file, "one");
    g_assert_cmpint(g_rename(place->dir, away), ==, 0);
    g_assert_false(rotate_append(file, "two\n", &error));
    g_assert_nonnull(strstr(error->message, "is the store mounted?"));
    g_clear_error(&error);
    g_assert_cmpint(g_mkdir(place->dir, 0755), ==, 0);
    g_assert_false(rotate_append(file, "two\n", &error));
    g_assert_cmpint(g_rmdir(place->dir), ==, 0);
    g_assert_cmpint(g_rename(away, place->dir), ==, 0);
    append(file, "two");
    g_autoptr(GPtrArray) lines = read_all(place, 0, 0);
    g_assert_cmpuint(lines->len, ==, 2);
    /* What somebody took away is begun anew. */
    write_file(place, "ClusterInfo.xml", "");
    g_assert_cmpint(g_remove(log), ==, 0);
    append(file, "three");
}

static void test_empty_log_is_no_error(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GPtrArray) lines = read_all(place, 0, 0);
    g_assert_cmpuint(lines->len, ==, 0);
}

static void test_unusable_place_is_told(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(rotate_open("/proc/nowhere", JOURNAL_NAME, NULL, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "/proc/nowhere/journal.log"));
}

static void test_full_disk_is_told(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *path = path_in(place, "journal.log");
    g_autoptr(GError) error = NULL;
    if (!g_file_test("/dev/full", G_FILE_TEST_EXISTS) || symlink("/dev/full", path) != 0) {
        g_test_skip("no /dev/full here");
        return;
    }
    autoptr(rotate) file = open_here(place);
    g_assert_false(rotate_append(file, "a=1\n", &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, path));
}

/* As a disk that is full in the midst of a line: a limit of the file's size, in a child. */
static void test_half_written_is_taken_back(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    autoptr(rotate) file = open_here(place);
    append(file, "one");
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit = {8, 8};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(rotate_append(file, "two lines\nof it\n", NULL) ? 1 : 0);
    }
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmpint(status, ==, 0);
    append(file, "three");
    g_autoptr(GPtrArray) lines = read_all(place, 0, 0);
    g_assert_cmpuint(lines->len, ==, 2);
    g_assert_cmpstr(lines->pdata[1], ==, "three");
}

/* --- Several processes -------------------------------------------------------------------------
 */

#define WRITERS    4
#define LINES_EACH 400

/* A writer of lines, which acknowledges each on its pipe; a killed one is begun again. */
struct writer {
    pid_t pid;
    int acknowledged; /* read end */
    guint next;       /* the first that is not acknowledged */
    guint killed;     /* lines that were under way when it was killed: there or not */
    gboolean doubtful[LINES_EACH];
};

static void write_lines(const struct place *place, guint writer, guint from, int pipe)
{
    struct rotate *file = rotate_open(place->dir, JOURNAL_NAME, &place->settings, NULL);
    for (guint i = from; file && i < LINES_EACH; i++) {
        g_autofree char *line =
            g_strdup_printf("writer=%u line=%u text=\"something that was done\"\n", writer, i);
        if (!rotate_append(file, line, NULL) || write(pipe, "x", 1) != 1)
            _exit(1);
        if (rotate_wants_tidy(file))
            rotate_tidy(file, NULL);
    }
    _exit(file ? 0 : 1);
}

static void begin_writer(const struct place *place, struct writer *writer, guint number)
{
    int ends[2];
    g_assert_cmpint(pipe(ends), ==, 0);
    writer->pid = fork();
    g_assert_cmpint(writer->pid, >=, 0);
    if (writer->pid == 0) {
        close(ends[0]);
        write_lines(place, number, writer->next, ends[1]);
    }
    close(ends[1]);
    writer->acknowledged = ends[0];
}

/* Takes acknowledgements up to so many; FALSE at their end. */
static gboolean take_acknowledged(struct writer *writer, guint most)
{
    char bytes[LINES_EACH];
    ssize_t length = read(writer->acknowledged, bytes, MIN(most, sizeof bytes));
    g_assert_cmpint(length, >=, 0);
    writer->next += (guint)length;
    return length > 0;
}

static void end_writer(struct writer *writer, gboolean by_kill)
{
    int status;
    if (by_kill)
        kill(writer->pid, SIGKILL);
    while (take_acknowledged(writer, LINES_EACH))
        continue;
    close(writer->acknowledged);
    g_assert_cmpint(waitpid(writer->pid, &status, 0), ==, writer->pid);
    g_assert_true(by_kill || status == 0);
    /* The one under way may be there: it is not written again, as nobody would. */
    if (by_kill && writer->next < LINES_EACH)
        writer->doubtful[writer->next++] = TRUE;
}

static void assert_each_once(const struct place *place, const struct writer *writers)
{
    g_autoptr(GPtrArray) lines = read_all(place, 0, 0);
    g_autofree guint *seen = g_new0(guint, WRITERS * LINES_EACH);
    guint after[WRITERS] = {0};
    for (guint i = 0; i < lines->len; i++) {
        autoptr(logfmt) fields = logfmt_parse(lines->pdata[i]);
        g_assert_nonnull(fields);
        guint writer = (guint)logfmt_number(fields, "writer", -1);
        guint line = (guint)logfmt_number(fields, "line", -1);
        g_assert_cmpuint(writer, <, WRITERS);
        g_assert_cmpuint(line, <, LINES_EACH);
        g_assert_cmpuint(line, >=, after[writer]); /* each one's in their order */
        after[writer] = line + 1;
        seen[writer * LINES_EACH + line]++;
    }
    for (guint i = 0; i < WRITERS * LINES_EACH; i++) {
        if (!writers[i / LINES_EACH].doubtful[i % LINES_EACH])
            g_assert_cmpuint(seen[i], ==, 1);
        g_assert_cmpuint(seen[i], <=, 1);
    }
}

/* What was reserved by one who was killed before anything was put there stays, and is empty. */
static void assert_compressed(const struct place *place, guint least)
{
    g_autoptr(GArray) list = rotate_list(place->dir, JOURNAL_NAME);
    guint compressed = 0;
    for (guint i = 0; i < list->len; i++) {
        const struct rotate_aside *aside = &g_array_index(list, struct rotate_aside, i);
        g_autofree char *plain = rotate_aside_path(place->dir, JOURNAL_NAME, aside->number, FALSE);
        struct stat status;
        compressed += aside->compressed ? 1 : 0;
        g_assert_true(!aside->plain || (stat(plain, &status) == 0 && status.st_size == 0));
    }
    g_assert_cmpuint(compressed, >=, least);
}

static void test_several_write_and_are_killed(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    struct writer writers[WRITERS] = {0};
    g_autoptr(GRand) chance = g_rand_new_with_seed(7);
    place->settings.max_kib = 2; /* rotates every 40 lines */
    place->settings.keep = 0;
    for (guint i = 0; i < WRITERS; i++)
        begin_writer(place, &writers[i], i);
    for (guint kills = 0; kills < 60; kills++) {
        guint number = (guint)g_rand_int_range(chance, 0, WRITERS);
        struct writer *writer = &writers[number];
        guint awaited = (guint)g_rand_int_range(chance, 1, 12);
        while (awaited > 0 && take_acknowledged(writer, 1))
            awaited--;
        end_writer(writer, TRUE);
        begin_writer(place, writer, number);
    }
    for (guint i = 0; i < WRITERS; i++)
        end_writer(&writers[i], FALSE);
    assert_each_once(place, writers);
    autoptr(rotate) file = open_here(place);
    tidy(file);
    assert_each_once(place, writers);
    assert_compressed(place, 10);
}

/* A holder of the lock that hangs must not keep the others from writing. */
static void test_hung_holder_holds_nobody(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    autoptr(rotate) file = open_here(place);
    append(file, "one");
    g_autofree char *path = path_in(place, "journal.log");
    int fd = open(path, O_RDWR | O_CLOEXEC);
    g_assert_cmpint(flock(fd, LOCK_EX), ==, 0);
    append(file, "two");
    close(fd);
    g_autoptr(GPtrArray) lines = read_all(place, 0, 0);
    g_assert_cmpuint(lines->len, ==, 2);
}

/* --- Following -------------------------------------------------------------------------------- */

static void test_follower_crosses_rotations(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    place->settings.max_kib = 1;
    autoptr(rotate) file = open_here(place);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    append(file, "before=1");
    autoptr(rotate_follower) follower =
        rotate_follower_new(place->dir, JOURNAL_NAME, 0, keep_line, lines, NULL, NULL);
    g_assert_cmpuint(lines->len, ==, 1);
    g_ptr_array_set_size(lines, 0);
    rotate_follower_read(follower, keep_line, lines);
    for (guint i = 0; i < 200; i++) {
        g_autofree char *line = g_strdup_printf("line=%03u %*s", i, 90, "x=1");
        append(file, line);
        if (i % 7 == 0)
            tidy(file);
        if (i % 37 == 36) /* three rotations at once, some of them compressed already */
            rotate_follower_read(follower, keep_line, lines);
    }
    rotate_follower_read(follower, keep_line, lines);
    g_assert_cmpuint(lines->len, ==, 200);
    for (guint i = 0; i < lines->len; i++) {
        g_autofree char *begins = g_strdup_printf("line=%03u", i);
        g_assert_true(g_str_has_prefix(lines->pdata[i], begins));
    }
}

static void test_follower_waits_for_the_file(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    autoptr(rotate_follower) follower =
        rotate_follower_new(place->dir, JOURNAL_NAME, 0, keep_line, lines, NULL, NULL);
    rotate_follower_read(follower, keep_line, lines);
    write_file(place, "journal.log", "one\nha");
    rotate_follower_read(follower, keep_line, lines);
    g_assert_cmpuint(lines->len, ==, 1);
    g_autofree char *path = path_in(place, "journal.log");
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    g_assert_cmpint(write(fd, "lf\n", 3), ==, 3);
    close(fd);
    rotate_follower_read(follower, keep_line, lines);
    g_assert_cmpuint(lines->len, ==, 2);
    g_assert_cmpstr(lines->pdata[1], ==, "half");
}

/* --- The thread that writes --------------------------------------------------------------------
 */

static void test_queue_writes_in_order(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    autoptr(journal_queue) queue = journal_queue_new(open_here(place), NULL, NULL);
    for (guint i = 0; i < 5000; i++) {
        g_autofree char *line = g_strdup_printf("line=%u text=\"something that was done\"", i);
        journal_queue_add(queue, line);
    }
    g_assert_true(journal_queue_flush(queue, &error));
    g_autoptr(GPtrArray) lines = read_all(place, 0, 0);
    g_assert_cmpuint(lines->len, ==, 5000);
    g_assert_true(g_str_has_prefix(lines->pdata[4999], "line=4999 "));
}

static void note_told(G_GNUC_UNUSED gboolean alarm, const char *result,
                      G_GNUC_UNUSED const char *text, gpointer data)
{
    g_string_append_printf(data, "%s;", result);
}

static void test_queue_keeps_what_fails(struct place *place, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) told = g_string_new(NULL);
    g_autofree char *path = path_in(place, "journal.log");
    struct rotate *file = open_here(place);
    g_remove(path);
    g_assert_cmpint(g_mkdir(path, 0700), ==, 0); /* root may write anywhere but there */
    autoptr(journal_queue) queue = journal_queue_new(file, note_told, told);
    journal_queue_add(queue, "one");
    journal_queue_add(queue, "two");
    g_assert_false(journal_queue_flush(queue, &error));
    g_assert_nonnull(strstr(error->message, "lost: 2"));
    g_clear_error(&error);
    g_assert_cmpint(g_rmdir(path), ==, 0);
    write_file(place, "ClusterInfo.xml", "");
    journal_queue_retry(queue);
    g_assert_true(journal_queue_flush(queue, &error));
    g_assert_cmpstr(told->str, ==, "failed;done;");
    g_autoptr(GPtrArray) lines = read_all(place, 0, 0);
    g_assert_cmpuint(lines->len, ==, 2);
}

static void add_in_place(const char *name, void (*test)(struct place *place, gconstpointer data))
{
    g_autofree char *path = g_strconcat("/store/journal/", name, NULL);
    g_test_add(path, struct place, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/journal/line_is_logfmt", test_line_is_logfmt);
    g_test_add_func("/store/journal/hostile_names_stay_on_their_line",
                    test_hostile_names_stay_on_their_line);
    g_test_add_func("/store/journal/damaged_lines_are_refused", test_damaged_lines_are_refused);
    g_test_add_func("/store/journal/unusable_place_is_told", test_unusable_place_is_told);
    add_in_place("lines_are_appended", test_lines_are_appended);
    add_in_place("size_puts_aside", test_size_puts_aside);
    add_in_place("age_puts_aside", test_age_puts_aside);
    add_in_place("what_is_too_much_goes", test_what_is_too_much_goes);
    add_in_place("old_files_are_passed_over", test_old_files_are_passed_over);
    add_in_place("compression_cut_short", test_compression_cut_short);
    add_in_place("damage_is_told_and_passed", test_damage_is_told_and_passed);
    add_in_place("torn_line_is_ended", test_torn_line_is_ended);
    add_in_place("store_that_is_gone", test_store_that_is_gone);
    add_in_place("empty_log_is_no_error", test_empty_log_is_no_error);
    add_in_place("full_disk_is_told", test_full_disk_is_told);
    add_in_place("half_written_is_taken_back", test_half_written_is_taken_back);
    add_in_place("several_write_and_are_killed", test_several_write_and_are_killed);
    add_in_place("hung_holder_holds_nobody", test_hung_holder_holds_nobody);
    add_in_place("follower_crosses_rotations", test_follower_crosses_rotations);
    add_in_place("follower_waits_for_the_file", test_follower_waits_for_the_file);
    add_in_place("queue_writes_in_order", test_queue_writes_in_order);
    add_in_place("queue_keeps_what_fails", test_queue_keeps_what_fails);
    return g_test_run();
}
