#include "core/manager/socket.h"

#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/manager/frames.h"
#include "core/manager/orders.h"

#define CLIENTS_MOST 64
#define WAITING_MOST 64 /* answers; who asks more without reading is let go */
#define GROUPS_MOST  256
#define NAME_DIGITS  16

struct client {
    struct socket_server *server;
    struct frames *frames;
    char *who;
};

struct socket_server {
    struct engine *engine;
    struct publisher *publisher;
    GSocketService *service;
    GPtrArray *clients; /* struct client *, owned */
    char *path;
    guint64 fence;
    gboolean grouped;
    gid_t group;
    guint64 inode; /* of our socket: another's is not removed */
};

char *socket_path_for(const char *store_dir)
{
    g_autofree char *real = realpath(store_dir, NULL);
    g_autofree char *full = g_canonicalize_filename(real ? real : store_dir, NULL);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, full, -1);
    g_autofree char *name = g_strdup_printf("%.*s.sock", NAME_DIGITS, digest);
    return geteuid() == 0 ? g_build_filename("/run/roost", name, NULL)
                          : g_build_filename(g_get_user_runtime_dir(), "roost", name, NULL);
}

/* --- Who may ---------------------------------------------------------------------------------- */

static gboolean is_member(uid_t uid, gid_t group)
{
    gid_t groups[GROUPS_MOST];
    int count = GROUPS_MOST;
    const struct passwd *user = getpwuid(uid);
    if (!user || getgrouplist(user->pw_name, user->pw_gid, groups, &count) < 0)
        return FALSE;
    for (int i = 0; i < count; i++) {
        if (groups[i] == group)
            return TRUE;
    }
    return FALSE;
}

static gboolean may_ask(const struct socket_server *server, uid_t uid)
{
    return uid == 0 || uid == geteuid() || (server->grouped && is_member(uid, server->group));
}

/* --- Clients ---------------------------------------------------------------------------------- */

static void client_free(gpointer data)
{
    struct client *client = data;
    frames_free(client->frames);
    g_free(client->who);
    g_free(client);
}

static void answer(struct client *client, const struct answer *what)
{
    char *text = answer_format(what);
    g_autoptr(GBytes) document = g_bytes_new_take(text, strlen(text));
    frames_send(client->frames, document);
}

static void on_document(G_GNUC_UNUSED struct frames *frames, GBytes *document, gpointer data)
{
    struct client *client = data;
    struct socket_server *server = client->server;
    struct order_stamp stamp;
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    const char *bytes = document ? g_bytes_get_data(document, &length) : NULL;
    autoptr(order) order =
        document ? order_parse("order", bytes ? bytes : "", length, &stamp, &error) : NULL;
    if (!order || frames_waiting(client->frames) > WAITING_MOST) {
        g_ptr_array_remove(server->clients, client);
        return;
    }
    autoptr(answer) what = orders_carry_out(server->engine, server->publisher, server->fence, order,
                                            &stamp, client->who);
    answer(client, what);
}

static gboolean on_incoming(G_GNUC_UNUSED GSocketService *service, GSocketConnection *connection,
                            G_GNUC_UNUSED GObject *source, gpointer data)
{
    struct socket_server *server = data;
    g_autoptr(GCredentials) peer =
        g_socket_get_credentials(g_socket_connection_get_socket(connection), NULL);
    uid_t uid = peer ? g_credentials_get_unix_user(peer, NULL) : (uid_t)-1;
    if (uid == (uid_t)-1 || !may_ask(server, uid) || server->clients->len >= CLIENTS_MOST)
        return TRUE; /* it is closed with its last reference */
    struct client *client = g_new0(struct client, 1);
    client->server = server;
    client->who = orders_user_name(uid);
    client->frames =
        frames_new(G_IO_STREAM(connection), ORDER_FILE_BYTES_MOST, on_document, client);
    g_ptr_array_add(server->clients, client);
    GBytes *last = publisher_last(server->publisher);
    if (last)
        frames_send_latest(client->frames, last);
    return TRUE;
}

void socket_server_publish(struct socket_server *server, GBytes *document)
{
    for (guint i = 0; i < server->clients->len; i++)
        frames_send_latest(((struct client *)server->clients->pdata[i])->frames, document);
}

/* --- Its life --------------------------------------------------------------------------------- */

static gboolean take_group(struct socket_server *server, const char *group, GError **error)
{
    const struct group *entry = group && *group ? getgrnam(group) : NULL;
    if (!group || !*group)
        return TRUE;
    if (!entry) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "[manager] group: there is no group \"%s\" on this machine", group);
        return FALSE;
    }
    server->grouped = TRUE;
    server->group = entry->gr_gid;
    return TRUE;
}

/* A directory that others could write to would let them put their own socket there. */
static gboolean make_place(const struct socket_server *server, GError **error)
{
    g_autofree char *dir = g_path_get_dirname(server->path);
    struct stat status;
    if (g_mkdir_with_parents(dir, server->grouped ? 0711 : 0700) != 0 || lstat(dir, &status) != 0) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s", dir, g_strerror(errno));
        return FALSE;
    }
    if (!S_ISDIR(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & 022) != 0) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "%s: others may write there: no local socket is made in it", dir);
        return FALSE;
    }
    if (server->grouped && chmod(dir, 0711) != 0)
        return TRUE;
    g_unlink(server->path);
    return TRUE;
}

static gboolean listen_at(struct socket_server *server, GError **error)
{
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(server->path);
    struct stat status;
    mode_t mask = umask(0177);
    gboolean added = g_socket_listener_add_address(G_SOCKET_LISTENER(server->service), address,
                                                   G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                                                   NULL, NULL, error);
    umask(mask);
    if (!added) {
        g_prefix_error(error, "%s: ", server->path);
        return FALSE;
    }
    if (server->grouped &&
        (lchown(server->path, (uid_t)-1, server->group) != 0 || chmod(server->path, 0660) != 0)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: cannot be given to its group: %s",
                    server->path, g_strerror(errno));
        return FALSE;
    }
    if (lstat(server->path, &status) == 0)
        server->inode = status.st_ino;
    return TRUE;
}

struct socket_server *socket_server_new(struct engine *engine, struct publisher *publisher,
                                        const char *path, const char *group, guint64 fence,
                                        GError **error)
{
    autoptr(socket_server) server = g_new0(struct socket_server, 1);
    server->engine = engine;
    server->publisher = publisher;
    server->path = g_strdup(path);
    server->fence = fence;
    server->clients = g_ptr_array_new_with_free_func(client_free);
    server->service = g_socket_service_new();
    if (!take_group(server, group, error) || !make_place(server, error) ||
        !listen_at(server, error))
        return NULL;
    g_signal_connect(server->service, "incoming", G_CALLBACK(on_incoming), server);
    g_socket_service_start(server->service);
    return g_steal_pointer(&server);
}

void socket_server_free(struct socket_server *server)
{
    struct stat status;
    if (!server)
        return;
    g_signal_handlers_disconnect_by_data(server->service, server);
    g_socket_service_stop(server->service);
    g_socket_listener_close(G_SOCKET_LISTENER(server->service));
    g_object_unref(server->service);
    g_ptr_array_unref(server->clients);
    if (server->inode && lstat(server->path, &status) == 0 && status.st_ino == server->inode)
        g_unlink(server->path);
    g_free(server->path);
    g_free(server);
}
