#include "tui/action.h"

void action_undo(struct app *app)
{
    (void)app;
}
