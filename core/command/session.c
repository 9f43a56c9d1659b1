/* session.c - one run of roost on one lab: its engine, what is kept of it, and its end. */
#include "core/command/session.h"

#include "core/command/keeper.h"
#include "core/manager/manager.h"
#include "core/manager/socket.h"
#include "core/manager/standing.h"
#include "core/store/lease_config.h"
#include "core/store/lease_identity.h"

gboolean session_observe(struct session *session, GError **error)
{
    session->engine =
        engine_new(session->clock, session->driver, g_steal_pointer(&session->cluster),
                   session->hours, &session->config->engine, g_get_user_name());
    if (session->limits.readonly)
        engine_set_readonly(session->engine);
    if (session->store && !session->limits.readonly) {
        g_autoptr(GError) cause = NULL;
        session->keeper = keeper_new(session->engine, session->store, session->config, &cause);
        if (!session->keeper && !session->looks) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return FALSE;
        }
        if (session->keeper)
            keeper_keep_definitions(session->keeper, session->driver);
        else
            output_error(session->output, "%s: what is seen is not kept", cause->message);
    }
    engine_start(session->engine);
    return TRUE;
}

void session_unobserve(struct session *session)
{
    g_clear_pointer(&session->keeper, keeper_free);
    g_clear_pointer(&session->engine, engine_free);
}

gboolean session_load(struct session *session, GError **error)
{
    if (!session->store)
        return TRUE;
    struct cluster *cluster =
        store_load(session->store, session->cluster ? session->cluster->name : "lab", NULL, error);
    if (!cluster)
        return FALSE;
    /* A simulated lab that was never kept has its own hosts. */
    if (session->simulated && cluster->hosts->len == 0 && session->cluster) {
        cluster_free(cluster);
        return TRUE;
    }
    cluster_free(session->cluster);
    session->cluster = cluster;
    return TRUE;
}

struct lease *session_lease_new(struct session *session, const char *what, GError **error)
{
    g_autofree char *socket = socket_path_for(store_dir(session->store));
    autoptr(lease_identity) identity = lease_identity_new(what, socket);
    g_autofree char *prefix = g_strdup_printf("/roost/%s/", session_cluster(session)->name);
    struct lease_settings settings = lease_config_settings(session->config);
    settings.dir = store_dir(session->store);
    if (!settings.prefix)
        settings.prefix = prefix;
    struct lease *lease = lease_new(&settings, identity, error);
    if (lease)
        manager_guard_driver(session->driver, lease);
    return lease;
}

const struct cluster *session_cluster(const struct session *session)
{
    return session->engine ? engine_cluster(session->engine) : session->cluster;
}

gboolean session_reread(struct session *session, GError **error)
{
    if (!session->store)
        return TRUE;
    store_lock(session->store);
    if (!store_is_changed(session->store))
        return TRUE;
    struct cluster *cluster = store_load(session->store, session->cluster->name, NULL, error);
    if (!cluster)
        return FALSE;
    cluster_free(session->cluster);
    session->cluster = cluster;
    return TRUE;
}

gboolean session_save(struct session *session, GError **error)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    gboolean saved = TRUE;
    if (session->limits.readonly)
        return TRUE;
    if (session->keeper)
        saved = keeper_save(session->keeper, notes, error);
    else if (session->store && session->cluster)
        saved = store_save(session->store, session->cluster, clock_wall_us(session->clock), notes,
                           error);
    if (session->store)
        store_unlock(session->store);
    output_errors(session->output, notes);
    return saved;
}

static void session_free(struct session *session)
{
    for (guint i = 0; i < G_N_ELEMENTS(session->signals); i++) {
        if (session->signals[i])
            g_source_remove(session->signals[i]);
    }
    session->joined = FALSE;
    standing_free(session->place);
    keeper_free(session->keeper);
    engine_free(session->engine);
    driver_free(session->driver);
    lease_free(session->lease);
    clock_free(session->clock);
    hours_free(session->hours);
    cluster_free(session->cluster);
    store_free(session->store);
    config_free(session->config);
    g_clear_pointer(&session->warnings, g_ptr_array_unref);
    g_free(session->lab_name);
    g_free(session);
}

gboolean session_close(struct session *session, GError **error)
{
    gboolean saved = TRUE;
    if (!session)
        return TRUE;
    if (session->keeper)
        saved = session_save(session, error);
    session_free(session);
    return saved;
}

char *session_time(const struct session *session)
{
    return hours_format(session->hours, clock_wall_us(session->clock), "%H:%M:%S");
}
