#include "tui/arrange.h"

#include <string.h>

#include "core/base/text.h"
#include "tui/arrange_parts.h"

static void heading_free(gpointer data)
{
    struct arrange_heading *heading = data;

    g_free(heading->title);
    g_free(heading);
}

void arrangement_init(struct arrangement *arrangement)
{
    *arrangement = (struct arrangement){0};
    arrangement->hosts = g_array_new(FALSE, FALSE, sizeof(guint));
    arrangement->slots = g_array_new(FALSE, FALSE, sizeof(guint));
    arrangement->headings = g_ptr_array_new_with_free_func(heading_free);
    arrangement->keys = g_array_new(FALSE, TRUE, sizeof(struct arrange_key));
    arrangement->scratch = g_array_new(FALSE, TRUE, sizeof(struct arrange_key));
    arrangement->name_ranks = g_array_new(FALSE, FALSE, sizeof(guint));
    arrangement->places = g_ptr_array_new_with_free_func(g_free);
}

void arrangement_clear(struct arrangement *arrangement)
{
    g_array_unref(arrangement->hosts);
    g_array_unref(arrangement->slots);
    g_ptr_array_unref(arrangement->headings);
    g_array_unref(arrangement->keys);
    g_array_unref(arrangement->scratch);
    g_array_unref(arrangement->name_ranks);
    g_ptr_array_unref(arrangement->places);
}

/* --- Names: the dearest to compare, and nearly never changed ---------------------------------- */

static guint64 hash_names(const struct scene *scene)
{
    guint64 hash = scene->cluster->hosts->len;

    for (guint i = 0; i < scene->cluster->hosts->len; i++) {
        for (const char *at = scene_host_at(scene, i)->name; *at != '\0'; at++)
            hash = (hash ^ (guchar)*at) * G_GUINT64_CONSTANT(1099511628211);
        hash = (hash ^ 0xff) * G_GUINT64_CONSTANT(1099511628211);
    }
    return hash;
}

static int compare_hosts_by_name(gconstpointer a, gconstpointer b)
{
    const struct host *x = *(const struct host *const *)a;
    const struct host *y = *(const struct host *const *)b;

    return text_compare_names(x->name, y->name);
}

static void rank_names(struct arrangement *arrangement, const struct scene *scene)
{
    guint64 hash = hash_names(scene);
    guint n = scene->cluster->hosts->len;
    g_autoptr(GPtrArray) hosts = NULL;

    if (hash == arrangement->names_hash && arrangement->name_ranks->len == n)
        return;
    hosts = g_ptr_array_sized_new(n);
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(hosts, (gpointer)scene_host_at(scene, i));
    g_ptr_array_sort(hosts, compare_hosts_by_name);
    g_array_set_size(arrangement->name_ranks, n);
    for (guint rank = 0; rank < n; rank++) {
        const struct host *host = g_ptr_array_index(hosts, rank);

        g_array_index(arrangement->name_ranks, guint, host->index) = rank;
    }
    arrangement->names_hash = hash;
}

/* --- Keys ------------------------------------------------------------------------------------ */

static gint64 value_of(const struct arrangement *arrangement, const struct scene *scene,
                       const struct host *host)
{
    switch (arrangement->order) {
    case ARRANGE_BY_NAME:
        return -(gint64)g_array_index(arrangement->name_ranks, guint, host->index);
    case ARRANGE_BY_LOAD:
        return host->state == HOST_ON ? scene_load_permille(scene, host) : -1;
    case ARRANGE_BY_VMS:
        return scene_facts(scene, host)->active;
    case ARRANGE_BY_RAM:
        return (gint64)host_active_mem_kib(host);
    default:
        return 0;
    }
}

static void fill_keys(struct arrangement *arrangement, const struct scene *scene,
                      const struct filter *filter, GPtrArray *titles)
{
    guint n = scene->cluster->hosts->len;

    if (arrangement->order == ARRANGE_BY_NAME)
        rank_names(arrangement, scene);
    g_array_set_size(arrangement->scratch, n);
    for (guint i = 0; i < n; i++)
        g_array_index(arrangement->scratch, struct arrange_key, i) =
            (struct arrange_key){0, i, value_of(arrangement, scene, scene_host_at(scene, i))};
    arrange_put_groups(arrangement, scene, titles);
    for (guint i = 0; filter != NULL && i < n; i++) {
        if (!filter_has_host(filter, scene, scene_host_at(scene, i)))
            g_array_index(arrangement->scratch, struct arrange_key, i).group = ARRANGE_NOT_SHOWN;
    }
}

static int compare_keys(gconstpointer a, gconstpointer b)
{
    const struct arrange_key *x = a, *y = b;

    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    if (x->value != y->value)
        return x->value > y->value ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static gboolean same_titles(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        if (strcmp(g_ptr_array_index(a, i), g_ptr_array_index(b, i)) != 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean same_keys(const GArray *a, const GArray *b)
{
    return a->len == b->len &&
           (a->len == 0 || memcmp(a->data, b->data, a->len * sizeof(struct arrange_key)) == 0);
}

/* --- Slots and headings ---------------------------------------------------------------------- */

static void place_all(struct arrangement *arrangement)
{
    guint n = arrangement->keys->len, shown = 0;
    g_autoptr(GArray) sorted = g_array_copy(arrangement->keys);

    g_array_sort(sorted, compare_keys);
    g_array_set_size(arrangement->slots, n);
    g_array_set_size(arrangement->hosts, n);
    for (guint i = 0; i < n; i++) {
        const struct arrange_key *key = &g_array_index(sorted, struct arrange_key, i);

        if (key->group != ARRANGE_NOT_SHOWN)
            g_array_index(arrangement->hosts, guint, shown) = key->index;
        g_array_index(arrangement->slots, guint, key->index) =
            key->group != ARRANGE_NOT_SHOWN ? shown++ : ARRANGE_NO_SLOT;
    }
    g_array_set_size(arrangement->hosts, shown);
}

static void place_headings(struct arrangement *arrangement)
{
    guint last = ARRANGE_NOT_SHOWN;

    g_ptr_array_set_size(arrangement->headings, 0);
    for (guint slot = 0; arrangement->places->len > 0 && slot < arrangement->hosts->len; slot++) {
        guint index = g_array_index(arrangement->hosts, guint, slot);
        guint group = g_array_index(arrangement->keys, struct arrange_key, index).group;

        if (group != last) {
            struct arrange_heading *heading = g_new0(struct arrange_heading, 1);

            heading->title = g_strdup(g_ptr_array_index(arrangement->places, group));
            heading->first = slot;
            g_ptr_array_add(arrangement->headings, heading);
        }
        last = group;
    }
}

static gboolean is_on(enum host_mark mark)
{
    return mark != HOST_MARK_OFF && mark != HOST_MARK_WAKING && mark != HOST_MARK_STOPPING &&
           mark != HOST_MARK_DOUBT;
}

/* What a heading tells changes more often than where it stands. */
static void count_headings(struct arrangement *arrangement, const struct scene *scene)
{
    for (guint i = 0; i < arrangement->headings->len; i++) {
        struct arrange_heading *heading = g_ptr_array_index(arrangement->headings, i);
        guint first = heading->first, end = arrangement->hosts->len;

        if (i + 1 < arrangement->headings->len)
            end =
                ((struct arrange_heading *)g_ptr_array_index(arrangement->headings, i + 1))->first;
        heading->n = end - first;
        heading->n_on = heading->n_vms = 0;
        heading->n_over = heading->n_doubt = heading->n_alarms = 0;
        for (guint slot = first; slot < end; slot++) {
            const struct scene_host *facts = &g_array_index(
                scene->hosts, struct scene_host, g_array_index(arrangement->hosts, guint, slot));

            heading->n_on += is_on(facts->mark);
            heading->n_vms += facts->active;
            heading->n_over += facts->mark == HOST_MARK_OVER;
            heading->n_doubt += facts->mark == HOST_MARK_DOUBT;
            heading->n_alarms += facts->alarms;
        }
    }
}

void arrangement_update(struct arrangement *arrangement, const struct scene *scene,
                        const struct filter *filter)
{
    g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func(g_free);
    gboolean same = arrangement->made_order == arrangement->order &&
                    arrangement->made_group == arrangement->group;
    GArray *keys;

    fill_keys(arrangement, scene, filter, titles);
    same = same && same_keys(arrangement->scratch, arrangement->keys) &&
           same_titles(titles, arrangement->places);
    if (!same) {
        keys = arrangement->keys;
        arrangement->keys = arrangement->scratch;
        arrangement->scratch = keys;
        g_ptr_array_unref(arrangement->places);
        arrangement->places = g_steal_pointer(&titles);
        arrangement->made_order = arrangement->order;
        arrangement->made_group = arrangement->group;
        place_all(arrangement);
        place_headings(arrangement);
    }
    count_headings(arrangement, scene);
}

/* --- Asking ---------------------------------------------------------------------------------- */

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

static gboolean is_shown(const struct arrangement *arrangement, guint index)
{
    return g_array_index(arrangement->slots, guint, index) != ARRANGE_NO_SLOT;
}

const struct host *arrangement_nearest(const struct arrangement *arrangement,
                                       const struct scene *scene, const struct host *host)
{
    guint n = arrangement->slots->len;

    for (guint away = 0; away < n; away++) {
        if (host->index + away < n && is_shown(arrangement, host->index + away))
            return scene_host_at(scene, host->index + away);
        if (away <= host->index && host->index - away < n &&
            is_shown(arrangement, host->index - away))
            return scene_host_at(scene, host->index - away);
    }
    return NULL;
}

/* --- Names ----------------------------------------------------------------------------------- */

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
