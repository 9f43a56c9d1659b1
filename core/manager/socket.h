/*
 * socket.h - the manager's local socket: the same documents as in the store, pushed as they are
 * made, for consoles and verbs on the same machine.
 *
 * Who is at the other end is asked of the kernel (SO_PEERCRED): the manager's own user, root, and
 * the members of a configured group are served, nobody else. Orders are carried out once: one that
 * was sent over a connection that broke is never sent again. Thread: main.
 */
#ifndef ROOST_MANAGER_SOCKET_H
#define ROOST_MANAGER_SOCKET_H

#include "core/manager/publish.h"

struct socket_server;

/*
 * The path for a store: /run/roost/NAME.sock for root, else below the user's runtime directory.
 * Any process that asks for the same store as the same user gets the same. Free with g_free.
 */
char *socket_path_for(const char *store_dir);

/*
 * Listens at path; its directory is made when it is missing, and what another process left there
 * is removed. `group` may be NULL. NULL and the reason when it cannot.
 */
struct socket_server *socket_server_new(struct engine *engine, struct publisher *publisher,
                                        const char *path, const char *group, guint64 fence,
                                        GError **error);
void socket_server_free(struct socket_server *server); /* NULL is allowed */
AUTOPTR_DEFINE(socket_server)

/* Tells all who listen. */
void socket_server_publish(struct socket_server *server, GBytes *document);

#endif
