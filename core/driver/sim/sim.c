/* sim.c - the simulated lab as a driver: operations that end by timers. */
#include "core/driver/sim/sim.h"

#include <string.h>

#include "core/base/text.h"
#include "core/driver/sim/errands.h"
#include "core/driver/sim/world.h"

#define LOOK_LEAST_US     2000
#define LOOK_MOST_US      20000
#define ABSENT_LEAST_US   1000000 /* until nobody has answered who has the address */
#define ABSENT_MOST_US    3000000
#define DEADLINE_US       (10 * CLOCK_SECOND_US)
#define PACKET_US         2000
#define TELL_OFF_LEAST_US 50000
#define TELL_OFF_MOST_US  300000

enum operation_kind {
    OPERATION_REFRESH,
    OPERATION_MIGRATE,
    OPERATION_WAKE,
    OPERATION_POWER_OFF,
    OPERATION_CHECK,
    OPERATION_CUT,
    OPERATION_PROBE,
    OPERATION_CONTROL,
    OPERATION_ERRAND,
    OPERATION_MANAGE,
};

struct sim {
    struct driver driver; /* first */
    struct sim_world *world;
    struct clock *clock; /* the world's, unless it joined with one of its own */
    GQueue operations;   /* those not ended; links are their own */
    GQueue spare;        /* some that ended, to be used again */
    guint last_id;
};

struct operation {
    GList link; /* first: its data is the operation itself */
    struct sim *sim;
    guint id;
    enum operation_kind kind;
    guint timer;
    gint64 deadline_us;
    struct sim_host *host; /* NULL: nothing lives at the address */
    struct sim_host *to;   /* migrate: the target */
    char *address;         /* as asked; only when host is NULL */
    gboolean force;
    const char *ways; /* wake: what was tried */
    char *vm;         /* control: its name */
    enum control_action action;
    struct sim_migration *migration;
    enum migrate_control control; /* migrate */
    driver_report_func reported;
    driver_check_func checked;
    struct check_report *found; /* seen when it was asked; told by the timer */
    driver_done_func done;
    driver_wake_func woken;
    driver_progress_func progress;
    char *command; /* errand: a run's */
    struct manage_request *manage;
    driver_manage_func managed;
    sim_errand_func errand; /* errand: tells */
    void (*told)(void);     /* errand: whom */
    gpointer data;
    GError *error; /* decided already; told by the timer */
};

/* --- Operations --- */

static struct operation *operation_new(struct sim *sim, enum operation_kind kind,
                                       struct sim_host *host, gpointer data)
{
    GList *spare = g_queue_pop_head_link(&sim->spare);
    struct operation *operation = spare ? (gpointer)spare : g_new(struct operation, 1);

    do
        sim->last_id++;
    while (sim->last_id == 0);
    *operation = (struct operation){
        .link.data = operation,
        .sim = sim,
        .id = sim->last_id,
        .kind = kind,
        .host = host,
        .data = data,
        .deadline_us = sim_now_us(sim->world) + DEADLINE_US,
    };
    g_queue_push_tail_link(&sim->operations, &operation->link);
    return operation;
}

static void operation_unlink(struct operation *operation)
{
    g_queue_unlink(&operation->sim->operations, &operation->link);
}

static void operation_free(struct operation *operation)
{
    if (operation->timer)
        clock_cancel_timer(operation->sim->clock, operation->timer);
    if (operation->migration)
        sim_migration_abandon(operation->migration);
    g_clear_error(&operation->error);
    check_report_free(operation->found);
    g_free(operation->address);
    g_free(operation->vm);
    g_free(operation->command);
    manage_request_free(operation->manage);
    g_queue_push_head_link(&operation->sim->spare, &operation->link);
}

static GError *refusal_of(const struct operation *operation);

/* Done at the end, as late as it can be: what answers then has been done. */
static void end_managing(struct operation *operation)
{
    autoptr(manage_answer) answer = NULL;

    if (!operation->error &&
        (operation->manage->kind == MANAGE_DEFINE || operation->manage->kind == MANAGE_UNDEFINE))
        operation->error = refusal_of(operation);
    if (!operation->error)
        answer = sim_host_manage(operation->host, operation->manage, &operation->error);
    operation->managed(g_steal_pointer(&answer), operation->error, operation->data);
}

/* Unlinked before its function is called, which may start and cancel others. */
static void operation_end(struct operation *operation)
{
    operation_unlink(operation);
    if (operation->kind == OPERATION_REFRESH)
        operation->reported(NULL, operation->error, operation->data);
    else if (operation->kind == OPERATION_ERRAND)
        operation->errand(operation->error ? NULL : operation->host, operation->command,
                          operation->error, operation->told, operation->data);
    else if (operation->kind == OPERATION_MANAGE)
        end_managing(operation);
    else if (operation->kind == OPERATION_CHECK)
        operation->checked(operation->error ? NULL : g_steal_pointer(&operation->found),
                           operation->error, operation->data);
    else if (operation->kind == OPERATION_WAKE)
        operation->woken(operation->ways, operation->error, operation->data);
    else
        operation->done(operation->error, operation->data);
    operation_free(operation);
}

static void operation_timer(struct operation *operation, gint64 after_us, clock_func func)
{
    struct clock *clock = operation->sim->clock;

    if (operation->timer)
        clock_cancel_timer(clock, operation->timer);
    operation->timer = clock_add_timer(clock, after_us, func, operation);
}

static void end_with_error(gpointer data)
{
    struct operation *operation = data;

    operation->timer = 0;
    operation_end(operation);
}

static gint64 latency_us(struct sim *sim, gint64 least_us, gint64 most_us)
{
    return sim_random_between(&sim->world->latency_random, least_us, most_us);
}

static GError *host_error(const struct operation *operation, enum roost_error code, const char *why)
{
    g_autofree char *name =
        text_escape(operation->host ? operation->host->name : operation->address);

    return g_error_new(ROOST_ERROR, code, "host %s: %s", name, why);
}

/* Right before something is done: NULL when it may be. */
static GError *refusal_of(const struct operation *operation)
{
    GError *error = NULL;
    g_autofree char *what =
        g_strdup_printf("host %s", operation->host ? operation->host->name : operation->address);

    driver_may_act(&operation->sim->driver, what, &error);
    return error;
}

static GError *answer_error(const struct operation *operation, enum sim_answer answer)
{
    switch (answer) {
    case SIM_ANSWERS_ABSENT:
        return host_error(operation, ROOST_ERROR_ABSENT, "nothing answers at its address");
    case SIM_ANSWERS_REFUSED:
        return host_error(operation, ROOST_ERROR_UNREACHABLE, "connection refused");
    default:
        return host_error(operation, ROOST_ERROR_UNREACHABLE, "did not answer within 10 s");
    }
}

static enum sim_answer answer_of(const struct operation *operation)
{
    return operation->host ? sim_host_answer(operation->host) : SIM_ANSWERS_ABSENT;
}

static gint64 time_to_answer(struct sim *sim, const struct operation *operation)
{
    if (answer_of(operation) == SIM_ANSWERS_ABSENT)
        return latency_us(sim, ABSENT_LEAST_US, ABSENT_MOST_US);
    return latency_us(sim, LOOK_LEAST_US, LOOK_MOST_US);
}

/* TRUE when there is no answer yet, but the deadline has not passed either. */
static gboolean wait_for_answer(struct operation *operation, clock_func func)
{
    gint64 left_us = operation->deadline_us - sim_now_us(operation->sim->world);

    if (answer_of(operation) != SIM_ANSWERS_NOT || left_us <= 0)
        return FALSE;
    operation_timer(operation, left_us, func);
    return TRUE;
}

static struct operation *operation_to(struct sim *sim, enum operation_kind kind,
                                      const char *address, gpointer data)
{
    struct sim_host *host = g_hash_table_lookup(sim->world->hosts_by_address, address);
    struct operation *operation = operation_new(sim, kind, host, data);

    if (!host)
        operation->address = g_strdup(address);
    return operation;
}

/* --- Refresh --- */

/* Hosts that are off are asked all night long and always say the same: made once for each. */
static const GError *absent_error(const struct operation *operation)
{
    struct sim_host *host = operation->host;

    if (!host->absent_error)
        host->absent_error = answer_error(operation, SIM_ANSWERS_ABSENT);
    return host->absent_error;
}

static void end_refresh(gpointer data)
{
    struct operation *operation = data;
    enum sim_answer answer = answer_of(operation);

    operation->timer = 0;
    if (wait_for_answer(operation, end_refresh))
        return;
    operation_unlink(operation);
    if (answer == SIM_ANSWERS) {
        sim_host_advance_lazily(operation->host);
        operation->reported(sim_report_new(operation->host), NULL, operation->data);
    } else if (answer == SIM_ANSWERS_ABSENT && operation->host) {
        operation->reported(NULL, absent_error(operation), operation->data);
    } else {
        operation->error = answer_error(operation, answer);
        operation->reported(NULL, operation->error, operation->data);
    }
    operation_free(operation);
}

static guint sim_refresh(struct driver *driver, const char *address, driver_report_func done,
                         gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct operation *operation = operation_to(sim, OPERATION_REFRESH, address, data);

    operation->reported = done;
    operation_timer(operation, time_to_answer(sim, operation), end_refresh);
    return operation->id;
}

/* --- Migrate --- */

static void migrated(const GError *error, gpointer data)
{
    struct operation *operation = data;

    operation->migration = NULL; /* frees itself after this */
    operation->error = error ? g_error_copy(error) : NULL;
    if (operation->sim->clock == operation->sim->world->clock)
        operation_end(operation);
    else /* a process that is stopped hears of it when it goes on */
        operation_timer(operation, 0, end_with_error);
}

static gboolean is_stopped(const struct sim *sim)
{
    return clock_mono_us(sim->clock) < sim_now_us(sim->world);
}

static void progressed(const struct migrate_progress *progress, gpointer data)
{
    const struct operation *operation = data;

    if (operation->progress && !is_stopped(operation->sim))
        operation->progress(progress, operation->data);
}

static void set_migrate_error(struct operation *operation, const struct migrate_request *request,
                              enum roost_error code, const char *why)
{
    g_autofree char *vm = text_escape(request->vm);
    g_autofree char *to = text_escape(operation->to ? operation->to->name : request->to_address);

    operation->error = g_error_new(ROOST_ERROR, code, "vm %s: migrate to %s: %s", vm, to, why);
}

/* Asks both ends; TRUE when the migration may begin, else the operation has its error. */
static gboolean may_begin(struct operation *operation, const struct migrate_request *request,
                          const struct sim_vm *vm)
{
    const struct sim_host *to = operation->to;
    enum sim_answer answer = answer_of(operation);
    const char *why;

    if (answer == SIM_ANSWERS)
        answer = to ? sim_host_answer(to) : SIM_ANSWERS_ABSENT;
    if (answer == SIM_ANSWERS && (operation->host->power != SIM_ON || to->power != SIM_ON))
        answer = SIM_ANSWERS_REFUSED; /* it shuts down and takes no new work */
    if (answer == SIM_ANSWERS_ABSENT) {
        set_migrate_error(operation, request, ROOST_ERROR_ABSENT, "a host of the two is off");
        return FALSE;
    }
    if (answer != SIM_ANSWERS) {
        set_migrate_error(operation, request, ROOST_ERROR_UNREACHABLE,
                          "a host of the two does not answer");
        return FALSE;
    }
    why = sim_migration_refusal(vm, operation->host, to);
    if (why)
        set_migrate_error(operation, request, ROOST_ERROR_REFUSED, why);
    else
        operation->error = refusal_of(operation);
    return operation->error == NULL;
}

static guint sim_migrate(struct driver *driver, const struct migrate_request *request,
                         driver_progress_func progress, driver_done_func done, gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct operation *operation = operation_to(sim, OPERATION_MIGRATE, request->from_address, data);
    struct sim_vm *vm = g_hash_table_lookup(sim->world->vms_by_name, request->vm);

    operation->to = g_hash_table_lookup(sim->world->hosts_by_address, request->to_address);
    operation->done = done;
    operation->progress = progress;
    operation->control = request->control;
    if (may_begin(operation, request, vm)) {
        operation->migration = sim_migration_start(vm, operation->to, request, progressed,
                                                   operation, migrated, operation);
    } else {
        gboolean silent = operation->error->code == ROOST_ERROR_UNREACHABLE;

        sim->world->moves_failed++;
        operation_timer(operation,
                        silent ? DEADLINE_US : latency_us(sim, LOOK_LEAST_US, LOOK_MOST_US),
                        end_with_error);
    }
    return operation->id;
}

/* --- Wake --- */

static void end_wake(gpointer data)
{
    struct operation *operation = data;
    struct sim_world *world = operation->sim->world;

    operation->timer = 0;
    operation->error = refusal_of(operation);
    if (!operation->error &&
        !sim_random_chance(&world->network_random, world->options.faults.wake_fails) &&
        operation->host)
        sim_host_wake(operation->host);
    operation_end(operation);
}

static guint sim_wake(struct driver *driver, const struct wake_request *request,
                      driver_wake_func done, gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct sim_host *host = sim_world_find_listener(sim->world, request);
    struct operation *operation = operation_new(sim, OPERATION_WAKE, host, data);

    operation->address = g_strdup(request->address);
    operation->ways =
        host && host->wake == HOST_WAKE_COMMAND ? "wake_command" : "magic packet from here";
    operation->woken = done;
    operation_timer(operation, PACKET_US, end_wake);
    return operation->id;
}

/* --- Power-off --- */

static GError *power_off_error(const struct operation *operation)
{
    const struct sim_host *host = operation->host;
    enum sim_answer answer = answer_of(operation);

    if (answer != SIM_ANSWERS)
        return answer_error(operation, answer);
    if (host->running > 0)
        return host_error(operation, ROOST_ERROR_REFUSED, "a VM runs on it; not switched off");
    if (host->incoming > 0 || host->transfers_out > 0)
        return host_error(operation, ROOST_ERROR_REFUSED, "a VM is moving; not switched off");
    if (host->user && !operation->force)
        return host_error(operation, ROOST_ERROR_REFUSED,
                          "somebody is logged in; not switched off");
    return refusal_of(operation);
}

static void end_power_off(gpointer data)
{
    struct operation *operation = data;

    operation->timer = 0;
    if (wait_for_answer(operation, end_power_off))
        return;
    if (operation->host)
        sim_host_advance(operation->host);
    operation->error = power_off_error(operation);
    if (!operation->error)
        sim_host_power_off(operation->host, operation->force);
    operation_end(operation);
}

static guint sim_power_off(struct driver *driver, const char *address, gboolean force,
                           driver_done_func done, gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct operation *operation = operation_to(sim, OPERATION_POWER_OFF, address, data);

    operation->force = force;
    operation->done = done;
    operation_timer(operation,
                    time_to_answer(sim, operation) +
                        latency_us(sim, TELL_OFF_LEAST_US, TELL_OFF_MOST_US),
                    end_power_off);
    return operation->id;
}

/* --- Examine --- */

static void end_check(gpointer data)
{
    struct operation *operation = data;
    enum sim_answer answer = answer_of(operation);

    operation->timer = 0;
    if (wait_for_answer(operation, end_check))
        return;
    if (answer == SIM_ANSWERS && !operation->found)
        answer = SIM_ANSWERS_NOT; /* it came to itself meanwhile; what was asked is lost */
    if (answer != SIM_ANSWERS)
        operation->error = answer_error(operation, answer);
    operation_end(operation);
}

static guint sim_check(struct driver *driver, const struct check_request *request,
                       driver_check_func done, gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct operation *operation = operation_to(sim, OPERATION_CHECK, request->address, data);

    operation->checked = done;
    if (answer_of(operation) == SIM_ANSWERS) {
        sim_host_advance(operation->host);
        operation->found = sim_check_new(operation->host, request);
    }
    operation_timer(operation, time_to_answer(sim, operation), end_check);
    return operation->id;
}

/* --- Cutting the power --- */

/* In this world nobody has wired anything up that could take the power away. */
static gboolean sim_can_cut(G_GNUC_UNUSED struct driver *driver, G_GNUC_UNUSED const char *address)
{
    return FALSE;
}

static guint sim_cut(struct driver *driver, const char *address, driver_done_func done,
                     gpointer data)
{
    struct operation *operation = operation_to((struct sim *)driver, OPERATION_CUT, address, data);

    operation->done = done;
    operation->error =
        host_error(operation, ROOST_ERROR_REFUSED, "no cut_command is configured for it");
    operation_timer(operation, 0, end_with_error);
    return operation->id;
}

/* --- Probe --- */

static gboolean gives_a_sign(const struct operation *operation)
{
    enum sim_answer answer = answer_of(operation);

    return answer == SIM_ANSWERS || answer == SIM_ANSWERS_REFUSED;
}

static void end_probe(gpointer data)
{
    struct operation *operation = data;

    operation->timer = 0;
    if (!gives_a_sign(operation))
        operation->error = host_error(operation, ROOST_ERROR_UNREACHABLE, "no sign of life");
    operation_end(operation);
}

static guint sim_probe(struct driver *driver, const char *address, gint64 within_us,
                       driver_done_func done, gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct operation *operation = operation_to(sim, OPERATION_PROBE, address, data);

    operation->done = done;
    operation_timer(operation,
                    gives_a_sign(operation) ? latency_us(sim, LOOK_LEAST_US, LOOK_MOST_US)
                                            : within_us,
                    end_probe);
    return operation->id;
}

/* --- Control --- */

static GError *control(const struct operation *operation)
{
    struct sim_host *host = operation->host;
    enum sim_answer answer = answer_of(operation);
    g_autofree char *name = text_escape(operation->vm);
    struct sim_vm *vm;
    const char *why;
    GError *refusal;

    if (answer == SIM_ANSWERS && host->power != SIM_ON)
        answer = SIM_ANSWERS_REFUSED; /* it shuts down and takes no new work */
    if (answer != SIM_ANSWERS)
        return answer_error(operation, answer);
    refusal = refusal_of(operation);
    if (refusal)
        return refusal;
    vm = sim_host_find_vm(host, operation->vm);
    why = vm ? sim_vm_control(vm, host, operation->action) : "the host does not know it";
    if (!why)
        return NULL;
    return g_error_new(ROOST_ERROR, ROOST_ERROR_REFUSED, "vm %s: %s on %s: %s", name,
                       control_action_name(operation->action), host->name, why);
}

static void end_control(gpointer data)
{
    struct operation *operation = data;

    operation->timer = 0;
    if (wait_for_answer(operation, end_control))
        return;
    operation->error = control(operation);
    operation_end(operation);
}

static guint sim_control(struct driver *driver, const struct control_request *request,
                         driver_done_func done, gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct operation *operation = operation_to(sim, OPERATION_CONTROL, request->address, data);

    operation->vm = g_strdup(request->vm);
    operation->action = request->action;
    operation->done = done;
    operation_timer(operation, time_to_answer(sim, operation), end_control);
    return operation->id;
}

/* --- Errands --- */

static void end_errand(gpointer data)
{
    struct operation *operation = data;
    enum sim_answer answer = answer_of(operation);

    operation->timer = 0;
    if (wait_for_answer(operation, end_errand))
        return;
    if (answer != SIM_ANSWERS)
        operation->error = answer_error(operation, answer);
    operation_end(operation);
}

guint sim_send_errand(struct driver *driver, const char *address, const char *command,
                      sim_errand_func errand, void (*told)(void), gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct operation *operation = operation_to(sim, OPERATION_ERRAND, address, data);

    operation->command = g_strdup(command);
    operation->errand = errand;
    operation->told = told;
    operation_timer(operation, time_to_answer(sim, operation), end_errand);
    return operation->id;
}

/* --- Definitions and disks --- */

static gboolean is_change(enum manage_kind kind)
{
    return kind == MANAGE_DEFINE || kind == MANAGE_UNDEFINE || kind == MANAGE_CREATE_DISK ||
           kind == MANAGE_REMOVE_DISK;
}

static void end_manage(gpointer data)
{
    struct operation *operation = data;
    enum sim_answer answer = answer_of(operation);

    operation->timer = 0;
    if (wait_for_answer(operation, end_manage))
        return;
    if (answer != SIM_ANSWERS)
        operation->error = answer_error(operation, answer);
    else if (is_change(operation->manage->kind))
        operation->error = refusal_of(operation);
    operation_end(operation);
}

static guint sim_manage(struct driver *driver, const struct manage_request *request,
                        driver_manage_func done, gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct operation *operation = operation_to(sim, OPERATION_MANAGE, request->address, data);

    operation->manage = manage_request_copy(request);
    operation->managed = done;
    operation_timer(operation, time_to_answer(sim, operation), end_manage);
    return operation->id;
}

/* --- Cancel, forget, free --- */

static void cancel_operation(struct operation *operation)
{
    if (operation->migration) {
        sim_migration_cancel(operation->migration);
        return;
    }
    if (operation->error)
        return; /* its end is decided */
    operation->error = host_error(operation, ROOST_ERROR_CANCELLED, "cancelled");
    operation_timer(operation, 0, end_with_error);
}

static struct operation *find_operation(struct sim *sim, guint id)
{
    for (GList *link = sim->operations.head; link; link = link->next) {
        struct operation *operation = link->data;

        if (operation->id == id)
            return operation;
    }
    return NULL;
}

static void sim_steer(struct driver *driver, guint id, enum migrate_steer steer)
{
    struct operation *operation = find_operation((struct sim *)driver, id);

    if (operation && operation->migration)
        sim_migration_steer(operation->migration, steer);
}

static void sim_cancel(struct driver *driver, guint id)
{
    struct operation *operation = find_operation((struct sim *)driver, id);

    if (operation)
        cancel_operation(operation);
}

static void sim_forget(struct driver *driver, const char *address)
{
    struct sim *sim = (struct sim *)driver;
    struct sim_host *host = g_hash_table_lookup(sim->world->hosts_by_address, address);

    if (host)
        host->facts_told = FALSE;
    for (GList *link = sim->operations.head; link; link = link->next) {
        struct operation *operation = link->data;
        gboolean concerned = host ? operation->host == host || operation->to == host
                                  : g_strcmp0(operation->address, address) == 0;

        if (concerned)
            cancel_operation(operation);
    }
}

/* The others see them end, one way or another. */
static void leave_migrations(struct sim *sim)
{
    for (GList *link = sim->operations.head; link; link = link->next) {
        struct operation *operation = link->data;
        if (!operation->migration)
            continue;
        sim_migration_detach(operation->migration);
        if (operation->control == MIGRATE_DIRECT)
            sim_migration_cancel(operation->migration);
        operation->migration = NULL;
    }
}

static void sim_free(struct driver *driver)
{
    struct sim *sim = (struct sim *)driver;
    GList *link;

    g_ptr_array_remove(sim->world->drivers, driver);
    if (sim->world->drivers->len > 0)
        leave_migrations(sim);
    while ((link = g_queue_pop_head_link(&sim->operations)))
        operation_free(link->data);
    while ((link = g_queue_pop_head_link(&sim->spare)))
        g_free(link); /* the first member of the operation */
    if (sim->world->drivers->len == 0)
        sim_world_free(sim->world);
    g_free(sim);
}

static const struct driver_ops SIM_OPS = {
    .name = "simulated",
    .refresh = sim_refresh,
    .migrate = sim_migrate,
    .wake = sim_wake,
    .power_off = sim_power_off,
    .check = sim_check,
    .can_cut = sim_can_cut,
    .cut = sim_cut,
    .probe = sim_probe,
    .control = sim_control,
    .manage = sim_manage,
    .enrol = sim_enrol,
    .trust = sim_trust,
    .run = sim_run,
    .arm = sim_arm,
    .share_keys = sim_share_keys,
    .steer = sim_steer,
    .cancel = sim_cancel,
    .forget = sim_forget,
    .free = sim_free,
};

static struct driver *sim_new(struct sim_world *world, struct clock *clock)
{
    struct sim *sim = g_new0(struct sim, 1);

    sim->driver.ops = &SIM_OPS;
    sim->world = world;
    sim->clock = clock;
    g_queue_init(&sim->operations);
    g_queue_init(&sim->spare);
    g_ptr_array_add(world->drivers, &sim->driver);
    return &sim->driver;
}

struct driver *sim_driver_new(struct clock *clock, const struct cluster *lab,
                              const struct hours *hours, const struct sim_options *options)
{
    return sim_new(sim_world_new(clock, lab, hours, options), clock);
}

struct driver *sim_driver_join(struct driver *driver, struct clock *clock)
{
    return sim_new(sim_driver_world(driver), clock);
}

void sim_tell_changed(const struct sim_world *world, const char *address)
{
    for (guint i = 0; i < world->drivers->len; i++) {
        struct driver *driver = g_ptr_array_index(world->drivers, i);
        if (!is_stopped((const struct sim *)driver))
            driver_emit_changed(driver, address);
    }
}

struct sim_world *sim_driver_world(const struct driver *driver)
{
    g_assert(driver->ops == &SIM_OPS);
    return ((const struct sim *)driver)->world;
}
