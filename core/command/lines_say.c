/* lines_say.c - the lab in sentences that are complete in themselves. */
#include "core/command/lines.h"

#include <string.h>

#include "core/base/text.h"
#include "core/command/join.h"
#include "core/engine/follow.h"
#include "core/policy/energy.h"

#define GIB_KIB (1024.0 * 1024.0)

/* --- What happens ------------------------------------------------------------------------------
 */

static gboolean is_result(const struct journal_entry *entry, const char *result)
{
    return g_strcmp0(entry->result, result) == 0;
}

static gboolean is_told(const struct journal_entry *entry, enum lines_level level)
{
    if (entry->alarm || is_result(entry, "failed") || is_result(entry, "refused"))
        return TRUE;
    if (level == LINES_QUIET)
        return FALSE;
    return level == LINES_ALL || (!is_result(entry, "queued") && strcmp(entry->what, "plan") != 0);
}

/* The first letter as a sentence has it, and a full stop at its end. Takes text over. */
static char *finish(char *text_take)
{
    gsize length = strlen(text_take);
    char *sentence;

    text_take[0] = g_ascii_toupper(text_take[0]);
    if (length > 0 && strchr(".!?", text_take[length - 1]))
        return text_take;
    sentence = g_strconcat(text_take, ".", NULL);
    g_free(text_take);
    return sentence;
}

char *lines_say_entry(const struct journal_entry *entry, enum lines_level level)
{
    const char *object = entry->object ? entry->object : "";
    gboolean names_it = *object == '\0' || strstr(entry->text, object) != NULL;
    const char *kind = entry->result && *entry->result ? entry->result : entry->what;

    if (!is_told(entry, level))
        return NULL;
    if (entry->alarm)
        kind = "alarm";
    if (entry->job != 0)
        return finish(g_strdup_printf("%s: %s%s", kind,
                                      strcmp(entry->what, "migrate") == 0 ? "migration of " : "",
                                      entry->text));
    if (g_str_has_prefix(entry->text, object) && *object && strcmp(kind, entry->what) == 0 &&
        !entry->alarm)
        return finish(g_strdup(entry->text));
    return finish(g_strdup_printf("%s: %s%s%s", kind, names_it ? "" : object, names_it ? "" : ": ",
                                  entry->text));
}

char *lines_say_begun(const struct job *job)
{
    g_autofree char *what = job_describe(job);
    gboolean has_why = job->why && *job->why;

    return finish(g_strdup_printf("begun: %s%s%s%s",
                                  job->kind == JOB_MIGRATE ? "migration of " : "", what,
                                  has_why ? ": " : "", has_why ? job->why : ""));
}

/* --- The lab -----------------------------------------------------------------------------------
 */

G_GNUC_PRINTF(2, 3)
static void say(GPtrArray *sentences, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(sentences, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static const char *plural(guint n)
{
    return n == 1 ? "" : "s";
}

static const char *be(guint n)
{
    return n == 1 ? "is" : "are";
}

static void say_hours(GPtrArray *sentences, const struct session *session)
{
    gint64 now_us = clock_wall_us(session->clock);
    gboolean open = engine_phase(session->engine) == HOURS_OPEN;
    gint64 until_us = open ? hours_next_closing_us(session->hours, now_us)
                           : hours_next_opening_us(session->hours, now_us);
    g_autofree char *now = hours_format(session->hours, now_us, "%A %-e %B %Y, %H:%M");
    g_autofree char *until =
        until_us != G_MAXINT64 ? hours_format(session->hours, until_us, "%A at %H:%M") : NULL;

    if (until)
        say(sentences, "It is %s. The lab is %s, and %s on %s.", now, open ? "open" : "closed",
            open ? "closes" : "opens", until);
    else
        say(sentences, "It is %s. The lab is always %s.", now, open ? "open" : "closed");
}

static void say_mode(GPtrArray *sentences, const struct session *session)
{
    static const char *const modes[] = {
        [ENGINE_MANUAL] = "The autopilot is off: only what is asked for by hand is done",
        [ENGINE_BY_HOURS] = "The autopilot is on, and follows the opening hours",
        [ENGINE_ALWAYS] = "The autopilot is on, whatever the hour",
    };
    const char *policy = policy_kind_name(engine_settings(session->engine)->policy.kind);

    say(sentences, "%s; its policy is %s.", modes[engine_mode(session->engine)], policy);
    if (session->place) {
        g_autofree char *manager = standing_describe(session->place);

        say(sentences, "%c%s%s.", g_ascii_toupper(manager[0]), manager + 1,
            engine_follows(session->engine) ? "; what is asked for here is sent there" : "");
    }
}

static void say_hosts(GPtrArray *sentences, const struct session *session)
{
    const struct cluster *cluster = session_cluster(session);
    guint counts[HOST_UNREACHABLE + 1] = {0};
    guint unseen = engine_count_unseen(session->engine);
    guint silent;

    for (guint i = 0; i < cluster->hosts->len; i++)
        counts[((const struct host *)g_ptr_array_index(cluster->hosts, i))->state]++;
    silent = counts[HOST_UNREACHABLE];
    say(sentences, "Of %u host%s, %u %s on and %u off.", cluster->hosts->len,
        plural(cluster->hosts->len), counts[HOST_ON], be(counts[HOST_ON]), counts[HOST_OFF]);
    if (counts[HOST_WAKING] + counts[HOST_STOPPING] > 0)
        say(sentences, "%u host%s %s waking, %u going off.", counts[HOST_WAKING],
            plural(counts[HOST_WAKING]), be(counts[HOST_WAKING]), counts[HOST_STOPPING]);
    if (silent > 0)
        say(sentences, "%u host%s %s not answer.", silent, plural(silent),
            silent == 1 ? "does" : "do");
    if (unseen > 0)
        say(sentences, "%u host%s %s still to be heard of for the first time.", unseen,
            plural(unseen), be(unseen));
    say(sentences, "Of %u VM%s, %u %s running.", cluster_count_vms(cluster),
        plural(cluster_count_vms(cluster)), cluster_count_active_vms(cluster),
        be(cluster_count_active_vms(cluster)));
}

static void say_work(GPtrArray *sentences, const struct session *session)
{
    const struct energy_config *energy = &engine_settings(session->engine)->energy;
    double watts = energy_cluster_watts(session_cluster(session), energy);
    double all_on = energy_all_on_watts(session_cluster(session), energy);
    guint running = engine_jobs_running(session->engine);
    guint queued = engine_jobs_under_way(session->engine) - running;

    if (running + queued == 0)
        say(sentences, "No job is under way.");
    else
        say(sentences, "%u job%s %s running, %u waiting.", running, plural(running), be(running),
            queued);
    if (all_on - watts < 1)
        say(sentences, "The lab draws about %.0f watts.", watts);
    else
        say(sentences, "The lab draws about %.0f watts, %.0f less than with all hosts on.", watts,
            all_on - watts);
}

static void say_alarms(GPtrArray *sentences, const struct cluster *cluster)
{
    guint alarms = 0;

    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);

        for (guint j = 0; j < host->vms->len; j++) {
            const struct vm *vm = g_ptr_array_index(host->vms, j);
            g_autofree char *twice = vm->also_on ? vm_explain_double(vm) : NULL;

            if (vm->state == VM_LOST)
                say(sentences, "Alarm: vm %s is lost: it ran on %s, and no host has it now.",
                    vm->name, host->name);
            else if (twice)
                say(sentences, "Alarm: vm %s %s.", vm->name, twice);
            else
                continue;
            alarms++;
        }
    }
    if (alarms == 0)
        say(sentences, "There is no alarm about any VM.");
}

GPtrArray *lines_say_summary(const struct session *session)
{
    GPtrArray *sentences = g_ptr_array_new_with_free_func(g_free);

    say(sentences, "This is the %slab %s.", session->simulated ? "simulated " : "",
        session_cluster(session)->name);
    if (session->limits.readonly)
        say(sentences, "This session is read-only: it looks, and does nothing.");
    say_hours(sentences, session);
    say_mode(sentences, session);
    say_hosts(sentences, session);
    say_work(sentences, session);
    say_alarms(sentences, session_cluster(session));
    return sentences;
}

/* --- A host, a VM ------------------------------------------------------------------------------
 */

static const char *const state_words[] = {
    [HOST_OFF] = "off",
    [HOST_WAKING] = "waking",
    [HOST_ON] = "on",
    [HOST_STOPPING] = "going off",
    [HOST_UNREACHABLE] = "not answering",
};

static void say_load(GPtrArray *sentences, const struct host *host, guint64 vm_min_kib)
{
    guint most = host_most_vms(host, vm_min_kib);

    if (host->load15_permille >= 0)
        say(sentences, "Its load is %.2f, on %u CPU%s.", host->load15_permille / 1000.0, host->cpus,
            plural(host->cpus));
    if (host->mem_kib > 0)
        say(sentences, "It has %.1f GiB of RAM, of which its VMs hold %.1f.",
            (double)host->mem_kib / GIB_KIB, (double)host_active_mem_kib(host) / GIB_KIB);
    if (most > 0)
        say(sentences, "It can carry %u VM%s.", most, plural(most));
}

static void say_vms(GPtrArray *sentences, const struct host *host)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);

        g_string_append_printf(names, "%s%s%s%s", i > 0 ? ", " : "", vm->name,
                               vm->state == VM_RUNNING ? "" : ", which is ",
                               vm->state == VM_RUNNING ? "" : vm_state_name(vm->state));
    }
    if (host->vms->len == 0)
        say(sentences, "It has no VM.");
    else
        say(sentences, "It has %u VM%s: %s.", host->vms->len, plural(host->vms->len), names->str);
}

GPtrArray *lines_say_host(const struct session *session, const char *name)
{
    const struct host *host = cluster_find_host(session_cluster(session), name);
    GPtrArray *sentences;

    if (!host)
        return NULL;
    sentences = g_ptr_array_new_with_free_func(g_free);
    say(sentences, "Host %s, address %s, is %s%s%s.", host->name, host->address,
        state_words[host->state], host->role == HOST_MANAGER ? ", the manager's host" : "",
        host->maintenance ? ", in maintenance" : "");
    if (host->trouble)
        say(sentences, "There is trouble: %s.", host->trouble);
    if (host->state == HOST_ON)
        say_load(sentences, host, engine_settings(session->engine)->policy.vm_min_kib);
    say_vms(sentences, host);
    if (host->users && host->users[0]) {
        g_autofree char *users = g_strjoinv(", ", host->users);

        say(sentences, "Logged in: %s.", users);
    }
    say(sentences, host_can_wake(host) ? "It can be woken." : "It is not known how to wake it.");
    if (host->note && *host->note)
        say(sentences, "A note says: %s", host->note);
    return sentences;
}

char *lines_say_vm(const struct session *session, const char *name)
{
    const struct vm *vm = cluster_find_vm(session_cluster(session), name);
    const struct job *job = vm ? engine_job_of_vm(session->engine, vm->name) : NULL;
    g_autofree char *job_text = job ? job_describe(job) : NULL;

    if (!vm)
        return NULL;
    return g_strdup_printf("vm %s is %s on host %s, address %s%s%s%s%s.", vm->name,
                           vm_state_name(vm->state), vm->host->name, vm->host->address,
                           vm->home ? "; its home is " : "", vm->home ? vm->home : "",
                           job_text ? "; under way: " : "", job_text ? job_text : "");
}
