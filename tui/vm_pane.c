#include "tui/vm_pane.h"

#include "core/base/text.h"
#include "core/command/session.h"
#include "core/driver/manage.h"
#include "core/engine/handle.h"
#include "tui/about.h"
#include "tui/view.h"
#include "tui/wrap.h"

#define LABEL_CELLS 8
#define TEXT_LEAST  8

struct vm_pane {
    struct app *app;
    /* What was asked; vm is NULL while nothing was. */
    char *vm;
    char *address;
    enum vm_state state;
    gboolean host_on;
    gboolean again;
    gpointer handle; /* NULL = no answer is awaited */
    guint operation;
    /* What came of it. */
    struct vm_parts *parts; /* NULL = nothing is known */
    char *failure;
    gint64 wall_us;
    struct list list; /* of lines, without a cursor */
    gboolean has_keys;
    struct rect rect; /* as last drawn; empty when it was not */
};

/* --- Asking ---------------------------------------------------------------------------------- */

static struct driver *driver_of(const struct app *app)
{
    return app->session != NULL ? app->session->driver : NULL;
}

static void forget_answer(struct vm_pane *pane)
{
    vm_parts_free(pane->parts);
    pane->parts = NULL;
    g_clear_pointer(&pane->failure, g_free);
    pane->list.top = 0;
}

/* An answer that is on its way finds nobody. */
static void give_up(struct vm_pane *pane)
{
    handle_drop(pane->handle);
    pane->handle = NULL;
}

void vm_pane_free(struct vm_pane *pane)
{
    if (pane == NULL)
        return;
    give_up(pane);
    forget_answer(pane);
    g_free(pane->vm);
    g_free(pane->address);
    g_free(pane);
}

static struct vm_pane *pane_of(struct app *app)
{
    if (app->vm_pane == NULL) {
        app->vm_pane = g_new0(struct vm_pane, 1);
        app->vm_pane->app = app;
    }
    return app->vm_pane;
}

static void cancel(struct vm_pane *pane)
{
    struct driver *driver = driver_of(pane->app);

    if (pane->handle == NULL)
        return;
    give_up(pane);
    if (driver != NULL)
        driver_cancel(driver, pane->operation);
}

static gboolean is_same_vm(const struct vm_pane *pane, const struct vm *vm)
{
    return g_strcmp0(pane->vm, vm->name) == 0 && g_strcmp0(pane->address, vm->host->address) == 0;
}

/* What was told of another VM, or of this one where it was before, is not about it. */
static gboolean knows(const struct vm_pane *pane, const struct vm *vm)
{
    return pane->parts != NULL && is_same_vm(pane, vm);
}

/* Of another VM, or of the one it was somewhere else, nothing is kept. */
static void set_question(struct vm_pane *pane, const struct vm *vm)
{
    if (!is_same_vm(pane, vm)) {
        forget_answer(pane);
        g_free(pane->vm);
        g_free(pane->address);
        pane->vm = g_strdup(vm->name);
        pane->address = g_strdup(vm->host->address);
    }
    pane->state = vm->state;
    pane->host_on = vm->host->state == HOST_ON;
    pane->again = FALSE;
}

static void set_answer(struct vm_pane *pane, struct vm_parts *parts, const char *failure)
{
    if (parts != NULL || failure == NULL)
        forget_answer(pane);
    else
        g_clear_pointer(&pane->failure, g_free);
    if (parts != NULL)
        pane->parts = parts;
    pane->failure = g_strdup(failure);
    pane->wall_us = pane->app->scene.wall_us;
}

static void on_answer(struct manage_answer *answer, const GError *error, gpointer data)
{
    struct vm_pane *pane = handle_owner(data);

    if (pane != NULL) {
        give_up(pane);
        set_answer(pane, answer != NULL ? g_steal_pointer(&answer->parts) : NULL,
                   error != NULL ? error->message : NULL);
        app_changed(pane->app);
    }
    manage_answer_free(answer);
}

static void ask(struct vm_pane *pane, const struct vm *vm)
{
    g_autofree char *why_not = vm_parts_why_not(vm);

    cancel(pane);
    set_question(pane, vm);
    if (why_not != NULL || driver_of(pane->app) == NULL)
        return;
    pane->handle = handle_new(pane);
    pane->operation =
        driver_parts(driver_of(pane->app), vm->host->address, vm->name, on_answer, pane->handle);
}

void vm_pane_follow(struct app *app)
{
    const struct vm *vm = app->view == &view_vm && app->vm != NULL
                              ? cluster_find_vm(app->scene.cluster, app->vm)
                              : NULL;
    struct vm_pane *pane;

    if (vm == NULL) {
        if (app->vm_pane != NULL)
            cancel(app->vm_pane);
        g_clear_pointer(&app->vm_pane, vm_pane_free);
        return;
    }
    pane = pane_of(app);
    if (pane->again || !is_same_vm(pane, vm) || pane->state != vm->state ||
        pane->host_on != (vm->host->state == HOST_ON))
        ask(pane, vm);
}

void vm_pane_again(struct app *app)
{
    pane_of(app)->again = TRUE;
}

void vm_pane_show(struct app *app, const struct vm *vm, struct vm_parts *parts_take,
                  const char *failure)
{
    struct vm_pane *pane = pane_of(app);

    set_question(pane, vm);
    set_answer(pane, parts_take, failure);
}

/* --- Lines ----------------------------------------------------------------------------------- */

struct pane_line {
    char *label; /* "" on those that go on */
    char *text;
    enum role role;
};

static void line_clear(gpointer data)
{
    struct pane_line *line = data;

    g_free(line->label);
    g_free(line->text);
}

/* Takes the text. */
static void add(GArray *lines, int width, enum role role, const char *label, char *text)
{
    g_autoptr(GPtrArray) wrapped = g_ptr_array_new_with_free_func(g_free);

    wrap_text(text, MAX(TEXT_LEAST, width - LABEL_CELLS - 1), wrapped);
    for (guint i = 0; i < wrapped->len; i++) {
        struct pane_line line = {g_strdup(i == 0 ? label : ""),
                                 g_strdup(g_ptr_array_index(wrapped, i)), role};

        g_array_append_val(lines, line);
    }
    g_free(text);
}

static enum role disk_role(const struct vm_disk *disk)
{
    if (disk->place == VM_DISK_LOCAL)
        return ROLE_WARNING;
    return disk->place == VM_DISK_EMPTY ? ROLE_MUTED : ROLE_TEXT;
}

static gboolean knows_all_places(const struct vm_parts *parts)
{
    for (guint i = 0; i < parts->disks->len; i++) {
        const struct vm_disk *disk = g_ptr_array_index(parts->disks, i);

        if (disk->place == VM_DISK_UNKNOWN)
            return FALSE;
    }
    return !parts->cut;
}

static void add_moving(GArray *lines, int width, const struct vm_parts *parts)
{
    gboolean never = FALSE;
    char *why = vm_parts_obstacle(parts, &never);

    if (why != NULL)
        add(lines, width, never ? ROLE_ALARM : ROLE_WARNING, "moving", why);
    else if (knows_all_places(parts))
        add(lines, width, ROLE_TEXT, "moving", g_strdup("nothing of it ties it to its host"));
    else
        add(lines, width, ROLE_TEXT, "moving",
            g_strdup("nothing that is known of it ties it to its host"));
}

/* What decides stands first: the rest may be further down than there is room. */
static void add_parts(GArray *lines, int width, const struct vm_parts *parts)
{
    add_moving(lines, width, parts);
    for (guint i = 0; i < parts->disks->len; i++) {
        const struct vm_disk *disk = g_ptr_array_index(parts->disks, i);

        add(lines, width, disk_role(disk), disk->target, vm_disk_say(disk));
    }
    if (parts->disks->len == 0)
        add(lines, width, ROLE_MUTED, "disks", g_strdup("none"));
    for (guint i = 0; i < parts->nics->len; i++)
        add(lines, width, ROLE_TEXT, "network", vm_nic_say(g_ptr_array_index(parts->nics, i)));
    if (parts->nics->len == 0)
        add(lines, width, ROLE_MUTED, "network", g_strdup("no interface"));
    for (guint i = 0; i < parts->screens->len; i++) {
        const struct vm_screen *screen = g_ptr_array_index(parts->screens, i);

        add(lines, width, ROLE_TEXT, screen->kind, vm_screen_say(screen));
    }
    if (parts->screens->len == 0)
        add(lines, width, ROLE_MUTED, "screen", g_strdup("none"));
    if (parts->trouble != NULL)
        add(lines, width, ROLE_WARNING, "unknown", g_strdup(parts->trouble));
    if (parts->cut)
        add(lines, width, ROLE_WARNING, "more",
            g_strdup_printf("it has more than the %d of a kind that are shown", VM_PARTS_MOST));
}

/* What there is to say in place of an answer, or above an old one; NULL = nothing. */
static char *say_state(const struct app *app, const struct vm_pane *pane, const struct vm *vm,
                       enum role *role)
{
    char *why_not = vm_parts_why_not(vm);
    const char *key = keymap_first_key(app->keymap, ACTION_REFRESH);

    *role = ROLE_WARNING;
    if (why_not != NULL)
        return why_not;
    if (pane->failure != NULL && is_same_vm(pane, vm))
        return g_strdup_printf("host %s was asked: %s; %s asks again", vm->host->name,
                               pane->failure, key);
    if (app->session != NULL && driver_of(app) == NULL)
        return g_strdup_printf("this console has no driver of its own, and cannot ask host %s; "
                               "roost show %s does where there is one",
                               vm->host->name, vm->name);
    *role = ROLE_MUTED;
    return !knows(pane, vm) ? g_strdup_printf("asking host %s ...", vm->host->name) : NULL;
}

static GArray *make_lines(struct app *app, const struct vm *vm, int width)
{
    GArray *lines = g_array_new(FALSE, TRUE, sizeof(struct pane_line));
    struct vm_pane *pane = pane_of(app);
    enum role role;
    char *state = say_state(app, pane, vm, &role);

    g_array_set_clear_func(lines, line_clear);
    if (state != NULL)
        add(lines, width, role, "", state);
    if (knows(pane, vm))
        add_parts(lines, width, pane->parts);
    return lines;
}

/* --- Drawing --------------------------------------------------------------------------------- */

gboolean vm_pane_has_keys(const struct app *app)
{
    return app->vm_pane != NULL && app->vm_pane->has_keys;
}

void vm_pane_toggle(struct app *app)
{
    struct vm_pane *pane = pane_of(app);

    pane->has_keys = !pane->has_keys;
}

void vm_pane_hide(struct app *app)
{
    if (app->vm_pane != NULL)
        app->vm_pane->rect = (struct rect){0};
}

/* "lines 1-6 of 12; 22:07:14: 1 disk, 4.0 GiB, 1.2 GiB on disk". Free with g_free. */
static char *format_note(const struct app *app, const struct vm_pane *pane, const struct vm *vm)
{
    const struct list *list = &pane->list;
    GString *note = g_string_new(NULL);

    if (list->n > list->height)
        g_string_append_printf(note, "lines %d-%d of %d; ", list->top + 1, list->top + list->height,
                               list->n);
    if (knows(pane, vm)) {
        g_autofree char *sum = vm_parts_sum(pane->parts);
        g_autofree char *time = scene_time(&app->scene, pane->wall_us, "%H:%M:%S");

        g_string_append_printf(note, "%s: %s", time, sum);
    } else if (note->len > 0) {
        g_string_truncate(note, note->len - 2);
    }
    return g_string_free(note, FALSE);
}

void vm_pane_draw(struct app *app, struct surface *surface, struct rect rect, const struct vm *vm)
{
    struct vm_pane *pane = pane_of(app);
    int width = MAX(0, rect.width - 2);
    g_autoptr(GArray) lines = make_lines(app, vm, width);
    struct list *list = &pane->list;
    g_autofree char *note = NULL;

    rect.height = MIN(rect.height, (int)lines->len + 1);
    pane->rect = rect;
    list->y = rect.y + 1;
    list_fit(list, (int)lines->len, rect.height - 1);
    note = format_note(app, pane, vm);
    about_draw_rule(app, surface, (struct rect){rect.x, rect.y, rect.width, 1}, "Disks and network",
                    note);
    if (pane->has_keys)
        surface_recolour(surface, (struct rect){rect.x + 1, rect.y, 19, 1}, ROLE_SELECTED, 0);
    for (int i = 0; i < list->height && list->top + i < list->n; i++) {
        const struct pane_line *line =
            &g_array_index(lines, struct pane_line, (guint)(list->top + i));
        int x = rect.x + 1;

        surface_text(surface, x, rect.y + 1 + i, LABEL_CELLS, line->label, ROLE_MUTED, 0);
        surface_text(surface, x + LABEL_CELLS + 1, rect.y + 1 + i, MAX(0, width - LABEL_CELLS - 1),
                     line->text, line->role, 0);
    }
}

char *vm_pane_obstacle(const struct app *app, const struct vm *vm, enum role *role)
{
    const struct vm_pane *pane = app->vm_pane;
    gboolean never = FALSE;
    char *why;

    if (pane == NULL || !knows(pane, vm) || !vm_is_active(vm))
        return NULL;
    why = vm_parts_obstacle(pane->parts, &never);
    *role = never ? ROLE_ALARM : ROLE_WARNING;
    return why;
}

/* --- Keys and mouse -------------------------------------------------------------------------- */

gboolean vm_pane_key(struct app *app, enum action action)
{
    if (!vm_pane_has_keys(app))
        return FALSE;
    if (action == ACTION_CONFIRM) { /* what it would confirm is not chosen here */
        vm_pane_toggle(app);
        return TRUE;
    }
    return list_key(&app->vm_pane->list, action);
}

gboolean vm_pane_mouse(struct app *app, const struct input *input)
{
    struct vm_pane *pane = app->vm_pane;

    if (pane == NULL || !rect_contains(pane->rect, input->x, input->y))
        return FALSE;
    if (input->kind == INPUT_PRESS && input->button == 1)
        pane->has_keys = TRUE;
    else
        list_mouse(&pane->list, input);
    return TRUE;
}
