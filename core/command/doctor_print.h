/*
 * doctor_print.h - what the doctor says. Thread: main.
 */
#ifndef ROOST_COMMAND_DOCTOR_PRINT_H
#define ROOST_COMMAND_DOCTOR_PRINT_H

#include <glib.h>

#include "core/command/doctor_compare.h"
#include "core/command/output.h"

/*
 * On a terminal a line for each host, then each thing that is wrong, or worth a note, with its
 * command on a line of its own, to be copied. Elsewhere a record for each such thing: host,
 * address, subject, verdict, what was found, the command; one with subject "all" for a host
 * without any. `every`: all findings, whatever their verdict.
 */
void doctor_print(const GPtrArray *patients, gboolean every, const struct output *output);

#endif
