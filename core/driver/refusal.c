#include "core/driver/refusal.h"

#include "core/driver/enrol.h"
#include "core/driver/manage.h"

struct refusal {
    struct driver *driver;
    enum refusal_kind kind;
    GCallback done;
    gpointer data;
    GError *error;
    guint source;
};

static void refusal_free(gpointer data)
{
    struct refusal *refusal = data;

    g_error_free(refusal->error);
    g_free(refusal);
}

static gboolean answer(gpointer data)
{
    struct refusal *refusal = data;

    refusal->driver->refusals = g_slist_remove(refusal->driver->refusals, refusal);
    switch (refusal->kind) {
    case REFUSAL_DONE:
        ((driver_done_func)refusal->done)(refusal->error, refusal->data);
        break;
    case REFUSAL_WAKE:
        ((driver_wake_func)refusal->done)("", refusal->error, refusal->data);
        break;
    case REFUSAL_ENROL:
        ((driver_enrol_func)refusal->done)(NULL, refusal->error, refusal->data);
        break;
    case REFUSAL_RUN:
        ((driver_run_func)refusal->done)(NULL, refusal->error, refusal->data);
        break;
    case REFUSAL_PEER:
        ((driver_peer_func)refusal->done)(NULL, refusal->error, refusal->data);
        break;
    case REFUSAL_MANAGE:
        ((driver_manage_func)refusal->done)(NULL, refusal->error, refusal->data);
        break;
    }
    return G_SOURCE_REMOVE;
}

guint refusal_answer(struct driver *driver, const char *what, enum refusal_kind kind,
                     GCallback done, gpointer data)
{
    struct refusal *refusal = g_new0(struct refusal, 1);

    *refusal = (struct refusal){.driver = driver, .kind = kind, .done = done, .data = data};
    driver_may_act(driver, what, &refusal->error);
    refusal->source = g_idle_add_full(G_PRIORITY_DEFAULT, answer, refusal, refusal_free);
    driver->refusals = g_slist_prepend(driver->refusals, refusal);
    /* Implementations count from 1: one of theirs is never cancelled for it. */
    return G_MAXUINT - driver->n_refusals++ % (G_MAXUINT / 2);
}

void refusal_drop_all(struct driver *driver)
{
    while (driver->refusals) {
        struct refusal *refusal = driver->refusals->data;

        driver->refusals = g_slist_delete_link(driver->refusals, driver->refusals);
        g_source_remove(refusal->source);
    }
}
