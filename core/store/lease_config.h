/*
 * lease_config.h - the lease as [lease] of the configuration says. Thread: main.
 */
#ifndef ROOST_STORE_LEASE_CONFIG_H
#define ROOST_STORE_LEASE_CONFIG_H

#include "core/store/config.h"
#include "core/store/lease.h"

/* For lease_new. Strings are borrowed from the configuration. */
struct lease_settings lease_config_settings(const struct config *config);

/* FALSE and "FILE:LINE: [lease] key: ..." when what is said does not go together. */
gboolean lease_config_check(const struct config *config, GError **error);

#endif
