/* view_find.c - what is said of the filter and of the marks: beside the prompt, and in the rule
 * under the grid. */
#include "core/base/text.h"
#include "tui/view.h"

struct filter **find_slot(struct app *app)
{
    return &app->filter;
}

/* Of the grid as it is arranged: with the filter as it is typed. */
static void count(const struct app *app, guint *n_hosts, guint *n_vms)
{
    *n_hosts = arrangement_n(&app->arrangement);
    *n_vms = 0;
    for (guint i = 0; i < *n_hosts; i++) {
        const struct host *host = arrangement_host(&app->arrangement, &app->scene, i);

        for (guint j = 0; j < host->vms->len; j++)
            *n_vms += filter_has_vm(app->filter, &app->scene, g_ptr_array_index(host->vms, j));
    }
}

char *find_count(struct app *app)
{
    guint n_hosts, n_vms, all = app->scene.cluster->hosts->len;

    count(app, &n_hosts, &n_vms);
    return g_strdup_printf("%u of %u host%s, %u VM%s", n_hosts, all, all == 1 ? "" : "s", n_vms,
                           n_vms == 1 ? "" : "s");
}

/* " 3 hosts, 2 VMs marked "; nothing when nothing is. */
static void append_marks(const struct app *app, GString *text)
{
    guint n_hosts = marks_n_hosts(&app->marks), n_vms = marks_n_vms(&app->marks);

    if (n_hosts + n_vms == 0)
        return;
    g_string_append_c(text, ' ');
    if (n_hosts > 0)
        g_string_append_printf(text, "%u host%s", n_hosts, n_hosts == 1 ? "" : "s");
    if (n_vms > 0)
        g_string_append_printf(text, "%s%u VM%s", n_hosts > 0 ? ", " : "", n_vms,
                               n_vms == 1 ? "" : "s");
    g_string_append(text, " marked ");
}

/* While it is typed it stands in the line below. */
static void append_filter(const struct app *app, GString *text)
{
    g_autofree char *escaped = text_escape(filter_text(app->filter));
    g_autofree char *typed = text_fit(escaped, 30, FALSE);

    g_string_append_printf(text, " /%s  %u of %u host%s ", g_strchomp(typed),
                           arrangement_n(&app->arrangement), app->scene.cluster->hosts->len,
                           app->scene.cluster->hosts->len == 1 ? "" : "s");
}

void find_append(const struct app *app, GString *text)
{
    append_marks(app, text);
    if (app->filter != NULL && !app->prompt.open)
        append_filter(app, text);
}
