/*
 * command_line.h - what was typed, taken apart and checked against the table of verbs.
 * Thread: main.
 */
#ifndef ROOST_COMMAND_COMMAND_LINE_H
#define ROOST_COMMAND_COMMAND_LINE_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/command/verb.h"

struct command_line {
    const struct verb *verb; /* NULL = the console */
    char **arguments;        /* of the verb; never NULL */
    char **command;          /* after "--", of a verb that takes a command; else NULL */
    guint64 given;           /* OPTION_...: those that were there */
    gboolean help;
    gboolean version;
    char *config; /* -c; NULL = not given */
    char *lab;
    char *policy;
    char *faults;
    char *mode; /* of a migration, as its next three; as written */
    char *bandwidth;
    char *timeout;
    char *on_timeout;
    char *name; /* of a new VM, as the next ten; as written */
    char *memory;
    char *vcpus;
    char *disk;
    char *cdrom;
    char *network;
    char *mac;
    char *boot;
    char *home;
    char *template;
    char *copies;
    gboolean full;
    char *since; /* of the journal and of a report, as the next seven; as written */
    char *until;
    char *host;
    char *vm;
    char *to; /* hosts, parted by commas */
    char *grep;
    char *lines;
    char *night;
    char *month;
    char *seed_text;
    guint64 seed; /* 1 unless given */
    char *speed_text;
    char *format_text;
    char *completion;          /* of a shell's name */
    enum output_format format; /* text unless given */
    char *file;                /* of hosts; "-" = stdin */
    char *confirm;             /* a cluster's or a VM's name */
    char *password_fd_text;
    guint password_fd;
    char *pid_file;
    char *frames; /* of the console in batch, and of a snapshot, as the next seven; as written */
    char *interval;
    char *size;
    char *theme; /* of the console too, as the next two */
    char *keymap;
    char *colours;
    char *view;
    char *at;
    guint speed; /* simulated seconds a second; 60 unless given */
};

/*
 * Takes apart argv (argv[0] is the program). NULL and ROOST_ERROR_USAGE, saying what would be
 * right, when it is no command line of ours.
 */
struct command_line *command_line_parse(int argc, char **argv, GError **error);
void command_line_free(struct command_line *line);
AUTOPTR_DEFINE(command_line)

/* OPTION_...: those that the verb takes, the console for NULL; simulated: on a simulated lab. */
guint64 command_line_options(const struct verb *verb, gboolean simulated);

/* TRUE for a verb that takes a command after "--". */
gboolean command_line_takes_command(const struct verb *verb);

/* "migrate VM HOST [--dry-run] [--force]"; verb NULL: the console's. Free with g_free. */
char *command_line_usage(const struct verb *verb);

#endif
