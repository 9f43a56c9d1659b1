#include "core/manager/leader.h"

#include "core/manager/orders.h"
#include "core/manager/publish.h"
#include "core/manager/socket.h"

struct leader {
    struct publisher *publisher;
    struct orders *orders;
    struct socket_server *socket; /* NULL = none */
};

static void published(GBytes *document, gpointer data)
{
    const struct leader *leader = data;
    if (leader->socket)
        socket_server_publish(leader->socket, document);
}

struct leader *leader_new(struct engine *engine, const struct leader_settings *settings)
{
    struct leader *leader = g_new0(struct leader, 1);
    g_autoptr(GError) error = NULL;
    leader->publisher = publisher_new(engine, settings->dir, settings->fence);
    leader->orders = orders_new(engine, leader->publisher, settings->dir, settings->fence);
    if (settings->socket)
        leader->socket = socket_server_new(engine, leader->publisher, settings->socket,
                                           settings->group, settings->fence, &error);
    if (error) {
        g_autofree char *text = g_strdup_printf(
            "no local socket: %s; consoles on this machine use the store instead", error->message);
        engine_note(engine, "store", "failed", FALSE, text);
    }
    publisher_set_func(leader->publisher, published, leader);
    return leader;
}

void leader_free(struct leader *leader)
{
    if (!leader)
        return;
    publisher_set_func(leader->publisher, NULL, NULL);
    socket_server_free(leader->socket);
    orders_free(leader->orders);
    publisher_free(leader->publisher);
    g_free(leader);
}
