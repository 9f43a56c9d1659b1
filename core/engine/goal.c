/*
 * goal.c - compact or normalize until nothing is left to do.
 *
 * A goal ends, whatever happens: what could not be done is given up after so many tries, and what
 * is only being waited for is waited for so long.
 */
#include "core/engine/engine_internal.h"
#include "core/engine/follow.h"

/* Moves of one VM in one goal, on average, after which the policy must be going in circles. */
#define MOVES_EACH_MOST 16

/* Reasons shown in the summary; the journal has all. */
#define REASONS_SHOWN 3

void goal_configure(struct engine *engine)
{
    struct policy_config *policy = &engine->goal_policy;

    *policy = engine->config.policy;
    policy->vm_rest_us = 0;
    policy->host_grace_us = 0;
    policy->off_worth_us = 0;
}

void goal_init(struct engine *engine)
{
    goal_configure(engine);
    engine->goal.strikes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    engine->goal.reasons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void goal_clear(struct engine *engine)
{
    g_hash_table_unref(engine->goal.strikes);
    g_hash_table_unref(engine->goal.reasons);
    g_free(engine->goal.summary);
}

static const char *goal_name(enum engine_goal goal)
{
    return goal == ENGINE_GOAL_NORMALIZE ? "normalize" : "compact";
}

static guint tries_most(const struct engine *engine)
{
    return MAX(engine->config.migration_tries, 1);
}

gboolean goal_gave_up(const struct engine *engine, const char *kind, const char *name)
{
    g_autofree char *key = NULL;

    if (g_hash_table_size(engine->goal.strikes) == 0)
        return FALSE;
    key = g_strdup_printf("%s %s", kind, name);
    return GPOINTER_TO_UINT(g_hash_table_lookup(engine->goal.strikes, key)) >= tries_most(engine);
}

void goal_add_rests(const struct engine *engine, struct rests *rests)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, engine->goal.strikes);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const char *name = g_str_has_prefix(key, "vm ") ? (const char *)key + 3 : NULL;
        const struct vm *vm = name ? cluster_find_vm(engine->cluster, name) : NULL;
        if (vm && goal_gave_up(engine, "vm", name))
            rests_add_vm(rests, vm, g_strdup("it was tried and did not work"));
    }
}

static void count_done(struct goal_state *goal, enum job_kind kind)
{
    goal->moved += kind == JOB_MIGRATE ? 1 : 0;
    goal->woken += kind == JOB_WAKE ? 1 : 0;
    goal->switched_off += kind == JOB_OFF ? 1 : 0;
}

void goal_note_end(struct task *task, enum task_end end)
{
    struct engine *engine = task->engine;
    struct goal_state *goal = &engine->goal;
    g_autofree char *key = task->job.vm ? g_strdup_printf("vm %s", task->job.vm)
                                        : g_strdup_printf("host %s", task->job.from);
    guint strikes = GPOINTER_TO_UINT(g_hash_table_lookup(goal->strikes, key));

    if (end == TASK_END_SUPERSEDED)
        return;
    if (end == TASK_END_DONE) {
        count_done(goal, task->job.kind);
        g_hash_table_remove(goal->strikes, key);
        g_hash_table_remove(goal->reasons, key);
        return;
    }
    /* A check that said no may say yes when more is done; what was tried out was tried enough. */
    strikes += end == TASK_END_REFUSED ? 1 : tries_most(engine);
    g_hash_table_insert(goal->strikes, g_strdup(key), GUINT_TO_POINTER(strikes));
    g_hash_table_insert(goal->reasons, g_steal_pointer(&key), g_strdup(task->job.result));
}

/* What the last plan refused counts as not done where everything was to be done. */
static void add_refusals(struct goal_state *goal, const struct plan *plan)
{
    for (guint i = 0; i < plan->refusals->len; i++) {
        const struct plan_refusal *refusal = &g_array_index(plan->refusals, struct plan_refusal, i);
        if (!g_hash_table_contains(goal->reasons, refusal->subject))
            g_hash_table_insert(goal->reasons, g_strdup(refusal->subject), g_strdup(refusal->why));
    }
}

static void append_reasons(GString *text, const struct goal_state *goal)
{
    g_autoptr(GList) subjects = g_hash_table_get_keys(goal->reasons);
    guint shown = 0;

    subjects = g_list_sort(subjects, (GCompareFunc)g_strcmp0);
    g_string_append_printf(text, "; not done: %u", goal->failures);
    for (GList *link = subjects; link && shown < REASONS_SHOWN; link = link->next) {
        const char *why = g_hash_table_lookup(goal->reasons, link->data);
        g_string_append_printf(text, "%s%s: %s", shown == 0 ? " (" : "; ", (char *)link->data,
                               why ? why : "");
        shown++;
    }
    g_string_append(text, goal->failures > shown ? "; ...)" : ")");
}

static guint count_on(const struct engine *engine)
{
    guint on = 0;

    for (guint i = 0; i < engine->cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(engine->cluster->hosts, i);
        on += host->state == HOST_ON ? 1 : 0;
    }
    return on;
}

static void goal_end(struct engine *engine, const char *how)
{
    struct goal_state *goal = &engine->goal;
    GString *text = g_string_new(NULL);

    goal->failures = g_hash_table_size(goal->reasons);
    g_string_append_printf(text, "%s: %s; VMs moved: %u, hosts woken: %u, switched off: %u; ",
                           goal_name(goal->kind), how, goal->moved, goal->woken,
                           goal->switched_off);
    g_string_append_printf(text, "on: %u of %u hosts", count_on(engine),
                           engine->cluster->hosts->len);
    if (goal->failures > 0)
        append_reasons(text, goal);
    g_free(goal->summary);
    goal->summary = g_string_free(text, FALSE);
    goal->kind = ENGINE_GOAL_NONE;
    note(engine, "mode", "", engine->who, goal->failures > 0 ? "failed" : "done", FALSE, "%s",
         goal->summary);
    engine_emit(engine, ENGINE_EVENT_MODE, NULL, NULL);
    automatic_decide_in(engine, 0);
}

/* --- What is still to be waited for --- */

static gboolean vm_is_unsettled(const struct vm *vm)
{
    return vm->state != VM_LOST && (vm->also_on || vm->missing_since_us != 0);
}

static gint64 patience_for(const struct watch *watch)
{
    const struct engine_config *config = &watch->engine->config;
    const struct host *host = watch->host;
    gboolean normalize = watch->engine->goal.kind == ENGINE_GOAL_NORMALIZE;

    if (watch_is_settling(watch))
        return G_MAXINT64; /* that ends by itself */
    if (host->state == HOST_WAKING)
        return config->boot_timeout_us;
    if (host->state == HOST_STOPPING)
        return config->off_timeout_us;
    if (watch->answered == 0)
        return FIRST_LOOK_US;
    if (normalize && host->state == HOST_UNREACHABLE)
        return FIRST_LOOK_US + EAGER_POLL_US; /* it is woken when it stays so */
    if (host->state == HOST_ON &&
        host_is_stale(host, clock_mono_us(watch->engine->clock), config->policy.stale_after_us))
        return FIRST_LOOK_US;
    for (guint i = 0; i < host->vms->len; i++) {
        if (vm_is_unsettled(g_ptr_array_index(host->vms, i)))
            return config->patience_us + FIRST_LOOK_US;
    }
    return 0;
}

/* Facts under way may bring new work: a host comes on, a VM is found. */
static gboolean must_wait(struct engine *engine)
{
    gint64 now_us = clock_mono_us(engine->clock);

    if (engine->under_way > 0)
        return TRUE;
    if (engine->goal.quiet_since_us == 0)
        engine->goal.quiet_since_us = now_us;
    for (guint i = 0; i < engine->watches->len; i++) {
        if (now_us - engine->goal.quiet_since_us <
            patience_for(g_ptr_array_index(engine->watches, i)))
            return TRUE;
    }
    return FALSE;
}

void goal_decide(struct engine *engine)
{
    struct goal_state *goal = &engine->goal;
    guint moves_most = MOVES_EACH_MOST * (cluster_count_vms(engine->cluster) + 1);
    autoptr(plan) plan = NULL;

    if (observe_first(engine, goal->since_us)) {
        automatic_decide_in(engine, EAGER_POLL_US);
        return;
    }
    if (goal->moved > moves_most) {
        goal_end(engine, "given up, the same VMs are moved again and again");
        return;
    }
    plan = planning_make(engine, goal->kind == ENGINE_GOAL_NORMALIZE, TRUE, NULL);
    automatic_announce(engine, plan, engine->who);
    if (planning_submit(engine, plan, TRUE, engine->who) +
            (goal->kind == ENGINE_GOAL_NORMALIZE ? rescue_hosts(engine, TRUE, TRUE) : 0) >
        0) {
        goal->quiet_since_us = 0;
        return;
    }
    if (must_wait(engine)) {
        automatic_decide_in(engine, EAGER_POLL_US);
        return;
    }
    if (goal->kind == ENGINE_GOAL_NORMALIZE)
        add_refusals(goal, plan);
    goal_end(engine, "nothing is left to do");
}

void engine_set_goal(struct engine *engine, enum engine_goal goal)
{
    struct goal_state *state = &engine->goal;

    if (guard_refuses(engine, NULL))
        return;
    if (engine->follow) {
        follow_order(engine, &(const struct order){.kind = ORDER_GOAL, .value = (gint)goal});
        return;
    }
    engine->stepped_goal = ENGINE_GOAL_NONE;
    if (state->kind == goal)
        return;
    planning_cancel(engine,
                    goal == ENGINE_GOAL_NONE ? "the goal was given up" : "another goal was set");
    if (state->kind != ENGINE_GOAL_NONE)
        goal_end(engine, "given up");
    if (goal == ENGINE_GOAL_NONE)
        return;
    state->kind = goal;
    state->since_us = clock_mono_us(engine->clock);
    state->quiet_since_us = 0;
    state->moved = state->woken = state->switched_off = state->failures = 0;
    g_hash_table_remove_all(state->strikes);
    g_hash_table_remove_all(state->reasons);
    g_clear_pointer(&state->summary, g_free);
    note(engine, "mode", "", engine->who, "", FALSE, "%s until nothing is left to do",
         goal_name(goal));
    engine_emit(engine, ENGINE_EVENT_MODE, NULL, NULL);
    automatic_decide_in(engine, 0);
}

enum engine_goal engine_goal(const struct engine *engine)
{
    return engine->goal.kind;
}

const char *engine_goal_summary(const struct engine *engine)
{
    return engine->goal.summary;
}

guint engine_goal_failures(const struct engine *engine)
{
    return engine->goal.failures;
}
