#include "core/manager/takeover.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

/* NULL when it is no address to be known by. Free it. */
static char *numeric(const struct ifaddrs *interface)
{
    const struct sockaddr *address = interface->ifa_addr;
    char text[INET6_ADDRSTRLEN];
    const void *bytes;

    if (!address || interface->ifa_flags & IFF_LOOPBACK)
        return NULL;
    if (address->sa_family == AF_INET)
        bytes = &((const struct sockaddr_in *)(gconstpointer)address)->sin_addr;
    else if (address->sa_family == AF_INET6)
        bytes = &((const struct sockaddr_in6 *)(gconstpointer)address)->sin6_addr;
    else
        return NULL;
    return g_strdup(inet_ntop(address->sa_family, bytes, text, sizeof text));
}

void takeover_machine_init(struct takeover_machine *machine)
{
    GPtrArray *addresses = g_ptr_array_new();
    struct ifaddrs *interfaces = NULL;

    if (getifaddrs(&interfaces) == 0) {
        for (const struct ifaddrs *i = interfaces; i; i = i->ifa_next) {
            char *address = numeric(i);
            if (address)
                g_ptr_array_add(addresses, address);
        }
        freeifaddrs(interfaces);
    }
    g_ptr_array_add(addresses, NULL);
    machine->hostname = g_strdup(g_get_host_name());
    machine->addresses = (char **)g_ptr_array_free(addresses, FALSE);
}

void takeover_machine_clear(struct takeover_machine *machine)
{
    g_free(machine->hostname);
    g_strfreev(machine->addresses);
    *machine = (struct takeover_machine){0};
}

/* pc01 is pc01.lab.example; pc01.lab.example is not pc01.other.example. */
static gboolean is_same_name(const char *one, const char *other)
{
    gsize one_length = strcspn(one, ".");
    gsize other_length = strcspn(other, ".");
    gboolean whole = one[one_length] && other[other_length];

    if (whole)
        return g_ascii_strcasecmp(one, other) == 0;
    return one_length == other_length && g_ascii_strncasecmp(one, other, one_length) == 0;
}

struct host *takeover_find_host(const struct cluster *cluster,
                                const struct takeover_machine *machine)
{
    struct host *named = NULL;
    guint names = 0;

    for (guint i = 0; i < cluster->hosts->len; i++) {
        struct host *host = g_ptr_array_index(cluster->hosts, i);
        if (g_strv_contains((const char *const *)machine->addresses, host->address))
            return host;
        if (!is_same_name(host->name, machine->hostname))
            continue;
        named = host;
        names++;
    }
    return names == 1 ? named : NULL;
}

gint64 takeover_delay_us(const struct cluster *cluster, const struct host *self, gint64 step_us)
{
    gint64 before = 0;

    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);
        if (host == self)
            break;
        before += host->state == HOST_ON ? 1 : 0;
    }
    return before * step_us;
}
