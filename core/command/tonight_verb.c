/* tonight_verb.c - `roost tonight`, from the session to its output. */
#include "core/command/tonight.h"

#include "core/command/session.h"
#include "core/command/verb.h"

/* --- Running ---------------------------------------------------------------------------------- */

struct run {
    struct tonight_request *request;
    GCancellable *cancellable;
    struct tonight *tonight;
    GError *error;
    gboolean done;
};

static void run_in_thread(GTask *task, G_GNUC_UNUSED gpointer source, gpointer data,
                          GCancellable *cancellable)
{
    struct run *run = data;

    run->tonight = tonight_run(run->request, cancellable, NULL, &run->error);
    g_task_return_boolean(task, TRUE);
}

static void on_done(G_GNUC_UNUSED GObject *source, G_GNUC_UNUSED GAsyncResult *result,
                    gpointer data)
{
    ((struct run *)data)->done = TRUE;
}

static gboolean is_done(gpointer data)
{
    return ((const struct run *)data)->done;
}

static void cancel(gpointer data)
{
    g_cancellable_cancel(((struct run *)data)->cancellable);
}

/* In a session that stands, a console's or a shell's, others must not wait meanwhile. */
static gboolean run_beside(struct session *session, struct run *run, GError **error)
{
    g_autoptr(GTask) task = g_task_new(NULL, run->cancellable, on_done, run);

    g_task_set_check_cancellable(task, FALSE);
    g_task_set_task_data(task, run, NULL);
    g_task_run_in_thread(task, run_in_thread);
    return session_wait_out(session, is_done, cancel, run, error);
}

static struct tonight *look_ahead(struct session *session, GError **error)
{
    struct run run = {.request = tonight_request_new(session->engine)};
    gboolean waited = TRUE;

    if (session->standing) {
        run.cancellable = g_cancellable_new();
        waited = run_beside(session, &run, error);
        g_object_unref(run.cancellable);
    } else {
        run.tonight = tonight_run(run.request, NULL, NULL, &run.error);
    }
    tonight_request_free(run.request);
    if (waited && run.error)
        g_propagate_error(error, g_steal_pointer(&run.error));
    g_clear_error(&run.error);
    if (!waited)
        g_clear_pointer(&run.tonight, tonight_free);
    return run.tonight;
}

/* --- Telling ---------------------------------------------------------------------------------- */

static const struct record_field night_fields[] = {
    {"from", RECORD_TEXT, "when it begins: now, or at closing"},
    {"until", RECORD_TEXT, "the opening, or half a day later"},
    {"hosts", RECORD_NUMBER},
    {"on-now", RECORD_NUMBER},
    {"on-lowest", RECORD_NUMBER},
    {"lowest-at", RECORD_TEXT},
    {"on-at-end", RECORD_NUMBER},
    {"migrations", RECORD_NUMBER},
    {"kwh", RECORD_NUMBER},
    {"kwh-all-on", RECORD_NUMBER, "had every host stayed on"},
    {"money-saved", RECORD_TEXT, "empty unless [energy] tells the price"},
    {"co2-kg-saved", RECORD_TEXT},
    {NULL},
};

static const struct record_field event_fields[] = {
    {"time", RECORD_TEXT},
    {"what", RECORD_TEXT, "migrate, wake, off, plan or alarm"},
    {"text", RECORD_TEXT},
    {NULL},
};

static const struct record_field trouble_fields[] = {
    {"text", RECORD_TEXT, "what is foreseen to go wrong"},
    {NULL},
};

static const struct record_kind night_kind = {"nights", "night", night_fields};
static const struct record_kind event_kind = {"events", "event", event_fields};
static const struct record_kind trouble_kind = {"troubles", "trouble", trouble_fields};

const struct record_kind *const tonight_kinds[] = {&night_kind, &event_kind, &trouble_kind, NULL};

/* The same in every locale. Free with g_free. */
static char *number(double value)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    return g_strdup(g_ascii_formatd(digits, sizeof digits, "%.2f", value));
}

static char *when(const struct session *session, gint64 wall_us, const char *format)
{
    return hours_format(session->hours, wall_us, format);
}

static void list_night(const struct command *command, const struct tonight *tonight)
{
    const struct energy_tariff *tariff = &command->session->config->tariff;
    double saved = tonight->kwh_all_on - tonight->kwh;
    struct records *records = records_new(&night_kind);
    g_autofree char *from = when(command->session, tonight->from_us, "%FT%T%:z");
    g_autofree char *until = when(command->session, tonight->until_us, "%FT%T%:z");
    g_autofree char *at = when(command->session, tonight->lowest_at_us, "%FT%T%:z");
    g_autofree char *hosts = g_strdup_printf("%u", tonight->hosts);
    g_autofree char *now = g_strdup_printf("%u", tonight->on_now);
    g_autofree char *lowest = g_strdup_printf("%u", tonight->lowest);
    g_autofree char *end = g_strdup_printf("%u", tonight->on_at_end);
    g_autofree char *moves = g_strdup_printf("%u", tonight->migrations);
    g_autofree char *kwh = number(tonight->kwh);
    g_autofree char *all_on = number(tonight->kwh_all_on);
    g_autofree char *money =
        tariff->price_per_kwh > 0 ? number(energy_money(tariff, saved)) : g_strdup("");
    g_autofree char *co2 =
        tariff->co2_g_per_kwh > 0 ? number(energy_co2_kg(tariff, saved)) : g_strdup("");

    records_add(records, from, until, hosts, now, lowest, at, end, moves, kwh, all_on, money, co2,
                NULL);
    records_print_free(records, command->output);
}

static void list_rest(const struct command *command, const struct tonight *tonight)
{
    struct records *events = records_new(&event_kind);
    struct records *troubles = records_new(&trouble_kind);

    for (guint i = 0; i < tonight->events->len; i++) {
        const struct tonight_event *event = tonight->events->pdata[i];
        g_autofree char *at = when(command->session, event->wall_us, "%FT%T%:z");

        records_add(events, at, event->what, event->text, NULL);
    }
    for (guint i = 0; i < tonight->troubles->len; i++)
        records_add(troubles, (const char *)tonight->troubles->pdata[i], NULL);
    records_print_free(events, command->output);
    records_print_free(troubles, command->output);
}

static void print_sum(const struct command *command, const struct tonight *tonight)
{
    const struct session *session = command->session;
    const struct config *config = session->config;
    double saved = tonight->kwh_all_on - tonight->kwh;
    g_autofree char *from = when(session, tonight->from_us, "%a %H:%M");
    g_autofree char *until = when(session, tonight->until_us, "%a %H:%M");
    g_autofree char *at = when(session, tonight->lowest_at_us, "%H:%M");
    g_autoptr(GString) worth = g_string_new(NULL);

    if (config->tariff.price_per_kwh > 0)
        g_string_append_printf(worth, ", %.2f %s", energy_money(&config->tariff, saved),
                               config->currency ? config->currency : "in money");
    if (config->tariff.co2_g_per_kwh > 0)
        g_string_append_printf(worth, ", %.1f kg CO2", energy_co2_kg(&config->tariff, saved));
    output_line(command->output, "from %s to %s, with loads and logins as they are now%s", from,
                until, tonight->as_if ? "; as if the autopilot followed the hours" : "");
    output_line(command->output, "hosts on: %u of %u, %u at the fewest (%s), %u at the end",
                tonight->on_now, tonight->hosts, tonight->lowest, at, tonight->on_at_end);
    output_line(command->output, "migrations: %u, failed: %u", tonight->migrations,
                tonight->failed);
    output_line(command->output, "energy: %.1f kWh of %.1f kWh; saved: %.1f kWh%s", tonight->kwh,
                tonight->kwh_all_on, saved, worth->str);
}

static void print_rest(const struct command *command, const struct tonight *tonight)
{
    if (tonight->troubles->len == 0)
        output_line(command->output, "no trouble is foreseen");
    for (guint i = 0; i < tonight->troubles->len; i++)
        output_line(command->output, "foreseen: %s", (const char *)tonight->troubles->pdata[i]);
    for (guint i = 0; i < tonight->events->len; i++) {
        const struct tonight_event *event = tonight->events->pdata[i];
        g_autofree char *at = when(command->session, event->wall_us, "%H:%M:%S");

        output_line(command->output, "%s %s: %s", at, event->what, event->text);
    }
    if (tonight->events_left > 0)
        output_line(command->output, "... and %u more", tonight->events_left);
}

gboolean tonight_verb_run(const struct command *command, GError **error)
{
    struct session *session = command->session;
    autoptr(tonight) tonight = NULL;

    if (!session_wait_measured(session, error))
        return FALSE;
    tonight = look_ahead(session, error);
    if (!tonight)
        return FALSE;
    if (command->output->format == OUTPUT_TEXT) {
        print_sum(command, tonight);
        print_rest(command, tonight);
    } else {
        list_night(command, tonight);
        list_rest(command, tonight);
    }
    return TRUE;
}
