/*
 * etcd_http.h - requests to the JSON gateway of etcd v3, over HTTP or HTTPS. Private to the lease.
 *
 * Several endpoints are tried in turn, beginning with the one that answered last. Whoever asks must
 * bear that a request whose answer was lost is carried out twice: each is a transaction that
 * compares first. Thread: the one that uses it; etcd_http_new the main one. Requests block, each
 * endpoint for no longer than the time-out.
 */
#ifndef ROOST_STORE_ETCD_HTTP_H
#define ROOST_STORE_ETCD_HTTP_H

#include <json-glib/json-glib.h>

#include "core/base/cleanup.h"

struct etcd_http;

/*
 * `endpoints` are URLs, divided by commas; the files are of TLS, each may be NULL. NULL and
 * ROOST_ERROR_INPUT when they make no sense.
 */
struct etcd_http *etcd_http_new(const char *endpoints, const char *ca_file, const char *cert_file,
                                const char *key_file, guint timeout_ms, GError **error);
void etcd_http_free(struct etcd_http *http);
AUTOPTR_DEFINE(etcd_http)

/*
 * What etcd answers to `body`, posted to the path below its version ("kv/txn"): always an object.
 * NULL, and an error that names each endpoint and why, when none answered. Free with
 * json_node_unref.
 */
JsonNode *etcd_http_post(struct etcd_http *http, const char *path, const char *body,
                         GError **error);

#endif
