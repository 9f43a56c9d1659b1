#include "core/driver/libvirt/parts_xml.h"

#include <string.h>

#include "core/driver/libvirt/guest_needs.h"
#include "core/base/xml_tree.h"

#define PORT_MOST 65535

static char *attribute(const xmlNode *node, const char *name)
{
    return vm_parts_take_text(xml_tree_attribute(node, name));
}

static char *attribute_or(const xmlNode *node, const char *name, const char *otherwise)
{
    char *text = attribute(node, name);

    return text ? text : g_strdup(otherwise);
}

/* --- Disks --- */

/* Where an image is: a disk's own, or one that it builds upon. */
struct image {
    char *source;  /* NULL = there is none */
    char *path;    /* NULL = none that could be looked at */
    char *storage; /* NULL = not told by the XML */
};

static void image_clear(struct image *image)
{
    g_free(image->source);
    g_free(image->path);
    g_free(image->storage);
}

static char *say_network(const xmlNode *source, const char *protocol)
{
    const xmlNode *host = xml_tree_child(source, "host");
    g_autofree char *name = attribute(source, "name");
    g_autofree char *server = attribute(host, "name");
    g_autofree char *port = attribute(host, "port");
    GString *text = g_string_new(protocol);

    if (name)
        g_string_append_printf(text, " %s", name);
    if (server)
        g_string_append_printf(text, " at %s", server);
    if (server && port)
        g_string_append_printf(text, ":%s", port);
    return vm_parts_take_text(g_string_free(text, FALSE));
}

static char *say_volume(const xmlNode *source)
{
    g_autofree char *pool = attribute(source, "pool");
    g_autofree char *volume = attribute(source, "volume");

    if (!pool || !volume)
        return NULL;
    return vm_parts_take_text(g_strdup_printf("pool %s, volume %s", pool, volume));
}

/* `node` is a disk or what it builds upon: both say their type, and have a source. */
static void read_image(const xmlNode *node, struct image *image)
{
    const xmlNode *source = xml_tree_child(node, "source");
    g_autofree char *type = attribute_or(node, "type", "file");

    if (!source)
        return;
    if (strcmp(type, "network") == 0) {
        image->storage = attribute_or(source, "protocol", "network");
        image->source = say_network(source, image->storage);
    } else if (strcmp(type, "volume") == 0) {
        image->source = say_volume(source);
    } else if (strcmp(type, "file") == 0 || strcmp(type, "dir") == 0) {
        image->path = attribute(source, type);
        image->source = g_strdup(image->path);
    } else if (strcmp(type, "block") == 0) {
        image->source = attribute(source, "dev");
        image->storage = g_strdup("block device");
    } else {
        image->source = g_strdup_printf("a device of its host (%s)", type);
        image->storage = g_strdup(type);
    }
}

static void tell_image(struct vm_disk *disk, const struct image *image)
{
    if (image->source && disk->place == VM_DISK_EMPTY)
        disk->place = VM_DISK_UNKNOWN;
    if (image->storage)
        vm_disk_tell_storage(disk, image->storage);
}

/* How deep it goes is the writer's choice: no recursion, and an end. */
static void read_below(struct vm_parts *parts, struct vm_disk *disk, const xmlNode *node)
{
    const xmlNode *below = xml_tree_child(node, "backingStore");
    gboolean more = TRUE;

    for (; below && more; below = xml_tree_child(below, "backingStore")) {
        struct image image = {0};

        read_image(below, &image);
        tell_image(disk, &image);
        more = image.source && vm_parts_add_below(parts, disk, image.source);
        image_clear(&image);
    }
}

static void read_disk(struct vm_parts *parts, const xmlNode *node)
{
    struct vm_disk *disk = vm_parts_add_disk(parts);
    struct image image = {0};

    if (!disk)
        return;
    read_image(node, &image);
    disk->target = attribute_or(xml_tree_child(node, "target"), "dev", "?");
    disk->device = attribute_or(node, "device", "disk");
    disk->format = attribute(xml_tree_child(node, "driver"), "type");
    disk->readonly = xml_tree_child(node, "readonly") != NULL;
    tell_image(disk, &image);
    disk->source = g_steal_pointer(&image.source);
    disk->path = g_steal_pointer(&image.path);
    disk->pool = attribute(xml_tree_child(node, "source"), "pool");
    disk->volume = attribute(xml_tree_child(node, "source"), "volume");
    image_clear(&image);
    if (disk->source)
        read_below(parts, disk, node);
}

/* --- Interfaces and screens --- */

static void read_nic(struct vm_parts *parts, const xmlNode *node)
{
    static const char *const names[] = {"network", "bridge", "dev", "name", "path"};
    struct vm_nic *nic = vm_parts_add_nic(parts);
    const xmlNode *source = xml_tree_child(node, "source");

    if (!nic)
        return;
    nic->mac = attribute(xml_tree_child(node, "mac"), "address");
    nic->kind = attribute_or(node, "type", "?");
    for (guint i = 0; i < G_N_ELEMENTS(names) && !nic->network; i++)
        nic->network = attribute(source, names[i]);
    nic->model = attribute(xml_tree_child(node, "model"), "type");
    nic->target = attribute(xml_tree_child(node, "target"), "dev");
}

/* libvirt writes -1 for one that is given at the start. */
static guint read_port(const xmlNode *node, const char *name)
{
    g_autofree char *text = xml_tree_attribute(node, name);
    guint64 number = 0;

    if (text)
        g_ascii_string_to_unsigned(text, 10, 1, PORT_MOST, &number, NULL);
    return (guint)number;
}

static void read_screen(struct vm_parts *parts, const xmlNode *node)
{
    struct vm_screen *screen = vm_parts_add_screen(parts);
    const xmlNode *listen = xml_tree_child(node, "listen");

    if (!screen)
        return;
    screen->kind = attribute_or(node, "type", "?");
    screen->port = read_port(node, "port");
    screen->tls_port = read_port(node, "tlsPort");
    screen->listen = attribute(node, "listen");
    if (!screen->listen)
        screen->listen = attribute(listen, "address");
    if (!screen->listen)
        screen->listen = attribute(listen, "socket");
    if (!screen->listen)
        screen->listen = attribute(node, "socket");
}

/* --- The whole --- */

static const struct device_kind {
    const char *name;
    void (*read)(struct vm_parts *parts, const xmlNode *node);
} device_kinds[] = {
    {"disk", read_disk},
    {"interface", read_nic},
    {"graphics", read_screen},
};

static void read_device(struct vm_parts *parts, const xmlNode *node)
{
    for (guint i = 0; i < G_N_ELEMENTS(device_kinds); i++)
        if (strcmp((const char *)node->name, device_kinds[i].name) == 0)
            device_kinds[i].read(parts, node);
}

/* The same words as those with which a migration would be refused. */
static void read_immovable(struct vm_parts *parts, const char *domain_xml)
{
    autoptr(guest_needs) needs = guest_needs_read(domain_xml);

    for (guint i = 0; needs && i < needs->immovable->len; i++) {
        if (i == VM_PARTS_MOST) {
            parts->cut = TRUE;
            return;
        }
        g_ptr_array_add(parts->immovable, g_strdup(g_ptr_array_index(needs->immovable, i)));
    }
}

struct vm_parts *parts_xml_read(const char *domain_xml)
{
    xmlDoc *document = xml_tree_read(domain_xml, "domain");
    const xmlNode *devices;
    struct vm_parts *parts;

    if (!document)
        return NULL;
    parts = vm_parts_new();
    devices = xml_tree_child(xmlDocGetRootElement(document), "devices");
    for (const xmlNode *node = devices ? devices->children : NULL; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE)
            read_device(parts, node);
    xmlFreeDoc(document);
    read_immovable(parts, domain_xml);
    return parts;
}

char *parts_xml_pool_type(const char *pool_xml)
{
    xmlDoc *document = xml_tree_read(pool_xml, "pool");
    char *type = document ? attribute(xmlDocGetRootElement(document), "type") : NULL;

    xmlFreeDoc(document);
    return type;
}
