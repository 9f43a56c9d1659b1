#include "core/model/guest_xml.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"

#define XML_BYTES_MOST (4 * 1024 * 1024)

typedef xmlChar *xml_text;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(xml_text, xmlFree, NULL)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

/* --- Reading --- */

static gboolean is_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static xmlNode *next_of(xmlNode *node, const char *name)
{
    while (node && !is_named(node, name))
        node = node->next;
    return node;
}

static xmlNode *child_of(const xmlNode *node, const char *name)
{
    return next_of(node ? node->children : NULL, name);
}

static char *attribute_of(const xmlNode *node, const char *name)
{
    g_auto(xml_text) value = node ? xmlGetNoNsProp(node, BAD_CAST name) : NULL;

    return g_strdup((const char *)value);
}

static char *content_of(const xmlNode *node)
{
    g_auto(xml_text) value = node ? xmlNodeGetContent(node) : NULL;

    return value ? g_strstrip(g_strdup((const char *)value)) : NULL;
}

static xmlDoc *parse(const char *text, GError **error)
{
    gsize size = strlen(text);
    g_autoptr(xmlDoc) document = NULL;
    const xmlError *last;

    xmlResetLastError();
    if (size <= XML_BYTES_MOST)
        document = xmlReadMemory(text, (int)size, NULL, NULL,
                                 XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (document && xmlDocGetRootElement(document) &&
        is_named(xmlDocGetRootElement(document), "domain") && !document->intSubset)
        return g_steal_pointer(&document);
    last = xmlGetLastError();
    if (!document && last && last->message) {
        g_autofree char *why = text_escape(g_strchomp(last->message));
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "line %d: %s", last->line, why);
    } else {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                            "it is not the XML of a domain, as virsh dumpxml prints it");
    }
    return NULL;
}

static guint64 memory_of(const xmlNode *node)
{
    static const struct {
        const char *unit;
        guint64 kib;
    } units[] = {{"KiB", 1},           {"k", 1},          {"MiB", 1024}, {"M", 1024},
                 {"GiB", 1024 * 1024}, {"G", 1024 * 1024}};
    g_autofree char *unit = attribute_of(node, "unit");
    g_autofree char *text = content_of(node);
    guint64 number = 0;

    if (!text || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &number, NULL))
        return 0;
    for (guint i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_strcmp0(unit ? unit : "KiB", units[i].unit) == 0)
            return number * units[i].kib;
    return 0;
}

static char *path_of(const xmlNode *source)
{
    char *path = attribute_of(source, "file");

    return path ? path : attribute_of(source, "dev");
}

static void read_disk(struct guest *guest, const xmlNode *node)
{
    struct guest_disk *disk = guest_add_disk(guest);
    const xmlNode *target = child_of(node, "target");
    const xmlNode *below = child_of(node, "backingStore");
    g_autofree char *device = attribute_of(node, "device");

    disk->path = path_of(child_of(node, "source"));
    disk->format = attribute_of(child_of(node, "driver"), "type");
    disk->target = attribute_of(target, "dev");
    disk->bus = attribute_of(target, "bus");
    disk->backing = path_of(child_of(below, "source"));
    disk->cdrom = g_strcmp0(device, "cdrom") == 0 || g_strcmp0(device, "floppy") == 0;
    disk->readonly = disk->cdrom || child_of(node, "readonly") != NULL;
    disk->shareable = child_of(node, "shareable") != NULL;
}

static void read_nic(struct guest *guest, const xmlNode *node)
{
    struct guest_nic *nic = guest_add_nic(guest);
    const xmlNode *source = child_of(node, "source");
    g_autofree char *mac = attribute_of(child_of(node, "mac"), "address");

    nic->mac = mac ? g_ascii_strdown(mac, -1) : NULL;
    nic->network = attribute_of(source, "network");
    nic->bridge = attribute_of(source, "bridge");
}

static void read_devices(struct guest *guest, const xmlNode *devices)
{
    guest->emulator = content_of(child_of(devices, "emulator"));
    for (xmlNode *node = child_of(devices, "disk"); node; node = next_of(node->next, "disk"))
        read_disk(guest, node);
    for (xmlNode *node = child_of(devices, "interface"); node;
         node = next_of(node->next, "interface"))
        read_nic(guest, node);
}

struct guest *guest_xml_read(const char *text, GError **error)
{
    g_autoptr(xmlDoc) document = parse(text, error);
    const xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    const xmlNode *os_type = child_of(child_of(root, "os"), "type");
    g_autofree char *vcpus = content_of(child_of(root, "vcpu"));
    struct guest *guest;
    guint64 number = 1;

    if (!root)
        return NULL;
    guest = guest_new();
    guest->name = content_of(child_of(root, "name"));
    guest->uuid = content_of(child_of(root, "uuid"));
    guest->mem_kib = memory_of(child_of(root, "memory"));
    if (vcpus)
        g_ascii_string_to_unsigned(vcpus, 10, 1, GUEST_VCPUS_MOST, &number, NULL);
    guest->vcpus = (guint)number;
    guest->type = attribute_of(root, "type");
    guest->os = content_of(os_type);
    guest->arch = attribute_of(os_type, "arch");
    guest->machine = attribute_of(os_type, "machine");
    read_devices(guest, child_of(root, "devices"));
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

static void set(xmlNode *node, const char *name, const char *value)
{
    if (value)
        xmlSetProp(node, BAD_CAST name, BAD_CAST value);
}

static void set_number(xmlNode *node, guint64 number)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, number);

    xmlNodeSetContent(node, BAD_CAST text);
}

static char *serialize(xmlDoc *document)
{
    xmlChar *text = NULL;
    int size = 0;
    char *copy;

    xmlDocDumpFormatMemoryEnc(document, &text, &size, "UTF-8", 1);
    copy = g_strndup((const char *)text, (gsize)MAX(size, 0));
    xmlFree(text);
    return copy;
}

static void build_boot(xmlNode *os, const struct guest *guest)
{
    g_auto(GStrv) words = g_strsplit(guest->boot ? guest->boot : "hd", ",", -1);

    if (strcmp(guest->os, "hvm") != 0)
        return; /* a container, or a kernel of the host's: nothing to choose */
    for (char **word = words; *word; word++)
        set(add(os, "boot", NULL), "dev", *word);
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

    set(node, "type", "file");
    set(node, "device", disk->cdrom ? "cdrom" : "disk");
    if (g_strcmp0(guest->type, "kvm") == 0 || g_strcmp0(guest->type, "qemu") == 0) {
        driver = add(node, "driver", NULL);
        set(driver, "name", "qemu");
        set(driver, "type", disk->format ? disk->format : "raw");
    }
    if (disk->path)
        set(add(node, "source", NULL), "file", disk->path);
    place = add(node, "target", NULL);
    set(place, "dev", target);
    set(place, "bus", bus);
    if (disk->readonly || disk->cdrom)
        add(node, "readonly", NULL);
    if (disk->shareable)
        add(node, "shareable", NULL);
}

static void build_nic(xmlNode *devices, const struct guest *guest, const struct guest_nic *nic)
{
    xmlNode *node = add(devices, "interface", NULL);

    set(node, "type", nic->bridge ? "bridge" : "network");
    if (nic->mac)
        set(add(node, "mac", NULL), "address", nic->mac);
    set(add(node, "source", NULL), nic->bridge ? "bridge" : "network",
        nic->bridge ? nic->bridge : nic->network);
    if (g_strcmp0(guest->type, "kvm") == 0 || g_strcmp0(guest->type, "qemu") == 0)
        set(add(node, "model", NULL), "type", "virtio");
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
    set(console, "type", "pty");
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
    set(root, "type", guest->type);
    add(root, "name", guest->name);
    if (guest->uuid)
        add(root, "uuid", guest->uuid);
    memory = add(root, "memory", NULL);
    set(memory, "unit", "KiB");
    set_number(memory, guest->mem_kib);
    set_number(add(root, "vcpu", NULL), guest->vcpus);
    os = add(root, "os", NULL);
    type = add(os, "type", guest->os);
    set(type, "arch", guest->arch);
    set(type, "machine", guest->machine);
    if (strcmp(guest->os, "exe") == 0)
        add(os, "init", "/sbin/init");
    build_boot(os, guest);
    build_features(root, guest);
    build_devices(root, guest);
    return serialize(document);
}

/* --- Copying --- */

/* The width of "{number:03}", after its colon; -1 when it is none. */
static int width_of(const char *text, gsize size)
{
    return size == 2 && text[0] == '0' && g_ascii_isdigit(text[1]) ? text[1] - '0' : -1;
}

/* What stands for the word between braces; NULL when it is none of ours. */
static char *value_of(const char *word, gsize size, const char *name, guint number)
{
    static const char colon[] = "number:";
    gsize prefix = strlen(colon);
    int width = 0;

    if (size == strlen("name") && strncmp(word, "name", size) == 0)
        return g_strdup(name);
    if (size > prefix && strncmp(word, colon, prefix) == 0)
        width = width_of(word + prefix, size - prefix);
    else if (size != strlen("number") || strncmp(word, "number", size) != 0)
        return NULL;
    if (width < 0)
        return NULL;
    return number > 0 ? g_strdup_printf("%0*u", width, number) : g_strdup("");
}

char *guest_fill(const char *text, const char *name, guint number, GError **error)
{
    g_autoptr(GString) filled = g_string_new(NULL);

    for (const char *p = text; *p;) {
        gsize size = *p == '{' ? strspn(p + 1, "abcdefghijklmnopqrstuvwxyz0123456789:_-") : 0;
        g_autofree char *value = NULL;

        if (size == 0 || p[1 + size] != '}') {
            g_string_append_c(filled, *p++);
            continue;
        }
        value = value_of(p + 1, size, name, number);
        if (!value) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                        "{%.*s} stands for nothing: {name}, {number} and {number:02} do", (int)size,
                        p + 1);
            return NULL;
        }
        g_string_append(filled, value);
        p += size + 2;
    }
    return g_string_free(g_steal_pointer(&filled), FALSE);
}

/* A node of text, or an attribute's. */
static gboolean fill_text(xmlNode *text, const struct guest_copy *copy, GError **error)
{
    g_autofree char *filled = NULL;

    if (!text->content || !strchr((const char *)text->content, '{'))
        return TRUE;
    filled = guest_fill((const char *)text->content, copy->name, copy->number, error);
    if (!filled) {
        g_prefix_error(error, "line %ld: ", xmlGetLineNo(text));
        return FALSE;
    }
    xmlFree(text->content);
    text->content = xmlStrdup(BAD_CAST filled);
    return TRUE;
}

static gboolean fill_attributes(const xmlNode *element, const struct guest_copy *copy,
                                GError **error)
{
    for (xmlAttr *attribute = element->properties; attribute; attribute = attribute->next)
        for (xmlNode *text = attribute->children; text; text = text->next)
            if (text->type == XML_TEXT_NODE && !fill_text(text, copy, error))
                return FALSE;
    return TRUE;
}

/* In the order of the document, without recursion: how deep it goes is the writer's choice. */
static xmlNode *walk_on(xmlNode *node, const xmlNode *root)
{
    if (node->type == XML_ELEMENT_NODE && node->children)
        return node->children;
    while (node != root && !node->next)
        node = node->parent;
    return node == root ? NULL : node->next;
}

static gboolean fill_all(xmlNode *root, const struct guest_copy *copy, GError **error)
{
    for (xmlNode *node = root; node; node = walk_on(node, root)) {
        if (node->type == XML_ELEMENT_NODE && !fill_attributes(node, copy, error))
            return FALSE;
        if ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) &&
            !fill_text(node, copy, error))
            return FALSE;
    }
    return TRUE;
}

static void drop(xmlNode *parent, const char *name)
{
    xmlNode *node;

    while ((node = child_of(parent, name))) {
        xmlUnlinkNode(node);
        xmlFreeNode(node);
    }
}

/* Its text becomes `text`; made, first of all, where it is missing. */
static xmlNode *put(xmlNode *parent, const char *name, const char *text)
{
    xmlNode *node = child_of(parent, name);

    if (!node) {
        node = xmlNewDocNode(parent->doc, NULL, BAD_CAST name, NULL);
        if (parent->children)
            xmlAddPrevSibling(parent->children, node);
        else
            xmlAddChild(parent, node);
    }
    xmlNodeSetContent(node, NULL);
    xmlAddChild(node, xmlNewText(BAD_CAST text));
    return node;
}

static void copy_disk(xmlNode *node, const struct guest_copy *copy)
{
    xmlNode *source = child_of(node, "source");
    g_autofree char *path = path_of(source);
    const struct guest_disk *own =
        copy->disks && path ? g_hash_table_lookup(copy->disks, path) : NULL;
    xmlNode *driver = child_of(node, "driver");

    drop(node, "backingStore");
    if (!own)
        return;
    xmlUnsetProp(source, BAD_CAST "dev");
    set(node, "type", "file");
    set(source, "file", own->path);
    if (own->format && !driver) {
        driver = xmlNewDocNode(node->doc, NULL, BAD_CAST "driver", NULL);
        xmlAddPrevSibling(source, driver);
        set(driver, "name", "qemu");
    }
    if (own->format)
        set(driver, "type", own->format);
}

static gboolean copy_nic(xmlNode *node, const struct guest_copy *copy, GError **error)
{
    const struct guest_nic *nic = copy->nic;
    g_autofree char *mac = guest_make_mac(copy->taken, copy->chance);
    xmlNode *source;

    if (!mac) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_FAILED, "no MAC address is left");
        return FALSE;
    }
    drop(node, "target"); /* a tap of the original's */
    set(put(node, "mac", ""), "address", mac);
    if (!nic)
        return TRUE;
    drop(node, "source");
    drop(node, "virtualport");
    set(node, "type", nic->bridge ? "bridge" : "network");
    source = put(node, "source", "");
    set(source, nic->bridge ? "bridge" : "network", nic->bridge ? nic->bridge : nic->network);
    return TRUE;
}

static gboolean copy_devices(xmlNode *devices, const struct guest_copy *copy, GError **error)
{
    for (xmlNode *node = child_of(devices, "disk"); node; node = next_of(node->next, "disk"))
        copy_disk(node, copy);
    for (xmlNode *node = child_of(devices, "interface"); node;
         node = next_of(node->next, "interface"))
        if (!copy_nic(node, copy, error))
            return FALSE;
    return TRUE;
}

static void copy_size(xmlNode *root, const struct guest_copy *copy)
{
    g_autofree char *kib = g_strdup_printf("%" G_GUINT64_FORMAT, copy->mem_kib);
    g_autofree char *vcpus = g_strdup_printf("%u", copy->vcpus);

    if (copy->mem_kib > 0) {
        set(put(root, "memory", kib), "unit", "KiB");
        drop(root, "currentMemory");
    }
    if (copy->vcpus > 0) {
        xmlUnsetProp(put(root, "vcpu", vcpus), BAD_CAST "current");
        drop(root, "vcpus");
    }
}

char *guest_xml_copy(const char *text, const struct guest_copy *copy, GError **error)
{
    g_autoptr(xmlDoc) document = parse(text, error);
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    xmlNode *nvram;

    if (!root || !fill_all(root, copy, error))
        return NULL;
    xmlUnsetProp(root, BAD_CAST "id");
    put(root, "uuid", copy->uuid);
    put(root, "name", copy->name);
    copy_size(root, copy);
    nvram = child_of(child_of(root, "os"), "nvram");
    if (nvram)
        xmlNodeSetContent(nvram, NULL); /* libvirt makes another from its template */
    if (!copy_devices(child_of(root, "devices"), copy, error))
        return NULL;
    return serialize(document);
}
