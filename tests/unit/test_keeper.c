/*
 * test_keeper.c - whoever saves, or ends, waits for threads: nothing else may happen meanwhile. A
 * timer that is due by then would begin the next look, and who ends would free what that looks at.
 */
#include <stdlib.h>

#include "core/command/session.h"
#include "tests/support/temp_dir.h"

struct kept {
    char *dir;
    struct output output;
    char *said;
    size_t said_size;
    struct session *session;
    GSource *due; /* a timer of the keeper's, whose time has come */
};

static char *write_config(const char *dir)
{
    char *path = g_build_filename(dir, "roost.conf", NULL);
    g_autofree char *text = g_strdup_printf("[cluster]\nstore=%s/store\n", dir);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

/* Until there is something to be written to the history as well. */
static void step_minutes(struct clock *clock, guint minutes)
{
    gint64 until_us = clock_mono_us(clock) + minutes * CLOCK_MINUTE_US;

    while (clock_mono_us(clock) < until_us)
        clock_step(clock);
}

static void open_kept(struct kept *kept)
{
    g_autoptr(GError) error = NULL;

    *kept = (struct kept){.dir = temp_dir_new()};
    kept->output.out = kept->output.err = open_memstream(&kept->said, &kept->said_size);
    g_autofree char *config = write_config(kept->dir);
    const struct session_request request = {
        .config = config, .lab = "ercolani", .seed = 1, .console = TRUE};

    kept->session = session_open(&request, &kept->output, &error);
    g_assert_no_error(error);
    g_assert_true(session_observe(kept->session, &error));
    g_assert_true(session_wait_seen(kept->session, &error));
    step_minutes(kept->session->clock, 3);
    kept->due = g_main_context_find_source_by_user_data(NULL, kept->session->keeper);
    g_assert_nonnull(kept->due);
    g_source_ref(kept->due);
    g_source_set_ready_time(kept->due, 0);
}

static void close_kept(struct kept *kept)
{
    g_assert_true(session_close(kept->session, NULL));
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    g_source_unref(kept->due);
    fclose(kept->output.out);
    free(kept->said);
    temp_dir_remove(kept->dir);
    g_free(kept->dir);
}

/* One that was dispatched has another time. */
static void assert_still_due(const struct kept *kept)
{
    g_assert_cmpint(g_source_get_ready_time(kept->due), ==, 0);
}

static void test_saves(void)
{
    struct kept kept;
    g_autoptr(GError) error = NULL;

    open_kept(&kept);
    engine_note(kept.session->engine, "store", "done", FALSE, "a line for the journal");
    g_assert_true(session_save(kept.session, &error));
    g_assert_no_error(error);
    assert_still_due(&kept);
    close_kept(&kept);
}

static void test_ends(void)
{
    struct kept kept;

    open_kept(&kept);
    engine_note(kept.session->engine, "store", "done", FALSE, "a line for the journal");
    session_unobserve(kept.session);
    assert_still_due(&kept);
    g_assert_true(g_source_is_destroyed(kept.due));
    close_kept(&kept);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keeper/saves_undisturbed", test_saves);
    g_test_add_func("/keeper/ends_undisturbed", test_ends);
    return g_test_run();
}
