#include "core/driver/libvirt/own_key.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <libssh/libssh.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"

#define COMMENT "roost"

const char *own_key_path(const struct access *access)
{
    return access->identity ? access->identity : access->own_key;
}

static gboolean fail(const char *path, const char *why, GError **error)
{
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: the key of roost cannot be made: %s",
                path, why);
    return FALSE;
}

static char *public_line(ssh_key key)
{
    char *base64 = NULL;
    char *line = NULL;

    if (ssh_pki_export_pubkey_base64(key, &base64) == SSH_OK)
        line = g_strdup_printf("%s %s " COMMENT, ssh_key_type_to_char(ssh_key_type(key)), base64);
    ssh_string_free_char(base64);
    return line;
}

/* Written down to the disk, under a name that nobody else has; free with g_free. */
static char *write_draft(const char *path, ssh_key key, GError **error)
{
    char *draft = g_strconcat(path, ".XXXXXX", NULL);
    int fd = g_mkstemp_full(draft, O_RDWR | O_CLOEXEC, 0600);
    gboolean written;

    if (fd < 0) {
        fail(path, g_strerror(errno), error);
        g_free(draft);
        return NULL;
    }
    /* libssh opens it by name, and leaves its mode as it is. */
    written = ssh_pki_export_privkey_file(key, NULL, NULL, NULL, draft) == SSH_OK && fsync(fd) == 0;
    close(fd);
    if (written)
        return draft;
    g_unlink(draft);
    g_free(draft);
    fail(path, "it cannot be written", error);
    return NULL;
}

/* A convenience for people: roost itself reads the private key. */
static void write_public(const char *path, ssh_key key)
{
    g_autofree char *line = public_line(key);
    g_autofree char *text = line ? g_strconcat(line, "\n", NULL) : NULL;
    g_autofree char *beside = g_strconcat(path, ".pub", NULL);

    if (text)
        g_file_set_contents_full(beside, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, NULL);
}

/* link(2) never replaces: of two who make one at once, the second takes the first one's. */
static gboolean put_in_place(const char *draft, const char *path, ssh_key key, GError **error)
{
    int code = link(draft, path) == 0 ? 0 : errno;

    g_unlink(draft);
    if (code == 0)
        write_public(path, key);
    return code == 0 || code == EEXIST || fail(path, g_strerror(code), error);
}

gboolean own_key_ensure(const char *path, GError **error)
{
    g_autofree char *directory = g_path_get_dirname(path);
    g_autofree char *draft = NULL;
    ssh_key key = NULL;
    gboolean made;

    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return TRUE;
    if (g_mkdir_with_parents(directory, 0700) < 0)
        return fail(path, g_strerror(errno), error);
    if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) != SSH_OK)
        return fail(path, "libssh makes none", error);
    draft = write_draft(path, key, error);
    made = draft && put_in_place(draft, path, key, error);
    ssh_key_free(key);
    return made;
}

char *own_key_public(const char *path, GError **error)
{
    ssh_key key = NULL;
    char *line = NULL;

    if (ssh_pki_import_privkey_file(path, NULL, NULL, NULL, &key) == SSH_OK)
        line = public_line(key);
    ssh_key_free(key);
    if (!line)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_AUTH,
                    "the key %s cannot be read: missing, not a private key, or with a passphrase "
                    "(then leave identity away and use an agent)",
                    path);
    return line;
}
