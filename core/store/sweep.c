#include "core/store/sweep.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/*
 * As g_file_set_contents makes them: the file's name, a dot, and six letters or digits at random.
 * Words such as "backup" are somebody's own: without a capital or a digit nothing is removed.
 */
#define SUFFIX_LENGTH 7

/* Where locks do not work, another program may be about to rename one that is younger. */
#define YOUNG_S 60

static gboolean is_left_over(const char *name, const char *ending)
{
    gsize length = strlen(name);
    if (length <= SUFFIX_LENGTH || name[length - SUFFIX_LENGTH] != '.')
        return FALSE;
    gboolean random = FALSE;
    for (const char *letter = name + length - SUFFIX_LENGTH + 1; *letter; letter++) {
        if (!g_ascii_isalnum(*letter))
            return FALSE;
        random |= !g_ascii_islower(*letter);
    }
    if (!random)
        return FALSE;
    g_autofree char *stem = g_strndup(name, length - SUFFIX_LENGTH);
    return g_str_has_suffix(stem, ending);
}

static gboolean is_old_file(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           ABS(time(NULL) - status.st_mtim.tv_sec) >= YOUNG_S;
}

void sweep_left_over(const char *dir, const char *ending)
{
    g_autoptr(GDir) names = g_dir_open(dir, 0, NULL);
    const char *name;
    while (names && (name = g_dir_read_name(names))) {
        if (!is_left_over(name, ending))
            continue;
        g_autofree char *path = g_build_filename(dir, name, NULL);
        if (is_old_file(path))
            g_unlink(path);
    }
}
