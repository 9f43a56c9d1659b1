#include "core/command/keeper.h"

#include "core/base/background.h"
#include "core/base/error.h"
#include "core/command/definitions.h"
#include "core/store/history.h"
#include "core/store/journal.h"
#include "core/store/journal_queue.h"
#include "core/store/metrics.h"

#define SOON_S  5
#define LATER_S 300
#define LOOK_S  10 /* how often others are looked for that write the same file */

/* Two consoles get in each other's way now and then, and editors take a moment: no alarm yet. */
#define REFUSALS_TOLD 3

/* An editor may be halfway through writing the file. */
#define LOOKS_TOLD 2

struct keeper {
    struct engine *engine;
    struct store *store;
    struct journal_queue *journal;
    struct history *history; /* NULL = it cannot be written */
    struct metrics *metrics; /* NULL = not configured */
    guint listener;
    guint timer;      /* of the main loop, in real time; 0 = none */
    gboolean soon;    /* the timer is the short one */
    guint look_timer; /* likewise */
    guint failures;   /* of saving, in a row */
    gboolean told;    /* the operator knows that it fails */
    GPtrArray *notes; /* of the save under way */
    guint broken;     /* how often in a row the file was found not to be readable */
    gboolean broken_told;
    struct definitions *definitions; /* NULL = not kept */
    struct background *background;   /* while it is busy a thread has the store */
};

static gboolean on_timer(gpointer data);

static void keep_within(struct keeper *keeper, gboolean soon)
{
    if (keeper->timer && (keeper->soon || !soon))
        return;
    if (keeper->timer)
        g_source_remove(keeper->timer);
    keeper->soon = soon;
    keeper->timer = g_timeout_add_seconds(soon ? SOON_S : LATER_S, on_timer, keeper);
}

G_GNUC_PRINTF(4, 5)
static void tell(struct keeper *keeper, gboolean alarm, const char *result, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    engine_note(keeper->engine, alarm ? "alarm" : "store", result, alarm, text);
}

/* --- The journal ------------------------------------------------------------------------------ */

static void on_told(gboolean alarm, const char *result, const char *text, gpointer data)
{
    tell(data, alarm, result, "%s", text);
}

static void retry_lines(struct keeper *keeper)
{
    journal_queue_retry(keeper->journal);
    if (keeper->history)
        history_retry(keeper->history);
}

static void write_line(struct keeper *keeper, const struct journal_entry *entry)
{
    g_autofree char *line = journal_format(entry);
    journal_queue_add(keeper->journal, line);
}

/* --- What others write ------------------------------------------------------------------------ */

/* One whose job is under way stays, and is written again: it goes with the next change. */
static void take_gone(struct keeper *keeper, const struct cluster *changes)
{
    g_autoptr(GPtrArray) gone =
        store_list_gone(keeper->store, changes, engine_cluster(keeper->engine));
    for (guint i = 0; i < gone->len; i++) {
        const char *address = g_ptr_array_index(gone, i);
        g_autoptr(GError) error = NULL;
        if (engine_remove_host(keeper->engine, address, &error))
            tell(keeper, FALSE, "done", "%s: was taken out of ClusterInfo.xml, and so is it here",
                 address);
        else
            tell(keeper, FALSE, "refused", "%s: was taken out of ClusterInfo.xml, but stays: %s",
                 address, error->message);
    }
}

static void take_changes(struct keeper *keeper, struct cluster *changes)
{
    if (!changes)
        return;
    take_gone(keeper, changes);
    store_settle_changes(keeper->store, changes, engine_cluster(keeper->engine));
    engine_take_edits(keeper->engine, changes);
}

/* --- Saving ----------------------------------------------------------------------------------- */

static void note_saved(struct keeper *keeper)
{
    if (keeper->told)
        tell(keeper, FALSE, "done", "the cluster is saved again");
    keeper->failures = 0;
    keeper->told = FALSE;
}

static void note_unsaved(struct keeper *keeper, const GError *error)
{
    gboolean refused = g_error_matches(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    keeper->failures++;
    keep_within(keeper, TRUE);
    if (keeper->told || (refused && keeper->failures < REFUSALS_TOLD))
        return;
    keeper->told = TRUE;
    tell(keeper, TRUE, "failed",
         "the cluster is not saved: %s; nothing is lost while roost runs, "
         "and it is tried again",
         error->message);
}

static void tell_notes(struct keeper *keeper)
{
    for (guint i = 0; i < keeper->notes->len; i++)
        tell(keeper, FALSE, "", "%s", (const char *)keeper->notes->pdata[i]);
    g_ptr_array_set_size(keeper->notes, 0);
}

/* What the writing thread is given, and gives back. */
struct writing {
    struct store_writing *writing;
    GPtrArray *notes; /* borrowed: the keeper's, which waits for us */
    GError *error;
};

static void writing_free(struct writing *writing)
{
    store_writing_free(writing->writing);
    g_clear_error(&writing->error);
    g_free(writing);
}
AUTOPTR_DEFINE(writing)

static void on_written(gpointer job, gpointer owner)
{
    autoptr(writing) writing = job;
    struct keeper *keeper = owner;
    if (writing->error)
        note_unsaved(keeper, writing->error);
    else
        note_saved(keeper);
    tell_notes(keeper);
}

static void write_in_thread(gpointer job)
{
    struct writing *writing = job;
    store_write(writing->writing, writing->notes, &writing->error);
}

static void begin_writing(struct keeper *keeper)
{
    struct writing *writing = g_new0(struct writing, 1);
    writing->writing = store_writing_new(keeper->store, engine_cluster(keeper->engine),
                                         clock_wall_us(engine_clock(keeper->engine)));
    writing->notes = keeper->notes;
    background_begin(keeper->background, write_in_thread, writing, on_written);
}

/* --- Looking for what others wrote, by itself and before each save -----------------------------
 */

/* An editor may be halfway through writing it: what is still so at the next look is told. */
static void tell_trouble(struct keeper *keeper)
{
    if (!store_is_broken(keeper->store)) {
        if (keeper->broken_told)
            tell(keeper, FALSE, "done", "ClusterInfo.xml can be read again");
        keeper->broken = 0;
        keeper->broken_told = FALSE;
    } else if (++keeper->broken >= LOOKS_TOLD && !keeper->broken_told) {
        keeper->broken_told = TRUE;
        tell(keeper, TRUE, "failed",
             "%s: it is not taken over, and for now not written over; roost goes on with what it "
             "knows, "
             "and keeps that beside it",
             store_trouble(keeper->store));
    }
}

/* What the looking thread is given, and gives back. */
struct looking {
    struct store *store;
    gboolean then_write;
    struct cluster *changes; /* NULL = nobody wrote anything */
};

static void on_looked(gpointer job, gpointer owner)
{
    g_autofree struct looking *looking = job;
    autoptr(cluster) changes = looking->changes;
    struct keeper *keeper = owner;
    take_changes(keeper, changes);
    tell_trouble(keeper);
    if (store_is_broken(keeper->store))
        keep_within(keeper, TRUE); /* refused, and so told */
    if (looking->then_write)
        begin_writing(keeper);
}

static void look_in_thread(gpointer job)
{
    struct looking *looking = job;
    looking->changes = store_read_changes(looking->store);
}

static void begin_looking(struct keeper *keeper, gboolean then_write)
{
    struct looking *looking = g_new0(struct looking, 1);
    looking->store = keeper->store;
    looking->then_write = then_write;
    background_begin(keeper->background, look_in_thread, looking, on_looked);
}

static gboolean on_timer(gpointer data)
{
    struct keeper *keeper = data;
    keeper->timer = 0;
    retry_lines(keeper);
    if (background_is_busy(keeper->background))
        keep_within(keeper, TRUE);
    else
        begin_looking(keeper, TRUE);
    return G_SOURCE_REMOVE;
}

static gboolean on_look_timer(gpointer data)
{
    struct keeper *keeper = data;
    retry_lines(keeper);
    if (!background_is_busy(keeper->background))
        begin_looking(keeper, FALSE);
    return G_SOURCE_CONTINUE;
}

/* --- Its life --------------------------------------------------------------------------------- */

static void on_event(const struct engine_event *event, gpointer data)
{
    struct keeper *keeper = data;
    if (event->kind == ENGINE_EVENT_JOURNAL) {
        write_line(keeper, event->entry);
        keep_within(keeper, TRUE);
    } else if (event->kind == ENGINE_EVENT_MODEL) {
        keep_within(keeper, FALSE);
    }
}

/* Beside the journal; that it cannot be written is told of the journal. */
static void begin_history(struct keeper *keeper, const struct config *config)
{
    const char *dir = store_dir(keeper->store);
    struct rotate *file = rotate_open(dir, HISTORY_NAME, &config->journal, NULL);
    if (!file)
        return;
    keeper->history = history_new(keeper->engine, dir, journal_queue_new(file, NULL, NULL));
    /* What is simulated is nobody's electricity. */
    if (config->metrics_textfile && !clock_is_simulated(engine_clock(keeper->engine)))
        keeper->metrics = metrics_new(keeper->engine, keeper->history, config->metrics_textfile);
}

struct keeper *keeper_new(struct engine *engine, struct store *store, const struct config *config,
                          GError **error)
{
    struct rotate *file = rotate_open(store_dir(store), JOURNAL_NAME, &config->journal, error);
    if (!file)
        return NULL;
    struct keeper *keeper = g_new0(struct keeper, 1);
    keeper->engine = engine;
    keeper->store = store;
    keeper->journal = journal_queue_new(file, on_told, keeper);
    keeper->notes = g_ptr_array_new_with_free_func(g_free);
    keeper->background = background_new(keeper);
    keeper->listener = engine_listen(engine, on_event, keeper);
    keeper->look_timer = g_timeout_add_seconds(LOOK_S, on_look_timer, keeper);
    begin_history(keeper, config);
    return keeper;
}

void keeper_keep_definitions(struct keeper *keeper, struct driver *driver)
{
    if (!keeper->definitions)
        keeper->definitions = definitions_new(keeper->engine, driver, keeper->store);
}

void keeper_free(struct keeper *keeper)
{
    if (!keeper)
        return;
    definitions_free(keeper->definitions);
    background_free(keeper->background);
    metrics_free(keeper->metrics);
    history_free(keeper->history);
    engine_unlisten(keeper->engine, keeper->listener);
    if (keeper->timer)
        g_source_remove(keeper->timer);
    g_source_remove(keeper->look_timer);
    g_ptr_array_unref(keeper->notes);
    journal_queue_free(keeper->journal);
    g_free(keeper);
}

static gboolean save_now(struct keeper *keeper, GPtrArray *notes, GError **error)
{
    store_lock(keeper->store);
    autoptr(cluster) changes = store_read_changes(keeper->store);
    take_changes(keeper, changes);
    gboolean saved = store_save(keeper->store, engine_cluster(keeper->engine),
                                clock_wall_us(engine_clock(keeper->engine)), notes, error);
    store_unlock(keeper->store);
    return saved;
}

gboolean keeper_save(struct keeper *keeper, GPtrArray *notes, GError **error)
{
    background_await(keeper->background);
    if (!save_now(keeper, notes, error))
        return FALSE;
    if (keeper->history)
        history_flush(keeper->history);
    return journal_queue_flush(keeper->journal, error);
}
