#include "tui/keymap.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "tui/input.h"
#include "tui/named_file.h"

#define GROUP "keys"
#define LINES "lines"

#define ACTION_INFO(suffix, name, word, help, flags) [ACTION_##suffix] = {name, word, help, flags},
const struct action_info action_info[ACTION_COUNT] = {ACTION_TABLE(ACTION_INFO)};
#undef ACTION_INFO

static const struct named_kind keymap_kind = {"keymap", "keymaps", ".keymap", LINES};

static const char *const built_in[] = {"default", "vi", "emacs", "function-keys", NULL};

/* A key that stands for a line of the palette. */
struct own_line {
    guint key;
    char *name; /* as printed */
    char *text;
};

struct keymap {
    GHashTable *actions;           /* key -> GUINT_TO_POINTER(enum action) */
    GPtrArray *keys[ACTION_COUNT]; /* char *, as printed, in the order of the file */
    GPtrArray *lines;              /* struct own_line * */
    char **files;
};

const char *const *keymap_names(void)
{
    return built_in;
}

char **keymap_all_names(void)
{
    return named_file_names(&keymap_kind, built_in);
}

char *keymap_describe(const char *name)
{
    return named_file_describe(&keymap_kind, name);
}

static void own_line_free(gpointer data)
{
    struct own_line *line = data;

    g_free(line->name);
    g_free(line->text);
    g_free(line);
}

static struct keymap *keymap_new(void)
{
    struct keymap *keymap = g_new0(struct keymap, 1);

    keymap->actions = g_hash_table_new(NULL, NULL);
    keymap->lines = g_ptr_array_new_with_free_func(own_line_free);
    for (int i = 0; i < ACTION_COUNT; i++)
        keymap->keys[i] = g_ptr_array_new_with_free_func(g_free);
    return keymap;
}

void keymap_free(struct keymap *keymap)
{
    if (keymap == NULL)
        return;
    g_hash_table_unref(keymap->actions);
    g_ptr_array_unref(keymap->lines);
    for (int i = 0; i < ACTION_COUNT; i++)
        g_ptr_array_unref(keymap->keys[i]);
    g_strfreev(keymap->files);
    g_free(keymap);
}

/* --- Loading --------------------------------------------------------------------------------- */

/* One file being read into a keymap that those it inherits from have filled before. */
struct reading {
    struct keymap *keymap;
    const struct named_file *file;
    GHashTable *meanings; /* key -> action + 1, of this very file */
    GPtrArray *warnings;
};

static int action_by_name(const char *name)
{
    for (int i = 0; i < ACTION_COUNT; i++) {
        if (strcmp(action_info[i].name, name) == 0)
            return i;
    }
    return -1;
}

static void forget_key(struct keymap *keymap, guint key)
{
    gpointer action = g_hash_table_lookup(keymap->actions, GUINT_TO_POINTER(key));
    GPtrArray *keys = keymap->keys[GPOINTER_TO_UINT(action)];

    for (guint i = 0; i < keys->len; i++) {
        if (input_key_parse(keys->pdata[i]) == key) {
            g_ptr_array_remove_index(keys, i);
            break;
        }
    }
    g_hash_table_remove(keymap->actions, GUINT_TO_POINTER(key));
    for (guint i = 0; i < keymap->lines->len; i++) {
        if (((struct own_line *)keymap->lines->pdata[i])->key == key) {
            g_ptr_array_remove_index(keymap->lines, i);
            break;
        }
    }
}

/* `place` is where in the action's keys: a file's own come before those inherited. */
static void bind_key(struct keymap *keymap, guint key, enum action action, guint place)
{
    forget_key(keymap, key);
    if (action == ACTION_NONE)
        return;
    g_hash_table_insert(keymap->actions, GUINT_TO_POINTER(key), GUINT_TO_POINTER(action));
    g_ptr_array_insert(keymap->keys[action], (gint)MIN(place, keymap->keys[action]->len),
                       input_key_name(key));
}

/* FALSE when this very file gave the key another action before. */
static gboolean check_key(struct reading *reading, guint key, enum action action, GError **error)
{
    gpointer before = g_hash_table_lookup(reading->meanings, GUINT_TO_POINTER(key));
    const char *name = action_info[action].name;
    const char *other;
    g_autofree char *key_name = NULL;

    if (before == NULL) {
        g_hash_table_insert(reading->meanings, GUINT_TO_POINTER(key),
                            GUINT_TO_POINTER((guint)action + 1));
        return TRUE;
    }
    if (GPOINTER_TO_UINT(before) == (guint)action + 1)
        return TRUE;
    other = action_info[GPOINTER_TO_UINT(before) - 1].name;
    key_name = input_key_name(key);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                "%s:%u: the key %s cannot mean %s: it means %s on line %u", reading->file->path,
                named_file_line(reading->file, GROUP, name), key_name, name, other,
                named_file_line(reading->file, GROUP, other));
    return FALSE;
}

static gboolean read_keys(struct reading *reading, enum action action, GError **error)
{
    const char *name = action_info[action].name;
    g_autofree char *value = g_key_file_get_value(reading->file->entries, GROUP, name, NULL);
    g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);
    guint line = named_file_line(reading->file, GROUP, name);
    guint place = 0;

    for (guint i = 0; words[i] != NULL; i++) {
        guint key = input_key_parse(words[i]);

        if (*words[i] == '\0')
            continue;
        if (key == 0) {
            g_autofree char *shown = text_escape(words[i]);

            if (reading->warnings != NULL)
                g_ptr_array_add(reading->warnings,
                                g_strdup_printf("%s:%u: %s: there is no key \"%s\"",
                                                reading->file->path, line, name, shown));
            continue;
        }
        if (!check_key(reading, key, action, error))
            return FALSE;
        bind_key(reading->keymap, key, action, place++);
    }
    return TRUE;
}

static gboolean apply(struct reading *reading, GError **error)
{
    const struct named_file *file = reading->file;
    g_auto(GStrv) names = g_key_file_get_keys(file->entries, GROUP, NULL, NULL);

    for (guint i = 0; names != NULL && names[i] != NULL; i++) {
        int action = action_by_name(names[i]);
        g_autofree char *shown = text_escape(names[i]);

        if (action >= 0) {
            if (!read_keys(reading, (enum action)action, error))
                return FALSE;
        } else if (reading->warnings != NULL) {
            g_ptr_array_add(reading->warnings,
                            g_strdup_printf("%s:%u: there is no action \"%s\"", file->path,
                                            named_file_line(file, GROUP, names[i]), shown));
        }
    }
    return TRUE;
}

/* A key stands for a line, or means an action: in one file it cannot do both. */
static gboolean read_line(struct reading *reading, const char *name, GError **error)
{
    const struct named_file *file = reading->file;
    guint key = input_key_parse(name), at = named_file_line(file, LINES, name);
    gpointer meaning = g_hash_table_lookup(reading->meanings, GUINT_TO_POINTER(key));
    g_autofree char *text = g_key_file_get_value(file->entries, LINES, name, NULL);
    g_autofree char *shown = text_escape(name);
    struct own_line *line;

    if (key == 0) {
        if (reading->warnings != NULL)
            g_ptr_array_add(reading->warnings, g_strdup_printf("%s:%u: there is no key \"%s\"",
                                                               file->path, at, shown));
        return TRUE;
    }
    if (meaning != NULL) {
        const char *action = action_info[GPOINTER_TO_UINT(meaning) - 1].name;

        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "%s:%u: the key %s cannot stand for a line: it means %s on line %u", file->path,
                    at, shown, action, named_file_line(file, GROUP, action));
        return FALSE;
    }
    forget_key(reading->keymap, key);
    if (*g_strstrip(text) == '\0')
        return TRUE;
    line = g_new0(struct own_line, 1);
    line->key = key;
    line->name = input_key_name(key);
    line->text = g_steal_pointer(&text);
    g_ptr_array_add(reading->keymap->lines, line);
    return TRUE;
}

static gboolean apply_lines(struct reading *reading, GError **error)
{
    g_auto(GStrv) names = g_key_file_get_keys(reading->file->entries, LINES, NULL, NULL);

    for (guint i = 0; names != NULL && names[i] != NULL; i++) {
        if (!read_line(reading, names[i], error))
            return FALSE;
    }
    return TRUE;
}

struct keymap *keymap_load(const char *name_or_path, GPtrArray *warnings, GError **error)
{
    g_autoptr(GPtrArray) files =
        named_file_load(&keymap_kind, name_or_path, GROUP, warnings, error);
    autoptr(keymap) keymap = NULL;
    struct keymap *loaded;

    if (files == NULL)
        return NULL;
    keymap = keymap_new();
    keymap->files = named_file_paths(files);
    for (guint i = files->len; i > 0; i--) {
        g_autoptr(GHashTable) meanings = g_hash_table_new(NULL, NULL);
        struct reading reading = {keymap, files->pdata[i - 1], meanings, warnings};

        if (!apply(&reading, error) || !apply_lines(&reading, error))
            return NULL;
    }
    if (keymap->keys[ACTION_QUIT]->len == 0 && warnings != NULL) {
        const struct named_file *file = files->pdata[0];

        g_ptr_array_add(warnings, g_strdup_printf("%s: no key means quit", file->path));
    }
    loaded = keymap;
    keymap = NULL;
    return loaded;
}

/* --- Asking ---------------------------------------------------------------------------------- */

enum action keymap_action(const struct keymap *keymap, guint key)
{
    return (enum action)GPOINTER_TO_UINT(
        g_hash_table_lookup(keymap->actions, GUINT_TO_POINTER(key)));
}

const char *keymap_line(const struct keymap *keymap, guint key)
{
    for (guint i = 0; i < keymap->lines->len; i++) {
        const struct own_line *line = keymap->lines->pdata[i];

        if (line->key == key)
            return line->text;
    }
    return NULL;
}

const char *keymap_line_at(const struct keymap *keymap, guint index, const char **key)
{
    const struct own_line *line =
        index < keymap->lines->len ? g_ptr_array_index(keymap->lines, index) : NULL;

    *key = line != NULL ? line->name : "";
    return line != NULL ? line->text : NULL;
}

const char *const *keymap_files(const struct keymap *keymap)
{
    return (const char *const *)keymap->files;
}

const char *keymap_first_key(const struct keymap *keymap, enum action action)
{
    const GPtrArray *keys = keymap->keys[action];

    return keys->len > 0 ? keys->pdata[0] : "";
}

char *keymap_keys(const struct keymap *keymap, enum action action)
{
    GString *line = g_string_new(NULL);

    for (guint i = 0; i < keymap->keys[action]->len; i++)
        g_string_append_printf(line, "%s%s", i > 0 ? " " : "",
                               (const char *)keymap->keys[action]->pdata[i]);
    return g_string_free(line, FALSE);
}
