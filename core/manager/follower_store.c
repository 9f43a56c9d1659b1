/* follower_store.c - following by the store: its files are looked at in a thread, now and then. */
#include "core/manager/follower_internal.h"

#include <glib/gstdio.h>
#include <string.h>

#define LOOK_MS     500
#define SILENCE_US  (15 * G_TIME_SPAN_SECOND) /* three beats */
#define RETRY_LOOKS 10                        /* until the socket is tried again */

/* --- In the thread ---------------------------------------------------------------------------- */

/* One look of the thread: everything it may touch is its own. */
struct look {
    char *dir;
    guint generation;
    struct file_mark mark;
    GPtrArray *sent;     /* struct sent *: copies, of those that have files */
    GPtrArray *answered; /* guint id and struct answer *, in turn */
    GArray *written;     /* guint: ids */
    GArray *withdrawn;
    GArray *taken;
    gint64 withdraw_before_us;
    struct manager_state *state;
    char *trouble;
};

static void look_free(gpointer data)
{
    struct look *look = data;
    g_free(look->dir);
    g_ptr_array_unref(look->sent);
    for (guint i = 1; i < look->answered->len; i += 2)
        answer_free(look->answered->pdata[i]);
    g_ptr_array_unref(look->answered);
    g_array_unref(look->written);
    g_array_unref(look->withdrawn);
    g_array_unref(look->taken);
    manager_state_free(look->state);
    g_free(look->trouble);
    g_free(look);
}

static void note_look_trouble(struct look *look, const GError *error)
{
    if (!look->trouble)
        look->trouble = g_strdup(error->message);
}

static void read_state(struct look *look)
{
    g_autofree char *path = shared_path(look->dir, SHARED_STATE_FILE, NULL);
    g_autoptr(GError) error = NULL;
    gsize length;
    if (shared_file_is(path, &look->mark))
        return;
    g_autofree char *bytes =
        shared_file_get(path, STATE_FILE_BYTES_MOST, &length, NULL, &look->mark, &error);
    if (bytes)
        look->state = state_parse(path, bytes, length, &error);
    if (error)
        note_look_trouble(look, error);
}

static void write_order(struct look *look, const struct sent *sent)
{
    g_autofree char *place = shared_path(look->dir, SHARED_ORDERS, NULL);
    g_autofree char *path = g_build_filename(place, sent->name, NULL);
    g_autoptr(GError) error = NULL;
    if (shared_dir_make(place, &error) &&
        shared_file_put(path, sent->text, strlen(sent->text), &error))
        g_array_append_val(look->written, sent->id);
    else
        note_look_trouble(look, error);
}

static gboolean read_answer(struct look *look, const struct sent *sent)
{
    g_autofree char *path = shared_path(look->dir, SHARED_ANSWERS, sent->name);
    g_autoptr(GError) error = NULL;
    gsize length;
    g_autofree char *bytes =
        shared_file_get(path, ORDER_FILE_BYTES_MOST, &length, NULL, NULL, &error);
    struct answer *answer = bytes ? answer_parse(path, bytes, length, &error) : NULL;
    if (!answer)
        return FALSE;
    g_ptr_array_add(look->answered, GUINT_TO_POINTER(sent->id));
    g_ptr_array_add(look->answered, answer);
    g_unlink(path);
    return TRUE;
}

/* Removing it is what withdraws it: the manager takes it by a rename, and one of us is first. */
static void withdraw(struct look *look, const struct sent *sent)
{
    g_autofree char *path = shared_path(look->dir, SHARED_ORDERS, sent->name);
    GArray *which = g_unlink(path) == 0 ? look->withdrawn : look->taken;
    g_array_append_val(which, sent->id);
}

static void look_in_thread(GTask *task, G_GNUC_UNUSED gpointer source, gpointer data,
                           G_GNUC_UNUSED GCancellable *cancellable)
{
    struct look *look = data;
    g_autofree char *answers = shared_path(look->dir, SHARED_ANSWERS, NULL);
    if (look->sent->len > 0)
        shared_dir_look_afresh(answers);
    for (guint i = 0; i < look->sent->len; i++) {
        const struct sent *sent = look->sent->pdata[i];
        if (sent->text && sent->at_us < look->withdraw_before_us)
            g_array_append_val(look->withdrawn, sent->id); /* it never came to be */
        else if (sent->text)
            write_order(look, sent);
        else if (!read_answer(look, sent) && !sent->taken && sent->at_us < look->withdraw_before_us)
            withdraw(look, sent);
    }
    read_state(look);
    g_task_return_boolean(task, TRUE);
}

/* --- Around it -------------------------------------------------------------------------------- */

static void begin_look(struct follower *follower);

static gboolean on_timer(gpointer data)
{
    struct follower *follower = data;
    follower->timer = 0;
    begin_look(follower);
    return G_SOURCE_REMOVE;
}

void follower_look_within(struct follower *follower, guint ms)
{
    if (follower->busy)
        return;
    if (follower->timer)
        g_source_remove(follower->timer);
    follower->timer = g_timeout_add(ms, on_timer, follower);
}

static void take_outcomes(struct follower *follower, const struct look *look)
{
    for (guint i = 0; i < look->written->len; i++) {
        struct sent *sent = follower_find_sent(follower, g_array_index(look->written, guint, i));
        if (sent)
            g_clear_pointer(&sent->text, g_free);
    }
    for (guint i = 0; i < look->taken->len; i++) {
        struct sent *sent = follower_find_sent(follower, g_array_index(look->taken, guint, i));
        if (sent)
            sent->taken = TRUE;
    }
    for (guint i = 0; i + 1 < look->answered->len; i += 2)
        follower_take_answer(follower, GPOINTER_TO_UINT(look->answered->pdata[i]),
                             look->answered->pdata[i + 1]);
    for (guint i = 0; i < look->withdrawn->len; i++)
        follower_give_up(follower, g_array_index(look->withdrawn, guint, i), FOLLOWER_NOT_TAKEN);
}

static void give_up_late(struct follower *follower)
{
    gint64 before_us =
        g_get_monotonic_time() - follower->settings.take_us - follower->settings.answer_us;
    for (guint i = follower->sent->len; i > 0; i--) {
        const struct sent *sent = follower->sent->pdata[i - 1];
        if (sent->at_us < before_us)
            follower_give_up(follower, sent->id, FOLLOWER_NOT_KNOWN);
    }
}

static void judge_silence(struct follower *follower)
{
    gint64 silence_us = follower_silence_us(follower);
    if (silence_us >= SILENCE_US && !follower->trouble)
        follower_set_trouble(follower,
                             "the manager holds its lease, and has published nothing for a "
                             "while: what is shown grows old");
}

static struct sent *sent_copy(const struct sent *sent)
{
    struct sent *copy = g_memdup2(sent, sizeof *sent);
    copy->name = g_strdup(sent->name);
    copy->text = g_strdup(sent->text);
    return copy;
}

static void on_looked(G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer data)
{
    struct follower *follower = data;
    struct look *look = g_task_get_task_data(G_TASK(result));
    follower->busy = FALSE;
    if (follower->dead) {
        follower_destroy(follower);
        return;
    }
    gboolean waits = FALSE;
    if (look->generation == follower->generation) {
        take_outcomes(follower, look);
        follower->mark = look->mark;
        if (look->state && !follower->frames)
            follower_take_state(follower, look->state);
        if (look->trouble)
            follower_set_trouble(follower, look->trouble);
    }
    for (guint i = 0; i < follower->sent->len; i++)
        waits |= ((struct sent *)follower->sent->pdata[i])->text != NULL;
    give_up_late(follower);
    judge_silence(follower);
    follower_look_within(follower, waits ? LOOK_MS / 5 : LOOK_MS);
}

static void begin_look(struct follower *follower)
{
    struct look *look = g_new0(struct look, 1);
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_looked, follower);
    look->dir = g_strdup(follower->settings.dir);
    look->generation = follower->generation;
    look->mark = follower->mark;
    look->sent = g_ptr_array_new_with_free_func(follower_sent_free);
    look->answered = g_ptr_array_new();
    look->written = g_array_new(FALSE, FALSE, sizeof(guint));
    look->withdrawn = g_array_new(FALSE, FALSE, sizeof(guint));
    look->taken = g_array_new(FALSE, FALSE, sizeof(guint));
    look->withdraw_before_us = g_get_monotonic_time() - follower->settings.take_us;
    for (guint i = 0; i < follower->sent->len; i++) {
        const struct sent *sent = follower->sent->pdata[i];
        if (sent->name)
            g_ptr_array_add(look->sent, sent_copy(sent));
    }
    follower->busy = TRUE;
    g_task_set_task_data(task, look, look_free);
    g_task_run_in_thread(task, look_in_thread);
    if (++follower->looks % RETRY_LOOKS == 0)
        follower_connect(follower);
}
