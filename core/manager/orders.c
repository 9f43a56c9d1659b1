#include "core/manager/orders.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/manager/shared_dir.h"

#define LOOK_MS      500
#define ORDERS_MOST  64  /* taken at a time */
#define SWEEP_LOOKS  600 /* looks from one sweeping to the next */
#define PASSWD_BYTES 16384

/* One that was taken; its answer is written by the next run of the thread. */
struct taken {
    char *name; /* "0123456789abcdef-0000000001.xml" */
    guint owner;
    struct order *order; /* NULL = could not be read */
    struct order_stamp stamp;
    struct answer *answer; /* NULL = not yet */
};

/* What the thread is given and gives back. */
struct round {
    char *dir;
    GPtrArray *answers; /* struct taken *, to be written */
    GPtrArray *taken;   /* struct taken *, new */
    gboolean first;     /* what lies in `taken` is another manager's */
    gboolean sweep;
    char *trouble;
};

struct orders {
    struct engine *engine;
    struct publisher *publisher;
    char *dir;
    guint64 fence;
    guint timer;
    guint looks;
    gboolean busy;
    gboolean dead;
    gboolean told;      /* the operator knows that orders cannot be taken */
    GPtrArray *answers; /* struct taken *, to be written next */
};

static void taken_free(gpointer data)
{
    struct taken *taken = data;
    g_free(taken->name);
    order_free(taken->order);
    answer_free(taken->answer);
    g_free(taken);
}

static void round_free(gpointer data)
{
    struct round *round = data;
    g_free(round->dir);
    g_ptr_array_unref(round->answers);
    g_ptr_array_unref(round->taken);
    g_free(round->trouble);
    g_free(round);
}

/* --- Judging ---------------------------------------------------------------------------------- */

char *orders_user_name(guint uid)
{
    g_autofree char *buffer = g_malloc(PASSWD_BYTES);
    struct passwd entry;
    struct passwd *found = NULL;
    if (getpwuid_r(uid, &entry, buffer, PASSWD_BYTES, &found) == 0 && found)
        return g_strdup(found->pw_name);
    return g_strdup_printf("uid %u", uid);
}

static struct answer *answer_new(guint order, guint64 number, const char *refusal)
{
    struct answer *answer = g_new0(struct answer, 1);
    answer->order = order;
    answer->number = number;
    answer->refusal = g_strdup(refusal);
    return answer;
}

struct answer *orders_carry_out(struct engine *engine, struct publisher *publisher, guint64 fence,
                                const struct order *order, const struct order_stamp *stamp,
                                const char *who)
{
    guint64 number = publisher_number(publisher);
    g_autoptr(GError) error = NULL;
    if (stamp->fence != fence)
        return answer_new(order->id, number,
                          "it was meant for another manager, and has not been carried out; give "
                          "it again if it still holds");
    if (stamp->number > number || stamp->number + ORDERS_PUBLICATIONS_MOST < number)
        return answer_new(order->id, number,
                          "it is too old, and has not been carried out; give it again if it "
                          "still holds");
    autoptr(order) own = order_copy(order);
    guint job = 0;
    g_free(own->who);
    own->who = g_strdup(who);
    gboolean done = order_carry_out(engine, own, &job, &error);
    struct answer *answer = answer_new(order->id, number, done ? NULL : error->message);
    answer->job = job;
    publisher_hurry(publisher);
    return answer;
}

/* --- The thread ------------------------------------------------------------------------------- */

/* The answer first: only then is it over. */
static gboolean write_answer(const char *dir, const struct taken *taken, GError **error)
{
    g_autofree char *answer = shared_path(dir, SHARED_ANSWERS, taken->name);
    g_autofree char *done = shared_path(dir, SHARED_TAKEN, taken->name);
    g_autofree char *text = answer_format(taken->answer);
    if (!shared_file_put(answer, text, strlen(text), error))
        return FALSE;
    g_unlink(done);
    return TRUE;
}

static struct taken *read_taken(const char *dir, const char *name)
{
    g_autofree char *path = shared_path(dir, SHARED_TAKEN, name);
    struct taken *taken = g_new0(struct taken, 1);
    g_autoptr(GError) error = NULL;
    gsize length;
    taken->name = g_strdup(name);
    g_autofree char *bytes =
        shared_file_get(path, ORDER_FILE_BYTES_MOST, &length, &taken->owner, NULL, &error);
    if (bytes)
        taken->order = order_parse(path, bytes, length, &taken->stamp, &error);
    if (!taken->order)
        taken->answer = answer_new(0, 0, error ? error->message : "it cannot be read");
    return taken;
}

/* Another manager took them, and did not live to answer. */
static void settle_left(struct round *round)
{
    g_autofree char *place = shared_path(round->dir, SHARED_TAKEN, NULL);
    g_autoptr(GPtrArray) names = shared_dir_list(place, ORDERS_MOST * ORDERS_MOST);
    for (guint i = 0; i < names->len; i++) {
        struct taken *taken = read_taken(round->dir, names->pdata[i]);
        if (!taken->answer)
            taken->answer =
                answer_new(taken->order->id, 0,
                           "the manager that took it ended before it answered: it is not known "
                           "whether it was carried out; look before you give it again");
        g_ptr_array_add(round->answers, taken);
    }
}

static void take_orders(struct round *round)
{
    g_autofree char *place = shared_path(round->dir, SHARED_ORDERS, NULL);
    shared_dir_look_afresh(place);
    g_autoptr(GPtrArray) names = shared_dir_list(place, ORDERS_MOST);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *from = shared_path(round->dir, SHARED_ORDERS, names->pdata[i]);
        g_autofree char *to = shared_path(round->dir, SHARED_TAKEN, names->pdata[i]);
        if (g_rename(from, to) == 0) /* else it was withdrawn */
            g_ptr_array_add(round->taken, read_taken(round->dir, names->pdata[i]));
    }
}

static void write_answers(struct round *round)
{
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < round->answers->len && !error;) {
        if (write_answer(round->dir, round->answers->pdata[i], &error))
            g_ptr_array_remove_index(round->answers, i);
    }
    if (error)
        round->trouble = g_strdup(error->message);
}

static void look_in_thread(GTask *task, G_GNUC_UNUSED gpointer source, gpointer data,
                           G_GNUC_UNUSED GCancellable *cancellable)
{
    struct round *round = data;
    static const char *const places[] = {SHARED_ORDERS, SHARED_TAKEN, SHARED_ANSWERS};
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(places) && !error; i++) {
        g_autofree char *place = shared_path(round->dir, places[i], NULL);
        shared_dir_make(place, &error);
        if (!error && round->sweep)
            shared_dir_sweep(place);
    }
    if (error) {
        round->trouble = g_strdup(error->message);
    } else {
        if (round->first)
            settle_left(round);
        write_answers(round);
        if (!round->trouble)
            take_orders(round);
    }
    g_task_return_boolean(task, TRUE);
}

/* --- The main thread -------------------------------------------------------------------------- */

static void begin_look(struct orders *orders);

static void note_trouble(struct orders *orders, const char *trouble)
{
    if (trouble && !orders->told) {
        g_autofree char *text =
            g_strdup_printf("orders of other consoles cannot be taken: %s", trouble);
        engine_note(orders->engine, "alarm", "failed", TRUE, text);
    } else if (!trouble && orders->told) {
        engine_note(orders->engine, "store", "done", FALSE,
                    "orders of other consoles are taken again");
    }
    orders->told = trouble != NULL;
}

static void carry_out(struct orders *orders, struct taken *taken)
{
    g_autofree char *user = orders_user_name(taken->owner);
    g_autofree char *who = g_strdup_printf("%s (via the store)", user);
    if (!taken->answer)
        taken->answer = orders_carry_out(orders->engine, orders->publisher, orders->fence,
                                         taken->order, &taken->stamp, who);
    g_ptr_array_add(orders->answers, taken);
}

static void orders_destroy(struct orders *orders)
{
    g_ptr_array_unref(orders->answers);
    g_free(orders->dir);
    g_free(orders);
}

static gboolean on_timer(gpointer data)
{
    struct orders *orders = data;
    orders->timer = 0;
    begin_look(orders);
    return G_SOURCE_REMOVE;
}

/* What was taken by one that is no manager any more is not carried out: the next one answers. */
static void on_looked(G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer data)
{
    struct orders *orders = data;
    struct round *round = g_task_get_task_data(G_TASK(result));
    orders->busy = FALSE;
    if (orders->dead) {
        orders_destroy(orders);
        return;
    }
    note_trouble(orders, round->trouble);
    while (round->answers->len > 0) /* those that could not be written wait for the next time */
        g_ptr_array_add(orders->answers, g_ptr_array_steal_index(round->answers, 0));
    gboolean some = round->taken->len > 0;
    while (round->taken->len > 0)
        carry_out(orders, g_ptr_array_steal_index(round->taken, 0));
    if (some)
        begin_look(orders);
    else
        orders->timer = g_timeout_add(LOOK_MS, on_timer, orders);
}

static void begin_look(struct orders *orders)
{
    struct round *round = g_new0(struct round, 1);
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_looked, orders);
    round->dir = g_strdup(orders->dir);
    round->first = orders->looks == 0;
    round->sweep = orders->looks++ % SWEEP_LOOKS == 0;
    round->answers = g_steal_pointer(&orders->answers);
    round->taken = g_ptr_array_new_with_free_func(taken_free);
    orders->answers = g_ptr_array_new_with_free_func(taken_free);
    orders->busy = TRUE;
    g_task_set_task_data(task, round, round_free);
    g_task_run_in_thread(task, look_in_thread);
}

struct orders *orders_new(struct engine *engine, struct publisher *publisher, const char *dir,
                          guint64 fence)
{
    struct orders *orders = g_new0(struct orders, 1);
    orders->engine = engine;
    orders->publisher = publisher;
    orders->dir = g_strdup(dir);
    orders->fence = fence;
    orders->answers = g_ptr_array_new_with_free_func(taken_free);
    begin_look(orders);
    return orders;
}

/* Answers that are still to be written are written here: whoever waits for them should not wonder.
 */
static void write_last_answers(struct orders *orders)
{
    for (guint i = 0; i < orders->answers->len; i++)
        write_answer(orders->dir, orders->answers->pdata[i], NULL);
}

void orders_free(struct orders *orders)
{
    if (!orders)
        return;
    if (orders->timer)
        g_source_remove(orders->timer);
    orders->dead = TRUE;
    if (orders->busy)
        return;
    write_last_answers(orders);
    orders_destroy(orders);
}
