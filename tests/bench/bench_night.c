/* bench_night.c - one simulated night of 62 hosts: design.md allows it 50 ms. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/command/night.h"

#define BUDGET_MS 50.0
#define NIGHTS    9

static double run_once_ms(const struct cluster *lab, enum policy_kind policy, guint64 seed)
{
    struct night_options options = {.seed = seed, .policy = policy};
    struct night_result result;
    clock_t begun = clock(); /* processor time: others may be at work on this machine */

    night_run(lab, &options, NULL, &result);
    g_free(result.sin);
    return (double)(clock() - begun) * 1000 / CLOCKS_PER_SEC;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The median of some nights, each of another seed. */
static void bench(const struct cluster *lab, const char *name, enum policy_kind policy)
{
    double ms[NIGHTS];

    for (guint i = 0; i < NIGHTS; i++)
        ms[i] = run_once_ms(lab, policy, i + 1);
    qsort(ms, NIGHTS, sizeof ms[0], compare_doubles);
    printf("%s\t%.1f ms\t%.0f ms\t%s\n", name, ms[NIGHTS / 2], BUDGET_MS,
           ms[NIGHTS / 2] < BUDGET_MS ? "ok" : "MISSED");
}

int main(void)
{
    autoptr(cluster) lab = sim_lab_ercolani();

    bench(lab, "night of 62 hosts, pack", POLICY_PACK);
    bench(lab, "night of 62 hosts, pairs", POLICY_PAIRS);
    return 0;
}
