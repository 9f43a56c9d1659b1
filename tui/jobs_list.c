#include "tui/jobs_list.h"

#include "tui/action.h"

enum retry_answer {
    RETRY_DO,
    RETRY_FORCE,
    RETRY_NOT
};

const char *jobs_shown_name(enum jobs_shown shown)
{
    static const char *const names[] = {
        [JOBS_ALL] = "all",
        [JOBS_UNDER_WAY] = "under way",
        [JOBS_FAILED] = "failed or cancelled",
    };

    return names[shown];
}

/* --- Which, and in what order ---------------------------------------------------------------- */

static gboolean is_shown(const struct app *app, const struct job *job)
{
    if (app->job_states == JOBS_UNDER_WAY && job_is_over(job))
        return FALSE;
    if (app->job_states == JOBS_FAILED && job->state != JOB_FAILED && job->state != JOB_CANCELLED)
        return FALSE;
    return filter_has_job(app->jobs_filter, job);
}

static int rank(const struct job *job)
{
    if (job_is_over(job))
        return 2;
    return job->state == JOB_QUEUED ? 1 : 0;
}

static int compare(gconstpointer a, gconstpointer b)
{
    const struct job *one = *(const struct job *const *)a, *other = *(const struct job *const *)b;

    if (rank(one) != rank(other))
        return rank(one) - rank(other);
    if (rank(one) == 1 && one->turn != other->turn)
        return one->turn < other->turn ? -1 : 1;
    if (rank(one) == 2 && one->ended_at_us != other->ended_at_us)
        return one->ended_at_us > other->ended_at_us ? -1 : 1;
    if (one->id == other->id)
        return 0;
    return (one->id < other->id) == (rank(one) != 2) ? -1 : 1;
}

GPtrArray *jobs_list(const struct app *app)
{
    GPtrArray *jobs = g_ptr_array_new();

    for (guint i = 0; i < app->scene.jobs->len; i++) {
        struct job *job = g_ptr_array_index(app->scene.jobs, i);

        if (is_shown(app, job))
            g_ptr_array_add(jobs, job);
    }
    g_ptr_array_sort(jobs, compare);
    return jobs;
}

/* --- What is done to them -------------------------------------------------------------------- */

static void retry(struct app *app, guint id, gboolean force)
{
    g_autoptr(GError) error = NULL;
    guint again = engine_retry_job(app->engine, id, force, &error);

    if (again == 0) {
        app_say(app, ROLE_WARNING, "refused: %s", error->message);
        return;
    }
    app->chosen_job = again;
    app_say(app, ROLE_FOOTER, "job %u once more", id);
}

static void answered(struct app *app, int answer, const char *subject)
{
    if (answer != RETRY_NOT)
        retry(app, (guint)g_ascii_strtoull(subject, NULL, 10), answer == RETRY_FORCE);
}

/* It is looked at first: what it was about may have changed, and so may the operator's mind. One
 * that was forced went past what spoke against it, which is not done again without a word. */
static void ask_retry(struct app *app, const struct job *job)
{
    g_autofree char *id = g_strdup_printf("%u", job->id);
    g_autofree char *what = job_describe(job);
    struct dialog *dialog;

    if (action_refuse(app, ACTION_CANCEL_JOBS))
        return;
    if (job->state == JOB_DONE || !job_is_over(job)) {
        retry(app, job->id, FALSE); /* says why not */
        return;
    }
    dialog = dialog_new("Do it once more?", answered, id);
    dialog_add_text(dialog, ROLE_DIALOG, "%s", what);
    if (job->result != NULL)
        dialog_add_text(dialog, ROLE_DIALOG, "Job %u %s: %s", job->id, job_state_name(job->state),
                        job->result);
    if (job->force)
        dialog_add_text(dialog, ROLE_WARNING,
                        "It was forced, past what spoke against it. What speaks against it now is "
                        "passed again.");
    else
        dialog_add_text(dialog, ROLE_DIALOG, "Everything is checked again.");
    dialog_add_button(dialog, job->force ? RETRY_FORCE : RETRY_DO, job->force ? 'F' : 'D',
                      job->force ? "Force it" : "Do it");
    dialog_add_button(dialog, RETRY_NOT, 'L', "Leave it");
    if (job->force)
        dialog_choose(dialog, RETRY_NOT);
    app_ask(app, dialog);
}

static void move(struct app *app, const struct job *job, gint places)
{
    g_autoptr(GError) error = NULL;

    if (action_refuse(app, ACTION_CANCEL_JOBS))
        return;
    if (!engine_move_job(app->engine, job->id, places, &error))
        app_say(app, ROLE_WARNING, "refused: %s", error->message);
}

/* Delete is no action of its own; x is the menu elsewhere, and a job has none. */
static gboolean is_cancel(const struct input *input, enum action action)
{
    return action == ACTION_CANCEL_JOBS || action == ACTION_MENU ||
           (input->kind == INPUT_KEY && input->key == INPUT_KEY_DELETE && action == ACTION_NONE);
}

gboolean jobs_list_act(struct app *app, const struct job *job, const struct input *input,
                       enum action action)
{
    gboolean cancels = is_cancel(input, action);

    if (!cancels && action != ACTION_RETRY && action != ACTION_JOB_UP &&
        action != ACTION_JOB_DOWN && action != ACTION_POSTCOPY)
        return FALSE;
    if (job == NULL)
        app_say(app, ROLE_FOOTER, "there is no job here");
    else if (action_refuse(app, cancels ? ACTION_CANCEL_JOBS : action))
        return TRUE;
    else if (cancels)
        action_cancel_job(app, job);
    else if (action == ACTION_RETRY)
        ask_retry(app, job);
    else if (action == ACTION_POSTCOPY)
        action_postcopy(app, job);
    else
        move(app, job, action == ACTION_JOB_UP ? -1 : 1);
    return TRUE;
}
