#include "core/command/peer_keys.h"

#include <string.h>

#include "core/base/error.h"
#include "core/command/fan.h"
#include "core/command/session.h"
#include "core/driver/enrol.h"

/* One host that is to have a key and to let in others. */
struct peer {
    struct sharing *sharing;
    const char *address; /* the cluster's */
    char *key;           /* NULL as long as it is not known */
};

struct sharing {
    const struct command *command;
    GPtrArray *peers; /* struct peer *, owned */
    gboolean admits;  /* the second round */
    guint failed;
};

static void peer_free(gpointer data)
{
    struct peer *peer = data;

    g_free(peer->key);
    g_free(peer);
}

static void on_shared(const char *public_key, const GError *error, gpointer data)
{
    struct fan_call *call = data;
    struct peer *peer = call->item;

    if (error) {
        peer->sharing->failed++;
        output_error(peer->sharing->command->output,
                     "%s (no keys for the other hosts: migrations to and from it are led from "
                     "here)",
                     error->message);
        g_clear_pointer(&peer->key, g_free);
    } else if (!peer->key) {
        peer->key = g_strdup(public_key);
    }
    fan_end(call);
}

/* First each makes its key and gets to know the others, then it lets their keys in. */
static void share(struct fan_call *call)
{
    const struct peer *peer = call->item;
    const struct sharing *sharing = peer->sharing;
    g_autoptr(GPtrArray) lines = g_ptr_array_new();
    struct peer_request request = {.address = peer->address};

    for (guint i = 0; i < sharing->peers->len; i++) {
        const struct peer *other = g_ptr_array_index(sharing->peers, i);

        if (other == peer || (sharing->admits && !other->key))
            continue;
        g_ptr_array_add(lines, sharing->admits ? other->key : (char *)other->address);
    }
    g_ptr_array_add(lines, NULL);
    if (sharing->admits)
        request.admit = (const char *const *)lines->pdata;
    else
        request.trust = (const char *const *)lines->pdata;
    call->operation =
        driver_share_keys(sharing->command->session->driver, &request, on_shared, call);
}

static GPtrArray *peers_with_key(const struct sharing *sharing)
{
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; i < sharing->peers->len; i++) {
        struct peer *peer = g_ptr_array_index(sharing->peers, i);

        if (peer->key)
            g_ptr_array_add(found, peer);
    }
    return found;
}

/* One that is off has the keys it was given before, and misses those of new hosts. */
static void gather(struct sharing *sharing)
{
    const struct cluster *cluster = session_cluster(sharing->command->session);

    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);
        struct peer *peer;

        if (host->state == HOST_OFF) {
            output_error(sharing->command->output,
                         "host %s: it is off and gets no keys now; once it is on: roost add-node "
                         "--peer-keys",
                         host->name);
            continue;
        }
        peer = g_new0(struct peer, 1);
        *peer = (struct peer){.sharing = sharing, .address = host->address};
        g_ptr_array_add(sharing->peers, peer);
    }
}

gboolean peer_keys_share(const struct command *command, const GPtrArray *only, GError **error)
{
    struct sharing sharing = {.command = command};
    g_autoptr(GPtrArray) peers = NULL;
    g_autoptr(GPtrArray) able = NULL;

    if (only && only->len == 0)
        return TRUE;
    peers = g_ptr_array_new_with_free_func(peer_free);
    sharing.peers = peers;
    gather(&sharing);
    if (!fan_run(command, "making keys on", peers, share, error))
        return FALSE;
    sharing.admits = TRUE;
    able = peers_with_key(&sharing);
    if (!fan_run(command, "sharing keys with", able, share, error))
        return FALSE;
    if (!only && sharing.failed > 0)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%u of %u hosts have no keys",
                    sharing.failed, peers->len);
    return only || sharing.failed == 0;
}
