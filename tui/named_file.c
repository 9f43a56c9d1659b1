#include "tui/named_file.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/error.h"
#include "core/base/text.h"

#define FILE_BYTES_MOST (256 * 1024)
#define SYSTEM_FOLDER   "/etc/roost"
#define NAMES_MOST      256
#define HEIRS_MOST      16 /* links to folders can make a circle of paths that all differ */

/* Made by glib-compile-resources from the folders themes and keymaps. */
GResource *roost_get_resource(void);

/* Where a name is looked for, in this order. */
enum place {
    PLACE_USER,
    PLACE_SYSTEM,
    PLACE_BUILT_IN,
    PLACE_PATH, /* not looked for: the path was given */
};

static void named_file_free(struct named_file *file)
{
    g_free(file->path);
    g_free(file->on_disk);
    g_clear_pointer(&file->entries, g_key_file_unref);
    g_clear_pointer(&file->lines, g_hash_table_unref);
    g_free(file);
}

static void free_file(gpointer file)
{
    named_file_free(file);
}

/* --- Finding --------------------------------------------------------------------------------- */

static char *read_path(const char *path, GError **error)
{
    g_autofree char *shown = text_escape(path);
    struct stat status;
    char *text = NULL;
    gsize length;

    /* Asked first: opening a pipe would wait for ever. */
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: not a regular file", shown);
        return NULL;
    }
    if (status.st_size > FILE_BYTES_MOST) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: larger than %d KiB", shown,
                    FILE_BYTES_MOST / 1024);
        return NULL;
    }
    if (!g_file_get_contents(path, &text, &length, error))
        return NULL;
    if (strlen(text) != length) {
        g_free(text);
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: has a NUL byte: not a text file",
                    shown);
        return NULL;
    }
    return text;
}

static char *read_built_in(const struct named_kind *kind, const char *name)
{
    g_autofree char *path = g_strconcat("/roost/", kind->folder, "/", name, kind->suffix, NULL);
    g_autoptr(GBytes) bytes =
        g_resource_lookup_data(roost_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    gsize length;
    const char *data;

    if (bytes == NULL)
        return NULL;
    data = g_bytes_get_data(bytes, &length);
    return g_strndup(data, length);
}

/* Where the files of a kind are, in the user's place or the system's. Free with g_free. */
static char *folder_of(const struct named_kind *kind, guint place)
{
    if (place == PLACE_USER)
        return g_build_filename(g_get_user_config_dir(), "roost", kind->folder, NULL);
    return g_build_filename(SYSTEM_FOLDER, kind->folder, NULL);
}

/* The text of a file, its path as shown and the place it was found in. */
static char *find(const struct named_kind *kind, const char *name, guint first_place, char **path,
                  guint *place, GError **error)
{
    g_autofree char *shown = text_escape(name);
    char *text;

    if (strchr(name, '/') != NULL) {
        *path = g_canonicalize_filename(name, NULL);
        *place = PLACE_PATH;
        return read_path(*path, error);
    }
    for (guint i = first_place; i < PLACE_BUILT_IN; i++) {
        g_autofree char *file = g_strconcat(name, kind->suffix, NULL);
        g_autofree char *folder = folder_of(kind, i);
        g_autofree char *candidate = g_build_filename(folder, file, NULL);

        if (g_file_test(candidate, G_FILE_TEST_EXISTS)) {
            *path = g_steal_pointer(&candidate);
            *place = i;
            return read_path(*path, error);
        }
    }
    text = read_built_in(kind, name);
    *path = g_strconcat("built-in ", name, kind->suffix, NULL);
    *place = PLACE_BUILT_IN;
    if (text == NULL)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "no %s \"%s\": not in %s/roost/%s, %s/%s, nor built in (a path has a '/')",
                    kind->noun, shown, g_get_user_config_dir(), kind->folder, SYSTEM_FOLDER,
                    kind->folder);
    return text;
}

/* --- Lines ----------------------------------------------------------------------------------- */

static char *line_key(const char *group, const char *key)
{
    return g_strconcat(group, "\n", key, NULL);
}

static void add_warning(GPtrArray *warnings, char *warning)
{
    if (warnings != NULL)
        g_ptr_array_add(warnings, warning);
    else
        g_free(warning);
}

/* An entry `key=value` on a line; FALSE when it is none. */
static gboolean index_entry(struct named_file *file, const char *group, const char *text,
                            guint line, GPtrArray *warnings)
{
    const char *equals = strchr(text, '=');
    g_autofree char *key = NULL;
    char *place;
    guint before;

    if (equals == NULL || equals == text || *group == '\0')
        return FALSE;
    key = g_strchomp(g_strndup(text, (gsize)(equals - text)));
    place = line_key(group, key);
    before = GPOINTER_TO_UINT(g_hash_table_lookup(file->lines, place));
    if (before > 0)
        add_warning(warnings, g_strdup_printf("%s:%u: %s again: line %u is not used", file->path,
                                              line, key, before));
    g_hash_table_replace(file->lines, place, GUINT_TO_POINTER(line));
    return TRUE;
}

/* Notes the line of each entry; fails on the first line that is nothing a key file may have. */
static gboolean index_lines(struct named_file *file, const char *text, GPtrArray *warnings,
                            GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *group = g_strdup("");

    for (guint i = 0; lines[i] != NULL; i++) {
        char *line = g_strstrip(lines[i]);
        gsize length = strlen(line);

        if (!g_utf8_validate(line, -1, NULL)) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s:%u: not valid UTF-8", file->path,
                        i + 1);
            return FALSE;
        }
        if (*line == '\0' || *line == '#')
            continue;
        if (*line == '[' && line[length - 1] == ']') {
            g_free(group);
            group = g_strndup(line + 1, length - 2);
        } else if (!index_entry(file, group, line, i + 1, warnings)) {
            g_autofree char *shown = text_escape(line);
            g_autofree char *cut = text_fit(shown, 40, FALSE);

            g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                        "%s:%u: \"%s\" is neither [group] nor key=value", file->path, i + 1, cut);
            return FALSE;
        }
    }
    return TRUE;
}

guint named_file_line(const struct named_file *file, const char *group, const char *key)
{
    g_autofree char *place = line_key(group, key);

    return GPOINTER_TO_UINT(g_hash_table_lookup(file->lines, place));
}

static void warn_of_strangers(const struct named_file *file, const struct named_kind *kind,
                              const char *group, GPtrArray *warnings)
{
    g_auto(GStrv) groups = g_key_file_get_groups(file->entries, NULL);
    g_auto(GStrv) keys = g_key_file_get_keys(file->entries, kind->noun, NULL, NULL);

    for (guint i = 0; groups[i] != NULL; i++) {
        g_autofree char *shown = text_escape(groups[i]);

        if (strcmp(groups[i], kind->noun) != 0 && strcmp(groups[i], group) != 0 &&
            g_strcmp0(groups[i], kind->more) != 0)
            add_warning(warnings,
                        g_strdup_printf("%s: group [%s] is not used: only [%s]%s%s%s and [%s]",
                                        file->path, shown, kind->noun,
                                        kind->more != NULL ? ", [" : "",
                                        kind->more != NULL ? kind->more : "",
                                        kind->more != NULL ? "]" : "", group));
    }
    for (guint i = 0; keys != NULL && keys[i] != NULL; i++) {
        g_autofree char *shown = text_escape(keys[i]);

        if (strcmp(keys[i], "name") != 0 && strcmp(keys[i], "inherits") != 0)
            add_warning(warnings,
                        g_strdup_printf("%s:%u: %s is not used: only name and inherits", file->path,
                                        named_file_line(file, kind->noun, keys[i]), shown));
    }
}

/* --- Loading --------------------------------------------------------------------------------- */

/* FALSE when the text is no key file. */
static gboolean parse(struct named_file *file, const char *text, GPtrArray *warnings,
                      GError **error)
{
    g_autoptr(GError) cause = NULL;

    file->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    file->entries = g_key_file_new();
    if (!index_lines(file, text, warnings, error))
        return FALSE;
    if (g_key_file_load_from_data(file->entries, text, (gsize)-1, G_KEY_FILE_NONE, &cause))
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: %s", file->path, cause->message);
    return FALSE;
}

static struct named_file *load_one(const struct named_kind *kind, const char *name,
                                   guint first_place, const char *group, GPtrArray *warnings,
                                   GError **error)
{
    g_autofree char *path = NULL;
    guint place = PLACE_USER;
    g_autofree char *text = find(kind, name, first_place, &path, &place, error);
    struct named_file *file;

    if (text == NULL)
        return NULL;
    file = g_new0(struct named_file, 1);
    file->path = text_escape(path);
    file->place = place;
    if (place != PLACE_BUILT_IN)
        file->on_disk = g_steal_pointer(&path);
    if (!parse(file, text, warnings, error)) {
        named_file_free(file);
        return NULL;
    }
    warn_of_strangers(file, kind, group, warnings);
    return file;
}

/* What a file inherits from; NULL when nothing. Its own name: looked for further down. */
static char *parent_of(const struct named_file *file, const struct named_kind *kind,
                       const char *name, guint *first_place)
{
    g_autofree char *parent = g_key_file_get_string(file->entries, kind->noun, "inherits", NULL);

    *first_place = PLACE_USER;
    if (parent == NULL || *g_strstrip(parent) == '\0')
        return NULL;
    if (strcmp(parent, name) == 0 && file->place < PLACE_BUILT_IN)
        *first_place = file->place + 1;
    if (strchr(parent, '/') != NULL && !g_path_is_absolute(parent) &&
        file->place != PLACE_BUILT_IN) {
        g_autofree char *folder = g_path_get_dirname(file->path);

        return g_build_filename(folder, parent, NULL);
    }
    return g_steal_pointer(&parent);
}

/* FALSE when the last file is one of those before it. */
static gboolean check_circle(const GPtrArray *files, const struct named_kind *kind, GError **error)
{
    const struct named_file *last = files->pdata[files->len - 1];
    GString *circle = g_string_new(NULL);
    gboolean again = FALSE;

    for (guint i = 0; i + 1 < files->len; i++) {
        const struct named_file *file = files->pdata[i];

        again = again || strcmp(file->path, last->path) == 0 || files->len > HEIRS_MOST;
        if (again)
            g_string_append_printf(circle, "%s, ", file->path);
    }
    if (again) {
        const struct named_file *heir = files->pdata[files->len - 2];

        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "%s:%u: inherits in a circle: %sand %s again", heir->path,
                    named_file_line(heir, kind->noun, "inherits"), circle->str, last->path);
    }
    g_string_free(circle, TRUE);
    return !again;
}

static void prefix_heir(const GPtrArray *files, const struct named_kind *kind, GError **error)
{
    const struct named_file *heir;

    if (files->len == 0)
        return;
    heir = files->pdata[files->len - 1];
    g_prefix_error(error, "%s:%u: inherits: ", heir->path,
                   named_file_line(heir, kind->noun, "inherits"));
}

GPtrArray *named_file_load(const struct named_kind *kind, const char *name_or_path,
                           const char *group, GPtrArray *warnings, GError **error)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(free_file);
    g_autofree char *name = g_strdup(name_or_path != NULL ? name_or_path : "");
    guint first_place = PLACE_USER;

    while (name != NULL) {
        struct named_file *file = load_one(kind, name, first_place, group, warnings, error);
        char *parent;

        if (file == NULL) {
            prefix_heir(files, kind, error);
            return NULL;
        }
        g_ptr_array_add(files, file);
        if (!check_circle(files, kind, error))
            return NULL;
        parent = parent_of(file, kind, name, &first_place);
        g_free(name);
        name = parent;
    }
    return g_steal_pointer(&files);
}

void named_file_append_built_in(GPtrArray *files, const struct named_kind *kind, const char *name,
                                const char *group)
{
    g_autoptr(GError) error = NULL;
    struct named_file *file = load_one(kind, name, PLACE_BUILT_IN, group, NULL, &error);
    const struct named_file *last;

    if (file == NULL)
        g_error("%s", error->message); /* compiled in: our own mistake */
    last = files->len > 0 ? files->pdata[files->len - 1] : NULL;
    if (last != NULL && strcmp(last->path, file->path) == 0)
        named_file_free(file);
    else
        g_ptr_array_add(files, file);
}

/* --- Asking ---------------------------------------------------------------------------------- */

char **named_file_paths(const GPtrArray *files)
{
    g_autoptr(GStrvBuilder) paths = g_strv_builder_new();

    for (guint i = 0; i < files->len; i++) {
        const struct named_file *file = files->pdata[i];

        if (file->on_disk != NULL)
            g_strv_builder_add(paths, file->on_disk);
    }
    return g_strv_builder_end(paths);
}

char *named_file_describe(const struct named_kind *kind, const char *name)
{
    g_autofree char *text = read_built_in(kind, name);
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
    g_autofree char *head = g_strconcat("# ", name, " - ", NULL);
    GString *sentence = g_string_new(NULL);

    for (guint i = 0; lines[i] != NULL && g_str_has_prefix(lines[i], i == 0 ? head : "# "); i++) {
        const char *line = lines[i] + (i == 0 ? strlen(head) : 2);
        const char *end = strstr(line, ". ");
        gsize length = strlen(line);

        if (end == NULL && length > 0 && line[length - 1] == '.')
            end = line + length - 1;
        g_string_append_printf(sentence, "%s%.*s", i > 0 ? " " : "",
                               (int)(end != NULL ? end - line : (gssize)length), line);
        if (end != NULL)
            break;
    }
    return g_string_free(sentence, FALSE);
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return text_compare_names(*(const char *const *)a, *(const char *const *)b);
}

/* Adds the names of a folder that are not among them yet; a folder that is not there has none. */
static void add_names(GPtrArray *names, const struct named_kind *kind, guint place)
{
    g_autofree char *folder = folder_of(kind, place);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *file;

    while (dir != NULL && names->len < NAMES_MOST && (file = g_dir_read_name(dir)) != NULL) {
        g_autofree char *name = g_strdup(file);

        if (!g_str_has_suffix(file, kind->suffix) || *file == '.' ||
            !g_utf8_validate(file, -1, NULL))
            continue;
        name[strlen(name) - strlen(kind->suffix)] = '\0';
        if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_ptr_array_add(names, g_steal_pointer(&name));
    }
}

char **named_file_names(const struct named_kind *kind, const char *const *built_in)
{
    GPtrArray *names = g_ptr_array_new();
    guint n_built_in;

    for (guint i = 0; built_in[i] != NULL; i++)
        g_ptr_array_add(names, g_strdup(built_in[i]));
    n_built_in = names->len;
    add_names(names, kind, PLACE_USER);
    add_names(names, kind, PLACE_SYSTEM);
    qsort(names->pdata + n_built_in, names->len - n_built_in, sizeof names->pdata[0],
          compare_names);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}
