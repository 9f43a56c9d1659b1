#include "tui/theme.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "tui/surface.h"

static char *folder; /* the configuration of the user, too */

static char *write_file(const char *name, const char *text)
{
    g_autoptr(GError) error = NULL;
    char *path = g_build_filename(folder, "roost", "themes", name, NULL);
    g_autofree char *directory = g_path_get_dirname(path);

    g_mkdir_with_parents(directory, 0700);
    g_file_set_contents(path, text, -1, &error);
    g_assert_no_error(error);
    return path;
}

static struct theme *load_text(const char *text)
{
    g_autofree char *path = write_file("test.theme", text);
    g_autoptr(GError) error = NULL;
    struct theme *theme = theme_load(path, NULL, &error);

    g_assert_no_error(error);
    return theme;
}

static void check_error(const char *text, const char *expected)
{
    g_autofree char *path = write_file("test.theme", text);
    g_autofree char *beginning = g_strconcat(path, expected, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_null(theme_load(path, NULL, &error));
    if (!g_str_has_prefix(error->message, beginning))
        g_error("\"%s\" does not begin \"%s\"", error->message, beginning);
}

/* --- Reading --------------------------------------------------------------------------------- */

static void test_built_in(void)
{
    g_auto(GStrv) files = g_resources_enumerate_children("/roost/themes", 0, NULL);

    g_assert_cmpuint(g_strv_length(files), ==, g_strv_length((char **)theme_names()));
    for (guint i = 0; theme_names()[i] != NULL; i++) {
        g_autofree char *path = g_strdup_printf("/roost/themes/%s.theme", theme_names()[i]);
        g_autoptr(GBytes) bytes = g_resources_lookup_data(path, 0, NULL);
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        autoptr(theme) theme = theme_load(theme_names()[i], warnings, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(theme->name, ==, theme_names()[i]);
        g_assert_cmpuint(warnings->len, ==, 0);
        g_assert_true(g_key_file_load_from_bytes(file, bytes, G_KEY_FILE_NONE, NULL));
        for (int role = 0; role < ROLE_COUNT; role++) {
            if (!g_key_file_has_key(file, "roles", role_info[role].name, NULL))
                g_error("%s: no role %s", theme_names()[i], role_info[role].name);
        }
    }
}

static void test_styles(void)
{
    autoptr(theme) theme = load_text("[theme]\nname=mine\n[roles]\n"
                                     "over=#ffffff on #b03030 bold\nunder=bright-red\noff=on 17\n"
                                     "idle=dim reverse underline\nvm=244 bold\ntext=\n");

    g_assert_cmpstr(theme->name, ==, "mine");
    g_assert_cmpint(theme->styles[ROLE_OVER].foreground, ==, 0xffffff);
    g_assert_cmpint(theme->styles[ROLE_OVER].background, ==, 0xb03030);
    g_assert_cmpint(theme->styles[ROLE_OVER].background_index, ==, 131);
    g_assert_cmpuint(theme->styles[ROLE_OVER].attributes, ==, CELL_BOLD);
    g_assert_cmpint(theme->styles[ROLE_UNDER].foreground_index, ==, 9);
    g_assert_cmpint(theme->styles[ROLE_OFF].foreground, ==, THEME_DEFAULT_COLOUR);
    g_assert_cmpint(theme->styles[ROLE_OFF].background, ==, 0x00005f);
    g_assert_cmpuint(theme->styles[ROLE_IDLE].attributes, ==,
                     CELL_DIM | CELL_REVERSE | CELL_UNDERLINE);
    g_assert_cmpint(theme->styles[ROLE_VM].foreground, ==, 0x808080);
}

static void test_errors(void)
{
    check_error("[theme]\n\n[roles]\nover=reddish\n", ":4: over: \"reddish\" has no meaning here");
    check_error("[roles]\nover=red on\n", ":2: over: \"on\" has no meaning here");
    check_error("[roles]\nover=red blue\n", ":2: over: \"blue\" has");
    check_error("[roles]\nover=#ff\n", ":2: over: \"#ff\" has");
    check_error("[roles]\nover=256\n", ":2: over: \"256\" has");
    check_error("[roles]\nover=-1\n", ":2: over: \"-1\" has");
    check_error("[roles]\nover=\033[31m\n", ":2: over: \"\\x1b[31m\" has");
    check_error("[roles\nover=red\n", ":1: \"[roles\" is neither");
    check_error("[theme]\ninherits=no-such\n", ":2: inherits: no theme \"no-such\": not in ");
}

static void test_unknown_role(void)
{
    g_autofree char *path = write_file("test.theme", "[roles]\nhot=red\nover=red\n");
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    autoptr(theme) theme = theme_load(path, warnings, NULL);

    g_assert_nonnull(theme);
    g_assert_cmpuint(warnings->len, ==, 1);
    g_assert_true(g_str_has_suffix(warnings->pdata[0], ":2: there is no role \"hot\""));
    g_assert_cmpint(theme->styles[ROLE_OVER].foreground_index, ==, 1);
}

static void test_huge(void)
{
    g_autofree char *blanks = g_strnfill(300 * 1024, '\n');
    g_autofree char *path = write_file("test.theme", blanks);
    g_autoptr(GError) error = NULL;

    g_assert_null(theme_load(path, NULL, &error));
    g_assert_true(g_str_has_suffix(error->message, ": larger than 256 KiB"));
}

/* --- Inheriting ------------------------------------------------------------------------------ */

static void test_inherits(void)
{
    autoptr(theme) theme = load_text("[theme]\ninherits=default\n[roles]\nover=blue\n");
    autoptr(theme) base = theme_load("default", NULL, NULL);

    g_assert_cmpint(theme->styles[ROLE_OVER].foreground_index, ==, 4);
    g_assert_cmpuint(theme->styles[ROLE_OVER].attributes, ==, 0);
    g_assert_cmpint(theme->styles[ROLE_UNDER].foreground, ==, base->styles[ROLE_UNDER].foreground);
    g_assert_cmpstr(theme->name, ==, "test");
}

static void test_hides_and_inherits(void)
{
    g_autofree char *path =
        write_file("light.theme", "[theme]\ninherits=light\n[roles]\nover=blue\n");
    g_autoptr(GError) error = NULL;
    autoptr(theme) theme = theme_load("light", NULL, &error);

    g_assert_no_error(error);
    g_assert_cmpint(theme->styles[ROLE_OVER].foreground_index, ==, 4);
    g_assert_cmpint(theme->styles[ROLE_UNDER].foreground, ==, 0x005faf);
    g_remove(path);
}

static void test_circle(void)
{
    g_autofree char *b = write_file("b.theme", "[theme]\ninherits=a\n");
    g_autofree char *a = write_file("a.theme", "[theme]\ninherits=b\n");
    g_autofree char *expected =
        g_strdup_printf("%s:2: inherits in a circle: %s, %s, and %s again", b, a, b, a);
    g_autoptr(GError) error = NULL;

    g_assert_null(theme_load("a", NULL, &error));
    g_assert_cmpstr(error->message, ==, expected);
    g_remove(a);
    g_remove(b);
}

static void test_stands_on_mono(void)
{
    autoptr(theme) theme = load_text("[roles]\nover=red\n");
    autoptr(theme) plain = load_text("[roles]\nover=underline\n");

    g_assert_cmpuint(theme->styles[ROLE_SELECTED].attributes, ==, CELL_REVERSE);
    g_assert_cmpuint(theme->styles[ROLE_OVER].mono_attributes, ==, CELL_REVERSE | CELL_BOLD);
    g_assert_cmpuint(plain->styles[ROLE_OVER].mono_attributes, ==, CELL_UNDERLINE);
}

/* --- Painting -------------------------------------------------------------------------------- */

static struct theme_paint paint(const char *style, guint n_colours)
{
    g_autofree char *text = g_strdup_printf("[roles]\nover=%s\n", style);
    autoptr(theme) theme = load_text(text);

    return theme_paint(&theme->styles[ROLE_OVER], n_colours);
}

static void test_nearest(void)
{
    g_assert_cmpuint(theme_nearest(0xff0000, 8), ==, 1);
    g_assert_cmpuint(theme_nearest(0xff0000, 16), ==, 9);
    g_assert_cmpuint(theme_nearest(0xff0000, 256), ==, 196);
    g_assert_cmpuint(theme_nearest(0x808080, 256), ==, 244);
    g_assert_cmpuint(theme_nearest(0x5fafd7, 8), ==, 6);
    g_assert_cmpuint(theme_nearest(0x87af87, 8), ==, 2);
    g_assert_cmpuint(theme_nearest(0x000000, 8), ==, 0);
    g_assert_cmpuint(theme_nearest(0xffffff, 8), ==, 7);
}

static void test_fewer_colours(void)
{
    g_assert_cmpint(paint("#5fafd7", THEME_DIRECT_COLOURS).foreground, ==, 0x5fafd7);
    g_assert_cmpint(paint("#000005", THEME_DIRECT_COLOURS).foreground, ==, 0x000105);
    g_assert_cmpint(paint("#5fafd7", 256).foreground, ==, 74);
    g_assert_cmpint(paint("#5fafd7", 88).foreground, ==, paint("#5fafd7", 16).foreground);
    g_assert_cmpint(paint("red on blue", 8).background, ==, 4);
    g_assert_cmpint(paint("bright-red", 8).foreground, ==, 1);
    g_assert_cmpuint(paint("bright-red", 8).attributes, ==, CELL_BOLD);
    g_assert_cmpint(paint("red on blue", 0).background, ==, THEME_DEFAULT_COLOUR);
    g_assert_cmpuint(paint("red on blue", 0).attributes, ==, CELL_REVERSE | CELL_BOLD);
}

static void test_legible(void)
{
    /* dark grey must not become black on black */
    g_assert_cmpint(paint("#6c6c6c", 8).foreground, ==, THEME_DEFAULT_COLOUR);
    g_assert_cmpuint(paint("#6c6c6c", 8).attributes, ==, CELL_DIM);
    g_assert_cmpint(paint("bright-black", 8).foreground, ==, THEME_DEFAULT_COLOUR);
    g_assert_cmpint(paint("#101010", 8).foreground, ==, 0);
    g_assert_cmpint(paint("#404040 on #303030", 8).foreground, ==, 7);
    g_assert_cmpint(paint("#e0e0e0 on #f0f0f0", 8).foreground, ==, 0);
    for (guint i = 0; theme_names()[i] != NULL; i++) {
        static const guint counts[] = {8, 16, 256, THEME_DIRECT_COLOURS};
        autoptr(theme) theme = theme_load(theme_names()[i], NULL, NULL);

        for (guint j = 0; j < ROLE_COUNT * G_N_ELEMENTS(counts); j++) {
            struct theme_paint painted =
                theme_paint(&theme->styles[j % ROLE_COUNT], counts[j / ROLE_COUNT]);

            if (painted.background != THEME_DEFAULT_COLOUR)
                g_assert_cmpint(painted.foreground, !=, painted.background);
        }
    }
}

/* --- Eyes ------------------------------------------------------------------------------------ */

struct colour {
    double c[3];
};

/* How eyes without one kind of cone see linear RGB (Machado, Oliveira, Fernandes 2009). */
static const double eyes[][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868},
     {0.114503, 0.786281, 0.099216},
     {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968},
     {0.280085, 0.672501, 0.047413},
     {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779},
     {-0.078411, 0.930809, 0.147602},
     {0.004733, 0.691367, 0.303900}},
};

static double lab_curve(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

/* CIE L*a*b* of a colour as an eye sees it. */
static struct colour seen(gint32 rgb, const double eye[3][3])
{
    struct colour linear, cone, lab;
    double x, y, z;

    for (int i = 0; i < 3; i++) {
        double v = (rgb >> (16 - 8 * i) & 0xff) / 255.0;

        linear.c[i] = v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
    }
    for (int i = 0; i < 3; i++)
        cone.c[i] = CLAMP(
            eye[i][0] * linear.c[0] + eye[i][1] * linear.c[1] + eye[i][2] * linear.c[2], 0, 1);
    x = lab_curve((0.4124 * cone.c[0] + 0.3576 * cone.c[1] + 0.1805 * cone.c[2]) / 0.9505);
    y = lab_curve(0.2126 * cone.c[0] + 0.7152 * cone.c[1] + 0.0722 * cone.c[2]);
    z = lab_curve((0.0193 * cone.c[0] + 0.1192 * cone.c[1] + 0.9505 * cone.c[2]) / 1.089);
    lab = (struct colour){{116 * y - 16, 500 * (x - y), 200 * (y - z)}};
    return lab;
}

static double difference(gint32 a, gint32 b, const double eye[3][3])
{
    struct colour p = seen(a == THEME_DEFAULT_COLOUR ? 0 : a, eye);
    struct colour q = seen(b == THEME_DEFAULT_COLOUR ? 0 : b, eye);

    return sqrt(pow(p.c[0] - q.c[0], 2) + pow(p.c[1] - q.c[1], 2) + pow(p.c[2] - q.c[2], 2));
}

static void test_eyes(void)
{
    static const enum role states[] = {ROLE_UNDER, ROLE_REGULAR, ROLE_OVER,       ROLE_OFF,
                                       ROLE_IDLE,  ROLE_WAKING,  ROLE_DOUBT,      ROLE_MAINTENANCE,
                                       ROLE_ALARM, ROLE_GOOD,    ROLE_TARGET_YES, ROLE_TARGET_NO};
    autoptr(theme) theme = theme_load("colour-blind", NULL, NULL);

    for (gsize eye = 0; eye < G_N_ELEMENTS(eyes); eye++) {
        for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
            for (gsize j = 0; j < i; j++) {
                const struct theme_style *a = &theme->styles[states[i]];
                const struct theme_style *b = &theme->styles[states[j]];
                double apart = MAX(difference(a->foreground, b->foreground, eyes[eye]),
                                   difference(a->background, b->background, eyes[eye]));

                if (a->attributes == b->attributes && apart < 20)
                    g_error("eye %" G_GSIZE_FORMAT ": %s and %s are %.1f apart", eye,
                            role_info[states[i]].name, role_info[states[j]].name, apart);
            }
        }
    }
}

static void test_mono_tells_apart(void)
{
    static const enum role shouting[] = {ROLE_OVER,     ROLE_ALARM, ROLE_VM_ALARM,
                                         ROLE_SELECTED, ROLE_HELD,  ROLE_BUTTON_CHOSEN};
    static const enum role quiet[] = {ROLE_UNDER, ROLE_REGULAR, ROLE_OFF, ROLE_TEXT, ROLE_BUTTON};
    autoptr(theme) theme = theme_load("default", NULL, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(shouting); i++)
        g_assert_true(theme_paint(&theme->styles[shouting[i]], 0).attributes & CELL_REVERSE);
    for (gsize i = 0; i < G_N_ELEMENTS(quiet); i++)
        g_assert_false(theme_paint(&theme->styles[quiet[i]], 0).attributes & CELL_REVERSE);
}

static void remove_folder(void)
{
    g_autofree char *roost = g_build_filename(folder, "roost", NULL);
    g_autofree char *themes = g_build_filename(roost, "themes", NULL);
    g_autofree char *path = g_build_filename(themes, "test.theme", NULL);

    g_remove(path);
    g_rmdir(themes);
    g_rmdir(roost);
    g_rmdir(folder);
    g_free(folder);
}

int main(int argc, char **argv)
{
    int status;

    folder = g_dir_make_tmp("roost-theme-XXXXXX", NULL);
    g_setenv("XDG_CONFIG_HOME", folder, TRUE);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/theme/built_in_have_every_role", test_built_in);
    g_test_add_func("/theme/styles", test_styles);
    g_test_add_func("/theme/errors_name_file_and_line", test_errors);
    g_test_add_func("/theme/unknown_roles_are_warned_of", test_unknown_role);
    g_test_add_func("/theme/huge_files_are_refused", test_huge);
    g_test_add_func("/theme/heir_counts_more", test_inherits);
    g_test_add_func("/theme/hides_and_inherits_one_of_its_name", test_hides_and_inherits);
    g_test_add_func("/theme/circle_is_an_error_naming_it", test_circle);
    g_test_add_func("/theme/every_theme_stands_on_mono", test_stands_on_mono);
    g_test_add_func("/theme/nearest_colour", test_nearest);
    g_test_add_func("/theme/fewer_colours_take_the_nearest", test_fewer_colours);
    g_test_add_func("/theme/text_stays_legible", test_legible);
    g_test_add_func("/theme/colour_blind_states_differ_for_every_eye", test_eyes);
    g_test_add_func("/theme/mono_tells_trouble_from_calm", test_mono_tells_apart);
    status = g_test_run();
    remove_folder();
    return status;
}
