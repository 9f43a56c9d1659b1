#include "core/driver/libvirt/migration_ends.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/driver/libvirt/migration_checks.h"
#include "core/driver/libvirt/migration_peer.h"
#include "core/driver/libvirt/virt_error.h"

struct virt_link *migration_open_end(const struct migration_paths *paths,
                                     const struct access *access, struct virt_guard *guard,
                                     const char *address, GError **error)
{
    const struct virt_link_options options = {
        .access = access,
        .address = address,
        .post = paths->post,
        .guard = guard,
        .deadline_us = g_get_monotonic_time() + access->connect_us,
    };

    return virt_link_open(&options, error);
}

static gboolean is_in_state(virDomainPtr domain, int wanted, int wanted_reason)
{
    int state = 0;
    int reason = 0;
    gboolean known = virDomainGetState(domain, &state, &reason, 0) == 0;

    virResetLastError();
    return known && state == wanted && reason == wanted_reason;
}

static gboolean find_domain(struct migration_ends *ends, const struct migrate_request *request,
                            GError **error)
{
    int autostart = 0;

    ends->domain = virDomainLookupByName(virt_link_connection(ends->source), request->vm);
    if (!ends->domain) {
        virt_error_take(error);
        return FALSE;
    }
    virDomainGetUUID(ends->domain, ends->uuid);
    if (virDomainIsActive(ends->domain) != 1) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "it does not run on %s",
                    request->from_address);
        return FALSE;
    }
    ends->ability.persistent = virDomainIsPersistent(ends->domain) == 1;
    ends->ability.resume =
        is_in_state(ends->domain, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_POSTCOPY_FAILED);
    if (ends->ability.persistent && virDomainGetAutostart(ends->domain, &autostart) == 0)
        ends->autostart = autostart != 0;
    virResetLastError();
    return TRUE;
}

/* Where a post-copy broke off, only that host can go on with it, and must. */
static gboolean check_resume(const struct migrate_request *request, virDomainPtr there,
                             GError **error)
{
    if (there && is_in_state(there, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_POSTCOPY_FAILED))
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "its post-copy to another host than %s broke off, and it can go on only there; "
                "where that host lost it, it must be ended and started again",
                request->to_address);
    return FALSE;
}

static virDomainPtr find_there(const struct migration_ends *ends,
                               const struct migrate_request *request)
{
    virConnectPtr target = virt_link_connection(ends->target);
    virDomainPtr there = virDomainLookupByName(target, request->vm);

    if (!there)
        there = virDomainLookupByUUID(target, ends->uuid);
    virResetLastError();
    return there;
}

/* The same VM may be known there, switched off; anything else of its name or UUID is in the way. */
static gboolean check_name(struct migration_ends *ends, const struct migrate_request *request,
                           GError **error)
{
    virDomainPtr there = find_there(ends, request);
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    unsigned char theirs[VIR_UUID_BUFLEN] = {0};
    g_autofree char *name = there ? text_escape(virDomainGetName(there)) : NULL;
    gboolean active = there && virDomainIsActive(there) == 1;
    gboolean may = TRUE;

    if (there) {
        virDomainGetUUID(there, theirs);
        virDomainGetUUIDString(there, uuid);
        may = !active && memcmp(theirs, ends->uuid, VIR_UUID_BUFLEN) == 0;
    }
    if (ends->ability.resume)
        may = check_resume(request, there, error);
    else if (!may)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "%s %s a VM of that name or UUID (%s, %s): rename or remove it there first",
                    request->to_address, active ? "runs" : "knows", name, uuid);
    if (there)
        virDomainFree(there);
    virResetLastError();
    return may;
}

static gboolean check_kind(struct migration_ends *ends, const struct migrate_request *request,
                           GError **error)
{
    const char *source = virConnectGetType(virt_link_connection(ends->source));
    const char *target = virConnectGetType(virt_link_connection(ends->target));

    if (!source || !target || strcmp(source, target) == 0) {
        virResetLastError();
        return TRUE;
    }
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "it runs under %s, and the hypervisor of %s is %s", source, request->to_address,
                target);
    return FALSE;
}

static gulong read_version(const struct virt_link *link)
{
    unsigned long version = 0;

    if (virConnectGetLibVersion(virt_link_connection(link), &version) < 0)
        virResetLastError();
    return version;
}

static gboolean choose(struct migration_ends *ends, const struct migrate_request *request,
                       GError **error)
{
    migration_choice_clear(&ends->choice);
    return migration_choose(&ends->choice, request, &ends->ability, error);
}

/* Only what was seen to work leads a migration from its source; else it is led from here. */
static void try_peer(struct migration_ends *ends, const struct migrate_request *request,
                     const struct migration_paths *paths)
{
    gint64 deadline_us = g_get_monotonic_time() + paths->from->refresh_us;

    if (request->control != MIGRATE_AUTO)
        return;
    if (!migration_peer_is_proven(paths->from, request->from_address, paths->to,
                                  request->to_address, deadline_us, &ends->ability.no_peer))
        ends->ability.without |= MIGRATION_PEER;
}

gboolean migration_ends_open(struct migration_ends *ends, const struct migrate_request *request,
                             const struct migration_paths *paths, GError **error)
{
    memset(ends, 0, sizeof *ends);
    ends->source =
        migration_open_end(paths, paths->from, paths->source, request->from_address, error);
    if (!ends->source || !find_domain(ends, request, error))
        return FALSE;
    ends->target = migration_open_end(paths, paths->to, paths->target, request->to_address, error);
    if (!ends->target || !check_kind(ends, request, error) || !check_name(ends, request, error))
        return FALSE;
    ends->ability.source_version = read_version(ends->source);
    ends->ability.target_version = read_version(ends->target);
    if (!ends->ability.resume && !migration_checks_pass(ends, request, paths, error))
        return FALSE;
    try_peer(ends, request, paths);
    return choose(ends, request, error);
}

void migration_ends_close(struct migration_ends *ends)
{
    if (ends->domain)
        virDomainFree(ends->domain);
    virt_link_free(ends->target);
    virt_link_free(ends->source);
    migration_choice_clear(&ends->choice);
    g_free(ends->ability.no_peer);
    memset(ends, 0, sizeof *ends);
}

/* VIR_MIGRATE_UNDEFINE_SOURCE takes the mark away with the definition; the target gets it back. */
static void restore_autostart(struct migration_ends *ends, virDomainPtr moved)
{
    virDomainPtr there = moved;

    if (!ends->autostart)
        return;
    if (!there)
        there = virDomainLookupByUUID(virt_link_connection(ends->target), ends->uuid);
    if (there)
        virDomainSetAutostart(there, 1);
    if (there && there != moved)
        virDomainFree(there);
    virResetLastError();
}

static virTypedParameterPtr build_params(const struct migration_ends *ends,
                                         const struct migrate_request *request, int *n)
{
    const struct migration_choice *choice = &ends->choice;
    g_autofree char *uri = access_migrate_uri(request->to_address);
    virTypedParameterPtr params = NULL;
    int most = 0;

    *n = 0;
    if (!(choice->flags & VIR_MIGRATE_TUNNELLED))
        virTypedParamsAddString(&params, n, &most, VIR_MIGRATE_PARAM_URI, uri);
    if (request->bandwidth_mib_per_s)
        virTypedParamsAddULLong(&params, n, &most, VIR_MIGRATE_PARAM_BANDWIDTH,
                                request->bandwidth_mib_per_s);
    if (request->bandwidth_mib_per_s && choice->flags & VIR_MIGRATE_POSTCOPY &&
        choice->limits_postcopy)
        virTypedParamsAddULLong(&params, n, &most, VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY,
                                request->bandwidth_mib_per_s);
    if (choice->compression)
        virTypedParamsAddString(&params, n, &most, VIR_MIGRATE_PARAM_COMPRESSION,
                                choice->compression);
    if (choice->connections)
        virTypedParamsAddInt(&params, n, &most, VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS,
                             (int)choice->connections);
    return params;
}

/* virt_error_take cannot know which of our own words would go past it. */
static void take_error(GError **error)
{
    gboolean unsafe = virGetLastErrorCode() == VIR_ERR_MIGRATE_UNSAFE;

    virt_error_take(error);
    if (unsafe && error && *error) {
        g_autofree char *said = g_steal_pointer(&(*error)->message);

        (*error)->message =
            g_strdup_printf("%s (--force or [migration] allow_unsafe=true goes past this)", said);
    }
}

gboolean migration_ends_move(struct migration_ends *ends, const struct migrate_request *request,
                             const struct access *access, GError **error)
{
    unsigned int flags = ends->choice.flags;
    int n;
    virTypedParameterPtr params = build_params(ends, request, &n);
    virDomainPtr moved = NULL;
    gboolean done;

    if (flags & VIR_MIGRATE_PEER2PEER) {
        g_autofree char *uri = access_peer_uri(access, request->to_address);

        done = virDomainMigrateToURI3(ends->domain, uri, params, (unsigned int)n, flags) == 0;
    } else {
        moved = virDomainMigrate3(ends->domain, virt_link_connection(ends->target), params,
                                  (unsigned int)n, flags);
        done = moved != NULL;
    }
    if (done)
        restore_autostart(ends, moved);
    else
        take_error(error);
    virTypedParamsFree(params, n);
    if (moved)
        virDomainFree(moved);
    return done;
}

gboolean migration_ends_fall_back(struct migration_ends *ends,
                                  const struct migrate_request *request, const GError *error)
{
    guint suspect = migration_choice_suspect(&ends->choice, error);

    if (!suspect && ends->choice.extras & MIGRATION_PEER && migration_peer_was_refused(error)) {
        suspect = MIGRATION_PEER;
        migration_peer_forget(request->from_address, request->to_address);
        ends->ability.no_peer = text_escape(error->message);
    }
    if (!suspect || !virt_link_is_alive(ends->source) || !virt_link_is_alive(ends->target))
        return FALSE;
    ends->ability.without |= suspect;
    return choose(ends, request, NULL);
}

gboolean migration_ends_are_broken(const struct migration_ends *ends)
{
    return is_in_state(ends->domain, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_POSTCOPY_FAILED);
}
