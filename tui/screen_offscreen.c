#include "tui/screen.h"

#include <string.h>

struct offscreen {
    struct screen base;
    struct surface *shown;
    GQueue inputs; /* struct input *, text owned */
    char *text;    /* of the input read last */
    guint changed;
    GString *notices;
    screen_func ready;
    gpointer ready_data;
    guint ready_id;
};

static struct offscreen *self(struct screen *screen)
{
    return (struct offscreen *)screen;
}

static void free_input(gpointer data)
{
    struct input *input = data;

    g_free(input->text);
    g_free(input);
}

static void offscreen_size(struct screen *screen, int *width, int *height)
{
    *width = self(screen)->shown->width;
    *height = self(screen)->shown->height;
}

/* As on a terminal: what is larger is cut, what is smaller leaves the rest as it was. */
static void offscreen_show(struct screen *screen, const struct surface *surface)
{
    struct offscreen *offscreen = self(screen);
    struct surface *shown = offscreen->shown;
    int width = MIN(surface->width, shown->width);

    offscreen->changed = 0;
    for (int y = 0; y < MIN(surface->height, shown->height); y++) {
        const struct cell *from = surface->cells + (gsize)y * (gsize)surface->width;
        struct cell *to = shown->cells + (gsize)y * (gsize)shown->width;

        if (memcmp(from, to, (gsize)width * sizeof *from) == 0)
            continue;
        for (int x = 0; x < width; x++)
            offscreen->changed += memcmp(&from[x], &to[x], sizeof *from) != 0;
        memcpy(to, from, (gsize)width * sizeof *from);
    }
    shown->cursor_x = surface->cursor_x;
    shown->cursor_y = surface->cursor_y;
}

static gboolean offscreen_read(struct screen *screen, struct input *input)
{
    struct offscreen *offscreen = self(screen);
    g_autofree struct input *next = g_queue_pop_head(&offscreen->inputs);

    g_clear_pointer(&offscreen->text, g_free);
    memset(input, 0, sizeof *input);
    if (next == NULL)
        return FALSE;
    *input = *next;
    offscreen->text = next->text;
    return TRUE;
}

static gboolean call_ready(gpointer data)
{
    struct offscreen *offscreen = data;

    offscreen->ready_id = 0;
    offscreen->ready(offscreen->ready_data);
    return G_SOURCE_REMOVE;
}

static void wake_reader(struct offscreen *offscreen)
{
    if (offscreen->ready != NULL && offscreen->ready_id == 0 &&
        !g_queue_is_empty(&offscreen->inputs))
        offscreen->ready_id = g_idle_add(call_ready, offscreen);
}

static void offscreen_watch(struct screen *screen, screen_func ready, gpointer data)
{
    struct offscreen *offscreen = self(screen);

    offscreen->ready = ready;
    offscreen->ready_data = data;
    if (ready == NULL)
        g_clear_handle_id(&offscreen->ready_id, g_source_remove);
    wake_reader(offscreen);
}

static void offscreen_set_theme(struct screen *screen, const struct theme *theme)
{
    (void)screen;
    (void)theme;
}

static void offscreen_set_mouse(struct screen *screen, gboolean on)
{
    (void)screen;
    (void)on;
}

/* In memory nothing else can have drawn over what is shown, and nobody waits for a shell. */
static void offscreen_nothing(struct screen *screen)
{
    (void)screen;
}

static void offscreen_notice(struct screen *screen, const char *sequence)
{
    g_string_append(self(screen)->notices, sequence);
}

static void offscreen_free(struct screen *screen)
{
    struct offscreen *offscreen = self(screen);

    offscreen_watch(screen, NULL, NULL);
    surface_free(offscreen->shown);
    g_queue_clear_full(&offscreen->inputs, free_input);
    g_string_free(offscreen->notices, TRUE);
    g_free(offscreen->text);
    g_free(offscreen);
}

static const struct screen_ops offscreen_ops = {
    .size = offscreen_size,
    .show = offscreen_show,
    .read = offscreen_read,
    .set_theme = offscreen_set_theme,
    .set_mouse = offscreen_set_mouse,
    .redraw = offscreen_nothing,
    .suspend = offscreen_nothing,
    .watch = offscreen_watch,
    .notice = offscreen_notice,
    .free = offscreen_free,
};

struct screen *screen_offscreen_new(int width, int height)
{
    struct offscreen *offscreen = g_new0(struct offscreen, 1);

    offscreen->base.ops = &offscreen_ops;
    offscreen->base.n_colours = THEME_DIRECT_COLOURS;
    offscreen->shown = surface_new(width, height);
    g_queue_init(&offscreen->inputs);
    offscreen->notices = g_string_new(NULL);
    return &offscreen->base;
}

void screen_offscreen_push(struct screen *screen, const struct input *input)
{
    struct input *copy = g_new(struct input, 1);

    *copy = *input;
    copy->text = g_strdup(input->text);
    g_queue_push_tail(&self(screen)->inputs, copy);
    wake_reader(self(screen));
}

void screen_offscreen_resize(struct screen *screen, int width, int height)
{
    static const struct input resize = {.kind = INPUT_RESIZE};

    surface_resize(self(screen)->shown, width, height);
    screen_offscreen_push(screen, &resize);
}

const struct surface *screen_offscreen_shown(const struct screen *screen)
{
    return ((const struct offscreen *)screen)->shown;
}

const char *screen_offscreen_notices(const struct screen *screen)
{
    return ((const struct offscreen *)screen)->notices->str;
}

guint screen_offscreen_changed(const struct screen *screen)
{
    return ((const struct offscreen *)screen)->changed;
}
