#include "tui/view.h"

#include "core/base/text.h"

/* One line of the help: a heading, or a key or sign and what it means. */
struct help_line {
    char *key;
    const char *text;
    enum role role; /* of the key */
    gboolean heading;
};

static void line_free(gpointer data)
{
    struct help_line *line = data;

    g_free(line->key);
    g_free(line);
}

static void add_line(GPtrArray *lines, char *key_take, enum role role, const char *text)
{
    struct help_line *line = g_new0(struct help_line, 1);

    *line = (struct help_line){.key = key_take, .role = role, .text = text};
    g_ptr_array_add(lines, line);
}

static void add_heading(GPtrArray *lines, const char *text)
{
    struct help_line *line = g_new0(struct help_line, 1);

    if (lines->len > 0)
        add_line(lines, g_strdup(""), ROLE_TEXT, "");
    *line = (struct help_line){.key = g_strdup(""), .text = text, .heading = TRUE};
    g_ptr_array_add(lines, line);
}

/* Every action that has a key in the keymap in use. */
static void add_keys(const struct app *app, GPtrArray *lines)
{
    add_heading(lines, "Keys");
    for (guint action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
        char *keys = keymap_keys(app->keymap, (enum action)action);

        if (*keys != '\0')
            add_line(lines, keys, ROLE_FOOTER_KEY, action_info[action].help);
        else
            g_free(keys);
    }
}

static void add_mouse(GPtrArray *lines)
{
    add_heading(lines, "Mouse");
    add_line(lines, g_strdup("click"), ROLE_FOOTER_KEY,
             "select a host, a VM by its mark; a word below");
    add_line(lines, g_strdup("drag"), ROLE_FOOTER_KEY,
             "take a VM by its mark, drop it on another host");
    add_line(lines, g_strdup("wheel"), ROLE_FOOTER_KEY, "scroll");
}

static char *sign_and_name(const struct mark_info *info, gboolean ascii)
{
    const char *sign = mark_sign(info, ascii);

    return *info->name != '\0' ? g_strdup_printf("%s %s", sign, info->name) : g_strdup(sign);
}

static void add_marks(GPtrArray *lines, const struct mark_info *marks, guint n, gboolean ascii)
{
    for (guint i = 0; i < n; i++)
        add_line(lines, sign_and_name(&marks[i], ascii), marks[i].role, marks[i].help);
}

static GPtrArray *collect(const struct app *app)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);

    add_keys(app, lines);
    add_mouse(lines);
    add_heading(lines, "Hosts");
    add_marks(lines, host_mark_info, HOST_MARK_COUNT, app->ascii);
    add_marks(lines, target_mark_info, TARGET_MARK_COUNT, app->ascii);
    add_heading(lines, "VMs");
    add_marks(lines, vm_mark_info, VM_MARK_COUNT, app->ascii);
    return lines;
}

static int key_width(const GPtrArray *lines)
{
    int width = 0;

    for (guint i = 0; i < lines->len; i++) {
        const struct help_line *line = g_ptr_array_index(lines, i);

        width = MAX(width, (int)text_width(line->key));
    }
    return MIN(width, 22);
}

static void draw_line(struct surface *surface, struct rect row, const struct help_line *line,
                      int keys)
{
    if (line->heading) {
        surface_text(surface, row.x, row.y, row.width, line->text, ROLE_STRONG, CELL_BOLD);
        return;
    }
    surface_text(surface, row.x, row.y, keys, line->key, line->role, 0);
    surface_text(surface, row.x + keys + 2, row.y, row.width - keys - 2, line->text, ROLE_TEXT, 0);
}

/* One column, or two side by side where the screen is wide. */
static void draw(struct app *app, struct surface *surface, struct rect area)
{
    g_autoptr(GPtrArray) lines = collect(app);
    struct rect inside = view_frame(app, surface, area, "Help", "keys as the keymap has them now");
    int columns = inside.width >= 150 ? 2 : 1;
    int width = inside.width / columns, keys = key_width(lines);
    int n = ((int)lines->len + columns - 1) / columns;

    list_fit(&app->help, n, inside.height);
    for (int column = 0; column < columns; column++) {
        for (int i = 0; i < MIN(inside.height, n - app->help.top); i++) {
            guint index = (guint)(column * n + app->help.top + i);

            if (index < lines->len)
                draw_line(surface,
                          (struct rect){inside.x + 2 + column * width, inside.y + i, width - 4, 1},
                          g_ptr_array_index(lines, index), keys);
        }
    }
    if (app->help.top + inside.height < n)
        surface_text(surface, inside.x + inside.width - 8, inside.y - 1, 7, " more ", ROLE_STRONG,
                     0);
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    (void)input;
    if (list_key(&app->help, action))
        return TRUE;
    if (action != ACTION_CANCEL && action != ACTION_HELP && action != ACTION_QUIT &&
        action != ACTION_CONFIRM)
        return FALSE;
    app_open(app, &view_main);
    return TRUE;
}

static void mouse(struct app *app, const struct input *input)
{
    list_mouse(&app->help, input);
}

const struct view view_help = {"Help", draw, key, mouse};
