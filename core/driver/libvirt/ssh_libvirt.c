#include "core/driver/libvirt/ssh_libvirt.h"

#include "core/driver/libvirt/ssh_internal.h"

/* Where sshd forwards no sockets. With driver, path and sockets; one line, since csh knows no
 * longer quotes. */
#define REMOTE_HELPER                                                                              \
    "exec sh -c 'if command -v virt-ssh-helper >/dev/null 2>&1; "                                  \
    "then exec virt-ssh-helper %s://%s; fi; "                                                      \
    "for socket in %s; do if [ -S $socket ]; then exec nc -U $socket; fi; done; "                  \
    "echo there is no libvirt socket: %s >&2'"

static int forward_socket(ssh_session session, ssh_channel channel, const char *path,
                          gint64 deadline_us, GError **error)
{
    int result;

    while ((result = ssh_channel_open_forward_unix(channel, path, "localhost", 0)) == SSH_AGAIN)
        if (!ssh_link_wait(session, deadline_us, error))
            return SSH_AGAIN;
    return result;
}

/* Quoted for the sh within the quotes of REMOTE_HELPER: access.h lets nothing else but a path. */
static char *helper_command(const struct access *access, char *const *sockets)
{
    g_autofree char *list = g_strjoinv(" ", (char **)sockets);

    return g_strdup_printf(REMOTE_HELPER, access->driver, access->path, list, list);
}

static char **list_sockets(const struct access *access)
{
    g_autofree char *split = g_strdup_printf("/run/libvirt/virt%sd-sock", access->driver);
    const char *usual[] = {"/run/libvirt/libvirt-sock", "/var/run/libvirt/libvirt-sock", split,
                           NULL};
    const char *only[] = {access->socket, NULL};

    return g_strdupv((char **)(access->socket ? only : usual));
}

/* One way after the other: what a host does not offer it says so, and the next is tried. */
ssh_channel ssh_libvirt_open(ssh_session session, const struct access *access, gint64 deadline_us,
                             GError **error)
{
    g_auto(GStrv) sockets = list_sockets(access);
    g_autofree char *helper = helper_command(access, sockets);

    for (char **socket = sockets;; socket++) {
        ssh_channel channel = ssh_channel_new(session);
        int result;

        if (!channel)
            break;
        result = *socket ? forward_socket(session, channel, *socket, deadline_us, error)
                         : ssh_link_exec(session, channel, helper, deadline_us, error);
        if (result == SSH_OK)
            return channel;
        ssh_channel_free(channel);
        if (result != SSH_ERROR)
            return NULL;
        if (!*socket || !ssh_is_connected(session))
            break;
    }
    ssh_link_take_error(session, "reach libvirt's socket", error);
    return NULL;
}
