/* view_job.c - everything about the chosen job. */
#include "tui/view.h"

#include "core/engine/progress.h"
#include "tui/about.h"
#include "tui/action.h"
#include "tui/job_line.h"
#include "tui/jobs_list.h"
#include "tui/sheet.h"
#include "tui/units.h"
#include "tui/wrap.h"

#define SAID_LINES 6

static const struct job *find_job(const struct app *app)
{
    for (guint i = app->scene.jobs->len; i > 0; i--) {
        const struct job *job = g_ptr_array_index(app->scene.jobs, i - 1);

        if (job->id == app->chosen_job || (job->order != 0 && job->order == app->chosen_job))
            return job;
    }
    return NULL;
}

/* --- The sheet ------------------------------------------------------------------------------- */

static void add_when(struct sheet *sheet, const struct scene *scene, const char *label,
                     gint64 at_us)
{
    gint64 age_us = scene->now_us - at_us;
    g_autofree char *time = NULL;

    if (at_us == 0)
        return;
    time = scene_time(scene, scene->wall_us - age_us,
                      age_us < CLOCK_DAY_US ? "%H:%M:%S" : "%a %d %b, %H:%M:%S");
    sheet_add(sheet, ROLE_TEXT, label, "%s", time);
}

static void add_course(struct sheet *sheet, const struct scene *scene, const struct job *job)
{
    g_autofree char *elapsed = job_line_elapsed(scene, job);

    sheet_add(sheet, job_line_role(job), "State", "%s%s", job_state_name(job->state),
              job->cancel_asked && !job_is_over(job) ? ", being cancelled" : "");
    sheet_add(sheet, ROLE_TEXT, "By", "%s%s", job->who != NULL ? job->who : "not known",
              job->origin == JOB_BY_HAND ? "" : ", automatic");
    add_when(sheet, scene, "Queued", job->queued_at_us);
    if (job->state != JOB_QUEUED)
        add_when(sheet, scene, "Began", job->started_at_us);
    if (job_is_over(job))
        add_when(sheet, scene, "Ended", job->ended_at_us);
    if (elapsed != NULL)
        sheet_add(sheet, ROLE_TEXT, job_is_over(job) ? "Took" : "For", "%s", elapsed);
    sheet_add(sheet, job->attempt > 1 ? ROLE_WARNING : ROLE_TEXT, "Try", "%u", job->attempt);
    if (!job_is_over(job) && job->not_before_us > scene->now_us) {
        g_autofree char *wait = progress_format_span(job->not_before_us - scene->now_us);

        sheet_add(sheet, ROLE_TEXT, "Waits", "%s more", wait);
    }
    if (job->force)
        sheet_add(sheet, ROLE_WARNING, "Forced", "past what spoke against it");
}

static const char *mode_name(enum migrate_mode mode)
{
    static const char *const names[] = {
        [MIGRATE_PRECOPY] = "pre-copy",
        [MIGRATE_POSTCOPY] = "post-copy",
        [MIGRATE_STOPANDCOPY] = "stop-and-copy",
    };

    return names[mode];
}

static const char *stage_name(enum migrate_stage stage)
{
    static const char *const names[] = {
        [MIGRATE_STAGE_COPYING] = "at the source, its RAM is copied",
        [MIGRATE_STAGE_PAUSED] = "at the source, paused",
        [MIGRATE_STAGE_FOLLOWING] = "at the target, its RAM follows",
    };

    return names[stage];
}

static void add_bytes(struct sheet *sheet, const struct migrate_progress *progress)
{
    if (progress->total_bytes > 0)
        sheet_add(sheet, ROLE_TEXT, "RAM sent", "%.0f of %.0f MiB", UNITS_MIB(progress->done_bytes),
                  UNITS_MIB(progress->total_bytes));
    if (progress->left_bytes > 0)
        sheet_add(sheet, ROLE_TEXT, "RAM left", "%.0f MiB", UNITS_MIB(progress->left_bytes));
    if (progress->speed_bytes_per_s > 0)
        sheet_add(sheet, ROLE_TEXT, "Speed", "%.1f MiB/s", UNITS_MIB(progress->speed_bytes_per_s));
    if (progress->dirty_bytes_per_s > 0)
        sheet_add(sheet, ROLE_TEXT, "Written", "%.1f MiB/s by the guest",
                  UNITS_MIB(progress->dirty_bytes_per_s));
    if (progress->pass > 0)
        sheet_add(sheet, ROLE_TEXT, "Pass", "%u over its RAM", progress->pass);
    if (progress->downtime_us > 0)
        sheet_add(sheet, ROLE_TEXT, "Stands still", "%.0f ms",
                  (double)progress->downtime_us / 1000.0);
}

static void add_migration(struct sheet *sheet, const struct job *job)
{
    g_autofree char *rest = job_line_rest(job);

    sheet_add(sheet, ROLE_TEXT, "From", "%s", job->from);
    sheet_add(sheet, ROLE_TEXT, "To", "%s", job->to);
    if (job->started_at_us != 0)
        sheet_add(sheet, ROLE_TEXT, "Mode", "%s", mode_name(job->mode));
    if (job->state == JOB_RUNNING) {
        sheet_add(sheet, ROLE_TEXT, "The guest", "%s", stage_name(job->progress.stage));
        sheet_add_bar(sheet, job_progress_permille(job), "Done", "%u %%",
                      job_progress_permille(job) / 10);
    }
    if (job->stuck && job->state == JOB_RUNNING)
        sheet_add(sheet, ROLE_WARNING, "Left", "it does not converge");
    else if (rest != NULL)
        sheet_add(sheet, ROLE_TEXT, "Left", "%s", rest);
    add_bytes(sheet, &job->progress);
}

static void add_what(struct sheet *sheet, const struct job *job)
{
    sheet_add(sheet, ROLE_TEXT, "Kind", "%s", job_kind_name(job->kind));
    if (job->vm != NULL)
        sheet_add(sheet, ROLE_TEXT, "VM", "%s", job->vm);
    if (job->mem_kib > 0)
        sheet_add(sheet, ROLE_TEXT, "Its RAM", "%" G_GUINT64_FORMAT " MiB", job->mem_kib / 1024);
    if (job->kind == JOB_MIGRATE)
        add_migration(sheet, job);
    else
        sheet_add(sheet, ROLE_TEXT, "Host", "%s", job->from);
}

/* --- Drawing --------------------------------------------------------------------------------- */

static int say(struct surface *surface, struct rect rect, enum role role, const char *label,
               const char *text)
{
    g_autofree char *whole = g_strdup_printf("%s%s", label, text != NULL ? text : "");

    if (text == NULL || *text == '\0')
        return 0;
    rect.height = MIN(SAID_LINES, rect.height);
    return wrap_draw(surface, rect, role, whole);
}

static struct rect below(struct rect rect, int lines)
{
    return (struct rect){rect.x, rect.y + lines, rect.width, MAX(0, rect.height - lines)};
}

/* Why, what came of it, and what is done otherwise than asked: in full. */
static struct rect draw_said(struct surface *surface, struct rect rect, const struct job *job)
{
    rect = below(rect, say(surface, rect, ROLE_TEXT, "why: ", job->why));
    rect = below(rect, say(surface, rect, job_line_role(job), "", job_line_tells(job)));
    return below(rect, say(surface, rect, ROLE_TEXT, "note: ", job->note));
}

static void draw_job(const struct app *app, struct surface *surface, struct rect rect,
                     const struct job *job)
{
    const struct about about = {.kind = "vm", .name = "", .job = job->id};
    g_autofree char *what = job_describe(job);
    guint columns = sheet_columns(rect.width - 2, 3);
    autoptr(sheet) sheet = sheet_new();
    struct rect room = {rect.x + 1, rect.y, rect.width - 2, rect.height};

    surface_text(surface, room.x, room.y, room.width, what, ROLE_STRONG, CELL_BOLD);
    room = draw_said(surface, below(room, 1), job);
    add_course(sheet, &app->scene, job);
    add_what(sheet, job);
    room = below(room, 1);
    room = below(room, sheet_draw(sheet, surface, room, columns, app->ascii) + 1);
    rect.height -= room.y - rect.y;
    rect.y = room.y;
    about_draw_part(app, surface, rect, &about);
}

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    const struct job *job = find_job(app);
    g_autofree char *title = g_strdup_printf("Job %u", job != NULL ? job->id : app->chosen_job);
    struct rect inside =
        view_frame(app, surface, area, title, job != NULL ? job_state_name(job->state) : NULL);

    if (job != NULL)
        draw_job(app, surface, inside, job);
    else
        surface_text(surface, inside.x + 1, inside.y, inside.width - 2,
                     "It is not kept any more: the journal has it.", ROLE_MUTED, 0);
}

/* --- Keys ------------------------------------------------------------------------------------ */

static void show_neighbour(struct app *app, const struct job *job, int step)
{
    g_autoptr(GPtrArray) jobs = jobs_list(app);
    guint place, n = jobs->len;

    if (n == 0)
        return;
    if (!g_ptr_array_find(jobs, job, &place))
        place = step > 0 ? n - 1 : 0;
    job = g_ptr_array_index(jobs, step > 0 ? (place + 1) % n : (place + n - 1) % n);
    app->chosen_job = job->id;
}

/* To the VM that it is about, or else the host. */
static void go_in(struct app *app, const struct job *job)
{
    const struct cluster *cluster = app->scene.cluster;
    const struct vm *vm = job->vm != NULL ? cluster_find_vm(cluster, job->vm) : NULL;
    const struct host *host = cluster_find_host(cluster, job->from);

    if (vm != NULL) {
        app_open(app, &view_vm);
        app_select_vm(app, vm);
    } else if (host != NULL) {
        app_open(app, &view_host);
        app_select_host(app, host);
    } else {
        app_say(app, ROLE_FOOTER, "what it was about is no longer in the cluster");
    }
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    const struct job *job = find_job(app);

    if (action == ACTION_CANCEL || action == ACTION_QUIT)
        return app_back(app);
    if (jobs_list_act(app, job, input, action))
        return TRUE;
    switch (action) {
    case ACTION_CURSOR_LEFT:
    case ACTION_CURSOR_UP:
        show_neighbour(app, job, -1);
        return TRUE;
    case ACTION_CURSOR_RIGHT:
    case ACTION_CURSOR_DOWN:
        show_neighbour(app, job, 1);
        return TRUE;
    case ACTION_CONFIRM:
        if (job != NULL)
            go_in(app, job);
        return TRUE;
    default:
        return FALSE;
    }
}

static void mouse(struct app *app, const struct input *input)
{
    if (input->kind == INPUT_WHEEL_UP || input->kind == INPUT_WHEEL_DOWN)
        show_neighbour(app, find_job(app), input->kind == INPUT_WHEEL_UP ? -1 : 1);
}

static const struct view_key keys[] = {
    {ACTION_CONFIRM, "into it", "go into the VM that it is about, or the host"},
    {ACTION_CANCEL_JOBS, "cancel", "cancel it; so do Delete and the key of the menu"},
    {ACTION_RETRY, "again", "what failed or was cancelled once more, after asking"},
    {ACTION_JOB_UP, "earlier", "let it start earlier, when it waits"},
    {ACTION_JOB_DOWN, "later", "let it start later, when it waits"},
    {ACTION_POSTCOPY, "", "its migration over to post-copy, after asking"},
    {ACTION_CURSOR_RIGHT, "next", "the next job of the list"},
    {ACTION_CURSOR_LEFT, "", "the one before"},
    {ACTION_CANCEL, "", "back"},
    {ACTION_NONE, NULL, NULL},
};

const struct view view_job = {"Job", draw, key, mouse, NULL, keys};
