#include "tui/plan_sum.h"

#include <math.h>

#include "core/engine/job.h"

/* A gigabit network, where no migration has been seen yet; and what each takes besides its RAM. */
#define NETWORK_KIB_PER_S (112.0 * 1024)
#define MOVE_LEAST_S      2.0
#define WAKE_S            60.0
#define OFF_S             20.0

/* Of the jobs that are remembered, so many of the last ones are asked how fast they were. */
#define JOBS_ASKED 200

/* KiB a second that one migration gets while others run too; 0 = none was seen. */
static double seen_kib_per_s(const struct scene *scene)
{
    guint first = scene->jobs->len > JOBS_ASKED ? scene->jobs->len - JOBS_ASKED : 0;
    double kib = 0, seconds = 0;

    for (guint i = first; i < scene->jobs->len; i++) {
        const struct job *job = g_ptr_array_index(scene->jobs, i);

        if (job->kind != JOB_MIGRATE || job->state != JOB_DONE ||
            job->ended_at_us <= job->started_at_us)
            continue;
        kib += (double)job->mem_kib;
        seconds += (double)(job->ended_at_us - job->started_at_us) / CLOCK_SECOND_US;
    }
    return seconds > 0 ? kib / seconds : 0;
}

/* How many can run at once: hosts limit that as the lab does. */
static guint at_once(const struct plan *plan, const gboolean *chosen,
                     const struct engine_config *config)
{
    g_autoptr(GHashTable) sources = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) targets = g_hash_table_new(g_str_hash, g_str_equal);
    guint out, in;

    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);

        if (step->action != PLAN_MIGRATE || (chosen != NULL && !chosen[i]))
            continue;
        g_hash_table_add(sources, (gpointer)step->from);
        g_hash_table_add(targets, (gpointer)step->to);
    }
    out = g_hash_table_size(sources) * MAX(1, config->migrations_out_most);
    in = g_hash_table_size(targets) * MAX(1, config->migrations_in_most);
    return MAX(1, MIN(MIN(out, in), MAX(1, config->migrations_most)));
}

static gint64 estimate_us(const struct plan *plan, const gboolean *chosen,
                          const struct plan_sum *sum, const struct scene *scene)
{
    guint lanes = at_once(plan, chosen, scene->settings);
    double each = seen_kib_per_s(scene), seconds;

    if (each > 0)
        seconds = (double)sum->moved_kib / each / lanes;
    else
        seconds = (double)sum->moved_kib / NETWORK_KIB_PER_S + sum->moves * MOVE_LEAST_S / lanes;
    seconds += sum->wakes > 0 ? WAKE_S : 0;
    seconds += sum->offs > 0 ? OFF_S : 0;
    return (gint64)(seconds * CLOCK_SECOND_US);
}

struct plan_sum plan_sum_of(const struct plan *plan, const gboolean *chosen,
                            const struct scene *scene)
{
    const struct energy_config *energy = &scene->settings->energy;
    struct plan_sum sum = {0};

    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);

        if (chosen != NULL && !chosen[i])
            continue;
        sum.steps++;
        sum.moves += step->action == PLAN_MIGRATE ? 1 : 0;
        sum.wakes += step->action == PLAN_WAKE ? 1 : 0;
        sum.offs += step->action == PLAN_OFF ? 1 : 0;
        sum.moved_kib += step->action == PLAN_MIGRATE ? step->mem_kib : 0;
    }
    sum.watts_saved =
        ((double)sum.offs - (double)sum.wakes) * (energy->idle_watts - energy->off_watts);
    sum.us = estimate_us(plan, chosen, &sum, scene);
    return sum;
}

char *plan_sum_ram(guint64 kib)
{
    if (kib < 1024 * 1024)
        return g_strdup_printf("%" G_GUINT64_FORMAT " MiB", kib / 1024);
    return g_strdup_printf("%.1f GiB", (double)kib / (1024 * 1024));
}

char *plan_sum_watts(double watts)
{
    return fabs(watts) < 1000 ? g_strdup_printf("%.0f W", watts)
                              : g_strdup_printf("%.1f kW", watts / 1000);
}

static void add_word(GString *words, guint n, const char *one, const char *many)
{
    if (n > 0)
        g_string_append_printf(words, "%s%u %s", words->len > 0 ? ", " : "", n,
                               n == 1 ? one : many);
}

char *plan_sum_words(const struct plan_sum *sum)
{
    GString *words = g_string_new(NULL);
    g_autofree char *ram = plan_sum_ram(sum->moved_kib);

    add_word(words, sum->wakes, "wake", "wakes");
    add_word(words, sum->moves, "move", "moves");
    if (sum->moves > 0)
        g_string_append_printf(words, " (%s)", ram);
    add_word(words, sum->offs, "switch-off", "switch-offs");
    if (words->len == 0)
        g_string_append(words, "nothing");
    return g_string_free(words, FALSE);
}
