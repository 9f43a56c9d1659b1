/* check_set.c - VMs taken together: may they go to a host, and what would it be then? */
#include "core/policy/check.h"

#include "core/base/text.h"
#include "core/policy/check_rules.h"

#define MIB(kib) ((kib) / 1024)

/* One of its group among those that come with it. */
static gboolean group_comes_too(const struct vm *const *vms, guint index, const struct host *to)
{
    if (!vms[index]->group)
        return FALSE;
    for (guint i = 0; i < index; i++)
        if (vms[i]->host != to && g_strcmp0(vms[i]->group, vms[index]->group) == 0)
            return TRUE;
    return FALSE;
}

static void count_in(struct check_set *set, const struct vm *vm)
{
    set->n++;
    set->mem_kib += load_vm_mem_kib(vm);
    set->cpu_permille += vm_cpu_permille(vm);
}

static gboolean is_there(const struct vm *vm, const struct host *to)
{
    return vm->host == to && vm->also_on != to;
}

void check_count_set(const struct vm *const *vms, guint n, const struct host *to,
                     struct check_set *set)
{
    set->n = 0;
    set->mem_kib = 0;
    set->cpu_permille = 0;
    for (guint i = 0; i < n; i++)
        if (!is_there(vms[i], to))
            count_in(set, vms[i]);
}

/* TRUE when this reason is to be told instead of the one found before. */
static gboolean is_graver(enum check_reason reason, enum check_reason found)
{
    if (found == CHECK_OK)
        return reason != CHECK_OK;
    return reason != CHECK_OK && check_can_force(found) && !check_can_force(reason);
}

/* The VM, with those of the set before it counted in `load`. */
static enum check_reason check_one(const struct vm *const *vms, guint index, const struct host *to,
                                   const struct policy_config *config, gint64 now_us,
                                   struct check_load *load)
{
    enum check_reason reason = check_ends(vms[index], to, config, now_us);

    if (reason != CHECK_OK)
        return reason;
    if (!load->summed)
        load->sum = load_sum_vms(to);
    load->summed = TRUE;
    reason = check_join(vms[index], to, config, load);
    if ((reason == CHECK_OK || reason == CHECK_WOULD_BE_OVER) && group_comes_too(vms, index, to))
        return CHECK_APART;
    return reason;
}

enum check_reason check_migrate_set(const struct vm *const *vms, guint n, const struct host *to,
                                    const struct policy_config *config, gint64 now_us,
                                    guint64 reserved_kib, guint reserved_vms, struct check_set *set)
{
    struct check_load load = {.reserved_kib = reserved_kib, .reserved_vms = reserved_vms};
    enum check_reason found = CHECK_OK;

    *set = (struct check_set){0};
    for (guint i = 0; i < n && (found == CHECK_OK || check_can_force(found)); i++) {
        enum check_reason reason;
        if (is_there(vms[i], to))
            continue;
        load.joined_vms = set->n;
        load.joined_kib = set->mem_kib;
        load.joined_cpu_permille = set->cpu_permille;
        reason = check_one(vms, i, to, config, now_us, &load);
        if (is_graver(reason, found)) {
            found = reason;
            set->vm = vms[i];
        }
        count_in(set, vms[i]);
    }
    return set->n == 0 ? CHECK_SAME_HOST : found;
}

/* --- What it would be ------------------------------------------------------------------------ */

struct check_becomes check_become(const struct host *host, const struct policy_config *config,
                                  gint64 now_us, gint vms, gint64 mem_kib, gint64 cpu_permille)
{
    struct load_sum sum = load_sum_vms(host);
    struct check_becomes becomes = {
        .class = policy_classify(host, config, now_us),
        .load_permille = -1,
        .mem_kib = (guint64)MAX((gint64)sum.mem_kib + mem_kib, 0),
        .vms = (guint)MAX((gint)sum.vms + vms, 0),
    };
    gint64 cpu;

    if (host->state != HOST_ON || host->cpus == 0 || host->load15_permille < 0)
        return becomes;
    cpu = MAX(load_base(host, sum.cpu_permille) + cpu_permille, 0);
    becomes.load_permille = (gint)MIN(cpu / host->cpus, G_MAXINT);
    if (becomes.class != CLASS_DOUBT)
        becomes.class = policy_class_of(host, config, becomes.load_permille, becomes.vms);
    return becomes;
}

/* --- Sentences ------------------------------------------------------------------------------- */

static char *explain_room(const struct check_set *set, const struct host *host, const char *name,
                          const struct policy_config *config)
{
    guint64 room = check_vm_room_kib(host, config);
    guint64 used = load_sum_vms(host).mem_kib;
    guint64 free_kib = room > used ? room - used : 0;

    if (host->mem_kib == 0)
        return g_strdup_printf("the RAM of %s is not known", name);
    if (free_kib >= set->mem_kib && host->mem_available_kib > 0 &&
        host->mem_available_kib < set->mem_kib)
        return g_strdup_printf("%s has only %" G_GUINT64_FORMAT
                               " MiB really available now, the %u VMs need %" G_GUINT64_FORMAT,
                               name, MIB(host->mem_available_kib), set->n, MIB(set->mem_kib));
    if (free_kib >= set->mem_kib)
        return g_strdup_printf("of the %" G_GUINT64_FORMAT " MiB free on %s some are promised to "
                               "VMs under way, the %u VMs need %" G_GUINT64_FORMAT,
                               MIB(free_kib), name, set->n, MIB(set->mem_kib));
    return g_strdup_printf("%s has %" G_GUINT64_FORMAT " MiB free of %" G_GUINT64_FORMAT
                           ", the %u VMs need %" G_GUINT64_FORMAT,
                           name, MIB(free_kib), MIB(room), set->n, MIB(set->mem_kib));
}

static char *explain_over(const struct check_set *set, const struct host *host, const char *name,
                          const struct policy_config *config)
{
    gint64 cpu = load_base(host, load_sum_vms(host).cpu_permille) + set->cpu_permille;
    double load = (double)cpu / (double)MAX(host->cpus, 1) / 1000;

    return g_strdup_printf("with the %u VMs, the load of %s would be %.2f, above %.2f", set->n,
                           name, load, (double)config->load_max_permille / 1000);
}

char *check_explain_set(enum check_reason reason, const struct check_set *set,
                        const struct host *host, const struct policy_config *config)
{
    g_autofree char *name = text_escape(host->name);
    guint vms = host_active_vms(host);

    if (reason == CHECK_SAME_HOST && !set->vm)
        return g_strdup_printf("all of them are on %s already", name);
    if (reason == CHECK_APART && set->vm && !check_find_apart(set->vm, host)) {
        g_autofree char *vm = text_escape(set->vm->name);
        g_autofree char *group = text_escape(set->vm->group);
        return g_strdup_printf("vm %s is kept apart from another of them (group %s)", vm, group);
    }
    if (set->n < 2)
        return check_explain(reason, set->vm, host, config);
    switch (reason) {
    case CHECK_NO_MEMORY:
        return explain_room(set, host, name, config);
    case CHECK_TOO_MANY_VMS:
        return g_strdup_printf("%s runs %u VM%s and may run %u: %u more are too many", name, vms,
                               vms == 1 ? "" : "s", host_most_vms(host, config->vm_min_kib),
                               set->n);
    case CHECK_WOULD_BE_OVER:
        return explain_over(set, host, name, config);
    default:
        return check_explain(reason, set->vm, host, config);
    }
}

const char *check_brief(enum check_reason reason)
{
    static const char *const words[] = {
        [CHECK_OK] = "",
        [CHECK_VM_NOT_RUNNING] = "not on",
        [CHECK_VM_FROZEN] = "frozen",
        [CHECK_SAME_HOST] = "here",
        [CHECK_HOST_NOT_ON] = "not on",
        [CHECK_HOST_STALE] = "silent",
        [CHECK_NO_MEMORY] = "no RAM",
        [CHECK_TOO_MANY_VMS] = "full",
        [CHECK_NAME_TAKEN] = "name",
        [CHECK_NO_MIGRATION] = "unable",
        [CHECK_OTHER_HYPERVISOR] = "other",
        [CHECK_PINNED] = "pinned",
        [CHECK_APART] = "apart",
        [CHECK_MAINTENANCE] = "maint.",
        [CHECK_CPU_MODEL] = "CPU",
        [CHECK_WOULD_BE_OVER] = "over",
    };

    return reason < G_N_ELEMENTS(words) && words[reason] ? words[reason] : "no";
}
