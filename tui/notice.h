/*
 * notice.h - a bell or a notice of the terminal for a new alarm, and the terminal's title, where
 * the configuration asks for them: whoever has the console in another window hears of it.
 *
 * What is sent moves nothing on the screen, and has no control characters of others' in it. At most
 * one notice goes out in NOTICE_REST_S; what came meanwhile is counted in the next. Thread: main.
 */
#ifndef ROOST_TUI_NOTICE_H
#define ROOST_TUI_NOTICE_H

#include "core/base/cleanup.h"
#include "core/store/config.h"

#define NOTICE_REST_S 10

struct app;
struct notice;

/* tmux: the terminal is one of tmux's, which is asked to pass on what it would keep. */
struct notice *notice_new(enum config_notice kind, gboolean title, gboolean tmux);
void notice_free(struct notice *notice); /* NULL is allowed */
AUTOPTR_DEFINE(notice)

/* A new alarm; of what is not one nothing comes. Nothing for a NULL notice either. */
void notice_take(struct notice *notice, struct app *app, const struct journal_entry *entry);

/* A second has passed: sends what was held back, and the title when it has changed. */
void notice_tick(struct notice *notice, struct app *app);

/* Gives the terminal its old title back, where it was changed. */
void notice_end(struct notice *notice, struct app *app);

/* What is sent for a text; ascii: the terminal knows no UTF-8. Free with g_free. */
char *notice_sequence(enum config_notice kind, const char *text, gboolean tmux, gboolean ascii);

#endif
