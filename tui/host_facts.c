#include "tui/host_facts.h"

#include "tui/age.h"
#include "tui/units.h"

#define TREND_LAST 24

static gboolean is_away(const struct host *host)
{
    return host->state == HOST_OFF || host->state == HOST_WAKING;
}

static gboolean is_stale(const struct scene *scene, const struct host *host)
{
    return !is_away(host) &&
           host_is_stale(host, scene->now_us, scene->settings->policy.stale_after_us);
}

const char *host_facts_state(const struct scene *scene, const struct host *host, enum role *role)
{
    const struct mark_info *mark = &host_mark_info[scene_facts(scene, host)->mark];

    *role = mark->role;
    return host_state_word(host);
}

/* --- Why it is in its list ------------------------------------------------------------------- */

static char *why_in_doubt(const struct scene *scene, const struct host *host)
{
    g_autofree char *age = age_format(scene->now_us - host->state_since_us);

    if (host->state == HOST_WAKING)
        return g_strdup_printf("left out of all lists: it was told to wake %s ago and has not "
                               "answered yet",
                               age);
    if (host->state == HOST_STOPPING)
        return g_strdup_printf("left out of all lists: it was told to switch off %s ago and is "
                               "not known to be off yet",
                               age);
    if (host->state == HOST_UNREACHABLE)
        return g_strdup_printf("left out of all lists: it should be on, and has not answered "
                               "for %s",
                               age);
    if (is_stale(scene, host))
        return g_strdup("left out of all lists: what is known of it is too old to act on");
    return g_strdup("left out of all lists: its load is not known");
}

static char *why_under(const struct scene *scene, const struct host *host, double load, double min)
{
    guint most = host_most_vms(host, scene->settings->policy.vm_min_kib);
    guint vms = scene_facts(scene, host)->active;

    if (vms == 0 && host->role != HOST_MANAGER)
        return g_strdup_printf("to be switched off: load %.2f is under %.2f, and it runs no VM",
                               load, min);
    if (most > 0 && vms >= most)
        return g_strdup_printf("regular, though load %.2f is under %.2f: it runs as many VMs as "
                               "it may, %u",
                               load, min, most);
    return g_strdup_printf("under: load %.2f is under the lower threshold, %.2f", load, min);
}

char *host_facts_why(const struct scene *scene, const struct host *host)
{
    const struct policy_config *policy = &scene->settings->policy;
    enum host_class class = policy_classify(host, policy, scene->now_us);
    double load = scene_load_permille(scene, host) / 1000.0;
    double min = policy->load_min_permille / 1000.0, max = policy->load_max_permille / 1000.0;

    if (host->state == HOST_OFF)
        return g_strdup("off: it is switched off");
    if (class == CLASS_DOUBT)
        return why_in_doubt(scene, host);
    if (load < min)
        return why_under(scene, host, load, min);
    if (class == CLASS_OVER)
        return g_strdup_printf("over: load %.2f is over the upper threshold, %.2f", load, max);
    if (load > max)
        return g_strdup_printf("regular, though load %.2f is over %.2f: moving its only VM would "
                               "only move the trouble",
                               load, max);
    return g_strdup_printf("regular: load %.2f is between the thresholds, %.2f and %.2f", load, min,
                           max);
}

/* --- The sheet ------------------------------------------------------------------------------- */

static void add_state(struct sheet *sheet, const struct scene *scene, const struct host *host)
{
    enum role role;
    const char *state = host_facts_state(scene, host, &role);
    g_autofree char *since = age_format(scene->now_us - host->state_since_us);

    if (host->state_since_us > 0)
        sheet_add(sheet, role, "State", "%s, for %s", state, since);
    else
        sheet_add(sheet, role, "State", "%s", state);
    if (host->seen_at_us == 0) {
        sheet_add(sheet, is_away(host) ? ROLE_MUTED : ROLE_WARNING, "Seen", "not yet");
    } else {
        g_autofree char *age = age_format(scene->now_us - host->seen_at_us);
        gboolean stale = is_stale(scene, host);

        sheet_add(sheet, stale ? ROLE_WARNING : ROLE_TEXT, "Seen", "%s ago%s", age,
                  stale           ? ": old"
                  : is_away(host) ? ", before"
                                  : "");
    }
    if (host->maintenance)
        sheet_add(sheet, ROLE_MAINTENANCE, "Maintenance", "yes, left alone");
    sheet_add(sheet, ROLE_TEXT, "Role", host->role == HOST_MANAGER ? "manager, never off" : "node");
}

static void add_load(struct sheet *sheet, const struct app *app, const struct host *host)
{
    gint values[TREND_LAST];
    guint n = trend_host(app->trend, host, values, TREND_LAST);
    gint load = host_load_permille(host), predicted = policy_predict_load_permille(host, 0);
    gint top = (gint)app->scene.settings->policy.load_max_permille;

    if (is_away(host)) {
        sheet_add(sheet, ROLE_MUTED, "Load", "none: it is off");
        return;
    }
    if (load < 0)
        sheet_add(sheet, ROLE_MUTED, "Load", "not known");
    else
        sheet_add_trend(sheet, values, n, top, ROLE_TEXT, "Load", "%.2f per CPU", load / 1000.0);
    if (predicted >= 0 && load >= 0)
        sheet_add(sheet, ROLE_TEXT, "Predicted", "%.2f per CPU", predicted / 1000.0);
    if (host->cpu_permille >= 0)
        sheet_add_bar(sheet, (guint)host->cpu_permille, "CPU", "%d %% busy now",
                      (host->cpu_permille + 5) / 10);
    else
        sheet_add(sheet, ROLE_MUTED, "CPU", "not known");
}

static guint permille_of(guint64 part, guint64 whole)
{
    return whole > 0 ? (guint)MIN(1000, part * 1000 / whole) : 0;
}

static void add_room(struct sheet *sheet, const struct scene *scene, const struct host *host)
{
    guint most = host_most_vms(host, scene->settings->policy.vm_min_kib);
    const struct scene_host *facts = scene_facts(scene, host);
    guint64 held_kib = host_active_mem_kib(host);

    if (most > 0)
        sheet_add_bar(sheet, permille_of(facts->active, most), "VMs", "%u of %u%s", facts->active,
                      most, facts->active > most ? ": too many" : "");
    else
        sheet_add(sheet, ROLE_TEXT, "VMs", "%u run", facts->active);
    if (facts->coming > 0)
        sheet_add(sheet, ROLE_VM_MOVING, "Coming", "%u VM%s", facts->coming,
                  facts->coming == 1 ? "" : "s");
    if (host->mem_kib == 0) {
        sheet_add(sheet, ROLE_MUTED, "RAM", "not known");
        return;
    }
    sheet_add_bar(sheet, permille_of(held_kib, host->mem_kib), "RAM of VMs", "%.1f of %.1f GiB",
                  UNITS_GIB(held_kib), UNITS_GIB(host->mem_kib));
    if (is_away(host))
        return;
    if (host->mem_available_kib > 0)
        sheet_add_bar(
            sheet,
            permille_of(host->mem_kib - MIN(host->mem_kib, host->mem_available_kib), host->mem_kib),
            "RAM in use", "%.1f GiB free", UNITS_GIB(host->mem_available_kib));
    else
        sheet_add(sheet, ROLE_MUTED, "RAM in use", "not known");
}

static void add_users(struct sheet *sheet, const struct host *host)
{
    g_autofree char *names = NULL;

    if (is_away(host))
        return;
    if (host->users == NULL) {
        sheet_add(sheet, ROLE_MUTED, "Logged in", "not known");
    } else if (host->users[0] == NULL) {
        sheet_add(sheet, ROLE_TEXT, "Logged in", "nobody");
    } else {
        names = g_strjoinv(", ", host->users);
        sheet_add(sheet, ROLE_STRONG, "Logged in", "%s", names);
    }
}

static const char *explain_wake(const struct host *host)
{
    if (host->wake != HOST_WAKE_COMMAND && host->mac == NULL)
        return "no MAC address is known: it cannot be woken";
    switch (host->wake) {
    case HOST_WAKE_UNKNOWN:
        return "not known: taken as unable to wake";
    case HOST_WAKE_ARMED:
        return "armed";
    case HOST_WAKE_DISARMED:
        return "disarmed: it would not wake";
    case HOST_WAKE_ASSUMED:
        return "assumed: its interface has no such setting";
    case HOST_WAKE_PROVEN:
        return "proven";
    case HOST_WAKE_COMMAND:
        return "by the command that is configured";
    }
    return "";
}

static void add_wake(struct sheet *sheet, const struct scene *scene, const struct host *host)
{
    sheet_add(sheet, host_can_wake(host) ? ROLE_TEXT : ROLE_WARNING, "Wakes", "%s",
              explain_wake(host));
    if (host->woken_at_us > 0) {
        g_autofree char *age = age_format(scene->now_us - host->woken_at_us);

        sheet_add(sheet, ROLE_TEXT, "Last woken", "%s ago", age);
    }
}

static void add_machine(struct sheet *sheet, const struct host *host)
{
    static const char *const migrates[] = {
        [HOST_MIGRATION_UNKNOWN] = "migration not known",
        [HOST_MIGRATION_ABLE] = "migrates VMs",
        [HOST_MIGRATION_UNABLE] = "cannot migrate VMs",
    };
    const char *model = host->cpu_model;

    sheet_add(sheet, ROLE_TEXT, "Address", "%s", host->address);
    sheet_add(sheet, host->mac != NULL ? ROLE_TEXT : ROLE_MUTED, "MAC", "%s",
              host->mac != NULL ? host->mac : "not known");
    if (host->cpus > 0)
        sheet_add(sheet, ROLE_TEXT, "CPUs", "%u%s%s", host->cpus, model != NULL ? ", " : "",
                  model != NULL ? model : "");
    else
        sheet_add(sheet, ROLE_MUTED, "CPUs", "not known");
    if (host->hypervisor == NULL && host->can_migrate == HOST_MIGRATION_UNKNOWN)
        sheet_add(sheet, ROLE_MUTED, "Hypervisor", "not known");
    else
        sheet_add(sheet, host_may_migrate(host) ? ROLE_TEXT : ROLE_WARNING, "Hypervisor", "%s, %s",
                  host->hypervisor != NULL ? host->hypervisor : "not named",
                  migrates[host->can_migrate]);
}

/* Where it stands, in the operator's words. */
static void add_place(struct sheet *sheet, const struct host *host)
{
    static const char *const labels[] = {"lab", "room", "rack"};
    const char *const words[] = {host->lab, host->room, host->rack};
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (words[i] != NULL)
            g_string_append_printf(text, "%s%s %s", text->len > 0 ? ", " : "", labels[i], words[i]);
    }
    sheet_add(sheet, ROLE_TEXT, "Place", "%s", text->str);
}

static void add_power(struct sheet *sheet, const struct scene *scene, const struct host *host)
{
    double watts = energy_host_watts(host, &scene->settings->energy);

    sheet_add(sheet, ROLE_TEXT, "Power", "about %.0f W", watts);
}

void host_facts_add(struct sheet *sheet, const struct app *app, const struct host *host)
{
    add_state(sheet, &app->scene, host);
    add_load(sheet, app, host);
    add_room(sheet, &app->scene, host);
    add_users(sheet, host);
    add_wake(sheet, &app->scene, host);
    if (host->note != NULL)
        sheet_add(sheet, ROLE_TEXT, "Note", "%s", host->note);
    add_place(sheet, host);
    add_machine(sheet, host);
    add_power(sheet, &app->scene, host);
}
