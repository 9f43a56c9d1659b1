#include "core/model/domain_tree.h"

#include <libxml/parser.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"

#define XML_BYTES_MOST (4 * 1024 * 1024)

typedef xmlChar *xml_text;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(xml_text, xmlFree, NULL)

static gboolean is_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

xmlNode *domain_tree_next(xmlNode *node, const char *name)
{
    while (node && !is_named(node, name))
        node = node->next;
    return node;
}

xmlNode *domain_tree_child(const xmlNode *node, const char *name)
{
    return domain_tree_next(node ? node->children : NULL, name);
}

char *domain_tree_attribute(const xmlNode *node, const char *name)
{
    g_auto(xml_text) value = node ? xmlGetNoNsProp(node, BAD_CAST name) : NULL;

    return g_strdup((const char *)value);
}

char *domain_tree_content(const xmlNode *node)
{
    g_auto(xml_text) value = node ? xmlNodeGetContent(node) : NULL;

    return value ? g_strstrip(g_strdup((const char *)value)) : NULL;
}

xmlDoc *domain_tree_read(const char *text, GError **error)
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

char *domain_tree_path(const xmlNode *source)
{
    char *path = domain_tree_attribute(source, "file");

    return path ? path : domain_tree_attribute(source, "dev");
}

void domain_tree_set(xmlNode *node, const char *name, const char *value)
{
    if (value)
        xmlSetProp(node, BAD_CAST name, BAD_CAST value);
}

char *domain_tree_text(xmlDoc *document)
{
    xmlChar *text = NULL;
    int size = 0;
    char *copy;

    xmlDocDumpFormatMemoryEnc(document, &text, &size, "UTF-8", 1);
    copy = g_strndup((const char *)text, (gsize)MAX(size, 0));
    xmlFree(text);
    return copy;
}
