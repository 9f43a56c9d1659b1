/* What is left out of styles must show nowhere: a small terminal reads both and has to agree. */
#include "tui/sgr.h"

#include <string.h>

#define COLUMNS 40

/* --- A terminal of one row, of which only what is seen is compared ---------------------------- */

struct seen {
    gint character; /* no gap behind it */
    gboolean bold, dim, underline, reverse;
    char foreground[SGR_COLOUR_ROOM], background[SGR_COLOUR_ROOM];
};

struct terminal {
    struct seen row[COLUMNS];
    struct seen style;
    guint at;
};

/* All of it, so that styles can be compared as they lie in memory. */
static void set_colour(char *colour, const char *code)
{
    memset(colour, 0, SGR_COLOUR_ROOM);
    g_strlcpy(colour, code, SGR_COLOUR_ROOM);
}

static void take_codes(struct seen *style, const char *codes)
{
    g_auto(GStrv) words = g_strsplit(codes, ";", -1);

    if (words[0] == NULL)
        memset(style, 0, sizeof *style);
    for (guint i = 0; words[i] != NULL; i++) {
        const char *word = words[i];

        if (strcmp(word, "0") == 0 || *word == '\0')
            memset(style, 0, sizeof *style);
        else if (strcmp(word, "1") == 0)
            style->bold = TRUE;
        else if (strcmp(word, "2") == 0)
            style->dim = TRUE;
        else if (strcmp(word, "4") == 0)
            style->underline = TRUE;
        else if (strcmp(word, "7") == 0)
            style->reverse = TRUE;
        else if (strcmp(word, "22") == 0)
            style->bold = style->dim = FALSE;
        else if (strcmp(word, "24") == 0)
            style->underline = FALSE;
        else if (strcmp(word, "27") == 0)
            style->reverse = FALSE;
        else if (strcmp(word, "39") == 0)
            set_colour(style->foreground, "");
        else if (strcmp(word, "49") == 0)
            set_colour(style->background, "");
        else
            set_colour(*word == '4' || g_str_has_prefix(word, "10") ? style->background
                                                                    : style->foreground,
                       word);
    }
}

static void show(struct terminal *terminal, char character)
{
    struct seen cell = terminal->style;

    cell.character = (guchar)character;
    if (character == ' ') {
        cell.bold = cell.dim = FALSE;
        if (!cell.reverse && !cell.underline)
            memset(cell.foreground, 0, sizeof cell.foreground);
    }
    terminal->row[terminal->at] = cell;
    terminal->at = MIN(terminal->at + 1, COLUMNS - 1);
}

static void read_sequence(struct terminal *terminal, const char *sequence, gsize length)
{
    g_autofree char *codes = g_strndup(sequence + 2, length - 3);
    guint number = (guint)g_ascii_strtoull(codes, NULL, 10);

    if (sequence[length - 1] == 'm') {
        take_codes(&terminal->style, codes);
    } else if (sequence[length - 1] == 'G') {
        terminal->at = MIN(number - 1, COLUMNS - 1);
    } else if (sequence[length - 1] == 'X') {
        guint at = terminal->at;

        for (guint i = 0; i < number && at + i < COLUMNS; i++) {
            struct seen style = terminal->style;

            terminal->at = at + i;
            terminal->style.underline = terminal->style.reverse = FALSE;
            show(terminal, ' ');
            terminal->style = style;
        }
        terminal->at = at;
    } else {
        g_assert_not_reached();
    }
}

static void read_all(struct terminal *terminal, const char *bytes, gsize length)
{
    for (gsize at = 0; at < length;) {
        gsize size = 1;

        if (g_str_has_prefix(bytes + at, "\033(")) {
            size = 3;
        } else if (bytes[at] == '\033') {
            size = 2 + strspn(bytes + at + 2, "0123456789:;") + 1;
            read_sequence(terminal, bytes + at, size);
        } else if (bytes[at] != '\017') {
            show(terminal, bytes[at]);
        }
        at += size;
    }
}

/* --- Tests ------------------------------------------------------------------------------------ */

static char *passed(struct sgr *sgr, const char *bytes)
{
    g_autoptr(GByteArray) out = g_byte_array_new();

    sgr_pass(sgr, bytes, strlen(bytes), out);
    g_byte_array_append(out, (const guint8 *)"", 1);
    return g_strdup((const char *)out->data);
}

static void check(struct sgr *sgr, const char *bytes, const char *expected)
{
    g_autofree char *got = passed(sgr, bytes);

    g_assert_cmpstr(got, ==, expected);
}

static void run_shorter(void)
{
    struct sgr sgr;

    sgr_forget(&sgr);
    check(&sgr, "\033(B\033[m\033[H", "\033(B\033[H\033[m");
    /* An attribute that begins needs no colour again, nor the character set. */
    check(&sgr, "\033[38:2::1:2:3mpc05\033(B\033[0;1m\033[38:2::1:2:3mr\033[39m\033(B\033[m",
          "\033[38:2::1:2:3mpc05\033[1mr\033[m");
    /* One that ends takes back itself only, where that is shorter. */
    check(&sgr,
          "\033[38;2;100;200;30m\033[48;5;17m\033[4mu\033(B\033[0;1m\033[38;2;100;200;30m"
          "\033[48;5;17mb\033[m",
          "\033[4;38;2;100;200;30;48;5;17mu\033[24;1mb\033[m");
    /* A style that nothing is shown in is not sent. */
    check(&sgr, "a\033[31m\033[3;4H\033[32mb\033[m", "a\033[3;4H\033[32mb\033[m");
}

static void run_blanks(void)
{
    struct sgr sgr;

    sgr_forget(&sgr);
    check(&sgr, "\033[m", "\033[m");
    check(&sgr, "\033[31ma\033[39m \033[32mb\033[m\033[5X\033[K",
          "\033[31ma \033[32mb\033[5X\033[K\033[m");
    check(&sgr, "\033[31ma\033[41m \033[m", "\033[31ma\033[41m \033[m");
    check(&sgr, "\033[31ma\033[4m \033[m", "\033[31ma\033[4m \033[m");
    check(&sgr, "\033[31;7ma\033[32m \033[m", "\033[7;31ma\033[32m \033[m");
    /* What repeats a character stays behind it. */
    check(&sgr, "\033[31m=\033[9b\033[32m \033[9b\033[m", "\033[31m=\033[9b \033[9b\033[m");
}

/* xterm misreads the second of two such colours in one sequence. */
static void run_colon_colours(void)
{
    struct sgr sgr;

    sgr_forget(&sgr);
    check(&sgr, "\033[0;1m\033[38:2::1:2:3m\033[48:2::4:5:6ma",
          "\033[0;1;38:2::1:2:3m\033[48:2::4:5:6ma");
    check(&sgr, "\033[38:2::7:8:9m\033[48:2::7:7:7mb", "\033[38:2::7:8:9m\033[48:2::7:7:7mb");
    check(&sgr, "\033[38;5;9m\033[48;5;8mc\033[m", "\033[38;5;9;48;5;8mc\033[m");
}

static void run_unknown(void)
{
    struct sgr sgr;

    sgr_forget(&sgr);
    /* Not known what the terminal has: a part of a style goes as it is, a whole one whole. */
    check(&sgr, "\033[39;49mx\033[1my", "\033[39;49mx\033[1my");
    check(&sgr, "\033[0;1mz\033[m", "\033[0;1mz\033[m");
    /* Codes that are none of ours, and whatever comes until the style begins anew. */
    check(&sgr, "\033[31ma\033[5mb\033[32mc\033[m", "\033[31ma\033[5mb\033[32mc\033[m");
    check(&sgr, "\033[38;2;1;2;3;4;5;6;7;8;9;10;11;12;13ma\033[m",
          "\033[38;2;1;2;3;4;5;6;7;8;9;10;11;12;13ma\033[m");
    check(&sgr, "\033[38:2::000000000000000000000000000000000001ma\033[m",
          "\033[38:2::000000000000000000000000000000000001ma\033[m");
    check(&sgr, "\033]0;title\007\033[?25l\0337\033", "\033]0;title\007\033[?25l\0337\033");
    check(&sgr, "\033[31", "\033[31");
}

static void add_random(GString *bytes)
{
    static const char *const pieces[] = {
        "\033[m",
        "\033(B\033[m",
        "\033[0;1m",
        "\033[0;2;4m",
        "\033[1m",
        "\033[4m",
        "\033[7m",
        "\033[22m",
        "\033[24m",
        "\033[27m",
        "\033[31m",
        "\033[97m",
        "\033[44m",
        "\033[38:2::1:22:33m",
        "\033[48:2::4:55:6m",
        "\033[39m",
        "\033[39;49m",
        "\033[49m",
        "\033[104m",
        "\033[3G",
        "\033[17G",
        "\033[4X",
        "\033[48:5:17m",
        "a",
        "b",
        " ",
        "  ",
        "xy z",
        "\033[0;7m",
        "\017",
        "\033[0;1;4m",
    };

    g_string_append(bytes, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
}

static void run_random(void)
{
    struct terminal plain = {0}, saved = {0};
    struct sgr sgr;

    sgr_forget(&sgr);
    for (guint frame = 0; frame < 20000; frame++) {
        GString *bytes = g_string_new(frame == 0 ? "\033[m" : NULL);
        g_autofree char *shorter = NULL;

        for (gint i = g_test_rand_int_range(1, 20); i > 0; i--)
            add_random(bytes);
        shorter = passed(&sgr, bytes->str);
        read_all(&plain, bytes->str, bytes->len);
        read_all(&saved, shorter, strlen(shorter));
        for (guint i = 0; i < COLUMNS; i++)
            g_assert_cmpmem(&plain.row[i], sizeof plain.row[i], &saved.row[i], sizeof saved.row[i]);
        g_assert_cmpmem(&plain.style, sizeof plain.style, &saved.style, sizeof saved.style);
        g_string_free(bytes, TRUE);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sgr/sends_what_is_missing", run_shorter);
    g_test_add_func("/sgr/blanks_need_their_background_only", run_blanks);
    g_test_add_func("/sgr/sends_colours_with_colons_apart", run_colon_colours);
    g_test_add_func("/sgr/passes_on_what_it_does_not_know", run_unknown);
    g_test_add_func("/sgr/shows_the_same", run_random);
    return g_test_run();
}
