/*
 * parts_xml.h - disks, interfaces and screens of a VM, read from its XML.
 *
 * Pure. Parsed as xml_tree.h does it; lists and texts are bounded as vm_parts.h says. Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_PARTS_XML_H
#define ROOST_DRIVER_LIBVIRT_PARTS_XML_H

#include "core/model/vm_parts.h"

/* Sizes and file systems are not in it. NULL when the text is no domain. Free it. */
struct vm_parts *parts_xml_read(const char *domain_xml);

/* The type of a storage pool, "dir", "netfs", "rbd"; NULL when the text is no pool. Free it. */
char *parts_xml_pool_type(const char *pool_xml);

#endif
