#include "core/policy/plan_use.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/logfmt.h"
#include "core/base/text.h"

/* No plan has more: ten thousand hosts with their VMs, twice moved. */
#define STEPS_MOST 400000

/* --- Which steps need which ------------------------------------------------------------------- */

/* Steps by what they do; each a GArray of guint, in the order of the plan. */
struct needs {
    const struct plan *plan;
    GHashTable *leaving; /* host -> moves off it */
    GHashTable *waking;  /* host -> its wakes */
    GHashTable *moving;  /* VM -> its moves */
};

static void add_index(GHashTable *table, const char *key, guint index)
{
    GArray *list = g_hash_table_lookup(table, key);

    if (!list) {
        list = g_array_new(FALSE, FALSE, sizeof(guint));
        g_hash_table_insert(table, (gpointer)key, list);
    }
    g_array_append_val(list, index);
}

static void needs_init(struct needs *needs, const struct plan *plan)
{
    GHashTable **const tables[] = {&needs->leaving, &needs->waking, &needs->moving};

    needs->plan = plan;
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
        *tables[i] =
            g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref);
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);

        if (step->action == PLAN_WAKE)
            add_index(needs->waking, step->from, i);
        if (step->action != PLAN_MIGRATE)
            continue;
        add_index(needs->leaving, step->from, i);
        add_index(needs->moving, step->vm, i);
    }
}

static void needs_clear(struct needs *needs)
{
    g_hash_table_unref(needs->leaving);
    g_hash_table_unref(needs->waking);
    g_hash_table_unref(needs->moving);
}

typedef void (*need_func)(guint needed, gpointer data);

static void each_before(GHashTable *table, const char *key, guint before, need_func func,
                        gpointer data)
{
    const GArray *list = g_hash_table_lookup(table, key);

    for (guint i = 0; list && i < list->len && g_array_index(list, guint, i) < before; i++)
        func(g_array_index(list, guint, i), data);
}

/*
 * What waits for a move off its target waits for room there: each earlier move off it gave some.
 * A step that waits for an earlier move of its own VM may have hidden such a one.
 */
static gboolean waits_for_room(const struct plan *plan, const struct plan_step *step)
{
    const struct plan_step *after =
        step->after == PLAN_NO_STEP ? NULL : plan_step(plan, step->after);

    return after && after->action == PLAN_MIGRATE &&
           (g_str_equal(after->from, step->to) || g_str_equal(after->vm, step->vm));
}

static void each_needed(const struct needs *needs, guint index, need_func func, gpointer data)
{
    const struct plan_step *step = plan_step(needs->plan, index);

    if (step->after != PLAN_NO_STEP && step->after < index)
        func(step->after, data);
    if (step->action == PLAN_OFF)
        each_before(needs->leaving, step->from, index, func, data);
    if (step->action != PLAN_MIGRATE)
        return;
    each_before(needs->waking, step->to, index, func, data);
    each_before(needs->moving, step->vm, index, func, data);
    if (waits_for_room(needs->plan, step))
        each_before(needs->leaving, step->to, index, func, data);
}

struct choice {
    gboolean *chosen;
    guint changed;
    gboolean lacks;
};

static void choose(guint needed, gpointer data)
{
    struct choice *choice = data;

    if (choice->chosen[needed])
        return;
    choice->chosen[needed] = TRUE;
    choice->changed++;
}

/* What is needed always comes earlier: one way through, from the end, finds what that needs too. */
guint plan_choose_needed(const struct plan *plan, gboolean *chosen)
{
    struct choice choice = {.chosen = chosen};
    struct needs needs;

    needs_init(&needs, plan);
    for (guint i = plan->steps->len; i-- > 0;) {
        if (chosen[i])
            each_needed(&needs, i, choose, &choice);
    }
    needs_clear(&needs);
    return choice.changed;
}

static void look_for_lack(guint needed, gpointer data)
{
    struct choice *choice = data;

    choice->lacks |= !choice->chosen[needed];
}

guint plan_drop_needing(const struct plan *plan, gboolean *chosen)
{
    struct choice choice = {.chosen = chosen};
    struct needs needs;

    needs_init(&needs, plan);
    for (guint i = 0; i < plan->steps->len; i++) {
        choice.lacks = FALSE;
        if (chosen[i])
            each_needed(&needs, i, look_for_lack, &choice);
        if (!choice.lacks)
            continue;
        chosen[i] = FALSE;
        choice.changed++;
    }
    needs_clear(&needs);
    return choice.changed;
}

/* --- Whether it still holds ------------------------------------------------------------------- */

/* Where the VMs and hosts that earlier steps changed are by then. */
struct course {
    const struct cluster *cluster;
    GHashTable *places; /* VM -> host name */
    GHashTable *woken;  /* set of host names */
};

static char *explain_host(const struct course *course, const char *name, gboolean on)
{
    const struct host *host = cluster_find_host(course->cluster, name);
    g_autofree char *shown = text_escape(name);

    if (!host)
        return g_strdup_printf("host %s is no longer in the cluster", shown);
    if (g_hash_table_contains(course->woken, name))
        return NULL;
    if (on && host->state != HOST_ON)
        return g_strdup_printf("host %s is %s now", shown, host_state_name(host->state));
    if (!on && host->state != HOST_OFF && host->state != HOST_UNREACHABLE)
        return g_strdup_printf("host %s is %s now", shown, host_state_name(host->state));
    return NULL;
}

static char *explain_move(const struct course *course, const struct plan_step *step)
{
    const struct vm *vm = cluster_find_vm(course->cluster, step->vm);
    const char *place = g_hash_table_lookup(course->places, step->vm);
    g_autofree char *shown = text_escape(step->vm);
    char *why;

    if (!vm)
        return g_strdup_printf("vm %s is no longer in the cluster", shown);
    if (!place)
        place = vm->host->name;
    if (!g_str_equal(place, step->from)) {
        g_autofree char *where = text_escape(place);
        return g_strdup_printf("vm %s is on %s now", shown, where);
    }
    if (!vm_is_active(vm))
        return g_strdup_printf("vm %s is %s now", shown, vm_state_name(vm->state));
    why = explain_host(course, step->from, TRUE);
    return why ? why : explain_host(course, step->to, TRUE);
}

static char *explain_step(const struct course *course, const struct plan_step *step)
{
    switch (step->action) {
    case PLAN_WAKE:
        return explain_host(course, step->from, FALSE);
    case PLAN_OFF:
        return explain_host(course, step->from, TRUE);
    case PLAN_MIGRATE:
        break;
    }
    return explain_move(course, step);
}

/* A VM that came since is in no step of the plan, and would keep the host from going off. */
static char *explain_newcomer(const struct course *course, const struct plan_step *step)
{
    const struct host *host = cluster_find_host(course->cluster, step->from);
    g_autofree char *shown = text_escape(step->from);

    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);
        const char *place = g_hash_table_lookup(course->places, vm->name);

        if (!vm_is_active(vm) || (place && !g_str_equal(place, host->name)))
            continue;
        g_autofree char *name = text_escape(vm->name);
        return g_strdup_printf("vm %s is on %s now", name, shown);
    }
    return NULL;
}

char *plan_explain_outdated(const struct plan *plan, const struct cluster *cluster,
                            const gboolean *chosen)
{
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) woken = g_hash_table_new(g_str_hash, g_str_equal);
    const struct course course = {cluster, places, woken};
    char *why = NULL;

    for (guint i = 0; i < plan->steps->len && !why; i++) {
        const struct plan_step *step = plan_step(plan, i);

        if (chosen && !chosen[i])
            continue;
        why = explain_step(&course, step);
        if (!why && step->action == PLAN_OFF)
            why = explain_newcomer(&course, step);
        if (step->action == PLAN_MIGRATE)
            g_hash_table_insert(places, (gpointer)step->vm, (gpointer)step->to);
        else if (step->action == PLAN_WAKE)
            g_hash_table_add(woken, (gpointer)step->from);
    }
    return why;
}

/* --- RAM -------------------------------------------------------------------------------------- */

static guint64 ram_now(const struct host *host)
{
    guint64 kib = 0;

    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);

        kib += vm_is_active(vm) ? vm->mem_kib : 0;
    }
    return kib;
}

GArray *plan_predict_ram(const struct plan *plan, const struct cluster *cluster)
{
    GArray *all = g_array_sized_new(FALSE, TRUE, sizeof(struct plan_ram), plan->steps->len);
    g_autofree guint64 *used = g_new0(guint64, cluster->hosts->len + 1);

    for (guint i = 0; i < cluster->hosts->len; i++)
        used[i] = ram_now(g_ptr_array_index(cluster->hosts, i));
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);
        const struct host *from = cluster_find_host(cluster, step->from);
        const struct host *to = step->to ? cluster_find_host(cluster, step->to) : NULL;
        struct plan_ram ram = {0};

        if (from && to) {
            used[from->index] -= MIN(step->mem_kib, used[from->index]);
            used[to->index] += step->mem_kib;
            ram.to_kib = used[to->index];
            ram.to_of_kib = to->mem_kib;
        }
        if (from) {
            ram.from_kib = used[from->index];
            ram.from_of_kib = from->mem_kib;
        }
        g_array_append_val(all, ram);
    }
    return all;
}

/* --- As text ---------------------------------------------------------------------------------- */

static const char *const action_names[] = {
    [PLAN_MIGRATE] = "migrate", [PLAN_WAKE] = "wake", [PLAN_OFF] = "off"};

static void append_number(GString *line, const char *key, gint64 number)
{
    g_string_append_printf(line, " %s=%" G_GINT64_FORMAT, key, number);
}

/* `places` tells where each earlier step has come to among those that are chosen. */
static void append_step(GString *text, const struct plan_step *step, const guint *places)
{
    g_autoptr(GString) line = g_string_new(NULL);

    text_append_logfmt(line, "do", action_names[step->action]);
    text_append_logfmt(line, "from", step->from);
    if (step->action == PLAN_MIGRATE) {
        text_append_logfmt(line, "vm", step->vm);
        text_append_logfmt(line, "to", step->to);
        append_number(line, "mem-kib", (gint64)step->mem_kib);
        append_number(line, "to-vms", step->to_vms_after);
        append_number(line, "to-load", step->to_load_permille_after);
    }
    append_number(line, "from-vms", step->from_vms_after);
    append_number(line, "from-load", step->from_load_permille_after);
    append_number(line, "why", step->reason);
    if (step->after != PLAN_NO_STEP && places[step->after] != PLAN_NO_STEP)
        append_number(line, "after", places[step->after]);
    g_string_append_printf(text, "%s\n", line->str);
}

char *plan_format_steps(const struct plan *plan, const gboolean *chosen)
{
    GString *text = g_string_new(NULL);
    g_autofree guint *places = g_new(guint, plan->steps->len + 1);
    guint n = 0;

    for (guint i = 0; i < plan->steps->len; i++) {
        places[i] = PLAN_NO_STEP;
        if (chosen && !chosen[i])
            continue;
        append_step(text, plan_step(plan, i), places);
        places[i] = n++;
    }
    return g_string_free(text, FALSE);
}

static gboolean take_number(const struct logfmt *fields, const char *key, double least, double most,
                            double otherwise, double *number)
{
    *number = logfmt_number(fields, key, otherwise);
    return *number >= least && *number <= most;
}

static gboolean read_action(const char *name, enum plan_action *action)
{
    for (guint i = 0; name && i < G_N_ELEMENTS(action_names); i++) {
        if (!g_str_equal(name, action_names[i]))
            continue;
        *action = (enum plan_action)i;
        return TRUE;
    }
    return FALSE;
}

static gboolean read_step(const struct logfmt *fields, guint earlier, struct plan_step *step)
{
    double mem, from_vms, to_vms, from_load, to_load, reason, after;

    *step = (struct plan_step){.vm = logfmt_get(fields, "vm"),
                               .from = logfmt_get(fields, "from"),
                               .to = logfmt_get(fields, "to"),
                               .after = PLAN_NO_STEP};
    if (!read_action(logfmt_get(fields, "do"), &step->action) || !step->from ||
        (step->action == PLAN_MIGRATE) != (step->vm && step->to) ||
        !take_number(fields, "mem-kib", 0, 1e15, 0, &mem) ||
        !take_number(fields, "from-vms", 0, 1e6, 0, &from_vms) ||
        !take_number(fields, "to-vms", 0, 1e6, 0, &to_vms) ||
        !take_number(fields, "from-load", -1, 1e9, -1, &from_load) ||
        !take_number(fields, "to-load", -1, 1e9, -1, &to_load) ||
        !take_number(fields, "why", 0, PLAN_REASON_IDLE, 0, &reason) ||
        !take_number(fields, "after", -1, (double)earlier - 1, -1, &after))
        return FALSE;
    step->mem_kib = (guint64)mem;
    step->from_vms_after = (guint)from_vms;
    step->to_vms_after = (guint)to_vms;
    step->from_load_permille_after = (gint)from_load;
    step->to_load_permille_after = (gint)to_load;
    step->reason = (enum plan_reason)reason;
    if (after >= 0)
        step->after = (guint)after;
    return TRUE;
}

struct plan *plan_parse_steps(const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", STEPS_MOST + 1);
    autoptr(plan) plan = plan_new(PLAN_COMPACT);

    for (guint i = 0; lines[i]; i++) {
        autoptr(logfmt) fields = *lines[i] ? logfmt_parse(lines[i]) : NULL;
        struct plan_step step;

        if (!*lines[i])
            continue;
        if (!fields || !read_step(fields, plan->steps->len, &step)) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                        "line %u of the plan is no step of one", i + 1);
            return NULL;
        }
        plan_add_step(plan, &step);
    }
    return g_steal_pointer(&plan);
}
