/*
 * wakelisten: hears the magic packets that pass the lab's switch, and switches hosts on.
 *
 * usage: wakelisten INTERFACE MAP COMMAND...
 *
 * INTERFACE is the bridge. MAP has a line "MAC NAME" for each host. For each magic packet (6 x FF,
 * then the MAC 16 times, anywhere in a frame of type 0x0842 or in a UDP datagram to port 7 or 9) it
 * runs COMMAND... NAME, at most one at a time for each host; COMMAND decides what a packet to a
 * host that is on means. Prints "ready" when it listens, and a line for each packet heard.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ETHERTYPE_WAKE 0x0842
#define MAC_BYTES      6
#define MAC_REPEATS    16
#define MAGIC_BYTES    (MAC_BYTES + MAC_BYTES * MAC_REPEATS)
#define HOST_LIMIT     4096
#define NAME_BYTES     64

struct host {
    unsigned char mac[MAC_BYTES];
    char name[NAME_BYTES];
    pid_t waker; /* the running COMMAND, 0 for none */
};

static struct host hosts[HOST_LIMIT];
static size_t host_count;

/* The kernel hands us only what may be a magic packet, not the migrations that pass the bridge. */
static struct sock_filter filter_code[] = {
    BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETHERTYPE_WAKE, 8, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 6),
    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, ETH_HLEN + 9),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 4),
    BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, ETH_HLEN),
    BPF_STMT(BPF_LD | BPF_H | BPF_IND, ETH_HLEN + 2),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 9, 2, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, 0),
    BPF_STMT(BPF_RET | BPF_K, 0xffff),
};

static bool read_map(const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    while (host_count < HOST_LIMIT) {
        struct host *host = &hosts[host_count];
        unsigned char *mac = host->mac;
        if (fscanf(file, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx %63s", &mac[0], &mac[1], &mac[2],
                   &mac[3], &mac[4], &mac[5], host->name) != 7)
            break;
        host_count++;
    }
    bool complete = feof(file) != 0;
    fclose(file);
    return complete && host_count > 0;
}

static int open_socket(const char *interface)
{
    struct sock_fprog filter = {sizeof filter_code / sizeof filter_code[0], filter_code};
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
    struct packet_mreq promiscuous = {.mr_type = PACKET_MR_PROMISC};

    address.sll_ifindex = promiscuous.mr_ifindex = (int)if_nametoindex(interface);
    if (address.sll_ifindex == 0)
        return -1;
    /* Protocol 0 until bound: nothing is taken in from other interfaces, or before the filter. */
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    /* Promiscuous, or the bridge keeps from us what it forwards to a host that is off. */
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) < 0 ||
        setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous) < 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* The MAC of the first magic packet in the frame, or NULL. */
static const unsigned char *find_magic(const unsigned char *frame, size_t length)
{
    static const unsigned char ones[MAC_BYTES] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

    for (size_t at = ETH_HLEN; at + MAGIC_BYTES <= length; at++) {
        const unsigned char *mac = frame + at + MAC_BYTES;
        if (memcmp(frame + at, ones, MAC_BYTES) != 0)
            continue;
        int repeats = 1;
        while (repeats < MAC_REPEATS && memcmp(mac, mac + repeats * MAC_BYTES, MAC_BYTES) == 0)
            repeats++;
        /* More than six FF may stand before the MAC; then the next place is the right one. */
        if (repeats == MAC_REPEATS && memcmp(mac, ones, MAC_BYTES) != 0)
            return mac;
    }
    return NULL;
}

static void wake(struct host *host, char **command, int command_words)
{
    if (host->waker != 0)
        return;
    host->waker = fork();
    if (host->waker != 0)
        return;
    char *words[64];
    int count = 0;
    for (; count < command_words && count < 62; count++)
        words[count] = command[count];
    words[count++] = host->name;
    words[count] = NULL;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(words[0], words);
    fprintf(stderr, "wakelisten: %s: %s\n", words[0], strerror(errno));
    _exit(127);
}

static void hear(int packet_fd, char **command, int command_words)
{
    unsigned char frame[2048];
    ssize_t length = recv(packet_fd, frame, sizeof frame, 0);
    const unsigned char *mac = length > 0 ? find_magic(frame, (size_t)length) : NULL;

    if (mac == NULL)
        return;
    for (size_t i = 0; i < host_count; i++)
        if (memcmp(hosts[i].mac, mac, MAC_BYTES) == 0) {
            printf("magic packet for %s (%s)\n", hosts[i].name,
                   frame[12] == ETHERTYPE_WAKE >> 8 ? "raw" : "UDP");
            wake(&hosts[i], command, command_words);
            return;
        }
    printf("magic packet for %02x:%02x:%02x:%02x:%02x:%02x: no such host\n", mac[0], mac[1], mac[2],
           mac[3], mac[4], mac[5]);
}

static void reap(int signal_fd)
{
    struct signalfd_siginfo info;
    pid_t pid;

    if (read(signal_fd, &info, sizeof info) < 0)
        return;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
        for (size_t i = 0; i < host_count; i++)
            if (hosts[i].waker == pid)
                hosts[i].waker = 0;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: wakelisten INTERFACE MAP COMMAND...\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!read_map(argv[2])) {
        fprintf(stderr, "wakelisten: %s: not lines of MAC NAME\n", argv[2]);
        return 1;
    }
    int packet_fd = open_socket(argv[1]);
    if (packet_fd < 0) {
        fprintf(stderr, "wakelisten: %s: %s\n", argv[1], strerror(errno));
        return 1;
    }
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    int signal_fd = signalfd(-1, &child, SFD_CLOEXEC);
    printf("ready\n");

    struct pollfd fds[] = {{packet_fd, POLLIN, 0}, {signal_fd, POLLIN, 0}};
    for (;;) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return 1;
        if (fds[0].revents & POLLIN)
            hear(packet_fd, argv + 3, argc - 3);
        if (fds[1].revents & POLLIN)
            reap(signal_fd);
    }
}
