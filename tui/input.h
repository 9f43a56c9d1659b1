/*
 * input.h - what the operator did: a key, a mouse event, a paste, a resize. Plain values.
 *
 * tui/input_decoder.h makes them from the bytes a terminal sends. Thread: main.
 */
#ifndef ROOST_TUI_INPUT_H
#define ROOST_TUI_INPUT_H

#include <glib.h>

/*
 * Keys: a Unicode code point, or one of these beyond them. Control and a letter are 1..26, as
 * typed, but for C-h, C-i, C-j and C-m, which terminals cannot tell from Backspace, Tab and Enter.
 * Alt is a bit beside any key, control one beside the special keys: a key that is not asked for
 * with its modifiers has no meaning, so Alt-o never acts as o. Shift is a flag of the event only.
 */
#define KEY_SPECIAL       0x200000u
#define INPUT_KEY_ALT     0x400000u
#define INPUT_KEY_CONTROL 0x800000u

#define KEY_CONTROL(letter) ((guint)(letter)-64u) /* of a capital letter: KEY_CONTROL('C') */

enum input_key {
    INPUT_KEY_LEFT = KEY_SPECIAL,
    INPUT_KEY_RIGHT,
    INPUT_KEY_UP,
    INPUT_KEY_DOWN,
    INPUT_KEY_HOME,
    INPUT_KEY_END,
    INPUT_KEY_PAGE_UP,
    INPUT_KEY_PAGE_DOWN,
    INPUT_KEY_ENTER,
    INPUT_KEY_ESCAPE,
    INPUT_KEY_TAB,
    INPUT_KEY_BACK_TAB,
    INPUT_KEY_BACKSPACE,
    INPUT_KEY_DELETE,
    INPUT_KEY_INSERT,
    INPUT_KEY_F1,
    INPUT_KEY_F12 = INPUT_KEY_F1 + 11,
};

enum input_kind {
    INPUT_NONE,
    INPUT_KEY,
    INPUT_PRESS,   /* mouse, button 1..3 */
    INPUT_DRAG,    /* moved while a button is held */
    INPUT_RELEASE, /* button 0: nothing is held any more, wherever it was let go of */
    INPUT_WHEEL_UP,
    INPUT_WHEEL_DOWN,
    INPUT_PASTE, /* text: never acts as commands */
    INPUT_RESIZE,
};

struct input {
    enum input_kind kind;
    guint key;
    int x, y; /* mouse: cell, from 0 */
    guint button;
    gboolean shift, control, alt;
    char *text; /* paste: owned by the screen until the next input is read */
};

/*
 * "Left", "C-l", "a", "F5", "M-x", "C-Right", "Space" to a key; 0 when the name means nothing
 * (NULL is allowed). Letters count as written; the names of special keys in either case.
 */
guint input_key_parse(const char *name);

/* The name input_key_parse knows the key by; "" for what is no key. Free with g_free. */
char *input_key_name(guint key);

/* A key as terminals send it: C-i to Tab, C-j and C-m to Enter, C-h and DEL to Backspace. */
guint input_key_canonical(guint key);

#endif
