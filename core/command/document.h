/*
 * document.h - records as XML or JSON: one document for all that a verb lists. Thread: main.
 */
#ifndef ROOST_COMMAND_DOCUMENT_H
#define ROOST_COMMAND_DOCUMENT_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/command/output.h"

/* What is told by "version" in each; only grows when a field is taken away or changes its sense. */
#define DOCUMENT_VERSION 1

struct document;

struct document *document_new(enum output_format format);
void document_free(struct document *document);
AUTOPTR_DEFINE(document)

/*
 * Adds rows (GStrv, one string for each field of the kind, escaped, "" for nothing), which are
 * taken over. Rows of a kind that is there already join the others. Order is kept.
 */
void document_take_rows(struct document *document, const struct record_kind *kind, GPtrArray *rows);

/* The whole, with a newline at its end; NULL when nothing was added. Free with g_free. */
char *document_format(const struct document *document);

/* "text", "xml" or "json". */
gboolean output_format_parse(const char *name, enum output_format *format);

#endif
