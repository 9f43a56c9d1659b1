#include "tui/arrange.h"

void arrangement_init(struct arrangement *arrangement)
{
    *arrangement = (struct arrangement){0};
    arrangement->hosts = g_array_new(FALSE, FALSE, sizeof(guint));
    arrangement->slots = g_array_new(FALSE, FALSE, sizeof(guint));
    arrangement->headings = g_ptr_array_new();
}

void arrangement_clear(struct arrangement *arrangement)
{
    g_array_unref(arrangement->hosts);
    g_array_unref(arrangement->slots);
    g_ptr_array_unref(arrangement->headings);
}

void arrangement_update(struct arrangement *arrangement, const struct scene *scene,
                        const struct filter *filter)
{
    (void)filter;
    g_array_set_size(arrangement->hosts, 0);
    g_array_set_size(arrangement->slots, 0);
    for (guint i = 0; i < scene->cluster->hosts->len; i++) {
        g_array_append_val(arrangement->hosts, i);
        g_array_append_val(arrangement->slots, i);
    }
}

guint arrangement_n(const struct arrangement *arrangement)
{
    return arrangement->hosts->len;
}

const struct host *arrangement_host(const struct arrangement *arrangement,
                                    const struct scene *scene, guint slot)
{
    return slot < arrangement->hosts->len
               ? scene_host_at(scene, g_array_index(arrangement->hosts, guint, slot))
               : NULL;
}

guint arrangement_slot(const struct arrangement *arrangement, const struct host *host)
{
    return host->index < arrangement->slots->len
               ? g_array_index(arrangement->slots, guint, host->index)
               : ARRANGE_NO_SLOT;
}

static const char *const orders[ARRANGE_N_ORDERS] = {"cluster", "name", "load", "vms", "ram"};
static const char *const groups[ARRANGE_N_GROUPS] = {"none", "state", "rack", "room", "lab"};

const char *arrange_order_name(enum arrange_order order)
{
    return orders[order];
}

const char *arrange_group_name(enum arrange_group group)
{
    return groups[group];
}

static gboolean parse(const char *const *names, guint n, const char *name, guint *found)
{
    for (guint i = 0; i < n; i++) {
        if (g_ascii_strcasecmp(names[i], name) == 0) {
            *found = i;
            return TRUE;
        }
    }
    return FALSE;
}

gboolean arrange_order_parse(const char *name, enum arrange_order *order)
{
    guint found;

    if (!parse(orders, ARRANGE_N_ORDERS, name, &found))
        return FALSE;
    *order = (enum arrange_order)found;
    return TRUE;
}

gboolean arrange_group_parse(const char *name, enum arrange_group *group)
{
    guint found;

    if (!parse(groups, ARRANGE_N_GROUPS, name, &found))
        return FALSE;
    *group = (enum arrange_group)found;
    return TRUE;
}
