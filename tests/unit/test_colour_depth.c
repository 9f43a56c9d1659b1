#include "tui/colour_depth.h"

#include <string.h>

#include "core/command/command_line.h"
#include "tui/keymap.h"
#include "tui/look_page.h"
#include "tui/theme.h"

static void check_descriptions(enum colour_wish wish, struct colour_environment environment,
                               const char *expected)
{
    g_auto(GStrv) names = colour_descriptions(wish, &environment);
    g_autofree char *line = g_strjoinv(" ", names);

    g_assert_cmpstr(line, ==, expected);
}

static void test_description_by_itself(void)
{
    static const char *const terms[] = {"xterm-256color", "tmux-256color", "screen", "linux",
                                        "vt100",          "dumb",          "",       NULL};

    for (gsize i = 0; i < G_N_ELEMENTS(terms); i++)
        check_descriptions(COLOURS_AUTO, (struct colour_environment){.term = terms[i]}, "");
    check_descriptions(COLOURS_AUTO,
                       (struct colour_environment){.term = "xterm-256color", .colorterm = "yes"},
                       "");
}

static void test_colorterm(void)
{
    struct colour_environment e = {.term = "xterm-256color", .colorterm = "truecolor"};

    check_descriptions(COLOURS_AUTO, e, "xterm-direct");
    e.colorterm = "24bit";
    check_descriptions(COLOURS_AUTO, e, "xterm-direct");
    e.term = "xterm";
    check_descriptions(COLOURS_AUTO, e, "xterm-direct xterm-256color");
    e.term = "alacritty";
    check_descriptions(COLOURS_AUTO, e, "alacritty-direct alacritty-256color");
    e.term = "xterm-kitty";
    check_descriptions(COLOURS_AUTO, e, "kitty-direct xterm-kitty-256color");
    e.term = "vte-256color";
    check_descriptions(COLOURS_AUTO, e, "vte-direct");
    e.term = "xterm-direct";
    check_descriptions(COLOURS_AUTO, e, "");
}

/* The environment goes where the colours do not. */
static void test_colorterm_lies(void)
{
    static const char *const terms[] = {"linux",  "vt100", "vt220",           "dumb",
                                        "screen", "ansi",  "screen-256color", "xterm-mono"};
    struct colour_environment e = {.colorterm = "truecolor"};

    for (gsize i = 0; i < G_N_ELEMENTS(terms); i++) {
        e.term = terms[i];
        check_descriptions(COLOURS_AUTO, e, "");
    }
    e = (struct colour_environment){
        .term = "xterm-256color", .colorterm = "truecolor", .sty = "1.pts-0"};
    check_descriptions(COLOURS_AUTO, e, "");
    /* tmux takes 24 bits whatever it calls itself */
    e = (struct colour_environment){
        .term = "screen-256color", .colorterm = "truecolor", .tmux = "/tmp/tmux-0/default,1,0"};
    check_descriptions(COLOURS_AUTO, e, "tmux-direct");
    e = (struct colour_environment){.term = "tmux-256color", .colorterm = "truecolor"};
    check_descriptions(COLOURS_AUTO, e, "tmux-direct");
}

static void test_wishes(void)
{
    struct colour_environment e = {.term = "xterm", .no_color = "1"};

    check_descriptions(COLOURS_AUTO, e, "");
    check_descriptions(COLOURS_256, e, "xterm-256color");
    check_descriptions(COLOURS_24BIT, e, "xterm-direct xterm-256color");
    check_descriptions(COLOURS_8, e, "");
    check_descriptions(COLOURS_NEVER, e, "");
    e.colorterm = "truecolor";
    check_descriptions(COLOURS_AUTO, e, "");
    e.term = "xterm-direct";
    check_descriptions(COLOURS_256, e, "xterm-256color");
    check_descriptions(COLOURS_16, e, "xterm-256color");
    e.term = "screen-256color";
    check_descriptions(COLOURS_24BIT, e, "tmux-direct");
}

static guint depth(enum colour_wish wish, int n_colours, gboolean direct, const char *no_color)
{
    const struct colour_environment environment = {.term = "x", .no_color = no_color};
    const struct colour_facts facts = {.n_colours = n_colours, .direct = direct};

    return colour_depth(wish, &environment, &facts);
}

static void test_depth(void)
{
    g_assert_cmpuint(depth(COLOURS_AUTO, 256, FALSE, NULL), ==, 256);
    g_assert_cmpuint(depth(COLOURS_AUTO, 88, FALSE, NULL), ==, 16);
    g_assert_cmpuint(depth(COLOURS_AUTO, 16, FALSE, NULL), ==, 16);
    g_assert_cmpuint(depth(COLOURS_AUTO, 8, FALSE, NULL), ==, 8);
    g_assert_cmpuint(depth(COLOURS_AUTO, 4, FALSE, NULL), ==, 0);
    g_assert_cmpuint(depth(COLOURS_AUTO, 0, FALSE, NULL), ==, 0);
    g_assert_cmpuint(depth(COLOURS_AUTO, 1 << 24, TRUE, NULL), ==, THEME_DIRECT_COLOURS);
    g_assert_cmpuint(depth(COLOURS_AUTO, 256, FALSE, "1"), ==, 0);
    g_assert_cmpuint(depth(COLOURS_AUTO, 256, FALSE, ""), ==, 256);
    g_assert_cmpuint(depth(COLOURS_256, 256, FALSE, "1"), ==, 256);
    g_assert_cmpuint(depth(COLOURS_24BIT, 256, FALSE, NULL), ==, 256);
    g_assert_cmpuint(depth(COLOURS_16, 256, FALSE, NULL), ==, 16);
    g_assert_cmpuint(depth(COLOURS_8, 256, FALSE, NULL), ==, 8);
    g_assert_cmpuint(depth(COLOURS_NEVER, 256, FALSE, NULL), ==, 0);
    g_assert_cmpuint(depth(COLOURS_256, 1 << 24, TRUE, NULL), ==, 8);
    g_assert_cmpuint(depth(COLOURS_256, 0, FALSE, NULL), ==, 0);
}

static void test_words(void)
{
    enum colour_wish wish;

    g_assert_true(colour_wish_parse(NULL, &wish));
    g_assert_cmpint(wish, ==, COLOURS_AUTO);
    g_assert_true(colour_wish_parse("24bit", &wish));
    g_assert_cmpint(wish, ==, COLOURS_24BIT);
    g_assert_false(colour_wish_parse("", &wish));
    g_assert_false(colour_wish_parse("24", &wish));
}

/* What the command line offers is what there is: core does not know the files. */
static void check_choices(const char *option, const char *const *names)
{
    g_autofree char *all = g_strjoinv("|", (char **)names);
    g_autofree char *expected = g_strconcat(all, "|FILE", NULL);

    for (guint i = 0; option_infos[i].name != NULL; i++) {
        if (strcmp(option_infos[i].name, option) == 0) {
            g_assert_cmpstr(option_infos[i].choices, ==, expected);
            return;
        }
    }
    g_error("there is no option --%s", option);
}

static void test_choices(void)
{
    check_choices("theme", theme_names());
    check_choices("keymap", keymap_names());
}

static void test_pages(void)
{
    g_autoptr(GString) themes = g_string_new(NULL);
    g_autoptr(GString) keymaps = g_string_new(NULL);

    g_assert_true(look_append_page(themes, "themes"));
    g_assert_true(look_append_page(keymaps, "keymaps"));
    g_assert_false(look_append_page(keymaps, "roles"));
    for (guint i = 0; i < ROLE_COUNT; i++) {
        g_autofree char *row = g_strdup_printf("\n| `%s` | ", role_info[i].name);

        g_assert_nonnull(strstr(themes->str, row));
    }
    for (guint i = 0; i < ACTION_COUNT; i++) {
        g_autofree char *row = g_strdup_printf("\n| `%s` | ", action_info[i].name);

        g_assert_nonnull(strstr(keymaps->str, row));
    }
    for (guint i = 0; theme_names()[i] != NULL; i++) {
        g_autofree char *words = theme_describe(theme_names()[i]);

        g_assert_cmpuint(strlen(words), >, 10);
    }
    for (guint i = 0; keymap_names()[i] != NULL; i++) {
        g_autofree char *words = keymap_describe(keymap_names()[i]);

        g_assert_cmpuint(strlen(words), >, 10);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/colour_depth/description_counts", test_description_by_itself);
    g_test_add_func("/colour_depth/colorterm_gives_24_bits", test_colorterm);
    g_test_add_func("/colour_depth/colorterm_is_not_always_true", test_colorterm_lies);
    g_test_add_func("/colour_depth/wishes", test_wishes);
    g_test_add_func("/colour_depth/never_more_than_there_are", test_depth);
    g_test_add_func("/colour_depth/words", test_words);
    g_test_add_func("/look_page/options_offer_what_is_built_in", test_choices);
    g_test_add_func("/look_page/tells_every_role_and_action", test_pages);
    return g_test_run();
}
