#include "core/command/command_line.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/document.h"

/* More than the table has. */
#define OPTIONS_MOST 80

/* Every verb has these on a simulated lab. */
#define SIMULATION_OPTIONS (OPTION_SEED | OPTION_FAULTS)
#define LOOK_OPTIONS       (OPTION_THEME | OPTION_KEYMAP | OPTION_COLOURS)
#define CONSOLE_OPTIONS                                                                            \
    (OPTION_POLICY | OPTION_SPEED | SIMULATION_OPTIONS | OPTION_READONLY | OPTION_KIOSK |          \
     OPTION_STILL | OPTION_NO_MOUSE | OPTION_BATCH | OPTION_SIZE | OPTION_PICTURE | LOOK_OPTIONS | \
     OPTION_LINE_MODE)

#define VALUE(member) G_STRUCT_OFFSET(struct command_line, member)

const struct option_info option_infos[] = {
    {0, "configuration", 'c', "FILE", "the configuration of the lab (roost help --config)",
     VALUE(config)},
    {0, "lab", 'l', "NAME|FILE", "a simulated lab instead: ercolani, small, or a ClusterInfo.xml",
     VALUE(lab), "ercolani|small|FILE"},
    {0, "help", 'h', NULL, "help, also of a verb"},
    {0, "version", 'V', NULL, "the version"},
    {OPTION_READONLY, "readonly", 0, NULL, "only look: whatever would act is refused"},
    {OPTION_KIOSK, "kiosk", 0, NULL,
     "for a login shell: no way to a shell, an editor or a file; the environment is not listened "
     "to"},
    {OPTION_NO_MOUSE, "no-mouse", 0, NULL, "leave the mouse to the terminal, which selects text"},
    {OPTION_STILL, "no-animation", 0, NULL, "nothing moves that need not"},
    {OPTION_BATCH, "batch", 0, NULL,
     "print the screen as text, once every host has answered, and end"},
    {OPTION_BATCH, "frames", 0, "N", "so many frames, parted by a form feed (1)", VALUE(frames)},
    {OPTION_BATCH, "interval", 0, "SECONDS", "between two frames (1)", VALUE(interval)},
    {OPTION_SIZE, "size", 0, "WxH", "of the frame, in characters: 80x24, or the terminal's",
     VALUE(size)},
    {OPTION_PICTURE, "view", 0, "NAME", "another view: an action that opens one, such as jobs",
     VALUE(view)},
    {OPTION_PICTURE, "at", 0, "HH:MM[:SS]", "simulated lab: go on until then", VALUE(at)},
    {OPTION_THEME, "theme", 0, "NAME", "the colours: a theme, or a file (roost help themes)",
     VALUE(theme),
     "default|light|high-contrast|colour-blind|gruvbox|dracula|phosphor-green|phosphor-amber|mono|"
     "FILE"},
    {OPTION_KEYMAP, "keymap", 0, "NAME", "the keys: a keymap, or a file (roost help keymaps)",
     VALUE(keymap), "default|vi|emacs|function-keys|FILE"},
    {OPTION_COLOURS, "colours", 0, "HOW", "how many: auto, never, 8, 16, 256 or 24bit",
     VALUE(colours), "auto|never|8|16|256|24bit"},
    {OPTION_DRY_RUN, "dry-run", 'n', NULL, "say what would be done, and do nothing"},
    {OPTION_FORCE, "force", 'f', NULL, "go past the checks that an operator may overrule"},
    {OPTION_POLICY, "policy", 'p', "NAME", "pack or pairs, whatever the configuration says",
     VALUE(policy), "pack|pairs"},
    {OPTION_SCRIPT, "script", 0, NULL, "as a shell script of virsh and ssh commands"},
    {OPTION_NORMALIZE, "normalize", 0, NULL, "plan how everything comes home, not compaction"},
    {OPTION_SEED, "seed", 0, "N", "simulated lab: another course of chance (default 1)",
     VALUE(seed_text)},
    {OPTION_FAULTS, "faults", 0, "SPEC",
     "simulated lab: what goes wrong; all, none, or NAME=CHANCE,...", VALUE(faults)},
    {OPTION_TRACE, "trace", 0, NULL, "print each decision with its reason"},
    {OPTION_SPEED, "speed", 0, "N",
     "simulated lab: seconds a second, where one watches (default 60)", VALUE(speed_text)},
    {OPTION_FILE, "file", 0, "FILE",
     "more hosts: one, or one range, a line; # begins a comment; - is stdin", VALUE(file)},
    {OPTION_ACCEPT_NEW, "accept-new", 0, NULL,
     "accept the ssh host keys of hosts that are not known yet, unseen"},
    {OPTION_PASSWORD_FD, "password-fd", 0, "N",
     "read a password from descriptor N, for hosts that no key opens yet", VALUE(password_fd_text)},
    {OPTION_ARM, "arm", 0, NULL, "arm wake-on-LAN where it is not, now and for each boot"},
    {OPTION_PEER_KEYS, "peer-keys", 0, NULL,
     "give all hosts keys for each other, for peer-to-peer migration"},
    {OPTION_CHECK, "check", 0, NULL, "examine what was added, as on a terminal"},
    {OPTION_MODE, "mode", 0, "MODE", "how: pre-copy, post-copy or stop-and-copy", VALUE(mode),
     "pre-copy|post-copy|stop-and-copy"},
    {OPTION_BANDWIDTH, "bandwidth", 0, "MIB", "the most to use in a second, in MiB; 0: no limit",
     VALUE(bandwidth)},
    {OPTION_TIMEOUT, "timeout", 0, "TIME", "how long it may take, such as 90s or 5min",
     VALUE(timeout)},
    {OPTION_ON_TIMEOUT, "on-timeout", 0, "WHAT", "then: cancel, post-copy or pause",
     VALUE(on_timeout), "cancel|post-copy|pause"},
    {OPTION_GUEST, "name", 0, "NAME", "of the VM; of copies a pattern, such as exam-%02d",
     VALUE(name)},
    {OPTION_GUEST, "memory", 0, "MIB", "of RAM (256)", VALUE(memory)},
    {OPTION_GUEST, "vcpus", 0, "N", "virtual CPUs (1)", VALUE(vcpus)},
    {OPTION_GUEST, "disk", 0, "SIZE|PATH[:SIZE],...", "its disks", VALUE(disk)},
    {OPTION_GUEST, "cdrom", 0, "PATH", "an image in its CD drive", VALUE(cdrom)},
    {OPTION_GUEST, "network", 0, "NAME", "a network of libvirt's, bridge=NAME, or none",
     VALUE(network)},
    {OPTION_GUEST, "mac", 0, "MAC", "the address of its card", VALUE(mac)},
    {OPTION_GUEST, "boot", 0, "hd,cdrom,network", "what it boots from, in this order", VALUE(boot)},
    {OPTION_GUEST, "home", 0, "HOST,...|spread", "where it is made", VALUE(home)},
    {OPTION_TEMPLATE, "template", 0, "VM|FILE", "what it is a copy of", VALUE(template)},
    {OPTION_TEMPLATE, "copies", 0, "N", "how many, from 1 on", VALUE(copies)},
    {OPTION_TEMPLATE, "full", 0, NULL, "whole copies of disks, which build upon nothing"},
    {OPTION_START, "start", 0, NULL, "start what was made"},
    {OPTION_DISKS, "disks", 0, NULL, "its disks as well"},
    {OPTION_ONCE, "once", 0, NULL,
     "do what the hour demands, compact or normalize, and end; for a timer"},
    {OPTION_PID_FILE, "pid-file", 0, "FILE",
     "say there who runs and how it is, for a script that has to know", VALUE(pid_file)},
    {OPTION_SINCE, "since", 0, "TIME", "from then on: 2026-11-20, \"20 Nov 22:00\", yesterday, 2h",
     VALUE(since)},
    {OPTION_UNTIL, "until", 0, "TIME", "until then; a day alone: until its end", VALUE(until)},
    {OPTION_HOST, "host", 0, "HOST", "only what concerns that host", VALUE(host)},
    {OPTION_VM, "vm", 0, "VM", "only what concerns that VM", VALUE(vm)},
    {OPTION_GREP, "grep", 0, "RE", "only lines that match a regular expression", VALUE(grep)},
    {OPTION_ALARMS, "alarms", 0, NULL, "only alarms"},
    {OPTION_FOLLOW, "follow", 0, NULL, "go on with what is written from now on, until ^C"},
    {OPTION_LINES, "lines", 0, "N", "the last N lines only", VALUE(lines)},
    {OPTION_NIGHT, "night", 0, "DAY", "the night that begins on that day", VALUE(night)},
    {OPTION_MONTH, "month", 0, "MONTH", "the nights of a month, such as 2026-11", VALUE(month)},
    {OPTION_FORMAT, "format", 0, "FORMAT", "text, xml or json: how records are written",
     VALUE(format_text), "text|xml|json"},
    {OPTION_LINE_MODE, "line-mode", 0, NULL,
     "no screen: sentences, a line for each event, verbs from standard input; for screen readers"},
    {OPTION_KEEP_GOING, "keep-going", 0, NULL, "go on after a line that failed"},
    {OPTION_COMPLETION, "completion", 0, "SHELL",
     "print the completions for a shell: bash, zsh or fish", VALUE(completion), "bash|zsh|fish"},
    {OPTION_COMMANDS, "commands", 0, NULL, "print all verbs with their fields, in Markdown"},
    {OPTION_MAN, "man", 0, NULL, "print the man page"},
    {OPTION_EXAMPLE, "config", 0, NULL, "print an annotated configuration file"},
    {OPTION_SCHEMA, "schema", 0, NULL, "print the schema of ClusterInfo.xml (XSD)"},
    {OPTION_CONFIRM, "confirm", 0, "NAME",
     "the cluster's or the VM's name, instead of typing it when asked", VALUE(confirm)},
    {OPTION_NONE, "none", 0, NULL, "take it away"},
    {OPTION_TO, "to", 0, "HOST,...", "only over these", VALUE(to)},
    {0, NULL},
};

/* Where the value of an option with an argument is kept. */
static char **text_of(struct command_line *line, const struct option_info *info)
{
    return (char **)G_STRUCT_MEMBER_P(line, info->offset);
}

void command_line_free(struct command_line *line)
{
    if (!line)
        return;
    for (guint i = 0; option_infos[i].name; i++) {
        if (option_infos[i].argument)
            g_free(*text_of(line, &option_infos[i]));
    }
    g_strfreev(line->arguments);
    g_strfreev(line->command);
    g_free(line);
}

/* Takes the options out of argv (NULL-terminated, owned) and leaves the words. */
static gboolean take_options(struct command_line *line, char ***argv, GError **error)
{
    gboolean flags[OPTIONS_MOST] = {FALSE};
    GOptionEntry entries[OPTIONS_MOST] = {0};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) cause = NULL;
    for (guint i = 0; option_infos[i].name; i++) {
        const struct option_info *info = &option_infos[i];
        g_assert(i + 1 < OPTIONS_MOST);
        gpointer place = info->argument ? (gpointer)text_of(line, info) : (gpointer)&flags[i];
        entries[i] =
            (GOptionEntry){info->name, info->letter,
                           0,          info->argument ? G_OPTION_ARG_FILENAME : G_OPTION_ARG_NONE,
                           place,      NULL,
                           NULL};
    }
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse_strv(context, argv, &cause))
        return error_refuse(error, ROOST_ERROR_USAGE, "%s", cause->message);
    for (guint i = 0; option_infos[i].name; i++) {
        const struct option_info *info = &option_infos[i];
        if (info->argument ? *text_of(line, info) != NULL : flags[i])
            line->given |= info->bit;
        if (flags[i] && strcmp(info->name, "full") == 0)
            line->full = TRUE;
        if (flags[i] && info->letter == 'h')
            line->help = TRUE;
        if (flags[i] && info->letter == 'V')
            line->version = TRUE;
    }
    return TRUE;
}

guint64 command_line_options(const struct verb *verb, gboolean simulated)
{
    if (!verb)
        return CONSOLE_OPTIONS;
    return verb->options | OPTION_READONLY |
           (simulated && verb->needs != NEEDS_NOTHING ? SIMULATION_OPTIONS : 0);
}

gboolean command_line_takes_command(const struct verb *verb)
{
    return strstr(verb->arguments, "-- ") != NULL;
}

static gboolean check_options(const struct command_line *line, GError **error)
{
    guint64 allowed = command_line_options(line->verb, line->lab != NULL);
    for (guint i = 0; option_infos[i].name; i++) {
        if (line->given & option_infos[i].bit & ~allowed)
            return error_refuse(error, ROOST_ERROR_USAGE, "%s has no option --%s",
                                line->verb ? line->verb->name : "the console",
                                option_infos[i].name);
    }
    return TRUE;
}

static gboolean check_arguments(const struct command_line *line, GError **error)
{
    guint count = g_strv_length(line->arguments);
    const struct verb *verb = line->verb;
    if (!verb || (count >= verb->arguments_least && count <= verb->arguments_most))
        return TRUE;
    g_autofree char *usage = command_line_usage(verb);
    if (verb->arguments_most == 0)
        return error_refuse(error, ROOST_ERROR_USAGE, "%s takes no argument", verb->name);
    return error_refuse(error, ROOST_ERROR_USAGE, "too %s arguments: roost %s",
                        count < verb->arguments_least ? "few" : "many", usage);
}

static gboolean read_numbers(struct command_line *line, GError **error)
{
    guint64 speed = 60;
    guint64 descriptor = 0;
    line->seed = 1;
    if (line->seed_text &&
        !g_ascii_string_to_unsigned(line->seed_text, 10, 0, G_MAXUINT64, &line->seed, NULL))
        return error_refuse(error, ROOST_ERROR_USAGE, "--seed %s: is not a whole number",
                            line->seed_text);
    if (line->speed_text &&
        !g_ascii_string_to_unsigned(line->speed_text, 10, 0, CLOCK_SPEED_MOST, &speed, NULL))
        return error_refuse(error, ROOST_ERROR_USAGE,
                            "--speed %s: is not a whole number from 0 to %d", line->speed_text,
                            CLOCK_SPEED_MOST);
    line->speed = (guint)speed;
    if (line->password_fd_text &&
        !g_ascii_string_to_unsigned(line->password_fd_text, 10, 0, G_MAXINT, &descriptor, NULL))
        return error_refuse(error, ROOST_ERROR_USAGE,
                            "--password-fd %s: is not the number of a descriptor",
                            line->password_fd_text);
    line->password_fd = (guint)descriptor;
    if (line->format_text && !output_format_parse(line->format_text, &line->format))
        return error_refuse(error, ROOST_ERROR_USAGE, "--format %s: is not text, xml or json",
                            line->format_text);
    return TRUE;
}

static gboolean parse(struct command_line *line, char ***argv, GError **error)
{
    if (!take_options(line, argv, error) || !read_numbers(line, error))
        return FALSE;
    char **words = *argv + (**argv ? 1 : 0);
    /* "--" is left where it stood when a word before it is no option. */
    if (*words && strcmp(*words, "--") == 0)
        words++;
    if (*words) {
        line->verb = verb_find(*words, error);
        if (!line->verb)
            return FALSE;
        words++;
        if (*words && strcmp(*words, "--") == 0)
            words++;
    }
    line->arguments = g_strdupv(words);
    if (line->help || line->version)
        return TRUE;
    if (line->command && (!line->verb || !command_line_takes_command(line->verb)))
        return error_refuse(error, ROOST_ERROR_USAGE, "%s takes no command after --",
                            line->verb ? line->verb->name : "the console");
    return check_options(line, error) && check_arguments(line, error);
}

/* The words before the command, all of them when there is none: its own options are not ours. */
static int split_command(struct command_line *line, int argc, char **argv)
{
    gboolean takes = FALSE;
    for (int i = 1; i < argc; i++) {
        if (takes && strcmp(argv[i], "--") == 0) {
            g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
            for (int j = i + 1; j < argc; j++)
                g_strv_builder_add(builder, argv[j]);
            line->command = g_strv_builder_end(builder);
            return i;
        }
        for (const struct verb *verb = verbs; verb->name; verb++)
            takes |= command_line_takes_command(verb) && verb_is_called(verb, argv[i]);
    }
    return argc;
}

struct command_line *command_line_parse(int argc, char **argv, GError **error)
{
    struct command_line *line = g_new0(struct command_line, 1);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    int count = split_command(line, argc, argv);
    for (int i = 0; i < count; i++)
        g_strv_builder_add(builder, argv[i]);
    g_auto(GStrv) words = g_strv_builder_end(builder);
    if (!parse(line, &words, error))
        g_clear_pointer(&line, command_line_free);
    return line;
}

char *command_line_usage(const struct verb *verb)
{
    guint64 options = verb ? verb->options : CONSOLE_OPTIONS;
    GString *usage = g_string_new(verb ? verb->name : "[-c FILE] [--lab NAME|FILE]");
    if (verb && *verb->arguments)
        g_string_append_printf(usage, " %s", verb->arguments);
    for (guint i = 0; option_infos[i].name; i++) {
        const struct option_info *info = &option_infos[i];
        if (info->bit & options)
            g_string_append_printf(usage, " [--%s%s%s]", info->name, info->argument ? " " : "",
                                   info->argument ? info->argument : "");
    }
    return g_string_free(usage, FALSE);
}
