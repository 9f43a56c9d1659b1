/*
 * job_line.h - a job in one line: what it is, how far it is, and how long it will take, as far as
 * that is known and there is room. Thread: main.
 */
#ifndef ROOST_TUI_JOB_LINE_H
#define ROOST_TUI_JOB_LINE_H

#include "tui/app.h"
#include "tui/fields.h"

void job_line_draw(const struct app *app, struct surface *surface, struct rect row,
                   const struct job *job);

enum role job_line_role(const struct job *job);

/* "vm pc40 from pc40 to pc05"; brief: "pc40 > pc05". Free with g_free. */
char *job_line_describe(const struct job *job, gboolean brief);

/* The bar and the percentage behind it, in the width given. */
void job_line_draw_bar(const struct app *app, struct surface *surface, struct rect rect,
                       const struct job *job);

/* "about 2 s", as far as it can be said honestly; NULL = it cannot. Free with g_free. */
char *job_line_rest(const struct job *job);

/* Since it began, or as long as it took; NULL when it has not begun. Free with g_free. */
char *job_line_elapsed(const struct scene *scene, const struct job *job);

/* How it ended, what it waits for, or what is being made sure of; "" = nothing. Borrowed. */
const char *job_line_tells(const struct job *job);

#endif
