/*
 * text.h - names and messages that come from outside, made safe to show.
 *
 * Host names, VM names, users and error texts are written by others. Whatever shows or writes
 * them (console, command line, journal) passes them through here first. Thread: any.
 */
#ifndef ROOST_BASE_TEXT_H
#define ROOST_BASE_TEXT_H

#include <glib.h>

#define TEXT_NAME_BYTES_MOST 255

/*
 * Returns text as valid UTF-8 in which control characters, invalid bytes, bidirectional overrides
 * and other invisible formatting are written as \xNN or \u{NNNN}. NULL gives "". Free with g_free.
 */
char *text_escape(const char *text);

/* Cells that UTF-8 text takes in a terminal: wide characters two, combining ones none. */
guint text_width(const char *text);

/*
 * Copies the beginning of text that fits in `cells`, ending it with an ellipsis when something
 * was left out, and padding with spaces on the right when pad is TRUE. Free with g_free.
 */
char *text_fit(const char *text, guint cells, gboolean pad);

/*
 * TRUE when a name can be used for a host or a VM: 1..TEXT_NAME_BYTES_MOST bytes of valid UTF-8
 * with no control character, no '/', and neither "." nor "..". Otherwise sets ROOST_ERROR_INPUT.
 * (A VM whose name libvirt allowed but this refuses is still listed, by its escaped name.)
 */
gboolean text_check_name(const char *name, GError **error);

/* Appends key=value in logfmt, quoting the value when it is empty or has blanks, quotes or '='. */
void text_append_logfmt(GString *line, const char *key, const char *value);

/*
 * Compares names as people count: pc2 before pc10. For sorting and for nothing else; ties fall
 * back to byte order, so the order is total.
 */
int text_compare_names(const char *a, const char *b);

#endif
