/*
 * dialog.h - a question over the screen: a title, what there is to know, and answers.
 *
 * One at a time; while it is open it has all keys. Escape and a click on nothing are not an answer:
 * Escape takes the last button, which must be the one that changes nothing. Thread: main.
 */
#ifndef ROOST_TUI_DIALOG_H
#define ROOST_TUI_DIALOG_H

#include "core/base/cleanup.h"
#include "tui/input.h"
#include "tui/keymap.h"
#include "tui/surface.h"

#define DIALOG_BUTTONS_MOST 4

struct app;
struct dialog;

/* answer is the number given with the button. The dialog is closed by then. */
typedef void (*dialog_func)(struct app *app, int answer, const char *subject);

/* subject (copied, may be NULL) is handed to func: the name of what the question is about. */
struct dialog *dialog_new(const char *title, dialog_func func, const char *subject);
void dialog_free(struct dialog *dialog); /* NULL is allowed */
AUTOPTR_DEFINE(dialog)

/* A paragraph; it is wrapped. Role ROLE_DIALOG is plain, ROLE_WARNING and ROLE_ALARM stand out. */
void dialog_add_text(struct dialog *dialog, enum role role, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/*
 * A line of a list under the paragraphs: a name, and what there is to say of it, cut where it does
 * not fit. The list takes what room is left and scrolls: arrows up and down, pages, the wheel.
 */
void dialog_add_item(struct dialog *dialog, enum role role, const char *name, const char *format,
                     ...) G_GNUC_PRINTF(4, 5);

/* key: an ASCII letter that takes it at once. The first button added is chosen at first. */
void dialog_add_button(struct dialog *dialog, int answer, char key, const char *label);

/*
 * The first button is taken only once this word has been typed: for what cannot be undone. Letters
 * then are text and take no button.
 */
void dialog_want_word(struct dialog *dialog, const char *word);

/* Pasted text goes where a word is wanted, and nowhere else. */
void dialog_paste(struct dialog *dialog, const char *text);

/* Chooses another button by its answer. */
void dialog_choose(struct dialog *dialog, int answer);

void dialog_draw(struct dialog *dialog, struct surface *surface, gboolean ascii);

/* What its keys do, in a line. Borrowed. */
const char *dialog_hint(const struct dialog *dialog);

/* TRUE when an answer was taken: then *answer holds it. */
gboolean dialog_key(struct dialog *dialog, guint key, enum action action, int *answer);
gboolean dialog_mouse(struct dialog *dialog, const struct input *input, int *answer);

/* Calls the function of a dialog that was answered. */
void dialog_call(const struct dialog *dialog, struct app *app, int answer);

#endif
