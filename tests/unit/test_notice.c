/* test_notice.c - the bell, notices and titles that alarms send to the terminal. */
#include "tui/notice.h"

#include <string.h>

#include "tests/support/stage.h"

static void check(enum config_notice kind, const char *text, gboolean tmux, gboolean ascii,
                  const char *expected)
{
    g_autofree char *sequence = notice_sequence(kind, text, tmux, ascii);

    g_assert_cmpstr(sequence, ==, expected);
}

static void test_kinds(void)
{
    check(CONFIG_NOTICE_NONE, "vm web is lost", FALSE, FALSE, "");
    check(CONFIG_NOTICE_BELL, "vm web is lost", FALSE, FALSE, "\a");
    check(CONFIG_NOTICE_BELL, "vm web is lost", TRUE, FALSE, "\a");
    check(CONFIG_NOTICE_OSC9, "vm web is lost", FALSE, FALSE, "\033]9;vm web is lost\a");
    check(CONFIG_NOTICE_OSC777, "vm web is lost", FALSE, FALSE,
          "\033]777;notify;roost;vm web is lost\a");
    check(CONFIG_NOTICE_OSC9, "lost", TRUE, FALSE, "\033Ptmux;\033\033]9;lost\a\033\\");
}

/* Names are written by others: none ends the sequence, or begins another. */
static void test_hostile_text(void)
{
    check(CONFIG_NOTICE_OSC9, "a\a\033]0;evil\033\\b", FALSE, FALSE,
          "\033]9;a\\x07\\x1b]0,evil\\x1b\\b\a");
    check(CONFIG_NOTICE_OSC777, "a;b", FALSE, FALSE, "\033]777;notify;roost;a,b\a");
    check(CONFIG_NOTICE_OSC9,
          "\xc2\x9d"
          "0",
          FALSE, FALSE, "\033]9;\\u{009d}0\a");
    check(CONFIG_NOTICE_OSC9, "caf\xc3\xa9", FALSE, TRUE, "\033]9;cafe\a");
}

static void test_long_text_is_cut_between_characters(void)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < 1000; i++)
        g_string_append(text, "é");
    g_autofree char *sequence = notice_sequence(CONFIG_NOTICE_OSC9, text->str, FALSE, FALSE);
    g_assert_cmpuint(strlen(sequence), <, 260);
    g_assert_true(g_utf8_validate(sequence, -1, NULL));
    g_assert_true(g_str_has_suffix(sequence, "é\a"));
}

static void raise_alarm(struct stage *stage, const char *text, gboolean alarm)
{
    struct journal_entry entry = {.alarm = alarm, .text = (char *)text};

    notice_take(stage->app->notice, stage->app, &entry);
}

static const char *sent(const struct stage *stage)
{
    return screen_offscreen_notices(stage->screen);
}

static void test_only_alarms_and_not_all_at_once(void)
{
    autoptr(stage) stage = stage_new(3);

    stage->app->notice = notice_new(CONFIG_NOTICE_OSC9, FALSE, FALSE);
    raise_alarm(stage, "no alarm", FALSE);
    g_assert_cmpstr(sent(stage), ==, "");
    raise_alarm(stage, "one", TRUE);
    g_assert_cmpstr(sent(stage), ==, "\033]9;one\a");
    raise_alarm(stage, "two", TRUE);
    raise_alarm(stage, "three", TRUE);
    app_tick(stage->app);
    g_assert_cmpstr(sent(stage), ==, "\033]9;one\a");
}

static void test_nothing_unless_asked(void)
{
    autoptr(stage) stage = stage_new(3);

    raise_alarm(stage, "one", TRUE);
    app_tick(stage->app);
    notice_end(stage->app->notice, stage->app);
    stage->app->notice = notice_new(CONFIG_NOTICE_NONE, FALSE, FALSE);
    raise_alarm(stage, "one", TRUE);
    app_tick(stage->app);
    notice_end(stage->app->notice, stage->app);
    g_assert_cmpstr(sent(stage), ==, "");
}

static void test_title(void)
{
    autoptr(stage) stage = stage_new(3);

    stage->app->notice = notice_new(CONFIG_NOTICE_NONE, TRUE, FALSE);
    app_tick(stage->app);
    app_tick(stage->app);
    g_assert_cmpstr(sent(stage), ==, "\033[22;2t\033]2;roost Ercolani\a");
    stage_vm(stage, 1)->state = VM_LOST;
    stage_draw(stage, 80, 24);
    app_tick(stage->app);
    g_assert_true(g_str_has_suffix(sent(stage), "\033]2;roost Ercolani: ALARM\a"));
    notice_end(stage->app->notice, stage->app);
    g_assert_true(g_str_has_suffix(sent(stage), "ALARM\a\033[23;2t"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/notice/kinds", test_kinds);
    g_test_add_func("/notice/hostile_text", test_hostile_text);
    g_test_add_func("/notice/long_text_is_cut", test_long_text_is_cut_between_characters);
    g_test_add_func("/notice/only_alarms_and_not_all_at_once",
                    test_only_alarms_and_not_all_at_once);
    g_test_add_func("/notice/nothing_unless_asked", test_nothing_unless_asked);
    g_test_add_func("/notice/title", test_title);
    return g_test_run();
}
