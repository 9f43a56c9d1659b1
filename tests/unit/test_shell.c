#include "core/command/command.h"

#include <locale.h>
#include <string.h>

#include "core/command/verb.h"

/* A session that stands on the small simulated lab, and what its lines print. */
struct fixture {
    struct session *session;
    char *out;
    char *err;
    size_t out_size;
    size_t err_size;
    struct output output;
};

static void set_up(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    const struct session_request request = {.lab = "small", .seed = 1, .looks = TRUE};
    g_autoptr(GError) error = NULL;
    fixture->output = (struct output){
        .out = open_memstream(&fixture->out, &fixture->out_size),
        .err = open_memstream(&fixture->err, &fixture->err_size),
    };
    fixture->session = session_open(&request, &fixture->output, &error);
    g_assert_no_error(error);
    g_assert_true(session_observe(fixture->session, &error));
}

static void tear_down(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    session_close(fixture->session, NULL);
    fclose(fixture->output.out);
    fclose(fixture->output.err);
    free(fixture->out);
    free(fixture->err);
}

/* The status of one line; what it printed is alone in out and err. */
static int run(struct fixture *fixture, const char *text)
{
    static const struct command_hooks hooks;
    rewind(fixture->output.out);
    rewind(fixture->output.err);
    int status = command_run_line(fixture->session, text, &fixture->output, &hooks);
    fflush(fixture->output.err);
    fixture->out[fixture->out_size] = '\0';
    fixture->err[fixture->err_size] = '\0';
    g_test_message("%s: %d\n%s%s", text, status, fixture->out, fixture->err);
    return status;
}

static void test_lines_share_one_session(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    g_assert_cmpint(run(fixture, "migrate pc04 'pc05' # by hand"), ==, COMMAND_DONE);
    g_assert_cmpint(run(fixture, "find pc04"), ==, COMMAND_DONE);
    g_assert_cmpstr(fixture->out, ==, "pc04\tpc05\t10.0.0.5\trunning\n");
    g_assert_cmpint(run(fixture, "--version"), ==, COMMAND_DONE);
    g_assert_cmpint(run(fixture, "help list"), ==, COMMAND_DONE);
    g_assert_nonnull(strstr(fixture->out, "roost list"));
}

static void test_nothing_is_done_at_once(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    g_assert_cmpint(run(fixture, ""), ==, COMMAND_DONE);
    g_assert_cmpint(run(fixture, "   # only a comment"), ==, COMMAND_DONE);
    g_assert_cmpstr(fixture->out, ==, "");
    g_assert_cmpstr(fixture->err, ==, "");
}

static void test_wrong_lines_are_told(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    static const char *const cases[][2] = {
        {"lst", "Did you mean \"list\""},
        {"find 'pc01", "match"},
        {"--lab small list", "chosen"},
        {"-c x list", "chosen"},
        {"list --seed 3", "--seed"},
        {"--force", "no option --force"},
        {"compact --policy best", "--policy best"},
        {"find \xff", "UTF-8"},
        {"--", "which verb"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpint(run(fixture, cases[i][0]), ==, COMMAND_USAGE);
        g_assert_nonnull(strstr(fixture->err, cases[i][1]));
    }
    g_assert_cmpint(run(fixture, "find nowhere"), ==, COMMAND_FAILED);
    g_assert_cmpint(run(fixture, "remote pc01 -- no-such"), ==, 127);
}

static void test_a_detached_session_does_not_wait(struct fixture *fixture,
                                                  G_GNUC_UNUSED gconstpointer data)
{
    fixture->session->detached = TRUE;
    g_assert_cmpint(run(fixture, "migrate pc04 pc05"), ==, COMMAND_DONE);
    g_assert_cmpstr(fixture->out, ==, "job 1: vm pc04 from pc04 to pc05: queued\n");
    g_assert_cmpuint(engine_jobs_under_way(fixture->session->engine), ==, 1);
    g_assert_cmpint(run(fixture, "off pc04"), ==, COMMAND_FAILED);
    g_assert_cmpint(run(fixture, "compact"), ==, COMMAND_DONE);
    g_assert_cmpstr(fixture->out, ==, "compact: begun\n");
    g_assert_cmpint(engine_goal(fixture->session->engine), ==, ENGINE_GOAL_COMPACT);
    g_assert_cmpint(run(fixture, "compact --policy pairs"), ==, COMMAND_USAGE);
}

static void test_a_policy_is_lent(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    g_assert_cmpint(run(fixture, "plan --policy pairs"), ==, COMMAND_DONE);
    g_assert_cmpint(engine_settings(fixture->session->engine)->policy.kind, ==, POLICY_PACK);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
#define TEST(path, function)                                                                       \
    g_test_add("/command/shell/" path, struct fixture, NULL, set_up, function, tear_down)
    TEST("lines_share_one_session", test_lines_share_one_session);
    TEST("nothing_is_done_at_once", test_nothing_is_done_at_once);
    TEST("wrong_lines_are_told", test_wrong_lines_are_told);
    TEST("a_detached_session_does_not_wait", test_a_detached_session_does_not_wait);
    TEST("a_policy_is_lent", test_a_policy_is_lent);
    return g_test_run();
}
