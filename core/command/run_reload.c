#include "core/command/run_reload.h"

#include "core/base/error.h"
#include "core/command/run_log.h"

struct reload {
    struct session *session;
    const struct output *output;
    GPtrArray *configs; /* replaced, and perhaps still looked at */
    GPtrArray *hours;
};

/* Those that were used to open what stays open. */
static const char *const fixed_groups[] = {"cluster", "ssh", "libvirt", "manager", NULL};

struct reload *reload_new(struct session *session, const struct output *output)
{
    struct reload *reload = g_new0(struct reload, 1);
    reload->session = session;
    reload->output = output;
    reload->configs = g_ptr_array_new_with_free_func((GDestroyNotify)config_free);
    reload->hours = g_ptr_array_new_with_free_func((GDestroyNotify)hours_free);
    return reload;
}

void reload_free(struct reload *reload)
{
    if (!reload)
        return;
    g_ptr_array_unref(reload->configs);
    g_ptr_array_unref(reload->hours);
    g_free(reload);
}

static gboolean is_same(const struct config_option *option, const struct config *a,
                        const struct config *b)
{
    const void *one = G_STRUCT_MEMBER_P(a, option->offset);
    const void *other = G_STRUCT_MEMBER_P(b, option->offset);
    switch (option->type) {
    case CONFIG_STRING:
    case CONFIG_PATH:
    case CONFIG_COMMAND:
        return g_strcmp0(*(char *const *)one, *(char *const *)other) == 0;
    case CONFIG_DURATION:
        return *(const gint64 *)one == *(const gint64 *)other;
    case CONFIG_INTEGER:
        return *(const guint *)one == *(const guint *)other;
    default:
        return TRUE; /* none of the fixed groups has others */
    }
}

static void tell_fixed(const struct reload *reload, const struct config *old,
                       const struct config *new)
{
    for (guint i = 0; i < config_n_options; i++) {
        const struct config_option *option = &config_options[i];
        if (g_strv_contains(fixed_groups, option->group) && !is_same(option, old, new))
            run_log(reload->output, RUN_LOG_WARNING,
                    "[%s] %s has changed: that takes effect at the next start", option->group,
                    option->key);
    }
}

static struct config *read_again(const struct reload *reload, GError **error)
{
    const struct config *old = reload->session->config;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    if (!old->path) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "there is no configuration file");
        return NULL;
    }
    struct config *config = config_load(old->path, warnings, error);
    for (guint i = 0; i < warnings->len; i++)
        run_log(reload->output, RUN_LOG_WARNING, "%s", (const char *)warnings->pdata[i]);
    return config;
}

static void put_in_force(struct reload *reload, struct config *config, struct hours *hours)
{
    struct session *session = reload->session;
    struct config *old = session->config;
    tell_fixed(reload, old, config);
    g_ptr_array_add(reload->hours, session->hours);
    g_ptr_array_add(reload->configs, old);
    session->config = config;
    session->hours = hours;
    if (!session->engine)
        return;
    engine_configure(session->engine, &config->engine, hours);
    /* What an operator has set since stays, unless the file says otherwise than it did. */
    if (config->mode != old->mode)
        engine_set_mode(session->engine, config->mode);
    engine_note(session->engine, "mode", "done", FALSE, "the configuration was read again");
}

gboolean reload_configuration(struct reload *reload)
{
    g_autoptr(GError) error = NULL;
    struct config *config = read_again(reload, &error);
    struct hours *hours = config ? config_hours(config, &error) : NULL;
    if (!hours) {
        run_log(reload->output, RUN_LOG_ERROR, "%s; the old configuration stays in force",
                error->message);
        config_free(config);
        return FALSE;
    }
    put_in_force(reload, config, hours);
    if (!reload->session->engine)
        run_log(reload->output, RUN_LOG_NOTICE, "the configuration was read again");
    return TRUE;
}
