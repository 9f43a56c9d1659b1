#include "core/store/config.h"

#include <gio/gio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/nearest.h"
#include "core/base/text.h"
#include "core/policy/hours.h"
#include "core/store/config_host.h"
#include "core/store/config_value.h"
#include "core/store/key_lines.h"
#include "core/store/lease_config.h"
#include "core/store/read_file.h"

#define CONFIG_BYTES_MOST (1u << 20)
#define WARNINGS_MOST     100
#define ZONE_BYTES_MOST   (1u << 20)
#define ZONES_DIRECTORY   "/usr/share/zoneinfo"

/* Two polling periods, where nothing else is written (design.md, "Truth and time"). */
static void follow_poll(struct config *config)
{
    if (config->engine.policy.stale_after_us == 0)
        config->engine.policy.stale_after_us = 2 * config->engine.poll_us;
}

/* The options as their fallbacks say; stale_after_us is still to follow. */
static struct config *new_bare(void)
{
    struct config *config = g_new0(struct config, 1);
    config->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    config->hosts = g_ptr_array_new_with_free_func((GDestroyNotify)config_host_group_free);
    for (guint i = 0; i < config_n_options; i++) {
        const struct config_option *option = &config_options[i];
        gboolean known =
            !*option->fallback || config_value_set(config, option, option->fallback, NULL, NULL);
        g_assert(known);
    }
    return config;
}

struct config *config_new(void)
{
    struct config *config = new_bare();
    follow_poll(config);
    return config;
}

void config_free(struct config *config)
{
    if (!config)
        return;
    for (guint i = 0; i < config_n_options; i++)
        config_value_clear(config, &config_options[i]);
    g_ptr_array_unref(config->hosts);
    g_hash_table_unref(config->lines);
    g_free(config->path);
    g_free(config);
}

const struct config_option *config_find_option(const char *group, const char *key)
{
    for (guint i = 0; i < config_n_options; i++) {
        const struct config_option *option = &config_options[i];
        if (strcmp(option->group, group) == 0 && strcmp(option->key, key) == 0)
            return option;
    }
    return NULL;
}

char *config_place(const struct config *config, const char *group, const char *key)
{
    g_autofree char *name = g_strdup_printf("%s\n%s", group, key);
    guint line = GPOINTER_TO_UINT(g_hash_table_lookup(config->lines, name));
    if (!config->path)
        return g_strdup_printf("[%s] %s", group, key);
    if (line == 0)
        return g_strdup_printf("%s: [%s] %s", config->path, group, key);
    return g_strdup_printf("%s:%u: [%s] %s", config->path, line, group, key);
}

/* --- Reading ---------------------------------------------------------------------------------- */

G_GNUC_PRINTF(4, 5)
static void warn(GPtrArray *warnings, const char *path, guint line, const char *format, ...)
{
    va_list arguments;
    if (!warnings || warnings->len > WARNINGS_MOST)
        return;
    if (warnings->len == WARNINGS_MOST) {
        g_ptr_array_add(warnings, g_strdup_printf("%s: and more of this kind", path));
        return;
    }
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(warnings, g_strdup_printf("%s:%u: %s", path, line, text));
}

/* The nearest of a table to a key, in that group or (NULL) in any. */
static const struct config_option *find_nearest(const struct config_option *options, guint count,
                                                const char *group, const char *key)
{
    const struct config_option *nearest = NULL;
    guint distance = G_MAXUINT;
    for (guint i = 0; i < count; i++) {
        if ((!group || strcmp(options[i].group, group) == 0) &&
            nearest_offer(key, options[i].key, &distance))
            nearest = &options[i];
    }
    return nearest;
}

/* An option nobody knows: told with the one that was probably meant. */
static void warn_unknown(const struct config *config, const struct key_line *line,
                         GPtrArray *warnings)
{
    gboolean of_host = config_host_is_group(line->group);
    g_autofree char *group = text_escape(line->group);
    g_autofree char *key = text_escape(line->key);
    const struct config_option *nearest =
        of_host ? find_nearest(config_host_options, config_n_host_options, NULL, line->key)
                : find_nearest(config_options, config_n_options, line->group, line->key);
    if (!nearest)
        nearest = find_nearest(config_options, config_n_options, NULL, line->key);
    if (nearest)
        warn(warnings, config->path, line->line,
             "[%s] %s: there is no such option: ignored. Did you mean [%s] %s?", group, key,
             nearest->group, nearest->key);
    else
        warn(warnings, config->path, line->line, "[%s] %s: there is no such option: ignored", group,
             key);
}

/* value is NULL, or half read, when it was GKeyFile that refused it. */
static void refuse_value(const char *place, const char *value, const GError *cause, GError **error)
{
    g_autofree char *escaped = text_escape(value);
    g_autofree char *shown = text_fit(escaped, 60, FALSE);
    g_autofree char *reason = text_escape(cause->message);
    if (cause->domain == ROOST_ERROR)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: \"%s\" %s%s", place, shown, reason,
                    strchr(value, '#') ? " (a comment must have a line of its own)" : "");
    else
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: %s", place, reason);
}

/* A line's option and what it is to be put into; *option is NULL when nobody knows it. */
static gboolean find_place(struct config *config, const struct key_line *line,
                           const struct config_option **option, gpointer *into, GError **error)
{
    g_autoptr(GError) cause = NULL;
    *into = config;
    if (!config_host_is_group(line->group)) {
        *option = config_find_option(line->group, line->key);
        return TRUE;
    }
    struct config_host_group *group = config_host_add_group(config, line->group, &cause);
    if (!group) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s:%u: %s", config->path, line->line,
                    cause->message);
        return FALSE;
    }
    *option = config_host_find_option(line->key);
    *into = &group->values;
    return TRUE;
}

/* A key without a value: of a host it says that nothing holds, else it is as if it were not there.
 */
static void leave_empty(const struct config *config, gpointer into,
                        const struct config_option *option)
{
    if (into == config)
        return;
    config_value_clear(into, option);
    G_STRUCT_MEMBER(char *, into, option->offset) = g_strdup("");
}

static gboolean read_option(struct config *config, GKeyFile *file, const struct key_line *line,
                            GPtrArray *warnings, GError **error)
{
    const struct config_option *option = NULL;
    gpointer into = NULL;
    g_autofree char *name = g_strdup_printf("%s\n%s", line->group, line->key);
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(config->lines, name));
    g_autofree char *base = g_path_get_dirname(config->path);
    if (!find_place(config, line, &option, &into, error))
        return FALSE;
    if (!option) {
        warn_unknown(config, line, warnings);
        return TRUE;
    }
    if (before)
        warn(warnings, config->path, line->line,
             "[%s] %s: is already set in line %u: the last one counts", line->group, line->key,
             before);
    g_hash_table_insert(config->lines, g_steal_pointer(&name), GUINT_TO_POINTER(line->line));
    g_autoptr(GError) cause = NULL;
    g_autofree char *value = g_key_file_get_string(file, line->group, line->key, &cause);
    if (!cause && !*g_strchomp(value) && !*option->fallback) {
        leave_empty(config, into, option);
        return TRUE;
    }
    if (!cause && config_value_set(into, option, value, base, &cause))
        return TRUE;
    g_autofree char *place = config_place(config, line->group, line->key);
    refuse_value(place, value, cause, error);
    return FALSE;
}

static gboolean read_options(struct config *config, const char *text, gsize length,
                             GPtrArray *warnings, GError **error)
{
    g_autoptr(GPtrArray) lines = key_lines_scan(config->path, text, length, error);
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) cause = NULL;
    if (!lines)
        return FALSE;
    if (!g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, &cause)) {
        g_autofree char *reason = text_escape(cause->message);
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: %s", config->path, reason);
        return FALSE;
    }
    for (guint i = 0; i < lines->len; i++) {
        const struct key_line *line = lines->pdata[i];
        if (line->key && !read_option(config, file, line, warnings, error))
            return FALSE;
    }
    return TRUE;
}

/* What two options say together. */
static gboolean check_together(const struct config *config, GError **error)
{
    const struct policy_config *policy = &config->engine.policy;
    if (policy->load_min_permille >= policy->load_max_permille) {
        g_autofree char *place = config_place(config, "load", "max");
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "%s: must be greater than min: %.3g is not above %.3g", place,
                    policy->load_max_permille / 1000.0, policy->load_min_permille / 1000.0);
        return FALSE;
    }
    if (policy->stale_after_us <= config->engine.poll_us) {
        g_autofree char *place = config_place(config, "policy", "stale");
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "%s: must be longer than [automatic] poll, or every host is always stale",
                    place);
        return FALSE;
    }
    if (!lease_config_check(config, error))
        return FALSE;
    autoptr(hours) hours = config_hours(config, error);
    return hours != NULL;
}

struct config *config_load(const char *path, GPtrArray *warnings, GError **error)
{
    gsize length;
    g_autofree char *bytes = read_file(path, CONFIG_BYTES_MOST, &length, error);
    if (!bytes)
        return NULL;
    const char *text = bytes;
    if (g_str_has_prefix(text, "\xef\xbb\xbf")) { /* the mark some editors put first */
        text += 3;
        length -= 3;
    }
    struct config *config = new_bare();
    config->path = g_canonicalize_filename(path, NULL);
    gboolean read = read_options(config, text, length, warnings, error);
    follow_poll(config);
    if (!read || !check_together(config, error))
        g_clear_pointer(&config, config_free);
    return config;
}

/* --- What follows from it --------------------------------------------------------------------- */

/* GLib takes any file there for a time zone, and complains to the terminal when it is none. */
static gboolean check_zone_file(const char *zone, GError **error)
{
    const char *own = g_getenv("TZDIR");
    g_autofree char *path = g_canonicalize_filename(zone, own && *own ? own : ZONES_DIRECTORY);
    gsize length = 0;
    g_autofree char *bytes = read_file(path, ZONE_BYTES_MOST, &length, NULL);
    if (!bytes || (length >= 44 && memcmp(bytes, "TZif", 4) == 0))
        return TRUE;
    g_autofree char *shown = text_escape(zone);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                "\"%s\" is no time zone; write one such as Europe/Rome", shown);
    return FALSE;
}

struct hours *config_hours(const struct config *config, GError **error)
{
    const char *zone = config->hours_timezone;
    const char *open = config->hours_open ? config->hours_open : "";
    const struct {
        const char *key;
        const char *open;
        const char *holidays;
    } steps[] = {
        {"timezone", "", NULL}, {"open", open, NULL}, {"holidays", open, config->hours_holidays}};
    /* One thing more each time, so that the key that is wrong can be named. */
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        struct hours *hours = NULL;
        if (!zone || check_zone_file(zone, error))
            hours = hours_new(steps[i].open, steps[i].holidays, zone, error);
        if (!hours) {
            g_autofree char *place = config_place(config, "hours", steps[i].key);
            g_prefix_error(error, "%s: ", place);
            return NULL;
        }
        if (i + 1 == G_N_ELEMENTS(steps))
            return hours;
        hours_free(hours);
    }
    return NULL;
}

gboolean config_set(struct config *config, const char *group, const char *key, const char *value,
                    GError **error)
{
    return config_value_set(config, config_find_option(group, key), value, NULL, error);
}
