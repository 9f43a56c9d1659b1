#include "core/base/small_thread.h"

#include <pthread.h>
#include <signal.h>

#include "core/base/error.h"

/* Only touched pages cost anything; libvirt, libssh, libcurl and the cryptography below fit with room. */
#define STACK_BYTES (512 * 1024)

struct start {
    void (*run)(gpointer data);
    gpointer data;
};

static void *thread_main(void *data)
{
    struct start start = *(struct start *)data;

    g_free(data);
    start.run(start.data);
    return NULL;
}

static int create_thread(struct start *start)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    int code;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    code = pthread_create(&thread, &attributes, thread_main, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return code;
}

gboolean small_thread_start(void (*run)(gpointer data), gpointer data, GError **error)
{
    struct start *start = g_new(struct start, 1);
    int code;

    *start = (struct start){run, data};
    code = create_thread(start);
    if (code == 0)
        return TRUE;
    g_free(start);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "no thread can be started: %s",
                g_strerror(code));
    return FALSE;
}
