/* test_user_state.c - where a user's state is kept, and that it is not just anywhere. */
#include "core/base/user_state.h"

static void test_in_the_state_folder(void)
{
    g_setenv("XDG_STATE_HOME", "/var/tmp/state", TRUE);
    g_autofree char *path = user_state_path("history");
    g_autofree char *folder = user_state_path(NULL);

    g_assert_cmpstr(path, ==, "/var/tmp/state/roost/history");
    g_assert_cmpstr(folder, ==, "/var/tmp/state/roost");
}

/* A path that is not absolute would be below whatever folder roost was started in. */
static void test_nowhere_without_a_home(void)
{
    g_setenv("XDG_STATE_HOME", "state", TRUE);
    g_assert_null(user_state_path("history"));
    g_unsetenv("XDG_STATE_HOME");
    g_assert_null(user_state_path("history"));
}

int main(int argc, char **argv)
{
    g_setenv("HOME", "", TRUE); /* GLib looks at it once */
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/user_state/in_the_state_folder", test_in_the_state_folder);
    g_test_add_func("/user_state/nowhere_without_a_home", test_nowhere_without_a_home);
    return g_test_run();
}
