/*
 * plot.h - small plots as text: in braille where the terminal has UTF-8, or else in ASCII.
 *
 * Values over time, as columns filled from zero. One that is NAN is a gap: nothing is drawn, and
 * the axis below it is broken. Pure; thread: any.
 */
#ifndef ROOST_BASE_PLOT_H
#define ROOST_BASE_PLOT_H

#include <glib.h>

struct plot_tick {
    double at; /* 0..1 of the width */
    char *label;
};

struct plot {
    const double *values; /* plot_values(width, ascii) of them */
    guint width;          /* cells of the plot itself; plot_margin(top) more stand to its left */
    guint height;         /* rows, without the axis and its labels */
    double top;           /* the value at the upper edge; greater ones are cut */
    const struct plot_tick *ticks;
    guint n_ticks;
    gboolean ascii;
    gboolean colour; /* with SGR sequences, few and calm */
};

/* How many values a plot of so many cells shows: two in a cell of braille. */
guint plot_values(guint width, gboolean ascii);

/* Cells to the left of a plot: the numbers of its axis. */
guint plot_margin(double top);

/* height + 2 lines. */
void plot_append(GString *out, const struct plot *plot);

/* One cell for each value, without a newline; a blank for a gap. */
void plot_append_sparkline(GString *out, const double *values, guint count, double top,
                           gboolean ascii);

#endif
