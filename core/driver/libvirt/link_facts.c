#include "core/driver/libvirt/link_facts.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/driver/libvirt/mac.h"

#define LINKS_MOST 4096
#define DEPTH_MOST 4

/* A network interface. Strings are NULL when not told. */
struct link {
    char *name;
    char *below;  /* what follows the '@': the link it stands on, or a veth's other end */
    char *master; /* the bridge or bond it is a port of */
    char *kind;   /* "veth", "bridge", ...; NULL for a real card */
    char *parent_bus;
    char *mac;
    char *wake;   /* ethtool's letters */
    char *wakeup; /* "enabled" or "disabled" */
};

struct link_facts {
    GPtrArray *links;
    char *device; /* that carries the address */
    char *broadcast;
};

static const char *const virtual_kinds[] = {
    "veth",      "tun",    "tap",    "bridge", "bond", "team",      "vlan",        "macvlan",
    "macvtap",   "ipvlan", "ipvtap", "dummy",  "ifb",  "vxlan",     "geneve",      "gre",
    "gretap",    "erspan", "sit",    "ipip",   "vti",  "wireguard", "openvswitch", "vrf",
    "netdevsim", "nlmon",  "hsr",    "xfrm",   "vcan", NULL,
};

/* Buses of cards that only exist inside a virtual machine, and know no wake-on-LAN. */
static const char *const virtual_buses[] = {"virtio", "vmbus", "xen", NULL};

static void link_free(gpointer data)
{
    struct link *link = data;

    g_free(link->name);
    g_free(link->below);
    g_free(link->master);
    g_free(link->kind);
    g_free(link->parent_bus);
    g_free(link->mac);
    g_free(link->wake);
    g_free(link->wakeup);
    g_free(link);
}

struct link_facts *link_facts_new(void)
{
    struct link_facts *links = g_new0(struct link_facts, 1);

    links->links = g_ptr_array_new_with_free_func(link_free);
    return links;
}

void link_facts_free(struct link_facts *links)
{
    if (!links)
        return;
    g_ptr_array_unref(links->links);
    g_free(links->device);
    g_free(links->broadcast);
    g_free(links);
}

static struct link *find_link(const struct link_facts *links, const char *name)
{
    for (guint i = 0; name && i < links->links->len; i++) {
        struct link *link = g_ptr_array_index(links->links, i);

        if (strcmp(link->name, name) == 0)
            return link;
    }
    return NULL;
}

/* Words between blanks; the backslashes of `ip -o` stand alone and stay words. */
static char **split_words(const char *line)
{
    GPtrArray *words = g_ptr_array_new();
    g_auto(GStrv) pieces = g_strsplit_set(line, " \t", -1);

    for (char **piece = pieces; *piece; piece++) {
        char *word = *piece;
        gsize size = strlen(word);

        if (size == 0)
            continue;
        if (size > 1 && word[size - 1] == '\\') {
            g_ptr_array_add(words, g_strndup(word, size - 1));
            g_ptr_array_add(words, g_strdup("\\"));
        } else {
            g_ptr_array_add(words, g_strdup(word));
        }
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* The word after `key`, from word `from` on; NULL when there is none. */
static const char *word_after(char **words, guint from, const char *key)
{
    for (guint i = from; words[i]; i++)
        if (strcmp(words[i], key) == 0)
            return words[i + 1];
    return NULL;
}

/* A broadcast address for a network that does not tell one; NULL for networks without. */
static char *compute_broadcast(const char *address_with_prefix)
{
    g_auto(GStrv) parts = g_strsplit(address_with_prefix, "/", 2);
    struct in_addr address;
    char text[INET_ADDRSTRLEN];
    guint64 prefix;

    if (g_strv_length(parts) != 2 || inet_pton(AF_INET, parts[0], &address) != 1 ||
        !g_ascii_string_to_unsigned(parts[1], 10, 1, 30, &prefix, NULL))
        return NULL;
    address.s_addr |= htonl((guint32)(G_MAXUINT32 >> prefix));
    return g_strdup(inet_ntop(AF_INET, &address, text, sizeof text));
}

/* "2: eth0    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0\       valid_lft ..." */
void link_facts_add_address(struct link_facts *links, const char *line)
{
    g_auto(GStrv) words = split_words(line);
    struct in_addr address;
    const char *told;

    if (links->device || g_strv_length(words) < 4)
        return;
    links->device = g_strdup(words[1]);
    if (strcmp(words[2], "inet") != 0)
        return;
    told = word_after(words, 4, "brd");
    if (told && inet_pton(AF_INET, told, &address) == 1)
        links->broadcast = g_strdup(told);
    else
        links->broadcast = compute_broadcast(words[3]);
}

/* Words that open a further part of the line without naming a kind of link are not in the table. */
static char *find_kind(char **words)
{
    for (guint i = 2; words[i] && words[i + 1]; i++)
        if (strcmp(words[i], "\\") == 0 && g_strv_contains(virtual_kinds, words[i + 1]))
            return g_strdup(words[i + 1]);
    return NULL;
}

/* "2: eth0@if4: <FLAGS> mtu 1500 ... master br0 ...\    link/ether MAC brd ...\    veth ..." */
void link_facts_add_link(struct link_facts *links, const char *line)
{
    g_auto(GStrv) words = split_words(line);
    struct link *link;
    char *at;

    if (g_strv_length(words) < 3 || links->links->len >= LINKS_MOST)
        return;
    link = g_new0(struct link, 1);
    link->name = g_strdup(words[1]);
    if (g_str_has_suffix(link->name, ":"))
        link->name[strlen(link->name) - 1] = '\0';
    at = strchr(link->name, '@');
    if (at) {
        link->below = g_strdup(at + 1);
        *at = '\0';
    }
    link->master = g_strdup(word_after(words, 2, "master"));
    link->mac = mac_normalize(word_after(words, 2, "link/ether"));
    link->parent_bus = g_strdup(word_after(words, 2, "parentbus"));
    link->kind = find_kind(words);
    g_ptr_array_add(links->links, link);
}

/* "NAME VALUE" for a link told before. */
static void set_once(struct link_facts *links, const char *line, gsize member)
{
    g_auto(GStrv) words = split_words(line);
    struct link *link = g_strv_length(words) == 2 ? find_link(links, words[0]) : NULL;
    char **value = link ? (char **)G_STRUCT_MEMBER_P(link, member) : NULL;

    if (value && !*value)
        *value = g_strdup(words[1]);
}

void link_facts_add_wake(struct link_facts *links, const char *line)
{
    set_once(links, line, G_STRUCT_OFFSET(struct link, wake));
}

void link_facts_add_wakeup(struct link_facts *links, const char *line)
{
    set_once(links, line, G_STRUCT_OFFSET(struct link, wakeup));
}

/* Releases of ip before 5.14 tell no parentbus. */
void link_facts_add_bus(struct link_facts *links, const char *line)
{
    set_once(links, line, G_STRUCT_OFFSET(struct link, parent_bus));
}

/* The first real card below a bridge, bond or VLAN; NULL when there is none. */
static const struct link *find_card(const struct link_facts *links, const struct link *top,
                                    guint depth)
{
    const struct link *card;

    if (!top || !top->kind || depth > DEPTH_MOST)
        return top && !top->kind ? top : NULL;
    if (strcmp(top->kind, "veth") == 0 || strcmp(top->kind, "tun") == 0)
        return NULL;
    card = find_card(links, find_link(links, top->below), depth + 1);
    for (guint i = 0; !card && i < links->links->len; i++) {
        const struct link *port = g_ptr_array_index(links->links, i);

        if (port->master && strcmp(port->master, top->name) == 0)
            card = find_card(links, port, depth + 1);
    }
    return card;
}

static enum host_wake wake_of(const struct link *link)
{
    if (link->wake)
        return strchr(link->wake, 'g') ? HOST_WAKE_ARMED : HOST_WAKE_DISARMED;
    if (link->kind || (link->parent_bus && g_strv_contains(virtual_buses, link->parent_bus)))
        return HOST_WAKE_ASSUMED;
    if (g_strcmp0(link->wakeup, "enabled") == 0)
        return HOST_WAKE_ARMED;
    if (g_strcmp0(link->wakeup, "disabled") == 0)
        return HOST_WAKE_DISARMED;
    return HOST_WAKE_UNKNOWN;
}

void link_facts_resolve(const struct link_facts *links, struct host_facts *facts)
{
    const struct link *top = find_link(links, links->device);
    const struct link *card = find_card(links, top, 0);

    if (!top)
        return;
    if (!card)
        card = top;
    facts->has_link = TRUE;
    facts->device = g_strdup(top->name);
    facts->card = g_strdup(card->name);
    facts->mac = g_strdup(card->mac);
    facts->broadcast = g_strdup(links->broadcast);
    facts->wake = wake_of(card);
}
