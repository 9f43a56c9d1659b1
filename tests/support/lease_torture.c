#include "tests/support/lease_torture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/store/lease_core.h"
#include "core/store/lease_identity.h"

#define WORKERS_MOST    5
#define ACT_EVERY_MS    1
#define WANT_EVERY_ACTS 20
#define CONFIRM_ONE_IN  7
#define GIVE_BACK_ONE   400
#define LINE_FORMAT     "%u %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %c\n"

/* --- One process ------------------------------------------------------------------------------ */

struct worker {
    struct lease *lease;
    guint serial;
    guint turns;
    int log;
    gboolean asking;
};

static void act(struct worker *worker, char kind)
{
    char line[96];
    gint64 at_us = 0;
    guint64 fence = 0;
    if (!lease_core_may_act_at(lease_core_of(worker->lease), &at_us, &fence))
        return;
    int length = g_snprintf(line, sizeof line, LINE_FORMAT, worker->serial, fence, at_us, kind);
    if (write(worker->log, line, (gsize)length) != length)
        _exit(3);
}

static void on_confirmed(gboolean may_act, gpointer data)
{
    struct worker *worker = data;
    worker->asking = FALSE;
    if (may_act)
        act(worker, 'c');
}

static gboolean on_turn(gpointer data)
{
    struct worker *worker = data;
    act(worker, 'a');
    if (!worker->asking && g_random_int_range(0, CONFIRM_ONE_IN) == 0) {
        worker->asking = TRUE;
        lease_confirm(worker->lease, on_confirmed, worker);
    }
    if (lease_may_act(worker->lease) && g_random_int_range(0, GIVE_BACK_ONE) == 0)
        lease_give_back(worker->lease);
    if (worker->turns++ % WANT_EVERY_ACTS == 0)
        lease_want(worker->lease, g_random_int_range(0, 3) * 10000);
    return G_SOURCE_CONTINUE;
}

static void work(const struct lease_torture *torture, guint serial)
{
    struct worker worker = {.serial = serial};
    struct lease_identity *identity = lease_identity_new("run", NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    worker.log = open(torture->log, O_WRONLY | O_APPEND | O_CLOEXEC);
    worker.lease = lease_new(&torture->settings, identity, NULL);
    if (worker.log < 0 || !worker.lease)
        _exit(2);
    g_timeout_add(ACT_EVERY_MS, on_turn, &worker);
    for (;;)
        g_main_context_iteration(NULL, TRUE);
}

/* --- Who torments them ------------------------------------------------------------------------ */

struct victim {
    pid_t pid;
    guint serial;
    gint64 go_on_us; /* stopped until then; 0 = not */
};

static pid_t start(const struct lease_torture *torture, guint serial)
{
    pid_t pid = fork();
    g_assert_cmpint(pid, >=, 0);
    if (pid == 0)
        work(torture, serial);
    return pid;
}

/* The number of whoever acted last; 0 = nobody yet. */
static guint last_actor(const char *path)
{
    char tail[256] = "";
    guint serial = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t end = lseek(fd, 0, SEEK_END);
    ssize_t got = pread(fd, tail, sizeof tail - 1, MAX(end - (off_t)sizeof tail + 1, 0));
    close(fd);
    if (got <= 1)
        return 0;
    tail[got - 1] = '\0'; /* the newline of the last */
    const char *line = strrchr(tail, '\n');
    (void)sscanf(line ? line + 1 : tail, "%u", &serial);
    return serial;
}

/* Half of the time whoever holds it: that is where it hurts. */
static struct victim *choose(const struct lease_torture *torture, struct victim *victims)
{
    guint serial = g_random_boolean() ? last_actor(torture->log) : 0;
    for (guint i = 0; serial > 0 && i < torture->n_workers; i++) {
        if (victims[i].serial == serial)
            return &victims[i];
    }
    return &victims[g_random_int_range(0, (gint32)torture->n_workers)];
}

static void let_go_on(struct victim *victims, guint count, gint64 now_us)
{
    for (guint i = 0; i < count; i++) {
        if (victims[i].go_on_us == 0 || victims[i].go_on_us > now_us)
            continue;
        kill(victims[i].pid, SIGCONT);
        victims[i].go_on_us = 0;
    }
}

static void end(struct victim *victim)
{
    kill(victim->pid, SIGKILL);
    while (waitpid(victim->pid, NULL, 0) < 0)
        ;
    victim->go_on_us = 0;
}

static void torment(const struct lease_torture *torture, struct victim *victims, guint *serial,
                    struct lease_torture_result *result)
{
    struct victim *victim = choose(torture, victims);
    gint64 now_us = g_get_monotonic_time();
    let_go_on(victims, torture->n_workers, now_us);
    if (g_random_int_range(0, 3) == 0) {
        end(victim);
        victim->serial = ++*serial;
        victim->pid = start(torture, *serial);
        result->kills++;
    } else if (victim->go_on_us == 0) {
        kill(victim->pid, SIGSTOP);
        victim->go_on_us = now_us + g_random_int_range(0, (gint32)torture->stop_us);
        result->stops++;
    }
}

/* --- What the log says ------------------------------------------------------------------------ */

struct holding {
    guint64 fence;
    guint serial;
    gint64 first_us;
    gint64 last_us;
};

static int compare_holdings(gconstpointer a, gconstpointer b)
{
    const struct holding *one = a;
    const struct holding *other = b;
    return one->fence < other->fence ? -1 : one->fence > other->fence;
}

static void read_line(const char *line, GHashTable *holdings, guint64 *greatest,
                      struct lease_torture_result *result)
{
    guint serial = 0;
    guint64 fence = 0;
    gint64 at_us = 0;
    char kind = 0;
    if (sscanf(line, "%u %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %c", &serial, &fence, &at_us,
               &kind) != 4) {
        result->garbled++;
        return;
    }
    struct holding *holding = g_hash_table_lookup(holdings, &fence);
    if (!holding) {
        holding = g_new(struct holding, 1);
        *holding = (struct holding){fence, serial, at_us, at_us};
        g_hash_table_insert(holdings, &holding->fence, holding);
    }
    result->shared += holding->serial != serial;
    holding->first_us = MIN(holding->first_us, at_us);
    holding->last_us = MAX(holding->last_us, at_us);
    result->acts++;
    result->confirmed += kind == 'c';
    result->late += fence < *greatest;
    *greatest = MAX(*greatest, fence);
}

static void judge(const char *path, struct lease_torture_result *result)
{
    g_autoptr(GHashTable) holdings =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(struct holding));
    g_autofree char *text = NULL;
    guint64 greatest = 0;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    for (char *line = text, *next; (next = strchr(line, '\n')); line = next + 1) {
        *next = '\0';
        read_line(line, holdings, &greatest, result);
    }
    GHashTableIter iter;
    gpointer value = NULL;
    g_hash_table_iter_init(&iter, holdings);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        g_array_append_vals(sorted, value, 1);
    g_array_sort(sorted, compare_holdings);
    result->fences = sorted->len;
    result->closest_us = G_MAXINT64;
    gint64 last_us = G_MININT64;
    for (guint i = 0; i < sorted->len; i++) {
        const struct holding *holding = &g_array_index(sorted, struct holding, i);
        if (i > 0) {
            result->overlaps += holding->first_us <= last_us;
            result->closest_us = MIN(result->closest_us, holding->first_us - last_us);
        }
        last_us = MAX(last_us, holding->last_us);
    }
}

struct lease_torture_result lease_torture_run(const struct lease_torture *torture)
{
    struct lease_torture_result result = {0};
    struct victim victims[WORKERS_MOST] = {0};
    guint serial = 0;
    g_assert_cmpuint(torture->n_workers, <=, WORKERS_MOST);
    g_assert_true(g_file_set_contents(torture->log, "", 0, NULL));
    for (guint i = 0; i < torture->n_workers; i++) {
        victims[i].serial = ++serial;
        victims[i].pid = start(torture, serial);
    }
    for (guint i = 0; i < torture->rounds; i++) {
        /* Not to wait for anything: this is the pace of the torment. */
        g_usleep((gulong)g_random_int_range(1, (gint32)torture->pause_us));
        torment(torture, victims, &serial, &result);
    }
    for (guint i = 0; i < torture->n_workers; i++)
        end(&victims[i]);
    judge(torture->log, &result);
    return result;
}
