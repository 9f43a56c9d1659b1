/* test_picture.c - a surface as SVG and as text. */
#include "tui/picture.h"

#include <locale.h>
#include <string.h>

#include <libxml/parser.h>

static struct surface *paint(void)
{
    struct surface *surface = surface_new(20, 3);

    surface_text(surface, 0, 0, -1, "pc<01>&\"x\"", ROLE_STRONG, CELL_BOLD);
    surface_text(surface, 0, 1, -1, "日本 é́ ■", ROLE_OVER, 0);
    surface_text(surface, 0, 2, -1, "a\033[31mb\001", ROLE_TEXT, CELL_REVERSE | CELL_UNDERLINE);
    return surface;
}

static struct theme *load(const char *name)
{
    g_autoptr(GError) error = NULL;
    struct theme *theme = theme_load(name, NULL, &error);

    g_assert_no_error(error);
    return theme;
}

/* Whatever names there are, and in every theme. */
static void test_svg(void)
{
    autoptr(surface) surface = paint();

    for (const char *const *name = theme_names(); *name != NULL; name++) {
        autoptr(theme) theme = load(*name);
        g_autofree char *svg = picture_svg(surface, theme, "roost: a <lab> & \"more\"");
        xmlDoc *document = xmlReadMemory(svg, (int)strlen(svg), NULL, NULL, XML_PARSE_NONET);

        g_assert_nonnull(document);
        xmlFreeDoc(document);
        g_assert_nonnull(strstr(svg, "role=\"img\""));
        g_assert_nonnull(strstr(svg, "<title id=\"title\">roost: a &lt;lab&gt; &amp; "));
        g_assert_nonnull(strstr(svg, "日本"));
        g_assert_null(strchr(svg, '\033'));
        g_assert_null(strchr(svg, '\001'));
    }
}

/* Numbers are SVG's whatever the locale's are; wide characters take two cells. */
static void test_svg_places(void)
{
    autoptr(surface) surface = surface_new(10, 1);
    autoptr(theme) theme = load("default");
    g_autofree char *svg = NULL;

    surface_text(surface, 1, 0, -1, "日本", ROLE_TEXT, 0);
    svg = picture_svg(surface, theme, "t");
    g_assert_nonnull(strstr(svg, "width=\"108\" height=\"42\""));
    g_assert_nonnull(strstr(svg, "textLength=\"84.0\""));
    g_assert_null(strstr(svg, "84,0"));
}

static void test_light_page(void)
{
    autoptr(surface) surface = surface_new(4, 1);
    autoptr(theme) light = load("light");
    autoptr(theme) dark = load("default");
    g_autofree char *one = picture_svg(surface, light, "t");
    g_autofree char *other = picture_svg(surface, dark, "t");

    g_assert_cmpstr(one, !=, other);
}

static void test_plain(void)
{
    autoptr(surface) surface = paint();
    autoptr(theme) theme = load("default");
    g_autofree char *text = picture_text(surface, theme, 0, FALSE);
    g_autofree char *ascii = picture_text(surface, theme, 0, TRUE);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    g_assert_cmpuint(g_strv_length(lines), ==, 4);
    g_assert_cmpstr(lines[0], ==, "pc<01>&\"x\"");
    g_assert_true(g_str_has_prefix(lines[1], "日本 "));
    g_assert_null(strchr(text, '\033'));
    g_assert_true(g_str_is_ascii(ascii));
    g_assert_true(g_str_has_prefix(strchr(ascii, '\n') + 1, "? ?  "));
}

static void test_colours(void)
{
    static const guint depths[] = {8, 16, 256, THEME_DIRECT_COLOURS};
    autoptr(surface) surface = paint();
    autoptr(theme) theme = load("default");

    for (guint i = 0; i < G_N_ELEMENTS(depths); i++) {
        g_autofree char *text = picture_text(surface, theme, depths[i], FALSE);

        g_assert_true(g_str_has_suffix(text, "\033[0m\n"));
        g_assert_nonnull(strstr(text, "\033[0;1"));
        g_assert_true((strstr(text, "8;5;") != NULL) == (depths[i] == 256));
        g_assert_true((strstr(text, "8;2;") != NULL) == (depths[i] == THEME_DIRECT_COLOURS));
    }
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/picture/svg_is_xml_whatever_is_shown", test_svg);
    g_test_add_func("/picture/svg_stands_in_cells", test_svg_places);
    g_test_add_func("/picture/svg_has_the_themes_page", test_light_page);
    g_test_add_func("/picture/text_is_plain", test_plain);
    g_test_add_func("/picture/text_has_the_colours_there_are", test_colours);
    return g_test_run();
}
