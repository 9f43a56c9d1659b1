#include "core/driver/driver.h"

#include "core/driver/refusal.h"

void driver_free(struct driver *driver)
{
    if (!driver)
        return;
    refusal_drop_all(driver);
    driver->ops->free(driver);
}

void driver_set_changed_func(struct driver *driver, driver_changed_func func, gpointer data)
{
    driver->changed = func;
    driver->changed_data = data;
}

void driver_set_may_act_func(struct driver *driver, driver_may_act_func func, gpointer data)
{
    driver->may_act = func;
    driver->may_act_data = data;
}

void driver_set_readonly(struct driver *driver)
{
    driver->readonly = TRUE;
}

gboolean driver_may_act(const struct driver *driver, const char *what, GError **error)
{
    if (driver->readonly) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s: this is a read-only session",
                    what);
        return FALSE;
    }
    if (!driver->may_act || driver->may_act(driver->may_act_data))
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s: another manager has taken over",
                what);
    return FALSE;
}

void driver_emit_changed(struct driver *driver, const char *address)
{
    if (driver->changed)
        driver->changed(address, driver->changed_data);
}

guint driver_refresh(struct driver *driver, const char *address, driver_report_func done,
                     gpointer data)
{
    return driver->ops->refresh(driver, address, done, data);
}

guint driver_migrate(struct driver *driver, const struct migrate_request *request,
                     driver_progress_func progress, driver_done_func done, gpointer data)
{
    if (driver->readonly)
        return refusal_answer(driver, request->vm, REFUSAL_DONE, G_CALLBACK(done), data);
    return driver->ops->migrate(driver, request, progress, done, data);
}

guint driver_wake(struct driver *driver, const struct wake_request *request, driver_wake_func done,
                  gpointer data)
{
    if (driver->readonly)
        return refusal_answer(driver, request->address, REFUSAL_WAKE, G_CALLBACK(done), data);
    return driver->ops->wake(driver, request, done, data);
}

guint driver_power_off(struct driver *driver, const char *address, gboolean force,
                       driver_done_func done, gpointer data)
{
    if (driver->readonly)
        return refusal_answer(driver, address, REFUSAL_DONE, G_CALLBACK(done), data);
    return driver->ops->power_off(driver, address, force, done, data);
}

void driver_steer(struct driver *driver, guint operation, enum migrate_steer steer)
{
    if (driver_may_act(driver, "steer", NULL))
        driver->ops->steer(driver, operation, steer);
}

void driver_switch_postcopy(struct driver *driver, guint operation)
{
    driver_steer(driver, operation, MIGRATE_STEER_POSTCOPY);
}

gboolean driver_can_cut(struct driver *driver, const char *address)
{
    return driver->ops->can_cut(driver, address);
}

guint driver_cut(struct driver *driver, const char *address, driver_done_func done, gpointer data)
{
    if (driver->readonly)
        return refusal_answer(driver, address, REFUSAL_DONE, G_CALLBACK(done), data);
    return driver->ops->cut(driver, address, done, data);
}

guint driver_probe(struct driver *driver, const char *address, gint64 within_us,
                   driver_done_func done, gpointer data)
{
    return driver->ops->probe(driver, address, within_us, done, data);
}

guint driver_check(struct driver *driver, const struct check_request *request,
                   driver_check_func done, gpointer data)
{
    return driver->ops->check(driver, request, done, data);
}

guint driver_control(struct driver *driver, const struct control_request *request,
                     driver_done_func done, gpointer data)
{
    if (driver->readonly)
        return refusal_answer(driver, request->vm, REFUSAL_DONE, G_CALLBACK(done), data);
    return driver->ops->control(driver, request, done, data);
}

const char *control_action_name(enum control_action action)
{
    static const char *const names[] = {
        [CONTROL_START] = "start",
        [CONTROL_SHUT_DOWN] = "shut down",
        [CONTROL_FORCE_OFF] = "force off",
        [CONTROL_PAUSE] = "pause",
        [CONTROL_RESUME] = "resume",
        [CONTROL_REBOOT] = "reboot",
        [CONTROL_RESET] = "reset",
        [CONTROL_AUTOSTART_ON] = "autostart on",
        [CONTROL_AUTOSTART_OFF] = "autostart off",
    };

    return names[action];
}

void driver_cancel(struct driver *driver, guint operation)
{
    driver->ops->cancel(driver, operation);
}

void driver_forget(struct driver *driver, const char *address)
{
    driver->ops->forget(driver, address);
}

void driver_try_login(struct driver *driver, const char *address)
{
    if (driver->ops->try_login) /* a driver that never holds back has none */
        driver->ops->try_login(driver, address);
}
