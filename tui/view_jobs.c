/* view_jobs.c - the jobs as a table: what runs, what waits, what is over. */
#include "tui/view.h"

#include <string.h>

#include "core/engine/follow.h"
#include "tui/action.h"
#include "tui/columns.h"
#include "tui/job_line.h"
#include "tui/jobs_list.h"
#include "tui/units.h"

#define WIDE 110

enum job_column {
    JOB_ID,
    JOB_STATE,
    JOB_WHAT,
    JOB_BAR,
    JOB_ELAPSED,
    JOB_REST,
    JOB_PACE,
    JOB_WHO,
    JOB_TELLS,
    JOB_COLUMNS
};

static const struct column job_columns[JOB_COLUMNS] = {
    [JOB_ID] = {"job", 4, 6, 1, TRUE},
    [JOB_STATE] = {"state", 9, 9, 1, FALSE},
    [JOB_WHAT] = {"what", 16, 32, 2, FALSE},
    [JOB_BAR] = {"done", 11, 18, 3, FALSE},
    [JOB_ELAPSED] = {"for", 7, 9, 3, TRUE},
    [JOB_REST] = {"left", 10, 12, 5, TRUE},
    [JOB_PACE] = {"pace", 10, 10, 6, TRUE},
    [JOB_WHO] = {"who", 12, 16, 7, FALSE},
    [JOB_TELLS] = {"why, or how it ended", 18, 200, 4, FALSE},
};

static const struct job *job_at(const GPtrArray *jobs, int row)
{
    return row >= 0 && row < (int)jobs->len ? g_ptr_array_index(jobs, (guint)row) : NULL;
}

/* Remembers the job under the cursor. */
static void choose(struct app *app, const GPtrArray *jobs)
{
    const struct job *job = job_at(jobs, app->jobs.cursor);

    app->chosen_job = job != NULL ? job->id : 0;
}

/* Puts the cursor back on the job that was chosen: lines move as jobs begin and end. One that was
 * sent to a manager is known by its order until it has a number of its own. */
static void find_chosen(struct app *app, const GPtrArray *jobs)
{
    for (guint i = 0; app->chosen_job != 0 && i < jobs->len; i++) {
        const struct job *job = g_ptr_array_index(jobs, i);

        if (job->id == app->chosen_job || job->order == app->chosen_job) {
            app->jobs.cursor = (int)i;
            return;
        }
    }
}

/* --- Drawing --------------------------------------------------------------------------------- */

static void draw_progress(const struct app *app, const struct columns *columns,
                          struct surface *surface, struct rect row, const struct job *job)
{
    g_autofree char *elapsed = job_line_elapsed(&app->scene, job);
    g_autofree char *rest = job_line_rest(job);
    guint64 pace = job->progress.speed_bytes_per_s;

    if (job->kind == JOB_MIGRATE && job->state == JOB_RUNNING &&
        columns_cell(columns, JOB_BAR, 0, 0).width > 0)
        job_line_draw_bar(app, surface, columns_cell(columns, JOB_BAR, row.x, row.y), job);
    if (job->kind == JOB_MIGRATE && job->state == JOB_RUNNING && pace > 0)
        columns_text(columns, JOB_PACE, surface, row.x, row.y, ROLE_MUTED, 0, "%.0f MiB/s",
                     UNITS_MIB(pace));
    if (elapsed != NULL)
        columns_text(columns, JOB_ELAPSED, surface, row.x, row.y, ROLE_TEXT, 0, "%s", elapsed);
    if (job->stuck && job->state == JOB_RUNNING)
        columns_text(columns, JOB_REST, surface, row.x, row.y, ROLE_WARNING, 0, "stuck");
    else if (rest != NULL)
        columns_text(columns, JOB_REST, surface, row.x, row.y, ROLE_MUTED, 0, "%s", rest);
}

static void draw_line(const struct app *app, const struct columns *columns, struct surface *surface,
                      struct rect row, const struct job *job)
{
    gboolean brief = columns_cell(columns, JOB_WHAT, 0, 0).width < 28;
    g_autofree char *what = job_line_describe(job, brief);
    gboolean plain = job->result == NULL && job->state != JOB_VERIFYING && job->why != NULL;
    const char *tells = plain ? job->why : job_line_tells(job);
    const char *who = job->who != NULL ? job->who : "";

    if (job->id < FOLLOW_ORDER_FIRST) /* what is on its way to the manager has no number yet */
        columns_text(columns, JOB_ID, surface, row.x, row.y, ROLE_MUTED, 0, "%u", job->id);
    columns_text(columns, JOB_STATE, surface, row.x, row.y, job_line_role(job), 0, "%s",
                 job_state_name(job->state));
    columns_text(columns, JOB_WHAT, surface, row.x, row.y, ROLE_TEXT, 0, "%s", what);
    draw_progress(app, columns, surface, row, job);
    columns_text(columns, JOB_WHO, surface, row.x, row.y, ROLE_MUTED, 0, "%s", who);
    columns_text(columns, JOB_TELLS, surface, row.x, row.y,
                 job->state == JOB_FAILED ? ROLE_WARNING : ROLE_MUTED, 0, "%s", tells);
}

/* Who wanted it, why, and how it stands. */
static void draw_chosen(const struct scene *scene, struct surface *surface, struct rect rect,
                        const struct job *job)
{
    gboolean follows = scene->manager.lead == MANAGER_FOLLOWS && !job_is_over(job);
    g_autofree char *name = manager_name(&scene->manager);
    g_autofree char *what = job_describe(job);
    g_autofree char *text =
        g_strdup_printf("%s: %s%s%s%s%s%s%s%s%s", job->who != NULL ? job->who : "", what,
                        job->why != NULL ? ": " : "", job->why != NULL ? job->why : "",
                        job->result != NULL ? "; " : "", job->result != NULL ? job->result : "",
                        job->note != NULL ? "; " : "", job->note != NULL ? job->note : "",
                        follows ? "; carried out by " : "", follows ? name : "");

    list_say_chosen(surface, rect, text);
}

static char *format_note(const struct app *app)
{
    const char *filter = app->jobs_filter != NULL ? filter_text(app->jobs_filter) : NULL;

    return g_strdup_printf("%u running, %u waiting, %u in all; shown: %s%s%s", app->scene.n_running,
                           app->scene.n_queued, app->scene.jobs->len,
                           jobs_shown_name((enum jobs_shown)app->job_states),
                           filter != NULL ? ", " : "", filter != NULL ? filter : "");
}

static void draw_empty(const struct app *app, struct surface *surface, struct rect inside)
{
    const char *key = keymap_first_key(app->keymap, ACTION_NEXT_VM);

    if (app->scene.jobs->len == 0)
        surface_text(surface, inside.x + 1, inside.y, inside.width - 2, "No jobs yet.", ROLE_MUTED,
                     0);
    else
        surface_printf(surface, inside.x + 1, inside.y, inside.width - 2, ROLE_MUTED, 0,
                       "None of these: %s shows others.", key);
}

/* Where there is little room, the reason needs it more than the names do. */
static void fit_columns(struct columns *columns, struct column *list, int width)
{
    memcpy(list, job_columns, sizeof job_columns);
    if (width < WIDE)
        list[JOB_WHAT].most = list[JOB_WHAT].least + 2;
    columns_fit(columns, list, JOB_COLUMNS, width);
}

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    g_autofree char *note = format_note(app);
    g_autoptr(GPtrArray) jobs = jobs_list(app);
    struct rect inside = view_frame(app, surface, area, "Jobs", note);
    struct column list[JOB_COLUMNS];
    struct columns columns;

    app->jobs.has_cursor = TRUE;
    app->jobs.y = inside.y + 1;
    find_chosen(app, jobs);
    list_fit(&app->jobs, (int)jobs->len, inside.height - LIST_CHOSEN_LINES - 2);
    choose(app, jobs);
    if (jobs->len == 0) {
        draw_empty(app, surface, inside);
        return;
    }
    fit_columns(&columns, list, inside.width - 2);
    columns_draw_titles(&columns, surface, inside.x + 1, inside.y);
    for (int i = 0; i < app->jobs.height && job_at(jobs, app->jobs.top + i) != NULL; i++) {
        struct rect row = {inside.x + 1, inside.y + 1 + i, inside.width - 2, 1};

        draw_line(app, &columns, surface, row, job_at(jobs, app->jobs.top + i));
        if (app->jobs.top + i == app->jobs.cursor)
            surface_recolour(surface, row, ROLE_SELECTED, 0);
    }
    inside.y += inside.height - LIST_CHOSEN_LINES;
    inside.height = LIST_CHOSEN_LINES;
    draw_chosen(&app->scene, surface, inside, job_at(jobs, app->jobs.cursor));
}

/* --- Keys and mouse -------------------------------------------------------------------------- */

static void show_others(struct app *app, int step)
{
    app->job_states = (app->job_states + (guint)(JOBS_N_SHOWN + step)) % JOBS_N_SHOWN;
    app->chosen_job = 0;
    app->jobs.cursor = app->jobs.top = 0;
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    g_autoptr(GPtrArray) jobs = jobs_list(app);

    find_chosen(app, jobs);
    if (list_key(&app->jobs, action)) {
        choose(app, jobs);
        return TRUE;
    }
    if (jobs_list_act(app, job_at(jobs, app->jobs.cursor), input, action))
        return TRUE;
    switch (action) {
    case ACTION_CONFIRM:
        if (jobs->len > 0)
            app_open(app, &view_job);
        return TRUE;
    case ACTION_NEXT_VM:
    case ACTION_PREVIOUS_VM:
        show_others(app, action == ACTION_NEXT_VM ? 1 : -1);
        return TRUE;
    case ACTION_JOBS:
    case ACTION_QUIT:
        return app_back(app);
    default:
        return FALSE;
    }
}

/* A click chooses; one on what is chosen goes in. */
static void mouse(struct app *app, const struct input *input)
{
    g_autoptr(GPtrArray) jobs = jobs_list(app);
    guint before = app->chosen_job;

    find_chosen(app, jobs);
    if (!list_mouse(&app->jobs, input))
        return;
    choose(app, jobs);
    if (input->kind == INPUT_PRESS && before == app->chosen_job && before != 0)
        app_open(app, &view_job);
}

static struct filter **slot(struct app *app)
{
    return &app->jobs_filter;
}

static char *count(struct app *app)
{
    g_autoptr(GPtrArray) jobs = jobs_list(app);

    return g_strdup_printf("%u of %u jobs", jobs->len, app->scene.jobs->len);
}

static const struct view_filter filter = {FILTER_OF_JOBS, slot, count};

static const struct view_key keys[] = {
    {ACTION_CONFIRM, "all of it", "go into the chosen job"},
    {ACTION_CANCEL_JOBS, "cancel", "cancel it; so do Delete and the key of the menu"},
    {ACTION_RETRY, "again", "what failed or was cancelled once more, after asking"},
    {ACTION_JOB_UP, "earlier", "let it start earlier, when it waits"},
    {ACTION_JOB_DOWN, "later", "let it start later, when it waits"},
    {ACTION_POSTCOPY, "", "its migration over to post-copy, after asking"},
    {ACTION_NEXT_VM, "others", "only those under way; only what failed or was cancelled; all"},
    {ACTION_FIND, "filter", "only jobs like what is typed: words, /regex/, vm:web*"},
    {ACTION_CURSOR_UP, "", "the job above"},
    {ACTION_CURSOR_DOWN, "", "the job below"},
    {ACTION_CANCEL, "", "take the filter away; then back"},
    {ACTION_NONE, NULL, NULL},
};

/* Without a job only what may bring one into the list, or explains it. */
static gboolean offers(const struct app *app, enum action action)
{
    return app->chosen_job != 0 || action == ACTION_NEXT_VM || action == ACTION_FIND;
}

const struct view view_jobs = {"Jobs", draw, key, mouse, &filter, keys, offers};
