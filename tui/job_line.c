#include "tui/job_line.h"

#include <string.h>

#include "core/base/text.h"
#include "core/engine/progress.h"
#include "tui/bar.h"
#include "tui/tile.h"
#include "tui/units.h"
#include "tui/view.h"

#define COLUMN_WIDTH_LEAST 38

/* --- One job --------------------------------------------------------------------------------- */

enum role job_line_role(const struct job *job)
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

char *job_line_rest(const struct job *job)
{
    gint64 expected_us = progress_expected_us(&job->progress);
    g_autofree char *rest = NULL;

    if (job->state != JOB_RUNNING || job->stuck || job->progress.left_bytes == 0 ||
        expected_us == PROGRESS_NOT_KNOWN || expected_us == PROGRESS_NEVER)
        return NULL;
    rest = progress_format_span(expected_us);
    return g_strdup_printf("about %s", rest);
}

char *job_line_elapsed(const struct scene *scene, const struct job *job)
{
    gint64 until_us = job_is_over(job) ? job->ended_at_us : scene->now_us;

    if (job->started_at_us == 0 || job->state == JOB_QUEUED)
        return NULL;
    return progress_format_span(MAX(0, until_us - job->started_at_us));
}

/* When it ends. */
static void add_end(struct fields *fields, const struct job *job)
{
    g_autofree char *rest = job_line_rest(job);
    g_autofree char *brief = NULL;

    if (job->stuck) {
        fields_add(fields, 1, ROLE_WARNING, 0, "stuck", "does not converge");
        return;
    }
    if (rest == NULL)
        return;
    brief = g_strdup_printf("%s left", rest + strlen("about "));
    fields_add(fields, 3, ROLE_MUTED, 0, brief, "%s left", rest);
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
                   UNITS_MIB(progress->speed_bytes_per_s));
    fields_add(fields, 2, ROLE_MUTED, 0, NULL, "%s", elapsed);
    add_end(fields, job);
    if (progress->left_bytes > 0)
        fields_add(fields, 5, ROLE_MUTED, 0, NULL, "%.0f MiB left",
                   UNITS_MIB(progress->left_bytes));
    if (progress->dirty_bytes_per_s > 0 && progress->stage == MIGRATE_STAGE_COPYING)
        fields_add(fields, 6, ROLE_MUTED, 0, NULL, "%.0f MiB/s written",
                   UNITS_MIB(progress->dirty_bytes_per_s));
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

const char *job_line_tells(const struct job *job)
{
    if (job->result != NULL)
        return job->result;
    if (job->state == JOB_VERIFYING)
        return verifying(job->kind);
    if (job->state == JOB_QUEUED)
        return "waits for its turn";
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

void job_line_draw_bar(const struct app *app, struct surface *surface, struct rect rect,
                       const struct job *job)
{
    guint permille = job_progress_permille(job);
    int cells = rect.width - 7;

    if (cells < 3)
        cells = 0;
    bar_draw(surface, rect.x, rect.y, cells, permille, app->ascii);
    surface_printf(surface, rect.x + cells + (cells > 0 ? 1 : 0), rect.y, MIN(6, rect.width),
                   ROLE_STRONG, 0, "%3u %%", permille / 10);
}

static int draw_progress(const struct app *app, struct surface *surface, struct rect row,
                         const struct job *job)
{
    int cells = row.width >= 60 ? 16 : 10;

    if (row.width < cells + 7)
        return 0;
    job_line_draw_bar(app, surface, (struct rect){row.x, row.y, cells + 7, 1}, job);
    return cells + 8;
}

char *job_line_describe(const struct job *job, gboolean brief)
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
void job_line_draw(const struct app *app, struct surface *surface, struct rect row,
                   const struct job *job)
{
    gboolean moving = job->kind == JOB_MIGRATE && job->state == JOB_RUNNING;
    gboolean brief = row.width < 64;
    g_autofree char *what = job_line_describe(job, brief);
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
        x = surface_text(surface, row.x, row.y, row.width, what, job_line_role(job), 0) + 2;
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
    return x->turn < y->turn ? -1 : x->turn > y->turn;
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

        job_line_draw(app, surface, row, g_ptr_array_index(jobs, i));
    }
}
