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

/* X(enum suffix, name in a keymap file, word in the footer ("" = not shown), help) */
#define ACTION_TABLE(X)                                                                            \
    X(NONE, "none", "", "nothing: takes a key away from an inherited keymap")                      \
    X(CURSOR_LEFT, "cursor-left", "", "to the host on the left")                                   \
    X(CURSOR_RIGHT, "cursor-right", "", "to the host on the right")                                \
    X(CURSOR_UP, "cursor-up", "", "to the host above")                                             \
    X(CURSOR_DOWN, "cursor-down", "", "to the host below")                                         \
    X(CURSOR_FIRST, "cursor-first", "", "to the first host")                                       \
    X(CURSOR_LAST, "cursor-last", "", "to the last host")                                          \
    X(PAGE_UP, "page-up", "", "one screen up")                                                     \
    X(PAGE_DOWN, "page-down", "", "one screen down")                                               \
    X(NEXT_VM, "next-vm", "VM", "select the next VM of the host")                                  \
    X(PREVIOUS_VM, "previous-vm", "", "select the previous VM of the host")                        \
    X(FIND, "find", "find", "find a host or a VM by name")                                         \
    X(FIND_NEXT, "find-next", "", "the next one found")                                            \
    X(PALETTE, "palette", "command", "a verb of the command line: Tab completes, Enter runs it")   \
    X(MENU, "menu", "menu", "what can be done with the selected VM, or host")                      \
    X(MIGRATE, "migrate", "move", "pick up the selected VM; again, or Enter, drops it")            \
    X(START_STOP, "start-stop", "", "start the selected VM, or shut it down after asking")         \
    X(CONFIRM, "confirm", "", "drop what is in hand; take the chosen answer; open")                \
    X(CANCEL, "cancel", "", "put back what is in hand; close; go back")                            \
    X(WAKE, "wake", "wake", "wake the selected host")                                              \
    X(POWER_OFF, "power-off", "off", "switch the selected host off, after asking")                 \
    X(DRAIN, "drain", "", "move every VM off the selected host and keep it for maintenance")       \
    X(MAINTENANCE, "maintenance", "", "maintenance on or off for the selected host")               \
    X(AUTOMATIC, "automatic", "auto", "automatic mode: manual, by hours, always")                  \
    X(POLICY, "policy", "policy", "the policy: pack or pairs")                                     \
    X(PLAN, "plan", "plan", "what the autopilot would do now, and why")                            \
    X(COMPACT, "compact", "", "compact now, once, whatever the hour")                              \
    X(NORMALIZE, "normalize", "", "wake everything and bring every VM home now")                   \
    X(JOBS, "jobs", "jobs", "the jobs; choose one to cancel it")                                   \
    X(JOURNAL, "journal", "journal", "the journal, all of it")                                     \
    X(OUTPUT, "output", "", "what the last verb of the palette printed")                           \
    X(MANAGE, "manage", "", "become the manager, or hand the lab over, after asking")              \
    X(CANCEL_JOBS, "cancel-jobs", "", "cancel every job that waits, and ask about those running")  \
    X(POSTCOPY, "post-copy", "",                                                                   \
      "the selected VM's migration, or the chosen job, over to post-copy, after asking")           \
    X(REFRESH, "refresh", "", "ask every host again now")                                          \
    X(FASTER, "faster", "faster", "simulated lab: the clock faster")                               \
    X(SLOWER, "slower", "slower", "simulated lab: the clock slower")                               \
    X(PAUSE, "pause", "", "simulated lab: stop the clock, or let it run")                          \
    X(SKIP, "skip", "skip", "simulated lab: on to the next closing or opening")                    \
    X(THEME, "theme", "", "the next theme")                                                        \
    X(MOUSE, "mouse", "", "mouse on or off (off: the terminal selects text)")                      \
    X(REDRAW, "redraw", "", "draw the whole screen again")                                         \
    X(SUSPEND, "suspend", "", "back to the shell; fg returns")                                     \
    X(HELP, "help", "help", "this help")                                                           \
    X(QUIT, "quit", "quit", "leave; asks while migrations run")

#define ACTION_ENUM(suffix, name, word, help) ACTION_##suffix,
enum action {
    ACTION_TABLE(ACTION_ENUM) ACTION_COUNT
};
#undef ACTION_ENUM

struct action_info {
    const char *name;
    const char *word;
    const char *help;
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

/* The built-in names, NULL-terminated. */
const char *const *keymap_names(void);

/* The action of a key (see tui/input.h for key codes); ACTION_NONE when it has none. */
enum action keymap_action(const struct keymap *keymap, guint key);

/* The first key of an action, as written ("F1", "?"); "" when it has none. Borrowed. */
const char *keymap_first_key(const struct keymap *keymap, enum action action);

/* All keys of an action, "Left h". Free with g_free. */
char *keymap_keys(const struct keymap *keymap, enum action action);

#endif
