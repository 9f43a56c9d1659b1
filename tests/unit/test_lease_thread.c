/* The lease as others use it: its thread, its listener, its questions. Short times, real clock. */
#include "core/store/lease.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/store/lease_identity.h"
#include "tests/support/lease_rig.h"

#define MS_US       1000
#define DEADLINE_US (30 * G_USEC_PER_SEC)

struct told {
    guint changes;
    gint confirmed; /* -1 = not yet */
};

static struct lease_settings settings_in(const char *dir)
{
    return (struct lease_settings){
        .dir = dir, .beat_us = 20 * MS_US, .valid_us = 200 * MS_US, .expiry_us = 300 * MS_US};
}

static struct lease *lease_in(const char *dir)
{
    struct lease_settings settings = settings_in(dir);
    autoptr(lease_identity) identity = lease_identity_new("run", "/run/roost.sock");
    g_autoptr(GError) error = NULL;
    struct lease *lease = lease_new(&settings, identity, &error);
    g_assert_no_error(error);
    return lease;
}

static void on_changed(struct lease *lease, gpointer data)
{
    struct told *told = data;
    (void)lease;
    told->changes++;
}

static void on_confirmed(gboolean may_act, gpointer data)
{
    struct told *told = data;
    g_assert_cmpint(told->confirmed, ==, -1); /* once */
    told->confirmed = may_act;
}

static gboolean on_tick(gpointer data)
{
    (void)data;
    return G_SOURCE_CONTINUE;
}

/* Runs the main context until `lease` is in that state, and may act or not. */
static void run_until(struct lease *lease, enum lease_state state)
{
    gint64 until_us = g_get_monotonic_time() + DEADLINE_US;
    guint tick = g_timeout_add(10, on_tick, NULL);
    while (lease_look(lease).state != state || lease_may_act(lease) != (state == LEASE_MINE)) {
        g_assert_cmpint(g_get_monotonic_time(), <, until_us);
        g_main_context_iteration(NULL, TRUE);
    }
    g_source_remove(tick);
}

static void run_until_confirmed(struct told *told)
{
    while (told->confirmed < 0) /* it answers in any case: that is the promise */
        g_main_context_iteration(NULL, TRUE);
}

static void test_taken_confirmed_and_handed_over(void)
{
    g_autofree char *dir = g_dir_make_tmp("roost-lease-XXXXXX", NULL);
    struct told told = {.confirmed = -1};
    autoptr(lease) first = lease_in(dir);
    lease_set_changed_func(first, on_changed, &told);
    g_assert_cmpint(lease_look(first).state, ==, LEASE_UNKNOWN);
    lease_want(first, 0);
    run_until(first, LEASE_MINE);
    g_assert_cmpuint(told.changes, >, 0);
    g_assert_cmpstr(lease_look(first).socket, ==, "/run/roost.sock");
    lease_confirm(first, on_confirmed, &told);
    g_assert_cmpint(told.confirmed, ==, -1); /* never from within */
    run_until_confirmed(&told);
    g_assert_true(told.confirmed);

    autoptr(lease) second = lease_in(dir);
    run_until(second, LEASE_HELD);
    told.confirmed = -1;
    lease_confirm(second, on_confirmed, &told);
    run_until_confirmed(&told);
    g_assert_false(told.confirmed);
    lease_want(second, 0);
    lease_free(g_steal_pointer(&first)); /* gives back */
    run_until(second, LEASE_MINE);
    g_assert_cmpuint(lease_look(second).own_fence, ==, 2);
    lease_give_back(second);
    g_assert_false(lease_may_act(second));
    run_until(second, LEASE_FREE);
    lease_free(g_steal_pointer(&second));
    lease_rig_remove(dir);
}

/* Freed while questions are open: they are not answered any more. */
static void test_freed_with_questions(void)
{
    g_autofree char *dir = g_dir_make_tmp("roost-lease-XXXXXX", NULL);
    struct told told = {.confirmed = -1};
    struct lease *lease = lease_in(dir);
    for (guint i = 0; i < 10; i++)
        lease_confirm(lease, on_confirmed, &told);
    lease_free(lease);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_cmpint(told.confirmed, ==, -1);
    lease_rig_remove(dir);
}

/* A port that somebody listens at, but never answers. */
static int deaf_port(guint *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
    g_assert_cmpint(listen(fd, 1), ==, 0);
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)&address, &length), ==, 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void test_free_waits_for_no_server_that_hangs(void)
{
    guint port = 0;
    int fd = deaf_port(&port);
    g_autofree char *endpoint = g_strdup_printf("http://127.0.0.1:%u", port);
    struct lease_settings settings = {.endpoints = endpoint,
                                      .prefix = "/t/",
                                      .beat_us = 20 * MS_US,
                                      .valid_us = 12000 * MS_US,
                                      .expiry_us = 15000 * MS_US};
    autoptr(lease_identity) identity = lease_identity_new("run", NULL);
    g_autoptr(GError) error = NULL;
    struct lease *lease = lease_new(&settings, identity, &error);
    g_assert_no_error(error);
    lease_want(lease, 0);
    gint64 began_us = g_get_monotonic_time();
    lease_free(lease);
    g_assert_cmpint(g_get_monotonic_time() - began_us, <, 3000 * MS_US);
    close(fd);
}

/* Nor does a question wait for it for ever. */
static void test_server_that_is_not_there_is_told(void)
{
    g_autoptr(GError) error = NULL;
    struct told told = {.confirmed = -1};
    struct lease_settings settings = settings_in(NULL);
    autoptr(lease_identity) identity = lease_identity_new("run", NULL);
    settings.endpoints = "http://127.0.0.1:1, http://127.0.0.1:2/";
    autoptr(lease) lease = lease_new(&settings, identity, &error);
    g_assert_no_error(error);
    lease_confirm(lease, on_confirmed, &told);
    run_until(lease, LEASE_TROUBLE);
    g_assert_nonnull(strstr(lease_look(lease).trouble, "http://127.0.0.1:1: "));
    g_assert_nonnull(strstr(lease_look(lease).trouble, "http://127.0.0.1:2: "));
    run_until_confirmed(&told);
    g_assert_false(told.confirmed);
}

static void test_settings_that_make_no_sense(void)
{
    autoptr(lease_identity) identity = lease_identity_new("run", NULL);
    const struct {
        struct lease_settings settings;
        const char *says;
    } cases[] = {
        {{.beat_us = 20000, .valid_us = 200000, .expiry_us = 300000}, "neither a store"},
        {{"/tmp", .beat_us = 20000, .valid_us = 200000, .expiry_us = 200000}, "longer than valid"},
        {{"/tmp", .beat_us = 20000, .valid_us = 300000, .expiry_us = 200000}, "longer than valid"},
        {{"/tmp", .beat_us = 200000, .valid_us = 200000, .expiry_us = 300000}, "twice beat"},
        {{"/tmp", .beat_us = 0, .valid_us = 200000, .expiry_us = 300000}, "too short"},
        {{NULL, "10.0.0.1:2379", .beat_us = 20000, .valid_us = 200000, .expiry_us = 300000},
         "no endpoint"},
        {{NULL, "http://a:1,,", .beat_us = 20000, .valid_us = 200000, .expiry_us = 300000},
         "no endpoint"},
        {{NULL, "http://root@a:1", .beat_us = 20000, .valid_us = 200000, .expiry_us = 300000},
         "no endpoint"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(lease_new(&cases[i].settings, identity, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
        g_assert_nonnull(strstr(error->message, cases[i].says));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/lease/thread/taken_confirmed_and_handed_over",
                    test_taken_confirmed_and_handed_over);
    g_test_add_func("/store/lease/thread/freed_with_questions", test_freed_with_questions);
    g_test_add_func("/store/lease/thread/free_waits_for_no_server_that_hangs",
                    test_free_waits_for_no_server_that_hangs);
    g_test_add_func("/store/lease/thread/server_that_is_not_there_is_told",
                    test_server_that_is_not_there_is_told);
    g_test_add_func("/store/lease/thread/settings_that_make_no_sense",
                    test_settings_that_make_no_sense);
    return g_test_run();
}
