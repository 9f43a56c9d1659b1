/*
 * check_xml.h - what an examination reads of libvirt's documents. Thread: any.
 *
 * Parsed without network, entities and DTDs; a text past a size limit, or that is no such
 * document, tells nothing.
 */
#ifndef ROOST_DRIVER_LIBVIRT_CHECK_XML_H
#define ROOST_DRIVER_LIBVIRT_CHECK_XML_H

#include <glib.h>

#include "core/model/check.h"

struct check_capabilities {
    char *cpu_model; /* NULL when not told */
    gboolean told_types;
    gboolean has_kvm;
    gboolean can_migrate;
};

/* FALSE, with nothing told, when the text (may be NULL) is not a capabilities document. */
gboolean check_xml_capabilities(const char *text, struct check_capabilities *capabilities);
void check_capabilities_clear(struct check_capabilities *capabilities);

/*
 * Of a running domain: itself as a guest (NULL when the text is not a domain), and the paths of
 * its disks, with what they are made from, into disks (path -> name).
 */
struct check_guest *check_xml_domain(const char *text, GHashTable *disks);

#endif
