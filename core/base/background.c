#include "core/base/background.h"

#include <pthread.h>

#include "core/base/small_thread.h"

/* pthread's, not GLib's: the sanitizers know it. */
struct background {
    gpointer owner;
    guint n_running;      /* the main thread's: begun, and not yet told to be done */
    pthread_mutex_t lock; /* for all below */
    pthread_cond_t came;  /* signalled with each that is finished */
    GQueue finished;      /* struct errand *: waiting to be told */
};

struct errand {
    struct background *background;
    background_work_func work;
    background_done_func done;
    gpointer job;
    GSource *source; /* of the main loop, to tell it; once it is finished */
};

struct background *background_new(gpointer owner)
{
    struct background *background = g_new0(struct background, 1);

    background->owner = owner;
    pthread_mutex_init(&background->lock, NULL);
    pthread_cond_init(&background->came, NULL);
    g_queue_init(&background->finished);
    return background;
}

/* The last that is done with it: its owner may free the background then. */
static void tell_done(struct errand *errand)
{
    struct background *background = errand->background;
    background_done_func done = errand->done;
    gpointer job = errand->job;

    background->n_running--;
    g_source_destroy(errand->source);
    g_source_unref(errand->source);
    g_free(errand);
    done(job, background->owner);
}

static gboolean on_finished(gpointer data)
{
    struct errand *errand = data;
    struct background *background = errand->background;

    pthread_mutex_lock(&background->lock);
    g_queue_remove(&background->finished, errand);
    pthread_mutex_unlock(&background->lock);
    tell_done(errand);
    return G_SOURCE_REMOVE;
}

/* On the thread. Nothing is touched after the lock is let go: it may all be freed then. */
static void run(gpointer data)
{
    struct errand *errand = data;
    struct background *background = errand->background;

    errand->work(errand->job);
    pthread_mutex_lock(&background->lock);
    errand->source = g_idle_source_new();
    g_source_set_priority(errand->source, G_PRIORITY_DEFAULT);
    g_source_set_callback(errand->source, on_finished, errand, NULL);
    g_queue_push_tail(&background->finished, errand);
    g_source_attach(errand->source, NULL);
    pthread_cond_signal(&background->came);
    pthread_mutex_unlock(&background->lock);
}

void background_begin(struct background *background, background_work_func work, gpointer job_take,
                      background_done_func done)
{
    struct errand *errand = g_new0(struct errand, 1);
    g_autoptr(GError) error = NULL;

    *errand = (struct errand){background, work, done, job_take, NULL};
    background->n_running++;
    if (!small_thread_start(run, errand, &error))
        run(errand);
}

gboolean background_is_busy(const struct background *background)
{
    return background->n_running > 0;
}

static struct errand *await_one(struct background *background)
{
    struct errand *errand;

    pthread_mutex_lock(&background->lock);
    while ((errand = g_queue_pop_head(&background->finished)) == NULL)
        pthread_cond_wait(&background->came, &background->lock);
    pthread_mutex_unlock(&background->lock);
    return errand;
}

void background_await(struct background *background)
{
    while (background->n_running > 0)
        tell_done(await_one(background));
}

void background_free(struct background *background)
{
    if (background == NULL)
        return;
    background_await(background);
    pthread_cond_destroy(&background->came);
    pthread_mutex_destroy(&background->lock);
    g_free(background);
}
