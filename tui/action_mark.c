#include "tui/action.h"

void action_mark(struct app *app, enum action action)
{
    (void)action;
    (void)app;
}
