#include "tui/view.h"

void tonight_open(struct app *app)
{
    (void)app;
}
