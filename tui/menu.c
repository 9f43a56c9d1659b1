#include "tui/menu.h"

#include <string.h>

#include "core/base/text.h"
#include "tui/action.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/menu_items.h"
#include "tui/view.h"

#define WIDTH_MOST 76

struct menu {
    char *title;
    char *subject;    /* the VM's name, or the host's */
    GPtrArray *items; /* struct menu_item */
    struct list list;
    struct rect inside; /* as last drawn */
};

void menu_free(struct menu *menu)
{
    if (menu == NULL)
        return;
    g_ptr_array_unref(menu->items);
    g_free(menu->title);
    g_free(menu->subject);
    g_free(menu);
}

/* What is marked goes before what is selected; of hosts and VMs, that which is selected. */
static gboolean is_of_marks(const struct app *app, gboolean *of_vms)
{
    guint n_hosts = marks_n_hosts(&app->marks), n_vms = marks_n_vms(&app->marks);

    *of_vms = n_vms > 0 && (n_hosts == 0 || app_vm(app) != NULL);
    return n_hosts + n_vms > 0;
}

static struct menu *menu_new_marked(const struct app *app, gboolean of_vms)
{
    guint n = of_vms ? marks_n_vms(&app->marks) : marks_n_hosts(&app->marks);
    struct menu *menu = g_new0(struct menu, 1);

    menu->title = g_strdup_printf("%u %s%s marked", n, of_vms ? "VM" : "host", n == 1 ? "" : "s");
    menu->subject = g_strdup("");
    menu->items = menu_items_marked(app, of_vms);
    return menu;
}

static struct menu *menu_new(const struct app *app, const struct host *host, const struct vm *vm)
{
    struct menu *menu = g_new0(struct menu, 1);

    menu->title = vm != NULL ? g_strdup_printf("vm %s on %s", vm->name, host->name)
                             : g_strdup_printf("host %s", host->name);
    menu->subject = g_strdup(vm != NULL ? vm->name : host->name);
    menu->items = menu_items(app, host, vm);
    return menu;
}

void menu_open(struct app *app)
{
    const struct host *host = app_host(app);
    struct menu *menu;
    gboolean of_vms;

    if (host == NULL) {
        app_say(app, ROLE_FOOTER, "there is no host yet: %s and add-node adds them",
                keymap_first_key(app->keymap, ACTION_PALETTE));
        return;
    }
    menu =
        is_of_marks(app, &of_vms) ? menu_new_marked(app, of_vms) : menu_new(app, host, app_vm(app));
    /* A read-only console does to many what it can do at all: nothing. */
    if (menu->items->len == 0) {
        app_say(app, ROLE_FOOTER, "%s: nothing can be done with that many here", menu->title);
        menu_free(menu);
        return;
    }
    menu->list.has_cursor = TRUE;
    menu_free(app->menu);
    app->menu = menu;
}

/* --- Drawing --------------------------------------------------------------------------------- */

static struct menu_item *item_at(const struct menu *menu, int index)
{
    return g_ptr_array_index(menu->items, (guint)index);
}

static void draw_item(const struct menu_item *item, struct surface *surface, struct rect row,
                      int label_cells, gboolean chosen)
{
    enum role role = item->refusal != NULL ? ROLE_MUTED : ROLE_DIALOG;
    const char *tail = item->refusal != NULL ? item->refusal : item->help;
    int x = row.x + 1;

    surface_fill(surface, row, " ", role, 0);
    if (item->key != 0)
        surface_printf(surface, x, row.y, 1, role, item->refusal != NULL ? 0 : CELL_BOLD, "%c",
                       item->key);
    x += 3;
    surface_text(surface, x, row.y, label_cells, item->verb, role,
                 item->refusal != NULL ? 0 : CELL_BOLD);
    x += label_cells + 2;
    surface_text(surface, x, row.y, MAX(0, row.x + row.width - 1 - x), tail, role, 0);
    if (chosen)
        surface_recolour(surface, row, item->refusal != NULL ? ROLE_SELECTED : ROLE_BUTTON_CHOSEN,
                         0);
}

static void measure(const struct menu *menu, int *label, int *width)
{
    *label = 0;
    *width = (int)text_width(menu->title) + 6;
    for (guint i = 0; i < menu->items->len; i++)
        *label = MAX(*label, (int)text_width(item_at(menu, (int)i)->verb));
    for (guint i = 0; i < menu->items->len; i++) {
        const struct menu_item *item = item_at(menu, (int)i);
        const char *tail = item->refusal != NULL ? item->refusal : item->help;

        *width = MAX(*width, *label + (int)text_width(tail) + 9);
    }
    *width = MIN(*width, WIDTH_MOST);
}

void menu_draw(struct menu *menu, struct surface *surface, gboolean ascii)
{
    int label, width, height;
    struct rect box;

    measure(menu, &label, &width);
    width = MIN(width, surface->width - 2);
    height = MIN((int)menu->items->len + 2, surface->height - 2);
    box = (struct rect){(surface->width - width) / 2, MAX(1, (surface->height - height) / 2), width,
                        height};
    surface_fill(surface, box, " ", ROLE_DIALOG, 0);
    surface_box(surface, box, menu->title, ROLE_DIALOG_FRAME, ascii);
    menu->inside = (struct rect){box.x + 1, box.y + 1, width - 2, height - 2};
    menu->list.y = menu->inside.y;
    list_fit(&menu->list, (int)menu->items->len, menu->inside.height);
    for (int i = 0; i < menu->list.height && menu->list.top + i < menu->list.n; i++)
        draw_item(item_at(menu, menu->list.top + i), surface,
                  (struct rect){menu->inside.x, menu->inside.y + i, menu->inside.width, 1}, label,
                  menu->list.top + i == menu->list.cursor);
}

/* --- Choosing -------------------------------------------------------------------------------- */

static void close_menu(struct app *app)
{
    g_clear_pointer(&app->menu, menu_free);
}

static void run_line(struct app *app, const char *line)
{
    g_autoptr(GError) error = NULL;

    if (!palette_run(app, line, FALSE, &error))
        app_say(app, ROLE_WARNING, "%s", error->message);
}

enum menu_answer {
    MENU_DO,
    MENU_NOT
};

/* subject: the line to run. */
static void answered(struct app *app, int answer, const char *subject)
{
    if (answer == MENU_DO)
        run_line(app, subject);
}

static void ask(struct app *app, const struct menu_item *item, const char *subject)
{
    g_autofree char *title = g_strdup_printf("%s %s?", item->verb, subject);
    struct dialog *dialog = dialog_new(title, answered, item->line);

    *title = g_ascii_toupper(*title);
    dialog_add_text(dialog, ROLE_DIALOG, "%s", item->question);
    dialog_add_text(dialog, ROLE_DIALOG, "roost %s", item->line);
    if (item->how == MENU_ASKS_NAME)
        dialog_want_word(dialog, subject);
    dialog_add_button(dialog, MENU_DO, 'D', "Do it");
    dialog_add_button(dialog, MENU_NOT, 'L', "Leave it");
    dialog_choose(dialog, MENU_NOT);
    app_ask(app, dialog);
}

static void take(struct app *app, int index)
{
    struct menu *menu = g_steal_pointer(&app->menu);
    const struct menu_item *item = item_at(menu, index);

    if (item->refusal != NULL) {
        app_say(app, ROLE_WARNING, "refused: %s", item->refusal);
    } else {
        switch (item->how) {
        case MENU_ACTS:
            app_act(app, &(struct input){.kind = INPUT_KEY}, item->action);
            break;
        case MENU_TYPES:
            palette_open(app, item->line);
            break;
        case MENU_MARKED:
            action_verb_on_marked(app, item->verb);
            break;
        case MENU_RUNS:
            run_line(app, item->line);
            break;
        case MENU_ASKS:
        case MENU_ASKS_NAME:
            ask(app, item, menu->subject);
            break;
        }
    }
    menu_free(menu);
}

void menu_key(struct app *app, guint key, enum action action)
{
    struct menu *menu = app->menu;

    if (key == INPUT_KEY_ENTER) {
        take(app, menu->list.cursor);
        return;
    }
    for (guint i = 0; i < menu->items->len; i++) {
        if (key != 0 && item_at(menu, (int)i)->key == (char)key && key < 0x80) {
            take(app, (int)i);
            return;
        }
    }
    if (key == INPUT_KEY_ESCAPE || action == ACTION_CANCEL || action == ACTION_MENU ||
        action == ACTION_QUIT || key == KEY_CONTROL('C'))
        close_menu(app);
    else if (key >= KEY_SPECIAL || key < 32)
        list_key(&menu->list, action);
}

void menu_mouse(struct app *app, const struct input *input)
{
    struct menu *menu = app->menu;
    gboolean click = input->kind == INPUT_PRESS && input->button == 1;

    if (click && !rect_contains(menu->inside, input->x, input->y))
        close_menu(app);
    else if (list_mouse(&menu->list, input) && click)
        take(app, menu->list.cursor);
}
