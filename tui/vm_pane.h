/*
 * vm_pane.h - the part of a VM's view that tells its disks, network and screen.
 *
 * The VM's host is asked for them while the view is open, by this process itself, follower of
 * another manager or not: once, again when the VM or its host came to another state, and when the
 * operator wants it. One answer is kept, and let go of with the view. Thread: main.
 */
#ifndef ROOST_TUI_VM_PANE_H
#define ROOST_TUI_VM_PANE_H

#include "core/model/vm_parts.h"
#include "tui/app.h"

void vm_pane_free(struct vm_pane *pane); /* NULL is allowed */

/* Once a frame, before it is drawn: asks, and gives up what nobody looks at any more. */
void vm_pane_follow(struct app *app);

/* With the next frame it is asked anew; what is known stays until the answer. */
void vm_pane_again(struct app *app);

/*
 * What came of asking about that VM, now: takes over parts, or, when that is NULL, has the failure
 * (borrowed) said; without either the answer is awaited.
 */
void vm_pane_show(struct app *app, const struct vm *vm, struct vm_parts *parts_take,
                  const char *failure);

/* TRUE while the keys scroll it; where there is no room beside it, it then takes the list's. */
gboolean vm_pane_has_keys(const struct app *app);
void vm_pane_toggle(struct app *app);

/* For a frame that may not draw it: the mouse does not find it then. */
void vm_pane_hide(struct app *app);

/* Takes no more lines than it needs. */
void vm_pane_draw(struct app *app, struct surface *surface, struct rect rect, const struct vm *vm);

/* What stands against a live migration; NULL = nothing that is known. Free with g_free. */
char *vm_pane_obstacle(const struct app *app, const struct vm *vm, enum role *role);

/* TRUE when it was for it: keys while it has them, the wheel and a click where it is drawn. */
gboolean vm_pane_key(struct app *app, enum action action);
gboolean vm_pane_mouse(struct app *app, const struct input *input);

#endif
