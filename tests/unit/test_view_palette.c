/* test_view_palette.c - the palette, its output, the menu and the manager, as they are drawn; and
 * lines run in a session. */
#include <string.h>

#include <glib/gstdio.h>

#include "tests/support/stage.h"
#include "tui/action.h"
#include "tui/palette.h"
#include "tui/view.h"

static const int sizes[][2] = {{80, 24}, {200, 50}};

static void check_sizes(struct stage *stage, const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
        stage_check(stage, name, sizes[i][0], sizes[i][1]);
}

static void type(struct stage *stage, const char *text)
{
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        struct input input = {.kind = INPUT_KEY, .key = g_utf8_get_char(at)};

        app_input(stage->app, &input);
    }
}

static void paste(struct stage *stage, char *text)
{
    struct input input = {.kind = INPUT_PASTE, .text = text};

    app_input(stage->app, &input);
}

static const char *line(const struct stage *stage)
{
    return stage->app->palette.edit.text->str;
}

static struct stage *opened(const char *text)
{
    struct stage *stage = stage_new(62);

    stage_draw(stage, 80, 24);
    stage_press(stage, ":");
    g_assert_true(stage->app->palette.open);
    type(stage, text);
    return stage;
}

/* --- How it is drawn ------------------------------------------------------------------------- */

/* A table of verbs that grows would change every screen of it: what is typed narrows it down. */
static void test_shows_verbs(void)
{
    autoptr(stage) stage = opened("wak");

    check_sizes(stage, "palette-verbs");
}

static void test_shows_what_may_follow(void)
{
    autoptr(stage) stage = opened("migrate pc4");

    stage_press(stage, "Tab");
    stage_press(stage, "Tab");
    check_sizes(stage, "palette-names");
}

static void test_shows_the_ghost(void)
{
    autoptr(stage) stage = opened("wake");

    check_sizes(stage, "palette-ghost");
}

static void test_shows_the_reason(void)
{
    autoptr(stage) stage = opened("");

    palette_open_failed(stage->app, "off pc03 --frce", "Unknown option --frce");
    check_sizes(stage, "palette-error");
}

static void run_line(struct stage *stage, const char *text)
{
    stage_press(stage, ":");
    type(stage, text);
    stage_press(stage, "Enter");
    stage_draw(stage, 80, 24);
}

/* Whatever a key does can be typed by its name, but verbs come first. */
static void test_runs_actions(void)
{
    autoptr(stage) stage = opened("");
    struct app *app = stage->app;

    stage_press(stage, "Escape");
    run_line(stage, "table");
    g_assert_true(app->view == &view_table);
    g_assert_false(app->palette.open);
    run_line(stage, "mark-all");
    g_assert_cmpuint(marks_n_vms(&app->marks), ==, 62);
    run_line(stage, " cancel-jobs ");
    g_assert_nonnull(app->message);
    run_line(stage, "menu");
    g_assert_nonnull(app->menu);
    stage_press(stage, "Escape");
    run_line(stage, "next-trouble");
    g_assert_nonnull(app->message);
    g_assert_cmpint(palette_action("migrate"), ==, ACTION_NONE); /* a verb */
    g_assert_cmpint(palette_action("none"), ==, ACTION_NONE);
    run_line(stage, "q");
    g_assert_cmpint(app->leaving, ==, APP_LEAVES);
}

static void test_offers_actions(void)
{
    autoptr(stage) stage = opened("ta");

    stage_check(stage, "palette-actions", 80, 24);
    stage_press(stage, "Tab");
    g_assert_cmpstr(line(stage), ==, "table");
}

/* What only looks runs at once; on this stage nothing can, and that is said. What acts waits. */
static void test_keys_for_lines(void)
{
    autoptr(stage) stage = stage_new(4);
    struct app *app = stage->app;
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("roost-XXXXXX.keymap", &path, NULL);
    static const char text[] = "[keymap]\ninherits=default\n[lines]\nF12=list off\nM-w=wake\n"
                               "M-x=wake pc02 --dry-run\nM-b=nonsense \"\n";

    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    keymap_free(app->keymap);
    app->keymap = keymap_load(path, NULL, NULL);
    g_assert_nonnull(app->keymap);
    stage_draw(stage, 80, 24);
    stage_press(stage, "F12");
    g_assert_cmpstr(app->palette.error, ==, "nothing can be run here");
    stage_press(stage, "Escape");
    stage_press(stage, "M-w");
    g_assert_true(app->palette.open);
    g_assert_null(app->palette.error);
    g_assert_cmpstr(app->palette.edit.text->str, ==, "wake");
    stage_press(stage, "M-w"); /* it is a key of the line now, not opened again */
    g_assert_cmpstr(app->palette.edit.text->str, ==, "wake");
    stage_press(stage, "Escape");
    stage_press(stage, "M-x");
    g_assert_cmpstr(app->palette.error, ==, "nothing can be run here");
    stage_press(stage, "Escape");
    stage_press(stage, "M-b");
    g_assert_true(app->palette.open);
    g_assert_null(app->palette.error);
    stage_press(stage, "Escape");
    stage_press(stage, "?");
    stage_press(stage, "/");
    type(stage, "your own");
    stage_press(stage, "Enter");
    stage_check(stage, "help-own-lines", 80, 24);
    g_remove(path);
}

static void test_shows_output(void)
{
    autoptr(stage) stage = stage_new(62);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) errors = g_ptr_array_new();

    for (guint i = 1; i <= 60; i++)
        g_ptr_array_add(lines,
                        g_strdup_printf("pc%02u  10.0.0.%u  on  under  0.%02u  1/8  256/2048  "
                                        "-  node  armed  a line that is rather long",
                                        i, i, i));
    g_ptr_array_add(errors, (gpointer) "host pc61: does not answer\033[2J");
    output_text_set(&stage->app->output, "list", lines, errors);
    app_open(stage->app, &view_output);
    check_sizes(stage, "output-list");
    stage_draw(stage, 80, 24);
    stage_press(stage, "Right");
    stage_press(stage, "/");
    type(stage, "PC61");
    stage_check(stage, "output-search", 80, 24);
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_output);
    stage_press(stage, "q");
    g_assert_true(stage->app->view == &view_main);
}

static void test_shows_menus(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_draw(stage, 80, 24);
    stage_switch_off(stage, 2);
    app_select_host(stage->app, stage_host(stage, 2));
    stage_press(stage, "x");
    g_assert_nonnull(stage->app->menu);
    stage_draw(stage, 80, 24);
    stage_press(stage, "Escape");
    g_assert_null(stage->app->menu);
    app_select_vm(stage->app, stage_vm(stage, 3));
    stage_press(stage, "x");
    g_assert_nonnull(stage->app->menu);
    stage_draw(stage, 40, 12);
    stage_press(stage, "Escape");
    g_clear_pointer(&stage->app->vm, g_free);
    stage_press(stage, "x");
    stage_press(stage, "l");
    g_assert_null(stage->app->menu);
    g_assert_cmpstr(stage->app->message, ==, "nothing can be run here");
}

/* There was an empty one, whose first line Enter took. */
static void test_opens_no_empty_menu(void)
{
    autoptr(stage) stage = stage_new(4);

    stage->app->readonly = TRUE;
    stage_draw(stage, 80, 24);
    marks_set_host(&stage->app->marks, stage_host(stage, 1), TRUE);
    stage_press(stage, "x");
    g_assert_null(stage->app->menu);
    g_assert_nonnull(stage->app->message);
}

static void test_wants_the_name_typed(void)
{
    autoptr(stage) stage = stage_new(62);
    struct dialog *dialog = dialog_new("Delete pc01?", NULL, "delete pc01");
    int answer = -1;

    dialog_add_text(dialog, ROLE_DIALOG, "It is no longer known afterwards.");
    dialog_want_word(dialog, "pc01");
    dialog_add_button(dialog, 0, 'D', "Do it");
    dialog_add_button(dialog, 1, 'L', "Leave it");
    dialog_choose(dialog, 0);
    g_assert_false(dialog_key(dialog, INPUT_KEY_ENTER, ACTION_CONFIRM, &answer));
    g_assert_false(dialog_key(dialog, 'd', ACTION_DRAIN, &answer));
    g_assert_false(dialog_key(dialog, INPUT_KEY_BACKSPACE, ACTION_NONE, &answer));
    dialog_paste(dialog, "pc0");
    app_ask(stage->app, dialog);
    stage_check(stage, "dialog-word", 80, 24);
    g_assert_false(dialog_key(dialog, INPUT_KEY_ENTER, ACTION_CONFIRM, &answer));
    g_assert_false(dialog_key(dialog, '1', ACTION_NONE, &answer));
    g_assert_true(dialog_key(dialog, INPUT_KEY_ENTER, ACTION_CONFIRM, &answer));
    g_assert_cmpint(answer, ==, 0);
    g_assert_true(dialog_key(dialog, INPUT_KEY_ESCAPE, ACTION_CANCEL, &answer));
    g_assert_cmpint(answer, ==, 1);
}

/* --- Typing ---------------------------------------------------------------------------------- */

static void test_completes(void)
{
    autoptr(stage) stage = opened("mig");

    stage_press(stage, "Tab");
    g_assert_cmpstr(line(stage), ==, "migrate ");
    type(stage, "pc1");
    stage_press(stage, "Tab");
    stage_press(stage, "Enter");
    g_assert_cmpstr(line(stage), ==, "migrate pc10 ");
    type(stage, "--dr");
    stage_press(stage, "Tab");
    g_assert_cmpstr(line(stage), ==, "migrate pc10 --dry-run ");
    stage_press(stage, "Escape");
    g_assert_false(stage->app->palette.open);
}

static void test_takes_the_selection(void)
{
    autoptr(stage) stage = opened("");
    g_autofree char *quoted = NULL;

    app_select_host(stage->app, stage_host(stage, 7));
    type(stage, "wake");
    stage_press(stage, "Right");
    g_assert_cmpstr(line(stage), ==, "wake pc07");
    line_edit_set(&stage->app->palette.edit, "stop ");
    stage_press(stage, "Tab");
    g_assert_cmpstr(line(stage), ==, "stop pc07");
    g_assert_null(palette_ghost(stage->app, "wake pc01"));
    g_assert_null(palette_ghost(stage->app, "list"));
    g_assert_null(palette_ghost(stage->app, "nonsense"));
    g_assert_null(palette_ghost(stage->app, ""));
    app_select_vm(stage->app,
                  cluster_add_vm(stage->cluster, stage_host(stage, 7), "web; reboot", NULL));
    quoted = palette_ghost(stage->app, "stop ");
    g_assert_cmpstr(quoted, ==, "'web; reboot'");
}

static void test_pasted_lines_are_one(void)
{
    autoptr(stage) stage = opened("");

    paste(stage, (char *)"off pc01\noff pc02\n");
    g_assert_true(stage->app->palette.open);
    g_assert_cmpstr(line(stage), ==, "off pc01 off pc02");
    g_assert_null(stage->app->run);
    stage_press(stage, "Escape");
    paste(stage, (char *)"q\n:off pc01\n");
    g_assert_false(stage->app->palette.open);
    g_assert_cmpint(stage->app->leaving, ==, APP_STAYS);
}

static void test_goes_back_to_what_was_typed(void)
{
    autoptr(stage) stage = opened("");

    recall_add(stage->app->palette.history, "list");
    recall_add(stage->app->palette.history, "wake pc05");
    type(stage, "pl");
    stage_press(stage, "Up");
    g_assert_cmpstr(line(stage), ==, "wake pc05");
    stage_press(stage, "Up");
    stage_press(stage, "Up");
    g_assert_cmpstr(line(stage), ==, "list");
    stage_press(stage, "Down");
    stage_press(stage, "Down");
    g_assert_cmpstr(line(stage), ==, "pl");
    stage_press(stage, "C-r");
    type(stage, "is");
    g_assert_cmpstr(line(stage), ==, "list");
    stage_press(stage, "Escape");
    g_assert_true(stage->app->palette.open);
}

static void test_refuses_what_makes_no_sense_here(void)
{
    autoptr(stage) stage = opened("night");

    stage_press(stage, "Enter");
    g_assert_true(stage->app->palette.open);
    g_assert_nonnull(strstr(stage->app->palette.error, "roost night"));
    type(stage, " ");
    g_assert_null(stage->app->palette.error);
    line_edit_set(&stage->app->palette.edit, "wake pc01");
    stage_press(stage, "Enter");
    g_assert_cmpstr(stage->app->palette.error, ==, "nothing can be run here");
    g_assert_cmpstr(line(stage), ==, "wake pc01");
}

/* --- The manager ----------------------------------------------------------------------------- */

static struct stage *watching(void)
{
    struct stage *stage = stage_new(62);
    struct manager_look *look = &stage->app->scene.manager;

    stage->app->scene.simulated = FALSE;
    *look = (struct manager_look){.lead = MANAGER_FOLLOWS,
                                  .who = g_strdup("ana"),
                                  .host = g_strdup("pc03"),
                                  .what = g_strdup("run"),
                                  .fence = 12};
    return stage;
}

static void test_shows_who_acts(void)
{
    autoptr(stage) stage = watching();
    struct manager_look *look = &stage->app->scene.manager;

    check_sizes(stage, "manager-watching");
    look->silent_us = 4 * G_USEC_PER_SEC;
    check_sizes(stage, "manager-silent");
    look->lead = MANAGER_NOBODY;
    check_sizes(stage, "manager-nobody");
    look->lead = MANAGER_OURS;
    check_sizes(stage, "manager-ours");
    look->lead = MANAGER_TROUBLE;
    look->trouble = g_strdup("/srv/roost: Input/output error: who acts is not known");
    check_sizes(stage, "manager-trouble");
    g_clear_pointer(&look->trouble, g_free);
    g_free(look->host);
    look->host = g_strdup("pc03\033[2J\xe2\x80\xae");
    look->lead = MANAGER_FOLLOWS;
    stage_check(stage, "manager-hostile", 80, 24);
}

static void test_asks_before_becoming_the_manager(void)
{
    autoptr(stage) stage = watching();

    stage_draw(stage, 80, 24);
    stage_press(stage, "A");
    g_assert_null(stage->app->dialog);
    g_assert_nonnull(strstr(stage->app->message, "ana@pc03 is the manager"));
    stage->app->scene.manager.lead = MANAGER_NOBODY;
    stage_press(stage, "A");
    g_assert_nonnull(stage->app->dialog);
    stage_check(stage, "dialog-manager", 80, 24);
    stage_press(stage, "Escape");
    g_assert_null(stage->app->dialog);
}

/* What no verb does is typed by its name, and does what its key does. */
static void test_takes_actions(void)
{
    autoptr(stage) stage = opened("mark-all");
    struct app *app = stage->app;

    stage_press(stage, "Enter");
    g_assert_false(app->palette.open);
    g_assert_cmpuint(marks_n_hosts(&app->marks), ==, 62);
    stage_press(stage, ":");
    type(stage, "unm");
    stage_press(stage, "Tab");
    g_assert_cmpstr(line(stage), ==, "unmark ");
    stage_press(stage, "Enter");
    g_assert_cmpuint(marks_n_hosts(&app->marks), ==, 0);
    stage_press(stage, ":");
    type(stage, "snapshot --f");
    g_assert_cmpuint(app->palette.words->len, ==, 0);
    stage_press(stage, "C-u");
    type(stage, "snapshot here.svg");
    stage_check(stage, "palette-action", 80, 24);
    stage_press(stage, "Enter");
    g_assert_true(app->palette.open);
    g_assert_cmpstr(app->palette.error, ==, "snapshot takes no word behind it here");
    stage_press(stage, "Escape");
    stage_press(stage, "J");
    stage_press(stage, ":");
    type(stage, "q");
    stage_press(stage, "Enter"); /* the console, not the view */
    g_assert_cmpint(app->leaving, ==, APP_LEAVES);
}

/* No word means two things: a verb counts before an action, so no verb may have its name. */
static void test_actions_are_no_verbs(void)
{
    for (enum action action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
        const char *name = action_info[action].name;

        if ((action_info[action].flags & ACTION_TYPED) == 0)
            continue;
        g_assert_cmpint(palette_action(name), ==, action);
        g_assert_null(palette_verb(name));
        for (const struct verb *verb = verbs; verb->name != NULL; verb++)
            g_assert_true((verb->flags & VERB_ALONE) != 0 || !verb_is_called(verb, name));
    }
}

static void test_actions_are_refused_where_their_keys_are(void)
{
    autoptr(stage) stage = stage_new(3);
    struct app *app = stage->app;

    app->readonly = app->kiosk = TRUE;
    stage_draw(stage, 80, 24);
    for (guint i = 0; i < 2; i++) {
        stage_press(stage, ":");
        type(stage, i == 0 ? "maintenance" : "snapshot");
        stage_press(stage, "Enter");
        g_assert_nonnull(strstr(app->message, i == 0 ? "read-only" : "kiosk"));
    }
    g_assert_false(stage_host(stage, 1)->maintenance);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/palette/shows_verbs", test_shows_verbs);
    g_test_add_func("/view/palette/shows_what_may_follow", test_shows_what_may_follow);
    g_test_add_func("/view/palette/shows_the_ghost", test_shows_the_ghost);
    g_test_add_func("/view/palette/shows_the_reason", test_shows_the_reason);
    g_test_add_func("/view/palette/runs_actions", test_runs_actions);
    g_test_add_func("/view/palette/offers_actions", test_offers_actions);
    g_test_add_func("/view/palette/keys_for_lines", test_keys_for_lines);
    g_test_add_func("/view/palette/shows_output", test_shows_output);
    g_test_add_func("/view/palette/shows_menus", test_shows_menus);
    g_test_add_func("/view/palette/opens_no_empty_menu", test_opens_no_empty_menu);
    g_test_add_func("/view/palette/wants_the_name_typed", test_wants_the_name_typed);
    g_test_add_func("/view/palette/completes", test_completes);
    g_test_add_func("/view/palette/takes_the_selection", test_takes_the_selection);
    g_test_add_func("/view/palette/pasted_lines_are_one", test_pasted_lines_are_one);
    g_test_add_func("/view/palette/goes_back_to_what_was_typed", test_goes_back_to_what_was_typed);
    g_test_add_func("/view/palette/refuses_what_makes_no_sense_here",
                    test_refuses_what_makes_no_sense_here);
    g_test_add_func("/view/manager/shows_who_acts", test_shows_who_acts);
    g_test_add_func("/view/manager/asks_before_becoming_the_manager",
                    test_asks_before_becoming_the_manager);
    g_test_add_func("/palette/actions/are_typed_by_their_names", test_takes_actions);
    g_test_add_func("/palette/actions/are_no_verbs", test_actions_are_no_verbs);
    g_test_add_func("/palette/actions/are_refused_where_their_keys_are",
                    test_actions_are_refused_where_their_keys_are);
    return g_test_run();
}
