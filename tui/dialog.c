#include "tui/dialog.h"

#include <stdarg.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/line_edit.h"
#include "tui/wrap.h"

#define DIALOG_WIDTH_MOST  66
#define DIALOG_WIDTH_LEAST 30
#define LIST_WIDTH_MOST    96 /* a list may be wider than what is read as sentences */
#define LIST_NAME_MOST     24

struct dialog_text {
    enum role role;
    char *text;
};

struct dialog_item {
    enum role role;
    char *name;
    char *text;
};

struct dialog_button {
    int answer;
    char key;
    char *label;
    struct rect rect; /* where it was last drawn */
};

struct dialog {
    char *title;
    char *subject;
    dialog_func func;
    GArray *texts; /* struct dialog_text */
    GArray *items; /* struct dialog_item */
    int top;       /* of items, as last drawn */
    int shown;     /* of them */
    struct dialog_button buttons[DIALOG_BUTTONS_MOST];
    guint n_buttons;
    guint chosen;
    char *word; /* to be typed; NULL = none */
    struct line_edit typed;
};

static void text_clear(gpointer data)
{
    g_free(((struct dialog_text *)data)->text);
}

static void item_clear(gpointer data)
{
    struct dialog_item *item = data;

    g_free(item->name);
    g_free(item->text);
}

struct dialog *dialog_new(const char *title, dialog_func func, const char *subject)
{
    struct dialog *dialog = g_new0(struct dialog, 1);

    dialog->title = g_strdup(title);
    dialog->subject = g_strdup(subject);
    dialog->func = func;
    line_edit_init(&dialog->typed);
    dialog->texts = g_array_new(FALSE, TRUE, sizeof(struct dialog_text));
    g_array_set_clear_func(dialog->texts, text_clear);
    dialog->items = g_array_new(FALSE, TRUE, sizeof(struct dialog_item));
    g_array_set_clear_func(dialog->items, item_clear);
    return dialog;
}

void dialog_free(struct dialog *dialog)
{
    if (dialog == NULL)
        return;
    for (guint i = 0; i < dialog->n_buttons; i++)
        g_free(dialog->buttons[i].label);
    g_array_unref(dialog->texts);
    g_array_unref(dialog->items);
    line_edit_clear(&dialog->typed);
    g_free(dialog->word);
    g_free(dialog->title);
    g_free(dialog->subject);
    g_free(dialog);
}

void dialog_add_text(struct dialog *dialog, enum role role, const char *format, ...)
{
    struct dialog_text text = {.role = role};
    va_list arguments;

    va_start(arguments, format);
    text.text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_array_append_val(dialog->texts, text);
}

void dialog_add_item(struct dialog *dialog, enum role role, const char *name, const char *format,
                     ...)
{
    struct dialog_item item = {role, text_escape(name), NULL};
    va_list arguments;

    va_start(arguments, format);
    item.text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_array_append_val(dialog->items, item);
}

void dialog_add_button(struct dialog *dialog, int answer, char key, const char *label)
{
    g_return_if_fail(dialog->n_buttons < DIALOG_BUTTONS_MOST);
    dialog->buttons[dialog->n_buttons++] =
        (struct dialog_button){.answer = answer, .key = key, .label = g_strdup(label)};
}

void dialog_want_word(struct dialog *dialog, const char *word)
{
    g_free(dialog->word);
    dialog->word = g_strdup(word);
}

void dialog_paste(struct dialog *dialog, const char *text)
{
    if (dialog->word != NULL)
        line_edit_insert(&dialog->typed, text);
}

void dialog_choose(struct dialog *dialog, int answer)
{
    for (guint i = 0; i < dialog->n_buttons; i++) {
        if (dialog->buttons[i].answer == answer)
            dialog->chosen = i;
    }
}

/* --- Drawing --------------------------------------------------------------------------------- */

struct drawn_line {
    enum role role;
    const char *text;
};

/* All paragraphs, wrapped; `lines` owns the text and `roles` (enum role) goes beside it. */
static void wrap_texts(const struct dialog *dialog, int cells, GPtrArray *lines, GArray *roles)
{
    for (guint i = 0; i < dialog->texts->len; i++) {
        const struct dialog_text *text = &g_array_index(dialog->texts, struct dialog_text, i);

        wrap_text(text->text, cells, lines);
        while (roles->len < lines->len)
            g_array_append_val(roles, text->role);
    }
}

static int button_width(const struct dialog_button *button)
{
    return (int)text_width(button->label) + 4;
}

/* Places the buttons, from the right end of the last line up. Returns the lines they take. */
static int place_buttons(struct dialog *dialog, int cells)
{
    int x = 0, line = 0;

    for (guint i = 0; i < dialog->n_buttons; i++) {
        int width = button_width(&dialog->buttons[i]);

        if (x > 0 && x + width > cells) {
            x = 0;
            line++;
        }
        dialog->buttons[i].rect = (struct rect){x, line, MIN(width, cells), 1};
        x += width + 1;
    }
    return line + 1;
}

static void draw_button(const struct dialog_button *button, struct surface *surface,
                        gboolean chosen)
{
    enum role role = chosen ? ROLE_BUTTON_CHOSEN : ROLE_BUTTON;
    const char *hot = strchr(button->label, button->key);
    struct rect rect = button->rect;

    surface_fill(surface, rect, " ", role, 0);
    if (chosen) {
        surface_text(surface, rect.x, rect.y, 1, "[", role, 0);
        surface_text(surface, rect.x + rect.width - 1, rect.y, 1, "]", role, 0);
    }
    surface_text(surface, rect.x + 2, rect.y, rect.width - 3, button->label, role,
                 chosen ? CELL_BOLD : 0);
    if (hot != NULL)
        surface_printf(surface, rect.x + 2 + (int)(hot - button->label), rect.y, 1, role,
                       CELL_UNDERLINE | CELL_BOLD, "%c", button->key);
}

static void draw_word(struct dialog *dialog, struct surface *surface, struct rect row)
{
    int x = row.x + surface_printf(surface, row.x, row.y, row.width - 8, ROLE_DIALOG, CELL_BOLD,
                                   "Type %s: ", dialog->word);
    struct rect field = {x, row.y, row.x + row.width - x, 1};

    surface_fill(surface, field, " ", ROLE_INPUT, 0);
    line_edit_draw(&dialog->typed, surface, field, ROLE_INPUT);
}

static void draw_buttons(struct dialog *dialog, struct surface *surface, int x, int y)
{
    for (guint i = 0; i < dialog->n_buttons; i++) {
        dialog->buttons[i].rect.x += x;
        dialog->buttons[i].rect.y += y;
        draw_button(&dialog->buttons[i], surface, i == dialog->chosen);
    }
}

static const struct dialog_item *item_at(const struct dialog *dialog, int index)
{
    return &g_array_index(dialog->items, struct dialog_item, (guint)index);
}

/* The cells of the names of a list. */
static int name_cells(const struct dialog *dialog)
{
    int cells = 0;

    for (int i = 0; i < (int)dialog->items->len && cells < LIST_NAME_MOST; i++)
        cells = MAX(cells, (int)text_width(item_at(dialog, i)->name));
    return MIN(cells, LIST_NAME_MOST);
}

/* The cells a dialog would like: its widest paragraph, its list or its buttons. */
static int wished_width(const struct dialog *dialog)
{
    int wished = (int)text_width(dialog->title) + 4, buttons = 0, list = 0;

    for (guint i = 0; i < dialog->texts->len; i++)
        wished =
            MAX(wished, (int)text_width(g_array_index(dialog->texts, struct dialog_text, i).text));
    for (guint i = 0; i < dialog->n_buttons; i++)
        buttons += button_width(&dialog->buttons[i]) + 1;
    wished = CLAMP(MAX(wished, buttons), DIALOG_WIDTH_LEAST, DIALOG_WIDTH_MOST);
    for (int i = 0; i < (int)dialog->items->len && list < LIST_WIDTH_MOST; i++)
        list = MAX(list, name_cells(dialog) + 2 + (int)text_width(item_at(dialog, i)->text));
    return MAX(wished, MIN(list, LIST_WIDTH_MOST));
}

/* The list, and under it, when it is longer than its room, how much there is. */
static void draw_list(struct dialog *dialog, struct surface *surface, struct rect rect)
{
    int n = (int)dialog->items->len, cells = name_cells(dialog);

    dialog->shown = n > rect.height ? MAX(1, rect.height - 1) : n;
    dialog->top = CLAMP(dialog->top, 0, n - dialog->shown);
    for (int i = 0; i < dialog->shown; i++) {
        const struct dialog_item *item = item_at(dialog, dialog->top + i);

        surface_text(surface, rect.x, rect.y + i, MIN(cells, rect.width), item->name, item->role,
                     CELL_BOLD);
        surface_text(surface, rect.x + cells + 2, rect.y + i, MAX(0, rect.width - cells - 2),
                     item->text, item->role, 0);
    }
    if (n > dialog->shown)
        surface_printf(surface, rect.x, rect.y + dialog->shown, rect.width, ROLE_DIALOG_FRAME, 0,
                       "%d to %d of %d, Up and Down scroll", dialog->top + 1,
                       dialog->top + dialog->shown, n);
}

static void draw_texts(struct surface *surface, struct rect rect, const GPtrArray *lines,
                       const GArray *roles)
{
    for (int i = 0; i < rect.height; i++)
        surface_text(surface, rect.x, rect.y + i, rect.width, g_ptr_array_index(lines, (guint)i),
                     g_array_index(roles, enum role, (guint)i), 0);
}

/* What the texts and the list get of the lines there are: a list at least a few, then the texts,
 * then the list as many as it wants. */
static void divide(const struct dialog *dialog, int room, int *text_lines, int *list_lines)
{
    int n = (int)dialog->items->len, least = MIN(n, 3);
    int gap = n > 0 && *text_lines > 0 ? 1 : 0;

    *text_lines = CLAMP(room - least - gap, 0, *text_lines);
    *list_lines = n > 0 ? CLAMP(n, 1, MAX(1, room - *text_lines - gap)) : 0;
}

void dialog_draw(struct dialog *dialog, struct surface *surface, gboolean ascii)
{
    int inner = MIN(wished_width(dialog), surface->width - 8);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) roles = g_array_new(FALSE, FALSE, sizeof(enum role));
    int button_lines = place_buttons(dialog, inner);
    int text_lines, list_lines, height, word_lines = dialog->word != NULL ? 2 : 0;
    struct rect box, row;

    wrap_texts(dialog, inner, lines, roles);
    text_lines = (int)lines->len;
    divide(dialog, MAX(0, surface->height - button_lines - word_lines - 6), &text_lines,
           &list_lines);
    list_lines += list_lines > 0 && text_lines > 0; /* a blank line between */
    height = text_lines + list_lines + button_lines + word_lines + 5;
    box = (struct rect){(surface->width - inner - 6) / 2, MAX(0, (surface->height - height) / 2),
                        inner + 6, height};
    surface_fill(surface, box, " ", ROLE_DIALOG, 0);
    surface_box(surface, box, dialog->title, ROLE_DIALOG_FRAME, ascii);
    row = (struct rect){box.x + 3, box.y + 2, inner, text_lines};
    draw_texts(surface, row, lines, roles);
    row.y += text_lines;
    if (list_lines > 0)
        draw_list(
            dialog, surface,
            (struct rect){row.x, row.y + (text_lines > 0), inner, list_lines - (text_lines > 0)});
    row.y += list_lines + 1;
    if (dialog->word != NULL)
        draw_word(dialog, surface, (struct rect){row.x, row.y, inner, 1});
    draw_buttons(dialog, surface, row.x, row.y + word_lines);
}

const char *dialog_hint(const struct dialog *dialog)
{
    gboolean scrolls = dialog->shown < (int)dialog->items->len;

    if (dialog->word != NULL)
        return scrolls ? "type what is asked for, then Enter; Up and Down scroll, Escape leaves it"
                       : "type what is asked for, then Enter; Escape leaves it as it is";
    if (scrolls)
        return "Up and Down scroll, Left and Right choose, Enter takes, so does the letter";
    return "arrows choose, Enter takes, so does the letter that is underlined";
}

/* --- Answering ------------------------------------------------------------------------------- */

static void choose_next(struct dialog *dialog, int step)
{
    dialog->chosen = (dialog->chosen + dialog->n_buttons + (guint)step) % dialog->n_buttons;
}

/* TRUE when the key scrolls the list; one that is wholly in sight leaves it its other meaning. */
static gboolean scroll_key(struct dialog *dialog, guint key)
{
    int most = (int)dialog->items->len - dialog->shown, step;

    if (most <= 0)
        return FALSE;
    if (key == INPUT_KEY_UP || key == INPUT_KEY_DOWN)
        step = key == INPUT_KEY_UP ? -1 : 1;
    else if (key == INPUT_KEY_PAGE_UP || key == INPUT_KEY_PAGE_DOWN)
        step = key == INPUT_KEY_PAGE_UP ? -dialog->shown : dialog->shown;
    else
        return FALSE;
    dialog->top = CLAMP(dialog->top + step, 0, most);
    return TRUE;
}

static gboolean take(const struct dialog *dialog, guint index, int *answer)
{
    if (index == 0 && dialog->word != NULL && strcmp(dialog->typed.text->str, dialog->word) != 0)
        return FALSE;
    *answer = dialog->buttons[index].answer;
    return TRUE;
}

/* Arrows sideways, blanks and letters are the field's. */
static gboolean key_with_word(struct dialog *dialog, guint key, int *answer)
{
    gboolean right = strcmp(dialog->typed.text->str, dialog->word) == 0;

    if (key == INPUT_KEY_UP || key == INPUT_KEY_BACK_TAB)
        choose_next(dialog, -1);
    else if (key == INPUT_KEY_DOWN || key == INPUT_KEY_TAB)
        choose_next(dialog, 1);
    else if (key == INPUT_KEY_ENTER)
        return take(dialog, right && dialog->typed.text->len > 0 ? 0 : dialog->chosen, answer);
    else if (line_edit_command(key) == LINE_LEAVE)
        return take(dialog, dialog->n_buttons - 1, answer);
    else
        line_edit_key(&dialog->typed, key);
    return FALSE;
}

gboolean dialog_key(struct dialog *dialog, guint key, enum action action, int *answer)
{
    if (scroll_key(dialog, key))
        return FALSE;
    if (dialog->word != NULL)
        return key_with_word(dialog, key, answer);
    if (key == INPUT_KEY_LEFT || key == INPUT_KEY_UP || key == INPUT_KEY_BACK_TAB)
        choose_next(dialog, -1);
    else if (key == INPUT_KEY_RIGHT || key == INPUT_KEY_DOWN || key == INPUT_KEY_TAB)
        choose_next(dialog, 1);
    else if (key == INPUT_KEY_ENTER || key == ' ')
        return take(dialog, dialog->chosen, answer);
    else if (key == INPUT_KEY_ESCAPE)
        return take(dialog, dialog->n_buttons - 1, answer);
    for (guint i = 0; i < dialog->n_buttons; i++) {
        char hot = dialog->buttons[i].key;

        if (key < 0x80 && g_ascii_tolower((char)key) == g_ascii_tolower(hot))
            return take(dialog, i, answer);
    }
    if (action == ACTION_CANCEL)
        return take(dialog, dialog->n_buttons - 1, answer);
    return FALSE;
}

gboolean dialog_mouse(struct dialog *dialog, const struct input *input, int *answer)
{
    if (input->kind == INPUT_WHEEL_UP || input->kind == INPUT_WHEEL_DOWN)
        scroll_key(dialog, input->kind == INPUT_WHEEL_UP ? INPUT_KEY_UP : INPUT_KEY_DOWN);
    if (input->kind != INPUT_PRESS || input->button != 1)
        return FALSE;
    for (guint i = 0; i < dialog->n_buttons; i++) {
        if (rect_contains(dialog->buttons[i].rect, input->x, input->y))
            return take(dialog, i, answer);
    }
    return FALSE;
}

void dialog_call(const struct dialog *dialog, struct app *app, int answer)
{
    dialog->func(app, answer, dialog->subject);
}
