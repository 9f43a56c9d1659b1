#include "core/store/config_host.h"

#include <string.h>

#include "core/base/error.h"
#include "core/store/config_value.h"

#define WORD "host"

gboolean config_host_is_group(const char *group)
{
    return g_str_has_prefix(group, WORD) &&
           (group[strlen(WORD)] == '\0' || g_ascii_isspace(group[strlen(WORD)]));
}

static char **split_names(const char *group)
{
    g_auto(GStrv) words = g_strsplit_set(group + strlen(WORD), " \t", -1);
    GPtrArray *names = g_ptr_array_new();
    for (char **word = words; *word; word++) {
        if (**word)
            g_ptr_array_add(names, g_strdup(*word));
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

struct config_host_group *config_host_add_group(struct config *config, const char *group,
                                                GError **error)
{
    g_auto(GStrv) names = NULL;
    for (guint i = 0; i < config->hosts->len; i++) {
        struct config_host_group *known = config->hosts->pdata[i];
        if (strcmp(known->group, group) == 0)
            return known;
    }
    names = split_names(group);
    if (!names[0]) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "[%s]: which host? It is written [host NAME], by name or numeric address",
                    group);
        return NULL;
    }
    struct config_host_group *added = g_new0(struct config_host_group, 1);
    added->group = g_strdup(group);
    added->names = g_steal_pointer(&names);
    g_ptr_array_add(config->hosts, added);
    return added;
}

void config_host_group_free(struct config_host_group *group)
{
    for (guint i = 0; i < config_n_host_options; i++)
        config_value_clear(&group->values, &config_host_options[i]);
    g_strfreev(group->names);
    g_free(group->group);
    g_free(group);
}

const struct config_option *config_host_find_option(const char *key)
{
    for (guint i = 0; i < config_n_host_options; i++) {
        if (strcmp(config_host_options[i].key, key) == 0)
            return &config_host_options[i];
    }
    return NULL;
}

static gboolean is_pattern(const char *word)
{
    return strpbrk(word, "*?") != NULL;
}

static gboolean names_host(const struct config_host_group *group, gboolean by_pattern,
                           const char *name, const char *address)
{
    for (char **word = group->names; *word; word++) {
        if (is_pattern(*word) != by_pattern)
            continue;
        if (by_pattern ? (name && g_pattern_match_simple(*word, name)) ||
                             g_pattern_match_simple(*word, address)
                       : g_strcmp0(*word, name) == 0 || strcmp(*word, address) == 0)
            return TRUE;
    }
    return FALSE;
}

/* NULL when no group says anything of it. */
static char *find_in_groups(const struct config *config, const struct config_option *option,
                            const char *name, const char *address)
{
    for (guint pass = 0; pass < 2; pass++) {
        for (guint i = 0; i < config->hosts->len; i++) {
            const struct config_host_group *group = config->hosts->pdata[i];
            char *value = G_STRUCT_MEMBER(char *, &group->values, option->offset);
            if (value && names_host(group, pass == 1, name, address))
                return value;
        }
    }
    return NULL;
}

/* What holds for all hosts; NULL when it is unset, or there is no such key. */
static char *find_for_all(const struct config *config, const char *key)
{
    const struct config_option *option = config_find_option("power", key);
    if (!option)
        option = config_find_option("libvirt", key);
    return option ? G_STRUCT_MEMBER(char *, config, option->offset) : NULL;
}

void config_host_find(const struct config *config, const char *name, const char *address,
                      struct config_host *into)
{
    for (guint i = 0; i < config_n_host_options; i++) {
        const struct config_option *option = &config_host_options[i];
        char *value = find_in_groups(config, option, name, address);
        if (!value)
            value = find_for_all(config, option->key);
        G_STRUCT_MEMBER(char *, into, option->offset) = value && *value ? value : NULL;
    }
}
