/* night_verb.c - `roost night`, from the command line to its output. */
#include "core/command/verb.h"

#include "core/base/error.h"
#include "core/command/command_line.h"
#include "core/command/lab.h"
#include "core/command/night.h"

#define LAB_UNLESS_GIVEN "ercolani"

static gboolean read_options(const struct command_line *line, struct night_options *options,
                             GError **error)
{
    *options = (struct night_options){.seed = line->seed, .policy = POLICY_PACK};
    if (line->config) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                            "night takes no configuration: it always runs with the defaults");
        return FALSE;
    }
    if (line->policy && !policy_kind_parse(line->policy, &options->policy)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                    "--policy %s: there is no such policy, only pack and pairs", line->policy);
        return FALSE;
    }
    return !line->faults || sim_faults_parse(line->faults, &options->faults, error);
}

static struct cluster *open_lab(const struct command *command, GError **error)
{
    const char *name = command->line->lab ? command->line->lab : LAB_UNLESS_GIVEN;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    struct cluster *lab = lab_open(name, warnings, error);

    output_errors(command->output, warnings);
    if (lab && lab->hosts->len == 0) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: has no host to run a night on",
                    name);
        g_clear_pointer(&lab, cluster_free);
    }
    return lab;
}

gboolean night_verb_run(const struct command *command, GError **error)
{
    gboolean trace = (command->line->given & OPTION_TRACE) != 0;
    g_autoptr(GString) out = g_string_new(NULL);
    autoptr(cluster) lab = NULL;
    struct night_options options;
    struct night_result result;

    if (!read_options(command->line, &options, error))
        return FALSE;
    lab = open_lab(command, error);
    if (!lab)
        return FALSE;
    night_run(lab, &options, trace ? out : NULL, &result);
    if (result.sin)
        output_error(command->output, "%s", result.sin);
    night_append_result(out, &result);
    output_text(command->output, out->str);
    g_free(result.sin);
    return TRUE;
}
