#include "core/driver/libvirt/main_post.h"

#include <pthread.h>
#include <time.h>

#include "core/base/small_thread.h"

struct letter {
    main_post_func func;
    gpointer data;
    GDestroyNotify destroy;
};

struct main_post {
    gint refs;
    pthread_mutex_t lock; /* for all below */
    pthread_cond_t released;
    gpointer owner; /* NULL = closed */
    GQueue letters; /* struct letter * */
    gboolean scheduled;
    guint holds; /* threads, and what else must come to its end */
};

/* What a new thread is to run. */
struct start {
    struct main_post *post;
    void (*run)(gpointer data);
    gpointer data;
};

struct main_post *main_post_new(gpointer owner)
{
    struct main_post *post = g_new0(struct main_post, 1);
    pthread_condattr_t attributes;

    post->refs = 1;
    post->owner = owner;
    g_queue_init(&post->letters);
    pthread_mutex_init(&post->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&post->released, &attributes);
    pthread_condattr_destroy(&attributes);
    return post;
}

struct main_post *main_post_ref(struct main_post *post)
{
    g_atomic_int_inc(&post->refs);
    return post;
}

void main_post_unref(struct main_post *post)
{
    if (!g_atomic_int_dec_and_test(&post->refs))
        return;
    pthread_cond_destroy(&post->released);
    pthread_mutex_destroy(&post->lock);
    g_free(post);
}

static void letter_free(struct letter *letter)
{
    if (letter->destroy)
        letter->destroy(letter->data);
    g_free(letter);
}

void main_post_close(struct main_post *post)
{
    GQueue dropped;
    struct letter *letter;

    pthread_mutex_lock(&post->lock);
    post->owner = NULL;
    dropped = post->letters;
    g_queue_init(&post->letters);
    pthread_mutex_unlock(&post->lock);
    while ((letter = g_queue_pop_head(&dropped)))
        letter_free(letter);
}

/* One at a time, since a function may close the post. */
static struct letter *take_letter(struct main_post *post, gpointer *owner)
{
    struct letter *letter;

    pthread_mutex_lock(&post->lock);
    letter = g_queue_pop_head(&post->letters);
    *owner = post->owner;
    if (!letter)
        post->scheduled = FALSE;
    pthread_mutex_unlock(&post->lock);
    return letter;
}

static gboolean deliver(gpointer data)
{
    struct main_post *post = data;
    struct letter *letter;
    gpointer owner;

    while ((letter = take_letter(post, &owner))) {
        letter->func(owner, letter->data);
        letter_free(letter);
    }
    return G_SOURCE_REMOVE;
}

static void unref_post(gpointer data)
{
    main_post_unref(data);
}

/* g_main_context_invoke would run it right here, when the main loop happens not to be running. */
static void schedule(struct main_post *post)
{
    GSource *source = g_idle_source_new();

    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, deliver, main_post_ref(post), unref_post);
    g_source_attach(source, NULL);
    g_source_unref(source);
}

void main_post_send(struct main_post *post, main_post_func func, gpointer data,
                    GDestroyNotify destroy)
{
    struct letter *letter = g_new(struct letter, 1);
    gboolean closed;
    gboolean wake = FALSE;

    *letter = (struct letter){func, data, destroy};
    pthread_mutex_lock(&post->lock);
    closed = !post->owner;
    if (!closed) {
        g_queue_push_tail(&post->letters, letter);
        wake = !post->scheduled;
        post->scheduled = TRUE;
    }
    pthread_mutex_unlock(&post->lock);
    if (closed)
        letter_free(letter);
    else if (wake)
        schedule(post);
}

void main_post_hold(struct main_post *post)
{
    main_post_ref(post);
    pthread_mutex_lock(&post->lock);
    post->holds++;
    pthread_mutex_unlock(&post->lock);
}

void main_post_release(struct main_post *post)
{
    pthread_mutex_lock(&post->lock);
    post->holds--;
    pthread_cond_signal(&post->released);
    pthread_mutex_unlock(&post->lock);
    main_post_unref(post);
}

static void run_held(gpointer data)
{
    struct start *start = data;

    start->run(start->data);
    main_post_release(start->post);
    g_free(start);
}

gboolean main_post_start_thread(struct main_post *post, void (*run)(gpointer data), gpointer data,
                                GError **error)
{
    struct start *start = g_new(struct start, 1);

    *start = (struct start){post, run, data};
    main_post_hold(post);
    if (small_thread_start(run_held, start, error))
        return TRUE;
    main_post_release(post);
    g_free(start);
    return FALSE;
}

gboolean main_post_wait_threads(struct main_post *post, gint64 timeout_us)
{
    gint64 until_us = g_get_monotonic_time() + timeout_us;
    struct timespec until = {.tv_sec = until_us / G_USEC_PER_SEC,
                             .tv_nsec = until_us % G_USEC_PER_SEC * 1000};
    gboolean ended;
    int code = 0;

    pthread_mutex_lock(&post->lock);
    while (post->holds > 0 && code == 0)
        code = pthread_cond_timedwait(&post->released, &post->lock, &until);
    ended = post->holds == 0;
    pthread_mutex_unlock(&post->lock);
    return ended;
}
