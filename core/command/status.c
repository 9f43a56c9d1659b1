/* status.c - the verb that says who manages the lab, and what it is at. */
#include "core/command/verb.h"

#include "core/base/error.h"
#include "core/command/command_line.h"
#include "core/command/join.h"
#include "core/engine/follow.h"
#include "core/policy/energy.h"

/* A line, an element or an object for each; `next` as often as there are decisions. */
static const struct record_field fact_fields[] = {
    {"what", RECORD_TEXT},
    {"value", RECORD_TEXT},
    {NULL},
};
static const struct record_kind facts = {"status", "fact", fact_fields, TRUE};
const struct record_kind *const status_kinds[] = {&facts, NULL};

static const char *const phase_words[] = {
    [HOURS_OPEN] = "open", [HOURS_CLOSED] = "closed", [HOURS_PREPARING] = "preparing"};
static const char *const goal_words[] = {
    [ENGINE_GOAL_NONE] = "none",
    [ENGINE_GOAL_COMPACT] = "compact",
    [ENGINE_GOAL_NORMALIZE] = "normalize",
};

G_GNUC_PRINTF(3, 4)
static void add(struct records *records, const char *what, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *value = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    records_add(records, what, value, NULL);
}

static void add_manager(struct records *records, const struct session *session)
{
    if (!session->place) {
        add(records, "manager", "none: this lab is simulated");
        return;
    }
    const struct standing_view view = standing_look(session->place);
    if (view.fence == 0 || view.kind == STANDING_ALONE) {
        add(records, "manager", "none");
    } else {
        g_autofree char *since =
            hours_format(session->hours, view.since_wall_us, "%Y-%m-%d %H:%M:%S");
        add(records, "manager", "%s", view.host ? view.host : "");
        add(records, "manager-user", "%s", view.who ? view.who : "");
        add(records, "manager-kind", "%s", view.what ? view.what : "");
        add(records, "manager-pid", "%u", view.pid);
        add(records, "fence", "%" G_GUINT64_FORMAT, view.fence);
        add(records, "seen-since", "%s", since);
        add(records, "way", "%s", view.local ? "socket" : "store");
    }
    if (view.trouble)
        add(records, "trouble", "%s", view.trouble);
}

static void add_hours(struct records *records, const struct session *session)
{
    const struct engine *engine = session->engine;
    gint64 now_us = clock_wall_us(session->clock);
    enum hours_phase phase = engine_phase(engine);
    gint64 until_us = phase == HOURS_OPEN ? hours_next_closing_us(session->hours, now_us)
                                          : hours_next_opening_us(session->hours, now_us);
    add(records, "mode", "%s", engine_mode_name(engine_mode(engine)));
    add(records, "hours", "%s", phase_words[phase]);
    if (until_us != G_MAXINT64) {
        g_autofree char *until = hours_format(session->hours, until_us, "%Y-%m-%d %H:%M");
        add(records, phase == HOURS_OPEN ? "closes" : "opens", "%s", until);
    }
    add(records, "policy", "%s", policy_kind_name(engine_settings(engine)->policy.kind));
    add(records, "goal", "%s", goal_words[engine_goal(engine)]);
}

static void add_lab(struct records *records, const struct session *session)
{
    const struct cluster *cluster = session_cluster(session);
    const struct energy_config *energy = &engine_settings(session->engine)->energy;
    guint counts[HOST_UNREACHABLE + 1] = {0};
    for (guint i = 0; i < cluster->hosts->len; i++)
        counts[((const struct host *)cluster->hosts->pdata[i])->state]++;
    add(records, "cluster", "%s", cluster->name);
    add(records, "hosts", "%u", cluster->hosts->len);
    add(records, "hosts-on", "%u", counts[HOST_ON]);
    add(records, "hosts-off", "%u", counts[HOST_OFF]);
    add(records, "hosts-unreachable", "%u", counts[HOST_UNREACHABLE]);
    add(records, "vms", "%u", cluster_count_vms(cluster));
    add(records, "vms-running", "%u", cluster_count_active_vms(cluster));
    add(records, "watts", "%.0f", energy_cluster_watts(cluster, energy));
    add(records, "watts-saved", "%.0f",
        energy_all_on_watts(cluster, energy) - energy_cluster_watts(cluster, energy));
}

gboolean status_run(const struct command *command, GError **error)
{
    struct session *session = command->session;
    if (!session_wait_seen(session, error))
        return FALSE;
    struct records *records = records_new(&facts);
    const GPtrArray *next = engine_next(session->engine);
    guint running = engine_jobs_running(session->engine);
    add_manager(records, session);
    add_hours(records, session);
    add_lab(records, session);
    add(records, "jobs-running", "%u", running);
    add(records, "jobs-queued", "%u", engine_jobs_under_way(session->engine) - running);
    for (guint i = 0; i < next->len; i++)
        add(records, "next", "%s", (const char *)next->pdata[i]);
    records_print_free(records, command->output);
    return TRUE;
}
