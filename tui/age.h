/*
 * age.h - how long ago, or for how long, in the one unit that matters. Thread: any.
 */
#ifndef ROOST_TUI_AGE_H
#define ROOST_TUI_AGE_H

#include <glib.h>

/* "40 s", "12 min", "3 h", "5 days"; less than nothing counts as 0 s. Free with g_free. */
char *age_format(gint64 age_us);

#endif
