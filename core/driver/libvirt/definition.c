#include "core/driver/libvirt/definition.h"

#include <libvirt/virterror.h>
#include <stdlib.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/driver/libvirt/control.h"
#include "core/driver/libvirt/parts.h"
#include "core/driver/libvirt/virt_error.h"
#include "core/base/xml_tree.h"
#include "core/model/guest_xml.h"

static gboolean fail(GError **error, const char *subject, const char *what)
{
    virt_error_take(error);
    g_prefix_error(error, "%s: %s: ", subject, what);
    return FALSE;
}

static gboolean is_wanted(gboolean (*may_act)(gpointer data), gpointer data, const char *subject,
                          GError **error)
{
    if (may_act(data))
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_CANCELLED, "%s: nobody waits for it any more",
                subject);
    return FALSE;
}

/* --- Reading --- */

/*
 * As it would start next. With the secrets in it (a VNC password), which a connection may keep from
 * us: what is written down must be able to start again.
 */
static char *read_xml(virDomainPtr domain)
{
    unsigned int inactive = virDomainIsPersistent(domain) == 1 ? VIR_DOMAIN_XML_INACTIVE : 0;
    char *text = virDomainGetXMLDesc(domain, inactive | VIR_DOMAIN_XML_SECURE);
    char *copy;

    if (!text)
        text = virDomainGetXMLDesc(domain, inactive);
    copy = g_strdup(text);
    free(text);
    return copy;
}

static struct manage_answer *read_one(virConnectPtr connection,
                                      const struct manage_request *request, GError **error)
{
    virDomainPtr domain = control_find(connection, request->address, request->vm, error);
    g_autofree char *name = text_escape(request->vm);
    g_autofree char *subject = g_strdup_printf("vm %s", name);
    struct manage_answer *answer;

    if (!domain)
        return NULL;
    answer = manage_answer_new();
    answer->text = read_xml(domain);
    virDomainFree(domain);
    if (answer->text)
        return answer;
    fail(error, subject, "its definition");
    manage_answer_free(answer);
    return NULL;
}

static struct manage_answer *read_all(virConnectPtr connection, const char *subject, GError **error)
{
    virDomainPtr *domains = NULL;
    int n = virConnectListAllDomains(connection, &domains, 0);
    struct manage_answer *answer;

    if (n < 0) {
        fail(error, subject, "libvirt");
        return NULL;
    }
    answer = manage_answer_new();
    answer->texts = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < n; i++) {
        char *text = read_xml(domains[i]);

        if (text) /* one that went away meanwhile uses nothing */
            g_ptr_array_add(answer->texts, text);
        virDomainFree(domains[i]);
    }
    free(domains);
    virResetLastError();
    return answer;
}

/* --- Defining --- */

static gboolean refuse_other(GError **error, const struct guest *guest,
                             const struct manage_request *request, const char *what)
{
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "vm %s: host %s knows %s already",
                guest->name, request->address, what);
    return FALSE;
}

/* libvirt would refuse most of it as well, but not say what is in the way. */
static gboolean is_free(virConnectPtr connection, const struct guest *guest,
                        const struct manage_request *request, GError **error)
{
    virDomainPtr named = virDomainLookupByName(connection, guest->name);
    virDomainPtr same = guest->uuid ? virDomainLookupByUUIDString(connection, guest->uuid) : NULL;
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    g_autofree char *other = same ? text_escape(virDomainGetName(same)) : NULL;
    gboolean free_of_it = TRUE;

    if (named)
        virDomainGetUUIDString(named, uuid);
    if (named && request->fresh)
        free_of_it = refuse_other(error, guest, request, "a VM of that name");
    else if (named && guest->uuid && g_ascii_strcasecmp(uuid, guest->uuid) != 0)
        free_of_it = refuse_other(error, guest, request, "another VM of that name");
    else if (same && (request->fresh || g_strcmp0(other, guest->name) != 0)) {
        g_autofree char *what = g_strdup_printf("its UUID as vm %s", other);
        free_of_it = refuse_other(error, guest, request, what);
    }
    if (named)
        virDomainFree(named);
    if (same)
        virDomainFree(same);
    virResetLastError();
    return free_of_it;
}

static gboolean is_defined(virConnectPtr connection, const struct guest *guest)
{
    virDomainPtr domain = virDomainLookupByName(connection, guest->name);
    gboolean defined = domain && virDomainIsPersistent(domain) == 1;

    if (domain)
        virDomainFree(domain);
    virResetLastError();
    return defined;
}

static struct manage_answer *define(virConnectPtr connection, const struct manage_request *request,
                                    gboolean (*may_act)(gpointer data), gpointer data,
                                    GError **error)
{
    autoptr(guest) guest = guest_xml_read(request->xml, error);
    g_autofree char *subject = NULL;
    virDomainPtr domain;

    if (!guest || !guest->name || !guest_check_name(guest->name, error)) {
        if (!guest || guest->name)
            g_prefix_error(error, "host %s: define: ", request->address);
        else
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "host %s: define: it has no name",
                        request->address);
        return NULL;
    }
    subject = g_strdup_printf("vm %s", guest->name);
    if (!is_free(connection, guest, request, error))
        return NULL;
    if (is_defined(connection, guest)) /* as the same one: what may differ is that host's own */
        return manage_answer_new();
    if (!is_wanted(may_act, data, subject, error))
        return NULL;
    domain = virDomainDefineXMLFlags(connection, request->xml, VIR_DOMAIN_DEFINE_VALIDATE);
    if (!domain) {
        g_autofree char *what = g_strdup_printf("define on %s", request->address);
        fail(error, subject, what);
        return NULL;
    }
    virDomainFree(domain);
    return manage_answer_new();
}

/* --- Undefining --- */

/* NVRAM belongs to the definition. Not every hypervisor knows the flags; an old one knows none. */
static int tell_to_undefine(virDomainPtr domain, gboolean all_state)
{
    unsigned int state = VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
                         VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA;
    unsigned int flags = all_state ? state | VIR_DOMAIN_UNDEFINE_NVRAM : 0;
    int result = virDomainUndefineFlags(domain, flags);

    if (result < 0 && (virGetLastErrorCode() == VIR_ERR_NO_SUPPORT ||
                       virGetLastErrorCode() == VIR_ERR_INVALID_ARG))
        result = virDomainUndefine(domain);
    return result;
}

static const char *why_not_undefine(virDomainPtr domain, gboolean all_state)
{
    if (virDomainIsActive(domain) == 1)
        return "it runs there";
    if (all_state)
        return NULL;
    if (virDomainHasManagedSaveImage(domain, 0) == 1)
        return "its RAM is saved there; start it once, or force takes what is saved away as well";
    if (virDomainSnapshotNum(domain, 0) > 0)
        return "it has snapshots there; force forgets them as well (the images keep them)";
    return NULL;
}

static struct manage_answer *undefine(virConnectPtr connection,
                                      const struct manage_request *request,
                                      gboolean (*may_act)(gpointer data), gpointer data,
                                      GError **error)
{
    virDomainPtr domain = control_find(connection, request->address, request->vm, error);
    g_autofree char *name = text_escape(request->vm);
    g_autofree char *subject = g_strdup_printf("vm %s: host %s", name, request->address);
    const char *why = domain ? why_not_undefine(domain, request->all_state) : NULL;
    gboolean done = FALSE;

    if (!domain)
        return NULL;
    virResetLastError();
    if (why)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s: %s", subject, why);
    else if (is_wanted(may_act, data, subject, error))
        done =
            tell_to_undefine(domain, request->all_state) == 0 || fail(error, subject, "undefine");
    virDomainFree(domain);
    virResetLastError();
    return done ? manage_answer_new() : NULL;
}

/* --- What a new VM can be made of --- */

/* The host's own architecture, by the best of its types. */
static const xmlNode *best_domain(const xmlNode *arch)
{
    const char *const types[] = {"kvm", "xen", "hvf", NULL};

    for (const char *const *type = types; *type; type++)
        for (const xmlNode *domain = xml_tree_child(arch, "domain"); domain;
             domain = xml_tree_next(domain->next, "domain"))
            if (xml_tree_says(domain, "type", *type))
                return domain;
    return xml_tree_child(arch, "domain");
}

static const xmlNode *guest_for(const xmlNode *root, const char *host_arch)
{
    const xmlNode *first = NULL;

    for (const xmlNode *guest = xml_tree_child(root, "guest"); guest;
         guest = xml_tree_next(guest->next, "guest")) {
        if (!first)
            first = guest;
        if (xml_tree_says(xml_tree_child(guest, "arch"), "name", host_arch))
            return guest;
    }
    return first;
}

/* The newer of the two kinds of PC where it is there: it has what disks and cards today expect. */
static char *machine_of(const xmlNode *arch)
{
    char *first = NULL;

    for (const xmlNode *node = xml_tree_child(arch, "machine"); node;
         node = xml_tree_next(node->next, "machine")) {
        g_autofree char *name = xml_tree_content(node);

        if (g_strcmp0(name, "q35") == 0) {
            g_free(first);
            return g_steal_pointer(&name);
        }
        if (!first)
            first = g_steal_pointer(&name);
    }
    return first;
}

static const char *bus_for(const char *hypervisor)
{
    if (g_strcmp0(hypervisor, "Xen") == 0)
        return "xen";
    if (g_strcmp0(hypervisor, "QEMU") == 0)
        return "virtio";
    return g_strcmp0(hypervisor, "ESX") == 0 ? "scsi" : "ide";
}

struct manage_ground *definition_ground(const char *hypervisor, const char *capabilities)
{
    xmlDoc *document = xml_tree_read(capabilities, "capabilities");
    const xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    const xmlNode *cpu = xml_tree_child(xml_tree_child(root, "host"), "cpu");
    g_autofree char *host_arch = xml_tree_content(xml_tree_child(cpu, "arch"));
    const xmlNode *guest = guest_for(root, host_arch);
    const xmlNode *arch = xml_tree_child(guest, "arch");
    const xmlNode *domain = best_domain(arch);
    struct manage_ground *ground = NULL;

    if (domain) {
        ground = g_new0(struct manage_ground, 1);
        ground->type = xml_tree_attribute(domain, "type");
        ground->os = xml_tree_content(xml_tree_child(guest, "os_type"));
        ground->arch = xml_tree_attribute(arch, "name");
        ground->machine = machine_of(arch);
        ground->emulator = xml_tree_content(xml_tree_child(domain, "emulator"));
        if (!ground->emulator)
            ground->emulator = xml_tree_content(xml_tree_child(arch, "emulator"));
        ground->disk_bus = g_strdup(bus_for(hypervisor));
        ground->networks = g_new0(char *, 1);
    }
    if (ground && (!ground->type || !ground->os))
        g_clear_pointer(&ground, manage_ground_free);
    xmlFreeDoc(document);
    return ground;
}

void definition_ground_refine(struct manage_ground *ground, const char *domain_capabilities)
{
    xmlDoc *document = xml_tree_read(domain_capabilities, "domainCapabilities");
    const xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    g_autofree char *most = xml_tree_attribute(xml_tree_child(root, "vcpu"), "max");
    g_autofree char *path = xml_tree_content(xml_tree_child(root, "path"));
    guint64 number = 0;

    if (most && g_ascii_string_to_unsigned(most, 10, 1, GUEST_VCPUS_MOST, &number, NULL))
        ground->vcpus_most = (guint)number;
    if (path && !ground->emulator)
        ground->emulator = g_steal_pointer(&path);
    xmlFreeDoc(document);
}

static char **read_networks(virConnectPtr connection)
{
    virNetworkPtr *networks = NULL;
    int n = virConnectListAllNetworks(connection, &networks, VIR_CONNECT_LIST_NETWORKS_ACTIVE);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    for (int i = 0; i < n; i++) {
        g_strv_builder_add(builder, virNetworkGetName(networks[i]));
        virNetworkFree(networks[i]);
    }
    free(networks);
    virResetLastError();
    return g_strv_builder_end(builder);
}

static struct manage_answer *look_at_ground(virConnectPtr connection, const char *subject,
                                            GError **error)
{
    char *text = virConnectGetCapabilities(connection);
    char *more;
    struct manage_ground *ground;
    struct manage_answer *answer;

    if (!text) {
        fail(error, subject, "its capabilities");
        return NULL;
    }
    ground = definition_ground(virConnectGetType(connection), text);
    free(text);
    if (!ground) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "%s: its hypervisor says of nothing that it can run it: is one installed?",
                    subject);
        return NULL;
    }
    more = virConnectGetDomainCapabilities(connection, ground->emulator, ground->arch,
                                           ground->machine, ground->type, 0);
    if (more)
        definition_ground_refine(ground, more);
    free(more);
    virResetLastError();
    g_strfreev(ground->networks);
    ground->networks = read_networks(connection);
    answer = manage_answer_new();
    answer->ground = ground;
    return answer;
}

struct manage_answer *definition_manage(virConnectPtr connection,
                                        const struct manage_request *request,
                                        gboolean (*may_act)(gpointer data), gpointer data,
                                        GError **error)
{
    g_autofree char *subject = g_strdup_printf("host %s", request->address);

    switch (request->kind) {
    case MANAGE_DEFINITION:
        return read_one(connection, request, error);
    case MANAGE_DEFINITIONS:
        return read_all(connection, subject, error);
    case MANAGE_DEFINE:
        return define(connection, request, may_act, data, error);
    case MANAGE_UNDEFINE:
        return undefine(connection, request, may_act, data, error);
    case MANAGE_GROUND:
        return look_at_ground(connection, subject, error);
    case MANAGE_PARTS:
        return parts_look(connection, request, error);
    default:
        break;
    }
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s is no business of libvirt's",
                subject, manage_kind_name(request->kind));
    return NULL;
}
