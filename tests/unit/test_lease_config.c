/* [lease] of the configuration. */
#include "core/store/lease_config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/base/error.h"

static struct config *load(const char *text, GError **error)
{
    g_autofree char *dir = g_dir_make_tmp("roost-lease-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "lab.conf", NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    struct config *config = config_load(path, NULL, error);
    (void)g_remove(path);
    (void)g_rmdir(dir);
    return config;
}

static void test_defaults_are_those_of_the_contract(void)
{
    autoptr(config) config = config_new();
    struct lease_settings settings = lease_config_settings(config);
    g_assert_null(settings.endpoints);
    g_assert_null(settings.dir);
    g_assert_cmpint(settings.beat_us, ==, 1000000);
    g_assert_cmpint(settings.valid_us, ==, 4000000);
    g_assert_cmpint(settings.expiry_us, ==, 6000000);
}

static void test_etcd_is_taken_over(void)
{
    g_autoptr(GError) error = NULL;
    autoptr(config) config = load("[lease]\nkind=etcd\nendpoints=https://a:1, http://b:2/\n"
                                  "ca_file=/ca.pem\nprefix=/lab/\nexpiry=10 s\n",
                                  &error);
    g_assert_no_error(error);
    struct lease_settings settings = lease_config_settings(config);
    g_assert_cmpstr(settings.endpoints, ==, "https://a:1, http://b:2/");
    g_assert_cmpstr(settings.prefix, ==, "/lab/");
    g_assert_cmpstr(settings.ca_file, ==, "/ca.pem");
    g_assert_null(settings.cert_file);
    g_assert_cmpint(settings.expiry_us, ==, 10000000);
}

/* Endpoints that are written but not asked for are no lease in etcd. */
static void test_store_has_no_endpoints(void)
{
    autoptr(config) config = load("[lease]\nendpoints=http://a:1\n", NULL);
    g_assert_nonnull(config);
    g_assert_null(lease_config_settings(config).endpoints);
}

static void test_what_does_not_go_together_is_refused(void)
{
    static const char *const cases[][2] = {
        {"[lease]\nvalid=6 s\nexpiry=6 s", ":3: [lease] expiry: expiry must be longer"},
        {"[lease]\nvalid=6 s", ":2: [lease] valid: expiry must be longer"},
        {"[lease]\nexpiry=4 s", ":2: [lease] expiry: expiry must be longer"},
        {"[lease]\nbeat=3 s", ":2: [lease] beat: valid must be at least twice beat"},
        {"[lease]\nbeat=0 s", ":2: [lease] beat: "},
        {"[lease]\nkind=zookeeper", ":2: [lease] kind: "},
        {"[lease]\nkind=etcd", ":2: [lease] kind: etcd needs endpoints"},
        {"[lease]\nkind=etcd\nendpoints=a:1", ":3: [lease] endpoints: \"a:1\" is no endpoint"},
        {"[lease]\nkind=etcd\nendpoints=http://a:1\ncert_file=/c", ":4: [lease] cert_file: "},
        {"[lease]\nkind=etcd\nendpoints=http://a:1\nkey_file=/c", ":4: [lease] key_file: "},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(load(cases[i][0], &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
        g_test_message("%s", error->message);
        g_assert_nonnull(strstr(error->message, cases[i][1]));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/lease_config/defaults_are_those_of_the_contract",
                    test_defaults_are_those_of_the_contract);
    g_test_add_func("/store/lease_config/etcd_is_taken_over", test_etcd_is_taken_over);
    g_test_add_func("/store/lease_config/store_has_no_endpoints", test_store_has_no_endpoints);
    g_test_add_func("/store/lease_config/what_does_not_go_together_is_refused",
                    test_what_does_not_go_together_is_refused);
    return g_test_run();
}
