/* The rules of the lease, on a clock of the test's: nothing waits. */
#include "core/store/lease.h"

#include <string.h>

#include "core/store/lease_identity.h"
#include "core/store/lease_record.h"
#include "tests/support/lease_rig.h"

#define SECOND_US RIG_SECOND_US

/* Two seats: the first holds, the second watches and wants it at once. */
static struct lease_rig *held_rig(void)
{
    struct lease_rig *rig = lease_rig_new(2);
    lease_core_want(rig->seats[0].core, 0);
    lease_rig_run(rig, 10 * SECOND_US);
    g_assert_true(lease_rig_may_act(rig, 0));
    lease_core_want(rig->seats[1].core, 0);
    return rig;
}

static void test_nobody_takes_what_nobody_wants(void)
{
    autoptr(lease_rig) rig = lease_rig_new(1);
    lease_rig_step(rig, 0);
    g_assert_cmpint(lease_rig_view(rig, 0)->state, ==, LEASE_UNKNOWN);
    lease_rig_run(rig, 7 * SECOND_US);
    g_assert_cmpint(lease_rig_view(rig, 0)->state, ==, LEASE_FREE);
    g_assert_false(g_file_test(rig->lease, G_FILE_TEST_EXISTS));
}

static void test_first_one_waits_for_who_may_be_there(void)
{
    autoptr(lease_rig) rig = lease_rig_new(1);
    lease_core_want(rig->seats[0].core, 0);
    lease_rig_run(rig, 5 * SECOND_US);
    g_assert_cmpint(lease_rig_view(rig, 0)->state, ==, LEASE_UNKNOWN);
    lease_rig_run(rig, 3 * SECOND_US);
    const struct lease_view *view = lease_rig_view(rig, 0);
    g_assert_cmpint(view->state, ==, LEASE_MINE);
    g_assert_cmpuint(view->own_fence, ==, 1);
    g_assert_cmpuint(view->fence, ==, 1);
    g_assert_cmpstr(view->host, ==, "pc01");
    g_assert_true(lease_rig_may_act(rig, 0));
}

static void test_watcher_knows_the_holder(void)
{
    autoptr(lease_rig) rig = held_rig();
    lease_rig_run(rig, 20 * SECOND_US);
    const struct lease_view *view = lease_rig_view(rig, 1);
    g_assert_cmpint(view->state, ==, LEASE_HELD);
    g_assert_cmpstr(view->host, ==, "pc01");
    g_assert_cmpstr(view->who, ==, "ana");
    g_assert_cmpstr(view->what, ==, "run");
    g_assert_null(view->socket);
    g_assert_cmpuint(view->pid, ==, 100);
    g_assert_cmpuint(view->own_fence, ==, 0);
    g_assert_null(view->trouble);
    g_assert_false(lease_rig_may_act(rig, 1));
}

static void test_stopped_holder_is_deposed_before_it_acts(void)
{
    autoptr(lease_rig) rig = held_rig();
    lease_rig_run(rig, 3 * SECOND_US);
    rig->seats[0].stopped = TRUE;
    lease_rig_run(rig, 5 * SECOND_US);
    g_assert_false(lease_rig_may_act(rig, 0)); /* by its clock alone */
    g_assert_cmpint(lease_rig_view(rig, 1)->state, ==, LEASE_HELD);
    lease_rig_run(rig, 3 * SECOND_US);
    g_assert_true(lease_rig_may_act(rig, 1));
    g_assert_cmpuint(lease_rig_view(rig, 1)->own_fence, ==, 2);
    rig->seats[0].stopped = FALSE; /* SIGCONT */
    g_assert_false(lease_rig_may_act(rig, 0));
    lease_rig_step(rig, 0);
    const struct lease_view *view = lease_rig_view(rig, 0);
    g_assert_cmpint(view->state, ==, LEASE_HELD);
    g_assert_cmpstr(view->host, ==, "pc02");
    g_assert_cmpuint(view->own_fence, ==, 0);
    g_assert_cmpuint(view->fence, ==, 2);
    /* What was lost is wanted no more. */
    rig->seats[1].stopped = TRUE;
    lease_rig_run(rig, 30 * SECOND_US);
    g_assert_cmpint(lease_rig_view(rig, 0)->state, ==, LEASE_FREE);
}

/* It was stopped for less than it takes: it goes on, and nobody has noticed. */
static void test_short_stop_costs_nothing(void)
{
    autoptr(lease_rig) rig = held_rig();
    rig->seats[0].stopped = TRUE;
    lease_rig_run(rig, 4500 * (SECOND_US / 1000));
    g_assert_false(lease_rig_may_act(rig, 0));
    rig->seats[0].stopped = FALSE;
    lease_rig_step(rig, 0);
    g_assert_true(lease_rig_may_act(rig, 0));
    lease_rig_run(rig, 20 * SECOND_US);
    g_assert_cmpuint(lease_rig_view(rig, 0)->own_fence, ==, 1);
}

static void test_given_back_is_taken_at_once(void)
{
    autoptr(lease_rig) rig = held_rig();
    lease_core_give_back(rig->seats[0].core);
    g_assert_false(lease_rig_may_act(rig, 0)); /* from that moment */
    lease_rig_step(rig, 0);
    g_assert_cmpint(lease_rig_view(rig, 0)->state, ==, LEASE_FREE);
    g_assert_true(lease_rig_view(rig, 0)->released);
    lease_rig_step(rig, 1);
    g_assert_true(lease_rig_may_act(rig, 1));
    g_assert_cmpuint(lease_rig_view(rig, 1)->own_fence, ==, 2);
}

static void test_place_in_the_list_is_a_delay(void)
{
    autoptr(lease_rig) rig = held_rig();
    lease_core_want(rig->seats[1].core, 10 * SECOND_US);
    lease_core_give_back(rig->seats[0].core);
    lease_rig_run(rig, 9 * SECOND_US);
    g_assert_cmpint(lease_rig_view(rig, 1)->state, ==, LEASE_FREE);
    lease_rig_run(rig, 3 * SECOND_US);
    g_assert_cmpint(lease_rig_view(rig, 1)->state, ==, LEASE_MINE);
}

static void test_wanting_no_more_keeps_what_is_held(void)
{
    autoptr(lease_rig) rig = held_rig();
    lease_core_want_no_more(rig->seats[0].core);
    lease_core_want_no_more(rig->seats[1].core);
    lease_rig_run(rig, 20 * SECOND_US);
    g_assert_true(lease_rig_may_act(rig, 0));
    lease_core_give_back(rig->seats[0].core);
    lease_rig_run(rig, 20 * SECOND_US);
    g_assert_cmpint(lease_rig_view(rig, 1)->state, ==, LEASE_FREE);
}

/* A watcher that was away with the holder (one machine's store was away) is in no hurry. */
static void test_watcher_that_was_away_looks_anew(void)
{
    autoptr(lease_rig) rig = held_rig();
    lease_rig_run(rig, 3 * SECOND_US);
    rig->seats[0].stopped = rig->seats[1].stopped = TRUE;
    lease_rig_run(rig, 600 * SECOND_US);
    lease_rig_step(rig, 1);
    g_assert_cmpint(lease_rig_view(rig, 1)->state, ==, LEASE_UNKNOWN);
    lease_rig_step(rig, 0);
    g_assert_true(lease_rig_may_act(rig, 0));
    lease_rig_step(rig, 1);
    g_assert_cmpint(lease_rig_view(rig, 1)->state, ==, LEASE_HELD);
}

static void test_question_is_answered_by_a_beat_that_follows(void)
{
    autoptr(lease_rig) rig = held_rig();
    gboolean through = FALSE;
    guint64 ticket = lease_core_ask(rig->seats[0].core);
    g_assert_false(lease_core_answer(rig->seats[0].core, ticket, &through));
    lease_rig_step(rig, 0);
    g_assert_true(lease_core_answer(rig->seats[0].core, ticket, &through));
    g_assert_true(through);
    ticket = lease_core_ask(rig->seats[1].core);
    lease_rig_step(rig, 1);
    g_assert_true(lease_core_answer(rig->seats[1].core, ticket, &through));
    g_assert_false(through); /* it does not hold it */
}

/* What a manager whose own clock stood still (a paused virtual machine) depends on. */
static void test_question_finds_a_greater_number(void)
{
    autoptr(lease_rig) rig = held_rig();
    gboolean through = TRUE;
    rig->seats[0].stopped = TRUE;
    lease_rig_run(rig, 20 * SECOND_US);
    g_assert_true(lease_rig_may_act(rig, 1));
    guint64 ticket = lease_core_ask(rig->seats[0].core);
    lease_rig_step(rig, 0);
    g_assert_true(lease_core_answer(rig->seats[0].core, ticket, &through));
    g_assert_false(through);
}

/* Five that want it, any of them killed or stopped at any time, at any moment. */
static void test_many_with_kills_and_stops(void)
{
    autoptr(lease_rig) rig = lease_rig_new(5);
    guint64 acted = 0;
    for (guint i = 0; i < rig->n_seats; i++)
        lease_core_want(rig->seats[i].core, i * SECOND_US);
    for (guint turn = 0; turn < 4000; turn++) {
        guint i = (guint)g_test_rand_int_range(0, (gint32)rig->n_seats);
        struct lease_seat *seat = &rig->seats[i];
        switch (g_test_rand_int_range(0, 8)) {
        case 0:
            lease_rig_replace(rig, i);
            break;
        case 1:
            seat->stopped = TRUE;
            break;
        case 2:
            lease_core_give_back(seat->core);
            break;
        default:
            seat->stopped = FALSE;
        }
        lease_core_want(rig->seats[i].core, (gint64)i * SECOND_US);
        lease_rig_run(rig, g_test_rand_int_range(0, 8000) * (SECOND_US / 1000));
        acted += lease_rig_may_act(rig, i) ? 1 : 0;
    }
    g_test_message("%" G_GUINT64_FORMAT " holders", rig->fence_most);
    g_assert_cmpuint(rig->fence_most, >, 50);
    g_assert_cmpuint(acted, >, 50);
}

/* --- The record and the identity -------------------------------------------------------------- */

static void test_record_reads_back(void)
{
    struct lease_record record = {.fence = 12, .counter = G_MAXUINT64, .hold = LEASE_HOLD_FREE};
    struct lease_record parsed;
    char name[LEASE_NAME_BYTES];
    lease_record_new_mark(&record);
    lease_record_format(&record, name);
    g_assert_true(lease_record_parse(name, &parsed));
    g_assert_true(lease_record_equal(&record, &parsed));
}

static void test_record_refuses_all_else(void)
{
    static const char *const names[] = {
        "",
        "lease-",
        "lease-00000000000000000012-00000000000000000003-0123456789abcdef",
        "lease-00000000000000000012-00000000000000000003-0123456789abcdef-",
        "lease-00000000000000000012-00000000000000000003-0123456789abcdef-hold",
        "lease-00000000000000000012-00000000000000000003-0123456789abcdef-held~",
        "lease-00000000000000000012-00000000000000000003-0123456789abcdeg-held",
        "lease-00000000000000000012-0000000000000000000x-0123456789abcdef-held",
        "lease-99999999999999999999-00000000000000000003-0123456789abcdef-held",
        "lease--0000000000000000012-00000000000000000003-0123456789abcdef-held",
    };
    struct lease_record record;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_assert_false(lease_record_parse(names[i], &record));
}

static void test_identity_reads_back(void)
{
    autoptr(lease_identity) own = lease_identity_new("console", "/run/roost/a b\n=[x].sock");
    g_autofree char *text = lease_identity_to_text(own);
    g_autoptr(GError) error = NULL;
    autoptr(lease_identity) read = lease_identity_from_text(text, strlen(text), &error);
    g_assert_no_error(error);
    g_assert_true(lease_identity_equal(own, read));
    g_assert_cmpstr(own->host, ==, g_get_host_name());
    g_assert_nonnull(own->boot_id);
}

static void test_identity_survives_anything(void)
{
    static const char garbage[] = "[holder]\nhost=\xff\xfe\npid=-3\nwho=\n";
    g_autoptr(GError) error = NULL;
    autoptr(lease_identity) read = lease_identity_from_text(garbage, sizeof garbage - 1, &error);
    g_assert_true(read || error);
    g_clear_error(&error);
    g_assert_null(lease_identity_from_text("\x7f"
                                           "ELF",
                                           4, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    g_assert_null(lease_identity_from_text("", 0, &error));
    g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/lease/nobody_takes_what_nobody_wants",
                    test_nobody_takes_what_nobody_wants);
    g_test_add_func("/store/lease/first_one_waits_for_who_may_be_there",
                    test_first_one_waits_for_who_may_be_there);
    g_test_add_func("/store/lease/watcher_knows_the_holder", test_watcher_knows_the_holder);
    g_test_add_func("/store/lease/stopped_holder_is_deposed_before_it_acts",
                    test_stopped_holder_is_deposed_before_it_acts);
    g_test_add_func("/store/lease/short_stop_costs_nothing", test_short_stop_costs_nothing);
    g_test_add_func("/store/lease/given_back_is_taken_at_once", test_given_back_is_taken_at_once);
    g_test_add_func("/store/lease/place_in_the_list_is_a_delay", test_place_in_the_list_is_a_delay);
    g_test_add_func("/store/lease/wanting_no_more_keeps_what_is_held",
                    test_wanting_no_more_keeps_what_is_held);
    g_test_add_func("/store/lease/watcher_that_was_away_looks_anew",
                    test_watcher_that_was_away_looks_anew);
    g_test_add_func("/store/lease/question_is_answered_by_a_beat_that_follows",
                    test_question_is_answered_by_a_beat_that_follows);
    g_test_add_func("/store/lease/question_finds_a_greater_number",
                    test_question_finds_a_greater_number);
    g_test_add_func("/store/lease/many_with_kills_and_stops", test_many_with_kills_and_stops);
    g_test_add_func("/store/lease/record_reads_back", test_record_reads_back);
    g_test_add_func("/store/lease/record_refuses_all_else", test_record_refuses_all_else);
    g_test_add_func("/store/lease/identity_reads_back", test_identity_reads_back);
    g_test_add_func("/store/lease/identity_survives_anything", test_identity_survives_anything);
    return g_test_run();
}
