#include "tui/line_edit.h"

#include <string.h>

#include "core/base/text.h"
#include "tui/input.h"

void line_edit_init(struct line_edit *edit)
{
    *edit = (struct line_edit){.text = g_string_new(NULL)};
}

void line_edit_clear(struct line_edit *edit)
{
    g_string_free(edit->text, TRUE);
    g_free(edit->killed);
    *edit = (struct line_edit){0};
}

gboolean line_edit_at_end(const struct line_edit *edit)
{
    return edit->cursor == edit->text->len;
}

/* --- Putting in ------------------------------------------------------------------------------ */

/* One line of what was given: every run of what cannot stand in it is one blank. */
static GString *clean(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *line = g_string_new(NULL);
    gboolean gap = FALSE;

    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);

        if (g_unichar_iscntrl(character)) {
            gap = TRUE;
            continue;
        }
        if (gap)
            g_string_append_c(line, ' ');
        gap = FALSE;
        g_string_append_unichar(line, character);
    }
    return line;
}

void line_edit_insert(struct line_edit *edit, const char *text)
{
    GString *line = clean(text != NULL ? text : "");
    gsize room = LINE_EDIT_BYTES_MOST - MIN(edit->text->len, LINE_EDIT_BYTES_MOST);
    gsize length = MIN(line->len, room);

    while (length > 0 && length < line->len && ((guchar)line->str[length] & 0xc0) == 0x80)
        length--;
    g_string_insert_len(edit->text, (gssize)edit->cursor, line->str, (gssize)length);
    edit->cursor += length;
    edit->killing = FALSE;
    g_string_free(line, TRUE);
}

void line_edit_set(struct line_edit *edit, const char *text)
{
    g_string_truncate(edit->text, 0);
    edit->cursor = 0;
    edit->scroll = 0;
    line_edit_insert(edit, text);
}

void line_edit_replace(struct line_edit *edit, gsize start, const char *text)
{
    start = MIN(start, edit->cursor);
    g_string_erase(edit->text, (gssize)start, (gssize)(edit->cursor - start));
    edit->cursor = start;
    line_edit_insert(edit, text);
}

/* --- Moving ---------------------------------------------------------------------------------- */

static gunichar char_at(const struct line_edit *edit, gsize at)
{
    return g_utf8_get_char(edit->text->str + at);
}

static gboolean combines(const struct line_edit *edit, gsize at)
{
    return at < edit->text->len && g_unichar_iszerowidth(char_at(edit, at));
}

static gsize left_of(const struct line_edit *edit, gsize at)
{
    do {
        if (at == 0)
            return 0;
        at = (gsize)(g_utf8_prev_char(edit->text->str + at) - edit->text->str);
    } while (combines(edit, at));
    return at;
}

static gsize right_of(const struct line_edit *edit, gsize at)
{
    do {
        if (at >= edit->text->len)
            return edit->text->len;
        at = (gsize)(g_utf8_next_char(edit->text->str + at) - edit->text->str);
    } while (combines(edit, at));
    return at;
}

static gboolean is_word(gunichar character)
{
    return g_unichar_isalnum(character) || character == '_';
}

static gboolean is_filled(gunichar character)
{
    return character != ' ';
}

static gsize word_left(const struct line_edit *edit, gboolean (*inside)(gunichar))
{
    gsize at = edit->cursor;

    while (at > 0 && !inside(char_at(edit, left_of(edit, at))))
        at = left_of(edit, at);
    while (at > 0 && inside(char_at(edit, left_of(edit, at))))
        at = left_of(edit, at);
    return at;
}

static gsize word_right(const struct line_edit *edit)
{
    gsize at = edit->cursor;

    while (at < edit->text->len && !is_word(char_at(edit, at)))
        at = right_of(edit, at);
    while (at < edit->text->len && is_word(char_at(edit, at)))
        at = right_of(edit, at);
    return at;
}

/* Where a key takes the cursor; FALSE when it is none that moves. */
static gboolean destination(const struct line_edit *edit, guint key, gsize *to)
{
    switch (key) {
    case INPUT_KEY_LEFT:
    case KEY_CONTROL('B'):
        *to = left_of(edit, edit->cursor);
        return TRUE;
    case INPUT_KEY_RIGHT:
    case KEY_CONTROL('F'):
        *to = right_of(edit, edit->cursor);
        return TRUE;
    case INPUT_KEY_HOME:
    case KEY_CONTROL('A'):
        *to = 0;
        return TRUE;
    case INPUT_KEY_END:
    case KEY_CONTROL('E'):
        *to = edit->text->len;
        return TRUE;
    case INPUT_KEY_LEFT | INPUT_KEY_CONTROL:
    case INPUT_KEY_LEFT | INPUT_KEY_ALT:
    case 'b' | INPUT_KEY_ALT:
        *to = word_left(edit, is_word);
        return TRUE;
    case INPUT_KEY_RIGHT | INPUT_KEY_CONTROL:
    case INPUT_KEY_RIGHT | INPUT_KEY_ALT:
    case 'f' | INPUT_KEY_ALT:
        *to = word_right(edit);
        return TRUE;
    default:
        return FALSE;
    }
}

/* --- Taking out ------------------------------------------------------------------------------ */

static void erase(struct line_edit *edit, gsize from, gsize to)
{
    g_string_erase(edit->text, (gssize)from, (gssize)(to - from));
    edit->cursor = from;
}

/* What is killed right after another kill is kept together with it. */
static void kill_range(struct line_edit *edit, gsize from, gsize to)
{
    g_autofree char *piece = g_strndup(edit->text->str + from, to - from);
    g_autofree char *before = edit->killing ? g_steal_pointer(&edit->killed) : NULL;
    gboolean backwards = to == edit->cursor;

    g_free(edit->killed);
    edit->killed = backwards ? g_strconcat(piece, before != NULL ? before : "", NULL)
                             : g_strconcat(before != NULL ? before : "", piece, NULL);
    erase(edit, from, to);
    edit->killing = TRUE;
}

static gboolean take_out(struct line_edit *edit, guint key)
{
    switch (key) {
    case INPUT_KEY_BACKSPACE:
        erase(edit, left_of(edit, edit->cursor), edit->cursor);
        break;
    case INPUT_KEY_DELETE:
    case KEY_CONTROL('D'):
        erase(edit, edit->cursor, right_of(edit, edit->cursor));
        break;
    default:
        return FALSE;
    }
    edit->killing = FALSE;
    return TRUE;
}

static gboolean kill_some(struct line_edit *edit, guint key)
{
    switch (key) {
    case KEY_CONTROL('W'):
        kill_range(edit, word_left(edit, is_filled), edit->cursor);
        return TRUE;
    case INPUT_KEY_BACKSPACE | INPUT_KEY_ALT:
        kill_range(edit, word_left(edit, is_word), edit->cursor);
        return TRUE;
    case 'd' | INPUT_KEY_ALT:
        kill_range(edit, edit->cursor, word_right(edit));
        return TRUE;
    case KEY_CONTROL('U'):
        kill_range(edit, 0, edit->cursor);
        return TRUE;
    case KEY_CONTROL('K'):
        kill_range(edit, edit->cursor, edit->text->len);
        return TRUE;
    default:
        return FALSE;
    }
}

gboolean line_edit_key(struct line_edit *edit, guint key)
{
    char utf8[7] = "";
    gsize to;

    if (kill_some(edit, key) || take_out(edit, key))
        return TRUE;
    if (destination(edit, key, &to)) {
        edit->cursor = to;
        edit->killing = FALSE;
        return TRUE;
    }
    if (key == KEY_CONTROL('Y')) {
        line_edit_insert(edit, edit->killed);
        return TRUE;
    }
    if (key < 32 || key >= KEY_SPECIAL)
        return FALSE;
    utf8[g_unichar_to_utf8(key, utf8)] = '\0';
    line_edit_insert(edit, utf8);
    return TRUE;
}

enum line_command line_edit_command(guint key)
{
    static const struct {
        guint key;
        enum line_command command;
    } commands[] = {
        {INPUT_KEY_ENTER, LINE_ENTER},  {INPUT_KEY_ESCAPE, LINE_LEAVE},
        {KEY_CONTROL('C'), LINE_LEAVE}, {KEY_CONTROL('G'), LINE_LEAVE},
        {INPUT_KEY_TAB, LINE_COMPLETE}, {INPUT_KEY_BACK_TAB, LINE_COMPLETE_BACK},
        {INPUT_KEY_UP, LINE_OLDER},     {KEY_CONTROL('P'), LINE_OLDER},
        {INPUT_KEY_DOWN, LINE_NEWER},   {KEY_CONTROL('N'), LINE_NEWER},
    };

    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (commands[i].key == key)
            return commands[i].command;
    }
    return LINE_NO_COMMAND;
}

/* --- Drawing --------------------------------------------------------------------------------- */

/* The cells that the first bytes of the text take, as surface_text draws them. */
static int cells_of(const struct line_edit *edit, gsize bytes)
{
    g_autofree char *head = g_strndup(edit->text->str, bytes);
    g_autofree char *escaped = text_escape(head);

    return (int)text_width(escaped);
}

int line_edit_draw(struct line_edit *edit, struct surface *surface, struct rect rect,
                   enum role role)
{
    int cursor = cells_of(edit, edit->cursor);
    int width = cells_of(edit, edit->text->len);
    struct rect clip;

    if (cursor - edit->scroll >= rect.width)
        edit->scroll = cursor - rect.width + 1;
    edit->scroll = MIN(edit->scroll, MAX(0, width - rect.width + 1));
    edit->scroll = MIN(edit->scroll, cursor);
    clip = surface_clip(surface, rect);
    surface_text(surface, rect.x - edit->scroll, rect.y, width, edit->text->str, role, 0);
    surface_clip(surface, clip);
    surface->cursor_x = rect.x + cursor - edit->scroll;
    surface->cursor_y = rect.y;
    return rect.x + MIN(width - edit->scroll, rect.width);
}
