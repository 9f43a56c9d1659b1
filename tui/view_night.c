#include "tui/view.h"

void night_open(struct app *app)
{
    (void)app;
}
