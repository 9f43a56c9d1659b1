/*
 * pairs.c - the thesis's own compaction (R12): one cycle of it.
 *
 * The lightest VM of the last host of under goes to the first, that of the last but one to the
 * second, and so to the middle. Every VM moves towards the front of the list only, so that cycle
 * after cycle it comes to rest. Whether a host can be switched off once it is empty plays no part
 * here, as in the thesis; only the safety of each single move does.
 */
#include "core/policy/decide.h"

static void refuse_pair(struct work *work, guint vm, guint to, enum check_reason reason)
{
    if (work->vms[vm].hold != WORK_FREE)
        work_refuse_vm(work, vm, work_explain_hold(work, vm));
    else
        work_refuse_vm(work, vm, work_explain_fit(work, reason, vm, to));
}

/* The lightest VM that may go does; when none may, the lightest one's reason is told. */
static void move_lightest(struct work *work, guint from, guint to)
{
    g_autoptr(GArray) vms = g_array_new(FALSE, FALSE, sizeof(guint));

    work_list_vms(work, from, vms);
    g_array_sort_with_data(vms, work_compare_light, work);
    for (guint i = 0; i < vms->len; i++) {
        guint vm = g_array_index(vms, guint, i);
        if (work->vms[vm].hold == WORK_FREE && work_fit(work, vm, to, TRUE) == CHECK_OK) {
            work_emit(work, vm, to, PLAN_REASON_PAIR);
            return;
        }
    }
    if (vms->len > 0) {
        guint vm = g_array_index(vms, guint, 0);
        refuse_pair(work, vm, to, work_fit(work, vm, to, TRUE));
    }
}

void pairs_run(struct work *work)
{
    g_autoptr(GArray) under = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < work->n_hosts; i++) {
        if (work->hosts[i].class != CLASS_UNDER)
            continue;
        if (work_is_at_hand(work, i))
            g_array_append_val(under, i);
        else
            work_refuse_host(work, i, work_explain_apart(work, i));
    }
    for (guint i = 0; i < under->len / 2; i++)
        move_lightest(work, g_array_index(under, guint, under->len - 1 - i),
                      g_array_index(under, guint, i));
}
