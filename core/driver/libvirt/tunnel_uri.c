#include "core/driver/libvirt/tunnel_uri.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

static const char *const transports[] = {"+libssh://", "+libssh2://"};

/* Where the transport begins; NULL when it is another one. */
static const char *find_transport(const char *uri)
{
    gsize driver = strspn(uri, LETTERS DIGITS);

    for (guint i = 0; i < G_N_ELEMENTS(transports); i++)
        if (driver > 0 && g_str_has_prefix(uri + driver, transports[i]))
            return uri + driver;
    return NULL;
}

gboolean tunnel_uri_is_one(const char *uri)
{
    return find_transport(uri) != NULL;
}

/* What becomes part of a command that a shell on the host reads. */
#define PATH_LETTERS LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "/_-"

static gboolean take_path(char **into, const char *key, const char *value, GError **error)
{
    if (!g_path_is_absolute(value)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s must be an absolute path", key);
        return FALSE;
    }
    g_free(*into);
    *into = g_strdup(value);
    return TRUE;
}

static gboolean set_refusal(GError **error, const char *key, const char *why)
{
    g_autofree char *shown = text_escape(key);

    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: %s", shown, why);
    return FALSE;
}

static gboolean take_socket(struct tunnel_uri *parsed, const char *value, GError **error)
{
    if (value[strspn(value, PATH_LETTERS ".")] != '\0')
        return set_refusal(error, "socket", "letters, digits, / _ - and . only");
    return take_path(&parsed->socket, "socket", value, error);
}

/* Those that libvirt knows for its libssh transports (docs: "remote URIs"). */
static gboolean take_parameter(struct tunnel_uri *parsed, const char *key, const char *value,
                               GError **error)
{
    if (strcmp(key, "keyfile") == 0)
        return take_path(&parsed->identity, key, value, error);
    if (strcmp(key, "known_hosts") == 0)
        return take_path(&parsed->known_hosts, key, value, error);
    if (strcmp(key, "socket") == 0)
        return take_socket(parsed, value, error);
    if (strcmp(key, "known_hosts_verify") == 0)
        return strcmp(value, "normal") == 0 ||
               set_refusal(error, key, "host keys are always checked; leave it away");
    /* A key is what we log in with, whatever else would do; and how to find the socket is ours. */
    if (strcmp(key, "sshauth") == 0)
        return strstr(value, "privkey") || strstr(value, "agent") ||
               set_refusal(error, key, "only keys and agents are used, never passwords");
    if (strcmp(key, "no_verify") == 0)
        return set_refusal(error, key, "host keys are always checked; leave it away");
    if (strcmp(key, "proxy") == 0 || strcmp(key, "netcat") == 0 || strcmp(key, "no_tty") == 0)
        return TRUE;
    return set_refusal(error, key, "not known for this transport");
}

static gboolean take_parameters(struct tunnel_uri *parsed, const char *query, GError **error)
{
    GUriParamsIter iter;
    g_autofree char *key = NULL;
    g_autofree char *value = NULL;
    GError *failed = NULL;

    if (!query)
        return TRUE;
    g_uri_params_iter_init(&iter, query, -1, "&", G_URI_PARAMS_NONE);
    while (g_uri_params_iter_next(&iter, &key, &value, &failed)) {
        gboolean taken = take_parameter(parsed, key, value, error);

        g_clear_pointer(&key, g_free);
        g_clear_pointer(&value, g_free);
        if (!taken)
            return FALSE;
    }
    if (!failed)
        return TRUE;
    set_refusal(error, query, failed->message);
    g_error_free(failed);
    return FALSE;
}

static gboolean take_driver_and_path(struct tunnel_uri *parsed, const char *text, const char *path,
                                     GError **error)
{
    parsed->driver = g_strndup(text, (gsize)(find_transport(text) - text));
    parsed->path = g_strdup(*path ? path : "/");
    if (parsed->path[strspn(parsed->path, PATH_LETTERS)] == '\0')
        return TRUE;
    return set_refusal(error, parsed->path, "the path may have letters, digits, / _ and - only");
}

static struct tunnel_uri *parse(const char *text, GError **error)
{
    autoptr(tunnel_uri) parsed = g_new0(struct tunnel_uri, 1);
    g_autoptr(GUri) uri = NULL;

    if (!tunnel_uri_is_one(text)) {
        set_refusal(error, "transport", "neither libssh nor libssh2");
        return NULL;
    }
    uri = g_uri_parse(text, G_URI_FLAGS_ENCODED_QUERY, error);
    if (!uri || !take_driver_and_path(parsed, text, g_uri_get_path(uri), error) ||
        !take_parameters(parsed, g_uri_get_query(uri), error))
        return NULL;
    parsed->user = g_strdup(g_uri_get_userinfo(uri));
    parsed->port = g_uri_get_port(uri) > 0 ? (guint)g_uri_get_port(uri) : 0;
    return g_steal_pointer(&parsed);
}

struct tunnel_uri *tunnel_uri_parse(const char *uri, GError **error)
{
    GError *failed = NULL;
    struct tunnel_uri *parsed = parse(uri, &failed);

    if (!parsed) {
        g_autofree char *shown = text_escape(uri);

        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "libvirt uri \"%s\": %s", shown,
                    failed->message);
        g_error_free(failed);
    }
    return parsed;
}

void tunnel_uri_free(struct tunnel_uri *uri)
{
    if (!uri)
        return;
    g_free(uri->driver);
    g_free(uri->path);
    g_free(uri->user);
    g_free(uri->identity);
    g_free(uri->known_hosts);
    g_free(uri->socket);
    g_free(uri);
}
