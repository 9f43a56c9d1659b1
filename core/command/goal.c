/* goal.c - the verbs that run the loop until nothing is left to do, or only plan it. */
#include "core/command/goal.h"

#include "core/base/error.h"
#include "core/command/command_line.h"
#include "core/command/join.h"
#include "core/command/verb.h"
#include "core/engine/follow.h"

struct pursuit {
    const struct command *command;
    GHashTable *told; /* job id -> what was last told of it */
    guint listener;
    guint failed;
    guint order; /* to the manager that is followed; 0 = it is done here */
};

enum told {
    TOLD_NOTHING,
    TOLD_START,
    TOLD_END,
};

static void tell(const struct pursuit *pursuit, const struct job *job, const char *event,
                 const char *why)
{
    g_autofree char *time = session_time(pursuit->command->session);
    g_autofree char *what = job_describe(job);
    output_line(pursuit->command->output, "%s %s %s%s%s", time, event, what,
                why && *why ? ": " : "", why ? why : "");
}

static void on_event(const struct engine_event *event, gpointer data)
{
    struct pursuit *pursuit = data;
    const struct job *job = event->job;
    if (event->kind == ENGINE_EVENT_JOURNAL && event->entry->alarm)
        output_error(pursuit->command->output, "%s: %s", event->entry->object, event->entry->text);
    if (event->kind != ENGINE_EVENT_JOB)
        return;
    gpointer key = GUINT_TO_POINTER(job->id);
    enum told told = GPOINTER_TO_UINT(g_hash_table_lookup(pursuit->told, key));
    if (job_is_over(job) && told != TOLD_END) {
        /* One that never started was taken back by a newer plan: nothing happened. */
        if (told == TOLD_START || job->state == JOB_FAILED)
            tell(pursuit, job, job_state_name(job->state), job->result);
        g_hash_table_insert(pursuit->told, key, GUINT_TO_POINTER(TOLD_END));
    } else if (job->state == JOB_RUNNING && told == TOLD_NOTHING) {
        tell(pursuit, job, "start", job->why);
        g_hash_table_insert(pursuit->told, key, GUINT_TO_POINTER(TOLD_START));
    } else if (job->state == JOB_QUEUED && told == TOLD_START) {
        tell(pursuit, job, "waits", job->result);
        g_hash_table_insert(pursuit->told, key, GUINT_TO_POINTER(TOLD_NOTHING));
    }
}

/* What is done by hand beside it, in a session that stands, is none of its own. */
static gboolean is_own(const struct job *job)
{
    return job->origin == JOB_AUTOMATIC && !job_is_over(job);
}

static gboolean is_reached(gpointer data)
{
    const struct pursuit *pursuit = data;
    const struct engine *engine = pursuit->command->session->engine;
    const GPtrArray *jobs = engine_jobs(engine);
    if ((pursuit->order && !follow_is_settled(engine, pursuit->order, NULL)) ||
        engine_goal(engine) != ENGINE_GOAL_NONE)
        return FALSE;
    for (guint i = 0; i < jobs->len && !pursuit->order; i++) {
        if (is_own(jobs->pdata[i]))
            return FALSE;
    }
    return TRUE;
}

static void give_up(gpointer data)
{
    const struct pursuit *pursuit = data;
    struct engine *engine = pursuit->command->session->engine;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint));
    engine_set_goal(engine, ENGINE_GOAL_NONE);
    if (pursuit->order)
        return; /* what runs there is the manager's: it ends as it would */
    for (guint i = 0; i < engine_jobs(engine)->len; i++) {
        const struct job *job = engine_jobs(engine)->pdata[i];
        if (is_own(job))
            g_array_append_val(ids, job->id);
    }
    for (guint i = 0; i < ids->len; i++)
        engine_cancel_job(engine, g_array_index(ids, guint, i), NULL);
}

static void print_refusals(const struct command *command, const struct plan *plan)
{
    for (guint i = 0; i < plan->refusals->len; i++) {
        const struct plan_refusal *refusal = &g_array_index(plan->refusals, struct plan_refusal, i);
        output_line(command->output, "left alone: %s: %s", refusal->subject, refusal->why);
    }
}

static gboolean judge(const struct command *command, GError **error)
{
    const struct session *session = command->session;
    const char *summary = engine_goal_summary(session->engine);
    guint failures = engine_goal_failures(session->engine);
    if (session->interrupts) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_CANCELLED, "%s: cancelled",
                    command->verb->name);
        return FALSE;
    }
    if (failures == 0) {
        if (summary)
            output_line(command->output, "%s", summary);
        return TRUE;
    }
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %u could not be done: %s",
                command->verb->name, failures, summary ? summary : "see above");
    return FALSE;
}

static gboolean is_refused(const struct pursuit *pursuit, GError **error)
{
    const char *refusal = NULL;
    if (pursuit->order)
        follow_is_settled(pursuit->command->session->engine, pursuit->order, &refusal);
    if (refusal)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "the manager refuses: %s", refusal);
    return refusal != NULL;
}

static gboolean pursue(const struct command *command, enum engine_goal goal, GError **error)
{
    struct session *session = command->session;
    if (session->detached) {
        engine_set_goal(session->engine, goal);
        output_line(command->output, "%s: begun", command->verb->name);
        return TRUE;
    }
    struct pursuit pursuit = {.command = command, .told = g_hash_table_new(NULL, NULL)};
    pursuit.listener = engine_listen(session->engine, on_event, &pursuit);
    engine_set_goal(session->engine, goal);
    pursuit.order = engine_follows(session->engine) ? follow_last_order(session->engine) : 0;
    gboolean ended = join_take_lead(session, error) &&
                     session_wait(session, is_reached, give_up, &pursuit, error) &&
                     !is_refused(&pursuit, error);
    engine_unlisten(session->engine, pursuit.listener);
    g_hash_table_unref(pursuit.told);
    if (!ended)
        return FALSE;
    /* What is not as it might be has its reasons: they are the plan's own. */
    autoptr(plan) plan = engine_plan(session->engine, goal == ENGINE_GOAL_NORMALIZE);
    print_refusals(command, plan);
    return judge(command, error);
}

/* --- Plans ------------------------------------------------------------------------------------ */

static void print_plan(const struct command *command, const struct plan *plan)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        g_autofree char *text = plan_step_explain(plan_step(plan, i));
        output_line(command->output, "%u. %s", i + 1, text);
    }
    print_refusals(command, plan);
    output_line(command->output, "%s", plan->summary);
}

static const struct record_field step_fields[] = {
    {"number", RECORD_NUMBER},
    {"action", RECORD_TEXT, "migrate, wake or off"},
    {"vm", RECORD_TEXT, "migrate: what is moved"},
    {"host", RECORD_TEXT, "migrate: the source; else the host itself"},
    {"to", RECORD_TEXT, "migrate: the target"},
    {"mem-mib", RECORD_NUMBER, "migrate: RAM to move"},
    {"after", RECORD_NUMBER, "the step that must have ended first"},
    {"why", RECORD_TEXT},
    {NULL},
};

static const struct record_field refusal_fields[] = {
    {"subject", RECORD_TEXT, "host NAME or vm NAME"},
    {"why", RECORD_TEXT},
    {NULL},
};

static const struct record_kind step_kind = {"steps", "step", step_fields};
static const struct record_kind refusal_kind = {"left-alone", "one", refusal_fields};

const struct record_kind *const plan_kinds[] = {&step_kind, &refusal_kind, NULL};

static void add_step(struct records *records, const struct plan *plan, guint place)
{
    static const char *const actions[] = {"migrate", "wake", "off"};
    const struct plan_step *step = plan_step(plan, place);
    gboolean moves = step->action == PLAN_MIGRATE;
    g_autofree char *number = g_strdup_printf("%u", place + 1);
    g_autofree char *mem = g_strdup_printf("%" G_GUINT64_FORMAT, step->mem_kib / 1024);
    g_autofree char *after =
        step->after == PLAN_NO_STEP ? g_strdup("") : g_strdup_printf("%u", step->after + 1);
    g_autofree char *why = plan_step_why(step);
    records_add(records, number, actions[step->action], moves ? step->vm : "", step->from,
                moves ? step->to : "", moves ? mem : "", after, why, NULL);
}

static void list_plan(const struct command *command, const struct plan *plan)
{
    struct records *steps = records_new(&step_kind);
    struct records *refusals = records_new(&refusal_kind);
    for (guint i = 0; i < plan->steps->len; i++)
        add_step(steps, plan, i);
    for (guint i = 0; i < plan->refusals->len; i++) {
        const struct plan_refusal *refusal = &g_array_index(plan->refusals, struct plan_refusal, i);
        records_add(refusals, refusal->subject, refusal->why, NULL);
    }
    records_print_free(steps, command->output);
    records_print_free(refusals, command->output);
}

struct plan_access plan_access_of(const struct session *session)
{
    const struct config *config = session->config;

    return (struct plan_access){
        .uri = config->libvirt_uri,
        .user = config->ssh_user,
        .identity = config->ssh_identity,
        .known_hosts = config->ssh_known_hosts,
        .off_command = config->off_command,
        .port = config->ssh_port,
    };
}

static gboolean show_plan(const struct command *command, gboolean normalize, GError **error)
{
    struct session *session = command->session;
    if (command->line->given & OPTION_SCRIPT && command->output->format != OUTPUT_TEXT) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                            "--script: a shell script has no other --format");
        return FALSE;
    }
    if (!session_wait_measured(session, error))
        return FALSE;
    autoptr(plan) plan = engine_plan(session->engine, normalize);
    if (command->line->given & OPTION_SCRIPT) {
        const struct plan_access access = plan_access_of(session);
        g_autofree char *script = plan_to_script(plan, session_cluster(session), &access);
        output_text(command->output, script);
    } else if (command->output->format != OUTPUT_TEXT) {
        list_plan(command, plan);
    } else {
        print_plan(command, plan);
    }
    return TRUE;
}

gboolean plan_run(const struct command *command, GError **error)
{
    return show_plan(command, (command->line->given & OPTION_NORMALIZE) != 0, error);
}

gboolean compact_run(const struct command *command, GError **error)
{
    if (command->line->given & OPTION_DRY_RUN)
        return show_plan(command, FALSE, error);
    return pursue(command, ENGINE_GOAL_COMPACT, error);
}

gboolean normalize_run(const struct command *command, GError **error)
{
    if (command->line->given & OPTION_DRY_RUN)
        return show_plan(command, TRUE, error);
    return pursue(command, ENGINE_GOAL_NORMALIZE, error);
}
