/*
 * world.h - the truth of a simulated lab. Private to sim/.
 *
 * Time is lazy: a host is brought up to the present (sim_host_advance) only when somebody looks at
 * it or changes something on it. Between two changes of its load everything about it is constant,
 * so that its load average and its energy have closed forms and need no ticking.
 *
 * Invariants: every VM is in the list of exactly one host (where it runs, or is defined and off);
 * the counters of the world and of each host agree with the states of VMs at every moment, since
 * only sim_vm_start, sim_vm_stop and sim_vm_move change them. Thread: main.
 */
#ifndef ROOST_DRIVER_SIM_WORLD_H
#define ROOST_DRIVER_SIM_WORLD_H

#include <glib.h>

#include "core/driver/manage.h"
#include "core/driver/sim/random.h"
#include "core/driver/sim/sim.h"
#include "core/model/guest.h"

#define SIM_CORE_PERMILLE 1000

enum sim_power {
    SIM_OFF,
    SIM_BOOTING,
    SIM_ON,
    SIM_STOPPING,
};

/* What somebody on the network gets from a host. */
enum sim_answer {
    SIM_ANSWERS,
    SIM_ANSWERS_REFUSED, /* the kernel answers, the services are not there: booting, stopping */
    SIM_ANSWERS_NOT,     /* something is there and says nothing: it hangs */
    SIM_ANSWERS_ABSENT,  /* nothing lives at the address */
};

struct sim_vm {
    char *name;
    char *uuid;
    char *mac;
    char *xml; /* as it was defined by hand; NULL = made of what is here */
    struct sim_host *host;
    struct sim_host *home; /* NULL: it is no host of this lab, or it has none */
    gboolean homeless;     /* it has none: it is at home wherever it runs */
    struct sim_host
        *left_behind; /* still defines it, off, since a migration ended badly; or NULL */
    struct sim_migration *migration; /* the one that moves it; NULL for none */
    guint64 mem_kib;
    guint vcpus;
    gboolean running; /* paused counts as running: it holds its RAM */
    gboolean paused;
    gboolean autostart; /* it ran when its host went down: it starts with the host */
    gboolean marked;    /* as virsh autostart does: it always starts with its host */
    struct sim_random random;
    gboolean in_session;   /* a user is at work in it */
    gboolean session_next; /* the next spell is a session */
    gint64 spell_ends_us;
    guint want_permille; /* of one core */
    guint64 dirty_bytes_per_s;
    guint going_down; /* timer: its guest was asked to shut down and is at it; 0 = not */
    double cpu_used;  /* microseconds of one core since the beginning */
    double cpu_told;  /* cpu_used at the driver's last look */
    gint64 told_at_us;
    struct sim_host *told_on; /* where it was at that look; NULL = not seen yet */
};

struct sim_host {
    struct sim_world *world;
    char *name;
    char *address;
    char *mac;
    char *broadcast;
    char *cpu_model;
    char *hypervisor;
    enum host_migration can_migrate;
    guint cpus;
    guint64 mem_kib;
    enum host_wake wake;
    enum sim_power power;
    guint power_timer;
    gint64 power_ends_us; /* when booting or stopping ends */
    gint64 power_since_us;
    gint64 hung_until_us;
    guint death_timer;
    guint hang_timer;
    struct sim_random random;
    struct sim_random fault_random;
    GPtrArray *vms;         /* struct sim_vm *, borrowed; in order of arrival */
    GPtrArray *left_behind; /* struct sim_vm *, borrowed; NULL while there is none */
    guint running;
    guint64 mem_used_kib; /* of running VMs */
    guint64 mem_incoming_kib;
    guint incoming;     /* migrations on their way here */
    guint transfers_in; /* of them, those that are sending RAM now */
    guint transfers_out;
    const char *user; /* logged in to the host itself; NULL for nobody */
    gboolean login_next;
    gint64 login_spell_ends_us;
    gboolean facts_told;  /* what never changes was in an earlier report */
    GError *absent_error; /* what looks at it get while it is off; NULL until the first */
    gint64 advanced_at_us;
    gint64 next_change_us; /* G_MAXINT64 while nothing will change by itself */
    guint want_permille;   /* of one core: what runs or would run now */
    guint own_permille;    /* steady: its work besides its VMs */
    gboolean looked_at;    /* since something changed here: the next look measures what is now */
    GPtrArray *told_vms;   /* what looks say of its VMs until something changes; NULL = not known */
    gint64 told_at_us;     /* the last look of all */
    gint64 looked_at_us;   /* the last look that said that; 0 = since settled there was none */
    double unsettled_us;   /* that its VMs have run and that is not in their cpu_used yet */
    double unsettled_told_us; /* of it, until that look */
    double load15;
    double joules;
    double joules_all_on;
};

struct sim_world {
    struct clock *clock;
    const struct hours *hours;
    struct sim_options options;
    GPtrArray *drivers;    /* struct driver *, borrowed: to tell of changes */
    GPtrArray *hosts;      /* struct sim_host *, owned */
    GPtrArray *vms;        /* struct sim_vm *, owned */
    GPtrArray *migrations; /* struct sim_migration *, borrowed: those that hold resources */
    GPtrArray *detached;   /* struct sim_migration *, owned: whoever began them is gone */
    GHashTable *hosts_by_address;
    GHashTable *hosts_by_mac;
    GHashTable *vms_by_name;
    GHashTable *disks; /* manage.c's; NULL until something asks */
    struct sim_random network_random;
    struct sim_random latency_random;
    guint night_timer;
    guint transfers;
    guint hosts_on;
    guint vms_running;
    guint vms_at_home;
    guint moves;
    guint moves_failed;
    guint sins;
    char *first_sin;
    gint64 rate_bucket; /* the quarter of an hour for which session_rate holds */
    double session_rate;
};

/* --- world.c: the lab and its accounts --- */

/* Borrows clock and hours. Free with sim_world_free, which drops all timers. */
struct sim_world *sim_world_new(struct clock *clock, const struct cluster *lab,
                                const struct hours *hours, const struct sim_options *options);
void sim_world_free(struct sim_world *world);

gint64 sim_now_us(const struct sim_world *world);

/* The VM begins to run where it is defined; its host must be on. */
void sim_vm_start(struct sim_vm *vm);
void sim_vm_stop(struct sim_vm *vm);

/* The VM runs on `to` from now on. Both hosts are brought up to now first. */
void sim_vm_move(struct sim_vm *vm, struct sim_host *to);
void sim_vm_set_paused(struct sim_vm *vm, gboolean paused);

/* `host` goes on defining the VM although it runs elsewhere. NULL: nobody does any more. */
void sim_vm_set_left_behind(struct sim_vm *vm, struct sim_host *host);

/* A VM that is new, or is no more; off in either case. */
struct sim_vm *sim_host_add_vm(struct sim_host *host, const struct guest *guest);
void sim_host_drop_vm(struct sim_host *host, struct sim_vm *vm);

/* Notes that something happened that never must. */
void sim_sin(struct sim_world *world, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* --- life.c: users, load, energy --- */

/* First spells of everybody, at the beginning of the world. */
void sim_life_begin(struct sim_world *world);

/* A VM that starts, or a host that is up, has nobody in it at first. */
void sim_vm_begin_idle(struct sim_vm *vm);
void sim_host_begin_logins(struct sim_host *host);

/* Brings the host up to now: spells that ended, load average, energy. */
void sim_host_advance(struct sim_host *host);

/* The same, for who changes nothing and does not ask how much CPU each VM has used. */
void sim_host_advance_lazily(struct sim_host *host);

/* To be called after each change of what runs on the host, which must be up to now. */
void sim_host_recount(struct sim_host *host);

/* --- power.c: boots, stops, faults of hosts --- */

void sim_power_begin(struct sim_world *world);
enum sim_answer sim_host_answer(const struct sim_host *host);

/* Whom a wake reaches: a magic packet is heard by the MAC address in it, whoever the IP address
 * belongs to. NULL: nobody. */
struct sim_host *sim_world_find_listener(const struct sim_world *world,
                                         const struct wake_request *request);

/* A magic packet reached the segment of the host. */
void sim_host_wake(struct sim_host *host);

/* Told to power off; what the driver had to ask first has been asked. */
void sim_host_power_off(struct sim_host *host, gboolean force);

/* --- migration.c: RAM over a shared network --- */

/* What the two ends say when they are asked first: a sentence that lives as long as the program;
 * NULL when nothing is against it. */
const char *sim_migration_refusal(const struct sim_vm *vm, const struct sim_host *from,
                                  const struct sim_host *to);

/*
 * Starts a migration; everything was checked. `progress` (may be NULL) comes twice a second; then
 * `done` comes once, never from inside the call, and the migration is gone after it. The error is
 * borrowed.
 */
struct sim_migration *sim_migration_start(struct sim_vm *vm, struct sim_host *to,
                                          const struct migrate_request *request,
                                          driver_progress_func progress, gpointer progress_data,
                                          driver_done_func done, gpointer done_data);

/* Tells it to go on otherwise, as soon and as far as it can. */
void sim_migration_steer(struct sim_migration *migration, enum migrate_steer steer);

/* Asks it to end; it may be too late for that. */
void sim_migration_cancel(struct sim_migration *migration);

/* Whoever began it is gone: from now on it tells nobody. */
void sim_migration_detach(struct sim_migration *migration);

/* Frees it at once, calling nobody. For the end of the world. */
void sim_migration_abandon(struct sim_migration *migration);

/* A host went down: what moves from or to it breaks off. */
void sim_migrations_lose_host(struct sim_host *host);

/* The VM it is bringing to that host, which does not run there yet; NULL when it brings none. */
const struct sim_vm *sim_migration_incoming(const struct sim_migration *migration,
                                            const struct sim_host *to);

/* --- control.c: VMs started and stopped by hand --- */

/* The VM of that name that the host knows, running there or defined; NULL when it knows none. */
struct sim_vm *sim_host_find_vm(const struct sim_host *host, const char *name);

/* Does it, or says why not: a sentence that lives as long as the program; NULL = done. */
const char *sim_vm_control(struct sim_vm *vm, struct sim_host *host, enum control_action action);

#define SIM_DISK_BYTES (G_GUINT64_CONSTANT(4) << 30) /* of each, as its guest sees it */

/* --- parts.c --- */

/* By its definition; `disks`: path -> what it builds upon, of all images there are. */
struct vm_parts *sim_vm_parts(const struct sim_vm *vm, const struct sim_host *host,
                              const char *definition, GHashTable *disks);

/* --- manage.c: definitions and disks --- */

/* The host must answer. NULL with error. */
struct manage_answer *sim_host_manage(struct sim_host *host, const struct manage_request *request,
                                      GError **error);

/* --- sim.c --- */

/* Something changed at that host: tells whoever looks at the world. */
void sim_tell_changed(const struct sim_world *world, const char *address);

struct sim_world *sim_driver_world(const struct driver *driver);

/* --- report.c --- */

/* What a look at the host shows. It must answer and be up to now (lazily, that is). */
struct host_report *sim_report_new(struct sim_host *host);

/* To be called when a look at its VMs would show something new: sim_host_recount does. */
void sim_report_forget(struct sim_host *host);

/* RAM that its kernel would call available. */
guint64 sim_host_available_kib(const struct sim_host *host);

/* --- examine.c --- */

/* What an examination finds. It must answer and be up to now. */
struct check_report *sim_check_new(const struct sim_host *host,
                                   const struct check_request *request);

#endif
