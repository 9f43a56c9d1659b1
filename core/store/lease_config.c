#include "core/store/lease_config.h"

#include "core/base/error.h"
#include "core/store/etcd_http.h"

struct lease_settings lease_config_settings(const struct config *config)
{
    const struct config_lease *lease = &config->lease;
    struct lease_settings settings = {
        .dir = config->store,
        .beat_us = lease->beat_us,
        .valid_us = lease->valid_us,
        .expiry_us = lease->expiry_us,
    };
    if (lease->kind == CONFIG_LEASE_ETCD) {
        settings.endpoints = lease->endpoints;
        settings.prefix = lease->prefix;
        settings.ca_file = lease->ca_file;
        settings.cert_file = lease->cert_file;
        settings.key_file = lease->key_file;
    }
    return settings;
}

static gboolean refuse(const struct config *config, const char *key, const char *why,
                       GError **error)
{
    g_autofree char *place = config_place(config, "lease", key);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: %s", place, why);
    return FALSE;
}

static gboolean check_etcd(const struct config *config, GError **error)
{
    const struct config_lease *lease = &config->lease;
    g_autoptr(GError) cause = NULL;
    if (!lease->endpoints)
        return refuse(config, "kind",
                      "etcd needs endpoints: add endpoints=http://10.0.0.1:2379 to [lease]", error);
    if (!etcd_http_check_endpoints(lease->endpoints, &cause))
        return refuse(config, "endpoints", cause->message, error);
    if (!lease->cert_file != !lease->key_file)
        return refuse(config, lease->cert_file ? "cert_file" : "key_file",
                      "cert_file and key_file belong together: set both, or neither", error);
    return TRUE;
}

/* Of two keys that do not go together, the one that is written in the file. */
static const char *written_of(const struct config *config, const char *key, const char *other)
{
    g_autofree char *name = g_strdup_printf("lease\n%s", key);
    return g_hash_table_contains(config->lines, name) ? key : other;
}

gboolean lease_config_check(const struct config *config, GError **error)
{
    const struct config_lease *lease = &config->lease;
    if (lease->valid_us < 2 * lease->beat_us)
        return refuse(config, written_of(config, "valid", "beat"),
                      "valid must be at least twice beat, or one beat that is late loses the lease",
                      error);
    if (lease->expiry_us < lease->valid_us + lease->valid_us / 4)
        return refuse(
            config, written_of(config, "expiry", "valid"),
            "expiry must be longer than valid by a quarter at least, or two managers could act "
            "at once",
            error);
    return lease->kind != CONFIG_LEASE_ETCD || check_etcd(config, error);
}
