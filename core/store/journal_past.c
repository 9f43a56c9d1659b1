#include "core/store/journal_past.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/base/logfmt.h"
#include "core/base/small_thread.h"
#include "core/store/journal.h"
#include "core/store/rotate_read.h"

/* How far back is looked for the lines, until there are enough: 0 is the beginning. */
static const gint64 spans_us[] = {2 * CLOCK_DAY_US, 14 * CLOCK_DAY_US, 100 * CLOCK_DAY_US, 0};

/* One reading; the thread's until it has ended, then the main thread's. */
struct work {
    struct journal_past *past; /* NULL = nobody waits for it any more; of the main thread alone */
    gint abandoned;            /* atomic: the same, for the thread */
    char *dir;
    guint most;
    gint64 until_us;
    GQueue lines; /* char * */
    guint64 left_out;
    gboolean whole;
    GPtrArray *entries;
    char *trouble;
};

struct journal_past {
    char *dir;
    void (*changed)(gpointer data);
    gpointer data;
    struct work *work; /* NULL = none is under way */
    guint asked;
    gboolean whole;
    GPtrArray *entries;
    char *trouble;
};

/* --- Entries ---------------------------------------------------------------------------------- */

static void entry_free(gpointer data)
{
    struct journal_entry *entry = data;

    g_free(entry->what);
    g_free(entry->object);
    g_free(entry->who);
    g_free(entry->text);
    g_free(entry->result);
    g_free(entry);
}

static char *dup_value(const struct logfmt *fields, const char *key)
{
    const char *value = logfmt_get(fields, key);

    return g_strdup(value != NULL ? value : "");
}

/* A damaged line is shown as it is: it may be what is looked for. */
static struct journal_entry *read_damaged(const char *line)
{
    struct journal_entry *entry = g_new0(struct journal_entry, 1);

    *entry = (struct journal_entry){.what = g_strdup(""),
                                    .object = g_strdup(""),
                                    .who = g_strdup(""),
                                    .text = g_strdup(line),
                                    .result = g_strdup("")};
    return entry;
}

/* Never NULL. Free with entry_free. */
static struct journal_entry *entry_read(const char *line)
{
    autoptr(logfmt) fields = logfmt_parse(line);
    gint64 time_us = fields != NULL ? logfmt_time_us(fields) : -1;
    struct journal_entry *entry;

    if (time_us < 0)
        return read_damaged(line);
    entry = g_new0(struct journal_entry, 1);
    *entry = (struct journal_entry){
        .wall_us = time_us,
        .what = dup_value(fields, "what"),
        .object = dup_value(fields, "object"),
        .who = dup_value(fields, "who"),
        .text = dup_value(fields, "text"),
        .result = dup_value(fields, "result"),
        .job = (guint)CLAMP(logfmt_number(fields, "job", 0), 0, G_MAXUINT),
        .alarm = g_strcmp0(logfmt_get(fields, "alarm"), "yes") == 0,
        .fence = (guint64)CLAMP(logfmt_number(fields, "fence", 0), 0, 1e18),
    };
    return entry;
}

/* --- In the thread ---------------------------------------------------------------------------- */

static gboolean take_line(const char *line, gpointer data)
{
    struct work *work = data;

    if (logfmt_line_time_us(line) > work->until_us)
        return g_atomic_int_get(&work->abandoned) == 0;
    g_queue_push_tail(&work->lines, g_strdup(line));
    if (work->lines.length > work->most) {
        g_free(g_queue_pop_head(&work->lines));
        work->left_out++;
    }
    return g_atomic_int_get(&work->abandoned) == 0;
}

/* FALSE when it cannot be read at all. */
static gboolean read_since(struct work *work, gint64 since_us)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    g_queue_clear_full(&work->lines, g_free);
    work->left_out = 0;
    g_clear_pointer(&work->trouble, g_free);
    if (!rotate_read(work->dir, JOURNAL_NAME, since_us, take_line, work, notes, &error)) {
        work->trouble = g_strdup(error->message);
        return FALSE;
    }
    if (notes->len > 0)
        work->trouble = g_strdup(g_ptr_array_index(notes, 0));
    return TRUE;
}

static void make_entries(struct work *work)
{
    gint64 last_us = 0;
    char *line;

    work->entries = g_ptr_array_new_with_free_func(entry_free);
    while ((line = g_queue_pop_head(&work->lines)) != NULL) {
        struct journal_entry *entry = entry_read(line);

        /* It stands between two others, and so did it come about. */
        if (entry->wall_us == 0)
            entry->wall_us = last_us;
        last_us = entry->wall_us;
        g_ptr_array_add(work->entries, entry);
        g_free(line);
    }
}

static gboolean ended(gpointer data);

static void run(gpointer data)
{
    struct work *work = data;
    gboolean bounded = work->until_us < G_MAXINT64;

    for (gsize i = bounded ? 0 : G_N_ELEMENTS(spans_us) - 1; i < G_N_ELEMENTS(spans_us); i++) {
        gint64 since_us = spans_us[i] > 0 ? work->until_us - spans_us[i] : 0;

        if (!read_since(work, MAX(0, since_us)) || work->left_out > 0 ||
            g_atomic_int_get(&work->abandoned) != 0)
            break;
        work->whole = since_us <= 0;
    }
    make_entries(work);
    g_idle_add(ended, work);
}

/* --- In the main thread ----------------------------------------------------------------------- */

static void work_free(struct work *work)
{
    g_queue_clear_full(&work->lines, g_free);
    g_clear_pointer(&work->entries, g_ptr_array_unref);
    g_free(work->trouble);
    g_free(work->dir);
    g_free(work);
}

static gboolean ended(gpointer data)
{
    struct work *work = data;
    struct journal_past *past = work->past;

    if (past != NULL) {
        past->work = NULL;
        past->whole = work->whole;
        g_ptr_array_unref(past->entries);
        past->entries = g_steal_pointer(&work->entries);
        g_free(past->trouble);
        past->trouble = g_steal_pointer(&work->trouble);
    }
    work_free(work);
    if (past != NULL && past->changed != NULL)
        past->changed(past->data);
    return G_SOURCE_REMOVE;
}

struct journal_past *journal_past_new(const char *dir, void (*changed)(gpointer data),
                                      gpointer data)
{
    struct journal_past *past = g_new0(struct journal_past, 1);

    past->dir = g_strdup(dir);
    past->changed = changed;
    past->data = data;
    past->entries = g_ptr_array_new_with_free_func(entry_free);
    return past;
}

void journal_past_free(struct journal_past *past)
{
    if (past == NULL)
        return;
    if (past->work != NULL) {
        past->work->past = NULL;
        g_atomic_int_set(&past->work->abandoned, 1);
    }
    g_ptr_array_unref(past->entries);
    g_free(past->trouble);
    g_free(past->dir);
    g_free(past);
}

void journal_past_read(struct journal_past *past, guint lines, gint64 until_us)
{
    g_autoptr(GError) error = NULL;
    struct work *work;

    if (past->work != NULL)
        return;
    work = g_new0(struct work, 1);
    *work = (struct work){.past = past,
                          .dir = g_strdup(past->dir),
                          .most = MIN(lines, JOURNAL_PAST_MOST),
                          .until_us = until_us};
    g_queue_init(&work->lines);
    past->asked = work->most;
    past->work = work;
    if (small_thread_start(run, work, &error))
        return;
    past->work = NULL;
    work_free(work);
    g_free(past->trouble);
    past->trouble = g_strdup(error->message);
}

gboolean journal_past_is_reading(const struct journal_past *past)
{
    return past->work != NULL;
}

guint journal_past_asked(const struct journal_past *past)
{
    return past->asked;
}

gboolean journal_past_is_whole(const struct journal_past *past)
{
    return past->whole;
}

GPtrArray *journal_past_entries(const struct journal_past *past)
{
    return past->entries;
}

const char *journal_past_trouble(const struct journal_past *past)
{
    return past->trouble;
}
