/* config_example.c - the annotated example, made from the table of options. */
#include "core/store/config.h"

#include <string.h>

#include "core/store/config_host.h"

#define COLUMNS 78

/* "# " and the text, broken between words. */
static void append_comment(GString *out, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    gsize column = 0;
    for (char **word = words; *word; word++) {
        gsize length = strlen(*word);
        if (column == 0 || column + 1 + length > COLUMNS) {
            g_string_append(out, column ? "\n#" : "#");
            column = 1;
        }
        g_string_append_printf(out, " %s", *word);
        column += 1 + length;
    }
    g_string_append_c(out, '\n');
}

static void append_option(GString *out, const struct config_option *option)
{
    append_comment(out, option->help);
    if (option->choices) {
        g_auto(GStrv) choices = g_strsplit(option->choices, "|", -1);
        g_autofree char *list = g_strjoinv(", ", choices);
        g_autofree char *line = g_strdup_printf("One of: %s.", list);
        append_comment(out, line);
    }
    g_string_append_printf(out, "#%s=%s\n", option->key, option->fallback);
}

static void append_hosts(GString *out)
{
    g_string_append_c(out, '\n');
    append_comment(out, config_host_help);
    g_string_append(out, "#[host NAME]\n");
    for (guint i = 0; i < config_n_host_options; i++) {
        g_string_append_c(out, '\n');
        append_option(out, &config_host_options[i]);
    }
}

char *config_example(void)
{
    GString *out = g_string_new(NULL);
    const char *group = "";
    append_comment(out,
                   "roost.conf - what roost needs to know of a lab. Every option is here, with "
                   "its default; take the # away from the lines you change. A relative path "
                   "counts from the directory of this file. A comment has a line of its own.");
    for (guint i = 0; i < config_n_options; i++) {
        const struct config_option *option = &config_options[i];
        if (strcmp(group, option->group) != 0)
            g_string_append_printf(out, "\n[%s]\n", option->group);
        else
            g_string_append_c(out, '\n');
        group = option->group;
        append_option(out, option);
    }
    append_hosts(out);
    return g_string_free(out, FALSE);
}
