#include "tui/action.h"

enum host_answer {
    HOST_DO,
    HOST_FORCE,
    HOST_NOT
};

/* The host a question was about, if it is still there. */
static const struct host *host_of(struct app *app, const char *name)
{
    const struct host *host = cluster_find_host(app->scene.cluster, name);

    if (host == NULL)
        app_say(app, ROLE_WARNING, "refused: host %s is no longer in the cluster", name);
    return host;
}

static void say_refused(struct app *app, const GError *error)
{
    app_say(app, ROLE_WARNING, "refused: %s", error->message);
}

/* --- Wake ------------------------------------------------------------------------------------ */

void action_wake(struct app *app)
{
    const struct host *host = app_host(app);
    g_autoptr(GError) error = NULL;

    if (action_on_marked(app, ACTION_WAKE) || host == NULL)
        return;
    if (engine_wake(app->engine, host->name, &error) == 0)
        say_refused(app, error);
    else
        app_say(app, ROLE_FOOTER, "waking %s", host->name);
}

/* --- Off ------------------------------------------------------------------------------------- */

static void answered_off(struct app *app, int answer, const char *subject)
{
    g_autoptr(GError) error = NULL;

    if (answer == HOST_NOT || host_of(app, subject) == NULL)
        return;
    if (engine_power_off(app->engine, subject, answer == HOST_FORCE, &error) == 0)
        say_refused(app, error);
}

static void describe_off(const struct app *app, struct dialog *dialog, const struct host *host,
                         enum check_reason reason)
{
    g_autofree char *sentence = NULL;

    if (reason != CHECK_OK) {
        sentence = check_explain(reason, NULL, host, &app->scene.settings->policy);
        dialog_add_text(dialog, ROLE_WARNING, "%s", sentence);
    } else {
        dialog_add_text(dialog, ROLE_DIALOG, "%s runs no VM and nobody is logged in.", host->name);
    }
    if (reason != CHECK_CANNOT_WAKE && host->wake == HOST_WAKE_COMMAND)
        dialog_add_text(dialog, ROLE_DIALOG, "It can be woken from here again, by its command.");
    else if (reason != CHECK_CANNOT_WAKE)
        dialog_add_text(dialog, ROLE_DIALOG, "It can be woken from here again (wake-on-LAN %s).",
                        host_wake_name(host->wake));
    dialog_add_text(dialog, ROLE_DIALOG,
                    "It is asked once more right before; it stays on if that is no longer so.");
    if (app->scene.mode != ENGINE_MANUAL)
        dialog_add_text(dialog, ROLE_DIALOG,
                        "Automatic mode is on and may wake it when it is needed.");
}

static void ask_cut(struct app *app, const struct host *host)
{
    g_autofree char *title = g_strdup_printf("Cut the power of %s?", host->name);
    struct dialog *dialog = dialog_new(title, answered_off, host->name);

    dialog_add_text(dialog, ROLE_WARNING,
                    "It does not answer: nobody can say who is logged in there, and what runs.");
    dialog_add_text(dialog, ROLE_DIALOG,
                    "Whatever does is lost. VMs that were seen on it last: %u.",
                    host_active_vms(host));
    dialog_add_button(dialog, HOST_FORCE, 'F', "Force it: cut its power");
    dialog_add_button(dialog, HOST_NOT, 'K', "Keep it as it is");
    dialog_choose(dialog, HOST_NOT);
    app_ask(app, dialog);
}

void action_power_off(struct app *app)
{
    const struct host *host = app_host(app);
    enum check_reason reason;
    g_autofree char *title = NULL;
    struct dialog *dialog;

    if (action_on_marked(app, ACTION_POWER_OFF) || host == NULL)
        return;
    if (engine_may_cut(app->engine, host)) {
        ask_cut(app, host);
        return;
    }
    reason = check_power_off(host, &app->scene.settings->policy, app->scene.now_us, FALSE);
    if (reason != CHECK_OK && !check_can_force(reason)) {
        g_autofree char *sentence = check_explain(reason, NULL, host, &app->scene.settings->policy);

        app_say(app, ROLE_WARNING, "refused: %s", sentence);
        return;
    }
    title = g_strdup_printf("Switch %s off?", host->name);
    dialog = dialog_new(title, answered_off, host->name);
    describe_off(app, dialog, host, reason);
    if (reason == CHECK_OK)
        dialog_add_button(dialog, HOST_DO, 'o', "Switch off");
    else
        dialog_add_button(dialog, HOST_FORCE, 'F', "Force it off");
    dialog_add_button(dialog, HOST_NOT, 'K', "Keep it on");
    dialog_choose(dialog, HOST_NOT);
    app_ask(app, dialog);
}

/* --- Drain and maintenance ------------------------------------------------------------------- */

static void answered_drain(struct app *app, int answer, const char *subject)
{
    g_autoptr(GError) error = NULL;

    if (answer == HOST_NOT || host_of(app, subject) == NULL)
        return;
    if (!engine_drain(app->engine, subject, &error))
        say_refused(app, error);
    else
        app_say(app, ROLE_FOOTER, "draining %s", subject);
}

void action_drain(struct app *app)
{
    const struct host *host = app_host(app);
    autoptr(plan) plan = NULL;
    g_autofree char *title = NULL;
    struct dialog *dialog;

    if (action_on_marked(app, ACTION_DRAIN) || host == NULL)
        return;
    plan = engine_plan_drain(app->engine, host->name);
    if (plan == NULL)
        return;
    title = g_strdup_printf("Drain %s?", host->name);
    dialog = dialog_new(title, answered_drain, host->name);
    dialog_add_text(dialog, ROLE_DIALOG, "%s", plan->summary);
    for (guint i = 0; i < MIN(plan->refusals->len, 4); i++) {
        const struct plan_refusal *refusal = &g_array_index(plan->refusals, struct plan_refusal, i);

        dialog_add_text(dialog, ROLE_WARNING, "%s: %s", refusal->subject, refusal->why);
    }
    dialog_add_text(dialog, ROLE_DIALOG,
                    "It then stays in maintenance: nothing automatic uses it until you take it "
                    "out again.");
    dialog_add_button(dialog, HOST_DO, 'D', "Drain it");
    dialog_add_button(dialog, HOST_NOT, 'L', "Leave it");
    dialog_choose(dialog, HOST_NOT);
    app_ask(app, dialog);
}

void action_maintenance(struct app *app)
{
    const struct host *host = app_host(app);
    gboolean on;

    if (action_on_marked(app, ACTION_MAINTENANCE) || host == NULL)
        return;
    on = !host->maintenance;
    engine_set_maintenance(app->engine, host->name, on);
    app_say(app, ROLE_FOOTER,
            on ? "%s is in maintenance: nothing automatic touches it" : "%s is out of maintenance",
            host->name);
}
