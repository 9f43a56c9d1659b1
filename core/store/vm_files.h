/*
 * vm_files.h - VM/NAME.xml (R4): each VM's definition, as its host's libvirt gave it; what a VM can
 * be defined from again when its host is gone.
 *
 * The file of a VM is called as the VM is. What a file cannot be called, and '%', is written as
 * %XX; of a name that would be too long the beginning is kept, and a hash: no two VMs share a file,
 * and none leads out of the directory. For its owner's eyes alone (0600): a definition may hold
 * passwords. That of a VM that is known no more is moved to VM/removed, never deleted. Blocks on
 * the file system. Thread: any.
 */
#ifndef ROOST_STORE_VM_FILES_H
#define ROOST_STORE_VM_FILES_H

#include <glib.h>

#include "core/store/replace_file.h"

#define VM_DIRECTORY       "VM"
#define VM_FILE_BYTES_MOST (1u << 20)

/* STORE/VM/NAME.xml. Free with g_free. */
char *vm_file_path(const char *store_dir, const char *vm);

/* FALSE and ROOST_ERROR_INPUT, without the VM's name, unless it is the XML of a domain of that
 * name, without a DOCTYPE, not larger than VM_FILE_BYTES_MOST. */
gboolean vm_file_check(const char *xml, const char *vm, GError **error);

/* The name of the VM that it defines; NULL when it is no XML of a domain. Free with g_free. */
char *vm_file_name_in(const char *xml);

/*
 * Keeps a definition; *changed (may be NULL) tells whether it was another, or none, before. Nothing
 * is written when it is there already. `ask` as of replace_file. FALSE with "vm NAME: ..." or
 * "FILE: ...".
 */
gboolean vm_files_save(const char *store_dir, const char *vm, const char *xml, replace_ask_func ask,
                       gpointer data, gboolean *changed, GError **error);

/* NULL with the reason when there is none, or it is none of that VM. Free with g_free. */
char *vm_files_load(const char *store_dir, const char *vm, GError **error);

/* The VMs (char *, sorted) that have a file, whether it can be used or not. Free with
 * g_ptr_array_unref. */
GPtrArray *vm_files_list(const char *store_dir);

/*
 * Moves it to STORE/VM/removed/NAME-DATE.xml, and gives that path; NULL without an error when there
 * is none. Free with g_free.
 */
char *vm_files_remove(const char *store_dir, const char *vm, gint64 wall_us, GError **error);

#endif
