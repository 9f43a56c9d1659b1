/*
 * output_view.h - a text of many lines over the whole screen: what a verb printed. It can be
 * scrolled both ways and searched; it stays until the next one replaces it. Thread: main.
 */
#ifndef ROOST_TUI_OUTPUT_VIEW_H
#define ROOST_TUI_OUTPUT_VIEW_H

#include "tui/line_edit.h"
#include "tui/list.h"

struct app;

struct output_text {
    char *title;      /* what was run; NULL = nothing yet */
    GPtrArray *lines; /* char * */
    guint n_errors;   /* the last of them tell what went wrong */
    int column;       /* cells scrolled to the right */
    int width;        /* of the longest line; -1 = not measured yet */
    struct list list;
    struct line_edit search;
    gboolean searching; /* the line at the bottom has the keys */
    gint found;         /* line; -1 = none */
};

void output_text_init(struct output_text *text);
void output_text_clear(struct output_text *text);

/* Another text, from its beginning. Arrays of char *, copied; errors come behind. */
void output_text_set(struct output_text *text, const char *title, const GPtrArray *lines,
                     const GPtrArray *errors);

/* The line at the bottom while something is searched. */
void output_search_draw(struct app *app, struct surface *surface, struct rect rect);

#endif
