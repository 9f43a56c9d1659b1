/*
 * arrival.h - hosts on their way into the cluster: what they were called, where they are, and what
 * became of asking them. Thread: main.
 */
#ifndef ROOST_COMMAND_ARRIVAL_H
#define ROOST_COMMAND_ARRIVAL_H

#include <glib.h>

#include "core/command/verb.h"
#include "core/driver/enrol.h"

#define ARRIVALS_MOST 65536

struct arrivals;

struct arrival {
    struct arrivals *all;
    char *label;        /* as the operator wrote it */
    char **addresses;   /* numeric, each worth a try; NULL until resolved */
    guint at;           /* the one in use */
    gboolean done_with; /* refused, or named twice: nothing more is asked of it */
    struct host_report *report;
    struct enrol_answer *answer;
    GError *error; /* of what was asked last */
};

struct arrivals {
    const struct command *command;
    GPtrArray *list; /* struct arrival *, owned, in the order they were named */
    guint refused;
};

/*
 * From the words of the command line and the lines of --file, ranges expanded. NULL with error
 * (FILE:LINE: ... for a file) when one cannot be read. Names are not resolved yet.
 */
struct arrivals *arrivals_new(const struct command *command, GError **error);
void arrivals_free(struct arrivals *arrivals);
AUTOPTR_DEFINE(arrivals)

/* Finds the addresses; refuses those without, and those that are in the cluster already. */
gboolean arrivals_resolve(struct arrivals *arrivals, GError **error);

/* The address in use. Borrowed. */
const char *arrival_address(const struct arrival *arrival);

/* "host 10.0.0.7", or "host pc07 (10.0.0.7)". Free with g_free. */
char *arrival_name(const struct arrival *arrival);

/* When the last error may be the address's: goes on to the next one, if there is one. */
gboolean arrival_try_next(struct arrival *arrival);

/* Says on err why it is not added; counted once. */
void arrival_refuse(struct arrivals *arrivals, struct arrival *arrival, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* Those that something is still to be asked of. Free with g_ptr_array_unref. */
GPtrArray *arrivals_pending(const struct arrivals *arrivals);

#endif
