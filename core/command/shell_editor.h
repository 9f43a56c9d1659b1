/*
 * shell_editor.h - one line read from a terminal, with editing, history and completion, while the
 * main context goes on: hosts are asked, jobs end, and what is told appears above the prompt.
 *
 * The editing is libedit's: its keys are those of emacs, or as ~/.editrc says. Thread: main.
 */
#ifndef ROOST_COMMAND_SHELL_EDITOR_H
#define ROOST_COMMAND_SHELL_EDITOR_H

#include <stdio.h>

#include "core/base/cleanup.h"
#include "core/command/complete.h"

/* What may stand at the cursor; the editor frees it. */
typedef struct completion *(*shell_complete_func)(const char *line, gsize cursor, gpointer data);

struct shell_editor;

/* On stdin and `out`, both terminals. NULL when the terminal cannot be used so. */
struct shell_editor *shell_editor_new(FILE *out, shell_complete_func complete, gpointer data);
void shell_editor_free(struct shell_editor *editor);
AUTOPTR_DEFINE(shell_editor)

enum shell_end {
    SHELL_LINE,
    SHELL_INTERRUPTED, /* shell_editor_interrupt was called: the line is dropped */
    SHELL_EOF,
};

/*
 * Reads a line, without its newline; NULL unless *end is SHELL_LINE. Free with g_free. Blocks, and
 * iterates the main context meanwhile.
 */
char *shell_editor_read(struct shell_editor *editor, const char *prompt, enum shell_end *end);

/* Ends a read that is under way. From a callback of the main context. */
void shell_editor_interrupt(struct shell_editor *editor);

/* Puts a line into the history that the keys go through. */
void shell_editor_remember(struct shell_editor *editor, const char *line);

/* Around something that is printed: takes the line away, and shows it again below. */
void shell_editor_hide(struct shell_editor *editor);
void shell_editor_show(struct shell_editor *editor);

#endif
