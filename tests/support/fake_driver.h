/*
 * fake_driver.h - a driver whose hosts do exactly what a test tells them to.
 *
 * Answers come by timers on the test's clock, each kind after its own delay. A test changes the
 * public fields at any time; what they say is looked at when the answer is given. Thread: main.
 */
#ifndef ROOST_TESTS_FAKE_DRIVER_H
#define ROOST_TESTS_FAKE_DRIVER_H

#include <glib.h>

#include "core/base/clock.h"
#include "core/driver/driver.h"

struct fake_vm {
    char *name;
    guint64 mem_kib;
    gint cpu_permille;
    gboolean deaf; /* its guest does not listen when asked to shut down */
    gboolean autostart;
    gboolean transient; /* not persistent: without a definition once it is off */
    guint cpu_after;    /* looks at its host before its CPU use is told; 0 = at once */
    enum vm_report_state state;
};

struct fake_host {
    char *name;
    char *address;
    char *mac;
    gboolean on;
    gboolean silent;  /* on, but answers nothing: UNREACHABLE */
    gboolean foreign; /* it shows another host key: AUTH */
    guint tries;      /* how often a login was asked for although it had been refused */
    gboolean hangs;   /* operations on it stay under way until it no longer does */
    gboolean boots;   /* a magic packet works */
    gboolean obeys;   /* it goes off when told to */
    gboolean can_cut; /* a command is configured that takes its power away */
    guint deaf;       /* magic packets it misses first */
    guint64 mem_kib;
    guint cpus;
    gint load15_permille;
    char **users; /* owned; NULL = could not be asked */
    enum host_wake wake;
    const char *hypervisor; /* NULL = not told */
    enum host_migration can_migrate;
    GPtrArray *vms; /* struct fake_vm *, owned */
    /* What was seen of the engine: */
    guint refreshes;
    guint packets;
    guint power_offs;
    guint cuts;
    guint probes;
    char *relays; /* of the last wake: "10.0.0.1 10.0.0.2", owned */
    guint in;
    guint out;
    guint at_once; /* refreshes of it under way at one time, the most */
    guint asking;
    gint64 packet_at_us;
};

enum fake_outcome {
    FAKE_WORKS,
    FAKE_FAILS,         /* FAILED; the VM stays */
    FAKE_FAILS_ARRIVED, /* FAILED, but the VM has moved */
    FAKE_LIES,          /* no error, but the VM stays */
    FAKE_REFUSED,
    FAKE_TIMES_OUT,       /* TIMEOUT; the VM stays */
    FAKE_LOSES,           /* FAILED; the VM is nowhere */
    FAKE_DOUBLES,         /* FAILED; the VM runs on both */
    FAKE_NEVER_ANSWERS,   /* until cancelled */
    FAKE_DEAF,            /* not even when cancelled */
    FAKE_CANCEL_TOO_LATE, /* as FAKE_NEVER_ANSWERS, but the cancel finds it arrived */
};

struct fake_driver {
    struct driver base;
    struct clock *clock;
    GPtrArray *hosts; /* struct fake_host *, owned */
    GPtrArray *operations;
    GQueue outcomes;                     /* of the migrations to come; FAKE_WORKS when empty */
    enum fake_outcome power_off_outcome; /* WORKS, FAILS, REFUSED, TIMES_OUT (but it goes off) */
    enum fake_outcome cut_outcome;       /* WORKS, FAILS */
    gboolean cut_off;                    /* the console's own network is down: probes fail */
    guint probes_lost;                   /* so many probes to come bring no answer from anybody */
    enum fake_outcome control_outcome;   /* WORKS, FAILS, TIMES_OUT (but it is done) */
    enum fake_outcome manage_outcome;    /* WORKS, FAILS, LIES, TIMES_OUT (but it is done) */
    gint64 answer_us;                    /* 10 ms */
    gint64 migrate_us;                   /* 4 s */
    gint64 boot_us;                      /* 40 s */
    gint64 shutdown_us;                  /* 8 s */
    guint next_operation;
    /* What was seen of the engine: */
    guint controls;
    guint manages;
    guint settled; /* pauses and such that were done */
    guint migrations;
    guint migrating;
    guint migrating_most;
    guint in_most;
    guint out_most;
    guint cancels;
    guint forgotten;
    gboolean auto_converge;         /* of the last migration */
    struct migrate_request request; /* likewise; without its strings */
    guint steers;                   /* 1 << enum migrate_steer, of all that were given */
    gint64 wake_gap_least_us;
    gint64 last_wake_us;
    char *sin; /* the first thing that must never happen; NULL = none did */
};

struct fake_driver *fake_driver_new(struct clock *clock);

/* What every migration under way tells now. */
void fake_progress(struct fake_driver *fake, const struct migrate_progress *progress);

struct fake_host *fake_host_add(struct fake_driver *fake, const char *name, const char *address);
struct fake_host *fake_host(struct fake_driver *fake, const char *name);
void fake_host_log_in(struct fake_host *host, const char *user); /* NULL = nobody */

struct fake_vm *fake_vm_add(struct fake_host *host, const char *name, guint64 mem_mib);
gboolean fake_vm_runs_on(struct fake_driver *fake, const char *vm, const char *host);
guint fake_vm_copies(struct fake_driver *fake, const char *vm);
void fake_vm_move(struct fake_driver *fake, const char *vm, const char *to);

void fake_next(struct fake_driver *fake, enum fake_outcome outcome);
guint fake_hosts_on(const struct fake_driver *fake);

/* Everything that hangs answers now. */
void fake_release(struct fake_driver *fake);

#endif
