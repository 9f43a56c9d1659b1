/* test_filter.c - what a filter means, what is wrong with one, and that none can do harm. */
#include <string.h>

#include "core/base/error.h"
#include "tests/support/stage.h"
#include "tui/filter.h"
#include "tui/filter_term.h"

static struct filter *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    struct filter *filter = filter_parse(text, &error);

    g_assert_no_error(error);
    g_assert_nonnull(filter);
    return filter;
}

/* "1 2 5": the numbers of the hosts meant, or of the VMs. */
static char *list_meant(const struct stage *stage, const char *text, gboolean vms)
{
    const struct scene *scene = &stage->app->scene;
    autoptr(filter) filter = parse(text);
    GString *list = g_string_new(NULL);

    scene_count(&stage->app->scene);
    for (guint i = 1; i <= stage->cluster->hosts->len; i++) {
        if (vms ? filter_has_vm(filter, scene, stage_vm(stage, i))
                : filter_has_host(filter, scene, stage_host(stage, i)))
            g_string_append_printf(list, "%s%u", list->len > 0 ? " " : "", i);
    }
    return g_string_free(list, FALSE);
}

#define check_meant(stage, text, vms, wanted)                                                      \
    do {                                                                                           \
        g_autofree char *meant = list_meant(stage, text, vms);                                     \
        g_assert_cmpstr(meant, ==, wanted);                                                        \
    } while (0)
#define check_hosts(stage, text, wanted) check_meant(stage, text, FALSE, wanted)
#define check_vms(stage, text, wanted)   check_meant(stage, text, TRUE, wanted)

/* Eight hosts; pc01 is over, pc05 off, pc06 in maintenance; VM pc02 is a guest of pc01. */
static struct stage *small_lab(void)
{
    struct stage *stage = stage_new(8);

    for (guint i = 1; i <= 8; i++)
        stage_host(stage, i)->load15_permille = 200;
    stage_host(stage, 1)->load15_permille = 1900;
    cluster_move_vm(stage->cluster, stage_vm(stage, 5), stage_host(stage, 1), 0);
    stage_switch_off(stage, 5);
    stage_host(stage, 6)->maintenance = TRUE;
    cluster_move_vm(stage->cluster, stage_vm(stage, 2), stage_host(stage, 1), 0);
    g_strfreev(stage_host(stage, 4)->users);
    stage_host(stage, 4)->users = g_strsplit("ana bob", " ", -1);
    stage_host(stage, 7)->note = g_strdup("Loud fan");
    stage_host(stage, 7)->wake = HOST_WAKE_DISARMED;
    return stage;
}

/* --- What is meant --------------------------------------------------------------------------- */

static void test_nothing_means_everything(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(filter_parse(NULL, &error));
    g_assert_null(filter_parse("", &error));
    g_assert_null(filter_parse("   ", &error));
    g_assert_null(filter_parse("!", &error));
    g_assert_null(filter_parse("|", &error));
    g_assert_no_error(error);
    g_assert_true(filter_has_host(NULL, NULL, NULL));
    g_assert_true(filter_has_entry(NULL, NULL));
    g_assert_true(filter_has_job(NULL, NULL));
    g_assert_null(filter_trouble(NULL));
}

static void test_text_is_a_piece_of_a_name(void)
{
    autoptr(stage) stage = small_lab();

    check_hosts(stage, "PC04", "4");
    check_hosts(stage, "pc", "1 2 3 4 5 6 7 8");
    /* pc02 and pc05 are guests of pc01. */
    check_hosts(stage, "pc02", "1 2");
    check_vms(stage, "pc02", "2");
    check_vms(stage, "pc01", "1");
    check_hosts(stage, "pc01 pc02", "1");
    check_hosts(stage, "nothing", "");
    check_hosts(stage, "\"pc04\"", "4");
    check_hosts(stage, "pc04|pc08", "4 8");
    check_hosts(stage, "pc0 !pc01", "2 3 4 5 6 7 8");
}

static void test_regular_expressions(void)
{
    autoptr(stage) stage = small_lab();

    check_hosts(stage, "/^pc0[34]$/", "3 4");
    check_hosts(stage, "/^PC0[34]$", "3 4");
    check_hosts(stage, "host:/7|8/", "7 8");
    check_hosts(stage, "!/pc0[1-6]/", "7 8");
    check_hosts(stage, "/a b/", "");
    check_vms(stage, "vm:/2$/", "2");
}

static void test_state(void)
{
    autoptr(stage) stage = small_lab();

    check_hosts(stage, "state:over", "1");
    check_hosts(stage, "state:off", "5");
    check_hosts(stage, "STATE:Maintenance", "6");
    check_hosts(stage, "state:over|off", "1 5");
    check_hosts(stage, "state:over|host:pc08", "1 8");
    check_hosts(stage, "state:empty", "2");
    check_hosts(stage, "!state:on", "5");
    /* A VM is meant by what its host is. */
    check_vms(stage, "state:over", "1 2 5");
}

static void test_names(void)
{
    autoptr(stage) stage = small_lab();

    check_hosts(stage, "host:pc0?", "1 2 3 4 5 6 7 8");
    check_hosts(stage, "host:pc", "");
    check_hosts(stage, "host:*8", "8");
    check_hosts(stage, "vm:pc02", "1");
    check_hosts(stage, "!vm:pc0*", "2 5");
    check_hosts(stage, "home:pc05", "1");
}

static void test_words_of_hosts(void)
{
    autoptr(stage) stage = small_lab();

    check_hosts(stage, "user:an*", "4");
    check_hosts(stage, "!user:*", "1 2 3 5 6 7 8");
    check_hosts(stage, "note:fan", "7");
    check_hosts(stage, "note:\"loud fan\"", "7");
    check_hosts(stage, "address:10.0.0.9", "8");
    stage_host(stage, 8)->rack = g_strdup("A1");
    check_hosts(stage, "rack:a*", "8");
    check_hosts(stage, "!rack:*", "1 2 3 4 5 6 7");
}

static void test_numbers(void)
{
    autoptr(stage) stage = small_lab();

    check_hosts(stage, "load:>0.5", "1");
    check_hosts(stage, "load:<=0.1", "2 3 4 6 7 8");
    check_hosts(stage, "load:0.95", "1");
    check_hosts(stage, "vms:0", "2 5");
    check_hosts(stage, "vms:>=2", "1");
    check_hosts(stage, "ram:>=2g", "1 2 3 4 5 6 7 8");
    check_hosts(stage, "ram:256", "1 3 4 6 7 8");
    check_hosts(stage, "free:<1.5g", "1");
    check_hosts(stage, "cpu:=5%", "1 2 3 4 6 7 8");
}

static void test_yes_and_no(void)
{
    autoptr(stage) stage = small_lab();

    check_hosts(stage, "away:yes", "1");
    check_vms(stage, "away:yes", "2 5");
    check_vms(stage, "away:no", "1 3 4 6 7 8");
    check_hosts(stage, "maintenance:yes", "6");
    check_hosts(stage, "wake:disarmed", "7");
    check_hosts(stage, "manager:yes", "1");
    check_hosts(stage, "alarm:yes", "");
}

static void test_alarms_and_jobs(void)
{
    autoptr(stage) stage = small_lab();

    stage_vm(stage, 4)->state = VM_LOST;
    check_hosts(stage, "alarm:yes", "4");
    check_vms(stage, "vm-state:lost", "4");
    stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 8, 8, 7);
    check_hosts(stage, "moving:yes", "7 8");
    check_vms(stage, "moving:yes", "8");
    check_hosts(stage, "job:running", "8");
    check_hosts(stage, "job:queued", "");
}

/* All words about VMs are about one and the same VM. */
static void test_words_join_on_one_vm(void)
{
    autoptr(stage) stage = small_lab();

    check_hosts(stage, "vm:pc01 away:yes", "");
    check_hosts(stage, "vm:pc02 away:yes", "1");
    check_hosts(stage, "vm:pc0* !away:yes", "1 3 4 6 7 8");
    check_vms(stage, "vm:pc0* !away:yes", "1 3 4 6 7 8");
    check_vms(stage, "host:pc01 !home:pc02", "1 5");
}

static void test_entries(void)
{
    struct journal_entry entry = {.what = (char *)"migrate",
                                  .object = (char *)"vm web",
                                  .who = (char *)"ana",
                                  .text = (char *)"from pc01 to pc02",
                                  .result = (char *)"failed"};
    static const struct {
        const char *text;
        gboolean has;
    } cases[] = {{"pc02", TRUE},         {"vm:w*", TRUE},         {"host:web", FALSE},
                 {"what:migrate", TRUE}, {"result:failed", TRUE}, {"user:ana !web", FALSE},
                 {"alarm:yes", FALSE},   {"/pc0[2]$/", TRUE}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        autoptr(filter) filter = filter_parse_for(FILTER_OF_ENTRIES, cases[i].text, NULL);

        g_assert_nonnull(filter);
        g_assert_cmpint(filter_has_entry(filter, &entry), ==, cases[i].has);
    }
}

static void test_jobs(void)
{
    struct job job = {.kind = JOB_MIGRATE,
                      .state = JOB_FAILED,
                      .vm = (char *)"web",
                      .from = (char *)"pc01",
                      .to = (char *)"pc02",
                      .who = (char *)"autopilot"};
    static const struct {
        const char *text;
        gboolean has;
    } cases[] = {{"pc02", TRUE},       {"vm:web", TRUE},    {"host:pc02", TRUE},
                 {"job:failed", TRUE}, {"job:done", FALSE}, {"what:migrate", TRUE},
                 {"!autopilot", FALSE}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        autoptr(filter) filter = filter_parse_for(FILTER_OF_JOBS, cases[i].text, NULL);

        g_assert_nonnull(filter);
        g_assert_cmpint(filter_has_job(filter, &job), ==, cases[i].has);
    }
}

/* --- What is wrong --------------------------------------------------------------------------- */

static void test_says_what_is_wrong(void)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"state:ovr", "there is no ovr; one of under"},
        {"state:", "one of under"},
        {"stat:over", "did you mean state:"},
        {"qqqqqqqqqqq:1", "there is no key"},
        {"load:high", "a number"},
        {"load:nan", "a number"},
        {"load:0x1", "a number"},
        {"ram:1z", "a size"},
        {"away:maybe", "yes or no"},
        {"/[a/", "is no regular expression"},
        {"/", "between slashes"},
        {"host:", "a name"},
        {"result:done", "says nothing of what is shown here"},
        {"state:\033[2J", "\\x1b"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(filter_parse(cases[i].text, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
        g_assert_nonnull(strstr(error->message, cases[i].reason));
        g_assert_null(strstr(error->message, "LIMIT"));
    }
}

/* A pattern made to take for ever is given up, or this would not end; and whoever types cannot lift
 * the limit. */
static void test_gives_up_what_takes_for_ever(void)
{
    autoptr(stage) stage = stage_new(4);
    static const char *const patterns[] = {"/(a+)+$/", "/(*LIMIT_MATCH=99999999)(a+)+$/",
                                           "/(a|aa)+$/", "/(.*)*x(.*)*y/", "/(?R)?a/"};
    struct vm *vm = stage_vm(stage, 1);

    g_free(vm->name);
    vm->name = g_strnfill(200, 'a');
    vm->name[199] = 'b';
    for (guint i = 0; i < G_N_ELEMENTS(patterns); i++) {
        autoptr(filter) filter = parse(patterns[i]);

        for (guint round = 0; round < 100; round++)
            filter_has_host(filter, &stage->app->scene, stage_host(stage, 1));
        if (i < 2)
            g_assert_nonnull(filter_trouble(filter));
    }
    memcpy(vm->name, "pc01", 5);
}

static void test_globs_take_no_time(void)
{
    g_autofree char *text = g_strnfill(5000, 'a');

    g_assert_false(filter_glob("*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
    g_assert_true(filter_glob("a*a*a", text));
    g_assert_true(filter_glob("?a*", text));
    g_assert_true(filter_glob("*", ""));
    g_assert_false(filter_glob("?", ""));
    g_assert_true(filter_glob("é?é", "ééé"));
}

/* --- The table ------------------------------------------------------------------------------- */

/* Whatever mark a host bears, there is a word for it. */
static void test_every_mark_has_a_word(void)
{
    const struct filter_key *key = filter_key_find(FILTER_OF_HOSTS, "state", 5);
    g_auto(GStrv) choices = g_strsplit(key->choices, "|", -1);

    for (guint i = 0; i < HOST_MARK_COUNT; i++) {
        const char *name = host_mark_info[i].name;
        const char *last = strrchr(name, ' ') != NULL ? strrchr(name, ' ') + 1 : name;

        g_assert_true(i == HOST_MARK_STOPPING ||
                      g_strv_contains((const char *const *)choices, last));
    }
}

static guint count_candidates(guint scope, const char *text, const char *first)
{
    autoptr(stage) stage = small_lab();
    gsize start;
    g_autoptr(GPtrArray) found =
        filter_complete(scope, &stage->app->scene, text, strlen(text), &start);

    if (first != NULL) {
        g_assert_cmpuint(found->len, >, 0);
        g_assert_cmpstr(((struct filter_candidate *)found->pdata[0])->word, ==, first);
    }
    return found->len;
}

static void test_completes(void)
{
    g_assert_cmpuint(count_candidates(FILTER_OF_GRID, "sta", "state:"), ==, 1);
    g_assert_cmpuint(count_candidates(FILTER_OF_GRID, "pc1 state:o", "state:over"), ==, 3);
    g_assert_cmpuint(count_candidates(FILTER_OF_GRID, "!away:", "away:yes"), ==, 2);
    g_assert_cmpuint(count_candidates(FILTER_OF_GRID, "user:", "user:ana"), ==, 2);
    g_assert_cmpuint(count_candidates(FILTER_OF_GRID, "host:pc", "host:pc01"), ==, 8);
    g_assert_cmpuint(count_candidates(FILTER_OF_GRID, "result", NULL), ==, 0);
    g_assert_cmpuint(count_candidates(FILTER_OF_ENTRIES, "resu", "result:"), ==, 1);
}

static void test_every_key_is_explained(void)
{
    guint scope;
    const char *name, *value, *help;

    for (guint i = 0; filter_key_at(i, &scope, &name, &value, &help); i++) {
        g_autofree char *typed = g_strdup_printf("%s:", name);
        g_autofree char *hint = filter_hint(scope, typed, strlen(typed));

        g_assert_nonnull(hint);
        g_assert_true(strlen(help) > 3 && strlen(value) > 3 && strlen(help) < 50);
    }
}

/* --- Hostile --------------------------------------------------------------------------------- */

static void test_random_text_does_no_harm(void)
{
    autoptr(stage) stage = small_lab();
    static const char *const pieces[] = {
        "state:", "over", "host:", "pc0*", "/",  "(a+)+", "!",    "|",  " ", "\"",
        "\\",     "[",    "load:", ">",    "<=", "0.5",   "ram:", "1g", "é", "\xff",
        "vm:",    "*",    "away:", "yes",  "??", "job:",  "(?R)", "\t"};
    guint n_good = 0;

    for (guint i = 0; i < 20000; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        autoptr(filter) filter = NULL;
        gsize start;

        for (gint n = g_test_rand_int_range(0, 8); n > 0; n--)
            g_string_append(text, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
        filter = filter_parse(text->str, &error);
        g_assert_true(filter == NULL || error == NULL);
        if (filter != NULL && g_utf8_validate(text->str, -1, NULL)) {
            n_good++;
            for (guint h = 1; h <= 8; h++) {
                filter_has_host(filter, &stage->app->scene, stage_host(stage, h));
                filter_has_vm(filter, &stage->app->scene, stage_vm(stage, h));
            }
        }
        g_ptr_array_unref(
            filter_complete(FILTER_OF_GRID, &stage->app->scene, text->str, text->len, &start));
        g_free(filter_hint(FILTER_OF_GRID, text->str, text->len));
    }
    g_assert_cmpuint(n_good, >, 500);
}

/* Ten thousand hosts with a VM each: were it not linear, this would not end. */
static void test_is_linear_in_the_hosts(void)
{
    autoptr(stage) stage = stage_new(9999);
    autoptr(filter) filter = parse("/pc.*9$/ vm:pc*1*9 !state:over load:<5");
    guint n = 0;

    for (guint i = 0; i < stage->cluster->hosts->len; i++)
        n += filter_has_host(filter, &stage->app->scene, stage->cluster->hosts->pdata[i]);
    g_assert_cmpuint(n, >, 0);
}

static void test_too_long_or_too_many(void)
{
    g_autofree char *text = g_strnfill(FILTER_BYTES_MOST + 1, 'a');
    g_autoptr(GString) words = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    g_assert_null(filter_parse(text, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    g_clear_error(&error);
    for (guint i = 0; i <= FILTER_WORDS_MOST; i++)
        g_string_append(words, "a ");
    g_assert_null(filter_parse(words->str, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/filter/nothing_means_everything", test_nothing_means_everything);
    g_test_add_func("/filter/text_is_a_piece_of_a_name", test_text_is_a_piece_of_a_name);
    g_test_add_func("/filter/regular_expressions", test_regular_expressions);
    g_test_add_func("/filter/state", test_state);
    g_test_add_func("/filter/names", test_names);
    g_test_add_func("/filter/words_of_hosts", test_words_of_hosts);
    g_test_add_func("/filter/numbers", test_numbers);
    g_test_add_func("/filter/yes_and_no", test_yes_and_no);
    g_test_add_func("/filter/alarms_and_jobs", test_alarms_and_jobs);
    g_test_add_func("/filter/words_join_on_one_vm", test_words_join_on_one_vm);
    g_test_add_func("/filter/entries", test_entries);
    g_test_add_func("/filter/jobs", test_jobs);
    g_test_add_func("/filter/says_what_is_wrong", test_says_what_is_wrong);
    g_test_add_func("/filter/gives_up_what_takes_for_ever", test_gives_up_what_takes_for_ever);
    g_test_add_func("/filter/globs_take_no_time", test_globs_take_no_time);
    g_test_add_func("/filter/every_mark_has_a_word", test_every_mark_has_a_word);
    g_test_add_func("/filter/completes", test_completes);
    g_test_add_func("/filter/every_key_is_explained", test_every_key_is_explained);
    g_test_add_func("/filter/random_text_does_no_harm", test_random_text_does_no_harm);
    g_test_add_func("/filter/is_linear_in_the_hosts", test_is_linear_in_the_hosts);
    g_test_add_func("/filter/too_long_or_too_many", test_too_long_or_too_many);
    return g_test_run();
}
