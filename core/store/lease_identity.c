#include "core/store/lease_identity.h"

#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/store/read_file.h"

#define GROUP        "holder"
#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"

/* One table for all that is done to each string of it. */
static const struct {
    const char *key;
    gsize offset;
} strings[] = {
    {"host", G_STRUCT_OFFSET(struct lease_identity, host)},
    {"who", G_STRUCT_OFFSET(struct lease_identity, who)},
    {"what", G_STRUCT_OFFSET(struct lease_identity, what)},
    {"socket", G_STRUCT_OFFSET(struct lease_identity, socket)},
    {"boot_id", G_STRUCT_OFFSET(struct lease_identity, boot_id)},
};

#define STRING(identity, i) G_STRUCT_MEMBER(char *, identity, strings[i].offset)

static char *read_boot_id(void)
{
    gsize length = 0;
    char *text = read_file(BOOT_ID_FILE, 256, &length, NULL);
    return text ? g_strstrip(text) : NULL;
}

struct lease_identity *lease_identity_new(const char *what, const char *socket)
{
    struct lease_identity *identity = g_new0(struct lease_identity, 1);
    identity->host = g_strdup(g_get_host_name());
    identity->who = g_strdup(g_get_user_name());
    identity->what = g_strdup(what);
    identity->socket = g_strdup(socket);
    identity->boot_id = read_boot_id();
    identity->pid = (guint)getpid();
    return identity;
}

struct lease_identity *lease_identity_copy(const struct lease_identity *identity)
{
    struct lease_identity *copy = g_memdup2(identity, sizeof *identity);
    for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
        STRING(copy, i) = g_strdup(STRING(identity, i));
    return copy;
}

void lease_identity_free(struct lease_identity *identity)
{
    if (!identity)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(STRING(identity, i));
    g_free(identity);
}

gboolean lease_identity_equal(const struct lease_identity *a, const struct lease_identity *b)
{
    if (!a || !b)
        return a == b;
    for (guint i = 0; i < G_N_ELEMENTS(strings); i++) {
        if (g_strcmp0(STRING(a, i), STRING(b, i)) != 0)
            return FALSE;
    }
    return a->pid == b->pid;
}

char *lease_identity_to_text(const struct lease_identity *identity)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    for (guint i = 0; i < G_N_ELEMENTS(strings); i++) {
        g_autofree char *valid =
            STRING(identity, i) ? g_utf8_make_valid(STRING(identity, i), -1) : NULL;
        if (valid)
            g_key_file_set_string(file, GROUP, strings[i].key, valid);
    }
    g_key_file_set_uint64(file, GROUP, "pid", identity->pid);
    return g_key_file_to_data(file, NULL, NULL);
}

/* NULL when it is not there, or no text. */
static char *read_string(GKeyFile *file, const char *key)
{
    g_autofree char *value = g_key_file_get_string(file, GROUP, key, NULL);
    if (!value || !*value)
        return NULL;
    return g_utf8_substring(value, 0, MIN(g_utf8_strlen(value, -1), LEASE_IDENTITY_CHARS_MOST));
}

struct lease_identity *lease_identity_from_text(const char *text, gsize length, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) cause = NULL;
    if (length > LEASE_IDENTITY_BYTES_MOST || memchr(text, '\0', length) ||
        !g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, &cause) ||
        !g_key_file_has_group(file, GROUP)) {
        g_autofree char *reason = text_escape(cause ? cause->message : "it has no [" GROUP "]");
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "does not say who holds the lease: %s",
                    reason);
        return NULL;
    }
    struct lease_identity *identity = g_new0(struct lease_identity, 1);
    for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
        STRING(identity, i) = read_string(file, strings[i].key);
    guint64 pid = g_key_file_get_uint64(file, GROUP, "pid", NULL);
    identity->pid = pid > G_MAXINT ? 0 : (guint)pid;
    return identity;
}
