#include "core/driver/libvirt/migration_watch.h"

#include <libvirt/virterror.h>
#include <string.h>

static guint64 find_number(const virTypedParameter *params, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (params[i].type == VIR_TYPED_PARAM_ULLONG && strcmp(params[i].field, name) == 0)
            return params[i].value.ul;
    return 0;
}

/*
 * libvirt's total is the VM's RAM; what is dirtied and sent again only shows in processed and
 * remaining. The greater of the two keeps done + left = total whatever the guest does.
 */
void migration_read_progress(const virTypedParameter *params, int n,
                             struct migrate_progress *progress)
{
    guint64 processed = find_number(params, n, VIR_DOMAIN_JOB_MEMORY_PROCESSED);
    guint64 ram = find_number(params, n, VIR_DOMAIN_JOB_MEMORY_TOTAL);
    guint64 page = find_number(params, n, VIR_DOMAIN_JOB_MEMORY_PAGE_SIZE);

    memset(progress, 0, sizeof *progress);
    progress->left_bytes = find_number(params, n, VIR_DOMAIN_JOB_MEMORY_REMAINING);
    progress->total_bytes = MAX(ram, processed + progress->left_bytes);
    progress->done_bytes = progress->total_bytes - progress->left_bytes;
    progress->dirty_bytes_per_s =
        find_number(params, n, VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE) * (page ? page : 4096);
    progress->speed_bytes_per_s = find_number(params, n, VIR_DOMAIN_JOB_MEMORY_BPS);
    progress->elapsed_us = (gint64)find_number(params, n, VIR_DOMAIN_JOB_TIME_ELAPSED) * 1000;
    progress->downtime_us = (gint64)find_number(params, n, VIR_DOMAIN_JOB_DOWNTIME) * 1000;
    progress->pass = (guint)find_number(params, n, VIR_DOMAIN_JOB_MEMORY_ITERATION);
}

gboolean migration_watch_open(struct migration_watch *watch, const struct migration_ends *ends,
                              const struct migrate_request *request,
                              const struct migration_paths *paths)
{
    memset(watch, 0, sizeof *watch);
    watch->source =
        migration_open_end(paths, paths->from, paths->watch, request->from_address, NULL);
    if (watch->source)
        watch->domain = virDomainLookupByUUID(virt_link_connection(watch->source), ends->uuid);
    virResetLastError();
    return watch->domain != NULL;
}

void migration_watch_close(struct migration_watch *watch)
{
    if (watch->domain)
        virDomainFree(watch->domain);
    virt_link_free(watch->source);
    memset(watch, 0, sizeof *watch);
}

gboolean migration_watch_progress(struct migration_watch *watch, struct migrate_progress *progress)
{
    virTypedParameterPtr params = NULL;
    int n = 0;
    int type = VIR_DOMAIN_JOB_NONE;

    if (virDomainGetJobStats(watch->domain, &type, &params, &n, 0) < 0) {
        virResetLastError();
        return FALSE;
    }
    migration_read_progress(params, n, progress);
    virTypedParamsFree(params, n);
    return type != VIR_DOMAIN_JOB_NONE && progress->total_bytes > 0;
}

static gboolean succeeded(int status)
{
    virResetLastError();
    return status == 0;
}

gboolean migration_watch_abort(struct migration_watch *watch)
{
    return succeeded(virDomainAbortJob(watch->domain));
}

gboolean migration_watch_start_postcopy(struct migration_watch *watch)
{
    return succeeded(virDomainMigrateStartPostCopy(watch->domain, 0));
}

gboolean migration_watch_pause(struct migration_watch *watch)
{
    return succeeded(virDomainSuspend(watch->domain));
}

gboolean migration_watch_break_postcopy(struct migration_watch *watch)
{
    return succeeded(virDomainAbortJobFlags(watch->domain, VIR_DOMAIN_ABORT_JOB_POSTCOPY));
}
