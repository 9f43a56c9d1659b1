/*
 * kiosk.h - a console that leads nowhere else: a login shell, or what sshd is told to run.
 *
 * It is one when it is asked for (--kiosk), when the program is called roost-kiosk, when it is
 * called with a dash before its name, as login does with a shell, and when it is the login shell of
 * who runs it: sshd then hands it as `-c COMMAND` whatever the other side wants to run, which must
 * never be taken for our -c FILE. What such a caller says is not believed: the configuration is
 * /etc/roost/kiosk.conf, or else /etc/roost/roost.conf. Arguments of an administrator, beside
 * --kiosk, are. Thread: main.
 */
#ifndef ROOST_COMMAND_KIOSK_H
#define ROOST_COMMAND_KIOSK_H

#include <glib.h>

#include "core/command/command_line.h"

enum kiosk {
    KIOSK_NONE,
    KIOSK_ASKED, /* by --kiosk: the command line is an administrator's */
    KIOSK_SHELL, /* it stands for a shell: the command line is the user's */
};

enum kiosk kiosk_find(int argc, char **argv);

/*
 * Forgets what whoever logged in may have put into the environment, but for the kind of terminal
 * and the language, of which only what is harmless is kept; no home, no paths, no proxies. To be
 * called before any library looks at it. Also: no core files, and ^Z stops nothing.
 */
void kiosk_enter(void);

/*
 * FALSE with ROOST_ERROR_REFUSED when somebody wants a command to be run (SSH_ORIGINAL_COMMAND as
 * it was before kiosk_enter, or -c), or when a shell's arguments are none of ours.
 */
gboolean kiosk_check(enum kiosk kiosk, int argc, char **argv, GError **error);

/* The configuration that a kiosk reads when none is named; NULL = there is none. */
const char *kiosk_config(void);

#endif
