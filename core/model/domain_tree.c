#include "core/model/domain_tree.h"

#include <libxml/parser.h>

#include "core/base/error.h"
#include "core/base/text.h"

xmlDoc *domain_tree_read(const char *text, GError **error)
{
    g_autoptr(xmlDoc) document = xml_tree_read(text, "domain");
    const xmlError *last;

    if (document && !document->intSubset)
        return g_steal_pointer(&document);
    last = xmlGetLastError();
    if (!document && last && last->level == XML_ERR_FATAL && last->message) {
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
    char *path = xml_tree_attribute(source, "file");

    return path ? path : xml_tree_attribute(source, "dev");
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
