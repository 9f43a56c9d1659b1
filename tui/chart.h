/*
 * chart.h - values over time in a rectangle of cells: in braille, or in ASCII.
 *
 *      power, kW   ⣿ drawn   ⠒ with every host on
 *     5 ┤⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒
 *       │⣿⣷⣄
 *     0 ┼⣿⣿⣿⣷⣶⣶⣶⣶⣶⣶⣶⣶⣶⣶──────────────
 *       20:00        00:00        04:00
 *
 * The upper end of its axis and the numbers beside it are round ones. Series differ by how they are
 * drawn, not by colour alone, and the legend says how. A value that is NAN is a gap. Pure; nothing
 * is kept. Thread: main.
 */
#ifndef ROOST_TUI_CHART_H
#define ROOST_TUI_CHART_H

#include "tui/surface.h"

enum chart_style {
    CHART_FILL,   /* from zero up */
    CHART_LINE,   /* joined from one value to the next */
    CHART_DOTTED, /* a broken line */
};

struct chart_series {
    const char *name;
    const double *values; /* chart_columns() of them */
    enum chart_style style;
    enum role role;
};

/* A value to be kept in mind: a broken line across, and its name at the right. */
struct chart_level {
    const char *name;
    double value;
};

/* What the time axis says; `at` is 0..1 of its length. One without a label is a short tick. */
struct chart_tick {
    double at;
    char *label;
};

/* A stretch in which the axis is doubled: the lab is open. */
struct chart_span {
    double from, until;
};

struct chart {
    const char *title; /* with the unit: "power, kW" */
    const struct chart_series *series;
    guint n_series;
    const struct chart_level *levels;
    guint n_levels;
    const struct chart_tick *ticks;
    guint n_ticks;
    const struct chart_span *spans;
    guint n_spans;
    double top_least; /* the axis goes up to here at least */
    double cursor;    /* 0..1; below 0 = none */
    int margin;       /* cells for the numbers; 0 = as many as they need */
    gboolean ascii;
};

/* Cells that the numbers of an axis up to `top` take, the line of the axis included. */
int chart_margin(double top);

/* Rows that are not of the plot itself: title, axis, labels; and the least height of all. */
#define CHART_FRAME_ROWS   3
#define CHART_HEIGHT_LEAST (CHART_FRAME_ROWS + 2)

/* How many values fill a plot of so many cells: two each in braille. */
guint chart_columns(int cells, gboolean ascii);

/* A round number that is `top` or more, and by how much its axis is to be divided. */
double chart_round_top(double top, guint rows, double *step);

/* The rectangle of the plot itself within rect: what a click on the chart is on. */
struct rect chart_plot_rect(const struct chart *chart, struct rect rect);

/* Draws it; nothing where rect is under CHART_HEIGHT_LEAST rows or 12 cells. */
void chart_draw(struct surface *surface, struct rect rect, const struct chart *chart);

#endif
