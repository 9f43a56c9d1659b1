#include "core/base/xml_tree.h"

#include <libxml/parser.h>
#include <string.h>

#define XML_BYTES_MOST (4 * 1024 * 1024)

static gboolean is_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

xmlDoc *xml_tree_read(const char *text, const char *root_name)
{
    gsize size = text ? strlen(text) : 0;
    const xmlNode *root;
    xmlDoc *document;

    xmlResetLastError();
    if (size == 0 || size > XML_BYTES_MOST)
        return NULL;
    document = xmlReadMemory(text, (int)size, NULL, NULL,
                             XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    root = document ? xmlDocGetRootElement(document) : NULL;
    if (root && is_named(root, root_name))
        return document;
    xmlFreeDoc(document);
    return NULL;
}

xmlNode *xml_tree_next(const xmlNode *node, const char *name)
{
    while (node && !is_named(node, name))
        node = node->next;
    return (xmlNode *)node;
}

xmlNode *xml_tree_child(const xmlNode *node, const char *name)
{
    return xml_tree_next(node ? node->children : NULL, name);
}

char *xml_tree_attribute(const xmlNode *node, const char *name)
{
    xmlChar *value = node ? xmlGetNoNsProp(node, (const xmlChar *)name) : NULL;
    char *copy = g_strdup((const char *)value);

    xmlFree(value);
    return copy;
}

char *xml_tree_content(const xmlNode *node)
{
    xmlChar *value = node ? xmlNodeGetContent(node) : NULL;
    char *copy = value ? g_strstrip(g_strdup((const char *)value)) : NULL;

    xmlFree(value);
    return copy;
}

char *xml_tree_text(const xmlNode *node)
{
    xmlBuffer *buffer = node ? xmlBufferCreate() : NULL;
    char *text = NULL;

    if (buffer && xmlNodeDump(buffer, node->doc, (xmlNode *)node, 0, 0) > 0)
        text = g_strdup((const char *)xmlBufferContent(buffer));
    if (buffer)
        xmlBufferFree(buffer);
    return text;
}

gboolean xml_tree_says(const xmlNode *node, const char *name, const char *value)
{
    g_autofree char *said = xml_tree_attribute(node, name);

    return g_strcmp0(said, value) == 0;
}
