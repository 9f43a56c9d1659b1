/*
 * placeholder.h - a host's name and addresses in a command of the operator's, safe from the shell.
 *
 * "{name}" in a command becomes a reference to a variable of the environment, quoted as the place
 * where it stands needs, never the value itself: whatever a host calls itself, a shell does not
 * parse it. Thread: any.
 */
#ifndef ROOST_BASE_PLACEHOLDER_H
#define ROOST_BASE_PLACEHOLDER_H

#include <glib.h>

/* What a command may ask for; NULL = not known. */
struct placeholder_values {
    const char *name;    /* {name}, $ROOST_NAME */
    const char *address; /* {address}, $ROOST_ADDRESS */
    const char *mac;     /* {mac}, $ROOST_MAC */
    const char *user;    /* {user}, $ROOST_USER */
};

/*
 * FALSE and ROOST_ERROR_INPUT when a word in braces is nearly a placeholder, and so was probably
 * meant to be one. Other braces are the shell's, or JSON's, and are left alone.
 */
gboolean placeholder_check(const char *command, GError **error);

/*
 * The command as a POSIX shell is to read it, and in *environment (free with g_strfreev) the
 * caller's own environment with what it refers to. NULL and ROOST_ERROR_INPUT when a value that it
 * asks for is not known, or could be taken for an option since it begins with '-'. Free with
 * g_free.
 */
char *placeholder_fill(const char *command, const struct placeholder_values *values,
                       char ***environment, GError **error);

#endif
