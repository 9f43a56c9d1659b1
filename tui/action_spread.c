#include "tui/action.h"

void action_pick_all(struct app *app)
{
    (void)app;
}

void action_spread(struct app *app)
{
    (void)app;
}
