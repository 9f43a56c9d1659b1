/*
 * driver.h - the world of hosts behind one small table of calls.
 *
 * Two implementations: sim/ (the simulated lab) and libvirt/ (libvirt, libssh, wake-on-LAN).
 * A driver only looks and does; it never decides and never touches the model.
 *
 * Every call returns at once with an operation id (never 0) and later calls its done function
 * exactly once, on the main context, never from inside the call itself. Every operation has a
 * deadline of its own, so the done function always comes. After driver_free none comes any more.
 * A host that hangs delays its own operations and nobody else's. Strings passed in are copied.
 * Errors are of ROOST_ERROR and begin with the host or VM they are about. Thread: main only.
 */
#ifndef ROOST_DRIVER_DRIVER_H
#define ROOST_DRIVER_DRIVER_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/model/check.h"
#include "core/model/report.h"

struct driver;

/* report is NULL when error is set (ABSENT, UNREACHABLE, AUTH, TIMEOUT...); else it is handed over.
 */
typedef void (*driver_report_func)(struct host_report *report, const GError *error, gpointer data);
typedef void (*driver_done_func)(const GError *error, gpointer data);

/*
 * Asked on whichever thread, right before something is done to a host or VM (migrate, wake, power
 * off, cut, control, define): FALSE, and the operation ends with REFUSED, undone. Must not block.
 */
typedef gboolean (*driver_may_act_func)(gpointer data);

/* Where the guest is while its RAM moves. */
enum migrate_stage {
    MIGRATE_STAGE_COPYING,   /* at the source: running, or paused by stop-and-copy from the start */
    MIGRATE_STAGE_PAUSED,    /* at the source: paused on the way, so that the rest gets through */
    MIGRATE_STAGE_FOLLOWING, /* at the target, its RAM follows (post-copy): there is no way back */
};

struct migrate_progress {
    guint64 total_bytes; /* RAM and what was dirtied again; grows while the guest writes */
    guint64 done_bytes;
    guint64 left_bytes;
    guint64 dirty_bytes_per_s; /* 0 when not known */
    guint64 speed_bytes_per_s; /* 0 when not known */
    gint64 elapsed_us;
    gint64 downtime_us; /* how long the guest will stand still, or did; 0 when not known */
    guint pass;         /* how many times the RAM has been gone over; 0 when not known */
    enum migrate_stage stage;
    const char *note; /* what is done otherwise than asked, or worth knowing; NULL for nothing;
                         borrowed for the call */
};
typedef void (*driver_progress_func)(const struct migrate_progress *progress, gpointer data);

/* Something changed on the host at that address: worth asking again soon. */
typedef void (*driver_changed_func)(const char *address, gpointer data);

enum migrate_mode {
    MIGRATE_PRECOPY, /* R17's default */
    MIGRATE_POSTCOPY,
    MIGRATE_STOPANDCOPY, /* the guest is paused while it moves */
};

enum migrate_control {
    MIGRATE_DIRECT, /* this process talks to both ends; dies with it */
    MIGRATE_PEER,   /* the source talks to the target; survives it */
    MIGRATE_AUTO,   /* PEER where the source was seen to reach the target, else DIRECT */
};

enum migrate_compression { /* of RAM that is sent again, or of all of it */
    MIGRATE_COMPRESSION_NONE,
    MIGRATE_COMPRESSION_XBZRLE, /* differences of pages sent before; needs no further connections */
    MIGRATE_COMPRESSION_ZLIB,   /* all that goes over parallel connections */
    MIGRATE_COMPRESSION_ZSTD,
};

enum migrate_transport {
    MIGRATE_PLAIN,     /* RAM crosses the network as it is */
    MIGRATE_TLS,       /* between the two hypervisors, by certificates of the hosts */
    MIGRATE_TUNNELLED, /* through libvirt's own connection from the source to the target */
};

/* What becomes of a migration whose time is up. */
enum migrate_late {
    MIGRATE_LATE_CANCEL,   /* it is aborted: the guest stays where it was */
    MIGRATE_LATE_POSTCOPY, /* it goes over to post-copy; aborted where that cannot be */
    MIGRATE_LATE_PAUSE,    /* the guest is paused until the rest has moved */
};

/* What a running one can be told. */
enum migrate_steer {
    MIGRATE_STEER_POSTCOPY,
    MIGRATE_STEER_PAUSE,
    MIGRATE_STEER_GIVE_UP, /* the target is lost: even post-copy ends, and the guest stands still */
};

/*
 * Compression, connections and auto-converge are wishes: where one of the ends cannot, or they do
 * not go together, the migration runs without, and its progress has a note. Mode and transport are
 * not: it is refused.
 */
struct migrate_request {
    const char *vm;
    const char *from_address;
    const char *to_address;
    enum migrate_mode mode;
    enum migrate_control control;
    gboolean auto_converge; /* slow the guest's CPUs when it dirties RAM faster than it moves */
    gboolean allow_unsafe;  /* the operator insists where the hypervisor calls it unsafe */
    enum migrate_compression compression;
    enum migrate_transport transport;
    guint connections;           /* parallel ones; 0 and 1 = one */
    guint64 bandwidth_mib_per_s; /* 0 = no limit */
    gint64 timeout_us;           /* then as on_timeout says; 0 = none */
    enum migrate_late on_timeout;
    gint64 pause_most_us; /* pausing, only when the rest needs no longer than that; 0 = however long
                           */
};

struct wake_request {
    const char *address;
    const char *mac;           /* NULL when not known: no magic packets */
    const char *broadcast;     /* NULL when not known: every local segment is tried */
    const char *const *relays; /* numeric addresses of hosts that are on, on its segment;
                                  NULL-terminated; NULL for none */
    guint attempt;             /* 1 the first time: relays are spared when the segment is at hand */
};

/*
 * What was tried to wake a host, and how each ended, a piece of a sentence, safe to show: "magic
 * packet from here; from 10.0.0.5 by perl; wake_command". error is set only when nothing worked.
 */
typedef void (*driver_wake_func)(const char *ways, const GError *error, gpointer data);

/*
 * What to examine a host for. The first look asks for all that a host knows by itself; what only
 * shows beside others is asked for in a second one, once the others have answered.
 */
struct check_request {
    const char *address;
    gboolean second; /* only what is asked for below; no findings but those that it makes wrong */
    const char *token_path;                  /* first: a file written to the store; NULL = none */
    const char *token;                       /* what it says: one line */
    const char *const *peers;                /* second: numeric addresses of hosts that are on */
    const char *const *files;                /* second: absolute paths whose identity is asked */
    const struct check_guest *const *guests; /* second: may they run there? */
    gboolean peer_keys;                      /* second: can it log in to the peers? */
};

/* report is NULL when error is set; else it is handed over. */
typedef void (*driver_check_func)(struct check_report *report, const GError *error, gpointer data);

enum control_action {
    CONTROL_START,
    CONTROL_SHUT_DOWN, /* asks the guest, which may take its time, or not listen */
    CONTROL_FORCE_OFF, /* as by pulling its plug */
    CONTROL_PAUSE,
    CONTROL_RESUME,
    CONTROL_REBOOT,       /* asks the guest */
    CONTROL_RESET,        /* starts it anew at once, as by its reset button */
    CONTROL_AUTOSTART_ON, /* its host starts it with itself; running or not */
    CONTROL_AUTOSTART_OFF,
};

struct control_request {
    const char *address; /* of the host that knows the VM */
    const char *vm;
    enum control_action action;
};
/* Of enrol.h, where these are described. */
struct enrol_request;
struct enrol_answer;
struct run_request;
struct run_answer;
struct peer_request;

/* Of manage.h. */
struct manage_request;
struct manage_answer;

struct driver_ops {
    const char *name; /* "simulated", "libvirt" */
    guint (*refresh)(struct driver *driver, const char *address, driver_report_func done,
                     gpointer data);
    guint (*migrate)(struct driver *driver, const struct migrate_request *request,
                     driver_progress_func progress, driver_done_func done, gpointer data);
    guint (*wake)(struct driver *driver, const struct wake_request *request, driver_wake_func done,
                  gpointer data);
    guint (*power_off)(struct driver *driver, const char *address, gboolean force,
                       driver_done_func done, gpointer data);
    void (*steer)(struct driver *driver, guint operation, enum migrate_steer steer);
    gboolean (*can_cut)(struct driver *driver, const char *address);
    guint (*cut)(struct driver *driver, const char *address, driver_done_func done, gpointer data);
    guint (*probe)(struct driver *driver, const char *address, gint64 within_us,
                   driver_done_func done, gpointer data);
    guint (*check)(struct driver *driver, const struct check_request *request,
                   driver_check_func done, gpointer data);
    guint (*control)(struct driver *driver, const struct control_request *request,
                     driver_done_func done, gpointer data);
    guint (*manage)(struct driver *driver, const struct manage_request *request,
                    void (*done)(struct manage_answer *answer, const GError *error, gpointer data),
                    gpointer data);
    guint (*enrol)(struct driver *driver, const struct enrol_request *request,
                   void (*done)(struct enrol_answer *answer, const GError *error, gpointer data),
                   gpointer data);
    gboolean (*trust)(struct driver *driver, const char *address, const char *key, GError **error);
    guint (*run)(struct driver *driver, const struct run_request *request,
                 void (*done)(struct run_answer *answer, const GError *error, gpointer data),
                 gpointer data);
    guint (*arm)(struct driver *driver, const char *address, driver_done_func done, gpointer data);
    guint (*share_keys)(struct driver *driver, const struct peer_request *request,
                        void (*done)(const char *public_key, const GError *error, gpointer data),
                        gpointer data);
    void (*cancel)(struct driver *driver, guint operation);
    void (*forget)(struct driver *driver, const char *address);
    void (*try_login)(struct driver *driver, const char *address); /* NULL: always tries */
    void (*free)(struct driver *driver);
};

/* The first member of each implementation's own struct. */
struct driver {
    const struct driver_ops *ops;
    driver_changed_func changed;
    gpointer changed_data;
    driver_may_act_func may_act; /* NULL = always */
    gpointer may_act_data;
    gboolean readonly; /* nothing may be done, whatever may_act says */
    GSList *refusals;  /* see refusal.h, which alone uses it, and the next */
    guint n_refusals;
};

void driver_free(struct driver *driver);
AUTOPTR_DEFINE(driver)

/* One listener; NULL takes it away. */
void driver_set_changed_func(struct driver *driver, driver_changed_func func, gpointer data);

/* Set before anything is asked of the driver; data must outlive it. NULL takes it away. */
void driver_set_may_act_func(struct driver *driver, driver_may_act_func func, gpointer data);

/*
 * From now on, and for good, whatever would change anything is answered with REFUSED, and never
 * comes to the implementation: only what looks does. Set before anything is asked of the driver.
 */
void driver_set_readonly(struct driver *driver);

/* For implementations: FALSE with ROOST_ERROR_REFUSED, "...: another manager has taken over". */
gboolean driver_may_act(const struct driver *driver, const char *what, GError **error);

/* Implementations tell the listener through this. */
void driver_emit_changed(struct driver *driver, const char *address);

/*
 * Asks one host everything at once: its facts and its VMs. A host not known yet is connected to
 * first. Fails with ABSENT when nothing lives at the address.
 */
guint driver_refresh(struct driver *driver, const char *address, driver_report_func done,
                     gpointer data);

/*
 * Moves a running VM. `progress` (may be NULL) comes about twice a second. An error does not say
 * where the VM is: ask both hosts. Both ends are asked first: REFUSED, with the reason and how to
 * go past it where one may, when the target lacks the RAM, the CPU, a disk or a network, has a VM
 * of that name, or the VM has what cannot move. A VM whose post-copy to that target broke off is
 * resumed instead. One that its time ended answers with ROOST_ERROR_TIMEOUT.
 */
guint driver_migrate(struct driver *driver, const struct migrate_request *request,
                     driver_progress_func progress, driver_done_func done, gpointer data);

/*
 * Tells a running migration to go on otherwise; what comes of it shows in its progress, or in its
 * end. Nothing happens when it has ended, or cannot (a note of its progress says why).
 */
void driver_steer(struct driver *driver, guint operation, enum migrate_steer steer);

/* Switches a running pre-copy over to post-copy: driver_steer with MIGRATE_STEER_POSTCOPY. */
void driver_switch_postcopy(struct driver *driver, guint operation);

/*
 * Wakes it in every way that applies: magic packets from here, and from relays; the command that is
 * configured for it. done means sent, not awake.
 */
guint driver_wake(struct driver *driver, const struct wake_request *request, driver_wake_func done,
                  gpointer data);

/*
 * Tells the host to power off, after asking it once more, there and then, that it runs no VM and
 * that nobody is logged in (force skips only the latter): REFUSED otherwise. done means told, not
 * off.
 */
guint driver_power_off(struct driver *driver, const char *address, gboolean force,
                       driver_done_func done, gpointer data);

/* TRUE when a command is configured that takes the power away from that host. */
gboolean driver_can_cut(struct driver *driver, const char *address);

/*
 * Takes the power away, and asks nobody: for a host that has fallen silent after it was told to
 * power off, or that the operator gives up. done means that the command says so.
 */
guint driver_cut(struct driver *driver, const char *address, driver_done_func done, gpointer data);

/*
 * Is there anybody? Asks for a sign of life only, of its kernel: quick, cheap, and not held up by
 * whatever else hangs there. No error when it answers in any way, a refusal too; FAILED
 * when this machine could not ask; any other error is silence.
 */
guint driver_probe(struct driver *driver, const char *address, gint64 within_us,
                   driver_done_func done, gpointer data);

/*
 * Examines a host. A host that does not let us in, or whose libvirt does not answer, is a report
 * all the same, with what is wrong and what could not be asked; the error is for one at which
 * nothing answers: ABSENT, UNREACHABLE, TIMEOUT. NULL lists of the request ask for nothing.
 */
guint driver_check(struct driver *driver, const struct check_request *request,
                   driver_check_func done, gpointer data);

/*
 * Starts or stops one VM where its host knows it. done means done; for what the guest is asked
 * (SHUT_DOWN, REBOOT) it means asked. An autostart that is as asked already is done. REFUSED when
 * the VM is in no state for it, or its host does not know it; FAILED when the hypervisor cannot do
 * it. Nobody but the host itself is asked: that the VM runs nowhere else is the caller's to make
 * sure of before a start.
 */
guint driver_control(struct driver *driver, const struct control_request *request,
                     driver_done_func done, gpointer data);

const char *control_action_name(enum control_action action); /* "start", "shut down", ... */

/* Asks a running operation to end; its done function comes with CANCELLED, or with what happened.
 */
void driver_cancel(struct driver *driver, guint operation);

/* Drops connections to a host that left the cluster; its operations end with CANCELLED. */
void driver_forget(struct driver *driver, const char *address);

/*
 * The operator asks: the next refresh tries to log in although the host refused us a moment ago.
 * Otherwise it answers with that refusal for a while, since hosts count failed logins, and ban.
 */
void driver_try_login(struct driver *driver, const char *address);

#endif
