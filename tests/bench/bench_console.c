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

/* How the grid is looked at. */
struct look {
    const char *name;
    enum arrange_order order;
    enum arrange_group group;
    enum grid_zoom zoom;
    const char *filter; /* in the open prompt, which counts what it leaves; NULL = none */
};

static const struct look plain = {"", ARRANGE_BY_CLUSTER, ARRANGE_UNGROUPED, GRID_ZOOM_AUTOMATIC};
static const struct look by_load = {"by load", ARRANGE_BY_LOAD, ARRANGE_UNGROUPED,
                                    GRID_ZOOM_AUTOMATIC};
static const struct look by_name = {"by name", ARRANGE_BY_NAME, ARRANGE_UNGROUPED,
                                    GRID_ZOOM_AUTOMATIC};
static const struct look by_state = {"by state", ARRANGE_BY_CLUSTER, ARRANGE_BY_STATE,
                                     GRID_ZOOM_AUTOMATIC};
static const struct look by_rack = {"by rack, by name", ARRANGE_BY_NAME, ARRANGE_BY_RACK,
                                    GRID_ZOOM_AUTOMATIC};
static const struct look heat = {"heat map", ARRANGE_BY_CLUSTER, ARRANGE_UNGROUPED, GRID_ZOOM_HEAT};
static const struct look cards = {"cards", ARRANGE_BY_CLUSTER, ARRANGE_UNGROUPED, GRID_ZOOM_CARDS};

static const struct look by_text = {"filter by text", ARRANGE_BY_CLUSTER, ARRANGE_UNGROUPED,
                                    GRID_ZOOM_AUTOMATIC, "pc1 !state:over"};
static const struct look by_glob = {"filter by glob", ARRANGE_BY_CLUSTER, ARRANGE_UNGROUPED,
                                    GRID_ZOOM_AUTOMATIC, "vm:vm*7"};
static const struct look by_regex = {"filter by /expression/", ARRANGE_BY_CLUSTER,
                                     ARRANGE_UNGROUPED, GRID_ZOOM_AUTOMATIC, "/[13]7$/"};

/* Each frame differs from the one before by the load of one host, as on a quiet evening. */
static void measure(guint n_hosts, guint vms_each, int width, int height, double budget_ms,
                    const struct look *look)
{
    autoptr(stage) stage = stage_new(n_hosts);
    double start, each;

    stage->app->arrangement.order = look->order;
    stage->app->arrangement.group = look->group;
    stage->app->zoom = look->zoom;
    for (guint i = 0; i < n_hosts; i++)
        stage_host(stage, i + 1)->rack = g_strdup_printf("R%u", i / 40);

    for (guint i = 0; i < n_hosts * (vms_each - 1); i++) {
        g_autofree char *name = g_strdup_printf("vm%06u", i);
        struct vm *vm =
            cluster_add_vm(stage->cluster, stage_host(stage, i % n_hosts + 1), name, NULL);

        vm->state = VM_RUNNING;
        vm->mem_kib = 256 * 1024;
    }
    screen_show(stage->screen, stage_draw(stage, width, height));
    if (look->filter != NULL) {
        struct input paste = {.kind = INPUT_PASTE, .text = (char *)look->filter};

        prompt_open(stage->app);
        app_input(stage->app, &paste);
    }
    start = cpu_ms();
    for (guint i = 0; i < FRAMES; i++) {
        stage_host(stage, i % n_hosts + 1)->load15_permille = (gint)(i % 900);
        screen_show(stage->screen, stage_draw(stage, width, height));
    }
    each = (cpu_ms() - start) / FRAMES;
    g_print("console: frame of %5u hosts, %5u VMs at %3dx%-3d %8.3f ms  (budget %.0f ms)%s%s%s\n",
            n_hosts, n_hosts * vms_each, width, height, each, budget_ms, *look->name ? "  " : "",
            look->name, each > budget_ms ? "  OVER" : "");
}

int main(void)
{
    const struct look *const looks[] = {&by_load, &by_name, &by_state, &by_rack, &heat,
                                        &cards,   &by_text, &by_glob,  &by_regex};

    measure(62, 1, 80, 24, 1, &plain);
    measure(62, 1, 200, 50, 1, &plain);
    measure(1000, 1, 80, 24, 4, &plain);
    measure(1000, 8, 200, 50, 4, &plain);
    measure(10000, 8, 200, 50, 16, &plain);
    for (guint i = 0; i < G_N_ELEMENTS(looks); i++) {
        measure(62, 1, 200, 50, 1, looks[i]);
        measure(1000, 8, 200, 50, 4, looks[i]);
        measure(10000, 8, 200, 50, 16, looks[i]);
    }
    return 0;
}
