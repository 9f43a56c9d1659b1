#include "tests/support/fake_driver.h"

#include "core/driver/manage.h"
#include "core/model/guest_xml.h"

enum kind {
    REFRESH,
    MIGRATE,
    WAKE,
    OFF,
    CUT,
    PROBE,
    CONTROL,
    MANAGE,
};

struct operation {
    struct fake_driver *fake;
    guint id;
    enum kind kind;
    struct fake_host *host; /* the source of a migration */
    struct fake_host *to;
    char *vm;
    guint timer;
    gboolean force;
    enum control_action action;
    gboolean cancelled;
    gboolean lost;
    enum fake_outcome outcome;
    driver_report_func report;
    struct manage_request *manage;
    driver_manage_func managed;
    driver_done_func done;
    driver_wake_func woken;
    driver_progress_func progress;
    gpointer data;
};

static struct fake_driver *fake_of(struct driver *driver)
{
    return (struct fake_driver *)driver;
}

static void note_sin(struct fake_driver *fake, const char *what, const char *who)
{
    if (fake->sin)
        return;
    fake->sin = g_strdup_printf("%s %s", who, what);
}

static void fake_vm_free(gpointer data)
{
    struct fake_vm *vm = data;

    g_free(vm->name);
    g_free(vm);
}

static void fake_host_free(gpointer data)
{
    struct fake_host *host = data;

    g_free(host->name);
    g_free(host->address);
    g_free(host->mac);
    g_free(host->relays);
    g_strfreev(host->users);
    g_ptr_array_unref(host->vms);
    g_free(host);
}

static struct fake_host *host_at(struct fake_driver *fake, const char *address)
{
    for (guint i = 0; i < fake->hosts->len; i++) {
        struct fake_host *host = g_ptr_array_index(fake->hosts, i);
        if (g_str_equal(host->address, address))
            return host;
    }
    g_assert_not_reached();
}

static struct fake_vm *vm_on(const struct fake_host *host, const char *name)
{
    for (guint i = 0; i < host->vms->len; i++) {
        struct fake_vm *vm = g_ptr_array_index(host->vms, i);
        if (g_str_equal(vm->name, name))
            return vm;
    }
    return NULL;
}

static guint running_on(const struct fake_host *host)
{
    guint running = 0;

    for (guint i = 0; i < host->vms->len; i++)
        running += ((struct fake_vm *)g_ptr_array_index(host->vms, i))->state != VM_REPORT_OFF;
    return running;
}

static void check_memory(struct fake_driver *fake, const struct fake_host *host)
{
    guint64 used_kib = 0;

    for (guint i = 0; i < host->vms->len; i++)
        used_kib += ((struct fake_vm *)g_ptr_array_index(host->vms, i))->mem_kib;
    if (used_kib > host->mem_kib)
        note_sin(fake, "has more VMs than RAM", host->name);
}

static struct fake_vm *copy_vm(struct fake_host *to, const struct fake_vm *vm)
{
    struct fake_vm *copy = g_memdup2(vm, sizeof *vm);

    copy->name = g_strdup(vm->name);
    g_ptr_array_add(to->vms, copy);
    return copy;
}

static void move_vm(struct fake_driver *fake, struct fake_host *from, struct fake_host *to,
                    const char *name)
{
    struct fake_vm *vm = vm_on(from, name);

    if (!vm || from == to)
        return;
    copy_vm(to, vm);
    g_ptr_array_remove(from->vms, vm);
    check_memory(fake, to);
}

/* --- Operations --- */

static void operation_free(struct operation *operation)
{
    clock_cancel_timer(operation->fake->clock, operation->timer);
    g_free(operation->vm);
    manage_request_free(operation->manage);
    g_free(operation);
}

/* Leaves the list first: what it calls may start and cancel others. */
static void operation_leave(struct operation *operation)
{
    g_ptr_array_remove(operation->fake->operations, operation);
    if (operation->kind == REFRESH)
        operation->host->asking--;
    if (operation->kind == MIGRATE) {
        operation->fake->migrating--;
        operation->host->out--;
        operation->to->in--;
    }
}

static GError *error_for(const struct operation *operation, enum roost_error code, const char *text)
{
    return g_error_new(ROOST_ERROR, code, "host %s: %s", operation->host->name, text);
}

static struct host_report *report_of(const struct fake_host *host)
{
    struct host_report *report = host_report_new();

    report->hostname = g_strdup(host->name);
    report->mac = g_strdup(host->mac);
    report->users = g_strdupv(host->users);
    report->wake = host->wake;
    report->hypervisor = g_strdup(host->hypervisor);
    report->can_migrate = host->can_migrate;
    report->cpus = host->cpus;
    report->mem_kib = host->mem_kib;
    report->mem_available_kib = host->mem_kib / 2;
    report->load15_permille = host->load15_permille;
    report->cpu_permille = 50;
    for (guint i = 0; i < host->vms->len; i++) {
        struct fake_vm *vm = g_ptr_array_index(host->vms, i);
        struct vm_report *seen = host_report_add_vm(report, vm->name);
        seen->mem_kib = vm->mem_kib;
        seen->vcpus = 1;
        seen->cpu_permille = vm->cpu_after > 0 ? -1 : vm->cpu_permille;
        vm->cpu_after -= vm->cpu_after > 0 ? 1 : 0;
        seen->state = vm->state;
        seen->persistent = !vm->transient;
        seen->autostart = vm->autostart;
    }
    return report;
}

static GError *why_silent(const struct operation *operation)
{
    if (operation->cancelled)
        return error_for(operation, ROOST_ERROR_CANCELLED, "cancelled");
    if (!operation->host->on)
        return error_for(operation, ROOST_ERROR_ABSENT, "no answer from the network");
    if (operation->host->foreign)
        return error_for(operation, ROOST_ERROR_AUTH, "its host key changed");
    if (operation->host->silent)
        return error_for(operation, ROOST_ERROR_UNREACHABLE, "connection timed out");
    return NULL;
}

static void answer_refresh(struct operation *operation)
{
    g_autoptr(GError) error = why_silent(operation);

    operation->report(error ? NULL : report_of(operation->host), error, operation->data);
}

static GError *carry_out_migration(struct operation *operation)
{
    struct fake_vm *vm = vm_on(operation->host, operation->vm);

    switch (operation->outcome) {
    case FAKE_WORKS:
        move_vm(operation->fake, operation->host, operation->to, operation->vm);
        return NULL;
    case FAKE_FAILS_ARRIVED:
        move_vm(operation->fake, operation->host, operation->to, operation->vm);
        return error_for(operation, ROOST_ERROR_FAILED, "the connection broke");
    case FAKE_CANCEL_TOO_LATE:
        move_vm(operation->fake, operation->host, operation->to, operation->vm);
        return NULL;
    case FAKE_LIES:
        return NULL;
    case FAKE_REFUSED:
        return error_for(operation, ROOST_ERROR_REFUSED, "not enough RAM on the target");
    case FAKE_TIMES_OUT:
        return error_for(operation, ROOST_ERROR_TIMEOUT, "it never converged");
    case FAKE_LOSES:
        g_ptr_array_remove(operation->host->vms, vm);
        return error_for(operation, ROOST_ERROR_FAILED, "guest died");
    case FAKE_DOUBLES:
        copy_vm(operation->to, vm);
        return error_for(operation, ROOST_ERROR_FAILED, "guest runs twice");
    default:
        return error_for(operation, ROOST_ERROR_FAILED, "migration broke off");
    }
}

static void answer_migrate(struct operation *operation)
{
    g_autoptr(GError) error = NULL;

    if (!operation->host->on || !operation->to->on)
        error = error_for(operation, ROOST_ERROR_FAILED, "an end is gone");
    else if (operation->cancelled && operation->outcome != FAKE_CANCEL_TOO_LATE)
        error = error_for(operation, ROOST_ERROR_CANCELLED, "cancelled");
    else
        error = carry_out_migration(operation);
    operation->done(error, operation->data);
}

static void boots(gpointer data)
{
    struct fake_host *host = data;

    host->on = TRUE;
}

static void answer_wake(struct operation *operation)
{
    struct fake_host *host = operation->host;
    struct fake_driver *fake = operation->fake;

    if (host->deaf > 0)
        host->deaf--;
    else if (!host->on && host->boots)
        clock_add_timer(fake->clock, fake->boot_us, boots, host);
    operation->woken(host->wake == HOST_WAKE_COMMAND ? "wake_command" : "magic packet from here",
                     NULL, operation->data);
}

static void goes_off(gpointer data)
{
    struct fake_host *host = data;

    host->on = FALSE;
}

static void answer_off(struct operation *operation)
{
    struct fake_driver *fake = operation->fake;
    struct fake_host *host = operation->host;
    g_autoptr(GError) error = why_silent(operation);

    if (!error && running_on(host) > 0)
        error = error_for(operation, ROOST_ERROR_REFUSED, "it runs VMs");
    else if (!error && !operation->force && host->users && host->users[0])
        error = error_for(operation, ROOST_ERROR_REFUSED, "somebody is logged in");
    else if (!error && fake->power_off_outcome == FAKE_REFUSED)
        error = error_for(operation, ROOST_ERROR_REFUSED, "not now");
    else if (!error && fake->power_off_outcome == FAKE_FAILS)
        error = error_for(operation, ROOST_ERROR_FAILED, "poweroff: not found");
    else if (!error && host->obeys)
        clock_add_timer(fake->clock, fake->shutdown_us, goes_off, host);
    if (!error && fake->power_off_outcome == FAKE_TIMES_OUT)
        error = error_for(operation, ROOST_ERROR_TIMEOUT, "the connection broke");
    if (!error && fake->power_off_outcome == FAKE_FAILS_ARRIVED)
        error = error_for(operation, ROOST_ERROR_FAILED, "status 255: connection closed");
    operation->done(error, operation->data);
}

static void answer_cut(struct operation *operation)
{
    g_autoptr(GError) error = NULL;

    if (operation->fake->cut_outcome == FAKE_FAILS)
        error = error_for(operation, ROOST_ERROR_FAILED, "plug: no such socket");
    else
        operation->host->on = FALSE;
    operation->done(error, operation->data);
}

static void answer_probe(struct operation *operation)
{
    const struct fake_host *host = operation->host;
    g_autoptr(GError) error = NULL;

    if (operation->fake->cut_off)
        error = error_for(operation, ROOST_ERROR_FAILED, "network is unreachable");
    else if (operation->lost || !host->on || host->silent)
        error = error_for(operation, ROOST_ERROR_UNREACHABLE, "no sign of life");
    operation->done(error, operation->data);
}

static void goes_down(gpointer data)
{
    struct fake_vm *vm = data;

    vm->state = VM_REPORT_OFF;
}

static gboolean runs_anywhere(const struct fake_driver *fake, const char *name)
{
    for (guint i = 0; i < fake->hosts->len; i++) {
        const struct fake_host *host = g_ptr_array_index(fake->hosts, i);
        const struct fake_vm *vm = host->on ? vm_on(host, name) : NULL;
        if (vm && vm->state != VM_REPORT_OFF)
            return TRUE;
    }
    return FALSE;
}

static gboolean is_settled(struct fake_vm *vm, enum control_action action)
{
    switch (action) {
    case CONTROL_AUTOSTART_ON:
    case CONTROL_AUTOSTART_OFF:
        vm->autostart = action == CONTROL_AUTOSTART_ON;
        return TRUE;
    case CONTROL_PAUSE:
    case CONTROL_RESUME:
        vm->state = action == CONTROL_PAUSE ? VM_REPORT_PAUSED : VM_REPORT_RUNNING;
        return TRUE;
    default:
        return action == CONTROL_REBOOT || action == CONTROL_RESET;
    }
}

static GError *control(struct operation *operation)
{
    struct fake_driver *fake = operation->fake;
    struct fake_vm *vm = vm_on(operation->host, operation->vm);
    gboolean start = operation->action == CONTROL_START;

    if (!vm)
        return error_for(operation, ROOST_ERROR_REFUSED, "it does not know it");
    if ((vm->state == VM_REPORT_OFF) != start && operation->action < CONTROL_AUTOSTART_ON)
        return error_for(operation, ROOST_ERROR_REFUSED, start ? "it runs already" : "it is off");
    if (fake->control_outcome == FAKE_FAILS)
        return error_for(operation, ROOST_ERROR_FAILED, "no emulator");
    if (start && runs_anywhere(fake, operation->vm))
        note_sin(fake, "was started twice", operation->vm);
    if (fake->control_outcome == FAKE_LIES)
        return NULL;
    if (start)
        vm->state = VM_REPORT_RUNNING;
    else if (is_settled(vm, operation->action))
        fake->settled++;
    else if (operation->action == CONTROL_FORCE_OFF && vm->transient)
        g_ptr_array_remove(operation->host->vms, vm);
    else if (operation->action == CONTROL_FORCE_OFF)
        vm->state = VM_REPORT_OFF;
    else if (!vm->deaf)
        clock_add_timer(fake->clock, fake->shutdown_us, goes_down, vm);
    if (fake->control_outcome == FAKE_TIMES_OUT)
        return error_for(operation, ROOST_ERROR_TIMEOUT, "no answer in time");
    return NULL;
}

static void answer_control(struct operation *operation)
{
    g_autoptr(GError) error = why_silent(operation);

    if (!error)
        error = control(operation);
    operation->done(error, operation->data);
}

static GError *undefine(struct operation *operation)
{
    struct fake_vm *vm = vm_on(operation->host, operation->manage->vm);

    if (!vm)
        return error_for(operation, ROOST_ERROR_REFUSED, "it does not know it");
    if (vm->state != VM_REPORT_OFF)
        note_sin(operation->fake, "was undefined while it ran", vm->name);
    g_ptr_array_remove(operation->host->vms, vm);
    return NULL;
}

static GError *define(struct operation *operation)
{
    autoptr(guest) guest = guest_xml_read(operation->manage->xml, NULL);

    if (!guest || !guest->name)
        return error_for(operation, ROOST_ERROR_FAILED, "XML error");
    if (vm_on(operation->host, guest->name))
        return operation->manage->fresh
                   ? error_for(operation, ROOST_ERROR_REFUSED, "it knows one of that name")
                   : NULL;
    fake_vm_add(operation->host, guest->name, guest->mem_kib / 1024)->state = VM_REPORT_OFF;
    return NULL;
}

static void answer_manage(struct operation *operation)
{
    g_autoptr(GError) error = why_silent(operation);
    enum manage_kind kind = operation->manage->kind;

    if (!error && operation->fake->manage_outcome == FAKE_FAILS)
        error = error_for(operation, ROOST_ERROR_FAILED, "no space left");
    else if (!error && operation->fake->manage_outcome == FAKE_LIES)
        operation->fake->settled++;
    else if (!error && kind == MANAGE_DEFINE)
        error = define(operation);
    else if (!error && kind == MANAGE_UNDEFINE)
        error = undefine(operation);
    if (!error && operation->fake->manage_outcome == FAKE_TIMES_OUT)
        error = error_for(operation, ROOST_ERROR_TIMEOUT, "no answer in time");
    operation->managed(error ? NULL : manage_answer_new(), error, operation->data);
}

static void operation_due(gpointer data)
{
    static void (*const answers[])(struct operation *) = {
        [CUT] = answer_cut,         [PROBE] = answer_probe,   [REFRESH] = answer_refresh,
        [MIGRATE] = answer_migrate, [WAKE] = answer_wake,     [OFF] = answer_off,
        [CONTROL] = answer_control, [MANAGE] = answer_manage,
    };
    struct operation *operation = data;

    operation->timer = 0;
    if (operation->host->hangs && !operation->cancelled)
        return;
    operation_leave(operation);
    answers[operation->kind](operation);
    operation_free(operation);
}

static struct operation *operation_new(struct fake_driver *fake, enum kind kind,
                                       struct fake_host *host, gint64 after_us, gpointer data)
{
    struct operation *operation = g_new0(struct operation, 1);

    operation->fake = fake;
    operation->id = ++fake->next_operation;
    operation->kind = kind;
    operation->host = host;
    operation->data = data;
    g_ptr_array_add(fake->operations, operation);
    if (after_us >= 0)
        operation->timer = clock_add_timer(fake->clock, after_us, operation_due, operation);
    return operation;
}

/* --- The table --- */

static guint fake_refresh(struct driver *driver, const char *address, driver_report_func done,
                          gpointer data)
{
    struct fake_driver *fake = fake_of(driver);
    struct fake_host *host = host_at(fake, address);
    struct operation *operation = operation_new(fake, REFRESH, host, fake->answer_us, data);

    operation->report = done;
    host->refreshes++;
    host->asking++;
    host->at_once = MAX(host->at_once, host->asking);
    return operation->id;
}

static void report_progress(struct operation *operation)
{
    const struct migrate_progress half = {
        .total_bytes = 1000, .done_bytes = 500, .left_bytes = 500};

    if (operation->progress)
        operation->progress(&half, operation->data);
}

static void halfway(gpointer data)
{
    struct operation *operation = data;

    report_progress(operation);
    operation->timer = clock_add_timer(operation->fake->clock, operation->fake->migrate_us / 2,
                                       operation_due, operation);
    if (operation->outcome >= FAKE_NEVER_ANSWERS) {
        clock_cancel_timer(operation->fake->clock, operation->timer);
        operation->timer = 0;
    }
}

static guint fake_migrate(struct driver *driver, const struct migrate_request *request,
                          driver_progress_func progress, driver_done_func done, gpointer data)
{
    struct fake_driver *fake = fake_of(driver);
    struct fake_host *from = host_at(fake, request->from_address);
    struct operation *operation = operation_new(fake, MIGRATE, from, -1, data);

    operation->to = host_at(fake, request->to_address);
    operation->vm = g_strdup(request->vm);
    operation->progress = progress;
    operation->done = done;
    operation->outcome =
        g_queue_is_empty(&fake->outcomes)
            ? FAKE_WORKS
            : (enum fake_outcome)GPOINTER_TO_UINT(g_queue_pop_head(&fake->outcomes));
    operation->timer = clock_add_timer(fake->clock, fake->migrate_us / 2, halfway, operation);
    fake->auto_converge = request->auto_converge;
    fake->request = *request;
    fake->request.vm = fake->request.from_address = fake->request.to_address = NULL;
    fake->migrations++;
    fake->migrating++;
    from->out++;
    operation->to->in++;
    fake->migrating_most = MAX(fake->migrating_most, fake->migrating);
    fake->out_most = MAX(fake->out_most, from->out);
    fake->in_most = MAX(fake->in_most, operation->to->in);
    if (!vm_on(from, request->vm))
        note_sin(fake, "was told to move what it does not have", from->name);
    return operation->id;
}

static guint fake_wake(struct driver *driver, const struct wake_request *request,
                       driver_wake_func done, gpointer data)
{
    struct fake_driver *fake = fake_of(driver);
    struct fake_host *host = host_at(fake, request->address);
    struct operation *operation = operation_new(fake, WAKE, host, fake->answer_us, data);
    gint64 now_us = clock_mono_us(fake->clock);

    operation->woken = done;
    host->packets++;
    g_free(host->relays);
    host->relays = g_strjoinv(" ", (char **)request->relays);
    host->packet_at_us = now_us;
    if (fake->last_wake_us != 0)
        fake->wake_gap_least_us = MIN(fake->wake_gap_least_us, now_us - fake->last_wake_us);
    fake->last_wake_us = now_us;
    return operation->id;
}

static guint fake_power_off(struct driver *driver, const char *address, gboolean force,
                            driver_done_func done, gpointer data)
{
    struct fake_driver *fake = fake_of(driver);
    struct fake_host *host = host_at(fake, address);
    struct operation *operation = operation_new(fake, OFF, host, fake->answer_us, data);

    operation->done = done;
    operation->force = force;
    host->power_offs++;
    if (running_on(host) > 0 || host->in > 0 || host->out > 0)
        note_sin(fake, "was told to power off while in use", host->name);
    return operation->id;
}

static gboolean fake_can_cut(struct driver *driver, const char *address)
{
    return host_at(fake_of(driver), address)->can_cut;
}

static guint fake_cut(struct driver *driver, const char *address, driver_done_func done,
                      gpointer data)
{
    struct fake_driver *fake = fake_of(driver);
    struct fake_host *host = host_at(fake, address);
    struct operation *operation = operation_new(fake, CUT, host, fake->answer_us, data);

    operation->done = done;
    host->cuts++;
    if (!host->can_cut)
        note_sin(fake, "was cut without a command for it", host->name);
    if (host->on && !host->silent)
        note_sin(fake, "was cut while it answered", host->name);
    return operation->id;
}

static guint fake_probe(struct driver *driver, const char *address, gint64 within_us,
                        driver_done_func done, gpointer data)
{
    struct fake_driver *fake = fake_of(driver);
    struct fake_host *host = host_at(fake, address);
    gboolean lost = fake->probes_lost > 0;
    gboolean answers = host->on && !host->silent && !lost;
    struct operation *operation =
        operation_new(fake, PROBE, host, answers ? fake->answer_us : within_us, data);

    operation->done = done;
    operation->lost = lost;
    fake->probes_lost -= lost ? 1 : 0;
    host->probes++;
    return operation->id;
}

static guint fake_control(struct driver *driver, const struct control_request *request,
                          driver_done_func done, gpointer data)
{
    struct fake_driver *fake = fake_of(driver);
    struct fake_host *host = host_at(fake, request->address);
    struct operation *operation = operation_new(fake, CONTROL, host, fake->answer_us, data);

    operation->done = done;
    operation->vm = g_strdup(request->vm);
    operation->action = request->action;
    fake->controls++;
    return operation->id;
}

static guint fake_manage(struct driver *driver, const struct manage_request *request,
                         driver_manage_func done, gpointer data)
{
    struct fake_driver *fake = fake_of(driver);
    struct fake_host *host = host_at(fake, request->address);
    struct operation *operation = operation_new(fake, MANAGE, host, fake->answer_us, data);

    operation->manage = manage_request_copy(request);
    operation->managed = done;
    fake->manages++;
    return operation->id;
}

static void fake_cancel(struct driver *driver, guint id)
{
    struct fake_driver *fake = fake_of(driver);

    fake->cancels++;
    for (guint i = 0; i < fake->operations->len; i++) {
        struct operation *operation = g_ptr_array_index(fake->operations, i);
        if (operation->id != id || operation->outcome == FAKE_DEAF)
            continue;
        operation->cancelled = TRUE;
        clock_cancel_timer(fake->clock, operation->timer);
        operation->timer = clock_add_timer(fake->clock, fake->answer_us, operation_due, operation);
    }
}

static struct operation *find_migration(struct fake_driver *fake, guint id)
{
    for (guint i = 0; i < fake->operations->len; i++) {
        struct operation *operation = g_ptr_array_index(fake->operations, i);
        if (operation->id == id && operation->kind == MIGRATE)
            return operation;
    }
    return NULL;
}

/* Told to, it does: it ends well soon, or, given up, as if it had been cancelled. */
static void fake_steer(struct driver *driver, guint id, enum migrate_steer steer)
{
    struct fake_driver *fake = fake_of(driver);
    struct operation *operation = find_migration(fake, id);

    fake->steers |= 1u << steer;
    if (!operation || operation->outcome == FAKE_DEAF)
        return;
    if (steer == MIGRATE_STEER_GIVE_UP)
        operation->cancelled = TRUE;
    else
        operation->outcome = FAKE_WORKS;
    clock_cancel_timer(fake->clock, operation->timer);
    operation->timer = clock_add_timer(fake->clock, fake->answer_us, operation_due, operation);
}

static void fake_forget(struct driver *driver, const char *address)
{
    struct fake_driver *fake = fake_of(driver);

    (void)address;
    fake->forgotten++;
}

static void fake_try_login(struct driver *driver, const char *address)
{
    host_at(fake_of(driver), address)->tries++;
}

static void fake_free(struct driver *driver)
{
    struct fake_driver *fake = fake_of(driver);

    for (guint i = 0; i < fake->operations->len; i++)
        operation_free(g_ptr_array_index(fake->operations, i));
    g_ptr_array_unref(fake->operations);
    g_ptr_array_unref(fake->hosts);
    g_queue_clear(&fake->outcomes);
    g_free(fake->sin);
    g_free(fake);
}

static const struct driver_ops fake_ops = {
    .name = "fake",
    .refresh = fake_refresh,
    .migrate = fake_migrate,
    .wake = fake_wake,
    .power_off = fake_power_off,
    .can_cut = fake_can_cut,
    .cut = fake_cut,
    .probe = fake_probe,
    .control = fake_control,
    .manage = fake_manage,
    .steer = fake_steer,
    .cancel = fake_cancel,
    .forget = fake_forget,
    .try_login = fake_try_login,
    .free = fake_free,
};

/* --- What tests call --- */

void fake_progress(struct fake_driver *fake, const struct migrate_progress *progress)
{
    for (guint i = 0; i < fake->operations->len; i++) {
        struct operation *operation = g_ptr_array_index(fake->operations, i);
        if (operation->kind == MIGRATE && operation->progress)
            operation->progress(progress, operation->data);
    }
}

struct fake_driver *fake_driver_new(struct clock *clock)
{
    struct fake_driver *fake = g_new0(struct fake_driver, 1);

    fake->base.ops = &fake_ops;
    fake->clock = clock;
    fake->hosts = g_ptr_array_new_with_free_func(fake_host_free);
    fake->operations = g_ptr_array_new();
    fake->answer_us = 10 * 1000;
    fake->migrate_us = 4 * CLOCK_SECOND_US;
    fake->boot_us = 40 * CLOCK_SECOND_US;
    fake->shutdown_us = 8 * CLOCK_SECOND_US;
    fake->wake_gap_least_us = G_MAXINT64;
    return fake;
}

struct fake_host *fake_host_add(struct fake_driver *fake, const char *name, const char *address)
{
    struct fake_host *host = g_new0(struct fake_host, 1);

    host->name = g_strdup(name);
    host->address = g_strdup(address);
    host->mac = g_strdup_printf("52:54:00:00:00:%02x", fake->hosts->len);
    host->on = host->boots = host->obeys = TRUE;
    host->mem_kib = 2048 * 1024;
    host->cpus = 2;
    host->load15_permille = 100;
    host->users = g_new0(char *, 1);
    host->wake = HOST_WAKE_ARMED;
    host->vms = g_ptr_array_new_with_free_func(fake_vm_free);
    g_ptr_array_add(fake->hosts, host);
    return host;
}

struct fake_host *fake_host(struct fake_driver *fake, const char *name)
{
    for (guint i = 0; i < fake->hosts->len; i++) {
        struct fake_host *host = g_ptr_array_index(fake->hosts, i);
        if (g_str_equal(host->name, name))
            return host;
    }
    g_assert_not_reached();
}

void fake_host_log_in(struct fake_host *host, const char *user)
{
    g_strfreev(host->users);
    host->users = g_new0(char *, 2);
    host->users[0] = g_strdup(user);
}

struct fake_vm *fake_vm_add(struct fake_host *host, const char *name, guint64 mem_mib)
{
    struct fake_vm *vm = g_new0(struct fake_vm, 1);

    vm->name = g_strdup(name);
    vm->mem_kib = mem_mib * 1024;
    vm->cpu_permille = 50;
    vm->state = VM_REPORT_RUNNING;
    g_ptr_array_add(host->vms, vm);
    return vm;
}

gboolean fake_vm_runs_on(struct fake_driver *fake, const char *vm, const char *host)
{
    return vm_on(fake_host(fake, host), vm) != NULL;
}

guint fake_vm_copies(struct fake_driver *fake, const char *vm)
{
    guint copies = 0;

    for (guint i = 0; i < fake->hosts->len; i++)
        copies += vm_on(g_ptr_array_index(fake->hosts, i), vm) != NULL;
    return copies;
}

void fake_vm_move(struct fake_driver *fake, const char *vm, const char *to)
{
    for (guint i = 0; i < fake->hosts->len; i++) {
        struct fake_host *host = g_ptr_array_index(fake->hosts, i);
        if (vm_on(host, vm)) {
            move_vm(fake, host, fake_host(fake, to), vm);
            return;
        }
    }
}

void fake_next(struct fake_driver *fake, enum fake_outcome outcome)
{
    g_queue_push_tail(&fake->outcomes, GUINT_TO_POINTER(outcome));
}

guint fake_hosts_on(const struct fake_driver *fake)
{
    guint on = 0;

    for (guint i = 0; i < fake->hosts->len; i++)
        on += ((struct fake_host *)g_ptr_array_index(fake->hosts, i))->on;
    return on;
}

void fake_release(struct fake_driver *fake)
{
    for (guint i = 0; i < fake->operations->len; i++) {
        struct operation *operation = g_ptr_array_index(fake->operations, i);
        if (operation->timer == 0 && !operation->host->hangs)
            operation->timer =
                clock_add_timer(fake->clock, fake->answer_us, operation_due, operation);
    }
}
