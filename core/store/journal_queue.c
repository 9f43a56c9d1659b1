#include "core/store/journal_queue.h"

#include <string.h>

#include "core/base/background.h"
#include "core/base/error.h"

/* A night of entries; beyond that the oldest give way. */
#define LINES_MOST 10000

/* One write(2), which other processes' lines cannot part. */
#define BATCH_BYTES_MOST 65536

struct journal_queue {
    struct background *background;
    struct rotate *file; /* the thread's, while the background is busy */
    journal_queue_told_func told;
    gpointer data;
    GQueue lines;    /* char *, owned: each with its newline */
    guint in_hand;   /* how many of them the thread is writing: the first */
    guint lost;      /* lines given up, since there were too many */
    GError *trouble; /* why lines are not written; NULL = they are */
    gboolean untidy_told;
};

/* What the thread is given, and gives back. */
struct batch {
    struct rotate *file;
    char *text;
    GError *error;
    GError *untidy; /* what could not be compressed; no harm is done */
};

static void begin(struct journal_queue *queue);

static void batch_free(struct batch *batch)
{
    g_clear_error(&batch->error);
    g_clear_error(&batch->untidy);
    g_free(batch->text);
    g_free(batch);
}
AUTOPTR_DEFINE(batch)

struct journal_queue *journal_queue_new(struct rotate *file_take, journal_queue_told_func told,
                                        gpointer data)
{
    struct journal_queue *queue = g_new0(struct journal_queue, 1);
    queue->file = file_take;
    queue->told = told;
    queue->data = data;
    g_queue_init(&queue->lines);
    queue->background = background_new(queue);
    return queue;
}

void journal_queue_free(struct journal_queue *queue)
{
    if (!queue)
        return;
    queue->told = NULL;
    background_free(queue->background);
    g_queue_clear_full(&queue->lines, g_free);
    g_clear_error(&queue->trouble);
    rotate_free(queue->file);
    g_free(queue);
}

G_GNUC_PRINTF(4, 5)
static void tell(const struct journal_queue *queue, gboolean alarm, const char *result,
                 const char *format, ...)
{
    va_list arguments;
    if (!queue->told)
        return;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    queue->told(alarm, result, text, queue->data);
}

static void drop_written(struct journal_queue *queue)
{
    for (; queue->in_hand > 0; queue->in_hand--)
        g_free(g_queue_pop_head(&queue->lines));
}

static void note_written(struct journal_queue *queue)
{
    guint lost = queue->lost;
    drop_written(queue);
    if (!queue->trouble)
        return;
    g_clear_error(&queue->trouble);
    queue->lost = 0;
    if (lost > 0)
        tell(queue, TRUE, "", "the journal is written again, but %u of its lines were lost", lost);
    else
        tell(queue, FALSE, "done", "the journal is written again, and is whole");
}

static void note_failed(struct journal_queue *queue, const GError *error)
{
    gboolean known = queue->trouble != NULL;
    queue->in_hand = 0;
    g_clear_error(&queue->trouble);
    queue->trouble = g_error_copy(error);
    if (!known)
        tell(queue, TRUE, "failed", "%s; it is kept in memory, and tried again", error->message);
}

/* That it goes on growing, or is not compressed, is worth a word, and no more than one. */
static void note_untidy(struct journal_queue *queue, const GError *error)
{
    if (error && !queue->untidy_told)
        tell(queue, FALSE, "failed", "%s; no line is lost", error->message);
    queue->untidy_told = error != NULL;
}

static void on_written(gpointer job, gpointer owner)
{
    autoptr(batch) batch = job;
    struct journal_queue *queue = owner;
    note_untidy(queue, batch->untidy);
    if (batch->error) {
        note_failed(queue, batch->error);
        return;
    }
    note_written(queue);
    begin(queue);
}

static void write_in_thread(gpointer job)
{
    struct batch *batch = job;
    if (rotate_append(batch->file, batch->text, &batch->error) && rotate_wants_tidy(batch->file))
        rotate_tidy(batch->file, &batch->untidy);
}

static void begin(struct journal_queue *queue)
{
    if (background_is_busy(queue->background) || queue->lines.length == 0)
        return;
    GString *text = g_string_new(NULL);
    for (const GList *at = queue->lines.head; at; at = at->next) {
        if (text->len > 0 && text->len + strlen(at->data) > BATCH_BYTES_MOST)
            break;
        g_string_append(text, at->data);
        queue->in_hand++;
    }
    struct batch *batch = g_new0(struct batch, 1);
    batch->file = queue->file;
    batch->text = g_string_free(text, FALSE);
    background_begin(queue->background, write_in_thread, batch, on_written);
}

void journal_queue_add(struct journal_queue *queue, const char *line)
{
    g_queue_push_tail(&queue->lines, g_strconcat(line, "\n", NULL));
    if (queue->lines.length > LINES_MOST) {
        g_free(g_queue_pop_nth(&queue->lines, queue->in_hand));
        queue->lost++;
    }
    /* While it is known to fail, only journal_queue_retry tries again. */
    if (!queue->trouble)
        begin(queue);
}

void journal_queue_retry(struct journal_queue *queue)
{
    if (queue->trouble)
        begin(queue);
}

gboolean journal_queue_flush(struct journal_queue *queue, GError **error)
{
    background_await(queue->background);
    begin(queue);
    background_await(queue->background);
    if (!queue->trouble)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s (lines of the journal lost: %u)",
                queue->trouble->message, queue->lines.length + queue->lost);
    return FALSE;
}
