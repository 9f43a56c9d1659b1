#include "tui/input_decoder.h"

#include <string.h>

#define MOUSE "\033[<"

/* Everything the bytes make, in one line: "Up q press1@9,4 paste(hello)". */
static void describe(GString *line, const struct input *input)
{
    static const char *const words[] = {"none", "key",  "press", "drag",  "release",
                                        "up",   "down", "paste", "resize"};
    g_autofree char *name = NULL;

    if (line->len > 0)
        g_string_append_c(line, ' ');
    if (input->shift)
        g_string_append(line, "shift+");
    switch (input->kind) {
    case INPUT_KEY:
        name = input_key_name(input->key);
        g_string_append(line, name);
        break;
    case INPUT_PASTE:
        g_string_append_printf(line, "paste(%s)", input->text);
        break;
    default:
        g_string_append_printf(line, "%s%s%s%u@%d,%d", input->control ? "control+" : "",
                               input->alt ? "alt+" : "", words[input->kind], input->button,
                               input->x, input->y);
    }
}

static void take_all(struct input_decoder *decoder, GString *line)
{
    struct input input;

    while (input_decoder_next(decoder, &input))
        describe(line, &input);
}

/* The bytes in pieces of `piece` bytes, then (when asked) silence. */
static char *decode_in_pieces(const char *bytes, gsize length, gsize piece, gboolean silence)
{
    autoptr(input_decoder) decoder = input_decoder_new();
    GString *line = g_string_new(NULL);

    input_decoder_set_size(decoder, 80, 24);
    for (gsize i = 0; i < length; i += piece) {
        input_decoder_feed(decoder, bytes + i, MIN(piece, length - i));
        take_all(decoder, line);
    }
    if (silence) {
        input_decoder_expire(decoder);
        take_all(decoder, line);
        g_assert_cmpuint(input_decoder_patience_ms(decoder), ==, 0);
    }
    return g_string_free(line, FALSE);
}

/* However the bytes are cut into pieces, the same comes out. */
static void check(const char *bytes, const char *expected)
{
    gsize length = strlen(bytes);

    for (gsize piece = 1; piece <= length; piece++) {
        g_autofree char *line = decode_in_pieces(bytes, length, piece, TRUE);

        g_assert_cmpstr(line, ==, expected);
    }
}

static void test_characters(void)
{
    check("aZ?/ ", "a Z ? / Space");
    check("é日", "é 日");
    check("\x01\x0c\x1a", "C-a C-l C-z");
    check("\r\n\t\b\x7f", "Enter Enter Tab Backspace Backspace");
    check("a\xff\xfe z", "a Space z");
    check("\xc3", "");
}

static void test_special_keys(void)
{
    check("\033[A\033OB\033[C\033OD", "Up Down Right Left");
    check("\033[H\033[F\033[1~\033[4~\033[5~\033[6~\033[2~\033[3~",
          "Home End Home End PageUp PageDown Insert Delete");
    check("\033OP\033[11~\033[[A\033[15~\033[21~\033[24~", "F1 F1 F1 F5 F10 F12");
    check("\033[Z\033OM", "BackTab Enter");
}

static void test_modified_keys(void)
{
    check("\033[1;5C", "C-Right");
    check("\033[1;3D", "M-Left");
    check("\033[1;2A", "shift+Up");
    check("\033Oa\033Od\033Oe", "C-Up C-Left");
    check("\033[21;7~", "M-C-F10");
    check("\033x", "M-x");
    check("\033\xc3\xa9", "M-é");
    check("\033[1;99C", "");
}

static void test_escape(void)
{
    autoptr(input_decoder) decoder = input_decoder_new();
    struct input input;

    check("\033", "Escape");
    check("\033\033", "Escape Escape");
    check("\033\033[A", "Escape Up");
    check("\033O", "M-O");
    input_decoder_feed(decoder, "\033", 1);
    g_assert_false(input_decoder_next(decoder, &input));
    g_assert_cmpuint(input_decoder_patience_ms(decoder), ==, 25);
    input_decoder_feed(decoder, "[A", 2);
    input_decoder_expire(decoder);
    g_assert_true(input_decoder_next(decoder, &input));
    g_assert_cmpuint(input.key, ==, INPUT_KEY_UP);
}

static void test_unknown_sequences(void)
{
    check("\033[99~q", "q");
    check("\033[?1;2cq", "q");
    check("\033[Iq\033[Oq", "q q");
    check("\033[97;5uq", "q");
    check("\033O5Aq", "q");
    check("\033]0;off\aq", "q");
    check("\033P1$r0m\033\\q", "q");
    check("\033_Gi=1\033[Aq", "Up q");
    check("\033[M !!q", "q");
    check("\033[[Zq", "q");
    check("\033[1;2;3Aq", "q");
    check("\033[;Aq", "q");
    check("\033[20000000000000000000~q", "q");
}

static void test_mouse(void)
{
    check(MOUSE "0;10;5M", "press1@9,4");
    check(MOUSE "35;12;6M", "release0@11,5"); /* moved with no button held */
    check(MOUSE "32;12;6M", "drag1@11,5");
    check(MOUSE "0;14;7m", "release1@13,6");
    check(MOUSE "2;1;1M" MOUSE "1;80;24M", "press3@0,0 press2@79,23");
    check(MOUSE "64;3;4M" MOUSE "65;3;4M", "up0@2,3 down0@2,3");
    check(MOUSE "4;3;4M" MOUSE "8;3;4M" MOUSE "16;3;4M",
          "shift+press1@2,3 alt+press1@2,3 control+press1@2,3");
}

static void test_mouse_beyond_the_screen(void)
{
    check(MOUSE "0;81;1M" MOUSE "64;1;25M" MOUSE "0;65535;65535M", "");
    check(MOUSE "32;999;3M" MOUSE "0;999;999m", "drag1@79,2 release1@79,23");
}

static void test_absurd_mouse(void)
{
    static const char *const absurd[] = {
        MOUSE "M",          MOUSE "0M",
        MOUSE "0;1M",       MOUSE "0;1;2;3M",
        MOUSE "0;0;1M",     MOUSE ";;M",
        MOUSE "0;-1;5M",    MOUSE "0;1;2X",
        MOUSE "0;1;99999M", MOUSE "0;1;1234567890M",
        MOUSE "3;4;4M",     MOUSE "128;4;4M",
        MOUSE "66;4;4M",    MOUSE "0;1:5;2M",
        MOUSE "<0;1;2M",    MOUSE "0; 1;2M",
        MOUSE "0;1;2q",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(absurd); i++) {
        g_autofree char *bytes = g_strconcat(absurd[i], "z", NULL);

        check(bytes, "z");
    }
}

static void test_broken_off(void)
{
    check(MOUSE "0;10;5", "");
    check("\033[", "");
    check(MOUSE "0;10;" MOUSE "0;10;5M", "press1@9,4");
    check(MOUSE "0;10;\033[A", "Up");
    check("\033]0;title", "");
}

static void test_overlong(void)
{
    g_autofree char *digits = g_strnfill(5000, '7');
    g_autofree char *mouse = g_strconcat(MOUSE, digits, ";1;1Mq", NULL);
    g_autofree char *shifted = g_strconcat("\033O", digits, "Aq", NULL);

    for (gsize piece = 1; piece < 6000; piece += 997) {
        g_autofree char *line = decode_in_pieces(mouse, strlen(mouse), piece, FALSE);
        g_autofree char *other = decode_in_pieces(shifted, strlen(shifted), piece, FALSE);

        g_assert_cmpstr(line, ==, "q");
        g_assert_cmpstr(other, ==, "q");
    }
}

static void test_paste(void)
{
    check("a\033[200~wq\033[A\r\033[201~b", "a paste(wq\033[A\r) b");
    check("\033[200~\033[201~", "paste()");
    check("\033[200~\xff\033[201~", "paste(\xef\xbf\xbd)");
    check("\033[200~no end \033[20", "paste(no end \033[20)");
    check("\033[M\033[200~q\033[201~", "paste(q)");
    check("\033[[\033[200~q\033[201~", "paste(q)");
}

static void test_paste_bounded(void)
{
    autoptr(input_decoder) decoder = input_decoder_new();
    g_autofree char *text = g_strnfill(3 * INPUT_PASTE_BYTES_MOST, 'o');
    struct input input;

    input_decoder_feed(decoder, "\033[200~", 6);
    input_decoder_feed(decoder, text, strlen(text));
    g_assert_false(input_decoder_next(decoder, &input));
    input_decoder_feed(decoder, "\033[201~", 6);
    g_assert_true(input_decoder_next(decoder, &input));
    g_assert_cmpint(input.kind, ==, INPUT_PASTE);
    g_assert_cmpuint(strlen(input.text), ==, INPUT_PASTE_BYTES_MOST);
    g_assert_false(input_decoder_next(decoder, &input));
}

static void test_own_keys(void)
{
    autoptr(input_decoder) decoder = input_decoder_new();
    GString *line = g_string_new(NULL);

    input_decoder_add_key(decoder, "\033[11^", INPUT_KEY_F1 + 10);
    input_decoder_add_key(decoder, "no", INPUT_KEY_UP);
    input_decoder_add_key(decoder, NULL, INPUT_KEY_UP);
    input_decoder_feed(decoder, "\033[11^no", 7);
    take_all(decoder, line);
    g_assert_cmpstr(line->str, ==, "F11 n o");
    g_string_free(line, TRUE);
}

/* Whatever comes, in whatever pieces: no crash, and silence always leaves it ready. */
static void test_noise(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    static const char likely[] = "\033\033\033[[<<;;0123456789OMmA~2001\\]P\a \xc3\xa9q";
    autoptr(input_decoder) decoder = input_decoder_new();

    input_decoder_set_size(decoder, 80, 24);
    for (int round = 0; round < 20000; round++) {
        gsize length = (gsize)g_rand_int_range(random, 1, 24);
        char bytes[24];
        struct input input;

        for (gsize i = 0; i < length; i++)
            bytes[i] = likely[g_rand_int_range(random, 0, (gint32)sizeof likely - 1)];
        input_decoder_feed(decoder, bytes, length);
        while (input_decoder_next(decoder, &input)) {
            if (input.kind >= INPUT_PRESS && input.kind <= INPUT_WHEEL_DOWN)
                g_assert_true(input.x >= 0 && input.x < 80 && input.y >= 0 && input.y < 24);
        }
        if (round % 3 == 0) {
            input_decoder_expire(decoder);
            input_decoder_next(decoder, &input);
            g_assert_cmpuint(input_decoder_patience_ms(decoder), ==, 0);
        }
    }
}

static void test_key_names(void)
{
    static const char *const names[] = {"a",      "A",      "/",       "?",      "Space", "Left",
                                        "F1",     "F12",    "C-l",     "M-x",    "é",     "-",
                                        "C-Left", "M-C-F3", "BackTab", "PageUp", "+",     "M--"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *back = input_key_name(input_key_parse(names[i]));

        g_assert_cmpstr(back, ==, names[i]);
    }
    g_assert_cmpuint(input_key_parse("C-m"), ==, INPUT_KEY_ENTER);
    g_assert_cmpuint(input_key_parse("C-H"), ==, INPUT_KEY_BACKSPACE);
    g_assert_cmpuint(input_key_parse("pageup"), ==, INPUT_KEY_PAGE_UP);
}

static void test_no_key_names(void)
{
    static const char *const names[] = {"",   "Lefft", "F0",   "F13",   "C-",  "M-",  "C-é",
                                        "ab", "\033",  "\xff", "C-C-a", "X-a", "F1x", "C-;"};

    g_assert_cmpuint(input_key_parse(NULL), ==, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        g_assert_cmpuint(input_key_parse(names[i]), ==, 0);
    g_assert_cmpuint(input_key_parse("F"), ==, 'F');
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/input/decoder/characters", test_characters);
    g_test_add_func("/input/decoder/special_keys", test_special_keys);
    g_test_add_func("/input/decoder/modified_keys_are_keys_of_their_own", test_modified_keys);
    g_test_add_func("/input/decoder/silence_tells_escape_from_a_sequence", test_escape);
    g_test_add_func("/input/decoder/unknown_sequences_never_act_as_keys", test_unknown_sequences);
    g_test_add_func("/input/decoder/mouse", test_mouse);
    g_test_add_func("/input/decoder/mouse_stays_on_the_screen", test_mouse_beyond_the_screen);
    g_test_add_func("/input/decoder/absurd_mouse_is_dropped_whole", test_absurd_mouse);
    g_test_add_func("/input/decoder/broken_off_is_dropped_whole", test_broken_off);
    g_test_add_func("/input/decoder/overlong_is_dropped_whole", test_overlong);
    g_test_add_func("/input/decoder/paste_never_acts_as_keys", test_paste);
    g_test_add_func("/input/decoder/paste_is_bounded", test_paste_bounded);
    g_test_add_func("/input/decoder/terminal_may_add_keys", test_own_keys);
    g_test_add_func("/input/decoder/noise_leaves_it_ready", test_noise);
    g_test_add_func("/input/key/names_there_and_back", test_key_names);
    g_test_add_func("/input/key/no_names", test_no_key_names);
    return g_test_run();
}
