/* add_node.c - the verb that brings hosts into the cluster (R6). */
#include "core/command/verb.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/arm.h"
#include "core/command/arrival.h"
#include "core/command/command_line.h"
#include "core/command/doctor.h"
#include "core/command/enrol.h"
#include "core/command/fan.h"
#include "core/command/peer_keys.h"
#include "core/command/session.h"

/* --- Asking --- */

static void look(struct fan_call *call);

static void on_report(struct host_report *report, const GError *error, gpointer data)
{
    struct fan_call *call = data;
    struct arrival *arrival = call->item;

    if (arrival->report)
        host_report_free(arrival->report);
    arrival->report = report;
    g_clear_error(&arrival->error);
    arrival->error = error ? g_error_copy(error) : NULL;
    if (error && arrival_try_next(arrival))
        look(call);
    else
        fan_end(call);
}

static void look(struct fan_call *call)
{
    const struct arrival *arrival = call->item;

    call->operation = driver_refresh(arrival->all->command->session->driver,
                                     arrival_address(arrival), on_report, call);
}

static gboolean look_at(struct arrivals *arrivals, const GPtrArray *whom, GError **error)
{
    return fan_run(arrivals->command, "asking", whom, look, error);
}

/* What was refused a moment ago is remembered for a while, with the connection: not now. */
static void begin_afresh(struct arrivals *arrivals, const GPtrArray *whom)
{
    for (guint i = 0; i < whom->len; i++) {
        const struct arrival *arrival = g_ptr_array_index(whom, i);
        driver_forget(arrivals->command->session->driver, arrival_address(arrival));
    }
}

/* --- Enrolling where it is needed --- */

/*
 * A key that is configured and there was probably put on the hosts by whoever did that: they are
 * asked at once, and only those that refuse are met. Otherwise each is met first.
 */
static gboolean has_key_to_try(const struct session *session)
{
    const struct config *config = session->config;

    return session->simulated ||
           (config->ssh_identity && g_file_test(config->ssh_identity, G_FILE_TEST_EXISTS));
}

static GPtrArray *not_let_in(const GPtrArray *whom)
{
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; i < whom->len; i++) {
        struct arrival *arrival = g_ptr_array_index(whom, i);

        if (g_error_matches(arrival->error, ROOST_ERROR, ROOST_ERROR_AUTH))
            g_ptr_array_add(found, arrival);
    }
    return found;
}

static gboolean ask_all(struct arrivals *arrivals, GError **error)
{
    g_autoptr(GPtrArray) all = arrivals_pending(arrivals);
    g_autoptr(GPtrArray) met = NULL;
    g_autoptr(GPtrArray) left = g_ptr_array_new();

    if (has_key_to_try(arrivals->command->session)) {
        if (!look_at(arrivals, all, error))
            return FALSE;
        met = not_let_in(all);
    } else {
        met = g_ptr_array_ref(all);
    }
    if (!enrol_run(arrivals, met, error))
        return FALSE;
    for (guint i = 0; i < met->len; i++) {
        struct arrival *arrival = g_ptr_array_index(met, i);
        if (!arrival->done_with)
            g_ptr_array_add(left, arrival);
    }
    begin_afresh(arrivals, left);
    return look_at(arrivals, left, error);
}

/* --- Taking in --- */

/* Enough for one host: later ones must not be given a name that this one has. */
static gboolean take_in(struct arrivals *arrivals, const struct arrival *arrival, GError **error)
{
    struct session *session = arrivals->command->session;
    const char *name = arrival->report->hostname;
    gint64 now_us = clock_mono_us(session->clock);

    if (!name) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "host %s: did not tell its name",
                    arrival_address(arrival));
        return FALSE;
    }
    struct host *host = cluster_add_host(session->cluster, name, arrival_address(arrival), error);
    if (!host)
        return FALSE;
    cluster_apply_report(session->cluster, host, arrival->report, now_us,
                         session->config->engine.patience_us, NULL);
    output_line(
        arrivals->command->output,
        "added %s %s as %s: %u CPUs, %" G_GUINT64_FORMAT " MiB, %u VM%s, wake-on-LAN %s%s%s",
        host->name, host->address, host->role == HOST_MANAGER ? "manager" : "node", host->cpus,
        host->mem_kib / 1024, host->vms->len, host->vms->len == 1 ? "" : "s",
        host_wake_name(host->wake), host->trouble ? ": " : "", host->trouble ? host->trouble : "");
    return TRUE;
}

/* TRUE when it is in the cluster now. */
static gboolean settle(struct arrivals *arrivals, struct arrival *arrival)
{
    g_autoptr(GError) error = NULL;

    if (arrival->done_with)
        return FALSE;
    if (arrival->error) {
        gboolean absent = g_error_matches(arrival->error, ROOST_ERROR, ROOST_ERROR_ABSENT);
        arrival_refuse(arrivals, arrival, "%s%s", arrival->error->message,
                       absent ? " (it must be on)" : "");
        return FALSE;
    }
    if (take_in(arrivals, arrival, &error))
        return TRUE;
    arrival_refuse(arrivals, arrival, "%s: %s", arrival_address(arrival), error->message);
    return FALSE;
}

/* In the order they were named: the first one becomes the manager. */
static gboolean settle_all(struct arrivals *arrivals, GPtrArray *added, GError **error)
{
    for (guint i = 0; i < arrivals->list->len; i++) {
        struct arrival *arrival = g_ptr_array_index(arrivals->list, i);

        if (settle(arrivals, arrival))
            g_ptr_array_add(added, (gpointer)arrival_address(arrival));
    }
    if (added->len == 0)
        return TRUE;
    return session_save(arrivals->command->session, error);
}

static gboolean wants_peer_keys(const struct command *command)
{
    return command->line->given & OPTION_PEER_KEYS ||
           (!command->session->simulated &&
            command->session->config->engine.migration_control != MIGRATE_DIRECT);
}

/* What is wrong with a host is for the operator to know, and no reason not to have added it. */
static void examine(const struct command *command, GPtrArray *added)
{
    g_autoptr(GPtrArray) addresses = g_ptr_array_copy(added, NULL, NULL);
    g_autoptr(GError) error = NULL;

    if (added->len == 0 || !(command->output->terminal || command->line->given & OPTION_CHECK))
        return;
    g_ptr_array_add(addresses, NULL);
    if (!doctor_examine(command->session, (const char *const *)addresses->pdata, FALSE,
                        command->output, NULL, &error))
        output_error(command->output, "not examined: %s", error->message);
}

static gboolean add(struct arrivals *arrivals, GError **error)
{
    const struct command *command = arrivals->command;
    g_autoptr(GPtrArray) added = g_ptr_array_new();

    /* Others may have added hosts while these were asked. */
    if (!arrivals_resolve(arrivals, error) || !ask_all(arrivals, error) ||
        !arm_arrivals(arrivals, error) || !session_reread(command->session, error) ||
        !settle_all(arrivals, added, error))
        return FALSE;
    if (wants_peer_keys(command) && !peer_keys_share(command, added, error))
        return FALSE;
    examine(command, added);
    if (arrivals->refused == 0)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%u of %u not added", arrivals->refused,
                arrivals->list->len);
    return FALSE;
}

gboolean add_node_run(const struct command *command, GError **error)
{
    struct arrivals *arrivals = arrivals_new(command, error);
    gboolean added = FALSE;

    if (!arrivals)
        return FALSE;
    if (arrivals->list->len > 0)
        added = add(arrivals, error);
    else if (command->line->given & OPTION_PEER_KEYS)
        added = peer_keys_share(command, NULL, error);
    else
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE, "no host is named: roost %s",
                    "add-node ADDRESS... or --file FILE");
    /* When interrupted, answers may still be under way to where they are kept. */
    if (command->session->interrupts < 2)
        arrivals_free(arrivals);
    return added;
}
