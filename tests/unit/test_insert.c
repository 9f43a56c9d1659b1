/* insert and delete as they are typed, on a simulated lab; and who uses which disk. */
#include <string.h>

#include "core/command/disk_use.h"
#include "tests/support/command_run.h"

struct result {
    int status;
    char *out;
    char *err;
};

static struct result run(const char *words)
{
    g_autofree char *line = g_strconcat("--lab small ", words, NULL);
    struct result result;

    result.status = command_run(line, &result.out, &result.err);
    g_test_message("%s: %d\n%s%s", words, result.status, result.out, result.err);
    return result;
}

static void assert_says(const char *words, int status, const char *out, const char *err)
{
    struct result result = run(words);

    g_assert_cmpint(result.status, ==, status);
    if (out)
        g_assert_nonnull(strstr(result.out, out));
    if (err)
        g_assert_nonnull(strstr(result.err, err));
    g_free(result.out);
    g_free(result.err);
}

static guint occurrences(const char *text, const char *word)
{
    guint count = 0;

    for (const char *p = strstr(text, word); p; p = strstr(p + 1, word))
        count++;
    return count;
}

static void makes_one(void)
{
    assert_says("insert --name web --disk 10G --start", 0, "vm web: made on", NULL);
    assert_says("insert --name web --disk none --home pc03", 0, "vm web: made on pc03", NULL);
    assert_says("insert --name web --disk 10G --cdrom /srv/vms/pc01.qcow2 -n", 0,
                "device=\"cdrom\"", NULL);
}

static void checks_each_word(void)
{
    static const struct {
        const char *words;
        const char *why;
    } wrong[] = {
        {"insert --name pc01 --disk 1G", "in the cluster already"},
        {"insert --name a/b --disk 1G", "--name"},
        {"insert --name web --disk 10X", "no size"},
        {"insert --name web --disk rel/path", "no size"},
        {"insert --name web --disk /srv/../x:1G", "no path"},
        {"insert --name web --disk /srv/none.img", "no file /srv/none.img"},
        {"insert --name web --disk /srv/vms/pc01.qcow2", "vm pc01 uses"},
        {"insert --name web --disk 1G --memory 99999", "no host has more"},
        {"insert --name web --disk 1G --memory x", "whole number of MiB"},
        {"insert --name web --disk 1G --vcpus 0", "whole number"},
        {"insert --name web --disk 1G --vcpus 900", "at most 64 CPUs"},
        {"insert --name web --disk 1G --mac 01:00:00:00:00:01", "multicast"},
        {"insert --name web --disk 1G --network nowhere", "no active network nowhere"},
        {"insert --name web --disk 1G --home nowhere", "no such host"},
        {"insert --name web --disk 1G --boot usb", "hd, cdrom and network"},
        {"insert --name web --disk 1G --copies 3", "one %d"},
        {"insert --name web%d --disk 1G --copies 0", "from 1 to"},
        {"insert --name web%d --disk 1G --copies 3 --mac 52:54:00:00:00:01", "3 copies"},
        {"insert --name web --template pc01", "is no template"},
        {"insert --name web --template nobody", "no such VM"},
        {"insert --name web --template /nowhere.xml", "nowhere.xml"},
        {"delete pc01 --confirm pc01", "stop it first"},
        {"delete nobody --confirm nobody", "no such VM"},
        {"forget pc01 pc01", "stop it first"},
        {"forget pc01 pc02", "does not know"},
        {"define pc01 nowhere", "no such host"},
        {"resume pc01", "is not paused"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_says(wrong[i].words, 1, NULL, wrong[i].why);
    assert_says("autostart pc01 perhaps", 2, NULL, "on or off");
}

static void refuses_a_mac_in_use(void)
{
    struct result list = run("insert --name web --disk none -n");
    const char *mac = strstr(list.out, "52:54:00");
    g_autofree char *words = NULL;

    g_assert_nonnull(mac);
    words = g_strdup_printf("insert --name web --disk none --mac %.17s -n", mac);
    assert_says(words, 0, mac ? "<mac address=" : NULL, NULL);
    assert_says("insert --name web --disk none --mac 52:54:01:00:00:01", 1, NULL,
                "a VM of the cluster has it");
    g_free(list.out);
    g_free(list.err);
}

static void makes_many_with_room_for_each(void)
{
    struct result result = run("insert --name exam-%02d --disk 1G --copies 12 --home spread");

    g_assert_cmpint(result.status, ==, 0);
    g_assert_cmpuint(occurrences(result.out, ": made on pc0"), ==, 12);
    g_assert_nonnull(strstr(result.out, "vm exam-12: made on"));
    g_free(result.out);
    g_free(result.err);
    result = run("insert --name pc%02d --disk 1G --copies 7"); /* some are there */
    g_assert_cmpint(result.status, ==, 0);
    g_assert_nonnull(strstr(result.out, "vm pc01: is there already"));
    g_free(result.out);
    g_free(result.err);
}

static void tells_each_that_failed_and_makes_the_others(void)
{
    struct result result =
        run("insert --name x%d --copies 3 --disk /srv/vms/pc02.qcow2:1G --home spread");

    g_assert_cmpint(result.status, ==, 1);
    g_assert_cmpuint(occurrences(result.err, "is there already"), ==, 3);
    g_assert_nonnull(strstr(result.err, "3 of 3 VMs not made"));
    g_free(result.out);
    g_free(result.err);
}

static void knows_who_uses_a_disk(void)
{
    static const char one[] =
        "<domain><name>one</name><uuid>AAAAAAAA-0000-4000-8000-000000000001</uuid><devices>"
        "<disk device='disk'><source file='/srv/one.qcow2'/><backingStore>"
        "<source file='/srv/base.qcow2'/></backingStore></disk>"
        "<disk device='cdrom'><source file='/iso/a.iso'/></disk>"
        "<disk device='disk'><source file='/srv/ro.img'/><readonly/></disk>"
        "<interface type='bridge'><mac address='52:54:00:AA:BB:CC'/></interface>"
        "</devices></domain>";
    static const char two[] = "<domain><name>two</name><devices>"
                              "<disk device='disk'><source dev='/dev/vg/two'/></disk>"
                              "</devices></domain>";
    autoptr(disk_use) use = disk_use_new();

    disk_use_add(use, one, "two");
    disk_use_add(use, two, "two");
    disk_use_add(use, "<broken", "two");
    g_assert_cmpstr(disk_use_find(use, "/srv/one.qcow2"), ==, "one");
    g_assert_cmpstr(disk_use_find(use, "/srv/base.qcow2"), ==, "one");
    g_assert_cmpstr(disk_use_find(use, "/srv/ro.img"), ==, "one");
    g_assert_null(disk_use_find(use, "/dev/vg/two"));
    g_assert_true(g_hash_table_contains(use->writers, "/srv/one.qcow2"));
    g_assert_false(g_hash_table_contains(use->writers, "/srv/ro.img"));
    g_assert_true(g_hash_table_contains(use->macs, "52:54:00:aa:bb:cc"));
    g_assert_cmpstr(disk_use_dir(use), ==, "/srv");
    disk_use_add(use, two, NULL);
    g_assert_cmpstr(disk_use_find(use, "/dev/vg/two"), ==, "two");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/insert/makes_one", makes_one);
    g_test_add_func("/insert/checks_each_word", checks_each_word);
    g_test_add_func("/insert/refuses_a_mac_in_use", refuses_a_mac_in_use);
    g_test_add_func("/insert/makes_many_with_room_for_each", makes_many_with_room_for_each);
    g_test_add_func("/insert/tells_each_that_failed_and_makes_the_others",
                    tells_each_that_failed_and_makes_the_others);
    g_test_add_func("/disk_use/knows_who_uses_a_disk", knows_who_uses_a_disk);
    return g_test_run();
}
