/*
 * keymap.h - keys to actions, read from a GKeyFile. One table of actions gives the enum, the names
 * used in keymap files, the footer, the help screen and the man page. Thread: main.
 *
 *     [keymap]
 *     name=default
 *     inherits=vi              (optional)
 *     [keys]
 *     cursor-left=Left h
 *     migrate=m
 *
 * Keys are written as printed ("a", "A", "/", "?"), or Left Right Up Down Home End PageUp PageDown
 * Enter Escape Tab BackTab Space Backspace Delete Insert F1..F12, with C- for control and M- for
 * alt. One key means one action; a second meaning in one file is an error that names both. What a
 * file says of a key counts more than what it inherits; "none" takes a key away.
 */
#ifndef ROOST_TUI_KEYMAP_H
#define ROOST_TUI_KEYMAP_H

#include <glib.h>

#include "core/base/cleanup.h"

/* What the table says of an action beside its words. */
enum action_flags {
    ACTION_ACTS = 1 << 0,    /* something is done to the lab: refused in a read-only console */
    ACTION_REPEATS = 1 << 1, /* ACTION_REPEAT does it again, to what is selected then */
    ACTION_COUNTS = 1 << 2,  /* a number typed before means so many times */
    ACTION_LEAVES = 1 << 3,  /* leads to a shell or a file: refused in a kiosk */
    ACTION_TYPED = 1 << 4,   /* no verb does it: its name is a word of the palette */
};

/* X(enum suffix, name in a keymap file, word in the footer ("" = not shown), help, flags) */
#define ACTION_TABLE(X)                                                                            \
    X(NONE, "none", "", "nothing: takes a key away from an inherited keymap", 0)                   \
    X(CURSOR_LEFT, "cursor-left", "", "to the host on the left", ACTION_COUNTS)                    \
    X(CURSOR_RIGHT, "cursor-right", "", "to the host on the right", ACTION_COUNTS)                 \
    X(CURSOR_UP, "cursor-up", "", "to the host above", ACTION_COUNTS)                              \
    X(CURSOR_DOWN, "cursor-down", "", "to the host below", ACTION_COUNTS)                          \
    X(CURSOR_FIRST, "cursor-first", "", "to the first host", 0)                                    \
    X(CURSOR_LAST, "cursor-last", "", "to the last host, or that of the number typed before", 0)   \
    X(PAGE_UP, "page-up", "", "one screen up", ACTION_COUNTS)                                      \
    X(PAGE_DOWN, "page-down", "", "one screen down", ACTION_COUNTS)                                \
    X(NEXT_VM, "next-vm", "VM", "select the next VM of the host", ACTION_COUNTS)                   \
    X(PREVIOUS_VM, "previous-vm", "", "select the previous VM of the host", ACTION_COUNTS)         \
    X(FIND, "find", "find", "filter: by text, /regex/, state:over, vm:web*", 0)                    \
    X(FIND_NEXT, "find-next", "", "the next one found", ACTION_COUNTS)                             \
    X(FIND_PREVIOUS, "find-previous", "", "the one found before", ACTION_COUNTS)                   \
    X(PALETTE, "palette", "command", "a verb of the command line: Tab completes, Enter runs it",   \
      0)                                                                                           \
    X(MENU, "menu", "menu", "what can be done with the selected VM, or host", ACTION_TYPED)        \
    X(MIGRATE, "migrate", "move",                                                                  \
      "pick up the selected VM, or those marked; again, or Enter, drops", ACTION_ACTS)             \
    X(PICK_ALL, "pick-all", "", "pick up all VMs of the host, or of those marked", ACTION_ACTS)    \
    X(SPREAD, "spread", "", "spread what is in hand over the hosts marked, or all", ACTION_ACTS)   \
    X(UNDO, "undo", "", "take back the last migration by hand", ACTION_ACTS | ACTION_TYPED)        \
    X(START_STOP, "start-stop", "", "start the selected VM, or shut it down after asking",         \
      ACTION_ACTS | ACTION_REPEATS)                                                                \
    X(CONFIRM, "confirm", "", "go in; drop what is in hand; take the chosen answer", 0)            \
    X(CANCEL, "cancel", "", "put back what is in hand; close; come out", 0)                        \
    X(MARK, "mark", "", "mark the selected VM, host or line, or unmark it, and go on",             \
      ACTION_COUNTS)                                                                               \
    X(MARK_RANGE, "mark-range", "", "mark all from the last one marked to here", 0)                \
    X(MARK_ALL, "mark-all", "", "mark all that are shown", ACTION_TYPED)                           \
    X(MARK_INVERT, "mark-invert", "", "mark what is not marked, of what is shown", ACTION_TYPED)   \
    X(UNMARK, "unmark", "", "take all marks away", ACTION_TYPED)                                   \
    X(REPEAT, "repeat", "", "the last action again, on what is selected now", 0)                   \
    X(WAKE, "wake", "wake", "wake the selected host, or those marked",                             \
      ACTION_ACTS | ACTION_REPEATS)                                                                \
    X(POWER_OFF, "power-off", "off",                                                               \
      "switch the selected host, or those marked, off, after asking",                              \
      ACTION_ACTS | ACTION_REPEATS)                                                                \
    X(DRAIN, "drain", "", "move every VM off the selected host and keep it for maintenance",       \
      ACTION_ACTS | ACTION_REPEATS)                                                                \
    X(MAINTENANCE, "maintenance", "",                                                              \
      "maintenance on or off for the selected host, or those marked",                              \
      ACTION_ACTS | ACTION_REPEATS | ACTION_TYPED)                                                 \
    X(AUTOMATIC, "automatic", "auto", "automatic mode: manual, by hours, always", ACTION_ACTS)     \
    X(POLICY, "policy", "policy", "the policy: pack or pairs", ACTION_ACTS)                        \
    X(PLAN, "plan", "plan", "what the autopilot would do now, and why; accept some or all of it",  \
      0)                                                                                           \
    X(TONIGHT, "tonight", "", "the rest of the night in advance, simulated from how it is now", 0) \
    X(NIGHT, "night", "", "the night so far: hosts on, load and kWh over time", 0)                 \
    X(COMPACT, "compact", "", "compact now, once, whatever the hour", ACTION_ACTS)                 \
    X(NORMALIZE, "normalize", "", "wake everything and bring every VM home now", ACTION_ACTS)      \
    X(JOBS, "jobs", "jobs", "the jobs: cancel, retry, put in another order", 0)                    \
    X(JOB_UP, "job-up", "", "in the jobs: let the chosen one come earlier",                        \
      ACTION_ACTS | ACTION_COUNTS)                                                                 \
    X(JOB_DOWN, "job-down", "", "in the jobs: let the chosen one come later",                      \
      ACTION_ACTS | ACTION_COUNTS)                                                                 \
    X(RETRY, "retry", "", "in the jobs: the chosen one, which failed or was cancelled, again",     \
      ACTION_ACTS)                                                                                 \
    X(JOURNAL, "journal", "journal", "the journal: follow, filter, go to what a line is about",    \
      ACTION_TYPED)                                                                                \
    X(FOLLOW, "follow", "", "in the journal: go on with what comes, or stay", 0)                   \
    X(DOCTOR, "doctor", "", "examine every host, and say what mends what is wrong", 0)             \
    X(OUTPUT, "output", "", "what the last verb of the palette printed", ACTION_TYPED)             \
    X(ZOOM_IN, "zoom-in", "", "more of each host, fewer hosts", ACTION_TYPED)                      \
    X(ZOOM_OUT, "zoom-out", "", "less of each host, more hosts", ACTION_TYPED)                     \
    X(ORDER, "order", "", "order by name, load, VMs, RAM", ACTION_TYPED)                           \
    X(GROUP, "group", "", "group by state, rack, room, lab, or not at all", ACTION_TYPED)          \
    X(MANAGE, "manage", "", "become the manager, or hand the lab over, after asking",              \
      ACTION_ACTS | ACTION_TYPED)                                                                  \
    X(CANCEL_JOBS, "cancel-jobs", "", "cancel every job that waits, and ask about those running",  \
      ACTION_ACTS | ACTION_TYPED)                                                                  \
    X(POSTCOPY, "post-copy", "",                                                                   \
      "the selected VM's migration, or the chosen job, over to post-copy, after asking",           \
      ACTION_ACTS | ACTION_TYPED)                                                                  \
    X(REFRESH, "refresh", "", "ask every host again now", 0)                                       \
    X(FASTER, "faster", "faster", "simulated lab: the clock faster", ACTION_TYPED)                 \
    X(SLOWER, "slower", "slower", "simulated lab: the clock slower", ACTION_TYPED)                 \
    X(PAUSE, "pause", "", "simulated lab: stop the clock, or let it run", 0)                       \
    X(SKIP, "skip", "skip", "simulated lab: on to the next closing or opening", ACTION_TYPED)      \
    X(THEME, "theme", "", "the next theme", 0)                                                     \
    X(MOUSE, "mouse", "", "mouse on or off (off: the terminal selects text)", ACTION_TYPED)        \
    X(SNAPSHOT, "snapshot", "", "write this screen into files, as SVG and with ANSI colours",      \
      ACTION_LEAVES | ACTION_TYPED)                                                                \
    X(REDRAW, "redraw", "", "draw the whole screen again", ACTION_TYPED)                           \
    X(SUSPEND, "suspend", "", "back to the shell; fg returns", ACTION_LEAVES | ACTION_TYPED)       \
    X(HELP, "help", "help", "this help", 0)                                                        \
    X(QUIT, "quit", "quit", "leave; asks while migrations run", ACTION_TYPED)

#define ACTION_ENUM(suffix, name, word, help, flags) ACTION_##suffix,
enum action {
    ACTION_TABLE(ACTION_ENUM) ACTION_COUNT
};
#undef ACTION_ENUM

struct action_info {
    const char *name;
    const char *word;
    const char *help;
    guint flags; /* enum action_flags */
};
extern const struct action_info action_info[ACTION_COUNT];

struct keymap;

/*
 * As theme_load: by name or path; the error names file and line. Actions and keys not known go to
 * warnings (char *; may be NULL).
 */
struct keymap *keymap_load(const char *name_or_path, GPtrArray *warnings, GError **error);
void keymap_free(struct keymap *keymap);
AUTOPTR_DEFINE(keymap)

/* The built-in names, NULL-terminated; and those of the user and the system as well (g_strfreev).
 */
const char *const *keymap_names(void);
char **keymap_all_names(void);

/* What a built-in one says of itself, in a sentence without its dot. Free with g_free. */
char *keymap_describe(const char *name);

/* The files on disk that it was read from: to be watched. NULL-terminated; borrowed. */
const char *const *keymap_files(const struct keymap *keymap);

/* The action of a key (see tui/input.h for key codes); ACTION_NONE when it has none. */
enum action keymap_action(const struct keymap *keymap, guint key);

/* The first key of an action, as written ("F1", "?"); "" when it has none. Borrowed. */
const char *keymap_first_key(const struct keymap *keymap, enum action action);

/* All keys of an action, "Left h". Free with g_free. */
char *keymap_keys(const struct keymap *keymap, enum action action);

#endif
