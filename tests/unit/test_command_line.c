#include "core/command/command_line.h"

#include <string.h>

#include "core/base/error.h"

/* Parses "list -c F", split at blanks, after the program's name. */
static struct command_line *parse(const char *text, GError **error)
{
    g_autofree char *whole = g_strconcat("roost", *text ? " " : "", text, NULL);
    g_auto(GStrv) words = g_strsplit(whole, " ", -1);
    return command_line_parse((int)g_strv_length(words), words, error);
}

static struct command_line *parse_well(const char *text)
{
    g_autoptr(GError) error = NULL;
    struct command_line *line = parse(text, &error);
    g_assert_no_error(error);
    return line;
}

static void test_nothing_is_the_console(void)
{
    autoptr(command_line) line = parse_well("");
    g_assert_null(line->verb);
    g_assert_cmpuint(g_strv_length(line->arguments), ==, 0);
    g_assert_cmpuint(line->seed, ==, 1);
    g_assert_cmpuint(line->speed, ==, 60);
    autoptr(command_line) fast = parse_well("--lab small --speed 600 --seed 7");
    g_assert_null(fast->verb);
    g_assert_cmpstr(fast->lab, ==, "small");
    g_assert_cmpuint(fast->speed, ==, 600);
    g_assert_cmpuint(fast->seed, ==, 7);
}

static void test_options_may_stand_anywhere(void)
{
    static const char *const lines[] = {
        "-c lab.conf migrate web pc05 --force",
        "migrate -c lab.conf web --force pc05",
        "--force migrate web pc05 --configuration=lab.conf",
        "-f -c lab.conf migrate -- web pc05",
        "-f -c lab.conf -- migrate web pc05",
    };
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        autoptr(command_line) line = parse_well(lines[i]);
        g_test_message("%s", lines[i]);
        g_assert_cmpstr(line->verb->name, ==, "migrate");
        g_assert_cmpstr(line->config, ==, "lab.conf");
        g_assert_cmpuint(line->given, ==, OPTION_FORCE);
        g_assert_cmpuint(g_strv_length(line->arguments), ==, 2);
        g_assert_cmpstr(line->arguments[0], ==, "web");
        g_assert_cmpstr(line->arguments[1], ==, "pc05");
    }
}

static void test_names_may_begin_with_a_dash(void)
{
    autoptr(command_line) line = parse_well("find -- --force");
    g_assert_cmpstr(line->arguments[0], ==, "--force");
    g_assert_cmpuint(line->given, ==, 0);
}

static void test_a_command_keeps_its_options(void)
{
    autoptr(command_line) line = parse_well("-c f remote pc01 pc02 -- ls -c --force -- x");
    g_assert_cmpstr(line->verb->name, ==, "remote");
    g_assert_cmpstr(line->config, ==, "f");
    g_assert_cmpuint(line->given, ==, 0);
    g_assert_cmpuint(g_strv_length(line->arguments), ==, 2);
    g_autofree char *command = g_strjoinv(" ", line->command);
    g_assert_cmpstr(command, ==, "ls -c --force -- x");
    autoptr(command_line) other = parse_well("find -- remote");
    g_assert_null(other->command);
    g_assert_cmpstr(other->arguments[0], ==, "remote");
}

static void test_wrong_usage_is_told(void)
{
    static const char *const cases[][2] = {
        {"lst", "Did you mean \"list\""},
        {"", NULL},
        {"normalise", "Did you mean \"normalize\""},
        {"xyzzy", "there is no verb \"xyzzy\""},
        {"migrate web", "too few arguments: roost migrate VM HOST"},
        {"migrate web pc05 pc06", "too many arguments"},
        {"compact now", "compact takes no argument"},
        {"list --force", "list has no option --force"},
        {"--force", "the console has no option --force"},
        {"list -c", "-c"},
        {"list --colour", "--colour"},
        {"night --seed -1", "--seed"},
        {"--lab small list --seed 1.5", "--seed"},
        {"--speed 99999", "--speed"},
        {"add-node --password-fd -1 10.0.0.1", "--password-fd"},
        {"list remote -- pc01", "takes no command"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        autoptr(command_line) line = parse(cases[i][0], &error);
        if (!cases[i][1]) {
            g_assert_no_error(error);
            continue;
        }
        g_assert_null(line);
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_USAGE);
        g_test_message("%s: %s", cases[i][0], error->message);
        g_assert_nonnull(strstr(error->message, cases[i][1]));
    }
}

static void test_help_needs_no_arguments(void)
{
    autoptr(command_line) line = parse_well("migrate --help");
    g_assert_true(line->help);
    g_assert_cmpstr(line->verb->name, ==, "migrate");
    autoptr(command_line) version = parse_well("-V");
    g_assert_true(version->version);
}

static void test_every_verb_is_whole(void)
{
    for (const struct verb *verb = verbs; verb->name; verb++) {
        g_autofree char *usage = command_line_usage(verb);
        g_assert_true(g_str_has_prefix(usage, verb->name));
        g_assert_nonnull(verb->run);
        g_assert_true(*verb->help && !g_str_has_suffix(verb->help, "."));
        g_assert_cmpuint(verb->arguments_least, <=, verb->arguments_most);
        g_assert_true((verb->arguments_most > 0) ==
                      (*verb->arguments != '\0' && !g_str_has_prefix(verb->arguments, "--")));
        g_assert_true(verb_find(verb->name, NULL) == verb);
        for (const struct verb *other = verbs; other != verb; other++)
            g_assert_cmpstr(other->name, !=, verb->name);
    }
}

static void test_every_option_is_somebodys(void)
{
    guint64 used = command_line_options(NULL, TRUE); /* the console's own */
    guint64 seen = 0;
    for (const struct verb *verb = verbs; verb->name; verb++)
        used |= verb->options;
    for (guint i = 0; option_infos[i].name; i++) {
        seen |= option_infos[i].bit; /* some are taken by the same verbs, and share one */
        for (guint j = 0; j < i; j++)
            g_assert_cmpstr(option_infos[i].name, !=, option_infos[j].name);
    }
    g_assert_cmphex(seen, ==, used);
}

static void test_random_words_never_crash(void)
{
    static const char *const pieces[] = {"-",    "--",   "c",     "lab",     "=",     " ",
                                         "list", "find", "\xff",  "\x1b[2J", "night", "seed",
                                         "9",    "help", "force", "n"};
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (guint round = 0; round < 5000; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        for (gint i = g_rand_int_range(random, 0, 12); i > 0; i--)
            g_string_append(text, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
        autoptr(command_line) line = parse(text->str, &error);
        g_assert_true((line == NULL) == (error != NULL));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/command/line/nothing_is_the_console", test_nothing_is_the_console);
    g_test_add_func("/command/line/options_may_stand_anywhere", test_options_may_stand_anywhere);
    g_test_add_func("/command/line/names_may_begin_with_a_dash", test_names_may_begin_with_a_dash);
    g_test_add_func("/command/line/a_command_keeps_its_options", test_a_command_keeps_its_options);
    g_test_add_func("/command/line/wrong_usage_is_told", test_wrong_usage_is_told);
    g_test_add_func("/command/line/help_needs_no_arguments", test_help_needs_no_arguments);
    g_test_add_func("/command/line/every_verb_is_whole", test_every_verb_is_whole);
    g_test_add_func("/command/line/every_option_is_somebodys", test_every_option_is_somebodys);
    g_test_add_func("/command/line/random_words_never_crash", test_random_words_never_crash);
    return g_test_run();
}
