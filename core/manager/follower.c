#include "core/manager/follower.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/engine/follow.h"
#include "core/manager/frames.h"
#include "core/manager/shared_dir.h"
#include "core/manager/state_file.h"

#define LOOK_MS     500
#define TAKE_US     (15 * G_TIME_SPAN_SECOND)
#define ANSWER_US   (60 * G_TIME_SPAN_SECOND)
#define SILENCE_US  (15 * G_TIME_SPAN_SECOND) /* three beats */
#define RETRY_LOOKS 10                        /* until the socket is tried again */

#define NOT_TAKEN                                                                                  \
    "the manager did not take it in time: it was withdrawn, and has not been carried out"
#define NOT_KNOWN                                                                                  \
    "the manager did not answer: it is not known whether it was carried out; look before you "     \
    "give it again"

/* An order on its way. */
struct sent {
    guint id;
    char *name; /* of its file; NULL = it went over the socket */
    char *text; /* of the document, until it was written; NULL then */
    gint64 at_us;
    gboolean taken; /* it could not be withdrawn: its answer is awaited */
};

struct follower {
    struct engine *engine;
    struct follower_settings settings; /* its strings owned */
    char sender[17];
    guint counter;
    GPtrArray *sent; /* struct sent *, oldest first */
    guint timer;
    guint looks;
    gboolean busy; /* a thread looks */
    gboolean parsing;
    gboolean connecting;
    gboolean dead;
    guint generation; /* of the manager; what began under another is not for us */
    struct file_mark mark;
    struct frames *frames; /* NULL = the store is used */
    GBytes *newest;        /* came while one was being parsed */
    GCancellable *cancel;
    char *trouble;
    gint64 heard_at_us; /* or began to listen */
};

static void sent_free(gpointer data)
{
    struct sent *sent = data;
    g_free(sent->name);
    g_free(sent->text);
    g_free(sent);
}

static char *path_in(const char *dir, const char *place, const char *name)
{
    return g_build_filename(dir, SHARED_DIR, place, name, NULL);
}

static void follower_destroy(struct follower *follower)
{
    if (follower->busy || follower->parsing || follower->connecting)
        return;
    g_ptr_array_unref(follower->sent);
    g_clear_pointer(&follower->newest, g_bytes_unref);
    g_object_unref(follower->cancel);
    g_free((char *)follower->settings.dir);
    g_free((char *)follower->settings.socket);
    g_free(follower->trouble);
    g_free(follower);
}

static void set_trouble(struct follower *follower, const char *text)
{
    if (g_strcmp0(text, follower->trouble) == 0)
        return;
    if (text)
        engine_note(follower->engine, "alarm", "", TRUE, text);
    g_free(follower->trouble);
    follower->trouble = g_strdup(text);
}

/* --- What comes -------------------------------------------------------------------------------
 */

static void take_state(struct follower *follower, struct manager_state *state)
{
    if (state->fence != follower->settings.fence)
        return;
    follower->heard_at_us = g_get_monotonic_time();
    set_trouble(follower, NULL);
    follow_apply(follower->engine, state);
}

static struct sent *find_sent(const struct follower *follower, guint id)
{
    for (guint i = 0; i < follower->sent->len; i++) {
        struct sent *sent = follower->sent->pdata[i];
        if (sent->id == id)
            return sent;
    }
    return NULL;
}

static void take_answer(struct follower *follower, guint id, const struct answer *answer)
{
    struct sent *sent = find_sent(follower, id);
    if (!sent)
        return;
    g_ptr_array_remove(follower->sent, sent);
    follow_answer(follower->engine, id, answer->job, answer->number, answer->refusal);
}

static void give_up(struct follower *follower, guint id, const char *why)
{
    const struct answer answer = {.order = id, .refusal = (char *)why};
    take_answer(follower, id, &answer);
}

/* --- By the store -----------------------------------------------------------------------------
 */

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
    g_autofree char *path = path_in(look->dir, SHARED_STATE_FILE, NULL);
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
    g_autofree char *place = path_in(look->dir, SHARED_ORDERS, NULL);
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
    g_autofree char *path = path_in(look->dir, SHARED_ANSWERS, sent->name);
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
    g_autofree char *path = path_in(look->dir, SHARED_ORDERS, sent->name);
    GArray *which = g_unlink(path) == 0 ? look->withdrawn : look->taken;
    g_array_append_val(which, sent->id);
}

static void look_in_thread(GTask *task, G_GNUC_UNUSED gpointer source, gpointer data,
                           G_GNUC_UNUSED GCancellable *cancellable)
{
    struct look *look = data;
    g_autofree char *answers = path_in(look->dir, SHARED_ANSWERS, NULL);
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

static void begin_look(struct follower *follower);

static gboolean on_timer(gpointer data)
{
    struct follower *follower = data;
    follower->timer = 0;
    begin_look(follower);
    return G_SOURCE_REMOVE;
}

static void look_within(struct follower *follower, guint ms)
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
        struct sent *sent = find_sent(follower, g_array_index(look->written, guint, i));
        if (sent)
            g_clear_pointer(&sent->text, g_free);
    }
    for (guint i = 0; i < look->taken->len; i++) {
        struct sent *sent = find_sent(follower, g_array_index(look->taken, guint, i));
        if (sent)
            sent->taken = TRUE;
    }
    for (guint i = 0; i + 1 < look->answered->len; i += 2)
        take_answer(follower, GPOINTER_TO_UINT(look->answered->pdata[i]),
                    look->answered->pdata[i + 1]);
    for (guint i = 0; i < look->withdrawn->len; i++)
        give_up(follower, g_array_index(look->withdrawn, guint, i), NOT_TAKEN);
}

static void give_up_late(struct follower *follower)
{
    gint64 before_us =
        g_get_monotonic_time() - follower->settings.take_us - follower->settings.answer_us;
    for (guint i = follower->sent->len; i > 0; i--) {
        const struct sent *sent = follower->sent->pdata[i - 1];
        if (sent->at_us < before_us)
            give_up(follower, sent->id, NOT_KNOWN);
    }
}

static void judge_silence(struct follower *follower)
{
    gint64 silence_us = follower_silence_us(follower);
    if (silence_us >= SILENCE_US && !follower->trouble)
        set_trouble(follower, "the manager holds its lease, and has published nothing for a "
                              "while: what is shown grows old");
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
            take_state(follower, look->state);
        if (look->trouble)
            set_trouble(follower, look->trouble);
    }
    for (guint i = 0; i < follower->sent->len; i++)
        waits |= ((struct sent *)follower->sent->pdata[i])->text != NULL;
    give_up_late(follower);
    judge_silence(follower);
    look_within(follower, waits ? LOOK_MS / 5 : LOOK_MS);
}

static struct sent *sent_copy(const struct sent *sent)
{
    struct sent *copy = g_memdup2(sent, sizeof *sent);
    copy->name = g_strdup(sent->name);
    copy->text = g_strdup(sent->text);
    return copy;
}

static void connect_socket(struct follower *follower);

static void begin_look(struct follower *follower)
{
    struct look *look = g_new0(struct look, 1);
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_looked, follower);
    look->dir = g_strdup(follower->settings.dir);
    look->generation = follower->generation;
    look->mark = follower->mark;
    look->sent = g_ptr_array_new_with_free_func(sent_free);
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
        connect_socket(follower);
}

/* --- By the socket ----------------------------------------------------------------------------
 */

static void begin_parsing(struct follower *follower, GBytes *document);

static void parse_in_thread(GTask *task, G_GNUC_UNUSED gpointer source, gpointer data,
                            G_GNUC_UNUSED GCancellable *cancellable)
{
    GError *error = NULL;
    gsize length = 0;
    const char *bytes = g_bytes_get_data(data, &length);
    struct manager_state *state = state_parse("the manager's state", bytes, length, &error);
    if (state)
        g_task_return_pointer(task, state, (GDestroyNotify)manager_state_free);
    else
        g_task_return_error(task, error);
}

static void on_parsed(G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer data)
{
    struct follower *follower = data;
    g_autoptr(GError) error = NULL;
    autoptr(manager_state) state = g_task_propagate_pointer(G_TASK(result), &error);
    follower->parsing = FALSE;
    if (follower->dead) {
        follower_destroy(follower);
        return;
    }
    if (state)
        take_state(follower, state);
    else
        set_trouble(follower, error->message);
    g_autoptr(GBytes) newest = g_steal_pointer(&follower->newest);
    if (newest)
        begin_parsing(follower, newest);
}

static void begin_parsing(struct follower *follower, GBytes *document)
{
    if (follower->parsing) {
        g_clear_pointer(&follower->newest, g_bytes_unref);
        follower->newest = g_bytes_ref(document);
        return;
    }
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_parsed, follower);
    follower->parsing = TRUE;
    g_task_set_task_data(task, g_bytes_ref(document), (GDestroyNotify)g_bytes_unref);
    g_task_run_in_thread(task, parse_in_thread);
}

/* What went over it and was not answered: nobody can tell. */
static void socket_broke(struct follower *follower)
{
    g_clear_pointer(&follower->frames, frames_free);
    memset(&follower->mark, 0, sizeof follower->mark);
    for (guint i = follower->sent->len; i > 0; i--) {
        const struct sent *sent = follower->sent->pdata[i - 1];
        if (!sent->name)
            give_up(follower, sent->id, NOT_KNOWN);
    }
}

/* Answers are short, and begin with their name; what is long is a state. */
static void on_document(G_GNUC_UNUSED struct frames *frames, GBytes *document, gpointer data)
{
    struct follower *follower = data;
    gsize length = 0;
    const char *bytes = document ? g_bytes_get_data(document, &length) : NULL;
    if (!bytes) {
        socket_broke(follower);
        return;
    }
    if (!g_strstr_len(bytes, (gssize)MIN(length, 128), "<answer ")) {
        begin_parsing(follower, document);
        return;
    }
    autoptr(answer) answer = answer_parse("the manager's answer", bytes, length, NULL);
    if (answer)
        take_answer(follower, answer->order, answer);
}

struct connecting {
    struct follower *follower;
    guint generation;
};

static void on_connected(GObject *source, GAsyncResult *result, gpointer data)
{
    struct connecting *connecting = data;
    struct follower *follower = connecting->follower;
    gboolean ours = connecting->generation == follower->generation;
    g_autoptr(GSocketConnection) connection =
        g_socket_client_connect_finish(G_SOCKET_CLIENT(source), result, NULL);
    g_free(connecting);
    follower->connecting = FALSE;
    if (follower->dead)
        follower_destroy(follower);
    else if (connection && ours && !follower->frames)
        follower->frames =
            frames_new(G_IO_STREAM(connection), STATE_FILE_BYTES_MOST, on_document, follower);
}

static void connect_socket(struct follower *follower)
{
    if (!follower->settings.socket || follower->frames || follower->connecting)
        return;
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(follower->settings.socket);
    struct connecting *connecting = g_new0(struct connecting, 1);
    connecting->follower = follower;
    connecting->generation = follower->generation;
    follower->connecting = TRUE;
    g_socket_client_connect_async(client, G_SOCKET_CONNECTABLE(address), follower->cancel,
                                  on_connected, connecting);
}

/* --- Orders ------------------------------------------------------------------------------------
 */

static void send_order(struct order *order, gpointer data)
{
    struct follower *follower = data;
    const struct order_stamp stamp = {follower->settings.fence, follow_number(follower->engine)};
    g_autofree char *text = order_format(order, &stamp);
    struct sent *sent = g_new0(struct sent, 1);
    sent->id = order->id;
    sent->at_us = g_get_monotonic_time();
    g_ptr_array_add(follower->sent, sent);
    order_free(order);
    if (follower->frames) {
        g_autoptr(GBytes) document = g_bytes_new(text, strlen(text));
        frames_send(follower->frames, document);
        return;
    }
    sent->name = g_strdup_printf("%s-%010u.xml", follower->sender, ++follower->counter);
    sent->text = g_steal_pointer(&text);
    look_within(follower, 0);
}

/* --- Its life --------------------------------------------------------------------------------- */

struct follower *follower_new(struct engine *engine, const struct follower_settings *settings)
{
    struct follower *follower = g_new0(struct follower, 1);
    if (!follow_begin(engine, send_order, follower)) {
        g_free(follower);
        return NULL;
    }
    follower->engine = engine;
    follower->settings = *settings;
    follower->settings.dir = g_strdup(settings->dir);
    follower->settings.socket = g_strdup(settings->socket);
    follower->settings.take_us = settings->take_us ? settings->take_us : TAKE_US;
    follower->settings.answer_us = settings->answer_us ? settings->answer_us : ANSWER_US;
    g_snprintf(follower->sender, sizeof follower->sender, "%08x%08x", g_random_int(),
               g_random_int());
    follower->sent = g_ptr_array_new_with_free_func(sent_free);
    follower->cancel = g_cancellable_new();
    follower->heard_at_us = g_get_monotonic_time();
    connect_socket(follower);
    look_within(follower, 0);
    return follower;
}

/* Blocks on the file system, for those that were not answered: mostly none. */
static void withdraw_all(struct follower *follower)
{
    while (follower->sent->len > 0) {
        const struct sent *sent = follower->sent->pdata[follower->sent->len - 1];
        g_autofree char *path =
            sent->name ? path_in(follower->settings.dir, SHARED_ORDERS, sent->name) : NULL;
        gboolean withdrawn = path && (g_unlink(path) == 0 || (sent->text && !follower->busy));
        give_up(follower, sent->id, withdrawn ? NOT_TAKEN : NOT_KNOWN);
    }
}

void follower_free(struct follower *follower)
{
    if (!follower)
        return;
    withdraw_all(follower);
    if (follower->timer)
        g_source_remove(follower->timer);
    follower->dead = TRUE;
    g_cancellable_cancel(follower->cancel);
    g_clear_pointer(&follower->frames, frames_free);
    follower_destroy(follower);
}

void follower_set_manager(struct follower *follower, guint64 fence, const char *socket)
{
    if (fence == follower->settings.fence && g_strcmp0(socket, follower->settings.socket) == 0)
        return;
    withdraw_all(follower);
    if (fence != follower->settings.fence)
        follow_another(follower->engine);
    follower->generation++;
    g_clear_pointer(&follower->frames, frames_free);
    g_clear_pointer(&follower->newest, g_bytes_unref);
    memset(&follower->mark, 0, sizeof follower->mark);
    follower->settings.fence = fence;
    g_free((char *)follower->settings.socket);
    follower->settings.socket = g_strdup(socket);
    follower->heard_at_us = g_get_monotonic_time();
    connect_socket(follower);
    look_within(follower, 0);
}

const char *follower_trouble(const struct follower *follower)
{
    return follower->trouble;
}

gint64 follower_silence_us(const struct follower *follower)
{
    return g_get_monotonic_time() - follower->heard_at_us;
}

gboolean follower_is_local(const struct follower *follower)
{
    return follower->frames != NULL;
}
