#include "tui/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/user_state.h"
#include "core/base/write_all.h"
#include "tui/action.h"
#include "tui/picture.h"
#include "tui/view.h"

#define NAMES_MOST 100 /* in one second */

char *snapshot_svg(const struct app *app, const struct surface *surface, const struct theme *theme)
{
    const struct scene *scene = &app->scene;
    g_autofree char *when = scene_time(scene, scene->wall_us, "%Y-%m-%d %H:%M");
    g_autofree char *lab =
        text_escape(app->lab_name != NULL ? app->lab_name : scene->cluster->name);
    g_autofree char *title = g_strdup_printf(
        "roost, the console of %s%s%s, at %s: %u hosts on, %u off, %u VMs", lab,
        app->view != &view_main ? ": " : "", app->view != &view_main ? app->view->title : "", when,
        scene->n_on, scene->n_off, scene->n_active_vms);

    return picture_svg(surface, theme, title);
}

static gboolean fail(const char *path, int number, GError **error)
{
    g_autofree char *shown = text_escape(path);

    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s", shown, g_strerror(number));
    return FALSE;
}

gboolean snapshot_write(const char *path, const char *text, gboolean over, GError **error)
{
    int fd;

    if (over)
        return g_file_set_contents(path, text, -1, error);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST) {
        g_autofree char *shown = text_escape(path);

        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "%s: is there already, and is not written over (roost snapshot --force does)",
                    shown);
        return FALSE;
    }
    if (fd < 0)
        return fail(path, errno, error);
    if (!write_all(fd, text, strlen(text))) {
        int number = errno;

        close(fd);
        unlink(path);
        return fail(path, number, error);
    }
    return close(fd) == 0 || fail(path, errno, error);
}

/* Both, under one name that neither has yet. */
static gboolean write_both(const char *stem, const char *svg, const char *text, GError **error)
{
    g_autofree char *picture = g_strconcat(stem, ".svg", NULL);
    g_autofree char *plain = g_strconcat(stem, ".ans", NULL);

    return snapshot_write(picture, svg, FALSE, error) && snapshot_write(plain, text, FALSE, error);
}

static gboolean write_numbered(const char *stem, const char *svg, const char *text, char **name,
                               GError **error)
{
    for (guint i = 1; i <= NAMES_MOST; i++) {
        g_autoptr(GError) cause = NULL;
        g_autofree char *numbered = i == 1 ? g_strdup(stem) : g_strdup_printf("%s-%u", stem, i);

        if (write_both(numbered, svg, text, &cause)) {
            *name = g_steal_pointer(&numbered);
            return TRUE;
        }
        if (!g_error_matches(cause, ROOST_ERROR, ROOST_ERROR_REFUSED) || i == NAMES_MOST) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return FALSE;
        }
    }
    return FALSE;
}

/* By the wall clock of this machine: of a simulated lab's, all nights are one. */
void action_snapshot(struct app *app)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *stamp = g_date_time_format(now, "screen-%Y%m%d-%H%M%S");
    g_autofree char *dir = user_state_path(NULL);
    g_autofree char *stem = user_state_path(stamp);
    g_autoptr(GError) error = NULL;
    autoptr(theme) theme = theme_load(app->theme_name ? app->theme_name : "default", NULL, &error);
    g_autofree char *svg = theme != NULL ? snapshot_svg(app, app->surface, theme) : NULL;
    g_autofree char *text =
        theme != NULL ? picture_text(app->surface, theme, 256, app->ascii) : NULL;
    g_autofree char *name = NULL;

    if (dir == NULL) {
        app_say(app, ROLE_WARNING, "there is no home to keep the screen in: set HOME");
    } else if (theme != NULL && g_mkdir_with_parents(dir, 0700) != 0) {
        app_say(app, ROLE_WARNING, "%s: %s", dir, g_strerror(errno));
    } else if (theme == NULL || !write_numbered(stem, svg, text, &name, &error)) {
        app_say(app, ROLE_WARNING, "%s", error->message);
    } else {
        app_say(app, ROLE_FOOTER, "this screen is kept as %s.svg and .ans", name);
    }
}
