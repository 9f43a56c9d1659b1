/* observe.c - how reports and silences change the model: cluster_apply_*. */
#include "core/model/cluster.h"

#include "core/base/text.h"

/*
 * A report that reaches us this long after a second host claimed a VM cannot have been collected
 * before the claim: it would have been given up by then.
 */
#define CLAIM_SETTLES_US (3 * G_USEC_PER_SEC)

/* Weight of a new CPU sample: with ten seconds between reports, about a minute of memory. */
#define CPU_SAMPLE_WEIGHT 0.2

/* What one application needs to pass along. */
struct sighting {
    struct cluster *cluster;
    struct host *host;
    const struct host_report *report; /* NULL of a silence */
    gint64 now_us;
    gint64 patience_us;
    GPtrArray *events;
    enum cluster_change changes;
    char *name_trouble; /* owned: a VM whose name cannot be used; NULL when there is none */
};

void cluster_event_free(struct cluster_event *event)
{
    g_free(event->object);
    g_free(event->text);
    g_free(event);
}

static void G_GNUC_PRINTF(4, 0) tell(struct sighting *sighting, char *object_take, gboolean alarm,
                                     const char *format, va_list args)
{
    struct cluster_event *event;

    sighting->changes |= alarm ? CLUSTER_CHANGE_ALARM : CLUSTER_CHANGE_NONE;
    if (!sighting->events) {
        g_free(object_take);
        return;
    }
    event = g_new(struct cluster_event, 1);
    event->object = object_take;
    event->text = g_strdup_vprintf(format, args);
    event->alarm = alarm;
    g_ptr_array_add(sighting->events, event);
}

static void G_GNUC_PRINTF(4, 5)
    tell_vm(struct sighting *sighting, const struct vm *vm, gboolean alarm, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    tell(sighting, g_strdup_printf("vm %s", vm->name), alarm, format, args);
    va_end(args);
}

static void G_GNUC_PRINTF(3, 4)
    tell_host(struct sighting *sighting, gboolean alarm, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    tell(sighting, g_strdup_printf("host %s", sighting->host->name), alarm, format, args);
    va_end(args);
}

static gboolean replace_string(char **field, const char *value)
{
    if (g_strcmp0(*field, value) == 0)
        return FALSE;
    g_free(*field);
    *field = g_strdup(value);
    return TRUE;
}

/* As replace_string, but what is not known now does not wipe out what was. */
static gboolean learn_string(char **field, const char *value)
{
    return value && replace_string(field, value);
}

#define LEARN_NUMBER(field, value, known)                                                          \
    ((known) && (field) != (value) ? ((field) = (value), TRUE) : FALSE)

static gboolean replace_users(struct host *host, char **users)
{
    if (host->users == NULL && users == NULL)
        return FALSE;
    if (host->users && users &&
        g_strv_equal((const char *const *)host->users, (const char *const *)users))
        return FALSE;
    g_strfreev(host->users);
    host->users = g_strdupv(users);
    return TRUE;
}

/*
 * What it has proven by waking stands, unless it was disarmed since. A command is configured or it
 * is not: the driver always knows.
 */
static gboolean tells_more_of_wake(const struct host *host, const struct host_report *report)
{
    if (report->wake == HOST_WAKE_UNKNOWN)
        return host->wake == HOST_WAKE_COMMAND;
    return host->wake != HOST_WAKE_PROVEN || report->wake == HOST_WAKE_DISARMED ||
           report->wake == HOST_WAKE_COMMAND;
}

static void apply_facts(struct sighting *sighting, const struct host_report *report)
{
    struct host *host = sighting->host;
    gboolean changed = FALSE;

    changed |= learn_string(&host->mac, report->mac);
    changed |= learn_string(&host->broadcast, report->broadcast);
    changed |= learn_string(&host->cpu_model, report->cpu_model);
    changed |= learn_string(&host->hypervisor, report->hypervisor);
    changed |= LEARN_NUMBER(host->can_migrate, report->can_migrate,
                            report->can_migrate != HOST_MIGRATION_UNKNOWN);
    changed |= replace_users(host, report->users);
    changed |= LEARN_NUMBER(host->cpus, report->cpus, report->cpus > 0);
    changed |= LEARN_NUMBER(host->mem_kib, report->mem_kib, report->mem_kib > 0);
    changed |= LEARN_NUMBER(host->mem_available_kib, report->mem_available_kib, TRUE);
    changed |= LEARN_NUMBER(host->load15_permille, report->load15_permille, TRUE);
    changed |= LEARN_NUMBER(host->cpu_permille, report->cpu_permille, TRUE);
    changed |= LEARN_NUMBER(host->wake, report->wake, tells_more_of_wake(host, report));
    if (changed)
        sighting->changes |= CLUSTER_CHANGE_FACTS;
}

static void apply_answer(struct sighting *sighting)
{
    struct host *host = sighting->host;

    if (host->state == HOST_ON || host->state == HOST_STOPPING)
        return;
    if (host->state == HOST_UNREACHABLE)
        tell_host(sighting, FALSE, "answers again");
    else if (host->seen_at_us != 0 || host->state == HOST_WAKING)
        tell_host(sighting, FALSE, "is on");
    if (host->state == HOST_WAKING || (host->state == HOST_OFF && host->seen_at_us != 0))
        host->woken_at_us = sighting->now_us;
    host_set_state(host, HOST_ON, sighting->now_us);
    sighting->changes |= CLUSTER_CHANGE_STATE;
}

static gboolean apply_cpu(struct vm *vm, gint sample_permille)
{
    gint before = vm->cpu_permille;

    if (sample_permille < 0)
        return FALSE;
    if (vm->cpu_permille < 0)
        vm->cpu_permille = sample_permille;
    else
        vm->cpu_permille += (gint)(CPU_SAMPLE_WEIGHT * (sample_permille - vm->cpu_permille));
    vm->cpu_samples++;
    return vm->cpu_permille != before;
}

static void apply_vm_facts(struct sighting *sighting, struct vm *vm, const struct vm_report *seen)
{
    gboolean changed = FALSE;

    changed |= learn_string(&vm->uuid, seen->uuid);
    changed |= learn_string(&vm->mac, seen->mac);
    changed |= LEARN_NUMBER(vm->mem_kib, seen->mem_kib, seen->mem_kib > 0);
    changed |= LEARN_NUMBER(vm->vcpus, seen->vcpus, seen->vcpus > 0);
    changed |= LEARN_NUMBER(vm->persistent, seen->persistent, TRUE);
    changed |= LEARN_NUMBER(vm->autostart, seen->autostart, TRUE);
    changed |= apply_cpu(vm, seen->cpu_permille);
    if (changed)
        sighting->changes |= CLUSTER_CHANGE_FACTS;
}

static void vm_set_state(struct sighting *sighting, struct vm *vm, enum vm_state state)
{
    if (vm->state == state)
        return;
    if (vm->state == VM_LOST)
        tell_vm(sighting, vm, TRUE, "is found again on %s", vm->host->name);
    else if (vm_is_active(vm) && state == VM_OFF && vm->seen_at_us != 0)
        tell_vm(sighting, vm, FALSE, "is shut off on %s", vm->host->name);
    else if (vm->state == VM_OFF && vm->seen_at_us != 0)
        tell_vm(sighting, vm, FALSE, "runs on %s", vm->host->name);
    vm->state = state;
    sighting->host->changed_at_us = sighting->now_us;
    sighting->changes |= CLUSTER_CHANGE_VMS;
}

static void vm_arrives(struct sighting *sighting, struct vm *vm, struct host *at)
{
    if (vm->seen_at_us != 0)
        tell_vm(sighting, vm, FALSE, "is now on %s, was on %s", at->name, vm->host->name);
    cluster_move_vm(sighting->cluster, vm, at, sighting->now_us);
    sighting->changes |= CLUSTER_CHANGE_VMS;
}

/* A VM the model has elsewhere is seen here, running. */
static gboolean claim_elsewhere(struct sighting *sighting, struct vm *vm,
                                const struct vm_report *seen)
{
    if (!vm_is_active(vm) || vm->state == VM_UNKNOWN || vm->missing_since_us != 0 || vm->broken ||
        vm->host->state == HOST_OFF) {
        vm_arrives(sighting, vm, sighting->host);
        return TRUE;
    }
    vm->also_paused = seen->state == VM_REPORT_PAUSED;
    if (vm->also_on != sighting->host) {
        cluster_set_claim(sighting->cluster, vm, sighting->host, sighting->now_us);
        sighting->changes |= CLUSTER_CHANGE_VMS;
    }
    return FALSE;
}

/* The host that had the VM still has it, though another claimed it meanwhile. */
static void insist(struct sighting *sighting, struct vm *vm)
{
    if (sighting->now_us - vm->also_on_at_us < CLAIM_SETTLES_US || vm->also_on_at_us == 0)
        return;
    g_autofree char *what = vm_explain_double(vm);
    tell_vm(sighting, vm, TRUE, "%s", what);
    vm->also_on_at_us = 0; /* told once */
}

/* Nobody else will ever let it go on: the operator must know. */
static void apply_stranded(struct sighting *sighting, struct vm *vm, const struct vm_report *seen)
{
    if (vm->stranded == seen->stranded)
        return;
    vm->stranded = seen->stranded;
    sighting->changes |= CLUSTER_CHANGE_VMS;
    if (vm->stranded && !vm->also_on)
        tell_vm(sighting, vm, TRUE,
                "is left paused on %s by a migration that broke off: if it runs on no other host, "
                "let it go on there: virsh resume %s",
                vm->host->name, vm->name);
    else if (!vm->stranded && seen->state == VM_REPORT_RUNNING)
        tell_vm(sighting, vm, FALSE, "goes on, on %s", vm->host->name);
}

static enum vm_state state_of_report(const struct vm_report *seen)
{
    switch (seen->state) {
    case VM_REPORT_RUNNING:
        return VM_RUNNING;
    case VM_REPORT_PAUSED:
    case VM_REPORT_BROKEN:
        return VM_PAUSED;
    default:
        return VM_OFF;
    }
}

static struct vm *vm_appears(struct sighting *sighting, const struct vm_report *seen)
{
    g_autoptr(GError) error = NULL;
    struct vm *vm = cluster_add_vm(sighting->cluster, sighting->host, seen->name, &error);

    if (!vm) {
        g_autofree char *shown = text_escape(seen->name);
        g_free(sighting->name_trouble);
        sighting->name_trouble =
            g_strdup_printf("vm \"%s\" cannot be managed: %s; rename it", shown, error->message);
        return NULL;
    }
    vm->home = g_strdup(sighting->host->name);
    sighting->changes |= CLUSTER_CHANGE_VMS;
    return vm;
}

/* Reports and the model mostly have the VMs of a host in one order: look there first. */
static struct vm *find_seen(const struct sighting *sighting, const char *name, guint place)
{
    const GPtrArray *vms = sighting->host->vms;

    if (sighting->host->told_vms == sighting->report->vms)
        return vms->pdata[place];
    if (place < vms->len && g_str_equal(((struct vm *)vms->pdata[place])->name, name))
        return vms->pdata[place];
    return cluster_find_vm(sighting->cluster, name);
}

/*
 * A part of it is here, and runs nowhere unless another host says so: then it is that host's. It is
 * ours where nobody has a better word for it.
 */
static gboolean stands_still_here(const struct sighting *sighting, const struct vm *vm)
{
    if (vm->also_on)
        return FALSE;
    return vm->host == sighting->host || vm->state == VM_UNKNOWN || vm->state == VM_OFF;
}

/* Nothing is new but how busy it was: what most reports say of most VMs. */
static gboolean is_as_known(const struct sighting *sighting, const struct vm *vm,
                            const struct vm_report *seen)
{
    return vm && vm->host == sighting->host && !vm->also_on && vm->missing_since_us == 0 &&
           seen->state != VM_REPORT_INCOMING && vm->state == state_of_report(seen) &&
           vm->broken == (seen->state == VM_REPORT_BROKEN) && vm->stranded == seen->stranded &&
           vm->mem_kib == seen->mem_kib && vm->vcpus == seen->vcpus &&
           vm->persistent == seen->persistent && vm->autostart == seen->autostart && !seen->uuid &&
           !seen->mac;
}

static void apply_vm(struct sighting *sighting, const struct vm_report *seen, guint place)
{
    struct vm *vm = find_seen(sighting, seen->name, place);
    gboolean active;

    if (is_as_known(sighting, vm, seen)) {
        if (apply_cpu(vm, seen->cpu_permille))
            sighting->changes |= CLUSTER_CHANGE_FACTS;
        vm->seen_at_us = sighting->now_us;
        return;
    }
    if (seen->state == VM_REPORT_INCOMING) {
        /* On the way: it stays where the model has it, unless that is here and another has it. */
        if (vm && vm->host == sighting->host && !vm->also_on) {
            vm->seen_at_us = sighting->now_us;
            vm->missing_since_us = 0;
        }
        return;
    }
    active = seen->state == VM_REPORT_RUNNING || seen->state == VM_REPORT_PAUSED ||
             seen->state == VM_REPORT_BROKEN;
    if (!vm)
        vm = vm_appears(sighting, seen);
    if (!vm)
        return;
    if (seen->state == VM_REPORT_BROKEN && !stands_still_here(sighting, vm))
        return;
    if (vm->host != sighting->host) {
        if (active && !claim_elsewhere(sighting, vm, seen))
            return;
        if (!active && (vm->state == VM_OFF || (vm_is_active(vm) && vm->missing_since_us == 0)))
            return;
        if (!active)
            vm_arrives(sighting, vm, sighting->host);
    } else if (active && vm->also_on) {
        vm_set_state(sighting, vm, state_of_report(seen));
        insist(sighting, vm);
    } else if (!active && vm->also_on) {
        return; /* not seen as running here: apply_missing hands it over */
    }
    vm->broken = seen->state == VM_REPORT_BROKEN;
    vm_set_state(sighting, vm, state_of_report(seen));
    apply_stranded(sighting, vm, seen);
    apply_vm_facts(sighting, vm, seen);
    vm->seen_at_us = sighting->now_us;
    vm->missing_since_us = 0;
}

/* A second host no longer claims the VM: it was on its way through, or somebody shut it down. */
static void withdraw_claims(struct sighting *sighting, const struct host_report *report)
{
    for (guint i = sighting->cluster->claimed->len; i > 0; i--) {
        struct vm *vm = g_ptr_array_index(sighting->cluster->claimed, i - 1);
        const struct vm_report *seen;
        if (vm->also_on != sighting->host)
            continue;
        seen = host_report_find_vm(report, vm->name);
        if (seen && (seen->state == VM_REPORT_RUNNING || seen->state == VM_REPORT_PAUSED))
            continue;
        tell_vm(sighting, vm, FALSE, "runs on %s alone", vm->host->name);
        cluster_set_claim(sighting->cluster, vm, NULL, 0);
        sighting->changes |= CLUSTER_CHANGE_VMS | CLUSTER_CHANGE_ALARM;
    }
}

static void apply_missing(struct sighting *sighting, struct vm *vm)
{
    if (!vm_is_active(vm))
        return;
    if (vm->also_on) {
        struct host *at = vm->also_on;
        vm_arrives(sighting, vm, at);
        vm->state = VM_RUNNING;
        vm->seen_at_us = sighting->now_us;
    } else if (vm->missing_since_us == 0) {
        vm->missing_since_us = sighting->now_us;
        sighting->changes |= CLUSTER_CHANGE_VMS;
    } else if (sighting->now_us - vm->missing_since_us >= sighting->patience_us) {
        tell_vm(sighting, vm, TRUE, "ran on %s and is nowhere now: " VM_LOST_ADVICE,
                vm->host->name);
        vm->state = VM_LOST;
        sighting->changes |= CLUSTER_CHANGE_VMS;
    }
}

/* The driver's own trouble comes first; what is wrong with a name is told once. */
static void apply_trouble(struct sighting *sighting, const struct host_report *report)
{
    const char *trouble = report->trouble ? report->trouble : sighting->name_trouble;

    if (replace_string(&sighting->host->trouble, trouble)) {
        sighting->changes |= CLUSTER_CHANGE_FACTS;
        if (trouble)
            tell_host(sighting, FALSE, "%s", trouble);
    }
    g_free(sighting->name_trouble);
}

/* A list that other reports share is known again, if it has the model's order. */
static void remember_shared(const struct sighting *sighting)
{
    struct host *host = sighting->host;
    GPtrArray *told = sighting->report->vms;

    if (!sighting->report->shares_vms || host->told_vms == told || told->len != host->vms->len)
        return;
    for (guint i = 0; i < told->len; i++) {
        if (!g_str_equal(((const struct vm_report *)told->pdata[i])->name,
                         ((const struct vm *)host->vms->pdata[i])->name))
            return;
    }
    if (host->told_vms)
        g_ptr_array_unref(host->told_vms);
    host->told_vms = g_ptr_array_ref(told);
}

enum cluster_change cluster_apply_report(struct cluster *cluster, struct host *host,
                                         const struct host_report *report, gint64 now_us,
                                         gint64 patience_us, GPtrArray *events)
{
    struct sighting sighting = {
        .cluster = cluster,
        .host = host,
        .report = report,
        .now_us = now_us,
        .patience_us = patience_us,
        .events = events,
    };

    apply_answer(&sighting);
    apply_facts(&sighting, report);
    for (guint i = 0; i < report->vms->len; i++)
        apply_vm(&sighting, g_ptr_array_index(report->vms, i), i);
    withdraw_claims(&sighting, report);
    /* From the end, since a VM that turns out to be elsewhere leaves the list. */
    for (guint i = host->vms->len; i > 0; i--) {
        struct vm *vm = g_ptr_array_index(host->vms, i - 1);
        if (vm->seen_at_us != now_us)
            apply_missing(&sighting, vm);
    }
    remember_shared(&sighting);
    apply_trouble(&sighting, report);
    host->seen_at_us = now_us;
    return sighting.changes;
}

static void silence_vms(struct sighting *sighting)
{
    for (guint i = sighting->host->vms->len; i > 0; i--) {
        struct vm *vm = g_ptr_array_index(sighting->host->vms, i - 1);
        if (vm->also_on) {
            vm_arrives(sighting, vm, vm->also_on);
            vm->state = VM_RUNNING;
        } else if (vm->state == VM_RUNNING || vm->state == VM_PAUSED) {
            vm->state = VM_UNKNOWN;
            sighting->changes |= CLUSTER_CHANGE_VMS;
        }
    }
}

enum cluster_change cluster_apply_silence(struct cluster *cluster, struct host *host,
                                          gboolean absent, const char *trouble, gint64 now_us,
                                          GPtrArray *events)
{
    struct sighting sighting = {
        .cluster = cluster, .host = host, .now_us = now_us, .events = events};
    gboolean gone = absent && host_active_vms(host) == 0;

    if (host->state == HOST_OFF || host->state == HOST_WAKING)
        return CLUSTER_CHANGE_NONE;
    if (host->state == HOST_STOPPING && !absent)
        return CLUSTER_CHANGE_NONE; /* it may be closing down: the engine decides when it is gone */
    if (replace_string(&host->trouble, gone ? NULL : trouble))
        sighting.changes |= CLUSTER_CHANGE_FACTS;
    if (gone) {
        tell_host(&sighting, FALSE, "is off");
        host_set_state(host, HOST_OFF, now_us);
        sighting.changes |= CLUSTER_CHANGE_STATE;
    } else if (host->state != HOST_UNREACHABLE) {
        tell_host(&sighting, TRUE, "does not answer%s%s", trouble ? ": " : "",
                  trouble ? trouble : "");
        host_set_state(host, HOST_UNREACHABLE, now_us);
        sighting.changes |= CLUSTER_CHANGE_STATE;
        silence_vms(&sighting);
    }
    return sighting.changes;
}
