#include "core/driver/libvirt/magic_packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/error.h"

#define COPIES 3
/* The frame of its own that etherwake sends; some listeners know no other. */
#define WAKE_ETHERTYPE 0x0842

/* One packet on its way to everywhere it should go. */
struct sending {
    int fd;
    int frame_fd; /* -1 without the privilege for it */
    guint port;
    guint8 packet[MAGIC_PACKET_BYTES];
    guint sent;
    int last_errno;
};

void magic_packet_fill(const guint8 mac[MAC_BYTES], guint8 packet[MAGIC_PACKET_BYTES])
{
    memset(packet, 0xff, MAC_BYTES);
    for (guint i = 1; i <= 16; i++)
        memcpy(packet + i * MAC_BYTES, mac, MAC_BYTES);
}

/* Out of interface `index` (0 = as the routes say), whatever the route for `to` would be. */
static void send_to(struct sending *sending, struct in_addr to, guint index)
{
    struct sockaddr_in target = {
        .sin_family = AF_INET, .sin_port = htons((guint16)sending->port), .sin_addr = to};
    struct iovec data = {sending->packet, sizeof sending->packet};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(struct in_pktinfo))];
    } control = {.space = {0}};
    struct msghdr message = {
        .msg_name = &target, .msg_namelen = sizeof target, .msg_iov = &data, .msg_iovlen = 1};

    if (index) {
        struct in_pktinfo out = {.ipi_ifindex = (int)index};
        struct cmsghdr *header = &control.header;

        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        header->cmsg_level = IPPROTO_IP;
        header->cmsg_type = IP_PKTINFO;
        header->cmsg_len = CMSG_LEN(sizeof out);
        memcpy(CMSG_DATA(header), &out, sizeof out);
    }
    for (guint i = 0; i < COPIES; i++) {
        if (sendmsg(sending->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == MAGIC_PACKET_BYTES)
            sending->sent++;
        else
            sending->last_errno = errno;
    }
}

/* Not counted: where it cannot be sent, the datagrams do. */
static void send_frames(struct sending *sending, guint index)
{
    struct sockaddr_ll target = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(WAKE_ETHERTYPE),
        .sll_ifindex = (int)index,
        .sll_halen = MAC_BYTES,
        .sll_addr = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
    };

    for (guint i = 0; sending->frame_fd >= 0 && i < COPIES; i++)
        if (sendto(sending->frame_fd, sending->packet, sizeof sending->packet,
                   MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&target,
                   sizeof target) < 0)
            return;
}

static struct in_addr address_of(const struct sockaddr *socket_address)
{
    struct sockaddr_in v4;

    memcpy(&v4, socket_address, sizeof v4);
    return v4.sin_addr;
}

static gboolean can_broadcast(const struct ifaddrs *link)
{
    const guint needed = IFF_UP | IFF_BROADCAST;

    return (link->ifa_flags & needed) == needed && link->ifa_addr && link->ifa_netmask &&
           link->ifa_addr->sa_family == AF_INET;
}

/* An address set without one (`ip address add` without brd) shows itself as its broadcast. */
static struct in_addr broadcast_of(const struct ifaddrs *link)
{
    struct in_addr own = address_of(link->ifa_addr);
    struct in_addr told = link->ifa_broadaddr ? address_of(link->ifa_broadaddr) : own;

    if (told.s_addr == own.s_addr)
        told.s_addr |= ~address_of(link->ifa_netmask).s_addr;
    return told;
}

static gboolean is_on_segment(const struct ifaddrs *link, struct in_addr address)
{
    struct in_addr mask = address_of(link->ifa_netmask);

    return ((address_of(link->ifa_addr).s_addr ^ address.s_addr) & mask.s_addr) == 0;
}

gboolean magic_packet_reaches(const char *address)
{
    struct ifaddrs *links = NULL;
    struct in_addr host;
    gboolean found = FALSE;

    if (inet_pton(AF_INET, address, &host) != 1 || getifaddrs(&links) < 0)
        return FALSE;
    for (const struct ifaddrs *link = links; link && !found; link = link->ifa_next)
        found = can_broadcast(link) && is_on_segment(link, host);
    freeifaddrs(links);
    return found;
}

/* `segment` NULL = every interface. Returns how many interfaces were tried. */
static guint send_out_of_links(struct sending *sending, const struct ifaddrs *links,
                               const struct in_addr *segment)
{
    const struct in_addr everybody = {.s_addr = htonl(INADDR_BROADCAST)};
    guint tried = 0;

    for (const struct ifaddrs *link = links; link; link = link->ifa_next) {
        guint index;

        if (!can_broadcast(link) || (segment && !is_on_segment(link, *segment)))
            continue;
        index = if_nametoindex(link->ifa_name);
        send_to(sending, broadcast_of(link), index);
        send_to(sending, everybody, index);
        send_frames(sending, index);
        tried++;
    }
    return tried;
}

static void send_everywhere(struct sending *sending, const char *address,
                            const struct in_addr *directed)
{
    struct ifaddrs *links = NULL;
    struct in_addr host;
    guint tried = 0;

    if (directed)
        send_to(sending, *directed, 0);
    if (getifaddrs(&links) < 0) {
        sending->last_errno = errno;
        return;
    }
    if (inet_pton(AF_INET, address, &host) == 1)
        tried = send_out_of_links(sending, links, &host);
    if (tried == 0 && sending->sent == 0)
        send_out_of_links(sending, links, NULL);
    freeifaddrs(links);
}

gboolean magic_packet_send(const char *address, const char *mac, const char *broadcast, guint port,
                           GError **error)
{
    struct sending sending = {.port = port, .last_errno = ENETUNREACH};
    struct in_addr directed;
    guint8 bytes[MAC_BYTES];
    int yes = 1;

    if (!mac_parse(mac, bytes) || (broadcast && inet_pton(AF_INET, broadcast, &directed) != 1)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "host %s: its %s address is not one",
                    address, mac_parse(mac, bytes) ? "broadcast" : "MAC");
        return FALSE;
    }
    magic_packet_fill(bytes, sending.packet);
    sending.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sending.frame_fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (sending.fd < 0 || setsockopt(sending.fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes) < 0)
        sending.last_errno = errno;
    else
        send_everywhere(&sending, address, broadcast ? &directed : NULL);
    if (sending.fd >= 0)
        close(sending.fd);
    if (sending.frame_fd >= 0)
        close(sending.frame_fd);
    if (sending.sent > 0)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                "host %s: no magic packet could be sent: %s", address,
                g_strerror(sending.last_errno));
    return FALSE;
}
