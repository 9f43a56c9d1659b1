/*
 * app.h - the state of the console: what is selected, held, open and said. Shared by its views;
 * the lab's own state is in the scene. Thread: main.
 *
 * app_draw only reads the scene; app_read fills it from the engine. Golden screens fill it by hand
 * and have no engine.
 */
#ifndef ROOST_TUI_APP_H
#define ROOST_TUI_APP_H

#include "core/base/cleanup.h"
#include "tui/arrange.h"
#include "tui/dialog.h"
#include "tui/drag.h"
#include "tui/grid_layout.h"
#include "tui/hand.h"
#include "tui/keymap.h"
#include "tui/list.h"
#include "tui/marks.h"
#include "tui/menu.h"
#include "tui/moves.h"
#include "tui/output_view.h"
#include "tui/palette.h"
#include "tui/prompt.h"
#include "tui/scene.h"
#include "tui/screen.h"
#include "tui/trend.h"
#include "tui/undo.h"

#define APP_WIDTH_LEAST  40
#define APP_HEIGHT_LEAST 12
#define APP_VIEWS_MOST   8

struct bulk;
struct view;
struct look;
struct journal_state;
struct doctor_state;
struct help_state;
struct table_state;
struct notice;
struct palette_run;
struct night_samples;
struct night_view;
struct tonight_view;
struct vm_pane;
struct command_hooks;

struct footer_word {
    struct rect rect;
    enum action action;
};

/* What was selected in a view when another one was opened over it. Names; NULL = none. */
struct app_place {
    char *host, *vm;
};

enum app_leaving {
    APP_STAYS,
    APP_WAITS, /* leaves as soon as nothing runs any more */
    APP_LEAVES,
};

struct app {
    struct engine *engine;   /* NULL in golden screens: nothing can be done then */
    struct session *session; /* what the palette runs in; NULL = it runs nothing */
    const struct command_hooks *hooks;
    struct screen *screen;
    struct surface *surface;
    void (*changed)(gpointer data); /* asks for a frame; NULL = nobody draws by himself */
    gpointer changed_data;
    struct keymap *keymap;
    char *theme_name;
    struct look *look; /* follows the files of theme and keymap; NULL = nobody does */
    char *lab_name;    /* NULL = the cluster's */
    struct scene scene;
    gboolean ascii;
    gboolean mouse;
    gboolean readonly; /* nothing can act, whatever is pressed, typed or configured */
    gboolean kiosk;    /* and there is no way to a shell, an editor or a file */
    gboolean animated;

    struct filter *filter; /* of the grid; NULL = everything is shown */
    struct filter *jobs_filter, *journal_filter;
    struct arrangement arrangement;
    struct marks marks;
    struct trend *trend; /* what the scene was before */
    guint count;         /* typed before a key; 0 = none */
    enum action last;    /* what ACTION_REPEAT does again; ACTION_NONE = nothing yet */

    char *host; /* name of the selected host; NULL before the first frame */
    char *vm;   /* name of the selected VM; NULL = none */
    guint host_index;
    enum grid_zoom zoom; /* by hand; AUTOMATIC = as the room allows */
    struct grid_layout grid;
    struct rect grid_room; /* it had when it was drawn last: all it could take */
    int name_cells;        /* of the longest name in the grid, as last drawn */
    gboolean grid_follows; /* the selected host is kept in sight, until the wheel scrolls away */
    struct drag drag;
    struct hand hand;    /* the mouse's part of it */
    struct moves *moves; /* what the question that is open is about; NULL = something else */
    struct undo *undo;

    const struct view *view;                  /* the last of the next */
    const struct view *views[APP_VIEWS_MOST]; /* how it was come to, the main view first */
    struct app_place places[APP_VIEWS_MOST];  /* where one stood in each but the last */
    guint n_views;
    struct list help, jobs, journal, plan_list;
    struct list host_vms, vm_targets; /* of the views of one */
    char *vm_target;                  /* name of the host under the cursor there: lines move */
    guint job_states;                 /* which jobs are listed: enum jobs_shown of jobs_list.h */
    guint chosen_job; /* id of the one under the cursor: lines move when new jobs come */
    gboolean journal_follows;
    struct journal_state *journal_state; /* of their views; NULL until they were opened */
    struct doctor_state *doctor_state;
    struct help_state *help_state;
    struct table_state *table; /* how the table is sorted; NULL until it was opened */
    struct vm_pane *vm_pane;   /* NULL = no VM's view is open */
    struct notice *notice;     /* NULL = none is sent */
    struct plan *plan;
    gboolean plan_normalizes;
    char *plan_drains;                   /* the host that it empties; NULL = it is no such plan */
    GArray *plan_marks;                  /* gboolean, one a step; NULL = none is marked yet */
    GArray *plan_ram;                    /* struct plan_ram, one a step; NULL = not reckoned yet */
    int plan_marked_last;                /* where a range of marks begins */
    struct night_samples *night_samples; /* what this console has seen */
    struct night_view *night;            /* NULL = not opened yet, as the next */
    struct tonight_view *tonight;
    struct dialog *dialog;
    struct bulk *bulk; /* what the dialog asks about, when that is many things; NULL = nothing */
    struct menu *menu;
    struct prompt prompt;
    struct palette palette;
    struct palette_run *run;   /* a line of the palette that is not done yet */
    struct output_text output; /* what the last one printed */
    gboolean manager_read;     /* who acts has been looked at before: a change is news */
    gboolean drops_rest;       /* keys that were there already were typed for something else */
    GArray *footer_words;      /* struct footer_word */

    char *message;
    enum role message_role;
    guint message_seconds; /* left to show it */
    enum app_leaving leaving;
    guint speed_before; /* of the simulated clock: to go back to after a pause or a skip */
    guint skip_timer;
};

/* Takes over keymap; borrows engine and screen. */
struct app *app_new(struct engine *engine, struct screen *screen, struct keymap *keymap,
                    const char *lab_name, gboolean simulated);
void app_free(struct app *app);
AUTOPTR_DEFINE(app)

/* Reads the engine into the scene, and lets go of what is no longer there. */
void app_read(struct app *app);

/* Composes the frame from the scene. Returns it; borrowed. */
const struct surface *app_draw(struct app *app, int width, int height);

/* One key or mouse event. */
void app_input(struct app *app, const struct input *input);

/* Something changed that the engine does not tell: a frame is wanted. */
void app_changed(struct app *app);

/* One real second has passed. */
void app_tick(struct app *app);

/* --- For views and actions --- */

/* Says something in the line of keys for some seconds. Takes a printf format; escaped when drawn.
 */
void app_say(struct app *app, enum role role, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Shows a question; takes it over. An older one is dropped. */
void app_ask(struct app *app, struct dialog *dialog);

/*
 * Goes into a view: Escape comes back to where it was opened from, which is kept: what the view is
 * to show is selected after it was opened, not before. One that is open already is come back to.
 * app_back comes out; FALSE in the main view, out of which there is no way.
 */
void app_open(struct app *app, const struct view *view);
gboolean app_back(struct app *app);

/* The selected host; NULL only in an empty cluster. The selected VM; NULL when none is. */
const struct host *app_host(const struct app *app);
const struct vm *app_vm(const struct app *app);
void app_select_host(struct app *app, const struct host *host);
void app_select_vm(struct app *app, const struct vm *vm);

/*
 * Does what an action means here, as its key would: the view first, then what works everywhere, as
 * often as the number typed before says. What can be repeated is kept for ACTION_REPEAT. FALSE when
 * it means nothing here. input: the event it comes of.
 */
gboolean app_act(struct app *app, const struct input *input, enum action action);

/* TRUE when the key is a digit of the number before the next one, or takes that number away. */
gboolean app_count(struct app *app, const struct input *input, enum action action);

#endif
