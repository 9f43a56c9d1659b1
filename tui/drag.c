#include "tui/drag.h"

#include "core/base/text.h"

void drag_init(struct drag *drag)
{
    *drag = (struct drag){.target = DRAG_NOWHERE};
    drag->checks = g_byte_array_new();
}

void drag_clear(struct drag *drag)
{
    drag_end(drag);
    g_clear_pointer(&drag->checks, g_byte_array_unref);
}

void drag_begin(struct drag *drag, enum drag_by by, const struct vm *vm)
{
    drag_end(drag);
    drag->by = by;
    drag->vm = g_strdup(vm->name);
    drag->from = g_strdup(vm->host->name);
    drag->target = (int)vm->host->index;
}

void drag_end(struct drag *drag)
{
    drag->by = DRAG_NONE;
    drag->target = DRAG_NOWHERE;
    g_clear_pointer(&drag->vm, g_free);
    g_clear_pointer(&drag->from, g_free);
    g_byte_array_set_size(drag->checks, 0);
}

void drag_aim(struct drag *drag, int target)
{
    drag->target = target;
}

static char *why_gone(const struct drag *drag, const struct vm *vm)
{
    g_autofree char *name = text_escape(drag->vm);
    g_autofree char *place = NULL;

    if (vm == NULL)
        return g_strdup_printf("put back: vm %s is no longer there", name);
    place = text_escape(vm->host->name);
    return g_strdup_printf("put back: vm %s is on %s now", name, place);
}

gboolean drag_update(struct drag *drag, const struct scene *scene, drag_check_func check,
                     gpointer data, char **why)
{
    const struct vm *vm;
    guint n_hosts = scene->cluster->hosts->len;

    if (drag->by == DRAG_NONE)
        return TRUE;
    vm = cluster_find_vm(scene->cluster, drag->vm);
    if (vm == NULL || g_strcmp0(vm->host->name, drag->from) != 0) {
        *why = why_gone(drag, vm);
        drag_end(drag);
        return FALSE;
    }
    g_byte_array_set_size(drag->checks, n_hosts);
    for (guint i = 0; i < n_hosts; i++)
        drag->checks->data[i] = (guint8)check(vm, scene_host_at(scene, i), data);
    if (drag->target >= (int)n_hosts)
        drag->target = DRAG_NOWHERE;
    return TRUE;
}

const struct vm *drag_vm(const struct drag *drag, const struct scene *scene)
{
    return drag->by != DRAG_NONE ? cluster_find_vm(scene->cluster, drag->vm) : NULL;
}

enum check_reason drag_reason(const struct drag *drag, guint host_index)
{
    if (host_index >= drag->checks->len)
        return CHECK_HOST_NOT_ON;
    return (enum check_reason)drag->checks->data[host_index];
}

enum target_mark drag_mark(const struct drag *drag, guint host_index)
{
    enum check_reason reason = drag_reason(drag, host_index);

    if (reason == CHECK_OK)
        return TARGET_MARK_YES;
    return check_can_force(reason) ? TARGET_MARK_FORCE : TARGET_MARK_NO;
}
