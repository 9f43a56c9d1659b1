#include "core/manager/standing.h"

#include <string.h>

#include "core/base/text.h"
#include "core/engine/follow.h"
#include "core/manager/follower.h"
#include "core/manager/leader.h"
#include "core/store/lease_identity.h"

/* What the driver's guard, on whichever thread, goes by. */
enum leave {
    LEAVE_NONE,
    LEAVE_ALONE,
    LEAVE_LEASE, /* while the lease is valid */
};

struct standing {
    struct engine *engine;
    struct driver *driver;
    struct lease *lease;
    char *dir;
    char *socket;
    char *group;
    char *boot_id; /* of this machine */
    standing_func changed;
    gpointer data;
    enum standing_kind kind;
    struct leader *leader;
    struct follower *follower;
    guint listener;
    guint idle;
    gint leave;        /* enum leave; atomic */
    gboolean asked_to; /* be the manager, by the operator */
    gboolean in_way;
    gboolean told_trouble;
    guint64 noted_fence; /* of the manager that the journal names last; 0 = of none */
    guint64 fence;       /* whose beginning since_wall_us is */
    gint64 since_wall_us;
};

static void settle_soon(struct standing *standing);

/* --- The guards ------------------------------------------------------------------------------- */

static gboolean guard_driver(gpointer data)
{
    struct standing *standing = data;
    gint leave = g_atomic_int_get(&standing->leave);
    return leave == LEAVE_ALONE || (leave == LEAVE_LEASE && lease_may_act(standing->lease));
}

static gboolean engine_may_act(gpointer data)
{
    const struct standing *standing = data;
    return standing->kind == STANDING_MANAGER && lease_may_act(standing->lease);
}

static guint64 own_fence(gpointer data)
{
    return lease_look(((const struct standing *)data)->lease).own_fence;
}

struct asking {
    void (*confirmed)(gboolean may_act, gpointer asker);
    gpointer asker;
    gboolean may_act;
};

static gboolean answer(gpointer data)
{
    struct asking *asking = data;
    asking->confirmed(asking->may_act, asking->asker);
    g_free(asking);
    return G_SOURCE_REMOVE;
}

/* By hand, and alone, nobody need be asked: there is no lease to lose. */
static void confirm(gpointer data, void (*confirmed)(gboolean may_act, gpointer asker),
                    gpointer asker)
{
    struct standing *standing = data;
    if (standing->kind == STANDING_MANAGER) {
        lease_confirm(standing->lease, confirmed, asker);
        return;
    }
    struct asking *asking = g_new0(struct asking, 1);
    asking->confirmed = confirmed;
    asking->asker = asker;
    asking->may_act = guard_driver(standing);
    g_idle_add(answer, asking);
}

static void set_guards(struct standing *standing)
{
    const struct engine_guard guard = {
        .confirm = confirm, .fence = own_fence, .may_act = engine_may_act, .data = standing};
    engine_set_guard(standing->engine, &guard);
    driver_set_may_act_func(standing->driver, guard_driver, standing);
}

/* --- Switching -------------------------------------------------------------------------------- */

/* Something is to be done of our own accord. */
static gboolean is_automatic(const struct standing *standing)
{
    return engine_mode(standing->engine) != ENGINE_MANUAL ||
           engine_goal(standing->engine) != ENGINE_GOAL_NONE;
}

/* "pc01", escaped. Free with g_free. */
static char *name_holder(const struct lease_view *view)
{
    return text_escape(view->host && *view->host ? view->host : "a machine that is not named");
}

static void note_followed(struct standing *standing, const struct lease_view *view)
{
    g_autofree char *host = name_holder(view);
    g_autofree char *text = g_strdup_printf("the manager is %s (fence %" G_GUINT64_FORMAT
                                            "): it is followed from now on",
                                            host, view->fence);
    if (view->fence != standing->noted_fence)
        engine_note(standing->engine, "mode", "", FALSE, text);
    standing->noted_fence = view->fence;
}

static void note_gone(struct standing *standing, const struct lease_view *view)
{
    g_autofree char *host = name_holder(view);
    g_autofree char *text =
        g_strdup_printf("the manager, %s, %s: nobody acts automatically now", host,
                        view->released ? "has ended" : "has fallen silent");
    engine_note(standing->engine, view->released ? "mode" : "alarm", "", !view->released, text);
    standing->noted_fence = 0;
}

static void leave_followers(struct standing *standing)
{
    g_clear_pointer(&standing->leader, leader_free);
}

static void leave_manager(struct standing *standing)
{
    if (!standing->follower)
        return;
    g_clear_pointer(&standing->follower, follower_free);
    follow_end(standing->engine);
}

static void be_manager(struct standing *standing, const struct lease_view *view)
{
    const struct leader_settings settings = {
        .dir = standing->dir,
        .socket = standing->socket,
        .group = standing->group,
        .fence = view->own_fence,
    };
    leave_manager(standing);
    g_atomic_int_set(&standing->leave, LEAVE_LEASE);
    standing->kind = STANDING_MANAGER;
    if (standing->leader)
        return;
    standing->leader = leader_new(standing->engine, &settings);
    engine_guard_changed(standing->engine);
}

/* Only a socket of this machine's present boot means anything here. */
static const char *local_socket(const struct standing *standing, const struct lease_view *view)
{
    return view->socket && view->boot_id && standing->boot_id &&
                   strcmp(view->boot_id, standing->boot_id) == 0
               ? view->socket
               : NULL;
}

static void follow(struct standing *standing, const struct lease_view *view)
{
    const struct follower_settings settings = {
        .dir = standing->dir,
        .socket = local_socket(standing, view),
        .fence = view->fence,
    };
    leave_followers(standing);
    g_atomic_int_set(&standing->leave, LEAVE_NONE);
    lease_want_no_more(standing->lease);
    if (standing->follower) {
        follower_set_manager(standing->follower, settings.fence, settings.socket);
    } else {
        engine_step_down(standing->engine, "another manager has taken over");
        standing->follower = follower_new(standing->engine, &settings);
    }
    /* Jobs that run must end first; each end looks again. */
    standing->in_way = standing->follower == NULL;
    standing->kind = standing->follower ? STANDING_FOLLOWS : STANDING_ALONE;
    if (standing->follower)
        note_followed(standing, view);
}

static void be_alone(struct standing *standing, const struct lease_view *view)
{
    if (standing->follower && view->state == LEASE_FREE)
        note_gone(standing, view);
    leave_followers(standing);
    leave_manager(standing);
    g_atomic_int_set(&standing->leave, LEAVE_ALONE);
    standing->kind = STANDING_ALONE;
    if (is_automatic(standing) || standing->asked_to)
        lease_want(standing->lease, 0);
    else
        lease_want_no_more(standing->lease);
}

/* Told once, to an operator who wants something automatic that cannot be had. */
static void note_trouble(struct standing *standing, const char *trouble)
{
    gboolean wanted = is_automatic(standing) && standing->kind == STANDING_ALONE;
    if (trouble && wanted && !standing->told_trouble) {
        g_autofree char *text = g_strdup_printf(
            "nothing automatic can be done: the lease cannot be taken: %s", trouble);
        engine_note(standing->engine, "alarm", "failed", TRUE, text);
    }
    standing->told_trouble = trouble && wanted;
}

static void note_since(struct standing *standing, const struct lease_view *view)
{
    gboolean held = view->state == LEASE_HELD || view->state == LEASE_MINE;
    if (held && view->fence != standing->fence)
        standing->since_wall_us = clock_wall_us(engine_clock(standing->engine));
    if (held)
        standing->fence = view->fence;
}

static void settle(struct standing *standing)
{
    const struct lease_view view = lease_look(standing->lease);
    note_since(standing, &view);
    standing->in_way = FALSE;
    switch (view.state) {
    case LEASE_MINE:
        be_manager(standing, &view);
        break;
    case LEASE_HELD:
        follow(standing, &view);
        break;
    case LEASE_FREE:
        be_alone(standing, &view);
        break;
    case LEASE_UNKNOWN:
    case LEASE_TROUBLE:
        /* What is followed may live; what is ours may be so no more: the guards see to that. */
        if (standing->kind == STANDING_ALONE)
            be_alone(standing, &view);
        break;
    }
    note_trouble(standing, view.trouble);
    if (standing->kind == STANDING_MANAGER && !standing->asked_to && !is_automatic(standing) &&
        engine_jobs_under_way(standing->engine) == 0)
        lease_give_back(standing->lease);
}

static gboolean on_idle(gpointer data)
{
    struct standing *standing = data;
    standing->idle = 0;
    settle(standing);
    if (standing->changed)
        standing->changed(standing, standing->data);
    return G_SOURCE_REMOVE;
}

/* Never from within the engine, which must not be switched while it tells. */
static void settle_soon(struct standing *standing)
{
    if (!standing->idle)
        standing->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_idle, standing, NULL);
}

static void on_lease(G_GNUC_UNUSED struct lease *lease, gpointer data)
{
    settle_soon(data);
}

static void on_event(const struct engine_event *event, gpointer data)
{
    struct standing *standing = data;
    gboolean ended = event->kind == ENGINE_EVENT_JOB && job_is_over(event->job);
    if (standing->kind != STANDING_FOLLOWS && (ended || event->kind == ENGINE_EVENT_MODE))
        settle_soon(standing);
}

/* --- Its life --------------------------------------------------------------------------------- */

struct standing *standing_new(struct engine *engine, struct driver *driver, struct lease *lease,
                              const struct standing_settings *settings, standing_func changed,
                              gpointer data)
{
    struct standing *standing = g_new0(struct standing, 1);
    autoptr(lease_identity) own = lease_identity_new("console", NULL);
    standing->engine = engine;
    standing->driver = driver;
    standing->lease = lease;
    standing->dir = g_strdup(settings->dir);
    standing->socket = g_strdup(settings->socket);
    standing->group = g_strdup(settings->group);
    standing->boot_id = g_strdup(own->boot_id);
    standing->changed = changed;
    standing->data = data;
    g_atomic_int_set(&standing->leave, LEAVE_ALONE);
    set_guards(standing);
    standing->listener = engine_listen(engine, on_event, standing);
    lease_set_changed_func(lease, on_lease, standing);
    settle_soon(standing);
    return standing;
}

void standing_free(struct standing *standing)
{
    if (!standing)
        return;
    lease_set_changed_func(standing->lease, NULL, NULL);
    engine_unlisten(standing->engine, standing->listener);
    engine_set_guard(standing->engine, NULL);
    driver_set_may_act_func(standing->driver, NULL, NULL);
    if (standing->idle)
        g_source_remove(standing->idle);
    leader_free(standing->leader);
    follower_free(standing->follower);
    lease_give_back(standing->lease);
    g_free(standing->dir);
    g_free(standing->socket);
    g_free(standing->group);
    g_free(standing->boot_id);
    g_free(standing);
}

/* --- Looking ---------------------------------------------------------------------------------- */

static const char *trouble_of(const struct standing *standing, const struct lease_view *lease)
{
    const char *own = standing->follower ? follower_trouble(standing->follower) : NULL;
    return own ? own : lease->trouble;
}

struct standing_view standing_look(const struct standing *standing)
{
    const struct lease_view lease = lease_look(standing->lease);
    gboolean held = lease.state == LEASE_HELD || lease.state == LEASE_MINE ||
                    standing->kind == STANDING_FOLLOWS;
    return (struct standing_view){
        .kind = standing->kind,
        .decided = lease.state != LEASE_UNKNOWN && !standing->idle,
        .host = held ? lease.host : NULL,
        .who = held ? lease.who : NULL,
        .what = held ? lease.what : NULL,
        .pid = held ? lease.pid : 0,
        .fence = held ? lease.fence : 0,
        .since_wall_us = held ? standing->since_wall_us : 0,
        .local = standing->follower && follower_is_local(standing->follower),
        .blind = follow_is_blind(standing->engine),
        .jobs_in_way = standing->in_way,
        .silence_us = standing->follower ? follower_silence_us(standing->follower) : 0,
        .trouble = trouble_of(standing, &lease),
    };
}

char *standing_describe(const struct standing *standing)
{
    const struct standing_view view = standing_look(standing);
    g_autofree char *host = text_escape(view.host ? view.host : "a host that it does not name");
    g_autofree char *who = text_escape(view.who ? view.who : "somebody");
    gboolean console = view.what && strcmp(view.what, "run") != 0;
    if (view.fence == 0)
        return g_strdup(view.decided ? "nobody is the manager"
                                     : "it is not known yet who is the manager");
    if (view.kind == STANDING_MANAGER)
        return g_strdup_printf("this %s is the manager (fence %" G_GUINT64_FORMAT ")",
                               console ? "console" : "process", view.fence);
    return g_strdup_printf("the manager is %s on %s, of %s (pid %u, fence %" G_GUINT64_FORMAT ")",
                           console ? "a console" : "roost run", host, who, view.pid, view.fence);
}

/* --- Asking ----------------------------------------------------------------------------------- */

void standing_become_manager(struct standing *standing)
{
    if (engine_is_readonly(standing->engine))
        return;
    standing->asked_to = TRUE;
    settle_soon(standing);
}

void standing_step_back(struct standing *standing)
{
    standing->asked_to = FALSE;
    settle_soon(standing);
}
