/* What the doctor makes of hosts beside each other, and what the verb prints of a simulated lab. */
#include "core/command/doctor_compare.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/command/command.h"
#include "core/command/doctor_disks.h"
#include "tests/support/command_run.h"

#define MIB(n) ((guint64)(n)*1024)

/* Hosts that all are well and answer each other. */
struct ward {
    struct patient *patients;
    struct host *hosts;
    guint count;
    struct doctor_rules rules;
};

static void add_peer(struct ward *ward, guint from, guint to)
{
    struct check_peer *peer =
        check_report_peer(ward->patients[from].report, ward->hosts[to].address);

    peer->device = g_strdup("eth0");
}

static void fill_report(struct check_report *report, guint i)
{
    for (enum check_subject subject = 0; subject < CHECK_SUBJECTS; subject++)
        if (subject <= CHECK_WAKE || subject == CHECK_CLOCK)
            check_report_add(report, subject, CHECK_RIGHT, NULL, "fine");
    report->shell = g_strdup_printf("ssh root@10.0.0.%u", i + 1);
    report->device = g_strdup("eth0");
    report->mac = g_strdup_printf("52:54:00:00:00:%02x", i);
    report->cpu_model = g_strdup("EPYC");
    report->told_files = report->migrates = report->told_kvm = report->has_kvm = TRUE;
    report->token = CHECK_TOKEN_SEEN;
    report->mem_kib = MIB(2048);
    report->mem_available_kib = MIB(1500);
    report->mem_vms_kib = MIB(256);
}

static struct ward *ward_new(guint count)
{
    struct ward *ward = g_new0(struct ward, 1);

    ward->count = count;
    ward->hosts = g_new0(struct host, count);
    ward->patients = g_new0(struct patient, count);
    ward->rules =
        (struct doctor_rules){.store_dir = "/srv/roost", .refresh = "r", .vm_kib = MIB(256)};
    for (guint i = 0; i < count; i++) {
        struct patient *patient = &ward->patients[i];

        ward->hosts[i].name = g_strdup_printf("pc%02u", i + 1);
        ward->hosts[i].address = g_strdup_printf("10.0.0.%u", i + 1);
        patient->host = &ward->hosts[i];
        patient->report = check_report_new();
        patient->let_in = patient->looked_twice = TRUE;
        fill_report(patient->report, i);
    }
    return ward;
}

static void ward_free(struct ward *ward)
{
    for (guint i = 0; i < ward->count; i++) {
        check_report_free(ward->patients[i].report);
        g_free(ward->hosts[i].name);
        g_free(ward->hosts[i].address);
    }
    g_free(ward->hosts);
    g_free(ward->patients);
    g_free(ward);
}
AUTOPTR_DEFINE(ward)

static void compare(struct ward *ward)
{
    doctor_compare_first(ward->patients, ward->count, &ward->rules);
    doctor_compare_second(ward->patients, ward->count, &ward->rules);
}

static struct check_report *report_of(struct ward *ward, guint i)
{
    return ward->patients[i].report;
}

static enum check_verdict verdict(struct ward *ward, guint i, enum check_subject subject)
{
    const struct check_finding *finding = check_report_find(report_of(ward, i), subject);

    g_assert_nonnull(finding);
    return finding->verdict;
}

/* Exactly that one thing is wrong in the whole ward. */
static const struct check_finding *only_wrong(struct ward *ward, guint where,
                                              enum check_subject subject)
{
    guint wrong = 0;

    for (guint i = 0; i < ward->count; i++)
        wrong += check_report_count(report_of(ward, i), CHECK_WRONG);
    g_assert_cmpuint(wrong, ==, 1);
    g_assert_cmpint(verdict(ward, where, subject), ==, CHECK_WRONG);
    return check_report_find(report_of(ward, where), subject);
}

static void only_notes(struct ward *ward)
{
    for (guint i = 0; i < ward->count; i++)
        g_assert_cmpuint(check_report_count(report_of(ward, i), CHECK_WRONG), ==, 0);
}

/* --- Store --- */

static void one_host_without_the_store_is_wrong(void)
{
    autoptr(ward) ward = ward_new(4);

    report_of(ward, 2)->token = CHECK_TOKEN_NO_DIRECTORY;
    compare(ward);
    g_assert_nonnull(strstr(only_wrong(ward, 2, CHECK_STORE)->found, "/srv/roost is not there"));
    g_assert_cmpint(verdict(ward, 0, CHECK_STORE), ==, CHECK_RIGHT);
}

static void a_store_of_the_console_alone_is_a_note(void)
{
    autoptr(ward) ward = ward_new(3);

    for (guint i = 0; i < 3; i++)
        report_of(ward, i)->token = CHECK_TOKEN_ABSENT;
    /* The console is one of the hosts: that it sees its own directory proves nothing. */
    ward->patients[1].is_console = TRUE;
    report_of(ward, 1)->token = CHECK_TOKEN_SEEN;
    compare(ward);
    only_notes(ward);
    g_assert_cmpint(verdict(ward, 0, CHECK_STORE), ==, CHECK_NOTE);
    g_assert_cmpint(verdict(ward, 1, CHECK_STORE), ==, CHECK_RIGHT);
}

static void set_mount(struct ward *ward, guint i, const char *mount)
{
    g_hash_table_insert(report_of(ward, i)->mounts, g_strdup("/srv/roost"), g_strdup(mount));
}

static void the_store_is_mended_as_its_mounts_tell(void)
{
    g_autofree char *covered = NULL;
    g_autofree char *missing = NULL;
    g_autofree char *unknown = NULL;
    autoptr(ward) ward = ward_new(2);

    set_mount(ward, 0, "nas:/lab nfs4 /srv");
    set_mount(ward, 1, "tmpfs tmpfs /srv/roost");
    covered = doctor_mend_share(report_of(ward, 1), report_of(ward, 0), "/srv/roost");
    g_assert_cmpstr(covered, ==, "ssh root@10.0.0.2 umount /srv/roost");
    set_mount(ward, 1, "/dev/sda1 ext4 /");
    missing = doctor_mend_share(report_of(ward, 1), report_of(ward, 0), "/srv/roost");
    g_assert_nonnull(strstr(missing, "mount -t nfs4"));
    unknown = doctor_mend_share(report_of(ward, 1), NULL, "/srv/roost");
    g_assert_true(g_str_has_prefix(unknown, "# "));
}

/* --- RAM --- */

static void a_host_without_room_for_a_vm_is_wrong(void)
{
    autoptr(ward) ward = ward_new(4);

    report_of(ward, 1)->mem_available_kib = MIB(100);
    compare(ward);
    g_assert_nonnull(strstr(only_wrong(ward, 1, CHECK_RAM)->found, "100 of 2048 MiB"));
}

static void a_host_whose_ram_something_else_takes_is_wrong(void)
{
    autoptr(ward) ward = ward_new(4);

    for (guint i = 0; i < 4; i++)
        report_of(ward, i)->mem_kib = MIB(16384);
    report_of(ward, 1)->mem_available_kib = MIB(300);
    compare(ward);
    g_assert_nonnull(strstr(only_wrong(ward, 1, CHECK_RAM)->found, "300 of 16384 MiB"));
}

static void a_host_that_is_full_of_vms_is_right(void)
{
    autoptr(ward) ward = ward_new(4);

    report_of(ward, 1)->mem_available_kib = MIB(100);
    report_of(ward, 1)->mem_vms_kib = MIB(2048);
    compare(ward);
    only_notes(ward);
}

static void vms_beyond_the_ram_are_wrong(void)
{
    autoptr(ward) ward = ward_new(2);

    report_of(ward, 1)->mem_vms_kib = MIB(2304);
    compare(ward);
    only_wrong(ward, 1, CHECK_RAM);
}

static void less_ram_than_was_written_is_wrong(void)
{
    autoptr(ward) ward = ward_new(2);

    ward->hosts[0].mem_kib = ward->hosts[1].mem_kib = MIB(2048);
    report_of(ward, 1)->mem_kib = MIB(1024);
    report_of(ward, 1)->mem_available_kib = MIB(700);
    compare(ward);
    only_wrong(ward, 1, CHECK_RAM);
}

static void half_the_ram_of_all_others_is_wrong(void)
{
    autoptr(ward) ward = ward_new(5);

    report_of(ward, 4)->mem_kib = MIB(1000);
    report_of(ward, 4)->mem_available_kib = MIB(700);
    compare(ward);
    only_wrong(ward, 4, CHECK_RAM);
}

static void a_mixed_lab_is_worth_a_note(void)
{
    autoptr(ward) ward = ward_new(6);

    for (guint i = 0; i < 2; i++) {
        report_of(ward, i)->mem_kib = MIB(1000);
        report_of(ward, i)->mem_available_kib = MIB(700);
    }
    report_of(ward, 2)->mem_kib = MIB(4096);
    compare(ward);
    only_notes(ward);
    g_assert_cmpint(verdict(ward, 0, CHECK_RAM), ==, CHECK_NOTE);
}

/* --- Disks --- */

static void set_file(struct ward *ward, guint i, const char *path, const char *identity)
{
    g_hash_table_insert(report_of(ward, i)->files, g_strdup(path), g_strdup(identity));
}

/* The VM of host 0 has the disk, which all see. */
static struct ward *ward_with_disk(guint count)
{
    struct ward *ward = ward_new(count);

    g_hash_table_insert(report_of(ward, 0)->disks, g_strdup("/srv/a.img"), g_strdup("a"));
    for (guint i = 0; i < count; i++)
        set_file(ward, i, "/srv/a.img", "77 4096 1767225600");
    return ward;
}

static void disks_that_all_see_are_right(void)
{
    autoptr(ward) ward = ward_with_disk(3);

    compare(ward);
    only_notes(ward);
    g_assert_cmpint(verdict(ward, 2, CHECK_DISKS), ==, CHECK_RIGHT);
}

static void a_disk_missing_on_one_host_is_its_fault(void)
{
    autoptr(ward) ward = ward_with_disk(3);
    const struct check_finding *finding;

    g_hash_table_remove(report_of(ward, 1)->files, "/srv/a.img");
    compare(ward);
    finding = only_wrong(ward, 1, CHECK_DISKS);
    g_assert_cmpstr(finding->found, ==, "/srv/a.img (vm a) is not there");
}

static void another_file_of_that_name_is_wrong(void)
{
    autoptr(ward) ward = ward_with_disk(3);

    set_file(ward, 2, "/srv/a.img", "78 4096 1767225600");
    compare(ward);
    g_assert_nonnull(strstr(only_wrong(ward, 2, CHECK_DISKS)->found, "another file"));
}

static void a_disk_that_no_other_host_sees_is_its_owners_fault(void)
{
    autoptr(ward) ward = ward_with_disk(4);

    for (guint i = 1; i < 4; i++)
        g_hash_table_remove(report_of(ward, i)->files, "/srv/a.img");
    compare(ward);
    g_assert_nonnull(strstr(only_wrong(ward, 0, CHECK_DISKS)->found, "on this host only"));
}

static void a_host_that_was_not_asked_has_no_part_in_it(void)
{
    autoptr(ward) ward = ward_with_disk(3);

    g_hash_table_remove_all(report_of(ward, 1)->files);
    ward->patients[1].looked_twice = FALSE;
    compare(ward);
    only_notes(ward);
}

static void a_file_server_that_hangs_is_told(void)
{
    autoptr(ward) ward = ward_with_disk(3);

    g_hash_table_remove_all(report_of(ward, 1)->files);
    report_of(ward, 1)->told_files = FALSE;
    compare(ward);
    g_assert_nonnull(strstr(only_wrong(ward, 1, CHECK_DISKS)->found, "no answer"));
    report_of(ward, 2)->token = CHECK_TOKEN_HANGS;
    doctor_compare_first(ward->patients, ward->count, &ward->rules);
    g_assert_cmpint(verdict(ward, 2, CHECK_STORE), ==, CHECK_WRONG);
}

static void files_are_the_same_while_they_grow(void)
{
    gint64 now_s = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *before = g_strdup_printf("7 100 %" G_GINT64_FORMAT, now_s - 3);
    g_autofree char *after = g_strdup_printf("7 200 %" G_GINT64_FORMAT, now_s);
    g_autofree char *other = g_strdup_printf("8 200 %" G_GINT64_FORMAT, now_s);

    g_assert_true(doctor_same_file(before, after));
    g_assert_false(doctor_same_file(after, other));
    g_assert_false(doctor_same_file("7 100 1700000000", "7 200 1700000000"));
    g_assert_false(doctor_same_file("7 100 1700000000", "7 100 1600000000")); /* a clone */
    g_assert_true(doctor_same_file("block 100 0", "block 100 0"));
    g_assert_false(doctor_same_file("block 100 0", "block 200 0"));
    g_assert_false(doctor_same_file("x", "7 100 1700000000"));
}

/* --- Ways --- */

/* Each host tries the two after it. */
static struct ward *ward_with_ways(guint count)
{
    struct ward *ward = ward_new(count);

    for (guint i = 0; i < count; i++)
        for (guint step = 1; step <= 2; step++)
            add_peer(ward, i, (i + step) % count);
    return ward;
}

static void break_way(struct ward *ward, guint from, guint to)
{
    struct check_peer *peer = check_report_peer(report_of(ward, from), ward->hosts[to].address);

    peer->port_trouble = g_strdup("no answer");
}

static void a_closed_port_is_the_fault_of_its_host(void)
{
    autoptr(ward) ward = ward_with_ways(5);

    report_of(ward, 2)->firewall = g_strdup("ufw allow 49152:49215/tcp");
    break_way(ward, 0, 2);
    break_way(ward, 1, 2);
    compare(ward);
    g_assert_cmpstr(only_wrong(ward, 2, CHECK_MIGRATION)->mend, ==,
                    "ssh root@10.0.0.3 ufw allow 49152:49215/tcp");
    g_assert_cmpint(verdict(ward, 0, CHECK_MIGRATION), ==, CHECK_RIGHT);
}

static void a_host_that_reaches_nobody_is_at_fault_itself(void)
{
    autoptr(ward) ward = ward_with_ways(5);

    break_way(ward, 0, 1);
    break_way(ward, 0, 2);
    compare(ward);
    g_assert_nonnull(strstr(only_wrong(ward, 0, CHECK_MIGRATION)->found, "cannot reach"));
}

static void a_way_by_another_interface_is_a_note(void)
{
    autoptr(ward) ward = ward_with_ways(4);
    struct check_peer *peer = check_report_peer(report_of(ward, 1), "10.0.0.3");

    g_free(peer->device);
    peer->device = g_strdup("eth1");
    compare(ward);
    only_notes(ward);
    g_assert_cmpint(verdict(ward, 1, CHECK_INTERFACE), ==, CHECK_NOTE);
}

static void a_host_without_a_route_is_wrong(void)
{
    autoptr(ward) ward = ward_with_ways(4);
    struct check_peer *peer = check_report_peer(report_of(ward, 1), "10.0.0.3");

    g_clear_pointer(&peer->device, g_free);
    compare(ward);
    only_wrong(ward, 1, CHECK_INTERFACE);
}

static void every_host_is_somebodys_peer(void)
{
    autoptr(ward) ward = ward_new(62);
    g_autoptr(GHashTable) tried = g_hash_table_new(g_str_hash, g_str_equal);
    guint probes = 0;

    ward->patients[5].let_in = FALSE;
    for (guint i = 0; i < ward->count; i++) {
        g_autofree const char **peers = doctor_choose_peers(ward->patients, ward->count, i, 3);

        for (guint j = 0; peers[j]; j++, probes++) {
            g_assert_cmpstr(peers[j], !=, ward->hosts[i].address);
            g_hash_table_add(tried, (gpointer)peers[j]);
        }
    }
    g_assert_cmpuint(g_hash_table_size(tried), ==, 61);
    g_assert_cmpuint(probes, ==, 62 * 3);
}

static void keys_that_fail_are_told(void)
{
    autoptr(ward) ward = ward_with_ways(3);
    const struct check_finding *finding;

    ward->rules.peer_keys = TRUE;
    check_report_peer(report_of(ward, 1), "10.0.0.3")->key_trouble =
        g_strdup("Host key verification failed");
    compare(ward);
    finding = only_wrong(ward, 1, CHECK_PEER_KEYS);
    g_assert_cmpstr(finding->mend, ==,
                    "ssh root@10.0.0.2 'ssh-keyscan 10.0.0.3 >> ~/.ssh/known_hosts'");
}

/* --- CPUs, clocks, MAC addresses --- */

static void a_vm_that_does_not_run_there_is_wrong(void)
{
    autoptr(ward) ward = ward_new(3);

    g_ptr_array_add(report_of(ward, 2)->misfits, g_strdup("web"));
    compare(ward);
    g_assert_nonnull(strstr(only_wrong(ward, 2, CHECK_CPU)->found, "vm web"));
}

static void another_model_is_a_note_unless_a_vm_is_bound_to_it(void)
{
    autoptr(ward) free_vms = ward_new(3);
    autoptr(ward) bound = ward_new(3);

    g_free(report_of(free_vms, 2)->cpu_model);
    report_of(free_vms, 2)->cpu_model = g_strdup("Nehalem");
    compare(free_vms);
    only_notes(free_vms);
    g_assert_cmpint(verdict(free_vms, 2, CHECK_CPU), ==, CHECK_NOTE);
    g_free(report_of(bound, 2)->cpu_model);
    report_of(bound, 2)->cpu_model = g_strdup("Nehalem");
    g_ptr_array_add(report_of(bound, 2)->guests, check_guest_new("own", "kvm", NULL, TRUE));
    compare(bound);
    only_wrong(bound, 2, CHECK_CPU);
}

static void when_all_clocks_are_wrong_it_is_ours(void)
{
    autoptr(ward) ward = ward_new(4);

    for (guint i = 0; i < 4; i++)
        report_of(ward, i)->clock_ahead_us = (gint64)(i == 0 ? 0 : 60) * G_USEC_PER_SEC;
    compare(ward);
    g_assert_nonnull(
        strstr(check_report_find(report_of(ward, 2), CHECK_CLOCK)->found, "this machine's clock"));
}

static void a_host_known_by_another_mac_address_would_not_wake(void)
{
    autoptr(ward) ward = ward_new(2);

    ward->hosts[1].mac = (char *)"52:54:00:ff:ff:ff";
    compare(ward);
    g_assert_cmpstr(only_wrong(ward, 1, CHECK_INTERFACE)->mend, ==, "r");
    ward->hosts[1].mac = NULL;
}

static void emulation_among_kvm_is_wrong(void)
{
    autoptr(ward) ward = ward_new(3);

    report_of(ward, 1)->has_kvm = FALSE;
    compare(ward);
    only_wrong(ward, 1, CHECK_HYPERVISOR);
}

/* --- The verb --- */

static void a_healthy_lab_is_all_right(void)
{
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    g_auto(GStrv) lines = NULL;

    g_assert_cmpint(command_run("--lab ercolani doctor", &out, &err), ==, COMMAND_DONE);
    g_assert_cmpstr(err, ==, "");
    lines = g_strsplit(out, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 63);
    g_assert_cmpstr(lines[61], ==, "pc62\t10.0.0.62\tall\tok\t12 checks\t-");
}

static void one_host_is_told_in_full(void)
{
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;

    g_assert_cmpint(command_run("--lab small doctor pc03", &out, &err), ==, COMMAND_DONE);
    for (enum check_subject subject = 0; subject < CHECK_SUBJECTS; subject++) {
        g_autofree char *field = g_strdup_printf("\t%s\t", check_subject_name(subject));

        g_assert_cmpint(strstr(out, field) != NULL, ==, subject != CHECK_PEER_KEYS);
    }
    g_assert_null(strstr(out, "pc04"));
}

static void an_unknown_host_is_refused(void)
{
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;

    g_assert_cmpint(command_run("--lab small doctor pc99", &out, &err), ==, COMMAND_FAILED);
    g_assert_nonnull(strstr(err, "pc99"));
    g_assert_cmpstr(out, ==, "");
}

/* A lab file in which one host is disarmed, and another off. */
static void faults_are_told_and_being_off_is_none(void)
{
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "roost-XXXXXX.xml", NULL);
    g_autofree char *line = NULL;
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    static const char xml[] =
        "<cluster version=\"1\" name=\"lab\">"
        "<host name=\"a\" address=\"192.0.2.1\" state=\"on\" wake=\"disarmed\"/>"
        "<host name=\"b\" address=\"192.0.2.2\" state=\"off\" wake=\"armed\"/>"
        "<host name=\"c\" address=\"192.0.2.3\" state=\"on\" wake=\"armed\"/></cluster>";
    int fd = g_mkstemp(path);

    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(path, xml, -1, NULL));
    line = g_strdup_printf("--lab %s doctor", path);
    g_assert_cmpint(command_run(line, &out, &err), ==, COMMAND_FAILED);
    g_unlink(path);
    g_test_message("%s%s", out, err);
    g_assert_nonnull(strstr(out, "a\t192.0.2.1\twake-on-LAN\twrong\tdisarmed"));
    g_assert_nonnull(strstr(out, "\tssh root@192.0.2.1 ethtool -s eth0 wol g\n"));
    g_assert_nonnull(strstr(out, "b\t192.0.2.2\tssh\tnote\toff"));
    g_assert_null(strstr(out, "c\t192.0.2.3\twake-on-LAN"));
    g_assert_nonnull(strstr(err, "1 thing is wrong"));
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*func)(void);
    } tests[] = {
#define TEST(name) {"/doctor/" #name, name}
        TEST(one_host_without_the_store_is_wrong),
        TEST(a_store_of_the_console_alone_is_a_note),
        TEST(the_store_is_mended_as_its_mounts_tell),
        TEST(a_host_without_room_for_a_vm_is_wrong),
        TEST(a_host_whose_ram_something_else_takes_is_wrong),
        TEST(a_host_that_is_full_of_vms_is_right),
        TEST(vms_beyond_the_ram_are_wrong),
        TEST(less_ram_than_was_written_is_wrong),
        TEST(half_the_ram_of_all_others_is_wrong),
        TEST(a_mixed_lab_is_worth_a_note),
        TEST(disks_that_all_see_are_right),
        TEST(a_disk_missing_on_one_host_is_its_fault),
        TEST(another_file_of_that_name_is_wrong),
        TEST(a_disk_that_no_other_host_sees_is_its_owners_fault),
        TEST(a_host_that_was_not_asked_has_no_part_in_it),
        TEST(a_file_server_that_hangs_is_told),
        TEST(files_are_the_same_while_they_grow),
        TEST(a_closed_port_is_the_fault_of_its_host),
        TEST(a_host_that_reaches_nobody_is_at_fault_itself),
        TEST(a_way_by_another_interface_is_a_note),
        TEST(a_host_without_a_route_is_wrong),
        TEST(every_host_is_somebodys_peer),
        TEST(keys_that_fail_are_told),
        TEST(a_vm_that_does_not_run_there_is_wrong),
        TEST(another_model_is_a_note_unless_a_vm_is_bound_to_it),
        TEST(when_all_clocks_are_wrong_it_is_ours),
        TEST(a_host_known_by_another_mac_address_would_not_wake),
        TEST(emulation_among_kvm_is_wrong),
        TEST(a_healthy_lab_is_all_right),
        TEST(one_host_is_told_in_full),
        TEST(an_unknown_host_is_refused),
        TEST(faults_are_told_and_being_off_is_none),
    };

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add_func(tests[i].name, tests[i].func);
    return g_test_run();
}
