#include "core/driver/libvirt/power_off.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/driver/libvirt/host_facts.h"
#include "core/driver/libvirt/host_script.h"
#include "core/driver/libvirt/virt_error.h"

#define GOING_ON    "going on" /* as host_script_power_off says it */
#define NAMES_SHOWN 5
#define LINGER_US   (3 * G_USEC_PER_SEC) /* for a command that failed to tell so */

/* "a, b, c and 4 more", escaped. */
static void append_name(GString *names, guint n, const char *name)
{
    g_autofree char *safe = n < NAMES_SHOWN ? text_escape(name) : NULL;

    if (safe)
        g_string_append_printf(names, "%s%s", n ? ", " : "", safe);
}

static void finish_names(GString *names, guint n)
{
    if (n > NAMES_SHOWN)
        g_string_append_printf(names, " and %u more", n - NAMES_SHOWN);
}

gboolean power_off_check_domains(virConnectPtr connection, const char *address, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);
    virDomainPtr *domains = NULL;
    int n = virConnectListAllDomains(connection, &domains, VIR_CONNECT_LIST_DOMAINS_ACTIVE);

    if (n < 0) {
        virt_error_take(error);
        g_prefix_error(error, "host %s: libvirt: ", address);
        return FALSE;
    }
    for (int i = 0; i < n; i++) {
        append_name(names, (guint)i, virDomainGetName(domains[i]));
        virDomainFree(domains[i]);
    }
    free(domains);
    finish_names(names, (guint)n);
    if (n == 0)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "host %s: not switched off: it runs %s",
                address, names->str);
    return FALSE;
}

/* What the lines said. */
struct outcome {
    const char *refused; /* "users" or "unknown"; NULL when not refused */
    const char *status;  /* of the command; NULL when the host did not live to tell */
    gboolean going;
    guint n_users;
    GString *users;
};

static void append_user(struct outcome *outcome, const char *line)
{
    g_autofree char *user = host_facts_user(line);

    if (user)
        append_name(outcome->users, outcome->n_users++, user);
}

static void read_outcome(char **lines, struct outcome *outcome)
{
    for (char **line = lines; line && *line; line++) {
        if (g_str_has_prefix(*line, "user "))
            append_user(outcome, *line + strlen("user "));
        else if (g_str_has_prefix(*line, "refused "))
            outcome->refused = *line + strlen("refused ");
        else if (strcmp(*line, GOING_ON) == 0)
            outcome->going = TRUE;
        else if (g_str_has_prefix(*line, "status "))
            outcome->status = *line + strlen("status ");
    }
    finish_names(outcome->users, outcome->n_users);
}

static void set_refused(const struct outcome *outcome, const char *address, GError **error)
{
    if (strcmp(outcome->refused, "users") == 0)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "host %s: not switched off: %s logged in", address, outcome->users->str);
    else
        g_set_error(
            error, ROOST_ERROR, ROOST_ERROR_REFUSED,
            "host %s: not switched off: it cannot tell who is logged in (who and ps fail there)",
            address);
}

gboolean power_off_read(const struct ssh_answer *answer, const GError *broken, const char *address,
                        GError **error)
{
    g_autoptr(GString) users = g_string_new(NULL);
    struct outcome outcome = {.users = users};
    gboolean whole;
    g_auto(GStrv) lines = host_facts_lines(answer->output->str, answer->output->len, &whole);

    read_outcome(lines, &outcome);
    if (outcome.going && (!outcome.status || strcmp(outcome.status, "0") == 0))
        return TRUE;
    if (outcome.going) {
        g_autofree char *said = text_escape(answer->complaint->str);

        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                    "host %s: the command to power off failed with status %.8s: %.200s", address,
                    outcome.status, said);
    } else if (outcome.refused) {
        set_refused(&outcome, address, error);
    } else if (broken) {
        g_propagate_error(error, g_error_copy(broken));
    } else {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                    "host %s: not switched off: its answer over ssh is not the one asked for",
                    address);
    }
    return FALSE;
}

gboolean power_off_tell(struct ssh_link *ssh, const char *command, const char *address,
                        gboolean force, gint64 deadline_us, GError **error)
{
    g_autofree char *script = host_script_power_off(command, force);
    autoptr(ssh_answer) answer = ssh_answer_new();
    g_autoptr(GError) broken = NULL;

    answer->farewell = GOING_ON "\n";
    answer->reply = HOST_SCRIPT_GO "\n";
    answer->linger_us = LINGER_US;
    ssh_link_run(ssh, host_script_command, script, deadline_us, answer, &broken);
    return power_off_read(answer, broken, address, error);
}
