/* test_kiosk.c - what makes a console a kiosk, and what one believes. */
#include "core/command/kiosk.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/command/limits.h"

static enum kiosk find(const char *line)
{
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);

    return kiosk_find((int)g_strv_length(argv), argv);
}

static void test_what_is_one(void)
{
    g_assert_cmpint(find("roost"), ==, KIOSK_NONE);
    g_assert_cmpint(find("roost --lab ercolani"), ==, KIOSK_NONE);
    g_assert_cmpint(find("/usr/bin/roost --kiosk"), ==, KIOSK_ASKED);
    g_assert_cmpint(find("roost --readonly --kiosk -c x"), ==, KIOSK_ASKED);
    g_assert_cmpint(find("roost remote pc01 -- --kiosk"), ==, KIOSK_NONE);
    g_assert_cmpint(find("roost-kiosk"), ==, KIOSK_SHELL);
    g_assert_cmpint(find("/usr/local/bin/roost-kiosk -c id"), ==, KIOSK_SHELL);
    g_assert_cmpint(find("-roost"), ==, KIOSK_SHELL);
    g_assert_cmpint(find("-roost-kiosk --kiosk"), ==, KIOSK_SHELL);
    g_assert_cmpint(kiosk_find(0, NULL), ==, KIOSK_NONE);
}

static gboolean check(enum kiosk kiosk, const char *line, const char *says)
{
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);
    g_autoptr(GError) error = NULL;

    if (kiosk_check(kiosk, (int)g_strv_length(argv), argv, &error))
        return TRUE;
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, says));
    return FALSE;
}

static void test_arguments(void)
{
    static const char *const refused[] = {
        "list",
        "shell",
        "--lab ercolani",
        "-l x",
        "--configuration /etc/passwd",
        "--batch",
        "--theme /tmp/x",
        "--",
        "-i",
        "--login",
        "--readonly list",
        "--help",
    };

    g_assert_true(check(KIOSK_SHELL, "roost-kiosk", ""));
    g_assert_true(check(KIOSK_SHELL, "-roost --readonly --no-mouse --no-animation --kiosk", ""));
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *line = g_strconcat("roost-kiosk ", refused[i], NULL);

        g_assert_false(check(KIOSK_SHELL, line, "in the place of a shell"));
    }
    g_assert_false(check(KIOSK_SHELL, "roost-kiosk -c id", "runs no commands"));
    g_assert_false(check(KIOSK_SHELL, "roost-kiosk -c", "runs no commands"));
    g_assert_false(check(KIOSK_SHELL, "roost-kiosk -cid", "runs no commands"));
    g_assert_true(check(KIOSK_ASKED, "roost --kiosk -c /etc/roost/x.conf --lab small", ""));
    g_assert_true(check(KIOSK_NONE, "roost -c x", ""));
}

/* In a process of its own, since the environment is forgotten for good. */
static void run_environment(void)
{
    static const char *const gone[] = {"ROOST_X",
                                       "XDG_CONFIG_HOME",
                                       "XDG_STATE_HOME",
                                       "EDITOR",
                                       "VISUAL",
                                       "PAGER",
                                       "GIO_MODULE_DIR",
                                       "TERMINFO",
                                       "TERMINFO_DIRS",
                                       "SSH_AUTH_SOCK",
                                       "TZ",
                                       "LD_PRELOAD",
                                       "LC_ALL",
                                       "SSH_ORIGINAL_COMMAND"};
    g_autoptr(GError) error = NULL;
    char *argv[] = {(char *)"roost", (char *)"--kiosk", NULL};

    for (guint i = 0; i < G_N_ELEMENTS(gone); i++)
        g_setenv(gone[i], "/tmp/x", TRUE);
    g_setenv("TERM", "xterm-256color", TRUE);
    g_setenv("LANG", "it_IT.UTF-8@euro", TRUE);
    g_setenv("LC_CTYPE", "C.UTF-8", TRUE);
    g_setenv("COLORTERM", "\033]0;x\a", TRUE);
    g_setenv("HOME", "/root", TRUE);
    kiosk_enter();
    for (guint i = 0; i < G_N_ELEMENTS(gone); i++)
        g_assert_null(g_getenv(gone[i]));
    g_assert_null(g_getenv("COLORTERM"));
    g_assert_cmpstr(g_getenv("TERM"), ==, "xterm-256color");
    g_assert_cmpstr(g_getenv("LANG"), ==, "it_IT.UTF-8@euro");
    g_assert_cmpstr(g_getenv("LC_CTYPE"), ==, "C.UTF-8");
    g_assert_cmpstr(g_getenv("HOME"), ==, "/nonexistent");
    g_assert_cmpstr(g_get_home_dir(), ==, "/nonexistent");
    g_assert_false(kiosk_check(KIOSK_ASKED, 2, argv, &error)); /* remembered */
    g_assert_nonnull(strstr(error->message, "runs no commands"));
    kiosk_enter(); /* as harmless twice */
    g_assert_cmpstr(g_getenv("TERM"), ==, "xterm-256color");
}

static void test_environment(void)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        run_environment();
        _exit(0);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static gboolean allows(struct limits limits, const char *line, GError **error)
{
    g_autofree char *whole = g_strconcat("roost ", line, NULL);
    g_auto(GStrv) argv = g_strsplit(whole, " ", -1);
    autoptr(command_line) parsed = command_line_parse((int)g_strv_length(argv), argv, error);

    return parsed != NULL && limits_check(limits, parsed, error);
}

static void test_verbs(void)
{
    const struct limits kiosk = {.kiosk = TRUE};
    static const char *const never[] = {"add-node", "insert", "remote", "run",    "shell",
                                        "snapshot", "reset",  "define", "delete", "complete"};
    static const char *const lines[] = {"night --lab /etc/passwd", "night -c /etc/passwd",
                                        "list -c x", "doctor --lab x.xml"};

    for (guint i = 0; i < G_N_ELEMENTS(never); i++) {
        const struct verb *verb = verb_find(never[i], NULL);

        g_assert_nonnull(verb);
        g_assert_false(limits_offer(kiosk, verb));
    }
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(allows(kiosk, lines[i], &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    }
    g_assert_true(allows(kiosk, "list", NULL));
    g_assert_true(allows(kiosk, "migrate a b --force", NULL));
    g_assert_true(allows(kiosk, "plan --script", NULL));
    g_assert_false(allows((struct limits){TRUE, TRUE}, "migrate a b", NULL));
    g_assert_true(allows((struct limits){TRUE, TRUE}, "migrate a b --dry-run", NULL));
    g_assert_true(allows((struct limits){FALSE, FALSE}, "remote a -- id", NULL));
}

/* No option of a verb that a kiosk takes may be worth a file, unless it is refused. */
static void test_options(void)
{
    for (guint i = 0; option_infos[i].name != NULL; i++) {
        const struct option_info *info = &option_infos[i];

        if (info->argument == NULL || strstr(info->argument, "FILE") == NULL || info->bit == 0)
            continue;
        for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
            g_autoptr(GError) error = NULL;
            struct command_line line = {.verb = verb, .given = info->bit};

            if (!(verb->options & info->bit))
                continue;
            line.arguments = g_new0(char *, 1);
            g_assert_false(limits_check((struct limits){.kiosk = TRUE}, &line, &error));
            g_free(line.arguments);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/kiosk/by_name_dash_or_option", test_what_is_one);
    g_test_add_func("/kiosk/a_shell_takes_few_arguments", test_arguments);
    g_test_add_func("/kiosk/the_environment_is_not_believed", test_environment);
    g_test_add_func("/kiosk/verbs_that_lead_out_are_refused", test_verbs);
    g_test_add_func("/kiosk/options_that_name_files_are_refused", test_options);
    return g_test_run();
}
