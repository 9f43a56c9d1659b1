#include "core/driver/libvirt/domain_xml.h"

#include <string.h>

#include "core/driver/libvirt/mac.h"
#include "core/base/xml_tree.h"

#define VCPUS_MOST 65536

static guint64 read_number(const xmlNode *node, guint64 most)
{
    g_autofree char *text = xml_tree_content(node);
    guint64 number = 0;

    if (text)
        g_ascii_string_to_unsigned(text, 10, 0, most, &number, NULL);
    return number;
}

/* libvirt writes KiB itself; other units are for what people write. */
static guint64 read_memory_kib(const xmlNode *node)
{
    g_autofree char *unit = xml_tree_attribute(node, "unit");

    if (unit && strcmp(unit, "KiB") != 0)
        return 0;
    return read_number(node, G_MAXUINT64 / 1024);
}

static char *first_mac(const xmlNode *devices)
{
    for (const xmlNode *node = devices ? devices->children : NULL; node; node = node->next) {
        g_autofree char *text = NULL;

        if (node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, "interface") != 0)
            continue;
        text = xml_tree_attribute(xml_tree_child(node, "mac"), "address");
        if (text)
            return mac_normalize(text);
    }
    return NULL;
}

gboolean domain_xml_parse(const char *text, struct domain_xml *facts)
{
    xmlDoc *document = xml_tree_read(text, "domain");
    const xmlNode *root;

    memset(facts, 0, sizeof *facts);
    if (!document)
        return FALSE;
    root = xmlDocGetRootElement(document);
    facts->mac = first_mac(xml_tree_child(root, "devices"));
    facts->mem_kib = read_memory_kib(xml_tree_child(root, "memory"));
    facts->vcpus = (guint)read_number(xml_tree_child(root, "vcpu"), VCPUS_MOST);
    xmlFreeDoc(document);
    return TRUE;
}

void domain_xml_clear(struct domain_xml *facts)
{
    g_clear_pointer(&facts->mac, g_free);
}

char *capabilities_xml_cpu_model(const char *text)
{
    xmlDoc *document = xml_tree_read(text, "capabilities");
    const xmlNode *host;
    char *model;

    if (!document)
        return NULL;
    host = xml_tree_child(xmlDocGetRootElement(document), "host");
    model = xml_tree_content(xml_tree_child(xml_tree_child(host, "cpu"), "model"));
    xmlFreeDoc(document);
    return model;
}

enum capabilities_say capabilities_xml_migration(const char *text)
{
    xmlDoc *document = xml_tree_read(text, "capabilities");
    const xmlNode *features;
    enum capabilities_say says;

    if (!document)
        return CAPABILITIES_UNREADABLE;
    features = xml_tree_child(xml_tree_child(xmlDocGetRootElement(document), "host"),
                              "migration_features");
    says = xml_tree_child(features, "live") ? CAPABILITIES_WITH : CAPABILITIES_WITHOUT;
    xmlFreeDoc(document);
    return says;
}
