/*
 * doctor.h - examines hosts, and tells what is wrong with each and the command that mends it.
 *
 * All hosts at once, twice: what each knows by itself, then what only shows beside the others. A
 * host that is off, hangs, or lets nobody in is a finding, and costs its own time-out only.
 * Thread: main.
 */
#ifndef ROOST_COMMAND_DOCTOR_H
#define ROOST_COMMAND_DOCTOR_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/command/doctor_compare.h"
#include "core/command/output.h"
#include "core/command/session.h"

/* What was found, as values: the verb prints them, the console lists them. */
struct doctor_result {
    struct cluster *cluster;  /* as it was then; the patients' hosts are of it */
    struct patient *patients; /* one for each host, in its order */
    guint count;
    gboolean store_wrong; /* the store cannot be written to from here */
};
void doctor_result_free(struct doctor_result *result); /* NULL is allowed */
AUTOPTR_DEFINE(doctor_result)

/* How many hosts are still to answer, of the first look or of the second. */
typedef void (*doctor_progress_func)(gboolean second, guint awaited, gpointer data);

/*
 * Examines all hosts of the cluster. `progress` (may be NULL) is called as they answer. NULL when
 * it was interrupted. Runs the main loop.
 */
struct doctor_result *doctor_look(struct session *session, const struct output *output,
                                  doctor_progress_func progress, gpointer data, GError **error);

/* How many findings have the verdict. */
guint doctor_count(const struct doctor_result *result, enum check_verdict verdict);

/*
 * Examines all hosts of the cluster and prints, for those named (names or addresses, up to NULL;
 * NULL itself for all), a line each, and what is wrong or worth a note. `every` prints what is
 * right as well. *wrong (may be NULL) is how many things are wrong with those that were printed.
 * FALSE when it was interrupted, or a name is not in the cluster. Runs the main loop.
 */
gboolean doctor_examine(struct session *session, const char *const *hosts, gboolean every,
                        const struct output *output, guint *wrong, GError **error);

#endif
