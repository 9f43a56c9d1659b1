/*
 * view.h - a view is one way to fill the screen between nothing and all of it; and the parts the
 * main view is made of. Views read the scene and the state of the app; what they are asked to do
 * they hand to tui/action.h. Thread: main.
 */
#ifndef ROOST_TUI_VIEW_H
#define ROOST_TUI_VIEW_H

#include "tui/app.h"

/* What an action means in a view: for its help, and its footer when it has a word for it. */
struct view_key {
    enum action action; /* ACTION_NONE ends the table */
    const char *word;   /* "" = not in the footer */
    const char *help;
    enum action means; /* another action: where that is refused this has no place; ACTION_NONE */
};

/*
 * What a view gives to be filtered with "/": the prompt keeps what is typed in its slot as it is
 * typed; the view shows what that means (filter_has_entry, filter_has_job...) and says how much.
 */
struct view_filter {
    guint scope;                              /* enum filter_scope: what its words may speak of */
    struct filter **(*slot)(struct app *app); /* kept by the app; NULL in it = everything */
    char *(*count)(struct app *app);          /* "12 of 340 lines"; free with g_free */
};

struct view {
    const char *title;
    void (*draw)(struct app *app, struct surface *surface, struct rect area);
    /* TRUE when the key meant something here; else the actions that work everywhere get it. */
    gboolean (*key)(struct app *app, const struct input *input, enum action action);
    void (*mouse)(struct app *app, const struct input *input);
    /* With "/" and Escape (see prompt.h); NULL = "/" goes to the main view and filters that. */
    const struct view_filter *filter;
    const struct view_key *keys; /* what keys mean here; NULL = nothing but what they always do */
    /* FALSE while there is nothing here to do it to: no word in the footer then. NULL = always. */
    gboolean (*offers)(const struct app *app, enum action action);
};

extern const struct view view_main;
extern const struct view view_help;
extern const struct view view_plan;
extern const struct view view_jobs;
extern const struct view view_job; /* the one chosen in view_jobs */
extern const struct view view_journal;
extern const struct view view_output;

/* What a view keeps from one frame to the next, made when it is first drawn; NULL is allowed. */
void journal_state_free(struct journal_state *state);
void doctor_state_free(struct doctor_state *state);
void help_state_free(struct help_state *state);
void table_state_free(struct table_state *state);

/* Makes the plan (of compaction, or of normalize) and shows it; and lets go of it. */
void plan_open(struct app *app, gboolean normalize);
void plan_clear(struct app *app);

/* The views of the selected host and VM, gone into with Enter. */
extern const struct view view_host;
extern const struct view view_vm;

/* Opens the night so far; the rest of it in advance; the examination of the hosts. */
void night_open(struct app *app);
void night_clear(struct app *app);
void tonight_open(struct app *app);
void tonight_clear(struct app *app);
extern const struct view view_night;
extern const struct view view_tonight;
void doctor_open(struct app *app);

/* All VMs, or all hosts, in one table. */
void table_open(struct app *app);
extern const struct view view_table;

extern const struct view view_doctor;

/* Shows what an examination found; takes it over. `wall_us`: when it ended. */
struct doctor_result;
void doctor_show(struct app *app, struct doctor_result *result_take, gint64 wall_us);

/* --- Parts of the main view; each draws inside rect --- */

void header_draw(const struct app *app, struct surface *surface, struct rect rect);
void footer_draw(struct app *app, struct surface *surface, struct rect rect);
enum action footer_action_at(const struct app *app, int x, int y); /* ACTION_NONE = none */

void grid_draw(struct app *app, struct surface *surface, struct rect rect);
void grid_mouse(struct app *app, const struct input *input);
gboolean grid_key(struct app *app, enum action action);

/* The host whose tile is at x, y; NULL between tiles and outside the grid. */
const struct host *grid_host_at(const struct app *app, int x, int y);

void detail_draw(const struct app *app, struct surface *surface, struct rect rect);

/* What is in hand, and all that is to be told of the host it is held over. */
void held_draw(const struct app *app, struct surface *surface, struct rect rect);

/* The jobs under way, those running first, in as many columns as they need. */
void jobs_part_draw(const struct app *app, struct surface *surface, struct rect rect);

/* The latest lines of the journal. */
void journal_part_draw(const struct app *app, struct surface *surface, struct rect rect);

/* --- What is looked for and marked: view_find.c --- */

/* The main view's slot of a filter, and "12 of 62 hosts, 14 VMs". */
struct filter **find_slot(struct app *app);
char *find_count(struct app *app);

/* Appends how much is marked, and the filter with what it leaves, for the rule under the grid. */
void find_append(const struct app *app, GString *text);

/* --- For views that are a list under a title --- */

/*
 * Draws the frame of a full view: the way to it (where there is one, and room), its title, and what
 * it counts; returns inside.
 */
struct rect view_frame(const struct app *app, struct surface *surface, struct rect area,
                       const char *title, const char *note);

/* A list's cursor and top after an action; TRUE when the action moved it. */
gboolean list_key(struct list *list, enum action action);
gboolean list_mouse(struct list *list, const struct input *input); /* wheel and click */

/* What stands under the cursor, whole: a row is seldom wide enough for it. */
#define LIST_CHOSEN_LINES 2
void list_say_chosen(struct surface *surface, struct rect rect, const char *text);

/* Keeps top and cursor inside, and the cursor in sight. */
void list_fit(struct list *list, int n, int height);

#endif
