/* test_view_doctor.c - what an examination of the hosts found, as the console lists it. */
#include <string.h>

#include "core/command/doctor.h"
#include "tests/support/stage.h"
#include "tui/view.h"

/* All right, but for what is asked for after. */
static struct doctor_result *result_of(const struct stage *stage)
{
    struct doctor_result *result = g_new0(struct doctor_result, 1);

    result->cluster = cluster_copy(stage->cluster);
    result->count = result->cluster->hosts->len;
    result->patients = g_new0(struct patient, result->count);
    for (guint i = 0; i < result->count; i++) {
        result->patients[i].host = g_ptr_array_index(result->cluster->hosts, i);
        result->patients[i].report = check_report_new();
        for (enum check_subject subject = 0; subject < CHECK_SUBJECTS; subject++)
            check_report_add(result->patients[i].report, subject, CHECK_RIGHT, NULL, "fine");
    }
    return result;
}

static void add_trouble(struct doctor_result *result)
{
    check_report_add(result->patients[4].report, CHECK_WAKE, CHECK_WRONG,
                     "ssh root@10.0.0.5 ethtool -s eth0 wol g", "wake-on-LAN is off (d)");
    check_report_add(result->patients[11].report, CHECK_DISKS, CHECK_WRONG, NULL,
                     "the disk of vm pc12, /srv/vm/pc12.qcow2, is another file here than on pc01: "
                     "a VM that moved would find an empty disk, or one of long ago; mount the same "
                     "directory on both");
    check_report_add(result->patients[2].report, CHECK_SSH, CHECK_WRONG,
                     "# at its own console: systemctl enable --now ssh", "connection refused");
    for (guint i = 0; i < result->count; i++)
        check_report_add(result->patients[i].report, CHECK_CLOCK, CHECK_NOTE, NULL,
                         "2 s ahead of the console's");
    for (guint i = 20; i < 30 && i < result->count; i++) {
        g_autofree char *wake = g_strdup_printf("roost wake pc%02u", i + 1);

        check_report_add(result->patients[i].report, CHECK_SSH, CHECK_NOTE, wake,
                         "off, so that nothing else could be asked");
    }
}

static struct stage *opened(void)
{
    struct stage *stage = stage_new(62);
    struct doctor_result *result = result_of(stage);

    add_trouble(result);
    doctor_show(stage->app, result, STAGE_WALL_US - 125 * CLOCK_SECOND_US);
    stage_draw(stage, 80, 24);
    stage_press(stage, "D");
    stage_draw(stage, 80, 24);
    return stage;
}

static void test_sizes(void)
{
    autoptr(stage) stage = opened();

    stage_check(stage, "doctor", 80, 24);
    stage_check(stage, "doctor", 132, 43);
    stage_check(stage, "doctor", 200, 50);
    stage_check(stage, "doctor", 40, 12);
    stage_press(stage, "Down Down");
    stage_check(stage, "doctor-mend", 80, 24);
    stage->app->ascii = TRUE;
    stage_check(stage, "doctor-ascii", 80, 24);
}

/* What is wrong comes first; what many have alike is one line, and the same trouble is not. */
static void test_order(void)
{
    autoptr(stage) stage = opened();

    g_assert_true(stage_shows(stage, "62 hosts, 3 wrong, 72 worth a note"));
    g_assert_true(stage_shows(stage, "all 62"));
    g_assert_true(stage_shows(stage, "pc21 +9"));
}

static void test_nothing_wrong(void)
{
    autoptr(stage) stage = stage_new(62);

    doctor_show(stage->app, result_of(stage), STAGE_WALL_US);
    stage_press(stage, "D");
    stage_check(stage, "doctor-well", 80, 24);
    stage_press(stage, "Enter");
    g_assert_true(stage->app->view == &view_doctor);
}

static void test_cannot_be_run(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_press(stage, "D");
    g_assert_true(stage->app->view == &view_doctor);
    g_assert_cmpstr(stage->app->message, ==, "doctor: nothing can be run here");
    stage_check(stage, "doctor-none", 80, 24);
}

static void test_no_host(void)
{
    autoptr(stage) stage = stage_new(0);

    stage_press(stage, "D");
    g_assert_nonnull(strstr(stage->app->message, "there is no host to examine"));
    g_clear_pointer(&stage->app->message, g_free);
    stage_check(stage, "doctor-no-host", 80, 24);
}

static void test_narrowing(void)
{
    autoptr(stage) stage = opened();

    stage_press(stage, "Tab");
    stage_check(stage, "doctor-wrong", 80, 24);
    stage_press(stage, "Tab");
    g_assert_true(stage_shows(stage, "note; everything"));
    stage_press(stage, "Escape /");
    stage_type(stage, "pc05");
    stage_press(stage, "Enter");
    g_assert_true(stage_shows(stage, "wake-on-LAN is off"));
    g_assert_false(stage_shows(stage, "connection refused"));
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_doctor);
    g_assert_true(stage_shows(stage, "connection refused"));
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_main);
}

static void test_enter_goes_to_the_host(void)
{
    autoptr(stage) stage = opened();

    stage_press(stage, "Down Enter");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc05");
    g_assert_true(stage->app->view == &view_host);
}

static void test_a_host_that_went_is_said(void)
{
    autoptr(stage) stage = opened();

    cluster_remove_host(stage->cluster, stage_host(stage, 3));
    stage_press(stage, "Enter");
    g_assert_cmpstr(stage->app->message, ==, "host pc03 is no longer in the cluster");
}

static void test_hostile(void)
{
    autoptr(stage) stage = stage_new(3);
    struct doctor_result *result = result_of(stage);

    check_report_add(result->patients[0].report, CHECK_CPU, CHECK_WRONG,
                     "ssh x\x1b]0;evil\x07 'y\nz'", "EPYC\x1b[2J 東京 \xff");
    doctor_show(stage->app, result, STAGE_WALL_US);
    stage_press(stage, "D");
    stage_check(stage, "doctor-hostile", 80, 24);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/doctor/sizes", test_sizes);
    g_test_add_func("/view/doctor/order", test_order);
    g_test_add_func("/view/doctor/nothing_wrong", test_nothing_wrong);
    g_test_add_func("/view/doctor/cannot_be_run", test_cannot_be_run);
    g_test_add_func("/view/doctor/no_host", test_no_host);
    g_test_add_func("/view/doctor/narrowing", test_narrowing);
    g_test_add_func("/view/doctor/enter_goes_to_the_host", test_enter_goes_to_the_host);
    g_test_add_func("/view/doctor/a_host_that_went", test_a_host_that_went_is_said);
    g_test_add_func("/view/doctor/hostile", test_hostile);
    return g_test_run();
}
