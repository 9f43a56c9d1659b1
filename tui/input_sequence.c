#include "tui/input_sequence.h"

/* --- Keys ------------------------------------------------------------------------------------ */

struct letter_key {
    char letter;
    guint key;
};

/* ESC [ letter and ESC O letter, also with modifiers (ESC [ 1 ; m letter) */
static const struct letter_key letter_keys[] = {
    {'A', INPUT_KEY_UP},     {'B', INPUT_KEY_DOWN},   {'C', INPUT_KEY_RIGHT},
    {'D', INPUT_KEY_LEFT},   {'F', INPUT_KEY_END},    {'H', INPUT_KEY_HOME},
    {'M', INPUT_KEY_ENTER},  {'P', INPUT_KEY_F1},     {'Q', INPUT_KEY_F1 + 1},
    {'R', INPUT_KEY_F1 + 2}, {'S', INPUT_KEY_F1 + 3}, {'Z', INPUT_KEY_BACK_TAB},
};

/* ESC [ number ~, by number (vt220, xterm, rxvt) */
static const guint number_keys[] = {
    [1] = INPUT_KEY_HOME,     [2] = INPUT_KEY_INSERT,   [3] = INPUT_KEY_DELETE,
    [4] = INPUT_KEY_END,      [5] = INPUT_KEY_PAGE_UP,  [6] = INPUT_KEY_PAGE_DOWN,
    [7] = INPUT_KEY_HOME,     [8] = INPUT_KEY_END,      [11] = INPUT_KEY_F1,
    [12] = INPUT_KEY_F1 + 1,  [13] = INPUT_KEY_F1 + 2,  [14] = INPUT_KEY_F1 + 3,
    [15] = INPUT_KEY_F1 + 4,  [17] = INPUT_KEY_F1 + 5,  [18] = INPUT_KEY_F1 + 6,
    [19] = INPUT_KEY_F1 + 7,  [20] = INPUT_KEY_F1 + 8,  [21] = INPUT_KEY_F1 + 9,
    [23] = INPUT_KEY_F1 + 10, [24] = INPUT_KEY_F1 + 11,
};

static guint letter_key(char letter)
{
    for (gsize i = 0; i < G_N_ELEMENTS(letter_keys); i++) {
        if (letter_keys[i].letter == letter)
            return letter_keys[i].key;
    }
    return 0;
}

void input_sequence_key(struct input *input, guint key)
{
    input->kind = INPUT_KEY;
    input->key = key;
    input->alt = (key & INPUT_KEY_ALT) != 0;
    input->control = (key & INPUT_KEY_CONTROL) != 0 || (key & ~INPUT_KEY_ALT) <= 26;
}

/* xterm's modifiers: 1 + shift 1 + alt 2 + control 4 (+ meta 8, taken for alt) */
static gboolean give_modified_key(struct input *input, guint key, guint modifiers)
{
    guint bits = modifiers > 0 ? modifiers - 1 : 0;

    if (key == 0 || bits > 15)
        return FALSE;
    input->shift = (bits & 1) != 0;
    if (bits & (2 | 8))
        key |= INPUT_KEY_ALT;
    if (bits & 4)
        key |= INPUT_KEY_CONTROL;
    input_sequence_key(input, key);
    return TRUE;
}

/* --- Control sequences ----------------------------------------------------------------------- */

/* Up to `most` numbers parted by ';' and nothing else; each at most 65535. Returns how many, 0
 * when they are anything else. */
static guint parse_numbers(const guint8 *text, gsize length, guint *numbers, guint most)
{
    guint count = 0;

    for (gsize i = 0; i <= length; i++) {
        guint64 number;
        gsize begin = i;

        while (i < length && g_ascii_isdigit((char)text[i]))
            i++;
        if (i == begin || i - begin > 5 || count == most || (i < length && text[i] != ';'))
            return 0;
        number = g_ascii_strtoull((const char *)text + begin, NULL, 10);
        if (number > G_MAXUINT16)
            return 0;
        numbers[count++] = (guint)number;
    }
    return count;
}

static gboolean place(struct input *input, guint x, guint y, int width, int height)
{
    gboolean inside = x < (guint)width && y < (guint)height;

    /* What is held must come to its end, wherever the mouse has gone. */
    if (!inside && input->kind != INPUT_DRAG && input->kind != INPUT_RELEASE)
        return FALSE;
    input->x = (int)MIN(x, (guint)MAX(width, 1) - 1);
    input->y = (int)MIN(y, (guint)MAX(height, 1) - 1);
    return TRUE;
}

/* b: button 0..2, 3 = none; + 4 shift, 8 alt, 16 control, 32 motion, 64 wheel, 128 more buttons */
static gboolean decode_mouse(const guint8 *text, gsize length, int width, int height,
                             struct input *input)
{
    gboolean pressed = text[length - 1] == 'M';
    guint numbers[3], b;

    if (parse_numbers(text, length - 1, numbers, 3) != 3 || numbers[1] == 0 || numbers[2] == 0)
        return FALSE;
    b = numbers[0];
    input->shift = (b & 4) != 0;
    input->alt = (b & 8) != 0;
    input->control = (b & 16) != 0;
    if (b >= 128)
        return FALSE;
    if (b & 64) {
        if ((b & 3) > 1 || (b & 32) || !pressed)
            return FALSE; /* sideways */
        input->kind = (b & 3) == 0 ? INPUT_WHEEL_UP : INPUT_WHEEL_DOWN;
    } else {
        /* Moved with nothing held: whatever was has been let go of, and the terminal lost that. */
        gboolean nothing = (b & 3) == 3;

        if (nothing && !(pressed && (b & 32)))
            return FALSE;
        input->button = nothing ? 0 : (b & 3) + 1;
        input->kind = !pressed || nothing ? INPUT_RELEASE : (b & 32) ? INPUT_DRAG : INPUT_PRESS;
    }
    return place(input, numbers[1] - 1, numbers[2] - 1, width, height);
}

static gboolean decode_letter(char letter, struct input *input)
{
    return give_modified_key(input, letter_key(letter), 1);
}

gboolean input_sequence_single_shift(char letter, struct input *input)
{
    /* rxvt: an arrow with Control is its letter, small */
    if (letter >= 'a' && letter <= 'd')
        return give_modified_key(input, letter_key(g_ascii_toupper(letter)), 1 + 4);
    return decode_letter(letter, input);
}

gboolean input_sequence_control(const guint8 *text, gsize length, int width, int height,
                                struct input *input)
{
    char final = (char)text[length - 1];
    guint numbers[2] = {0, 1};

    if (text[0] == '<')
        return (final == 'M' || final == 'm') &&
               decode_mouse(text + 1, length - 1, width, height, input);
    if (length == 1)
        return decode_letter(final, input);
    if (parse_numbers(text, length - 1, numbers, 2) == 0)
        return FALSE;
    if (final != '~')
        return give_modified_key(input, numbers[0] == 1 ? letter_key(final) : 0, numbers[1]);
    return numbers[0] < G_N_ELEMENTS(number_keys) &&
           give_modified_key(input, number_keys[numbers[0]], numbers[1]);
}
