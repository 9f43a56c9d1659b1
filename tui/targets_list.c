#include "tui/targets_list.h"

#include "core/policy/load.h"
#include "tui/action.h"
#include "tui/units.h"

#define WORDS_MOST 5 /* reasons that are counted one by one */

enum offer_answer {
    OFFER_MOVE,
    OFFER_FORCE,
    OFFER_NOT
};

/* Golden screens have no engine: nothing is under way there but what they draw. */
static enum check_reason check(const struct app *app, const struct vm *vm, const struct host *to)
{
    if (app->engine != NULL)
        return engine_check_migrate(app->engine, vm, to);
    return check_migrate(vm, to, &app->scene.settings->policy, app->scene.now_us, 0, 0);
}

static int rank(const struct target *target)
{
    if (target->reason == CHECK_OK)
        return 0;
    return check_can_force(target->reason) ? 1 : 2;
}

/* By the load in hundredths, as it is shown: what cannot be told apart keeps its place. */
static int compare(gconstpointer a, gconstpointer b)
{
    const struct target *one = a, *other = b;

    if (rank(one) != rank(other))
        return rank(one) - rank(other);
    if (one->is_home != other->is_home && rank(one) < 2)
        return one->is_home ? -1 : 1;
    if (rank(one) == 0 && one->load_permille / 10 != other->load_permille / 10)
        return one->load_permille < other->load_permille ? -1 : 1;
    if (one->reason != other->reason)
        return one->reason < other->reason ? -1 : 1;
    return one->host->index < other->host->index ? -1 : one->host->index > other->host->index;
}

GArray *targets_list(const struct app *app, const struct vm *vm)
{
    const struct cluster *cluster = app->scene.cluster;
    GArray *targets = g_array_sized_new(FALSE, TRUE, sizeof(struct target), cluster->hosts->len);

    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);
        const struct scene_host *facts = scene_facts(&app->scene, host);
        struct target target = {.host = host, .vms = facts->active + facts->coming + 1};

        if (host == vm->host)
            continue;
        target.reason = check(app, vm, host);
        target.load_permille = policy_predict_load_permille(host, (gint)vm_cpu_permille(vm));
        target.load_permille = MAX(target.load_permille, host_load_permille(host));
        target.is_home = g_strcmp0(vm->home, host->name) == 0;
        target.mem_kib = host_active_mem_kib(host) + vm->mem_kib;
        g_array_append_val(targets, target);
    }
    g_array_sort(targets, compare);
    return targets;
}

enum host_mark target_mark_then(const struct scene *scene, const struct target *target)
{
    return host_mark_of(target->host, policy_class_of(target->host, &scene->settings->policy,
                                                      target->load_permille, target->vms));
}

/* --- Counting -------------------------------------------------------------------------------- */

static const char *brief(enum check_reason reason)
{
    switch (reason) {
    case CHECK_HOST_NOT_ON:
        return "not on";
    case CHECK_HOST_STALE:
        return "in doubt";
    case CHECK_NO_MEMORY:
        return "without the RAM";
    case CHECK_TOO_MANY_VMS:
        return "with all the VMs they may run";
    case CHECK_NO_MIGRATION:
        return "that cannot migrate";
    case CHECK_OTHER_HYPERVISOR:
        return "of another hypervisor";
    case CHECK_NAME_TAKEN:
        return "with one of its name";
    default:
        return "for the VM's own sake";
    }
}

static guint count_rank(const GArray *targets, int wanted)
{
    guint n = 0;

    for (guint i = 0; i < targets->len; i++)
        n += rank(&g_array_index(targets, struct target, i)) == wanted ? 1 : 0;
    return n;
}

char *targets_count(const GArray *targets)
{
    guint insist = count_rank(targets, 1), none = count_rank(targets, 2);
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%u would take it", count_rank(targets, 0));
    if (insist > 0)
        g_string_append_printf(text, ", %u if you insist", insist);
    if (none > 0)
        g_string_append_printf(text, ", %u would not", none);
    return g_string_free(text, FALSE);
}

char *targets_reasons(const GArray *targets)
{
    guint counts[CHECK_NO_MAC + 1] = {0};
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < targets->len; i++) {
        const struct target *target = &g_array_index(targets, struct target, i);

        if (rank(target) == 2)
            counts[target->reason]++;
    }
    for (guint i = 0, words = 0; i < G_N_ELEMENTS(counts) && words < WORDS_MOST; i++) {
        if (counts[i] == 0)
            continue;
        g_string_append_printf(text, "%s%u %s", words == 0 ? "those that would not: " : ", ",
                               counts[i], brief((enum check_reason)i));
        words++;
    }
    return g_string_free(text, FALSE);
}

/* --- Offering -------------------------------------------------------------------------------- */

/* subject: the VM's name and the host's. '/' is in neither. */
static void answered(struct app *app, int answer, const char *subject)
{
    g_auto(GStrv) names = g_strsplit(subject, "/", 2);
    g_autoptr(GError) error = NULL;

    if (answer == OFFER_NOT || g_strv_length(names) != 2)
        return;
    if (engine_migrate(app->engine, names[0], names[1], answer == OFFER_FORCE, &error) == 0)
        app_say(app, ROLE_WARNING, "refused: %s", error->message);
    else
        app_say(app, ROLE_FOOTER, "vm %s goes to %s", names[0], names[1]);
}

static void describe(const struct app *app, struct dialog *dialog, const struct vm *vm,
                     const struct target *target)
{
    const struct host *to = target->host;
    guint most = host_most_vms(to, app->scene.settings->policy.vm_min_kib);

    dialog_add_text(dialog, ROLE_DIALOG, "It goes on running while it moves from %s.",
                    vm->host->name);
    if (target->load_permille >= 0)
        dialog_add_text(dialog, ROLE_DIALOG,
                        "%s becomes %s: load %.2f, %u of %u VMs, RAM %.1f of %.1f GiB.", to->name,
                        host_mark_info[target_mark_then(&app->scene, target)].name,
                        target->load_permille / 1000.0, target->vms, most,
                        UNITS_GIB(target->mem_kib), UNITS_GIB(to->mem_kib));
}

void targets_offer(struct app *app, const struct vm *vm, const struct target *target)
{
    gboolean takes = target->reason == CHECK_OK;
    g_autofree char *subject = g_strdup_printf("%s/%s", vm->name, target->host->name);
    g_autofree char *title = g_strdup_printf("Move %s to %s?", vm->name, target->host->name);
    g_autofree char *sentence = NULL;
    struct dialog *dialog;

    if (action_refuse(app, ACTION_MIGRATE))
        return;
    if (!takes)
        sentence = check_explain(target->reason, vm, target->host, &app->scene.settings->policy);
    if (!takes && !check_can_force(target->reason)) {
        app_say(app, ROLE_WARNING, "refused: %s", sentence);
        return;
    }
    dialog = dialog_new(title, answered, subject);
    if (sentence != NULL)
        dialog_add_text(dialog, ROLE_WARNING, "%s", sentence);
    describe(app, dialog, vm, target);
    dialog_add_button(dialog, takes ? OFFER_MOVE : OFFER_FORCE, 'M',
                      takes ? "Move it" : "Move it all the same");
    dialog_add_button(dialog, OFFER_NOT, 'L', "Leave it");
    if (!takes)
        dialog_choose(dialog, OFFER_NOT);
    app_ask(app, dialog);
}
