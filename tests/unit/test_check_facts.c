/* What a host answers to an examination, and what is believed of it. */
#include "core/driver/libvirt/check_facts.h"

#include <string.h>

#include "core/driver/libvirt/check_keep.h"

#define MAC "52:54:00:aa:bb:01"

static struct check_facts *parse(const char *lines, struct check_report *report)
{
    g_autofree char *text = g_strdup_printf("Welcome!\nroost-begin\n%sroost-end\n", lines);

    return check_facts_parse(text, strlen(text), report);
}

static void reads_a_usual_answer(void)
{
    autoptr(check_facts) facts =
        parse("init systemd\ninstalled libvirtd\nruns libvirtd\ntool ethtool\n"
              "ethtool Supports Wake-on: pumbg\nethtool Wake-on: g\ntoken roost 1234\n",
              NULL);

    g_assert_true(facts->whole);
    g_assert_cmpstr(facts->init, ==, "systemd");
    g_assert_true(check_facts_has(facts->installed, "libvirtd"));
    g_assert_true(check_facts_has(facts->runs, "libvirtd"));
    g_assert_false(check_facts_has(facts->runs, "ufw"));
    g_assert_cmpstr(facts->wake_supports, ==, "pumbg");
    g_assert_cmpstr(facts->wake, ==, "g");
    g_assert_cmpstr(facts->token, ==, "roost 1234");
}

static void counts_what_was_cut_short(void)
{
    static const char text[] = "roost-begin\nruns libvirtd\ntok";
    autoptr(check_facts) facts = check_facts_parse(text, strlen(text), NULL);
    autoptr(check_facts) nothing = check_facts_parse("", 0, NULL);

    g_assert_false(facts->whole);
    g_assert_true(check_facts_has(facts->runs, "libvirtd"));
    g_assert_false(facts->token_asked);
    g_assert_false(nothing->whole);
}

static void tells_a_missing_token_from_one_not_asked(void)
{
    autoptr(check_facts) file = parse("token-absent file\n", NULL);
    autoptr(check_facts) directory = parse("token-absent directory\n", NULL);
    autoptr(check_facts) hung = parse("", NULL);

    g_assert_true(file->token_asked && file->has_directory && !file->token);
    g_assert_true(directory->token_asked && !directory->has_directory);
    g_assert_false(hung->token_asked);
}

static void reads_clocks(void)
{
    autoptr(check_facts) exact = parse("clock 1767787200.250000000\n", NULL);
    autoptr(check_facts) whole = parse("clock 1767787200\n", NULL);
    autoptr(check_facts) nonsense = parse("clock Wed Jan 7\n", NULL);
    autoptr(check_facts) huge = parse("clock 99999999999999999999999\n", NULL);
    autoptr(check_facts) letters = parse("clock 1767787200.%N\n", NULL);

    g_assert_cmpint(exact->clock_us, ==, G_GINT64_CONSTANT(1767787200250000));
    g_assert_false(exact->clock_whole);
    g_assert_cmpint(whole->clock_us, ==, G_GINT64_CONSTANT(1767787200000000));
    g_assert_true(whole->clock_whole);
    g_assert_cmpint(nonsense->clock_us, ==, 0);
    g_assert_cmpint(huge->clock_us, ==, 0);
    g_assert_cmpint(letters->clock_us, ==, 0);
}

static void reads_files_with_any_name(void)
{
    autoptr(check_report) report = check_report_new();
    autoptr(check_facts) facts =
        parse("file 12 4096 1767225600 /srv/a b  c.img\nfile x 1 2 /srv/bad\nfile 1 2 3 relative\n"
              "file 1 2\nblock 1048576 /dev/vg/web\nmount nas:/srv nfs4 /srv /srv/images\n",
              report);

    g_assert_cmpstr(g_hash_table_lookup(report->files, "/srv/a b  c.img"), ==,
                    "12 4096 1767225600");
    g_assert_cmpstr(g_hash_table_lookup(report->files, "/dev/vg/web"), ==, "block 1048576 0");
    g_assert_cmpuint(g_hash_table_size(report->files), ==, 2);
    g_assert_cmpstr(g_hash_table_lookup(report->mounts, "/srv/images"), ==, "nas:/srv nfs4 /srv");
    g_assert_true(facts->whole);
}

static const struct check_peer *probe(struct check_report *report, const char *lines)
{
    autoptr(check_facts) facts = parse(lines, report);

    g_assert_cmpuint(report->peers->len, ==, 1);
    return g_ptr_array_index(report->peers, 0);
}

static void takes_a_refusal_for_an_open_way(void)
{
    autoptr(check_report) refused = check_report_new();
    autoptr(check_report) listened = check_report_new();

    g_assert_null(
        probe(refused, "port 10.0.0.2 1 bash: /dev/tcp/x: Connection refused\n")->port_trouble);
    g_assert_null(probe(listened, "port 10.0.0.2 0 \n")->port_trouble);
}

static void tells_why_a_way_is_closed(void)
{
    autoptr(check_report) silent = check_report_new();
    autoptr(check_report) far = check_report_new();
    autoptr(check_report) own = check_report_new();
    autoptr(check_report) unasked = check_report_new();
    const struct check_peer *peer;

    g_assert_cmpstr(probe(silent, "port 10.0.0.2 124 \n")->port_trouble, ==, "no answer");
    peer = probe(far, "port 10.0.0.2 1 bash: /dev/tcp/x: No route to host\n");
    g_assert_cmpstr(peer->port_trouble, ==, "No route to host");
    g_assert_false(peer->here);
    peer = probe(own, "port 10.0.0.2 1 bash: connect: Network is unreachable\n");
    g_assert_true(peer->here);
    g_assert_null(probe(unasked, "port 10.0.0.2 127 sh: nc: not found\n")->port_trouble);
}

static void reads_routes_and_keys(void)
{
    autoptr(check_report) report = check_report_new();
    const struct check_peer *peer = probe(
        report, "route 10.0.0.2 0 10.0.0.2 dev br0 src 10.0.0.7 uid 0 \\    cache\n"
                "key 10.0.0.2 255 bla bla\r Host key verification failed.: Connection reset\n");
    autoptr(check_report) none = check_report_new();
    autoptr(check_report) fine = check_report_new();

    g_assert_cmpstr(peer->device, ==, "br0");
    g_assert_cmpstr(peer->source, ==, "10.0.0.7");
    g_assert_cmpstr(peer->key_trouble, ==, "Host key verification failed");
    peer = probe(none, "route 10.0.0.2 2 RTNETLINK answers: dev is eth9\n");
    g_assert_null(peer->device);
    g_assert_null(probe(fine, "key 10.0.0.2 0 \n")->key_trouble);
}

/* Whatever bytes come, and in whatever order: nothing breaks. */
static void survives_nonsense(void)
{
    static const char *const keys[] = {"clock", "file",    "block", "mount", "route", "port",
                                       "key",   "ethtool", "token", "conf",  "runs",  ""};
    g_autoptr(GRand) random = g_rand_new_with_seed(7);

    for (guint round = 0; round < 2000; round++) {
        g_autoptr(GString) text = g_string_new("roost-begin\n");
        autoptr(check_report) report = check_report_new();

        for (guint i = 0; i < 20; i++) {
            g_string_append(text, keys[g_rand_int_range(random, 0, G_N_ELEMENTS(keys))]);
            for (gint n = g_rand_int_range(random, 0, 30); n > 0; n--)
                g_string_append_c(
                    text, g_rand_boolean(random) ? ' ' : (char)g_rand_int_range(random, 0, 256));
            g_string_append_c(text, '\n');
        }
        autoptr(check_facts) facts = check_facts_parse(text->str, text->len, report);
        g_autofree char *kept = check_keep_find(facts->lines, "eth0", MAC);
    }
}

/* --- What arms a card again --- */

/* The lines, each "FILE:LINE", up to NULL. */
static char *kept_by(const char *first, ...)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new();
    va_list list;

    va_start(list, first);
    for (const char *line = first; line; line = va_arg(list, const char *))
        g_ptr_array_add(lines, (gpointer)line);
    va_end(list);
    return check_keep_find(lines, "eth0", MAC);
}

#define ASSERT_KEPT(by, ...)                                                                       \
    do {                                                                                           \
        g_autofree char *kept_ = kept_by(__VA_ARGS__, NULL);                                       \
        g_assert_cmpstr(kept_, ==, by);                                                            \
    } while (0)

#define NETWORKD "/etc/systemd/network/"

static void finds_link_files(void)
{
    ASSERT_KEPT("systemd (" NETWORKD "50-wol.link)", NETWORKD "50-wol.link:[Match]",
                NETWORKD "50-wol.link:MACAddress=52:54:00:AA:BB:01", NETWORKD "50-wol.link:[Link]",
                NETWORKD "50-wol.link:WakeOnLan=magic");
    ASSERT_KEPT("systemd (" NETWORKD "a.link)", NETWORKD "a.link:OriginalName=en* eth*",
                NETWORKD "a.link:WakeOnLan = magic");
    ASSERT_KEPT(NULL, NETWORKD "a.link:MACAddress=52:54:00:00:00:09",
                NETWORKD "a.link:WakeOnLan=magic");
    ASSERT_KEPT(NULL, NETWORKD "a.link:OriginalName=*", NETWORKD "a.link:WakeOnLan=off");
}

/* The first that matches is the only one that systemd reads, by its name, in whatever directory. */
static void heeds_the_first_link_file_alone(void)
{
    ASSERT_KEPT(NULL, NETWORKD "60-wol.link:OriginalName=*", NETWORKD "60-wol.link:WakeOnLan=magic",
                "/usr/lib/systemd/network/10-first.link:OriginalName=*",
                "/usr/lib/systemd/network/10-first.link:NamePolicy=keep");
    ASSERT_KEPT("systemd (" NETWORKD "60-wol.link)", NETWORKD "60-wol.link:OriginalName=*",
                NETWORKD "60-wol.link:WakeOnLan=magic",
                "/usr/lib/systemd/network/99-default.link:OriginalName=*",
                "/usr/lib/systemd/network/99-default.link:NamePolicy=keep");
}

static void finds_ifupdown(void)
{
    ASSERT_KEPT("ifupdown (/etc/network/interfaces)", "/etc/network/interfaces:auto eth0",
                "/etc/network/interfaces:iface eth0 inet dhcp",
                "/etc/network/interfaces:    ethernet-wol g");
    ASSERT_KEPT("ifupdown (/etc/network/interfaces.d/lan)",
                "/etc/network/interfaces.d/lan:iface eth0 inet dhcp",
                "/etc/network/interfaces.d/lan:\tpost-up /sbin/ethtool -s eth0 wol g");
    ASSERT_KEPT(NULL, "/etc/network/interfaces:iface eth1 inet dhcp",
                "/etc/network/interfaces:    ethernet-wol g");
    ASSERT_KEPT(NULL, "/etc/network/interfaces:iface eth0 inet dhcp",
                "/etc/network/interfaces:    ethernet-wol d");
}

#define PLAN "/etc/netplan/01.yaml:"

static void finds_netplan(void)
{
    ASSERT_KEPT("netplan (/etc/netplan/01.yaml)", PLAN "network:", PLAN "  ethernets:",
                PLAN "    eth0:", PLAN "      wakeonlan: true");
    ASSERT_KEPT("netplan (/etc/netplan/01.yaml)", PLAN "network:", PLAN "  ethernets:",
                PLAN "    lan:", PLAN "      match:", PLAN "        macaddress: \"" MAC "\"",
                PLAN "      wakeonlan: true");
    ASSERT_KEPT(NULL, PLAN "network:", PLAN "  ethernets:", PLAN "    eth0:",
                PLAN "      wakeonlan: false", PLAN "    eth1:", PLAN "      wakeonlan: true");
}

#define LAN "/etc/NetworkManager/system-connections/lan:"

static void finds_the_others(void)
{
    ASSERT_KEPT("NetworkManager (/etc/NetworkManager/system-connections/lan)",
                LAN "interface-name=eth0", LAN "[ethernet]", LAN "wake-on-lan=64");
    ASSERT_KEPT(NULL, LAN "interface-name=eth1", LAN "wake-on-lan=64");
    ASSERT_KEPT(NULL, LAN "interface-name=eth0", LAN "wake-on-lan=1");
    ASSERT_KEPT("ifcfg (/etc/sysconfig/network-scripts/ifcfg-eth0)",
                "/etc/sysconfig/network-scripts/ifcfg-eth0:ETHTOOL_OPTS=\"wol g\"");
    ASSERT_KEPT(NULL, "/etc/sysconfig/network-scripts/ifcfg-eth1:ETHTOOL_OPTS=\"wol g\"");
    ASSERT_KEPT("a command at boot (/etc/rc.local)", "/etc/rc.local:ethtool -s eth0 wol pg");
    ASSERT_KEPT("a command at boot (/etc/udev/rules.d/81.rules)",
                "/etc/udev/rules.d/81.rules:RUN+=\"/usr/sbin/ethtool -s $name wol g\"");
    ASSERT_KEPT(NULL, "/etc/rc.local:ethtool -s eth1 wol g");
    ASSERT_KEPT(NULL, "/etc/rc.local:ethtool -s eth0 wol d");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/check_facts/reads_a_usual_answer", reads_a_usual_answer);
    g_test_add_func("/check_facts/counts_what_was_cut_short", counts_what_was_cut_short);
    g_test_add_func("/check_facts/tells_a_missing_token_from_one_not_asked",
                    tells_a_missing_token_from_one_not_asked);
    g_test_add_func("/check_facts/reads_clocks", reads_clocks);
    g_test_add_func("/check_facts/reads_files_with_any_name", reads_files_with_any_name);
    g_test_add_func("/check_facts/takes_a_refusal_for_an_open_way",
                    takes_a_refusal_for_an_open_way);
    g_test_add_func("/check_facts/tells_why_a_way_is_closed", tells_why_a_way_is_closed);
    g_test_add_func("/check_facts/reads_routes_and_keys", reads_routes_and_keys);
    g_test_add_func("/check_facts/survives_nonsense", survives_nonsense);
    g_test_add_func("/check_keep/finds_link_files", finds_link_files);
    g_test_add_func("/check_keep/heeds_the_first_link_file_alone", heeds_the_first_link_file_alone);
    g_test_add_func("/check_keep/finds_ifupdown", finds_ifupdown);
    g_test_add_func("/check_keep/finds_netplan", finds_netplan);
    g_test_add_func("/check_keep/finds_the_others", finds_the_others);
    return g_test_run();
}
