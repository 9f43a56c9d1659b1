#include "core/policy/work.h"

#include "core/base/text.h"
#include "core/policy/check_rules.h"
#include "core/policy/load.h"

/* A target is filled to this share of what would make it over, so that it does not tip at once. */
#define TARGET_SHARE_NUM 9
#define TARGET_SHARE_DEN 10

/* --- Taking the cluster in --- */

/* Words and their numbers, from 1 in order of appearance. */
struct numbers {
    GHashTable *of; /* NULL until there is a word */
    const char *last_word;
    guint last;
};

/* 0 for NULL. Mostly it is the same word again: hosts have the same CPUs. */
static guint number_of(struct numbers *numbers, const char *word)
{
    if (!word)
        return 0;
    if (numbers->last_word && g_str_equal(numbers->last_word, word))
        return numbers->last;
    if (!numbers->of)
        numbers->of = g_hash_table_new(g_str_hash, g_str_equal);
    numbers->last_word = word;
    numbers->last = GPOINTER_TO_UINT(g_hash_table_lookup(numbers->of, word));
    if (numbers->last == 0) {
        numbers->last = g_hash_table_size(numbers->of) + 1;
        g_hash_table_insert(numbers->of, (gpointer)word, GUINT_TO_POINTER(numbers->last));
    }
    return numbers->last;
}

static enum work_hold hold_of(const struct work *work, const struct vm *vm)
{
    if (vm_is_frozen(vm))
        return WORK_FROZEN;
    if (vm->state == VM_UNKNOWN || vm->missing_since_us != 0)
        return WORK_IN_DOUBT;
    if (rests_why_vm(work->moment.rests, vm))
        return WORK_AT_REST;
    if (!host_may_migrate(vm->host))
        return WORK_STUCK;
    if (vm->pin)
        return WORK_PINNED;
    if (vm->moved_at_us != 0 && work->moment.now_us - vm->moved_at_us < work->config->vm_rest_us)
        return WORK_JUST_MOVED;
    return WORK_FREE;
}

static void take_vms(struct work *work, guint index, guint active, struct numbers *groups)
{
    const struct host *host = work->hosts[index].host;
    guint first = work->n_vms;

    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);
        if (!vm_is_active(vm))
            continue;
        work->vms[work->n_vms++] = (struct work_vm){
            .vm = vm,
            .mem_kib = load_vm_mem_kib(vm),
            .cpu_permille = load_vm_cpu_permille(vm, active),
            .hold = hold_of(work, vm),
            .group = number_of(groups, vm->group),
            .origin = index,
            .cpu_model = work->hosts[index].cpu_model,
            .hypervisor = work->hosts[index].hypervisor,
            .may_migrate = host_may_migrate(host),
            .last_step = PLAN_NO_STEP,
        };
    }
    if (work->n_vms > first)
        qsort(work->vms + first, work->n_vms - first, sizeof *work->vms, work_compare_vms);
    for (guint i = work->n_vms; i > first; i--)
        work_put(work, index, i - 1);
}

static void take_host(struct work *work, guint index, struct numbers *models,
                      struct numbers *hypervisors)
{
    const struct host *host = g_ptr_array_index(work->cluster->hosts, index);
    struct load_sum sum = load_sum_vms(host);
    struct work_host *taken = &work->hosts[index];
    gboolean on = host->state == HOST_ON;

    *taken = (struct work_host){
        .host = host,
        .class = policy_classify(host, work->config, work->moment.now_us),
        .rest = rests_why_host(work->moment.rests, host),
        .room_kib = check_vm_room_kib(host, work->config),
        .available_kib = on && host->mem_available_kib > 0 ? host->mem_available_kib : G_MAXUINT64,
        .used_kib = sum.mem_kib,
        .most_vms = host_most_vms(host, work->config->vm_min_kib),
        .n_vms = sum.vms,
        /* What was last seen of a host that is not on says nothing of how it will be. */
        .cpu_used = on ? load_base(host, sum.cpu_permille) : 0,
        .cpu_limit = (gint64)work->config->load_max_permille * host->cpus * TARGET_SHARE_NUM /
                     TARGET_SHARE_DEN,
        .cpu_model = number_of(models, host->cpu_model),
        .hypervisor = number_of(hypervisors, host->hypervisor),
        .may_migrate = host_may_migrate(host),
        .first_vm = WORK_NONE,
        .taken_kib = sum.mem_kib,
        .taken_vms = sum.vms,
        .last_departure = PLAN_NO_STEP,
        .wake_step = PLAN_NO_STEP,
    };
}

static gint compare_host_names(gconstpointer left, gconstpointer right, gpointer data)
{
    const struct work_host *hosts = data;

    return text_compare_names(hosts[*(const guint *)left].host->name,
                              hosts[*(const guint *)right].host->name);
}

/* Hosts are mostly added in the order of their names: then each has the rank of its place. */
static void rank_hosts(struct work *work)
{
    g_autofree guint *order = g_new(guint, work->n_hosts + 1);
    gboolean sorted = TRUE;

    for (guint i = 0; i < work->n_hosts; i++) {
        order[i] = i;
        sorted = sorted && (i == 0 || text_compare_names(work->hosts[i - 1].host->name,
                                                         work->hosts[i].host->name) <= 0);
    }
    if (!sorted)
        g_qsort_with_data(order, (gint)work->n_hosts, sizeof *order, compare_host_names,
                          work->hosts);
    for (guint i = 0; i < work->n_hosts; i++)
        work->hosts[order[i]].rank = i;
}

static void mark_claims(struct work *work)
{
    const GPtrArray *claimed = work->cluster->claimed;

    for (guint i = 0; i < claimed->len; i++) {
        const struct vm *vm = g_ptr_array_index(claimed, i);
        struct work_host *host = &work->hosts[vm->also_on->index];
        host->claimed = TRUE;
        host->used_kib += load_vm_mem_kib(vm);
        host->taken_kib += load_vm_mem_kib(vm);
    }
}

struct work *work_new(const struct cluster *cluster, const struct policy_config *config,
                      const struct policy_moment *moment, enum plan_kind kind)
{
    struct numbers groups = {0}, models = {0}, hypervisors = {0};
    struct work *work = g_new0(struct work, 1);

    work->cluster = cluster;
    work->config = config;
    work->moment = *moment;
    work->n_hosts = cluster->hosts->len;
    work->hosts = g_new(struct work_host, work->n_hosts + 1);
    work->vms = g_new(struct work_vm, cluster_count_vms(cluster) + 1);
    work->plan = plan_new(kind);
    for (guint i = 0; i < work->n_hosts; i++) {
        take_host(work, i, &models, &hypervisors);
        take_vms(work, i, work->hosts[i].n_vms, &groups);
        work->plan->hosts_on_before += work->hosts[i].host->state == HOST_ON ? 1 : 0;
    }
    work->plan->hosts_on_after = work->plan->hosts_on_before;
    g_clear_pointer(&groups.of, g_hash_table_unref);
    g_clear_pointer(&models.of, g_hash_table_unref);
    g_clear_pointer(&hypervisors.of, g_hash_table_unref);
    rank_hosts(work);
    mark_claims(work);
    return work;
}

void work_free(struct work *work)
{
    if (!work)
        return;
    plan_free(work->plan);
    g_free(work->hosts);
    g_free(work->vms);
    g_free(work);
}

struct plan *work_finish(struct work *work, char *summary_take)
{
    g_free(work->plan->summary);
    work->plan->summary = summary_take;
    if (work->plan->steps->len == 0)
        work->plan->kind = PLAN_NOTHING;
    return g_steal_pointer(&work->plan);
}
