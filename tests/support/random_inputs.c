/* random_inputs.c - what somebody does who has no idea, and what one does who has, by halves. */
#include <string.h>

#include "tests/support/random_rig.h"
#include "tui/view.h"

static gint dice(struct random_rig *rig, gint low, gint end)
{
    return random_rig_dice(rig, low, end);
}

static gboolean one_in(struct random_rig *rig, gint n)
{
    return random_rig_one_in(rig, n);
}

static void press(struct random_rig *rig, guint key)
{
    random_rig_input(rig, (struct input){.kind = INPUT_KEY, .key = key});
}

static void act(struct random_rig *rig, enum action action)
{
    press(rig, input_key_parse(keymap_first_key(rig->app->keymap, action)));
}

static void type(struct random_rig *rig, const char *text)
{
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        press(rig, g_utf8_get_char(at));
}

/* A picture of every screen would fill the disk. */
static enum action random_action(struct random_rig *rig)
{
    enum action action = (enum action)dice(rig, 1, ACTION_COUNT);

    return action == ACTION_SNAPSHOT && !one_in(rig, 20) ? ACTION_NONE : action;
}

static guint random_key(struct random_rig *rig)
{
    static const guint special[] = {INPUT_KEY_ENTER, INPUT_KEY_ESCAPE, INPUT_KEY_TAB, ' ',
                                    INPUT_KEY_DOWN,  INPUT_KEY_RIGHT,  'y',           'n'};
    const char *key = "";

    if (one_in(rig, 3))
        return special[dice(rig, 0, G_N_ELEMENTS(special))];
    if (one_in(rig, 3))
        return (guint)dice(rig, 1, one_in(rig, 8) ? 0x3000 : 127);
    while (*key == '\0')
        key = keymap_first_key(rig->app->keymap, random_action(rig));
    return input_key_parse(key);
}

/* --- The mouse ------------------------------------------------------------------------------- */

/* Anywhere, or (mostly) where a host is. */
static void random_place(struct random_rig *rig, int *x, int *y)
{
    for (guint i = 0; i < 20; i++) {
        *x = dice(rig, -1, rig->width + 1);
        *y = dice(rig, -1, rig->height + 1);
        if (i == 0 && one_in(rig, 3))
            return;
        if (rig->app->view != &view_main || grid_host_at(rig->app, *x, *y) != NULL)
            return;
    }
}

/* Down, some way, up; sometimes it never comes up. */
static void random_drag(struct random_rig *rig)
{
    struct input event = {.kind = INPUT_PRESS, .button = one_in(rig, 6) ? 3 : 1};

    random_place(rig, &event.x, &event.y);
    event.shift = one_in(rig, 8);
    event.control = one_in(rig, 8);
    random_rig_input(rig, event);
    event.kind = INPUT_DRAG;
    while (!one_in(rig, 4)) {
        random_place(rig, &event.x, &event.y);
        random_rig_input(rig, event);
    }
    event.kind = INPUT_RELEASE;
    event.button = 0;
    if (!one_in(rig, 5))
        random_rig_input(rig, event);
}

static void random_wheel(struct random_rig *rig)
{
    struct input event = {.kind = one_in(rig, 2) ? INPUT_WHEEL_UP : INPUT_WHEEL_DOWN};

    random_place(rig, &event.x, &event.y);
    event.control = one_in(rig, 4);
    random_rig_input(rig, event);
}

static void random_click(struct random_rig *rig)
{
    struct input event = {.kind = INPUT_PRESS, .button = 1, .y = rig->height - 1};

    if (one_in(rig, 2))
        random_place(rig, &event.x, &event.y);
    else
        event.x = dice(rig, 0, MAX(1, rig->width)); /* a word of the footer */
    event.control = one_in(rig, 4);
    event.shift = one_in(rig, 4);
    random_rig_input(rig, event);
    event.kind = INPUT_RELEASE;
    event.button = 0;
    random_rig_input(rig, event);
}

/* --- Text ------------------------------------------------------------------------------------ */

static void random_paste(struct random_rig *rig)
{
    static const char *const texts[] = {
        "off pc01\noff pc02\r\n", "\x1b[2J\x1b]0;x\x07 y\n",      "pc\xff\xfe", "",
        "yyyyyy\n\n\n",           "\xe7\x99\xbd\xcc\x81 /(a+)+$/"};
    g_autofree char *text = g_strdup(texts[dice(rig, 0, G_N_ELEMENTS(texts))]);

    random_rig_input(rig, (struct input){.kind = INPUT_PASTE, .text = text});
}

static void random_filter(struct random_rig *rig)
{
    static const char *const texts[] = {
        "pc0",          "state:over",  "!state:off",  "vm:pc1*", "/pc[0-4]/|zz", "load:>0.1",
        "/(a+)+$/",     "state:",      "\"pc 1",      "kind:",   "by:ana",       "nowhere",
        "\xe7\x99\xbd", "rack:a|lab:", "job:migrate", "!!x",     "ram:<50",      "/(/"};

    act(rig, ACTION_FIND);
    if (one_in(rig, 3))
        press(rig, 21); /* C-u */
    type(rig, texts[dice(rig, 0, G_N_ELEMENTS(texts))]);
    for (gint n = dice(rig, 0, 3); n > 0; n--)
        press(rig, one_in(rig, 2) ? INPUT_KEY_TAB : random_key(rig));
    press(rig, one_in(rig, 4) ? INPUT_KEY_ESCAPE : INPUT_KEY_ENTER);
}

static void random_line(struct random_rig *rig)
{
    static const char *const lines[] = {"migrate pc04 pc05",
                                        "off pc06",
                                        "wake pc06",
                                        "drain pc07",
                                        "undrain pc07",
                                        "stop pc08",
                                        "start pc08",
                                        "pause pc09",
                                        "resume pc09",
                                        "spread pc10",
                                        "mode always",
                                        "mode manual",
                                        "policy pairs",
                                        "compact",
                                        "normalize",
                                        "list",
                                        "list vm",
                                        "status",
                                        "jobs",
                                        "jobs --follow",
                                        "log",
                                        "log --follow",
                                        "tonight",
                                        "report",
                                        "plan",
                                        "retry 1",
                                        "cancel 2",
                                        "raise 3",
                                        "help migrate",
                                        "doctor",
                                        "apart x pc1 pc2",
                                        "pin pc11",
                                        "note pc12 \x01 hi",
                                        "place pc13 rack=a",
                                        "vm-max pc14 1",
                                        "reboot pc15",
                                        "off --force pc16",
                                        "migrate",
                                        "nothing such",
                                        "complete -- mi",
                                        "forget pc17 pc18",
                                        "define pc19 pc20",
                                        "autostart pc21 on",
                                        "theme",
                                        "filter state:over",
                                        "order load",
                                        "remote pc22 -- true",
                                        "off"};

    act(rig, ACTION_PALETTE);
    type(rig, lines[dice(rig, 0, G_N_ELEMENTS(lines))]);
    for (gint n = dice(rig, 0, 3); n > 0; n--)
        press(rig, one_in(rig, 2) ? INPUT_KEY_TAB : random_key(rig));
    press(rig, one_in(rig, 6) ? INPUT_KEY_ESCAPE : INPUT_KEY_ENTER);
}

/* --- What takes several steps ---------------------------------------------------------------- */

/* A question that is open is answered, now so, now so. */
static void answer(struct random_rig *rig)
{
    static const char letters[] = "MSDTOFACWBKLNGPRhoipyn3";

    for (guint i = 0; i < 4 && rig->app->dialog != NULL; i++) {
        if (one_in(rig, 2))
            press(rig, (guint)letters[dice(rig, 0, sizeof letters - 1)]);
        else if (one_in(rig, 2))
            press(rig, INPUT_KEY_LEFT);
        press(rig, INPUT_KEY_ENTER);
    }
}

static void random_way(struct random_rig *rig)
{
    static const enum action ways[][8] = {
        {ACTION_MARK, ACTION_MARK, ACTION_PICK_ALL, ACTION_CURSOR_DOWN, ACTION_CONFIRM},
        {ACTION_PICK_ALL, ACTION_CURSOR_RIGHT, ACTION_MIGRATE},
        {ACTION_PICK_ALL, ACTION_SPREAD},
        {ACTION_NEXT_VM, ACTION_MARK, ACTION_CURSOR_RIGHT, ACTION_NEXT_VM, ACTION_MARK,
         ACTION_MIGRATE, ACTION_CURSOR_DOWN, ACTION_CONFIRM},
        {ACTION_MIGRATE, ACTION_CURSOR_RIGHT, ACTION_CONFIRM},
        {ACTION_CANCEL, ACTION_CANCEL, ACTION_UNMARK, ACTION_MIGRATE, ACTION_CURSOR_RIGHT,
         ACTION_CONFIRM},
        {ACTION_CANCEL, ACTION_CANCEL, ACTION_UNMARK, ACTION_MIGRATE, ACTION_CURSOR_DOWN,
         ACTION_MIGRATE},
        {ACTION_CURSOR_FIRST, ACTION_MIGRATE, ACTION_CURSOR_LAST, ACTION_CONFIRM},
        {ACTION_UNDO},
        {ACTION_SPREAD},
        {ACTION_MARK_ALL, ACTION_MARK_INVERT, ACTION_MARK, ACTION_MARK, ACTION_MARK_RANGE,
         ACTION_WAKE},
        {ACTION_MARK, ACTION_MARK, ACTION_POWER_OFF},
        {ACTION_MARK, ACTION_MARK, ACTION_DRAIN},
        {ACTION_MARK, ACTION_MARK, ACTION_MAINTENANCE},
        {ACTION_NEXT_VM, ACTION_MARK, ACTION_START_STOP, ACTION_REPEAT},
        {ACTION_UNMARK, ACTION_POWER_OFF},
        {ACTION_UNMARK, ACTION_WAKE, ACTION_CURSOR_RIGHT, ACTION_REPEAT},
        {ACTION_PLAN, ACTION_MARK, ACTION_MARK_INVERT, ACTION_CONFIRM},
        {ACTION_PLAN, ACTION_CONFIRM},
        {ACTION_TONIGHT, ACTION_CURSOR_DOWN, ACTION_CURSOR_RIGHT, ACTION_CONFIRM},
        {ACTION_NIGHT, ACTION_CURSOR_LEFT, ACTION_CONFIRM},
        {ACTION_JOURNAL, ACTION_CURSOR_UP, ACTION_FOLLOW, ACTION_CONFIRM},
        {ACTION_JOBS, ACTION_CURSOR_DOWN, ACTION_RETRY},
        {ACTION_JOBS, ACTION_CONFIRM, ACTION_RETRY},
        {ACTION_JOBS, ACTION_JOB_UP, ACTION_JOB_DOWN, ACTION_POSTCOPY},
        {ACTION_DOCTOR, ACTION_CURSOR_DOWN, ACTION_CONFIRM},
        {ACTION_CONFIRM, ACTION_CURSOR_DOWN, ACTION_CONFIRM, ACTION_CURSOR_DOWN, ACTION_CONFIRM},
        {ACTION_NEXT_VM, ACTION_CONFIRM, ACTION_CURSOR_DOWN, ACTION_CONFIRM},
        {ACTION_ROWS, ACTION_CURSOR_RIGHT, ACTION_MARK, ACTION_CURSOR_DOWN, ACTION_CONFIRM},
        {ACTION_ROWS, ACTION_NEXT_VM, ACTION_GROUP, ACTION_CURSOR_LAST, ACTION_POWER_OFF},
        {ACTION_ROWS, ACTION_CURSOR_DOWN, ACTION_MENU, ACTION_CURSOR_DOWN, ACTION_CONFIRM},
        {ACTION_NEXT_TROUBLE, ACTION_CONFIRM},
        {ACTION_HELP, ACTION_PAGE_DOWN},
        {ACTION_ORDER, ACTION_GROUP, ACTION_ZOOM_OUT},
        {ACTION_ZOOM_IN, ACTION_GROUP, ACTION_CURSOR_LAST},
        {ACTION_MENU, ACTION_CURSOR_DOWN, ACTION_CURSOR_DOWN, ACTION_CONFIRM},
        {ACTION_NEXT_VM, ACTION_MENU, ACTION_CURSOR_DOWN, ACTION_CONFIRM},
        {ACTION_COMPACT},
        {ACTION_NORMALIZE},
        {ACTION_AUTOMATIC},
        {ACTION_CANCEL_JOBS},
    };
    const enum action *way = ways[dice(rig, 0, G_N_ELEMENTS(ways))];

    for (guint i = 0; i < G_N_ELEMENTS(ways[0]) && way[i] != ACTION_NONE; i++) {
        if (one_in(rig, 6))
            press(rig, (guint)('0' + dice(rig, 0, 10))); /* so many times */
        act(rig, way[i]);
        if (one_in(rig, 12))
            press(rig, random_key(rig));
    }
    answer(rig);
}

static void random_size(struct random_rig *rig)
{
    static const int sizes[][2] = {{80, 24}, {100, 30}, {132, 43}, {200, 50}, {40, 12}};

    if (one_in(rig, 3)) {
        rig->width = dice(rig, 0, 260);
        rig->height = dice(rig, 0, 70);
    } else {
        guint i = (guint)dice(rig, 0, G_N_ELEMENTS(sizes));

        rig->width = sizes[i][0];
        rig->height = sizes[i][1];
    }
    screen_offscreen_resize(rig->screen, rig->width, rig->height);
    random_rig_input(rig, (struct input){.kind = INPUT_RESIZE});
}

/* --- All of it ------------------------------------------------------------------------------- */

void random_rig_do(struct random_rig *rig, gboolean while_running)
{
    gint what = dice(rig, 0, 100);

    if (what < 54)
        press(rig, random_key(rig));
    else if (what < 62)
        random_drag(rig);
    else if (what < 65)
        random_click(rig);
    else if (what < 68)
        random_wheel(rig);
    else if (what < 70)
        random_paste(rig);
    else if (what < 71)
        random_size(rig);
    else if (what < 73)
        random_filter(rig);
    else if (what < 75)
        random_line(rig);
    else if (what < 85)
        random_way(rig);
    else if (!while_running)
        random_rig_let_pass(rig);
}
