#include "tui/action.h"

void action_zoom(struct app *app, int step)
{
    (void)step;
    (void)app;
}

void action_order(struct app *app)
{
    (void)app;
}

void action_group(struct app *app)
{
    (void)app;
}
