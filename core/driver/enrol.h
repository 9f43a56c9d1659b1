/*
 * enrol.h - what a driver does to bring hosts under roost: who they are, how they let us in, and
 * what is set up on them.
 *
 * Calls work as those of driver.h do: they return at once, and the done function comes once, later,
 * on the main context. Each is an errand of its own that waits for no other: whoever asks many
 * hosts asks some at a time. Thread: main only.
 */
#ifndef ROOST_DRIVER_ENROL_H
#define ROOST_DRIVER_ENROL_H

#include "core/driver/driver.h"

enum enrol_host_key {
    ENROL_HOST_KEY_KNOWN,
    ENROL_HOST_KEY_UNKNOWN, /* nothing is known of the host: who it is must be said first */
    ENROL_HOST_KEY_CHANGED, /* another one is known: never accepted here */
};

enum enrol_entry {
    ENROL_ENTRY_NONE,     /* it lets us in neither by key nor by the password, if there was one */
    ENROL_ENTRY_KEY,      /* by the key that roost uses; nothing had to be done */
    ENROL_ENTRY_ADMITTED, /* in another way; its authorized_keys has roost's key from now on */
};

struct enrol_request {
    const char *address;
    const char *name;     /* what the operator calls it, if known_hosts does too; NULL = nothing */
    const char *password; /* NULL = by keys only; the driver's copies of it are wiped */
};

struct enrol_answer {
    enum enrol_host_key host_key;
    char *key;               /* "ssh-ed25519 AAAA..." */
    char *fingerprint;       /* "SHA256:..." */
    enum enrol_entry entry;  /* NONE unless the host key is known */
    gboolean takes_password; /* entry NONE: it can be tried */
    char *why;               /* host key CHANGED, or entry NONE: a sentence; else NULL */
};

void enrol_answer_free(struct enrol_answer *answer);
AUTOPTR_DEFINE(enrol_answer)

/* answer is NULL when error is set; else it is handed over. */
typedef void (*driver_enrol_func)(struct enrol_answer *answer, const GError *error, gpointer data);

/*
 * Meets a host. Makes roost's own key pair when there is none yet. When the host's key is known and
 * it does not let us in by ours, ours is added to its authorized_keys, if the agent, the usual keys
 * or the password open it.
 */
guint driver_enrol(struct driver *driver, const struct enrol_request *request,
                   driver_enrol_func done, gpointer data);

/*
 * Keeps a host's key, as enrol_answer told it, as the right one. Nothing that is known already is
 * touched. Blocks for the file system only.
 */
gboolean driver_trust(struct driver *driver, const char *address, const char *key, GError **error);

/* --- A command on a host (R23) --- */

struct run_request {
    const char *address;
    const char *command; /* for the login shell there */
    gint64 timeout_us;
};

struct run_answer {
    GString *output;    /* may hold anything */
    GString *complaint; /* the beginning of its stderr */
    gint status;        /* as it ended; -1 when it was killed */
};

void run_answer_free(struct run_answer *answer);
AUTOPTR_DEFINE(run_answer)

/* With an error, the answer, if there is one, is what came until then. Handed over. */
typedef void (*driver_run_func)(struct run_answer *answer, const GError *error, gpointer data);
guint driver_run(struct driver *driver, const struct run_request *request, driver_run_func done,
                 gpointer data);

/* --- Wake-on-LAN --- */

/*
 * Arms the interface that has the address for magic packets, now and, with the host's own means,
 * after each boot; then asks whether it is. FAILED with the reason when it is not, or will not
 * stay so.
 */
guint driver_arm(struct driver *driver, const char *address, driver_done_func done, gpointer data);

/* --- Keys of hosts for each other (R6) --- */

struct peer_request {
    const char *address;
    /* NULL-terminated: public keys that may log in from now on, and addresses of hosts whose keys,
     * as they are known here, it is to know. NULL = none. */
    const char *const *admit;
    const char *const *trust;
};

/* public_key is the host's own, "ssh-ed25519 AAAA...", made when it had none; NULL with error. */
typedef void (*driver_peer_func)(const char *public_key, const GError *error, gpointer data);
guint driver_share_keys(struct driver *driver, const struct peer_request *request,
                        driver_peer_func done, gpointer data);

#endif
