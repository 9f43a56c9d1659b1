/* action_vm.c - VMs are taken in hand, and dropped. */
#include "core/base/text.h"
#include "tui/action.h"
#include "tui/view.h"

/* --- Taking ---------------------------------------------------------------------------------- */

/* What the autopilot has only queued gives way. */
static const struct job *job_in_the_way(const struct app *app, const struct vm *vm)
{
    const struct job *job = scene_job_of_vm(&app->scene, vm);

    return job != NULL && (job->origin != JOB_AUTOMATIC || job->state != JOB_QUEUED) ? job : NULL;
}

/* Why it cannot be taken; NULL when it can. Free it. */
static char *why_not(const struct app *app, const struct vm *vm)
{
    const struct job *job = job_in_the_way(app, vm);

    if (!vm_is_active(vm))
        return g_strdup_printf("vm %s is %s; only a running VM can move", vm->name,
                               vm_state_name(vm->state));
    if (job != NULL)
        return g_strdup_printf("vm %s: job %u is under way (%s)", vm->name, job->id,
                               job_state_name(job->state));
    return NULL;
}

static void say_left(struct app *app, guint left, const char *why)
{
    if (left == 1)
        app_say(app, ROLE_WARNING, "one is left: %s", why);
    else if (left > 1)
        app_say(app, ROLE_WARNING, "%u are left; the first: %s", left, why);
}

/* Takes those that can be; says why the others cannot. TRUE when anything is in hand then. */
static gboolean take_all(struct app *app, enum drag_by by, const GPtrArray *vms, gboolean whole)
{
    g_autofree char *first_why = NULL, *gone = NULL;
    guint left = 0;

    action_put_back(app);
    for (guint i = 0; i < vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(vms, i);
        g_autofree char *why = why_not(app, vm);

        if (why != NULL) {
            left++;
            if (first_why == NULL)
                first_why = g_steal_pointer(&why);
        } else if (app->drag.by == DRAG_NONE) {
            drag_begin(&app->drag, by, vm);
        } else {
            drag_add(&app->drag, vm);
        }
    }
    if (app->drag.by == DRAG_NONE) {
        app_say(app, ROLE_WARNING, "refused: %s",
                first_why != NULL ? first_why : "there is no VM to move");
        return FALSE;
    }
    app->drag.whole = whole;
    drag_update(&app->drag, &app->scene, app->engine, &gone);
    /* Cursor and target are the same at first: that of the many is where the cursor was. */
    if (app_host(app) != NULL && drag_n(&app->drag) > 1)
        drag_aim(&app->drag, (int)app_host(app)->index);
    say_left(app, left, first_why);
    return TRUE;
}

void action_take(struct app *app, enum drag_by by, const struct vm *vm)
{
    g_autoptr(GPtrArray) vms = NULL;

    if (action_refuse(app, ACTION_MIGRATE))
        return;
    if (marks_has_vm(&app->marks, vm)) {
        vms = marks_list_vms(&app->marks, app->scene.cluster);
    } else {
        vms = g_ptr_array_new();
        g_ptr_array_add(vms, (gpointer)vm);
    }
    if (take_all(app, by, vms, FALSE) && drag_n(&app->drag) == 1)
        app_select_vm(app, drag_vm(&app->drag, &app->scene));
}

static void add_vms_of(GPtrArray *vms, const struct host *host)
{
    for (guint i = 0; i < host->vms->len; i++) {
        /* Those that are off are no part of what a host runs. */
        if (vm_is_active(g_ptr_array_index(host->vms, i)))
            g_ptr_array_add(vms, g_ptr_array_index(host->vms, i));
    }
}

void action_take_host(struct app *app, enum drag_by by, const struct host *host)
{
    g_autoptr(GPtrArray) vms = g_ptr_array_new();
    g_autoptr(GPtrArray) hosts = NULL;

    if (action_refuse(app, ACTION_MIGRATE))
        return;
    if (marks_has_host(&app->marks, host)) {
        hosts = marks_list_hosts(&app->marks, app->scene.cluster);
        for (guint i = 0; i < hosts->len; i++)
            add_vms_of(vms, g_ptr_array_index(hosts, i));
    } else {
        add_vms_of(vms, host);
    }
    if (vms->len == 0 && (hosts == NULL || hosts->len == 1))
        app_say(app, ROLE_WARNING, "refused: %s runs no VM to move", host->name);
    else
        take_all(app, by, vms, TRUE);
}

void action_pick_up(struct app *app)
{
    const struct host *host = app_host(app);
    const struct vm *vm = app_vm(app);

    if (host == NULL || action_refuse(app, ACTION_MIGRATE))
        return;
    app_open(app, &view_main); /* where there is something to hold it over */
    if (marks_n_vms(&app->marks) > 0) {
        g_autoptr(GPtrArray) vms = marks_list_vms(&app->marks, app->scene.cluster);

        take_all(app, DRAG_BY_KEYS, vms, FALSE);
        return;
    }
    for (guint i = 0; vm == NULL && i < host->vms->len; i++) {
        if (vm_is_active(g_ptr_array_index(host->vms, i)))
            vm = g_ptr_array_index(host->vms, i);
    }
    if (vm == NULL)
        app_say(app, ROLE_WARNING, "refused: %s runs no VM to move", host->name);
    else
        action_take(app, DRAG_BY_KEYS, vm);
}

void action_pick_all(struct app *app)
{
    const struct host *host = app_host(app);
    g_autoptr(GPtrArray) hosts = NULL;

    if (host == NULL)
        return;
    app_open(app, &view_main); /* where there is something to hold them over */
    if (marks_n_hosts(&app->marks) > 0) {
        hosts = marks_list_hosts(&app->marks, app->scene.cluster);
        if (hosts->len > 0)
            host = g_ptr_array_index(hosts, 0);
    }
    action_take_host(app, DRAG_BY_KEYS, host);
}

void action_put_back(struct app *app)
{
    drag_end(&app->drag);
    hand_clear(app);
}

/* --- Dropping -------------------------------------------------------------------------------- */

static struct moves *moves_of_hand(const struct app *app, const struct host *to, gboolean force)
{
    struct moves *moves = moves_new();

    for (guint i = 0; i < app->drag.vms->len; i++) {
        const struct drag_vm *held = g_ptr_array_index(app->drag.vms, i);

        if (!g_str_equal(held->from, to->name))
            moves_add(moves, held->name, held->from, to->name, force);
    }
    return moves;
}

static void ask(struct app *app, const struct host *to, enum check_reason reason)
{
    struct moves *moves = moves_of_hand(app, to, reason != CHECK_OK);
    g_autoptr(GPtrArray) remarks = g_ptr_array_new_with_free_func(g_free);
    gboolean one = moves->list->len == 1;
    g_autofree char *title = NULL;

    if (reason != CHECK_OK) {
        g_ptr_array_add(remarks, drag_explain(&app->drag, to->index));
        title = g_strdup_printf("Move %s all the same?", one ? "it" : "them");
    } else {
        title = g_strdup_printf("Move %u VMs to %s?", moves->list->len, to->name);
    }
    moves_ask(app, moves, title, one ? "Move it" : "Move them", remarks);
}

static void refuse(struct app *app, const struct host *to)
{
    g_autofree char *sentence = drag_explain(&app->drag, to->index);
    const char *spread = keymap_first_key(app->keymap, ACTION_SPREAD);

    if (drag_n(&app->drag) > 1 && *spread != '\0')
        app_say(app, ROLE_WARNING, "refused: %s; %s spreads them over many", sentence, spread);
    else
        app_say(app, ROLE_WARNING, "refused: %s", sentence);
}

/* Nothing is done, and that is said. */
static void leave(struct app *app, const struct host *to)
{
    g_autofree char *what = drag_describe(&app->drag);
    gboolean one = drag_n(&app->drag) == 1;

    if (to == NULL)
        app_say(app, ROLE_FOOTER, "dropped beside the hosts: %s %s where %s", what,
                one ? "stays" : "stay", one ? "it is" : "they are");
    else
        app_say(app, ROLE_FOOTER, "%s %s on %s", what, one ? "stays" : "stay", to->name);
}

void action_drop(struct app *app, int host_index)
{
    const struct host *to = host_index >= 0 ? scene_host_at(&app->scene, (guint)host_index) : NULL;
    enum check_reason reason;

    if (drag_n(&app->drag) == 0 || action_refuse(app, ACTION_MIGRATE)) {
        action_put_back(app);
        return;
    }
    reason = to != NULL ? drag_reason(&app->drag, to->index) : CHECK_SAME_HOST;
    if (to == NULL || reason == CHECK_SAME_HOST) {
        leave(app, to);
    } else if (reason != CHECK_OK && !check_can_force(reason)) {
        refuse(app, to);
        /* By keys, the next host is one key away; the mouse has let go. */
        if (app->drag.by == DRAG_BY_KEYS)
            return;
    } else if (reason != CHECK_OK || drag_n(&app->drag) > 1) {
        ask(app, to, reason);
    } else {
        moves_do(app, moves_of_hand(app, to, FALSE));
    }
    action_put_back(app);
}
