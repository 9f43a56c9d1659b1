/*
 * driver_errands.c - what enrol.h asks of a driver, in the simulated lab: its hosts are known from
 * the beginning and let roost in; they can be armed, and have a few commands.
 */
#include <string.h>

#include "core/driver/sim/driver_internal.h"

#define NOT_FOUND 127 /* as a shell says it */

/* Goes to the host, which must answer, and has `tell` tell `told`. command may be NULL. */
static guint send_errand(struct driver *driver, const char *address, const char *command,
                         void (*tell)(struct sim_operation *operation), void (*told)(void),
                         gpointer data)
{
    struct sim_operation *operation = sim_operation_to((struct sim *)driver, tell, address, data);

    operation->command = g_strdup(command);
    operation->told = told;
    sim_operation_ask(operation, NULL);
    return operation->id;
}

/* The same each time for one host, and for no two hosts. */
static char *key_of(const struct sim_host *host)
{
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, host->name, -1);

    return g_strdup_printf("ssh-ed25519 %s", hash);
}

/* --- Meeting --- */

static void tell_meeting(struct sim_operation *operation)
{
    driver_enrol_func done = (driver_enrol_func)operation->told;
    struct enrol_answer *answer = NULL;

    if (!operation->error) {
        answer = g_new0(struct enrol_answer, 1);
        answer->host_key = ENROL_HOST_KEY_KNOWN;
        answer->key = key_of(operation->host);
        answer->fingerprint = g_strdup_printf("SHA256:%s", answer->key + strlen("ssh-ed25519 "));
        answer->entry = ENROL_ENTRY_KEY;
    }
    done(answer, operation->error, operation->data);
}

guint sim_enrol(struct driver *driver, const struct enrol_request *request, driver_enrol_func done,
                gpointer data)
{
    return send_errand(driver, request->address, NULL, tell_meeting, (void (*)(void))done, data);
}

gboolean sim_trust(struct driver *driver, const char *address, const char *key, GError **error)
{
    (void)driver;
    (void)address;
    (void)key;
    (void)error;
    return TRUE;
}

/* --- Commands --- */

static void run_there(struct sim_host *host, const char *command, struct run_answer *answer)
{
    answer->status = 0;
    if (strcmp(command, "true") == 0)
        return;
    if (strcmp(command, "hostname") == 0) {
        g_string_append_printf(answer->output, "%s\n", host->name);
    } else if (strcmp(command, "cat /proc/loadavg") == 0) {
        sim_host_advance(host);
        g_string_append_printf(answer->output, "%.2f %.2f %.2f 1/100 1\n", host->load15,
                               host->load15, host->load15);
    } else {
        g_string_append_printf(answer->complaint, "sh: %s: not found: a simulated host\n", command);
        answer->status = NOT_FOUND;
    }
}

static void tell_run(struct sim_operation *operation)
{
    driver_run_func done = (driver_run_func)operation->told;
    struct run_answer *answer = NULL;

    if (!operation->error) {
        answer = g_new0(struct run_answer, 1);
        answer->output = g_string_new(NULL);
        answer->complaint = g_string_new(NULL);
        run_there(operation->host, operation->command, answer);
    }
    done(answer, operation->error, operation->data);
}

guint sim_run(struct driver *driver, const struct run_request *request, driver_run_func done,
              gpointer data)
{
    return send_errand(driver, request->address, request->command, tell_run, (void (*)(void))done,
                       data);
}

/* --- Wake-on-LAN --- */

static void tell_arm(struct sim_operation *operation)
{
    driver_done_func done = (driver_done_func)operation->told;

    if (!operation->error) {
        operation->host->wake = HOST_WAKE_ARMED;
        operation->host->facts_told = FALSE;
    }
    done(operation->error, operation->data);
}

guint sim_arm(struct driver *driver, const char *address, driver_done_func done, gpointer data)
{
    return send_errand(driver, address, NULL, tell_arm, (void (*)(void))done, data);
}

/* --- Keys for each other: a simulated host needs none, and takes them --- */

static void tell_keys(struct sim_operation *operation)
{
    driver_peer_func done = (driver_peer_func)operation->told;
    g_autofree char *key = operation->error ? NULL : key_of(operation->host);

    done(key, operation->error, operation->data);
}

guint sim_share_keys(struct driver *driver, const struct peer_request *request,
                     driver_peer_func done, gpointer data)
{
    return send_errand(driver, request->address, NULL, tell_keys, (void (*)(void))done, data);
}
