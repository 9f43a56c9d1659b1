#include "core/store/vm_files.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/store/read_file.h"

#define REMOVED_DIRECTORY "removed"
#define FILE_SUFFIX       ".xml"
#define FILE_MODE         0600

/* With the suffix, a date and what a temporary file adds it stays below NAME_MAX. */
#define STEM_BYTES_MOST 180
#define LONG_MARK       "%~" /* no name is encoded so */

/* --- Names ------------------------------------------------------------------------------------ */

static gboolean is_plain(const char *name, gsize at)
{
    guchar byte = (guchar)name[at];
    return byte > ' ' - 1 && byte != 0x7f && byte != '/' && byte != '%' &&
           !(byte == '.' && at == 0);
}

static char *encode(const char *vm)
{
    GString *stem = g_string_new(NULL);
    for (gsize i = 0; vm[i]; i++) {
        if (is_plain(vm, i))
            g_string_append_c(stem, vm[i]);
        else
            g_string_append_printf(stem, "%%%02X", (guint)(guchar)vm[i]);
    }
    if (stem->len > STEM_BYTES_MOST) {
        g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, vm, -1);
        gsize keep = STEM_BYTES_MOST - strlen(LONG_MARK) - 64;
        /* Neither a character nor an escape is cut in two: whoever lists sees valid names. */
        while (keep > 0 && ((guchar)stem->str[keep] & 0xc0) == 0x80)
            keep--;
        g_string_truncate(stem, keep);
        g_string_append(stem, LONG_MARK);
        g_string_append(stem, hash);
    }
    return g_string_free(stem, FALSE);
}

/* The VM whose file has that stem; NULL when none is encoded so. */
static char *decode(const char *stem)
{
    GString *name = g_string_new(NULL);
    for (const char *at = stem; *at; at++) {
        if (*at != '%') {
            g_string_append_c(name, *at);
        } else if (g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2])) {
            g_string_append_c(
                name, (char)(g_ascii_xdigit_value(at[1]) * 16 + g_ascii_xdigit_value(at[2])));
            at += 2;
        } else {
            g_string_free(name, TRUE);
            return NULL;
        }
    }
    g_autofree char *again = encode(name->str);
    if (strlen(name->str) == name->len && g_str_equal(again, stem))
        return g_string_free(name, FALSE);
    g_string_free(name, TRUE);
    return NULL;
}

char *vm_file_path(const char *store_dir, const char *vm)
{
    g_autofree char *stem = encode(vm);
    return g_strdup_printf("%s/" VM_DIRECTORY "/%s" FILE_SUFFIX, store_dir, stem);
}

/* --- What is in them -------------------------------------------------------------------------- */

static gboolean refuse(GError **error, const char *why)
{
    g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_INPUT, why);
    return FALSE;
}

/* The text of <domain><name>. Free with xmlFree. */
static xmlChar *name_in(xmlDocPtr document)
{
    xmlNodePtr root = xmlDocGetRootElement(document);
    if (!root || strcmp((const char *)root->name, "domain") != 0)
        return NULL;
    for (xmlNodePtr node = root->children; node; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, "name") == 0)
            return xmlNodeGetContent(node);
    }
    return NULL;
}

static xmlDocPtr parse(const char *xml, gsize length)
{
    xmlDocPtr document = xmlReadMemory(xml, (int)length, NULL, NULL,
                                       XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (document && (document->intSubset || document->extSubset))
        g_clear_pointer(&document, xmlFreeDoc);
    return document;
}

static char *domain_name(const char *xml, gsize length)
{
    xmlDocPtr document = parse(xml, length);
    xmlChar *name = document ? name_in(document) : NULL;
    char *copy = name ? g_strdup((const char *)name) : NULL;
    xmlFree(name);
    if (document)
        xmlFreeDoc(document);
    return copy;
}

char *vm_file_name_in(const char *xml)
{
    gsize length = strlen(xml);
    return length <= VM_FILE_BYTES_MOST ? domain_name(xml, length) : NULL;
}

gboolean vm_file_check(const char *xml, const char *vm, GError **error)
{
    gsize length = strlen(xml);
    if (length > VM_FILE_BYTES_MOST)
        return refuse(error, "its definition is larger than 1 MiB");
    g_autofree char *name = domain_name(xml, length);
    if (!name)
        return refuse(error, "its definition is no XML of a domain");
    if (g_str_equal(name, vm))
        return TRUE;
    g_autofree char *shown = text_escape(name);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "its definition is that of \"%s\"", shown);
    return FALSE;
}

/* --- Keeping ---------------------------------------------------------------------------------- */

static gboolean make_directory(const char *store_dir, const char *name, GError **error)
{
    g_autofree char *dir = g_build_filename(store_dir, VM_DIRECTORY, name, NULL);
    if (g_mkdir_with_parents(dir, 0755) == 0)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: cannot be made: %s", dir,
                g_strerror(errno));
    return FALSE;
}

gboolean vm_files_save(const char *store_dir, const char *vm, const char *xml, replace_ask_func ask,
                       gpointer data, gboolean *changed, GError **error)
{
    g_autofree char *path = vm_file_path(store_dir, vm);
    gsize length;
    if (!vm_file_check(xml, vm, error)) {
        g_prefix_error(error, "vm %s: ", vm);
        return FALSE;
    }
    g_autofree char *there = read_file(path, VM_FILE_BYTES_MOST, &length, NULL);
    gboolean same = g_strcmp0(there, xml) == 0;
    if (changed)
        *changed = !same;
    return same || (make_directory(store_dir, NULL, error) &&
                    replace_file(path, xml, FILE_MODE, ask, data, NULL, error));
}

char *vm_files_load(const char *store_dir, const char *vm, GError **error)
{
    g_autofree char *path = vm_file_path(store_dir, vm);
    gsize length;
    g_autofree char *xml = read_file(path, VM_FILE_BYTES_MOST, &length, error);
    if (!xml)
        return NULL;
    if (strlen(xml) == length && vm_file_check(xml, vm, error))
        return g_steal_pointer(&xml);
    g_prefix_error(error, "%s: ", path);
    if (error && !*error)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: is no text", path);
    return NULL;
}

/* A long name stands only in the file itself. */
static char *name_of_file(const char *dir, const char *file)
{
    g_autofree char *stem = g_strndup(file, strlen(file) - strlen(FILE_SUFFIX));
    if (!strstr(stem, LONG_MARK))
        return decode(stem);
    g_autofree char *path = g_build_filename(dir, file, NULL);
    gsize length;
    g_autofree char *xml = read_file(path, VM_FILE_BYTES_MOST, &length, NULL);
    g_autofree char *name = xml ? domain_name(xml, length) : NULL;
    g_autofree char *again = name ? encode(name) : NULL;
    return g_strcmp0(again, stem) == 0 ? g_steal_pointer(&name) : NULL;
}

static int compare(gconstpointer a, gconstpointer b)
{
    return text_compare_names(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *vm_files_list(const char *store_dir)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *dir = g_build_filename(store_dir, VM_DIRECTORY, NULL);
    g_autoptr(GDir) files = g_dir_open(dir, 0, NULL);
    const char *file;
    while (files && (file = g_dir_read_name(files))) {
        char *name = g_str_has_suffix(file, FILE_SUFFIX) ? name_of_file(dir, file) : NULL;
        if (name)
            g_ptr_array_add(names, name);
    }
    g_ptr_array_sort(names, compare);
    return names;
}

char *vm_files_remove(const char *store_dir, const char *vm, gint64 wall_us, GError **error)
{
    g_autofree char *path = vm_file_path(store_dir, vm);
    g_autofree char *stem = encode(vm);
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(wall_us / G_USEC_PER_SEC);
    g_autofree char *stamp = date ? g_date_time_format(date, "%Y%m%dT%H%M%SZ") : g_strdup("0");
    if (!g_file_test(path, G_FILE_TEST_EXISTS) ||
        !make_directory(store_dir, REMOVED_DIRECTORY, error))
        return NULL;
    for (guint i = 1; i < 1000; i++) {
        g_autofree char *number = i > 1 ? g_strdup_printf("-%u", i) : g_strdup("");
        g_autofree char *kept =
            g_strdup_printf("%s/" VM_DIRECTORY "/" REMOVED_DIRECTORY "/%s-%s%s" FILE_SUFFIX,
                            store_dir, stem, stamp, number);
        if (g_file_test(kept, G_FILE_TEST_EXISTS))
            continue;
        if (g_rename(path, kept) == 0)
            return g_steal_pointer(&kept);
        break;
    }
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: cannot be moved to %s: %s", path,
                REMOVED_DIRECTORY, g_strerror(errno));
    return NULL;
}
