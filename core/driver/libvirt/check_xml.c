#include "core/driver/libvirt/check_xml.h"

#include <string.h>

#include "core/base/xml_tree.h"

#define DEPTH_MOST 64 /* of a chain of backing files */

/* guest > arch > domain type="kvm" */
static void read_guest_types(const xmlNode *root, struct check_capabilities *capabilities)
{
    for (const xmlNode *guest = xml_tree_child(root, "guest"); guest;
         guest = xml_tree_next(guest->next, "guest")) {
        const xmlNode *arch = xml_tree_child(guest, "arch");

        capabilities->told_types = TRUE;
        for (const xmlNode *domain = xml_tree_child(arch, "domain"); domain;
             domain = xml_tree_next(domain->next, "domain"))
            if (xml_tree_says(domain, "type", "kvm"))
                capabilities->has_kvm = TRUE;
    }
}

gboolean check_xml_capabilities(const char *text, struct check_capabilities *capabilities)
{
    xmlDoc *document = xml_tree_read(text, "capabilities");
    const xmlNode *root;
    const xmlNode *host;

    memset(capabilities, 0, sizeof *capabilities);
    if (!document)
        return FALSE;
    root = xmlDocGetRootElement(document);
    host = xml_tree_child(root, "host");
    capabilities->cpu_model =
        xml_tree_content(xml_tree_child(xml_tree_child(host, "cpu"), "model"));
    capabilities->can_migrate =
        xml_tree_child(xml_tree_child(host, "migration_features"), "live") != NULL;
    read_guest_types(root, capabilities);
    xmlFreeDoc(document);
    return TRUE;
}

void check_capabilities_clear(struct check_capabilities *capabilities)
{
    g_clear_pointer(&capabilities->cpu_model, g_free);
}

static void add_source(const xmlNode *node, const char *attribute, const char *vm,
                       GHashTable *disks)
{
    char *path = xml_tree_attribute(node, attribute);

    if (path && *path == '/' && !g_hash_table_contains(disks, path))
        g_hash_table_insert(disks, path, g_strdup(vm));
    else
        g_free(path);
}

/* The image, and the images below it. */
static void read_disk(const xmlNode *disk, const char *vm, GHashTable *disks)
{
    for (guint depth = 0; disk && depth < DEPTH_MOST; depth++) {
        const xmlNode *source = xml_tree_child(disk, "source");

        add_source(source, "file", vm, disks);
        add_source(source, "dev", vm, disks);
        disk = xml_tree_child(disk, "backingStore");
    }
}

static struct check_guest *read_guest(const xmlNode *root)
{
    const xmlNode *cpu = xml_tree_child(root, "cpu");
    g_autofree char *name = xml_tree_content(xml_tree_child(root, "name"));
    g_autofree char *type = xml_tree_attribute(root, "type");
    g_autofree char *mode = xml_tree_attribute(cpu, "mode");
    g_autofree char *text = NULL;
    gboolean host_cpu = g_strcmp0(mode, "host-passthrough") == 0;

    if (!name || !type)
        return NULL;
    /* One that names no model, but topology only, is the hypervisor's least, and runs everywhere.
     */
    if (!host_cpu && xml_tree_child(cpu, "model"))
        text = xml_tree_text(cpu);
    return check_guest_new(name, type, text, host_cpu);
}

struct check_guest *check_xml_domain(const char *text, GHashTable *disks)
{
    xmlDoc *document = xml_tree_read(text, "domain");
    const xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    struct check_guest *guest = root ? read_guest(root) : NULL;
    const xmlNode *devices = xml_tree_child(root, "devices");

    for (const xmlNode *disk = guest ? xml_tree_child(devices, "disk") : NULL; disk;
         disk = xml_tree_next(disk->next, "disk"))
        read_disk(disk, guest->name, disks);
    xmlFreeDoc(document);
    return guest;
}
