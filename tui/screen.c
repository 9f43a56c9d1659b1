#include "tui/screen.h"

void screen_free(struct screen *screen)
{
    if (screen != NULL)
        screen->ops->free(screen);
}

void screen_size(struct screen *screen, int *width, int *height)
{
    screen->ops->size(screen, width, height);
}

void screen_show(struct screen *screen, const struct surface *surface)
{
    screen->ops->show(screen, surface);
}

gboolean screen_read(struct screen *screen, struct input *input)
{
    return screen->ops->read(screen, input);
}

void screen_watch(struct screen *screen, screen_func ready, gpointer data)
{
    screen->ops->watch(screen, ready, data);
}

void screen_set_theme(struct screen *screen, const struct theme *theme)
{
    screen->ops->set_theme(screen, theme);
}

void screen_set_mouse(struct screen *screen, gboolean on)
{
    screen->ops->set_mouse(screen, on);
}

void screen_redraw(struct screen *screen)
{
    screen->ops->redraw(screen);
}

void screen_suspend(struct screen *screen)
{
    screen->ops->suspend(screen);
}

void screen_notice(struct screen *screen, const char *sequence)
{
    if (screen->ops->notice != NULL)
        screen->ops->notice(screen, sequence);
}
