#include "tui/menu_items.h"

#include <string.h>

#include "core/command/command_line.h"
#include "core/command/limits.h"
#include "core/policy/check.h"
#include "tui/app.h"

/* Why a verb cannot be used on what is selected; NULL = it can. */
typedef char *(*refusal_func)(const struct app *app, const struct host *host, const struct vm *vm);

/* What the console knows of a verb beyond the table; those not in here are typed. */
struct row {
    const char *verb;
    char key;
    enum menu_how how;
    enum action action;
    const char *question;
    refusal_func refusal;
};

static char *explain(const struct app *app, enum check_reason reason, const struct host *host,
                     const struct vm *vm)
{
    if (reason == CHECK_OK || check_can_force(reason))
        return NULL;
    return check_explain(reason, vm, host, &app->scene.settings->policy);
}

static char *may_start(const struct app *app, const struct host *host, const struct vm *vm)
{
    if (vm_is_active(vm))
        return g_strdup_printf("it is %s", vm_state_name(vm->state));
    return app->engine != NULL ? explain(app, engine_check_start(app->engine, vm, host), host, vm)
                               : NULL;
}

static char *may_stop(const struct app *app, const struct host *host, const struct vm *vm)
{
    return explain(app, check_stop(vm), host, vm);
}

static char *is_running(const struct app *app, const struct host *host, const struct vm *vm)
{
    (void)app;
    (void)host;
    return vm->state == VM_RUNNING ? NULL : g_strdup_printf("it is %s", vm_state_name(vm->state));
}

static char *is_active(const struct app *app, const struct host *host, const struct vm *vm)
{
    return vm_is_active(vm) ? NULL : is_running(app, host, vm);
}

static char *is_paused(const struct app *app, const struct host *host, const struct vm *vm)
{
    (void)app;
    (void)host;
    return vm->state == VM_PAUSED ? NULL : g_strdup_printf("it is %s", vm_state_name(vm->state));
}

static char *is_off(const struct app *app, const struct host *host, const struct vm *vm)
{
    (void)app;
    (void)host;
    return vm_is_active(vm) ? g_strdup_printf("it is %s: stop it first", vm_state_name(vm->state))
                            : NULL;
}

static char *may_wake(const struct app *app, const struct host *host, const struct vm *vm)
{
    return explain(app, check_wake(host), host, vm);
}

static char *may_switch_off(const struct app *app, const struct host *host, const struct vm *vm)
{
    if (app->engine != NULL && engine_may_cut(app->engine, host))
        return NULL;
    return explain(app,
                   check_power_off(host, &app->scene.settings->policy, app->scene.now_us, FALSE),
                   host, vm);
}

static char *is_drained(const struct app *app, const struct host *host, const struct vm *vm)
{
    (void)app;
    (void)vm;
    return host->maintenance ? g_strdup("it is in maintenance already") : NULL;
}

static char *has_vms(const struct app *app, const struct host *host, const struct vm *vm)
{
    (void)app;
    (void)vm;
    return host_active_vms(host) > 0 ? NULL : g_strdup("it runs no VM");
}

static char *is_not_drained(const struct app *app, const struct host *host, const struct vm *vm)
{
    (void)app;
    (void)vm;
    return host->maintenance ? NULL : g_strdup("it is not in maintenance");
}

static char *has_pin(const struct app *app, const struct host *host, const struct vm *vm)
{
    (void)app;
    (void)host;
    return vm->pin != NULL ? NULL : g_strdup("it is not pinned");
}

/* In the order of the menu; those whose verb the table does not have are passed over. */
static const struct row vm_rows[] = {
    {"start", 's', MENU_ACTS, ACTION_START_STOP, NULL, may_start},
    {"stop", 'o', MENU_ACTS, ACTION_START_STOP, NULL, may_stop},
    {"migrate", 'm', MENU_ACTS, ACTION_MIGRATE, NULL, is_active},
    {"spread", 'e', MENU_ACTS, ACTION_SPREAD, NULL, is_active},
    {"pause", 'p', MENU_RUNS, ACTION_NONE, NULL, is_running},
    {"resume", 'r', MENU_RUNS, ACTION_NONE, NULL, is_paused},
    {"reboot", 'b', MENU_ASKS, ACTION_NONE,
     "Its guest is asked to start again. Whoever uses it loses the connection.", is_running},
    {"autostart", 'a', MENU_TYPES, ACTION_NONE, NULL, NULL},
    {"pin", 'i', MENU_TYPES, ACTION_NONE, NULL, NULL},
    {"unpin", 'u', MENU_RUNS, ACTION_NONE, NULL, has_pin},
    {"group", 'g', MENU_TYPES, ACTION_NONE, NULL, NULL},
    {"home", 'h', MENU_TYPES, ACTION_NONE, NULL, NULL},
    {"find", 0, MENU_RUNS, ACTION_NONE, NULL, NULL},
    {"show", 'w', MENU_RUNS, ACTION_NONE, NULL, NULL},
    {"delete", 'd', MENU_ASKS_NAME, ACTION_NONE,
     "Its definition is taken from its host, and it is no longer known. Its disks stay unless "
     "--disks is given: type that in the palette.",
     is_off},
    {NULL},
};

static const struct row host_rows[] = {
    {"wake", 'w', MENU_ACTS, ACTION_WAKE, NULL, may_wake},
    {"off", 'o', MENU_ACTS, ACTION_POWER_OFF, NULL, may_switch_off},
    {"drain", 'd', MENU_ACTS, ACTION_DRAIN, NULL, is_drained},
    {"spread", 's', MENU_ACTS, ACTION_SPREAD, NULL, has_vms},
    {"undrain", 'u', MENU_ACTS, ACTION_MAINTENANCE, NULL, is_not_drained},
    {"list", 'l', MENU_RUNS, ACTION_NONE, NULL, NULL},
    {"doctor", 'e', MENU_RUNS, ACTION_NONE, NULL, NULL},
    {"note", 'n', MENU_TYPES, ACTION_NONE, NULL, NULL},
    {"remote", 'r', MENU_TYPES, ACTION_NONE, NULL, NULL},
    {"vm-max", 'v', MENU_TYPES, ACTION_NONE, NULL, NULL},
    {"del-node", 'x', MENU_ASKS_NAME, ACTION_NONE,
     "It leaves the cluster, with its VMs. Nothing is done to the host itself, nor to them: they "
     "go on, unwatched.",
     NULL},
    {NULL},
};

static const struct row *find_row(const struct row *rows, const char *verb)
{
    for (; rows->verb != NULL; rows++) {
        if (g_str_equal(rows->verb, verb))
            return rows;
    }
    return NULL;
}

static void item_free(gpointer data)
{
    struct menu_item *item = data;

    g_free(item->line);
    g_free(item->question);
    g_free(item->refusal);
    g_free(item);
}

static char *quote(const char *name)
{
    return *name == '-' || strpbrk(name, " \t'\"\\#$`*?[]{}()&;|<>~") != NULL ? g_shell_quote(name)
                                                                              : g_strdup(name);
}

static void add(GPtrArray *items, const struct app *app, const struct host *host,
                const struct vm *vm, const struct verb *verb, const struct row *row)
{
    struct menu_item *item = g_new0(struct menu_item, 1);
    g_autofree char *name = quote(vm != NULL ? vm->name : host->name);

    *item = (struct menu_item){.verb = verb->name, .help = verb->help};
    item->how = row != NULL ? row->how : MENU_TYPES;
    item->key = row != NULL ? row->key : 0;
    item->action = row != NULL ? row->action : ACTION_NONE;
    item->line = g_strdup_printf("%s %s%s", verb->name, name, item->how == MENU_TYPES ? " " : "");
    item->question = row != NULL ? g_strdup(row->question) : NULL;
    if (row != NULL && row->refusal != NULL)
        item->refusal = row->refusal(app, host, vm);
    g_ptr_array_add(items, item);
}

/* TRUE when the verb's first argument is of that kind: "VM", "[HOST...]", "[vm|off|HOST]". */
static gboolean takes(const struct verb *verb, const char *kind)
{
    g_auto(GStrv) arguments = g_strsplit(verb->arguments, " ", 2);
    g_auto(GStrv) kinds = arguments[0] != NULL ? g_strsplit_set(arguments[0], "[]|.", -1) : NULL;

    for (guint i = 0; kinds != NULL && kinds[i] != NULL; i++) {
        if (g_str_equal(kinds[i], kind))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_hidden(const struct app *app, const struct verb *verb)
{
    const struct limits limits = {app->readonly, app->kiosk};

    return (verb->flags & (VERB_HIDDEN | VERB_ALONE)) != 0 || !limits_offer(limits, verb);
}

/* Letters for those that brought none: the first of their own that is free. */
static void give_keys(GPtrArray *items)
{
    gboolean taken[128] = {FALSE};

    for (guint i = 0; i < items->len; i++)
        taken[(guchar)((struct menu_item *)items->pdata[i])->key & 0x7f] = TRUE;
    for (guint i = 0; i < items->len; i++) {
        struct menu_item *item = g_ptr_array_index(items, i);

        for (const char *letter = item->verb; item->key == 0 && *letter != '\0'; letter++) {
            if (g_ascii_islower(*letter) && !taken[(guchar)*letter])
                item->key = *letter;
        }
        taken[(guchar)item->key & 0x7f] = TRUE;
    }
}

GPtrArray *menu_items(const struct app *app, const struct host *host, const struct vm *vm)
{
    GPtrArray *items = g_ptr_array_new_with_free_func(item_free);
    const struct row *rows = vm != NULL ? vm_rows : host_rows;
    const char *kind = vm != NULL ? "VM" : "HOST";

    for (const struct row *row = rows; row->verb != NULL; row++) {
        const struct verb *verb = palette_verb(row->verb);

        if (verb != NULL && !is_hidden(app, verb))
            add(items, app, host, vm, verb, row);
    }
    for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
        if (takes(verb, kind) && find_row(rows, verb->name) == NULL && !is_hidden(app, verb) &&
            !(vm != NULL && g_str_equal(verb->name, "list")))
            add(items, app, host, vm, verb, NULL);
    }
    give_keys(items);
    return items;
}

/* Picking up goes by its key; what a verb does to many, by the verb. */
static gboolean is_for_marks(const struct app *app, struct menu_item *item, gboolean of_vms)
{
    gboolean verb_of_vms;

    g_clear_pointer(&item->refusal, g_free);
    if (palette_verb_of_marks(app, item->verb, &verb_of_vms) != NULL && verb_of_vms == of_vms)
        item->how = MENU_MARKED;
    return item->how == MENU_MARKED || item->how == MENU_ACTS;
}

GPtrArray *menu_items_marked(const struct app *app, gboolean of_vms)
{
    g_autoptr(GPtrArray) marked = of_vms ? marks_list_vms(&app->marks, app->scene.cluster)
                                         : marks_list_hosts(&app->marks, app->scene.cluster);
    const struct vm *vm = of_vms ? g_ptr_array_index(marked, 0) : NULL;
    GPtrArray *items = menu_items(app, of_vms ? vm->host : g_ptr_array_index(marked, 0), vm);

    for (guint i = items->len; i > 0; i--) {
        if (!is_for_marks(app, items->pdata[i - 1], of_vms))
            g_ptr_array_remove_index(items, i - 1);
    }
    return items;
}
