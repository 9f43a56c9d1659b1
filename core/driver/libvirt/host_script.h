/*
 * host_script.h - the one question asked over ssh: a POSIX shell script, fed to `sh` on the host,
 * which may stand and be asked again and again.
 *
 * The answer is lines of "key value" between "roost-begin" and "roost-end": what a host's login
 * shell says around them is skipped, and since every line of a command's output gets its key in
 * front, no user or host name can pass for another line. host_facts.h reads it.
 */
#ifndef ROOST_DRIVER_LIBVIRT_HOST_SCRIPT_H
#define ROOST_DRIVER_LIBVIRT_HOST_SCRIPT_H

#include <glib.h>

#define HOST_SCRIPT_OVER "roost-over" /* the farewell of host_script_facts */
#define HOST_SCRIPT_GO   "go"         /* what host_script_power_off waits for */

/*
 * How each script begins: commands are found whatever the login shell's PATH, say KEY VALUE makes a
 * line of the answer, and the answer has begun. It is to end with "echo roost-end".
 */
extern const char host_script_begin[];

/* The command to run; scripts are written to it. */
extern const char host_script_command[];

/*
 * For a shell that stands: what it must know (once, answers nothing), and then a look, as often as
 * one likes, that ends with farewell, one word, on a line of its own. `full` asks for name, CPUs
 * and interfaces too, which change seldom; `logins` for who is logged in even where nothing tells
 * that it changed since the last look. Free with g_free.
 */
char *host_script_setup(const char *address);
char *host_script_look(const char *farewell, gboolean full, gboolean logins);

/* Both for a shell that is asked once. */
char *host_script_facts(const char *address, gboolean full);

/*
 * Switches the host off with `command`, unless somebody is logged in and force is FALSE. Answers
 * "user NAME" lines, then "refused WHY" (users or unknown), or "going on"; then it waits for a line
 * HOST_SCRIPT_GO, runs the command and, if it lives to say so, tells "status N". At the end of its
 * input instead, it does nothing: whoever asked is gone.
 */
char *host_script_power_off(const char *command, gboolean force);

#endif
