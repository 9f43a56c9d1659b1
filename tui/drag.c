#include "tui/drag.h"

#include "core/base/text.h"

#define FEW 16 /* VMs in hand: it is no matter to look at each of them for each host */

static void vm_free(gpointer data)
{
    struct drag_vm *held = data;

    g_free(held->name);
    g_free(held->from);
    g_free(held);
}

void drag_init(struct drag *drag)
{
    *drag = (struct drag){.target = DRAG_NOWHERE};
    drag->vms = g_ptr_array_new_with_free_func(vm_free);
    drag->names = g_hash_table_new(g_str_hash, g_str_equal);
    drag->here = g_ptr_array_new();
    drag->becomes = g_array_new(FALSE, TRUE, sizeof(struct drag_becomes));
}

void drag_clear(struct drag *drag)
{
    drag_end(drag);
    g_clear_pointer(&drag->names, g_hash_table_unref);
    g_clear_pointer(&drag->vms, g_ptr_array_unref);
    g_clear_pointer(&drag->here, g_ptr_array_unref);
    g_clear_pointer(&drag->becomes, g_array_unref);
}

/* --- The hand -------------------------------------------------------------------------------- */

static void name_first(struct drag *drag)
{
    const struct drag_vm *first =
        drag->vms->len > 0 ? (const struct drag_vm *)g_ptr_array_index(drag->vms, 0) : NULL;

    drag->vm = first != NULL ? first->name : NULL;
    drag->from = first != NULL ? first->from : NULL;
}

void drag_add(struct drag *drag, const struct vm *vm)
{
    struct drag_vm *held;

    if (g_hash_table_contains(drag->names, vm->name))
        return;
    held = g_new(struct drag_vm, 1);
    *held = (struct drag_vm){g_strdup(vm->name), g_strdup(vm->host->name)};
    g_ptr_array_add(drag->vms, held);
    g_hash_table_insert(drag->names, held->name, held);
    name_first(drag);
}

void drag_begin(struct drag *drag, enum drag_by by, const struct vm *vm)
{
    drag_end(drag);
    drag->by = by;
    drag_add(drag, vm);
    drag->target = (int)vm->host->index;
    drag->target_name = g_strdup(vm->host->name);
}

void drag_end(struct drag *drag)
{
    drag->by = DRAG_NONE;
    drag->target = DRAG_NOWHERE;
    drag->whole = FALSE;
    drag->scene = NULL;
    drag->engine = NULL;
    g_clear_pointer(&drag->target_name, g_free);
    g_hash_table_remove_all(drag->names);
    g_ptr_array_set_size(drag->here, 0);
    g_ptr_array_set_size(drag->vms, 0);
    name_first(drag);
}

void drag_aim(struct drag *drag, int target)
{
    const struct host *host =
        drag->scene != NULL && target >= 0 ? scene_host_at(drag->scene, (guint)target) : NULL;

    drag->target = host != NULL || drag->scene == NULL ? target : DRAG_NOWHERE;
    g_free(drag->target_name);
    drag->target_name = host != NULL ? g_strdup(host->name) : NULL;
}

guint drag_n(const struct drag *drag)
{
    return drag->by != DRAG_NONE ? drag->vms->len : 0;
}

static gboolean holds(const struct drag *drag, const struct vm *vm)
{
    return drag->by != DRAG_NONE && g_hash_table_contains(drag->names, vm->name);
}

char *drag_describe(const struct drag *drag)
{
    if (drag_n(drag) == 1)
        return g_strdup_printf("vm %s", drag->vm);
    return g_strdup_printf("%u VMs", drag_n(drag));
}

/* --- What has changed ------------------------------------------------------------------------ */

static char *why_gone(const struct drag_vm *held, const struct vm *vm)
{
    g_autofree char *name = text_escape(held->name);
    g_autofree char *place = NULL;

    if (vm == NULL)
        return g_strdup_printf("vm %s is no longer there", name);
    place = text_escape(vm->host->name);
    return g_strdup_printf("vm %s is on %s now", name, place);
}

/* Lets go of what is not where it was; why is that of the first, NULL when all are. */
static void find_all(struct drag *drag, const struct cluster *cluster, char **why)
{
    guint kept = 0, n = drag->vms->len;

    g_ptr_array_set_size(drag->here, 0);
    drag->mem_kib = 0;
    drag->cpu_permille = 0;
    for (guint i = 0; i < n; i++) {
        struct drag_vm *held = g_ptr_array_index(drag->vms, i);
        struct vm *vm = cluster_find_vm(cluster, held->name);

        if (vm == NULL || g_strcmp0(vm->host->name, held->from) != 0) {
            if (*why == NULL)
                *why = why_gone(held, vm);
            g_hash_table_remove(drag->names, held->name);
            vm_free(held);
            continue;
        }
        drag->vms->pdata[kept++] = held;
        g_ptr_array_add(drag->here, vm);
        drag->mem_kib += vm->mem_kib;
        drag->cpu_permille += vm_cpu_permille(vm);
    }
    /* Those moved down, or freed: they are not the array's to free again. */
    g_ptr_array_set_free_func(drag->vms, NULL);
    g_ptr_array_set_size(drag->vms, (gint)kept);
    g_ptr_array_set_free_func(drag->vms, vm_free);
    name_first(drag);
}

/* The same host as before, wherever it stands now. */
static void find_target(struct drag *drag, const struct cluster *cluster, char **why)
{
    const struct host *host;

    if (drag->target_name == NULL)
        return;
    host = cluster_find_host(cluster, drag->target_name);
    if (host != NULL) {
        drag->target = (int)host->index;
        return;
    }
    if (*why == NULL) {
        g_autofree char *name = text_escape(drag->target_name);

        *why = g_strdup_printf("%s has left the cluster: choose another host", name);
    }
    drag_aim(drag, DRAG_NOWHERE);
}

gboolean drag_update(struct drag *drag, const struct scene *scene, const struct engine *engine,
                     char **why)
{
    g_autofree char *gone = NULL;

    *why = NULL;
    if (drag->by == DRAG_NONE)
        return TRUE;
    drag->scene = scene;
    drag->engine = engine;
    drag->update++;
    find_all(drag, scene->cluster, &gone);
    if (drag->vms->len == 0) {
        *why = g_strdup_printf("put back: %s", gone);
        drag_end(drag);
        return FALSE;
    }
    if (gone != NULL)
        *why = g_strdup_printf("%s; %u VM%s still in hand", gone, drag->vms->len,
                               drag->vms->len == 1 ? " is" : "s are");
    find_target(drag, scene->cluster, why);
    if (drag->becomes->len < scene->cluster->hosts->len)
        g_array_set_size(drag->becomes, scene->cluster->hosts->len);
    return TRUE;
}

const struct vm *drag_vm(const struct drag *drag, const struct scene *scene)
{
    return drag->by != DRAG_NONE ? cluster_find_vm(scene->cluster, drag->vm) : NULL;
}

/* --- What hosts would become ----------------------------------------------------------------- */

static enum check_reason check(const struct drag *drag, const struct host *host,
                               struct check_set *set)
{
    const struct vm *const *vms = (const struct vm *const *)drag->here->pdata;

    if (drag->engine != NULL)
        return engine_check_set(drag->engine, vms, drag->here->len, host, set);
    return check_migrate_set(vms, drag->here->len, host, &drag->scene->settings->policy,
                             drag->scene->now_us, 0, 0, set);
}

static void count(struct check_set *set, const struct vm *vm)
{
    set->n++;
    set->mem_kib += vm->mem_kib;
    set->cpu_permille += vm_cpu_permille(vm);
}

/* What of the host is in hand: asked of those in hand, or of those there, whichever is cheaper. */
static struct check_set count_there(const struct drag *drag, const struct host *host)
{
    struct check_set set = {0};

    for (guint i = 0; drag->here->len <= FEW && i < drag->here->len; i++) {
        if (((const struct vm *)g_ptr_array_index(drag->here, i))->host == host)
            count(&set, g_ptr_array_index(drag->here, i));
    }
    for (guint i = 0; drag->here->len > FEW && i < host->vms->len; i++) {
        if (holds(drag, g_ptr_array_index(host->vms, i)))
            count(&set, g_ptr_array_index(host->vms, i));
    }
    return set;
}

static void work_out(const struct drag *drag, const struct host *host, struct drag_becomes *found)
{
    const struct policy_config *config = &drag->scene->settings->policy;
    gint64 now_us = drag->scene->now_us;
    struct check_becomes before = check_become(host, config, now_us, 0, 0, 0), then;
    struct check_set there = count_there(drag, host);

    *found = (struct drag_becomes){.update = drag->update};
    found->reason = check(drag, host, &found->set);
    found->leaves = there.n == drag->here->len;
    if (found->leaves) {
        then = check_become(host, config, now_us, -(gint)there.n, -(gint64)there.mem_kib,
                            -there.cpu_permille);
    } else {
        /* All that would come, however many of them it had to look at. */
        found->set.n = drag->here->len - there.n;
        found->set.mem_kib = drag->mem_kib - there.mem_kib;
        found->set.cpu_permille = drag->cpu_permille - there.cpu_permille;
        then = check_become(host, config, now_us, (gint)found->set.n, (gint64)found->set.mem_kib,
                            found->set.cpu_permille);
    }
    found->class = then.class;
    found->load_before_permille = before.load_permille;
    found->load_permille = then.load_permille;
    found->mem_before_kib = before.mem_kib;
    found->mem_kib = then.mem_kib;
    found->mem_all_kib = host->mem_kib;
    found->vms_before = before.vms;
    found->vms = then.vms;
    found->vms_most = host_most_vms(host, config->vm_min_kib);
}

const struct drag_becomes *drag_becomes(const struct drag *drag, guint host_index)
{
    static const struct drag_becomes nothing = {.reason = CHECK_HOST_NOT_ON, .class = CLASS_DOUBT};
    const struct host *host = drag->scene != NULL ? scene_host_at(drag->scene, host_index) : NULL;
    struct drag_becomes *found;

    if (host == NULL || host_index >= drag->becomes->len)
        return &nothing;
    found = &g_array_index(drag->becomes, struct drag_becomes, host_index);
    if (found->update != drag->update)
        work_out(drag, host, found);
    return found;
}

enum check_reason drag_reason(const struct drag *drag, guint host_index)
{
    return drag_becomes(drag, host_index)->reason;
}

enum target_mark drag_mark(const struct drag *drag, guint host_index)
{
    enum check_reason reason = drag_reason(drag, host_index);

    if (reason == CHECK_OK)
        return TARGET_MARK_YES;
    return check_can_force(reason) ? TARGET_MARK_FORCE : TARGET_MARK_NO;
}

char *drag_explain(const struct drag *drag, guint host_index)
{
    const struct drag_becomes *found = drag_becomes(drag, host_index);
    const struct host *host = drag->scene != NULL ? scene_host_at(drag->scene, host_index) : NULL;

    if (host == NULL)
        return g_strdup("there is no host there");
    if (drag_n(drag) == 1 && found->reason == CHECK_SAME_HOST)
        return check_explain(found->reason, g_ptr_array_index(drag->here, 0), host,
                             &drag->scene->settings->policy);
    return check_explain_set(found->reason, &found->set, host, &drag->scene->settings->policy);
}
