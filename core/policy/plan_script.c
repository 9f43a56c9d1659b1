/* plan_script.c - a plan as a POSIX shell script. */
#include "core/policy/plan.h"

#include <string.h>

#include "core/base/text.h"
#include "core/model/cluster.h"

/*
 * A comment ends at a newline and nothing else ends it; what could, or could upset a terminal that
 * shows the script, is escaped.
 */
static void append_comment(GString *script, const char *text)
{
    g_autofree char *safe = text_escape(text);

    g_string_append_printf(script, "# %s\n", safe);
}

/* The shell's word for text: everything within '...' is taken literally. */
static char *quote(const char *text)
{
    return g_shell_quote(text ? text : "");
}

static const char *address_of(const struct cluster *cluster, const char *host_name)
{
    const struct host *host = cluster_find_host(cluster, host_name);

    return host ? host->address : host_name;
}

/* In a URI a numeric IPv6 address stands in brackets. */
static char *bracket(const char *address)
{
    return strchr(address, ':') ? g_strdup_printf("[%s]", address) : g_strdup(address);
}

/* A template's URI is a word of its own; ours ends in the name of the script's ssh, a variable. */
static char *make_uri(const struct plan_access *access, const char *address)
{
    g_autofree char *bracketed = bracket(address);
    g_autofree char *user = g_uri_escape_string(access->user ? access->user : "", NULL, FALSE);
    g_autofree char *port = access->port ? g_strdup_printf(":%u", access->port) : g_strdup("");
    g_autoptr(GString) uri = g_string_new(access->uri);
    g_autofree char *word = NULL;

    if (access->uri) {
        g_string_replace(uri, "{user}", user, 0);
        g_string_replace(uri, "{address}", bracketed, 0);
        return quote(uri->str);
    }
    g_string_printf(uri, "qemu+ssh://%s%s%s%s/system?no_tty=1&command=", user, *user ? "@" : "",
                    bracketed, port);
    word = quote(uri->str);
    return g_strdup_printf("%s\"$ssh\"", word);
}

/* As the engine does it: to the target's own address, and defined in one place only. */
static void append_migrate(GString *script, const struct plan_step *step,
                           const struct cluster *cluster, const struct plan_access *access)
{
    const struct vm *moved = cluster_find_vm(cluster, step->vm);
    const char *to_address = address_of(cluster, step->to);
    g_autofree char *vm = quote(step->vm);
    g_autofree char *from = make_uri(access, address_of(cluster, step->from));
    g_autofree char *to = make_uri(access, to_address);
    g_autofree char *bracketed = bracket(to_address);
    g_autofree char *direct = g_strdup_printf("tcp://%s", bracketed);
    g_autofree char *migrate_uri = quote(direct);

    g_string_append_printf(script,
                           "virsh -c %s migrate --live --verbose --abort-on-error%s --domain %s "
                           "--desturi %s --migrateuri %s\n",
                           from, moved && moved->persistent ? " --persistent --undefinesource" : "",
                           vm, to, migrate_uri);
}

static void append_wake(GString *script, const struct plan_step *step,
                        const struct cluster *cluster)
{
    const struct host *host = cluster_find_host(cluster, step->from);

    if (host && host->mac) {
        g_autofree char *mac = quote(host->mac);
        g_string_append_printf(script, "etherwake -b %s\n", mac);
    } else {
        g_autofree char *why = g_strdup_printf("%s cannot be woken: no MAC address", step->from);
        g_autofree char *word = quote(why);
        g_string_append_printf(script, "echo %s >&2; exit 1\n", word);
    }
}

/* What follows a wake waits for the host to answer. */
static void append_wait(GString *script, const struct plan_step *step,
                        const struct cluster *cluster, const struct plan_access *access)
{
    g_autofree char *uri = make_uri(access, address_of(cluster, step->from));

    g_string_append_printf(script, "wait_for %s\n", uri);
}

static void append_off(GString *script, const struct plan_step *step, const struct cluster *cluster,
                       const struct plan_access *access)
{
    const char *address = address_of(cluster, step->from);
    g_autofree char *uri = make_uri(access, address);
    g_autofree char *word = quote(address);

    g_string_append_printf(script, "switch_off %s %s\n", uri, word);
}

/* --- What comes first --- */

static void append_option(GString *command, const char *option, const char *value)
{
    g_autofree char *whole = g_strconcat(option, value, NULL);
    g_autofree char *word = quote(whole);

    g_string_append_printf(command, " %s", word);
}

/* ssh expands %h and the like in file names. */
static void append_path(GString *command, const char *option, const char *path)
{
    g_autoptr(GString) plain = g_string_new(path);

    g_string_replace(plain, "%", "%%", 0);
    append_option(command, option, plain->str);
}

/*
 * One program that reaches any host as roost does, for the script and for libvirt alike: libvirt
 * can be told which ssh to call, but not with which options.
 */
static void append_ssh(GString *script, const struct plan_access *access)
{
    g_autoptr(GString) command = g_string_new("exec ssh -o BatchMode=yes");
    g_autofree char *word = NULL;

    if (access->identity) {
        g_string_append(command, " -o IdentitiesOnly=yes");
        append_path(command, "-i", access->identity);
    }
    if (access->known_hosts) {
        /* ssh takes blanks for a list of files unless they are within quotes of its own. */
        g_autofree char *file = g_strdup_printf("\"%s\"", access->known_hosts);
        append_path(command, "-oUserKnownHostsFile=", file);
    }
    if (access->port)
        g_string_append_printf(command, " -p %u", access->port);
    if (access->user && *access->user)
        append_option(command, "-l", access->user);
    g_string_append(command, " \"$@\"");
    word = quote(command->str);
    g_string_append_printf(script,
                           "ssh=$(mktemp /tmp/roost-ssh.XXXXXX)\n"
                           "trap 'rm -f \"$ssh\"' EXIT\n"
                           "trap 'exit 1' HUP INT TERM\n"
                           "printf '%%s\\n' '#!/bin/sh' %s >\"$ssh\"\n"
                           "chmod 700 \"$ssh\"\n",
                           word);
}

static const char wait_for[] = "\n"
                               "wait_for() {\n"
                               "    tries=0\n"
                               "    until virsh -c \"$1\" version >/dev/null 2>&1; do\n"
                               "        tries=$((tries + 1))\n"
                               "        if [ \"$tries\" -ge 60 ]; then\n"
                               "            echo \"no answer from $1\" >&2\n"
                               "            exit 1\n"
                               "        fi\n"
                               "        sleep 5\n"
                               "    done\n"
                               "}\n";

/*
 * Right before a switch-off the host is asked again: no VM, nobody logged in. A host that goes at
 * once may cut the connection, which ssh calls 255.
 */
static const char switch_off[] = "\n"
                                 "switch_off() {\n"
                                 "    running=$(virsh -c \"$1\" list --name)\n"
                                 "    users=$(\"$ssh\" -- \"$2\" who)\n"
                                 "    if [ -n \"$running$users\" ]; then\n"
                                 "        echo \"left on: $2 is in use\" >&2\n"
                                 "        return 0\n"
                                 "    fi\n"
                                 "    \"$ssh\" -- \"$2\" %s || [ $? -eq 255 ]\n"
                                 "}\n";

static void append_prelude(GString *script, const struct plan_access *access)
{
    g_autofree char *off = quote(access->off_command ? access->off_command : "poweroff");

    g_string_append(script, "set -eu\n");
    append_ssh(script, access);
    g_string_append(script, wait_for);
    g_string_append_printf(script, switch_off, off);
}

static void append_step(GString *script, const struct plan_step *step,
                        const struct cluster *cluster, const struct plan_access *access)
{
    g_autofree char *why = plan_step_explain(step);

    append_comment(script, why);
    if (step->action == PLAN_MIGRATE)
        append_migrate(script, step, cluster, access);
    else if (step->action == PLAN_WAKE)
        append_wake(script, step, cluster);
    else
        append_off(script, step, cluster, access);
}

static gboolean is_waited_for(const struct plan *plan, guint index)
{
    const struct plan_step *step = plan_step(plan, index);

    return step->action == PLAN_MIGRATE && step->after != PLAN_NO_STEP &&
           plan_step(plan, step->after)->action == PLAN_WAKE;
}

char *plan_to_script(const struct plan *plan, const struct cluster *cluster,
                     const struct plan_access *access)
{
    GString *script = g_string_new("#!/bin/sh\n");
    g_autofree gboolean *awake = g_new0(gboolean, plan->steps->len + 1);

    append_comment(script, plan->summary);
    append_prelude(script, access);
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);
        g_string_append_c(script, '\n');
        if (is_waited_for(plan, i) && !awake[step->after]) {
            awake[step->after] = TRUE;
            append_wait(script, plan_step(plan, step->after), cluster, access);
        }
        append_step(script, step, cluster, access);
    }
    for (guint i = 0; i < plan->refusals->len; i++) {
        const struct plan_refusal *refusal = &g_array_index(plan->refusals, struct plan_refusal, i);
        g_autofree char *line =
            g_strdup_printf("left alone: %s: %s", refusal->subject, refusal->why);
        append_comment(script, line);
    }
    return g_string_free(script, FALSE);
}
