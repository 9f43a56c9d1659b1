#include "core/driver/libvirt/errand.h"

#include <string.h>

struct errand *errand_new(const struct errand_kind *kind, struct access *access,
                          const char *address, void (*done)(void), gpointer work)
{
    struct errand *errand = g_new0(struct errand, 1);

    errand->refs = 1;
    errand->kind = kind;
    errand->access = access ? access_ref(access) : NULL;
    errand->address = g_strdup(address);
    errand->done = done;
    errand->work = work;
    return errand;
}

struct errand *errand_ref(struct errand *errand)
{
    g_atomic_int_inc(&errand->refs);
    return errand;
}

void errand_unref(struct errand *errand)
{
    if (!errand || !g_atomic_int_dec_and_test(&errand->refs))
        return;
    if (errand->work)
        errand->kind->free(errand->work);
    if (errand->post)
        main_post_unref(errand->post);
    access_unref(errand->access);
    g_clear_error(&errand->error);
    g_free(errand->address);
    g_free(errand);
}

static void drop(gpointer data)
{
    errand_unref(data);
}

static void run(gpointer data)
{
    struct errand *errand = data;

    if (!errand->kind->run(errand, &errand->error) &&
        !g_str_has_prefix(errand->error->message, "host "))
        g_prefix_error(&errand->error, "host %s: ", errand->address);
    main_post_send(errand->post, errand->ended, errand, drop);
}

gboolean errand_start(struct errand *errand, guint operation, gint64 allowed_us,
                      struct main_post *post, main_post_func ended, GError **error)
{
    errand->operation = operation;
    errand->deadline_us = g_get_monotonic_time() + allowed_us;
    errand->post = main_post_ref(post);
    errand->ended = ended;
    if (main_post_start_thread(post, run, errand_ref(errand), error))
        return TRUE;
    errand_unref(errand);
    return FALSE;
}
