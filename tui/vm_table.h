/*
 * vm_table.h - VMs in rows: what each is, takes, and is kept by; those of a host, or all. Thread:
 * main.
 */
#ifndef ROOST_TUI_VM_TABLE_H
#define ROOST_TUI_VM_TABLE_H

#include "tui/app.h"
#include "tui/columns.h"

enum vm_column {
    VM_MARKED,
    VM_SIGN,
    VM_NAME,
    VM_STATE,
    VM_ON,
    VM_HOME,
    VM_CPU,
    VM_TREND,
    VM_RAM,
    VM_VCPUS,
    VM_TELLS,
    VM_COLUMNS
};

/* Of all VMs. In the table of one host VM_MARKED and VM_ON, which are alike there, are left out. */
extern const struct column vm_columns[VM_COLUMNS];

/* One row, not lit. */
void vm_table_draw_row(const struct app *app, const struct columns *columns,
                       struct surface *surface, struct rect row, const struct vm *vm);

/* Of one host: the titles in the first line of rect, then its VMs from number `top` on, the
 * selected one lit. */
void vm_table_draw(const struct app *app, struct surface *surface, struct rect rect,
                   const struct host *host, guint top);

#endif
