#include "core/command/arm.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/ask.h"
#include "core/command/command_line.h"
#include "core/command/fan.h"
#include "core/command/session.h"

static void on_seen(struct host_report *report, const GError *error, gpointer data)
{
    struct fan_call *call = data;
    struct arrival *arrival = call->item;

    /* One that does not answer any more was seen a moment ago: that is kept. */
    if (!error) {
        host_report_free(arrival->report);
        arrival->report = report;
        if (report->wake == HOST_WAKE_DISARMED)
            output_error(arrival->all->command->output,
                         "host %s: it said that it was armed, and now that it is not",
                         arrival_address(arrival));
    }
    fan_end(call);
}

static void on_armed(const GError *error, gpointer data)
{
    struct fan_call *call = data;
    struct arrival *arrival = call->item;
    const struct command *command = arrival->all->command;

    if (error)
        output_error(command->output, "%s", error->message);
    /* The interface is asked for on a new connection; also after half of it failed. */
    driver_forget(command->session->driver, arrival_address(arrival));
    call->operation =
        driver_refresh(command->session->driver, arrival_address(arrival), on_seen, call);
}

static void arm(struct fan_call *call)
{
    struct arrival *arrival = call->item;

    call->operation = driver_arm(arrival->all->command->session->driver, arrival_address(arrival),
                                 on_armed, call);
}

static GPtrArray *find_disarmed(const struct arrivals *arrivals)
{
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; i < arrivals->list->len; i++) {
        struct arrival *arrival = g_ptr_array_index(arrivals->list, i);

        if (!arrival->done_with && !arrival->error && arrival->report &&
            arrival->report->wake == HOST_WAKE_DISARMED)
            g_ptr_array_add(found, arrival);
    }
    return found;
}

static gboolean may_arm(const struct arrivals *arrivals, const GPtrArray *disarmed, gboolean *may,
                        GError **error)
{
    const struct command_line *line = arrivals->command->line;
    autoptr(ask) ask = NULL;
    g_autoptr(GString) question = NULL;

    *may = (line->given & OPTION_ARM) != 0;
    ask = *may ? NULL : ask_open(g_strcmp0(line->file, "-") == 0);
    if (!ask)
        return TRUE;
    question = g_string_new("Wake-on-LAN is not armed on");
    for (guint i = 0; i < disarmed->len; i++) {
        const struct arrival *arrival = g_ptr_array_index(disarmed, i);
        g_autofree char *shown = text_escape(arrival->report->hostname);
        g_string_append_printf(question, " %s", *shown ? shown : arrival_address(arrival));
    }
    g_string_append(question, ". Arm it, now and for each boot?");
    return ask_yes(ask, question->str, may, error);
}

gboolean arm_arrivals(struct arrivals *arrivals, GError **error)
{
    g_autoptr(GPtrArray) disarmed = find_disarmed(arrivals);
    gboolean may = FALSE;

    if (disarmed->len == 0)
        return TRUE;
    if (!may_arm(arrivals, disarmed, &may, error))
        return FALSE;
    return !may || fan_run(arrivals->command, "arming", disarmed, arm, error);
}
