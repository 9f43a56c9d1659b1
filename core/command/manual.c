#include "core/command/manual.h"

#include <string.h>

#include "core/command/command.h"
#include "core/driver/sim/sim.h"
#include "core/store/config_host.h"

void manual_append_text(GString *man, const char *text)
{
    if (*text == '.' || *text == '\'')
        g_string_append(man, "\\&");
    for (; *text; text++) {
        if (*text == '\\')
            g_string_append(man, "\\e");
        else if (*text == '-')
            g_string_append(man, "\\-");
        else if (*text == '\n')
            g_string_append(man, "\n.br\n");
        else
            g_string_append_c(man, *text);
    }
}

void manual_append_item(GString *man, const char *tag, const char *argument, const char *text)
{
    g_string_append(man, ".TP\n\\fB");
    manual_append_text(man, tag);
    g_string_append(man, "\\fR");
    if (argument && *argument) {
        g_string_append(man, " \\fI");
        manual_append_text(man, argument);
        g_string_append(man, "\\fR");
    }
    g_string_append_c(man, '\n');
    manual_append_text(man, text);
    g_string_append_c(man, '\n');
}

static void append_section(GString *man, const char *title, const char *text)
{
    g_string_append_printf(man, ".SH %s\n", title);
    if (text) {
        manual_append_text(man, text);
        g_string_append_c(man, '\n');
    }
}

static void append_options(GString *man)
{
    append_section(man, "OPTIONS", NULL);
    for (guint i = 0; option_infos[i].name; i++) {
        const struct option_info *info = &option_infos[i];
        g_autofree char *tag = info->letter ? g_strdup_printf("-%c, --%s", info->letter, info->name)
                                            : g_strdup_printf("--%s", info->name);
        manual_append_item(man, tag, info->argument, info->help);
    }
}

static void append_faults(GString *man)
{
    append_section(man, "FAULTS",
                   "What may go wrong in a simulated lab, each with a chance from 0 "
                   "to 1: --faults wake-fails=0.1,host-dies=0.01");
    for (const char *const *fault = sim_fault_help; *fault; fault += 2)
        manual_append_item(man, fault[0], NULL, fault[1]);
}

/* What programs read of a listing: all its fields, in order. */
static void append_kinds(GString *text, const struct verb *verb)
{
    for (guint i = 0; verb->kinds && verb->kinds[i]; i++) {
        const struct record_kind *kind = verb->kinds[i];
        g_string_append_printf(text, "\nFields of \"%s\":", kind->set);
        for (const struct record_field *field = kind->fields; field->name; field++)
            g_string_append_printf(text, "%s %s%s%s", field == kind->fields ? "" : ",", field->name,
                                   field->second ? ", " : "", field->second ? field->second : "");
        g_string_append_c(text, '.');
    }
}

static void append_verbs(GString *man)
{
    append_section(man, "VERBS", NULL);
    for (const struct verb *verb = verbs; verb->name; verb++) {
        g_autofree char *usage = command_line_usage(verb);
        g_autoptr(GString) text = g_string_new(verb->help);
        if (verb->flags & VERB_HIDDEN)
            continue;
        g_string_append_printf(text, ".%s%s", *verb->details ? "\n" : "", verb->details);
        if (verb->aliases)
            g_string_append_printf(text, "\nAlso called: %s.", verb->aliases);
        append_kinds(text, verb);
        text->str[0] = g_ascii_toupper(text->str[0]);
        manual_append_item(man, verb->name, usage + strlen(verb->name), text->str);
    }
}

static void append_configuration(GString *man)
{
    const char *group = "";
    append_section(man, "CONFIGURATION",
                   "A file of groups and keys, as desktop files are; a # begins a comment, on a "
                   "line of its own. A relative path counts from the directory of the file. roost "
                   "help --config prints an annotated one.");
    for (guint i = 0; i < config_n_options; i++) {
        const struct config_option *option = &config_options[i];
        if (strcmp(group, option->group) != 0)
            g_string_append_printf(man, ".SS [%s]\n", option->group);
        group = option->group;
        g_autofree char *tag = g_strdup_printf("%s=", option->key);
        manual_append_item(man, tag, option->fallback, option->help);
    }
    g_string_append(man, ".SS [host NAME...]\n");
    manual_append_text(man, config_host_help);
    g_string_append_c(man, '\n');
    for (guint i = 0; i < config_n_host_options; i++) {
        const struct config_option *option = &config_host_options[i];
        g_autofree char *tag = g_strdup_printf("%s=", option->key);
        manual_append_item(man, tag, NULL, option->help);
    }
}

static void append_files(GString *man)
{
    append_section(man, "FILES", NULL);
    manual_append_item(man, "~/.config/roost/roost.conf, /etc/roost/roost.conf", NULL,
                       "The configuration, when -c gives none.");
    manual_append_item(man, "STORE/ClusterInfo.xml", NULL,
                       "The cluster: hosts, VMs, and what is known of them. Written whole or not "
                       "at all; one that cannot be read is never written over.");
    manual_append_item(man, "STORE/Nodes/ADDRESS.xml", NULL, "Each host, with its VMs.");
    manual_append_item(man, "STORE/journal.log", NULL,
                       "What was done, by whom, why, and how it ended: one logfmt line each.");
    manual_append_item(man, "STORE/simulated/", NULL, "The same for simulated labs.");
    manual_append_item(man, "~/.config/roost/themes, ~/.config/roost/keymaps", NULL,
                       "Themes and keymaps of one's own.");
}

static void append_examples(GString *man)
{
    append_section(man, "EXAMPLES", NULL);
    manual_append_item(man, "roost", NULL, "The console, on the simulated reference lab.");
    manual_append_item(man, "roost -c lab.conf add-node 10.0.0.1 10.0.0.2", NULL,
                       "Two hosts join the lab.");
    manual_append_item(man, "roost -c lab.conf plan --script", NULL,
                       "What compacting would take, as a shell script.");
    manual_append_item(man, "roost -c lab.conf list | cut -f 1,3", NULL,
                       "Each host with its state.");
    manual_append_item(man, "roost night --policy pairs --seed 7", NULL,
                       "A simulated night under the policy of the thesis.");
}

char *manual_format(const struct command_hooks *hooks)
{
    GString *man = g_string_new(".TH ROOST 1 \"\" \"roost " ROOST_VERSION "\" \"User Commands\"\n");
    g_autofree char *console = command_line_usage(NULL);
    append_section(man, "NAME", "roost - console and autopilot for a lab of hosts that run VMs");
    append_section(man, "SYNOPSIS", NULL);
    g_string_append(man, ".B roost\n");
    manual_append_text(man, console);
    g_string_append(man, "\n.br\n.B roost\n[\\-c FILE] [\\-\\-lab NAME|FILE] VERB ...\n");
    append_section(
        man, "DESCRIPTION",
        "By night the VMs of a lab roost: they are moved, live, onto as few hosts as can "
        "carry them, and the empty hosts are switched off. By morning every host is on "
        "again and every VM is back on its own host. Without a verb, roost shows this on "
        "the whole screen; with one, it does one thing and ends. Without a configuration "
        "the console shows a simulated lab.");
    append_options(man);
    append_verbs(man);
    append_faults(man);
    append_configuration(man);
    append_section(man, "KEYS", "In the console, with the default keymap:");
    if (hooks->append_keys)
        hooks->append_keys(man);
    append_files(man);
    append_section(man, "EXIT STATUS",
                   "0 when it was done, 1 when it failed (the reason is on "
                   "standard error), 2 when the command line was wrong.");
    append_examples(man);
    append_section(man, "SEE ALSO", NULL);
    g_string_append(man, ".BR virsh (1),\n.BR ssh (1),\n.BR etherwake (8)\n");
    return g_string_free(man, FALSE);
}
