/*
 * domain_xml.h - the few facts that libvirt tells only as XML. Thread: any.
 *
 * Parsed without network, entities and DTDs; text past a size limit is refused.
 */
#ifndef ROOST_DRIVER_LIBVIRT_DOMAIN_XML_H
#define ROOST_DRIVER_LIBVIRT_DOMAIN_XML_H

#include <glib.h>

struct domain_xml {
    char *mac;       /* of the first interface, lower case; NULL when it has none */
    guint64 mem_kib; /* 0 when not told */
    guint vcpus;     /* 0 when not told */
};

/* FALSE, with everything not known, when the text is not a domain. Clear it in either case. */
gboolean domain_xml_parse(const char *text, struct domain_xml *facts);
void domain_xml_clear(struct domain_xml *facts);

/* The name of the host's CPU model in a capabilities document; NULL when not told. Free it. */
char *capabilities_xml_cpu_model(const char *text);

enum capabilities_say {
    CAPABILITIES_UNREADABLE,
    CAPABILITIES_WITHOUT,
    CAPABILITIES_WITH, /* of running VMs: <migration_features> has <live/> */
};

/* Whether a capabilities document speaks of live migration. */
enum capabilities_say capabilities_xml_migration(const char *text);

#endif
