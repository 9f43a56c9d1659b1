/*
 * libvirt_driver.h - real hosts: libvirt for the VMs, ssh for the rest, magic packets to wake them.
 *
 * Each host has one ssh session that stands (ssh_trunk.h): it carries a shell, which tells of the
 * host, and libvirt, so that a refresh is one line to the one and one call of the other, both at
 * once. One thread drives the sessions of all hosts and waits for none (ssh_hub.h); since libvirt's
 * calls block, a host that is asked something has a worker thread for as long as it takes. Workers
 * receive copies and hand finished values back to the main context; a host that hangs holds its own
 * worker and nothing else. Deadlines are kept on the main thread too, so that an operation ends in
 * time even when its worker is stuck inside a library.
 *
 * Host keys are checked strictly, against the known_hosts file only; none is ever added here, and
 * no password is ever used or asked for. Thread: main; needs the default main context to run.
 *
 * Unless a URI is configured, libvirt is reached as qemu+libssh would reach it (the same user, key,
 * known_hosts and socket), but over that session: see ssh_tunnel.h for why.
 */
#ifndef ROOST_DRIVER_LIBVIRT_LIBVIRT_DRIVER_H
#define ROOST_DRIVER_LIBVIRT_LIBVIRT_DRIVER_H

#include <glib.h>

#include "core/driver/driver.h"

/* What may be different from host to host. NULL = as written beside it. */
struct libvirt_host {
    const char *name;              /* what the cluster calls it; not known */
    const char *uri;               /* template; through ssh with the settings below */
    const char *wake_command;      /* run here to switch it on (placeholder.h); none */
    const char *off_command;       /* run by sh on the host; systemctl, else poweroff or shutdown */
    const char *off_local_command; /* run here in its stead; none */
    const char *cut_command;       /* run here once it has fallen silent; none */
    const char *mac;               /* as the host tells */
    const char *known_mac;         /* for commands, when nothing else says it; not known */
    const char *broadcast;         /* as the host tells */
};

/*
 * Says what holds for a host, known or not; all of `into` that is not set, `uri` too, is as for any
 * host. Strings are copied. Called on the main thread, before each operation.
 */
typedef void (*libvirt_find_host_func)(const char *address, struct libvirt_host *into,
                                       gpointer data);

/* All zero is a usable set: every member then has the default written beside it. */
struct libvirt_settings {
    libvirt_find_host_func find_host; /* nothing is said of single hosts */
    gpointer find_host_data;          /* must outlive the driver */
    const char *uri;                  /* template; NULL = through ssh with the settings below */
    const char *peer_uri;     /* for a source to reach a target: qemu+ssh, user, port as below */
    const char *ssh_user;     /* the user who runs roost */
    const char *ssh_identity; /* private key without passphrase; NULL = agent, then ~/.ssh/id_* */
    const char *ssh_own_key;  /* tried first where no identity is set, once it is there; none */
    const char *ssh_known_hosts; /* ~/.ssh/known_hosts */
    guint ssh_port;              /* 22 */
    gint64 connect_us;           /* 20 s: first contact, in addition to what is asked then */
    gint64 refresh_us;           /* 10 s */
    gint64 power_off_us;         /* 15 s */
    gint64 command_us;           /* 30 s: for a command that is run here */
};

/*
 * A driver for real hosts; settings are copied. In templates {user} and {address} are replaced
 * (escaped; IPv6 in brackets). NULL and ROOST_ERROR_INPUT when a template cannot be used.
 *
 * Registers libvirt's event loop on the default main context, silences libvirt's own messages, and
 * ignores SIGPIPE for the process. Call it before anything else opens a libvirt connection.
 *
 * driver_free asks running direct migrations to abort (peer-to-peer ones go on without us), gives
 * threads up to a second to close their connections, and leaves behind those that are stuck.
 */
struct driver *libvirt_driver_new(const struct libvirt_settings *settings, GError **error);

#endif
