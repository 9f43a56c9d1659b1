#include "core/command/vm_stored.h"

#include <errno.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/store/vm_files.h"

char *vm_stored_read(const struct session *session, const char *name)
{
    if (!session->store || !text_check_name(name, NULL))
        return NULL;
    return vm_files_load(store_dir(session->store), name, NULL);
}

/* A name twice deleted has two files; the time tells them apart. */
static char *removed_name(const struct session *session, const char *dir, const char *name)
{
    g_autoptr(GDateTime) when =
        g_date_time_new_from_unix_utc(clock_wall_us(session->clock) / G_USEC_PER_SEC);
    g_autofree char *stamp = when ? g_date_time_format(when, "%Y%m%dT%H%M%SZ") : g_strdup("old");
    char *path = g_strdup_printf("%s/%s-%s.xml", dir, name, stamp);

    for (guint i = 2; g_file_test(path, G_FILE_TEST_EXISTS) && i < 1000; i++) {
        g_free(path);
        path = g_strdup_printf("%s/%s-%s-%u.xml", dir, name, stamp, i);
    }
    return path;
}

gboolean vm_stored_keep_removed(const struct session *session, const char *name, const char *xml,
                                char **path, GError **error)
{
    g_autofree char *dir = NULL;
    g_autofree char *file = NULL;
    g_autoptr(GError) cause = NULL;

    if (path)
        *path = NULL;
    if (!session->store)
        return TRUE;
    dir = g_build_filename(store_dir(session->store), "VM", "removed", NULL);
    if (g_mkdir_with_parents(dir, 0755) < 0) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s", dir, g_strerror(errno));
        return FALSE;
    }
    file = removed_name(session, dir, name);
    /* Its secrets, such as a VNC password, are nobody else's. */
    if (!g_file_set_contents_full(file, xml, -1,
                                  G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                  0600, &cause)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                    "vm %s: its definition could not be kept: %s", name, cause->message);
        return FALSE;
    }
    if (path)
        *path = g_steal_pointer(&file);
    return TRUE;
}
