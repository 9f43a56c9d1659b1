/*
 * neighbour.h - the host or VM beside one, as the grid has them: for views of one that go on to the
 * next. Thread: main.
 */
#ifndef ROOST_TUI_NEIGHBOUR_H
#define ROOST_TUI_NEIGHBOUR_H

#include "tui/app.h"

/* step +1 or -1, round at the ends; the host itself where there is no other. NULL = no host. */
const struct host *neighbour_host(const struct app *app, const struct host *host, int step);

/* The next VM of its host, or the first (last) of the next host that has any. */
const struct vm *neighbour_vm(const struct app *app, const struct vm *vm, int step);

/* "3 of 62", as the grid has them; NULL where the grid does not show it. Free with g_free. */
char *neighbour_place(const struct app *app, const struct host *host);

#endif
