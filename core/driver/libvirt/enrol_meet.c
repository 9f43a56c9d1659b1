/* enrol_meet.c - a first meeting: whose key it is, whether we are let in, and ours left there. */
#include <libssh/libssh.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/driver/libvirt/enrol_script.h"
#include "core/driver/libvirt/enrol_tell.h"
#include "core/driver/libvirt/enrolment.h"
#include "core/driver/libvirt/known_hosts.h"
#include "core/driver/libvirt/own_key.h"
#include "core/driver/libvirt/ssh_internal.h"
#include "core/driver/libvirt/ssh_link.h"
#include "core/driver/libvirt/ssh_login.h"

#define PROMPTS_MOST 8 /* of a host that asks and asks */

struct meeting {
    char *name;
    char *password;
    struct enrol_answer *answer;
};

gpointer enrolment_meet_work(const struct enrol_request *request)
{
    struct meeting *meeting = g_new0(struct meeting, 1);

    meeting->name = g_strdup(request->name);
    meeting->password = g_strdup(request->password);
    meeting->answer = g_new0(struct enrol_answer, 1);
    return meeting;
}

static void meeting_free(gpointer work)
{
    struct meeting *meeting = work;

    if (meeting->password)
        explicit_bzero(meeting->password, strlen(meeting->password));
    g_free(meeting->password);
    g_free(meeting->name);
    enrol_answer_free(meeting->answer);
    g_free(meeting);
}

/* --- Who it is --- */

static void tell_key(ssh_session session, struct enrol_answer *answer)
{
    ssh_key key = NULL;
    unsigned char *hash = NULL;
    char *base64 = NULL;
    char *shown = NULL;
    gsize size = 0;

    if (ssh_get_server_publickey(session, &key) == SSH_OK &&
        ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &size) == SSH_OK &&
        ssh_pki_export_pubkey_base64(key, &base64) == SSH_OK)
        shown = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size);
    if (shown) {
        answer->key = g_strdup_printf("%s %s", ssh_key_type_to_char(ssh_key_type(key)), base64);
        answer->fingerprint = g_strdup(shown);
    }
    ssh_string_free_char(shown);
    ssh_string_free_char(base64);
    ssh_clean_pubkey_hash(&hash);
    ssh_key_free(key);
}

/* A host that is known by its name is known: its address is written beside it. */
static enum ssh_known_hosts_e ask_by_name(ssh_session session, const struct errand *errand,
                                          const char *name)
{
    enum ssh_known_hosts_e verdict = SSH_KNOWN_HOSTS_UNKNOWN;

    if (ssh_options_set(session, SSH_OPTIONS_HOST, name) == SSH_OK)
        verdict = ssh_session_is_known_server(session);
    ssh_options_set(session, SSH_OPTIONS_HOST, errand->address);
    return verdict;
}

static gboolean take_by_name(ssh_session session, const struct errand *errand,
                             struct meeting *meeting, GError **error)
{
    struct enrol_answer *answer = meeting->answer;
    enum ssh_known_hosts_e verdict = ask_by_name(session, errand, meeting->name);

    if (verdict == SSH_KNOWN_HOSTS_CHANGED || verdict == SSH_KNOWN_HOSTS_OTHER) {
        answer->host_key = ENROL_HOST_KEY_CHANGED;
        answer->why =
            g_strdup_printf("its ssh host key (%s) is not the one of %s in %s", answer->fingerprint,
                            meeting->name, errand->access->known_hosts);
    } else if (verdict == SSH_KNOWN_HOSTS_OK) {
        if (!known_hosts_add(errand->access->known_hosts, errand->address, errand->access->port,
                             answer->key, error))
            return FALSE;
        answer->host_key = ENROL_HOST_KEY_KNOWN;
    }
    return TRUE;
}

static gboolean look_at_key(ssh_session session, const struct errand *errand,
                            struct meeting *meeting, GError **error)
{
    struct enrol_answer *answer = meeting->answer;
    g_autoptr(GError) verdict = NULL;

    tell_key(session, answer);
    if (!answer->key) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_AUTH, "its ssh host key cannot be read");
        return FALSE;
    }
    if (ssh_login_check_host(session, errand->access, errand->address, &verdict))
        return TRUE;
    switch (ssh_login_trouble(verdict)) {
    case SSH_LOGIN_HOST_UNKNOWN:
        answer->host_key = ENROL_HOST_KEY_UNKNOWN;
        return !meeting->name || take_by_name(session, errand, meeting, error);
    case SSH_LOGIN_HOST_CHANGED:
        answer->host_key = ENROL_HOST_KEY_CHANGED;
        answer->why = g_strdup(verdict->message);
        return TRUE;
    default:
        g_propagate_error(error, g_steal_pointer(&verdict));
        return FALSE;
    }
}

/* --- How it lets us in --- */

/* One step of logging in; until it is over it says AGAIN. */
typedef int (*login_step)(ssh_session session, gpointer data);

static int finish(ssh_session session, login_step step, gpointer data, gint64 deadline_us,
                  GError **error)
{
    int result;

    while ((result = step(session, data)) == SSH_AUTH_AGAIN)
        if (!ssh_link_wait(session, deadline_us, error))
            return SSH_AUTH_ERROR;
    if (result == SSH_AUTH_ERROR)
        ssh_link_take_error(session, "log in", error);
    return result;
}

static int step_none(ssh_session session, gpointer data)
{
    (void)data;
    return ssh_userauth_none(session, NULL);
}

static int step_key(ssh_session session, gpointer key)
{
    return ssh_userauth_publickey(session, NULL, key);
}

static int step_usual(ssh_session session, gpointer data)
{
    (void)data;
    return ssh_userauth_publickey_auto(session, NULL, NULL);
}

static int step_password(ssh_session session, gpointer password)
{
    return ssh_userauth_password(session, NULL, password);
}

static int step_interactive(ssh_session session, gpointer data)
{
    (void)data;
    return ssh_userauth_kbdint(session, NULL, NULL);
}

/* What PAM asks without showing what is typed is the password; anything else is not for us. */
static int answer_prompts(ssh_session session, const char *password, gint64 deadline_us,
                          GError **error)
{
    int result = finish(session, step_interactive, NULL, deadline_us, error);

    for (guint round = 0; result == SSH_AUTH_INFO && round < PROMPTS_MOST; round++) {
        int prompts = ssh_userauth_kbdint_getnprompts(session);

        for (int i = 0; i < prompts; i++) {
            char echo = 0;

            if (!ssh_userauth_kbdint_getprompt(session, (unsigned)i, &echo))
                return SSH_AUTH_DENIED;
            if (ssh_userauth_kbdint_setanswer(session, (unsigned)i, echo ? "" : password) < 0)
                return SSH_AUTH_DENIED;
        }
        result = finish(session, step_interactive, NULL, deadline_us, error);
    }
    return result == SSH_AUTH_INFO ? SSH_AUTH_DENIED : result;
}

static int try_password(ssh_session session, char *password, gint64 deadline_us, GError **error)
{
    int methods = ssh_userauth_list(session, NULL);
    int result = SSH_AUTH_DENIED;

    if (methods & SSH_AUTH_METHOD_PASSWORD)
        result = finish(session, step_password, password, deadline_us, error);
    if (result == SSH_AUTH_DENIED && methods & SSH_AUTH_METHOD_INTERACTIVE)
        result = answer_prompts(session, password, deadline_us, error);
    return result;
}

static int try_own_key(ssh_session session, const char *path, gint64 deadline_us, GError **error)
{
    ssh_key key = NULL;
    int result = SSH_AUTH_DENIED;

    if (ssh_pki_import_privkey_file(path, NULL, NULL, NULL, &key) == SSH_OK)
        result = finish(session, step_key, key, deadline_us, error);
    ssh_key_free(key);
    return result;
}

/* AUTH_SUCCESS when let in otherwise; answer->entry is set when it was by our own key. */
static int log_in(ssh_session session, const struct errand *errand, struct meeting *meeting,
                  GError **error)
{
    struct enrol_answer *answer = meeting->answer;
    gint64 deadline_us = errand->deadline_us;
    int result = finish(session, step_none, NULL, deadline_us, error);
    int methods = ssh_userauth_list(session, NULL);

    answer->takes_password =
        (methods & (SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_INTERACTIVE)) != 0;
    if (result == SSH_AUTH_ERROR || result == SSH_AUTH_SUCCESS)
        return result;
    if (meeting->password)
        return try_password(session, meeting->password, deadline_us, error);
    result = try_own_key(session, own_key_path(errand->access), deadline_us, error);
    if (result == SSH_AUTH_SUCCESS)
        answer->entry = ENROL_ENTRY_KEY;
    else if (result != SSH_AUTH_ERROR)
        result = finish(session, step_usual, NULL, deadline_us, error);
    return result;
}

/* --- Our key, left there --- */

static gboolean leave_key(struct ssh_link *link, const struct errand *errand,
                          struct enrol_answer *answer, GError **error)
{
    g_autofree char *line = own_key_public(own_key_path(errand->access), error);
    const char *const lines[] = {line, NULL};
    g_autofree char *script = line ? enrol_script_keys(lines, NULL, FALSE) : NULL;

    if (!line || !enrol_tell(link, FALSE, script, errand->deadline_us, NULL, NULL, error))
        return FALSE;
    answer->entry = ENROL_ENTRY_ADMITTED;
    return TRUE;
}

static void say_why_not(const struct errand *errand, struct meeting *meeting)
{
    struct enrol_answer *answer = meeting->answer;

    if (meeting->password)
        answer->why =
            g_strdup_printf("it does not let %s in with that password", errand->access->user);
    else
        answer->why = g_strdup_printf("it lets %s in neither with %s nor with the keys of the "
                                      "agent or ~/.ssh%s",
                                      errand->access->user, own_key_path(errand->access),
                                      answer->takes_password ? "" : ", and takes no password");
}

static gboolean run_meeting(struct errand *errand, GError **error)
{
    struct meeting *meeting = errand->work;
    struct enrol_answer *answer = meeting->answer;
    autoptr(ssh_link) link = NULL;
    ssh_session session;
    int result;

    if (!own_key_ensure(own_key_path(errand->access), error))
        return FALSE;
    link = ssh_link_connect(errand->access, errand->address, errand->deadline_us, error);
    if (!link)
        return FALSE;
    session = ssh_link_session(link);
    if (!look_at_key(session, errand, meeting, error))
        return FALSE;
    if (answer->host_key != ENROL_HOST_KEY_KNOWN)
        return TRUE;
    result = log_in(session, errand, meeting, error);
    if (result == SSH_AUTH_ERROR)
        return FALSE;
    if (result == SSH_AUTH_SUCCESS)
        return answer->entry == ENROL_ENTRY_KEY || leave_key(link, errand, answer, error);
    say_why_not(errand, meeting);
    return TRUE;
}

static void tell_meeting(struct errand *errand, const GError *error, gpointer data)
{
    driver_enrol_func done = (driver_enrol_func)errand->done;
    struct meeting *meeting = errand->work;

    done(error ? NULL : g_steal_pointer(&meeting->answer), error, data);
}

const struct errand_kind enrolment_meet = {"enrol", run_meeting, tell_meeting, meeting_free};
