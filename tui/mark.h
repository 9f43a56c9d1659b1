/*
 * mark.h - how the state of a host and of a VM is drawn: a letter or sign and a role for each.
 *
 * One table for each gives the enum, what is drawn, and the legend in the help. State is never
 * colour alone. Pure. Thread: main.
 */
#ifndef ROOST_TUI_MARK_H
#define ROOST_TUI_MARK_H

#include "core/policy/policy.h"
#include "tui/role.h"

/* X(enum suffix, letter, role, name, help) */
#define HOST_MARK_TABLE(X)                                                                         \
    X(UNDER, "u", UNDER, "under", "load under the lower threshold: could be emptied")              \
    X(REGULAR, "r", REGULAR, "regular", "left alone")                                              \
    X(OVER, "O", OVER, "over", "load over the upper threshold: gives a VM away")                   \
    X(EMPTY, "e", IDLE, "empty", "on but runs nothing: to be switched off")                        \
    X(OFF, "-", OFF, "off", "switched off")                                                        \
    X(WAKING, "~", WAKING, "waking", "told to wake, has not answered yet")                         \
    X(STOPPING, "v", WAKING, "going off", "told to switch off, not known to be off yet")           \
    X(DOUBT, "?", DOUBT, "in doubt", "does not answer, or what is known of it is old")             \
    X(MAINTENANCE, "m", MAINTENANCE, "maintenance", "kept out of all that is automatic")

#define HOST_MARK_ENUM(suffix, letter, role, name, help) HOST_MARK_##suffix,
enum host_mark {
    HOST_MARK_TABLE(HOST_MARK_ENUM) HOST_MARK_COUNT
};
#undef HOST_MARK_ENUM

/* X(enum suffix, sign, ASCII sign, role, help) */
#define VM_MARK_TABLE(X)                                                                           \
    X(HOME, "■", "#", VM, "a VM on its own host")                                                  \
    X(AWAY, "□", "o", VM_AWAY, "a VM on another host than its own")                                \
    X(MOVING, "»", ">", VM_MOVING, "a VM being moved, or on its way here")                         \
    X(PAUSED, "‖", "=", VM, "a VM that is paused")                                                 \
    X(OFF, "·", ".", MUTED, "a VM that is off")                                                    \
    X(UNKNOWN, "?", "?", DOUBT, "a VM whose host does not answer")                                 \
    X(ALARM, "!", "!", VM_ALARM, "a VM that two hosts claim, or none has")

#define VM_MARK_ENUM(suffix, sign, ascii, role, help) VM_MARK_##suffix,
enum vm_mark {
    VM_MARK_TABLE(VM_MARK_ENUM) VM_MARK_COUNT
};
#undef VM_MARK_ENUM

/* X(enum suffix, sign, role, help): what stands in the place of a host's letter while dragging. */
#define TARGET_MARK_TABLE(X)                                                                       \
    X(YES, "+", TARGET_YES, "while a VM is in hand: the host would take it")                       \
    X(FORCE, "!", TARGET_NO, "it would not, unless you insist")                                    \
    X(NO, "x", TARGET_NO, "it cannot take it")

#define TARGET_MARK_ENUM(suffix, sign, role, help) TARGET_MARK_##suffix,
enum target_mark {
    TARGET_MARK_TABLE(TARGET_MARK_ENUM) TARGET_MARK_COUNT
};
#undef TARGET_MARK_ENUM

struct mark_info {
    const char *sign;
    const char *ascii; /* the same where the sign is ASCII already */
    enum role role;
    const char *name; /* "" where it has none of its own */
    const char *help;
};
extern const struct mark_info host_mark_info[HOST_MARK_COUNT];
extern const struct mark_info vm_mark_info[VM_MARK_COUNT];
extern const struct mark_info target_mark_info[TARGET_MARK_COUNT];

/* The state of a host in words: of one told to switch off, its mark's, "going off". */
const char *host_state_word(const struct host *host);

/* The mark of a host whose class is known. */
enum host_mark host_mark_of(const struct host *host, enum host_class class);

/* The mark of a VM where it is; moving: a migration of it is under way; alarm: see scene.h. */
enum vm_mark vm_mark_of(const struct vm *vm, gboolean moving, gboolean alarm);

const char *mark_sign(const struct mark_info *info, gboolean ascii);

#endif
