#include "core/driver/libvirt/worker.h"

#include <pthread.h>

#include "core/base/error.h"

struct worker {
    gint refs;
    struct access *access;
    char *address;
    struct main_post *post;
    main_post_func finished;
    main_post_func changed;
    struct virt_guard *guard;
    struct virt_watch watch;
    struct remote_host *host; /* the thread's, while there is one; NULL until the first */
    pthread_mutex_t lock;     /* for all below */
    GQueue tasks;             /* struct worker_task *, referenced */
    gboolean running;         /* there is a thread */
    gboolean quit;
    gboolean connected;
    gint64 busy_since_us; /* 0 = not busy */
};

static struct worker *worker_ref(struct worker *worker)
{
    g_atomic_int_inc(&worker->refs);
    return worker;
}

static void drop_task(gpointer task)
{
    worker_task_unref(task);
}

static void worker_unref(struct worker *worker)
{
    if (!g_atomic_int_dec_and_test(&worker->refs))
        return;
    g_queue_clear_full(&worker->tasks, drop_task);
    pthread_mutex_destroy(&worker->lock);
    virt_guard_unref(worker->guard);
    main_post_unref(worker->post);
    access_unref(worker->access);
    g_free(worker->address);
    g_free(worker);
}

/*
 * The next task, taken over. NULL when the thread is to end: then what it used is another's, unless
 * *quit says that nobody comes any more.
 */
static struct worker_task *next_task(struct worker *worker, gboolean connected, gboolean *quit)
{
    struct worker_task *task = NULL;

    pthread_mutex_lock(&worker->lock);
    worker->connected = connected;
    worker->busy_since_us = 0;
    *quit = worker->quit;
    if (!worker->quit)
        task = g_queue_pop_head(&worker->tasks);
    if (task)
        worker->busy_since_us = g_get_monotonic_time();
    else
        worker->running = worker->quit;
    pthread_mutex_unlock(&worker->lock);
    return task;
}

static gpointer ref_for_watch(gpointer worker)
{
    return worker_ref(worker);
}

static void unref_for_watch(gpointer worker)
{
    worker_unref(worker);
}

/* libvirt calls this on the main thread, at times from inside its own locks: so, by post. */
static void on_changed(gpointer data)
{
    struct worker *worker = data;

    main_post_send(worker->post, worker->changed, g_strdup(worker->address), g_free);
}

static void run_worker(gpointer data)
{
    struct worker *worker = data;
    struct remote_host *host = worker->host;
    struct worker_task *task;
    gboolean quit;

    if (!host)
        host = worker->host = remote_host_new(worker->access, worker->address, worker->post,
                                              &worker->watch, worker->guard);
    while ((task = next_task(worker, remote_host_is_connected(host), &quit))) {
        if (!worker_task_is_closed(task))
            task->run(task, host);
        main_post_send(worker->post, worker->finished, task, drop_task);
    }
    if (quit)
        remote_host_free(host);
    worker_unref(worker);
}

struct worker *worker_new(struct access *access, const char *address, struct main_post *post,
                          main_post_func finished, main_post_func changed)
{
    struct worker *worker = g_new0(struct worker, 1);

    worker->refs = 1;
    worker->access = access_ref(access);
    worker->address = g_strdup(address);
    worker->post = main_post_ref(post);
    worker->finished = finished;
    worker->changed = changed;
    worker->guard = virt_guard_new();
    worker->watch = (struct virt_watch){on_changed, ref_for_watch, unref_for_watch, worker};
    g_queue_init(&worker->tasks);
    pthread_mutex_init(&worker->lock, NULL);
    return worker;
}

/* The thread has a reference of its own. FALSE when the system has none left. */
static gboolean start_thread(struct worker *worker, GError **error)
{
    if (main_post_start_thread(worker->post, run_worker, worker_ref(worker), error))
        return TRUE;
    pthread_mutex_lock(&worker->lock);
    worker->running = FALSE;
    pthread_mutex_unlock(&worker->lock);
    worker_unref(worker);
    return FALSE;
}

void worker_quit(struct worker *worker)
{
    gboolean start;

    pthread_mutex_lock(&worker->lock);
    worker->quit = TRUE;
    start = !worker->running && worker->host;
    worker->running |= start;
    pthread_mutex_unlock(&worker->lock);
    if (start)
        start_thread(worker, NULL); /* closing takes its time; without a thread, not at all */
    worker_unref(worker);
}

static void set_full_error(const struct worker_task *task, GError **error)
{
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE,
                "host %s: it hangs, and %d operations wait for it already", task->address,
                WORKER_QUEUE_MOST);
}

gboolean worker_push(struct worker *worker, struct worker_task *task, GError **error)
{
    gboolean room;
    gboolean start;

    pthread_mutex_lock(&worker->lock);
    room = g_queue_get_length(&worker->tasks) < WORKER_QUEUE_MOST;
    start = room && !worker->running;
    if (room)
        g_queue_push_tail(&worker->tasks, worker_task_ref(task));
    worker->running |= start;
    pthread_mutex_unlock(&worker->lock);
    if (!room)
        set_full_error(task, error);
    if (!start || start_thread(worker, error))
        return room;
    g_prefix_error(error, "host %s: ", task->address);
    worker_remove(worker, task);
    return FALSE;
}

void worker_remove(struct worker *worker, struct worker_task *task)
{
    gboolean removed;

    pthread_mutex_lock(&worker->lock);
    removed = g_queue_remove(&worker->tasks, task);
    pthread_mutex_unlock(&worker->lock);
    if (removed)
        worker_task_unref(task);
}

void worker_interrupt(struct worker *worker)
{
    virt_guard_interrupt(worker->guard);
}

gint64 worker_busy_us(struct worker *worker)
{
    gint64 since_us;

    pthread_mutex_lock(&worker->lock);
    since_us = worker->busy_since_us;
    pthread_mutex_unlock(&worker->lock);
    return since_us ? g_get_monotonic_time() - since_us : 0;
}

gboolean worker_is_connected(struct worker *worker)
{
    gboolean connected;

    pthread_mutex_lock(&worker->lock);
    connected = worker->connected;
    pthread_mutex_unlock(&worker->lock);
    return connected;
}
