#include "core/command/definitions.h"

#include "core/base/background.h"
#include "core/base/text.h"
#include "core/command/fan.h"
#include "core/command/session.h"
#include "core/driver/manage.h"
#include "core/engine/handle.h"
#include "core/store/vm_files.h"

#define LOOK_S       10
#define AGAIN_US     (15 * CLOCK_MINUTE_US)
#define ASKED_MOST   4 /* hosts at once */
#define TROUBLE_MOST 3 /* told of those that cannot be kept: one full disk is one trouble */

struct definitions {
    struct engine *engine;
    struct driver *driver;
    struct store *store;
    GPtrArray *questions; /* struct question *, owned: those under way */
    GHashTable *marks;    /* VM name -> what its definition was read for, see mark_of */
    GHashTable *asked;    /* address -> gint64 *, monotonic: when it was asked last */
    guint timer;
    guint troubles;
    struct background *background; /* writes what hosts gave */
};

/* --- What a host gave ------------------------------------------------------------------------- */

/* One VM's, to be written. */
struct definition {
    char *vm;
    char *xml;
};

static void definition_free(gpointer data)
{
    struct definition *definition = data;
    g_free(definition->vm);
    g_free(definition->xml);
    g_free(definition);
}

/* Those (struct definition *) of VMs that the host has, and not another. */
static GPtrArray *pick(const struct cluster *cluster, const struct host *host,
                       const struct manage_answer *answer)
{
    GPtrArray *picked = g_ptr_array_new_with_free_func(definition_free);
    for (guint i = 0; answer->texts && i < answer->texts->len; i++) {
        g_autofree char *name = vm_file_name_in(answer->texts->pdata[i]);
        const struct vm *vm = name ? cluster_find_vm(cluster, name) : NULL;
        if (!vm || vm->host != host || !vm->persistent)
            continue;
        struct definition *definition = g_new(struct definition, 1);
        definition->vm = g_steal_pointer(&name);
        definition->xml = g_strdup(answer->texts->pdata[i]);
        g_ptr_array_add(picked, definition);
    }
    return picked;
}

/* --- As long as a session lasts --------------------------------------------------------------- */

/* What of a VM shows that its definition may be another one. Free with g_free. */
static char *mark_of(const struct vm *vm)
{
    return g_strdup_printf("%s %s %" G_GUINT64_FORMAT " %u %s", vm->host->name,
                           vm->uuid ? vm->uuid : "-", vm->mem_kib, vm->vcpus,
                           vm->mac ? vm->mac : "-");
}

/* What a thread is given, and gives back. */
struct batch {
    struct store *store;
    GPtrArray *picked;
    GError *error;
};

static void batch_free(struct batch *batch)
{
    g_ptr_array_unref(batch->picked);
    g_clear_error(&batch->error);
    g_free(batch);
}
AUTOPTR_DEFINE(batch)

static void write_in_thread(gpointer job)
{
    struct batch *batch = job;
    for (guint i = 0; i < batch->picked->len && !batch->error; i++) {
        const struct definition *definition = batch->picked->pdata[i];
        store_save_definition(batch->store, definition->vm, definition->xml, NULL, &batch->error);
    }
}

static void on_written(gpointer job, gpointer owner)
{
    autoptr(batch) batch = job;
    struct definitions *definitions = owner;
    if (!batch->error) {
        definitions->troubles = 0;
        return;
    }
    /* Asked for again at the next look. */
    for (guint i = 0; i < batch->picked->len; i++)
        g_hash_table_remove(definitions->marks,
                            ((const struct definition *)batch->picked->pdata[i])->vm);
    if (definitions->troubles++ >= TROUBLE_MOST)
        return;
    g_autofree char *text = g_strdup_printf("a definition is not kept: %s", batch->error->message);
    engine_note(definitions->engine, "store", "failed", FALSE, text);
}

static void write_picked(struct definitions *definitions, GPtrArray *picked_take)
{
    struct batch *batch = g_new0(struct batch, 1);
    batch->store = definitions->store;
    batch->picked = picked_take;
    for (guint i = 0; i < picked_take->len; i++) {
        const struct definition *definition = picked_take->pdata[i];
        const struct vm *vm = cluster_find_vm(engine_cluster(definitions->engine), definition->vm);
        if (vm)
            g_hash_table_insert(definitions->marks, g_strdup(vm->name), mark_of(vm));
    }
    background_begin(definitions->background, write_in_thread, batch, on_written);
}

/* One host's; its handle leads nowhere once the session is over. */
struct question {
    struct definitions *definitions;
    gpointer handle;
    char *address;
};

static void question_free(gpointer data)
{
    struct question *question = data;
    handle_drop(question->handle);
    g_free(question->address);
    g_free(question);
}

static void on_answer(struct manage_answer *answer, G_GNUC_UNUSED const GError *error,
                      gpointer data)
{
    struct question *question = handle_owner(data);
    struct definitions *definitions = question ? question->definitions : NULL;
    const struct cluster *cluster = definitions ? engine_cluster(definitions->engine) : NULL;
    const struct host *host = cluster ? cluster_find_host(cluster, question->address) : NULL;
    if (host && answer)
        write_picked(definitions, pick(cluster, host, answer));
    if (definitions)
        g_ptr_array_remove(definitions->questions, question);
    manage_answer_free(answer);
}

static void ask(struct definitions *definitions, const struct host *host, gint64 now_us)
{
    const struct manage_request request = {.kind = MANAGE_DEFINITIONS, .address = host->address};
    struct question *question = g_new(struct question, 1);
    gint64 *asked_us = g_new(gint64, 1);
    *asked_us = now_us;
    g_hash_table_insert(definitions->asked, g_strdup(host->address), asked_us);
    question->definitions = definitions;
    question->handle = handle_new(question);
    question->address = g_strdup(host->address);
    g_ptr_array_add(definitions->questions, question);
    driver_manage(definitions->driver, &request, on_answer, question->handle);
}

static gboolean has_news(const struct definitions *definitions, const struct host *host)
{
    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *vm = host->vms->pdata[i];
        g_autofree char *mark = mark_of(vm);
        if (vm->persistent && vm->seen_at_us &&
            g_strcmp0(g_hash_table_lookup(definitions->marks, vm->name), mark) != 0)
            return TRUE;
    }
    return FALSE;
}

/* One that does not give what it has is not asked at each look. */
static gboolean is_due(const struct definitions *definitions, const struct host *host,
                       gint64 now_us)
{
    const gint64 *asked_us = g_hash_table_lookup(definitions->asked, host->address);
    if (host->state != HOST_ON || host->seen_at_us == 0)
        return FALSE;
    return !asked_us || now_us - *asked_us >= AGAIN_US ||
           (now_us - *asked_us >= CLOCK_MINUTE_US && has_news(definitions, host));
}

static gboolean on_look(gpointer data)
{
    struct definitions *definitions = data;
    const GPtrArray *hosts = engine_cluster(definitions->engine)->hosts;
    gint64 now_us = clock_mono_us(engine_clock(definitions->engine));
    for (guint i = 0; i < hosts->len && definitions->questions->len < ASKED_MOST; i++) {
        const struct host *host = hosts->pdata[i];
        if (is_due(definitions, host, now_us))
            ask(definitions, host, now_us);
    }
    return G_SOURCE_CONTINUE;
}

struct definitions *definitions_new(struct engine *engine, struct driver *driver,
                                    struct store *store)
{
    struct definitions *definitions = g_new0(struct definitions, 1);
    definitions->engine = engine;
    definitions->driver = driver;
    definitions->store = store;
    definitions->questions = g_ptr_array_new_with_free_func(question_free);
    definitions->marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    definitions->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    definitions->background = background_new(definitions);
    definitions->timer = g_timeout_add_seconds(LOOK_S, on_look, definitions);
    return definitions;
}

void definitions_free(struct definitions *definitions)
{
    if (!definitions)
        return;
    g_source_remove(definitions->timer);
    g_ptr_array_unref(definitions->questions);
    background_free(definitions->background);
    g_hash_table_unref(definitions->marks);
    g_hash_table_unref(definitions->asked);
    g_free(definitions);
}

/* --- For the verb refresh --------------------------------------------------------------------- */

struct round {
    const struct command *command;
    guint changed;
};

struct item {
    struct round *round;
    const struct host *host;
};

static void keep(struct round *round, const struct definition *definition)
{
    struct session *session = round->command->session;
    gboolean changed;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = vm_file_path(store_dir(session->store), definition->vm);
    gboolean known = g_file_test(path, G_FILE_TEST_EXISTS);
    if (!store_save_definition(session->store, definition->vm, definition->xml, &changed, &error))
        output_error(round->command->output, "%s", error->message);
    else if (changed)
        output_line(round->command->output, "vm %s: its definition %s", definition->vm,
                    known ? "was kept otherwise" : "was not kept");
    round->changed += !error && changed && known ? 1 : 0; /* a new one contradicts nothing */
}

static void on_item(struct manage_answer *answer, const GError *error, gpointer data)
{
    struct fan_call *call = data;
    const struct item *item = call->item;
    if (error)
        output_error(item->round->command->output, "%s: its definitions are kept as they were",
                     error->message);
    g_autoptr(GPtrArray) picked =
        answer ? pick(session_cluster(item->round->command->session), item->host, answer) : NULL;
    for (guint i = 0; picked && i < picked->len; i++)
        keep(item->round, picked->pdata[i]);
    manage_answer_free(answer);
    fan_end(call);
}

static void start_item(struct fan_call *call)
{
    const struct item *item = call->item;
    const struct manage_request request = {.kind = MANAGE_DEFINITIONS,
                                           .address = item->host->address};
    driver_manage(item->round->command->session->driver, &request, on_item, call);
}

/* A hand-made one may be meant for a VM that is to be defined: only told. */
static void tell_strangers(const struct command *command)
{
    g_autoptr(GPtrArray) names = vm_files_list(store_dir(command->session->store));
    for (guint i = 0; i < names->len; i++) {
        if (!cluster_find_vm(session_cluster(command->session), names->pdata[i]))
            output_line(command->output,
                        "vm %s: has a definition in the store, and is on no host: roost define "
                        "makes it known to one",
                        (const char *)names->pdata[i]);
    }
}

guint definitions_refresh(const struct command *command, gboolean *waited, GError **error)
{
    const struct cluster *cluster = session_cluster(command->session);
    struct round round = {.command = command};
    *waited = TRUE;
    if (!command->session->store)
        return 0;
    struct item *items = g_new0(struct item, cluster->hosts->len + 1);
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];
        items[i] = (struct item){&round, host};
        if (host->state == HOST_ON && host->vms->len > 0)
            g_ptr_array_add(list, &items[i]);
    }
    *waited = fan_run(command, "reading definitions of", list, start_item, error);
    if (*waited) { /* or else answers under way still lead to them */
        tell_strangers(command);
        g_free(items);
    }
    return round.changed;
}
