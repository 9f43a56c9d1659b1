/* driver_vm.c - what is done with simulated VMs: migrations, control, definitions, disks. */
#include "core/base/text.h"
#include "core/driver/sim/driver_internal.h"

/* --- Migrations --- */

static void migrated(const GError *error, gpointer data)
{
    struct sim_operation *operation = data;

    operation->migration = NULL; /* frees itself after this */
    operation->error = error ? g_error_copy(error) : NULL;
    if (operation->sim->clock == operation->sim->world->clock)
        sim_operation_end(operation);
    else /* a process that is stopped hears of it when it goes on */
        sim_operation_end_after(operation, 0);
}

static void progressed(const struct migrate_progress *progress, gpointer data)
{
    const struct sim_operation *operation = data;

    if (operation->progress && !sim_is_stopped(operation->sim))
        operation->progress(progress, operation->data);
}

static void set_migrate_error(struct sim_operation *operation,
                              const struct migrate_request *request, enum roost_error code,
                              const char *why)
{
    g_autofree char *vm = text_escape(request->vm);
    g_autofree char *to = text_escape(operation->to ? operation->to->name : request->to_address);

    operation->error = g_error_new(ROOST_ERROR, code, "vm %s: migrate to %s: %s", vm, to, why);
}

/* Asks both ends; TRUE when the migration may begin, else the operation has its error. */
static gboolean may_begin(struct sim_operation *operation, const struct migrate_request *request,
                          const struct sim_vm *vm)
{
    const struct sim_host *to = operation->to;
    enum sim_answer answer = sim_operation_answer(operation);
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
        operation->error = sim_operation_refusal(operation);
    return operation->error == NULL;
}

guint sim_migrate(struct driver *driver, const struct migrate_request *request,
                  driver_progress_func progress, driver_done_func done, gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct sim_operation *operation = sim_operation_to(sim, NULL, request->from_address, data);
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
        sim_operation_end_after(operation,
                                silent ? SIM_DEADLINE_US : sim_operation_look_us(operation));
    }
    return operation->id;
}

/* --- Control --- */

static void act_control(struct sim_operation *operation)
{
    struct sim_host *host = operation->host;
    g_autofree char *name = text_escape(operation->vm);
    struct sim_vm *vm;
    const char *why;

    /* It may shut down, and then takes no new work. */
    operation->error = host->power != SIM_ON
                           ? sim_operation_answer_error(operation, SIM_ANSWERS_REFUSED)
                           : sim_operation_refusal(operation);
    if (operation->error)
        return;
    vm = sim_host_find_vm(host, operation->vm);
    why = vm ? sim_vm_control(vm, host, operation->action) : "the host does not know it";
    if (why)
        operation->error =
            g_error_new(ROOST_ERROR, ROOST_ERROR_REFUSED, "vm %s: %s on %s: %s", name,
                        control_action_name(operation->action), host->name, why);
}

guint sim_control(struct driver *driver, const struct control_request *request,
                  driver_done_func done, gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct sim_operation *operation = sim_operation_to(sim, NULL, request->address, data);

    operation->vm = g_strdup(request->vm);
    operation->action = request->action;
    operation->done = done;
    sim_operation_ask(operation, act_control);
    return operation->id;
}

/* --- Definitions and disks --- */

static void act_manage(struct sim_operation *operation)
{
    enum manage_kind kind = operation->manage->kind;

    if (kind == MANAGE_DEFINE || kind == MANAGE_UNDEFINE || kind == MANAGE_CREATE_DISK ||
        kind == MANAGE_REMOVE_DISK)
        operation->error = sim_operation_refusal(operation);
}

/* Done as late as it can be: what answers then has been done. */
static void tell_manage(struct sim_operation *operation)
{
    autoptr(manage_answer) answer = NULL;

    if (!operation->error)
        answer = sim_host_manage(operation->host, operation->manage, &operation->error);
    operation->managed(g_steal_pointer(&answer), operation->error, operation->data);
}

guint sim_manage(struct driver *driver, const struct manage_request *request,
                 driver_manage_func done, gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct sim_operation *operation = sim_operation_to(sim, tell_manage, request->address, data);

    operation->manage = manage_request_copy(request);
    operation->managed = done;
    sim_operation_ask(operation, act_manage);
    return operation->id;
}
