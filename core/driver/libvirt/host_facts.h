/*
 * host_facts.h - the answer to host_script.h, read with suspicion.
 *
 * What is missing or makes no sense stays at its "not known" value. Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_HOST_FACTS_H
#define ROOST_DRIVER_LIBVIRT_HOST_FACTS_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/model/host.h"

#define HOST_FACTS_USERS_MOST 1000

struct host_facts {
    char *hostname;       /* NULL when not told */
    gint load15_permille; /* -1 when not told */
    guint cpus;           /* 0 when not told */
    guint64 mem_total_kib;
    guint64 mem_available_kib;
    guint64 cpu_busy_ticks; /* of all CPUs, since boot; cpu_ticks 0 when not told */
    guint64 cpu_ticks;
    char **users;        /* as host_facts_user tells them; NULL when it could not be asked */
    gboolean has_link;   /* the interface of the address was found; what follows is about it */
    char *device;        /* the interface that has the address */
    char *card;          /* what wakes the host: that one, or the physical port below it */
    char *mac;           /* lower case; of the physical port when the interface is a bridge */
    char *broadcast;     /* IPv4 only */
    enum host_wake wake; /* UNKNOWN, ARMED, DISARMED or ASSUMED */
    char *complaint;     /* the first thing that made no sense, one safe sentence; NULL for none */
};

/* NULL and ROOST_ERROR_INPUT when the text is not a whole answer. */
struct host_facts *host_facts_parse(const char *text, gsize size, GError **error);
void host_facts_free(struct host_facts *facts);
AUTOPTR_DEFINE(host_facts)

/*
 * Somebody who is logged in, of a line as who(1) writes it, "ana pts/0 Nov 21 08:12 (10.0.0.9)":
 * "ana (pts/0, from 10.0.0.9, since Nov 21 08:12)". What a system does not tell is left out. Not
 * safe to show yet. NULL when the line is empty. Free with g_free.
 */
char *host_facts_user(const char *line);

/*
 * The lines between roost-begin and roost-end, for other answers of the same form. NUL bytes come
 * back as '?'. NULL when there is no roost-begin; without roost-end, what there is, and *whole is
 * FALSE. Free with g_strfreev.
 */
char **host_facts_lines(const char *text, gsize size, gboolean *whole);

#endif
