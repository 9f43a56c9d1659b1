/* What a host says over ssh, and what is believed of it. */
#include "core/driver/libvirt/host_facts.h"

#include <string.h>

#include "core/base/error.h"

#define USUAL                                                                                      \
    "hostname pc07\nloadavg 0.10 0.20 1.25 2/311 4711\nmem-total 2048000\n"                        \
    "mem-available 1024000\ncpu 100 0 50 800 50 0 0 0 0 0\ncpus 2\nusers asked\n"
#define ADDRESS                                                                                    \
    "address 2: eth0    inet 10.0.0.7/24 brd 10.0.0.255 scope global eth0\\       valid_lft "      \
    "forever preferred_lft forever\n"
#define ETH0                                                                                       \
    "link 2: eth0: <BROADCAST,UP> mtu 1500 qdisc fq state UP mode DEFAULT group default\\    "     \
    "link/ether 52:54:00:AA:bb:01 brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 maxmtu 9000 "      \
    "addrgenmode eui64\n"
#define VETH                                                                                       \
    "link 2: eth0@if9: <BROADCAST,UP> mtu 1500 state UP\\    link/ether 02:00:00:00:00:07 brd "    \
    "ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 0 maxmtu 65535 \\    veth addrgenmode eui64\n"

static struct host_facts *parse(const char *lines)
{
    g_autofree char *text = g_strdup_printf("Welcome!\nroost-begin\n%sroost-end\nbye\n", lines);
    g_autoptr(GError) error = NULL;
    struct host_facts *facts = host_facts_parse(text, strlen(text), &error);

    g_assert_no_error(error);
    g_assert_nonnull(facts);
    return facts;
}

static void reads_a_usual_answer(void)
{
    autoptr(host_facts) facts = parse(USUAL "user ana\nuser bob\nuser ana\n" ADDRESS ETH0);

    g_assert_cmpstr(facts->hostname, ==, "pc07");
    g_assert_cmpint(facts->load15_permille, ==, 1250);
    g_assert_cmpuint(facts->cpus, ==, 2);
    g_assert_cmpuint(facts->mem_total_kib, ==, 2048000);
    g_assert_cmpuint(facts->mem_available_kib, ==, 1024000);
    g_assert_cmpuint(facts->cpu_ticks, ==, 1000);
    g_assert_cmpuint(facts->cpu_busy_ticks, ==, 150);
    g_assert_cmpuint(g_strv_length(facts->users), ==, 2);
    g_assert_cmpstr(facts->users[0], ==, "ana");
    g_assert_cmpstr(facts->users[1], ==, "bob");
    g_assert_cmpstr(facts->mac, ==, "52:54:00:aa:bb:01");
    g_assert_cmpstr(facts->broadcast, ==, "10.0.0.255");
    g_assert_null(facts->complaint);
}

static void tells_nobody_from_unknown(void)
{
    autoptr(host_facts) nobody = parse(USUAL);
    autoptr(host_facts) unknown = parse("hostname pc07\n");

    g_assert_nonnull(nobody->users);
    g_assert_null(nobody->users[0]);
    g_assert_null(unknown->users);
    g_assert_cmpint(unknown->load15_permille, ==, -1);
    g_assert_false(unknown->has_link);
    g_assert_cmpint(unknown->wake, ==, HOST_WAKE_UNKNOWN);
}

static void expect_useless(const char *text, gsize size)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(host_facts_parse(text, size, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
}

static void refuses_half_an_answer(void)
{
    static const char half[] = "roost-begin\nhostname pc07\nmem-total 20";
    static const char other[] = "This account is currently not available.\n";

    expect_useless(half, strlen(half));
    expect_useless(other, strlen(other));
    expect_useless("", 0);
}

static void survives_any_prefix(void)
{
    static const char text[] = "roost-begin\n" USUAL "user a\n" ADDRESS VETH "roost-end\n";

    for (gsize size = 0; size < sizeof text; size++) {
        struct host_facts *facts = host_facts_parse(text, size, NULL);

        host_facts_free(facts);
    }
}

static void keeps_the_rest_when_a_value_is_wrong(void)
{
    static const char *const wrong[] = {
        "loadavg nan nan nan\n",
        "loadavg 1 2\n",
        "loadavg 0 0 -3\n",
        "loadavg 0 0 0x7p9 1/1 1\n",
        "mem-total -1\n",
        "mem-total 99999999999999999999999\n",
        "cpus many\n",
        "cpu 1 2 x 4\n",
        "surprise 1\n",
        "loadavg 0 0 99999999999999\n",
        "noblank\n",
    };

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *lines = g_strconcat(wrong[i], "hostname pc07\n", NULL);
        autoptr(host_facts) facts = parse(lines);

        g_assert_nonnull(facts->complaint);
        g_assert_cmpstr(facts->hostname, ==, "pc07");
        g_assert_cmpint(facts->load15_permille, ==, -1);
    }
}

static void escapes_what_it_complains_about(void)
{
    autoptr(host_facts) facts = parse("loadavg \033[2J\n");

    g_assert_nonnull(facts->complaint);
    g_assert_null(strchr(facts->complaint, '\033'));
}

static void takes_nul_bytes_for_text(void)
{
    static const char text[] = "roost-begin\nhostname pc\0 7\nroost-end\n";
    autoptr(host_facts) facts = host_facts_parse(text, sizeof text - 1, NULL);

    g_assert_nonnull(facts);
    g_assert_cmpstr(facts->hostname, ==, "pc? 7");
}

static void believes_only_the_first_telling(void)
{
    autoptr(host_facts) facts = parse("hostname pc07\nhostname evil\n");

    g_assert_cmpstr(facts->hostname, ==, "pc07");
}

static void bounds_the_users(void)
{
    GString *lines = g_string_new("users asked\n");
    autoptr(host_facts) facts = NULL;

    for (guint i = 0; i < HOST_FACTS_USERS_MOST + 10; i++)
        g_string_append_printf(lines, "user u%u\n", i);
    facts = parse(lines->str);
    g_assert_cmpuint(g_strv_length(facts->users), ==, HOST_FACTS_USERS_MOST);
    g_string_free(lines, TRUE);
}

static enum host_wake wake_told_by(const char *lines)
{
    autoptr(host_facts) facts = parse(lines);

    g_assert_true(facts->has_link);
    return facts->wake;
}

static void reads_ethtool(void)
{
    g_assert_cmpint(wake_told_by(ADDRESS ETH0 "wake eth0 g\n"), ==, HOST_WAKE_ARMED);
    g_assert_cmpint(wake_told_by(ADDRESS ETH0 "wake eth0 pumbg\n"), ==, HOST_WAKE_ARMED);
    g_assert_cmpint(wake_told_by(ADDRESS ETH0 "wake eth0 d\n"), ==, HOST_WAKE_DISARMED);
    g_assert_cmpint(wake_told_by(ADDRESS ETH0), ==, HOST_WAKE_UNKNOWN);
    g_assert_cmpint(wake_told_by(ADDRESS VETH), ==, HOST_WAKE_ASSUMED);
    g_assert_cmpint(wake_told_by(ADDRESS VETH "wake eth0 d\n"), ==, HOST_WAKE_DISARMED);
    g_assert_cmpint(wake_told_by(ADDRESS ETH0 "wake eth1 g\n"), ==, HOST_WAKE_UNKNOWN);
}

static void falls_back_to_sysfs(void)
{
    g_assert_cmpint(wake_told_by(ADDRESS ETH0 "wakeup eth0 enabled\n"), ==, HOST_WAKE_ARMED);
    g_assert_cmpint(wake_told_by(ADDRESS ETH0 "wakeup eth0 disabled\n"), ==, HOST_WAKE_DISARMED);
    g_assert_cmpint(wake_told_by(ADDRESS ETH0 "wake eth0 g\nwakeup eth0 disabled\n"), ==,
                    HOST_WAKE_ARMED);
}

static void assumes_cards_of_virtual_machines(void)
{
    g_assert_cmpint(
        wake_told_by(ADDRESS "link 2: eth0: <UP> mtu 1500\\    link/ether 02:fc:00:00:00:01 brd "
                             "ff:ff:ff:ff:ff:ff addrgenmode eui64 parentbus virtio parentdev "
                             "virtio2\n"),
        ==, HOST_WAKE_ASSUMED);
    /* An ip that tells no bus: sysfs does. */
    g_assert_cmpint(wake_told_by(ADDRESS ETH0 "bus eth0 virtio\n"), ==, HOST_WAKE_ASSUMED);
    g_assert_cmpint(wake_told_by(ADDRESS ETH0 "bus eth0 pci\n"), ==, HOST_WAKE_UNKNOWN);
    g_assert_cmpint(wake_told_by(ADDRESS ETH0 "bus eth0 virtio\nwake eth0 d\n"), ==,
                    HOST_WAKE_DISARMED);
}

#define BRIDGE                                                                                     \
    "address 5: br0    inet 10.0.0.7/16 scope global br0\\       valid_lft forever\n"              \
    "link 5: br0: <UP> mtu 1500 state UP\\    link/ether 0a:00:00:00:00:05 brd "                   \
    "ff:ff:ff:ff:ff:ff promiscuity 0 \\    bridge forward_delay 0 addrgenmode eui64\n"             \
    "link 6: vnet0: <UP> mtu 1500 master br0 state UP\\    link/ether fe:54:00:00:00:01 brd "      \
    "ff:ff:ff:ff:ff:ff promiscuity 1 \\    tun type tap pi off \\    bridge_slave state "          \
    "forwarding\n"

static void finds_the_card_below_a_bridge(void)
{
    autoptr(host_facts) facts =
        parse(BRIDGE "link 3: enp3s0: <UP> mtu 1500 master br0 state UP\\    link/ether "
                     "52:54:00:00:00:03 brd ff:ff:ff:ff:ff:ff promiscuity 1 maxmtu 9000 \\    "
                     "bridge_slave state forwarding addrgenmode eui64\nwake enp3s0 g\n");

    g_assert_cmpstr(facts->mac, ==, "52:54:00:00:00:03");
    g_assert_cmpint(facts->wake, ==, HOST_WAKE_ARMED);
    g_assert_cmpstr(facts->broadcast, ==, "10.0.255.255");
}

static void finds_the_card_below_bridge_vlan_and_bond(void)
{
    autoptr(host_facts) facts = parse(
        BRIDGE "link 7: bond0.12@bond0: <UP> mtu 1500 master br0\\    link/ether "
               "52:54:00:00:00:07 brd ff:ff:ff:ff:ff:ff \\    vlan protocol 802.1Q id 12 \\    "
               "bridge_slave state forwarding\n"
               "link 8: bond0: <UP> mtu 1500\\    link/ether 52:54:00:00:00:07 brd "
               "ff:ff:ff:ff:ff:ff \\    bond mode 802.3ad\n"
               "link 9: enp4s0: <UP> mtu 1500 master bond0\\    link/ether 52:54:00:00:00:09 brd "
               "ff:ff:ff:ff:ff:ff \\    bond_slave state ACTIVE\nwake enp4s0 d\n");

    g_assert_cmpstr(facts->mac, ==, "52:54:00:00:00:09");
    g_assert_cmpint(facts->wake, ==, HOST_WAKE_DISARMED);
}

static void takes_a_bridge_without_card_as_it_is(void)
{
    autoptr(host_facts) facts = parse(BRIDGE);

    g_assert_cmpstr(facts->mac, ==, "0a:00:00:00:00:05");
    g_assert_cmpint(facts->wake, ==, HOST_WAKE_ASSUMED);
}

static void ends_on_links_in_a_circle(void)
{
    autoptr(host_facts) facts = parse(
        "address 1: a    inet 10.0.0.7/24 scope global a\n"
        "link 1: a@b: <UP> master b\\    link/ether 52:54:00:00:00:01 brd x \\    bridge y\n"
        "link 2: b@a: <UP> master a\\    link/ether 52:54:00:00:00:02 brd x \\    bridge y\n");

    g_assert_cmpstr(facts->mac, ==, "52:54:00:00:00:01");
}

static void reads_ipv6_without_broadcast(void)
{
    autoptr(host_facts) facts =
        parse("address 2: eth0    inet6 fd00::7/64 scope global \\       valid_lft forever\n" ETH0);

    g_assert_cmpstr(facts->mac, ==, "52:54:00:aa:bb:01");
    g_assert_null(facts->broadcast);
}

static void survives_nonsense_about_links(void)
{
    autoptr(host_facts) facts = parse("address\naddress 2:\naddress 2: eth0 inet x/y brd z q\n"
                                      "link\nlink 2:\nlink 2: : x\nlink 2: eth0: link/ether\n"
                                      "link 2: eth0@: a \\ \\ \\\nwake\nwake eth0\nwake eth0 a b\n"
                                      "wakeup eth0\n");

    g_assert_null(facts->mac);
    g_assert_null(facts->broadcast);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/libvirt/facts/reads_a_usual_answer", reads_a_usual_answer);
    g_test_add_func("/libvirt/facts/tells_nobody_from_unknown", tells_nobody_from_unknown);
    g_test_add_func("/libvirt/facts/refuses_half_an_answer", refuses_half_an_answer);
    g_test_add_func("/libvirt/facts/survives_any_prefix", survives_any_prefix);
    g_test_add_func("/libvirt/facts/keeps_the_rest_when_a_value_is_wrong",
                    keeps_the_rest_when_a_value_is_wrong);
    g_test_add_func("/libvirt/facts/escapes_what_it_complains_about",
                    escapes_what_it_complains_about);
    g_test_add_func("/libvirt/facts/takes_nul_bytes_for_text", takes_nul_bytes_for_text);
    g_test_add_func("/libvirt/facts/believes_only_the_first_telling",
                    believes_only_the_first_telling);
    g_test_add_func("/libvirt/facts/bounds_the_users", bounds_the_users);
    g_test_add_func("/libvirt/links/reads_ethtool", reads_ethtool);
    g_test_add_func("/libvirt/links/falls_back_to_sysfs", falls_back_to_sysfs);
    g_test_add_func("/libvirt/links/assumes_cards_of_virtual_machines",
                    assumes_cards_of_virtual_machines);
    g_test_add_func("/libvirt/links/finds_the_card_below_a_bridge", finds_the_card_below_a_bridge);
    g_test_add_func("/libvirt/links/finds_the_card_below_bridge_vlan_and_bond",
                    finds_the_card_below_bridge_vlan_and_bond);
    g_test_add_func("/libvirt/links/takes_a_bridge_without_card_as_it_is",
                    takes_a_bridge_without_card_as_it_is);
    g_test_add_func("/libvirt/links/ends_on_links_in_a_circle", ends_on_links_in_a_circle);
    g_test_add_func("/libvirt/links/reads_ipv6_without_broadcast", reads_ipv6_without_broadcast);
    g_test_add_func("/libvirt/links/survives_nonsense_about_links", survives_nonsense_about_links);
    return g_test_run();
}
