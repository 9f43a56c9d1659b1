/*
 * nearest.h - the word somebody probably meant. Thread: any.
 */
#ifndef ROOST_BASE_NEAREST_H
#define ROOST_BASE_NEAREST_H

#include <glib.h>

/*
 * Of two words, how many letters must be added, dropped, changed or swapped with their neighbour;
 * case does not count. Words over 63 bytes are as far apart as they are long.
 */
guint nearest_distance(const char *a, const char *b);

/*
 * TRUE when `candidate` is near enough to `word` to be offered (half of its letters), and nearer
 * than *distance, which then becomes its distance. Start with G_MAXUINT.
 */
gboolean nearest_offer(const char *word, const char *candidate, guint *distance);

#endif
