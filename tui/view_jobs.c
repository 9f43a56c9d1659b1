#include "tui/view.h"

#include <string.h>

#include "core/base/text.h"
#include "core/engine/progress.h"
#include "tui/action.h"
#include "tui/bar.h"
#include "tui/fields.h"
#include "tui/tile.h"

#define COLUMN_WIDTH_LEAST 38
#define MIB                1048576.0

/* --- One job --------------------------------------------------------------------------------- */

static enum role state_role(const struct job *job)
{
    switch (job->state) {
    case JOB_FAILED:
        return ROLE_WARNING;
    case JOB_DONE:
        return ROLE_GOOD;
    case JOB_QUEUED:
    case JOB_CANCELLED:
        return ROLE_MUTED;
    default:
        return ROLE_TEXT;
    }
}

/* When it ends, as far as that can be said honestly. */
static void add_end(struct fields *fields, const struct job *job)
{
    gint64 expected_us = progress_expected_us(&job->progress);
    g_autofree char *rest = NULL;
    g_autofree char *brief = NULL;

    if (job->stuck) {
        fields_add(fields, 1, ROLE_WARNING, 0, "stuck", "does not converge");
        return;
    }
    if (expected_us == PROGRESS_NOT_KNOWN || expected_us == PROGRESS_NEVER ||
        job->progress.left_bytes == 0)
        return;
    rest = progress_format_span(expected_us);
    brief = g_strdup_printf("%s left", rest);
    fields_add(fields, 3, ROLE_MUTED, 0, brief, "about %s left", rest);
}

/* Where the guest is by now, when that is not where it was. */
static void add_stage(struct fields *fields, enum migrate_stage stage)
{
    if (stage == MIGRATE_STAGE_PAUSED)
        fields_add(fields, 1, ROLE_WARNING, 0, NULL, "paused");
    else if (stage == MIGRATE_STAGE_FOLLOWING)
        fields_add(fields, 1, ROLE_TEXT, 0, NULL, "post-copy");
}

/* "38 MiB/s  3 s  about 2 s left  76 MiB left  9 MiB/s written", as far as it is known. */
static void add_pace(struct fields *fields, const struct scene *scene, const struct job *job)
{
    const struct migrate_progress *progress = &job->progress;
    g_autofree char *elapsed = progress_format_span(scene->now_us - job->started_at_us);

    add_stage(fields, progress->stage);
    if (progress->speed_bytes_per_s > 0)
        fields_add(fields, 4, ROLE_MUTED, 0, NULL, "%.0f MiB/s",
                   (double)progress->speed_bytes_per_s / MIB);
    fields_add(fields, 2, ROLE_MUTED, 0, NULL, "%s", elapsed);
    add_end(fields, job);
    if (progress->left_bytes > 0)
        fields_add(fields, 5, ROLE_MUTED, 0, NULL, "%.0f MiB left",
                   (double)progress->left_bytes / MIB);
    if (progress->dirty_bytes_per_s > 0 && progress->stage == MIGRATE_STAGE_COPYING)
        fields_add(fields, 6, ROLE_MUTED, 0, NULL, "%.0f MiB/s written",
                   (double)progress->dirty_bytes_per_s / MIB);
}

/* What the engine makes sure of once the driver says that a job is done. */
static const char *verifying(enum job_kind kind)
{
    switch (kind) {
    case JOB_MIGRATE:
        return "verifying: asking both hosts where it is";
    case JOB_WAKE:
        return "until it answers";
    case JOB_OFF:
        return "until it is silent";
    case JOB_START:
        return "until its host says that it runs";
    case JOB_STOP:
        return "until it is off";
    case JOB_CONTROL:
        return "until its host says so";
    case JOB_DEFINE:
        return "until its host knows it";
    case JOB_FORGET:
        return "until its host does not know it";
    }
    return "";
}

/* What is to be told of a job of which nothing is on the wire. */
static void add_state(struct fields *fields, const struct scene *scene, const struct job *job)
{
    g_autofree char *elapsed = NULL;
    enum role role = job->state == JOB_FAILED ? ROLE_WARNING : ROLE_MUTED;

    if (job->state == JOB_RUNNING || job->state == JOB_VERIFYING) {
        elapsed = progress_format_span(scene->now_us - job->started_at_us);
        fields_add(fields, 1, role, 0, NULL, "%s", elapsed);
    }
    if (job->result != NULL)
        fields_add(fields, 2, role, 0, NULL, "%s", job->result);
    else if (job->state == JOB_VERIFYING)
        fields_add(fields, 2, role, 0, job->kind == JOB_MIGRATE ? "verifying" : NULL, "%s",
                   verifying(job->kind));
    else if (job->state == JOB_QUEUED)
        fields_add(fields, 2, role, 0, "waits", "waits for its turn");
}

static int draw_progress(const struct app *app, struct surface *surface, struct rect row,
                         const struct job *job)
{
    guint permille = job_progress_permille(job);
    int cells = row.width >= 60 ? 16 : 10;

    if (row.width < cells + 7)
        return 0;
    bar_draw(surface, row.x, row.y, cells, permille, app->ascii);
    surface_printf(surface, row.x + cells + 1, row.y, 5, ROLE_STRONG, 0, "%3u %%", permille / 10);
    return cells + 8;
}

/* "vm pc40 from pc40 to pc05"; in a narrow column "pc40 > pc05". Free with g_free. */
static char *describe(const struct job *job, gboolean brief)
{
    g_autofree char *vm = NULL;
    g_autofree char *to = NULL;

    if (!brief || job->kind != JOB_MIGRATE)
        return job_describe(job);
    vm = text_escape(job->vm);
    to = tile_fit_name(job->to, 12);
    return g_strdup_printf("%s > %s", vm, to);
}

/* What the job is, how far it is, and how long it will take, as far as the row goes. */
static void draw_job(const struct app *app, struct surface *surface, struct rect row,
                     const struct job *job)
{
    gboolean moving = job->kind == JOB_MIGRATE && job->state == JOB_RUNNING;
    gboolean brief = row.width < 64;
    g_autofree char *what = describe(job, brief);
    autoptr(fields) fields = fields_new();
    int x;

    if (moving) {
        int left = MIN(brief ? 12 : 30, row.width);

        x = MAX(left, surface_text(surface, row.x, row.y, MAX(left, row.width - 40), what,
                                   ROLE_TEXT, 0)) +
            1;
        x += draw_progress(app, surface, (struct rect){row.x + x, row.y, row.width - x, 1}, job);
        add_pace(fields, &app->scene, job);
    } else {
        x = surface_text(surface, row.x, row.y, row.width, what, state_role(job), 0) + 2;
        add_state(fields, &app->scene, job);
    }
    fields_draw(fields, surface, (struct rect){row.x + x, row.y, row.width - x, 1}, 2);
}

/* --- The part under the grid ----------------------------------------------------------------- */

static int job_rank(const struct job *job)
{
    if (job->state == JOB_QUEUED)
        return 3;
    if (job->kind != JOB_MIGRATE)
        return 2;
    return job->state == JOB_RUNNING ? 0 : 1;
}

static int compare_jobs(gconstpointer a, gconstpointer b)
{
    const struct job *x = *(const struct job *const *)a, *y = *(const struct job *const *)b;

    if (job_rank(x) != job_rank(y))
        return job_rank(x) - job_rank(y);
    return x->id < y->id ? -1 : x->id > y->id;
}

void jobs_part_draw(const struct app *app, struct surface *surface, struct rect rect)
{
    g_autoptr(GPtrArray) jobs = g_ptr_array_new();
    guint lines = (guint)MAX(1, rect.height), columns;
    int width;

    for (guint i = 0; i < app->scene.jobs->len; i++) {
        if (!job_is_over(g_ptr_array_index(app->scene.jobs, i)))
            g_ptr_array_add(jobs, g_ptr_array_index(app->scene.jobs, i));
    }
    g_ptr_array_sort(jobs, compare_jobs);
    columns = (MAX(1, app->scene.n_running) + lines - 1) / lines;
    columns = CLAMP(columns, 1, (guint)MAX(1, rect.width / COLUMN_WIDTH_LEAST));
    width = rect.width / (int)columns;
    for (guint i = 0; i < jobs->len && i < lines * columns; i++) {
        struct rect row = {rect.x + 1 + (int)(i % columns) * width, rect.y + (int)(i / columns),
                           width - 2, 1};

        draw_job(app, surface, row, g_ptr_array_index(jobs, i));
    }
}

/* --- All of them ----------------------------------------------------------------------------- */

/* Newest first: what goes on is at the top. */
static const struct job *job_at(const struct app *app, int line)
{
    int n = (int)app->scene.jobs->len;

    return line >= 0 && line < n ? g_ptr_array_index(app->scene.jobs, (guint)(n - 1 - line)) : NULL;
}

static void draw_line(const struct app *app, struct surface *surface, struct rect row,
                      const struct job *job, gboolean selected)
{
    struct rect rest = {row.x + 24, row.y, row.width - 24, 1};

    surface_printf(surface, row.x, row.y, 6, selected ? ROLE_SELECTED : ROLE_MUTED, 0, "%5u",
                   job->id);
    surface_text(surface, row.x + 6, row.y, 9, job_state_name(job->state), state_role(job), 0);
    surface_text(surface, row.x + 16, row.y, 8, job->origin == JOB_BY_HAND ? "by hand" : "auto",
                 ROLE_MUTED, 0);
    draw_job(app, surface, rest, job);
    if (selected)
        surface_recolour(surface, row, ROLE_SELECTED, 0);
}

/* Remembers the job under the cursor. */
static void choose(struct app *app)
{
    const struct job *job = job_at(app, app->jobs.cursor);

    app->chosen_job = job != NULL ? job->id : 0;
}

/* Puts the cursor back on the job that was chosen: newer ones have pushed it down since. */
static void find_chosen(struct app *app)
{
    int n = (int)app->scene.jobs->len;

    for (int line = app->jobs.cursor; app->chosen_job != 0 && line < n; line++) {
        if (job_at(app, line)->id == app->chosen_job) {
            app->jobs.cursor = line;
            return;
        }
    }
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

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    g_autofree char *note =
        g_strdup_printf("%u running, %u waiting, %u in all", app->scene.n_running,
                        app->scene.n_queued, app->scene.jobs->len);
    struct rect inside = view_frame(app, surface, area, "Jobs", note);

    app->jobs.has_cursor = TRUE;
    app->jobs.y = inside.y;
    find_chosen(app);
    list_fit(&app->jobs, (int)app->scene.jobs->len, inside.height - LIST_CHOSEN_LINES - 1);
    choose(app);
    if (app->jobs.n == 0)
        surface_text(surface, inside.x + 1, inside.y, inside.width - 1, "No jobs yet.", ROLE_MUTED,
                     0);
    for (int i = 0; i < app->jobs.height; i++) {
        const struct job *job = job_at(app, app->jobs.top + i);

        if (job != NULL)
            draw_line(app, surface, (struct rect){inside.x, inside.y + i, inside.width, 1}, job,
                      app->jobs.top + i == app->jobs.cursor);
    }
    inside.y += inside.height - LIST_CHOSEN_LINES;
    inside.height = LIST_CHOSEN_LINES;
    if (app->jobs.n > 0)
        draw_chosen(&app->scene, surface, inside, job_at(app, app->jobs.cursor));
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    (void)input;
    find_chosen(app);
    if (list_key(&app->jobs, action)) {
        choose(app);
        return TRUE;
    }
    if (action == ACTION_CONFIRM || action == ACTION_CANCEL_JOBS) {
        const struct job *job = job_at(app, app->jobs.cursor);

        if (job != NULL)
            action_cancel_job(app, job);
        return TRUE;
    }
    if (action == ACTION_POSTCOPY) {
        action_postcopy(app, job_at(app, app->jobs.cursor));
        return TRUE;
    }
    if (action != ACTION_CANCEL && action != ACTION_JOBS && action != ACTION_QUIT)
        return FALSE;
    app_open(app, &view_main);
    return TRUE;
}

static void mouse(struct app *app, const struct input *input)
{
    if (list_mouse(&app->jobs, input))
        choose(app);
}

const struct view view_jobs = {"Jobs", draw, key, mouse};
