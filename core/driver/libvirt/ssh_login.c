#include "core/driver/libvirt/ssh_login.h"

#include <string.h>

#include "core/base/error.h"
#include "core/driver/libvirt/known_hosts.h"
#include "core/driver/libvirt/ssh_internal.h"

/* What each sentence is known by again, for ssh_login_trouble. */
#define NOT_IN      ") is not in "
#define NOT_THE_ONE ") is not the one in "
#define UNCHECKED   "its ssh host key cannot be checked against "
#define UNREADABLE  " cannot be read: missing, not a private key"
#define NOT_LET_IN  "it does not let "

/* "SHA256:..." of the key that the host shows. Free with g_free. */
static char *fingerprint(ssh_session session)
{
    ssh_key key = NULL;
    unsigned char *hash = NULL;
    size_t size = 0;
    char *text = NULL;
    char *copy;

    if (ssh_get_server_publickey(session, &key) == SSH_OK &&
        ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &size) == SSH_OK)
        text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size);
    copy = g_strdup(text ? text : "unreadable");
    ssh_string_free_char(text);
    ssh_clean_pubkey_hash(&hash);
    ssh_key_free(key);
    return copy;
}

static gboolean refuse_unknown(ssh_session session, const struct access *access,
                               const char *address, GError **error)
{
    g_autofree char *shown = fingerprint(session);

    g_set_error(error, ROOST_ERROR, ROOST_ERROR_AUTH,
                "its ssh host key (%s" NOT_IN "%s; if it is the right one, add it: "
                "ssh-keyscan -p %u %s >> %s",
                shown, access->known_hosts, access->port, address, access->known_hosts);
    return FALSE;
}

static gboolean refuse_changed(ssh_session session, const struct access *access,
                               const char *address, GError **error)
{
    g_autofree char *shown = fingerprint(session);
    g_autofree char *name = known_hosts_name(address, access->port);
    g_autofree char *quoted = g_shell_quote(name);

    g_set_error(error, ROOST_ERROR, ROOST_ERROR_AUTH,
                "its ssh host key (%s" NOT_THE_ONE "%s: another machine, or an attacker; "
                "only if you know why it changed: ssh-keygen -R %s -f %s, then add the new one",
                shown, access->known_hosts, access->port == 22 ? address : quoted,
                access->known_hosts);
    return FALSE;
}

gboolean ssh_login_check_host(ssh_session session, const struct access *access, const char *address,
                              GError **error)
{
    switch (ssh_session_is_known_server(session)) {
    case SSH_KNOWN_HOSTS_OK:
        return TRUE;
    case SSH_KNOWN_HOSTS_CHANGED:
    case SSH_KNOWN_HOSTS_OTHER:
        return refuse_changed(session, access, address, error);
    case SSH_KNOWN_HOSTS_UNKNOWN:
    case SSH_KNOWN_HOSTS_NOT_FOUND:
        return refuse_unknown(session, access, address, error);
    case SSH_KNOWN_HOSTS_ERROR:
    default:
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_AUTH, UNCHECKED "%s: %s", access->known_hosts,
                    ssh_get_error(session));
        return FALSE;
    }
}

/* One attempt of either way; SSH_AUTH_AGAIN while it is not over. */
static int try_key(ssh_session session, ssh_key key)
{
    if (key)
        return ssh_userauth_publickey(session, NULL, key);
    return ssh_userauth_publickey_auto(session, NULL, NULL);
}

static gboolean load_identity(const char *path, ssh_key *key, GError **error)
{
    if (ssh_pki_import_privkey_file(path, NULL, NULL, NULL, key) == SSH_OK)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_AUTH,
                "the key %s" UNREADABLE ", or with a passphrase "
                "(then leave identity away and use an agent)",
                path);
    return FALSE;
}

/* NULL stands for the agent and the usual keys. SSH_AUTH_AGAIN when time is up, with error. */
static int finish_key(ssh_session session, ssh_key key, gint64 deadline_us, GError **error)
{
    int result;

    while ((result = try_key(session, key)) == SSH_AUTH_AGAIN)
        if (!ssh_link_wait(session, deadline_us, error))
            break;
    return result;
}

/* Made when the first host was enrolled; where it was not, nothing is lost. */
static int try_own_key(ssh_session session, const char *path, gint64 deadline_us, GError **error)
{
    ssh_key key = NULL;
    int result = SSH_AUTH_DENIED;

    if (path && g_file_test(path, G_FILE_TEST_EXISTS) &&
        ssh_pki_import_privkey_file(path, NULL, NULL, NULL, &key) == SSH_OK)
        result = finish_key(session, key, deadline_us, error);
    ssh_key_free(key);
    return result;
}

gboolean ssh_login_with_key(ssh_session session, const struct access *access, gint64 deadline_us,
                            GError **error)
{
    ssh_key key = NULL;
    int result = SSH_AUTH_DENIED;

    if (access->identity && !load_identity(access->identity, &key, error))
        return FALSE;
    if (!key)
        result = try_own_key(session, access->own_key, deadline_us, error);
    if (result == SSH_AUTH_DENIED || result == SSH_AUTH_PARTIAL)
        result = finish_key(session, key, deadline_us, error);
    ssh_key_free(key);
    if (result == SSH_AUTH_SUCCESS)
        return TRUE;
    if (result == SSH_AUTH_ERROR)
        ssh_link_take_error(session, "log in", error);
    else if (result != SSH_AUTH_AGAIN)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_AUTH,
                    NOT_LET_IN "%s in with the key %s; put its public half into "
                               "~%s/.ssh/authorized_keys there",
                    access->user, access->identity ? access->identity : "of the agent or ~/.ssh",
                    access->user);
    return FALSE;
}

enum ssh_login_trouble ssh_login_trouble(const GError *error)
{
    static const struct {
        const char *words;
        enum ssh_login_trouble trouble;
    } known[] = {
        {NOT_THE_ONE, SSH_LOGIN_HOST_CHANGED}, {NOT_IN, SSH_LOGIN_HOST_UNKNOWN},
        {UNCHECKED, SSH_LOGIN_HOST_UNCHECKED}, {UNREADABLE, SSH_LOGIN_KEY_UNREADABLE},
        {NOT_LET_IN, SSH_LOGIN_REFUSED},
    };

    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        if (strstr(error->message, known[i].words))
            return known[i].trouble;
    return SSH_LOGIN_OTHER;
}
