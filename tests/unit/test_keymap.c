#include "tui/keymap.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "tui/input.h"

static char *folder;

/* Writes a keymap file into the test's own folder. Returns its path, to be freed. */
static char *write_file(const char *name, const char *text)
{
    g_autoptr(GError) error = NULL;
    char *path = g_build_filename(folder, name, NULL);

    g_file_set_contents(path, text, -1, &error);
    g_assert_no_error(error);
    return path;
}

static struct keymap *load(const char *text, GPtrArray *warnings)
{
    g_autofree char *path = write_file("test.keymap", text);
    g_autoptr(GError) error = NULL;
    struct keymap *keymap = keymap_load(path, warnings, &error);

    g_assert_no_error(error);
    return keymap;
}

static void check_error(const char *text, const char *expected)
{
    g_autofree char *path = write_file("test.keymap", text);
    g_autofree char *whole = g_strconcat(path, expected, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_null(keymap_load(path, NULL, &error));
    g_assert_cmpstr(error->message, ==, whole);
}

static void test_built_in(void)
{
    for (guint i = 0; keymap_names()[i] != NULL; i++) {
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        autoptr(keymap) keymap = keymap_load(keymap_names()[i], warnings, &error);

        g_assert_no_error(error);
        g_assert_cmpuint(warnings->len, ==, 0);
        for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
            if (*keymap_first_key(keymap, (enum action)action) == '\0')
                g_error("%s: no key for %s", keymap_names()[i], action_info[action].name);
        }
    }
}

static void test_names_are_all(void)
{
    g_auto(GStrv) files = g_resources_enumerate_children("/roost/keymaps", 0, NULL);
    guint n = g_strv_length((char **)keymap_names());

    g_assert_cmpuint(g_strv_length(files), ==, n);
}

/* Every key of every action means that action, and nothing is bound that no action tells of. */
static void check_keys_agree(const struct keymap *keymap, const char *name)
{
    for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
        g_autofree char *line = keymap_keys(keymap, (enum action)action);
        g_auto(GStrv) keys = g_strsplit(line, " ", -1);

        for (guint i = 0; keys[i] != NULL; i++) {
            enum action means = keymap_action(keymap, input_key_parse(keys[i]));

            if (means != (enum action)action)
                g_error("%s: %s of %s means %s", name, keys[i], action_info[action].name,
                        action_info[means].name);
        }
    }
}

static void test_keys_agree(void)
{
    autoptr(keymap) keymap = keymap_load("default", NULL, NULL);

    for (guint i = 0; keymap_names()[i] != NULL; i++) {
        autoptr(keymap) one = keymap_load(keymap_names()[i], NULL, NULL);

        check_keys_agree(one, keymap_names()[i]);
    }
    g_assert_cmpint(keymap_action(keymap, INPUT_KEY_LEFT), ==, ACTION_CURSOR_LEFT);
    g_assert_cmpint(keymap_action(keymap, 'm'), ==, ACTION_MIGRATE);
    g_assert_cmpint(keymap_action(keymap, 'm' | INPUT_KEY_ALT), ==, ACTION_NONE);
    g_assert_cmpint(keymap_action(keymap, 0x1F600), ==, ACTION_NONE);
    g_assert_cmpstr(keymap_first_key(keymap, ACTION_HELP), ==, "?");
}

/* Digits are counts; terminals cannot send some keys apart from others. */
static void test_keys_can_be_typed(void)
{
    for (guint i = 0; keymap_names()[i] != NULL; i++) {
        autoptr(keymap) keymap = keymap_load(keymap_names()[i], NULL, NULL);

        for (guint key = '0'; key <= '9'; key++)
            g_assert_cmpint(keymap_action(keymap, key), ==, ACTION_NONE);
        for (guint key = 1; key < 0x7f; key++) {
            if (keymap_action(keymap, key) != ACTION_NONE)
                g_assert_cmpuint(input_key_canonical(key), ==, key);
        }
        /* Whatever the keymap, the ways out and to the help are where everybody looks first. */
        g_assert_cmpint(keymap_action(keymap, INPUT_KEY_ESCAPE), ==, ACTION_CANCEL);
        g_assert_cmpint(keymap_action(keymap, INPUT_KEY_ENTER), ==, ACTION_CONFIRM);
        g_assert_cmpint(keymap_action(keymap, INPUT_KEY_F1), ==, ACTION_HELP);
        g_assert_cmpint(keymap_action(keymap, '?'), ==, ACTION_HELP);
        g_assert_cmpint(keymap_action(keymap, INPUT_KEY_LEFT), ==, ACTION_CURSOR_LEFT);
    }
}

/* What function-keys.keymap promises. */
static void test_no_letter_acts(void)
{
    autoptr(keymap) keymap = keymap_load("function-keys", NULL, NULL);

    for (guint key = ' '; key < 0x7f; key++) {
        enum action action = keymap_action(keymap, key);

        if (action_info[action].flags & ACTION_ACTS || action == ACTION_REPEAT)
            g_error("function-keys: %c means %s", (char)key, action_info[action].name);
    }
}

static void test_files(void)
{
    autoptr(keymap) keymap = load("[keymap]\ninherits=vi\n", NULL);
    autoptr(keymap) built_in = keymap_load("vi", NULL, NULL);
    g_autofree char *path = g_build_filename(folder, "test.keymap", NULL);

    g_assert_cmpstr(keymap_files(keymap)[0], ==, path);
    g_assert_null(keymap_files(keymap)[1]);
    g_assert_null(keymap_files(built_in)[0]);
}

static void test_conflict(void)
{
    check_error("[keymap]\n[keys]\nwake=w x\n\nmigrate=m x\n",
                ":5: the key x cannot mean migrate: it means wake on line 3");
    check_error("[keys]\nnone=x\nwake=x\n",
                ":3: the key x cannot mean wake: it means none on line 2");
    check_error("[keys]\nquit=C-m\nconfirm=Enter\n",
                ":3: the key Enter cannot mean confirm: it means quit on line 2");
}

static void test_inherits(void)
{
    autoptr(keymap) keymap = load("[keymap]\ninherits=default\n[keys]\nwake=m M-w\nnone=o\n", NULL);
    g_autofree char *wake = keymap_keys(keymap, ACTION_WAKE);
    g_autofree char *migrate = keymap_keys(keymap, ACTION_MIGRATE);

    g_assert_cmpstr(wake, ==, "m M-w w F2");
    g_assert_cmpstr(migrate, ==, "F6");
    g_assert_cmpint(keymap_action(keymap, 'm'), ==, ACTION_WAKE);
    g_assert_cmpint(keymap_action(keymap, 'o'), ==, ACTION_NONE);
    g_assert_cmpint(keymap_action(keymap, 'q'), ==, ACTION_QUIT);
}

static void test_warnings(void)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    autoptr(keymap) keymap =
        load("[keymap]\ncolour=3\n[keys]\nfly=f\nwake=w Wob\nwake=x\n[more]\n", warnings);
    static const char *const expected[] = {
        ":6: wake again: line 5 is not used",
        ": group [more] is not used: only [keymap], [lines] and [keys]",
        ":2: colour is not used: only name and inherits", ":4: there is no action \"fly\"",
        ": no key means quit"};

    g_assert_cmpuint(warnings->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < warnings->len; i++)
        g_assert_true(g_str_has_suffix(warnings->pdata[i], expected[i]));
    g_assert_cmpint(keymap_action(keymap, 'x'), ==, ACTION_WAKE);
}

static void test_unknown_key(void)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    autoptr(keymap) keymap = load("[keys]\nquit=q Wob \033\n", warnings);

    g_assert_cmpuint(warnings->len, ==, 2);
    g_assert_true(g_str_has_suffix(warnings->pdata[0], ":2: quit: there is no key \"Wob\""));
    g_assert_true(g_str_has_suffix(warnings->pdata[1], "there is no key \"\\x1b\""));
    g_assert_cmpint(keymap_action(keymap, 'q'), ==, ACTION_QUIT);
}

static void test_bad_files(void)
{
    g_autoptr(GError) error = NULL;

    check_error("[keys]\nwake=w\nwhat is this\n",
                ":3: \"what is this\" is neither [group] nor key=value");
    check_error("wake=w\n", ":1: \"wake=w\" is neither [group] nor key=value");
    check_error("[keys]\nwake=\xff\n", ":2: not valid UTF-8");
    g_assert_null(keymap_load(folder, NULL, &error));
    g_assert_true(g_str_has_suffix(error->message, ": not a regular file"));
    g_clear_error(&error);
    g_assert_null(keymap_load("no-such", NULL, &error));
    g_assert_true(g_str_has_prefix(error->message, "no keymap \"no-such\": not in "));
}

static void test_circle(void)
{
    g_autofree char *b = write_file("b.keymap", "[keymap]\ninherits=./a.keymap\n");
    g_autofree char *a = write_file("a.keymap", "\n[keymap]\ninherits=./b.keymap\n");
    g_autofree char *expected =
        g_strdup_printf("%s:2: inherits in a circle: %s, %s, and %s again", b, a, b, a);
    g_autoptr(GError) error = NULL;

    g_assert_null(keymap_load(a, NULL, &error));
    g_assert_cmpstr(error->message, ==, expected);
}

/* --- Keys for lines of the palette ------------------------------------------------------------ */

static void test_lines(void)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    autoptr(keymap) keymap = load("[keys]\nquit=q\n[lines]\nF12= list over \nM-w=wake\nWob=list\n"
                                  "x=\n",
                                  warnings);
    const char *key;

    g_assert_cmpuint(warnings->len, ==, 1);
    g_assert_true(g_str_has_suffix(warnings->pdata[0], ":6: there is no key \"Wob\""));
    g_assert_cmpstr(keymap_line(keymap, input_key_parse("F12")), ==, "list over");
    g_assert_cmpstr(keymap_line(keymap, input_key_parse("M-w")), ==, "wake");
    g_assert_null(keymap_line(keymap, 'q'));
    g_assert_null(keymap_line(keymap, 'x'));
    g_assert_cmpstr(keymap_line_at(keymap, 1, &key), ==, "wake");
    g_assert_cmpstr(key, ==, "M-w");
    g_assert_null(keymap_line_at(keymap, 2, &key));
}

/* A line takes its key from an inherited action, an action from an inherited line. */
static void test_lines_are_inherited(void)
{
    g_autofree char *a = write_file(
        "a.keymap", "[keymap]\ninherits=default\n[lines]\nw=list off\nF11=list\nF12=doctor\n");
    g_autofree char *b =
        write_file("b.keymap", "[keymap]\ninherits=./a.keymap\n[keys]\nhelp=F11\n[lines]\nF12=\n");
    autoptr(keymap) keymap = keymap_load(b, NULL, NULL);

    g_assert_cmpint(keymap_action(keymap, 'w'), ==, ACTION_NONE);
    g_assert_cmpstr(keymap_line(keymap, 'w'), ==, "list off");
    g_assert_cmpstr(keymap_first_key(keymap, ACTION_WAKE), ==, "F2");
    g_assert_null(keymap_line(keymap, input_key_parse("F11")));
    g_assert_cmpint(keymap_action(keymap, input_key_parse("F11")), ==, ACTION_HELP);
    g_assert_null(keymap_line(keymap, input_key_parse("F12")));
    check_error("[keys]\nwake=w\n[lines]\nw=list\n",
                ":4: the key w cannot stand for a line: it means wake on line 2");
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("roost-keymap-XXXXXX", NULL);
    g_test_add_func("/keymap/built_in_reach_every_action", test_built_in);
    g_test_add_func("/keymap/names_are_all_that_are_built_in", test_names_are_all);
    g_test_add_func("/keymap/keys_and_actions_agree", test_keys_agree);
    g_test_add_func("/keymap/keys_can_be_typed", test_keys_can_be_typed);
    g_test_add_func("/keymap/no_letter_acts_in_function_keys", test_no_letter_acts);
    g_test_add_func("/keymap/tells_its_files", test_files);
    g_test_add_func("/keymap/second_meaning_is_an_error_naming_both", test_conflict);
    g_test_add_func("/keymap/heir_counts_more", test_inherits);
    g_test_add_func("/keymap/unknown_entries_are_warned_of", test_warnings);
    g_test_add_func("/keymap/unknown_keys_are_warned_of", test_unknown_key);
    g_test_add_func("/keymap/bad_files_are_named_with_their_line", test_bad_files);
    g_test_add_func("/keymap/circle_is_an_error_naming_it", test_circle);
    g_test_add_func("/keymap/keys_for_lines", test_lines);
    g_test_add_func("/keymap/lines_are_inherited", test_lines_are_inherited);
    status = g_test_run();
    for (guint i = 0; i < 3; i++) {
        static const char *const names[] = {"a.keymap", "b.keymap", "test.keymap"};
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        g_remove(path);
    }
    g_rmdir(folder);
    g_free(folder);
    return status;
}
