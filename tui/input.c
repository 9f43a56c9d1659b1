#include "tui/input.h"

struct key_name {
    guint key;
    const char *name;
};

static const struct key_name key_names[] = {
    {INPUT_KEY_LEFT, "Left"},
    {INPUT_KEY_RIGHT, "Right"},
    {INPUT_KEY_UP, "Up"},
    {INPUT_KEY_DOWN, "Down"},
    {INPUT_KEY_HOME, "Home"},
    {INPUT_KEY_END, "End"},
    {INPUT_KEY_PAGE_UP, "PageUp"},
    {INPUT_KEY_PAGE_DOWN, "PageDown"},
    {INPUT_KEY_ENTER, "Enter"},
    {INPUT_KEY_ESCAPE, "Escape"},
    {INPUT_KEY_TAB, "Tab"},
    {INPUT_KEY_BACK_TAB, "BackTab"},
    {INPUT_KEY_BACKSPACE, "Backspace"},
    {INPUT_KEY_DELETE, "Delete"},
    {INPUT_KEY_INSERT, "Insert"},
    {' ', "Space"},
};

guint input_key_canonical(guint key)
{
    guint bits = key & (INPUT_KEY_ALT | INPUT_KEY_CONTROL);

    switch (key & ~bits) {
    case '\b':
    case 0x7F:
        return INPUT_KEY_BACKSPACE | bits;
    case '\t':
        return INPUT_KEY_TAB | bits;
    case '\n':
    case '\r':
        return INPUT_KEY_ENTER | bits;
    case 0x1B:
        return INPUT_KEY_ESCAPE | bits;
    default:
        return key;
    }
}

/* A name without modifiers. */
static guint parse_plain(const char *name)
{
    gunichar c;
    guint64 number;

    for (gsize i = 0; i < G_N_ELEMENTS(key_names); i++) {
        if (g_ascii_strcasecmp(name, key_names[i].name) == 0)
            return key_names[i].key;
    }
    if ((*name == 'F' || *name == 'f') &&
        g_ascii_string_to_unsigned(name + 1, 10, 1, 12, &number, NULL))
        return INPUT_KEY_F1 + (guint)number - 1;
    c = g_utf8_get_char_validated(name, -1);
    if (c == (gunichar)-1 || c == (gunichar)-2 || !g_unichar_isgraph(c) ||
        *g_utf8_next_char(name) != '\0')
        return 0;
    return c;
}

/* What control makes of a key; 0 when terminals send nothing of its own for it. */
static guint with_control(guint key)
{
    if (key >= KEY_SPECIAL)
        return key | INPUT_KEY_CONTROL;
    if (g_ascii_isalpha((char)key) && key < 0x80)
        return input_key_canonical((guint)g_ascii_toupper((char)key) - '@');
    return 0;
}

guint input_key_parse(const char *name)
{
    gboolean alt = FALSE, control = FALSE;
    guint key;

    if (name == NULL || *name == '\0')
        return 0;
    while (name[1] == '-' && name[2] != '\0') {
        if (*name == 'M' && !alt)
            alt = TRUE;
        else if (*name == 'C' && !control)
            control = TRUE;
        else
            return 0;
        name += 2;
    }
    key = parse_plain(name);
    if (key != 0 && control)
        key = with_control(key);
    return key != 0 && alt ? key | INPUT_KEY_ALT : key;
}

char *input_key_name(guint key)
{
    const char *alt = key & INPUT_KEY_ALT ? "M-" : "";
    const char *control = key & INPUT_KEY_CONTROL ? "C-" : "";
    char utf8[8] = "";

    key &= ~(INPUT_KEY_ALT | INPUT_KEY_CONTROL);
    for (gsize i = 0; i < G_N_ELEMENTS(key_names); i++) {
        if (key == key_names[i].key)
            return g_strconcat(alt, control, key_names[i].name, NULL);
    }
    if (key >= INPUT_KEY_F1 && key <= INPUT_KEY_F12)
        return g_strdup_printf("%s%sF%u", alt, control, key - INPUT_KEY_F1 + 1);
    if (key >= 1 && key <= 26)
        return g_strdup_printf("%sC-%c", alt, (int)('a' + key - 1));
    if (!g_unichar_validate(key) || !g_unichar_isgraph(key))
        return g_strdup("");
    utf8[g_unichar_to_utf8(key, utf8)] = '\0';
    return g_strconcat(alt, control, utf8, NULL);
}
