#include "core/driver/libvirt/migration_peer.h"

#include <string.h>

#include "core/base/error.h"
#include "core/driver/libvirt/enrol_script.h"
#include "core/driver/libvirt/enrol_tell.h"
#include "core/driver/libvirt/ssh_link.h"

#define PROVEN_US  (10 * 60 * G_USEC_PER_SEC)
#define REFUSED_US (60 * G_USEC_PER_SEC)

/* What was found of a pair. */
struct finding {
    gint64 found_at_us;
    char *why; /* NULL = it can */
};

static GMutex lock;
static GHashTable *findings; /* "FROM>TO" -> struct finding *; under lock */

static void finding_free(gpointer data)
{
    struct finding *finding = data;

    g_free(finding->why);
    g_free(finding);
}

static char *pair_of(const char *from_address, const char *to_address)
{
    return g_strconcat(from_address, ">", to_address, NULL);
}

/* TRUE when it is known well enough: *can tells what. */
static gboolean recall(const char *pair, gboolean *can, char **why)
{
    const struct finding *finding;
    gboolean fresh = FALSE;

    g_mutex_lock(&lock);
    finding = findings ? g_hash_table_lookup(findings, pair) : NULL;
    if (finding) {
        gint64 age_us = g_get_monotonic_time() - finding->found_at_us;

        fresh = age_us < (finding->why ? REFUSED_US : PROVEN_US);
        *can = finding->why == NULL;
        if (fresh && finding->why && why)
            *why = g_strdup(finding->why);
    }
    g_mutex_unlock(&lock);
    return fresh;
}

static void remember(const char *pair, const char *why)
{
    struct finding *finding = g_new0(struct finding, 1);

    finding->found_at_us = g_get_monotonic_time();
    finding->why = g_strdup(why);
    g_mutex_lock(&lock);
    if (!findings)
        findings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, finding_free);
    g_hash_table_replace(findings, g_strdup(pair), finding);
    g_mutex_unlock(&lock);
}

void migration_peer_forget(const char *from_address, const char *to_address)
{
    g_autofree char *pair = pair_of(from_address, to_address);

    g_mutex_lock(&lock);
    if (findings)
        g_hash_table_remove(findings, pair);
    g_mutex_unlock(&lock);
}

gboolean migration_peer_is_proven(const struct access *from, const char *from_address,
                                  const struct access *to, const char *to_address,
                                  gint64 deadline_us, char **why)
{
    g_autofree char *pair = pair_of(from_address, to_address);
    g_autofree char *uri = access_peer_uri(to, to_address);
    g_autofree char *script = enrol_script_try_peer(uri);
    g_autoptr(GError) error = NULL;
    autoptr(ssh_link) link = NULL;
    gboolean can = FALSE;

    if (recall(pair, &can, why))
        return can;
    link = ssh_link_open(from, from_address, deadline_us, &error);
    can = link && enrol_tell(link, TRUE, script, deadline_us, NULL, NULL, &error);
    remember(pair, can ? NULL : error->message);
    if (!can && why)
        *why = g_strdup(error->message);
    return can;
}

gboolean migration_peer_was_refused(const GError *error)
{
    static const char *const words[] = {
        "failed to connect to remote libvirt",
        "host key verification failed",
        "authentication failed",
    };
    g_autofree char *said = g_ascii_strdown(error->message, -1);

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (strstr(said, words[i]))
            return TRUE;
    return FALSE;
}
