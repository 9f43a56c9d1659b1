/*
 * ask.h - an operator at a terminal, asked for a word or for a password.
 *
 * Blocks until there is an answer. A password is not shown; the terminal is as it was again after
 * each question, however it ends: also by ^C, a hang-up or SIGTERM, and while the program is
 * stopped by ^Z. Thread: main.
 */
#ifndef ROOST_COMMAND_ASK_H
#define ROOST_COMMAND_ASK_H

#include <glib.h>

#include "core/base/cleanup.h"

struct ask;

/*
 * NULL when nobody is there: stderr, or stdin unless stdin_taken, is no terminal. stdin_taken:
 * something else is read from it.
 */
struct ask *ask_open(gboolean stdin_taken);
void ask_free(struct ask *ask);
AUTOPTR_DEFINE(ask)

/* Text for the operator to read, made by us and escaped where it has to be. */
void ask_show(struct ask *ask, const char *text);

/* TRUE for yes. Asks again when it is neither yes nor no; CANCELLED when interrupted. */
gboolean ask_yes(struct ask *ask, const char *question, gboolean *yes, GError **error);

/*
 * A line of text, without blanks around it; `usual` (NULL = none) when nothing is typed. NULL and
 * CANCELLED when interrupted, INPUT when it is too long. Free with g_free.
 */
char *ask_text(struct ask *ask, const char *question, const char *usual, GError **error);

/*
 * A password, to be freed with secret_free; "" when the operator wants none. NULL and CANCELLED
 * when interrupted, INPUT when it is too long.
 */
char *ask_secret(struct ask *ask, const char *prompt, GError **error);

/* The first line of a descriptor. NULL and ROOST_ERROR_INPUT when there is none. */
char *secret_read(int fd, GError **error);

/* Wipes it and frees it. NULL is allowed. */
void secret_free(char *secret);

#endif
