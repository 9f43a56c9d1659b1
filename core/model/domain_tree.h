/*
 * domain_tree.h - libvirt's XML of a domain as a tree of libxml2: what guest_xml.c and guest_copy.c
 * do with one. Private to them. Thread: any.
 */
#ifndef ROOST_MODEL_DOMAIN_TREE_H
#define ROOST_MODEL_DOMAIN_TREE_H

#include <glib.h>
#include <libxml/tree.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

/*
 * Parsed without network, entities and DTDs. NULL and ROOST_ERROR_INPUT, with the line, when it is
 * no domain's, or too large.
 */
xmlDoc *domain_tree_read(const char *text, GError **error);

/* The document as XML. Free with g_free. */
char *domain_tree_text(xmlDoc *document);

/* The first child element of that name, or the next from `node` on; NULL when there is none. */
xmlNode *domain_tree_child(const xmlNode *node, const char *name); /* node may be NULL */
xmlNode *domain_tree_next(xmlNode *node, const char *name);

/* NULL when there is none, or node is NULL. Free with g_free. */
char *domain_tree_attribute(const xmlNode *node, const char *name);
char *domain_tree_content(const xmlNode *node); /* without the blanks around it */
char *domain_tree_path(const xmlNode *source);  /* of a disk's source: a file or a device */

/* NULL leaves the attribute as it is. */
void domain_tree_set(xmlNode *node, const char *name, const char *value);

#endif
