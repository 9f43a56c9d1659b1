#include "tui/action.h"

void action_snapshot(struct app *app)
{
    (void)app;
}
