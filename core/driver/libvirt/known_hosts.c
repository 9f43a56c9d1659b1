#include "core/driver/libvirt/known_hosts.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh/libssh.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"

#define SSH_PORT  22
#define FILE_MOST (64 * 1024 * 1024)

char *known_hosts_name(const char *address, guint port)
{
    return port == SSH_PORT ? g_strdup(address) : g_strdup_printf("[%s]:%u", address, port);
}

gboolean known_hosts_is_key(const char *key)
{
    gsize type = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-@.");
    gsize body = 0;

    if (type == 0 || key[type] != ' ')
        return FALSE;
    key += type + 1;
    while (g_ascii_isalnum(key[body]) || key[body] == '+' || key[body] == '/')
        body++;
    return body > 0 && key[body + strspn(key + body, "=")] == '\0';
}

static gboolean fail(const char *path, GError **error)
{
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: the host key cannot be added: %s",
                path, g_strerror(errno));
    return FALSE;
}

static int open_locked(const char *path, GError **error)
{
    g_autofree char *directory = g_path_get_dirname(path);
    int fd;

    if (g_mkdir_with_parents(directory, 0700) < 0) {
        fail(path, error);
        return -1;
    }
    fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX) == 0)
        return fd;
    fail(path, error);
    if (fd >= 0)
        close(fd);
    return -1;
}

/* All that is there; NULL when it cannot be read, or is no file of ours to add to. */
static GString *read_all(int fd)
{
    char buffer[16 * 1024];
    GString *text = g_string_new(NULL);
    ssize_t n = 0;

    while (text->len < FILE_MOST && (n = pread(fd, buffer, sizeof buffer, (off_t)text->len)) > 0)
        g_string_append_len(text, buffer, n);
    if (n == 0)
        return text;
    if (text->len >= FILE_MOST)
        errno = EFBIG;
    g_string_free(text, TRUE);
    return NULL;
}

static gboolean has_line(const char *text, const char *line)
{
    gsize size = strlen(line);

    for (const char *at = text; (at = strstr(at, line)); at++)
        if ((at == text || at[-1] == '\n') && (at[size] == '\n' || at[size] == '\0'))
            return TRUE;
    return FALSE;
}

/* Half a line would spoil the next one: what was cut off by a full disk is taken back. */
static gboolean append(int fd, const char *line, gboolean after_half_line, gsize size_before)
{
    g_autofree char *text = g_strconcat(after_half_line ? "\n" : "", line, "\n", NULL);
    gsize size = strlen(text);
    ssize_t n = write(fd, text, size);
    int code = n < 0 ? errno : ENOSPC;

    if (n == (ssize_t)size && fsync(fd) == 0)
        return TRUE;
    if (ftruncate(fd, (off_t)size_before) < 0)
        code = errno;
    errno = code;
    return FALSE;
}

gboolean known_hosts_add(const char *path, const char *address, guint port, const char *key,
                         GError **error)
{
    g_autofree char *name = known_hosts_name(address, port);
    g_autofree char *line = g_strdup_printf("%s %s", name, key);
    GString *text;
    gboolean added;
    int fd;

    if (!known_hosts_is_key(key)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "host %s: its host key makes no sense",
                    address);
        return FALSE;
    }
    fd = open_locked(path, error);
    if (fd < 0)
        return FALSE;
    text = read_all(fd);
    added =
        text && (has_line(text->str, line) ||
                 append(fd, line, text->len > 0 && text->str[text->len - 1] != '\n', text->len));
    if (!added)
        fail(path, error);
    if (text)
        g_string_free(text, TRUE);
    close(fd);
    return added;
}

/* One line of the file, as "NAME KEY" when it is about the host of that name; else NULL. */
static char *line_about(const char *line, const char *name)
{
    struct ssh_knownhosts_entry *entry = NULL;
    char *base64 = NULL;
    char *about = NULL;

    /* Revoked keys and authorities are no host's key. */
    if (*line == '@' || *line == '#' || *line == '\0' ||
        ssh_known_hosts_parse_line(name, line, &entry) != SSH_OK)
        return NULL;
    if (ssh_pki_export_pubkey_base64(entry->publickey, &base64) == SSH_OK)
        about = g_strdup_printf("%s %s %s", name,
                                ssh_key_type_to_char(ssh_key_type(entry->publickey)), base64);
    ssh_string_free_char(base64);
    ssh_knownhosts_entry_free(entry);
    return about;
}

char **known_hosts_lines(const char *path, const char *const *addresses, guint port, GError **error)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    g_autoptr(GError) failed = NULL;
    g_autoptr(GStrvBuilder) found = g_strv_builder_new();

    if (!g_file_get_contents(path, &text, NULL, &failed) &&
        !g_error_matches(failed, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s", failed->message);
        return NULL;
    }
    lines = g_strsplit(text ? text : "", "\n", -1);
    for (; addresses && *addresses; addresses++) {
        g_autofree char *name = known_hosts_name(*addresses, port);

        for (char **line = lines; *line; line++) {
            g_autofree char *about = line_about(*line, name);

            if (about)
                g_strv_builder_add(found, about);
        }
    }
    return g_strv_builder_end(found);
}
