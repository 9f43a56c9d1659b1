/*
 * fields.h - facts side by side that give way to each other where space is short.
 *
 * Each field has a rank: when they do not all fit, the least important ones first take their brief
 * form, then go. Order on the screen is the order they were added in. Thread: main.
 */
#ifndef ROOST_TUI_FIELDS_H
#define ROOST_TUI_FIELDS_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "tui/surface.h"

struct fields;

struct fields *fields_new(void);
void fields_free(struct fields *fields);
AUTOPTR_DEFINE(fields)

/*
 * Adds a field. rank 1 is the last to go. brief (NULL = none) is the shorter form. Texts are
 * escaped here. An empty text adds nothing.
 */
void fields_add(struct fields *fields, guint rank, enum role role, guint attributes,
                const char *brief, const char *format, ...) G_GNUC_PRINTF(6, 7);

/*
 * Draws them from the top left of rect, wrapping into all its lines, gap cells apart. Returns
 * the lines used.
 */
int fields_draw(struct fields *fields, struct surface *surface, struct rect rect, int gap);

/* The cells the fields take in one line in their long form. */
int fields_width(const struct fields *fields, int gap);

/* The same with every field in its brief form: where this does not fit, some have to go. */
int fields_least_width(const struct fields *fields, int gap);

#endif
