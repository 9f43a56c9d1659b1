#include "core/driver/enrol.h"

#include "core/driver/refusal.h"

void enrol_answer_free(struct enrol_answer *answer)
{
    if (!answer)
        return;
    g_free(answer->key);
    g_free(answer->fingerprint);
    g_free(answer->why);
    g_free(answer);
}

void run_answer_free(struct run_answer *answer)
{
    if (!answer)
        return;
    g_string_free(answer->output, TRUE);
    g_string_free(answer->complaint, TRUE);
    g_free(answer);
}

guint driver_enrol(struct driver *driver, const struct enrol_request *request,
                   driver_enrol_func done, gpointer data)
{
    if (driver->readonly)
        return refusal_answer(driver, request->address, REFUSAL_ENROL, G_CALLBACK(done), data);
    return driver->ops->enrol(driver, request, done, data);
}

gboolean driver_trust(struct driver *driver, const char *address, const char *key, GError **error)
{
    if (driver->readonly)
        return driver_may_act(driver, address, error);
    return driver->ops->trust(driver, address, key, error);
}

guint driver_run(struct driver *driver, const struct run_request *request, driver_run_func done,
                 gpointer data)
{
    if (driver->readonly)
        return refusal_answer(driver, request->address, REFUSAL_RUN, G_CALLBACK(done), data);
    return driver->ops->run(driver, request, done, data);
}

guint driver_arm(struct driver *driver, const char *address, driver_done_func done, gpointer data)
{
    if (driver->readonly)
        return refusal_answer(driver, address, REFUSAL_DONE, G_CALLBACK(done), data);
    return driver->ops->arm(driver, address, done, data);
}

guint driver_share_keys(struct driver *driver, const struct peer_request *request,
                        driver_peer_func done, gpointer data)
{
    if (driver->readonly)
        return refusal_answer(driver, request->address, REFUSAL_PEER, G_CALLBACK(done), data);
    return driver->ops->share_keys(driver, request, done, data);
}
