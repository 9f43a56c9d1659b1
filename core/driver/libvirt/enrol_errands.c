/* enrol_errands.c - commands on hosts, wake-on-LAN armed, and keys that hosts have for each other.
 */
#include <string.h>

#include "core/base/error.h"
#include "core/driver/libvirt/enrol_script.h"
#include "core/driver/libvirt/enrol_tell.h"
#include "core/driver/libvirt/enrolment.h"
#include "core/driver/libvirt/known_hosts.h"
#include "core/driver/libvirt/ssh_link.h"

/* --- A command --- */

struct command_work {
    char *command;
    struct run_answer *answer;
};

gpointer enrolment_run_work(const struct run_request *request)
{
    struct command_work *work = g_new0(struct command_work, 1);

    work->command = g_strdup(request->command);
    work->answer = g_new0(struct run_answer, 1);
    work->answer->output = g_string_new(NULL);
    work->answer->complaint = g_string_new(NULL);
    work->answer->status = -1;
    return work;
}

static void command_free(gpointer data)
{
    struct command_work *work = data;

    g_free(work->command);
    run_answer_free(work->answer);
    g_free(work);
}

static gboolean run_command(struct errand *errand, GError **error)
{
    struct command_work *work = errand->work;
    autoptr(ssh_link) link =
        ssh_link_open(errand->access, errand->address, errand->deadline_us, error);
    autoptr(ssh_answer) answer = ssh_answer_new();
    gboolean done;

    if (!link)
        return FALSE;
    done = ssh_link_run(link, work->command, "", errand->deadline_us, answer, error);
    g_string_append_len(work->answer->output, answer->output->str, (gssize)answer->output->len);
    g_string_append_len(work->answer->complaint, answer->complaint->str,
                        (gssize)answer->complaint->len);
    work->answer->status = answer->status;
    return done;
}

static void tell_command(struct errand *errand, const GError *error, gpointer data)
{
    driver_run_func done = (driver_run_func)errand->done;
    struct command_work *work = errand->work;

    done(errand->over ? g_steal_pointer(&work->answer) : NULL, error, data);
}

const struct errand_kind enrolment_run = {"run a command", run_command, tell_command, command_free};

/* --- Wake-on-LAN --- */

gpointer enrolment_arm_work(void)
{
    return NULL;
}

static gboolean run_arm(struct errand *errand, GError **error)
{
    g_autofree char *script = enrol_script_arm(errand->address);
    autoptr(ssh_link) link =
        ssh_link_open(errand->access, errand->address, errand->deadline_us, error);

    return link && enrol_tell(link, TRUE, script, errand->deadline_us, NULL, NULL, error);
}

static void tell_arm(struct errand *errand, const GError *error, gpointer data)
{
    driver_done_func done = (driver_done_func)errand->done;

    done(error, data);
}

const struct errand_kind enrolment_arm = {"arm wake-on-LAN", run_arm, tell_arm, g_free};

/* --- Keys for each other --- */

struct sharing {
    char **admit;
    char **trust; /* addresses */
    char *key;
};

gpointer enrolment_share_keys_work(const struct peer_request *request)
{
    struct sharing *sharing = g_new0(struct sharing, 1);

    sharing->admit = g_strdupv((char **)request->admit);
    sharing->trust = g_strdupv((char **)request->trust);
    return sharing;
}

static void sharing_free(gpointer data)
{
    struct sharing *sharing = data;

    g_strfreev(sharing->admit);
    g_strfreev(sharing->trust);
    g_free(sharing->key);
    g_free(sharing);
}

/* Nothing but a key may get into a host's authorized_keys, whatever another host has told. */
static gboolean check_admitted(char **keys, GError **error)
{
    for (; keys && *keys; keys++)
        if (!known_hosts_is_key(*keys)) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "a key for it makes no sense");
            return FALSE;
        }
    return TRUE;
}

static gboolean run_sharing(struct errand *errand, GError **error)
{
    struct sharing *sharing = errand->work;
    gint64 deadline_us = errand->deadline_us;
    const struct access *access = errand->access;
    g_auto(GStrv) known = NULL;
    g_autofree char *admit = NULL;
    g_autofree char *own = NULL;
    autoptr(ssh_link) link = NULL;

    if (!check_admitted(sharing->admit, error))
        return FALSE;
    known = known_hosts_lines(access->known_hosts, (const char *const *)sharing->trust,
                              access->port, error);
    link = known ? ssh_link_open(access, errand->address, deadline_us, error) : NULL;
    if (!link)
        return FALSE;
    /* Others log in as the user; it is libvirtd, root mostly, that logs in to others. */
    admit = enrol_script_keys((const char *const *)sharing->admit, NULL, FALSE);
    own = enrol_script_keys(NULL, (const char *const *)known, TRUE);
    if ((sharing->admit && sharing->admit[0] &&
         !enrol_tell(link, FALSE, admit, deadline_us, NULL, NULL, error)) ||
        !enrol_tell(link, TRUE, own, deadline_us, &sharing->key, NULL, error))
        return FALSE;
    if (!sharing->key)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "its public key makes no sense");
    return sharing->key != NULL;
}

static void tell_sharing(struct errand *errand, const GError *error, gpointer data)
{
    driver_peer_func done = (driver_peer_func)errand->done;
    struct sharing *sharing = errand->work;

    done(error ? NULL : sharing->key, error, data);
}

const struct errand_kind enrolment_share_keys = {"share keys", run_sharing, tell_sharing,
                                                 sharing_free};
