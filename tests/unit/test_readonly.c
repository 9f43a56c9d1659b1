/*
 * test_readonly.c - a read-only session does nothing, whichever way it is asked: every action of
 * the console, every verb, every call of the engine and of the driver. The tables are gone through
 * as they are, so that what is added to them later is tested too.
 */
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "core/base/error.h"
#include "core/command/command.h"
#include "core/command/join.h"
#include "core/driver/enrol.h"
#include "core/driver/manage.h"
#include "core/engine/follow.h"
#include "tests/support/driver_spy.h"
#include "tests/support/engine_lab.h"
#include "tests/support/temp_dir.h"
#include "tui/action.h"
#include "tui/view.h"

/* --- The driver ------------------------------------------------------------------------------- */

static guint refusals;

static void refused(const GError *error, gpointer data)
{
    (void)data;
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, "read-only"));
    refusals++;
}

static void wake_refused(const char *ways, const GError *error, gpointer data)
{
    (void)ways;
    refused(error, data);
}

static void enrol_refused(struct enrol_answer *answer, const GError *error, gpointer data)
{
    g_assert_null(answer);
    refused(error, data);
}

static void run_refused(struct run_answer *answer, const GError *error, gpointer data)
{
    g_assert_null(answer);
    refused(error, data);
}

static void share_refused(const char *key, const GError *error, gpointer data)
{
    g_assert_null(key);
    refused(error, data);
}

static void manage_refused(struct manage_answer *answer, const GError *error, gpointer data)
{
    g_assert_null(answer);
    refused(error, data);
}

static guint ask_all(struct driver *driver)
{
    const struct migrate_request migrate = {.vm = "vm1", .from_address = "a", .to_address = "b"};
    const struct wake_request wake = {.address = "a"};
    const struct control_request control = {.address = "a", .vm = "vm1"};
    const struct enrol_request enrol = {.address = "a"};
    const struct run_request run = {.address = "a"};
    const struct peer_request peer = {.address = "a"};
    static const enum manage_kind kinds[] = {MANAGE_DEFINE, MANAGE_UNDEFINE, MANAGE_CREATE_DISK,
                                             MANAGE_REMOVE_DISK};
    guint asked = 9;

    driver_migrate(driver, &migrate, NULL, refused, NULL);
    driver_wake(driver, &wake, wake_refused, NULL);
    driver_power_off(driver, "a", TRUE, refused, NULL);
    driver_cut(driver, "a", refused, NULL);
    driver_control(driver, &control, refused, NULL);
    driver_arm(driver, "a", refused, NULL);
    driver_enrol(driver, &enrol, enrol_refused, NULL);
    driver_run(driver, &run, run_refused, NULL);
    driver_share_keys(driver, &peer, share_refused, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++, asked++) {
        const struct manage_request manage = {.kind = kinds[i], .address = "a", .vm = "vm1"};

        driver_manage(driver, &manage, manage_refused, NULL);
    }
    return asked;
}

static void test_driver(void)
{
    struct lab *lab = lab_new(2, TRUE);
    struct driver *driver = &lab->fake->base;
    g_autoptr(GError) error = NULL;
    guint asked;

    driver_spy(driver);
    driver_set_readonly(driver);
    refusals = 0;
    asked = ask_all(driver);
    g_assert_cmpuint(refusals, ==, 0); /* never from within the call */
    while (g_main_context_iteration(NULL, FALSE)) {
    }
    g_assert_cmpuint(refusals, ==, asked);
    driver_steer(driver, 1, MIGRATE_STEER_POSTCOPY);
    g_assert_false(driver_trust(driver, "a", "key", &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    ask_all(driver); /* never answered: the driver goes first */
    g_assert_cmpuint(driver_spy_acts(), ==, 0);
    driver_unspy(driver);
    lab_free(lab);
    while (g_main_context_iteration(NULL, FALSE)) {
    }
    g_assert_cmpuint(refusals, ==, asked);
}

/* --- The engine ------------------------------------------------------------------------------- */

static struct lab *readonly_lab(void)
{
    struct lab *lab = lab_new(4, TRUE);

    lab_host(lab, 4)->on = FALSE; /* worth waking */
    lab_host(lab, 3)->load15_permille = 9000;
    lab_start(lab);
    engine_set_readonly(lab->engine);
    g_assert_nonnull(lab_seen_vm(lab, "vm1"));
    driver_spy(&lab->fake->base);
    return lab;
}

static void end_lab(struct lab *lab)
{
    driver_unspy(&lab->fake->base);
    lab_free(lab);
}

static void assert_untouched(const struct lab *lab)
{
    g_assert_cmpuint(driver_spy_acts(), ==, 0);
    g_assert_cmpuint(lab->fake->cancels, ==, 0);
    g_assert_cmpuint(lab->fake->forgotten, ==, 0);
    g_assert_cmpuint(engine_jobs(lab->engine)->len, ==, 0);
    g_assert_cmpint(engine_mode(lab->engine), ==, ENGINE_MANUAL);
    g_assert_cmpint(engine_goal(lab->engine), ==, ENGINE_GOAL_NONE);
    g_assert_cmpint(engine_settings(lab->engine)->policy.kind, ==, lab->config.policy.kind);
    for (guint i = 0; i < engine_cluster(lab->engine)->hosts->len; i++)
        g_assert_false(((struct host *)engine_cluster(lab->engine)->hosts->pdata[i])->maintenance);
}

#define assert_refused(call)                                                                       \
    G_STMT_START                                                                                   \
    {                                                                                              \
        g_autoptr(GError) assert_error = NULL;                                                     \
        GError **error = &assert_error;                                                            \
        g_assert_false((call) != 0);                                                               \
        g_assert_error(assert_error, ROOST_ERROR, ROOST_ERROR_REFUSED);                            \
        g_assert_nonnull(strstr(assert_error->message, "read-only"));                              \
    }                                                                                              \
    G_STMT_END

static const char xml[] = "<domain type='kvm'><name>new</name><memory>262144</memory>"
                          "<vcpu>1</vcpu><uuid>11111111-2222-3333-4444-555555555555</uuid>"
                          "<os><type>hvm</type></os></domain>";

static void refuse_edits(struct engine *engine)
{
    assert_refused(engine_edit(engine, "vm1", "home", "pc2", error));
    assert_refused(engine_edit(engine, "pc1", "note", "here", error));
    assert_refused(engine_add_host(engine, "pc9", "10.0.0.9", error));
    assert_refused(engine_remove_host(engine, "pc1", error));
}

static void refuse_jobs(struct engine *engine)
{
    assert_refused(engine_cancel_job(engine, 1, error));
    assert_refused(engine_switch_postcopy(engine, 1, error));
    assert_refused(engine_retry_job(engine, 1, TRUE, error));
    assert_refused(engine_move_job(engine, 1, -1, error));
}

static void refuse_moves(struct engine *engine)
{
    assert_refused(engine_migrate(engine, "vm1", "pc2", FALSE, error));
    assert_refused(engine_migrate(engine, "vm1", "pc2", TRUE, error));
    assert_refused(engine_wake(engine, "pc4", error));
    assert_refused(engine_power_off(engine, "pc2", TRUE, error));
}

static void refuse_vms(struct engine *engine)
{
    assert_refused(engine_start_vm(engine, "vm1", NULL, FALSE, error));
    assert_refused(engine_stop_vm(engine, "vm1", FALSE, error));
    for (guint i = 0; i <= CONTROL_AUTOSTART_OFF; i++)
        assert_refused(engine_control_vm(engine, "vm1", (enum control_action)i, TRUE, error));
}

static void test_engine(void)
{
    struct lab *lab = readonly_lab();
    struct engine *engine = lab->engine;
    autoptr(plan) plan = engine_plan(engine, FALSE);

    g_assert_true(engine_is_readonly(engine));
    g_assert_false(engine_may_decide(engine));
    refuse_moves(engine);
    refuse_vms(engine);
    assert_refused(engine_define_vm(engine, "pc1", xml, TRUE, error));
    assert_refused(engine_drain(engine, "pc1", error));
    refuse_jobs(engine);
    assert_refused(engine_follow_plan(engine, plan, NULL, error));
    refuse_edits(engine);
    g_assert_cmpuint(engine_forget_vm(engine, "vm1", "pc2", TRUE, NULL), ==, 0);
    g_assert_cmpuint(engine_cancel_all(engine, TRUE), ==, 0);
    engine_set_maintenance(engine, "pc1", TRUE);
    engine_set_policy(engine, POLICY_PAIRS);
    engine_set_goal(engine, ENGINE_GOAL_COMPACT);
    engine_set_mode(engine, ENGINE_ALWAYS);
    lab_run(lab, CLOCK_HOUR_US);
    assert_untouched(lab);
    end_lab(lab);
}

/* Not even when it is told by another process. */
static void test_orders(void)
{
    struct lab *lab = readonly_lab();

    for (guint kind = 0; kind <= ORDER_PLAN; kind++) {
        const struct order order = {.kind = (enum order_kind)kind,
                                    .who = (char *)"eve",
                                    .vm = (char *)"vm1",
                                    .host = (char *)"pc2",
                                    .key = (char *)"home",
                                    .text = (char *)"pc2",
                                    .value = 1,
                                    .on = TRUE,
                                    .force = TRUE,
                                    .options = MIGRATE_OPTIONS_INIT};
        guint job;

        assert_refused(order_carry_out(lab->engine, &order, &job, error));
    }
    lab_run(lab, CLOCK_HOUR_US);
    assert_untouched(lab);
    end_lab(lab);
}

static guint sent;

static void send_order(struct order *order, gpointer data)
{
    (void)data;
    sent++;
    order_free(order);
}

/* Nor does it tell another. */
static void test_follower(void)
{
    struct lab *lab = readonly_lab();
    struct engine *engine = lab->engine;

    g_assert_true(follow_begin(engine, send_order, NULL));
    assert_refused(engine_migrate(engine, "vm1", "pc2", FALSE, error));
    assert_refused(engine_wake(engine, "pc4", error));
    assert_refused(engine_drain(engine, "pc1", error));
    assert_refused(engine_edit(engine, "vm1", "home", "pc2", error));
    engine_set_mode(engine, ENGINE_ALWAYS);
    engine_set_goal(engine, ENGINE_GOAL_COMPACT);
    engine_set_policy(engine, POLICY_PAIRS);
    engine_set_maintenance(engine, "pc1", TRUE);
    engine_cancel_all(engine, TRUE);
    engine_refresh_all(engine);
    g_assert_cmpuint(sent, ==, 0);
    g_assert_cmpuint(follow_last_order(engine), ==, 0);
    g_assert_cmpuint(driver_spy_acts(), ==, 0);
    end_lab(lab);
}

/* --- The console ------------------------------------------------------------------------------ */

static struct app *open_app(struct lab *lab, struct screen **screen)
{
    struct app *app;

    *screen = screen_offscreen_new(100, 30);
    app = app_new(lab->engine, *screen, keymap_load("default", NULL, NULL), NULL, FALSE);
    app->readonly = TRUE;
    app_read(app);
    app_draw(app, 100, 30);
    return app;
}

static void press(struct app *app, guint key)
{
    const struct input input = {.kind = INPUT_KEY, .key = key};

    app_read(app);
    app_input(app, &input);
    app_draw(app, 100, 30);
}

static gboolean is_left_out(enum action action)
{
    return action == ACTION_NONE || action == ACTION_SNAPSHOT; /* a file of the operator's own */
}

/* Each alone, then with everything confirmed that it might ask. */
static void test_actions(void)
{
    struct lab *lab = readonly_lab();

    for (guint action = 0; action < ACTION_COUNT; action++) {
        struct screen *screen;
        struct app *app = open_app(lab, &screen);
        gboolean acting = (action_info[action].flags & ACTION_ACTS) != 0;

        if (is_left_out((enum action)action)) {
            app_free(app);
            screen_free(screen);
            continue;
        }
        action_run(app, (enum action)action);
        if (acting) {
            g_assert_null(app->dialog);
            g_assert_cmpint(app->drag.by, ==, DRAG_NONE);
            g_assert_nonnull(strstr(app->message, "read-only"));
        }
        for (guint i = 0; i < 4; i++)
            press(app, INPUT_KEY_ENTER);
        lab_run(lab, 10 * CLOCK_SECOND_US);
        assert_untouched(lab);
        app_free(app);
        screen_free(screen);
    }
    end_lab(lab);
}

static void test_keys(void)
{
    struct lab *lab = readonly_lab();
    struct screen *screen;
    struct app *app = open_app(lab, &screen);

    for (guint key = 1; key < 127; key++) {
        enum action action = keymap_action(app->keymap, key);

        if (action == ACTION_SUSPEND || is_left_out(action))
            continue;
        press(app, key);
        press(app, INPUT_KEY_ENTER);
        press(app, 'y');
        press(app, INPUT_KEY_ESCAPE);
        press(app, INPUT_KEY_ESCAPE);
        app->leaving = APP_STAYS;
    }
    assert_untouched(lab);
    app_free(app);
    screen_free(screen);
    end_lab(lab);
}

/* From every cell to another, wherever VMs, buttons and words are. */
static void test_mouse(void)
{
    struct lab *lab = readonly_lab();
    struct screen *screen;
    struct app *app = open_app(lab, &screen);

    for (int y = 0; y < 30; y++) {
        for (int x = 0; x < 100; x += 2) {
            const struct input inputs[] = {
                {.kind = INPUT_PRESS, .button = 1, .x = x, .y = y},
                {.kind = INPUT_DRAG, .button = 1, .x = (x + 12) % 100, .y = y},
                {.kind = INPUT_DRAG, .button = 1, .x = (x + 24) % 100, .y = y},
                {.kind = INPUT_RELEASE, .button = 1, .x = (x + 24) % 100, .y = y},
            };

            for (guint i = 0; i < G_N_ELEMENTS(inputs); i++) {
                app_input(app, &inputs[i]);
                g_assert_cmpint(app->drag.by, ==, DRAG_NONE);
            }
            app_read(app);
            app_draw(app, 100, 30);
            app->leaving = APP_STAYS;
            if (app->dialog != NULL || app->menu != NULL)
                press(app, INPUT_KEY_ESCAPE);
        }
    }
    assert_untouched(lab);
    app_free(app);
    screen_free(screen);
    end_lab(lab);
}

static void test_footer_offers_nothing_that_acts(void)
{
    struct lab *lab = readonly_lab();
    struct screen *screen;
    struct app *app = open_app(lab, &screen);

    g_assert_cmpuint(app->footer_words->len, >, 3);
    for (guint i = 0; i < app->footer_words->len; i++) {
        const struct footer_word *word = &g_array_index(app->footer_words, struct footer_word, i);

        g_assert_cmpuint(action_info[word->action].flags & ACTION_ACTS, ==, 0);
    }
    app_free(app);
    screen_free(screen);
    end_lab(lab);
}

/* --- The verbs -------------------------------------------------------------------------------- */

struct fixture {
    char *dir;
    char *config;
    struct session *session;
    char *out, *err;
    size_t out_size, err_size;
    struct output output;
};

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names and contents of all files below. */
static void digest_dir(GChecksum *sum, const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(names, g_build_filename(path, name, NULL));
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *text = NULL;
        gsize length = 0;

        g_checksum_update(sum, names->pdata[i], -1);
        if (g_file_test(names->pdata[i], G_FILE_TEST_IS_DIR))
            digest_dir(sum, names->pdata[i]);
        else if (g_file_get_contents(names->pdata[i], &text, &length, NULL))
            g_checksum_update(sum, (const guchar *)text, (gssize)length);
    }
}

static char *digest(const char *path)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    digest_dir(sum, path);
    return g_strdup(g_checksum_get_string(sum));
}

static void open_session(struct fixture *fixture, gboolean readonly)
{
    const struct session_request request = {
        .config = fixture->config, .lab = "small", .seed = 1, .readonly = readonly};
    g_autoptr(GError) error = NULL;

    fixture->session = session_open(&request, &fixture->output, &error);
    g_assert_no_error(error);
    if (readonly)
        driver_spy(fixture->session->driver);
    g_assert_true(session_observe(fixture->session, &error));
    g_assert_true(session_wait_seen(fixture->session, &error));
}

static void close_session(struct fixture *fixture)
{
    driver_unspy(fixture->session->driver);
    g_assert_true(session_close(fixture->session, NULL));
}

/* A store with something in it, by a session that may write. */
static void set_up(struct fixture *fixture)
{
    g_autofree char *text = NULL;

    fixture->dir = temp_dir_new();
    fixture->config = g_build_filename(fixture->dir, "roost.conf", NULL);
    text = g_strdup_printf("[cluster]\nstore=%s/store\n[automatic]\nmode=always\n", fixture->dir);
    g_assert_true(g_file_set_contents(fixture->config, text, -1, NULL));
    fixture->output = (struct output){
        .out = open_memstream(&fixture->out, &fixture->out_size),
        .err = open_memstream(&fixture->err, &fixture->err_size),
    };
    open_session(fixture, FALSE);
    close_session(fixture);
}

static void tear_down(struct fixture *fixture)
{
    fclose(fixture->output.out);
    fclose(fixture->output.err);
    free(fixture->out);
    free(fixture->err);
    temp_dir_remove(fixture->dir);
    g_free(fixture->dir);
    g_free(fixture->config);
}

/* "VM HOST" as names of the lab; what is optional too, with full. */
static char *arguments_of(const struct verb *verb, gboolean full)
{
    static const char *const words[][2] = {
        {"VM", "pc04"},
        {"HOST", "pc05"},
        {"ADDRESS", "10.0.0.99"},
        {"GROUP", "exam"},
        {"TEXT", "hello"},
        {"N", "3"},
        {"JOB", "1"},
        {"COMMAND", "true"},
        {"WORD", "li"},
        {"FILE", "/nonexistent/x.svg"},
        {"VERB", "list"},
    };
    g_auto(GStrv) all = g_strsplit(verb->arguments, " ", -1);
    GString *line = g_string_new(verb->name);

    for (guint i = 0; all[i] != NULL && *all[i] != '\0'; i++) {
        g_auto(GStrv) parts = g_strsplit_set(all[i], "[]|.", -1);
        const char *value = NULL;

        if (*all[i] == '[' && !full)
            break;
        if (g_str_equal(all[i], "--"))
            value = "--";
        for (guint j = 0; parts[j] != NULL && value == NULL; j++) {
            for (guint k = 0; k < G_N_ELEMENTS(words) && value == NULL; k++) {
                if (g_str_equal(words[k][0], parts[j]))
                    value = words[k][1];
            }
            if (value == NULL && *parts[j] != '\0')
                value = parts[j];
        }
        g_string_append_printf(line, " %s", value);
    }
    return g_string_free(line, FALSE);
}

static int run(struct fixture *fixture, const char *line)
{
    static const struct command_hooks hooks;
    int status;

    rewind(fixture->output.out);
    rewind(fixture->output.err);
    status = command_run_line(fixture->session, line, &fixture->output, &hooks);
    fflush(fixture->output.err);
    fixture->err[fixture->err_size] = '\0';
    g_test_message("%s: %d\n%s", line, status, fixture->err);
    return status;
}

static const char *const tails[] = {"",        " --force", " --dry-run",
                                    " --none", " --disks", " --start"};

static void test_verbs(void)
{
    struct fixture fixture = {0};
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    set_up(&fixture);
    before = digest(fixture.dir);
    open_session(&fixture, TRUE);
    for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
        for (guint i = 0; i < 2 * G_N_ELEMENTS(tails); i++) {
            g_autofree char *line = arguments_of(verb, i % 2 == 1);
            g_autofree char *whole = g_strconcat(line, tails[i / 2], NULL);
            int status = run(&fixture, whole);

            if (verb->needs == NEEDS_ENGINE && !(verb->flags & VERB_LOOKS_BARE) && i / 2 == 0)
                g_assert_cmpint(status, !=, COMMAND_DONE);
            g_assert_cmpuint(driver_spy_acts(), ==, 0);
            g_assert_cmpuint(engine_jobs(fixture.session->engine)->len, ==, 0);
        }
    }
    g_assert_cmpint(run(&fixture, "list"), ==, COMMAND_DONE);
    g_assert_cmpint(run(&fixture, "mode"), ==, COMMAND_DONE);
    g_assert_cmpint(run(&fixture, "mode always"), ==, COMMAND_FAILED);
    g_assert_nonnull(strstr(fixture.err, "read-only"));
    g_assert_cmpint(engine_mode(fixture.session->engine), ==, ENGINE_MANUAL);
    close_session(&fixture);
    after = digest(fixture.dir);
    g_assert_cmpstr(after, ==, before);
    tear_down(&fixture);
}

/* --- On a real store, where leases are ----------------------------------------------------------
 */

static struct session *join_store(struct fixture *fixture, gboolean readonly)
{
    const struct session_request request = {
        .config = fixture->config, .seed = 1, .readonly = readonly, .console = TRUE};
    g_autoptr(GError) error = NULL;
    struct session *session = session_open(&request, &fixture->output, &error);

    g_assert_no_error(error);
    g_assert_true(session_join(session, TRUE, &error));
    g_assert_no_error(error);
    return session;
}

static gboolean rung(gpointer data)
{
    *(gboolean *)data = TRUE;
    return G_SOURCE_REMOVE;
}

/* Several beats of the lease. */
static void let_beat(void)
{
    gboolean over = FALSE;

    g_timeout_add(300, rung, &over);
    while (!over)
        g_main_context_iteration(NULL, TRUE);
}

static void set_up_leased(struct fixture *fixture)
{
    g_autofree char *text = NULL;
    g_autofree char *store = NULL;

    *fixture = (struct fixture){.dir = temp_dir_new()};
    fixture->config = g_build_filename(fixture->dir, "roost.conf", NULL);
    store = g_build_filename(fixture->dir, "store", NULL);
    g_assert_cmpint(g_mkdir(store, 0755), ==, 0);
    text = g_strdup_printf("[cluster]\nstore=%s\n[lease]\nbeat=20ms\nvalid=60ms\nexpiry=200ms\n",
                           store);
    g_assert_true(g_file_set_contents(fixture->config, text, -1, NULL));
    fixture->output = (struct output){
        .out = open_memstream(&fixture->out, &fixture->out_size),
        .err = open_memstream(&fixture->err, &fixture->err_size),
    };
}

/* Nobody manages: neither is it taken, nor is anything written, whatever is asked for. */
static void test_takes_no_lease(void)
{
    struct fixture fixture;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    struct session *session;

    set_up_leased(&fixture);
    before = digest(fixture.dir);
    session = join_store(&fixture, TRUE);
    engine_set_mode(session->engine, ENGINE_ALWAYS);
    standing_become_manager(session->place);
    let_beat();
    g_assert_cmpint(standing_look(session->place).kind, ==, STANDING_ALONE);
    g_assert_null(session->keeper);
    g_assert_true(session_close(session, NULL));
    after = digest(fixture.dir);
    g_assert_cmpstr(after, ==, before);
    tear_down(&fixture);
}

/* A living manager is watched, and told nothing. */
static void test_watches_a_manager(void)
{
    struct fixture fixture;
    struct session *manager, *watcher;
    g_autofree char *orders = NULL;

    set_up_leased(&fixture);
    manager = join_store(&fixture, FALSE);
    standing_become_manager(manager->place);
    for (guint i = 0; i < 50 && standing_look(manager->place).kind != STANDING_MANAGER; i++)
        let_beat();
    g_assert_cmpint(standing_look(manager->place).kind, ==, STANDING_MANAGER);
    watcher = join_store(&fixture, TRUE);
    for (guint i = 0; i < 50 && !engine_follows(watcher->engine); i++)
        let_beat();
    g_assert_true(engine_follows(watcher->engine));
    engine_set_mode(watcher->engine, ENGINE_ALWAYS);
    assert_refused(engine_add_host(watcher->engine, "pc9", "10.0.0.9", error));
    engine_refresh_all(watcher->engine);
    let_beat();
    g_assert_cmpint(engine_mode(manager->engine), ==, ENGINE_MANUAL);
    g_assert_cmpuint(engine_cluster(manager->engine)->hosts->len, ==, 0);
    orders = g_build_filename(fixture.dir, "store", "Orders", NULL);
    g_assert_cmpuint(temp_dir_count(orders), ==, 0);
    g_assert_true(session_close(watcher, NULL));
    g_assert_true(session_close(manager, NULL));
    tear_down(&fixture);
}

/* A verb that says it looks must be one that needs nothing to be written down. */
static void test_table(void)
{
    for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
        if (verb->flags & VERB_LOOKS)
            g_assert_cmpint(verb->needs, !=, NEEDS_ENGINE);
        if (verb->flags & VERB_LOOKS_BARE)
            g_assert_cmpuint(verb->arguments_least, ==, 0);
        g_assert_false((verb->flags & VERB_LOOKS) && (verb->flags & VERB_LOOKS_BARE));
    }
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/readonly/the_driver_is_told_nothing", test_driver);
    g_test_add_func("/readonly/the_engine_refuses_every_call", test_engine);
    g_test_add_func("/readonly/the_engine_takes_no_order", test_orders);
    g_test_add_func("/readonly/a_follower_sends_no_order", test_follower);
    g_test_add_func("/readonly/every_action_leaves_the_lab_alone", test_actions);
    g_test_add_func("/readonly/every_key_leaves_the_lab_alone", test_keys);
    g_test_add_func("/readonly/the_mouse_drags_nothing", test_mouse);
    g_test_add_func("/readonly/the_footer_offers_nothing_that_acts",
                    test_footer_offers_nothing_that_acts);
    g_test_add_func("/readonly/every_verb_leaves_lab_and_store_alone", test_verbs);
    g_test_add_func("/readonly/verbs_that_look_write_nothing", test_table);
    g_test_add_func("/readonly/no_lease_is_taken", test_takes_no_lease);
    g_test_add_func("/readonly/a_manager_is_watched_and_told_nothing", test_watches_a_manager);
    return g_test_run();
}
