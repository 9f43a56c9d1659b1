#include "tui/table_rows.h"

#include "core/base/text.h"
#include "tui/host_table.h"
#include "tui/vm_table.h"

#define LAST G_MAXINT64 /* what has no name comes after all that have */

typedef gint64 (*number_func)(const struct scene *scene, const struct table_row *row);
typedef const char *(*name_func)(const struct table_row *row);

/* One of the two; neither: it cannot be sorted by. */
struct sorter {
    number_func number;
    name_func name;
    gboolean descends;
};

/* --- What VMs are sorted by ------------------------------------------------------------------ */

static gint64 vm_worst(const struct scene *scene, const struct table_row *row)
{
    static const gint64 ranks[VM_MARK_COUNT] = {
        [VM_MARK_ALARM] = 0, [VM_MARK_UNKNOWN] = 1, [VM_MARK_MOVING] = 2, [VM_MARK_PAUSED] = 3,
        [VM_MARK_AWAY] = 4,  [VM_MARK_HOME] = 5,    [VM_MARK_OFF] = 6,
    };

    return ranks[scene_vm_mark(scene, row->vm)];
}

static const char *vm_name(const struct table_row *row)
{
    return row->vm->name;
}

static const char *vm_on(const struct table_row *row)
{
    return row->vm->host->name;
}

static const char *vm_home(const struct table_row *row)
{
    return row->vm->home;
}

static gint64 vm_cpu(const struct scene *scene, const struct table_row *row)
{
    (void)scene;
    return vm_is_active(row->vm) ? row->vm->cpu_permille : -2;
}

static gint64 vm_ram(const struct scene *scene, const struct table_row *row)
{
    (void)scene;
    return (gint64)row->vm->mem_kib;
}

static gint64 vm_cpus(const struct scene *scene, const struct table_row *row)
{
    (void)scene;
    return row->vm->vcpus;
}

/* What is under way comes first, then what is kept where it is. */
static gint64 vm_told(const struct scene *scene, const struct table_row *row)
{
    if (scene_job_of_vm(scene, row->vm) != NULL)
        return 2;
    return row->vm->pin != NULL || row->vm->group != NULL || row->vm->autostart;
}

static const struct sorter vm_sorters[VM_COLUMNS] = {
    [VM_NAME] = {NULL, vm_name, FALSE}, [VM_STATE] = {vm_worst, NULL, FALSE},
    [VM_ON] = {NULL, vm_on, FALSE},     [VM_HOME] = {NULL, vm_home, FALSE},
    [VM_CPU] = {vm_cpu, NULL, TRUE},    [VM_RAM] = {vm_ram, NULL, TRUE},
    [VM_VCPUS] = {vm_cpus, NULL, TRUE}, [VM_TELLS] = {vm_told, NULL, TRUE},
};

/* --- What hosts are sorted by ---------------------------------------------------------------- */

static gint64 host_worst(const struct scene *scene, const struct table_row *row)
{
    static const gint64 ranks[HOST_MARK_COUNT] = {
        [HOST_MARK_OVER] = 1,     [HOST_MARK_DOUBT] = 2,       [HOST_MARK_WAKING] = 3,
        [HOST_MARK_STOPPING] = 4, [HOST_MARK_MAINTENANCE] = 5, [HOST_MARK_REGULAR] = 6,
        [HOST_MARK_UNDER] = 7,    [HOST_MARK_EMPTY] = 8,       [HOST_MARK_OFF] = 9,
    };
    const struct scene_host *facts = scene_facts(scene, row->host);

    return facts->alarms > 0 ? 0 : ranks[facts->mark];
}

static const char *host_name(const struct table_row *row)
{
    return row->host->name;
}

static gboolean is_away(const struct host *host)
{
    return host->state == HOST_OFF || host->state == HOST_WAKING;
}

static gint64 host_load(const struct scene *scene, const struct table_row *row)
{
    return is_away(row->host) ? -2 : scene_load_permille(scene, row->host);
}

static gint64 host_cpu(const struct scene *scene, const struct table_row *row)
{
    (void)scene;
    return is_away(row->host) ? -2 : row->host->cpu_permille;
}

static gint64 host_vms(const struct scene *scene, const struct table_row *row)
{
    return is_away(row->host) ? -1 : (gint64)scene_facts(scene, row->host)->active;
}

static gint64 host_ram(const struct scene *scene, const struct table_row *row)
{
    (void)scene;
    return is_away(row->host) ? -1 : (gint64)host_active_mem_kib(row->host);
}

static gint64 host_users(const struct scene *scene, const struct table_row *row)
{
    (void)scene;
    if (is_away(row->host) || row->host->users == NULL)
        return -1;
    return (gint64)g_strv_length(row->host->users);
}

static const char *host_rack(const struct table_row *row)
{
    if (row->host->rack != NULL)
        return row->host->rack;
    return row->host->room != NULL ? row->host->room : row->host->lab;
}

static gint64 host_told(const struct scene *scene, const struct table_row *row)
{
    if (row->host->trouble != NULL)
        return 3;
    if (scene_job_of_host(scene, row->host) != NULL)
        return 2;
    return row->host->note != NULL;
}

static const struct sorter host_sorters[HOST_COLUMNS] = {
    [HOST_COLUMN_NAME] = {NULL, host_name, FALSE},  [HOST_COLUMN_STATE] = {host_worst, NULL, FALSE},
    [HOST_COLUMN_LOAD] = {host_load, NULL, TRUE},   [HOST_COLUMN_CPU] = {host_cpu, NULL, TRUE},
    [HOST_COLUMN_VMS] = {host_vms, NULL, TRUE},     [HOST_COLUMN_RAM] = {host_ram, NULL, TRUE},
    [HOST_COLUMN_USERS] = {host_users, NULL, TRUE}, [HOST_COLUMN_PLACE] = {NULL, host_rack, FALSE},
    [HOST_COLUMN_TELLS] = {host_told, NULL, TRUE},
};

static const struct sorter *sorter_of(enum table_kind kind, guint column)
{
    static const struct sorter none;

    if (kind == TABLE_VMS)
        return column < VM_COLUMNS ? &vm_sorters[column] : &none;
    return column < HOST_COLUMNS ? &host_sorters[column] : &none;
}

gboolean table_can_sort(enum table_kind kind, guint column)
{
    const struct sorter *sorter = sorter_of(kind, column);

    return sorter->number != NULL || sorter->name != NULL;
}

gboolean table_sort_descends(struct table_sort sort)
{
    return sorter_of(sort.kind, sort.column)->descends != sort.turned;
}

/* --- Names: compared once, as long as they are the same -------------------------------------- */

struct table_names {
    guint64 hash;
    GArray *ranks; /* gint64, by row as they are found */
};

struct table_names *table_names_new(void)
{
    struct table_names *names = g_new0(struct table_names, 1);

    names->ranks = g_array_new(FALSE, FALSE, sizeof(gint64));
    return names;
}

void table_names_free(struct table_names *names)
{
    if (names == NULL)
        return;
    g_array_unref(names->ranks);
    g_free(names);
}

static guint64 hash_byte(guint64 hash, guchar byte)
{
    return (hash ^ byte) * G_GUINT64_CONSTANT(1099511628211);
}

static guint64 hash_names(const GArray *rows, name_func name)
{
    guint64 hash = rows->len;

    for (guint i = 0; i < rows->len; i++) {
        const char *at = name(&g_array_index(rows, struct table_row, i));

        for (; at != NULL && *at != '\0'; at++)
            hash = hash_byte(hash, (guchar)*at);
        hash = hash_byte(hash, 0xff);
    }
    return hash;
}

struct named {
    const char *name;
    guint row;
};

static int compare_named(gconstpointer a, gconstpointer b)
{
    const struct named *x = a, *y = b;

    if (x->name == NULL || y->name == NULL)
        return (x->name == NULL) - (y->name == NULL);
    return text_compare_names(x->name, y->name);
}

/* Equal names have one rank. */
static void rank_names(struct table_names *names, const GArray *rows, name_func name)
{
    g_autoptr(GArray) sorted = g_array_sized_new(FALSE, FALSE, sizeof(struct named), rows->len);

    for (guint i = 0; i < rows->len; i++) {
        struct named named = {name(&g_array_index(rows, struct table_row, i)), i};

        g_array_append_val(sorted, named);
    }
    g_array_sort(sorted, compare_named);
    g_array_set_size(names->ranks, rows->len);
    for (guint i = 0, rank = 0; i < sorted->len; i++) {
        const struct named *named = &g_array_index(sorted, struct named, i);

        if (i > 0 && compare_named(&g_array_index(sorted, struct named, i - 1), named) != 0)
            rank = i;
        g_array_index(names->ranks, gint64, named->row) = named->name != NULL ? (gint64)rank : LAST;
    }
}

/* --- The rows -------------------------------------------------------------------------------- */

static void add_host(GArray *rows, const struct host *host)
{
    struct table_row row = {.host = host, .place = rows->len};

    g_array_append_val(rows, row);
}

static void add_vms(GArray *rows, const struct scene *scene, const struct filter *filter,
                    const struct host *host)
{
    for (guint i = 0; i < host->vms->len; i++) {
        struct table_row row = {host, g_ptr_array_index(host->vms, i), 0, rows->len};

        if (filter_has_vm(filter, scene, row.vm))
            g_array_append_val(rows, row);
    }
}

static GArray *collect(const struct scene *scene, const struct filter *filter, enum table_kind kind)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct table_row));

    for (guint i = 0; i < scene->cluster->hosts->len; i++) {
        const struct host *host = scene_host_at(scene, i);

        if (kind == TABLE_VMS)
            add_vms(rows, scene, filter, host);
        else if (filter_has_host(filter, scene, host))
            add_host(rows, host);
    }
    return rows;
}

static void set_values(GArray *rows, const struct scene *scene, struct table_sort sort,
                       struct table_names *names)
{
    const struct sorter *sorter = sorter_of(sort.kind, sort.column);
    guint64 hash = 0;

    if (sorter->name != NULL)
        hash = hash_names(rows, sorter->name);
    if (sorter->name != NULL && (hash != names->hash || names->ranks->len != rows->len)) {
        rank_names(names, rows, sorter->name);
        names->hash = hash;
    }
    for (guint i = 0; i < rows->len; i++) {
        struct table_row *row = &g_array_index(rows, struct table_row, i);

        if (sorter->name != NULL)
            row->value = g_array_index(names->ranks, gint64, i);
        else if (sorter->number != NULL)
            row->value = sorter->number(scene, row);
    }
}

static int compare_rows(gconstpointer a, gconstpointer b, gpointer descends)
{
    const struct table_row *x = a, *y = b;

    if (x->value != y->value)
        return (x->value < y->value) != GPOINTER_TO_INT(descends) ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

GArray *table_rows(const struct scene *scene, const struct filter *filter, struct table_sort sort,
                   struct table_names *names)
{
    GArray *rows = collect(scene, filter, sort.kind);

    set_values(rows, scene, sort, names);
    g_array_sort_with_data(rows, compare_rows, GINT_TO_POINTER(table_sort_descends(sort)));
    return rows;
}
