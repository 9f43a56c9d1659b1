/* guest_xml.c - a domain's XML is read, and built. */
#include "core/model/guest_xml.h"

#include "core/model/domain_tree.h"

/* --- Reading --- */

static guint64 memory_of(const xmlNode *node)
{
    static const struct {
        const char *unit;
        guint64 kib;
    } units[] = {{"KiB", 1},           {"k", 1},          {"MiB", 1024}, {"M", 1024},
                 {"GiB", 1024 * 1024}, {"G", 1024 * 1024}};
    g_autofree char *unit = xml_tree_attribute(node, "unit");
    g_autofree char *text = xml_tree_content(node);
    guint64 number = 0;

    if (!text || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &number, NULL))
        return 0;
    for (guint i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_strcmp0(unit ? unit : "KiB", units[i].unit) == 0)
            return number * units[i].kib;
    return 0;
}

static void read_disk(struct guest *guest, const xmlNode *node)
{
    struct guest_disk *disk = guest_add_disk(guest);
    const xmlNode *target = xml_tree_child(node, "target");
    const xmlNode *below = xml_tree_child(node, "backingStore");
    g_autofree char *device = xml_tree_attribute(node, "device");

    disk->path = domain_tree_path(xml_tree_child(node, "source"));
    disk->format = xml_tree_attribute(xml_tree_child(node, "driver"), "type");
    disk->target = xml_tree_attribute(target, "dev");
    disk->bus = xml_tree_attribute(target, "bus");
    disk->backing = domain_tree_path(xml_tree_child(below, "source"));
    disk->cdrom = g_strcmp0(device, "cdrom") == 0 || g_strcmp0(device, "floppy") == 0;
    disk->readonly = disk->cdrom || xml_tree_child(node, "readonly") != NULL;
    disk->shareable = xml_tree_child(node, "shareable") != NULL;
}

static void read_nic(struct guest *guest, const xmlNode *node)
{
    struct guest_nic *nic = guest_add_nic(guest);
    const xmlNode *source = xml_tree_child(node, "source");
    g_autofree char *mac = xml_tree_attribute(xml_tree_child(node, "mac"), "address");

    nic->mac = mac ? g_ascii_strdown(mac, -1) : NULL;
    nic->network = xml_tree_attribute(source, "network");
    nic->bridge = xml_tree_attribute(source, "bridge");
}

static void read_devices(struct guest *guest, const xmlNode *devices)
{
    guest->emulator = xml_tree_content(xml_tree_child(devices, "emulator"));
    for (xmlNode *node = xml_tree_child(devices, "disk"); node;
         node = xml_tree_next(node->next, "disk"))
        read_disk(guest, node);
    for (xmlNode *node = xml_tree_child(devices, "interface"); node;
         node = xml_tree_next(node->next, "interface"))
        read_nic(guest, node);
}

struct guest *guest_xml_read(const char *text, GError **error)
{
    g_autoptr(xmlDoc) document = domain_tree_read(text, error);
    const xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    const xmlNode *os_type = xml_tree_child(xml_tree_child(root, "os"), "type");
    g_autofree char *vcpus = xml_tree_content(xml_tree_child(root, "vcpu"));
    struct guest *guest;
    guint64 number = 1;

    if (!root)
        return NULL;
    guest = guest_new();
    guest->name = xml_tree_content(xml_tree_child(root, "name"));
    guest->uuid = xml_tree_content(xml_tree_child(root, "uuid"));
    guest->mem_kib = memory_of(xml_tree_child(root, "memory"));
    if (vcpus)
        g_ascii_string_to_unsigned(vcpus, 10, 1, GUEST_VCPUS_MOST, &number, NULL);
    guest->vcpus = (guint)number;
    guest->type = xml_tree_attribute(root, "type");
    guest->os = xml_tree_content(os_type);
    guest->arch = xml_tree_attribute(os_type, "arch");
    guest->machine = xml_tree_attribute(os_type, "machine");
    read_devices(guest, xml_tree_child(root, "devices"));
    return guest;
}

/* --- Building --- */

/* libxml2 escapes text nodes made so; xmlNewChild would take entities in it for what they say. */
static xmlNode *add(xmlNode *parent, const char *name, const char *text)
{
    xmlNode *node = xmlNewChild(parent, NULL, BAD_CAST name, NULL);

    if (text)
        xmlAddChild(node, xmlNewText(BAD_CAST text));
    return node;
}

static void set_number(xmlNode *node, guint64 number)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, number);

    xmlNodeSetContent(node, BAD_CAST text);
}

static void build_boot(xmlNode *os, const struct guest *guest)
{
    g_auto(GStrv) words = g_strsplit(guest->boot ? guest->boot : "hd", ",", -1);

    if (strcmp(guest->os, "hvm") != 0)
        return; /* a container, or a kernel of the host's: nothing to choose */
    for (char **word = words; *word; word++)
        domain_tree_set(add(os, "boot", NULL), "dev", *word);
}

/* "vda", "sdb": of its bus, the next letter. */
static char *target_of(const struct guest_disk *disk, const char *bus, guint *used)
{
    const char *prefix = strcmp(bus, "virtio") == 0 ? "vd" : strcmp(bus, "xen") == 0 ? "xvd" : "sd";

    if (disk->target)
        return g_strdup(disk->target);
    if (strcmp(bus, "ide") == 0)
        prefix = "hd";
    return g_strdup_printf("%s%c", prefix, (char)('a' + (*used)++));
}

static void build_disk(xmlNode *devices, const struct guest *guest, const struct guest_disk *disk,
                       guint *used, guint *used_cdrom)
{
    const char *machine = guest->machine ? guest->machine : "";
    const char *cdrom_bus = strstr(machine, "q35") ? "sata" : "ide";
    const char *bus = disk->bus ? disk->bus : disk->cdrom ? cdrom_bus : "virtio";
    g_autofree char *target = target_of(disk, bus, disk->cdrom ? used_cdrom : used);
    xmlNode *node = add(devices, "disk", NULL);
    xmlNode *driver;
    xmlNode *place;

    domain_tree_set(node, "type", "file");
    domain_tree_set(node, "device", disk->cdrom ? "cdrom" : "disk");
    if (g_strcmp0(guest->type, "kvm") == 0 || g_strcmp0(guest->type, "qemu") == 0) {
        driver = add(node, "driver", NULL);
        domain_tree_set(driver, "name", "qemu");
        domain_tree_set(driver, "type", disk->format ? disk->format : "raw");
    }
    if (disk->path)
        domain_tree_set(add(node, "source", NULL), "file", disk->path);
    place = add(node, "target", NULL);
    domain_tree_set(place, "dev", target);
    domain_tree_set(place, "bus", bus);
    if (disk->readonly || disk->cdrom)
        add(node, "readonly", NULL);
    if (disk->shareable)
        add(node, "shareable", NULL);
}

static void build_nic(xmlNode *devices, const struct guest *guest, const struct guest_nic *nic)
{
    xmlNode *node = add(devices, "interface", NULL);

    domain_tree_set(node, "type", nic->bridge ? "bridge" : "network");
    if (nic->mac)
        domain_tree_set(add(node, "mac", NULL), "address", nic->mac);
    domain_tree_set(add(node, "source", NULL), nic->bridge ? "bridge" : "network",
                    nic->bridge ? nic->bridge : nic->network);
    if (g_strcmp0(guest->type, "kvm") == 0 || g_strcmp0(guest->type, "qemu") == 0)
        domain_tree_set(add(node, "model", NULL), "type", "virtio");
}

static void build_devices(xmlNode *root, const struct guest *guest)
{
    xmlNode *devices = add(root, "devices", NULL);
    guint used = 0;
    guint used_cdrom = 0;
    xmlNode *console;

    if (guest->emulator)
        add(devices, "emulator", guest->emulator);
    for (guint i = 0; i < guest->disks->len; i++)
        build_disk(devices, guest, g_ptr_array_index(guest->disks, i), &used, &used_cdrom);
    for (guint i = 0; i < guest->nics->len; i++)
        build_nic(devices, guest, g_ptr_array_index(guest->nics, i));
    console = add(devices, "console", NULL);
    domain_tree_set(console, "type", "pty");
}

static void build_features(xmlNode *root, const struct guest *guest)
{
    gboolean x86 = g_strcmp0(guest->arch, "x86_64") == 0 || g_strcmp0(guest->arch, "i686") == 0;
    xmlNode *features;

    if (strcmp(guest->os, "hvm") != 0 || !x86)
        return;
    features = add(root, "features", NULL);
    add(features, "acpi", NULL); /* or it would not hear that it is to shut down */
    add(features, "apic", NULL);
}

char *guest_xml_build(const struct guest *guest, GError **error)
{
    g_autoptr(xmlDoc) document = NULL;
    xmlNode *root;
    xmlNode *memory;
    xmlNode *os;
    xmlNode *type;

    if (!guest_check(guest, error))
        return NULL;
    document = xmlNewDoc(BAD_CAST "1.0");
    root = xmlNewNode(NULL, BAD_CAST "domain");
    xmlDocSetRootElement(document, root);
    domain_tree_set(root, "type", guest->type);
    add(root, "name", guest->name);
    if (guest->uuid)
        add(root, "uuid", guest->uuid);
    memory = add(root, "memory", NULL);
    domain_tree_set(memory, "unit", "KiB");
    set_number(memory, guest->mem_kib);
    set_number(add(root, "vcpu", NULL), guest->vcpus);
    os = add(root, "os", NULL);
    type = add(os, "type", guest->os);
    domain_tree_set(type, "arch", guest->arch);
    domain_tree_set(type, "machine", guest->machine);
    if (strcmp(guest->os, "exe") == 0)
        add(os, "init", "/sbin/init");
    build_boot(os, guest);
    build_features(root, guest);
    build_devices(root, guest);
    return domain_tree_text(document);
}
