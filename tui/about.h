/*
 * about.h - what is under way with a host or a VM, and what the journal says of it. Thread: main.
 */
#ifndef ROOST_TUI_ABOUT_H
#define ROOST_TUI_ABOUT_H

#include "tui/app.h"

/* The jobs under way about it, those running first: struct job *, borrowed. Free the array. */
GPtrArray *about_host_jobs(const struct scene *scene, const struct host *host);
GPtrArray *about_vm_jobs(const struct scene *scene, const struct vm *vm);

/*
 * The last lines of the journal about "host pc01" or "vm web", the latest at the bottom. moves:
 * those of migrations alone. A job's id (0 = of any) picks its own lines, whatever the object.
 */
struct about {
    const char *kind; /* "host" or "vm" */
    const char *name;
    guint job;
    gboolean moves;
};
void about_draw_journal(const struct app *app, struct surface *surface, struct rect rect,
                        const struct about *about);

/* The same under a rule, where there is room for both. */
void about_draw_part(const struct app *app, struct surface *surface, struct rect rect,
                     const struct about *about);

/* A rule across, with a title, and a note behind it (NULL = none). */
void about_draw_rule(const struct app *app, struct surface *surface, struct rect rect,
                     const char *title, const char *note);

#endif
