/*
 * named_file.h - the text files of themes and keymaps: found by name or path, read as GKeyFile,
 * with the line of each entry, so that every message can say where. Private to theme and keymap.
 *
 * A name is looked for in the user's configuration (~/.config/roost/FOLDER/NAME.SUFFIX), then in
 * /etc/roost/FOLDER, then among what is built in; a name with a '/' is a path. Thread: main.
 */
#ifndef ROOST_TUI_NAMED_FILE_H
#define ROOST_TUI_NAMED_FILE_H

#include <glib.h>

#include "core/base/cleanup.h"

/* A kind of file, constant. */
struct named_kind {
    const char *noun;   /* "theme": in messages, and the group that has name and inherits */
    const char *folder; /* "themes" */
    const char *suffix; /* ".theme" */
    const char *more;   /* a group that files may have besides their own; NULL = none */
};

struct named_file {
    char *path;    /* as shown in messages; "built-in NAME.theme" for those compiled in */
    char *on_disk; /* as it is; NULL for those compiled in */
    GKeyFile *entries;
    GHashTable *lines; /* "group\nkey" -> line */
    guint place;       /* where in the search it was found */
};

/*
 * Loads a file and, after it in the result, those it inherits from in their order (its own name
 * means the file that it hides). NULL with "FILE:LINE: ..." when one of them cannot be found, read
 * or parsed, or when they inherit from each other in a circle. Entries written twice and groups
 * other than those known go to warnings (char *; may be NULL). Blocks on the file system.
 * The array owns its files.
 */
GPtrArray *named_file_load(const struct named_kind *kind, const char *name_or_path,
                           const char *group, GPtrArray *warnings, GError **error);

/* The line of an entry, from 1; 0 when there is none. */
guint named_file_line(const struct named_file *file, const char *group, const char *key);

/* Adds the built-in file of that name behind the others, unless it is the last of them already. */
void named_file_append_built_in(GPtrArray *files, const struct named_kind *kind, const char *name,
                                const char *group);

/* The paths of those that are files on disk, NULL-terminated. Free with g_strfreev. */
char **named_file_paths(const GPtrArray *files);

/*
 * What a built-in file says of itself: the sentence of its first comment behind "NAME - ". "" when
 * there is none. Free with g_free.
 */
char *named_file_describe(const struct named_kind *kind, const char *name);

/*
 * Every name that can be loaded: those built in, in their order, then the others of the user's
 * folder and the system's, as people count. Free with g_strfreev. Blocks on the file system.
 */
char **named_file_names(const struct named_kind *kind, const char *const *built_in);

#endif
