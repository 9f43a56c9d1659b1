/* session_open.c - what a session is made of: configuration, store, lab or hosts, driver, clock. */
#include "core/command/session.h"

#include "core/base/error.h"
#include "core/command/lab.h"
#include "core/driver/libvirt/libvirt_driver.h"
#include "core/driver/sim/sim.h"
#include "core/store/config_host.h"

/* A simulated verb runs a quarter of an hour after closing, on the same day whenever it is run. */
#define SIMULATED_DAY_US  (G_GINT64_CONSTANT(1767787200) * G_USEC_PER_SEC) /* Wed 2026-01-07 */
#define AFTER_CLOSING_US  (15 * CLOCK_MINUTE_US)
#define BEFORE_CLOSING_US (5 * CLOCK_MINUTE_US)

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
    output_errors(output, warnings);
    session->warnings = g_steal_pointer(&warnings);
    if (!opened) {
        session_close(session, NULL);
        return NULL;
    }
    return session;
}
