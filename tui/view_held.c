/* view_held.c - below the grid: what is in hand, and what the host under it says to that. */
#include "tui/view.h"

#include "tui/fields.h"
#include "tui/units.h"

#define NAMES_MOST 200 /* bytes */
#define COUNT_MOST 1000

/* "web, db, mail and 9 more". Free it. */
static char *name_all(const struct drag *drag)
{
    g_autoptr(GString) names = g_string_new(NULL);
    guint i = 0;

    for (; i < drag->vms->len && names->len < NAMES_MOST; i++) {
        const struct drag_vm *held = g_ptr_array_index(drag->vms, i);

        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", held->name);
    }
    if (i < drag->vms->len)
        g_string_append_printf(names, " and %u more", drag->vms->len - i);
    return g_strdup(names->str);
}

/* "pc01", "3 hosts". Free it. */
static char *name_origin(const struct drag *drag)
{
    g_autoptr(GHashTable) hosts = g_hash_table_new(g_str_hash, g_str_equal);

    if (drag->vms->len > COUNT_MOST)
        return g_strdup("many hosts");
    for (guint i = 0; i < drag->vms->len; i++)
        g_hash_table_add(hosts, ((struct drag_vm *)drag->vms->pdata[i])->from);
    return g_hash_table_size(hosts) == 1 ? g_strdup(drag->from)
                                         : g_strdup_printf("%u hosts", g_hash_table_size(hosts));
}

static void draw_hand(const struct drag *drag, struct surface *surface, struct rect rect)
{
    autoptr(fields) fields = fields_new();
    g_autofree char *what = drag_describe(drag), *from = name_origin(drag);
    const struct vm *vm = g_ptr_array_index(drag->here, 0);

    fields_add(fields, 1, ROLE_HELD, CELL_BOLD, NULL, " %s in hand ", what);
    fields_add(fields, 2, ROLE_TEXT, 0, NULL, "from %s", from);
    fields_add(fields, 3, ROLE_TEXT, 0, NULL, "%.0f MiB", (double)drag->mem_kib / 1024.0);
    fields_add(fields, 4, ROLE_TEXT, 0, NULL, "CPU %d %%", (gint)((drag->cpu_permille + 5) / 10));
    if (drag->vms->len > 1) {
        g_autofree char *names = name_all(drag);

        fields_add(fields, 5, ROLE_MUTED, 0, NULL, "%s", names);
    } else if (vm->home != NULL) {
        fields_add(fields, 5, ROLE_MUTED, 0, NULL,
                   g_str_equal(vm->home, vm->host->name) ? "at home" : "home %s", vm->home);
    }
    fields_draw(fields, surface, rect, 2);
}

static void add_numbers(struct fields *fields, const struct drag_becomes *becomes)
{
    if (becomes->load_permille >= 0 && becomes->load_before_permille >= 0)
        fields_add(fields, 2, ROLE_TEXT, 0, NULL, "load %.2f > %.2f",
                   becomes->load_before_permille / 1000.0, becomes->load_permille / 1000.0);
    if (becomes->mem_all_kib > 0)
        fields_add(fields, 3, ROLE_TEXT, 0, NULL, "RAM %.1f > %.1f of %.1f GiB",
                   UNITS_GIB(becomes->mem_before_kib), UNITS_GIB(becomes->mem_kib),
                   UNITS_GIB(becomes->mem_all_kib));
    if (becomes->vms_most > 0)
        fields_add(fields, 2, ROLE_TEXT, 0, NULL, "%u > %u of %u VMs", becomes->vms_before,
                   becomes->vms, becomes->vms_most);
}

/* What it would become: the numbers a plan gives. */
static void draw_becomes(const struct app *app, struct surface *surface, struct rect rect,
                         const struct host *to)
{
    const struct drag_becomes *becomes = drag_becomes(&app->drag, to->index);
    const struct mark_info *state = &host_mark_info[host_mark_of(to, becomes->class)];
    autoptr(fields) fields = fields_new();

    if (becomes->leaves)
        fields_add(fields, 1, ROLE_HELD, 0, NULL, "%s without %s", to->name,
                   drag_n(&app->drag) == 1 ? "it" : "them");
    else if (becomes->reason == CHECK_OK)
        fields_add(fields, 1, ROLE_TARGET_YES, CELL_BOLD, NULL, "%s would take %s", to->name,
                   becomes->set.n == 1 ? "it" : "them");
    else
        fields_add(fields, 1, ROLE_MUTED, 0, NULL, "%s would become", to->name);
    fields_add(fields, 1, state->role, 0, NULL, "%s", state->name);
    add_numbers(fields, becomes);
    fields_draw(fields, surface, rect, 2);
}

static void draw_refusal(const struct app *app, struct surface *surface, struct rect rect,
                         const struct host *to)
{
    gboolean forced = check_can_force(drag_reason(&app->drag, to->index));
    g_autofree char *sentence = drag_explain(&app->drag, to->index);
    struct rect below = {rect.x, rect.y + 1, rect.width, 1};

    surface_printf(surface, rect.x, rect.y, rect.width, ROLE_TARGET_NO, 0, "%s: %s",
                   forced ? "asks first" : "no", sentence);
    if (rect.height < 2)
        return;
    if (forced)
        draw_becomes(app, surface, below, to);
    else
        surface_text(surface, below.x, below.y, below.width, "force does not go past this",
                     ROLE_MUTED, 0);
}

void held_draw(const struct app *app, struct surface *surface, struct rect rect)
{
    const struct host *to =
        app->drag.target >= 0 ? scene_host_at(&app->scene, (guint)app->drag.target) : NULL;
    const char *stay = drag_n(&app->drag) == 1 ? "it stays" : "they stay";
    struct rect below = {rect.x, rect.y + 1, rect.width, rect.height - 1};

    if (app->drag.here->len == 0)
        return;
    draw_hand(&app->drag, surface, (struct rect){rect.x, rect.y, rect.width, 1});
    if (below.height < 1)
        return;
    if (to == NULL) {
        surface_printf(surface, below.x, below.y, below.width, ROLE_MUTED, 0,
                       "over no host: dropped here %s", stay);
        return;
    }
    if (!drag_becomes(&app->drag, to->index)->leaves &&
        drag_reason(&app->drag, to->index) != CHECK_OK) {
        draw_refusal(app, surface, below, to);
        return;
    }
    draw_becomes(app, surface, (struct rect){below.x, below.y, below.width, 1}, to);
    if (drag_becomes(&app->drag, to->index)->leaves && below.height > 1)
        surface_printf(surface, below.x, below.y + 1, below.width, ROLE_MUTED, 0, "dropped here %s",
                       stay);
}
