/* URIs, XML, flags and numbers: what goes to libvirt, and what comes from it. */
#include "core/driver/libvirt/access_book.h"

#include <libvirt/libvirt.h>
#include <string.h>

#include "core/base/error.h"
#include "core/driver/libvirt/domain_list.h"
#include "core/driver/libvirt/domain_xml.h"

static void fills_templates(void)
{
    const struct libvirt_settings settings = {
        .uri = "qemu+ssh://{user}@{address}:2222/system?keyfile=/k",
        .ssh_user = "ana/../x@y",
    };
    struct access *access = access_new(&settings, NULL);
    g_autofree char *v4 = access_uri(access, "10.0.0.7");
    g_autofree char *v6 = access_uri(access, "fd00::7");
    g_autofree char *peer = access_peer_uri(access, "fd00::7");

    g_assert_cmpstr(v4, ==, "qemu+ssh://ana%2F..%2Fx%40y@10.0.0.7:2222/system?keyfile=/k");
    g_assert_cmpstr(v6, ==, "qemu+ssh://ana%2F..%2Fx%40y@[fd00::7]:2222/system?keyfile=/k");
    g_assert_cmpstr(peer, ==, "qemu+ssh://ana%2F..%2Fx%40y@[fd00::7]/system");
    g_assert_true(access_needs_ssh(access));
    access_unref(access);
}

/* libvirt's own client must never go that way: see tunnel_uri.h. */
static void takes_libssh_itself(void)
{
    const struct libvirt_settings settings = {
        .uri = "lxc+libssh2://{user}@{address}:2222/system?keyfile=/k%20y&known_hosts=/h"
               "&sshauth=privkey&socket=/run/lib.sock",
        .ssh_user = "ana/../x@y",
        .ssh_identity = "/other",
    };
    struct access *access = access_new(&settings, NULL);
    g_autofree char *peer = access_peer_uri(access, "10.0.0.7");

    g_assert_null(access_uri(access, "10.0.0.7"));
    g_assert_true(access_needs_ssh(access));
    g_assert_cmpstr(access->driver, ==, "lxc");
    g_assert_cmpstr(access->path, ==, "/system");
    g_assert_cmpstr(access->socket, ==, "/run/lib.sock");
    g_assert_cmpstr(access->user, ==, "ana/../x@y");
    g_assert_cmpstr(access->identity, ==, "/k y");
    g_assert_cmpstr(access->known_hosts, ==, "/h");
    g_assert_cmpuint(access->port, ==, 2222);
    g_assert_cmpstr(peer, ==, "lxc+ssh://ana%2F..%2Fx%40y@10.0.0.7:2222/system");
    access_unref(access);
}

static void refuses_bad_templates(void)
{
    static const char *const bad[] = {
        "qemu://{host}/system",
        "qemu://{address/system",
        "{",
        "{}",
    };
    static const char *const bad_tunnels[] = {
        "qemu+libssh://pc01/system",
        "qemu+libssh://{address}/sys$(tem)",
        "qemu+libssh://{address}/system?keyfile=k",
        "qemu+libssh://{address}/system?socket=/a'b",
        "qemu+libssh://{address}/system?no_verify=1",
        "qemu+libssh://{address}/system?known_hosts_verify=ignore",
        "qemu+libssh://{address}/system?sshauth=password",
        "qemu+libssh://{address}/system?keyfiel=/k",
        "qemu+libssh://{address}:port/system",
        "qemu+libssh://[{address}/system",
    };

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        const struct libvirt_settings settings = {.uri = bad[i]};
        const struct libvirt_settings peer = {.peer_uri = bad[i]};
        g_autoptr(GError) error = NULL;

        g_assert_null(libvirt_driver_new(&settings, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
        g_clear_error(&error);
        g_assert_null(libvirt_driver_new(&peer, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    }
    for (guint i = 0; i < G_N_ELEMENTS(bad_tunnels); i++) {
        const struct libvirt_settings settings = {.uri = bad_tunnels[i]};
        g_autoptr(GError) error = NULL;

        g_assert_null(libvirt_driver_new(&settings, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    }
}

static void needs_no_template(void)
{
    const struct libvirt_settings settings = {0};
    struct access *access = access_new(&settings, NULL);

    g_assert_null(access_uri(access, "10.0.0.7"));
    g_assert_true(access_needs_ssh(access));
    g_assert_nonnull(access->user);
    g_assert_true(g_str_has_suffix(access->known_hosts, "/.ssh/known_hosts"));
    g_assert_cmpuint(access->port, ==, 22);
    access_unref(access);
}

/* Of three hosts one is called like its address ends, one has containers, and one is as any. */
static void say(const char *address, struct libvirt_host *into, gpointer data)
{
    const guint *round = data;

    if (g_str_has_suffix(address, ".2"))
        *into = (struct libvirt_host){.uri = "lxc:///", .wake_command = "wake"};
    if (g_str_has_suffix(address, ".3"))
        into->uri = "{nobody}";
    if (g_str_has_suffix(address, ".4") && *round > 0)
        *into = (struct libvirt_host){.name = "pc04", .uri = NULL};
}

static void single_hosts_are_reached_in_their_own_way(void)
{
    guint round = 0;
    const struct libvirt_settings settings = {
        .find_host = say, .find_host_data = &round, .uri = "qemu+ssh://{address}/system"};
    struct access_book *book = access_book_new(&settings, NULL);
    const struct access_entry *plain = access_book_find(book, "10.0.0.1", NULL);
    const struct access_entry *own = access_book_find(book, "10.0.0.2", NULL);
    const struct access_entry *later = access_book_find(book, "10.0.0.4", NULL);
    g_autofree char *plain_uri = access_uri(plain->access, "10.0.0.1");
    g_autofree char *own_uri = access_uri(own->access, "10.0.0.2");
    g_autoptr(GError) error = NULL;

    g_assert_cmpstr(plain_uri, ==, "qemu+ssh://10.0.0.1/system");
    g_assert_cmpstr(own_uri, ==, "lxc:///");
    g_assert_cmpstr(own->host.wake_command, ==, "wake");
    g_assert_true(later->access == plain->access);
    g_assert_false(later->moved);
    round++;
    later = access_book_find(book, "10.0.0.4", NULL);
    g_assert_true(later->moved);
    g_assert_cmpstr(later->host.name, ==, "pc04");
    g_assert_null(access_uri(later->access, "10.0.0.4"));
    g_assert_false(access_book_find(book, "10.0.0.4", NULL)->moved);
    g_assert_null(access_book_find(book, "10.0.0.3", &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    g_assert_true(g_str_has_prefix(error->message, "host 10.0.0.3: "));
    access_book_free(book);
}

static void takes_numeric_addresses_only(void)
{
    static const char *const bad[] = {"",          "pc07",         "10.0.0",     "10.0.0.7 ",
                                      "$(reboot)", "fd00::7%eth0", "10.0.0.7/24"};

    g_assert_true(access_check_address("10.0.0.7", NULL));
    g_assert_true(access_check_address("fd00::7", NULL));
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(access_check_address(bad[i], NULL));
}

static void migrates_to_the_target_itself(void)
{
    g_autofree char *v4 = access_migrate_uri("10.0.0.7");
    g_autofree char *v6 = access_migrate_uri("fd00::7");

    g_assert_cmpstr(v4, ==, "tcp://10.0.0.7");
    g_assert_cmpstr(v6, ==, "tcp://[fd00::7]");
}

static void reads_a_domain(void)
{
    struct domain_xml facts;

    g_assert_true(domain_xml_parse(
        "<domain type='kvm'><name>web</name><memory unit='KiB'>262144</memory><vcpu>2</vcpu>"
        "<devices><disk/><interface type='bridge'><mac address='52:54:00:AA:BB:01'/></interface>"
        "<interface type='user'><mac address='52:54:00:AA:BB:02'/></interface></devices></domain>",
        &facts));
    g_assert_cmpstr(facts.mac, ==, "52:54:00:aa:bb:01");
    g_assert_cmpuint(facts.mem_kib, ==, 262144);
    g_assert_cmpuint(facts.vcpus, ==, 2);
    domain_xml_clear(&facts);
}

/* Entities that would grow to gigabytes. */
static const char bomb[] =
    "<!DOCTYPE domain [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
    "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'>"
    "<!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;'>]><network>&e;</network>";

static void survives_hostile_xml(void)
{
    static const char *const bad[] = {NULL, "", "not xml", "<domain>", "<network/>", bomb};
    g_autofree char *filling = g_strnfill(5 * 1024 * 1024, 'x');
    g_autofree char *huge = g_strdup_printf("<domain>%s</domain>", filling);
    struct domain_xml facts;

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(domain_xml_parse(bad[i], &facts));
        g_assert_null(facts.mac);
        domain_xml_clear(&facts);
    }
    g_assert_false(domain_xml_parse(huge, &facts));
    domain_xml_clear(&facts);
}

static void reads_no_files_for_entities(void)
{
    struct domain_xml facts;

    domain_xml_parse("<!DOCTYPE domain [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><domain>"
                     "<devices><interface><mac address='nonsense'/></interface></devices>"
                     "<memory unit='KiB'>&x;</memory><vcpu>-3</vcpu></domain>",
                     &facts);
    g_assert_null(facts.mac);
    g_assert_cmpuint(facts.mem_kib, ==, 0);
    g_assert_cmpuint(facts.vcpus, ==, 0);
    domain_xml_clear(&facts);
}

static void reads_the_cpu_model(void)
{
    g_autofree char *model = capabilities_xml_cpu_model(
        "<capabilities><host><cpu><arch>x86_64</arch><model> Skylake </model></cpu></host>"
        "<guest><cpu><model>other</model></cpu></guest></capabilities>");

    g_assert_cmpstr(model, ==, "Skylake");
    g_assert_null(capabilities_xml_cpu_model("<capabilities><host/></capabilities>"));
    g_assert_null(capabilities_xml_cpu_model("<domain/>"));
}

static void measures_cpu_between_two_looks(void)
{
    g_assert_cmpint(domain_list_cpu_permille(0, 5000, 1000), ==, -1);
    g_assert_cmpint(domain_list_cpu_permille(1000000000, 2000000000, 1000000), ==, 1000);
    g_assert_cmpint(domain_list_cpu_permille(1000000000, 1000000000, 1000000), ==, 0);
    g_assert_cmpint(domain_list_cpu_permille(1000000000, 3500000000, 1000000), ==, 2500);
    g_assert_cmpint(domain_list_cpu_permille(2000000000, 1000000000, 1000000), ==, -1);
    g_assert_cmpint(domain_list_cpu_permille(1000000000, 2000000000, 0), ==, -1);
    g_assert_cmpint(domain_list_cpu_permille(1, G_MAXUINT64, 1), ==, 1000000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(virInitialize(), ==, 0); /* its parameters need it, too */
    g_test_add_func("/libvirt/access/fills_templates", fills_templates);
    g_test_add_func("/libvirt/access/takes_libssh_itself", takes_libssh_itself);
    g_test_add_func("/libvirt/access/refuses_bad_templates", refuses_bad_templates);
    g_test_add_func("/libvirt/access/needs_no_template", needs_no_template);
    g_test_add_func("/libvirt/access/takes_numeric_addresses_only", takes_numeric_addresses_only);
    g_test_add_func("/libvirt/access/single_hosts_are_reached_in_their_own_way",
                    single_hosts_are_reached_in_their_own_way);
    g_test_add_func("/libvirt/access/migrates_to_the_target_itself", migrates_to_the_target_itself);
    g_test_add_func("/libvirt/xml/reads_a_domain", reads_a_domain);
    g_test_add_func("/libvirt/xml/survives_hostile_xml", survives_hostile_xml);
    g_test_add_func("/libvirt/xml/reads_no_files_for_entities", reads_no_files_for_entities);
    g_test_add_func("/libvirt/xml/reads_the_cpu_model", reads_the_cpu_model);
    g_test_add_func("/libvirt/domains/measures_cpu_between_two_looks",
                    measures_cpu_between_two_looks);
    return g_test_run();
}
