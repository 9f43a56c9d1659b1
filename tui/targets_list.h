/*
 * targets_list.h - where a VM could go: every other host with what speaks against it, or what it
 * would become, those that would take it first. Thread: main.
 */
#ifndef ROOST_TUI_TARGETS_LIST_H
#define ROOST_TUI_TARGETS_LIST_H

#include "core/policy/check.h"
#include "tui/app.h"

struct target {
    const struct host *host; /* borrowed */
    enum check_reason reason;
    gboolean is_home;
    gint load_permille; /* it would have then; -1 when not known */
    guint vms;          /* likewise, with those that come */
    guint64 mem_kib;
};

/* struct target: those that would take it, its home and then by the load they would have; then
 * those that would if the operator insists; then the others. O(n log n) in the hosts. Free with
 * g_array_unref. */
GArray *targets_list(const struct app *app, const struct vm *vm);

/* The list it would be in by the load it would have: "under", "regular", "over". */
enum host_mark target_mark_then(const struct scene *scene, const struct target *target);

/* "12 would take it, 1 if you insist, 48 would not"; "those that would not: 46 not on, 2 without
 * the RAM", or "" when there are none. Free with g_free. */
char *targets_count(const GArray *targets);
char *targets_reasons(const GArray *targets);

/* Asks whether the VM is to move there, or says why it cannot. */
void targets_offer(struct app *app, const struct vm *vm, const struct target *target);

#endif
