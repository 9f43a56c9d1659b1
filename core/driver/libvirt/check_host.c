#include "core/driver/libvirt/check_host.h"

#include <string.h>

#include "core/base/error.h"
#include "core/driver/libvirt/check_find.h"
#include "core/driver/libvirt/check_mend.h"
#include "core/driver/libvirt/check_script.h"
#include "core/driver/libvirt/check_virt.h"
#include "core/driver/libvirt/host_script.h"
#include "core/driver/libvirt/ssh_login.h"

/* One examination while it goes on. */
struct examination {
    struct remote_host *host;
    const struct check_request *request;
    const struct access *access;
    gint64 deadline_us;
    struct check_report *report;
};

/* --- Requests --- */

static const char *const *copy_strings(const char *const *strings)
{
    return (const char *const *)g_strdupv((char **)strings);
}

static const struct check_guest *const *copy_guests(const struct check_guest *const *guests)
{
    GPtrArray *copies = g_ptr_array_new();

    for (guint i = 0; guests && guests[i]; i++)
        g_ptr_array_add(copies, check_guest_new(guests[i]->name, guests[i]->type, guests[i]->cpu,
                                                guests[i]->host_cpu));
    g_ptr_array_add(copies, NULL);
    return (const struct check_guest *const *)g_ptr_array_free(copies, FALSE);
}

struct check_request *check_request_copy(const struct check_request *request)
{
    struct check_request *copy = g_new(struct check_request, 1);

    *copy = *request;
    copy->address = g_strdup(request->address);
    copy->token_path = g_strdup(request->token_path);
    copy->token = g_strdup(request->token);
    copy->peers = copy_strings(request->peers);
    copy->files = copy_strings(request->files);
    copy->guests = copy_guests(request->guests);
    return copy;
}

void check_request_free(struct check_request *request)
{
    if (!request)
        return;
    for (guint i = 0; request->guests[i]; i++)
        check_guest_free((struct check_guest *)request->guests[i]);
    g_free((gpointer)request->guests);
    g_strfreev((char **)request->peers);
    g_strfreev((char **)request->files);
    g_free((char *)request->address);
    g_free((char *)request->token_path);
    g_free((char *)request->token);
    g_free(request);
}

/* --- Getting in --- */

/* Errors begin with the host, which the table names already. */
static const char *without_host(const char *message, const char *address)
{
    g_autofree char *prefix = g_strdup_printf("host %s: ", address);

    return g_str_has_prefix(message, prefix) ? message + strlen(prefix) : message;
}

static void find_refused_login(struct examination *now, const GError *error)
{
    const char *address = now->request->address;
    const char *why = without_host(error->message, address);
    enum ssh_login_trouble trouble = ssh_login_trouble(error);
    gboolean changed = trouble == SSH_LOGIN_HOST_CHANGED;
    g_autofree char *key = check_mend_host_key(now->access, address, changed);
    g_autofree char *login = check_mend_login(now->access, address);

    switch (trouble) {
    case SSH_LOGIN_HOST_CHANGED:
    case SSH_LOGIN_HOST_UNKNOWN:
        check_report_add(now->report, CHECK_HOST_KEY, CHECK_WRONG, key, "%.*s",
                         (int)strcspn(why, ";"), why);
        break;
    case SSH_LOGIN_HOST_UNCHECKED:
        check_report_add(now->report, CHECK_HOST_KEY, CHECK_WRONG, NULL, "%s", why);
        break;
    case SSH_LOGIN_REFUSED:
        check_report_add(now->report, CHECK_SSH, CHECK_WRONG, login, "%.*s", (int)strcspn(why, ";"),
                         why);
        break;
    default:
        check_report_add(now->report, CHECK_SSH, CHECK_WRONG, NULL, "%s", why);
        break;
    }
    if (trouble == SSH_LOGIN_REFUSED || trouble == SSH_LOGIN_KEY_UNREADABLE)
        check_report_add(now->report, CHECK_HOST_KEY, CHECK_RIGHT, NULL, "the one in %s",
                         now->access->known_hosts);
}

/* A session may have died unnoticed: it is tried with a word before anything is counted on it. */
static gboolean open_session(struct examination *now, GError **error)
{
    gint64 asked_us = g_get_monotonic_time();
    struct ssh_link *ssh = remote_host_ssh(now->host, now->deadline_us, error);
    autoptr(ssh_answer) answer = ssh_answer_new();

    if (!ssh)
        return FALSE;
    if (ssh_link_run(ssh, "true", "", asked_us + (now->deadline_us - asked_us) / 2, answer, NULL))
        return TRUE;
    remote_host_drop_ssh(now->host);
    return remote_host_ssh(now->host, now->deadline_us, error) != NULL;
}

static gboolean get_in(struct examination *now, GError **error)
{
    GError *failed = NULL;

    if (open_session(now, &failed)) {
        check_report_add(now->report, CHECK_SSH, CHECK_RIGHT, NULL, "lets %s in",
                         now->access->user);
        check_report_add(now->report, CHECK_HOST_KEY, CHECK_RIGHT, NULL, "the one in %s",
                         now->access->known_hosts);
        return TRUE;
    }
    if (g_error_matches(failed, ROOST_ERROR, ROOST_ERROR_AUTH)) {
        find_refused_login(now, failed);
        g_error_free(failed);
        return FALSE;
    }
    g_propagate_error(error, failed);
    return FALSE;
}

/* --- Asking over ssh --- */

/* What hangs must leave time for the rest: for libvirt, after the first look, half of it. */
static gint64 ssh_deadline(const struct examination *now)
{
    gint64 now_us = g_get_monotonic_time();
    gint64 left_us = now->deadline_us - now_us;

    return now_us + (now->request->second ? left_us * 4 / 5 : left_us / 2);
}

/* What was answered, if only in part; a session that broke is made anew by whoever needs it. */
static struct ssh_answer *ask(struct examination *now, const char *script)
{
    struct ssh_answer *answer = ssh_answer_new();
    struct ssh_link *ssh = remote_host_ssh(now->host, ssh_deadline(now), NULL);

    if (ssh && !ssh_link_run(ssh, host_script_command, script, ssh_deadline(now), answer, NULL))
        remote_host_drop_ssh(now->host);
    return answer;
}

static struct check_facts *ask_facts(struct examination *now, char *script_take)
{
    autoptr(ssh_answer) answer = ask(now, script_take);

    g_free(script_take);
    return check_facts_parse(answer->output->str, answer->output->len, now->report);
}

static struct host_facts *ask_host_facts(struct examination *now)
{
    g_autofree char *script = host_script_facts(now->request->address, TRUE);
    autoptr(ssh_answer) answer = ask(now, script);

    return host_facts_parse(answer->output->str, answer->output->len, NULL);
}

static void find_by_ssh(struct examination *now, const struct check_facts *facts,
                        const struct host_facts *host)
{
    check_find_token(now->report, facts, now->request->token);
    now->report->firewall = check_mend_firewall(facts);
    if (!host) {
        check_report_add(now->report, CHECK_SSH, CHECK_WRONG, NULL,
                         "lets %s in, but does not answer a script: is its login shell a shell?",
                         now->access->user);
        return;
    }
    check_find_ram(now->report, host);
    check_find_interface(now->report, host);
    check_find_wake(now->report, host, facts);
}

static struct check_facts *first_by_ssh(struct examination *now)
{
    autoptr(host_facts) host = ask_host_facts(now);
    struct check_facts *facts =
        ask_facts(now, check_script_first(host ? host->card : NULL, now->request->token_path));
    gint64 asked_us = g_get_real_time();
    autoptr(check_facts) answer = ask_facts(now, check_script_clock());

    check_find_clock(now->report, answer, facts, asked_us, g_get_real_time());
    find_by_ssh(now, facts, host);
    return facts;
}

/* --- The two looks --- */

static void first_look(struct examination *now)
{
    autoptr(check_facts) facts = first_by_ssh(now);
    g_autoptr(GError) error = NULL;
    virConnectPtr connection = remote_host_libvirt(now->host, now->deadline_us, &error);

    if (connection && check_virt_read(connection, now->report, &error))
        return;
    check_find_daemon(now->report, facts,
                      g_get_monotonic_time() < now->deadline_us
                          ? without_host(error->message, now->request->address)
                          : "no answer in time");
}

/* FALSE when it did not even come to an end with the peers, which all have their time-outs. */
static gboolean second_look(struct examination *now)
{
    autoptr(check_facts) facts = ask_facts(now, check_script_second(now->request, now->access));
    const struct check_guest *const *guests = now->request->guests;
    virConnectPtr connection =
        guests && guests[0] ? remote_host_libvirt(now->host, now->deadline_us, NULL) : NULL;

    now->report->told_files = check_facts_has(facts->marks, "files");
    if (connection)
        check_virt_compare(connection, guests, now->report);
    return facts->whole || check_facts_has(facts->marks, "peers");
}

struct check_report *check_host_examine(struct remote_host *host,
                                        const struct check_request *request, gint64 deadline_us,
                                        GError **error)
{
    const struct access *access = remote_host_access(host);
    autoptr(check_report) report = check_report_new();
    struct examination now = {host, request, access, deadline_us, report};
    GError *failed = NULL;

    report->shell = check_mend_shell(access, request->address);
    report->sudo = strcmp(access->user, "root") != 0;
    if (request->second) {
        if (!second_look(&now))
            g_set_error(&failed, ROOST_ERROR, ROOST_ERROR_TIMEOUT,
                        "host %s: what it sees of the others was not told in time",
                        request->address);
    } else if (get_in(&now, &failed)) {
        first_look(&now);
    }
    if (failed) {
        g_propagate_error(error, failed);
        return NULL;
    }
    return g_steal_pointer(&report);
}
