/*
 * cluster_file.h - ClusterInfo.xml (R4): what the cluster is, between runs, for people to read.
 *
 *     <cluster name="Ercolani" version="1" written="2026-07-01T22:07:14Z">
 *       <host name="pc01" address="10.0.0.1" role="manager" state="on" mac="52:54:00:00:00:01"
 *             broadcast="10.0.0.255" cpus="2" mem-mib="2048" load15="0.41" cpu="0.12"
 *             wake="armed" cpu-model="Broadwell" vm-max="8" maintenance="yes" note="...">
 *         <vm name="web" state="running" mem-mib="256" vcpus="1" cpu="0.05" home="pc01"
 *             pin="pc01" group="dns" mac="52:54:00:01:00:01" uuid="..." persistent="no"/>
 *       </host>
 *     </cluster>
 *
 * Only name and address of a host and the name of a VM must be there. What is left out is not
 * known: a host is off; a VM is off, has no home and is persistent, loads are -1. mem-kib may stand
 * for mem-mib. load15 is as /proc/loadavg has it; cpu is the busy share of all CPUs (0 to 1) of a
 * host, and cores (1.5) of a VM. Also read, never written: users="ana bob" (users="" = nobody)
 * and mem-available-mib, for fixtures. docs/ClusterInfo.md says all of it.
 *
 * Read by libxml2 without network, entities or DTDs, with limits on size and depth. Thread: main.
 */
#ifndef ROOST_STORE_CLUSTER_FILE_H
#define ROOST_STORE_CLUSTER_FILE_H

#include <glib.h>

#include "core/model/cluster.h"

#define CLUSTER_FILE_NAME       "ClusterInfo.xml"
#define CLUSTER_FILE_BYTES_MOST (64u << 20)

/*
 * Reads one ClusterInfo.xml. NULL and "FILE:LINE: ..." when it cannot be used as a whole:
 * ROOST_ERROR_INPUT when it is damaged (not XML, broken off, another root, too large, no file),
 * ROOST_ERROR_REFUSED when it is of a newer version, ROOST_ERROR_FAILED when it could not be read
 * and may be right. What is wrong with a single host or VM is told in
 * `warnings` (char *, "FILE:LINE: ...", may be NULL) and the rest is used. Nothing read counts as
 * seen: states are as written, with seen_at_us 0. Blocks on the file system.
 */
struct cluster *cluster_file_load(const char *path, GPtrArray *warnings, GError **error);

/* The same; *n_dropped (may be NULL) counts the hosts, VMs, attributes and elements that had to be
 * left out, and so would be gone from a file written from the cluster. */
struct cluster *cluster_file_load_counting(const char *path, GPtrArray *warnings, guint *n_dropped,
                                           GError **error);

/* As text, UTF-8, indented. wall_us is written as the time of the file. Free with g_free. */
char *cluster_file_format(const struct cluster *cluster, gint64 wall_us);

/*
 * One host with its VMs and a format version, as Nodes/ADDRESS.xml holds it: without loads, which
 * are out of date as soon as they are written, so that the file changes only when the host does.
 * Free with g_free.
 */
char *cluster_file_format_host(const struct host *host);

#endif
