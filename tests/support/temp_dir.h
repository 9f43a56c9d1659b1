/* temp_dir.h - directories that a test makes, fills and takes away again. */
#ifndef ROOST_TESTS_SUPPORT_TEMP_DIR_H
#define ROOST_TESTS_SUPPORT_TEMP_DIR_H

#include <glib.h>

/* A new, empty one. Free with g_free, after temp_dir_remove. */
char *temp_dir_new(void);

/* Removes it with all that is in it; links are not followed. */
void temp_dir_remove(const char *dir);

/* How many entries it has; 0 when there is none. */
guint temp_dir_count(const char *dir);

#endif
