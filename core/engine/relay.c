/* relay.c - hosts that can send a magic packet where the console's own may not arrive. */
#include <gio/gio.h>

#include "core/engine/engine_internal.h"

/* More would only be more of the same: each of them reaches the whole segment. */
#define RELAYS_MOST 2

/* The usual sizes of a segment, for when a host never told its own. */
#define PREFIX_BYTES_V4 3
#define PREFIX_BYTES_V6 8

static gboolean share_prefix(const char *a, const char *b)
{
    g_autoptr(GInetAddress) one = g_inet_address_new_from_string(a);
    g_autoptr(GInetAddress) other = g_inet_address_new_from_string(b);

    if (!one || !other || g_inet_address_get_family(one) != g_inet_address_get_family(other))
        return FALSE;
    return memcmp(g_inet_address_to_bytes(one), g_inet_address_to_bytes(other),
                  g_inet_address_get_family(one) == G_SOCKET_FAMILY_IPV4 ? PREFIX_BYTES_V4
                                                                         : PREFIX_BYTES_V6) == 0;
}

static gboolean is_on_segment(const struct host *host, const struct host *other)
{
    if (host->broadcast && other->broadcast)
        return g_str_equal(host->broadcast, other->broadcast);
    return share_prefix(host->address, other->address);
}

GPtrArray *relay_list(const struct engine *engine, const struct host *host, guint attempt)
{
    const GPtrArray *hosts = engine->cluster->hosts;
    gint64 now_us = clock_mono_us(engine->clock);
    g_autoptr(GPtrArray) able = g_ptr_array_new();
    GPtrArray *chosen = g_ptr_array_new();

    for (guint i = 0; i < hosts->len; i++) {
        const struct host *other = g_ptr_array_index(hosts, i);
        if (other != host && host_is_usable(other, now_us, engine->config.policy.stale_after_us) &&
            is_on_segment(host, other))
            g_ptr_array_add(able, other->address);
    }
    /* Others each time: one that answers may still be unable to send. */
    for (guint i = 0; i < MIN(able->len, RELAYS_MOST); i++)
        g_ptr_array_add(chosen, able->pdata[((attempt - 1) * RELAYS_MOST + i) % able->len]);
    g_ptr_array_add(chosen, NULL);
    return chosen;
}
