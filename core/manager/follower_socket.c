/* follower_socket.c - following by the manager's local socket, which tells of what is new. */
#include "core/manager/follower_internal.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

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
        follower_take_state(follower, state);
    else
        follower_set_trouble(follower, error->message);
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
            follower_give_up(follower, sent->id, FOLLOWER_NOT_KNOWN);
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
        follower_take_answer(follower, answer->order, answer);
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

void follower_connect(struct follower *follower)
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
