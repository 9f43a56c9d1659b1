/*
 * vm_facts.h - what is known of a VM, for its view: in a sheet, and how it stands in a sentence.
 * Thread: main.
 */
#ifndef ROOST_TUI_VM_FACTS_H
#define ROOST_TUI_VM_FACTS_H

#include "tui/app.h"
#include "tui/sheet.h"

void vm_facts_add(struct sheet *sheet, const struct app *app, const struct vm *vm);

/* "running on pc03, away from its home pc40"; an alarm says what to do. Free with g_free. */
char *vm_facts_say(const struct scene *scene, const struct vm *vm, enum role *role);

#endif
