/*
 * automatic.c - the mode, the phases of the day, and the cycle in which it is decided afresh.
 *
 * One timer ticks: every cycle, and at each opening, closing and beginning of preparations. The
 * phase is always asked of the hours anew, so that a clock set by hand or a night of another
 * length is met at the next tick.
 */
#include "core/engine/engine_internal.h"
#include "core/engine/follow.h"

#define TICK_LEAST_US (CLOCK_SECOND_US / 1000)

enum aim {
    AIM_REST,
    AIM_DECIDE, /* relief, compaction */
    AIM_NORMALIZE,
};

static enum aim current_aim(const struct engine *engine)
{
    if (engine->mode == ENGINE_ALWAYS)
        return AIM_DECIDE;
    if (engine->mode == ENGINE_MANUAL)
        return AIM_REST;
    if (engine->phase == HOURS_CLOSED)
        return AIM_DECIDE;
    if (engine->phase == HOURS_PREPARING || engine->finishing)
        return AIM_NORMALIZE;
    return AIM_REST;
}

static gint64 wall_until_us(const struct engine *engine, gint64 wall_us)
{
    return wall_us == G_MAXINT64 ? G_MAXINT64 : wall_us - clock_wall_us(engine->clock);
}

gint64 automatic_until_normal_us(const struct engine *engine)
{
    gint64 until_us;

    if (!engine->hours || engine->mode != ENGINE_BY_HOURS || engine->phase != HOURS_CLOSED)
        return G_MAXINT64;
    until_us =
        wall_until_us(engine, hours_next_opening_us(engine->hours, clock_wall_us(engine->clock)));
    return until_us == G_MAXINT64 ? G_MAXINT64
                                  : MAX(until_us - engine->config.normalize_lead_us, 0);
}

/* --- Deciding --- */

static void decide_due(gpointer data);

void automatic_decide_in(struct engine *engine, gint64 delay_us)
{
    gint64 at_us = clock_mono_us(engine->clock) + delay_us;

    if (!engine->started || (engine->decide_timer != 0 && engine->decide_at_us <= at_us))
        return;
    clock_cancel_timer(engine->clock, engine->decide_timer);
    engine->decide_at_us = at_us;
    engine->decide_timer = clock_add_timer(engine->clock, delay_us, decide_due, engine);
}

void automatic_announce(struct engine *engine, const struct plan *plan, const char *who)
{
    if (g_strcmp0(plan->summary, engine->last_summary) == 0)
        return;
    g_free(engine->last_summary);
    engine->last_summary = g_strdup(plan->summary);
    note(engine, "plan", "", who, "", FALSE, "%s", plan->summary ? plan->summary : "");
}

/* So that a host that turns over later is told from one that was when this was decided. */
static void remember_over(struct engine *engine)
{
    gint64 now_us = clock_mono_us(engine->clock);

    for (guint i = 0; i < engine->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(engine->watches, i);
        watch->over = policy_classify(watch->host, &engine->config.policy, now_us) == CLASS_OVER;
    }
}

static void decide(struct engine *engine)
{
    enum aim aim = current_aim(engine);
    autoptr(plan) plan = NULL;
    guint resting;

    if (aim == AIM_REST)
        return;
    if (observe_first(engine, 0))
        return; /* the last answer, or the next tick, comes back here */
    plan = planning_make(engine, aim == AIM_NORMALIZE, FALSE, &resting);
    automatic_announce(engine, plan, AUTOPILOT);
    if (planning_submit(engine, plan, FALSE, AUTOPILOT) > 0) {
        if (plan->kind == PLAN_COMPACT)
            remember_over(engine);
        return;
    }
    if (engine->finishing && resting == 0 && engine->under_way == 0 && !rescue_is_needed(engine)) {
        engine->finishing = FALSE;
        engine_emit(engine, ENGINE_EVENT_MODE, NULL, NULL);
    }
}

static void decide_next(struct engine *engine)
{
    if (engine->plan_left > 0 || engine->held || !engine_may_decide(engine))
        return;
    if (engine->goal.kind != ENGINE_GOAL_NONE)
        goal_decide(engine);
    else
        decide(engine);
}

static void decide_due(gpointer data)
{
    struct engine *engine = data;

    engine->decide_timer = 0;
    decide_next(engine);
}

void automatic_plan_ended(struct engine *engine)
{
    /* When nothing came of it, what failed rests now, and something else may be possible. */
    automatic_decide_in(engine,
                        engine->plan_done > 0 || engine->plan_superseded ? 0 : EAGER_POLL_US);
}

void automatic_seen(struct watch *watch)
{
    struct engine *engine = watch->engine;
    gboolean over;

    if (watch->host->state == HOST_ON)
        watch->rescue_told = FALSE;
    if (engine->plan_left == 0 || engine->plan != PLAN_COMPACT || engine->plan_superseded)
        return;
    over = policy_classify(watch->host, &engine->config.policy, clock_mono_us(engine->clock)) ==
           CLASS_OVER;
    if (over && !watch->over) {
        g_autofree char *why =
            g_strdup_printf("host %s has too much load: that comes first", watch->host->name);
        planning_cancel(engine, why);
    }
    watch->over = over;
}

/* --- The phases --- */

static enum hours_phase phase_now(const struct engine *engine)
{
    if (!engine->hours)
        return HOURS_CLOSED;
    return hours_phase_at(engine->hours, clock_wall_us(engine->clock),
                          engine->config.normalize_lead_us);
}

static void note_phase(struct engine *engine)
{
    static const char *const texts[] = {
        [HOURS_OPEN] = "the lab is open: the autopilot rests",
        [HOURS_CLOSED] = "the lab is closed: the autopilot packs",
        [HOURS_PREPARING] = "the lab opens soon: every host on, every VM home",
    };

    if (engine->mode == ENGINE_BY_HOURS)
        note(engine, "mode", "", AUTOPILOT, "", FALSE, "%s", texts[engine->phase]);
}

static void enter_phase(struct engine *engine, enum hours_phase phase)
{
    gboolean by_hours = engine->mode == ENGINE_BY_HOURS && engine->goal.kind == ENGINE_GOAL_NONE;

    engine->phase = phase;
    engine->finishing = phase == HOURS_OPEN && engine->mode == ENGINE_BY_HOURS;
    if (phase == HOURS_PREPARING)
        rest_forget_setbacks(engine);
    note_phase(engine);
    if (by_hours && (phase == HOURS_CLOSED || engine->plan != PLAN_NORMALIZE))
        planning_cancel(engine,
                        phase == HOURS_CLOSED ? "the lab is closed again" : "the lab opens");
    automatic_decide_in(engine, 0);
    engine_emit(engine, ENGINE_EVENT_MODE, NULL, NULL);
}

static gint64 until_next_phase_us(const struct engine *engine)
{
    gint64 wall_us = clock_wall_us(engine->clock);
    gint64 until_us;

    if (!engine->hours)
        return G_MAXINT64;
    if (engine->phase == HOURS_OPEN)
        return wall_until_us(engine, hours_next_closing_us(engine->hours, wall_us));
    until_us = wall_until_us(engine, hours_next_opening_us(engine->hours, wall_us));
    if (engine->phase == HOURS_CLOSED && until_us != G_MAXINT64)
        until_us -= engine->config.normalize_lead_us;
    return until_us;
}

static void tick(gpointer data)
{
    struct engine *engine = data;
    enum hours_phase phase = phase_now(engine);
    enum aim aim;
    gint64 next_us;

    engine->tick_timer = 0;
    if (phase != engine->phase)
        enter_phase(engine, phase);
    aim = current_aim(engine);
    if (aim != AIM_REST && engine->goal.kind == ENGINE_GOAL_NONE && !engine->held &&
        engine_may_decide(engine))
        rescue_hosts(engine, aim == AIM_NORMALIZE, FALSE);
    decide_next(engine);
    queue_poke(engine);
    next_us = MIN(engine->config.cycle_us, until_next_phase_us(engine));
    engine->tick_timer = clock_add_timer(engine->clock, MAX(next_us, TICK_LEAST_US), tick, engine);
}

void automatic_start(struct engine *engine)
{
    engine->phase = phase_now(engine);
    engine->tick_timer = clock_add_timer(engine->clock, 0, tick, engine);
}

void automatic_look_again(struct engine *engine)
{
    if (!engine->started)
        return;
    clock_cancel_timer(engine->clock, engine->tick_timer);
    engine->tick_timer = clock_add_timer(engine->clock, 0, tick, engine);
}

void automatic_stop(struct engine *engine)
{
    clock_cancel_timer(engine->clock, engine->tick_timer);
    clock_cancel_timer(engine->clock, engine->decide_timer);
    engine->tick_timer = engine->decide_timer = 0;
}

/* --- The mode --- */

void engine_set_mode(struct engine *engine, enum engine_mode mode)
{
    static const char *const texts[] = {
        [ENGINE_MANUAL] = "the autopilot is off: nothing is done but by hand",
        [ENGINE_BY_HOURS] = "the autopilot follows the opening hours",
        [ENGINE_ALWAYS] = "the autopilot packs whatever the hour",
    };

    if (guard_refuses(engine, NULL))
        return;
    if (engine->follow) {
        follow_order(engine, &(const struct order){.kind = ORDER_MODE, .value = (gint)mode});
        return;
    }
    engine->stepped_from = ENGINE_MANUAL;
    engine->stepped_goal = ENGINE_GOAL_NONE;
    if (engine->mode == mode)
        return;
    engine->mode = mode;
    engine->phase = phase_now(engine);
    engine->finishing = FALSE;
    note(engine, "mode", "", engine->who, "", FALSE, "%s", texts[mode]);
    if (engine->goal.kind == ENGINE_GOAL_NONE)
        planning_cancel(engine, "the mode was changed");
    automatic_decide_in(engine, 0);
    engine_emit(engine, ENGINE_EVENT_MODE, NULL, NULL);
}

void engine_set_policy(struct engine *engine, enum policy_kind kind)
{
    if (guard_refuses(engine, NULL))
        return;
    if (engine->follow) {
        follow_order(engine, &(const struct order){.kind = ORDER_POLICY, .value = (gint)kind});
        return;
    }
    if (engine->config.policy.kind == kind)
        return;
    engine->config.policy.kind = kind;
    engine->goal_policy.kind = kind;
    note(engine, "mode", "", engine->who, "", FALSE, "policy %s", policy_kind_name(kind));
    if (engine->plan == PLAN_COMPACT)
        planning_cancel(engine, "the policy was changed");
    automatic_decide_in(engine, 0);
    engine_emit(engine, ENGINE_EVENT_MODE, NULL, NULL);
}

enum engine_mode engine_mode(const struct engine *engine)
{
    return engine->mode;
}

enum hours_phase engine_phase(const struct engine *engine)
{
    return engine->phase;
}

static const char *const mode_names[] = {
    [ENGINE_MANUAL] = "manual",
    [ENGINE_BY_HOURS] = "hours",
    [ENGINE_ALWAYS] = "always",
};

const char *engine_mode_name(enum engine_mode mode)
{
    return mode_names[mode];
}

gboolean engine_mode_parse(const char *name, enum engine_mode *mode)
{
    for (guint i = 0; i < G_N_ELEMENTS(mode_names); i++) {
        if (g_str_equal(name, mode_names[i])) {
            *mode = (enum engine_mode)i;
            return TRUE;
        }
    }
    return FALSE;
}
