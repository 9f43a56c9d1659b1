/*
 * vm_table.h - the VMs of a host in rows: what each is, takes, and is kept by. Thread: main.
 */
#ifndef ROOST_TUI_VM_TABLE_H
#define ROOST_TUI_VM_TABLE_H

#include "tui/app.h"

/* The titles in the first line of rect, then its VMs from number `top` on, the selected one lit. */
void vm_table_draw(const struct app *app, struct surface *surface, struct rect rect,
                   const struct host *host, guint top);

#endif
