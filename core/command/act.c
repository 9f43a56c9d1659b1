/*
 * act.c - the verbs that do one thing: migrate, start, stop, wake, off. Each is a job of the
 * engine; chore.c tells of it and waits for it.
 */
#include "core/command/verb.h"

#include "core/base/error.h"
#include "core/command/chore.h"
#include "core/command/command_line.h"
#include "core/command/session.h"
#include "core/policy/check.h"

static gboolean refuse(const struct command *command, enum check_reason reason, const struct vm *vm,
                       const struct host *host, GError **error)
{
    g_autofree char *why =
        check_explain(reason, vm, host, &command->session->config->engine.policy);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s%s", why,
                check_can_force(reason) ? " (--force goes past this)" : "");
    return FALSE;
}

static gboolean is_forced(const struct command *command)
{
    return (command->line->given & OPTION_FORCE) != 0 || command->verb->run == force_off_run;
}

static gboolean is_refused(const struct command *command, enum check_reason reason)
{
    gboolean force = is_forced(command);
    return reason != CHECK_OK && !(force && check_can_force(reason));
}

/* --- migrate ---------------------------------------------------------------------------------- */

/* As the configuration would have it: the same words, ranges and refusals. */
static gboolean read_option(struct config *as, const char *name, const char *key, const char *value,
                            GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (!value || config_set(as, "migration", key, value, &cause))
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE, "--%s %s: %s", name, value, cause->message);
    return FALSE;
}

static gboolean read_options(const struct command_line *line, struct migrate_options *options,
                             GError **error)
{
    autoptr(config) as = config_new();
    if (!read_option(as, "mode", "mode", line->mode, error) ||
        !read_option(as, "bandwidth", "bandwidth_mib", line->bandwidth, error) ||
        !read_option(as, "timeout", "timeout", line->timeout, error) ||
        !read_option(as, "on-timeout", "on_timeout", line->on_timeout, error))
        return FALSE;
    *options = (struct migrate_options)MIGRATE_OPTIONS_INIT;
    if (line->mode)
        options->mode = (gint)as->engine.migration_mode;
    if (line->bandwidth)
        options->bandwidth_mib_per_s = (gint64)as->engine.bandwidth_mib_per_s;
    if (line->timeout)
        options->timeout_us = as->engine.migration_timeout_us;
    if (line->on_timeout)
        options->on_timeout = (gint)as->engine.on_timeout;
    return TRUE;
}

gboolean migrate_run(const struct command *command, GError **error)
{
    struct session *session = command->session;
    const char *name = command->line->arguments[0];
    char **to = command->line->arguments + 1;
    struct migrate_options options;
    struct chore chore;
    if (!read_options(command->line, &options, error) || !chore_find_host(command, *to, error) ||
        !chore_wait_for(command, name, to, error))
        return FALSE;
    const struct vm *vm = chore_find_vm(command, name, error);
    const struct host *host = vm ? chore_find_host(command, *to, error) : NULL;
    if (!host)
        return FALSE;
    if (command->line->given & OPTION_DRY_RUN) {
        enum check_reason reason = engine_check_migrate(session->engine, vm, host);
        if (is_refused(command, reason))
            return refuse(command, reason, vm, host, error);
        output_line(command->output, "would move vm %s from %s to %s", vm->name, vm->host->name,
                    host->name);
        return TRUE;
    }
    chore_init(&chore, command, 1);
    guint id = engine_migrate_as(session->engine, name, host->name,
                                 (command->line->given & OPTION_FORCE) != 0, &options, error);
    gboolean done = id != 0;
    if (done) {
        chore_add(&chore, id, NULL);
        done = chore_finish(&chore, error);
    }
    chore_clear(&chore);
    return done;
}

/* --- start and stop --------------------------------------------------------------------------- */

gboolean start_run(const struct command *command, GError **error)
{
    struct engine *engine = command->session->engine;
    char **names = command->line->arguments;
    const struct host *host = NULL;
    if (!session_wait_seen(command->session, error))
        return FALSE;
    const struct vm *vm = chore_find_vm(command, names[0], error);
    if (!vm || (names[1] && !(host = chore_find_host(command, names[1], error))))
        return FALSE;
    if (!host)
        host = vm->host;
    if (command->line->given & OPTION_DRY_RUN) {
        enum check_reason reason = engine_check_start(engine, vm, host);
        if (is_refused(command, reason))
            return refuse(command, reason, vm, host, error);
        output_line(command->output, "would start vm %s on %s", vm->name, host->name);
        return TRUE;
    }
    guint id = engine_start_vm(engine, vm->name, host->name,
                               (command->line->given & OPTION_FORCE) != 0, error);
    return id != 0 && chore_finish_one(command, id, error);
}

gboolean stop_run(const struct command *command, GError **error)
{
    const char *name = command->line->arguments[0];
    char *no_hosts[] = {NULL};
    gboolean force = is_forced(command);
    if (!chore_wait_for(command, name, no_hosts, error))
        return FALSE;
    const struct vm *vm = chore_find_vm(command, name, error);
    if (!vm)
        return FALSE;
    if (command->line->given & OPTION_DRY_RUN) {
        enum check_reason reason = check_stop(vm);
        if (is_refused(command, reason))
            return refuse(command, reason, vm, vm->host, error);
        output_line(command->output, "would %s vm %s on %s", force ? "force off" : "stop", vm->name,
                    vm->host->name);
        return TRUE;
    }
    guint id = engine_stop_vm(command->session->engine, vm->name, force, error);
    return id != 0 && chore_finish_one(command, id, error);
}

gboolean force_off_run(const struct command *command, GError **error)
{
    return stop_run(command, error);
}

/* --- wake and off ----------------------------------------------------------------------------- */

struct power {
    const char *word;
    guint (*queue)(struct engine *engine, const char *host, gboolean force, GError **error);
    enum check_reason (*check)(const struct command *command, const struct host *host);
};

static guint queue_wake(struct engine *engine, const char *host, G_GNUC_UNUSED gboolean force,
                        GError **error)
{
    return engine_wake(engine, host, error);
}

static enum check_reason may_wake(G_GNUC_UNUSED const struct command *command,
                                  const struct host *host)
{
    return check_wake(host);
}

static enum check_reason may_switch_off(const struct command *command, const struct host *host)
{
    return check_power_off(host, &command->session->config->engine.policy,
                           clock_mono_us(command->session->clock), FALSE);
}

static gboolean try_one(const struct command *command, const struct power *power,
                        const struct host *host, GError **error)
{
    enum check_reason reason = power->check(command, host);
    if (is_refused(command, reason))
        return refuse(command, reason, NULL, host, error);
    output_line(command->output, "would %s %s", power->word, host->name);
    return TRUE;
}

static gboolean power_run(const struct command *command, const struct power *power, GError **error)
{
    char **names = command->line->arguments;
    struct chore chore;
    for (char **name = names; *name; name++) {
        if (!chore_find_host(command, *name, error))
            return FALSE;
    }
    if (!chore_wait_for(command, NULL, names, error))
        return FALSE;
    chore_init(&chore, command, g_strv_length(names));
    for (char **name = names; *name; name++) {
        g_autoptr(GError) refusal = NULL;
        const struct host *host = chore_find_host(command, *name, NULL);
        gboolean dry = command->line->given & OPTION_DRY_RUN;
        guint id = 0;
        if (dry && try_one(command, power, host, &refusal))
            continue;
        if (!dry)
            id = power->queue(command->session->engine, host->name,
                              (command->line->given & OPTION_FORCE) != 0, &refusal);
        chore_add(&chore, id, refusal);
    }
    gboolean done = chore_finish(&chore, error);
    chore_clear(&chore);
    return done;
}

gboolean wake_run(const struct command *command, GError **error)
{
    static const struct power wake = {"wake", queue_wake, may_wake};
    return power_run(command, &wake, error);
}

gboolean off_run(const struct command *command, GError **error)
{
    static const struct power off = {"switch off", engine_power_off, may_switch_off};
    return power_run(command, &off, error);
}
