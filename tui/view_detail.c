#include "tui/view.h"

#include "core/base/text.h"
#include "tui/age.h"
#include "tui/fields.h"
#include "tui/job_line.h"
#include "tui/units.h"

/* --- The host -------------------------------------------------------------------------------- */

static void add_state(struct fields *fields, const struct scene *scene, const struct host *host)
{
    const struct mark_info *mark = &host_mark_info[scene_facts(scene, host)->mark];
    g_autofree char *since = NULL;

    fields_add(fields, 1, ROLE_STRONG, CELL_BOLD, NULL, "%s", host->name);
    if (host->state == HOST_WAKING || host->state == HOST_STOPPING) {
        since = age_format(scene->now_us - host->state_since_us);
        fields_add(fields, 1, mark->role, 0, NULL, "%s, %s", mark->name, since);
    } else if (host->state == HOST_UNREACHABLE) {
        since = age_format(scene->now_us - host->state_since_us);
        fields_add(fields, 1, mark->role, 0, NULL, "has not answered for %s", since);
    } else {
        fields_add(fields, 1, mark->role, 0, NULL, "%s", mark->name);
    }
    if (host->maintenance && scene_facts(scene, host)->mark != HOST_MARK_MAINTENANCE)
        fields_add(fields, 2, ROLE_MAINTENANCE, 0, NULL, "maintenance");
    if (host->role == HOST_MANAGER)
        fields_add(fields, 6, ROLE_TEXT, 0, NULL, "manager");
}

/* How old the facts are, as soon as they are too old to act on; off hosts have none to age. */
static void add_age(struct fields *fields, const struct scene *scene, const struct host *host)
{
    g_autofree char *age = NULL;

    if (host->state == HOST_OFF || host->state == HOST_WAKING ||
        !host_is_stale(host, scene->now_us, scene->settings->policy.stale_after_us))
        return;
    if (host->seen_at_us == 0) {
        fields_add(fields, 1, ROLE_WARNING, 0, NULL, "not seen yet");
        return;
    }
    age = age_format(scene->now_us - host->seen_at_us);
    fields_add(fields, 1, ROLE_WARNING, 0, NULL, "seen %s ago", age);
}

static void add_load(struct fields *fields, const struct scene *scene, const struct host *host)
{
    gint judged = scene_load_permille(scene, host);
    gint measured = host_load_permille(host);

    if (judged < 0)
        fields_add(fields, 3, ROLE_MUTED, 0, NULL, "load not known");
    else if (judged != measured && measured >= 0)
        /* Judged by the prediction: the average still speaks of the time before a move. */
        fields_add(fields, 3, ROLE_TEXT, 0, NULL, "load %.2f (15 min: %.2f), %u CPU%s",
                   judged / 1000.0, measured / 1000.0, host->cpus, host->cpus == 1 ? "" : "s");
    else
        fields_add(fields, 3, ROLE_TEXT, 0, NULL, "load %.2f, %u CPU%s", judged / 1000.0,
                   host->cpus, host->cpus == 1 ? "" : "s");
}

static void add_room(struct fields *fields, const struct scene *scene, const struct host *host)
{
    guint most = host_most_vms(host, scene->settings->policy.vm_min_kib);
    const struct scene_host *facts = scene_facts(scene, host);
    g_autofree char *brief = NULL;

    if (host->mem_kib > 0) {
        brief = g_strdup_printf("RAM %.1f/%.1f GiB", UNITS_GIB(host_active_mem_kib(host)),
                                UNITS_GIB(host->mem_kib));
        fields_add(fields, 4, ROLE_TEXT, 0, brief, "RAM %.1f of %.1f GiB",
                   UNITS_GIB(host_active_mem_kib(host)), UNITS_GIB(host->mem_kib));
    }
    if (most > 0)
        fields_add(fields, 3, ROLE_TEXT, 0, NULL, "%u of %u VMs", facts->active, most);
    else
        fields_add(fields, 3, ROLE_TEXT, 0, NULL, "%u VM%s", facts->active,
                   facts->active == 1 ? "" : "s");
    if (facts->coming > 0)
        fields_add(fields, 4, ROLE_VM_MOVING, 0, NULL, "%u coming", facts->coming);
}

static void add_users(struct fields *fields, const struct host *host)
{
    g_autofree char *names = NULL;

    if (host->users == NULL) {
        fields_add(fields, 6, ROLE_MUTED, 0, NULL, "logins not known");
        return;
    }
    if (host->users[0] == NULL) {
        fields_add(fields, 7, ROLE_MUTED, 0, NULL, "no login");
        return;
    }
    names = g_strjoinv(", ", host->users);
    fields_add(fields, 2, ROLE_STRONG, 0, NULL, "logged in: %s", names);
}

static void add_wake(struct fields *fields, const struct host *host)
{
    gboolean can = host_can_wake(host);

    if (host->wake == HOST_WAKE_COMMAND)
        fields_add(fields, 8, ROLE_GOOD, 0, NULL, "woken by command");
    else if (host->mac == NULL)
        fields_add(fields, 5, ROLE_WARNING, 0, NULL, "no MAC: cannot be woken");
    else
        fields_add(fields, can ? 8 : 5, can ? ROLE_GOOD : ROLE_WARNING, 0, NULL, "wake %s",
                   host_wake_name(host->wake));
}

static void add_place(struct fields *fields, const struct host *host)
{
    fields_add(fields, 9, ROLE_MUTED, 0, NULL, "%s", host->address);
    if (host->mac != NULL)
        fields_add(fields, 10, ROLE_MUTED, 0, NULL, "%s", host->mac);
    if (host->cpu_model != NULL)
        fields_add(fields, 11, ROLE_MUTED, 0, NULL, "%s", host->cpu_model);
    if (!host_may_migrate(host))
        fields_add(fields, 6, ROLE_WARNING, 0, "cannot migrate", "%s, which cannot migrate VMs",
                   host->hypervisor != NULL ? host->hypervisor : "a hypervisor");
    else if (host->hypervisor != NULL)
        fields_add(fields, 12, ROLE_MUTED, 0, NULL, "%s", host->hypervisor);
    if (host->note != NULL)
        fields_add(fields, 12, ROLE_MUTED, 0, NULL, "note: %s", host->note);
}

/* Names beyond so many cells are the first thing to give way, but for the first few. */
#define NAMES_WIDTH_LONG  48
#define NAMES_WIDTH_BRIEF 24

/* The names of all VMs of the host, for when none is selected. */
static void add_vm_names(struct fields *fields, const struct host *host)
{
    const char *label = host->vms->len == 1 ? "VM:" : "VMs:";
    g_autoptr(GString) names = g_string_new(NULL);
    g_autofree char *brief = NULL;

    for (guint i = 0; i < host->vms->len && names->len < 512; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);

        g_string_append_printf(names, " %s", vm->name);
        if (brief == NULL && names->len >= NAMES_WIDTH_BRIEF && i + 1 < host->vms->len)
            brief = g_strdup_printf("%s%s …", label, names->str);
    }
    if (host->vms->len > 0)
        fields_add(fields, 9, ROLE_MUTED, 0, names->len > NAMES_WIDTH_LONG ? brief : NULL, "%s%s",
                   label, names->str);
}

static void draw_host(const struct scene *scene, struct surface *surface, struct rect rect,
                      const struct host *host, gboolean name_vms)
{
    autoptr(fields) fields = fields_new();
    const struct job *job = scene_job_of_host(scene, host);

    add_state(fields, scene, host);
    add_age(fields, scene, host);
    if (host->trouble != NULL)
        fields_add(fields, 2, ROLE_WARNING, 0, NULL, "%s", host->trouble);
    if (job != NULL && job->result != NULL)
        fields_add(fields, 3, ROLE_TEXT, 0, NULL, "%s", job->result);
    if (host->state != HOST_OFF && host->state != HOST_WAKING)
        add_load(fields, scene, host);
    add_room(fields, scene, host);
    if (host->state != HOST_OFF && host->state != HOST_WAKING)
        add_users(fields, host);
    add_wake(fields, host);
    if (name_vms)
        add_vm_names(fields, host);
    add_place(fields, host);
    fields_draw(fields, surface, rect, 2);
}

/* --- The VM ---------------------------------------------------------------------------------- */

/* "50 % to pc05  about 3 s left" */
static void add_vm_job(struct fields *fields, const struct job *job)
{
    g_autofree char *rest = job_line_rest(job);

    if (job->state != JOB_RUNNING) {
        fields_add(fields, 2, ROLE_VM_MOVING, 0, NULL, "%s to %s", job_state_name(job->state),
                   job->to);
        return;
    }
    fields_add(fields, 2, ROLE_VM_MOVING, 0, NULL, "%u %% to %s", job_progress_permille(job) / 10,
               job->to);
    if (rest != NULL)
        fields_add(fields, 7, ROLE_VM_MOVING, 0, NULL, "%s left", rest);
}

static void add_vm_state(struct fields *fields, const struct scene *scene, const struct vm *vm)
{
    const struct job *job = scene_job_of_vm(scene, vm);
    enum vm_mark mark = scene_vm_mark(scene, vm);

    fields_add(fields, 1, ROLE_STRONG, CELL_BOLD, NULL, "vm %s", vm->name);
    if (mark == VM_MARK_ALARM && vm->also_on != NULL)
        fields_add(fields, 1, ROLE_ALARM, CELL_BOLD, NULL, "also runs on %s", vm->also_on->name);
    else
        fields_add(fields, 2, vm_mark_info[mark].role, 0, NULL, "%s", vm_state_name(vm->state));
    if (job != NULL)
        add_vm_job(fields, job);
}

static void add_vm_facts(struct fields *fields, const struct vm *vm)
{
    if (vm->mem_kib > 0)
        fields_add(fields, 3, ROLE_TEXT, 0, NULL, "%" G_GUINT64_FORMAT " MiB", vm->mem_kib / 1024);
    if (vm->vcpus > 0)
        fields_add(fields, 5, ROLE_TEXT, 0, NULL, "%u vCPU%s", vm->vcpus,
                   vm->vcpus == 1 ? "" : "s");
    if (vm->cpu_permille >= 0 && vm_is_active(vm))
        fields_add(fields, 4, ROLE_TEXT, 0, NULL, "CPU %d %%", (vm->cpu_permille + 5) / 10);
    if (vm->home == NULL)
        fields_add(fields, 6, ROLE_MUTED, 0, NULL, "no home");
    else if (g_str_equal(vm->home, vm->host->name))
        fields_add(fields, 6, ROLE_TEXT, 0, NULL, "at home");
    else
        fields_add(fields, 3, ROLE_VM_AWAY, 0, NULL, "home %s", vm->home);
    if (vm->pin != NULL)
        fields_add(fields, 5, ROLE_TEXT, 0, NULL, "pinned to %s", vm->pin);
    if (vm->group != NULL)
        fields_add(fields, 6, ROLE_TEXT, 0, NULL, "apart: %s", vm->group);
    if (vm->mac != NULL)
        fields_add(fields, 9, ROLE_MUTED, 0, NULL, "%s", vm->mac);
}

static void draw_vm(const struct scene *scene, struct surface *surface, struct rect rect,
                    const struct vm *vm)
{
    autoptr(fields) fields = fields_new();

    add_vm_state(fields, scene, vm);
    add_vm_facts(fields, vm);
    fields_draw(fields, surface, rect, 2);
}

/* --- All of it ------------------------------------------------------------------------------- */

void detail_draw(const struct app *app, struct surface *surface, struct rect rect)
{
    const struct host *host = app_host(app);
    struct rect below;

    rect.x += 1;
    rect.width -= 2;
    if (host == NULL || rect.height < 1)
        return;
    if (app->drag.by != DRAG_NONE) {
        held_draw(app, surface, rect);
        return;
    }
    below = (struct rect){rect.x, rect.y + rect.height - 1, rect.width, 1};
    if (app_vm(app) != NULL && rect.height > 1) {
        rect.height--;
        draw_vm(&app->scene, surface, below, app_vm(app));
    }
    draw_host(&app->scene, surface, rect, host, app_vm(app) == NULL);
}
