/*
 * menu.h - what can be done with the selected VM or host, each with a letter; what cannot be done
 * now is grey, with the reason.
 *
 * Made from the table of verbs: every verb that takes a VM, or a host, first stands in it. What the
 * console has a way of its own for (moving, switching off...) goes that way; what cannot be undone
 * asks for the name to be typed; all else goes the palette's way. Thread: main.
 */
#ifndef ROOST_TUI_MENU_H
#define ROOST_TUI_MENU_H

#include "tui/input.h"
#include "tui/keymap.h"
#include "tui/surface.h"

struct app;
struct menu;

/* For the selected VM, or without one for the selected host. */
void menu_open(struct app *app);

void menu_free(struct menu *menu); /* NULL is allowed */

void menu_draw(struct menu *menu, struct surface *surface, gboolean ascii);

/* May close the menu, and do what was chosen. */
void menu_key(struct app *app, guint key, enum action action);
void menu_mouse(struct app *app, const struct input *input);

#endif
