/*
 * role.h - what a cell of the screen means. One table gives the enum, the names used in theme
 * files, the letter in golden screens, and the sentence in the documentation.
 */
#ifndef ROOST_TUI_ROLE_H
#define ROOST_TUI_ROLE_H

/* X(enum suffix, name in a theme file, golden letter, what it is) */
#define ROLE_TABLE(X)                                                                              \
    X(TEXT, "text", '.', "plain text and the background")                                          \
    X(MUTED, "muted", ',', "what may be overlooked: rulers, units, old lines")                     \
    X(STRONG, "strong", 's', "names, titles and numbers that matter")                              \
    X(HEADER, "header", 'h', "the line at the top")                                                \
    X(HEADER_STRONG, "header-strong", 'H', "the lab's name and mode in it")                        \
    X(BADGE, "badge", 'B', "SIMULATED, READ-ONLY and their like")                                  \
    X(FOOTER, "footer", 'f', "the line of keys at the bottom")                                     \
    X(FOOTER_KEY, "footer-key", 'F', "a key in it")                                                \
    X(UNDER, "under", 'u', "a host that is under")                                                 \
    X(REGULAR, "regular", 'r', "a host that is regular")                                           \
    X(OVER, "over", 'O', "a host that is over")                                                    \
    X(OFF, "off", '-', "a host that is off")                                                       \
    X(IDLE, "idle", 'e', "a host that is on, runs nothing, and is to be switched off")             \
    X(WAKING, "waking", '~', "a host that is waking or going off")                                 \
    X(DOUBT, "doubt", '?', "a host that does not answer, or whose facts are old")                  \
    X(MAINTENANCE, "maintenance", 'm', "a host that is being worked on")                           \
    X(VM, "vm", 'v', "a VM at home, in its tile")                                                  \
    X(VM_AWAY, "vm-away", 'w', "a VM away from its home")                                          \
    X(VM_MOVING, "vm-moving", '>', "a VM that is being moved, or comes")                           \
    X(VM_ALARM, "vm-alarm", '!', "a VM that two hosts claim, or none")                             \
    X(SELECTED, "selected", 'S', "the host or line under the cursor")                              \
    X(TARGET_YES, "target-yes", 'y', "while dragging: a host that would accept")                   \
    X(TARGET_NO, "target-no", 'n', "while dragging: a host that would not")                        \
    X(HELD, "held", 'd', "the VM in hand")                                                         \
    X(GOOD, "good", 'g', "done, saved, armed")                                                     \
    X(WARNING, "warning", 'W', "needs a look")                                                     \
    X(ALARM, "alarm", 'A', "needs a hand")                                                         \
    X(BAR_FULL, "bar-full", '#', "the full part of a bar")                                         \
    X(BAR_EMPTY, "bar-empty", '_', "the empty part of a bar")                                      \
    X(DIALOG, "dialog", 'D', "the inside of a dialog")                                             \
    X(DIALOG_FRAME, "dialog-frame", '+', "its frame and title")                                    \
    X(BUTTON, "button", 'b', "an answer that can be chosen")                                       \
    X(BUTTON_CHOSEN, "button-chosen", 'C', "the answer that Enter takes")                          \
    X(INPUT, "input", 'i', "a field to type in")

#define ROLE_ENUM(suffix, name, letter, help) ROLE_##suffix,
enum role {
    ROLE_TABLE(ROLE_ENUM) ROLE_COUNT
};
#undef ROLE_ENUM

struct role_info {
    const char *name;
    char letter;
    const char *help;
};
extern const struct role_info role_info[ROLE_COUNT];

#endif
