/* work_refuse.c - saying why not, with the moves so far counted. */
#include "core/policy/work.h"

#include "core/base/text.h"
#include "core/policy/check_rules.h"

void work_refuse_host(struct work *work, guint host, char *why_take)
{
    g_autofree char *why = why_take;
    g_autofree char *name = text_escape(work->hosts[host].host->name);
    g_autofree char *subject = g_strdup_printf("host %s", name);

    plan_add_refusal(work->plan, subject, why);
}

void work_refuse_vm(struct work *work, guint vm, char *why_take)
{
    g_autofree char *why = why_take;
    g_autofree char *name = text_escape(work->vms[vm].vm->name);
    g_autofree char *subject = g_strdup_printf("vm %s", name);

    plan_add_refusal(work->plan, subject, why);
}

char *work_explain_fit(const struct work *work, enum check_reason reason, guint vm, guint host)
{
    const struct work_host *to = &work->hosts[host];
    const struct vm *moved = work->vms[vm].vm;
    g_autofree char *name = text_escape(to->host->name);
    g_autofree char *vm_name = text_escape(moved->name);
    guint64 free_kib = to->room_kib > to->used_kib ? to->room_kib - to->used_kib : 0;

    if (reason == CHECK_NO_MEMORY && to->room_kib > 0 && free_kib < moved->mem_kib)
        return g_strdup_printf("%s would have %" G_GUINT64_FORMAT " MiB free of %" G_GUINT64_FORMAT
                               ", vm %s needs %" G_GUINT64_FORMAT,
                               name, free_kib / 1024, to->room_kib / 1024, vm_name,
                               moved->mem_kib / 1024);
    if (reason == CHECK_TOO_MANY_VMS)
        return g_strdup_printf("%s would run %u VM%s already, it may run %u", name, to->n_vms,
                               to->n_vms == 1 ? "" : "s", to->most_vms);
    if (reason == CHECK_WOULD_BE_OVER)
        return g_strdup_printf("the load of %s would come too near to over", name);
    if (reason == CHECK_APART)
        return g_strdup_printf("vm %s is kept apart from another on %s", vm_name, name);
    return check_explain(reason, moved, to->host, work->config);
}

char *work_explain_rest(const struct work *work, guint host)
{
    const struct work_host *resting = &work->hosts[host];
    g_autofree char *name = text_escape(resting->host->name);

    return g_strdup_printf("%s is left alone: %s", name, resting->rest);
}

char *work_explain_kept_out(const struct work *work, guint host)
{
    const struct work_host *kept = &work->hosts[host];

    if (kept->host->maintenance)
        return check_explain(CHECK_MAINTENANCE, NULL, kept->host, work->config);
    if (kept->rest)
        return work_explain_rest(work, host);
    return g_strdup("a vm of another host is seen there too: settle that by hand first");
}

char *work_explain_apart(const struct work *work, guint host)
{
    const struct work_host *apart = &work->hosts[host];
    g_autofree char *name = NULL;

    if (work_is_kept_out(work, host))
        return work_explain_kept_out(work, host);
    if (!host_may_migrate(apart->host))
        return check_explain_unable(apart->host);
    name = text_escape(apart->host->name);
    return g_strdup_printf("what is known of %s cannot be relied on now", name);
}

char *work_explain_hold(const struct work *work, guint vm)
{
    const struct vm *held = work->vms[vm].vm;
    g_autofree char *name = text_escape(held->name);
    g_autofree char *host = text_escape(held->pin ? held->pin : held->host->name);

    switch (work->vms[vm].hold) {
    case WORK_FROZEN:
        return check_explain(CHECK_VM_FROZEN, held, held->host, work->config);
    case WORK_IN_DOUBT:
        return g_strdup_printf("it is not sure that vm %s runs there", name);
    case WORK_AT_REST:
        return g_strdup_printf("vm %s is left alone: %s", name,
                               rests_why_vm(work->moment.rests, held));
    case WORK_STUCK:
        return check_explain_no_migration(held->host);
    case WORK_PINNED:
        return g_strdup_printf("vm %s is pinned to %s", name, host);
    case WORK_JUST_MOVED:
        return g_strdup_printf("vm %s was moved a moment ago and rests", name);
    case WORK_FREE:
        break;
    }
    return NULL;
}
