#include "tui/view.h"

#include <string.h>

#include "core/base/text.h"
#include "tui/action.h"
#include "tui/vm_pane.h"

#define WORDS_MOST 32

/* A key and what it does, as the footer shows it. */
struct word {
    enum action action;
    const char *key;
    const char *text;
};

static int word_width(const struct word *word)
{
    return (int)text_width(word->key) + 1 + (int)text_width(word->text);
}

static gboolean add_word(const struct app *app, struct word *words, guint *n, enum action action,
                         const char *text)
{
    const char *key = keymap_first_key(app->keymap, action);

    if (*key == '\0' || *n == WORDS_MOST || action_is_refused(app, action))
        return FALSE;
    words[(*n)++] = (struct word){action, key, text};
    return TRUE;
}

static gboolean is_simulated_only(enum action action)
{
    return action == ACTION_FASTER || action == ACTION_SLOWER || action == ACTION_PAUSE ||
           action == ACTION_SKIP;
}

/* What the main view says of an action: more than the table's words where there is room for them.
 */
static const char *main_word(const struct app *app, enum action action)
{
    switch (action) {
    case ACTION_MARK:
        return "mark";
    case ACTION_ZOOM_IN:
        return "larger";
    case ACTION_ZOOM_OUT:
        return "smaller";
    case ACTION_ORDER:
        return "order";
    case ACTION_GROUP:
        return "group";
    case ACTION_TONIGHT:
        return "tonight";
    case ACTION_NIGHT:
        return "night";
    case ACTION_UNDO: /* nothing to take back: no word */
        return undo_n(app->undo) > 0 ? "undo" : "";
    default:
        return action_info[action].word;
    }
}

static guint held_words(const struct app *app, struct word *words)
{
    gboolean one = drag_n(&app->drag) == 1;
    guint n = 0;

    add_word(app, words, &n, ACTION_NEXT_VM, one ? "next that takes it" : "next that takes them");
    add_word(app, words, &n, ACTION_MIGRATE, "drop");
    add_word(app, words, &n, ACTION_SPREAD, "spread");
    add_word(app, words, &n, ACTION_CANCEL, "put back");
    return n;
}

static guint main_words(const struct app *app, struct word *words)
{
    guint n = 0;

    if (app->filter != NULL) {
        add_word(app, words, &n, ACTION_CANCEL, "all");
        add_word(app, words, &n, ACTION_FIND_NEXT, "next");
    }
    if (marks_n_hosts(&app->marks) + marks_n_vms(&app->marks) > 0)
        add_word(app, words, &n, ACTION_UNMARK, "unmark");
    for (guint action = 0; action < ACTION_COUNT; action++) {
        const char *text = main_word(app, (enum action)action);

        if (*text != '\0' && view_main.offers(app, (enum action)action) &&
            (app->scene.simulated || !is_simulated_only((enum action)action)))
            add_word(app, words, &n, (enum action)action, text);
    }
    return n;
}

/* What can be done now: it depends on what is open and what is in hand. */
static guint collect_words(const struct app *app, struct word *words)
{
    guint n = 0;

    if (app->drag.by == DRAG_BY_KEYS)
        return held_words(app, words);
    if (app->view != &view_main) {
        add_word(app, words, &n, ACTION_CANCEL, "back");
        if (app->view == &view_plan) {
            if (app->plan->steps->len > 0) {
                if (!action_is_refused(app, ACTION_MIGRATE))
                    add_word(app, words, &n, ACTION_CONFIRM, "accept");
                add_word(app, words, &n, ACTION_MARK, "mark");
            }
            if (app->scene.cluster->hosts->len > 0) {
                add_word(app, words, &n, ACTION_NEXT_VM,
                         app->plan_normalizes       ? "drain"
                         : app->plan_drains != NULL ? "compact"
                                                    : "normalize");
                add_word(app, words, &n, ACTION_REFRESH, "anew");
            }
            if (app->plan->steps->len > 0)
                add_word(app, words, &n, ACTION_OUTPUT, "script");
        }
        if (app->view == &view_vm && vm_pane_has_keys(app)) {
            add_word(app, words, &n, ACTION_NEXT_VM, "where it could go");
            add_word(app, words, &n, ACTION_REFRESH, "ask again");
            add_word(app, words, &n, ACTION_CURSOR_RIGHT, "next VM");
            add_word(app, words, &n, ACTION_HELP, action_info[ACTION_HELP].word);
            return n;
        }
        for (const struct view_key *key = app->view->keys; key && key->action != ACTION_NONE; key++)
            if (*key->word != '\0' && !action_is_refused(app, key->means) &&
                (app->view->offers == NULL || app->view->offers(app, key->action)))
                add_word(app, words, &n, key->action, key->word);
        if (app->view->keys == NULL) {
            add_word(app, words, &n, ACTION_CURSOR_UP, "up");
            add_word(app, words, &n, ACTION_CURSOR_DOWN, "down");
        } else if (app->view != &view_help) {
            add_word(app, words, &n, ACTION_HELP, action_info[ACTION_HELP].word);
        }
        return n;
    }
    return main_words(app, words);
}

/*
 * The word to give up first: how the grid looks is found in the help, the policy is seldom changed,
 * Enter opens the menu too; help and quit always stay.
 */
static gint least_word(const struct word *words, guint n)
{
    static const enum action least_first[] = {
        ACTION_GROUP, ACTION_ORDER,   ACTION_ZOOM_OUT, ACTION_ZOOM_IN, ACTION_POLICY,
        ACTION_NIGHT, ACTION_TONIGHT, ACTION_MENU,     ACTION_MARK,
    };
    gint last = -1;

    for (guint i = 0; i < G_N_ELEMENTS(least_first); i++) {
        for (guint k = 0; k < n; k++) {
            if (words[k].action == least_first[i])
                return (gint)k;
        }
    }
    for (guint i = 0; i < n; i++) {
        if (words[i].action != ACTION_HELP && words[i].action != ACTION_QUIT)
            last = (gint)i;
    }
    return last;
}

static guint drop_words(struct word *words, guint n, int width)
{
    for (;;) {
        int needed = 0;
        gint least = least_word(words, n);

        for (guint i = 0; i < n; i++)
            needed += word_width(&words[i]) + (i > 0 ? 2 : 0);
        if (needed <= width || least < 0)
            return n;
        memmove(&words[least], &words[least + 1], (n - (guint)least - 1) * sizeof *words);
        n--;
    }
}

static void draw_words(struct app *app, struct surface *surface, struct rect rect)
{
    struct word words[WORDS_MOST];
    guint n = drop_words(words, collect_words(app, words), rect.width - 2);
    int needed = 0, gap, x = rect.x + 1;

    for (guint i = 0; i < n; i++)
        needed += word_width(&words[i]);
    gap = n > 1 ? CLAMP((rect.width - 2 - needed) / (int)(n - 1), 2, 4) : 2;
    for (guint i = 0; i < n; i++) {
        struct footer_word hit = {{x, rect.y, word_width(&words[i]), 1}, words[i].action};

        x += surface_text(surface, x, rect.y, -1, words[i].key, ROLE_FOOTER_KEY, CELL_BOLD) + 1;
        x += surface_text(surface, x, rect.y, -1, words[i].text, ROLE_FOOTER, 0) + gap;
        g_array_append_val(app->footer_words, hit);
    }
}

static void say(struct surface *surface, struct rect rect, const char *text)
{
    surface_text(surface, rect.x + 1, rect.y, rect.width - 2, text, ROLE_FOOTER, 0);
}

/* A number, and what may come behind it. */
static void draw_count(const struct app *app, struct surface *surface, struct rect rect)
{
    const char *last = keymap_first_key(app->keymap, ACTION_CURSOR_LAST);
    const char *mark = keymap_first_key(app->keymap, ACTION_MARK);
    const char *cancel = keymap_first_key(app->keymap, ACTION_CANCEL);
    int x = rect.x + 1;

    x += surface_printf(surface, x, rect.y, -1, ROLE_FOOTER_KEY, CELL_BOLD, "%u", app->count) + 2;
    surface_printf(surface, x, rect.y, rect.x + rect.width - x - 1, ROLE_FOOTER, 0,
                   "a movement goes so far, %s marks so many, %s goes to %u; %s forgets", mark,
                   last, app->count, cancel);
}

void footer_draw(struct app *app, struct surface *surface, struct rect rect)
{
    g_array_set_size(app->footer_words, 0);
    surface_fill(surface, rect, " ", ROLE_FOOTER, 0);
    if (app->dialog != NULL) {
        say(surface, rect, dialog_hint(app->dialog));
    } else if (app->drag.by == DRAG_BY_MOUSE) {
        say(surface, rect,
            drag_n(&app->drag) == 1 ? "let go over a host to move it; elsewhere it stays"
                                    : "let go over a host to move them; elsewhere they stay");
    } else if (app->menu != NULL) {
        say(surface, rect, "arrows choose, Enter takes, so does the letter; Escape closes");
    } else if (app->palette.open) {
        palette_draw_line(app, surface, rect);
    } else if (app->prompt.open) {
        prompt_draw(app, surface, rect);
    } else if (app->view == &view_output && app->output.searching) {
        output_search_draw(app, surface, rect);
    } else if (app->count > 0) {
        draw_count(app, surface, rect);
    } else if (app->leaving == APP_WAITS) {
        surface_printf(surface, rect.x + 1, rect.y, rect.width - 2, ROLE_WARNING, CELL_BOLD,
                       "leaving when %u running job%s ended; %s again to decide anew",
                       app->scene.n_running, app->scene.n_running == 1 ? " has" : "s have",
                       keymap_first_key(app->keymap, ACTION_QUIT));
    } else if (palette_runs_long(app)) {
        palette_run_draw(app, surface, rect);
    } else if (app->message != NULL) {
        surface_fill(surface, rect, " ", app->message_role, 0);
        surface_text(surface, rect.x + 1, rect.y, rect.width - 2, app->message, app->message_role,
                     0);
    } else {
        draw_words(app, surface, rect);
    }
}

enum action footer_action_at(const struct app *app, int x, int y)
{
    for (guint i = 0; i < app->footer_words->len; i++) {
        const struct footer_word *word = &g_array_index(app->footer_words, struct footer_word, i);

        if (rect_contains(word->rect, x, y))
            return word->action;
    }
    return ACTION_NONE;
}
