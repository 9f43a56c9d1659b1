#include "core/store/etcd_http.h"

#include <curl/curl.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"

#define ANSWER_BYTES_MOST (64 * 1024)
#define ENDPOINTS_MOST    16
#define REASON_CELLS      120

/* The paths that the gateway has had, newest first. */
static const char *const versions[] = {"v3", "v3beta", "v3alpha"};

struct etcd_http {
    char **endpoints; /* without a slash at their ends */
    guint count;
    guint preferred;
    guint version; /* of `versions` */
    CURL *curl;
    struct curl_slist *headers;
    char reason[CURL_ERROR_SIZE];
};

static gboolean check_endpoint(char *endpoint, GError **error)
{
    g_strstrip(endpoint);
    for (gsize length = strlen(endpoint); length > 0 && endpoint[length - 1] == '/'; length--)
        endpoint[length - 1] = '\0';
    const char *host = g_str_has_prefix(endpoint, "http://")    ? endpoint + 7
                       : g_str_has_prefix(endpoint, "https://") ? endpoint + 8
                                                                : "";
    if (*host && !strpbrk(host, " \t/?#@"))
        return TRUE;
    g_autofree char *shown = text_escape(endpoint);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                "\"%s\" is no endpoint of etcd such as http://10.0.0.1:2379", shown);
    return FALSE;
}

static gboolean take_endpoints(struct etcd_http *http, const char *endpoints, GError **error)
{
    http->endpoints = g_strsplit(endpoints, ",", ENDPOINTS_MOST + 1);
    http->count = g_strv_length(http->endpoints);
    if (http->count > ENDPOINTS_MOST) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "more than %d endpoints of etcd",
                    ENDPOINTS_MOST);
        return FALSE;
    }
    for (guint i = 0; i < http->count; i++) {
        if (!check_endpoint(http->endpoints[i], error))
            return FALSE;
    }
    return http->count > 0 || check_endpoint((char[]){""}, error);
}

static size_t take_bytes(char *bytes, size_t size, size_t count, void *data)
{
    GString *answer = data;
    if (answer->len + size * count > ANSWER_BYTES_MOST)
        return 0; /* curl gives up then */
    g_string_append_len(answer, bytes, (gssize)(size * count));
    return size * count;
}

static gpointer start_curl(gpointer data)
{
    (void)data;
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? GINT_TO_POINTER(1) : NULL;
}

static void set_up(struct etcd_http *http, const char *ca_file, const char *cert_file,
                   const char *key_file, guint timeout_ms)
{
    CURL *curl = http->curl;
    http->headers = curl_slist_append(NULL, "Content-Type: application/json");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, http->headers);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*"); /* whatever the environment says: it is near */
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->reason);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    if (ca_file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
    if (cert_file)
        curl_easy_setopt(curl, CURLOPT_SSLCERT, cert_file);
    if (key_file)
        curl_easy_setopt(curl, CURLOPT_SSLKEY, key_file);
}

struct etcd_http *etcd_http_new(const char *endpoints, const char *ca_file, const char *cert_file,
                                const char *key_file, guint timeout_ms, GError **error)
{
    static GOnce once = G_ONCE_INIT;
    autoptr(etcd_http) http = g_new0(struct etcd_http, 1);
    if (!take_endpoints(http, endpoints, error))
        return NULL;
    g_once(&once, start_curl, NULL);
    http->curl = once.retval ? curl_easy_init() : NULL;
    if (!http->curl) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "libcurl cannot be started");
        return NULL;
    }
    set_up(http, ca_file, cert_file, key_file, timeout_ms);
    return g_steal_pointer(&http);
}

void etcd_http_free(struct etcd_http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->curl);
    curl_slist_free_all(http->headers);
    g_strfreev(http->endpoints);
    g_free(http);
}

/* --- One request ------------------------------------------------------------------------------ */

/* The body and the status; FALSE when there is none. */
static gboolean perform(struct etcd_http *http, const char *endpoint, const char *path,
                        const char *body, GString *answer, long *status, GError **error)
{
    g_autofree char *url = g_strdup_printf("%s/%s/%s", endpoint, versions[http->version], path);
    g_string_truncate(answer, 0);
    http->reason[0] = '\0';
    curl_easy_setopt(http->curl, CURLOPT_URL, url);
    curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(http->curl, CURLOPT_WRITEDATA, answer);
    CURLcode code = curl_easy_perform(http->curl);
    curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, status);
    if (code == CURLE_OK)
        return TRUE;
    g_autofree char *shown = text_escape(
        answer->len > ANSWER_BYTES_MOST / 2 && code == CURLE_WRITE_ERROR ? "its answer is too long"
        : *http->reason                                                  ? http->reason
                        : curl_easy_strerror(code));
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE, "%s", shown);
    return FALSE;
}

static JsonNode *parse(const GString *answer, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    if (g_utf8_validate(answer->str, (gssize)answer->len, NULL) &&
        json_parser_load_from_data(parser, answer->str, (gssize)answer->len, NULL) &&
        json_parser_get_root(parser) && JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
        return json_parser_steal_root(parser);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "its answer is no JSON object");
    return NULL;
}

/* What an answer with an error says. */
static void explain(const GString *answer, long status, GError **error)
{
    g_autoptr(JsonNode) node = parse(answer, NULL);
    const char *reason = NULL;
    if (node) {
        JsonNode *member = json_object_get_member(json_node_get_object(node), "error");
        if (member && JSON_NODE_HOLDS_VALUE(member))
            reason = json_node_get_string(member);
    }
    g_autofree char *escaped = text_escape(reason);
    g_autofree char *shown = text_fit(escaped, REASON_CELLS, FALSE);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "it answers with HTTP status %ld%s%s",
                status, *shown ? ": " : "", shown);
}

/* Asks one endpoint, by the versions from the one that worked last. */
static JsonNode *post_to(struct etcd_http *http, const char *endpoint, const char *path,
                         const char *body, GError **error)
{
    g_autoptr(GString) answer = g_string_new(NULL);
    long status = 0;
    for (guint i = 0; i < G_N_ELEMENTS(versions); i++) {
        if (!perform(http, endpoint, path, body, answer, &status, error))
            return NULL;
        if (status != 404)
            break;
        http->version = (http->version + 1) % G_N_ELEMENTS(versions);
    }
    if (status == 200)
        return parse(answer, error);
    explain(answer, status, error);
    return NULL;
}

JsonNode *etcd_http_post(struct etcd_http *http, const char *path, const char *body, GError **error)
{
    g_autoptr(GString) reasons = g_string_new("etcd: ");
    for (guint i = 0; i < http->count; i++) {
        g_autoptr(GError) cause = NULL;
        guint at = (http->preferred + i) % http->count;
        JsonNode *node = post_to(http, http->endpoints[at], path, body, &cause);
        if (node) {
            http->preferred = at;
            return node;
        }
        g_string_append_printf(reasons, "%s%s: %s", i > 0 ? "; " : "", http->endpoints[at],
                               cause->message);
    }
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE, "%s", reasons->str);
    return NULL;
}
