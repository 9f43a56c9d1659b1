/* action_bulk.c - what is done to everything that is marked: listed, asked about once, done. */
#include "tui/action.h"

#include <string.h>

#include "tui/bulk.h"

enum bulk_answer {
    BULK_DO,
    BULK_NOT
};

/* --- Doing ----------------------------------------------------------------------------------- */

/* The engine looks at each again: what has changed since it was asked about is refused then. */
static gboolean do_one(struct app *app, enum bulk_kind kind, const char *object, GError **error)
{
    struct engine *engine = app->engine;

    switch (kind) {
    case BULK_WAKE:
        return engine_wake(engine, object, error) != 0;
    case BULK_OFF:
        return engine_power_off(engine, object, FALSE, error) != 0;
    case BULK_DRAIN:
        return engine_drain(engine, object, error);
    case BULK_MAINTENANCE:
    case BULK_UNDRAIN:
        engine_set_maintenance(engine, object, kind == BULK_MAINTENANCE);
        return TRUE;
    case BULK_START:
        return engine_start_vm(engine, object, NULL, FALSE, error) != 0;
    case BULK_STOP:
        return engine_stop_vm(engine, object, FALSE, error) != 0;
    default:
        return FALSE;
    }
}

/* What was done needs its mark no more; what was refused keeps it, to be looked at. */
static void unmark(struct app *app, const struct bulk *bulk, const char *object)
{
    const struct host *host = bulk->of_vms ? NULL : cluster_find_host(app->scene.cluster, object);
    const struct vm *vm = bulk->of_vms ? cluster_find_vm(app->scene.cluster, object) : NULL;

    if (host != NULL)
        marks_set_host(&app->marks, host, FALSE);
    if (vm != NULL)
        marks_set_vm(&app->marks, vm, FALSE);
}

static void say_done(struct app *app, const struct bulk *bulk, guint n_done, guint n_refused,
                     const char *first)
{
    g_autofree char *count = bulk_count(bulk, n_done);
    g_auto(GStrv) halves = g_strsplit(bulk_info[bulk->kind].said, "%s", 2);

    if (n_refused == 0)
        app_say(app, ROLE_FOOTER, "%s%s%s", halves[0], count, halves[1]);
    else if (first != NULL)
        app_say(app, ROLE_WARNING, "%s%s%s; %u refused: %s", halves[0], count, halves[1], n_refused,
                first);
    else
        app_say(app, ROLE_WARNING, "%s%s%s; %u left out, still marked", halves[0], count, halves[1],
                n_refused);
}

static void carry_out(struct app *app, const struct bulk *bulk)
{
    guint n_done = 0, n_refused = bulk->n_refused;
    g_autofree char *first = NULL;

    /* None of them is to take the VMs of another. */
    for (guint i = 0; bulk->kind == BULK_DRAIN && i < bulk_n_done(bulk); i++)
        engine_set_maintenance(app->engine,
                               ((const struct bulk_item *)bulk->items->pdata[i])->object, TRUE);
    for (guint i = 0; i < bulk_n_done(bulk); i++) {
        const struct bulk_item *item = g_ptr_array_index(bulk->items, i);
        g_autoptr(GError) error = NULL;

        if (do_one(app, bulk->kind, item->object, &error)) {
            n_done++;
            unmark(app, bulk, item->object);
            continue;
        }
        n_refused++;
        if (first == NULL && error != NULL)
            first = g_strdup_printf("%s: %s", item->object, error->message);
    }
    say_done(app, bulk, n_done, n_refused, first);
}

static void run_line(struct app *app, const struct bulk *bulk)
{
    g_autoptr(GError) error = NULL;

    if (!palette_run(app, bulk->line, FALSE, &error)) {
        app_say(app, ROLE_WARNING, "%s", error->message);
        return;
    }
    for (guint i = 0; i < bulk->items->len; i++)
        unmark(app, bulk, ((const struct bulk_item *)bulk->items->pdata[i])->object);
}

static void answered(struct app *app, int answer, const char *subject)
{
    autoptr(bulk) bulk = g_steal_pointer(&app->bulk);

    (void)subject;
    if (answer != BULK_DO || bulk == NULL)
        return;
    if (bulk->kind == BULK_LINE)
        run_line(app, bulk);
    else
        carry_out(app, bulk);
}

/* --- Asking ---------------------------------------------------------------------------------- */

static void add_texts(const struct app *app, struct dialog *dialog, const struct bulk *bulk)
{
    if (bulk->kind == BULK_LINE)
        dialog_add_text(dialog, ROLE_DIALOG, "roost %s", bulk->line);
    if (bulk->n_refused > 0) {
        g_autofree char *refused = bulk_count(bulk, bulk->n_refused);

        dialog_add_text(dialog, ROLE_WARNING, "%s %s left out, for the reasons below.", refused,
                        bulk->n_refused == 1 ? "is" : "are");
    }
    if (bulk->kind == BULK_OFF)
        dialog_add_text(dialog, ROLE_DIALOG,
                        "Each is asked once more right before; it stays on if that is no longer "
                        "so.%s",
                        app->scene.mode != ENGINE_MANUAL
                            ? " Automatic mode is on and may wake them when they are needed."
                            : "");
    if (bulk->warning != NULL)
        dialog_add_text(dialog, ROLE_WARNING, "%s", bulk->warning);
    if (bulk->kind == BULK_STOP)
        dialog_add_text(dialog, ROLE_WARNING, "Whoever uses them loses the connection.");
}

static void add_items(struct dialog *dialog, const struct bulk *bulk)
{
    for (guint i = 0; i < bulk->items->len; i++) {
        const struct bulk_item *item = g_ptr_array_index(bulk->items, i);

        if (item->refusal != NULL)
            dialog_add_item(dialog, ROLE_WARNING, item->object, "left out: %s", item->refusal);
        else
            dialog_add_item(dialog, ROLE_DIALOG, item->object, "%s", item->effect);
    }
}

/* Nothing can be done to any: there is only to be read why. */
static struct dialog *ask_nothing(const struct bulk *bulk)
{
    g_autofree char *count = bulk_count(bulk, bulk->items->len);
    struct dialog *dialog;
    g_autofree char *title = g_strdup_printf("Refused for all %s", count);

    dialog = dialog_new(title, answered, NULL);
    add_items(dialog, bulk);
    dialog_add_button(dialog, BULK_NOT, 'C', "Close");
    return dialog;
}

static struct dialog *ask(const struct app *app, const struct bulk *bulk)
{
    const struct bulk_info *info = &bulk_info[bulk->kind];
    g_autofree char *title = bulk_title(bulk);
    struct dialog *dialog = dialog_new(title, answered, NULL);

    add_texts(app, dialog, bulk);
    add_items(dialog, bulk);
    if (bulk_is_typed(bulk)) {
        g_autofree char *number = g_strdup_printf("%u", bulk_n_done(bulk));

        dialog_want_word(dialog, number);
    }
    dialog_add_button(dialog, BULK_DO, info->key, info->label);
    dialog_add_button(dialog, BULK_NOT, 'L', "Leave them");
    dialog_choose(dialog, BULK_NOT);
    return dialog;
}

/* Asks about a plan once, and carries it out when agreed to; takes it over. */
static void ask_bulk(struct app *app, struct bulk *bulk)
{
    /* A line only tells, or is refused when it is run. */
    if (app->readonly && bulk->kind != BULK_LINE) {
        app_say(app, ROLE_FOOTER, "this console is read-only: it looks, and does nothing");
        bulk_free(bulk);
        return;
    }
    app_ask(app, bulk_n_done(bulk) == 0 ? ask_nothing(bulk) : ask(app, bulk));
    bulk_free(app->bulk);
    app->bulk = bulk;
}

/* --- What is marked -------------------------------------------------------------------------- */

static gboolean ask_marked(struct app *app, enum bulk_kind kind)
{
    g_autoptr(GPtrArray) objects = bulk_info[kind].of_vms
                                       ? marks_list_vms(&app->marks, app->scene.cluster)
                                       : marks_list_hosts(&app->marks, app->scene.cluster);

    if (objects->len == 0)
        return FALSE;
    ask_bulk(app, bulk_plan(kind, &app->scene, objects));
    return TRUE;
}

/* On, unless all are in maintenance already. */
static enum bulk_kind maintenance_meant(const struct app *app)
{
    g_autoptr(GPtrArray) hosts = marks_list_hosts(&app->marks, app->scene.cluster);

    for (guint i = 0; i < hosts->len; i++) {
        if (!((const struct host *)hosts->pdata[i])->maintenance)
            return BULK_MAINTENANCE;
    }
    return BULK_UNDRAIN;
}

/* Down, unless none of them runs. */
static enum bulk_kind start_stop_meant(const struct app *app)
{
    g_autoptr(GPtrArray) vms = marks_list_vms(&app->marks, app->scene.cluster);

    for (guint i = 0; i < vms->len; i++) {
        if (vm_is_active(vms->pdata[i]))
            return BULK_STOP;
    }
    return BULK_START;
}

gboolean action_on_marked(struct app *app, enum action action)
{
    switch (action) {
    case ACTION_WAKE:
        return ask_marked(app, BULK_WAKE);
    case ACTION_POWER_OFF:
        return ask_marked(app, BULK_OFF);
    case ACTION_DRAIN:
        return ask_marked(app, BULK_DRAIN);
    case ACTION_MAINTENANCE:
        return ask_marked(app, maintenance_meant(app));
    case ACTION_START_STOP:
        return ask_marked(app, start_stop_meant(app));
    default:
        return FALSE;
    }
}

/* The verbs that have a way of their own here; all others that take many run as a line. */
static const struct {
    const char *verb;
    enum bulk_kind kind;
} verb_kinds[] = {
    {"wake", BULK_WAKE},       {"off", BULK_OFF},     {"drain", BULK_DRAIN},
    {"undrain", BULK_UNDRAIN}, {"start", BULK_START}, {"stop", BULK_STOP},
};

gboolean action_verb_on_marked(struct app *app, const char *line)
{
    g_autofree char *stripped = g_strstrip(g_strdup(line));
    g_autoptr(GPtrArray) objects = NULL;
    gboolean of_vms;
    const struct verb *verb = palette_verb_of_marks(app, stripped, &of_vms);

    if (verb == NULL)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(verb_kinds) && strchr(stripped, ' ') == NULL; i++) {
        if (g_str_equal(verb_kinds[i].verb, verb->name))
            return ask_marked(app, verb_kinds[i].kind);
    }
    objects = of_vms ? marks_list_vms(&app->marks, app->scene.cluster)
                     : marks_list_hosts(&app->marks, app->scene.cluster);
    ask_bulk(app, bulk_plan_line(stripped, objects, of_vms));
    return TRUE;
}
