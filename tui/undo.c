#include "tui/undo.h"

#include "core/engine/follow.h"
#include "tui/action.h"

/* Jobs of one hand that were queued within so long belong together. */
#define TOGETHER_US (2 * CLOCK_SECOND_US)

struct drop {
    guint id; /* 1, 2, ... */
    struct moves *moves;
    gint64 at_us;   /* when its last job was queued; 0 = it was noted here, and is whole */
    gboolean over;  /* no job of it is under way any more */
    guint n_done;   /* once it is over */
    guint n_failed; /* and cancelled, and refused */
};

struct undo {
    GPtrArray *drops;     /* struct drop *, the newest last */
    GHashTable *known;    /* ids of jobs that are ours already, as pointers */
    GHashTable *expected; /* "VM/HOST" of orders whose jobs are still to be known by id; a set */
    guint last_drop;      /* the greatest id given */
    guint last_job;       /* the greatest id looked at */
    gboolean has_begun;   /* what was there before the console is nobody's drop */
};

static void drop_free(gpointer data)
{
    struct drop *drop = data;

    moves_free(drop->moves);
    g_free(drop);
}

struct undo *undo_new(void)
{
    struct undo *undo = g_new0(struct undo, 1);

    undo->drops = g_ptr_array_new_with_free_func(drop_free);
    undo->known = g_hash_table_new(NULL, NULL);
    undo->expected = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return undo;
}

void undo_free(struct undo *undo)
{
    if (undo == NULL)
        return;
    g_ptr_array_unref(undo->drops);
    g_hash_table_unref(undo->known);
    g_hash_table_unref(undo->expected);
    g_free(undo);
}

guint undo_n(const struct undo *undo)
{
    return undo->drops->len;
}

static struct drop *add_drop(struct undo *undo, struct moves *moves_take, gint64 at_us)
{
    struct drop *drop = g_new0(struct drop, 1);

    *drop = (struct drop){.id = ++undo->last_drop, .moves = moves_take, .at_us = at_us};
    g_ptr_array_add(undo->drops, drop);
    if (undo->drops->len > UNDO_MOST)
        g_ptr_array_remove_index(undo->drops, 0);
    return drop;
}

void undo_note(struct app *app, struct moves *moves_take)
{
    for (guint i = 0; i < moves_take->list->len; i++) {
        const struct move *move = g_ptr_array_index(moves_take->list, i);

        if (move->job != 0)
            g_hash_table_add(app->undo->known, GUINT_TO_POINTER(move->job));
        if (move->job >= FOLLOW_ORDER_FIRST)
            g_hash_table_add(app->undo->expected, g_strdup_printf("%s/%s", move->vm, move->to));
    }
    if (moves_take->back == 0) {
        add_drop(app->undo, moves_take, 0);
        return;
    }
    for (guint i = 0; i < app->undo->drops->len; i++) {
        if (((struct drop *)app->undo->drops->pdata[i])->id == moves_take->back)
            g_ptr_array_remove_index(app->undo->drops, i--);
    }
    moves_free(moves_take);
}

/* --- How they went --------------------------------------------------------------------------- */

static gboolean is_ours(const struct app *app, const struct job *job)
{
    return job->kind == JOB_MIGRATE && job->origin == JOB_BY_HAND && job->vm != NULL &&
           job->to != NULL && g_strcmp0(job->who, engine_who(app->engine)) == 0;
}

/* A migration by hand that came by the palette, or of a drain. */
static void take_in(struct undo *undo, const struct job *job)
{
    struct drop *last = undo->drops->len > 0 ? undo->drops->pdata[undo->drops->len - 1] : NULL;

    if (last == NULL || last->at_us == 0 || job->queued_at_us - last->at_us > TOGETHER_US)
        last = add_drop(undo, moves_new(), job->queued_at_us);
    moves_add(last->moves, job->vm, job->from, job->to, FALSE);
    ((struct move *)last->moves->list->pdata[last->moves->list->len - 1])->job = job->id;
    last->at_us = job->queued_at_us;
    last->over = FALSE;
}

/* A manager's job may be seen before it answers the order that it came of. */
static gboolean is_known(struct undo *undo, const struct job *job)
{
    g_autofree char *key = g_strdup_printf("%s/%s", job->vm, job->to);
    gboolean expected = g_hash_table_remove(undo->expected, key);

    return g_hash_table_contains(undo->known, GUINT_TO_POINTER(job->id)) ||
           g_hash_table_contains(undo->known, GUINT_TO_POINTER(job_asked_as(job))) || expected;
}

/* Jobs are listed by id, those of orders that are not answered yet beyond all others. */
static void find_new(struct app *app)
{
    struct undo *undo = app->undo;
    guint last = undo->last_job;

    for (guint i = app->scene.jobs->len; i > 0; i--) {
        const struct job *job = app->scene.jobs->pdata[i - 1];

        if (job->id >= FOLLOW_ORDER_FIRST)
            continue;
        if (job->id <= undo->last_job)
            break;
        last = MAX(last, job->id);
    }
    for (guint i = 0; undo->has_begun && last > undo->last_job && i < app->scene.jobs->len; i++) {
        const struct job *job = app->scene.jobs->pdata[i];

        if (job->id > undo->last_job && job->id <= last && is_ours(app, job) &&
            !is_known(undo, job))
            take_in(undo, job);
    }
    undo->last_job = last;
    undo->has_begun = TRUE;
}

/* A job that is not kept any more ended long ago: where the VM is tells how. */
static enum job_state state_of(const struct app *app, const struct move *move)
{
    const struct job *job = move->job != 0 ? engine_find_job(app->engine, move->job) : NULL;
    const struct vm *vm;

    if (job != NULL)
        return job->state;
    vm = move->job != 0 ? cluster_find_vm(app->scene.cluster, move->vm) : NULL;
    return vm != NULL && g_str_equal(vm->host->name, move->to) ? JOB_DONE : JOB_FAILED;
}

static void look_at(struct app *app, struct drop *drop)
{
    const GPtrArray *list = drop->moves->list;

    drop->n_done = drop->n_failed = 0;
    for (guint i = 0; i < list->len; i++) {
        enum job_state state = state_of(app, list->pdata[i]);

        drop->n_done += state == JOB_DONE ? 1 : 0;
        drop->n_failed += state == JOB_FAILED || state == JOB_CANCELLED ? 1 : 0;
    }
    drop->over = drop->n_done + drop->n_failed == list->len;
}

static void tell(struct app *app, const struct drop *drop)
{
    const struct move *first = drop->moves->list->pdata[0];
    const char *key = keymap_first_key(app->keymap, ACTION_UNDO);

    if (app->message != NULL && app->message_role == ROLE_WARNING)
        return; /* what is wrong is read first */
    if (drop->n_done == 1 && drop->n_failed == 0)
        app_say(app, ROLE_FOOTER, "vm %s is on %s; %s takes it back", first->vm, first->to, key);
    else if (drop->n_failed == 0)
        app_say(app, ROLE_FOOTER, "%u VMs have moved; %s takes them back", drop->n_done, key);
    else
        app_say(app, ROLE_WARNING, "%u of %u VMs have moved, %u not; %s takes back those that have",
                drop->n_done, drop->n_done + drop->n_failed, drop->n_failed, key);
}

void undo_read(struct app *app)
{
    struct undo *undo = app->undo;

    if (app->engine == NULL)
        return;
    find_new(app);
    for (guint i = undo->drops->len; i > 0; i--) {
        struct drop *drop = undo->drops->pdata[i - 1];

        if (drop->over)
            continue;
        look_at(app, drop);
        if (!drop->over)
            continue;
        if (drop->n_done > 0)
            tell(app, drop);
        else
            g_ptr_array_remove_index(undo->drops, i - 1); /* nothing came of it */
    }
}

/* --- Taking back ----------------------------------------------------------------------------- */

static gboolean has_moved(const struct app *app, const struct move *move)
{
    return state_of(app, move) == JOB_DONE;
}

/* Why this one cannot be taken back; NULL when it may be tried. Free it. */
static char *why_not_back(const struct app *app, const struct move *move)
{
    const struct vm *vm = cluster_find_vm(app->scene.cluster, move->vm);
    const struct host *home = cluster_find_host(app->scene.cluster, move->from);

    if (vm == NULL)
        return g_strdup_printf("vm %s is no longer there", move->vm);
    if (!g_str_equal(vm->host->name, move->to))
        return g_strdup_printf("vm %s is on %s now: it stays there", move->vm, vm->host->name);
    if (home == NULL)
        return g_strdup_printf("vm %s came from %s, which has left the cluster", move->vm,
                               move->from);
    return NULL;
}

/* Those that go back to one host are looked at together; what does not fit stays. */
static void add_back(struct app *app, struct moves *back, GPtrArray *remarks, const GPtrArray *vms,
                     const struct host *home)
{
    g_autoptr(GPtrArray) fit = g_ptr_array_new();

    for (guint i = 0; i < vms->len; i++) {
        struct vm *vm = g_ptr_array_index(vms, i);
        enum check_reason reason;
        struct check_set set;

        g_ptr_array_add(fit, vm);
        reason = engine_check_set(app->engine, (const struct vm *const *)fit->pdata, fit->len, home,
                                  &set);
        if (reason != CHECK_OK) {
            g_autofree char *why = NULL;

            check_count_set((const struct vm *const *)fit->pdata, fit->len, home, &set);
            why = check_explain_set(reason, &set, home, &app->scene.settings->policy);

            if (remarks->len == 0 ||
                g_strcmp0(g_ptr_array_index(remarks, remarks->len - 1), why) != 0)
                g_ptr_array_add(remarks, g_steal_pointer(&why));
        }
        if (reason != CHECK_OK && !check_can_force(reason))
            g_ptr_array_remove_index(fit, fit->len - 1);
        else
            moves_add(back, vm->name, vm->host->name, home->name, reason != CHECK_OK);
    }
}

/* The hosts of a drop in the order they come in, each once, with the VMs that go back there. */
static struct moves *plan_back(struct app *app, const struct drop *drop, GPtrArray *remarks)
{
    struct moves *back = moves_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    const GPtrArray *list = drop->moves->list;

    back->back = drop->id;
    for (guint i = 0; i < list->len; i++) {
        const struct move *first = g_ptr_array_index(list, i);
        g_autoptr(GPtrArray) vms = g_ptr_array_new();

        if (!g_hash_table_add(seen, first->from))
            continue;
        for (guint j = i; j < list->len; j++) {
            const struct move *move = g_ptr_array_index(list, j);
            g_autofree char *why = NULL;

            if (!g_str_equal(move->from, first->from) || !has_moved(app, move))
                continue;
            why = why_not_back(app, move);
            if (why != NULL)
                g_ptr_array_add(remarks, g_steal_pointer(&why));
            else
                g_ptr_array_add(vms, cluster_find_vm(app->scene.cluster, move->vm));
        }
        if (vms->len > 0)
            add_back(app, back, remarks, vms, cluster_find_host(app->scene.cluster, first->from));
    }
    return back;
}

static gboolean can_undo(struct app *app)
{
    const struct undo *undo = app->undo;
    const struct drop *last =
        undo->drops->len > 0 ? (const struct drop *)undo->drops->pdata[undo->drops->len - 1] : NULL;

    if (app->engine == NULL || action_refuse(app, ACTION_UNDO))
        return FALSE;
    if (last == NULL)
        app_say(app, ROLE_FOOTER, "nothing to take back: no VM was moved by hand here");
    else if (!last->over)
        app_say(app, ROLE_WARNING,
                "the last move is still under way: %s shows its jobs, to be cancelled",
                keymap_first_key(app->keymap, ACTION_JOBS));
    else
        return TRUE;
    return FALSE;
}

void action_undo(struct app *app)
{
    g_autoptr(GPtrArray) remarks = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *title = NULL;
    struct moves *back;
    guint last;

    if (!can_undo(app))
        return;
    last = app->undo->drops->len - 1;
    back = plan_back(app, app->undo->drops->pdata[last], remarks);
    if (back->list->len == 0) {
        /* It never will be possible in this way: the next one is in reach again. */
        app_say(app, ROLE_WARNING, "cannot be taken back: %s",
                remarks->len > 0 ? (const char *)remarks->pdata[0] : "nothing of it is left");
        g_ptr_array_remove_index(app->undo->drops, last);
        moves_free(back);
        return;
    }
    title = back->list->len == 1 ? g_strdup("Take the last move back?")
                                 : g_strdup_printf("Take %u moves back?", back->list->len);
    moves_ask(app, back, title, "Take back", remarks);
}
