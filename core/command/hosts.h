/* hosts.h - the hosts that a verb's arguments name: by name, address or range. Thread: main. */
#ifndef ROOST_COMMAND_HOSTS_H
#define ROOST_COMMAND_HOSTS_H

#include <glib.h>

#include "core/command/verb.h"

/*
 * Their names (char *), each once, in the order they were given. NULL and ROOST_ERROR_INPUT when
 * one is not in the cluster: then nothing is to be done to any. Free with g_ptr_array_unref.
 */
GPtrArray *hosts_named(const struct command *command, GError **error);

/* The same for words from elsewhere; up to NULL. */
GPtrArray *hosts_of_words(const struct command *command, char **all, GError **error);

#endif
