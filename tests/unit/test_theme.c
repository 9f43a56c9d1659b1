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

static guint attributes(const char *style, guint n_colours, guint cell_attributes)
{
    struct theme_paint painted = paint(style, n_colours);

    return theme_paint_attributes(&painted, cell_attributes);
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
    /* nor light grey white on a white window */
    g_assert_cmpint(paint("#a8a8a8", 8).foreground, ==, THEME_DEFAULT_COLOUR);
    g_assert_cmpuint(paint("#a8a8a8", 8).attributes, ==, 0);
    g_assert_cmpint(paint("white", 8).foreground, ==, 7);
    /* nor bold black the grey that many terminals make of it */
    g_assert_cmpuint(attributes("#000000 on #d0d0d0 bold", 8, CELL_BOLD), ==, 0);
    g_assert_cmpuint(attributes("#000000 on #d7af5f", 16, CELL_BOLD | CELL_DIM), ==, CELL_DIM);
    g_assert_cmpuint(attributes("#ffffff on #d70000", 8, CELL_BOLD), ==, CELL_BOLD);
    g_assert_cmpuint(attributes("#000000 on #d7af5f bold", 256, 0), ==, CELL_BOLD);
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

/* A soft tint of plain text is no yellow among few colours, and what is quiet stays quiet. */
static void test_tints(void)
{
    autoptr(theme) gruvbox = theme_load("gruvbox", NULL, NULL);
    autoptr(theme) amber = theme_load("phosphor-amber", NULL, NULL);
    autoptr(theme) light = theme_load("light", NULL, NULL);

    g_assert_cmpint(theme_paint(&gruvbox->styles[ROLE_TEXT], 8).foreground, ==, 7);
    g_assert_cmpint(theme_paint(&gruvbox->styles[ROLE_OFF], 8).foreground, ==, 7);
    g_assert_true(theme_paint(&gruvbox->styles[ROLE_OFF], 8).attributes & CELL_DIM);
    g_assert_cmpint(theme_paint(&gruvbox->styles[ROLE_OFF], 16).foreground, ==, 8);
    g_assert_false(theme_paint(&gruvbox->styles[ROLE_TEXT], 8).attributes & CELL_DIM);
    g_assert_cmpint(theme_paint(&amber->styles[ROLE_OFF], 8).foreground, ==, 3);
    g_assert_true(theme_paint(&amber->styles[ROLE_OFF], 8).attributes & CELL_DIM);
    /* light grey on white would be nothing at all */
    g_assert_cmpint(theme_paint(&light->styles[ROLE_OFF], 8).foreground, ==, THEME_DEFAULT_COLOUR);
    for (guint i = 0; theme_names()[i] != NULL; i++) {
        autoptr(theme) theme = theme_load(theme_names()[i], NULL, NULL);

        for (guint n = 8; n <= 16; n += 8) {
            struct theme_paint off = theme_paint(&theme->styles[ROLE_OFF], n);
            struct theme_paint regular = theme_paint(&theme->styles[ROLE_REGULAR], n);

            if (strcmp(theme_names()[i], "high-contrast") != 0)
                g_assert_true((off.attributes & CELL_DIM) || off.foreground == 8);
            g_assert_false((regular.attributes & CELL_DIM) || regular.foreground == 8);
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

static void check_eye(const struct theme *theme, const enum role *roles, gsize n, gsize eye)
{
    for (gsize i = 0; i < n; i++) {
        for (gsize j = 0; j < i; j++) {
            const struct theme_style *a = &theme->styles[roles[i]];
            const struct theme_style *b = &theme->styles[roles[j]];
            double apart = MAX(difference(a->foreground, b->foreground, eyes[eye]),
                               difference(a->background, b->background, eyes[eye]));

            if (a->attributes == b->attributes && apart < 20)
                g_error("%s, eye %" G_GSIZE_FORMAT ": %s and %s are %.1f apart", theme->name, eye,
                        role_info[roles[i]].name, role_info[roles[j]].name, apart);
        }
    }
}

/* Roles that stand where the other might have stood differ by colour, for every eye, or by an
 * attribute: 20 in CIE L*a*b*, some nine times what the eye just notices. */
static void test_eyes(void)
{
    static const enum role states[] = {ROLE_UNDER, ROLE_REGULAR, ROLE_OVER,       ROLE_OFF,
                                       ROLE_IDLE,  ROLE_WAKING,  ROLE_DOUBT,      ROLE_MAINTENANCE,
                                       ROLE_ALARM, ROLE_GOOD,    ROLE_TARGET_YES, ROLE_TARGET_NO};
    static const enum role vms[] = {ROLE_VM, ROLE_VM_AWAY, ROLE_VM_MOVING, ROLE_VM_ALARM,
                                    ROLE_HELD};
    static const enum role words[] = {ROLE_TEXT, ROLE_MUTED, ROLE_GOOD, ROLE_WARNING, ROLE_ALARM};
    static const char *const names[] = {"colour-blind", "high-contrast"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        autoptr(theme) theme = theme_load(names[i], NULL, NULL);

        for (gsize eye = 0; eye < G_N_ELEMENTS(eyes); eye++) {
            check_eye(theme, states, G_N_ELEMENTS(states), eye);
            check_eye(theme, vms, G_N_ELEMENTS(vms), eye);
            check_eye(theme, words, G_N_ELEMENTS(words), eye);
        }
    }
}

/* --- Contrast -------------------------------------------------------------------------------- */

static void test_contrast(void)
{
    /* The examples of WCAG: black on white is 21, #777777 just fails 4.5, #767676 just passes. */
    g_assert_cmpfloat_with_epsilon(theme_contrast(0x000000, 0xffffff), 21, 0.001);
    g_assert_cmpfloat_with_epsilon(theme_contrast(0xffffff, 0x777777), 4.48, 0.005);
    g_assert_cmpfloat_with_epsilon(theme_contrast(0x767676, 0xffffff), 4.54, 0.005);
    g_assert_cmpfloat_with_epsilon(theme_contrast(0x123456, 0x123456), 1, 0.001);
}

/* What is meant to be overlooked, or cannot be chosen: WCAG asks nothing of it, we ask for 3. */
static gboolean is_quiet(enum role role)
{
    return role == ROLE_MUTED || role == ROLE_OFF || role == ROLE_IDLE || role == ROLE_BAR_EMPTY ||
           role == ROLE_TARGET_NO;
}

static void test_contrast_of_roles(void)
{
    for (guint i = 0; theme_names()[i] != NULL; i++) {
        const char *name = theme_names()[i];
        autoptr(theme) theme = theme_load(name, NULL, NULL);

        for (int role = 0; role < ROLE_COUNT; role++) {
            const struct theme_style *style = &theme->styles[role];
            double need = strcmp(name, "high-contrast") == 0 ? 7
                          : is_quiet((enum role)role)        ? 3
                                                             : 4.5;
            double contrast;

            if (style->foreground == THEME_DEFAULT_COLOUR ||
                style->background == THEME_DEFAULT_COLOUR) {
                /* Who promises contrast leaves nothing to the terminal. */
                g_assert_cmpstr(name, !=, "high-contrast");
                continue;
            }
            contrast = theme_contrast(style->foreground, style->background);
            if (contrast < need)
                g_error("%s: %s has a contrast of %.2f, and needs %.1f", name, role_info[role].name,
                        contrast, need);
            if (strcmp(name, "high-contrast") == 0)
                g_assert_false(style->attributes & CELL_DIM);
        }
    }
}

/* A theme that paints some of the screen's ground paints all of it. */
static void test_ground_is_whole(void)
{
    for (guint i = 0; theme_names()[i] != NULL; i++) {
        autoptr(theme) theme = theme_load(theme_names()[i], NULL, NULL);

        if (theme->styles[ROLE_TEXT].background == THEME_DEFAULT_COLOUR)
            continue;
        for (int role = 0; role < ROLE_COUNT; role++) {
            if (theme->styles[role].background == THEME_DEFAULT_COLOUR)
                g_error("%s: %s has no background", theme_names()[i], role_info[role].name);
        }
    }
}

/* Among 8 and 16 colours the ground stays what it was: black or white, and nothing in between. */
static void test_ground_of_few_colours(void)
{
    for (guint i = 0; theme_names()[i] != NULL; i++) {
        autoptr(theme) theme = theme_load(theme_names()[i], NULL, NULL);
        int ground = theme_paint(&theme->styles[ROLE_TEXT], 8).background;
        int ground16 = theme_paint(&theme->styles[ROLE_TEXT], 16).background;

        g_assert_true(ground == THEME_DEFAULT_COLOUR || ground == 0 || ground == 7);
        g_assert_true(ground16 == THEME_DEFAULT_COLOUR || ground16 == 0 || ground16 == 15);
    }
    g_assert_cmpint(paint("#839496 on #002b36", 8).background, ==, 0);
    g_assert_cmpint(paint("#657b83 on #fdf6e3", 8).background, ==, 7);
    g_assert_cmpint(paint("#657b83 on #fdf6e3", 16).background, ==, 15);
    g_assert_cmpint(paint("white on blue", 8).background, ==, 4);
    g_assert_cmpint(paint("yellow on white", 8).foreground, ==, 0);
}

/* --- Names ----------------------------------------------------------------------------------- */

static void test_all_names(void)
{
    g_autofree char *mine = write_file("mine2.theme", "[roles]\nover=red\n");
    g_autofree char *hiding = write_file("light.theme", "[theme]\ninherits=light\n");
    g_autofree char *other = write_file("mine10.theme", "");
    g_autofree char *stranger = write_file(".hidden.theme", "");
    g_autofree char *backup = write_file("mine.theme~", "");
    g_auto(GStrv) names = theme_all_names();
    guint n = g_strv_length((char **)theme_names());

    g_assert_cmpuint(g_strv_length(names), >=, n + 2);
    for (guint i = 0; i < n; i++)
        g_assert_cmpstr(names[i], ==, theme_names()[i]);
    g_assert_cmpint(g_strv_contains((const char *const *)names + n, "light"), ==, FALSE);
    g_assert_true(g_strv_contains((const char *const *)names + n, "mine2"));
    for (guint i = n; names[i] != NULL; i++) {
        g_assert_null(strchr(names[i], '.'));
        if (strcmp(names[i], "mine2") == 0)
            g_assert_cmpstr(names[i + 1], ==, "mine10");
    }
    g_remove(mine);
    g_remove(hiding);
    g_remove(other);
    g_remove(stranger);
    g_remove(backup);
}

static void test_files(void)
{
    g_autofree char *base = write_file("base.theme", "[theme]\ninherits=default\n");
    g_autofree char *heir = write_file("heir.theme", "[theme]\ninherits=base\n");
    autoptr(theme) theme = theme_load("heir", NULL, NULL);
    autoptr(theme) built_in = theme_load("default", NULL, NULL);

    g_assert_cmpuint(g_strv_length(theme->files), ==, 2);
    g_assert_cmpstr(theme->files[0], ==, heir);
    g_assert_cmpstr(theme->files[1], ==, base);
    g_assert_cmpuint(g_strv_length(built_in->files), ==, 0);
    g_remove(base);
    g_remove(heir);
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
    g_test_add_func("/theme/tints_among_few_colours", test_tints);
    g_test_add_func("/theme/colour_blind_states_differ_for_every_eye", test_eyes);
    g_test_add_func("/theme/contrast_is_that_of_wcag", test_contrast);
    g_test_add_func("/theme/contrast_of_every_role", test_contrast_of_roles);
    g_test_add_func("/theme/ground_is_painted_wholly_or_not", test_ground_is_whole);
    g_test_add_func("/theme/ground_of_few_colours", test_ground_of_few_colours);
    g_test_add_func("/theme/names_of_the_user_come_after_those_built_in", test_all_names);
    g_test_add_func("/theme/tells_its_files", test_files);
    g_test_add_func("/theme/mono_tells_trouble_from_calm", test_mono_tells_apart);
    status = g_test_run();
    remove_folder();
    return status;
}
