/* order.c - what one engine asks of another, and carrying it out. */
#include "core/engine/follow.h"

#include "core/base/error.h"
#include "core/engine/engine_internal.h"
#include "core/policy/plan_use.h"

static const char *const kind_names[] = {
    [ORDER_MIGRATE] = "migrate",
    [ORDER_WAKE] = "wake",
    [ORDER_OFF] = "off",
    [ORDER_START] = "start",
    [ORDER_STOP] = "stop",
    [ORDER_CONTROL] = "control",
    [ORDER_DRAIN] = "drain",
    [ORDER_MAINTENANCE] = "maintenance",
    [ORDER_CANCEL] = "cancel",
    [ORDER_CANCEL_ALL] = "cancel-all",
    [ORDER_POSTCOPY] = "post-copy",
    [ORDER_MODE] = "mode",
    [ORDER_POLICY] = "policy",
    [ORDER_GOAL] = "goal",
    [ORDER_REFRESH] = "refresh",
    [ORDER_EDIT] = "edit",
    [ORDER_ADD_HOST] = "add-host",
    [ORDER_REMOVE_HOST] = "remove-host",
    [ORDER_DEFINE] = "define",
    [ORDER_FORGET] = "forget",
    [ORDER_RETRY] = "retry",
    [ORDER_MOVE_JOB] = "move-job",
    [ORDER_PLAN] = "plan",
};

const char *order_kind_name(enum order_kind kind)
{
    return kind_names[kind];
}

gboolean order_kind_parse(const char *name, enum order_kind *kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(kind_names); i++) {
        if (g_str_equal(kind_names[i], name)) {
            *kind = (enum order_kind)i;
            return TRUE;
        }
    }
    return FALSE;
}

void order_free(struct order *order)
{
    if (!order)
        return;
    g_free(order->who);
    g_free(order->vm);
    g_free(order->host);
    g_free(order->key);
    g_free(order->text);
    g_free(order);
}

struct order *order_copy(const struct order *order)
{
    struct order *copy = g_memdup2(order, sizeof *order);

    copy->who = g_strdup(order->who);
    copy->vm = g_strdup(order->vm);
    copy->host = g_strdup(order->host);
    copy->key = g_strdup(order->key);
    copy->text = g_strdup(order->text);
    return copy;
}

/* --- Carrying out ------------------------------------------------------------------------------
 * Orders come from other processes: nothing in them is taken for granted.
 */

static gboolean refuse(GError **error, const char *why)
{
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s", why);
    return FALSE;
}

/* Values are those of enums, which only have so many. */
static gboolean check_value(const struct order *order, gint most, GError **error)
{
    if (order->value >= 0 && order->value <= most)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "order %s: %d is no value of that kind",
                order_kind_name(order->kind), order->value);
    return FALSE;
}

static gboolean check_options(const struct migrate_options *options, GError **error)
{
    if (options->mode >= -1 && options->mode <= (gint)MIGRATE_STOPANDCOPY &&
        options->on_timeout >= -1 && options->on_timeout <= (gint)MIGRATE_LATE_PAUSE &&
        options->timeout_us >= -1 && options->bandwidth_mib_per_s >= -1)
        return TRUE;
    return refuse(error, "order migrate: its options make no sense here");
}

static guint start_job(struct engine *engine, const struct order *order, GError **error)
{
    switch (order->kind) {
    case ORDER_MIGRATE:
        if (!check_options(&order->options, error))
            return 0;
        return engine_migrate_as(engine, order->vm, order->host, order->force, &order->options,
                                 error);
    case ORDER_WAKE:
        return engine_wake(engine, order->host, error);
    case ORDER_OFF:
        return engine_power_off(engine, order->host, order->force, error);
    case ORDER_START:
        return engine_start_vm(engine, order->vm, order->host, order->force, error);
    case ORDER_CONTROL:
        return check_value(order, CONTROL_AUTOSTART_OFF, error)
                   ? engine_control_vm(engine, order->vm, (enum control_action)order->value,
                                       order->force, error)
                   : 0;
    case ORDER_DEFINE:
        return engine_define_vm(engine, order->host, order->text, order->on, error);
    case ORDER_FORGET:
        return engine_forget_vm(engine, order->vm, order->host, order->force, error);
    case ORDER_RETRY:
        return engine_retry_job(engine, order->job, order->force, error);
    default:
        return engine_stop_vm(engine, order->vm, order->force, error);
    }
}

static gboolean set_maintenance(struct engine *engine, const struct order *order, GError **error)
{
    if (!watch_find(engine, order->host)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "no host \"%s\" in the cluster",
                    order->host ? order->host : "");
        return FALSE;
    }
    engine_set_maintenance(engine, order->host, order->on);
    return TRUE;
}

/* What is about the engine as a whole. */
static gboolean steer(struct engine *engine, const struct order *order, GError **error)
{
    switch (order->kind) {
    case ORDER_MODE:
        if (!check_value(order, ENGINE_ALWAYS, error))
            return FALSE;
        engine_set_mode(engine, (enum engine_mode)order->value);
        return TRUE;
    case ORDER_POLICY:
        if (!check_value(order, POLICY_PACK, error))
            return FALSE;
        engine_set_policy(engine, (enum policy_kind)order->value);
        return TRUE;
    case ORDER_GOAL:
        if (!check_value(order, ENGINE_GOAL_NORMALIZE, error))
            return FALSE;
        engine_set_goal(engine, (enum engine_goal)order->value);
        return TRUE;
    case ORDER_CANCEL_ALL:
        engine_cancel_all(engine, order->on);
        return TRUE;
    default:
        engine_refresh_all(engine);
        return TRUE;
    }
}

static gboolean edit(struct engine *engine, const struct order *order, GError **error)
{
    const char *object = order->vm ? order->vm : order->host;

    if (!object || !order->key)
        return refuse(error, "order edit: it does not say of what");
    return engine_edit(engine, object, order->key, order->text, error);
}

static gboolean follow_plan(struct engine *engine, const struct order *order, GError **error)
{
    autoptr(plan) plan = NULL;

    if (!check_value(order, PLAN_DRAIN, error))
        return FALSE;
    plan = plan_parse_steps(order->text, error);
    if (!plan)
        return FALSE;
    plan->kind = (enum plan_kind)order->value;
    return engine_follow_plan(engine, plan, NULL, error) != 0;
}

static gboolean carry_out(struct engine *engine, const struct order *order, guint *job,
                          GError **error)
{
    switch (order->kind) {
    case ORDER_MIGRATE:
    case ORDER_WAKE:
    case ORDER_OFF:
    case ORDER_START:
    case ORDER_STOP:
    case ORDER_CONTROL:
    case ORDER_DEFINE:
    case ORDER_FORGET:
    case ORDER_RETRY:
        *job = start_job(engine, order, error);
        return *job != 0;
    case ORDER_DRAIN:
        return engine_drain(engine, order->host, error);
    case ORDER_PLAN:
        return follow_plan(engine, order, error);
    case ORDER_MAINTENANCE:
        return set_maintenance(engine, order, error);
    case ORDER_CANCEL:
        return engine_cancel_job(engine, order->job, error);
    case ORDER_POSTCOPY:
        return engine_switch_postcopy(engine, order->job, error);
    case ORDER_MOVE_JOB:
        return engine_move_job(engine, order->job, order->value, error);
    case ORDER_ADD_HOST:
        return engine_add_host(engine, order->host, order->text, error);
    case ORDER_REMOVE_HOST:
        return engine_remove_host(engine, order->host, error);
    case ORDER_CANCEL_ALL:
    case ORDER_MODE:
    case ORDER_POLICY:
    case ORDER_GOAL:
    case ORDER_REFRESH:
        return steer(engine, order, error);
    case ORDER_EDIT:
        return edit(engine, order, error);
    }
    return refuse(error, "this manager does not know that order: it is of another version");
}

gboolean order_carry_out(struct engine *engine, const struct order *order, guint *job,
                         GError **error)
{
    char *own = engine->who;
    gboolean done;

    *job = 0;
    if (guard_refuses(engine, error))
        return FALSE;
    if (engine->follow)
        return refuse(error, "it is not the manager any more");
    engine->who = order->who && *order->who ? order->who : own;
    done = carry_out(engine, order, job, error);
    engine->who = own;
    return done;
}
