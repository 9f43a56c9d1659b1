/* insert_make.c - disks are made, VMs defined and started; what became no VM is taken away. */
#include "core/command/insert.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/manage_many.h"
#include "core/command/session.h"
#include "core/command/chore.h"

#define DISKS_AT_ONCE  8
#define COPIES_AT_ONCE 2 /* each reads and writes a whole disk */
#define LOOKS_AT_ONCE  16

static struct birth *birth_at(const struct insertion *insertion, guint i)
{
    return g_ptr_array_index(insertion->births, i);
}

static gboolean goes_on(const struct birth *birth)
{
    return !birth->exists && !birth->error;
}

/* --- Disks --- */

/* What one item is about: a disk of a birth. */
struct making {
    struct birth *birth;
    struct birth_disk *disk;
};

static GPtrArray *makings_of(const struct insertion *insertion, GPtrArray *makings)
{
    GPtrArray *items = manage_items_new();

    for (guint i = 0; i < insertion->births->len; i++) {
        struct birth *birth = birth_at(insertion, i);
        for (guint j = 0; goes_on(birth) && j < birth->disks->len; j++) {
            struct birth_disk *disk = g_ptr_array_index(birth->disks, j);
            struct making *making = g_new0(struct making, 1);

            *making = (struct making){birth, disk};
            g_ptr_array_add(makings, making);
            manage_items_add(items,
                             &(const struct manage_request){
                                 .kind = MANAGE_CREATE_DISK,
                                 .address = birth->host->address,
                                 .path = disk->path,
                                 .format = disk->format,
                                 .bytes = disk->bytes,
                                 .backing = disk->backing,
                                 .backing_format = disk->backing_format,
                                 .copy = disk->copy,
                             },
                             making);
        }
    }
    return items;
}

static gboolean make_disks(struct insertion *insertion, GError **error)
{
    g_autoptr(GPtrArray) makings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) items = makings_of(insertion, makings);

    if (!manage_many_run(insertion->command, "making disks", items,
                         insertion->full ? COPIES_AT_ONCE : DISKS_AT_ONCE, error)) {
        g_prefix_error(error, "disks may be left behind: ");
        return FALSE;
    }
    for (guint i = 0; i < items->len; i++) {
        struct manage_item *item = g_ptr_array_index(items, i);
        struct making *making = item->data;

        making->disk->made = item->answer != NULL;
        /* Past its deadline it may yet be made: it is told, not taken for ours. */
        if (item->error && !making->birth->error)
            making->birth->error = g_error_copy(item->error);
    }
    return TRUE;
}

/* Only what this run has made: what was there before is somebody's. */
static gboolean take_disks_away(const struct insertion *insertion, GError **error)
{
    g_autoptr(GPtrArray) items = manage_items_new();

    for (guint i = 0; i < insertion->births->len; i++) {
        const struct birth *birth = birth_at(insertion, i);
        for (guint j = 0; birth->error && !birth->defined && j < birth->disks->len; j++) {
            const struct birth_disk *disk = g_ptr_array_index(birth->disks, j);
            if (disk->made)
                manage_items_add(items,
                                 &(const struct manage_request){.kind = MANAGE_REMOVE_DISK,
                                                                .address = birth->host->address,
                                                                .path = disk->path},
                                 NULL);
        }
    }
    if (!manage_many_run(insertion->command, "taking disks away", items, DISKS_AT_ONCE, error))
        return FALSE;
    for (guint i = 0; i < items->len; i++) {
        const struct manage_item *item = g_ptr_array_index(items, i);
        if (item->error)
            output_error(insertion->command->output, "disk %s is left behind: %s",
                         item->request->path, item->error->message);
    }
    return TRUE;
}

/* --- Definitions --- */

/* Its job is over: did it work? Where that is not known, the VM may be there: its disks stay. */
static void judge(struct birth *birth, const struct engine *engine)
{
    const struct job *job = birth->job ? engine_find_job(engine, birth->job) : NULL;

    birth->defined = cluster_find_vm(engine_cluster(engine), birth->name) != NULL;
    if (birth->error || (job && job->state == JOB_DONE))
        return;
    if (job && (!job_is_over(job) || birth->host->state != HOST_ON))
        birth->defined = TRUE; /* for all that is known */
    birth->error = g_error_new(ROOST_ERROR, ROOST_ERROR_FAILED, "vm %s: %s", birth->name,
                               job && job->result ? job->result : "it was not defined");
}

static gboolean define_all(struct insertion *insertion, guint count)
{
    struct engine *engine = insertion->command->session->engine;
    g_autoptr(GError) error = NULL;
    struct chore chore;

    chore_init(&chore, insertion->command, count);
    for (guint i = 0; i < insertion->births->len; i++) {
        struct birth *birth = birth_at(insertion, i);
        if (!goes_on(birth))
            continue;
        birth->job = engine_define_vm(engine, birth->host->name, birth->xml, TRUE, &birth->error);
        if (birth->job)
            chore_add(&chore, birth->job, NULL);
    }
    chore_wait(&chore, &error); /* what became of each is asked below */
    chore_clear(&chore);
    for (guint i = 0; i < insertion->births->len; i++) {
        struct birth *birth = birth_at(insertion, i);
        if (!birth->exists)
            judge(birth, engine);
    }
    return !g_error_matches(error, ROOST_ERROR, ROOST_ERROR_CANCELLED);
}

static gboolean start_all(struct insertion *insertion, GError **error)
{
    struct chore chore;
    guint count = 0;
    gboolean done;

    for (guint i = 0; i < insertion->births->len; i++)
        count += goes_on(birth_at(insertion, i)) ? 1 : 0;
    if (!insertion->start || count == 0)
        return TRUE;
    chore_init(&chore, insertion->command, count);
    for (guint i = 0; i < insertion->births->len; i++) {
        const struct birth *birth = birth_at(insertion, i);
        g_autoptr(GError) refusal = NULL;
        if (goes_on(birth))
            chore_add(&chore,
                      engine_start_vm(insertion->command->session->engine, birth->name, NULL,
                                      insertion->force, &refusal),
                      refusal);
    }
    done = chore_finish(&chore, error);
    chore_clear(&chore);
    if (!done)
        g_prefix_error(error, "made, but not started: ");
    return done;
}

/* --- Telling --- */

/* Does every host see the first image? A VM whose disk others do not see cannot move there. */
static gboolean warn_unless_shared(const struct insertion *insertion, GError **error)
{
    g_autoptr(GPtrArray) items = manage_items_new();
    g_autoptr(GString) blind = g_string_new(NULL);
    const char *paths[] = {NULL, NULL};

    for (guint i = 0; i < insertion->births->len && !paths[0]; i++)
        if (goes_on(birth_at(insertion, i)))
            paths[0] = birth_at(insertion, i)->seen;
    if (!paths[0])
        return TRUE;
    manage_items_add_hosts(insertion->command, items,
                           (struct manage_request){.kind = MANAGE_TRACE_DISKS, .paths = paths});
    if (!manage_many_run(insertion->command, "asking who sees its disk", items, LOOKS_AT_ONCE,
                         error))
        return FALSE;
    for (guint i = 0; i < items->len; i++) {
        const struct manage_item *item = g_ptr_array_index(items, i);
        const struct host *host = item->data;
        const struct manage_trace *trace = item->answer && item->answer->traces->len > 0
                                               ? g_ptr_array_index(item->answer->traces, 0)
                                               : NULL;
        if (trace && !trace->real)
            g_string_append_printf(blind, " %s", host->name);
    }
    if (blind->len > 0)
        output_error(insertion->command->output,
                     "note: %s is not on storage that all hosts share: it is not there on%s, where "
                     "the VM can neither run nor move to",
                     paths[0], blind->str);
    return TRUE;
}

static guint tell(const struct insertion *insertion, guint count)
{
    guint failed = 0;

    for (guint i = 0; i < insertion->births->len; i++) {
        const struct birth *birth = birth_at(insertion, i);
        if (birth->exists) {
            output_line(insertion->command->output, "vm %s: is there already", birth->name);
        } else if (birth->error) {
            failed++;
            if (count > 1)
                output_error(insertion->command->output, "%s", birth->error->message);
        } else {
            output_line(insertion->command->output, "vm %s: made on %s", birth->name,
                        birth->host->name);
        }
    }
    return failed;
}

static gboolean conclude(const struct insertion *insertion, guint count, GError **error)
{
    guint failed = tell(insertion, count);

    if (failed == 0)
        return TRUE;
    if (count > 1) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%u of %u VMs not made", failed, count);
        return FALSE;
    }
    for (guint i = 0; i < insertion->births->len; i++)
        if (birth_at(insertion, i)->error)
            g_propagate_error(error, g_error_copy(birth_at(insertion, i)->error));
    return FALSE;
}

gboolean insert_make(struct insertion *insertion, GError **error)
{
    g_autoptr(GError) unstarted = NULL;
    guint count = 0;
    gboolean waited;

    for (guint i = 0; i < insertion->births->len; i++)
        count += birth_at(insertion, i)->exists ? 0 : 1;
    if (count > 0 && !make_disks(insertion, error))
        return FALSE;
    waited = define_all(insertion, count);
    if (!take_disks_away(insertion, error) || !warn_unless_shared(insertion, error))
        return FALSE;
    if (waited)
        start_all(insertion, &unstarted);
    else
        g_set_error_literal(&unstarted, ROOST_ERROR, ROOST_ERROR_CANCELLED, "interrupted");
    if (!conclude(insertion, count, error))
        return FALSE;
    if (!unstarted)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&unstarted));
    return FALSE;
}
