#include "core/command/commands_page.h"

#include <string.h>

#include "core/command/command_line.h"
#include "core/command/document.h"
#include "core/command/verb.h"

static const char introduction[] =
    "# The verbs of roost\n\n"
    "<!-- Made by: roost help --commands. Edit the tables, then run make docs. -->\n\n"
    "One table of verbs is behind the command line (`roost VERB`), the shell (`roost shell`) and "
    "the console's palette (`:`). Case does not count in a verb's name, and `_` is as good as "
    "`-`.\n\n"
    "Exit status: 0 done, 1 failed (the reason is on stderr), 2 wrong usage. `remote` ends with "
    "the greatest exit status of its commands.\n\n"
    "## Listings for programs\n\n"
    "Verbs that list take `--format text|xml|json`. Text has one record a line, with a tab between "
    "two fields, and `-` for nothing. XML and JSON have the same fields by name, and some more "
    "that a line has no room for. Fields are only ever added; should one change its sense or go, "
    "the version at the top grows.\n\n"
    "    $ roost --lab small find pc04 --format xml\n"
    "    <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "    <roost version=\"1\">\n"
    "      <vms>\n"
    "        <vm name=\"pc04\" host=\"pc04\" address=\"10.0.0.4\" state=\"running\"/>\n"
    "      </vms>\n"
    "    </roost>\n"
    "    $ roost --lab small list --format json | jq -r '.hosts[] | select(.vms == 0) | .name'\n\n"
    "What is nothing is absent in XML, and null in JSON. Control characters are written as text "
    "shows them (`\\x1b`), so that any name is well-formed. Errors are text on stderr, and an exit "
    "status; a verb that fails before it has listed anything prints no document, and an empty "
    "list is an empty array. Types:\n\n"
    "| type | text | XML | JSON |\n| --- | --- | --- | --- |\n"
    "| text | `web` | `web` | `\"web\"` |\n"
    "| number | `0.41` | `0.41` | `0.41` |\n"
    "| flag | `yes` | `yes` | `true` |\n"
    "| list | `ana,bob`, `-` for none, `?` not known | `ana,bob`, empty for none, absent when not "
    "known | `[\"ana\", \"bob\"]`, `[]`, `null` |\n"
    "| pair | `3/8` | two numbers | two numbers |\n\n";

/* Tables and code must not be broken by what is in them. */
static void append_cell(GString *page, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            g_string_append_c(page, '\\');
        g_string_append_c(page, *text);
    }
}

static void append_prose(GString *page, const char *text)
{
    for (; *text; text++) {
        if (strchr("*_<>[]#|", *text))
            g_string_append_c(page, '\\');
        g_string_append_c(page, *text);
    }
}

static void append_row(GString *page, const char *name, const char *type, const char *help)
{
    g_string_append_printf(page, "| `%s` | %s | ", name, type);
    append_cell(page, help ? help : "");
    g_string_append(page, " |\n");
}

static void append_kind(GString *page, const struct record_kind *kind)
{
    static const char *const types[] = {"text", "number", "flag", "list", "pair"};
    g_string_append_printf(page,
                           "\nRecords `%s`, one `%s` each:\n\n| field | type | |\n"
                           "| --- | --- | --- |\n",
                           kind->set, kind->one);
    for (const struct record_field *field = kind->fields; field->name; field++) {
        g_autofree char *pair =
            field->second ? g_strdup_printf("%s`, `%s", field->name, field->second) : NULL;
        g_autofree char *type =
            g_strconcat(types[field->type], field->hidden ? ", not in text" : "", NULL);
        append_row(page, pair ? pair : field->name, type, field->help);
    }
}

static void append_options(GString *page, guint64 bits)
{
    for (guint i = 0; option_infos[i].name; i++) {
        const struct option_info *info = &option_infos[i];
        if (!(info->bit & bits))
            continue;
        g_string_append_printf(page, "- `--%s%s%s`: ", info->name, info->argument ? " " : "",
                               info->argument ? info->argument : "");
        append_prose(page, info->help);
        g_string_append_c(page, '\n');
    }
}

static void append_verb(GString *page, const struct verb *verb)
{
    g_auto(GStrv) paragraphs = g_strsplit(verb->details, "\n", -1);
    g_string_append_printf(page, "## %s\n\n    roost %s%s%s\n\n", verb->name, verb->name,
                           *verb->arguments ? " " : "", verb->arguments);
    append_prose(page, verb->help);
    g_string_append(page, ".\n\n");
    for (char **paragraph = paragraphs; *paragraph && **paragraph; paragraph++) {
        append_prose(page, *paragraph);
        g_string_append(page, "\n\n");
    }
    if (verb->aliases)
        g_string_append_printf(page, "Also called: `%s`.\n\n", verb->aliases);
    append_options(page, verb->options);
    for (guint i = 0; verb->kinds && verb->kinds[i]; i++)
        append_kind(page, verb->kinds[i]);
    if (page->str[page->len - 2] != '\n')
        g_string_append_c(page, '\n');
}

char *commands_page_format(void)
{
    GString *page = g_string_new(introduction);
    for (const struct verb *verb = verbs; verb->name; verb++) {
        if (!(verb->flags & VERB_HIDDEN))
            append_verb(page, verb);
    }
    g_string_truncate(page, page->len - 1);
    return g_string_free(page, FALSE);
}
