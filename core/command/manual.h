/*
 * manual.h - the man page, made from the tables of verbs, options, configuration and keys, so that
 * it cannot fall behind them. Thread: any.
 */
#ifndef ROOST_COMMAND_MANUAL_H
#define ROOST_COMMAND_MANUAL_H

#include <glib.h>

struct command_hooks;

/* The whole page, in roff (man macros). Free with g_free. */
char *manual_format(const struct command_hooks *hooks);

/* Appends text with what roff would take for itself escaped. */
void manual_append_text(GString *man, const char *text);

/* Appends a tagged paragraph: `tag` in bold, `argument` (may be NULL) in italics, then the text. */
void manual_append_item(GString *man, const char *tag, const char *argument, const char *text);

#endif
