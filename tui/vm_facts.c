#include "tui/vm_facts.h"

#include "tui/age.h"

#define TREND_LAST 24

/* --- In a sentence --------------------------------------------------------------------------- */

static char *say_place(const struct vm *vm)
{
    if (vm->home == NULL)
        return g_strdup_printf("%s on %s; it has no home", vm_state_name(vm->state),
                               vm->host->name);
    if (g_str_equal(vm->home, vm->host->name))
        return g_strdup_printf("%s on %s, its home", vm_state_name(vm->state), vm->host->name);
    return g_strdup_printf("%s on %s, away from its home %s", vm_state_name(vm->state),
                           vm->host->name, vm->home);
}

char *vm_facts_say(const struct scene *scene, const struct vm *vm, enum role *role)
{
    *role = vm_mark_info[scene_vm_mark(scene, vm)].role;
    if (scene_vm_in_alarm(scene, vm))
        *role = ROLE_ALARM;
    if (vm->state == VM_LOST)
        return g_strdup_printf("lost: it ran on %s, and no host has it now: %s", vm->host->name,
                               VM_LOST_ADVICE);
    if (vm->also_on != NULL)
        return vm_explain_double(vm);
    if (vm->state == VM_UNKNOWN)
        return g_strdup_printf("not known: it ran on %s, which does not answer, and may run there "
                               "still",
                               vm->host->name);
    if (vm->broken)
        return g_strdup("paused: its post-copy broke off, and a part of its memory is elsewhere");
    if (vm->stranded)
        return g_strdup("paused by a migration that nobody carries out any more: resume it");
    return say_place(vm);
}

/* --- The sheet ------------------------------------------------------------------------------- */

static void add_place(struct sheet *sheet, const struct scene *scene, const struct vm *vm)
{
    gboolean home = g_strcmp0(vm->home, vm->host->name) == 0;
    enum role role;
    const struct mark_info *host = &host_mark_info[scene_facts(scene, vm->host)->mark];

    role = vm_mark_info[scene_vm_mark(scene, vm)].role;
    sheet_add(sheet, role, "State", "%s", vm_state_name(vm->state));
    sheet_add(sheet, host->role, "Host", "%s, %s", vm->host->name, host->name);
    if (vm->home == NULL)
        sheet_add(sheet, ROLE_MUTED, "Home", "none");
    else
        sheet_add(sheet, home ? ROLE_TEXT : ROLE_VM_AWAY, "Home", "%s%s", vm->home,
                  home ? ", where it is" : "");
    if (vm->moved_at_us > 0) {
        g_autofree char *age = age_format(scene->now_us - vm->moved_at_us);

        sheet_add(sheet, ROLE_TEXT, home ? "Came" : "Away", home ? "%s ago" : "for %s", age);
    } else if (!home && vm->home != NULL) {
        sheet_add(sheet, ROLE_MUTED, "Away", "since before roost began");
    }
    if (vm->seen_at_us > 0) {
        g_autofree char *age = age_format(scene->now_us - vm->seen_at_us);

        sheet_add(sheet, ROLE_TEXT, "Seen", "%s ago", age);
    } else {
        sheet_add(sheet, ROLE_WARNING, "Seen", "not yet");
    }
}

static void add_use(struct sheet *sheet, const struct app *app, const struct vm *vm)
{
    gint values[TREND_LAST];
    guint n = trend_vm(app->trend, vm, values, TREND_LAST);

    if (vm->mem_kib > 0)
        sheet_add(sheet, ROLE_TEXT, "RAM", "%" G_GUINT64_FORMAT " MiB", vm->mem_kib / 1024);
    else
        sheet_add(sheet, ROLE_MUTED, "RAM", "not known");
    if (vm->vcpus > 0)
        sheet_add(sheet, ROLE_TEXT, "vCPUs", "%u", vm->vcpus);
    else
        sheet_add(sheet, ROLE_MUTED, "vCPUs", "not known");
    if (!vm_is_active(vm))
        sheet_add(sheet, ROLE_MUTED, "CPU", "none: it is %s", vm_state_name(vm->state));
    else if (vm->cpu_permille < 0)
        sheet_add(sheet, ROLE_MUTED, "CPU", "not measured yet");
    else
        sheet_add_trend(sheet, values, n, (gint)MAX(1, vm->vcpus) * 1000, ROLE_TEXT, "CPU",
                        "%d %% of a core", (vm->cpu_permille + 5) / 10);
}

static void add_nature(struct sheet *sheet, const struct vm *vm)
{
    sheet_add(sheet, vm->mac != NULL ? ROLE_TEXT : ROLE_MUTED, "MAC", "%s",
              vm->mac != NULL ? vm->mac : "none, or not known");
    sheet_add(sheet, vm->uuid != NULL ? ROLE_TEXT : ROLE_MUTED, "UUID", "%s",
              vm->uuid != NULL ? vm->uuid : "not known");
    sheet_add(sheet, ROLE_TEXT, "Autostart", vm->autostart ? "with its host" : "no");
    sheet_add(sheet, vm->persistent ? ROLE_TEXT : ROLE_WARNING, "Definition",
              vm->persistent ? "kept by its host" : "none: gone once it stops");
    if (vm->pin != NULL)
        sheet_add(sheet, ROLE_STRONG, "Pinned", "to %s", vm->pin);
    else
        sheet_add(sheet, ROLE_TEXT, "Pinned", "no");
    sheet_add(sheet, ROLE_TEXT, "Apart from", "%s%s",
              vm->group != NULL ? "those of group " : "nobody", vm->group != NULL ? vm->group : "");
}

void vm_facts_add(struct sheet *sheet, const struct app *app, const struct vm *vm)
{
    add_place(sheet, &app->scene, vm);
    add_use(sheet, app, vm);
    add_nature(sheet, vm);
}
