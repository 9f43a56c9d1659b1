#include "core/store/config_host.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/error.h"

static struct config *load_bytes(const char *bytes, gssize length, GPtrArray *warnings,
                                 GError **error)
{
    g_autofree char *dir = g_dir_make_tmp("roost-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "lab.conf", NULL);
    g_assert_true(g_file_set_contents(path, bytes, length, NULL));
    struct config *config = config_load(path, warnings, error);
    g_remove(path);
    g_rmdir(dir);
    return config;
}

static struct config *load(const char *text)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    struct config *config = load_bytes(text, -1, warnings, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(warnings->len, ==, 0);
    return config;
}

static void test_example_is_the_defaults(void)
{
    autoptr(config) config = config_new();
    g_autofree char *example = config_example();
    g_autoptr(GString) bare = g_string_new(example);
    autoptr(config) commented = load(example);
    /* With every option uncommented it must still load, and mean the same. */
    for (guint i = 0; i < config_n_options; i++) {
        const struct config_option *option = &config_options[i];
        g_autofree char *with = g_strdup_printf("\n#%s=%s\n", option->key, option->fallback);
        g_autofree char *without = g_strdup_printf("\n%s=%s\n", option->key, option->fallback);
        g_assert_nonnull(strstr(bare->str, with));
        if (*option->fallback)
            g_string_replace(bare, with, without, 0);
    }
    autoptr(config) written = load(bare->str);
    g_assert_cmpmem(&config->engine, sizeof config->engine, &commented->engine,
                    sizeof commented->engine);
    g_assert_cmpmem(&config->engine, sizeof config->engine, &written->engine,
                    sizeof written->engine);
    g_assert_cmpstr(written->cluster_name, ==, config->cluster_name);
    g_assert_cmpstr(written->ssh_user, ==, "root");
}

static void test_every_kind_of_value_is_read(void)
{
    autoptr(config) config =
        load("# a comment\n[cluster]\nname = Aula 3\n[ssh]\nport=2222\n[load]\nmin=.25\nmax=1.5\n"
             "[limits]\nvm_min_mib=32\n[policy]\nname=pairs\n[automatic]\nmode=always\n"
             "[migration]\nmode=stop-and-copy\nauto_converge=false\nbandwidth_mib=100\n"
             "[power]\nidle_watts=61.5\n");
    const struct engine_config *engine = &config->engine;
    g_assert_cmpstr(config->cluster_name, ==, "Aula 3");
    g_assert_cmpuint(config->ssh_port, ==, 2222);
    g_assert_cmpuint(engine->policy.load_min_permille, ==, 250);
    g_assert_cmpuint(engine->policy.load_max_permille, ==, 1500);
    g_assert_cmpuint(engine->policy.vm_min_kib, ==, 32 * 1024);
    g_assert_cmpint(engine->policy.kind, ==, POLICY_PAIRS);
    g_assert_cmpint(config->mode, ==, ENGINE_ALWAYS);
    g_assert_cmpint(engine->migration_mode, ==, MIGRATE_STOPANDCOPY);
    g_assert_false(engine->auto_converge);
    g_assert_cmpuint(engine->bandwidth_mib_per_s, ==, 100);
    g_assert_cmpfloat(engine->energy.idle_watts, ==, 61.5);
}

static void test_times_have_units(void)
{
    autoptr(config) config = load("[policy]\noff_worth=1.5 h\nrest=90\n[automatic]\npoll=3s\n"
                                  "cycle=2 min\n[power]\nwake_stagger=250 ms\n");
    const struct engine_config *engine = &config->engine;
    g_assert_cmpint(engine->policy.off_worth_us, ==, 90 * CLOCK_MINUTE_US);
    g_assert_cmpint(engine->policy.vm_rest_us, ==, 90 * CLOCK_SECOND_US);
    g_assert_cmpint(engine->poll_us, ==, 3 * CLOCK_SECOND_US);
    g_assert_cmpint(engine->policy.stale_after_us, ==, 6 * CLOCK_SECOND_US);
    g_assert_cmpint(engine->cycle_us, ==, 2 * CLOCK_MINUTE_US);
    g_assert_cmpint(engine->wake_stagger_us, ==, 250000);
}

static void test_paths_count_from_the_file(void)
{
    autoptr(config) config = load("[cluster]\nstore=shared/../lab\n[ssh]\nidentity=~/key\n"
                                  "known_hosts=/etc/keys\n");
    g_autofree char *key = g_build_filename(g_get_home_dir(), "key", NULL);
    g_autofree char *dir = g_path_get_dirname(config->path);
    g_autofree char *store = g_build_filename(dir, "lab", NULL);
    g_assert_cmpstr(config->store, ==, store);
    g_assert_cmpstr(config->ssh_identity, ==, key);
    g_assert_cmpstr(config->ssh_known_hosts, ==, "/etc/keys");
}

static void test_odd_but_right_files_are_read(void)
{
    autoptr(config) none = load("");
    autoptr(config) marked = load("\xef\xbb\xbf[load]\r\n  max = 0.8\r\n\r\n[empty]\r\n");
    g_assert_cmpuint(marked->engine.policy.load_max_permille, ==, 800);
    g_assert_cmpuint(none->engine.policy.load_max_permille, ==, 900);
    autoptr(config) unset = load("[cluster]\nstore=\n[hours]\nopen=\n[policy]\nstale=\n");
    g_assert_null(unset->store);
}

static void test_wrong_values_name_file_and_line(void)
{
    static const struct {
        const char *text;
        const char *place;
        const char *says;
    } cases[] = {
        {"[load]\nmax=high", ":2: [load] max: \"high\"", "decimal"},
        {"[load]\nmax=0,9", ":2: [load] max", "decimal"},
        {"[load]\nmax=nan", ":2: [load] max", "decimal"},
        {"[load]\nmax=-1", ":2: [load] max", "decimal"},
        {"[load]\nmax=0.9 # a lot", ":2: [load] max", "line of its own"},
        {"[load]\nmin=0.5\n\nmax=0.5", ":4: [load] max", "greater than min"},
        {"[load]\nmax=", ":2: [load] max", "decimal"},
        {"[load]\nmax=99999999999999999999999999999", ":2: [load] max", "decimal"},
        {"[ssh]\nport=0", ":2: [ssh] port", "1..65535"},
        {"[ssh]\nport=22.5", ":2: [ssh] port", "whole"},
        {"[ssh]\nidentity=~ana/key", ":2: [ssh] identity", "'~'"},
        {"[ssh]\nuser=a\\nb", ":2: [ssh] user", "control"},
        {"[ssh]\nuser=a\\qb", ":2: [ssh] user", "user"},
        {"[limits]\nvm_min_mib=0", ":2: [limits] vm_min_mib", "1.."},
        {"[limits]\nmigrations=999999999999999999", ":2: [limits] migrations", "1..1024"},
        {"[automatic]\ncycle=1 h", ":2: [automatic] cycle", "15 min"},
        {"[automatic]\ncycle=10 parsecs", ":2: [automatic] cycle", "is not a time"},
        {"[automatic]\nmode=auto", ":2: [automatic] mode", "manual, hours, always"},
        {"[policy]\nstale=5 s", ":2: [policy] stale", "[automatic] poll"},
        {"[migration]\nauto_converge=maybe", ":2: [migration] auto_converge", "true nor false"},
        {"[hours]\nopen=Mon-Fry 9-17", ":2: [hours] open", "Fry"},
        {"[hours]\nholidays=yesterday", ":2: [hours] holidays", "yesterday"},
        {"[hours]\ntimezone=Mars/Olympus", ":2: [hours] timezone", "Mars"},
        {"[hours]\ntimezone=../../../etc/passwd", ":2: [hours] timezone", "passwd"},
        {"[load]\n[a\x1b[31m]", ":2: ", "[name]"},
        {"[load]\n[a]b]", ":2: ", "[name]"},
        {"max=1", ":1: ", "[group]"},
        {"[load]\nmaximum", ":2: ", "key=value"},
        {"[load\n", ":1: ", "[name]"},
        {"[load]\nmax=\xff", ":2: ", "UTF-8"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(load_bytes(cases[i].text, -1, NULL, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
        g_test_message("%s", error->message);
        g_autofree char *place = g_strconcat("lab.conf", cases[i].place, NULL);
        g_assert_nonnull(strstr(error->message, place));
        g_assert_nonnull(strstr(error->message, cases[i].says));
    }
}

static void test_unknown_keys_are_told_with_the_nearest(void)
{
    static const char *const cases[][3] = {
        {"[load]\nmaks=1", ":2: [load] maks", "Did you mean [load] max?"},
        {"[limits]\nvm_min_mb=1", ":2: [limits] vm_min_mb", "Did you mean [limits] vm_min_mib?"},
        {"[memory]\nvm_min_mib=1", ":2: [memory] vm_min_mib", "Did you mean [limits] vm_min_mib?"},
        {"[load]\nzzzzzzzz=1", ":2: [load] zzzzzzzz", "no such option: ignored"},
        {"[load]\nmax=1\nmax=0.8", ":3: [load] max", "already set in line 2"},
        {"[host a]\nuri=x\n[host b]\nurl=y", ":4: [host b] url", "Did you mean [host] uri?"},
        {"[host a]\nuri=x\n[host a]\nuri=y", ":4: [host a] uri", "already set in line 2"},
        {"[hosts a]\nuri=x", ":2: [hosts a] uri", "Did you mean"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        autoptr(config) config = load_bytes(cases[i][0], -1, warnings, NULL);
        g_assert_nonnull(config);
        g_assert_cmpuint(warnings->len, ==, 1);
        g_test_message("%s", (char *)warnings->pdata[0]);
        g_assert_nonnull(strstr(warnings->pdata[0], cases[i][1]));
        g_assert_nonnull(strstr(warnings->pdata[0], cases[i][2]));
    }
}

static void test_warnings_are_not_heaped_up(void)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) text = g_string_new("[load]\n");
    for (guint i = 0; i < 5000; i++)
        g_string_append_printf(text, "wrong%u=1\n", i);
    autoptr(config) config = load_bytes(text->str, -1, warnings, NULL);
    g_assert_nonnull(config);
    g_assert_cmpuint(warnings->len, ==, 101);
    g_assert_nonnull(strstr(warnings->pdata[100], "and more"));
}

static void test_what_is_no_file_is_refused(void)
{
    static const char *const paths[] = {"/nowhere/lab.conf", "/dev", "/dev/zero"};
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(config_load(paths[i], NULL, &error));
        g_assert_nonnull(error);
        g_assert_true(g_str_has_prefix(error->message, paths[i]));
    }
}

static void test_every_option_has_help_and_a_place(void)
{
    for (guint i = 0; i < config_n_options; i++) {
        const struct config_option *option = &config_options[i];
        g_assert_true(config_find_option(option->group, option->key) == option);
        g_assert_true(g_str_has_suffix(option->help, "."));
        for (guint j = 0; j < i; j++)
            g_assert_cmpuint(config_options[j].offset, !=, option->offset);
        g_assert_true((option->choices != NULL) == (option->type == CONFIG_CHOICE));
    }
    g_assert_null(config_find_option("load", "mix"));
}

/* One host's uri, wake command and off command, as "URI WAKE OFF". */
static char *settings_of(const struct config *config, const char *name, const char *address)
{
    struct config_host host;
    config_host_find(config, name, address, &host);
    return g_strdup_printf("%s %s %s", host.uri ? host.uri : "-",
                           host.wake_command ? host.wake_command : "-",
                           host.off_command ? host.off_command : "-");
}

static void test_a_host_has_settings_of_its_own(void)
{
    autoptr(config) config = load("[libvirt]\nuri=all://\n[power]\nwake_command=wakeall\n"
                                  "[host pc0*]\nwake_command=pattern\noff_command=pattern\n"
                                  "[host pc01  10.0.0.2]\nwake_command=own\n"
                                  "[host pc03]\nuri=lxc:///\nwake_command=\n"
                                  "[host 10.0.1.*]\noff_command=net\n");
    static const struct {
        const char *name;
        const char *address;
        const char *settings;
    } cases[] = {
        {"pc01", "10.0.0.1", "all:// own pattern"}, {"pc02", "10.0.0.2", "all:// own pattern"},
        {NULL, "10.0.0.2", "all:// own -"}, /* before it told its name */
        {"pc03", "10.0.0.3", "lxc:/// - pattern"},  {"pc10", "10.0.1.1", "all:// wakeall net"},
        {"PC01", "10.0.0.9", "all:// wakeall -"},   {"pc0*", "10.0.0.9", "all:// pattern pattern"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = settings_of(config, cases[i].name, cases[i].address);
        g_assert_cmpstr(found, ==, cases[i].settings);
    }
}

static void test_wrong_host_groups_name_file_and_line(void)
{
    static const char *const cases[][3] = {
        {"[host]\nuri=x", ":2: ", "[host NAME]"},
        {"[host  ]\nuri=x", ":2: ", "which host"},
        {"[host pc01]\n\nmac=52:54:00:12:34", ":3: [host pc01] mac", "is not a MAC"},
        {"[host pc01]\nmac=52:54:00:12:34:5g", ":2: [host pc01] mac", "is not a MAC"},
        {"[host pc01]\nmac=52:54:00:12:34:567", ":2: [host pc01] mac", "is not a MAC"},
        {"[host pc01]\nbroadcast=10.0.0", ":2: [host pc01] broadcast", "numeric IPv4"},
        {"[host pc01]\nbroadcast=fe80::1", ":2: [host pc01] broadcast", "numeric IPv4"},
        {"[host pc01]\nwake_command=ipmi {adress}", ":2: [host pc01] wake_command",
         "write {address}"},
        {"[power]\ncut_command=plug {Mac}", ":2: [power] cut_command", "write {mac}"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(load_bytes(cases[i][0], -1, NULL, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
        g_test_message("%s", error->message);
        g_assert_nonnull(strstr(error->message, cases[i][1]));
        g_assert_nonnull(strstr(error->message, cases[i][2]));
    }
}

static void test_host_options_are_those_for_all(void)
{
    for (guint i = 0; i < config_n_host_options; i++) {
        const struct config_option *option = &config_host_options[i];
        g_assert_true(config_host_find_option(option->key) == option);
        g_assert_true(g_str_has_suffix(option->help, "."));
        g_assert_cmpstr(option->fallback, ==, "");
        for (guint j = 0; j < i; j++)
            g_assert_cmpuint(config_host_options[j].offset, !=, option->offset);
    }
    g_assert_null(config_host_find_option("url"));
}

static void test_mutations_never_crash(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20260701);
    g_autofree char *example = config_example();
    g_autofree char *dir = g_dir_make_tmp("roost-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "lab.conf", NULL);
    g_autoptr(GString) valid = g_string_new(example);
    guint loaded = 0;
    g_string_replace(valid, "\n#", "\n", 0);
    for (guint round = 0; round < 3000; round++) {
        g_autoptr(GString) text = g_string_new(example);
        for (gint i = g_rand_int_range(random, 1, 6); i > 0; i--) {
            gsize at = (gsize)g_rand_int_range(random, 0, (gint32)text->len - 40);
            gsize many = (gsize)g_rand_int_range(random, 1, 40);
            if (g_rand_boolean(random))
                text->str[at] = (char)g_rand_int_range(random, 0, 256);
            else
                g_string_insert_len(text, (gssize)at,
                                    valid->str +
                                        g_rand_int_range(random, 0, (gint32)valid->len - 40),
                                    (gssize)many);
        }
        FILE *file = fopen(path, "w"); /* no fsync: there are thousands */
        g_assert_cmpuint(fwrite(text->str, 1, text->len, file), ==, text->len);
        fclose(file);
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        autoptr(config) config = config_load(path, warnings, &error);
        g_assert_true((config == NULL) == (error != NULL));
        loaded += config ? 1 : 0;
    }
    g_assert_cmpuint(loaded, >, 100);
    g_remove(path);
    g_rmdir(dir);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/config/example_is_the_defaults", test_example_is_the_defaults);
    g_test_add_func("/store/config/every_kind_of_value_is_read", test_every_kind_of_value_is_read);
    g_test_add_func("/store/config/times_have_units", test_times_have_units);
    g_test_add_func("/store/config/paths_count_from_the_file", test_paths_count_from_the_file);
    g_test_add_func("/store/config/odd_but_right_files_are_read",
                    test_odd_but_right_files_are_read);
    g_test_add_func("/store/config/wrong_values_name_file_and_line",
                    test_wrong_values_name_file_and_line);
    g_test_add_func("/store/config/unknown_keys_are_told_with_the_nearest",
                    test_unknown_keys_are_told_with_the_nearest);
    g_test_add_func("/store/config/warnings_are_not_heaped_up", test_warnings_are_not_heaped_up);
    g_test_add_func("/store/config/what_is_no_file_is_refused", test_what_is_no_file_is_refused);
    g_test_add_func("/store/config/every_option_has_help_and_a_place",
                    test_every_option_has_help_and_a_place);
    g_test_add_func("/store/config/a_host_has_settings_of_its_own",
                    test_a_host_has_settings_of_its_own);
    g_test_add_func("/store/config/wrong_host_groups_name_file_and_line",
                    test_wrong_host_groups_name_file_and_line);
    g_test_add_func("/store/config/host_options_are_those_for_all",
                    test_host_options_are_those_for_all);
    g_test_add_func("/store/config/mutations_never_crash", test_mutations_never_crash);
    return g_test_run();
}
