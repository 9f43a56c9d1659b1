#include "core/base/nearest.h"

#include <string.h>

#define BYTES_MOST 63

/* Optimal string alignment: Levenshtein's distance with swaps of neighbours. */
guint nearest_distance(const char *a, const char *b)
{
    gsize length_a = strlen(a);
    gsize length_b = strlen(b);
    guint8 rows[3][BYTES_MOST + 1];
    guint8 *before = rows[0], *last = rows[1], *now = rows[2];
    if (length_a > BYTES_MOST || length_b > BYTES_MOST)
        return (guint)MAX(length_a, length_b);
    for (gsize j = 0; j <= length_b; j++)
        last[j] = (guint8)j;
    for (gsize i = 1; i <= length_a; i++) {
        char left = g_ascii_tolower(a[i - 1]);
        now[0] = (guint8)i;
        for (gsize j = 1; j <= length_b; j++) {
            char right = g_ascii_tolower(b[j - 1]);
            guint least = last[j - 1] + (left != right);
            least = MIN(least, MIN(last[j], now[j - 1]) + 1u);
            if (i > 1 && j > 1 && left == g_ascii_tolower(b[j - 2]) &&
                right == g_ascii_tolower(a[i - 2]))
                least = MIN(least, before[j - 2] + 1u);
            now[j] = (guint8)least;
        }
        guint8 *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[length_b];
}

gboolean nearest_offer(const char *word, const char *candidate, guint *distance)
{
    guint found = nearest_distance(word, candidate);
    gsize longer = MAX(strlen(word), strlen(candidate));
    if (found >= *distance || found * 2 > longer)
        return FALSE;
    *distance = found;
    return TRUE;
}
