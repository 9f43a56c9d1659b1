/*
 * journal_rows.h - what the journal view has to show: the lines of the files of before and those of
 * the engine, narrowed, a heading before each day. Thread: main.
 *
 * The entries are borrowed from the engine and from the past: rows are made anew for each frame and
 * before each key, and never outlive the call.
 */
#ifndef ROOST_TUI_JOURNAL_ROWS_H
#define ROOST_TUI_JOURNAL_ROWS_H

#include "core/store/journal_past.h"
#include "tui/filter.h"

enum journal_only {
    JOURNAL_ALL,
    JOURNAL_ALARMS,
    JOURNAL_BY_HAND,
    JOURNAL_FAILURES,
    JOURNAL_ONLY_COUNT,
};
const char *journal_only_name(enum journal_only only); /* "alarms"; "" = all */

struct journal_row {
    const struct journal_entry *entry; /* NULL = the heading of a day, or a word at the top */
    gint64 day_us;                     /* a moment of the day that it is the heading of */
};

/* One of the lines, found again when others came or went. */
struct journal_key {
    gint64 wall_us;
    guint hash;
    guint nth; /* of those that say the same */
};

struct journal_rows {
    GArray *rows; /* struct journal_row */
    guint n_lines, n_all;
    GPtrArray *before; /* of the past, those that the engine has not; borrowed entries */
    GArray *narrowed;  /* struct journal_row of them, as they were narrowed last */
    char *narrowed_by;
    enum journal_only narrowed_only;
    gboolean is_narrowed; /* the two above hold */
};

void journal_rows_init(struct journal_rows *rows);
void journal_rows_clear(struct journal_rows *rows);

/*
 * Takes another past (NULL = none): of it, what the engine has too is left out. in_order: its times
 * are of the same clock as the engine's, and what is not older than the engine's own is left out.
 */
void journal_rows_take_past(struct journal_rows *rows, const GPtrArray *past,
                            const GPtrArray *journal, gboolean in_order);

/* Makes them. `first`: a row without an entry comes before them all, for a word about the past. */
void journal_rows_make(struct journal_rows *rows, const struct scene *scene,
                       const struct filter *filter, enum journal_only only, gboolean first);

const struct journal_row *journal_rows_at(const struct journal_rows *rows, int place);

/* The row of an entry nearest to a place, looked for in the direction of step; -1 = there is none.
 */
int journal_rows_near(const struct journal_rows *rows, int place, int step);

struct journal_key journal_rows_key(const struct journal_rows *rows, int place);

/* Where it is now; if it went, the next one after it. -1 when there is none at all. */
int journal_rows_find(const struct journal_rows *rows, struct journal_key key);

/* Of the last of the engine's lines; and how many, and how many alarms, came after it. */
struct journal_key journal_last_key(const GPtrArray *journal);
guint journal_count_after(const GPtrArray *journal, struct journal_key key, guint *alarms);

#endif
