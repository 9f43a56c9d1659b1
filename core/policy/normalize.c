/*
 * normalize.c - everything on, every VM home (R19).
 *
 * A VM goes home as soon as its home has room, counting the moves before it; the others wait. Who
 * still waits when nobody can move any more stands in a circle, and is helped by make_room.
 */
#include "core/policy/normalize.h"

#include "core/base/text.h"
#include "core/policy/check_rules.h"
#include "core/policy/decide.h"

gboolean homing_may_receive(const struct homing *homing, guint host)
{
    const struct work_host *to = &homing->work->hosts[host];

    if (!host_may_migrate(to->host))
        return FALSE;
    return work_is_at_hand(homing->work, host) || (to->wake_step != PLAN_NO_STEP && !to->claimed);
}

/* --- Waking --- */

static char *why_not_woken(const struct work *work, guint index)
{
    const struct host *host = work->hosts[index].host;
    g_autofree char *name = text_escape(host->name);

    if (host->state == HOST_UNREACHABLE)
        return g_strdup_printf("%s does not answer", name);
    if (host->state == HOST_WAKING)
        return g_strdup_printf("%s is still waking", name);
    if (host->state == HOST_STOPPING)
        return g_strdup_printf("%s is still going off", name);
    if (host->maintenance || work->hosts[index].rest)
        return work_explain_kept_out(work, index);
    if (host->state == HOST_OFF && !host_can_wake(host))
        return host->mac ? g_strdup_printf("%s is off and cannot be woken: wake-on-LAN is %s", name,
                                           host_wake_name(host->wake))
                         : g_strdup_printf("%s is off and cannot be woken: no MAC address is known",
                                           name);
    return NULL;
}

static void wake_all(struct work *work)
{
    for (guint i = 0; i < work->n_hosts; i++) {
        const struct host *host = work->hosts[i].host;
        char *why = why_not_woken(work, i);
        if (why)
            work_refuse_host(work, i, why);
        else if (host->state == HOST_OFF)
            work_emit_wake(work, i, PLAN_REASON_OPENING);
    }
}

/* --- Going home --- */

static void wait_for(struct homing *homing, guint vm)
{
    guint home = homing->home[vm];

    homing->next_waiting[vm] = homing->waiting[home];
    homing->waiting[home] = vm;
    homing->n_waiting++;
}

/* Moves for good, and keeps what is counted along with it. */
static void emit(struct homing *homing, guint vm, guint host, enum plan_reason reason)
{
    guint from = homing->work->vms[vm].at;

    work_emit(homing->work, vm, host, reason);
    g_array_append_val(homing->freed, from);
    if (homing->rooms) {
        rooms_update(homing->rooms, from);
        rooms_update(homing->rooms, host);
    }
}

/* Lets in those that wait for this host and now fit. */
static void let_in(struct homing *homing, guint host)
{
    guint *link = &homing->waiting[host];

    while (*link != WORK_NONE) {
        guint vm = *link;
        if (work_fit(homing->work, vm, host, FALSE) != CHECK_OK) {
            link = &homing->next_waiting[vm];
            continue;
        }
        *link = homing->next_waiting[vm];
        homing->n_waiting--;
        emit(homing, vm, host, PLAN_REASON_GO_HOME);
    }
}

static void let_in_all(struct homing *homing)
{
    while (homing->freed->len > 0) {
        guint host = g_array_index(homing->freed, guint, homing->freed->len - 1);
        g_array_set_size(homing->freed, homing->freed->len - 1);
        let_in(homing, host);
    }
}

void homing_move(struct homing *homing, guint vm, guint host, enum plan_reason reason)
{
    emit(homing, vm, host, reason);
    let_in_all(homing);
}

/* Where the VM belongs; WORK_NONE when it has no home, or one that is not in the cluster. */
static guint find_home(const struct work *work, guint vm)
{
    const struct vm *homed = work->vms[vm].vm;
    const char *name = homed->pin ? homed->pin : homed->home;
    const struct host *host = name ? cluster_find_host(work->cluster, name) : NULL;

    return host ? host->index : WORK_NONE;
}

/* Why a VM that is not at home is not even tried; NULL when it is. Free it. */
static char *why_stays(const struct homing *homing, guint vm, guint home)
{
    const struct work *work = homing->work;
    enum work_hold hold = work->vms[vm].hold;
    g_autofree char *name = NULL;

    if (hold == WORK_FROZEN || hold == WORK_IN_DOUBT || hold == WORK_AT_REST || hold == WORK_STUCK)
        return work_explain_hold(work, vm);
    if (!work_is_at_hand(work, work->vms[vm].at)) {
        char *why = why_not_woken(work, work->vms[vm].at);
        return why ? why : work_explain_apart(work, work->vms[vm].at);
    }
    if (home == WORK_NONE) {
        name = text_escape(work->vms[vm].vm->pin ? work->vms[vm].vm->pin : work->vms[vm].vm->home);
        return g_strdup_printf("its home %s is not in the cluster", name);
    }
    if (!homing_may_receive(homing, home)) {
        g_autofree char *why = why_not_woken(work, home);
        if (!why && !host_may_migrate(work->hosts[home].host))
            return check_explain_no_migration(work->hosts[home].host);
        if (!why)
            why = work_explain_apart(work, home);
        return g_strdup_printf("its home: %s", why);
    }
    return NULL;
}

static void send_home(struct homing *homing, guint vm)
{
    struct work *work = homing->work;
    guint home = find_home(work, vm);
    gboolean belongs = work->vms[vm].vm->home || work->vms[vm].vm->pin;
    char *why;

    if (!belongs || work->vms[vm].at == home)
        return;
    why = why_stays(homing, vm, home);
    if (why) {
        work_refuse_vm(work, vm, why);
        return;
    }
    homing->home[vm] = home;
    if (work_fit(work, vm, home, FALSE) == CHECK_OK)
        homing_move(homing, vm, home, PLAN_REASON_GO_HOME);
    else
        wait_for(homing, vm);
}

static void refuse_waiting(struct homing *homing)
{
    struct work *work = homing->work;

    for (guint i = 0; i < work->n_hosts; i++)
        for (guint vm = homing->waiting[i]; vm != WORK_NONE; vm = homing->next_waiting[vm])
            work_refuse_vm(work, vm, work_explain_fit(work, work_fit(work, vm, i, FALSE), vm, i));
}

/* --- All of it --- */

static void set_up(struct homing *homing, struct work *work)
{
    *homing = (struct homing){
        .work = work,
        .home = g_new0(guint, work->n_vms + 1),
        .next_waiting = g_new0(guint, work->n_vms + 1),
        .waiting = g_new0(guint, work->n_hosts + 1),
        .aside = g_new0(gboolean, work->n_vms + 1),
        .freed = g_array_new(FALSE, FALSE, sizeof(guint)),
    };
    for (guint i = 0; i < work->n_vms; i++)
        homing->home[i] = WORK_NONE;
    for (guint i = 0; i < work->n_hosts; i++)
        homing->waiting[i] = WORK_NONE;
}

static void tear_down(struct homing *homing)
{
    g_free(homing->home);
    g_free(homing->next_waiting);
    g_free(homing->waiting);
    g_free(homing->aside);
    g_array_unref(homing->freed);
    rooms_free(homing->rooms);
}

static char *summarize(const struct plan *plan)
{
    g_autofree char *moves = decide_format_moves(plan);
    guint wakes = plan->steps->len - plan->migrations;
    guint left = plan->refusals->len;
    g_autofree char *rest =
        left == 0 ? g_strdup("")
                  : g_strdup_printf("; %u thing%s cannot be done", left, left == 1 ? "" : "s");

    if (plan->steps->len == 0)
        return left == 0 ? g_strdup("nothing to do: everything is on and home")
                         : g_strdup_printf("nothing to do: all is done that can be%s", rest);
    if (plan->migrations == 0)
        return g_strdup_printf("%u host%s to wake%s", wakes, wakes == 1 ? "" : "s", rest);
    if (wakes == 0)
        return g_strdup_printf("%s to be home again%s", moves, rest);
    return g_strdup_printf("%u host%s to wake, %s to be home again%s", wakes, wakes == 1 ? "" : "s",
                           moves, rest);
}

struct plan *policy_normalize(const struct cluster *cluster, const struct policy_config *config,
                              const struct policy_moment *moment)
{
    autoptr(work) work = work_new(cluster, config, moment, PLAN_NORMALIZE);
    struct homing homing;

    set_up(&homing, work);
    wake_all(work);
    for (guint i = 0; i < work->n_vms; i++)
        send_home(&homing, i);
    homing_make_room(&homing);
    homing_spread(&homing);
    refuse_waiting(&homing);
    tear_down(&homing);
    return work_finish(work, summarize(work->plan));
}
