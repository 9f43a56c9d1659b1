/*
 * verb.h - the one table of verbs: names, arguments, options and help. The command line, its help
 * and the man page are made from it. Thread: main.
 */
#ifndef ROOST_COMMAND_VERB_H
#define ROOST_COMMAND_VERB_H

#include <glib.h>

#include "core/command/output.h"

/* Options a verb may have, as a set of bits (guint64); -c, --lab and --help are everybody's. */
#define OPTION_BIT(number) (G_GUINT64_CONSTANT(1) << (number))
#define OPTION_DRY_RUN     OPTION_BIT(0)
#define OPTION_FORCE       OPTION_BIT(1)
#define OPTION_POLICY      OPTION_BIT(2)
#define OPTION_SCRIPT      OPTION_BIT(3)
#define OPTION_NORMALIZE   OPTION_BIT(4)
#define OPTION_SEED        OPTION_BIT(5)
#define OPTION_FAULTS      OPTION_BIT(6)
#define OPTION_TRACE       OPTION_BIT(7)
#define OPTION_MAN         OPTION_BIT(8)
#define OPTION_EXAMPLE     OPTION_BIT(9)
#define OPTION_SPEED       OPTION_BIT(10)
#define OPTION_FILE        OPTION_BIT(11)
#define OPTION_ACCEPT_NEW  OPTION_BIT(12)
#define OPTION_PASSWORD_FD OPTION_BIT(13)
#define OPTION_ARM         OPTION_BIT(14)
#define OPTION_PEER_KEYS   OPTION_BIT(15)
#define OPTION_CHECK       OPTION_BIT(16)
#define OPTION_MODE        OPTION_BIT(17)
#define OPTION_BANDWIDTH   OPTION_BIT(18)
#define OPTION_TIMEOUT     OPTION_BIT(19)
#define OPTION_ON_TIMEOUT  OPTION_BIT(20)
#define OPTION_GUEST       OPTION_BIT(35) /* what a new VM is made of: many words */
#define OPTION_TEMPLATE    OPTION_BIT(36) /* of what, and how many */
#define OPTION_START       OPTION_BIT(37)
#define OPTION_DISKS       OPTION_BIT(38)
#define OPTION_THEME       OPTION_BIT(39)
#define OPTION_KEYMAP      OPTION_BIT(40)
#define OPTION_COLOURS     OPTION_BIT(41)
#define OPTION_ONCE        OPTION_BIT(56)
#define OPTION_PID_FILE    OPTION_BIT(57)
#define OPTION_READONLY    OPTION_BIT(21)
#define OPTION_KIOSK       OPTION_BIT(22)
#define OPTION_STILL       OPTION_BIT(23) /* no animation */
#define OPTION_BATCH       OPTION_BIT(24) /* frames for scripts: how many, how often, how */
#define OPTION_SIZE        OPTION_BIT(25)
#define OPTION_PICTURE     OPTION_BIT(26) /* what is to be seen on a frame */
#define OPTION_NO_MOUSE    OPTION_BIT(27)
#define OPTION_NIGHT       OPTION_BIT(28)
#define OPTION_MONTH       OPTION_BIT(29)
#define OPTION_SINCE       OPTION_BIT(48)
#define OPTION_UNTIL       OPTION_BIT(49)
#define OPTION_HOST        OPTION_BIT(50)
#define OPTION_VM          OPTION_BIT(51)
#define OPTION_GREP        OPTION_BIT(52)
#define OPTION_ALARMS      OPTION_BIT(53)
#define OPTION_FOLLOW      OPTION_BIT(54)
#define OPTION_LINES       OPTION_BIT(55)
#define OPTION_LINE_MODE   OPTION_BIT(46)
#define OPTION_FORMAT      OPTION_BIT(30)
#define OPTION_COMPLETION  OPTION_BIT(60)
#define OPTION_COMMANDS    OPTION_BIT(61)
#define OPTION_KEEP_GOING  OPTION_BIT(62)
#define OPTION_CONFIRM     OPTION_BIT(31)
#define OPTION_SCHEMA      OPTION_BIT(32)
#define OPTION_NONE        OPTION_BIT(33)
#define OPTION_TO          OPTION_BIT(63)

struct option_info {
    guint64 bit;          /* OPTION_...; 0 = everybody's */
    const char *name;     /* "dry-run" */
    char letter;          /* 'n'; 0 = none */
    const char *argument; /* "NAME"; NULL = a flag */
    const char *help;
    gsize offset;        /* of its value (char *) in struct command_line, when it has an argument */
    const char *choices; /* "pack|pairs": what it may be, for completion; NULL = as argument says */
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

enum verb_flags {
    VERB_HIDDEN = 1 << 0, /* for programs: help and completion pass over it */
    VERB_ALONE = 1 << 1,  /* not within a session that stands: it keeps one itself */

    /* What is without one of these is refused there (limits.h): a new verb is until it says so. */
    VERB_LOOKS = 1 << 2,      /* changes nothing, in the lab nor in the store: for read-only ones */
    VERB_LOOKS_BARE = 1 << 3, /* the same, as long as it has no argument */
    VERB_KIOSK = 1 << 4,      /* names no file and runs no command: for a kiosk */
};

struct verb {
    const char *name;
    const char *arguments; /* as in the help: "VM HOST [on|off]"; capitals stand for something */
    const char *help;      /* one line */
    const char *details;   /* more, in sentences; paragraphs are parted by a newline */
    guint64 options;       /* OPTION_... */
    guint arguments_least;
    guint arguments_most;
    enum verb_needs needs;

    /*
     * Does it; FALSE with the reason when it could not be done, all or in part (ROOST_ERROR_USAGE
     * when it was asked wrongly). What did work has been printed and saved by then.
     */
    gboolean (*run)(const struct command *command, GError **error);

    const char *aliases; /* other names, parted by blanks: "findVM"; NULL = none */
    const struct record_kind *const *kinds; /* what it lists, up to NULL; NULL = nothing */
    guint flags;                            /* enum verb_flags */
};

/* Ends with one whose name is NULL. */
extern const struct verb verbs[];

/* NULL and ROOST_ERROR_USAGE, with the verb that was probably meant, when there is none. */
const struct verb *verb_find(const char *name, GError **error);

/* TRUE when it is the verb's name, or one of its aliases; add_node is add-node, LIST is list. */
gboolean verb_is_called(const struct verb *verb, const char *name);

/* The functions of the table, each in a file of its kind. */
gboolean list_run(const struct command *command, GError **error);
gboolean find_run(const struct command *command, GError **error);
gboolean show_run(const struct command *command, GError **error);
gboolean refresh_run(const struct command *command, GError **error);
gboolean add_node_run(const struct command *command, GError **error);
gboolean del_node_run(const struct command *command, GError **error);
gboolean reset_run(const struct command *command, GError **error);
gboolean drain_run(const struct command *command, GError **error);
gboolean undrain_run(const struct command *command, GError **error);
gboolean pin_run(const struct command *command, GError **error);
gboolean unpin_run(const struct command *command, GError **error);
gboolean apart_run(const struct command *command, GError **error);
gboolean note_run(const struct command *command, GError **error);
gboolean home_run(const struct command *command, GError **error);
gboolean place_run(const struct command *command, GError **error);
gboolean vm_max_run(const struct command *command, GError **error);
gboolean remote_run(const struct command *command, GError **error);
gboolean doctor_run(const struct command *command, GError **error);
gboolean migrate_run(const struct command *command, GError **error);
gboolean spread_run(const struct command *command, GError **error);
gboolean start_run(const struct command *command, GError **error);
gboolean stop_run(const struct command *command, GError **error);
gboolean force_off_run(const struct command *command, GError **error);
gboolean pause_run(const struct command *command, GError **error);
gboolean resume_run(const struct command *command, GError **error);
gboolean reboot_run(const struct command *command, GError **error);
gboolean autostart_run(const struct command *command, GError **error);
gboolean define_run(const struct command *command, GError **error);
gboolean forget_run(const struct command *command, GError **error);
gboolean delete_run(const struct command *command, GError **error);
gboolean insert_run(const struct command *command, GError **error);
gboolean wake_run(const struct command *command, GError **error);
gboolean off_run(const struct command *command, GError **error);
gboolean compact_run(const struct command *command, GError **error);
gboolean normalize_run(const struct command *command, GError **error);
gboolean plan_run(const struct command *command, GError **error);
gboolean run_run(const struct command *command, GError **error);
gboolean night_verb_run(const struct command *command, GError **error);
gboolean log_run(const struct command *command, GError **error);
gboolean report_run(const struct command *command, GError **error);
gboolean tonight_verb_run(const struct command *command, GError **error);
gboolean status_run(const struct command *command, GError **error);
gboolean jobs_run(const struct command *command, GError **error);
gboolean cancel_run(const struct command *command, GError **error);
gboolean retry_run(const struct command *command, GError **error);
gboolean raise_run(const struct command *command, GError **error);
gboolean lower_run(const struct command *command, GError **error);
gboolean mode_run(const struct command *command, GError **error);
gboolean policy_run(const struct command *command, GError **error);
gboolean snapshot_run(const struct command *command, GError **error);
gboolean shell_run(const struct command *command, GError **error);
gboolean complete_run(const struct command *command, GError **error);
gboolean help_run(const struct command *command, GError **error);
gboolean version_run(const struct command *command, GError **error);

/* What they list. */
extern const struct record_kind *const list_kinds[];
extern const struct record_kind *const log_kinds[];
extern const struct record_kind *const report_kinds[];
extern const struct record_kind *const tonight_kinds[];
extern const struct record_kind *const find_kinds[];
extern const struct record_kind *const show_kinds[];
extern const struct record_kind *const doctor_kinds[];
extern const struct record_kind *const plan_kinds[];
extern const struct record_kind *const apart_kinds[];
extern const struct record_kind *const status_kinds[];
extern const struct record_kind *const jobs_kinds[];

/* Prints the help of a verb, or the overview for NULL. */
gboolean help_show(const struct output *output, const struct verb *verb);

#endif
