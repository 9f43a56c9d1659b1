/* spread.c - VMs are spread over hosts by the operator's wish, as evenly as they go. */
#include "core/policy/decide.h"

#include "core/base/text.h"
#include "core/policy/check_rules.h"

/* Loads that differ by less count as even: an idle host's load is never quite the same twice. */
#define EVEN_PERMILLE 100

struct place {
    guint host;
    gint64 load; /* thousandths of its CPUs, with the moves so far */
    guint n_vms;
    guint rank;
};

struct spreading {
    struct work *work;
    GSequence *places;     /* struct place *, the one with least to do first */
    GSequenceIter **of;    /* by host; NULL = not spread over */
    gint64 *gone_permille; /* by host: CPU of VMs that leave it, in thousandths of a core */
    gboolean *is_origin;   /* by host: a VM that is to be spread is on it */
};

/* --- Where there is least to do -------------------------------------------------------------- */

static gint compare_places(gconstpointer left, gconstpointer right, gpointer data)
{
    const struct place *a = left, *b = right;

    (void)data;
    if (a->load / EVEN_PERMILLE != b->load / EVEN_PERMILLE)
        return a->load / EVEN_PERMILLE < b->load / EVEN_PERMILLE ? -1 : 1;
    if (a->n_vms != b->n_vms)
        return a->n_vms < b->n_vms ? -1 : 1;
    if (a->load != b->load)
        return a->load < b->load ? -1 : 1;
    return a->rank < b->rank ? -1 : a->rank > b->rank;
}

/* The host as it is with so many VMs and so much CPU more or less. */
static struct place place_of(const struct work *work, guint host, gint vms, gint64 cpu_permille)
{
    const struct work_host *asked = &work->hosts[host];

    return (struct place){host, (asked->cpu_used + cpu_permille) / MAX(asked->host->cpus, 1),
                          (guint)((gint)asked->n_vms + vms), asked->rank};
}

static void add_place(struct spreading *spreading, guint host)
{
    struct place place = place_of(spreading->work, host, 0, 0);

    if (spreading->of[host])
        return;
    spreading->of[host] = g_sequence_insert_sorted(
        spreading->places, g_memdup2(&place, sizeof place), compare_places, NULL);
}

static void update_place(struct spreading *spreading, guint host)
{
    if (!spreading->of[host])
        return;
    *(struct place *)g_sequence_get(spreading->of[host]) = place_of(spreading->work, host, 0, 0);
    g_sequence_sort_changed(spreading->of[host], compare_places, NULL);
}

/* "it is in maintenance", or why else nothing can come to it. Free it. */
static char *why_not_there(const struct work *work, guint host)
{
    const struct work_host *asked = &work->hosts[host];

    if (asked->host->state != HOST_ON)
        return g_strdup_printf("it is %s", host_state_name(asked->host->state));
    return work_is_kept_out(work, host) ? work_explain_kept_out(work, host)
                                        : work_explain_apart(work, host);
}

static void list_places(struct spreading *spreading, const GPtrArray *hosts)
{
    struct work *work = spreading->work;

    for (guint i = 0; !hosts && i < work->n_hosts; i++)
        if (!spreading->is_origin[i] && work_is_at_hand(work, i))
            add_place(spreading, i);
    for (guint i = 0; hosts && i < hosts->len; i++) {
        guint host = ((const struct host *)g_ptr_array_index(hosts, i))->index;
        if (work_is_at_hand(work, host))
            add_place(spreading, host);
        else
            work_refuse_host(work, host, why_not_there(work, host));
    }
}

/* --- One VM ---------------------------------------------------------------------------------- */

/* As work_fit, with what leaves the host still counted there: steps then need not wait. */
static enum check_reason fit(const struct spreading *spreading, guint vm, guint host,
                             gboolean with_margin)
{
    const struct work *work = spreading->work;
    const struct work_host *to = &work->hosts[host];
    const struct work_vm *moved = &work->vms[vm];
    enum check_reason reason = work_fit(work, vm, host, with_margin);

    if (reason != CHECK_OK)
        return reason;
    if (to->taken_kib > to->room_kib || moved->mem_kib > to->room_kib - to->taken_kib ||
        (to->available_kib != G_MAXUINT64 &&
         moved->mem_kib + to->taken_kib - load_sum_vms(to->host).mem_kib > to->available_kib))
        return CHECK_NO_MEMORY;
    if (to->taken_vms >= to->most_vms)
        return CHECK_TOO_MANY_VMS;
    if (spreading->gone_permille[host] > 0 && to->taken_vms > 0 && to->host->cpus > 0 &&
        (to->cpu_used + spreading->gone_permille[host] + moved->cpu_permille) / to->host->cpus >
            work->config->load_max_permille)
        return CHECK_WOULD_BE_OVER;
    return check_find_apart(moved->vm, to->host) ? CHECK_APART : CHECK_OK;
}

/* TRUE when the VM is where it is wanted already, and the other place would be no better. */
static gboolean stays(const struct spreading *spreading, guint vm, guint host)
{
    const struct work_vm *moved = &spreading->work->vms[vm];
    struct place here, there;

    if (!spreading->of[moved->at])
        return FALSE;
    here = place_of(spreading->work, moved->at, 0, 0);
    there = place_of(spreading->work, host, 1, moved->cpu_permille);
    here.rank = there.rank = 0;
    return compare_places(&here, &there, NULL) <= 0;
}

static guint find_place(const struct spreading *spreading, guint vm, gboolean with_margin)
{
    GSequenceIter *iter = g_sequence_get_begin_iter(spreading->places);

    for (; !g_sequence_iter_is_end(iter); iter = g_sequence_iter_next(iter)) {
        const struct place *place = g_sequence_get(iter);
        if (fit(spreading, vm, place->host, with_margin) == CHECK_OK)
            return place->host;
    }
    return WORK_NONE;
}

/* Of the host with the least to do; others refuse for reasons of their own. Free it. */
static char *why_nowhere(const struct spreading *spreading, guint vm)
{
    const struct work *work = spreading->work;
    gint n = g_sequence_get_length(spreading->places);
    g_autofree char *why = NULL;
    guint host;

    if (n == 0)
        return g_strdup("there is no other host that is on and may take VMs");
    host =
        ((const struct place *)g_sequence_get(g_sequence_get_begin_iter(spreading->places)))->host;
    if (host == work->vms[vm].at && n > 1)
        host =
            ((const struct place *)g_sequence_get(g_sequence_get_iter_at_pos(spreading->places, 1)))
                ->host;
    why = work_explain_fit(work, fit(spreading, vm, host, FALSE), vm, host);
    if (n == 1)
        return g_steal_pointer(&why);
    return g_strdup_printf("none of %d hosts can take it: %s", n, why);
}

static void spread_vm(struct spreading *spreading, guint vm)
{
    struct work *work = spreading->work;
    guint from = work->vms[vm].at, to;

    if (!work_may_move(work, vm)) {
        work_refuse_vm(work, vm, work_explain_hold(work, vm));
        return;
    }
    if (work->hosts[from].rest) {
        work_refuse_vm(work, vm, work_explain_rest(work, from));
        return;
    }
    to = find_place(spreading, vm, TRUE);
    if (to == WORK_NONE)
        to = find_place(spreading, vm, FALSE);
    if (to == WORK_NONE && !spreading->of[from])
        work_refuse_vm(work, vm, why_nowhere(spreading, vm));
    if (to == WORK_NONE || stays(spreading, vm, to))
        return;
    work_emit(work, vm, to, PLAN_REASON_EVEN);
    spreading->gone_permille[from] += work->vms[vm].cpu_permille;
    update_place(spreading, from);
    update_place(spreading, to);
}

/* --- All of them ----------------------------------------------------------------------------- */

/* The indexes of those asked for, once each; those that do not run are told. */
static GArray *list_vms(struct work *work, const GPtrArray *vms)
{
    g_autoptr(GHashTable) asked = g_hash_table_new(NULL, NULL);
    GArray *found = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < vms->len; i++)
        g_hash_table_add(asked, g_ptr_array_index(vms, i));
    for (guint i = 0; i < work->n_vms; i++)
        if (g_hash_table_remove(asked, work->vms[i].vm))
            g_array_append_val(found, i);
    g_array_sort_with_data(found, work_compare_large, work);
    for (guint i = 0; i < vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(vms, i);
        if (!g_hash_table_remove(asked, vm))
            continue;
        g_autofree char *name = text_escape(vm->name);
        g_autofree char *subject = g_strdup_printf("vm %s", name);
        g_autofree char *why = g_strdup_printf("it is %s", vm_state_name(vm->state));
        plan_add_refusal(work->plan, subject, why);
    }
    return found;
}

static void take_promises(struct work *work, const struct spread_promise *promised)
{
    for (guint i = 0; promised && i < work->n_hosts; i++) {
        struct work_host *host = &work->hosts[i];
        host->used_kib += promised[i].mem_kib;
        host->taken_kib += promised[i].mem_kib;
        host->n_vms += promised[i].vms;
        host->taken_vms += promised[i].vms;
    }
}

static char *summarize(const struct work *work, guint n_vms, guint n_places)
{
    g_autofree char *moves = decide_format_moves(work->plan);
    guint refused = 0;

    for (guint i = 0; i < work->plan->refusals->len; i++)
        refused += g_str_has_prefix(
            g_array_index(work->plan->refusals, struct plan_refusal, i).subject, "vm ");
    if (work->plan->migrations == 0 && refused == 0 && n_vms > 0)
        return g_strdup("nothing to do: they are spread as evenly as they go");
    if (work->plan->migrations == 0)
        return g_strdup("nothing to do: none of these VMs can be moved there");
    if (refused > 0)
        return g_strdup_printf(
            "%s, over %u host%s; %u VM%s where %s", moves, n_places, n_places == 1 ? "" : "s",
            refused, refused == 1 ? " stays" : "s stay", refused == 1 ? "it is" : "they are");
    return g_strdup_printf("%s, over %u host%s", moves, n_places, n_places == 1 ? "" : "s");
}

/* How many hosts something goes to. */
static guint count_targets(const struct plan *plan)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < plan->steps->len; i++)
        g_hash_table_add(seen, (gpointer)plan_step(plan, i)->to);
    return g_hash_table_size(seen);
}

struct plan *policy_spread(const struct cluster *cluster, const struct policy_config *config,
                           const struct policy_moment *moment, const struct spread *spread)
{
    autoptr(work) work = work_new(cluster, config, moment, PLAN_SPREAD);
    g_autoptr(GSequence) places = g_sequence_new(g_free);
    g_autofree GSequenceIter **of = g_new0(GSequenceIter *, work->n_hosts + 1);
    g_autofree gboolean *is_origin = g_new0(gboolean, work->n_hosts + 1);
    g_autofree gint64 *gone_permille = g_new0(gint64, work->n_hosts + 1);
    struct spreading spreading = {work, places, of, gone_permille, is_origin};
    g_autoptr(GArray) vms = list_vms(work, spread->vms);

    take_promises(work, spread->promised);
    for (guint i = 0; i < vms->len; i++)
        is_origin[work->vms[g_array_index(vms, guint, i)].at] = TRUE;
    list_places(&spreading, spread->hosts);
    for (guint i = 0; i < vms->len; i++)
        spread_vm(&spreading, g_array_index(vms, guint, i));
    return work_finish(work, summarize(work, vms->len, count_targets(work->plan)));
}
