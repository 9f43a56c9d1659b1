#include "tui/marks.h"

void marks_init(struct marks *marks)
{
    *marks = (struct marks){0};
    marks->hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    marks->vms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void marks_clear(struct marks *marks)
{
    g_hash_table_unref(marks->hosts);
    g_hash_table_unref(marks->vms);
    g_free(marks->last_host);
    g_free(marks->last_vm);
}

gboolean marks_has_host(const struct marks *marks, const struct host *host)
{
    return g_hash_table_contains(marks->hosts, host->name);
}

gboolean marks_has_vm(const struct marks *marks, const struct vm *vm)
{
    return g_hash_table_contains(marks->vms, vm->name);
}

static void set(GHashTable *set, char **last, const char *name, gboolean on)
{
    if (on) {
        g_hash_table_add(set, g_strdup(name));
        g_free(*last);
        *last = g_strdup(name);
    } else {
        g_hash_table_remove(set, name);
    }
}

void marks_set_host(struct marks *marks, const struct host *host, gboolean on)
{
    set(marks->hosts, &marks->last_host, host->name, on);
}

void marks_set_vm(struct marks *marks, const struct vm *vm, gboolean on)
{
    set(marks->vms, &marks->last_vm, vm->name, on);
}

void marks_remove_all(struct marks *marks)
{
    g_hash_table_remove_all(marks->hosts);
    g_hash_table_remove_all(marks->vms);
    g_clear_pointer(&marks->last_host, g_free);
    g_clear_pointer(&marks->last_vm, g_free);
}

guint marks_n_hosts(const struct marks *marks)
{
    return g_hash_table_size(marks->hosts);
}

guint marks_n_vms(const struct marks *marks)
{
    return g_hash_table_size(marks->vms);
}

static gboolean host_is_gone(gpointer name, gpointer value, gpointer cluster)
{
    const struct host *host = cluster_find_host(cluster, name);

    (void)value;
    return host == NULL || !g_str_equal(host->name, name);
}

static gboolean vm_is_gone(gpointer name, gpointer value, gpointer cluster)
{
    (void)value;
    return cluster_find_vm(cluster, name) == NULL;
}

void marks_prune(struct marks *marks, const struct cluster *cluster)
{
    g_hash_table_foreach_remove(marks->hosts, host_is_gone, (gpointer)cluster);
    g_hash_table_foreach_remove(marks->vms, vm_is_gone, (gpointer)cluster);
}

GPtrArray *marks_list_hosts(const struct marks *marks, const struct cluster *cluster)
{
    GPtrArray *list = g_ptr_array_new();

    for (guint i = 0; marks_n_hosts(marks) > 0 && i < cluster->hosts->len; i++) {
        if (marks_has_host(marks, cluster->hosts->pdata[i]))
            g_ptr_array_add(list, cluster->hosts->pdata[i]);
    }
    return list;
}

GPtrArray *marks_list_vms(const struct marks *marks, const struct cluster *cluster)
{
    GPtrArray *list = g_ptr_array_new();

    for (guint i = 0; marks_n_vms(marks) > 0 && i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];

        for (guint j = 0; j < host->vms->len; j++) {
            if (marks_has_vm(marks, host->vms->pdata[j]))
                g_ptr_array_add(list, host->vms->pdata[j]);
        }
    }
    return list;
}
