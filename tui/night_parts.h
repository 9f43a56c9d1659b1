/*
 * night_parts.h - what tui/view_night.c and tui/night_draw.c share; for them only. Thread: main.
 *
 * A list is one of struct night_sample, in order, that the night is told from.
 */
#ifndef ROOST_TUI_NIGHT_PARTS_H
#define ROOST_TUI_NIGHT_PARTS_H

#include "tui/app.h"
#include "tui/night_samples.h"

struct night_read;

struct night_view {
    gint64 from_us, until_us; /* of the night, wall */
    struct night_read *read;  /* NULL = nothing is being read */
    GArray *kept;             /* struct night_sample, of the store; NULL = none */
    gint64 kept_at_us;
    char *failure;
    double cursor; /* 0..1; below 0 = it goes with the time */
    int first;     /* chart that is shown on top */
    struct rect plot;
};

/* The moment of app->night that the cursor stands at, wall. */
gint64 night_cursor_us(const struct app *app);

/*
 * As many charts as there is room for, the first chosen with the arrows; two abreast on a wide
 * screen. Notes in app->night where the first of them is.
 */
void night_draw_charts(struct app *app, struct surface *surface, struct rect rect,
                       const GArray *list);

/* The night in a line; the moment of the cursor in one; why there is nothing to show. */
void night_draw_sum(const struct app *app, struct surface *surface, struct rect row,
                    const GArray *list);
void night_draw_values(const struct app *app, struct surface *surface, struct rect row,
                       const GArray *list);
void night_draw_empty(const struct app *app, struct surface *surface, struct rect rect);

#endif
