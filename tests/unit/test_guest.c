/* What VMs are made of: words checked, XML built without pasting, copies that are themselves. */
#include <libxml/parser.h>
#include <string.h>

#include "core/base/error.h"
#include "core/model/guest_xml.h"

#define HOSTILE "x'\"<b>&amp;{name}\u00e9;$(id)"

static const char template[] =
    "<domain type='kvm' id='7'>\n"
    "<name>web</name><uuid>11111111-0000-4000-8000-000000000001</uuid>\n"
    "<description>seat {number:02} of {name}</description>\n"
    "<memory unit='MiB'>64</memory><currentMemory unit='MiB'>32</currentMemory>\n"
    "<vcpu current='1'>2</vcpu>\n"
    "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><nvram>/var/web.fd</nvram></os>\n"
    "<devices><emulator>/usr/bin/qemu</emulator>\n"
    "<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
    "<source file='/srv/web.img'/><backingStore type='file'><format type='raw'/>"
    "<source file='/srv/base.img'/></backingStore><target dev='vda' bus='virtio'/></disk>\n"
    "<disk type='file' device='cdrom'><source file='/srv/cd.iso'/><target dev='sda'/></disk>\n"
    "<interface type='network'><mac address='52:54:00:AA:00:01'/><source network='old'/>"
    "<target dev='vnet3'/></interface>\n"
    "<interface type='bridge'><source bridge='br0'/></interface></devices></domain>";

static void assert_input(GError *error, const char *text)
{
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, text));
    g_error_free(error);
}

/* --- Words --- */

static void names_are_names(void)
{
    const char *const right[] = {"web", "exam-01", "a b", HOSTILE, "\u00e9t\u00e9"};
    const char *const wrong[] = {"",    ".",    "..",   ".web", "-n",
                                 "a/b", " web", "web ", "a\nb", "\xff"};

    for (guint i = 0; i < G_N_ELEMENTS(right); i++)
        g_assert_true(guest_check_name(right[i], NULL));
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(guest_check_name(wrong[i], NULL));
}

static void paths_are_absolute_and_plain(void)
{
    const char *const right[] = {"/srv/web.img", "/srv/a b;$(id).qcow2"};
    const char *const wrong[] = {"",        "web.img",   "/",        "/srv/../etc/x", "/srv//x",
                                 "/srv/x/", "/srv/a\nb", "/srv/./x", "/srv/\xff"};

    for (guint i = 0; i < G_N_ELEMENTS(right); i++)
        g_assert_true(guest_check_path(right[i], NULL));
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(guest_check_path(wrong[i], NULL));
}

static void sizes_have_units_and_bounds(void)
{
    const char *const wrong[] = {"",    "G",         "-1G",  "10X",  "0",  "1e400G",
                                 "nan", "99999999T", "10 G", "0x10", "inf"};
    guint64 bytes;

    g_assert_true(guest_read_size("10G", &bytes, NULL));
    g_assert_cmpuint(bytes, ==, G_GUINT64_CONSTANT(10) << 30);
    g_assert_true(guest_read_size("512", &bytes, NULL));
    g_assert_cmpuint(bytes, ==, 512 << 20);
    g_assert_true(guest_read_size("1.5GiB", &bytes, NULL));
    g_assert_cmpuint(bytes, ==, G_GUINT64_CONSTANT(1536) << 20);
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(guest_read_size(wrong[i], &bytes, NULL));
}

static void macs_are_of_one_card(void)
{
    const char *const wrong[] = {"",
                                 "52:54:00:12:34",
                                 "52-54-00-12-34-56",
                                 "01:00:5e:00:00:01",
                                 "00:00:00:00:00:00",
                                 "52:54:00:12:34:5g",
                                 "52:54:00:12:34:56:78"};
    g_autofree char *mac = NULL;

    g_assert_true(guest_read_mac("52:54:00:AB:cd:EF", &mac, NULL));
    g_assert_cmpstr(mac, ==, "52:54:00:ab:cd:ef");
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        char *none = NULL;
        g_assert_false(guest_read_mac(wrong[i], &none, NULL));
        g_assert_null(none);
    }
}

static void boot_words_and_networks(void)
{
    struct guest_nic *nic = NULL;

    g_assert_true(guest_check_boot("cdrom,hd,network", NULL));
    g_assert_false(guest_check_boot("hd,hd", NULL));
    g_assert_false(guest_check_boot("floppy", NULL));
    g_assert_false(guest_check_boot("", NULL));
    g_assert_true(guest_read_nic("none", &nic, NULL));
    g_assert_null(nic);
    g_assert_true(guest_read_nic("bridge=br0", &nic, NULL));
    g_assert_cmpstr(nic->bridge, ==, "br0");
    guest_nic_free(nic);
    g_assert_false(guest_read_nic("bridge=", &nic, NULL));
    g_assert_false(guest_read_nic("a/b", &nic, NULL));
}

static void copies_are_numbered(void)
{
    const char *const wrong[] = {"exam", "exam-%s",      "%d-%d", "exam-%", "exam-%0",
                                 "%n",   "%9999999999d", "../%d", "%%d"};
    g_autofree char *padded = guest_copy_name("exam-%02d", 7, NULL);
    g_autofree char *plain = guest_copy_name("pc%dx", 12, NULL);

    g_assert_cmpstr(padded, ==, "exam-07");
    g_assert_cmpstr(plain, ==, "pc12x");
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_null(guest_copy_name(wrong[i], 1, NULL));
}

static void made_macs_are_unique(void)
{
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GRand *chance = g_rand_new_with_seed(1);
    GRand *same = g_rand_new_with_seed(1);
    g_autofree char *first = guest_make_mac(taken, chance);
    g_autofree char *other = guest_make_mac(taken, same); /* the same dice, another address */

    g_assert_true(g_str_has_prefix(first, "52:54:00:"));
    g_assert_cmpstr(first, !=, other);
    for (guint i = 0; i < 5000; i++)
        g_free(guest_make_mac(taken, chance));
    g_assert_cmpuint(g_hash_table_size(taken), ==, 5002);
    g_rand_free(chance);
    g_rand_free(same);
}

/* --- Building --- */

static struct guest *some_guest(const char *name)
{
    struct guest *guest = guest_new();

    guest->name = g_strdup(name);
    guest->mem_kib = 65536;
    guest->vcpus = 2;
    guest->type = g_strdup("kvm");
    guest->os = g_strdup("hvm");
    guest->arch = g_strdup("x86_64");
    guest->machine = g_strdup("q35");
    guest->boot = g_strdup("cdrom,hd");
    guest_add_disk(guest)->path = g_strdup("/srv/a'b\"<&>.img");
    guest_add_disk(guest)->path = g_strdup("/srv/second.qcow2");
    guest_add_disk(guest)->cdrom = TRUE;
    guest_add_nic(guest)->bridge = g_strdup("br<0>");
    return guest;
}

static void what_is_built_reads_back(void)
{
    autoptr(guest) guest = some_guest(HOSTILE);
    g_autofree char *xml = guest_xml_build(guest, NULL);
    autoptr(guest) back = guest_xml_read(xml, NULL);
    const struct guest_disk *disk;

    g_assert_nonnull(back);
    g_assert_cmpstr(back->name, ==, HOSTILE);
    g_assert_cmpuint(back->mem_kib, ==, 65536);
    g_assert_cmpuint(back->vcpus, ==, 2);
    g_assert_cmpuint(back->disks->len, ==, 3);
    disk = g_ptr_array_index(back->disks, 0);
    g_assert_cmpstr(disk->path, ==, "/srv/a'b\"<&>.img");
    g_assert_cmpstr(disk->target, ==, "vda");
    disk = g_ptr_array_index(back->disks, 1);
    g_assert_cmpstr(disk->target, ==, "vdb");
    disk = g_ptr_array_index(back->disks, 2);
    g_assert_true(disk->cdrom);
    g_assert_cmpstr(disk->bus, ==, "sata");
    g_assert_cmpstr(((struct guest_nic *)g_ptr_array_index(back->nics, 0))->bridge, ==, "br<0>");
    g_assert_null(strstr(xml, "<b>"));
}

static void what_cannot_be_is_not_built(void)
{
    autoptr(guest) nameless = some_guest("");
    autoptr(guest) twice = some_guest("web");
    GError *error = NULL;

    g_assert_null(guest_xml_build(nameless, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    g_clear_error(&error);
    guest_add_disk(twice)->path = g_strdup("/srv/second.qcow2");
    g_assert_null(guest_xml_build(twice, &error));
    assert_input(error, "is there twice");
}

static void what_is_no_domain_is_not_read(void)
{
    const char *const wrong[] = {
        "", "<network/>", "<domain", "text",
        "<!DOCTYPE domain [<!ENTITY e 'x'>]><domain><name>&e;</name></domain>"};

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(guest_xml_read(wrong[i], &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    }
}

/* --- Copying --- */

struct copying {
    GHashTable *taken;
    GHashTable *disks;
    struct guest_disk own;
    struct guest_copy copy;
};

static void copying_init(struct copying *copying, const char *name)
{
    *copying = (struct copying){
        .taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .disks = g_hash_table_new(g_str_hash, g_str_equal),
        .own = {.path = (char *)"/srv/copy.qcow2", .format = (char *)"qcow2"},
        .copy = {.name = name, .number = 3, .uuid = "22222222-0000-4000-8000-000000000002"},
    };
    g_hash_table_insert(copying->disks, (char *)"/srv/web.img", &copying->own);
    copying->copy.taken = copying->taken;
    copying->copy.disks = copying->disks;
    copying->copy.chance = g_rand_new_with_seed(5);
}

static void copying_clear(struct copying *copying)
{
    g_hash_table_unref(copying->taken);
    g_hash_table_unref(copying->disks);
    g_rand_free(copying->copy.chance);
}

static void a_copy_is_itself(void)
{
    struct copying copying;
    g_autofree char *xml = NULL;
    autoptr(guest) back = NULL;
    const struct guest_disk *disk;
    const struct guest_nic *nic;

    copying_init(&copying, HOSTILE);
    xml = guest_xml_copy(template, &copying.copy, NULL);
    back = guest_xml_read(xml, NULL);
    g_assert_nonnull(back);
    g_assert_cmpstr(back->name, ==, HOSTILE);
    g_assert_cmpstr(back->uuid, ==, "22222222-0000-4000-8000-000000000002");
    g_assert_cmpuint(back->mem_kib, ==, 65536);
    disk = g_ptr_array_index(back->disks, 0);
    g_assert_cmpstr(disk->path, ==, "/srv/copy.qcow2");
    g_assert_cmpstr(disk->format, ==, "qcow2");
    g_assert_null(disk->backing);
    disk = g_ptr_array_index(back->disks, 1);
    g_assert_cmpstr(disk->path, ==, "/srv/cd.iso");
    for (guint i = 0; i < back->nics->len; i++) {
        nic = g_ptr_array_index(back->nics, i);
        g_assert_true(g_str_has_prefix(nic->mac, "52:54:00:"));
        g_assert_cmpstr(nic->mac, !=, "52:54:00:aa:00:01");
    }
    g_assert_cmpuint(g_hash_table_size(copying.taken), ==, 2);
    g_assert_nonnull(strstr(xml, "seat 03 of "));
    g_assert_null(strstr(xml, "web.fd"));
    g_assert_null(strstr(xml, "id=\"7\""));
    g_assert_null(strstr(xml, "vnet3"));
    copying_clear(&copying);
}

static void a_copy_can_be_larger_and_elsewhere(void)
{
    const struct guest_nic nic = {.bridge = (char *)"br9"};
    struct copying copying;
    g_autofree char *xml = NULL;
    autoptr(guest) back = NULL;

    copying_init(&copying, "big");
    copying.copy.mem_kib = 131072;
    copying.copy.vcpus = 4;
    copying.copy.nic = &nic;
    xml = guest_xml_copy(template, &copying.copy, NULL);
    back = guest_xml_read(xml, NULL);
    g_assert_cmpuint(back->mem_kib, ==, 131072);
    g_assert_cmpuint(back->vcpus, ==, 4);
    g_assert_null(strstr(xml, "currentMemory"));
    for (guint i = 0; i < back->nics->len; i++)
        g_assert_cmpstr(((struct guest_nic *)g_ptr_array_index(back->nics, i))->bridge, ==, "br9");
    copying_clear(&copying);
}

static void words_in_braces_are_filled_in(void)
{
    g_autofree char *filled = guest_fill("{name}-{number}-{number:03} {A} { } {", "x{y}", 7, NULL);
    g_autofree char *alone = guest_fill("a{number}b", "x", 0, NULL);
    GError *error = NULL;

    g_assert_cmpstr(filled, ==, "x{y}-7-007 {A} { } {");
    g_assert_cmpstr(alone, ==, "ab");
    g_assert_null(guest_fill("{nmae}", "x", 1, &error));
    assert_input(error, "{nmae}");
}

static void a_wrong_word_is_named_with_its_line(void)
{
    struct copying copying;
    GError *error = NULL;

    copying_init(&copying, "x");
    g_assert_null(
        guest_xml_copy("<domain>\n<name>\n{nobody}</name></domain>", &copying.copy, &error));
    assert_input(error, "{nobody} stands for nothing");
    error = NULL;
    g_assert_null(guest_xml_copy("<domain>\n<name></domain>", &copying.copy, &error));
    assert_input(error, "line 2");
    copying_clear(&copying);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guest/names_are_names", names_are_names);
    g_test_add_func("/guest/paths_are_absolute_and_plain", paths_are_absolute_and_plain);
    g_test_add_func("/guest/sizes_have_units_and_bounds", sizes_have_units_and_bounds);
    g_test_add_func("/guest/macs_are_of_one_card", macs_are_of_one_card);
    g_test_add_func("/guest/boot_words_and_networks", boot_words_and_networks);
    g_test_add_func("/guest/copies_are_numbered", copies_are_numbered);
    g_test_add_func("/guest/made_macs_are_unique", made_macs_are_unique);
    g_test_add_func("/guest/xml/what_is_built_reads_back", what_is_built_reads_back);
    g_test_add_func("/guest/xml/what_cannot_be_is_not_built", what_cannot_be_is_not_built);
    g_test_add_func("/guest/xml/what_is_no_domain_is_not_read", what_is_no_domain_is_not_read);
    g_test_add_func("/guest/copy/is_itself", a_copy_is_itself);
    g_test_add_func("/guest/copy/can_be_larger_and_elsewhere", a_copy_can_be_larger_and_elsewhere);
    g_test_add_func("/guest/copy/words_in_braces_are_filled_in", words_in_braces_are_filled_in);
    g_test_add_func("/guest/copy/a_wrong_word_is_named_with_its_line",
                    a_wrong_word_is_named_with_its_line);
    return g_test_run();
}
