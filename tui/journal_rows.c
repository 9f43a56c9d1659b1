#include "tui/journal_rows.h"

#include <string.h>

static const char *const only_names[JOURNAL_ONLY_COUNT] = {"", "alarms", "by hand", "failures"};

const char *journal_only_name(enum journal_only only)
{
    return only_names[only];
}

void journal_rows_init(struct journal_rows *rows)
{
    *rows = (struct journal_rows){.before = g_ptr_array_new()};
    rows->rows = g_array_new(FALSE, TRUE, sizeof(struct journal_row));
    rows->narrowed = g_array_new(FALSE, TRUE, sizeof(struct journal_row));
}

void journal_rows_clear(struct journal_rows *rows)
{
    g_array_unref(rows->rows);
    g_array_unref(rows->narrowed);
    g_ptr_array_unref(rows->before);
    g_free(rows->narrowed_by);
    *rows = (struct journal_rows){.is_narrowed = FALSE};
}

/* --- The past -------------------------------------------------------------------------------- */

/* Files know of seconds only. */
static guint line_hash(gconstpointer data)
{
    const struct journal_entry *entry = data;

    return g_str_hash(entry->text) ^ g_str_hash(entry->what) ^
           (guint)(entry->wall_us / G_USEC_PER_SEC);
}

static gboolean line_equal(gconstpointer a, gconstpointer b)
{
    const struct journal_entry *one = a, *other = b;

    return one->wall_us / G_USEC_PER_SEC == other->wall_us / G_USEC_PER_SEC &&
           strcmp(one->text, other->text) == 0 && strcmp(one->what, other->what) == 0 &&
           g_strcmp0(one->object, other->object) == 0;
}

void journal_rows_take_past(struct journal_rows *rows, const GPtrArray *past,
                            const GPtrArray *journal, gboolean in_order)
{
    g_autoptr(GHashTable) known = g_hash_table_new(line_hash, line_equal);
    const struct journal_entry *first = journal->len > 0 ? g_ptr_array_index(journal, 0) : NULL;

    rows->is_narrowed = FALSE;
    g_ptr_array_set_size(rows->before, 0);
    g_array_set_size(rows->narrowed, 0);
    g_array_set_size(rows->rows, 0);
    for (guint i = 0; i < journal->len; i++)
        g_hash_table_add(known, g_ptr_array_index(journal, i));
    for (guint i = 0; past != NULL && i < past->len; i++) {
        struct journal_entry *entry = g_ptr_array_index(past, i);

        if (in_order && first != NULL &&
            entry->wall_us / G_USEC_PER_SEC > first->wall_us / G_USEC_PER_SEC)
            continue;
        if (!g_hash_table_contains(known, entry))
            g_ptr_array_add(rows->before, entry);
    }
}

/* --- Narrowing -------------------------------------------------------------------------------- */

static gboolean is_of(const struct journal_entry *entry, enum journal_only only)
{
    switch (only) {
    case JOURNAL_ALARMS:
        return entry->alarm;
    case JOURNAL_BY_HAND:
        return entry->who != NULL && *entry->who != '\0' && strcmp(entry->who, "autopilot") != 0;
    case JOURNAL_FAILURES:
        return g_strcmp0(entry->result, "failed") == 0 || g_strcmp0(entry->result, "refused") == 0;
    case JOURNAL_ALL:
    case JOURNAL_ONLY_COUNT:
        break;
    }
    return TRUE;
}

/* The days of the lab's zone; asked of the calendar only when a day ends. */
struct days {
    const struct scene *scene;
    gint64 from_us, to_us;
};

static void enter_day(struct days *days, gint64 wall_us)
{
    GTimeZone *zone = days->scene->hours != NULL ? hours_zone(days->scene->hours) : NULL;
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(wall_us / G_USEC_PER_SEC);
    g_autoptr(GDateTime) time = utc == NULL    ? NULL
                                : zone != NULL ? g_date_time_to_timezone(utc, zone)
                                               : g_date_time_to_local(utc);
    g_autoptr(GDateTime) from = NULL, to = NULL;

    days->from_us = days->to_us = wall_us;
    if (time == NULL)
        return;
    from = g_date_time_add_full(time, 0, 0, 0, -g_date_time_get_hour(time),
                                -g_date_time_get_minute(time), -g_date_time_get_second(time));
    to = g_date_time_add_days(from, 1);
    days->from_us = g_date_time_to_unix(from) * G_USEC_PER_SEC;
    days->to_us = to != NULL ? g_date_time_to_unix(to) * G_USEC_PER_SEC : wall_us;
}

static void add_row(GArray *rows, struct days *days, const struct journal_entry *entry)
{
    struct journal_row row = {.entry = entry};

    if (entry->wall_us < days->from_us || entry->wall_us >= days->to_us) {
        const struct journal_row day = {.day_us = entry->wall_us};

        enter_day(days, entry->wall_us);
        g_array_append_val(rows, day);
    }
    g_array_append_val(rows, row);
}

static guint add_entries(GArray *rows, struct days *days, const GPtrArray *entries,
                         const struct filter *filter, enum journal_only only)
{
    guint n = 0;

    for (guint i = 0; i < entries->len; i++) {
        const struct journal_entry *entry = g_ptr_array_index(entries, i);

        if (!is_of(entry, only) || (filter != NULL && !filter_has_entry(filter, entry)))
            continue;
        add_row(rows, days, entry);
        n++;
    }
    return n;
}

/* Thousands of lines of the past are narrowed once, and not for each frame. */
static void narrow_before(struct journal_rows *rows, struct days *days, const struct filter *filter,
                          enum journal_only only)
{
    const char *text = filter != NULL ? filter_text(filter) : NULL;

    if (rows->is_narrowed && rows->narrowed_only == only && g_strcmp0(rows->narrowed_by, text) == 0)
        return;
    g_array_set_size(rows->narrowed, 0);
    add_entries(rows->narrowed, days, rows->before, filter, only);
    g_free(rows->narrowed_by);
    rows->narrowed_by = g_strdup(text);
    rows->narrowed_only = only;
    rows->is_narrowed = TRUE;
}

void journal_rows_make(struct journal_rows *rows, const struct scene *scene,
                       const struct filter *filter, enum journal_only only, gboolean first)
{
    const struct journal_row word = {.entry = NULL};
    struct days days = {.scene = scene};
    guint n = 0;

    g_array_set_size(rows->rows, 0);
    if (first)
        g_array_append_val(rows->rows, word);
    narrow_before(rows, &days, filter, only);
    g_array_append_vals(rows->rows, rows->narrowed->data, rows->narrowed->len);
    if (rows->narrowed->len > 0)
        enter_day(&days, g_array_index(rows->narrowed, struct journal_row, rows->narrowed->len - 1)
                             .entry->wall_us);
    for (guint i = 0; i < rows->narrowed->len; i++)
        n += g_array_index(rows->narrowed, struct journal_row, i).entry != NULL;
    n += add_entries(rows->rows, &days, scene->journal, filter, only);
    rows->n_lines = n;
    rows->n_all = rows->before->len + scene->journal->len;
}

/* --- Places ----------------------------------------------------------------------------------- */

const struct journal_row *journal_rows_at(const struct journal_rows *rows, int place)
{
    if (place < 0 || place >= (int)rows->rows->len)
        return NULL;
    return &g_array_index(rows->rows, struct journal_row, (guint)place);
}

static int look(const struct journal_rows *rows, int place, int step)
{
    const struct journal_row *row;

    while ((row = journal_rows_at(rows, place)) != NULL && row->entry == NULL)
        place += step;
    return row != NULL ? place : -1;
}

int journal_rows_near(const struct journal_rows *rows, int place, int step)
{
    int found;

    place = CLAMP(place, 0, (int)rows->rows->len - 1);
    found = look(rows, place, step);
    return found >= 0 ? found : look(rows, place, -step);
}

static guint entry_hash(const struct journal_entry *entry)
{
    return g_str_hash(entry->text) ^ g_str_hash(entry->what);
}

static gboolean has_key(const struct journal_entry *entry, struct journal_key key)
{
    return entry->wall_us == key.wall_us && entry_hash(entry) == key.hash;
}

struct journal_key journal_rows_key(const struct journal_rows *rows, int place)
{
    const struct journal_row *row = journal_rows_at(rows, place);
    struct journal_key key = {0};

    if (row == NULL || row->entry == NULL)
        return key;
    key = (struct journal_key){.wall_us = row->entry->wall_us, .hash = entry_hash(row->entry)};
    while ((row = journal_rows_at(rows, --place)) != NULL && row->entry != NULL &&
           row->entry->wall_us == key.wall_us)
        key.nth += has_key(row->entry, key);
    return key;
}

int journal_rows_find(const struct journal_rows *rows, struct journal_key key)
{
    guint seen = 0;
    int later = -1;

    for (int i = 0; i < (int)rows->rows->len; i++) {
        const struct journal_entry *entry = journal_rows_at(rows, i)->entry;

        if (entry == NULL)
            continue;
        if (has_key(entry, key) && seen++ == key.nth)
            return i;
        if (later < 0 && entry->wall_us >= key.wall_us)
            later = i;
    }
    return later >= 0 ? later : journal_rows_near(rows, (int)rows->rows->len - 1, -1);
}

struct journal_key journal_last_key(const GPtrArray *journal)
{
    const struct journal_entry *last =
        journal->len > 0 ? g_ptr_array_index(journal, journal->len - 1) : NULL;
    struct journal_key key = {0};

    if (last != NULL)
        key = (struct journal_key){.wall_us = last->wall_us, .hash = entry_hash(last)};
    return key;
}

guint journal_count_after(const GPtrArray *journal, struct journal_key key, guint *alarms)
{
    guint n = 0;

    *alarms = 0;
    for (guint i = journal->len; i > 0; i--) {
        const struct journal_entry *entry = g_ptr_array_index(journal, i - 1);

        if (has_key(entry, key))
            break;
        n++;
        *alarms += entry->alarm ? 1 : 0;
    }
    return n;
}
