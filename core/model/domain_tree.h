/*
 * domain_tree.h - libvirt's XML of a domain as a tree of libxml2: what guest_xml.c and guest_copy.c
 * do with one. Private to them. Thread: any.
 */
#ifndef ROOST_MODEL_DOMAIN_TREE_H
#define ROOST_MODEL_DOMAIN_TREE_H

#include <glib.h>
#include <libxml/tree.h>

#include "core/base/xml_tree.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

/* As xml_tree_read. NULL and ROOST_ERROR_INPUT, with the line, when it is no domain's. */
xmlDoc *domain_tree_read(const char *text, GError **error);

/* The document as XML. Free with g_free. */
char *domain_tree_text(xmlDoc *document);

/* Of a disk's source: a file or a device. NULL when there is none, or source is NULL. g_free. */
char *domain_tree_path(const xmlNode *source);

/* NULL leaves the attribute as it is. */
void domain_tree_set(xmlNode *node, const char *name, const char *value);

#endif
