/* bench_console.c - what a frame costs: counting and composing it, and finding what changed. */
#include <time.h>

#include "tests/support/stage.h"

#define FRAMES 400

static double cpu_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Each frame differs from the one before by the load of one host, as on a quiet evening. */
static void measure(guint n_hosts, guint vms_each, int width, int height, double budget_ms)
{
    autoptr(stage) stage = stage_new(n_hosts);
    double start, each;

    for (guint i = 0; i < n_hosts * (vms_each - 1); i++) {
        g_autofree char *name = g_strdup_printf("vm%06u", i);
        struct vm *vm =
            cluster_add_vm(stage->cluster, stage_host(stage, i % n_hosts + 1), name, NULL);

        vm->state = VM_RUNNING;
        vm->mem_kib = 256 * 1024;
    }
    screen_show(stage->screen, stage_draw(stage, width, height));
    start = cpu_ms();
    for (guint i = 0; i < FRAMES; i++) {
        stage_host(stage, i % n_hosts + 1)->load15_permille = (gint)(i % 900);
        screen_show(stage->screen, stage_draw(stage, width, height));
    }
    each = (cpu_ms() - start) / FRAMES;
    g_print("console: frame of %5u hosts, %5u VMs at %3dx%-3d %8.3f ms  (budget %.0f ms)%s\n",
            n_hosts, n_hosts * vms_each, width, height, each, budget_ms,
            each > budget_ms ? "  OVER" : "");
}

int main(void)
{
    measure(62, 1, 80, 24, 1);
    measure(62, 1, 200, 50, 1);
    measure(1000, 1, 80, 24, 4);
    measure(1000, 8, 200, 50, 4);
    measure(10000, 8, 200, 50, 16);
    return 0;
}
