/* Magic packets, caught on a loopback socket, and in a network of their own. */
#include "core/driver/libvirt/magic_packet.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/error.h"

static void is_six_ff_and_sixteen_times_the_mac(void)
{
    static const guint8 mac[MAC_BYTES] = {0x52, 0x54, 0x00, 0xaa, 0xbb, 0x01};
    guint8 packet[MAGIC_PACKET_BYTES];

    magic_packet_fill(mac, packet);
    for (guint i = 0; i < 6; i++)
        g_assert_cmphex(packet[i], ==, 0xff);
    for (guint i = 0; i < 16; i++)
        g_assert_cmpmem(packet + 6 + i * 6, 6, mac, 6);
    g_assert_cmpuint(sizeof packet, ==, 102);
}

static int listen_here(guint *port)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof name;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&name, size), ==, 0);
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)&name, &size), ==, 0);
    *port = ntohs(name.sin_port);
    return fd;
}

static void reaches_the_directed_broadcast_three_times(void)
{
    static const guint8 mac[MAC_BYTES] = {0x52, 0x54, 0x00, 0xaa, 0xbb, 0x01};
    guint8 expected[MAGIC_PACKET_BYTES];
    guint8 got[MAGIC_PACKET_BYTES + 1];
    g_autoptr(GError) error = NULL;
    guint port;
    guint n = 0;
    int fd = listen_here(&port);

    magic_packet_fill(mac, expected);
    /* 127.0.0.1 stands for a broadcast address: loopback has no interface of that kind. */
    g_assert_true(magic_packet_send("127.0.0.9", "52:54:00:AA:bb:01", "127.0.0.1", port, &error));
    g_assert_no_error(error);
    for (;;) {
        ssize_t size = recv(fd, got, sizeof got, 0);

        if (size < 0)
            break;
        g_assert_cmpmem(got, (gsize)size, expected, sizeof expected);
        n++;
    }
    g_assert_cmpuint(n, ==, 3);
    close(fd);
}

/* How many of the datagrams that wait in fd went to `address`. */
static guint count_sent_to(int fd, const char *address)
{
    guint n = 0;

    for (;;) {
        char data[MAGIC_PACKET_BYTES];
        char space[256];
        struct iovec part = {data, sizeof data};
        struct msghdr message = {.msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = space,
                                 .msg_controllen = sizeof space};
        struct in_pktinfo told;

        if (recvmsg(fd, &message, MSG_DONTWAIT) < 0)
            return n;
        g_assert_nonnull(CMSG_FIRSTHDR(&message));
        memcpy(&told, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof told);
        n += told.ipi_addr.s_addr == inet_addr(address);
    }
}

static gboolean enter_network_of_its_own(void)
{
    /* `ip address add` sets no broadcast unless told one. */
    return unshare(geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) == 0 &&
           system("ip link add up1 type veth peer name up2 2>/dev/null && ip link set up1 up && "
                  "ip link set up2 up && ip address add 10.9.4.1/22 dev up1") == 0;
}

/* In a process of its own: 0 = it holds. */
static int send_without_broadcast(void)
{
    struct sockaddr_in anywhere = {.sin_family = AF_INET};
    socklen_t size = sizeof anywhere;
    int yes = 1;
    int fd;

    if (!enter_network_of_its_own())
        return 77;
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (bind(fd, (struct sockaddr *)&anywhere, size) < 0 ||
        getsockname(fd, (struct sockaddr *)&anywhere, &size) < 0 ||
        setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &yes, sizeof yes) < 0)
        return 1;
    if (!magic_packet_send("10.9.5.101", "52:54:00:aa:bb:01", NULL, ntohs(anywhere.sin_port), NULL))
        return 2;
    return count_sent_to(fd, "10.9.7.255") == 3 ? 0 : 3;
}

static void computes_a_broadcast_that_is_not_told(void)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0)
        _exit(send_without_broadcast());
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        g_test_skip("no network of its own can be made here");
    else
        g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

static void refuses_what_is_no_address(void)
{
    static const char *const macs[] = {
        NULL,
        "",
        "52:54:00:aa:bb",
        "52:54:00:aa:bb:0",
        "52:54:00:aa:bb:01 ",
        "52-54-00-aa-bb-01",
        "52:54:00:aa:bb:0g",
        "52:54:00:aa:bb:01:02",
    };

    for (guint i = 0; i < G_N_ELEMENTS(macs); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(magic_packet_send("127.0.0.9", macs[i], "127.0.0.1", 9, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    }
    for (guint i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(magic_packet_send("127.0.0.9", "52:54:00:aa:bb:01", i ? "everybody" : "::1",
                                         9, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    }
}

static void normalizes_mac_addresses(void)
{
    g_autofree char *good = mac_normalize("52:54:00:AA:Bb:01");

    g_assert_cmpstr(good, ==, "52:54:00:aa:bb:01");
    g_assert_null(mac_normalize("52:54:00:AA:Bb"));
    g_assert_null(mac_normalize(NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/libvirt/wake/is_six_ff_and_sixteen_times_the_mac",
                    is_six_ff_and_sixteen_times_the_mac);
    g_test_add_func("/libvirt/wake/reaches_the_directed_broadcast_three_times",
                    reaches_the_directed_broadcast_three_times);
    g_test_add_func("/libvirt/wake/computes_a_broadcast_that_is_not_told",
                    computes_a_broadcast_that_is_not_told);
    g_test_add_func("/libvirt/wake/refuses_what_is_no_address", refuses_what_is_no_address);
    g_test_add_func("/libvirt/wake/normalizes_mac_addresses", normalizes_mac_addresses);
    return g_test_run();
}
