/*
 * xml_tree.h - reading the XML of libvirt as a tree: hostile until proven harmless.
 *
 * Parsed without network, entities and DTDs; text past a size limit is refused. Thread: any.
 */
#ifndef ROOST_BASE_XML_TREE_H
#define ROOST_BASE_XML_TREE_H

#include <glib.h>
#include <libxml/tree.h>

/*
 * NULL when it is no XML, too large, or its root has another name; xmlGetLastError then tells of
 * the first. Free with xmlFreeDoc.
 */
xmlDoc *xml_tree_read(const char *text, const char *root_name);

/*
 * The first child element of that name; NULL when there is none, or node is NULL. Who may not
 * change the document may not change this either.
 */
xmlNode *xml_tree_child(const xmlNode *node, const char *name);

/* The next element from `node` on, itself included, of that name; likewise. */
xmlNode *xml_tree_next(const xmlNode *node, const char *name);

/* NULL when there is none, or node is NULL. Free with g_free. */
char *xml_tree_attribute(const xmlNode *node, const char *name);
char *xml_tree_content(const xmlNode *node); /* without the blanks around it */

/* The element with all that is in it, as XML; NULL likewise. Free with g_free. */
char *xml_tree_text(const xmlNode *node);

/* TRUE when the attribute is there and has that value. */
gboolean xml_tree_says(const xmlNode *node, const char *name, const char *value);

#endif
