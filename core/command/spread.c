/* spread.c - the verb that moves VMs apart, evenly over hosts. */
#include "core/command/verb.h"

#include <string.h>

#include "core/base/error.h"
#include "core/command/chore.h"
#include "core/command/command_line.h"
#include "core/command/hosts.h"
#include "core/command/session.h"
#include "core/policy/plan.h"

/* "a,pc[1-3,7]" to its words: a comma within brackets parts nothing. Free with g_strfreev. */
static char **split_words(const char *text)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    const char *begin = text;
    guint depth = 0;
    for (const char *at = text;; at++) {
        depth += *at == '[' ? 1 : 0;
        depth -= *at == ']' && depth > 0 ? 1 : 0;
        if (*at != '\0' && (*at != ',' || depth > 0))
            continue;
        if (at > begin) {
            g_autofree char *word = g_strndup(begin, (gsize)(at - begin));
            g_strv_builder_add(words, word);
        }
        if (*at == '\0')
            return g_strv_builder_end(words);
        begin = at + 1;
    }
}

static gboolean add_host_vms(const struct command *command, char *word, GPtrArray *vms,
                             GError **error)
{
    char *words[] = {word, NULL};
    g_autoptr(GPtrArray) names = hosts_of_words(command, words, error);
    if (!names)
        return FALSE;
    for (guint i = 0; i < names->len; i++) {
        const struct host *host =
            cluster_find_host(session_cluster(command->session), names->pdata[i]);
        for (guint j = 0; j < host->vms->len; j++)
            if (vm_is_active(host->vms->pdata[j]))
                g_ptr_array_add(vms, host->vms->pdata[j]);
    }
    return TRUE;
}

/* A VM and its host are often of one name, as in Ercolani: then the VM is meant. */
static GPtrArray *find_vms(const struct command *command, GError **error)
{
    const struct cluster *cluster = session_cluster(command->session);
    g_autoptr(GPtrArray) vms = g_ptr_array_new();
    for (char **word = command->line->arguments; *word; word++) {
        struct vm *vm = cluster_find_vm(cluster, *word);
        if (vm) {
            g_ptr_array_add(vms, vm);
        } else if (!add_host_vms(command, *word, vms, error)) {
            if (error && !strchr(*word, '['))
                g_prefix_error(error, "vm %s: there is no such VM in the cluster; ", *word);
            return NULL;
        }
    }
    return g_steal_pointer(&vms);
}

/* TRUE with NULL when --to was not given. */
static gboolean find_targets(const struct command *command, GPtrArray **targets, GError **error)
{
    g_auto(GStrv) words = command->line->to ? split_words(command->line->to) : NULL;
    g_autoptr(GPtrArray) names = NULL;
    *targets = NULL;
    if (!words)
        return TRUE;
    if (!*words) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_USAGE, "--to: no host is named");
        return FALSE;
    }
    names = hosts_of_words(command, words, error);
    if (!names)
        return FALSE;
    *targets = g_ptr_array_new();
    for (guint i = 0; i < names->len; i++)
        g_ptr_array_add(*targets,
                        cluster_find_host(session_cluster(command->session), names->pdata[i]));
    return TRUE;
}

/* What must stay; returns how many VMs that are. Hosts that are left out are told too. */
static guint tell_refusals(const struct command *command, const struct plan *plan)
{
    guint vms = 0;
    for (guint i = 0; i < plan->refusals->len; i++) {
        const struct plan_refusal *refusal = &g_array_index(plan->refusals, struct plan_refusal, i);
        output_line(command->output, "left: %s: %s", refusal->subject, refusal->why);
        vms += g_str_has_prefix(refusal->subject, "vm ");
    }
    return vms;
}

static void tell_plan(const struct command *command, const struct plan *plan)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        g_autofree char *step = plan_step_explain(plan_step(plan, i));
        output_line(command->output, "would move %s", step);
    }
    output_line(command->output, "%s", plan->summary);
}

static gboolean carry_out(const struct command *command, const struct plan *plan, GError **error)
{
    struct chore chore;
    chore_init(&chore, command, plan->steps->len);
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);
        g_autoptr(GError) refusal = NULL;
        guint id = engine_migrate(command->session->engine, step->vm, step->to, FALSE, &refusal);
        chore_add(&chore, id, refusal);
    }
    gboolean done = chore_finish(&chore, error);
    chore_clear(&chore);
    return done;
}

gboolean spread_run(const struct command *command, GError **error)
{
    g_autoptr(GPtrArray) vms = NULL;
    g_autoptr(GPtrArray) targets = NULL;
    autoptr(plan) plan = NULL;
    if (!session_wait_measured(command->session, error) || !(vms = find_vms(command, error)) ||
        !find_targets(command, &targets, error))
        return FALSE;
    plan = engine_plan_spread(command->session->engine, vms, targets);
    guint left = tell_refusals(command, plan);
    if (command->line->given & OPTION_DRY_RUN) {
        tell_plan(command, plan);
        return TRUE;
    }
    if (plan->steps->len == 0)
        output_line(command->output, "%s", plan->summary);
    else if (!carry_out(command, plan, error))
        return FALSE;
    if (left == 0)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%u VM%s left where %s", left,
                left == 1 ? " is" : "s are", left == 1 ? "it is" : "they are");
    return FALSE;
}
