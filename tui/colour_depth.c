#include "tui/colour_depth.h"

#include <string.h>

#include "tui/theme.h"

gboolean colour_wish_parse(const char *text, enum colour_wish *wish)
{
    static const char *const names[] = {
        [COLOURS_AUTO] = "auto", [COLOURS_NEVER] = "never", [COLOURS_8] = "8",
        [COLOURS_16] = "16",     [COLOURS_256] = "256",     [COLOURS_24BIT] = "24bit",
    };

    *wish = COLOURS_AUTO;
    for (guint i = 0; text != NULL && i < G_N_ELEMENTS(names); i++) {
        if (strcmp(text, names[i]) == 0) {
            *wish = (enum colour_wish)i;
            return TRUE;
        }
    }
    return text == NULL;
}

struct colour_environment colour_environment_get(void)
{
    return (struct colour_environment){
        .term = g_getenv("TERM"),
        .colorterm = g_getenv("COLORTERM"),
        .no_color = g_getenv("NO_COLOR"),
        .tmux = g_getenv("TMUX"),
        .sty = g_getenv("STY"),
    };
}

static gboolean is_set(const char *variable)
{
    return variable != NULL && *variable != '\0';
}

static gboolean is_family(const char *term, const char *name)
{
    gsize length = strlen(name);

    return strncmp(term, name, length) == 0 &&
           (term[length] == '\0' || term[length] == '-' || term[length] == '.');
}

/* COLORTERM comes with the environment, also to where it is not true. */
static gboolean believes_colorterm(const struct colour_environment *environment)
{
    const char *said = environment->colorterm;

    if (!is_set(said) || (strcmp(said, "truecolor") != 0 && strcmp(said, "24bit") != 0))
        return FALSE;
    if (is_family(environment->term, "tmux") || is_set(environment->tmux))
        return TRUE;
    return !is_set(environment->sty) && !is_family(environment->term, "screen") &&
           !is_family(environment->term, "linux");
}

/* xterm of xterm-256color */
static char *base_of(const char *term)
{
    static const char *const endings[] = {"-direct", "-256color", "-88color", "-16color", "-color"};

    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
        if (g_str_has_suffix(term, endings[i]))
            return g_strndup(term, strlen(term) - strlen(endings[i]));
    }
    return g_strdup(term);
}

/* How the terminal itself calls its direct description. */
static char *direct_of(const char *base, const struct colour_environment *environment)
{
    if (is_set(environment->tmux) || is_family(base, "screen"))
        return g_strdup("tmux-direct");
    if (strcmp(base, "xterm-kitty") == 0)
        return g_strdup("kitty-direct");
    if (strcmp(base, "gnome") == 0)
        return g_strdup("vte-direct");
    return g_strconcat(base, "-direct", NULL);
}

/* vt52, vt100, vt220 ...; vte is another. */
static gboolean is_vt(const char *term)
{
    return strncmp(term, "vt", 2) == 0 && g_ascii_isdigit(term[2]);
}

static gboolean is_rich(const char *term)
{
    /* Terminals of old have no more than their description says, whatever is inherited. */
    return !is_family(term, "dumb") && !is_family(term, "ansi") && !is_vt(term) &&
           !g_str_has_suffix(term, "-m") && !g_str_has_suffix(term, "-mono");
}

char **colour_descriptions(enum colour_wish wish, const struct colour_environment *environment)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    const char *term = environment->term;

    if (is_set(term) && is_rich(term)) {
        g_autofree char *base = base_of(term);
        g_autofree char *direct = direct_of(base, environment);
        g_autofree char *indexed = g_strconcat(base, "-256color", NULL);
        gboolean wants_none = wish == COLOURS_AUTO && is_set(environment->no_color);
        gboolean is_direct = strstr(term, "-direct") != NULL;
        gboolean wants_direct =
            !is_direct && (wish == COLOURS_24BIT || (wish == COLOURS_AUTO && !wants_none &&
                                                     believes_colorterm(environment)));
        gboolean wants_indexed = wish == COLOURS_256 || (wish == COLOURS_16 && is_direct);

        if (wants_direct)
            g_strv_builder_add(builder, direct);
        if ((wants_direct || wants_indexed) && strcmp(indexed, term) != 0)
            g_strv_builder_add(builder, indexed);
    }
    return g_strv_builder_end(builder);
}

guint colour_depth(enum colour_wish wish, const struct colour_environment *environment,
                   const struct colour_facts *facts)
{
    static const guint most[] = {[COLOURS_AUTO] = THEME_DIRECT_COLOURS,
                                 [COLOURS_NEVER] = 0,
                                 [COLOURS_8] = 8,
                                 [COLOURS_16] = 16,
                                 [COLOURS_256] = 256,
                                 [COLOURS_24BIT] = THEME_DIRECT_COLOURS};
    guint n;

    if (wish == COLOURS_NEVER || (wish == COLOURS_AUTO && is_set(environment->no_color)) ||
        facts->n_colours < 8)
        return 0;
    if (facts->direct)
        n = THEME_DIRECT_COLOURS;
    else if (facts->indexed_direct)
        n = 8;
    else
        n = facts->n_colours >= 256 ? 256 : facts->n_colours >= 16 ? 16 : 8;
    /* Of a direct description, entries of the palette cannot be had but for the first 8. */
    if (n == THEME_DIRECT_COLOURS && most[wish] < n)
        return 8;
    return MIN(n, most[wish]);
}
