/*
 * verb.h - the one table of verbs: names, arguments, options and help. The command line, its help
 * and the man page are made from it. Thread: main.
 */
#ifndef ROOST_COMMAND_VERB_H
#define ROOST_COMMAND_VERB_H

#include <glib.h>

#include "core/command/output.h"

/* Options a verb may have; -c, --lab and --help are everybody's. */
enum verb_option {
    OPTION_DRY_RUN = 1 << 0,
    OPTION_FORCE = 1 << 1,
    OPTION_POLICY = 1 << 2,
    OPTION_SCRIPT = 1 << 3,
    OPTION_NORMALIZE = 1 << 4,
    OPTION_SEED = 1 << 5,
    OPTION_FAULTS = 1 << 6,
    OPTION_TRACE = 1 << 7,
    OPTION_MAN = 1 << 8,
    OPTION_EXAMPLE = 1 << 9,
    OPTION_SPEED = 1 << 10,
    OPTION_FILE = 1 << 20,
    OPTION_ACCEPT_NEW = 1 << 21,
    OPTION_PASSWORD_FD = 1 << 22,
    OPTION_ARM = 1 << 23,
    OPTION_PEER_KEYS = 1 << 24,
    OPTION_CHECK = 1 << 25,
    OPTION_MODE = 1 << 26,
    OPTION_BANDWIDTH = 1 << 27,
    OPTION_TIMEOUT = 1 << 28,
    OPTION_ON_TIMEOUT = 1 << 29,
};

struct option_info {
    enum verb_option bit; /* 0 = everybody's */
    const char *name;     /* "dry-run" */
    char letter;          /* 'n'; 0 = none */
    const char *argument; /* "NAME"; NULL = a flag */
    const char *help;
};

/* Ends with one whose name is NULL. */
extern const struct option_info option_infos[];

struct session;
struct command_line;
struct command_hooks;

/* What a verb is run with; all borrowed. */
struct command {
    const struct verb *verb;
    const struct command_line *line;
    const struct output *output;
    const struct command_hooks *hooks;
    struct session *session; /* NULL for verbs that need no cluster */
};

enum verb_needs {
    NEEDS_NOTHING,
    NEEDS_CLUSTER, /* the cluster and the driver, not observed yet */
    NEEDS_HOSTS,   /* the same, and hosts to be in it: a simulated lab begins with its own */
    NEEDS_SIGHT,   /* and an engine that has begun to observe; a store to read is enough */
    NEEDS_ENGINE,  /* the same, to act: what is done must be written down */
};

struct verb {
    const char *name;
    const char *arguments; /* as in the help: "VM HOST" */
    const char *help;      /* one line */
    const char *details;   /* more, in sentences; paragraphs are parted by a newline */
    guint options;         /* enum verb_option */
    guint arguments_least;
    guint arguments_most;
    enum verb_needs needs;

    /*
     * Does it; FALSE with the reason when it could not be done, all or in part (ROOST_ERROR_USAGE
     * when it was asked wrongly). What did work has been printed and saved by then.
     */
    gboolean (*run)(const struct command *command, GError **error);
};

/* Ends with one whose name is NULL. */
extern const struct verb verbs[];

/* NULL and ROOST_ERROR_USAGE, with the verb that was probably meant, when there is none. */
const struct verb *verb_find(const char *name, GError **error);

/* The functions of the table, each in a file of its kind. */
gboolean list_run(const struct command *command, GError **error);
gboolean find_run(const struct command *command, GError **error);
gboolean refresh_run(const struct command *command, GError **error);
gboolean add_node_run(const struct command *command, GError **error);
gboolean remote_run(const struct command *command, GError **error);
gboolean doctor_run(const struct command *command, GError **error);
gboolean migrate_run(const struct command *command, GError **error);
gboolean start_run(const struct command *command, GError **error);
gboolean stop_run(const struct command *command, GError **error);
gboolean wake_run(const struct command *command, GError **error);
gboolean off_run(const struct command *command, GError **error);
gboolean compact_run(const struct command *command, GError **error);
gboolean normalize_run(const struct command *command, GError **error);
gboolean plan_run(const struct command *command, GError **error);
gboolean night_verb_run(const struct command *command, GError **error);
gboolean help_run(const struct command *command, GError **error);
gboolean version_run(const struct command *command, GError **error);

/* Prints the help of a verb, or the overview for NULL. */
gboolean help_show(const struct output *output, const struct verb *verb);

#endif
