#include "core/policy/plan.h"

#include <string.h>
#include <unistd.h>

#include "core/policy/policy.h"
#include "tests/support/policy_lab.h"

#define HOSTILE "a'b\"c$(touch pwned)`touch pwned`;x\\ \xe2\x80\xae"

static struct plan_step migrate_step(enum plan_reason reason)
{
    return (struct plan_step){
        .action = PLAN_MIGRATE,
        .reason = reason,
        .vm = "pc40",
        .from = "pc40",
        .to = "pc05",
        .mem_kib = LAB_MIB(256),
        .after = PLAN_NO_STEP,
        .to_vms_after = 2,
        .from_load_permille_after = 10,
        .to_load_permille_after = 90,
    };
}

static void assert_explains(const struct plan_step *step, const char *sentence)
{
    g_autofree char *text = plan_step_explain(step);

    g_assert_cmpstr(text, ==, sentence);
}

static void sentences(void)
{
    struct plan_step step = migrate_step(PLAN_REASON_EMPTY_HOST);

    assert_explains(
        &step, "vm pc40 from pc40 to pc05: pc40 can then go off; pc05 becomes 2 VMs, load 0.09");
    step.to_load_permille_after = -1;
    step.to_vms_after = 1;
    step.from_vms_after = 2;
    assert_explains(&step,
                    "vm pc40 from pc40 to pc05: pc40 is being emptied, 2 to go; pc05 becomes 1 VM");
    step.reason = PLAN_REASON_GO_HOME;
    assert_explains(&step, "vm pc40 from pc40 to pc05: pc05 is its home; pc05 becomes 1 VM");
    step = (struct plan_step){.action = PLAN_OFF, .from = "pc40", .after = PLAN_NO_STEP};
    assert_explains(&step, "switch off pc40: it runs nothing");
    step.after = 3;
    assert_explains(&step, "switch off pc40: it runs nothing then");
    step = (struct plan_step){.action = PLAN_WAKE, .reason = PLAN_REASON_OPENING, .from = "pc40"};
    assert_explains(&step, "wake pc40: every host is to be on");
    step.reason = PLAN_REASON_NEEDED;
    assert_explains(&step, "wake pc40: no host that is on can take what has to move");
}

static void every_reason_speaks_safely(void)
{
    for (guint reason = PLAN_REASON_EMPTY_HOST; reason <= PLAN_REASON_EVEN; reason++) {
        struct plan_step step = migrate_step((enum plan_reason)reason);
        step.vm = "\x1b[2J";
        step.from = "bad\xff";
        step.to = "new\nline";
        g_autofree char *text = plan_step_explain(&step);
        g_assert_null(strpbrk(text, "\x1b\n\xff"));
        g_assert_nonnull(strstr(text, "; new\\x0aline becomes 2 VMs"));
        g_assert_null(strstr(text, ": ;"));
    }
}

static void keeps_copies(void)
{
    autoptr(plan) plan = plan_new(PLAN_COMPACT);
    char name[] = "web";
    struct plan_step step = migrate_step(PLAN_REASON_PAIR);

    step.vm = name;
    g_assert_cmpuint(plan_add_step(plan, &step), ==, 0);
    g_assert_cmpuint(plan_add_step(plan, &step), ==, 1);
    plan_add_refusal(plan, name, "because");
    strcpy(name, "xxx");
    g_assert_cmpstr(plan_step(plan, 0)->vm, ==, "web");
    g_assert_cmpstr(g_array_index(plan->refusals, struct plan_refusal, 0).subject, ==, "web");
    g_assert_cmpuint(plan->migrations, ==, 2);
    g_assert_cmpuint(plan->moved_kib, ==, LAB_MIB(512));
}

static void outlives_the_cluster(void)
{
    struct cluster *cluster = lab_ercolani(3);
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    struct policy_config config;

    policy_config_init(&config);
    autoptr(plan) plan = policy_decide(cluster, &config, &moment);
    cluster_free(cluster);
    g_assert_cmpstr(plan_step(plan, 0)->vm, ==, "pc03");
    g_assert_cmpstr(plan_step(plan, 0)->to, ==, "pc01");
}

/* --- The script --- */

/* Stands for the real commands: each call is told, word by word, one line a call. */
static const char stubs[] =
    "#!/bin/sh\n"
    "{ printf '%s' \"${0##*/}\"; for w in \"$@\"; do printf '|%s' \"$w\"; done; echo; } >>calls\n"
    "case \"$*\" in *'list --name'*) [ ! -f busy ] || echo web ;; *who*) [ ! -f login ] || echo "
    "ana "
    ";; esac\n";

static void write_file(const char *dir, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);

    g_assert_true(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
}

static void remove_file(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);

    unlink(path);
}

/* The script's own ssh has another name each time, and is gone when it ends. */
static void forget_ssh_name(char **calls)
{
    g_autoptr(GRegex) regex = g_regex_new("/tmp/roost-ssh\\.[A-Za-z0-9]+", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *before = *calls;

    if (!before)
        return;
    if (g_regex_match(regex, before, 0, &match)) {
        g_autofree char *path = g_match_info_fetch(match, 0);
        g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    }
    *calls = g_regex_replace_literal(regex, before, -1, 0, "SSH", 0, NULL);
}

/* Runs the script with stubs first in PATH; gives what was called, and the exit status. */
static char *run_script(const char *script, const char *flag, gint *status)
{
    static const char *const commands[] = {"virsh", "ssh", "etherwake", "sleep"};
    g_autofree char *dir = g_dir_make_tmp("roost-plan-XXXXXX", NULL);
    g_autofree char *calls_path = g_build_filename(dir, "calls", NULL);
    g_autofree char *path = g_strdup_printf("PATH=%s:/usr/bin:/bin", dir);
    const char *const arguments[] = {"/bin/sh", "plan.sh", NULL};
    const char *const environment[] = {path, NULL};
    char *calls = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        write_file(dir, commands[i], stubs);
    write_file(dir, "plan.sh", script);
    if (flag)
        write_file(dir, flag, "");
    g_assert_true(g_spawn_sync(dir, (char **)arguments, (char **)environment,
                               G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, status, NULL));
    g_autofree char *pwned = g_build_filename(dir, "pwned", NULL);
    g_assert_false(g_file_test(pwned, G_FILE_TEST_EXISTS));
    g_file_get_contents(calls_path, &calls, NULL, NULL);
    forget_ssh_name(&calls);
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        remove_file(dir, commands[i]);
    remove_file(dir, "plan.sh");
    remove_file(dir, "calls");
    if (flag)
        remove_file(dir, flag);
    g_assert_cmpint(rmdir(dir), ==, 0);
    return calls ? calls : g_strdup("");
}

static char *make_script_for(const struct cluster *cluster, const struct plan_access *access)
{
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    struct policy_config config;

    policy_config_init(&config);
    autoptr(plan) plan = policy_decide(cluster, &config, &moment);
    return plan_to_script(plan, cluster, access);
}

static char *make_script(const struct cluster *cluster, const char *user)
{
    const struct plan_access access = {.user = user};

    return make_script_for(cluster, &access);
}

static void script_runs(void)
{
    autoptr(cluster) cluster = lab_ercolani(2);
    g_autofree char *script = make_script(cluster, "ops");
    gint status;
    g_autofree char *calls = run_script(script, NULL, &status);

    g_assert_cmpint(status, ==, 0);
    g_assert_true(g_str_has_prefix(script, "#!/bin/sh\n"));
    g_assert_nonnull(strstr(script, "\nset -eu\n"));
    g_assert_cmpstr(
        calls, ==,
        "virsh|-c|qemu+ssh://ops@10.0.0.2/system?no_tty=1&command=SSH|migrate|--live|--verbose|"
        "--abort-on-error|--persistent|--undefinesource|--domain|pc02|--desturi|"
        "qemu+ssh://ops@10.0.0.1/system?no_tty=1&command=SSH|--migrateuri|tcp://10.0.0.1\n"
        "virsh|-c|qemu+ssh://ops@10.0.0.2/system?no_tty=1&command=SSH|list|--name\n"
        "ssh|-o|BatchMode=yes|-lops|--|10.0.0.2|who\n"
        "ssh|-o|BatchMode=yes|-lops|--|10.0.0.2|poweroff\n");
}

/* As roost itself reaches them: whoever runs it need not have anything set up. */
static void script_uses_the_settings(void)
{
    const struct plan_access access = {.user = "ops",
                                       .identity = "/k/my key%h",
                                       .known_hosts = "/k/known 'hosts'",
                                       .off_command = "systemctl poweroff || halt -p",
                                       .port = 2200};
    const struct plan_access own = {.uri = "test+tcp://{user}@{address}/x", .user = "lab admin"};
    autoptr(cluster) cluster = lab_ercolani(2);
    g_autofree char *script = make_script_for(cluster, &access);
    g_autofree char *other = make_script_for(cluster, &own);
    gint status;
    g_autofree char *calls = run_script(script, NULL, &status);

    g_assert_cmpint(status, ==, 0);
    g_assert_nonnull(strstr(calls, "virsh|-c|qemu+ssh://ops@10.0.0.2:2200/system?no_tty=1&command="
                                   "SSH|list|--name\n"));
    g_assert_nonnull(strstr(calls, "ssh|-o|BatchMode=yes|-o|IdentitiesOnly=yes|-i/k/my key%%h|"
                                   "-oUserKnownHostsFile=\"/k/known 'hosts'\"|-p|2200|-lops|--|"
                                   "10.0.0.2|systemctl poweroff || halt -p\n"));
    g_assert_nonnull(strstr(other, "'test+tcp://lab%20admin@10.0.0.2/x'"));
}

static void script_asks_before_off(void)
{
    autoptr(cluster) cluster = lab_ercolani(2);
    g_autofree char *script = make_script(cluster, NULL);
    gint status;
    g_autofree char *busy = run_script(script, "busy", &status);
    g_autofree char *login = run_script(script, "login", &status);

    g_assert_cmpint(status, ==, 0);
    g_assert_null(strstr(busy, "poweroff"));
    g_assert_null(strstr(login, "poweroff"));
    g_assert_nonnull(strstr(login, "ssh|-o|BatchMode=yes|--|10.0.0.2|who"));
}

static void script_is_safe(void)
{
    autoptr(cluster) cluster = lab_ercolani(2);
    struct vm *vm = cluster_find_vm(cluster, "pc02");
    gint status;

    g_hash_table_remove(cluster->vms_by_name, vm->name);
    g_free(vm->name);
    vm->name = g_strdup(HOSTILE "\necho; touch pwned\n");
    g_hash_table_insert(cluster->vms_by_name, vm->name, vm);
    g_autofree char *script = make_script(cluster, "$(touch pwned)");
    g_autofree char *calls = run_script(script, NULL, &status);
    g_assert_cmpint(status, ==, 0);
    g_assert_nonnull(strstr(calls, "|--domain|" HOSTILE "\necho; touch pwned\n|--desturi|"));
}

static void script_wakes(void)
{
    autoptr(cluster) cluster = cluster_new("lab");
    struct host *host = lab_add_host(cluster, "pc01", 2048);
    gint status;

    lab_add_vm(host, cluster, "a", 256, 800)->persistent = FALSE;
    lab_add_vm(host, cluster, "b", 256, 1100);
    lab_add_off(cluster, "pc02", 2048);
    g_free(cluster_find_host(cluster, "pc02")->address);
    g_hash_table_remove_all(cluster->hosts_by_address);
    cluster_find_host(cluster, "pc02")->address = g_strdup("fd00::2");
    g_autofree char *script = make_script(cluster, "ops");
    g_autofree char *calls = run_script(script, NULL, &status);
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(
        calls, ==,
        "etherwake|-b|52:54:00:00:00:02\n"
        "virsh|-c|qemu+ssh://ops@[fd00::2]/system?no_tty=1&command=SSH|version\n"
        "virsh|-c|qemu+ssh://ops@10.0.0.1/system?no_tty=1&command=SSH|migrate|--live|--verbose|"
        "--abort-on-error|--domain|a|--desturi|qemu+ssh://ops@[fd00::2]/"
        "system?no_tty=1&command=SSH|"
        "--migrateuri|tcp://[fd00::2]\n");
}

static void empty_script(void)
{
    autoptr(cluster) cluster = lab_ercolani(1);
    g_autofree char *script = make_script(cluster, "ops");
    gint status;
    g_autofree char *calls = run_script(script, NULL, &status);

    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(calls, ==, "");
    g_assert_nonnull(strstr(script, "# nothing to do: "));
    g_assert_nonnull(strstr(script, "# left alone: host pc01: pc01 is the manager"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plan/sentences_say_what_why_and_what_then", sentences);
    g_test_add_func("/plan/every_reason_speaks_safely", every_reason_speaks_safely);
    g_test_add_func("/plan/keeps_copies", keeps_copies);
    g_test_add_func("/plan/outlives_the_cluster", outlives_the_cluster);
    g_test_add_func("/plan/script_runs", script_runs);
    g_test_add_func("/plan/script_uses_the_settings", script_uses_the_settings);
    g_test_add_func("/plan/script_asks_before_it_switches_off", script_asks_before_off);
    g_test_add_func("/plan/script_is_safe_with_hostile_names", script_is_safe);
    g_test_add_func("/plan/script_wakes_and_waits", script_wakes);
    g_test_add_func("/plan/script_of_nothing_does_nothing", empty_script);
    return g_test_run();
}
