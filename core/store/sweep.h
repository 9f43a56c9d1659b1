/*
 * sweep.h - takes away what a program that was killed while it wrote a file left beside it.
 *
 * To be called while the store is locked: nobody else writes then. Blocks. Thread: any.
 */
#ifndef ROOST_STORE_SWEEP_H
#define ROOST_STORE_SWEEP_H

#include <glib.h>

/*
 * Removes the temporary files of a file whose name ends with `ending` (".xml") from `dir`. Those
 * younger than a minute stay, and so does whatever cannot be removed.
 */
void sweep_left_over(const char *dir, const char *ending);

#endif
