#include "tui/view.h"

void doctor_open(struct app *app)
{
    (void)app;
}
