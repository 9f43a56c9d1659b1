#include "tui/doctor_rows.h"

#include "core/base/text.h"
#include "tui/view.h"
#include "tui/wrap.h"

#define VERDICT_CELLS 9
#define SUBJECT_CELLS 13
#define HOST_CELLS    12
#define WIDE          120
#define FOOT_LINES    5 /* what was found, and the command that mends it */

static const char *const shown_names[DOCTOR_SHOWN_COUNT] = {"wrong or worth a note", "wrong only",
                                                            "everything"};

struct doctor_state {
    struct doctor_result *result; /* NULL = none yet */
    gint64 wall_us;
    char *failure; /* why the last examination came to nothing; NULL = it did not */
    gboolean begun, second;
    guint awaited;
    enum doctor_shown shown;
    struct filter *filter;
    struct list list;
    guint wrong, notes; /* of the result */
    GArray *rows;       /* struct doctor_row, of the result; made anew when what is shown changes */
    gboolean is_made;   /* the rows are those of the next two */
    enum doctor_shown made_shown;
    char *made_filter;
};

void doctor_state_free(struct doctor_state *state)
{
    if (state == NULL)
        return;
    doctor_result_free(state->result);
    filter_free(state->filter);
    g_array_unref(state->rows);
    g_free(state->made_filter);
    g_free(state->failure);
    g_free(state);
}

static struct doctor_state *state_of(struct app *app)
{
    struct doctor_state *state = app->doctor_state;

    if (state != NULL)
        return state;
    app->doctor_state = state = g_new0(struct doctor_state, 1);
    state->rows = g_array_new(FALSE, TRUE, sizeof(struct doctor_row));
    state->list.has_cursor = TRUE;
    return state;
}

/* --- Rows ------------------------------------------------------------------------------------- */

/* Thousands of hosts have more findings than to be gone through for each frame. */
static gboolean is_made(struct doctor_state *state)
{
    const char *text = state->filter != NULL ? filter_text(state->filter) : NULL;

    if (state->is_made && state->made_shown == state->shown &&
        g_strcmp0(state->made_filter, text) == 0)
        return TRUE;
    g_free(state->made_filter);
    state->made_filter = g_strdup(text);
    state->made_shown = state->shown;
    state->is_made = TRUE;
    return FALSE;
}

static void make_rows(struct doctor_state *state)
{
    if (!is_made(state))
        doctor_rows_make(state->rows, state->result, state->shown, state->filter);
}

static const struct doctor_row *row_at(const struct doctor_state *state, int place)
{
    if (place < 0 || place >= (int)state->rows->len)
        return NULL;
    return &g_array_index(state->rows, struct doctor_row, (guint)place);
}

/* "pc05", "pc05 and 3 more", "all 62 hosts". Free with g_free. */
static char *format_hosts(const struct doctor_state *state, const struct doctor_row *row)
{
    if (row->hosts == 1)
        return g_strdup(row->patient->host->name);
    if (row->hosts == state->result->count)
        return g_strdup_printf("all %u", row->hosts);
    return g_strdup_printf("%s +%u", row->patient->host->name, row->hosts - 1);
}

/* --- Drawing ---------------------------------------------------------------------------------- */

static enum role verdict_role(enum check_verdict verdict)
{
    switch (verdict) {
    case CHECK_WRONG:
        return ROLE_ALARM;
    case CHECK_NOTE:
        return ROLE_WARNING;
    case CHECK_RIGHT:
        return ROLE_GOOD;
    case CHECK_UNASKED:
        break;
    }
    return ROLE_MUTED;
}

static void draw_row(const struct doctor_state *state, struct surface *surface, struct rect rect,
                     const struct doctor_row *row)
{
    g_autofree char *hosts = format_hosts(state, row);
    const char *verdict = check_verdict_name(row->finding->verdict);
    int host_cells = rect.width >= WIDE ? 2 * HOST_CELLS : HOST_CELLS;
    int x = rect.x, end = rect.x + rect.width;

    surface_text(surface, x, rect.y, VERDICT_CELLS, verdict, verdict_role(row->finding->verdict),
                 row->finding->verdict == CHECK_WRONG ? CELL_BOLD : 0);
    x += VERDICT_CELLS + 1;
    surface_text(surface, x, rect.y, MIN(host_cells, end - x), hosts, ROLE_STRONG, 0);
    x += host_cells + 1;
    if (x < end)
        surface_text(surface, x, rect.y, MIN(SUBJECT_CELLS, end - x),
                     check_subject_name(row->finding->subject), ROLE_TEXT, 0);
    x += SUBJECT_CELLS + 1;
    if (x < end)
        surface_text(surface, x, rect.y, end - x, row->finding->found, ROLE_TEXT, 0);
}

/* The finding in full, and what mends it, to be read or copied. */
static void draw_foot(struct app *app, const struct doctor_state *state, struct surface *surface,
                      struct rect rect)
{
    const struct doctor_row *row = row_at(state, state->list.cursor);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *hosts = NULL, *whole = NULL;
    guint told;

    surface_fill(surface, (struct rect){rect.x, rect.y, rect.width, 1}, app->ascii ? "-" : "─",
                 ROLE_MUTED, 0);
    if (row == NULL)
        return;
    hosts = format_hosts(state, row);
    whole = g_strdup_printf("%s: %s: %s", hosts, check_subject_name(row->finding->subject),
                            row->finding->found);
    wrap_text(whole, rect.width - 2, lines);
    told = MIN(lines->len, row->finding->mend != NULL ? 2 : FOOT_LINES - 1);
    g_ptr_array_set_size(lines, (gint)told);
    if (row->finding->mend != NULL) {
        g_autofree char *mend =
            g_strdup_printf("mend it: %s%s", row->finding->mend,
                            row->hosts > 1 ? "   (and so on for the other hosts)" : "");

        wrap_text(mend, rect.width - 2, lines);
    }
    for (guint i = 0; i < lines->len && (int)i < rect.height - 1; i++)
        surface_text(surface, rect.x + 1, rect.y + 1 + (int)i, rect.width - 2,
                     g_ptr_array_index(lines, i), i < told ? ROLE_TEXT : ROLE_STRONG, 0);
}

static char *format_note(const struct app *app, const struct doctor_state *state)
{
    const struct doctor_result *result = state->result;
    g_autofree char *time = NULL;

    if (palette_is_running(app) && state->begun)
        return g_strdup_printf(
            "examining: %u host%s still to %s%s", state->awaited, state->awaited == 1 ? "" : "s",
            state->second ? "try the others" : "answer",
            app->scene.simulated && app->scene.speed == 0 ? "; the simulation is paused" : "");
    if (result == NULL)
        return g_strdup("");
    time = scene_time(&app->scene, state->wall_us, "%a %H:%M:%S");
    return g_strdup_printf("%s: %u host%s, %u wrong, %u worth a note%s%s%s%s", time, result->count,
                           result->count == 1 ? "" : "s", state->wrong, state->notes,
                           state->shown == DOCTOR_SHOWN_TROUBLE ? "" : "; ",
                           state->shown == DOCTOR_SHOWN_TROUBLE ? "" : shown_names[state->shown],
                           state->filter != NULL ? "; filter: " : "",
                           state->filter != NULL ? filter_text(state->filter) : "");
}

/* Where there is no list. */
static void draw_empty(const struct app *app, const struct doctor_state *state,
                       struct surface *surface, struct rect rect)
{
    const char *text;
    enum role role = ROLE_MUTED;

    if (palette_is_running(app) && state->begun)
        text = "Every host is being examined: ssh, libvirt, wake-on-LAN, disks, the ways between "
               "them. Nothing is changed on any. Escape cancels it.";
    else if (state->failure != NULL)
        text = state->failure, role = ROLE_WARNING;
    else if (state->result == NULL)
        text = "Nothing was examined yet.";
    else if (state->filter != NULL || state->shown != DOCTOR_SHOWN_TROUBLE)
        text = "Nothing that was found is like that. Escape shows all that is wrong.";
    else
        text = "Nothing is wrong with any host, and nothing is worth a note.", role = ROLE_GOOD;
    wrap_draw(surface, (struct rect){rect.x + 1, rect.y, rect.width - 2, rect.height}, role, text);
}

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    struct doctor_state *state = state_of(app);
    struct list *list = &state->list;
    g_autofree char *note = NULL;
    struct rect inside;

    make_rows(state);
    note = format_note(app, state);
    inside = view_frame(app, surface, area, "Doctor", note);
    list->y = inside.y;
    list_fit(list, (int)state->rows->len, inside.height - FOOT_LINES);
    for (int i = 0; i < list->height && list->top + i < list->n; i++) {
        struct rect row = {inside.x + 1, inside.y + i, inside.width - 2, 1};

        draw_row(state, surface, row, row_at(state, list->top + i));
        if (list->top + i == list->cursor)
            surface_recolour(surface, row, ROLE_SELECTED, 0);
    }
    if (list->n == 0)
        draw_empty(app, state, surface, inside);
    else
        draw_foot(app, state, surface,
                  (struct rect){inside.x, inside.y + inside.height - FOOT_LINES, inside.width,
                                FOOT_LINES});
}

/* --- Examining -------------------------------------------------------------------------------- */

void doctor_show(struct app *app, struct doctor_result *result_take, gint64 wall_us)
{
    struct doctor_state *state = state_of(app);

    g_array_set_size(state->rows, 0);
    state->is_made = FALSE;
    doctor_result_free(state->result);
    state->result = result_take;
    state->wrong = doctor_count(result_take, CHECK_WRONG);
    state->notes = doctor_count(result_take, CHECK_NOTE);
    state->wall_us = wall_us;
    g_clear_pointer(&state->failure, g_free);
}

static void progressed(gboolean second, guint awaited, gpointer data)
{
    struct app *app = data;

    app->doctor_state->second = second;
    app->doctor_state->awaited = awaited;
    app_changed(app);
}

static void say_result(struct app *app, const struct doctor_state *state)
{
    if (state->failure != NULL)
        app_say(app, ROLE_WARNING, "doctor: %s", state->failure);
    else if (app->view != &view_doctor)
        app_say(app, state->wrong > 0 ? ROLE_WARNING : ROLE_FOOTER,
                "the doctor is done: %u thing%s wrong; %s shows it", state->wrong,
                state->wrong == 1 ? " is" : "s are", keymap_first_key(app->keymap, ACTION_DOCTOR));
}

static void examine(struct app *app, const struct output *output, gpointer data)
{
    struct doctor_state *state = data;
    g_autoptr(GError) error = NULL;
    struct doctor_result *result;

    if (output == NULL) {
        state->begun = FALSE;
        say_result(app, state);
        return;
    }
    result = doctor_look(app->session, output, progressed, app, &error);
    if (result != NULL) {
        doctor_show(app, result, clock_wall_us(app->session->clock));
        return;
    }
    g_free(state->failure);
    state->failure = g_strdup(error->message);
}

static void begin(struct app *app)
{
    struct doctor_state *state = state_of(app);
    g_autoptr(GError) error = NULL;

    if (app->scene.cluster->hosts->len == 0) {
        app_say(app, ROLE_WARNING, "there is no host to examine: add-node ADDRESS... adds them");
        return;
    }
    state->second = FALSE;
    state->awaited = app->scene.cluster->hosts->len;
    g_clear_pointer(&state->failure, g_free);
    state->begun = palette_run_call(app, "doctor", examine, state, &error);
    if (!state->begun)
        app_say(app, ROLE_WARNING, "doctor: %s", error->message);
}

void doctor_open(struct app *app)
{
    struct doctor_state *state = state_of(app);

    app_open(app, &view_doctor);
    if (state->result == NULL && !state->begun)
        begin(app);
}

/* --- Keys ------------------------------------------------------------------------------------- */

static void jump(struct app *app, const struct doctor_row *row)
{
    const struct host *host =
        row != NULL ? cluster_find_host(app->scene.cluster, row->patient->host->name) : NULL;

    if (row == NULL)
        return;
    if (host == NULL) {
        app_say(app, ROLE_WARNING, "host %s is no longer in the cluster", row->patient->host->name);
        return;
    }
    app_open(app, &view_host);
    app_select_host(app, host);
}

static void step_out(struct app *app, struct doctor_state *state)
{
    gboolean narrowed;

    if (state->begun) {
        palette_run_cancel(app, FALSE);
        return;
    }
    narrowed = prompt_drop_filter(app) || state->shown != DOCTOR_SHOWN_TROUBLE;

    state->shown = DOCTOR_SHOWN_TROUBLE;
    if (!narrowed)
        app_back(app);
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    struct doctor_state *state = state_of(app);

    (void)input;
    make_rows(state);
    if (list_key(&state->list, action))
        return TRUE;
    switch (action) {
    case ACTION_CONFIRM:
        jump(app, row_at(state, state->list.cursor));
        return TRUE;
    case ACTION_REFRESH:
    case ACTION_RETRY:
    case ACTION_DOCTOR:
        begin(app);
        return TRUE;
    case ACTION_NEXT_VM:
    case ACTION_PREVIOUS_VM:
        state->shown = (state->shown + (action == ACTION_NEXT_VM ? 1 : DOCTOR_SHOWN_COUNT - 1)) %
                       DOCTOR_SHOWN_COUNT;
        app_say(app, ROLE_FOOTER, "shown: %s", shown_names[state->shown]);
        return TRUE;
    case ACTION_CANCEL:
        step_out(app, state);
        return TRUE;
    case ACTION_QUIT:
        app_back(app);
        return TRUE;
    default:
        return FALSE;
    }
}

static void mouse(struct app *app, const struct input *input)
{
    list_mouse(&state_of(app)->list, input);
}

static struct filter **slot(struct app *app)
{
    return &state_of(app)->filter;
}

static char *count(struct app *app)
{
    struct doctor_state *state = state_of(app);

    make_rows(state);
    return g_strdup_printf("%u finding%s", state->rows->len, state->rows->len == 1 ? "" : "s");
}

static const struct view_filter filter = {FILTER_OF_ENTRIES, slot, count};

static const struct view_key keys[] = {
    {ACTION_CONFIRM, "go there", "go to the host"},
    {ACTION_REFRESH, "again", "examine every host again; Escape meanwhile cancels it"},
    {ACTION_NEXT_VM, "only", "what is wrong only; everything; what is wrong or worth a note"},
    {ACTION_FIND, "filter", "only what is like what is typed: a host, a subject, a word"},
    {ACTION_CURSOR_UP, "", "the line above"},
    {ACTION_CURSOR_DOWN, "", "the line below"},
    {ACTION_CANCEL, "", "show all that is wrong again; then back"},
    {ACTION_NONE, NULL, NULL},
};

/* Without a finding there is nowhere to go; before the first examination nothing to choose from. */
static gboolean offers(const struct app *app, enum action action)
{
    const struct doctor_state *state = app->doctor_state;

    if (action == ACTION_REFRESH)
        return app->scene.cluster->hosts->len > 0;
    if (action == ACTION_CONFIRM)
        return state != NULL && state->list.n > 0;
    return state != NULL && state->result != NULL;
}

const struct view view_doctor = {"Doctor", draw, key, mouse, &filter, keys, offers};
