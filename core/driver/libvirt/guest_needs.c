#include "core/driver/libvirt/guest_needs.h"

#include <string.h>

#include "core/base/text.h"
#include "core/base/xml_tree.h"

#define NUMBER_MOST 1048576

static void disk_free(gpointer data)
{
    struct guest_disk *disk = data;

    g_free(disk->path);
    g_free(disk);
}

void guest_needs_free(struct guest_needs *needs)
{
    if (!needs)
        return;
    g_free(needs->cpu);
    g_free(needs->emulator);
    g_free(needs->arch);
    g_free(needs->machine);
    g_free(needs->virt_type);
    g_ptr_array_unref(needs->disks);
    g_ptr_array_unref(needs->links);
    g_ptr_array_unref(needs->networks);
    g_ptr_array_unref(needs->immovable);
    g_free(needs);
}

G_GNUC_PRINTF(2, 3)
static void add_immovable(struct guest_needs *needs, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    g_ptr_array_add(needs->immovable, text_escape(text));
}

/* --- CPU --- */

gint guest_needs_highest(const char *cpuset)
{
    g_auto(GStrv) words = g_strsplit_set(cpuset ? cpuset : "", ",-", -1);
    gint highest = -1;

    for (guint i = 0; words[i]; i++) {
        guint64 number;

        if (g_ascii_string_to_unsigned(g_strstrip(words[i]), 10, 0, NUMBER_MOST, &number, NULL))
            highest = MAX(highest, (gint)number);
    }
    return highest;
}

/* One that libvirt itself does not hold to its word ("none") is not held to it here either. */
static void read_cpu(struct guest_needs *needs, const xmlNode *domain)
{
    const xmlNode *cpu = xml_tree_child(domain, "cpu");

    if (!cpu || g_strcmp0(needs->virt_type, "kvm") != 0)
        return;
    needs->host_cpu =
        xml_tree_says(cpu, "mode", "host-passthrough") || xml_tree_says(cpu, "mode", "maximum");
    if (xml_tree_says(cpu, "migratable", "off"))
        add_immovable(needs, "a CPU that is declared not migratable");
    for (const xmlNode *feature = xml_tree_child(cpu, "feature"); feature;
         feature = xml_tree_next(feature->next, "feature"))
        if (xml_tree_says(feature, "name", "invtsc") && xml_tree_says(feature, "policy", "require"))
            add_immovable(needs, "the CPU feature invtsc");
    if (!needs->host_cpu && !xml_tree_says(cpu, "check", "none") && xml_tree_child(cpu, "model"))
        needs->cpu = xml_tree_text(cpu);
}

char *guest_needs_host_cpu(const char *domain_capabilities_xml)
{
    xmlDoc *document = xml_tree_read(domain_capabilities_xml, "domainCapabilities");
    GString *text = g_string_new("<cpu mode='custom' match='exact'>");
    const xmlNode *mode;

    if (!document) {
        g_string_free(text, TRUE);
        return NULL;
    }
    mode = xml_tree_child(xml_tree_child(xmlDocGetRootElement(document), "cpu"), "mode");
    while (mode && !xml_tree_says(mode, "name", "host-model"))
        mode = xml_tree_next(mode->next, "mode");
    for (const xmlNode *part = mode ? mode->children : NULL; part; part = part->next) {
        g_autofree char *inner = part->type == XML_ELEMENT_NODE ? xml_tree_text(part) : NULL;

        g_string_append(text, inner ? inner : "");
    }
    g_string_append(text, "</cpu>");
    if (!xml_tree_child(mode, "model"))
        g_string_truncate(text, 0);
    xmlFreeDoc(document);
    return text->len > 0 ? g_string_free(text, FALSE) : (g_string_free(text, TRUE), NULL);
}

static void pin(gint *highest, const xmlNode *node, const char *attribute)
{
    g_autofree char *set = xml_tree_attribute(node, attribute);

    *highest = MAX(*highest, guest_needs_highest(set));
}

static void read_pins(struct guest_needs *needs, const xmlNode *domain)
{
    const xmlNode *tune = xml_tree_child(domain, "cputune");

    pin(&needs->cpu_highest, xml_tree_child(domain, "vcpu"), "cpuset");
    for (const xmlNode *node = tune ? tune->children : NULL; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE)
            pin(&needs->cpu_highest, node, "cpuset");
    pin(&needs->node_highest, xml_tree_child(xml_tree_child(domain, "numatune"), "memory"),
        "nodeset");
}

/* --- Devices --- */

/* Removable ones without a medium have no source; network disks are everywhere. */
static void read_disk(struct guest_needs *needs, const xmlNode *node)
{
    const xmlNode *source = xml_tree_child(node, "source");
    g_autofree char *file = xml_tree_attribute(source, "file");
    g_autofree char *device = xml_tree_attribute(source, "dev");
    struct guest_disk *disk;

    if (xml_tree_says(node, "type", "vhostuser") || xml_tree_says(node, "type", "nvme")) {
        add_immovable(needs, "a disk that is a device of its host");
        return;
    }
    if (!file && !device)
        return;
    disk = g_new0(struct guest_disk, 1);
    disk->raw = file && xml_tree_says(xml_tree_child(node, "driver"), "type", "raw");
    disk->path = g_strdup(file ? file : device);
    g_ptr_array_add(needs->disks, disk);
}

/* A device that libvirt takes out before the move and puts back after it. */
static gboolean is_transient(const xmlNode *node)
{
    return xml_tree_says(xml_tree_child(node, "teaming"), "type", "transient");
}

static void read_interface(struct guest_needs *needs, const xmlNode *node)
{
    const xmlNode *source = xml_tree_child(node, "source");
    g_autofree char *bridge = xml_tree_attribute(source, "bridge");
    g_autofree char *device = xml_tree_attribute(source, "dev");
    g_autofree char *network = xml_tree_attribute(source, "network");

    if (xml_tree_says(node, "type", "hostdev") && !is_transient(node))
        add_immovable(needs, "a network interface of its host (hostdev)");
    else if (xml_tree_says(node, "type", "network") && network)
        g_ptr_array_add(needs->networks, g_steal_pointer(&network));
    else if (xml_tree_says(node, "type", "bridge") && bridge)
        g_ptr_array_add(needs->links, g_steal_pointer(&bridge));
    else if (xml_tree_says(node, "type", "direct") && device)
        g_ptr_array_add(needs->links, g_steal_pointer(&device));
}

static void read_hostdev(struct guest_needs *needs, const xmlNode *node)
{
    g_autofree char *type = xml_tree_attribute(node, "type");

    if (!is_transient(node))
        add_immovable(needs, "a device of its host (hostdev, %s)", type ? type : "of no type");
}

static void read_filesystem(struct guest_needs *needs, const xmlNode *node)
{
    g_autofree char *target = xml_tree_attribute(xml_tree_child(node, "target"), "dir");

    add_immovable(needs, "a directory of its host (filesystem %s)", target ? target : "");
}

static void read_shmem(struct guest_needs *needs, const xmlNode *node)
{
    if (!xml_tree_says(node, "role", "master"))
        add_immovable(needs, "memory shared with other guests of its host (shmem)");
}

static void read_graphics(struct guest_needs *needs, const xmlNode *node)
{
    if (xml_tree_says(node, "type", "egl-headless") ||
        xml_tree_says(xml_tree_child(node, "gl"), "enable", "yes"))
        add_immovable(needs, "graphics drawn by its host (gl)");
}

static void read_tpm(struct guest_needs *needs, const xmlNode *node)
{
    if (xml_tree_says(xml_tree_child(node, "backend"), "type", "passthrough"))
        add_immovable(needs, "the TPM of its host");
}

static const struct device_kind {
    const char *name;
    void (*read)(struct guest_needs *needs, const xmlNode *node);
} device_kinds[] = {
    {"disk", read_disk},   {"interface", read_interface},   {"hostdev", read_hostdev},
    {"shmem", read_shmem}, {"filesystem", read_filesystem}, {"graphics", read_graphics},
    {"tpm", read_tpm},
};

static void read_device(struct guest_needs *needs, const xmlNode *node)
{
    for (guint i = 0; i < G_N_ELEMENTS(device_kinds); i++)
        if (strcmp((const char *)node->name, device_kinds[i].name) == 0)
            device_kinds[i].read(needs, node);
}

static void read_domain(struct guest_needs *needs, const xmlNode *domain)
{
    const xmlNode *devices = xml_tree_child(domain, "devices");
    const xmlNode *type = xml_tree_child(xml_tree_child(domain, "os"), "type");

    needs->virt_type = xml_tree_attribute(domain, "type");
    needs->emulator = xml_tree_content(xml_tree_child(devices, "emulator"));
    needs->arch = xml_tree_attribute(type, "arch");
    needs->machine = xml_tree_attribute(type, "machine");
    read_cpu(needs, domain);
    read_pins(needs, domain);
    if (xml_tree_says(xml_tree_child(domain, "launchSecurity"), "type", "sev"))
        add_immovable(needs, "memory encrypted by its host's processor (sev)");
    for (const xmlNode *node = devices ? devices->children : NULL; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE)
            read_device(needs, node);
}

struct guest_needs *guest_needs_read(const char *domain_xml)
{
    xmlDoc *document = xml_tree_read(domain_xml, "domain");
    struct guest_needs *needs;

    if (!document)
        return NULL;
    needs = g_new0(struct guest_needs, 1);
    needs->cpu_highest = needs->node_highest = -1;
    needs->disks = g_ptr_array_new_with_free_func(disk_free);
    needs->links = g_ptr_array_new_with_free_func(g_free);
    needs->networks = g_ptr_array_new_with_free_func(g_free);
    needs->immovable = g_ptr_array_new_with_free_func(g_free);
    read_domain(needs, xmlDocGetRootElement(document));
    xmlFreeDoc(document);
    return needs;
}
