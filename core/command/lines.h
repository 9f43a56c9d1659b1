/*
 * lines.h - roost in plain lines, for screen readers, braille lines and slow terminals: sentences
 * instead of a screen, one line for each thing that happens, verbs read from standard input.
 * Nothing moves a cursor, and nothing said is changed later. Thread: main.
 */
#ifndef ROOST_COMMAND_LINES_H
#define ROOST_COMMAND_LINES_H

#include "core/command/command.h"

/* What is told of what happens. */
enum lines_level {
    LINES_QUIET,  /* alarms, and what failed */
    LINES_NORMAL, /* and what begins and ends, hosts and VMs that change, the mode */
    LINES_ALL,    /* and plans, and what is queued */
};

/* On a session that observes, until the input ends, `quit`, or ^C. FALSE with the reason. */
gboolean lines_run(struct session *session, const struct output *output,
                   const struct command_hooks *hooks, GError **error);

/* --- Sentences: lines_say.c. All are free of control characters once escaped; free with g_free -
 */

/*
 * An entry of the journal in one sentence, without its time; NULL when the level leaves it out.
 * "Done: migration of vm web from pc40 to pc05: in 3.3 s.", "Alarm: vm web is on no host."
 */
char *lines_say_entry(const struct journal_entry *entry, enum lines_level level);

/* "Begun: migration of vm web from pc40 to pc05, so that pc40 can go off." */
char *lines_say_begun(const struct job *job);

/* The lab, in some sentences: who acts, the hours, hosts, VMs, jobs, power, alarms. char *. */
GPtrArray *lines_say_summary(const struct session *session);

/* A host with its VMs; where a VM runs. char *; NULL when there is none of that name. */
GPtrArray *lines_say_host(const struct session *session, const char *name);
char *lines_say_vm(const struct session *session, const char *name);

#endif
