/*
 * hand.h - the mouse's part of a drag: from the button that goes down on a VM, or on a host's name,
 * over the way, to where it is let go. It scrolls a grid that does not fit while something is held
 * at its edge. Thread: main.
 *
 * A release that never comes (the terminal lost it) drops nothing: the next press, and any movement
 * with no button held, put back what is in hand.
 */
#ifndef ROOST_TUI_HAND_H
#define ROOST_TUI_HAND_H

#include "tui/input.h"

struct app;
struct host;
struct vm;

struct hand {
    char *host; /* the button went down there and has not moved away yet; NULL = nowhere */
    char *vm;   /* on this one's mark; NULL = on the host itself */
    int pressed_x, pressed_y;
    int x, y;    /* where it was seen last */
    guint timer; /* scrolls while it is at an edge; 0 = it is not */
};

void hand_clear(struct app *app); /* lets go, and stops scrolling */

/* host and vm: what is under the pointer; NULL for nothing. */
void hand_press(struct app *app, const struct input *input, const struct host *host,
                const struct vm *vm);
void hand_move(struct app *app, const struct input *input, const struct host *host);
void hand_release(struct app *app, const struct input *input, const struct host *host);

/* One row on, when something is held at an edge and there is more that way; else FALSE. */
gboolean hand_scroll(struct app *app);

#endif
