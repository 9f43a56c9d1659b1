#include "core/manager/manager.h"

#define LOOK_MS 500

struct manager {
    struct engine *engine;
    struct lease *lease;
    guint timer;
    gboolean may_act; /* when it was looked at last */
};

static gboolean may_act(gpointer data)
{
    return lease_may_act(data);
}

static guint64 fence(gpointer data)
{
    return lease_look(data).own_fence;
}

static void confirm(gpointer data, void (*confirmed)(gboolean may_act, gpointer asker),
                    gpointer asker)
{
    lease_confirm(data, confirmed, asker);
}

void manager_guard_driver(struct driver *driver, struct lease *lease)
{
    driver_set_may_act_func(driver, may_act, lease);
}

void manager_guard_engine(struct engine *engine, struct lease *lease)
{
    const struct engine_guard guard = {
        .confirm = confirm, .fence = fence, .may_act = may_act, .data = lease};

    engine_set_guard(engine, &guard);
}

static gboolean look(gpointer data)
{
    struct manager *manager = data;
    gboolean now = lease_may_act(manager->lease);

    if (now != manager->may_act) {
        manager->may_act = now;
        engine_guard_changed(manager->engine);
    }
    engine_step_up(manager->engine);
    return G_SOURCE_CONTINUE;
}

struct manager *manager_new(struct engine *engine, struct lease *lease)
{
    struct manager *manager = g_new0(struct manager, 1);

    manager->engine = engine;
    manager->lease = lease;
    manager->may_act = lease_may_act(lease);
    manager->timer = g_timeout_add(LOOK_MS, look, manager);
    manager_guard_engine(engine, lease);
    return manager;
}

void manager_free(struct manager *manager)
{
    if (!manager)
        return;
    g_source_remove(manager->timer);
    g_free(manager);
}
