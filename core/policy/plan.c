#include "core/policy/plan.h"

#include "core/base/text.h"

struct plan *plan_new(enum plan_kind kind)
{
    struct plan *plan = g_new0(struct plan, 1);

    plan->kind = kind;
    plan->steps = g_array_new(FALSE, FALSE, sizeof(struct plan_step));
    plan->refusals = g_array_new(FALSE, FALSE, sizeof(struct plan_refusal));
    plan->strings = g_string_chunk_new(4096);
    return plan;
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    g_array_unref(plan->steps);
    g_array_unref(plan->refusals);
    g_string_chunk_free(plan->strings);
    g_free(plan->summary);
    g_free(plan);
}

static const char *keep(struct plan *plan, const char *text)
{
    return text ? g_string_chunk_insert_const(plan->strings, text) : NULL;
}

guint plan_add_step(struct plan *plan, const struct plan_step *step)
{
    struct plan_step kept = *step;

    kept.vm = keep(plan, step->vm);
    kept.from = keep(plan, step->from);
    kept.to = keep(plan, step->to);
    g_array_append_val(plan->steps, kept);
    if (step->action == PLAN_MIGRATE) {
        plan->migrations++;
        plan->moved_kib += step->mem_kib;
    }
    return plan->steps->len - 1;
}

void plan_add_refusal(struct plan *plan, const char *subject, const char *why)
{
    struct plan_refusal refusal = {keep(plan, subject), keep(plan, why)};

    g_array_append_val(plan->refusals, refusal);
}

const struct plan_step *plan_step(const struct plan *plan, guint index)
{
    return &g_array_index(plan->steps, struct plan_step, index);
}

const char *plan_kind_name(enum plan_kind kind)
{
    static const char *const names[] = {
        [PLAN_NOTHING] = "nothing",     [PLAN_COMPACT] = "compact", [PLAN_RELIEF] = "relief",
        [PLAN_NORMALIZE] = "normalize", [PLAN_DRAIN] = "drain",     [PLAN_SPREAD] = "spread",
    };

    return names[kind];
}

/* --- Sentences --- */

/* "pc05 becomes 2 VMs, load 0.09" */
static void append_becomes(GString *text, const char *host, guint vms, gint load_permille)
{
    g_string_append_printf(text, "%s becomes %u VM%s", host, vms, vms == 1 ? "" : "s");
    if (load_permille >= 0)
        g_string_append_printf(text, ", load %.2f", (double)load_permille / 1000);
}

static void append_why(GString *text, const struct plan_step *step, const char *from,
                       const char *to)
{
    switch (step->reason) {
    case PLAN_REASON_EMPTY_HOST:
        if (step->from_vms_after == 0)
            g_string_append_printf(text, "%s can then go off", from);
        else
            g_string_append_printf(text, "%s is being emptied, %u to go", from,
                                   step->from_vms_after);
        break;
    case PLAN_REASON_PAIR:
        if (step->from_vms_after == 0)
            g_string_append_printf(text, "paired, last of under with first; %s is then empty",
                                   from);
        else
            g_string_append_printf(text, "paired, last of under with first; %s keeps %u", from,
                                   step->from_vms_after);
        break;
    case PLAN_REASON_RELIEVE:
        g_string_append_printf(text, "%s is over", from);
        if (step->from_load_permille_after >= 0)
            g_string_append_printf(text, " and falls to load %.2f",
                                   (double)step->from_load_permille_after / 1000);
        break;
    case PLAN_REASON_GO_HOME:
        g_string_append_printf(text, "%s is its home", to);
        break;
    case PLAN_REASON_SPREAD:
        g_string_append_printf(text, "%s would run none otherwise", to);
        break;
    case PLAN_REASON_MAKE_ROOM:
        g_string_append_printf(text, "aside, so that another can go home to %s", from);
        break;
    case PLAN_REASON_DRAIN:
        g_string_append_printf(text, "%s is to be emptied, %u to go", from, step->from_vms_after);
        break;
    case PLAN_REASON_EVEN:
        g_string_append_printf(text, "%s has the least to do", to);
        break;
    default:
        break;
    }
}

static char *migrate_why(const struct plan_step *step)
{
    g_autofree char *from = text_escape(step->from);
    g_autofree char *to = text_escape(step->to);
    GString *text = g_string_new(NULL);

    append_why(text, step, from, to);
    g_string_append(text, "; ");
    append_becomes(text, to, step->to_vms_after, step->to_load_permille_after);
    return g_string_free(text, FALSE);
}

char *plan_step_why(const struct plan_step *step)
{
    switch (step->action) {
    case PLAN_MIGRATE:
        return migrate_why(step);
    case PLAN_OFF:
        return g_strdup_printf("it runs nothing%s", step->after == PLAN_NO_STEP ? "" : " then");
    case PLAN_WAKE:
        break;
    }
    return g_strdup(step->reason == PLAN_REASON_OPENING
                        ? "every host is to be on"
                        : "no host that is on can take what has to move");
}

char *plan_step_explain(const struct plan_step *step)
{
    g_autofree char *why = plan_step_why(step);
    g_autofree char *from = text_escape(step->from);

    if (step->action == PLAN_MIGRATE) {
        g_autofree char *vm = text_escape(step->vm);
        g_autofree char *to = text_escape(step->to);
        return g_strdup_printf("vm %s from %s to %s: %s", vm, from, to, why);
    }
    return g_strdup_printf("%s %s: %s", step->action == PLAN_OFF ? "switch off" : "wake", from,
                           why);
}
