/* view_tonight.h - what tests need of the view of the night to come. */
#ifndef ROOST_TUI_VIEW_TONIGHT_H
#define ROOST_TUI_VIEW_TONIGHT_H

#include "core/command/tonight.h"
#include "tui/view.h"

/* Shows one that was made elsewhere; takes it over. */
void tonight_show(struct app *app, struct tonight *tonight_take);

/* TRUE while it is being simulated. */
gboolean tonight_is_running(const struct app *app);

#endif
