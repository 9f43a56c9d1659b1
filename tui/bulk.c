#include "tui/bulk.h"

#include <string.h>

#include "core/base/text.h"
#include "core/policy/check.h"

#define BULK_INFO(suffix, vms, typed, title, label, key, said)                                     \
    {vms, typed, title, label, key, said},
const struct bulk_info bulk_info[BULK_COUNT] = {BULK_TABLE(BULK_INFO)};

static void item_free(gpointer data)
{
    struct bulk_item *item = data;

    g_free(item->object);
    g_free(item->effect);
    g_free(item->refusal);
    g_free(item);
}

void bulk_free(struct bulk *bulk)
{
    if (bulk == NULL)
        return;
    g_ptr_array_unref(bulk->items);
    g_free(bulk->line);
    g_free(bulk->warning);
    g_free(bulk);
}

static struct bulk *bulk_new(enum bulk_kind kind, gboolean of_vms)
{
    struct bulk *bulk = g_new0(struct bulk, 1);

    bulk->kind = kind;
    bulk->of_vms = of_vms;
    bulk->items = g_ptr_array_new_with_free_func(item_free);
    return bulk;
}

/* Takes over effect and refusal. */
static void add(struct bulk *bulk, GPtrArray *refused, const char *object, char *effect,
                char *refusal)
{
    struct bulk_item *item = g_new0(struct bulk_item, 1);

    *item = (struct bulk_item){g_strdup(object), effect, refusal};
    g_ptr_array_add(refusal != NULL ? refused : bulk->items, item);
}

/* --- Hosts ----------------------------------------------------------------------------------- */

/* The name stands before it in the list: of "pc05 runs 2 VMs" it needs only say "it runs 2 VMs". */
static char *without_name(const char *sentence, const char *name)
{
    g_autofree char *escaped = text_escape(name);
    const char *at = g_str_has_prefix(sentence, "vm ") ? sentence + 3 : sentence;
    gsize length = strlen(escaped);

    if (!g_str_has_prefix(at, escaped) || at[length] != ' ')
        return g_strdup(sentence);
    return g_strconcat("it", at + length, NULL);
}

static char *explain(const struct scene *scene, enum check_reason reason, const struct host *host,
                     const struct vm *vm)
{
    g_autofree char *sentence = NULL;
    g_autofree char *brief = NULL;

    if (reason == CHECK_OK)
        return NULL;
    sentence = check_explain(reason, vm, host, &scene->settings->policy);
    brief = without_name(sentence, vm != NULL ? vm->name : host->name);
    return g_strconcat(brief, check_can_force(reason) ? "; by itself it can be forced" : "", NULL);
}

static char *refuse_host(enum bulk_kind kind, const struct scene *scene, const struct host *host)
{
    const struct job *job = scene_job_of_host(scene, host);

    if (job != NULL && kind != BULK_MAINTENANCE && kind != BULK_UNDRAIN)
        return g_strdup_printf("%s: %s is under way already", job_state_name(job->state),
                               job_kind_name(job->kind));
    switch (kind) {
    case BULK_WAKE:
        return explain(scene, check_wake(host), host, NULL);
    case BULK_OFF:
        return explain(scene, check_power_off(host, &scene->settings->policy, scene->now_us, FALSE),
                       host, NULL);
    case BULK_DRAIN:
    case BULK_MAINTENANCE:
        return host->maintenance ? g_strdup("it is in maintenance already") : NULL;
    case BULK_UNDRAIN:
        return host->maintenance ? NULL : g_strdup("it is not in maintenance");
    default:
        return NULL;
    }
}

static char *host_effect(enum bulk_kind kind, const struct host *host)
{
    guint n = host_active_vms(host);

    switch (kind) {
    case BULK_WAKE:
        return g_strdup(host->wake == HOST_WAKE_COMMAND ? "woken by its command"
                                                        : "woken by magic packets");
    case BULK_OFF:
        return g_strdup("switched off; it runs no VM, nobody is logged in");
    case BULK_DRAIN:
        if (n == 0)
            return g_strdup("no VM to move; kept for maintenance");
        return g_strdup_printf("%u VM%s moved off, then kept for maintenance", n,
                               n == 1 ? "" : "s");
    case BULK_MAINTENANCE:
        return g_strdup("nothing automatic touches it any more");
    default:
        return g_strdup("used by what is automatic again");
    }
}

/* Each may be emptied by itself; all of them only when the others have the RAM. */
static char *warn_of_drain(const struct scene *scene, const GPtrArray *hosts)
{
    const GPtrArray *all = scene->cluster->hosts;
    g_autoptr(GHashTable) drained = g_hash_table_new(NULL, NULL);
    guint64 wanted = 0, there_is = 0;

    for (guint i = 0; i < hosts->len; i++)
        g_hash_table_add(drained, hosts->pdata[i]);
    for (guint i = 0; i < all->len; i++) {
        const struct host *host = g_ptr_array_index(all, i);
        guint64 used = host_active_mem_kib(host);

        if (g_hash_table_contains(drained, host))
            wanted += used;
        else if (host->state == HOST_ON && !host->maintenance && host->mem_kib > used)
            there_is += host->mem_kib - used;
    }
    if (wanted <= there_is)
        return NULL;
    return g_strdup_printf("Their VMs hold %.1f GiB, and the hosts that would be left have %.1f "
                           "GiB: some will stay where they are.",
                           (double)wanted / (1024 * 1024), (double)there_is / (1024 * 1024));
}

/* --- VMs ------------------------------------------------------------------------------------- */

static char *refuse_vm(enum bulk_kind kind, const struct scene *scene, const struct vm *vm)
{
    const struct job *job = scene_job_of_vm(scene, vm);

    if (job != NULL)
        return g_strdup_printf("%s: %s is under way already", job_state_name(job->state),
                               job_kind_name(job->kind));
    if (kind == BULK_STOP)
        return explain(scene, check_stop(vm), vm->host, vm);
    return explain(scene, check_start(vm, vm->host, &scene->settings->policy, scene->now_us, 0, 0),
                   vm->host, vm);
}

static char *vm_effect(enum bulk_kind kind, const struct vm *vm)
{
    if (kind == BULK_STOP)
        return g_strdup_printf("its guest on %s is asked to shut down", vm->host->name);
    return g_strdup_printf("started on %s", vm->host->name);
}

/* --- Plans ----------------------------------------------------------------------------------- */

/* Those refused go behind the others. */
static void append(struct bulk *bulk, GPtrArray *refused)
{
    bulk->n_refused = refused->len;
    g_ptr_array_extend_and_steal(bulk->items, refused);
}

struct bulk *bulk_plan(enum bulk_kind kind, const struct scene *scene, const GPtrArray *objects)
{
    struct bulk *bulk = bulk_new(kind, bulk_info[kind].of_vms);
    GPtrArray *refused = g_ptr_array_new_with_free_func(item_free);

    for (guint i = 0; i < objects->len; i++) {
        if (bulk->of_vms) {
            const struct vm *vm = g_ptr_array_index(objects, i);

            add(bulk, refused, vm->name, vm_effect(kind, vm), refuse_vm(kind, scene, vm));
        } else {
            const struct host *host = g_ptr_array_index(objects, i);

            add(bulk, refused, host->name, host_effect(kind, host), refuse_host(kind, scene, host));
        }
    }
    append(bulk, refused);
    if (kind == BULK_DRAIN)
        bulk->warning = warn_of_drain(scene, objects);
    return bulk;
}

struct bulk *bulk_plan_line(const char *line, const GPtrArray *objects, gboolean of_vms)
{
    struct bulk *bulk = bulk_new(BULK_LINE, of_vms);
    GString *whole = g_string_new(line);

    for (guint i = 0; i < objects->len; i++) {
        const char *name = of_vms ? ((const struct vm *)objects->pdata[i])->name
                                  : ((const struct host *)objects->pdata[i])->name;
        g_autofree char *quoted = g_shell_quote(name);
        gboolean plain = *name != '\0' && *name != '-' &&
                         name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                           "0123456789._-:@+")] == '\0';

        add(bulk, NULL, name, g_strdup_printf("roost %s", line), NULL);
        g_string_append_printf(whole, " %s", plain ? name : quoted);
    }
    bulk->line = g_string_free(whole, FALSE);
    return bulk;
}

guint bulk_n_done(const struct bulk *bulk)
{
    return bulk->items->len - bulk->n_refused;
}

gboolean bulk_is_typed(const struct bulk *bulk)
{
    return bulk_info[bulk->kind].typed && bulk_n_done(bulk) > BULK_UNTYPED_MOST;
}

char *bulk_count(const struct bulk *bulk, guint n)
{
    return g_strdup_printf("%u %s%s", n, bulk->of_vms ? "VM" : "host", n == 1 ? "" : "s");
}

char *bulk_title(const struct bulk *bulk)
{
    g_autofree char *count = bulk_count(bulk, bulk_n_done(bulk));
    g_auto(GStrv) halves = g_strsplit(bulk_info[bulk->kind].title, "%s", 2);

    return g_strconcat(halves[0], count, halves[1], NULL);
}
