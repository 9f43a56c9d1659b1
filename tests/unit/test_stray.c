#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "tui/stray.h"

/* Standard error is a terminal in these tests; what arrives there is read at the other end. */
struct fixture {
    int master, before;
};

static void fixture_init(struct fixture *fixture)
{
    int slave;

    g_assert_cmpint(openpty(&fixture->master, &slave, NULL, NULL, NULL), ==, 0);
    fcntl(fixture->master, F_SETFL, O_NONBLOCK);
    fixture->before = dup(STDERR_FILENO);
    dup2(slave, STDERR_FILENO);
    close(slave);
}

static void fixture_clear(struct fixture *fixture)
{
    dup2(fixture->before, STDERR_FILENO);
    close(fixture->before);
    close(fixture->master);
}

/* What has been written to the terminal since the last call. */
static char *shown(struct fixture *fixture)
{
    GString *text = g_string_new(NULL);
    char bytes[4096];
    ssize_t length;

    while ((length = read(fixture->master, bytes, sizeof bytes)) > 0)
        g_string_append_len(text, bytes, length);
    return g_string_free(text, FALSE);
}

static void test_keeps_off_the_screen(void)
{
    struct fixture fixture;
    g_autofree char *meanwhile = NULL, *after = NULL;

    fixture_init(&fixture);
    stray_hold();
    fprintf(stderr, "libvirt: a warning with \033[2J in it\nand no end");
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    meanwhile = shown(&fixture);
    stray_release();
    after = shown(&fixture);
    fixture_clear(&fixture);
    g_assert_cmpstr(meanwhile, ==, "");
    g_assert_nonnull(strstr(after, "libvirt: a warning with "));
    g_assert_null(strchr(after, '\033'));
    g_assert_nonnull(strstr(after, "and no end\r\n"));
}

static void test_a_flood_blocks_nobody_and_shows_its_end(void)
{
    struct fixture fixture;
    g_autofree char *after = NULL;

    fixture_init(&fixture);
    stray_hold();
    for (int i = 0; i < 100000; i++)
        dprintf(STDERR_FILENO, "line %d\n", i);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    dprintf(STDERR_FILENO, "the last one\n");
    stray_release();
    after = shown(&fixture);
    fixture_clear(&fixture);
    g_assert_nonnull(strstr(after, "the last one\r\n"));
    g_assert_nonnull(strstr(after, "roost: the last 10 of "));
    g_assert_cmpuint(strlen(after), <, 11 * 80);
}

static void test_emergency_tells_what_nobody_has_read(void)
{
    struct fixture fixture;
    g_autofree char *after = NULL;

    fixture_init(&fixture);
    stray_hold();
    fprintf(stderr, "an assertion failed\n");
    stray_emergency_release();
    stray_emergency_release();
    fprintf(stderr, "and then this\n");
    after = shown(&fixture);
    stray_release();
    fixture_clear(&fixture);
    g_assert_cmpstr(after, ==, "an assertion failed\r\nand then this\r\n");
}

static void test_redirected_stays_as_it_is(void)
{
    int before = dup(STDERR_FILENO), ends[2];
    char bytes[16] = "";

    g_assert_cmpint(pipe(ends), ==, 0);
    dup2(ends[1], STDERR_FILENO);
    stray_hold();
    fprintf(stderr, "logged");
    g_assert_cmpint(read(ends[0], bytes, sizeof bytes), ==, 6);
    stray_release();
    dup2(before, STDERR_FILENO);
    close(before);
    close(ends[0]);
    close(ends[1]);
    g_assert_cmpstr(bytes, ==, "logged");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stray/keeps_off_the_screen", test_keeps_off_the_screen);
    g_test_add_func("/stray/a_flood_blocks_nobody_and_shows_its_end",
                    test_a_flood_blocks_nobody_and_shows_its_end);
    g_test_add_func("/stray/emergency_tells_what_nobody_has_read",
                    test_emergency_tells_what_nobody_has_read);
    g_test_add_func("/stray/redirected_stays_as_it_is", test_redirected_stays_as_it_is);
    return g_test_run();
}
