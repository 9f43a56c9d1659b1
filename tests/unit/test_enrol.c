/* Files and scripts of enrolment: known_hosts, roost's own key, what is done on a host. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/error.h"
#include "core/driver/libvirt/enrol_script.h"
#include "core/driver/libvirt/enrol_tell.h"
#include "core/driver/libvirt/known_hosts.h"
#include "core/driver/libvirt/own_key.h"

#define KEY_A "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAjvWEQSJzjYYWUFjmh9jmrRwrBuzlbCEIzAyXmfZYHd"
#define KEY_B "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9Y4l0OtXqkqYP9xOqv0ZCDJlVKqzeGR1zMsa2T7Fz1"

/* A directory of each test's own, with its home in it. */
struct place {
    char *directory;
    char *path;
};

static void place_set_up(struct place *place, gconstpointer ignored)
{
    (void)ignored;
    place->directory = g_dir_make_tmp("roost-enrol-XXXXXX", NULL);
    place->path = g_build_filename(place->directory, ".ssh", "file", NULL);
}

static void place_tear_down(struct place *place, gconstpointer ignored)
{
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", place->directory);

    (void)ignored;
    g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
    g_free(place->directory);
    g_free(place->path);
}

static char *contents(const char *path)
{
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static guint mode_of(const char *path)
{
    struct stat status;

    g_assert_cmpint(stat(path, &status), ==, 0);
    return status.st_mode & 0777;
}

/* --- known_hosts --- */

static void test_known_hosts_is_made_and_added_to(struct place *place, gconstpointer ignored)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *directory = g_path_get_dirname(place->path);
    g_autofree char *text = NULL;

    (void)ignored;
    g_assert_true(known_hosts_add(place->path, "10.0.0.7", 22, KEY_A, &error));
    g_assert_true(known_hosts_add(place->path, "10.0.0.8", 2222, KEY_B, &error));
    g_assert_true(known_hosts_add(place->path, "10.0.0.7", 22, KEY_A, &error));
    g_assert_no_error(error);
    text = contents(place->path);
    g_assert_cmpstr(text, ==, "10.0.0.7 " KEY_A "\n[10.0.0.8]:2222 " KEY_B "\n");
    g_assert_cmpuint(mode_of(place->path), ==, 0600);
    g_assert_cmpuint(mode_of(directory), ==, 0700);
}

static void test_known_hosts_keeps_what_is_there(struct place *place, gconstpointer ignored)
{
    g_autofree char *directory = g_path_get_dirname(place->path);
    g_autofree char *text = NULL;

    (void)ignored;
    g_mkdir(directory, 0755);
    g_assert_true(g_file_set_contents(place->path, "# mine\nhalf a line", -1, NULL));
    g_chmod(place->path, 0644);
    g_assert_true(known_hosts_add(place->path, "10.0.0.7", 22, KEY_A, NULL));
    text = contents(place->path);
    g_assert_cmpstr(text, ==, "# mine\nhalf a line\n10.0.0.7 " KEY_A "\n");
    g_assert_cmpuint(mode_of(place->path), ==, 0644);
}

static void test_known_hosts_takes_nothing_but_keys(struct place *place, gconstpointer ignored)
{
    static const char *const cases[] = {
        "",
        "ssh-ed25519",
        "ssh-ed25519 ",
        KEY_A " comment",
        KEY_A "\n@revoked * " KEY_B,
        "ssh-ed25519 AAA'A",
        "SSH AAAA",
        "ssh-ed25519  AAAA",
        "ssh-ed25519 AA=AA",
    };

    (void)ignored;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("%s", cases[i]);
        g_assert_false(known_hosts_is_key(cases[i]));
        g_assert_false(known_hosts_add(place->path, "10.0.0.7", 22, cases[i], &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    }
    g_assert_false(g_file_test(place->path, G_FILE_TEST_EXISTS));
    g_assert_true(known_hosts_is_key(KEY_A));
}

/* For other hosts: by address alone, whatever else the line names, hashed or not. */
static void test_known_hosts_are_told_by_address(struct place *place, gconstpointer ignored)
{
    const char *const addresses[] = {"10.0.0.7", "10.0.0.9", "10.0.0.8", NULL};
    g_autofree char *directory = g_path_get_dirname(place->path);
    g_autofree char *joined = NULL;
    g_auto(GStrv) lines = NULL;
    g_auto(GStrv) none = known_hosts_lines(place->path, addresses, 22, NULL);

    (void)ignored;
    g_assert_cmpuint(g_strv_length(none), ==, 0);
    g_mkdir(directory, 0700);
    g_assert_true(g_file_set_contents(place->path,
                                      "# 10.0.0.7 " KEY_B "\n"
                                      "pc07,10.0.0.7 " KEY_A " a comment\n"
                                      "@revoked 10.0.0.8 " KEY_A "\n"
                                      "10.0.0.70 " KEY_B "\nrubbish\n\n"
                                      "10.0.0.8 " KEY_B "\n",
                                      -1, NULL));
    lines = known_hosts_lines(place->path, addresses, 22, NULL);
    joined = g_strjoinv("|", lines);
    g_assert_cmpstr(joined, ==, "10.0.0.7 " KEY_A "|10.0.0.8 " KEY_B);
}

/* --- roost's own key --- */

static void test_own_key_is_made_once(struct place *place, gconstpointer ignored)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *beside = g_strconcat(place->path, ".pub", NULL);
    g_autofree char *line = NULL;
    g_autofree char *written = NULL;
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;

    (void)ignored;
    g_assert_true(own_key_ensure(place->path, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(mode_of(place->path), ==, 0600);
    first = contents(place->path);
    line = own_key_public(place->path, &error);
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(line, "ssh-ed25519 AAAA"));
    written = contents(beside);
    g_strchomp(written);
    g_assert_cmpstr(written, ==, line);
    g_assert_true(own_key_ensure(place->path, &error));
    second = contents(place->path);
    g_assert_cmpstr(first, ==, second);
}

static void test_own_key_leaves_nothing_half_made(struct place *place, gconstpointer ignored)
{
    g_autofree char *below = g_build_filename(place->path, "below", NULL);
    g_autofree char *directory = g_path_get_dirname(place->path);
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) unreadable = NULL;

    (void)ignored;
    g_mkdir(directory, 0700);
    g_assert_true(g_file_set_contents(place->path, "not a key", -1, NULL));
    g_assert_false(own_key_ensure(below, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
    g_assert_null(own_key_public(place->path, &unreadable));
    g_assert_error(unreadable, ROOST_ERROR, ROOST_ERROR_AUTH);
}

/* --- What is done on a host, done here with another home --- */

static gboolean run_script(const struct place *place, const char *script, char **key,
                           GError **error)
{
    g_autofree char *file = g_build_filename(place->directory, "script", NULL);
    g_autofree char *command =
        g_strdup_printf("sh -c 'HOME=%s exec sh <%s'", place->directory, file);
    g_autofree char *output = NULL;

    g_assert_true(g_file_set_contents(file, script, -1, NULL));
    g_assert_true(g_spawn_command_line_sync(command, &output, NULL, NULL, NULL));
    return enrol_tell_read(output, strlen(output), key, NULL, error);
}

static char *authorized(const struct place *place)
{
    g_autofree char *path = g_build_filename(place->directory, ".ssh", "authorized_keys", NULL);

    return contents(path);
}

static void test_authorized_keys_keeps_and_adds(struct place *place, gconstpointer ignored)
{
    const char *const first[] = {KEY_A " roost", NULL};
    const char *const both[] = {KEY_A " roost", KEY_B, NULL};
    g_autofree char *one = enrol_script_keys(first, NULL, FALSE);
    g_autofree char *two = enrol_script_keys(both, NULL, FALSE);
    g_autofree char *path = g_build_filename(place->directory, ".ssh", "authorized_keys", NULL);
    g_autofree char *after_one = NULL;
    g_autofree char *after_two = NULL;
    g_autofree char *after_three = NULL;

    (void)ignored;
    g_assert_true(run_script(place, one, NULL, NULL));
    after_one = authorized(place);
    g_assert_cmpstr(after_one, ==, KEY_A " roost\n");
    g_assert_cmpuint(mode_of(path), ==, 0600);
    g_assert_true(g_file_set_contents(path, "# a\n" KEY_A " roost\nfrom=\"*\" x y", -1, NULL));
    g_assert_true(run_script(place, two, NULL, NULL));
    after_two = authorized(place);
    g_assert_cmpstr(after_two, ==, "# a\n" KEY_A " roost\nfrom=\"*\" x y\n" KEY_B "\n");
    g_assert_true(run_script(place, two, NULL, NULL));
    after_three = authorized(place);
    g_assert_cmpstr(after_three, ==, after_two);
}

static void test_a_failure_on_a_host_says_why(struct place *place, gconstpointer ignored)
{
    const char *const keys[] = {KEY_A, NULL};
    g_autofree char *script = enrol_script_keys(keys, NULL, FALSE);
    g_autofree char *in_the_way = g_build_filename(place->directory, ".ssh", NULL);
    g_autoptr(GError) error = NULL;

    (void)ignored;
    g_assert_true(g_file_set_contents(in_the_way, "a file", -1, NULL));
    g_assert_false(run_script(place, script, NULL, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, ".ssh cannot be made"));
}

static void test_a_host_has_a_key_made_once(struct place *place, gconstpointer ignored)
{
    const char *const known[] = {"10.0.0.7 " KEY_A, NULL};
    g_autofree char *script = enrol_script_keys(NULL, known, TRUE);
    g_autofree char *path = g_build_filename(place->directory, ".ssh", "known_hosts", NULL);
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    g_autofree char *text = NULL;
    g_autofree char *keygen = g_find_program_in_path("ssh-keygen");
    g_autoptr(GError) error = NULL;

    (void)ignored;
    if (!keygen) {
        g_test_skip("ssh-keygen is not installed");
        return;
    }
    run_script(place, script, &first, &error);
    g_assert_no_error(error);
    g_assert_true(run_script(place, script, &second, NULL));
    g_assert_true(known_hosts_is_key(first));
    g_assert_cmpstr(first, ==, second);
    text = contents(path);
    g_assert_cmpstr(text, ==, "10.0.0.7 " KEY_A "\n");
}

static void test_answers_are_read_with_suspicion(void)
{
    static const char *const bad[] = {
        "",
        "roost-begin\nroost-end\n",
        "roost-begin\ndone keys\n",
        "done keys\n",
        "roost-begin\nfailed \033[2Jdisk full\nroost-end\n",
    };
    static const char hostile[] =
        "motd\nroost-begin\nkey ssh-ed25519 AAAA';rm -rf /\ndone keys\nroost-end\n";
    g_autofree char *key = NULL;
    g_autofree char *done = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(enrol_tell_read(bad[i], strlen(bad[i]), NULL, NULL, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
        g_assert_null(strchr(error->message, '\033'));
    }
    g_assert_true(enrol_tell_read(hostile, strlen(hostile), &key, &done, NULL));
    g_assert_null(key);
    g_assert_cmpstr(done, ==, "keys");
}

/* Only its form can be tried here: what it does takes a host (tests/lab/test_enrol.sh). */
static void test_arming_is_a_script(struct place *place, gconstpointer ignored)
{
    g_autofree char *script = enrol_script_arm("192.0.2.77");
    g_autofree char *file = g_build_filename(place->directory, "script", NULL);
    g_autofree char *command = g_strdup_printf("sh -n %s", file);
    g_autoptr(GError) error = NULL;
    int status = -1;

    (void)ignored;
    g_assert_true(g_file_set_contents(file, script, -1, NULL));
    g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    g_assert_false(run_script(place, script, NULL, &error));
    g_assert_nonnull(strstr(error->message, "no interface has the address 192.0.2.77"));
}

static void add(const char *path, void (*test)(struct place *, gconstpointer))
{
    g_test_add(path, struct place, NULL, place_set_up, test, place_tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/enrol/known_hosts_is_made_and_added_to", test_known_hosts_is_made_and_added_to);
    add("/enrol/known_hosts_keeps_what_is_there", test_known_hosts_keeps_what_is_there);
    add("/enrol/known_hosts_takes_nothing_but_keys", test_known_hosts_takes_nothing_but_keys);
    add("/enrol/known_hosts_are_told_by_address", test_known_hosts_are_told_by_address);
    add("/enrol/own_key_is_made_once", test_own_key_is_made_once);
    add("/enrol/own_key_leaves_nothing_half_made", test_own_key_leaves_nothing_half_made);
    add("/enrol/authorized_keys_keeps_and_adds", test_authorized_keys_keeps_and_adds);
    add("/enrol/a_failure_on_a_host_says_why", test_a_failure_on_a_host_says_why);
    add("/enrol/a_host_has_a_key_made_once", test_a_host_has_a_key_made_once);
    g_test_add_func("/enrol/answers_are_read_with_suspicion", test_answers_are_read_with_suspicion);
    add("/enrol/arming_is_a_script", test_arming_is_a_script);
    return g_test_run();
}
