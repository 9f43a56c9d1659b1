#include "core/command/command.h"

#include <locale.h>
#include <string.h>

#include "core/command/verb.h"
#include "tests/support/temp_dir.h"

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

static void test_hosts_can_be_added_and_asked(struct fixture *fixture,
                                              G_GNUC_UNUSED gconstpointer data)
{
    struct engine *engine = fixture->session->engine;
    g_assert_cmpint(run(fixture, "list"), ==, COMMAND_DONE);
    g_assert_true(engine_remove_host(engine, "pc08", NULL));
    g_assert_cmpint(run(fixture, "find pc08"), ==, COMMAND_FAILED);
    g_assert_cmpint(run(fixture, "add_node 10.0.0.8"), ==, COMMAND_DONE);
    g_assert_nonnull(strstr(fixture->out, "added pc08 10.0.0.8"));
    g_assert_cmpint(run(fixture, "find pc08"), ==, COMMAND_DONE);
    g_assert_cmpint(run(fixture, "add-node 10.0.0.8"), ==, COMMAND_FAILED);
    g_assert_cmpint(run(fixture, "refresh"), ==, COMMAND_DONE);
    g_assert_nonnull(strstr(fixture->out, "8 hosts asked"));
    g_assert_cmpuint(engine_count_awaited(engine), ==, 0);
    g_assert_cmpint(run(fixture, "doctor"), ==, COMMAND_DONE);
    g_assert_cmpint(run(fixture, "remotecmd pc01 pc02 -- hostname"), ==, COMMAND_DONE);
    g_assert_nonnull(strstr(fixture->out, "pc01: pc01\n"));
    g_assert_nonnull(strstr(fixture->out, "pc02: pc02\n"));
}

/* As ^C does, once `left` more things have happened on the main context. */
struct interrupter {
    struct session *session;
    guint left;
};

static gboolean on_idle(gpointer data)
{
    struct interrupter *interrupter = data;
    if (interrupter->left-- > 0)
        return G_SOURCE_CONTINUE;
    session_interrupt(interrupter->session);
    return G_SOURCE_REMOVE;
}

static void test_a_verb_is_cancelled_not_the_session(struct fixture *fixture,
                                                     G_GNUC_UNUSED gconstpointer data)
{
    static const char *const lines[] = {"migrate pc04 pc05", "compact", "remote pc01 -- hostname",
                                        "add-node 10.0.0.9", "doctor"};
    g_assert_cmpint(run(fixture, "list"), ==, COMMAND_DONE);
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        struct interrupter interrupter = {fixture->session, 0};
        g_idle_add(on_idle, &interrupter);
        g_assert_cmpint(run(fixture, lines[i]), !=, COMMAND_DONE);
        while (g_main_context_iteration(NULL, FALSE))
            ;
        g_assert_null(fixture->session->running);
    }
    g_assert_cmpint(run(fixture, "find pc04"), ==, COMMAND_DONE);
    g_assert_nonnull(strstr(fixture->out, "pc04\tpc04\t"));
}

static int nested_status;

static gboolean on_nested(gpointer data)
{
    static const struct command_hooks hooks;
    struct fixture *fixture = data;
    nested_status = command_run_line(fixture->session, "list", &fixture->output, &hooks);
    return G_SOURCE_REMOVE;
}

static void test_one_line_at_a_time(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    g_idle_add(on_nested, fixture);
    g_assert_cmpint(run(fixture, "migrate pc04 pc05"), ==, COMMAND_DONE);
    g_assert_cmpint(nested_status, ==, COMMAND_FAILED);
    g_assert_nonnull(strstr(fixture->err, "migrate is not done yet"));
    g_assert_cmpint(run(fixture, "shell"), ==, COMMAND_USAGE);
}

static void test_formats_end_with_their_line(struct fixture *fixture,
                                             G_GNUC_UNUSED gconstpointer data)
{
    g_assert_cmpint(run(fixture, "find pc04 --format json"), ==, COMMAND_DONE);
    g_assert_true(g_str_has_prefix(fixture->out, "{\n"));
    g_assert_cmpint(run(fixture, "find pc04"), ==, COMMAND_DONE);
    g_assert_true(g_str_has_prefix(fixture->out, "pc04\t"));
}

/* It has no end of its own, and had one only by a signal: Escape in the palette did nothing. */
static void test_what_follows_ends_when_interrupted(void)
{
    struct fixture fixture = {0};
    g_autofree char *dir = temp_dir_new();
    g_autofree char *config = g_build_filename(dir, "roost.conf", NULL);
    g_autofree char *text = g_strdup_printf("[cluster]\nstore=%s/store\n", dir);
    const struct session_request request = {.config = config, .lab = "small", .seed = 1};
    g_assert_true(g_file_set_contents(config, text, -1, NULL));
    fixture.output = (struct output){
        .out = open_memstream(&fixture.out, &fixture.out_size),
        .err = open_memstream(&fixture.err, &fixture.err_size),
    };
    fixture.session = session_open(&request, &fixture.output, NULL);
    g_assert_true(session_observe(fixture.session, NULL));
    struct interrupter interrupter = {fixture.session, 0};
    g_idle_add(on_idle, &interrupter);
    g_assert_cmpint(run(&fixture, "log --follow"), ==, COMMAND_DONE);
    tear_down(&fixture, NULL);
    temp_dir_remove(dir);
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
    TEST("hosts_can_be_added_and_asked", test_hosts_can_be_added_and_asked);
    TEST("a_verb_is_cancelled_not_the_session", test_a_verb_is_cancelled_not_the_session);
    TEST("one_line_at_a_time", test_one_line_at_a_time);
    TEST("formats_end_with_their_line", test_formats_end_with_their_line);
    g_test_add_func("/command/shell/what_follows_ends_when_interrupted",
                    test_what_follows_ends_when_interrupted);
    return g_test_run();
}
