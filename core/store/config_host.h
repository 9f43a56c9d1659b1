/*
 * config_host.h - what the configuration says of one host: [host NAME ...] groups.
 *
 * A group names one host or more, divided by blanks: by name, by numeric address, or by a pattern
 * with * and ? for either. Thread: main.
 */
#ifndef ROOST_STORE_CONFIG_HOST_H
#define ROOST_STORE_CONFIG_HOST_H

#include "core/store/config.h"

/* Borrowed from the configuration when config_host_find made it. NULL = unset. */
struct config_host {
    char *uri;
    char *wake_command;
    char *off_command;
    char *off_local_command;
    char *cut_command;
    char *mac;
    char *broadcast;
};

extern const struct config_option config_host_options[];
extern const guint config_n_host_options;

/* What [host ...] groups are, for people. */
extern const char config_host_help[];

/*
 * What holds for a host: key by key, what a group says that names it; else the first group whose
 * pattern it matches; else the key of the same name in [libvirt] or [power]. A key that is there
 * without a value takes away what would hold otherwise. `name` may be NULL as long as it is not
 * known.
 */
void config_host_find(const struct config *config, const char *name, const char *address,
                      struct config_host *into);

/* --- For the parser --- */

/* One [host ...] group as it was written. */
struct config_host_group {
    char *group;               /* as in the file */
    char **names;              /* what it names */
    struct config_host values; /* owned; "" = there, without a value */
};

/* TRUE for "host" and whatever begins with "host ". */
gboolean config_host_is_group(const char *group);

/* The group of that title, made when it is new. NULL and an error when it names nothing. */
struct config_host_group *config_host_add_group(struct config *config, const char *group,
                                                GError **error);
void config_host_group_free(struct config_host_group *group);

const struct config_option *config_host_find_option(const char *key);

#endif
