/* work_move.c - what fits where, and moves: on trial, and for good. */
#include "core/policy/work.h"

#include <string.h>

#include "core/base/text.h"

/* --- Asking --- */

gboolean work_is_kept_out(const struct work *work, guint host)
{
    const struct work_host *asked = &work->hosts[host];

    return asked->rest || asked->host->maintenance || asked->claimed;
}

gboolean work_is_at_hand(const struct work *work, guint host)
{
    const struct work_host *asked = &work->hosts[host];

    return asked->host->state == HOST_ON && asked->class != CLASS_DOUBT &&
           host_may_migrate(asked->host) && !work_is_kept_out(work, host);
}

gboolean work_may_move(const struct work *work, guint vm)
{
    return work->vms[vm].hold == WORK_FREE || work->vms[vm].hold == WORK_JUST_MOVED;
}

static gboolean group_is_there(const struct work *work, guint vm, guint host)
{
    guint group = work->vms[vm].group;

    if (group == 0)
        return FALSE;
    for (guint i = work->hosts[host].first_vm; i != WORK_NONE; i = work->vms[i].next)
        if (i != vm && work->vms[i].group == group)
            return TRUE;
    return FALSE;
}

/* Without the margin it is R10's own rule: a host that runs one VM is never over. */
static gboolean would_be_over(const struct work *work, const struct work_vm *moved,
                              const struct work_host *to, gboolean with_margin)
{
    gint64 cpu = to->cpu_used + moved->cpu_permille;

    if (with_margin)
        return cpu > to->cpu_limit;
    return to->n_vms > 0 && to->host->cpus > 0 &&
           cpu / to->host->cpus > work->config->load_max_permille;
}

enum check_reason work_fit(const struct work *work, guint vm, guint host, gboolean with_margin)
{
    const struct work_vm *moved = &work->vms[vm];
    const struct work_host *to = &work->hosts[host];
    guint model = moved->cpu_model;
    guint kind = moved->hypervisor;

    if (moved->at == host)
        return CHECK_SAME_HOST;
    if (!to->may_migrate || !moved->may_migrate)
        return CHECK_NO_MIGRATION;
    if (kind != 0 && to->hypervisor != 0 && kind != to->hypervisor)
        return CHECK_OTHER_HYPERVISOR;
    if (to->used_kib > to->room_kib || moved->mem_kib > to->room_kib - to->used_kib ||
        moved->mem_kib > to->available_kib)
        return CHECK_NO_MEMORY;
    if (to->n_vms >= to->most_vms)
        return CHECK_TOO_MANY_VMS;
    if (model != 0 && to->cpu_model != 0 && model != to->cpu_model)
        return CHECK_CPU_MODEL;
    if (would_be_over(work, moved, to, with_margin))
        return CHECK_WOULD_BE_OVER;
    return group_is_there(work, vm, host) ? CHECK_APART : CHECK_OK;
}

/* Predicted load in thousandths with the moves so far; -1 when not known. */
static gint load_permille(const struct work_host *host)
{
    if (host->host->cpus == 0)
        return -1;
    return (gint)CLAMP(host->cpu_used / host->host->cpus, 0, G_MAXINT);
}

void work_list_vms(const struct work *work, guint host, GArray *vms)
{
    for (guint i = work->hosts[host].first_vm; i != WORK_NONE; i = work->vms[i].next)
        g_array_append_val(vms, i);
}

gint work_compare_light(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct work *work = data;
    const struct work_vm *left = &work->vms[*(const guint *)a];
    const struct work_vm *right = &work->vms[*(const guint *)b];

    if (left->cpu_permille != right->cpu_permille)
        return left->cpu_permille < right->cpu_permille ? -1 : 1;
    if (left->mem_kib != right->mem_kib)
        return left->mem_kib < right->mem_kib ? -1 : 1;
    return text_compare_names(left->vm->name, right->vm->name);
}

gint work_compare_large(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct work *work = data;

    return work_compare_vms(&work->vms[*(const guint *)a], &work->vms[*(const guint *)b]);
}

gint work_compare_vms(gconstpointer left, gconstpointer right)
{
    const struct work_vm *a = left;
    const struct work_vm *b = right;

    if (a->mem_kib != b->mem_kib)
        return a->mem_kib > b->mem_kib ? -1 : 1;
    if (a->cpu_permille != b->cpu_permille)
        return a->cpu_permille > b->cpu_permille ? -1 : 1;
    return strcmp(a->vm->name, b->vm->name);
}

/* --- Moving --- */

void work_put(struct work *work, guint host, guint vm)
{
    struct work_host *to = &work->hosts[host];

    work->vms[vm].at = host;
    work->vms[vm].previous = WORK_NONE;
    work->vms[vm].next = to->first_vm;
    if (to->first_vm != WORK_NONE)
        work->vms[to->first_vm].previous = vm;
    to->first_vm = vm;
}

static void unlink_vm(struct work *work, guint vm)
{
    const struct work_vm *gone = &work->vms[vm];

    if (gone->previous == WORK_NONE)
        work->hosts[gone->at].first_vm = gone->next;
    else
        work->vms[gone->previous].next = gone->next;
    if (gone->next != WORK_NONE)
        work->vms[gone->next].previous = gone->previous;
}

void work_place(struct work *work, guint vm, guint host)
{
    const struct work_vm *moved = &work->vms[vm];
    struct work_host *from = &work->hosts[moved->at];
    struct work_host *to = &work->hosts[host];

    from->used_kib -= moved->mem_kib;
    from->cpu_used -= moved->cpu_permille;
    from->n_vms--;
    to->used_kib += moved->mem_kib;
    to->cpu_used += moved->cpu_permille;
    to->n_vms++;
    unlink_vm(work, vm);
    work_put(work, host, vm);
}

/* The later of two steps to wait for. */
static guint later(guint a, guint b)
{
    if (a == PLAN_NO_STEP || b == PLAN_NO_STEP)
        return a == PLAN_NO_STEP ? b : a;
    return MAX(a, b);
}

/* The departure that makes room on the target, unless there was room without any. */
static guint departure_to_wait_for(const struct work_host *to, const struct work_vm *moved)
{
    gboolean had_room = to->taken_kib <= to->room_kib &&
                        moved->mem_kib <= to->room_kib - to->taken_kib &&
                        to->taken_vms < to->most_vms && moved->group == 0;

    return had_room ? PLAN_NO_STEP : to->last_departure;
}

guint work_emit(struct work *work, guint vm, guint host, enum plan_reason reason)
{
    struct work_vm *moved = &work->vms[vm];
    struct work_host *from = &work->hosts[moved->at];
    struct work_host *to = &work->hosts[host];
    struct plan_step step = {
        .action = PLAN_MIGRATE,
        .reason = reason,
        .vm = moved->vm->name,
        .from = from->host->name,
        .to = to->host->name,
        .mem_kib = moved->mem_kib,
        .after = later(later(moved->last_step, to->wake_step), departure_to_wait_for(to, moved)),
    };

    g_assert(moved->at != host);
    work_place(work, vm, host);
    to->taken_kib += moved->mem_kib;
    to->taken_vms++;
    step.from_vms_after = from->n_vms;
    step.to_vms_after = to->n_vms;
    step.from_load_permille_after = load_permille(from);
    step.to_load_permille_after = load_permille(to);
    moved->last_step = plan_add_step(work->plan, &step);
    from->last_departure = moved->last_step;
    return moved->last_step;
}

guint work_emit_wake(struct work *work, guint host, enum plan_reason reason)
{
    struct work_host *woken = &work->hosts[host];
    struct plan_step step = {
        .action = PLAN_WAKE,
        .reason = reason,
        .from = woken->host->name,
        .after = PLAN_NO_STEP,
        .from_vms_after = woken->n_vms,
        .from_load_permille_after = -1,
        .to_load_permille_after = -1,
    };

    woken->wake_step = plan_add_step(work->plan, &step);
    work->plan->hosts_on_after++;
    return woken->wake_step;
}
