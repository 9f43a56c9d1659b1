/*
 * lease_etcd.c - a lease in etcd: one key, whose value is the record and, below it, who holds it.
 *
 * Each change is one transaction: the new value is put when the present one is, byte for byte, what
 * it was taken to be. No value is ever written twice, so this holds also where revisions begin
 * anew, as in an etcd that was restored from a backup. The leases of etcd itself are not used: who
 * expires is for the watcher's clock to judge, as with files. Reads are etcd's default, which asks
 * its quorum.
 */
#include "core/store/lease_kind.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/store/etcd_http.h"
#include "core/store/lease_identity.h"

#define KEY_NAME        "lease"
#define VALUE_MOST      (LEASE_NAME_BYTES + 1 + LEASE_IDENTITY_BYTES_MOST)
#define TIMEOUT_LEAST   50
#define TIMEOUT_MOST    5000
#define TIMEOUT_PARTS   3 /* of the time the lease is valid, so that a second endpoint has a turn */
#define MICROS_IN_MILLI 1000

struct lease_etcd {
    struct etcd_http *http;
    char *key;   /* for people */
    char *key64; /* as etcd has it */
    char *value; /* the lease as it was last; NULL = none. Of `record` */
    struct lease_record record;
};

gpointer lease_etcd_new(const struct lease_settings *settings, GError **error)
{
    guint timeout_ms = (guint)CLAMP(settings->valid_us / MICROS_IN_MILLI / TIMEOUT_PARTS,
                                    TIMEOUT_LEAST, TIMEOUT_MOST);
    struct etcd_http *http =
        etcd_http_new(settings->endpoints, settings->ca_file, settings->cert_file,
                      settings->key_file, timeout_ms, error);
    if (!http)
        return NULL;
    struct lease_etcd *etcd = g_new0(struct lease_etcd, 1);
    etcd->http = http;
    etcd->key = g_strconcat(settings->prefix ? settings->prefix : "", KEY_NAME, NULL);
    etcd->key64 = g_base64_encode((const guchar *)etcd->key, strlen(etcd->key));
    return etcd;
}

static void etcd_free(gpointer keeper)
{
    struct lease_etcd *etcd = keeper;
    etcd_http_free(etcd->http);
    g_free(etcd->key);
    g_free(etcd->key64);
    g_free(etcd->value);
    g_free(etcd);
}

/* --- What etcd answers ------------------------------------------------------------------------ */

/* The member, when it is of that type; NULL otherwise. JSON of others is hostile. */
static JsonNode *member_of(JsonNode *node, const char *name, JsonNodeType type)
{
    if (!node || !JSON_NODE_HOLDS_OBJECT(node))
        return NULL;
    JsonNode *member = json_object_get_member(json_node_get_object(node), name);
    return member && json_node_get_node_type(member) == type ? member : NULL;
}

static JsonNode *first_of(JsonNode *node)
{
    if (!node || json_array_get_length(json_node_get_array(node)) == 0)
        return NULL;
    return json_array_get_element(json_node_get_array(node), 0);
}

static void forget(struct lease_etcd *etcd)
{
    g_clear_pointer(&etcd->value, g_free);
    etcd->record = (struct lease_record){0};
}

/* The value of the first key of a range, into etcd->value; NULL there when there is no key. */
static gboolean take_range(struct lease_etcd *etcd, JsonNode *range, GError **error)
{
    JsonNode *pair = first_of(member_of(range, "kvs", JSON_NODE_ARRAY));
    JsonNode *value64 = member_of(pair, "value", JSON_NODE_VALUE);
    const char *text64 = value64 ? json_node_get_string(value64) : NULL;
    gsize length = 0;
    forget(etcd);
    if (!pair)
        return TRUE;
    g_autofree char *value = text64 ? (char *)g_base64_decode(text64, &length) : NULL;
    g_autofree char *name = value ? g_strndup(value, MIN(length, VALUE_MOST)) : g_strdup("");
    *strchrnul(name, '\n') = '\0';
    if (length <= VALUE_MOST && value && !memchr(value, '\0', length) &&
        lease_record_parse(name, &etcd->record)) {
        etcd->value = g_strndup(value, length);
        return TRUE;
    }
    g_autofree char *shown = text_escape(etcd->key);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                "etcd: key %s: its value is no lease; remove it: etcdctl del %s", shown, shown);
    return FALSE;
}

static char *make_value(const struct lease_record *record, const struct lease_identity *identity)
{
    char name[LEASE_NAME_BYTES];
    lease_record_format(record, name);
    g_autofree char *text = identity ? lease_identity_to_text(identity) : g_strdup("");
    return g_strconcat(name, "\n", text, NULL);
}

/*
 * Puts `value` where etcd->value is, or where nothing is. LEASE_LOST: what is there instead is in
 * etcd->value, and the error set when it is not a lease at all.
 */
static enum lease_outcome exchange(struct lease_etcd *etcd, const char *value, GError **error)
{
    g_autofree char *old64 =
        etcd->value ? g_base64_encode((const guchar *)etcd->value, strlen(etcd->value)) : NULL;
    g_autofree char *new64 = g_base64_encode((const guchar *)value, strlen(value));
    g_autofree char *compare = old64
                                   ? g_strdup_printf("\"target\":\"VALUE\",\"value\":\"%s\"", old64)
                                   : g_strdup("\"target\":\"VERSION\",\"version\":\"0\"");
    g_autofree char *body =
        g_strdup_printf("{\"compare\":[{\"key\":\"%s\",\"result\":\"EQUAL\",%s}],"
                        "\"success\":[{\"requestPut\":{\"key\":\"%s\",\"value\":\"%s\"}}],"
                        "\"failure\":[{\"requestRange\":{\"key\":\"%s\"}}]}",
                        etcd->key64, compare, etcd->key64, new64, etcd->key64);
    g_autoptr(JsonNode) answer = etcd_http_post(etcd->http, "kv/txn", body, error);
    if (!answer)
        return LEASE_FAILED;
    JsonNode *succeeded = member_of(answer, "succeeded", JSON_NODE_VALUE);
    if (succeeded && json_node_get_boolean(succeeded)) {
        forget(etcd);
        etcd->value = g_strdup(value);
        g_autofree char *name = g_strndup(value, strcspn(value, "\n"));
        lease_record_parse(name, &etcd->record);
        return LEASE_DONE;
    }
    JsonNode *response = first_of(member_of(answer, "responses", JSON_NODE_ARRAY));
    JsonNode *range = member_of(response, "response_range", JSON_NODE_OBJECT);
    if (!range) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                    "etcd: its answer to a transaction is none");
        return LEASE_FAILED;
    }
    return take_range(etcd, range, error) ? LEASE_LOST : LEASE_FAILED;
}

/* --- The lease -------------------------------------------------------------------------------- */

static gboolean etcd_look(gpointer keeper, struct lease_found *found, GError **error)
{
    struct lease_etcd *etcd = keeper;
    g_autofree char *body = g_strdup_printf("{\"key\":\"%s\"}", etcd->key64);
    g_autoptr(JsonNode) answer = etcd_http_post(etcd->http, "kv/range", body, error);
    if (!answer || !take_range(etcd, answer, error))
        return FALSE;
    found->exists = etcd->value != NULL;
    if (!found->exists)
        return TRUE;
    g_autoptr(GError) cause = NULL;
    found->record = etcd->record;
    const char *text = etcd->value + strcspn(etcd->value, "\n");
    if (found->record.hold == LEASE_HOLD_SEED)
        return TRUE;
    found->identity = lease_identity_from_text(text, strlen(text), &cause);
    if (cause)
        found->oddity = g_strdup_printf("etcd: key %s %s", etcd->key, cause->message);
    return TRUE;
}

static gboolean etcd_seed(gpointer keeper, GError **error)
{
    struct lease_etcd *etcd = keeper;
    struct lease_record seed = {.hold = LEASE_HOLD_SEED};
    lease_record_new_mark(&seed);
    g_autofree char *value = make_value(&seed, NULL);
    forget(etcd);
    return exchange(etcd, value, error) != LEASE_FAILED;
}

static enum lease_outcome etcd_take(gpointer keeper, const struct lease_record *from,
                                    const struct lease_record *to,
                                    const struct lease_identity *identity, GError **error)
{
    struct lease_etcd *etcd = keeper;
    g_autofree char *value = make_value(to, identity);
    if (!etcd->value || !lease_record_equal(&etcd->record, from))
        return LEASE_LOST;
    enum lease_outcome outcome = exchange(etcd, value, error);
    /* An answer that was lost, and the same asked of the next endpoint: it is ours all the same. */
    if (outcome == LEASE_LOST && etcd->value && lease_record_equal(&etcd->record, to))
        return LEASE_DONE;
    return outcome;
}

static enum lease_outcome etcd_beat(gpointer keeper, struct lease_record *own, enum lease_hold hold,
                                    const struct lease_identity *identity, GError **error)
{
    struct lease_etcd *etcd = keeper;
    struct lease_record to = *own;
    to.counter++;
    to.hold = hold;
    g_autofree char *value = make_value(&to, identity);
    if (!etcd->value) /* never while it is held; but then it must not be made anew */
        return LEASE_LOST;
    enum lease_outcome outcome = exchange(etcd, value, error);
    if (outcome == LEASE_LOST && etcd->value && lease_record_same_holder(&etcd->record, own)) {
        /* Ours, at another count: a beat of which no answer came, or an etcd set back. */
        to.counter = MAX(etcd->record.counter, own->counter) + 2;
        g_free(value);
        value = make_value(&to, identity);
        outcome = exchange(etcd, value, error);
    }
    if (outcome == LEASE_DONE)
        *own = to;
    return outcome;
}

const struct lease_kind lease_etcd_kind = {
    .look = etcd_look,
    .seed = etcd_seed,
    .take = etcd_take,
    .beat = etcd_beat,
    .free = etcd_free,
};
