/* random_judge.c - what may come of one input, and what never. */
#include <string.h>

#include "core/base/text.h"
#include "tests/support/driver_spy.h"
#include "tests/support/random_rig.h"
#include "tui/view.h"

#define ITERATIONS_MOST 400 /* of the main context, for a thread that is not done */
#define FIDDLES_MOST    60  /* inputs while one line runs; then it is cancelled */

/* What there was before an input, to judge by what came of it. */
struct before {
    gboolean asked;  /* a question was open, and this can answer it */
    gboolean typing; /* a line was being typed */
    gboolean seen;   /* the screen was large enough to show anything */
    guint n_held;
    char *held; /* the only one in hand; NULL = none, or many */
    guint marked_hosts, marked_vms;
    enum engine_mode mode;
    enum engine_goal goal;
    enum policy_kind policy;
    guint maintenance; /* hosts in it, as a sum that tells them apart */
    guint n_maintenance;
    guint broken_off; /* running jobs that are being cancelled */
};

struct outcome {
    guint jobs, moves;
};

static void count_hosts(const struct random_rig *rig, guint *n, guint *sum)
{
    const struct cluster *cluster = engine_cluster(rig->engine);

    *n = *sum = 0;
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];

        if (host->maintenance) {
            *sum += g_str_hash(host->name);
            ++*n;
        }
    }
}

static guint count_broken_off(const struct random_rig *rig)
{
    const GPtrArray *jobs = engine_jobs(rig->engine);
    guint n = 0;

    for (guint i = 0; i < jobs->len; i++) {
        const struct job *job = jobs->pdata[i];

        n += job->state == JOB_RUNNING && job->cancel_asked ? 1 : 0;
    }
    return n;
}

static struct before look(const struct random_rig *rig, const struct input *input)
{
    const struct app *app = rig->app;
    struct before before = {
        .asked = app->dialog != NULL && (input->kind == INPUT_KEY || input->kind == INPUT_PRESS),
        .typing = app->palette.open || app->prompt.open,
        .seen = rig->width >= APP_WIDTH_LEAST && rig->height >= APP_HEIGHT_LEAST,
        .n_held = drag_n(&app->drag),
        .marked_hosts = marks_n_hosts(&app->marks),
        .marked_vms = marks_n_vms(&app->marks),
        .mode = engine_mode(rig->engine),
        .goal = engine_goal(rig->engine),
        .policy = engine_settings(rig->engine)->policy.kind,
        .broken_off = count_broken_off(rig),
    };

    if (before.n_held == 1)
        before.held = g_strdup(app->drag.vm);
    count_hosts(rig, &before.n_maintenance, &before.maintenance);
    return before;
}

/* --- Jobs ------------------------------------------------------------------------------------ */

static gboolean can_act(const struct input *input)
{
    return input->kind == INPUT_KEY || input->kind == INPUT_PRESS || input->kind == INPUT_RELEASE;
}

/* Only one thing at a time, and only what harms nobody, is done without a question. */
static gboolean is_confirmed(const struct job *job, const struct before *before,
                             const struct outcome *outcome, const struct input *input)
{
    if (!can_act(input) || !before->seen)
        return FALSE;
    if (before->asked)
        return TRUE;
    if (before->typing || outcome->jobs != 1 || job->force || job->origin != JOB_BY_HAND)
        return FALSE;
    switch (job->kind) {
    case JOB_WAKE:
        return before->marked_hosts == 0;
    case JOB_START:
        return before->marked_vms == 0;
    case JOB_MIGRATE:
        return g_strcmp0(before->held, job->vm) == 0;
    default:
        return FALSE;
    }
}

static void for_new_jobs(struct random_rig *rig, void (*func)(const struct job *job, gpointer data),
                         gpointer data)
{
    const GPtrArray *jobs = engine_jobs(rig->engine);

    for (guint i = 0; i < jobs->len; i++) {
        if (((const struct job *)jobs->pdata[i])->id > rig->last_job)
            func(jobs->pdata[i], data);
    }
}

static void count_job(const struct job *job, gpointer data)
{
    struct outcome *outcome = data;

    outcome->jobs++;
    outcome->moves += job->kind == JOB_MIGRATE ? 1 : 0;
}

struct judging {
    struct random_rig *rig;
    const struct before *before;
    const struct outcome *outcome;
    const struct input *input;
};

static void judge_job(const struct job *job, gpointer data)
{
    const struct judging *judging = data;
    g_autofree char *text = job_describe(job);

    if (!is_confirmed(job, judging->before, judging->outcome, judging->input))
        g_error("job %u of %u, %s%s, was never confirmed (input %d, key %u, view %s)", job->id,
                judging->outcome->jobs, text, job->force ? ", forced" : "", judging->input->kind,
                judging->input->key, judging->rig->app->view->title);
}

static void pass_job(const struct job *job, gpointer data)
{
    guint *last = data;

    *last = MAX(*last, job->id);
}

static void pass_jobs(struct random_rig *rig)
{
    guint last = rig->last_job;

    for_new_jobs(rig, pass_job, &last);
    rig->last_job = last;
}

static void judge_jobs(struct random_rig *rig, const struct before *before,
                       const struct input *input)
{
    struct outcome outcome = {0};
    struct judging judging = {rig, before, &outcome, input};

    for_new_jobs(rig, count_job, &outcome);
    for_new_jobs(rig, judge_job, &judging);
    pass_jobs(rig);
    if (before->asked)
        rig->deeds[DEED_CONFIRMED] += outcome.jobs > 0 ? 1 : 0;
    else
        rig->deeds[DEED_MOVED_ONE] += outcome.moves;
    rig->deeds[DEED_MOVED_MANY] += outcome.moves > 1 ? 1 : 0;
}

/* What is kept of the lab: one host's maintenance is the only thing that is changed at a key. */
static void judge_settings(const struct random_rig *rig, const struct before *before)
{
    guint n, sum;

    count_hosts(rig, &n, &sum);
    if (before->asked && !rig->readonly)
        return;
    g_assert_cmpint(engine_mode(rig->engine), ==, before->mode);
    g_assert_cmpint(engine_goal(rig->engine), ==, before->goal);
    g_assert_cmpint(engine_settings(rig->engine)->policy.kind, ==, before->policy);
    g_assert_cmpuint(count_broken_off(rig), <=, before->broken_off);
    if (rig->readonly)
        g_assert_cmpuint(sum, ==, before->maintenance);
    else if (sum != before->maintenance)
        g_assert_true(before->marked_hosts == 0 && !before->typing &&
                      (n == before->n_maintenance + 1 || n + 1 == before->n_maintenance));
}

static void judge_readonly(const struct random_rig *rig)
{
    if (!rig->readonly)
        return;
    g_assert_cmpuint(engine_jobs(rig->engine)->len, ==, 0);
    g_assert_cmpuint(driver_spy_acts(), ==, 0);
    g_assert_cmpint(engine_mode(rig->engine), ==, ENGINE_MANUAL);
    g_assert_cmpuint(drag_n(&rig->app->drag), ==, 0);
}

/* --- The screen ------------------------------------------------------------------------------ */

/* Every cell is one grapheme that moves no cursor, and wide ones have their two cells. */
static void judge_surface(const struct surface *surface)
{
    for (int y = 0; y < surface->height; y++) {
        for (int x = 0; x < surface->width; x++) {
            const struct cell *cell = &surface->cells[y * surface->width + x];

            g_assert_cmpuint(cell->role, <, ROLE_COUNT);
            if (cell->width == 0) {
                g_assert_cmpint(x, >, 0);
                g_assert_cmpuint(cell[-1].width, ==, 2);
                continue;
            }
            g_assert_true(g_utf8_validate(cell->text, -1, NULL));
            g_assert_cmpstr(cell->text, !=, "");
            for (const char *at = cell->text; *at != '\0'; at = g_utf8_next_char(at))
                g_assert_false(g_unichar_iscntrl(g_utf8_get_char(at)));
            g_assert_cmpint(text_width(cell->text), ==, cell->width);
            if (cell->width == 2)
                g_assert_true(x + 1 < surface->width && cell[1].width == 0);
        }
    }
}

static void draw(struct random_rig *rig)
{
    screen_show(rig->screen, app_draw(rig->app, rig->width, rig->height));
    if (random_rig_one_in(rig, 10))
        judge_surface(rig->app->surface);
}

/* --- Inputs ---------------------------------------------------------------------------------- */

static void count_deeds(struct random_rig *rig)
{
    rig->deeds[DEED_HELD_MANY] += drag_n(&rig->app->drag) > 1 ? 1 : 0;
    rig->deeds[DEED_MARKED] += marks_n_hosts(&rig->app->marks) > 1 ? 1 : 0;
    rig->deeds[DEED_FILTERED] += rig->app->filter != NULL ? 1 : 0;
    g_hash_table_add(rig->views, (gpointer)rig->app->view);
}

void random_rig_input(struct random_rig *rig, struct input input)
{
    struct before before;

    app_read(rig->app);
    pass_jobs(rig);
    before = look(rig, &input);
    app_input(rig->app, &input);
    rig->app->leaving = APP_STAYS;
    app_read(rig->app);
    judge_jobs(rig, &before, &input);
    judge_settings(rig, &before);
    judge_readonly(rig);
    count_deeds(rig);
    draw(rig);
    g_free(before.held);
}

/* The console lives while a line runs; one that does not end by itself is cancelled. */
static gboolean fiddle(gpointer data)
{
    struct random_rig *rig = data;

    if (!palette_is_running(rig->app))
        return G_SOURCE_CONTINUE;
    if (++rig->fiddles < FIDDLES_MOST)
        random_rig_do(rig, TRUE);
    else
        palette_run_cancel(rig->app, TRUE);
    return G_SOURCE_CONTINUE;
}

/* What was typed, or chosen in the menu, is done from the main context. */
static void iterate(struct random_rig *rig)
{
    gboolean runs = palette_is_running(rig->app);
    guint before = rig->last_job, source = 0;

    rig->fiddles = 0;
    if (runs)
        source = g_idle_add(fiddle, rig);
    for (guint i = 0; i < ITERATIONS_MOST && g_main_context_iteration(NULL, FALSE); i++) {
        if (source != 0 && !palette_is_running(rig->app)) {
            g_source_remove(source);
            source = 0;
        }
    }
    if (source != 0)
        g_source_remove(source);
    pass_jobs(rig);
    rig->deeds[DEED_BY_LINE] += runs && rig->last_job > before ? 1 : 0;
}

static void judge_alone(const struct job *job, gpointer data)
{
    g_autofree char *text = job_describe(job);

    (void)data;
    if (job->origin == JOB_BY_HAND)
        g_error("job %u, %s, by hand, but nobody did anything", job->id, text);
}

void random_rig_let_pass(struct random_rig *rig)
{
    for (gint steps = random_rig_dice(rig, 1, rig->large ? 400 : 60); steps > 0; steps--)
        clock_step(rig->session->clock);
    for_new_jobs(rig, judge_alone, NULL);
    pass_jobs(rig);
    iterate(rig);
    if (random_rig_one_in(rig, 5))
        app_tick(rig->app);
    app_read(rig->app);
    judge_readonly(rig);
    draw(rig);
}
