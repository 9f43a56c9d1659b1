/*
 * undo.h - the last drops, to be taken back: each a set of migrations asked for by hand, newest
 * last. What the autopilot does is none of them. Thread: main.
 */
#ifndef ROOST_TUI_UNDO_H
#define ROOST_TUI_UNDO_H

#include "tui/moves.h"

#define UNDO_MOST 20

struct app;
struct undo;

struct undo *undo_new(void);
void undo_free(struct undo *undo); /* NULL is allowed */

/* These have been queued (taken over). What takes a drop back is none itself, and ends that one. */
void undo_note(struct app *app, struct moves *moves_take);

/*
 * Looks how they went, after the scene was read: says once that a drop is done and can be taken
 * back. Migrations by the same operator's hand that came another way (a drain, the palette) are
 * taken for drops of their own.
 */
void undo_read(struct app *app);

/* How many can be taken back, or will once their jobs are over. */
guint undo_n(const struct undo *undo);

#endif
