#include "core/command/lab.h"

#include <string.h>

#include "core/driver/sim/sim.h"
#include "core/store/cluster_file.h"

struct cluster *lab_open(const char *name_or_path, GPtrArray *warnings, GError **error)
{
    if (strpbrk(name_or_path, "/."))
        return cluster_file_load(name_or_path, warnings, error);
    return sim_lab_named(name_or_path, error);
}

char *lab_short_name(const char *name_or_path)
{
    g_autofree char *base = g_path_get_basename(name_or_path);
    char *dot = strrchr(base, '.');
    if (dot && dot != base)
        *dot = '\0';
    g_strdelimit(base, "/.", '_');
    return g_steal_pointer(&base);
}

struct cluster *lab_merge(const struct cluster *kept, const struct cluster *lab)
{
    struct cluster *world = cluster_copy(kept);
    for (guint i = 0; i < lab->hosts->len; i++) {
        const struct host *host = lab->hosts->pdata[i];
        if (!cluster_find_host(world, host->name) && !cluster_find_host(world, host->address))
            cluster_adopt_host(world, host, NULL);
    }
    return world;
}
