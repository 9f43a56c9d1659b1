#include "tui/view.h"

#include <string.h>

#include "core/base/text.h"
#include "tui/fields.h"

#define MINUTE_FORMAT "%H:%M"
#define READ_ONLY     " READ-ONLY "
#define WIDE_ENOUGH   100 /* for what is only nice to have */

/* --- The fields ------------------------------------------------------------------------------ */

static void add_mode(struct fields *fields, const struct scene *scene)
{
    const char *policy = policy_kind_name(scene->settings->policy.kind);

    if (scene->goal == ENGINE_GOAL_COMPACT)
        fields_add(fields, 2, ROLE_HEADER_STRONG, CELL_BOLD, NULL, "COMPACTING");
    else if (scene->goal == ENGINE_GOAL_NORMALIZE)
        fields_add(fields, 2, ROLE_HEADER_STRONG, CELL_BOLD, NULL, "NORMALIZING");
    else if (scene->mode == ENGINE_MANUAL)
        fields_add(fields, 2, ROLE_HEADER_STRONG, CELL_BOLD, NULL, "MANUAL");
    else
        fields_add(fields, 2, ROLE_HEADER_STRONG, CELL_BOLD,
                   scene->mode == ENGINE_ALWAYS ? "ALWAYS" : "AUTO", "%s %s",
                   scene->mode == ENGINE_ALWAYS ? "ALWAYS" : "AUTO", policy);
}

/* Further away than a day, the weekday is told too. */
static char *format_until(const struct scene *scene, gint64 until_us)
{
    gboolean far = until_us - scene->wall_us > 20 * CLOCK_HOUR_US;

    return scene_time(scene, until_us, far ? "%a " MINUTE_FORMAT : MINUTE_FORMAT);
}

static void add_phase(struct fields *fields, const struct scene *scene)
{
    gint64 next_us;
    g_autofree char *when = NULL;
    g_autofree char *brief = NULL;
    gboolean open = scene->phase == HOURS_OPEN;

    if (scene->hours == NULL) {
        fields_add(fields, 6, ROLE_HEADER, 0, "no hours", "no opening hours");
        return;
    }
    next_us = open ? hours_next_closing_us(scene->hours, scene->wall_us)
                   : hours_next_opening_us(scene->hours, scene->wall_us);
    if (next_us == G_MAXINT64) {
        fields_add(fields, 6, ROLE_HEADER, 0, NULL, open ? "always open" : "never open");
        return;
    }
    when = format_until(scene, next_us);
    brief = g_strdup_printf("%s %s", open ? "open to" : "opens", when);
    if (open)
        fields_add(fields, 6, ROLE_HEADER, 0, brief, "open until %s", when);
    else
        fields_add(fields, 6, ROLE_HEADER, 0, brief, "%s, opens %s",
                   scene->phase == HOURS_PREPARING ? "opening" : "closed", when);
}

static void add_hosts(struct fields *fields, const struct scene *scene)
{
    g_autofree char *changing =
        scene->n_changing > 0 ? g_strdup_printf(" %u~", scene->n_changing) : g_strdup("");

    fields_add(fields, 5, ROLE_HEADER_STRONG, 0, NULL, "%u on%s %u off", scene->n_on, changing,
               scene->n_off);
}

static void add_saving(struct fields *fields, const struct scene *scene)
{
    double saved = scene->watts_all_on - scene->watts;
    g_autofree char *brief = NULL;

    /* Less than half a host is noise, not a saving. */
    if (scene->watts_all_on <= 0 || saved < scene->settings->energy.idle_watts / 2)
        return;
    brief = g_strdup_printf("-%.0f %%", 100 * saved / scene->watts_all_on);
    if (saved >= 1000)
        fields_add(fields, 7, ROLE_HEADER, 0, brief, "-%.1f kW %s", saved / 1000, brief);
    else
        fields_add(fields, 7, ROLE_HEADER, 0, brief, "-%.0f W %s", saved, brief);
}

static void add_troubles(struct fields *fields, const struct scene *scene)
{
    if (scene->n_alarms > 0)
        fields_add(fields, 1, ROLE_ALARM, CELL_BOLD, NULL, " %u ALARM%s ", scene->n_alarms,
                   scene->n_alarms > 1 ? "S" : "");
    if (scene->n_doubt > 0)
        fields_add(fields, 3, ROLE_WARNING, CELL_BOLD, NULL, "%u in doubt", scene->n_doubt);
}

/* The badges and the clock stand at the right end. Returns the cells they take. */
static int draw_right(const struct app *app, struct surface *surface, struct rect rect)
{
    const struct scene *scene = &app->scene;
    gboolean with_day = rect.width >= WIDE_ENOUGH;
    g_autofree char *clock =
        scene_time(scene, scene->wall_us, with_day ? "%a " MINUTE_FORMAT : MINUTE_FORMAT);
    enum role role;
    g_autofree char *manager = manager_badge(&scene->manager, &role);
    g_autofree char *badge = NULL;
    int x = rect.x + rect.width - (int)text_width(clock) - 1;

    surface_text(surface, x, rect.y, -1, clock, ROLE_HEADER_STRONG, CELL_BOLD);
    if (scene->simulated) {
        badge = scene->stepped      ? g_strdup(" SIM ")
                : scene->speed == 0 ? g_strdup(" SIM paused ")
                                    : g_strdup_printf(" SIM x%u ", scene->speed);
        x -= (int)strlen(badge) + 1;
        surface_text(surface, x, rect.y, (int)strlen(badge), badge, ROLE_BADGE, CELL_BOLD);
    }
    if (app->readonly) {
        x -= (int)strlen(READ_ONLY) + 1;
        surface_text(surface, x, rect.y, -1, READ_ONLY, ROLE_BADGE, CELL_BOLD);
    }
    if (manager != NULL) {
        x -= (int)strlen(manager) + 1;
        surface_text(surface, x, rect.y, (int)strlen(manager), manager, role, CELL_BOLD);
    }
    return rect.x + rect.width - x + 1;
}

void header_draw(const struct app *app, struct surface *surface, struct rect rect)
{
    const struct scene *scene = &app->scene;
    const char *lab = app->lab_name != NULL ? app->lab_name : scene->cluster->name;
    autoptr(fields) fields = fields_new();
    int gap = 2, width;

    surface_fill(surface, rect, " ", ROLE_HEADER, 0);
    width = rect.width - 1 - draw_right(app, surface, rect);
    if (rect.width >= WIDE_ENOUGH)
        fields_add(fields, 9, ROLE_HEADER, 0, NULL, "roost");
    fields_add(fields, 4, ROLE_HEADER_STRONG, CELL_BOLD, NULL, "%s", lab);
    add_mode(fields, scene);
    add_troubles(fields, scene);
    add_phase(fields, scene);
    add_hosts(fields, scene);
    fields_add(fields, 8, ROLE_HEADER, 0, NULL, "%u VM%s", scene->n_active_vms,
               scene->n_active_vms == 1 ? "" : "s");
    add_saving(fields, scene);
    /* Rather close together than without one of them. */
    if (fields_least_width(fields, gap) > width)
        gap = 1;
    while (gap < 5 && fields_width(fields, gap + 1) <= width)
        gap++;
    fields_draw(fields, surface, (struct rect){rect.x + 1, rect.y, width, 1}, gap);
}
