/* Definitions on libvirt's own test driver, and what the scripts of disks do to real files. */
#include <libvirt/libvirt.h>
#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "core/driver/libvirt/definition.h"
#include "core/driver/libvirt/storage.h"
#include "core/driver/libvirt/virt_error.h"

/* --- Definitions --- */

static const char web[] = "<domain type='test'><name>web</name>"
                          "<uuid>33333333-0000-4000-8000-000000000003</uuid>"
                          "<memory unit='KiB'>65536</memory><vcpu>1</vcpu>"
                          "<os><type>hvm</type></os></domain>";

/* The text with the first of `what` in it replaced. */
static char *altered(const char *text, const char *what, const char *with)
{
    g_auto(GStrv) parts = g_strsplit(text, what, 2);

    g_assert_cmpuint(g_strv_length(parts), ==, 2);
    return g_strjoinv(with, parts);
}

static gboolean yes(G_GNUC_UNUSED gpointer data)
{
    return TRUE;
}

static gboolean no(G_GNUC_UNUSED gpointer data)
{
    return FALSE;
}

static struct manage_answer *ask(virConnectPtr connection, struct manage_request request,
                                 GError **error)
{
    request.address = "10.0.0.1";
    return definition_manage(connection, &request, yes, NULL, error);
}

static void works(virConnectPtr connection, struct manage_request request)
{
    g_autoptr(GError) error = NULL;
    autoptr(manage_answer) answer = ask(connection, request, &error);

    g_assert_no_error(error);
    g_assert_nonnull(answer);
}

static void fails(virConnectPtr connection, struct manage_request request, const char *why)
{
    g_autoptr(GError) error = NULL;
    autoptr(manage_answer) answer = ask(connection, request, &error);

    g_assert_null(answer);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, why));
}

static void defines_reads_and_undefines(void)
{
    virConnectPtr connection = virConnectOpen("test:///default");
    autoptr(manage_answer) answer = NULL;
    g_autofree char *renamed = altered(web, ">web<", ">wob<");
    g_autofree char *other = altered(web, "000003", "000004");

    works(connection, (struct manage_request){.kind = MANAGE_DEFINE, .xml = web, .fresh = TRUE});
    works(connection, (struct manage_request){.kind = MANAGE_DEFINE, .xml = web});
    fails(connection, (struct manage_request){.kind = MANAGE_DEFINE, .xml = web, .fresh = TRUE},
          "a VM of that name");
    fails(connection, (struct manage_request){.kind = MANAGE_DEFINE, .xml = other},
          "another VM of that name");
    fails(connection, (struct manage_request){.kind = MANAGE_DEFINE, .xml = renamed},
          "its UUID as vm web");
    fails(connection, (struct manage_request){.kind = MANAGE_DEFINE, .xml = "<domain/>"},
          "no name");
    fails(connection, (struct manage_request){.kind = MANAGE_DEFINE, .xml = "<"}, "10.0.0.1");
    answer = ask(connection, (struct manage_request){.kind = MANAGE_DEFINITION, .vm = "web"}, NULL);
    g_assert_nonnull(strstr(answer->text, "33333333-0000-4000-8000-000000000003"));
    fails(connection, (struct manage_request){.kind = MANAGE_DEFINITION, .vm = "none"},
          "does not know");
    fails(connection, (struct manage_request){.kind = MANAGE_UNDEFINE, .vm = "test"}, "it runs");
    works(connection,
          (struct manage_request){.kind = MANAGE_UNDEFINE, .vm = "web", .all_state = TRUE});
    fails(connection, (struct manage_request){.kind = MANAGE_UNDEFINE, .vm = "web"},
          "does not know");
    virConnectClose(connection);
}

static void does_nothing_when_nobody_waits(void)
{
    virConnectPtr connection = virConnectOpen("test:///default");
    const struct manage_request request = {
        .kind = MANAGE_DEFINE, .xml = web, .address = "10.0.0.1"};
    g_autoptr(GError) error = NULL;

    g_assert_null(definition_manage(connection, &request, no, NULL, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_CANCELLED);
    g_assert_null(virDomainLookupByName(connection, "web"));
    virConnectClose(connection);
}

static void finds_the_best_ground(void)
{
    static const char both[] =
        "<capabilities><host><cpu><arch>x86_64</arch></cpu></host>"
        "<guest><os_type>hvm</os_type><arch name='i686'><emulator>/q32</emulator>"
        "<domain type='qemu'/></arch></guest>"
        "<guest><os_type>hvm</os_type><arch name='x86_64'><emulator>/q64</emulator>"
        "<machine>pc</machine><machine>q35</machine><domain type='qemu'/>"
        "<domain type='kvm'/></arch></guest></capabilities>";
    g_autofree char *emulated = altered(both, "'kvm'", "'xyz'");
    struct manage_ground *ground = definition_ground("QEMU", both);

    g_assert_cmpstr(ground->type, ==, "kvm");
    g_assert_cmpstr(ground->arch, ==, "x86_64");
    g_assert_cmpstr(ground->machine, ==, "q35");
    g_assert_cmpstr(ground->emulator, ==, "/q64");
    definition_ground_refine(ground, "<domainCapabilities><vcpu max='288'/></domainCapabilities>");
    g_assert_cmpuint(ground->vcpus_most, ==, 288);
    definition_ground_refine(ground, "rubbish");
    manage_ground_free(ground);
    ground = definition_ground("QEMU", emulated);
    g_assert_cmpstr(ground->type, ==, "qemu");
    manage_ground_free(ground);
    g_assert_null(definition_ground("QEMU", "<capabilities/>"));
    g_assert_null(definition_ground(NULL, "rubbish"));
}

/* --- Disks --- */

static char *run(const struct manage_request *request)
{
    g_autofree char *script = storage_script(request);
    const char *argv[] = {"sh", "-c", script, NULL};
    char *out = NULL;

    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out,
                               NULL, NULL, NULL));
    g_test_message("%s", out);
    return out;
}

static void assert_says(const struct manage_request *request, const char *word)
{
    g_autofree char *out = run(request);

    g_assert_nonnull(strstr(out, word));
    g_assert_nonnull(strstr(out, "roost-end"));
}

static char *temporary_dir(void)
{
    char *dir = g_dir_make_tmp("roost-XXXXXX", NULL);

    g_assert_nonnull(dir);
    return dir;
}

static void makes_a_disk_and_never_over_another(void)
{
    g_autofree char *dir = temporary_dir();
    g_autofree char *path = g_strdup_printf("%s/it's \"$(id)\" `x`.img", dir);
    g_autofree char *link = g_strdup_printf("%s/link.img", dir);
    g_autofree char *hard = g_strdup_printf("%s/hard.img", dir);
    struct manage_request request = {
        .kind = MANAGE_CREATE_DISK, .path = path, .format = "raw", .bytes = 1 << 20};
    GStatBuf found;

    assert_says(&request, "done made");
    g_assert_cmpint(g_stat(path, &found), ==, 0);
    g_assert_cmpint(found.st_size, ==, 1 << 20);
    request.bytes = 2 << 20;
    assert_says(&request, "is there already");
    g_assert_cmpint(g_stat(path, &found), ==, 0);
    g_assert_cmpint(found.st_size, ==, 1 << 20);
    g_assert_cmpint(symlink("/nowhere", link), ==, 0);
    request.path = link;
    assert_says(&request, "is there already");
    request.kind = MANAGE_REMOVE_DISK;
    assert_says(&request, "no plain one");
    g_assert_cmpint(g_remove(link), ==, 0);
    g_assert_cmpint(symlink(path, link), ==, 0);
    assert_says(&request, "no plain one");
    g_assert_cmpint(linkat(0, path, 0, hard, 0), ==, 0);
    request.path = path;
    assert_says(&request, "hard links");
    g_assert_cmpint(g_remove(hard), ==, 0);
    assert_says(&request, "done removed");
    assert_says(&request, "no such file");
    g_assert_cmpint(g_remove(link), ==, 0);
    g_assert_cmpint(g_rmdir(dir), ==, 0); /* no draft is left */
}

static void says_what_is_missing(void)
{
    g_autofree char *dir = temporary_dir();
    g_autofree char *nowhere = g_strdup_printf("%s/no/where.img", dir);
    g_autofree char *path = g_strdup_printf("%s/x.img", dir);
    struct manage_request request = {
        .kind = MANAGE_CREATE_DISK, .path = nowhere, .format = "raw", .bytes = 1 << 20};

    assert_says(&request, "there is no such directory");
    request.path = path;
    request.backing = nowhere;
    request.backing_format = "raw";
    assert_says(&request, "there is no such file");
    g_assert_cmpint(g_rmdir(dir), ==, 0);
}

static void reads_chains(void)
{
    static const char text[] = "roost-begin\ndisk\nreal /a/x.qcow2\ntold\nlink /a/x.qcow2\n"
                               "format qcow2\nbytes 1048576\nlink /a/base.img\nformat raw\n"
                               "bytes 99\ndisk\ndisk\nreal /a/z.img\ndone seen\nroost-end\n";
    const char *paths[] = {"/l/x.qcow2", "/l/y", "/l/z.img", NULL};
    const struct manage_request request = {.kind = MANAGE_TRACE_DISKS, .paths = paths};
    g_autoptr(GPtrArray) traces = storage_read_traces(&request, text, strlen(text), NULL);
    const struct manage_trace *trace;
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(traces->len, ==, 3);
    trace = g_ptr_array_index(traces, 0);
    g_assert_cmpstr(trace->path, ==, "/l/x.qcow2");
    g_assert_cmpstr(trace->real, ==, "/a/x.qcow2");
    g_assert_cmpstr(trace->format, ==, "qcow2");
    g_assert_cmpuint(trace->bytes, ==, 1048576);
    g_assert_cmpstr(trace->below[0], ==, "/a/base.img");
    g_assert_null(trace->below[1]);
    trace = g_ptr_array_index(traces, 1);
    g_assert_null(trace->real);
    trace = g_ptr_array_index(traces, 2);
    g_assert_cmpstr(trace->real, ==, "/a/z.img");
    g_assert_null(trace->below); /* not told: nobody may take it for nothing */
    g_assert_null(storage_read_traces(&request, text, strlen(text) - 12, &error));
    g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
    virt_error_silence();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/libvirt/definition/defines_reads_and_undefines", defines_reads_and_undefines);
    g_test_add_func("/libvirt/definition/does_nothing_when_nobody_waits",
                    does_nothing_when_nobody_waits);
    g_test_add_func("/libvirt/definition/finds_the_best_ground", finds_the_best_ground);
    g_test_add_func("/libvirt/storage/makes_a_disk_and_never_over_another",
                    makes_a_disk_and_never_over_another);
    g_test_add_func("/libvirt/storage/says_what_is_missing", says_what_is_missing);
    g_test_add_func("/libvirt/storage/reads_chains", reads_chains);
    return g_test_run();
}
