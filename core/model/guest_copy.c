/* guest_copy.c - a domain's XML is copied under another name, and templates filled in. */
#include <string.h>

#include "core/base/error.h"
#include "core/model/domain_tree.h"
#include "core/model/guest_xml.h"

/* --- Placeholders --- */

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

/* --- Copying --- */

static void drop(xmlNode *parent, const char *name)
{
    xmlNode *node;

    while ((node = xml_tree_child(parent, name))) {
        xmlUnlinkNode(node);
        xmlFreeNode(node);
    }
}

/* Its text becomes `text`; made, first of all, where it is missing. */
static xmlNode *put(xmlNode *parent, const char *name, const char *text)
{
    xmlNode *node = xml_tree_child(parent, name);

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
    xmlNode *source = xml_tree_child(node, "source");
    g_autofree char *path = domain_tree_path(source);
    const struct guest_disk *own =
        copy->disks && path ? g_hash_table_lookup(copy->disks, path) : NULL;
    xmlNode *driver = xml_tree_child(node, "driver");

    drop(node, "backingStore");
    if (!own)
        return;
    xmlUnsetProp(source, BAD_CAST "dev");
    domain_tree_set(node, "type", "file");
    domain_tree_set(source, "file", own->path);
    if (own->format && !driver) {
        driver = xmlNewDocNode(node->doc, NULL, BAD_CAST "driver", NULL);
        xmlAddPrevSibling(source, driver);
        domain_tree_set(driver, "name", "qemu");
    }
    if (own->format)
        domain_tree_set(driver, "type", own->format);
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
    domain_tree_set(put(node, "mac", ""), "address", mac);
    if (!nic)
        return TRUE;
    drop(node, "source");
    drop(node, "virtualport");
    domain_tree_set(node, "type", nic->bridge ? "bridge" : "network");
    source = put(node, "source", "");
    domain_tree_set(source, nic->bridge ? "bridge" : "network",
                    nic->bridge ? nic->bridge : nic->network);
    return TRUE;
}

static gboolean copy_devices(xmlNode *devices, const struct guest_copy *copy, GError **error)
{
    for (xmlNode *node = xml_tree_child(devices, "disk"); node;
         node = xml_tree_next(node->next, "disk"))
        copy_disk(node, copy);
    for (xmlNode *node = xml_tree_child(devices, "interface"); node;
         node = xml_tree_next(node->next, "interface"))
        if (!copy_nic(node, copy, error))
            return FALSE;
    return TRUE;
}

static void copy_size(xmlNode *root, const struct guest_copy *copy)
{
    g_autofree char *kib = g_strdup_printf("%" G_GUINT64_FORMAT, copy->mem_kib);
    g_autofree char *vcpus = g_strdup_printf("%u", copy->vcpus);

    if (copy->mem_kib > 0) {
        domain_tree_set(put(root, "memory", kib), "unit", "KiB");
        drop(root, "currentMemory");
    }
    if (copy->vcpus > 0) {
        xmlUnsetProp(put(root, "vcpu", vcpus), BAD_CAST "current");
        drop(root, "vcpus");
    }
}

char *guest_xml_copy(const char *text, const struct guest_copy *copy, GError **error)
{
    g_autoptr(xmlDoc) document = domain_tree_read(text, error);
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    xmlNode *nvram;

    if (!root || !fill_all(root, copy, error))
        return NULL;
    xmlUnsetProp(root, BAD_CAST "id");
    put(root, "uuid", copy->uuid);
    put(root, "name", copy->name);
    copy_size(root, copy);
    nvram = xml_tree_child(xml_tree_child(root, "os"), "nvram");
    if (nvram)
        xmlNodeSetContent(nvram, NULL); /* libvirt makes another from its template */
    if (!copy_devices(xml_tree_child(root, "devices"), copy, error))
        return NULL;
    return domain_tree_text(document);
}
