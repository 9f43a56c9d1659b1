/*
 * moves.h - migrations that an operator asks for together: a drop, a spread, or one taken back. The
 * question that tells all of it, and the jobs that come of it. Thread: main.
 */
#ifndef ROOST_TUI_MOVES_H
#define ROOST_TUI_MOVES_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "tui/role.h"

struct app;
struct dialog;
struct vm;
struct host;

struct move {
    char *vm;
    char *from;
    char *to;
    gboolean force; /* past what an operator may insist on */
    guint job;      /* as engine_migrate called it; 0 = none yet, or refused */
};

struct moves {
    GPtrArray *list; /* struct move * */
    guint back;      /* the drop that these take back, as undo.c counts them; 0 = none */
};

struct moves *moves_new(void);
void moves_free(struct moves *moves); /* NULL is allowed */
AUTOPTR_DEFINE(moves)

void moves_add(struct moves *moves, const char *vm, const char *from, const char *to,
               gboolean force);

/*
 * Asks once for all of them (taken over): which VM goes from where to where, what each host
 * becomes, how many jobs that are. `remarks` (char *, each a sentence; may be NULL) come first and
 * stand out; `verb` is the button's word and its first letter the key. Nothing is done when there
 * is no engine.
 */
void moves_ask(struct app *app, struct moves *moves_take, const char *title, const char *verb,
               const GPtrArray *remarks);

/* Queues them at once (taken over), and says what came of it. */
void moves_do(struct app *app, struct moves *moves_take);

#endif
