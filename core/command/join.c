#include "core/command/join.h"

#include "core/base/error.h"
#include "core/command/keeper.h"
#include "core/engine/follow.h"
#include "core/manager/socket.h"
#include "core/manager/takeover.h"
#include "core/store/config.h"

#define CONSOLE_BEATS 3
#define GRACE_US      CLOCK_SECOND_US
#define BLIND_US      (6 * CLOCK_SECOND_US) /* more than a beat of the publisher */
#define LEAD_US       (15 * CLOCK_SECOND_US)
#define NUDGE_MS      100

/* --- The keeper comes and goes ---------------------------------------------------------------- */

static gboolean keep(struct session *session, GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (session->limits.readonly)
        return TRUE;
    session->keeper = keeper_new(session->engine, session->store, session->config, &cause);
    if (session->keeper) {
        keeper_keep_definitions(session->keeper, session->driver);
        return TRUE;
    }
    if (session->looks) {
        output_error(session->output, "%s: what is seen is not kept", cause->message);
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

/*
 * R11: a manager must not switch off what it runs on. One on a machine outside the cluster leaves
 * the role, and with it a host that stays on, where it is.
 */
static void place_manager(struct session *session)
{
    struct takeover_machine machine;
    takeover_machine_init(&machine);
    const struct host *host = takeover_find_host(session_cluster(session), &machine);
    if (host)
        engine_set_manager_host(session->engine, host->name);
    takeover_machine_clear(&machine);
}

/* Only who leads writes the cluster's file and the journal. */
static void on_standing(struct standing *standing, gpointer data)
{
    struct session *session = data;
    gboolean follows = standing_look(standing).kind == STANDING_FOLLOWS;
    g_autoptr(GError) error = NULL;
    if (standing_look(standing).kind == STANDING_MANAGER && !session->placed)
        place_manager(session);
    session->placed = standing_look(standing).kind == STANDING_MANAGER;
    if (!session->joined)
        return;
    if (follows)
        g_clear_pointer(&session->keeper, keeper_free);
    else if (!session->keeper && !session->looks && !keep(session, &error))
        engine_note(session->engine, "alarm", "failed", TRUE, error->message);
}

/* --- Waiting ---------------------------------------------------------------------------------- */

static gboolean nudge(G_GNUC_UNUSED gpointer data)
{
    return G_SOURCE_CONTINUE;
}

/* By the system's clock: a lease is real, whatever the session's clock is. */
static gboolean wait_for(gboolean (*there)(const struct session *session),
                         const struct session *session, gint64 most_us)
{
    gint64 until_us = g_get_monotonic_time() + most_us;
    guint timer = g_timeout_add(NUDGE_MS, nudge, NULL);
    while (!there(session) && g_get_monotonic_time() < until_us)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(timer);
    return there(session);
}

/* A lease that nobody ever took need not be watched for as long as one that may be held. */
static gboolean is_never_taken(const struct session *session)
{
    g_autofree char *dir = g_build_filename(store_dir(session->store), "Lease", NULL);
    g_autoptr(GDir) names = NULL;
    if (session->config->lease.kind == CONFIG_LEASE_ETCD)
        return FALSE;
    names = g_dir_open(dir, 0, NULL);
    return names ? g_dir_read_name(names) == NULL : !g_file_test(dir, G_FILE_TEST_EXISTS);
}

static gboolean is_decided(const struct session *session)
{
    return standing_look(session->place).decided;
}

static gboolean has_sight(const struct session *session)
{
    return !follow_is_blind(session->engine);
}

/* --- Joining ---------------------------------------------------------------------------------- */

/* Looking does no harm, so whoever only looks may do it past a manager that says nothing. */
static gboolean look_past(struct session *session, GError **error)
{
    const struct standing_view view = standing_look(session->place);
    g_autofree char *who = standing_describe(session->place);
    const char *why = view.trouble ? view.trouble : "nothing that it publishes has come";
    if (!session->looks) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                    "%s, and cannot be followed: %s. Is its store the same as this one?", who, why);
        return FALSE;
    }
    output_error(session->output, "%s, and cannot be followed: %s. The hosts are asked instead",
                 who, why);
    g_clear_pointer(&session->place, standing_free);
    follow_end(session->engine);
    return TRUE;
}

static gboolean begin_standing(struct session *session, GError **error)
{
    g_autofree char *socket = socket_path_for(store_dir(session->store));
    const struct standing_settings settings = {
        .dir = store_dir(session->store),
        .socket = socket,
        .group = session->config->manager_group,
    };
    session->lease = session_lease_new(session, "console", error);
    if (!session->lease)
        return FALSE;
    session->place = standing_new(session->engine, session->driver, session->lease, &settings,
                                  on_standing, session);
    return TRUE;
}

gboolean session_join(struct session *session, gboolean patient, GError **error)
{
    const struct config *config = session->config;
    if (session->simulated || !session->store)
        return session_observe(session, error);
    session->engine =
        engine_new(session->clock, session->driver, g_steal_pointer(&session->cluster),
                   session->hours, &session->config->engine, g_get_user_name());
    if (session->limits.readonly)
        engine_set_readonly(session->engine);
    if (!begin_standing(session, error))
        return FALSE;
    if (!is_never_taken(session))
        wait_for(is_decided, session,
                 patient ? config->lease.expiry_us + GRACE_US
                         : MIN(CONSOLE_BEATS * config->lease.beat_us, config->lease.expiry_us));
    if (engine_follows(session->engine) && !wait_for(has_sight, session, BLIND_US) && patient &&
        !look_past(session, error))
        return FALSE;
    session->joined = TRUE;
    if (engine_follows(session->engine))
        return TRUE;
    if (!session->keeper && !keep(session, error))
        return FALSE;
    engine_start(session->engine);
    return TRUE;
}

/* --- Orders ----------------------------------------------------------------------------------- */

gboolean join_needs_manager(const struct session *session, GError **error)
{
    if (engine_follows(session->engine))
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "there is no manager to tell: start one with roost run, or turn on the autopilot "
                "of a console");
    return FALSE;
}

struct awaited {
    const struct engine *engine;
    guint order;
};

static gboolean is_settled(gpointer data)
{
    const struct awaited *awaited = data;
    return follow_is_settled(awaited->engine, awaited->order, NULL);
}

gboolean join_await_order(struct session *session, GError **error)
{
    struct awaited awaited = {session->engine, follow_last_order(session->engine)};
    const char *refusal = NULL;
    if (!engine_follows(session->engine))
        return TRUE;
    if (!session_wait(session, is_settled, NULL, &awaited, error))
        return FALSE;
    follow_is_settled(session->engine, awaited.order, &refusal);
    if (!refusal)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "the manager refuses: %s", refusal);
    return FALSE;
}

static gboolean is_led(const struct session *session)
{
    return standing_look(session->place).kind != STANDING_ALONE || session->interrupts > 0;
}

gboolean join_take_lead(struct session *session, GError **error)
{
    if (!session->place || engine_follows(session->engine))
        return TRUE;
    wait_for(is_led, session, LEAD_US);
    const struct standing_view view = standing_look(session->place);
    if (view.kind == STANDING_MANAGER)
        return TRUE;
    engine_set_goal(session->engine, ENGINE_GOAL_NONE);
    if (view.kind == STANDING_FOLLOWS)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "another manager has come first: say it again, and it is told");
    else
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "the lease cannot be taken: %s",
                    view.trouble ? view.trouble : "it stays another's");
    return FALSE;
}
