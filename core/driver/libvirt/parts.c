#include "core/driver/libvirt/parts.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/driver/libvirt/control.h"
#include "core/driver/libvirt/host_script.h"
#include "core/driver/libvirt/parts_xml.h"
#include "core/driver/libvirt/ssh_link.h"
#include "core/driver/libvirt/virt_error.h"

#define SIZES_US       (4 * G_USEC_PER_SEC) /* of all disks; each takes a millisecond or so */
#define STORAGE_US     (6 * G_USEC_PER_SEC)
#define QUESTIONS_MOST 256 /* of where an image lies */

/* --- What libvirt knows --- */

static void find_size(virDomainPtr domain, struct vm_parts *parts, struct vm_disk *disk)
{
    virDomainBlockInfo info;
    g_autoptr(GError) error = NULL;

    if (virDomainGetBlockInfo(domain, disk->target, &info, 0) == 0) {
        disk->size_bytes = (gint64)MIN(info.capacity, G_MAXINT64);
        disk->used_bytes = (gint64)MIN(info.allocation, G_MAXINT64);
        return;
    }
    virt_error_take(&error);
    if (error) {
        g_autofree char *target = text_escape(disk->target);

        vm_parts_complain(parts, "size of disk %s: %s", target, error->message);
    }
}

static void find_sizes(virDomainPtr domain, struct vm_parts *parts)
{
    gint64 end_us = g_get_monotonic_time() + SIZES_US;

    for (guint i = 0; i < parts->disks->len; i++) {
        struct vm_disk *disk = g_ptr_array_index(parts->disks, i);

        if (!disk->source)
            continue;
        if (g_get_monotonic_time() > end_us) {
            vm_parts_complain(parts, "the sizes of its disks took too long to find out");
            return;
        }
        find_size(domain, parts, disk);
    }
}

/* A volume is a path, or a service, only by its pool. */
static void find_volume(virConnectPtr connection, struct vm_disk *disk)
{
    virStoragePoolPtr pool = virStoragePoolLookupByName(connection, disk->pool);
    virStorageVolPtr volume = pool ? virStorageVolLookupByName(pool, disk->volume) : NULL;
    char *xml = pool ? virStoragePoolGetXMLDesc(pool, 0) : NULL;
    char *path = volume ? virStorageVolGetPath(volume) : NULL;
    g_autofree char *type = xml ? parts_xml_pool_type(xml) : NULL;

    if (type && strcmp(type, "dir") != 0 && strcmp(type, "fs") != 0)
        vm_disk_tell_storage(disk, type);
    else if (path && *path == '/')
        disk->path = vm_parts_take_text(g_strdup(path));
    free(path);
    free(xml);
    if (volume)
        virStorageVolFree(volume);
    if (pool)
        virStoragePoolFree(pool);
    virResetLastError();
}

static void find_volumes(virConnectPtr connection, struct vm_parts *parts)
{
    for (guint i = 0; i < parts->disks->len; i++) {
        struct vm_disk *disk = g_ptr_array_index(parts->disks, i);

        if (disk->pool && disk->volume)
            find_volume(connection, disk);
    }
}

struct manage_answer *parts_look(virConnectPtr connection, const struct manage_request *request,
                                 GError **error)
{
    virDomainPtr domain = control_find(connection, request->address, request->vm, error);
    g_autofree char *name = text_escape(request->vm);
    struct manage_answer *answer = NULL;
    struct vm_parts *parts = NULL;
    char *xml;

    if (!domain)
        return NULL;
    xml = virDomainGetXMLDesc(domain, 0);
    if (!xml) {
        virt_error_take(error);
        g_prefix_error(error, "vm %s: host %s: ", name, request->address);
    } else if (!(parts = parts_xml_read(xml))) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "vm %s: host %s: its XML cannot be read, or is too large", name,
                    request->address);
    } else {
        find_sizes(domain, parts);
        find_volumes(connection, parts);
        answer = manage_answer_new();
        answer->parts = parts;
    }
    free(xml);
    virDomainFree(domain);
    virResetLastError();
    return answer;
}

/* --- Where the disks lie --- */

/*
 * findmnt names file systems as people do, where it is there. A file server that does not answer
 * holds up neither for long.
 */
static const char storage_function[] =
    "at() {\n"
    "    path=$(timeout 2 readlink -f -- \"$2\" 2>/dev/null </dev/null) || return\n"
    "    fs=$(timeout 2 findmnt -n -r -o FSTYPE -T \"$path\" 2>/dev/null </dev/null | tail -n 1)\n"
    "    [ -n \"$fs\" ] ||\n"
    "        fs=$(timeout 2 stat -f -c %T -- \"$path\" 2>/dev/null </dev/null) || return\n"
    "    say fs \"$1 $fs\"\n"
    "}\n";

/* Devices are on a file system too, which says nothing of where their bytes are. */
static gboolean is_askable(const char *path)
{
    for (const char *p = path; p && *p; p++)
        if (g_ascii_iscntrl(*p))
            return FALSE;
    return path && *path == '/' && !g_str_has_prefix(path, "/dev/");
}

static void append_question(GString *script, guint disk, const char *path, guint *n)
{
    g_autofree char *quoted = NULL;

    if (!is_askable(path) || *n == QUESTIONS_MOST)
        return;
    quoted = g_shell_quote(path);
    g_string_append_printf(script, "at %u %s\n", disk, quoted);
    (*n)++;
}

char *parts_storage_script(const struct vm_parts *parts)
{
    GString *script = g_string_new(host_script_begin);
    guint n = 0;

    g_string_append(script, storage_function);
    for (guint i = 0; i < parts->disks->len; i++) {
        const struct vm_disk *disk = g_ptr_array_index(parts->disks, i);

        append_question(script, i, disk->path, &n);
        for (guint j = 0; j < disk->below->len; j++)
            append_question(script, i, g_ptr_array_index(disk->below, j), &n);
    }
    g_string_append(script, "echo roost-end\n");
    if (n > 0)
        return g_string_free(script, FALSE);
    g_string_free(script, TRUE);
    return NULL;
}

static void read_line(struct vm_parts *parts, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 3);
    guint64 disk;

    if (!words[0] || strcmp(words[0], "fs") != 0 || !words[1] || !words[2] || *words[2] == '\0')
        return;
    if (parts->disks->len > 0 &&
        g_ascii_string_to_unsigned(words[1], 10, 0, parts->disks->len - 1, &disk, NULL)) {
        char *storage = vm_parts_take_text(g_strstrip(g_strdup(words[2])));

        if (storage)
            vm_disk_tell_storage(g_ptr_array_index(parts->disks, disk), storage);
        g_free(storage);
    }
}

gboolean parts_read_storage(struct vm_parts *parts, const char *output, gsize length)
{
    g_autofree char *text = g_strndup(output, length); /* up to a NUL: none is ours */
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i]; i++)
        read_line(parts, lines[i]);
    return g_str_has_suffix(text, "roost-end\n");
}

void parts_find_storage(struct vm_parts *parts, struct remote_host *host, gint64 deadline_us)
{
    gint64 end_us = MIN(deadline_us, g_get_monotonic_time() + STORAGE_US);
    g_autofree char *script = parts_storage_script(parts);
    autoptr(ssh_answer) answer = ssh_answer_new();
    g_autoptr(GError) error = NULL;
    gboolean whole;

    if (!script)
        return;
    remote_host_drop_ssh(host); /* it may have died unnoticed */
    remote_host_run(host, script, end_us, answer, &error);
    whole = parts_read_storage(parts, answer->output->str, answer->output->len);
    if (!whole)
        vm_parts_complain(parts, "where its disks lie: %s",
                          error ? error->message : "its sh gave no whole answer");
}
