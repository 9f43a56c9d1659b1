#include "core/driver/libvirt/access.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/base/error.h"
#include "core/driver/libvirt/tunnel_uri.h"

#define CONNECT_US   (20 * G_USEC_PER_SEC)
#define REFRESH_US   (10 * G_USEC_PER_SEC)
#define POWER_OFF_US (15 * G_USEC_PER_SEC)
#define SSH_PORT     22
#define COMMAND_US   (30 * G_USEC_PER_SEC)

/* Walks the template; `into` may be NULL to check only. */
static gboolean expand(const char *template, const char *user, const char *address, GString *into,
                       GError **error)
{
    for (const char *p = template; *p; p++) {
        const char *value = NULL;

        if (*p != '{') {
            g_string_append_c(into, *p);
            continue;
        }
        if (g_str_has_prefix(p, "{user}"))
            value = user;
        else if (g_str_has_prefix(p, "{address}"))
            value = address;
        if (!value) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                        "libvirt uri \"%s\": only {user} and {address} may stand in braces",
                        template);
            return FALSE;
        }
        g_string_append(into, value);
        p = strchr(p, '}');
    }
    return TRUE;
}

static gboolean check_template(const char *template, GError **error)
{
    g_autoptr(GString) ignored = g_string_new(NULL);

    return !template || expand(template, "", "", ignored, error);
}

static char *peer_template(const struct access *access)
{
    if (access->port == SSH_PORT)
        return g_strdup_printf("%s+ssh://{user}@{address}%s", access->driver, access->path);
    return g_strdup_printf("%s+ssh://{user}@{address}:%u%s", access->driver, access->port,
                           access->path);
}

static char *bracket(const char *address)
{
    return strchr(address, ':') ? g_strdup_printf("[%s]", address) : g_strdup(address);
}

static char *fill(const struct access *access, const char *template, const char *address)
{
    g_autofree char *host = bracket(address);
    g_autofree char *user = g_uri_escape_string(access->user, NULL, FALSE);
    GString *uri = g_string_new(NULL);

    expand(template, user, host, uri, NULL); /* was checked by access_new */
    return g_string_free(uri, FALSE);
}

static void replace(char **text, const char *by)
{
    if (!by)
        return;
    g_free(*text);
    *text = g_strdup(by);
}

/* The address stands for all of them here; what is left of the URI is the same for each. */
static gboolean use_tunnel(struct access *access, const char *template, GError **error)
{
    g_autofree char *uri = fill(access, template, "0.0.0.0");
    autoptr(tunnel_uri) tunnel = tunnel_uri_parse(uri, error);

    if (!tunnel)
        return FALSE;
    replace(&access->driver, tunnel->driver);
    replace(&access->path, tunnel->path);
    replace(&access->socket, tunnel->socket);
    replace(&access->user, tunnel->user);
    replace(&access->identity, tunnel->identity);
    replace(&access->known_hosts, tunnel->known_hosts);
    if (tunnel->port)
        access->port = tunnel->port;
    return TRUE;
}

static gboolean use_template(struct access *access, const char *template, GError **error)
{
    if (template && tunnel_uri_is_one(template)) {
        if (strstr(template, "{address}"))
            return use_tunnel(access, template, error);
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "libvirt uri \"%s\": its host must be {address}", template);
        return FALSE;
    }
    access->uri = g_strdup(template);
    return TRUE;
}

struct access *access_new(const struct libvirt_settings *settings, GError **error)
{
    struct access *access;

    if (!check_template(settings->uri, error) || !check_template(settings->peer_uri, error))
        return NULL;
    access = g_new0(struct access, 1);
    access->refs = 1;
    access->driver = g_strdup("qemu");
    access->path = g_strdup("/system");
    access->user = g_strdup(settings->ssh_user ? settings->ssh_user : g_get_user_name());
    access->identity = g_strdup(settings->ssh_identity);
    access->own_key = g_strdup(settings->ssh_own_key);
    access->known_hosts = settings->ssh_known_hosts
                              ? g_strdup(settings->ssh_known_hosts)
                              : g_build_filename(g_get_home_dir(), ".ssh", "known_hosts", NULL);
    access->port = settings->ssh_port ? settings->ssh_port : SSH_PORT;
    access->connect_us = settings->connect_us > 0 ? settings->connect_us : CONNECT_US;
    access->refresh_us = settings->refresh_us > 0 ? settings->refresh_us : REFRESH_US;
    access->power_off_us = settings->power_off_us > 0 ? settings->power_off_us : POWER_OFF_US;
    access->command_us = settings->command_us > 0 ? settings->command_us : COMMAND_US;
    if (!use_template(access, settings->uri, error)) {
        access_unref(access);
        return NULL;
    }
    access->peer_uri = settings->peer_uri ? g_strdup(settings->peer_uri) : peer_template(access);
    return access;
}

struct access *access_ref(struct access *access)
{
    g_atomic_int_inc(&access->refs);
    return access;
}

void access_unref(struct access *access)
{
    if (!access || !g_atomic_int_dec_and_test(&access->refs))
        return;
    g_free(access->uri);
    g_free(access->driver);
    g_free(access->path);
    g_free(access->socket);
    g_free(access->peer_uri);
    g_free(access->user);
    g_free(access->identity);
    g_free(access->own_key);
    g_free(access->known_hosts);
    g_free(access);
}

gboolean access_check_address(const char *address, GError **error)
{
    struct in6_addr bytes;
    g_autofree char *safe = NULL;

    if (inet_pton(AF_INET, address, &bytes) == 1 || inet_pton(AF_INET6, address, &bytes) == 1)
        return TRUE;
    safe = g_strescape(address, NULL);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                "host %s: not a numeric IPv4 or IPv6 address", safe);
    return FALSE;
}

char *access_uri(const struct access *access, const char *address)
{
    return access->uri ? fill(access, access->uri, address) : NULL;
}

char *access_peer_uri(const struct access *access, const char *address)
{
    return fill(access, access->peer_uri, address);
}

char *access_migrate_uri(const char *address)
{
    g_autofree char *host = bracket(address);

    return g_strdup_printf("tcp://%s", host);
}

gboolean access_needs_ssh(const struct access *access)
{
    return !access->uri || strstr(access->uri, "ssh:") != NULL || strstr(access->uri, "ssh2:");
}
