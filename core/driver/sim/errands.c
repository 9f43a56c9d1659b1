#include "core/driver/sim/errands.h"

#include <string.h>

#define NOT_FOUND 127 /* as a shell says it */

/* The same each time for one host, and for no two hosts. */
static char *key_of(const struct sim_host *host)
{
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, host->name, -1);

    return g_strdup_printf("ssh-ed25519 %s", hash);
}

/* --- Meeting --- */

static void tell_meeting(struct sim_host *host, const char *command, const GError *error,
                         void (*told)(void), gpointer data)
{
    driver_enrol_func done = (driver_enrol_func)told;
    struct enrol_answer *answer = NULL;

    (void)command;
    if (host) {
        answer = g_new0(struct enrol_answer, 1);
        answer->host_key = ENROL_HOST_KEY_KNOWN;
        answer->key = key_of(host);
        answer->fingerprint = g_strdup_printf("SHA256:%s", answer->key + strlen("ssh-ed25519 "));
        answer->entry = ENROL_ENTRY_KEY;
    }
    done(answer, error, data);
}

guint sim_enrol(struct driver *driver, const struct enrol_request *request, driver_enrol_func done,
                gpointer data)
{
    return sim_send_errand(driver, request->address, NULL, tell_meeting, (void (*)(void))done,
                           data);
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

static void tell_run(struct sim_host *host, const char *command, const GError *error,
                     void (*told)(void), gpointer data)
{
    driver_run_func done = (driver_run_func)told;
    struct run_answer *answer = NULL;

    if (host) {
        answer = g_new0(struct run_answer, 1);
        answer->output = g_string_new(NULL);
        answer->complaint = g_string_new(NULL);
        run_there(host, command, answer);
    }
    done(answer, error, data);
}

guint sim_run(struct driver *driver, const struct run_request *request, driver_run_func done,
              gpointer data)
{
    return sim_send_errand(driver, request->address, request->command, tell_run,
                           (void (*)(void))done, data);
}

/* --- Wake-on-LAN --- */

static void tell_arm(struct sim_host *host, const char *command, const GError *error,
                     void (*told)(void), gpointer data)
{
    driver_done_func done = (driver_done_func)told;

    (void)command;
    if (host) {
        host->wake = HOST_WAKE_ARMED;
        host->facts_told = FALSE;
    }
    done(error, data);
}

guint sim_arm(struct driver *driver, const char *address, driver_done_func done, gpointer data)
{
    return sim_send_errand(driver, address, NULL, tell_arm, (void (*)(void))done, data);
}

/* --- Keys for each other: a simulated host needs none, and takes them --- */

static void tell_keys(struct sim_host *host, const char *command, const GError *error,
                      void (*told)(void), gpointer data)
{
    driver_peer_func done = (driver_peer_func)told;
    g_autofree char *key = host ? key_of(host) : NULL;

    (void)command;
    done(key, error, data);
}

guint sim_share_keys(struct driver *driver, const struct peer_request *request,
                     driver_peer_func done, gpointer data)
{
    return sim_send_errand(driver, request->address, NULL, tell_keys, (void (*)(void))done, data);
}
