#include "core/store/cluster_file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/error.h"

/* Each case reads from a file of its own, which is gone afterwards. */
static struct cluster *load_bytes(const char *bytes, gssize length, GPtrArray *warnings,
                                  GError **error)
{
    g_autofree char *dir = g_dir_make_tmp("roost-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "c.xml", NULL);
    g_assert_true(g_file_set_contents(path, bytes, length, NULL));
    struct cluster *cluster = cluster_file_load(path, warnings, error);
    g_remove(path);
    g_rmdir(dir);
    return cluster;
}

static struct cluster *load_well(const char *text)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    struct cluster *cluster = load_bytes(text, -1, warnings, &error);
    g_assert_no_error(error);
    if (warnings->len)
        g_test_message("%s", (char *)warnings->pdata[0]);
    g_assert_cmpuint(warnings->len, ==, 0);
    return cluster;
}

/* Loads what has one fault, checks that the one warning tells it, and gives what is left. */
static struct cluster *load_warned(const char *text, const char *place, const char *says)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    struct cluster *cluster = load_bytes(text, -1, warnings, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(warnings->len, ==, 1);
    g_test_message("%s", (char *)warnings->pdata[0]);
    g_assert_nonnull(strstr(warnings->pdata[0], place));
    g_assert_nonnull(strstr(warnings->pdata[0], says));
    return cluster;
}

static void refuse_bytes(const char *bytes, gssize length, const char *says)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(load_bytes(bytes, length, NULL, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, says));
    g_assert_nonnull(strstr(error->message, "c.xml:"));
}

static void refuse(const char *text, const char *says)
{
    refuse_bytes(text, -1, says);
}

static const char full[] =
    "<cluster name='Lab &amp; &lt;Co&gt;' version='1' written='2026-07-01T22:07:14Z'>\n"
    "  <host name='pc01' address='10.0.0.1' state='on' mac='52-54-00-AA-00-01' wake='armed'\n"
    "    broadcast='10.0.0.255' cpus='2' mem-mib='2048' load15='0.41' cpu='0.125' vm-max='6'\n"
    "    cpu-model='Broadwell' hypervisor='L&#233;C' can-migrate='no' maintenance='yes' note='fan "
    "&#10;\"loud\"' rack='R1' room='aula 2' lab='Ercolani' users='ana bob'>\n"
    "    <vm name='web' state='running' mem-mib='256' vcpus='1' cpu='1.5' home='pc02' pin='pc01'\n"
    "      group='dns' mac='52:54:00:01:00:01' uuid='u-1' persistent='no'/>\n"
    "    <vm name='odd' state='paused' mem-kib='300001'/>\n"
    "  </host>\n"
    "  <host name='pc02' address='fe80::2' role='manager' state='unreachable'/>\n"
    "</cluster>\n";

static void check_place(const struct host *host)
{
    g_assert_cmpstr(host->rack, ==, "R1");
    g_assert_cmpstr(host->room, ==, "aula 2");
    g_assert_cmpstr(host->lab, ==, "Ercolani");
}

static void check_host(const struct host *host)
{
    g_assert_cmpstr(host->name, ==, "pc01");
    g_assert_cmpint(host->role, ==, HOST_NODE);
    g_assert_cmpint(host->state, ==, HOST_ON);
    g_assert_cmpstr(host->mac, ==, "52:54:00:aa:00:01");
    g_assert_cmpint(host->wake, ==, HOST_WAKE_ARMED);
    g_assert_cmpstr(host->broadcast, ==, "10.0.0.255");
    g_assert_cmpuint(host->cpus, ==, 2);
    g_assert_cmpuint(host->mem_kib, ==, 2048 * 1024);
    g_assert_cmpint(host->load15_permille, ==, 410);
    g_assert_cmpint(host->cpu_permille, ==, 125);
    g_assert_cmpuint(host->vm_max, ==, 6);
    g_assert_cmpstr(host->cpu_model, ==, "Broadwell");
    g_assert_cmpstr(host->hypervisor, ==,
                    "L\xc3\xa9"
                    "C");
    g_assert_cmpint(host->can_migrate, ==, HOST_MIGRATION_UNABLE);
    g_assert_true(host->maintenance);
    g_assert_cmpstr(host->note, ==, "fan \n\"loud\"");
    check_place(host);
    g_assert_cmpint(host->seen_at_us, ==, 0);
}

static void check_full(const struct cluster *cluster)
{
    const struct host *host = cluster_find_host(cluster, "10.0.0.1");
    g_assert_cmpstr(cluster->name, ==, "Lab & <Co>");
    g_assert_cmpuint(cluster->hosts->len, ==, 2);
    check_host(host);
    g_assert_cmpstr(cluster_manager(cluster)->name, ==, "pc02");
    const struct vm *vm = cluster_find_vm(cluster, "web");
    g_assert_true(vm->host == host);
    g_assert_cmpint(vm->state, ==, VM_RUNNING);
    g_assert_cmpuint(vm->mem_kib, ==, 256 * 1024);
    g_assert_cmpuint(vm->vcpus, ==, 1);
    g_assert_cmpint(vm->cpu_permille, ==, 1500);
    g_assert_cmpstr(vm->home, ==, "pc02");
    g_assert_cmpstr(vm->pin, ==, "pc01");
    g_assert_cmpstr(vm->group, ==, "dns");
    g_assert_cmpstr(vm->uuid, ==, "u-1");
    g_assert_false(vm->persistent);
    g_assert_cmpuint(cluster_find_vm(cluster, "odd")->mem_kib, ==, 300001);
    g_assert_true(cluster_find_vm(cluster, "odd")->persistent);
}

static void test_every_attribute_arrives(void)
{
    autoptr(cluster) cluster = load_well(full);
    check_full(cluster);
    const struct host *host = cluster_find_host(cluster, "pc01");
    g_assert_cmpuint(g_strv_length(host->users), ==, 2);
    g_assert_cmpstr(host->users[1], ==, "bob");
}

static void test_what_is_written_reads_back(void)
{
    autoptr(cluster) cluster = load_well(full);
    g_autofree char *text = cluster_file_format(cluster, G_GINT64_CONSTANT(1782943634000000));
    g_assert_nonnull(strstr(text, "written=\"2026-07-01T22:07:14Z\""));
    g_assert_nonnull(strstr(text, " load15=\"0.41\" cpu=\"0.125\""));
    g_assert_null(strstr(text, "users"));
    autoptr(cluster) again = load_well(text);
    check_full(again);
    g_autofree char *second = cluster_file_format(again, G_GINT64_CONSTANT(1782943634000000));
    g_assert_cmpstr(text, ==, second);
}

static void test_host_file_has_no_loads(void)
{
    autoptr(cluster) cluster = load_well(full);
    g_autofree char *text = cluster_file_format_host(cluster_find_host(cluster, "pc01"));
    g_assert_null(strstr(text, "load15"));
    g_assert_null(strstr(text, " cpu="));
    g_assert_nonnull(strstr(text, "<vm name=\"web\""));
}

static void test_least_is_enough(void)
{
    autoptr(cluster) cluster = load_well("<cluster><host name='a' address='::1'/></cluster>");
    const struct host *host = cluster_find_host(cluster, "a");
    g_assert_cmpint(host->state, ==, HOST_OFF);
    g_assert_cmpint(host->role, ==, HOST_MANAGER);
    g_assert_cmpint(host->load15_permille, ==, -1);
    g_assert_null(host->users);
}

#define HOST_A "<host name='a' address='10.0.0.1'"

static void test_wrong_values_leave_the_rest(void)
{
    static const struct {
        const char *text;
        const char *says;
    } cases[] = {
        {HOST_A " cpus='two'/>", "cpus=\"two\""},
        {HOST_A " cpus='-1'/>", "cpus"},
        {HOST_A " cpus='99999999999999999999'/>", "cpus"},
        {HOST_A " load15='0,41'/>", "load15"},
        {HOST_A " load15='nan'/>", "load15"},
        {HOST_A " load15='1e3'/>", "load15"},
        {HOST_A " load15='0x10'/>", "load15"},
        {HOST_A " load15=''/>", "load15"},
        {HOST_A " cpu='1.001'/>", "cpu"},
        {HOST_A " mem-mib='99999999999'/>", "mem-mib"},
        {HOST_A " mac='52:54:00:00:00'/>", "mac"},
        {HOST_A " broadcast='everyone'/>", "broadcast"},
        {HOST_A " state='asleep'/>", "off, waking, on, stopping, unreachable"},
        {HOST_A " maintenance='1'/>", "maintenance"},
        {HOST_A " colour='red'/>", "\"colour\""},
        {HOST_A "/><printer><host/></printer>", "<printer>"},
        {HOST_A "><vm/></host>", "vm without a name"},
        {HOST_A "><vm name='&#27;[2J'/></host>", "control"},
        {HOST_A "><vm name='a/b'/></host>", "'/'"},
        {HOST_A "><vm name='x' home='zz'/></host>", "its home is not a host"},
        {HOST_A "/><vm name='x'/>", "is in no <host>"},
        {HOST_A "/><host name='a' address='10.0.0.2'/>", "already in the cluster"},
        {HOST_A "/><host name='b' address='10.0.0.1'/>", "already in the cluster"},
        {HOST_A "/><host name='b' address='../../etc/passwd'/>", "not a numeric"},
        {HOST_A "/><host name='b'/>", "has no address"},
        {HOST_A "/><host address='10.0.0.7'/>", "host 10.0.0.7: has no name"},
        {HOST_A " role='manager'/><host name='b' address='10.0.0.2' role='manager'/>", "manager"},
        {HOST_A "><vm name='x'/></host><host name='b' address='10.0.0.2'><vm name='x'/></host>",
         "already in the cluster, on a"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        gboolean control = strstr(cases[i].text, "&#27;") != NULL;
        g_autofree char *text = g_strdup_printf("<cluster>\n\n%s</cluster>", cases[i].text);
        if (control) { /* XML itself refuses it: the whole file is not XML */
            refuse(text, "c.xml:3:");
            continue;
        }
        gboolean after_all = strstr(cases[i].says, "its home") != NULL;
        autoptr(cluster) cluster =
            load_warned(text, after_all ? "c.xml:" : "c.xml:3:", cases[i].says);
        g_assert_nonnull(cluster_find_host(cluster, "a"));
    }
}

static void test_what_is_no_cluster_is_refused(void)
{
    refuse("", "c.xml:1:");
    refuse("hello", "c.xml:1:");
    refuse("<lab/>", "first element is not <cluster>");
    refuse("<cluster>\n<host name='a' address='10.0.0.1'>\n", "c.xml:3:");
    refuse("<cluster version='0'/>", "is no format version");
    refuse("<cluster version='one'/>", "is no format version");
    refuse("<cluster>\n&nobody;\n</cluster>", "c.xml:2:");
    refuse("<cluster a='1' a='2'/>", "c.xml:1:");
    refuse("<?xml version='1.0' encoding='klingon'?><cluster/>", "c.xml:1:");
    refuse_bytes("<cluster>\0</cluster>", 20, "c.xml:1:");
    refuse_bytes("\xff\xfe<\0c\0", 6, "c.xml:");
    refuse("<cluster name='\xff\xff'/>", "c.xml:1:");
}

/* What a newer roost wrote may be right: it is no damage, and another error. */
static void test_newer_versions_are_told_apart(void)
{
    static const char *const newer[] = {"<cluster version='2'/>", "<cluster version='17'/>"};
    for (guint i = 0; i < G_N_ELEMENTS(newer); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(load_bytes(newer[i], -1, NULL, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
        g_assert_nonnull(strstr(error->message, "c.xml:1: was written by a newer roost"));
    }
    autoptr(cluster) old = load_well("<cluster/>");
    autoptr(cluster) present = load_well("<cluster version='1'/>");
}

static void test_doctypes_and_entities_are_refused(void)
{
    refuse("<!DOCTYPE cluster [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>\n<cluster>&b;</cluster>",
           "DOCTYPE");
    refuse("<!DOCTYPE c SYSTEM 'file:///etc/passwd'><cluster/>", "DOCTYPE");
    refuse("<!DOCTYPE cluster [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><cluster name='&x;'/>",
           "DOCTYPE");
}

static void test_depth_has_a_limit(void)
{
    g_autoptr(GString) text = g_string_new("<cluster>");
    for (guint i = 0; i < 100000; i++)
        g_string_append(text, "<a>");
    refuse(text->str, "c.xml:1:");
}

static void test_other_encodings_are_read(void)
{
    autoptr(cluster) latin = load_well("<?xml version='1.0' encoding='ISO-8859-1'?>"
                                       "<cluster name='Universit\xe0'/>");
    g_assert_cmpstr(latin->name, ==, "Università");
    gsize length;
    g_autofree char *wide =
        g_convert("<cluster name='Università'/>", -1, "UTF-16", "UTF-8", NULL, &length, NULL);
    autoptr(cluster) utf16 = load_bytes(wide, (gssize)length, NULL, NULL);
    g_assert_cmpstr(utf16->name, ==, "Università");
}

static void test_what_is_no_file_is_refused(void)
{
    g_autofree char *dir = g_dir_make_tmp("roost-test-XXXXXX", NULL);
    g_autofree char *pipe = g_build_filename(dir, "pipe", NULL);
    g_autofree char *big = g_build_filename(dir, "big", NULL);
    const char *paths[] = {dir, pipe, big, "/nowhere/at/all"};
    g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
    FILE *file = fopen(big, "w");
    g_assert_cmpint(fseek(file, CLUSTER_FILE_BYTES_MOST + 10l, SEEK_SET), ==, 0);
    fputc('x', file);
    fclose(file);
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(GError) error = NULL;
        gboolean absent = i + 1 == G_N_ELEMENTS(paths);
        g_assert_null(cluster_file_load(paths[i], NULL, &error));
        g_assert_cmpint(error->code, ==, absent ? ROOST_ERROR_FAILED : ROOST_ERROR_INPUT);
        g_assert_true(g_str_has_prefix(error->message, paths[i]));
    }
    g_remove(big);
    g_remove(pipe);
    g_rmdir(dir);
}

static void test_warnings_are_counted_not_heaped_up(void)
{
    g_autoptr(GString) text = g_string_new("<cluster>");
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < 5000; i++)
        g_string_append(text, "<vm name='x'/>\n");
    g_string_append(text, "</cluster>");
    autoptr(cluster) cluster = load_bytes(text->str, -1, warnings, NULL);
    g_assert_nonnull(cluster);
    g_assert_cmpuint(warnings->len, ==, 101);
    g_assert_nonnull(strstr(warnings->pdata[100], "4900 more"));
}

static void test_ten_thousand_hosts_fit(void)
{
    autoptr(cluster) cluster = cluster_new("large");
    guint vm_count = g_test_slow() ? 8 : 2;
    for (guint i = 0; i < 10000; i++) {
        g_autofree char *name = g_strdup_printf("host%05u.lab.example.org", i);
        g_autofree char *address = g_strdup_printf("10.1.%u.%u", i / 250, i % 250 + 1);
        struct host *host = cluster_add_host(cluster, name, address, NULL);
        for (guint j = 0; j < vm_count; j++) {
            g_autofree char *vm = g_strdup_printf("guest-%05u-%u", i, j);
            cluster_add_vm(cluster, host, vm, NULL)->home = g_strdup(name);
        }
    }
    g_autofree char *text = cluster_file_format(cluster, 0);
    g_assert_cmpuint(strlen(text), <, CLUSTER_FILE_BYTES_MOST);
    autoptr(cluster) again = load_well(text);
    g_assert_cmpuint(again->hosts->len, ==, 10000);
    g_assert_cmpuint(cluster_count_vms(again), ==, 10000 * vm_count);
}

static void test_mutations_never_crash(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20260701);
    guint loaded = 0;
    g_autofree char *dir = g_dir_make_tmp("roost-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "c.xml", NULL);
    for (guint round = 0; round < 5000; round++) {
        g_autoptr(GString) text = g_string_new_len(full, sizeof full - 1);
        for (gint i = g_rand_int_range(random, 1, 4); i > 0; i--) {
            gsize at = (gsize)g_rand_int_range(random, 0, (gint32)text->len - 20);
            gsize many = (gsize)g_rand_int_range(random, 1, 20);
            switch (g_rand_int_range(random, 0, 3)) {
            case 0:
                text->str[at] = (char)g_rand_int_range(random, 0, 256);
                break;
            case 1:
                g_string_erase(text, (gssize)at, (gssize)many);
                break;
            default:
                g_string_insert_len(text, (gssize)at,
                                    full + g_rand_int_range(random, 0, sizeof full - 21),
                                    (gssize)many);
            }
        }
        FILE *file = fopen(path, "w"); /* no fsync: there are thousands */
        g_assert_cmpuint(fwrite(text->str, 1, text->len, file), ==, text->len);
        fclose(file);
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        autoptr(cluster) cluster = cluster_file_load(path, warnings, &error);
        g_assert_true((cluster == NULL) == (error != NULL));
        if (cluster) {
            g_autofree char *again = cluster_file_format(cluster, 0);
            loaded++;
        }
    }
    g_assert_cmpuint(loaded, >, 100);
    g_remove(path);
    g_rmdir(dir);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/cluster_file/every_attribute_arrives", test_every_attribute_arrives);
    g_test_add_func("/store/cluster_file/what_is_written_reads_back",
                    test_what_is_written_reads_back);
    g_test_add_func("/store/cluster_file/host_file_has_no_loads", test_host_file_has_no_loads);
    g_test_add_func("/store/cluster_file/least_is_enough", test_least_is_enough);
    g_test_add_func("/store/cluster_file/wrong_values_leave_the_rest",
                    test_wrong_values_leave_the_rest);
    g_test_add_func("/store/cluster_file/what_is_no_cluster_is_refused",
                    test_what_is_no_cluster_is_refused);
    g_test_add_func("/store/cluster_file/newer_versions_are_told_apart",
                    test_newer_versions_are_told_apart);
    g_test_add_func("/store/cluster_file/doctypes_and_entities_are_refused",
                    test_doctypes_and_entities_are_refused);
    g_test_add_func("/store/cluster_file/depth_has_a_limit", test_depth_has_a_limit);
    g_test_add_func("/store/cluster_file/other_encodings_are_read", test_other_encodings_are_read);
    g_test_add_func("/store/cluster_file/what_is_no_file_is_refused",
                    test_what_is_no_file_is_refused);
    g_test_add_func("/store/cluster_file/warnings_are_counted_not_heaped_up",
                    test_warnings_are_counted_not_heaped_up);
    g_test_add_func("/store/cluster_file/ten_thousand_hosts_fit", test_ten_thousand_hosts_fit);
    g_test_add_func("/store/cluster_file/mutations_never_crash", test_mutations_never_crash);
    return g_test_run();
}
