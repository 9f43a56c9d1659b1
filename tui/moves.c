#include "tui/moves.h"

#include "tui/action.h"
#include "tui/undo.h"
#include "tui/units.h"

/* What a question tells one by one on 24 lines; of each line more, either takes a half. */
#define LINES_MOST   6
#define HOSTS_MOST   3
#define REMARKS_MOST 3
#define HEIGHT_LEAST 24

enum moves_answer {
    MOVES_DO,
    MOVES_NOT
};

static void move_free(gpointer data)
{
    struct move *move = data;

    g_free(move->vm);
    g_free(move->from);
    g_free(move->to);
    g_free(move);
}

struct moves *moves_new(void)
{
    struct moves *moves = g_new0(struct moves, 1);

    moves->list = g_ptr_array_new_with_free_func(move_free);
    return moves;
}

void moves_free(struct moves *moves)
{
    if (moves == NULL)
        return;
    g_ptr_array_unref(moves->list);
    g_free(moves);
}

void moves_add(struct moves *moves, const char *vm, const char *from, const char *to,
               gboolean force)
{
    struct move *move = g_new0(struct move, 1);

    *move = (struct move){g_strdup(vm), g_strdup(from), g_strdup(to), force, 0};
    g_ptr_array_add(moves->list, move);
}

/* --- The question ---------------------------------------------------------------------------- */

/* What comes to a host and leaves it. */
struct balance {
    const struct host *host;
    gint vms;
    gint64 mem_kib, cpu_permille;
    gboolean comes, leaves;
};

static guint room_for(const struct app *app, guint least)
{
    return least + (guint)MAX(0, app->surface->height - HEIGHT_LEAST) / 2;
}

static void count(GArray *balances, GHashTable *by_host, const struct host *host,
                  const struct vm *vm, gint sign)
{
    gpointer place = g_hash_table_lookup(by_host, host); /* from 1 on */
    struct balance *balance;

    if (place == NULL) {
        const struct balance fresh = {.host = host};

        g_array_append_val(balances, fresh);
        place = GUINT_TO_POINTER(balances->len);
        g_hash_table_insert(by_host, (gpointer)host, place);
    }
    balance = &g_array_index(balances, struct balance, GPOINTER_TO_UINT(place) - 1);
    balance->vms += sign;
    balance->mem_kib += sign * (gint64)vm->mem_kib;
    balance->cpu_permille += sign * (gint64)vm_cpu_permille(vm);
    balance->comes = balance->comes || sign > 0;
    balance->leaves = balance->leaves || sign < 0;
}

/* Those that get something first: there it may become tight. */
static gint compare_balances(gconstpointer left, gconstpointer right)
{
    const struct balance *a = left, *b = right;

    if (a->comes != b->comes)
        return a->comes ? -1 : 1;
    return a->host->index < b->host->index ? -1 : a->host->index > b->host->index;
}

static GArray *balance_all(const struct app *app, const struct moves *moves)
{
    GArray *balances = g_array_new(FALSE, FALSE, sizeof(struct balance));
    g_autoptr(GHashTable) by_host = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < moves->list->len; i++) {
        const struct move *move = g_ptr_array_index(moves->list, i);
        const struct vm *vm = cluster_find_vm(app->scene.cluster, move->vm);
        const struct host *to = cluster_find_host(app->scene.cluster, move->to);

        if (vm == NULL || to == NULL)
            continue;
        count(balances, by_host, vm->host, vm, -1);
        count(balances, by_host, to, vm, 1);
    }
    g_array_sort(balances, compare_balances);
    return balances;
}

static void add_balance(const struct app *app, struct dialog *dialog, const struct balance *balance)
{
    const struct policy_config *config = &app->scene.settings->policy;
    const struct host *host = balance->host;
    struct check_becomes then = check_become(host, config, app->scene.now_us, balance->vms,
                                             balance->mem_kib, balance->cpu_permille);
    const struct mark_info *mark = &host_mark_info[host_mark_of(host, then.class)];
    guint most = host_most_vms(host, config->vm_min_kib);
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "%s becomes %s", host->name, mark->name);
    if (then.load_permille >= 0)
        g_string_append_printf(text, ", load %.2f", then.load_permille / 1000.0);
    g_string_append_printf(text, ", RAM %.1f of %.1f GiB, %u of %u VMs", UNITS_GIB(then.mem_kib),
                           UNITS_GIB(host->mem_kib), then.vms, most);
    dialog_add_text(dialog, then.class == CLASS_OVER ? ROLE_WARNING : ROLE_DIALOG, "%s", text->str);
}

static void add_hosts(const struct app *app, struct dialog *dialog, const GArray *balances)
{
    guint most = room_for(app, HOSTS_MOST);
    guint shown = balances->len > most ? most - 1 : balances->len;

    for (guint i = 0; i < shown; i++)
        add_balance(app, dialog, &g_array_index(balances, struct balance, i));
    if (shown < balances->len)
        dialog_add_text(dialog, ROLE_DIALOG, "and %u more hosts", balances->len - shown);
}

/* How many jobs that are, and how many of them the limits let run beside each other. */
static void add_jobs(const struct app *app, struct dialog *dialog, guint n, const GArray *balances)
{
    const struct engine_config *settings = app->scene.settings;
    guint sources = 0, targets = 0, most;

    for (guint i = 0; i < balances->len; i++) {
        sources += g_array_index(balances, struct balance, i).leaves ? 1 : 0;
        targets += g_array_index(balances, struct balance, i).comes ? 1 : 0;
    }
    most = MIN(MIN(sources * settings->migrations_out_most, targets * settings->migrations_in_most),
               settings->migrations_most);
    if (n == 1)
        dialog_add_text(dialog, ROLE_DIALOG, "That is 1 job.");
    else if (most <= 1)
        dialog_add_text(dialog, ROLE_DIALOG, "That is %u jobs, one after the other.", n);
    else
        dialog_add_text(dialog, ROLE_DIALOG, "That is %u jobs, up to %u at once.", n, MIN(n, most));
}

static void add_lines(const struct app *app, struct dialog *dialog, const struct moves *moves)
{
    guint n = moves->list->len, most = room_for(app, LINES_MOST), shown = n > most ? most - 1 : n;

    for (guint i = 0; i < shown; i++) {
        const struct move *move = g_ptr_array_index(moves->list, i);

        dialog_add_text(dialog, ROLE_DIALOG, "vm %s from %s to %s", move->vm, move->from, move->to);
    }
    if (shown < n)
        dialog_add_text(dialog, ROLE_DIALOG, "and %u more VMs", n - shown);
}

static void add_remarks(struct dialog *dialog, const GPtrArray *remarks)
{
    guint n = remarks != NULL ? remarks->len : 0, shown = MIN(n, REMARKS_MOST);

    for (guint i = 0; i < shown; i++)
        dialog_add_text(dialog, ROLE_WARNING, "%s", (const char *)g_ptr_array_index(remarks, i));
    if (shown < n)
        dialog_add_text(dialog, ROLE_WARNING, "and %u more", n - shown);
}

static void answered(struct app *app, int answer, const char *subject)
{
    (void)subject;
    if (answer == MOVES_DO && app->moves != NULL)
        moves_do(app, g_steal_pointer(&app->moves));
    else
        g_clear_pointer(&app->moves, moves_free);
}

void moves_ask(struct app *app, struct moves *moves_take, const char *title, const char *verb,
               const GPtrArray *remarks)
{
    struct dialog *dialog = dialog_new(title, answered, NULL);
    guint n = moves_take->list->len;
    g_autoptr(GArray) balances = balance_all(app, moves_take);

    moves_free(app->moves);
    app->moves = moves_take;
    add_remarks(dialog, remarks);
    add_lines(app, dialog, moves_take);
    add_hosts(app, dialog, balances);
    add_jobs(app, dialog, n, balances);
    dialog_add_button(dialog, MOVES_DO, *verb, verb);
    dialog_add_button(dialog, MOVES_NOT, 'L', n == 1 ? "Leave it" : "Leave them");
    dialog_choose(dialog, MOVES_NOT);
    app_ask(app, dialog);
}

/* --- The jobs -------------------------------------------------------------------------------- */

static void say_what_came(struct app *app, const struct moves *moves, guint n_jobs,
                          const char *refusal)
{
    const struct move *first = g_ptr_array_index(moves->list, 0);
    const struct host *to = cluster_find_host(app->scene.cluster, first->to);
    guint n = moves->list->len;

    if (n_jobs == 0)
        app_say(app, ROLE_WARNING, "refused: %s", refusal);
    else if (n_jobs < n)
        app_say(app, ROLE_WARNING, "%u job%s; %u refused: %s", n_jobs, n_jobs == 1 ? "" : "s",
                n - n_jobs, refusal);
    else if (n > 1)
        app_say(app, ROLE_FOOTER, "%u jobs: %u VMs are on their way%s", n_jobs, n,
                moves->back != 0 ? " back" : "");
    if (n_jobs == 1 && n == 1 && to != NULL)
        app_select_host(app, to);
}

void moves_do(struct app *app, struct moves *moves_take)
{
    autoptr(moves) moves = moves_take;
    g_autofree char *refusal = NULL;
    guint n_jobs = 0;

    if (app->readonly || app->engine == NULL || moves->list->len == 0)
        return;
    for (guint i = 0; i < moves->list->len; i++) {
        struct move *move = g_ptr_array_index(moves->list, i);
        g_autoptr(GError) error = NULL;

        move->job = engine_migrate(app->engine, move->vm, move->to, move->force, &error);
        n_jobs += move->job != 0 ? 1 : 0;
        if (move->job == 0 && refusal == NULL)
            refusal = g_strdup(error->message);
    }
    say_what_came(app, moves, n_jobs, refusal);
    if (n_jobs > 0)
        undo_note(app, g_steal_pointer(&moves));
}
