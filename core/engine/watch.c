#include "core/engine/watch.h"

#include "core/engine/engine_internal.h"

/* A host that comes back from silence may start VMs for so long. */
#define SETTLE_US (2 * CLOCK_MINUTE_US)

struct watch *watch_new(struct engine *engine, struct host *host)
{
    struct watch *watch = g_new0(struct watch, 1);

    watch->engine = engine;
    watch->host = host;
    watch->handle = handle_new(watch);
    watch->tasks = g_ptr_array_new();
    return watch;
}

void watch_free(gpointer data)
{
    struct watch *watch = data;

    clock_cancel_timer(watch->engine->clock, watch->timer);
    handle_drop(watch->handle);
    g_clear_pointer(&watch->also_knows, g_hash_table_unref);
    g_ptr_array_unref(watch->tasks);
    g_clear_pointer(&watch->ran, g_hash_table_unref);
    g_free(watch->complaint);
    g_free(watch);
}

void watch_all_anew(struct engine *engine)
{
    g_ptr_array_set_size(engine->watches, 0);
    for (guint i = 0; i < engine->cluster->hosts->len; i++)
        g_ptr_array_add(engine->watches,
                        watch_new(engine, g_ptr_array_index(engine->cluster->hosts, i)));
    engine->unseen = engine->watches->len;
    engine->unmeasured = 0;
}

struct watch *watch_of(const struct engine *engine, const struct host *host)
{
    struct watch *watch = g_ptr_array_index(engine->watches, host->index);

    g_assert(watch->host == host);
    return watch;
}

struct watch *watch_find(const struct engine *engine, const char *name)
{
    struct host *host = name ? cluster_find_host(engine->cluster, name) : NULL;

    return host ? watch_of(engine, host) : NULL;
}

gboolean watch_is_fresh(const struct watch *watch)
{
    return watch->heard &&
           !host_is_stale(watch->host, clock_mono_us(watch->engine->clock), FRESH_US);
}

gboolean watch_knows(const struct watch *watch, const struct vm *vm)
{
    if (vm->host == watch->host)
        return vm->state != VM_LOST && vm->missing_since_us == 0;
    return watch->also_knows && g_hash_table_contains(watch->also_knows, vm->name);
}

/* What is off on purpose was off before the host fell silent. */
gboolean watch_may_start(const struct watch *watch, const struct vm *vm)
{
    const struct host *host = watch->host;

    return !vm_is_active(vm) && host->state == HOST_ON && watch->ran &&
           clock_mono_us(watch->engine->clock) - host->state_since_us < SETTLE_US &&
           g_hash_table_contains(watch->ran, vm->name);
}

gboolean watch_is_settling(const struct watch *watch)
{
    for (guint i = 0; watch->ran && i < watch->host->vms->len; i++) {
        if (watch_may_start(watch, g_ptr_array_index(watch->host->vms, i)))
            return TRUE;
    }
    return FALSE;
}

void watch_remember_running(struct watch *watch)
{
    if (watch->host->state == HOST_ON && !watch_is_settling(watch))
        g_clear_pointer(&watch->ran, g_hash_table_unref);
    for (guint i = 0; i < watch->host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(watch->host->vms, i);
        if (!vm_is_active(vm))
            continue;
        if (!watch->ran)
            watch->ran = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_add(watch->ran, g_strdup(vm->name));
    }
}
