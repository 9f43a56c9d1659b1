#include "core/driver/libvirt/operations.h"

struct operations {
    GHashTable *by_id; /* guint -> struct operation *, owned */
    guint last_id;
};

static void operation_free(gpointer data)
{
    struct operation *operation = data;

    if (operation->timer)
        g_source_remove(operation->timer);
    if (operation->ending)
        g_source_remove(operation->ending);
    if (operation->data_free)
        operation->data_free(operation->data);
    if (operation->parts)
        g_array_unref(operation->parts);
    if (operation->ways)
        g_ptr_array_unref(operation->ways);
    local_command_free(operation->command);
    tcp_probe_free(operation->probe);
    g_clear_error(&operation->error);
    worker_task_unref(operation->task);
    errand_unref(operation->errand);
    migration_unref(operation->migration);
    g_free(operation->address);
    g_free(operation->to_address);
    g_free(operation);
}

struct operations *operations_new(void)
{
    struct operations *all = g_new0(struct operations, 1);

    all->by_id = g_hash_table_new_full(NULL, NULL, NULL, operation_free);
    return all;
}

void operations_free(struct operations *all)
{
    g_hash_table_unref(all->by_id);
    g_free(all);
}

struct operation *operations_add(struct operations *all, const char *address, const char *what)
{
    struct operation *operation = g_new0(struct operation, 1);

    do {
        all->last_id++;
    } while (all->last_id == 0 || operations_find(all, all->last_id));
    operation->id = all->last_id;
    operation->address = g_strdup(address);
    operation->what = what;
    operation->all = all;
    g_hash_table_insert(all->by_id, GUINT_TO_POINTER(operation->id), operation);
    return operation;
}

struct operation *operations_find(struct operations *all, guint id)
{
    return g_hash_table_lookup(all->by_id, GUINT_TO_POINTER(id));
}

GPtrArray *operations_list(struct operations *all)
{
    return operations_at(all, NULL);
}

GPtrArray *operations_at(struct operations *all, const char *address)
{
    GPtrArray *found = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, all->by_id);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct operation *operation = value;

        if (!address || g_strcmp0(operation->address, address) == 0 ||
            g_strcmp0(operation->to_address, address) == 0)
            g_ptr_array_add(found, value);
    }
    return found;
}

/* Forgotten first: whoever is answered may ask, cancel, or free the driver. */
static void forget(struct operation *operation)
{
    g_hash_table_steal(operation->all->by_id, GUINT_TO_POINTER(operation->id));
}

void operation_answer(struct operation *operation, struct host_report *report, const GError *error)
{
    forget(operation);
    if (operation->errand)
        operation->errand->kind->tell(operation->errand, error, operation->data);
    else if (operation->report)
        operation->report(report, error, operation->data);
    else if (operation->woken)
        operation->woken(NULL, error, operation->data);
    else if (operation->checked)
        operation->checked(NULL, error, operation->data);
    else if (operation->managed)
        operation->managed(NULL, error, operation->data);
    else
        operation->done(error, operation->data);
    operation_free(operation);
}

void operation_answer_ways(struct operation *operation, const char *ways, const GError *error)
{
    forget(operation);
    operation->woken(ways, error, operation->data);
    operation_free(operation);
}

void operation_make_whole(struct operation *operation)
{
    operation->parts = g_array_new(FALSE, FALSE, sizeof(guint));
    operation->ways = g_ptr_array_new_with_free_func(g_free);
}

void operation_answer_check(struct operation *operation, struct check_report *found,
                            const GError *error)
{
    forget(operation);
    operation->checked(found, error, operation->data);
    operation_free(operation);
}

void operation_answer_managed(struct operation *operation, struct manage_answer *answer,
                              const GError *error)
{
    forget(operation);
    operation->managed(answer, error, operation->data);
    operation_free(operation);
}

static gboolean answer_now(gpointer data)
{
    struct operation *operation = data;
    g_autoptr(GError) error = g_steal_pointer(&operation->error);

    operation->ending = 0;
    operation_answer(operation, NULL, error);
    return G_SOURCE_REMOVE;
}

void operation_answer_later(struct operation *operation, GError *error)
{
    if (operation->ending) {
        g_error_free(error);
        return;
    }
    operation->error = error;
    operation->ending = g_idle_add_full(G_PRIORITY_DEFAULT, answer_now, operation, NULL);
}

void operation_set_deadline(struct operation *operation, gint64 after_us, GSourceFunc expired)
{
    if (operation->timer)
        g_source_remove(operation->timer);
    operation->timer = g_timeout_add((guint)MIN(after_us / 1000 + 1, G_MAXINT), expired, operation);
}
