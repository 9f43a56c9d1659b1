/*
 * guest_xml.h - libvirt's XML of a domain: read, built, and copied under another name.
 *
 * Trees of libxml2, never pasted strings: whatever a name holds, it stays a name. What is read may
 * come from anybody: it is parsed without network, entities and DTDs, up to a size. Thread: any.
 */
#ifndef ROOST_MODEL_GUEST_XML_H
#define ROOST_MODEL_GUEST_XML_H

#include <glib.h>

#include "core/model/guest.h"

/* NULL and ROOST_ERROR_INPUT, with the line, when it is no domain's. Free with guest_free. */
struct guest *guest_xml_read(const char *text, GError **error);

/* The definition of a new VM; NULL and ROOST_ERROR_INPUT as guest_check. Free with g_free. */
char *guest_xml_build(const struct guest *guest, GError **error);

/* One copy of a VM, or of a template. */
struct guest_copy {
    const char *name;
    guint number; /* for {number}; 0 = it is no one of many: {number} is then left out */
    const char *uuid;
    guint64 mem_kib; /* 0 = as the original; so are the next two */
    guint vcpus;
    const struct guest_nic *nic; /* of all cards; its mac is not looked at; NULL = as they are */
    GHashTable *taken;           /* MAC addresses, as for guest_make_mac */
    GRand *chance;
    GHashTable *disks; /* path in the original, {placeholders} filled in -> struct guest_disk *,
                          whose path and format it has instead; NULL = none */
};

/*
 * The original with the copy's name, UUID, a new MAC address for each card, and its disks.
 * Everywhere in it {name} and {number} (also {number:02}) are filled in; other words in braces that
 * look like one are an error. What belongs to the original alone (NVRAM, its backing chains as they
 * are written) is left out. NULL and ROOST_ERROR_INPUT. Free with g_free.
 */
char *guest_xml_copy(const char *text, const struct guest_copy *copy, GError **error);

/* "{name}" and "{number}" filled in; NULL and ROOST_ERROR_INPUT for one that is not known. */
char *guest_fill(const char *text, const char *name, guint number, GError **error);

#endif
