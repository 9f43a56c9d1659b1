#include "tests/support/random_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/command/command.h"
#include "core/driver/sim/sim.h"
#include "core/store/cluster_file.h"
#include "tests/support/driver_spy.h"
#include "tests/support/temp_dir.h"

gint random_rig_dice(struct random_rig *rig, gint low, gint end)
{
    return g_rand_int_range(rig->rolls, low, end);
}

gboolean random_rig_one_in(struct random_rig *rig, gint n)
{
    return random_rig_dice(rig, 0, n) == 0;
}

/* A lab of any size is a file of the store's kind. */
static char *write_config(const struct random_rig *rig)
{
    char *path = g_build_filename(rig->dir, "roost.conf", NULL);
    g_autofree char *text = g_strdup_printf("[cluster]\nstore=%s/store\n", rig->dir);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static char *write_lab(const struct random_rig *rig, guint n_hosts)
{
    char *path = g_build_filename(rig->dir, "large.xml", NULL);
    autoptr(cluster) lab = sim_lab_make(n_hosts, 2);
    g_autofree char *text = NULL;

    text = cluster_file_format(lab, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void open_session(struct random_rig *rig, guint n_hosts, guint32 seed)
{
    g_autofree char *config = write_config(rig);
    g_autofree char *lab = n_hosts > 0 ? write_lab(rig, n_hosts) : g_strdup("ercolani");
    const struct session_request request = {
        .config = config, .lab = lab, .seed = seed, .faults = "all", .console = TRUE};
    g_autoptr(GError) error = NULL;

    rig->session = session_open(&request, &rig->output, &error);
    g_assert_no_error(error);
    g_assert_true(session_observe(rig->session, &error));
    g_assert_true(session_wait_seen(rig->session, &error));
    rig->engine = rig->session->engine;
    if (!rig->readonly)
        return;
    /* The driver is left as it is: that it is never told anything is what is looked for. */
    engine_set_readonly(rig->engine);
    rig->session->limits.readonly = TRUE;
    driver_spy(rig->session->driver);
}

void random_rig_open(struct random_rig *rig, guint n_hosts, gboolean readonly, guint32 seed)
{
    static const struct command_hooks hooks;

    *rig = (struct random_rig){.rolls = g_rand_new_with_seed(seed),
                               .dir = temp_dir_new(),
                               .width = 80,
                               .height = 24,
                               .large = n_hosts > 0,
                               .readonly = readonly};
    rig->output = (struct output){.out = open_memstream(&rig->out, &rig->out_size),
                                  .err = open_memstream(&rig->err, &rig->err_size)};
    open_session(rig, n_hosts, seed);
    rig->screen = screen_offscreen_new(rig->width, rig->height);
    rig->app = app_new(rig->engine, rig->screen, keymap_load("default", NULL, NULL), NULL, TRUE);
    rig->app->session = rig->session;
    rig->app->hooks = &hooks;
    rig->app->readonly = readonly;
    rig->views = g_hash_table_new(NULL, NULL);
    app_read(rig->app);
}

void random_rig_close(struct random_rig *rig)
{
    const char *what = NULL;

    palette_run_cancel(rig->app, TRUE);
    app_free(rig->app);
    screen_free(rig->screen);
    driver_unspy(rig->session->driver);
    if (sim_sins(rig->session->driver, &what) > 0)
        g_error("the lab was harmed: %s", what);
    g_assert_true(session_close(rig->session, NULL));
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    fclose(rig->output.out);
    fclose(rig->output.err);
    free(rig->out);
    free(rig->err);
    g_hash_table_unref(rig->views);
    temp_dir_remove(rig->dir);
    g_free(rig->dir);
    g_rand_free(rig->rolls);
}
