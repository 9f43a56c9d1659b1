/*
 * lab.h - the simulated labs a session can run on. Thread: main.
 */
#ifndef ROOST_COMMAND_LAB_H
#define ROOST_COMMAND_LAB_H

#include <glib.h>

#include "core/model/cluster.h"

/*
 * A lab by the name of a built-in one, or from a ClusterInfo.xml (when it has a '/' or a '.').
 * `warnings` as in cluster_file_load.
 */
struct cluster *lab_open(const char *name_or_path, GPtrArray *warnings, GError **error);

/* What to call its store and its journal: "ercolani", "my-lab" of /x/my-lab.xml. Free it. */
char *lab_short_name(const char *name_or_path);

/*
 * The world to simulate: `kept`, as an earlier run left it, and those hosts of `lab` that are not
 * part of the kept cluster. Free with cluster_free.
 */
struct cluster *lab_merge(const struct cluster *kept, const struct cluster *lab);

#endif
