/*
 * host_range.h - many hosts in one word: pc[01-62], 10.0.0.[101-162], rack[1-3]-pc[01-03,07].
 *
 * Each bracket holds numbers and ranges of them, parted by commas; a number is written as wide as
 * the first one of its range. Several brackets give every combination, the last one changing
 * fastest. Thread: any.
 */
#ifndef ROOST_BASE_HOST_RANGE_H
#define ROOST_BASE_HOST_RANGE_H

#include <glib.h>

/*
 * Appends what the word stands for (char *, in order) to `into`, which frees with g_free and is
 * never made longer than `most`. A word without brackets stands for itself. FALSE and
 * ROOST_ERROR_INPUT, beginning with the word, and nothing appended, when it cannot be read or
 * stands for more.
 */
gboolean host_range_expand(const char *word, guint most, GPtrArray *into, GError **error);

#endif
