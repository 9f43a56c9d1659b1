/* What a VM is made of: read from XML that anybody may have written, asked of hosts, and said. */
#include <libvirt/libvirt.h>
#include <string.h>

#include <glib/gstdio.h>

#include "core/driver/libvirt/parts.h"
#include "core/driver/libvirt/parts_xml.h"
#include "core/driver/libvirt/virt_error.h"
#include "core/driver/manage.h"
#include "tests/support/sim_rig.h"

#define DOMAIN(devices) "<domain type='kvm'><name>web</name><devices>" devices "</devices></domain>"

static struct vm_parts *read_parts(const char *xml)
{
    struct vm_parts *parts = parts_xml_read(xml);

    g_assert_nonnull(parts);
    return parts;
}

static struct vm_disk *disk_at(const struct vm_parts *parts, guint i)
{
    g_assert_cmpuint(i, <, parts->disks->len);
    return g_ptr_array_index(parts->disks, i);
}

static const struct vm_nic *nic_at(const struct vm_parts *parts, guint i)
{
    g_assert_cmpuint(i, <, parts->nics->len);
    return g_ptr_array_index(parts->nics, i);
}

static void disk_says(const struct vm_parts *parts, guint i, const char *expected)
{
    g_autofree char *text = vm_disk_say(disk_at(parts, i));

    g_assert_cmpstr(text, ==, expected);
}

static void tell_storage(struct vm_parts *parts, const char *output)
{
    g_autofree char *whole = g_strdup_printf("roost-begin\n%sroost-end\n", output);

    g_assert_true(parts_read_storage(parts, whole, strlen(whole)));
}

/* --- Reading --- */

static void test_usual(void)
{
    autoptr(vm_parts) parts =
        read_parts(DOMAIN("<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
                          "<source file='/srv/vms/web.qcow2' index='1'/><backingStore/>"
                          "<target dev='vda' bus='virtio'/></disk>"
                          "<interface type='network'><mac address='52:54:00:00:00:01'/>"
                          "<source network='default' bridge='virbr0'/><target dev='vnet3'/>"
                          "<model type='virtio'/></interface>"
                          "<graphics type='vnc' port='5901' autoport='yes' listen='127.0.0.1'>"
                          "<listen type='address' address='127.0.0.1'/></graphics>"));
    g_autofree char *nic = vm_nic_say(nic_at(parts, 0));
    g_autofree char *screen = vm_screen_say(g_ptr_array_index(parts->screens, 0));
    g_autofree char *sum = NULL;

    disk_says(parts, 0, "qcow2, size not known, not known whether shared: /srv/vms/web.qcow2");
    tell_storage(parts, "fs 0 nfs4\n");
    disk_at(parts, 0)->size_bytes = G_GINT64_CONSTANT(4) << 30;
    disk_at(parts, 0)->used_bytes = 1288490189;
    disk_says(parts, 0, "qcow2, 4.0 GiB, 1.2 GiB on disk, shared (nfs4): /srv/vms/web.qcow2");
    sum = vm_parts_sum(parts);
    g_assert_cmpstr(sum, ==, "1 disk, 4.0 GiB, 1.2 GiB on disk");
    g_assert_cmpstr(nic, ==, "52:54:00:00:00:01, network default, virtio, vnet3 on its host");
    g_assert_cmpstr(screen, ==, "127.0.0.1, port 5901");
    g_assert_null(vm_parts_obstacle(parts, NULL));
    g_assert_false(parts->cut);
}

/* The nearest first; what lies on the host alone shows, wherever in the chain it is. */
static void test_backing_chain(void)
{
    autoptr(vm_parts) parts = read_parts(
        DOMAIN("<disk type='file'><source file='/srv/top.qcow2'/><target dev='vda'/>"
               "<backingStore type='file'><format type='qcow2'/><source file='/srv/mid.qcow2'/>"
               "<backingStore type='file'><format type='raw'/><source file='/var/base.img'/>"
               "<backingStore/></backingStore></backingStore></disk>"));
    const struct vm_disk *disk = disk_at(parts, 0);
    g_autofree char *script = parts_storage_script(parts);
    g_autofree char *why = NULL;
    gboolean never = TRUE;

    g_assert_cmpuint(disk->below->len, ==, 2);
    g_assert_cmpstr(g_ptr_array_index(disk->below, 0), ==, "/srv/mid.qcow2");
    g_assert_nonnull(strstr(script, "at 0 '/srv/top.qcow2'\n"));
    g_assert_nonnull(strstr(script, "at 0 '/var/base.img'\n"));
    tell_storage(parts, "fs 0 nfs4\nfs 0 ext4\nfs 0 nfs4\n");
    disk_says(parts, 0,
              "size not known, local (ext4): /srv/top.qcow2, which builds upon /srv/mid.qcow2 "
              "and 1 more");
    why = vm_parts_obstacle(parts, &never);
    g_assert_nonnull(strstr(why, "its disk vda is on a file system of its host (ext4)"));
    g_assert_false(never);
}

/* A chain without an end, and more of everything than anybody reads. */
static void test_too_many(void)
{
    GString *xml = g_string_new("<domain><devices><disk type='file'><source file='/a'/>");
    autoptr(vm_parts) parts = NULL;

    for (guint i = 0; i < 200; i++)
        g_string_append(xml, "<backingStore type='file'><source file='/b'/>");
    for (guint i = 0; i < 200; i++)
        g_string_append(xml, "</backingStore>");
    g_string_append(xml, "</disk>");
    for (guint i = 0; i < 300; i++)
        g_string_append(xml, "<disk type='file'><source file='/c'/><target dev='vdz'/></disk>"
                             "<interface type='user'/><graphics type='vnc'/>"
                             "<hostdev type='pci'/>");
    g_string_append(xml, "</devices></domain>");
    parts = read_parts(xml->str);
    g_assert_true(parts->cut);
    g_assert_cmpuint(parts->disks->len, ==, VM_PARTS_MOST);
    g_assert_cmpuint(parts->nics->len, ==, VM_PARTS_MOST);
    g_assert_cmpuint(parts->screens->len, ==, VM_PARTS_MOST);
    g_assert_cmpuint(parts->immovable->len, ==, VM_PARTS_MOST);
    g_assert_cmpuint(disk_at(parts, 0)->below->len, ==, VM_PARTS_MOST);
    g_string_free(xml, TRUE);
}

static void test_drives(void)
{
    autoptr(vm_parts) parts = read_parts(
        DOMAIN("<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>"
               "<target dev='sda' bus='sata'/><readonly/></disk>"
               "<disk type='file' device='cdrom'><source file='/iso/a.iso'/><target dev='sdb'/>"
               "<readonly/></disk>"
               "<disk type='file' device='floppy'><source/><target dev='fda'/></disk>"));
    g_autofree char *sum = vm_parts_sum(parts);

    disk_says(parts, 0, "cdrom, empty");
    disk_says(parts, 1, "cdrom, size not known, not known whether shared: /iso/a.iso");
    disk_says(parts, 2, "floppy, empty");
    g_assert_cmpstr(sum, ==, "1 disk");
}

static void test_not_files(void)
{
    autoptr(vm_parts) parts = read_parts(DOMAIN(
        "<disk type='network'><driver type='raw'/><source protocol='rbd' name='pool/image'>"
        "<host name='10.0.0.9' port='6789'/></source><target dev='vda'/></disk>"
        "<disk type='block'><source dev='/dev/vg/web'/><target dev='vdb'/></disk>"
        "<disk type='volume'><source pool='fast' volume='web.img'/><target dev='vdc'/></disk>"
        "<disk type='nvme'><source type='pci'/><target dev='vdd'/></disk>"
        "<disk type='dir'><source dir='/srv/floppy'/><target dev='vde'/></disk>"));
    gboolean never = FALSE;
    g_autofree char *why = vm_parts_obstacle(parts, &never);
    g_autofree char *script = parts_storage_script(parts);

    disk_says(parts, 0, "raw, size not known, shared (rbd): rbd pool/image at 10.0.0.9:6789");
    disk_says(parts, 1, "size not known, not known whether shared (block device): /dev/vg/web");
    disk_says(parts, 2, "size not known, not known whether shared: pool fast, volume web.img");
    g_assert_cmpstr(disk_at(parts, 2)->pool, ==, "fast");
    g_assert_cmpstr(disk_at(parts, 2)->volume, ==, "web.img");
    disk_says(parts, 3,
              "size not known, not known whether shared (nvme): a device of its host (nvme)");
    g_assert_nonnull(strstr(script, "at 4 '/srv/floppy'\n"));
    g_assert_null(strstr(script, "/dev/vg"));
    g_assert_nonnull(strstr(why, "cannot leave its host"));
    g_assert_true(never);
}

static void test_immovable(void)
{
    autoptr(vm_parts) parts =
        read_parts(DOMAIN("<hostdev mode='subsystem' type='pci'/><filesystem><target dir='share'/>"
                          "</filesystem>"));
    gboolean never = FALSE;
    g_autofree char *why = vm_parts_obstacle(parts, &never);

    g_assert_cmpstr(why, ==,
                    "it cannot leave its host: it has a device of its host (hostdev, pci), a "
                    "directory of its host (filesystem share)");
    g_assert_true(never);
}

static void test_missing(void)
{
    autoptr(vm_parts) bare = read_parts("<domain/>");
    autoptr(vm_parts) odd = read_parts(
        DOMAIN("<disk/><disk type='network'><source/></disk><disk type='volume'><source pool='x'/>"
               "</disk><interface/><graphics/><graphics type='spice' port='-1' tlsPort='99999999'/>"
               "<graphics type='vnc'><listen type='socket' socket='/run/vnc.sock'/></graphics>"));
    g_autofree char *nic = vm_nic_say(nic_at(odd, 0));
    g_autofree char *spice = vm_screen_say(g_ptr_array_index(odd->screens, 1));
    g_autofree char *vnc = vm_screen_say(g_ptr_array_index(odd->screens, 2));
    g_autofree char *sum = vm_parts_sum(bare);

    g_assert_cmpuint(bare->disks->len, ==, 0);
    g_assert_cmpstr(sum, ==, "no disk");
    g_assert_null(parts_storage_script(bare));
    g_assert_null(parts_storage_script(odd));
    g_assert_null(vm_parts_obstacle(bare, NULL));
    disk_says(odd, 0, "empty");
    disk_says(odd, 1, "size not known, not known whether shared (network): network");
    disk_says(odd, 2, "empty");
    g_assert_cmpstr(disk_at(odd, 0)->target, ==, "?");
    g_assert_cmpstr(nic, ==, "no MAC address yet, ?");
    g_assert_cmpstr(spice, ==, "no port now");
    g_assert_cmpstr(vnc, ==, "/run/vnc.sock");
}

static void test_no_domain(void)
{
    g_autofree char *large = g_strnfill((gsize)5 * 1024 * 1024, ' ');
    g_autofree char *padded = g_strconcat("<domain>", large, "</domain>", NULL);

    g_assert_null(parts_xml_read(NULL));
    g_assert_null(parts_xml_read(""));
    g_assert_null(parts_xml_read("<domain><devices>"));
    g_assert_null(parts_xml_read("<network/>"));
    g_assert_null(parts_xml_read(padded));
    g_assert_null(parts_xml_pool_type("<domain/>"));
    g_assert_null(parts_xml_pool_type("<pool/>"));
}

/* Shown as they are, they would write elsewhere on the screen; run as they are, they would run. */
static void test_hostile_names(void)
{
    g_autofree char *longest = g_strnfill(10000, 'x');
    g_autofree char *xml = g_strdup_printf(
        DOMAIN("<disk type='file'><source file='/srv/$(touch x)&apos;; rm -rf /;.img'/>"
               "<target dev='vd&#x202e;a'/></disk>"
               "<disk type='file'><source file='/a&#10;at 7 /etc/shadow'/></disk>"
               "<disk type='file'><source file='relative'/></disk>"
               "<disk type='file'><source file='/%s'/></disk>"
               "<interface type='bridge'><mac address='&#x9b;31m'/><source bridge='br0&#9;'/>"
               "</interface>"),
        longest);
    autoptr(vm_parts) parts = read_parts(xml);
    g_autofree char *script = parts_storage_script(parts);
    g_autofree char *nic = vm_nic_say(nic_at(parts, 0));
    g_autofree char *why = NULL;

    g_assert_nonnull(strstr(script, "at 0 '/srv/$(touch x)'\\''; rm -rf /;.img'\n"));
    g_assert_null(strstr(script, "shadow"));
    g_assert_null(strstr(script, "relative"));
    g_assert_null(strstr(nic, "\x9b"));
    g_assert_null(strstr(nic, "\t"));
    g_assert_cmpuint(strlen(disk_at(parts, 3)->path), ==, VM_PARTS_TEXT_MOST);
    tell_storage(parts, "fs 0 ext4\n");
    why = vm_parts_obstacle(parts, NULL);
    g_assert_nonnull(strstr(why, "vd\\u{202e}a"));
}

static void test_text_is_cut_between_characters(void)
{
    g_autofree char *before = g_strnfill(VM_PARTS_TEXT_MOST - 1, 'x');
    g_autofree char *text = vm_parts_take_text(g_strconcat(before, "\u00e9\u00e9", NULL));

    g_assert_cmpuint(strlen(text), ==, VM_PARTS_TEXT_MOST - 1);
    g_assert_null(vm_parts_take_text(g_strdup("")));
    g_assert_null(vm_parts_take_text(NULL));
}

/* --- Where it lies --- */

static void test_storage_answers(void)
{
    autoptr(vm_parts) parts = read_parts(DOMAIN("<disk type='file'><source file='/a'/></disk>"
                                                "<disk type='file'><source file='/b'/></disk>"
                                                "<disk type='file'><source file='/c'/></disk>"));
    static const char odd[] = "fs\nfs 0\nfs 0 \nfs 9 ext4\nfs -1 ext4\nfs x ext4\nfs 1 xfs\n"
                              "gs 0 ext4\nfs 2 fuse.sshfs\n";

    g_assert_false(parts_read_storage(parts, odd, strlen(odd)));
    g_assert_cmpint(disk_at(parts, 0)->place, ==, VM_DISK_UNKNOWN);
    g_assert_null(disk_at(parts, 0)->storage);
    g_assert_cmpint(disk_at(parts, 1)->place, ==, VM_DISK_LOCAL);
    g_assert_cmpint(disk_at(parts, 2)->place, ==, VM_DISK_UNKNOWN);
    g_assert_cmpstr(disk_at(parts, 2)->storage, ==, "fuse.sshfs");
    g_assert_false(parts_read_storage(parts, "", 0));
}

static void test_script_runs(void)
{
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "it's \"$HOME\" here", NULL);
    autoptr(vm_parts) parts = vm_parts_new();
    struct vm_disk *disk = vm_parts_add_disk(parts);
    g_autofree char *script = NULL;
    g_autofree char *output = NULL;
    const char *argv[] = {"sh", "-c", NULL, NULL};
    g_autoptr(GError) error = NULL;

    disk->target = g_strdup("vda");
    disk->device = g_strdup("disk");
    disk->path = g_strdup(path);
    disk->source = g_strdup(path);
    g_assert_true(g_file_set_contents(path, "x", 1, NULL));
    script = parts_storage_script(parts);
    argv[2] = script;
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, NULL,
                 &error);
    g_assert_no_error(error);
    g_assert_true(parts_read_storage(parts, output, strlen(output)));
    g_test_message("%s", disk->storage ? disk->storage : "nothing");
    g_assert_nonnull(disk->storage);
    g_assert_cmpint(g_remove(path), ==, 0);
}

/* --- Asking --- */

static void test_libvirt(void)
{
    virConnectPtr connection = virConnectOpen("test:///default");
    struct manage_request request = {.kind = MANAGE_PARTS, .address = "10.0.0.1", .vm = "test"};
    g_autoptr(GError) error = NULL;
    autoptr(manage_answer) answer = NULL;

    g_assert_nonnull(connection);
    answer = parts_look(connection, &request, &error);
    g_assert_no_error(error);
    g_assert_nonnull(answer->parts);
    request.vm = "no\x1bne";
    g_assert_null(parts_look(connection, &request, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, "10.0.0.1"));
    g_assert_null(strchr(error->message, '\x1b'));
    virConnectClose(connection);
}

static void test_simulated(void)
{
    struct sim_rig *rig = sim_rig_new(sim_lab_make(2, 1), TRUE, 7, NULL, SIM_RIG_CLOSING_US);
    g_autoptr(GError) error = NULL;
    autoptr(manage_answer) first = sim_rig_parts(rig, "10.0.0.1", "pc01", NULL);
    autoptr(manage_answer) again = sim_rig_parts(rig, "10.0.0.1", "pc01", NULL);
    autoptr(manage_answer) other = sim_rig_parts(rig, "10.0.0.2", "pc01", &error);
    const struct vm_parts *parts = first->parts;
    g_autofree char *said = vm_disk_say(disk_at(parts, 0));
    g_autofree char *said_again = vm_disk_say(disk_at(again->parts, 0));

    g_test_message("%s", said);
    g_assert_cmpstr(said, ==, said_again);
    g_assert_nonnull(strstr(said, "qcow2, 4.0 GiB, "));
    g_assert_nonnull(strstr(said, "shared (nfs4): /srv/vms/pc01.qcow2"));
    g_assert_cmpint(disk_at(parts, 0)->used_bytes, <, disk_at(parts, 0)->size_bytes);
    g_assert_cmpuint(parts->nics->len, ==, 1);
    g_assert_cmpuint(parts->screens->len, ==, 1);
    g_assert_null(other);
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, "pc02 does not know it"));
    sim_rig_free(rig);
}

/* What only looks is answered by a driver that may not act. */
static void test_readonly(void)
{
    struct sim_rig *rig = sim_rig_new(sim_lab_make(1, 1), TRUE, 7, NULL, SIM_RIG_CLOSING_US);
    autoptr(manage_answer) answer = NULL;

    driver_set_readonly(rig->driver);
    answer = sim_rig_parts(rig, "10.0.0.1", "pc01", NULL);
    g_assert_nonnull(answer);
    sim_rig_free(rig);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    virt_error_silence();
    g_test_add_func("/parts/read/usual", test_usual);
    g_test_add_func("/parts/read/backing_chain", test_backing_chain);
    g_test_add_func("/parts/read/too_many", test_too_many);
    g_test_add_func("/parts/read/drives", test_drives);
    g_test_add_func("/parts/read/not_files", test_not_files);
    g_test_add_func("/parts/read/immovable", test_immovable);
    g_test_add_func("/parts/read/missing", test_missing);
    g_test_add_func("/parts/read/no_domain", test_no_domain);
    g_test_add_func("/parts/read/hostile_names", test_hostile_names);
    g_test_add_func("/parts/read/text_is_cut_between_characters",
                    test_text_is_cut_between_characters);
    g_test_add_func("/parts/storage/answers", test_storage_answers);
    g_test_add_func("/parts/storage/script_runs", test_script_runs);
    g_test_add_func("/parts/ask/libvirt", test_libvirt);
    g_test_add_func("/parts/ask/simulated", test_simulated);
    g_test_add_func("/parts/ask/readonly", test_readonly);
    return g_test_run();
}
