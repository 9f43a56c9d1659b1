/* test_view_manners.c - golden screens of a console that only looks, and of a kiosk. */
#include <locale.h>

#include "tests/support/stage.h"
#include "tui/view.h"

static void test_readonly(void)
{
    autoptr(stage) stage = stage_new(62);

    stage->app->readonly = TRUE;
    stage_check(stage, "readonly", 80, 24);
    stage_check(stage, "readonly", 100, 30);
    stage_check(stage, "readonly", 200, 50);
}

static void test_readonly_watching(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_pack(stage, 8);
    stage->app->readonly = TRUE;
    stage->app->scene.simulated = FALSE;
    stage->app->scene.manager.lead = MANAGER_FOLLOWS;
    stage_check(stage, "readonly-watching", 80, 24);
}

static void test_readonly_refuses(void)
{
    autoptr(stage) stage = stage_new(62);

    stage->app->readonly = TRUE;
    stage_draw(stage, 80, 24);
    stage_press(stage, "w");
    stage_check(stage, "readonly-refuses", 80, 24);
}

static void test_readonly_menu(void)
{
    autoptr(stage) stage = stage_new(62);

    stage->app->readonly = TRUE;
    stage_draw(stage, 80, 24);
    menu_open(stage->app);
    stage_check(stage, "readonly-menu", 80, 24);
}

static void test_readonly_palette(void)
{
    autoptr(stage) stage = stage_new(62);

    stage->app->readonly = TRUE;
    stage_draw(stage, 80, 24);
    stage_press(stage, ":");
    stage_check(stage, "readonly-palette", 100, 30);
}

static void test_kiosk(void)
{
    autoptr(stage) stage = stage_new(62);

    stage->app->kiosk = TRUE;
    stage_draw(stage, 80, 24);
    stage_press(stage, "C-z");
    stage_check(stage, "kiosk-refuses", 80, 24);
    stage_press(stage, ":");
    stage_check(stage, "kiosk-palette", 100, 30);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/manners/readonly", test_readonly);
    g_test_add_func("/view/manners/readonly_watching", test_readonly_watching);
    g_test_add_func("/view/manners/readonly_refuses", test_readonly_refuses);
    g_test_add_func("/view/manners/readonly_menu", test_readonly_menu);
    g_test_add_func("/view/manners/readonly_palette", test_readonly_palette);
    g_test_add_func("/view/manners/kiosk", test_kiosk);
    return g_test_run();
}
