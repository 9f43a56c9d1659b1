#include "core/command/complete.h"

#include <string.h>

#include "core/command/lab.h"
#include "core/engine/job.h"

static struct cluster *lab;
static GPtrArray *jobs;

static struct complete_source source(void)
{
    return (struct complete_source){.verbs = verbs, .cluster = lab, .jobs = jobs};
}

/* The inserts, joined by blanks, of what fits at the '|' of the line. */
static char *complete(const char *marked)
{
    struct complete_source from = source();
    const char *mark = strchr(marked, '|');
    g_autoptr(GString) line = g_string_new(marked);
    g_autoptr(GString) all = g_string_new(NULL);
    g_string_erase(line, mark - marked, 1);
    autoptr(completion) found = complete_line(&from, line->str, (gsize)(mark - marked));
    g_assert_cmpuint(found->start, <=, (gsize)(mark - marked));
    for (guint i = 0; i < found->candidates->len; i++) {
        const struct candidate *candidate = found->candidates->pdata[i];
        g_string_append_printf(all, "%s%s", i ? " " : "", candidate->insert);
    }
    g_test_message("%s -> %s", marked, all->str);
    return g_string_free(g_steal_pointer(&all), FALSE);
}

static void test_what_fits_follows_from_the_table(void)
{
    static const char *const cases[][2] = {
        {"migr|", "migrate"},
        {"fin| pc01", "find"},
        {"migrate pc0|", "pc01 pc02 pc03 pc04 pc05 pc06 pc07 pc08"},
        {"migrate pc04 pc05 |", ""},
        {"MIGRATE pc04 pc0|", "pc01 pc02 pc03 pc05 pc06 pc07 pc08"},
        {"findVM pc08|", "pc08"},
        {"list |", "vm off pc01 pc02 pc03 pc04 pc05 pc06 pc07 pc08"},
        {"list V|", "vm"},
        {"wake pc01 pc02 pc0|", "pc03 pc04 pc05 pc06 pc07 pc08"},
        {"remote pc01 -- ls pc0|", ""},
        {"find -- pc08|", "pc08"},
        {"help migr|", "migrate"},
        {"compact --pol|", "--policy"},
        {"compact --policy |", "pack pairs"},
        {"compact --policy=pa|", "--policy=pack --policy=pairs"},
        {"compact --policy=pac|", "--policy=pack"},
        {"compact -p pai|", "pairs"},
        {"migrate -- --pol|", ""},
        {"-c |", ""},
        {"--lab er|", "ercolani "},
        {"--lab small list --se|", "--seed"},
        {"list --se|", ""},
        {"place pc0|", "pc01 pc02 pc03 pc04 pc05 pc06 pc07 pc08"},
        {"place pc01 r|", "rack= room="},
        {"place pc01 rack=|", "rack=R1"},
        {"place pc01 rack=R1 lab=s|", "lab=small"},
        {"place pc01 rack=X|", ""},
        {"migrate --force=|", ""},
        {"log --follow=p|", ""},
        {"nonsense p|", ""},
        {"list # pc0|", ""},
        {"add-node --file |", ""},
        {"find 'pc08|", "pc08"},
        {"find \"pc\"08|", "pc08"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = complete(cases[i][0]);
        g_assert_cmpstr(found, ==, cases[i][1]);
    }
}

static void test_a_file_is_said_to_be_one(void)
{
    struct complete_source from = source();
    static const char *const words[] = {"-c", "", NULL};
    autoptr(completion) found = complete_words(&from, words);
    const struct candidate *only = found->candidates->pdata[0];
    g_assert_cmpuint(found->candidates->len, ==, 1);
    g_assert_cmpint(only->kind, ==, CANDIDATE_FILE);
    g_assert_cmpstr(candidate_kind_name(only->kind), ==, "file");
}

static gboolean none(G_GNUC_UNUSED const struct command *command, G_GNUC_UNUSED GError **error)
{
    return TRUE;
}

static void test_jobs_under_way_are_offered(void)
{
    static const struct verb table[] = {
        {"cancel", "JOB...", "", "", 0, 1, 9, NEEDS_ENGINE, none},
        {"secret", "", "", "", 0, 0, 0, NEEDS_NOTHING, none, .flags = VERB_HIDDEN},
        {NULL},
    };
    struct complete_source from = source();
    from.verbs = table;
    autoptr(completion) found = complete_line(&from, "cancel ", 7);
    g_assert_cmpuint(found->candidates->len, ==, 1);
    const struct candidate *only = found->candidates->pdata[0];
    g_assert_cmpstr(only->text, ==, "7");
    g_assert_cmpstr(only->help, ==, "wake pc03");
    autoptr(completion) all = complete_line(&from, "", 0);
    g_assert_cmpuint(all->candidates->len, ==, 1);
}

static void test_names_are_quoted(void)
{
    autoptr(cluster) odd = cluster_copy(lab);
    g_autoptr(GError) error = NULL;
    struct complete_source from = {.verbs = verbs, .cluster = odd};
    struct vm *vm = cluster_find_vm(odd, "pc03");
    g_free(vm->name);
    vm->name = g_strdup("it's $(here)");
    autoptr(completion) found = complete_line(&from, "find it", 7);
    g_assert_cmpuint(found->candidates->len, ==, 1);
    const struct candidate *only = found->candidates->pdata[0];
    g_auto(GStrv) words = NULL;
    g_assert_true(g_shell_parse_argv(only->insert, NULL, &words, &error));
    g_assert_cmpstr(words[0], ==, "it's $(here)");
    g_assert_cmpuint(found->start, ==, 5);
    autoptr(completion) open = complete_line(&from, "find \"it's $(", 13);
    g_assert_cmpuint(open->candidates->len, ==, 1);
    g_assert_cmpuint(open->start, ==, 5);
}

static void test_the_common_beginning(void)
{
    struct complete_source from = source();
    autoptr(completion) found = complete_line(&from, "migrate p", 9);
    g_autofree char *common = completion_common(found);
    g_assert_cmpstr(common, ==, "pc0");
    autoptr(completion) none = complete_line(&from, "migrate x", 9);
    g_autofree char *nothing = completion_common(none);
    g_assert_cmpstr(nothing, ==, "");
}

static void test_in_a_session_the_lab_is_chosen(void)
{
    struct complete_source from = source();
    from.standing = TRUE;
    autoptr(completion) found = complete_line(&from, "list --", 7);
    for (guint i = 0; i < found->candidates->len; i++) {
        const struct candidate *candidate = found->candidates->pdata[i];
        g_assert_cmpstr(candidate->text, !=, "--lab");
    }
}

static void test_random_lines_never_crash(void)
{
    static const char *const pieces[] = {"list", "migrate", " ",   " ",  "'",     "\"", "\\",
                                         "--",   "-",       "pc0", "=",  "polic", "#",  "\xff",
                                         "名",   "-c",      "p",   "--", "remote"};
    struct complete_source from = source();
    g_autoptr(GRand) random = g_rand_new_with_seed(11);
    for (guint round = 0; round < 20000; round++) {
        g_autoptr(GString) line = g_string_new(NULL);
        for (gint i = g_rand_int_range(random, 0, 9); i > 0; i--)
            g_string_append(line, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
        gsize cursor = (gsize)g_rand_int_range(random, 0, (gint)line->len + 2);
        autoptr(completion) found = complete_line(&from, line->str, cursor);
        g_autofree char *common = completion_common(found);
        g_assert_cmpuint(found->start, <=, MIN(cursor, line->len));
    }
}

int main(int argc, char **argv)
{
    struct job waking = {.id = 7, .kind = JOB_WAKE, .state = JOB_RUNNING, .from = (char *)"pc03"};
    struct job over = {.id = 3, .kind = JOB_WAKE, .state = JOB_DONE, .from = (char *)"pc03"};
    g_test_init(&argc, &argv, NULL);
    lab = lab_open("small", NULL, NULL);
    jobs = g_ptr_array_new();
    g_ptr_array_add(jobs, &over);
    g_ptr_array_add(jobs, &waking);
#define TEST(path, function) g_test_add_func("/command/complete/" path, function)
    TEST("what_fits_follows_from_the_table", test_what_fits_follows_from_the_table);
    TEST("a_file_is_said_to_be_one", test_a_file_is_said_to_be_one);
    TEST("jobs_under_way_are_offered", test_jobs_under_way_are_offered);
    TEST("names_are_quoted", test_names_are_quoted);
    TEST("the_common_beginning", test_the_common_beginning);
    TEST("in_a_session_the_lab_is_chosen", test_in_a_session_the_lab_is_chosen);
    TEST("random_lines_never_crash", test_random_lines_never_crash);
    int status = g_test_run();
    g_ptr_array_unref(jobs);
    cluster_free(lab);
    return status;
}
