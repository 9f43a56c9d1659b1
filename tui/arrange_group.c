/* arrange_group.c - which hosts stand under one heading: by what they do, or by where they are. */
#include "tui/arrange_parts.h"

#include <string.h>

#include "core/base/text.h"

/* --- By state -------------------------------------------------------------------------------- */

/* What wants a look comes first. */
static const enum host_mark state_order[HOST_MARK_COUNT] = {
    HOST_MARK_OVER,    HOST_MARK_DOUBT, HOST_MARK_WAKING, HOST_MARK_STOPPING, HOST_MARK_MAINTENANCE,
    HOST_MARK_REGULAR, HOST_MARK_UNDER, HOST_MARK_EMPTY,  HOST_MARK_OFF,
};

static void group_by_state(struct arrangement *arrangement, const struct scene *scene,
                           GPtrArray *titles)
{
    guint ranks[HOST_MARK_COUNT];

    for (guint i = 0; i < HOST_MARK_COUNT; i++) {
        const struct mark_info *info = &host_mark_info[state_order[i]];

        ranks[state_order[i]] = i;
        g_ptr_array_add(titles, g_strdup_printf("%s %s", info->sign, info->name));
    }
    for (guint i = 0; i < arrangement->scratch->len; i++)
        g_array_index(arrangement->scratch, struct arrange_key, i).group =
            ranks[g_array_index(scene->hosts, struct scene_host, i).mark];
}

/* --- By place -------------------------------------------------------------------------------- */

/*
 * Racks of two rooms may have one name, as rooms of two labs: where a host stands is what it says
 * and all around it.
 */
static void place_parts(const struct host *host, enum arrange_group group, const char *parts[3])
{
    parts[0] = host->lab;
    parts[1] = group == ARRANGE_BY_LAB ? NULL : host->room;
    parts[2] = group == ARRANGE_BY_RACK ? host->rack : NULL;
}

static const char *own_place(const struct host *host, enum arrange_group group)
{
    if (group == ARRANGE_BY_LAB)
        return host->lab;
    return group == ARRANGE_BY_ROOM ? host->room : host->rack;
}

struct place {
    const struct host *host; /* the first that stands there */
    enum arrange_group group;
    guint n; /* as it was met */
};

static guint place_hash(gconstpointer data)
{
    const struct place *place = data;
    const char *parts[3];
    guint hash = 0;

    place_parts(place->host, place->group, parts);
    for (guint i = 0; i < 3; i++)
        hash = hash * 31 + (parts[i] != NULL ? g_str_hash(parts[i]) : 0);
    return hash;
}

/* Those that do not say where they stand come last. */
static int compare_parts(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a == NULL) - (b == NULL);
    return text_compare_names(a, b);
}

static int place_compare(const struct place *x, const struct place *y)
{
    const char *x_parts[3], *y_parts[3];
    gboolean x_none = own_place(x->host, x->group) == NULL;
    gboolean y_none = own_place(y->host, y->group) == NULL;
    int order = x_none - y_none;

    place_parts(x->host, x->group, x_parts);
    place_parts(y->host, y->group, y_parts);
    for (guint i = 0; i < 3 && order == 0; i++)
        order = compare_parts(x_parts[i], y_parts[i]);
    return order;
}

static gboolean place_equal(gconstpointer a, gconstpointer b)
{
    return place_compare(a, b) == 0;
}

static int compare_places(gconstpointer a, gconstpointer b)
{
    return place_compare(*(const struct place *const *)a, *(const struct place *const *)b);
}

/* What all have in common tells nothing: TRUE when their labs, or their rooms, differ. */
static void find_differences(const GPtrArray *places, gboolean *labs, gboolean *rooms)
{
    const struct place *first = places->len > 0 ? g_ptr_array_index(places, 0) : NULL;

    *labs = *rooms = FALSE;
    for (guint i = 1; i < places->len; i++) {
        const struct host *host = ((const struct place *)g_ptr_array_index(places, i))->host;

        *labs = *labs || g_strcmp0(host->lab, first->host->lab) != 0;
        *rooms = *rooms || g_strcmp0(host->room, first->host->room) != 0;
    }
}

static char *place_title(const struct place *place, gboolean labs, gboolean rooms)
{
    const char *kind = arrange_group_name(place->group),
               *own = own_place(place->host, place->group);
    const char *parts[3];
    GString *title = g_string_new(kind);

    if (own == NULL)
        g_string_printf(title, "no %s", kind);
    else if (g_ascii_strncasecmp(own, kind, strlen(kind)) == 0)
        g_string_assign(title, own); /* "room 3" says it itself */
    else
        g_string_append_printf(title, " %s", own);
    place_parts(place->host, place->group, parts);
    if (rooms && place->group == ARRANGE_BY_RACK && parts[1] != NULL)
        g_string_append_printf(title, ", %s", parts[1]);
    if (labs && place->group != ARRANGE_BY_LAB && parts[0] != NULL)
        g_string_append_printf(title, ", %s", parts[0]);
    return g_string_free(title, FALSE);
}

static void group_by_place(struct arrangement *arrangement, const struct scene *scene,
                           GPtrArray *titles)
{
    g_autoptr(GHashTable) places = g_hash_table_new_full(place_hash, place_equal, NULL, g_free);
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autofree guint *ranks = NULL;
    gboolean labs, rooms;

    for (guint i = 0; i < arrangement->scratch->len; i++) {
        struct place asked = {scene_host_at(scene, i), arrangement->group, sorted->len};
        struct place *place = g_hash_table_lookup(places, &asked);

        if (place == NULL) {
            place = g_memdup2(&asked, sizeof asked);
            g_hash_table_insert(places, place, place);
            g_ptr_array_add(sorted, place);
        }
        g_array_index(arrangement->scratch, struct arrange_key, i).group = place->n;
    }
    g_ptr_array_sort(sorted, compare_places);
    find_differences(sorted, &labs, &rooms);
    ranks = g_new(guint, sorted->len);
    for (guint i = 0; i < sorted->len; i++) {
        const struct place *place = g_ptr_array_index(sorted, i);

        ranks[place->n] = i;
        g_ptr_array_add(titles, place_title(place, labs, rooms));
    }
    for (guint i = 0; i < arrangement->scratch->len; i++) {
        struct arrange_key *key = &g_array_index(arrangement->scratch, struct arrange_key, i);

        key->group = ranks[key->group];
    }
}

void arrange_put_groups(struct arrangement *arrangement, const struct scene *scene,
                        GPtrArray *titles)
{
    if (arrangement->group == ARRANGE_BY_STATE)
        group_by_state(arrangement, scene, titles);
    else if (arrangement->group != ARRANGE_UNGROUPED)
        group_by_place(arrangement, scene, titles);
}
