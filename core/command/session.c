#include "core/command/session.h"

#include <glib-unix.h>
#include <signal.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/keeper.h"
#include "core/command/lab.h"
#include "core/driver/libvirt/libvirt_driver.h"
#include "core/driver/sim/sim.h"
#include "core/manager/manager.h"
#include "core/manager/socket.h"
#include "core/manager/standing.h"
#include "core/store/config_host.h"
#include "core/store/lease_config.h"
#include "core/store/lease_identity.h"

/* A simulated verb runs a quarter of an hour after closing, on the same day whenever it is run. */
#define SIMULATED_DAY_US  (G_GINT64_CONSTANT(1767787200) * G_USEC_PER_SEC) /* Wed 2026-01-07 */
#define AFTER_CLOSING_US  (15 * CLOCK_MINUTE_US)
#define BEFORE_CLOSING_US (5 * CLOCK_MINUTE_US)

/*
 * A dead host is told from a slow one by ARP, after 3 s; others have answered by then. libvirt's
 * own transports may stall for their keepalive's 5 s, more than once.
 */
#define SILENCE_MOST_US     (6 * CLOCK_SECOND_US)
#define SILENCE_MOST_URI_US (20 * CLOCK_SECOND_US)

/* A host that begins to hang between its first look and its second holds a plan no longer. */
#define SECOND_LOOK_MOST_US (4 * CLOCK_SECOND_US)

static void tell(const struct output *output, const GPtrArray *texts)
{
    for (guint i = 0; i < texts->len; i++)
        output_error(output, "%s", (const char *)texts->pdata[i]);
}

/* --- Opening ---------------------------------------------------------------------------------- */

/* The first configuration there is in the usual places, or NULL. */
static char *find_config(void)
{
    char *own = g_build_filename(g_get_user_config_dir(), "roost", "roost.conf", NULL);
    if (g_file_test(own, G_FILE_TEST_EXISTS))
        return own;
    g_free(own);
    return g_file_test("/etc/roost/roost.conf", G_FILE_TEST_EXISTS)
               ? g_strdup("/etc/roost/roost.conf")
               : NULL;
}

gboolean session_has_config(void)
{
    g_autofree char *path = find_config();
    return path != NULL;
}

static gboolean open_config(struct session *session, const struct session_request *request,
                            GPtrArray *warnings, GError **error)
{
    g_autofree char *found = request->config || request->lab ? NULL : find_config();
    const char *path = request->config ? request->config : found;
    if (!path && !request->lab) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                    "which lab? Give its configuration with -c FILE, or a simulated one with "
                    "--lab ercolani");
        return FALSE;
    }
    session->config = path ? config_load(path, warnings, error) : config_new();
    if (!session->config)
        return FALSE;
    if (request->policy &&
        !policy_kind_parse(request->policy, &session->config->engine.policy.kind)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                    "--policy %s: there is no such policy, only pack and pairs", request->policy);
        return FALSE;
    }
    if (session->simulated && !session->config->hours_open)
        session->config->hours_open = g_strdup(SIM_ERCOLANI_HOURS);
    session->hours = config_hours(session->config, error);
    return session->hours != NULL;
}

static gboolean open_store(struct session *session, GPtrArray *warnings, GError **error)
{
    const struct config *config = session->config;
    const char *name = config->cluster_name ? config->cluster_name : "lab";
    g_autofree char *simulated = NULL;
    if (!config->store && session->simulated)
        return TRUE;
    if (!config->store) {
        g_autofree char *place = config_place(config, "cluster", "store");
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "%s: must name a directory: the cluster is kept there", place);
        return FALSE;
    }
    if (session->simulated)
        simulated = g_build_filename(config->store, "simulated", session->lab_name, NULL);
    session->store = store_new(simulated ? simulated : config->store);
    session->cluster =
        store_load(session->store, session->simulated ? session->lab_name : name, warnings, error);
    return session->cluster != NULL;
}

static gint64 simulated_start_us(const struct session *session, gboolean paced)
{
    gint64 closing_us = hours_next_closing_us(session->hours, SIMULATED_DAY_US);
    if (closing_us == G_MAXINT64)
        return SIMULATED_DAY_US;
    return paced ? closing_us - BEFORE_CLOSING_US : closing_us + AFTER_CLOSING_US;
}

static gboolean open_simulated(struct session *session, const struct session_request *request,
                               GPtrArray *warnings, GError **error)
{
    struct sim_options options = {.seed = request->seed, .energy = session->config->engine.energy};
    if (request->faults && !sim_faults_parse(request->faults, &options.faults, error)) {
        g_prefix_error(error, "--faults: ");
        return FALSE;
    }
    autoptr(cluster) lab = lab_open(request->lab, warnings, error);
    if (!lab)
        return FALSE;
    gboolean kept = session->cluster && session->cluster->hosts->len > 0;
    if (!kept && !request->bare) {
        g_clear_pointer(&session->cluster, cluster_free);
        session->cluster = cluster_copy(lab);
    } else if (!session->cluster) {
        session->cluster = cluster_new(lab->name);
    }
    autoptr(cluster) world = lab_merge(session->cluster, lab);
    gint64 start_us = simulated_start_us(session, request->paced);
    session->clock =
        request->paced ? clock_new_paced(start_us, request->speed) : clock_new_stepped(start_us);
    session->driver = sim_driver_new(session->clock, world, session->hours, &options);
    return TRUE;
}

static void find_host(const char *address, struct libvirt_host *into, gpointer data)
{
    const struct session *session = data;
    const struct cluster *cluster = session_cluster(session);
    const struct host *host = cluster ? cluster_find_host(cluster, address) : NULL;
    struct config_host found;
    config_host_find(session->config, host ? host->name : NULL, address, &found);
    *into = (struct libvirt_host){
        .name = host ? host->name : NULL,
        .uri = found.uri,
        .wake_command = found.wake_command,
        .off_command = found.off_command,
        .off_local_command = found.off_local_command,
        .cut_command = found.cut_command,
        .mac = found.mac,
        .known_mac = found.mac ? found.mac
                     : host    ? host->mac
                               : NULL,
        .broadcast = found.broadcast,
    };
}

/* A host that is off cannot be asked, and yet the configuration may have changed since. */
static void note_wake_commands(struct session *session)
{
    for (guint i = 0; i < session->cluster->hosts->len; i++) {
        struct host *host = session->cluster->hosts->pdata[i];
        struct config_host found;
        config_host_find(session->config, host->name, host->address, &found);
        if (found.wake_command)
            host->wake = HOST_WAKE_COMMAND;
        else if (host->wake == HOST_WAKE_COMMAND)
            host->wake = HOST_WAKE_UNKNOWN;
    }
}

static gboolean open_real(struct session *session, GError **error)
{
    const struct config *config = session->config;
    g_autofree char *own_key =
        g_build_filename(g_get_user_config_dir(), "roost", "id_ed25519", NULL);
    struct libvirt_settings settings = {
        .find_host = find_host,
        .find_host_data = session,
        .uri = config->libvirt_uri,
        .peer_uri = config->libvirt_peer_uri,
        .ssh_user = config->ssh_user,
        .ssh_identity = config->ssh_identity,
        .ssh_own_key = own_key,
        .ssh_known_hosts = config->ssh_known_hosts,
        .ssh_port = config->ssh_port,
        .command_us = config->command_timeout_us,
    };
    note_wake_commands(session);
    session->clock = clock_new_real();
    session->driver = libvirt_driver_new(&settings, error);
    return session->driver != NULL;
}

/* A simulated lab that is not kept is what it begins with. */
static gboolean open_peek(struct session *session, const struct session_request *request,
                          GPtrArray *warnings, GError **error)
{
    if (!open_store(session, warnings, error))
        return FALSE;
    if (session->simulated && (!session->cluster || session->cluster->hosts->len == 0)) {
        cluster_free(session->cluster);
        session->cluster = lab_open(request->lab, warnings, error);
    }
    return session->cluster != NULL;
}

static gboolean never(G_GNUC_UNUSED gpointer data)
{
    return FALSE;
}

/* Whatever else should fail to refuse, these two do not. */
static void limit(struct session *session)
{
    if (!session->limits.readonly)
        return;
    session->looks = TRUE;
    if (session->driver)
        driver_set_readonly(session->driver);
    if (session->store)
        store_set_guard(session->store, never, NULL);
}

static gboolean open_all(struct session *session, const struct session_request *request,
                         GPtrArray *warnings, GError **error)
{
    if (!open_config(session, request, warnings, error))
        return FALSE;
    session->limits.readonly = request->readonly || (request->console && session->config->readonly);
    if (request->peek)
        return open_peek(session, request, warnings, error);
    if (!open_store(session, warnings, error) ||
        !(session->simulated ? open_simulated(session, request, warnings, error)
                             : open_real(session, error)))
        return FALSE;
    limit(session);
    return TRUE;
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

struct session *session_open(const struct session_request *request, const struct output *output,
                             GError **error)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    struct session *session = g_new0(struct session, 1);
    session->output = output;
    session->simulated = request->lab != NULL;
    session->looks = request->looks;
    session->lab_name = request->lab ? lab_short_name(request->lab) : NULL;
    gboolean opened = open_all(session, request, warnings, error);
    tell(output, warnings);
    session->warnings = g_steal_pointer(&warnings);
    if (!opened) {
        session_free(session);
        return NULL;
    }
    return session;
}

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

/* --- Keeping ---------------------------------------------------------------------------------- */

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
    tell(session->output, notes);
    return saved;
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

/* --- Waiting ---------------------------------------------------------------------------------- */

void session_interrupt(struct session *session)
{
    session->interrupts++;
    g_main_context_wakeup(NULL);
}

static gboolean on_interrupt(gpointer data)
{
    session_interrupt(data);
    return G_SOURCE_CONTINUE;
}

/* One thing happens, be it by the simulated clock or by the main loop. */
static void happen(const struct session *session)
{
    gboolean stepped = clock_is_stepped(session->clock);
    if (stepped)
        clock_step(session->clock);
    g_main_context_iteration(NULL, !stepped);
}

static gboolean run(struct session *session, session_done_func done,
                    session_interrupted_func interrupted, gpointer data, GError **error)
{
    guint told = session->interrupts;
    while (!done(data)) {
        happen(session);
        gboolean at_once = session->standing && !interrupted && session->interrupts > told;
        if (session->interrupts >= 2 || at_once) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_CANCELLED,
                        "interrupted: what was under way is left to itself");
            return FALSE;
        }
        if (interrupted && session->interrupts > told) {
            told = session->interrupts;
            output_error(session->output, "cancelling; ^C again leaves at once");
            interrupted(data);
        }
    }
    return TRUE;
}

gboolean session_wait(struct session *session, session_done_func done,
                      session_interrupted_func interrupted, gpointer data, GError **error)
{
    /* Taken for the rest of the session: a ^C too many must not cut a save short. */
    if (interrupted && !session->standing && !session->signals[0]) {
        session->signals[0] = g_unix_signal_add(SIGINT, on_interrupt, session);
        session->signals[1] = g_unix_signal_add(SIGTERM, on_interrupt, session);
    }
    return run(session, done, interrupted, data, error);
}

gboolean session_wait_out(struct session *session, session_done_func done,
                          session_interrupted_func interrupted, gpointer data, GError **error)
{
    guint told = session->interrupts;
    if (!session->standing)
        return session_wait(session, done, interrupted, data, error);
    while (!done(data)) {
        happen(session);
        if (session->interrupts > told)
            interrupted(data);
        told = session->interrupts;
    }
    return TRUE;
}

/* Waiting for first answers, for as long as they keep coming. */
struct answers {
    struct session *session;
    session_done_func done;
    gpointer data;
    guint unseen;
    gint64 since_us; /* the last one came */
    gboolean silence;
    guint timer;
};

/* Nothing else may happen while hosts hang: the clock at least must be looked at. */
static void look_again(gpointer data)
{
    struct answers *answers = data;
    answers->timer = clock_add_timer(answers->session->clock, CLOCK_SECOND_US, look_again, answers);
}

static gboolean no_more_come(gpointer data)
{
    struct answers *answers = data;
    guint unseen = engine_count_unseen(answers->session->engine);
    gint64 now_us = clock_mono_us(answers->session->clock);
    if (answers->done(answers->data))
        return TRUE;
    if (unseen != answers->unseen)
        answers->since_us = now_us;
    answers->unseen = unseen;
    gint64 most_us = answers->session->config->libvirt_uri ? SILENCE_MOST_URI_US : SILENCE_MOST_US;
    answers->silence = unseen > 0 && now_us - answers->since_us >= most_us;
    return answers->silence;
}

gboolean session_wait_answers(struct session *session, session_done_func done, gpointer data,
                              GError **error)
{
    struct answers answers = {.session = session, .done = done, .data = data};
    answers.since_us = clock_mono_us(session->clock);
    look_again(&answers);
    gboolean waited = session_wait(session, no_more_come, NULL, &answers, error);
    clock_cancel_timer(session->clock, answers.timer);
    if (answers.silence)
        engine_doubt_unseen(session->engine);
    return waited;
}

static gboolean has_seen_all(gpointer data)
{
    const struct session *session = data;
    return engine_has_seen_all(session->engine);
}

gboolean session_wait_seen(struct session *session, GError **error)
{
    return session_wait_answers(session, has_seen_all, session, error);
}

static gboolean has_measured_all(gpointer data)
{
    const struct answers *answers = data;
    gint64 now_us = clock_mono_us(answers->session->clock);
    return engine_count_unmeasured(answers->session->engine) == 0 ||
           now_us - answers->since_us >= SECOND_LOOK_MOST_US;
}

gboolean session_wait_measured(struct session *session, GError **error)
{
    if (!session_wait_seen(session, error))
        return FALSE;
    struct answers answers = {.session = session, .since_us = clock_mono_us(session->clock)};
    look_again(&answers);
    gboolean waited = session_wait(session, has_measured_all, NULL, &answers, error);
    clock_cancel_timer(session->clock, answers.timer);
    return waited;
}

char *session_time(const struct session *session)
{
    return hours_format(session->hours, clock_wall_us(session->clock), "%H:%M:%S");
}
