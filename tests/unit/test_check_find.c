/* What the facts of a host mean, the commands that mend it, and libvirt's documents. */
#include "core/driver/libvirt/check_find.h"

#include <string.h>

#include "core/driver/libvirt/check_mend.h"
#include "core/driver/libvirt/check_script.h"
#include "core/driver/libvirt/check_xml.h"

#define NOW_US G_GINT64_CONSTANT(1767787200000000)

static struct check_facts *facts_of(const char *lines)
{
    g_autofree char *text = g_strdup_printf("roost-begin\n%sroost-end\n", lines);

    return check_facts_parse(text, strlen(text), NULL);
}

static struct check_report *report_new(void)
{
    struct check_report *report = check_report_new();

    report->shell = g_strdup("ssh root@10.0.0.7");
    return report;
}

static const struct check_finding *found(const struct check_report *report,
                                         enum check_subject subject, enum check_verdict verdict)
{
    const struct check_finding *finding = check_report_find(report, subject);

    g_assert_nonnull(finding);
    g_assert_cmpstr(check_verdict_name(finding->verdict), ==, check_verdict_name(verdict));
    return finding;
}

/* --- Clock --- */

/* ahead_us of the middle of an exchange of that length. */
static enum check_verdict clock_verdict(gint64 ahead_us, gint64 exchange_us)
{
    autoptr(check_report) report = report_new();
    autoptr(check_facts) facts = facts_of("init systemd\n");
    autoptr(check_facts) answer = facts_of("");

    answer->clock_us = NOW_US + exchange_us / 2 + ahead_us;
    check_find_clock(report, answer, facts, NOW_US, NOW_US + exchange_us);
    return check_report_find(report, CHECK_CLOCK)->verdict;
}

static void judges_clocks(void)
{
    g_assert_cmpint(clock_verdict(0, 10000), ==, CHECK_RIGHT);
    g_assert_cmpint(clock_verdict(490000, 10000), ==, CHECK_RIGHT);
    g_assert_cmpint(clock_verdict(-600000, 10000), ==, CHECK_NOTE);
    g_assert_cmpint(clock_verdict(2100000, 10000), ==, CHECK_WRONG);
    g_assert_cmpint(clock_verdict(-90 * (gint64)G_USEC_PER_SEC, 10000), ==, CHECK_WRONG);
}

/* What may be the exchange's own doing is not held against the host. */
static void a_slow_exchange_is_no_wrong_clock(void)
{
    g_assert_cmpint(clock_verdict(2100000, 4000000), ==, CHECK_RIGHT);
    g_assert_cmpint(clock_verdict(4500000, 4000000), ==, CHECK_WRONG);
}

static void mends_clocks(void)
{
    autoptr(check_report) report = report_new();
    autoptr(check_facts) facts = facts_of("");
    autoptr(check_facts) answer = facts_of("clock 1767790800\n");

    check_find_clock(report, answer, facts, NOW_US, NOW_US);
    g_assert_cmpstr(found(report, CHECK_CLOCK, CHECK_WRONG)->mend, ==,
                    "ssh root@10.0.0.7 date -s @$(date +%s)");
    g_assert_nonnull(strstr(check_report_find(report, CHECK_CLOCK)->found, "60 min ahead"));
    autoptr(check_facts) chrony = facts_of("init systemd\ntool chronyc\n");
    autoptr(check_facts) again = facts_of("clock 1767790800\n");
    check_find_clock(report, again, chrony, NOW_US, NOW_US);
    g_assert_cmpstr(found(report, CHECK_CLOCK, CHECK_WRONG)->mend, ==,
                    "ssh root@10.0.0.7 chronyc makestep");
}

/* --- Wake-on-LAN --- */

static struct host_facts link_of(enum host_wake wake)
{
    struct host_facts facts = {.has_link = TRUE,
                               .device = (char *)"eth0",
                               .card = (char *)"eth0",
                               .mac = (char *)"52:54:00:00:00:07",
                               .wake = wake};

    return facts;
}

static void arms_what_is_disarmed(void)
{
    autoptr(check_report) report = report_new();
    autoptr(check_facts) facts =
        facts_of("tool ethtool\nethtool Supports Wake-on: pg\nethtool Wake-on: d\n");
    struct host_facts link = link_of(HOST_WAKE_DISARMED);

    check_find_wake(report, &link, facts);
    g_assert_cmpstr(found(report, CHECK_WAKE, CHECK_WRONG)->mend, ==,
                    "ssh root@10.0.0.7 ethtool -s eth0 wol g");
}

static void tells_what_cannot_be_armed(void)
{
    autoptr(check_report) report = report_new();
    autoptr(check_facts) facts =
        facts_of("tool ethtool\nethtool Supports Wake-on: pu\nethtool Wake-on: d\n");
    struct host_facts link = link_of(HOST_WAKE_DISARMED);

    check_find_wake(report, &link, facts);
    g_assert_nonnull(strstr(found(report, CHECK_WAKE, CHECK_WRONG)->found, "does not support"));
    g_assert_true(g_str_has_prefix(check_report_find(report, CHECK_WAKE)->mend, "#"));
    g_assert_null(strstr(check_report_find(report, CHECK_WAKE)->mend, "ethtool"));
}

static void tells_whether_it_is_kept(void)
{
    autoptr(check_report) kept = report_new();
    autoptr(check_report) forgotten = report_new();
    autoptr(check_facts) by_file = facts_of("ethtool Wake-on: g\ntool udev\n"
                                            "conf /etc/rc.local:ethtool -s eth0 wol g\n");
    autoptr(check_facts) by_nobody = facts_of("ethtool Wake-on: g\ntool udev\n");
    struct host_facts link = link_of(HOST_WAKE_ARMED);

    check_find_wake(kept, &link, by_file);
    g_assert_nonnull(strstr(found(kept, CHECK_WAKE, CHECK_RIGHT)->found, "/etc/rc.local"));
    check_find_wake(forgotten, &link, by_nobody);
    g_assert_nonnull(strstr(found(forgotten, CHECK_WAKE, CHECK_NOTE)->mend, "/etc/udev/rules.d/"));
}

/* --- Others --- */

static void tells_ram_that_cannot_be_read(void)
{
    autoptr(check_report) report = report_new();
    struct host_facts facts = {.mem_total_kib = 0};

    check_find_ram(report, &facts);
    found(report, CHECK_RAM, CHECK_WRONG);
}

static void assert_daemon(const char *lines, const char *mend, const char *words)
{
    autoptr(check_report) report = report_new();
    autoptr(check_facts) facts = facts_of(lines);
    const struct check_finding *finding;

    check_find_daemon(report, facts, "no answer in time");
    finding = found(report, CHECK_LIBVIRT, CHECK_WRONG);
    g_assert_nonnull(strstr(finding->found, words));
    g_assert_nonnull(strstr(finding->mend, mend));
}

static void starts_the_daemon_there_is(void)
{
    assert_daemon("init systemd\ninstalled libvirtd\n",
                  "ssh root@10.0.0.7 systemctl start libvirtd", "does not run");
    assert_daemon("init systemd\ninstalled virtqemud\n", "systemctl start virtqemud",
                  "does not run");
    assert_daemon("init openrc\ninstalled libvirtd\n", "rc-service libvirtd start", "does not run");
    assert_daemon("installed libvirtd\n", "ssh root@10.0.0.7 libvirtd -d", "does not run");
    assert_daemon("init systemd\ninstalled libvirtd\nruns libvirtd\n", "systemctl restart libvirtd",
                  "no answer in time");
    assert_daemon("init systemd\n", "# install", "not installed");
}

static void commands_are_right_to_paste(void)
{
    struct libvirt_settings settings = {.ssh_user = "op erator",
                                        .ssh_identity = "/home/a b/key",
                                        .ssh_known_hosts = "/etc/known",
                                        .ssh_port = 2222};
    struct access *access = access_new(&settings, NULL);
    g_autofree char *shell = check_mend_shell(access, "10.0.0.7");
    g_autofree char *login = check_mend_login(access, "10.0.0.7");
    g_autofree char *changed = check_mend_host_key(access, "10.0.0.7", TRUE);

    g_assert_cmpstr(shell, ==,
                    "ssh -i '/home/a b/key' -o UserKnownHostsFile=/etc/known -t -p 2222 "
                    "'op erator'@10.0.0.7");
    g_assert_cmpstr(login, ==,
                    "ssh-copy-id -i '/home/a b/key.pub' -o UserKnownHostsFile=/etc/known -p 2222 "
                    "'op erator'@10.0.0.7");
    g_assert_true(g_str_has_prefix(
        changed, "ssh-keygen -R '[10.0.0.7]:2222' -f /etc/known && ssh-keyscan -p 2222 10.0.0.7 >> "
                 "/etc/known"));
    access_unref(access);
}

/* As another user: the whole command runs as root there, and arrives as it was written. */
static void commands_survive_two_shells(void)
{
    autoptr(check_report) report = check_report_new();
    g_autofree char *line = NULL;
    g_auto(GStrv) words = NULL;
    g_auto(GStrv) there = NULL;

    report->shell = g_strdup("ssh op@10.0.0.7");
    report->sudo = TRUE;
    line = check_report_command(report, "echo 'a' && rm \"$x\"");
    g_assert_true(g_shell_parse_argv(line, NULL, &words, NULL));
    g_assert_cmpuint(g_strv_length(words), ==, 3);
    g_assert_true(g_shell_parse_argv(words[2], NULL, &there, NULL));
    g_assert_cmpstr(there[0], ==, "sudo");
    g_assert_cmpstr(there[3], ==, "echo 'a' && rm \"$x\"");
}

/* --- libvirt's documents --- */

static void reads_capabilities(void)
{
    struct check_capabilities can;

    g_assert_true(check_xml_capabilities(
        "<capabilities><host><cpu><model>EPYC</model></cpu><migration_features><live/>"
        "</migration_features></host><guest><os_type>hvm</os_type><arch name='i686'>"
        "<domain type='qemu'/></arch></guest><guest><arch name='x86_64'><domain type='qemu'/>"
        "<domain type='kvm'/></arch></guest></capabilities>",
        &can));
    g_assert_cmpstr(can.cpu_model, ==, "EPYC");
    g_assert_true(can.told_types && can.has_kvm && can.can_migrate);
    check_capabilities_clear(&can);
    g_assert_true(check_xml_capabilities("<capabilities><host/><guest><arch name='x86_64'>"
                                         "<domain type='lxc'/></arch></guest></capabilities>",
                                         &can));
    g_assert_true(can.told_types);
    g_assert_false(can.has_kvm || can.can_migrate);
    g_assert_false(check_xml_capabilities("<domain/>", &can));
    g_assert_false(check_xml_capabilities("<capabilities>", &can));
    g_assert_false(check_xml_capabilities(NULL, &can));
}

static void reads_domains(void)
{
    g_autoptr(GHashTable) disks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    struct check_guest *guest = check_xml_domain(
        "<domain type='kvm'><name>web</name><cpu mode='custom' match='exact'><model>Nehalem</model>"
        "</cpu><devices><disk type='file'><source file='/srv/web.qcow2'/><backingStore "
        "type='file'><source file='/srv/base.img'/><backingStore/></backingStore></disk><disk "
        "type='block'><source dev='/dev/vg/web'/></disk><disk type='network'><source "
        "protocol='rbd' name='pool/x'/></disk></devices></domain>",
        disks);

    g_assert_cmpstr(guest->name, ==, "web");
    g_assert_cmpstr(guest->type, ==, "kvm");
    g_assert_nonnull(strstr(guest->cpu, "Nehalem"));
    g_assert_false(guest->host_cpu);
    g_assert_cmpuint(g_hash_table_size(disks), ==, 3);
    g_assert_cmpstr(g_hash_table_lookup(disks, "/srv/base.img"), ==, "web");
    check_guest_free(guest);
    guest = check_xml_domain(
        "<domain type='kvm'><name>own</name><cpu mode='host-passthrough'/></domain>", disks);
    g_assert_true(guest->host_cpu);
    g_assert_null(guest->cpu);
    check_guest_free(guest);
    g_assert_null(check_xml_domain("<domain><name>x</name></domain>", disks));
    g_assert_null(check_xml_domain("<domain", disks));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/check_find/judges_clocks", judges_clocks);
    g_test_add_func("/check_find/a_slow_exchange_is_no_wrong_clock",
                    a_slow_exchange_is_no_wrong_clock);
    g_test_add_func("/check_find/mends_clocks", mends_clocks);
    g_test_add_func("/check_find/arms_what_is_disarmed", arms_what_is_disarmed);
    g_test_add_func("/check_find/tells_what_cannot_be_armed", tells_what_cannot_be_armed);
    g_test_add_func("/check_find/tells_whether_it_is_kept", tells_whether_it_is_kept);
    g_test_add_func("/check_find/tells_ram_that_cannot_be_read", tells_ram_that_cannot_be_read);
    g_test_add_func("/check_find/starts_the_daemon_there_is", starts_the_daemon_there_is);
    g_test_add_func("/check_mend/commands_are_right_to_paste", commands_are_right_to_paste);
    g_test_add_func("/check_mend/commands_survive_two_shells", commands_survive_two_shells);
    g_test_add_func("/check_xml/reads_capabilities", reads_capabilities);
    g_test_add_func("/check_xml/reads_domains", reads_domains);
    return g_test_run();
}
