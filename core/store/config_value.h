/*
 * config_value.h - one value of the configuration: text to what struct config holds. Private to
 * core/store. Thread: any.
 */
#ifndef ROOST_STORE_CONFIG_VALUE_H
#define ROOST_STORE_CONFIG_VALUE_H

#include "core/store/config.h"

/*
 * Puts value into its place in `into`: struct config or struct config_host, whichever the option is
 * of. A relative path counts from `base` (NULL = it must be
 * absolute). An empty value unsets strings and paths; of other types it is an error. FALSE, and a
 * sentence without file or key, when it cannot be used; it is then as before.
 */
gboolean config_value_set(gpointer into, const struct config_option *option, const char *value,
                          const char *base, GError **error);

/* TRUE for those that are a char *. */
gboolean config_value_is_text(enum config_type type);

/* Frees what the option holds. */
void config_value_clear(gpointer into, const struct config_option *option);

#endif
