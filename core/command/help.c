/* help.c - the verbs that tell: help, version. */
#include "core/command/verb.h"

#include <string.h>

#include "core/base/error.h"
#include "core/command/command.h"
#include "core/command/command_line.h"
#include "core/command/commands_page.h"
#include "core/command/complete_scripts.h"
#include "core/command/manual.h"
#include "core/driver/sim/sim.h"
#include "core/store/cluster_schema.h"
#include "core/store/config.h"

#define COLUMNS 78

static void append_row(GString *text, const char *left, int width, const char *right)
{
    g_string_append_printf(text, "  %-*s%s%s\n", *right ? width : 0, left, *right ? "  " : "",
                           right);
}

static void append_options(GString *text, guint64 bits, gboolean general)
{
    for (guint i = 0; option_infos[i].name; i++) {
        const struct option_info *info = &option_infos[i];
        if (general ? info->bit != 0 : !(info->bit & bits))
            continue;
        char letter[] = {'-', info->letter, ',', ' ', '\0'};
        g_autofree char *left =
            g_strdup_printf("%s--%s%s%s", info->letter ? letter : "    ", info->name,
                            info->argument ? " " : "", info->argument ? info->argument : "");
        append_row(text, left, 24, info->help);
    }
}

static void append_wrapped(GString *text, const char *paragraph)
{
    g_auto(GStrv) words = g_strsplit(paragraph, " ", -1);
    gsize column = 0;
    for (char **word = words; *word; word++) {
        gsize length = strlen(*word);
        gboolean first = column == 0 || column + 1 + length > COLUMNS;
        if (first && column)
            g_string_append_c(text, '\n');
        g_string_append_printf(text, "%s%s", first ? "" : " ", *word);
        column = first ? length : column + 1 + length;
    }
    g_string_append_c(text, '\n');
}

/* "vms, vms-most" of a pair, as XML and JSON have it. Free with g_free. */
static char *name_field(const struct record_field *field)
{
    return g_strconcat(field->name, field->type == RECORD_PAIR ? ", " : "",
                       field->type == RECORD_PAIR ? field->second : "", NULL);
}

static void append_fields(GString *text, const struct record_kind *kind, gboolean hidden)
{
    for (const struct record_field *field = kind->fields; field->name; field++) {
        g_autofree char *name = name_field(field);
        if (field->hidden == hidden)
            append_row(text, name, 24, field->help ? field->help : "");
    }
}

static void append_kind(GString *text, const struct record_kind *kind)
{
    gboolean more = FALSE;
    for (const struct record_field *field = kind->fields; field->name; field++)
        more |= field->hidden;
    g_string_append_printf(text, "\nFields of \"%s\", one \"%s\" each, in the order of text:\n",
                           kind->set, kind->one);
    append_fields(text, kind, FALSE);
    if (more)
        g_string_append(text, "and, in XML and JSON alone:\n");
    append_fields(text, kind, TRUE);
}

static void append_verb(GString *text, const struct verb *verb)
{
    g_autofree char *usage = command_line_usage(verb);
    g_auto(GStrv) paragraphs = g_strsplit(verb->details, "\n", -1);
    g_string_append_printf(text, "roost %s\n\n%s\n", usage, verb->help);
    for (char **paragraph = paragraphs; *paragraph; paragraph++) {
        g_string_append_c(text, '\n');
        append_wrapped(text, *paragraph);
    }
    if (verb->options)
        g_string_append(text, "\nOptions:\n");
    append_options(text, verb->options, FALSE);
    if (verb->aliases)
        g_string_append_printf(text, "\nAlso called: %s\n", verb->aliases);
    for (guint i = 0; verb->kinds && verb->kinds[i]; i++)
        append_kind(text, verb->kinds[i]);
    if (!(verb->options & OPTION_FAULTS))
        return;
    g_string_append(text, "\nFaults, each with a chance from 0 to 1:\n");
    for (const char *const *fault = sim_fault_help; *fault; fault += 2)
        append_row(text, fault[0], 24, fault[1]);
}

static void append_overview(GString *text)
{
    g_autofree char *console = command_line_usage(NULL);
    g_string_append(text, "roost - a console and an autopilot for a lab of hosts that run VMs\n\n");
    g_string_append_printf(text, "roost %s\n    the console, on the whole screen\n", console);
    g_string_append(text, "roost [-c FILE] [--lab NAME|FILE] VERB ...\n    one thing, without a "
                          "screen\n\nVerbs:\n");
    for (const struct verb *verb = verbs; verb->name; verb++) {
        if (verb->flags & VERB_HIDDEN)
            continue;
        g_autofree char *left =
            g_strdup_printf("%s%s%s", verb->name, *verb->arguments ? " " : "", verb->arguments);
        append_row(text, left, 20, verb->help);
    }
    g_string_append(text, "\nOptions (roost help VERB tells those of a verb):\n");
    append_options(text, 0, TRUE);
    g_string_append(text, "\nExit status: 0 done, 1 failed (the reason is on stderr), 2 wrong "
                          "usage.\n");
}

gboolean help_show(const struct output *output, const struct verb *verb)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (verb)
        append_verb(text, verb);
    else
        append_overview(text);
    output_text(output, text->str);
    return TRUE;
}

static gboolean print_script(const struct command *command, GError **error)
{
    const char *script = complete_script(command->line->completion);
    if (script)
        output_text(command->output, script);
    else
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                    "--completion %s: is not bash, zsh or fish", command->line->completion);
    return script != NULL;
}

/* A page of the console's, which is no verb's; NULL when there is none of that name. */
static char *print_page(const struct command *command, const char *name)
{
    GString *page = g_string_new(NULL);
    gboolean known = name && command->hooks && command->hooks->append_page &&
                     command->hooks->append_page(page, name);
    return g_string_free(page, !known);
}

gboolean help_run(const struct command *command, GError **error)
{
    const char *name = command->line->arguments[0];
    g_autofree char *text = print_page(command, name);
    const struct verb *verb = name && !text ? verb_find(name, error) : NULL;
    if (text) {
        output_text(command->output, text);
        return TRUE;
    }
    if (name && !verb)
        return FALSE;
    if (command->line->given & OPTION_MAN)
        text = manual_format(command->hooks);
    else if (command->line->given & OPTION_COMMANDS)
        text = commands_page_format();
    else if (command->line->given & OPTION_COMPLETION)
        return print_script(command, error);
    else if (command->line->given & OPTION_EXAMPLE)
        text = config_example();
    else if (command->line->given & OPTION_SCHEMA)
        text = schema_format_xsd();
    else
        return help_show(command->output, verb);
    output_text(command->output, text);
    return TRUE;
}

gboolean version_run(const struct command *command, G_GNUC_UNUSED GError **error)
{
    output_line(command->output, "roost %s", ROOST_VERSION);
    return TRUE;
}
