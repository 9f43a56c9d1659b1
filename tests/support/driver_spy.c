#include "tests/support/driver_spy.h"

#include "core/driver/enrol.h"
#include "core/driver/manage.h"

static guint acts;

static guint act_migrate(struct driver *driver, const struct migrate_request *request,
                         driver_progress_func progress, driver_done_func done, gpointer data)
{
    (void)driver, (void)request, (void)progress, (void)done, (void)data;
    return ++acts;
}

static guint act_wake(struct driver *driver, const struct wake_request *request,
                      driver_wake_func done, gpointer data)
{
    (void)driver, (void)request, (void)done, (void)data;
    return ++acts;
}

static guint act_off(struct driver *driver, const char *address, gboolean force,
                     driver_done_func done, gpointer data)
{
    (void)driver, (void)address, (void)force, (void)done, (void)data;
    return ++acts;
}

static guint act_at(struct driver *driver, const char *address, driver_done_func done,
                    gpointer data)
{
    (void)driver, (void)address, (void)done, (void)data;
    return ++acts;
}

static guint act_control(struct driver *driver, const struct control_request *request,
                         driver_done_func done, gpointer data)
{
    (void)driver, (void)request, (void)done, (void)data;
    return ++acts;
}

static guint act_enrol(struct driver *driver, const struct enrol_request *request,
                       driver_enrol_func done, gpointer data)
{
    (void)driver, (void)request, (void)done, (void)data;
    return ++acts;
}

static gboolean act_trust(struct driver *driver, const char *address, const char *key,
                          GError **error)
{
    (void)driver, (void)address, (void)key, (void)error;
    acts++;
    return TRUE;
}

static guint act_run(struct driver *driver, const struct run_request *request, driver_run_func done,
                     gpointer data)
{
    (void)driver, (void)request, (void)done, (void)data;
    return ++acts;
}

static guint act_share(struct driver *driver, const struct peer_request *request,
                       driver_peer_func done, gpointer data)
{
    (void)driver, (void)request, (void)done, (void)data;
    return ++acts;
}

static void act_steer(struct driver *driver, guint operation, enum migrate_steer steer)
{
    (void)driver, (void)operation, (void)steer;
    acts++;
}

static const struct driver_ops *real_ops;
static struct driver_ops ops; /* those of the one that is watched */

/* Some kinds only look, and are real. */
static guint act_manage(struct driver *driver, const struct manage_request *request,
                        driver_manage_func done, gpointer data)
{
    if (request->kind == MANAGE_DEFINE || request->kind == MANAGE_UNDEFINE ||
        request->kind == MANAGE_CREATE_DISK || request->kind == MANAGE_REMOVE_DISK)
        return ++acts;
    return real_ops->manage(driver, request, done, data);
}

void driver_spy(struct driver *driver)
{
    real_ops = driver->ops;
    ops = *real_ops;
    ops.migrate = act_migrate;
    ops.wake = act_wake;
    ops.power_off = act_off;
    ops.cut = act_at;
    ops.arm = act_at;
    ops.control = act_control;
    ops.enrol = act_enrol;
    ops.trust = act_trust;
    ops.run = act_run;
    ops.share_keys = act_share;
    ops.steer = act_steer;
    ops.manage = act_manage;
    driver->ops = &ops;
    acts = 0;
}

void driver_unspy(struct driver *driver)
{
    if (driver->ops == &ops)
        driver->ops = real_ops;
}

guint driver_spy_acts(void)
{
    return acts;
}
