/* What goes between a manager and its followers as XML: whole, whatever names are in it. */
#include <string.h>

#include "core/base/error.h"
#include "core/manager/state_file.h"

#define NASTY "a <b>&\"'\n\t]]> ü \u202e \\ {x}"

static struct manager_state *state_new(void)
{
    struct manager_state *state = manager_state_empty();
    struct host *one;
    struct host *two;
    struct vm *vm;

    state->cluster = cluster_new("lab & more");
    one = cluster_add_host(state->cluster, "pc<1>", "10.0.0.1", NULL);
    two = cluster_add_host(state->cluster, "pc \"2\"", "fe80::2", NULL);
    one->state = HOST_ON;
    one->seen_at_us = 1234567890123;
    one->state_since_us = -5;
    one->load15_permille = 410;
    one->mem_kib = 2097153;
    one->mem_available_kib = 77;
    one->trouble = g_strdup(NASTY);
    one->users = g_new0(char *, 1);
    two->users = g_strsplit("ana bob", " ", -1);
    two->maintenance = TRUE;
    vm = cluster_add_vm(state->cluster, one, "web & <db> ü", NULL);
    vm->state = VM_PAUSED;
    vm->missing_since_us = 9;
    vm->cpu_permille = 1500;
    vm->broken = TRUE;
    cluster_set_claim(state->cluster, vm, two, 42);
    vm->also_paused = TRUE;
    state->fence = G_MAXUINT64;
    state->number = 7;
    state->mono_us = 99;
    state->mode = ENGINE_BY_HOURS;
    state->phase = HOURS_PREPARING;
    state->goal = ENGINE_GOAL_NORMALIZE;
    state->policy = POLICY_PAIRS;
    state->goal_summary = g_strdup(NASTY);
    g_ptr_array_add(state->next, g_strdup(NASTY));
    return state;
}

static void add_job(struct manager_state *state)
{
    struct job *job = g_new0(struct job, 1);

    job->id = 17;
    job->kind = JOB_MIGRATE;
    job->state = JOB_RUNNING;
    job->vm = g_strdup("web & <db> ü");
    job->from = g_strdup("pc<1>");
    job->to = g_strdup("pc \"2\"");
    job->who = g_strdup("ana");
    job->why = g_strdup(NASTY);
    job->attempt = 2;
    job->progress_permille = 613;
    job->progress.done_bytes = G_MAXUINT64 / 2;
    job->progress.stage = MIGRATE_STAGE_FOLLOWING;
    job->started_at_us = 55;
    g_ptr_array_add(state->jobs, job);
}

static void add_entry(struct manager_state *state, const char *text)
{
    struct journal_entry *entry = g_new0(struct journal_entry, 1);

    entry->what = g_strdup("migrate");
    entry->object = g_strdup("vm web");
    entry->who = g_strdup("");
    entry->text = g_strdup(text);
    entry->result = g_strdup("failed");
    entry->alarm = TRUE;
    entry->fence = 3;
    g_ptr_array_add(state->journal, entry);
    state->journal_seq++;
}

static struct manager_state *there_and_back(const struct manager_state *state)
{
    g_autoptr(GError) error = NULL;
    gsize length;
    g_autofree char *text = state_format(state, &length);
    struct manager_state *read = state_parse("state.xml", text, length, &error);

    g_assert_no_error(error);
    return read;
}

static void test_what_the_manager_is_at_comes_back(void)
{
    autoptr(manager_state) state = state_new();
    autoptr(manager_state) read = there_and_back(state);

    g_assert_cmpuint(read->fence, ==, G_MAXUINT64);
    g_assert_cmpuint(read->number, ==, 7);
    g_assert_cmpint(read->mode, ==, ENGINE_BY_HOURS);
    g_assert_cmpint(read->phase, ==, HOURS_PREPARING);
    g_assert_cmpint(read->goal, ==, ENGINE_GOAL_NORMALIZE);
    g_assert_cmpint(read->policy, ==, POLICY_PAIRS);
    g_assert_cmpstr(read->goal_summary, ==, NASTY);
    g_assert_cmpstr(g_ptr_array_index(read->next, 0), ==, NASTY);
    g_assert_cmpstr(read->cluster->name, ==, "lab & more");
}

static void test_hosts_come_back(void)
{
    autoptr(manager_state) state = state_new();
    autoptr(manager_state) read = there_and_back(state);
    const struct host *host = cluster_find_host(read->cluster, "pc<1>");

    g_assert_cmpint(host->seen_at_us, ==, 1234567890123);
    g_assert_cmpint(host->state_since_us, ==, -5);
    g_assert_cmpuint(host->mem_kib, ==, 2097153);
    g_assert_cmpuint(host->mem_available_kib, ==, 77);
    g_assert_cmpstr(host->trouble, ==, NASTY);
    g_assert_cmpuint(g_strv_length(host->users), ==, 0);
    host = cluster_find_host(read->cluster, "fe80::2");
    g_assert_cmpstr(host->users[1], ==, "bob");
    g_assert_true(host->maintenance);
}

static void test_vms_come_back(void)
{
    autoptr(manager_state) state = state_new();
    autoptr(manager_state) read = there_and_back(state);
    const struct vm *vm = cluster_find_vm(read->cluster, "web & <db> ü");

    g_assert_true(vm->also_on == cluster_find_host(read->cluster, "fe80::2"));
    g_assert_true(vm->also_paused && vm->broken);
    g_assert_cmpint(vm->also_on_at_us, ==, 42);
    g_assert_cmpint(vm->missing_since_us, ==, 9);
    g_assert_cmpuint(read->cluster->claimed->len, ==, 1);
}

static void test_jobs_and_journal_come_back(void)
{
    autoptr(manager_state) state = state_new();
    autoptr(manager_state) read = NULL;
    const struct job *job;
    const struct journal_entry *entry;

    add_job(state);
    add_entry(state, NASTY);
    read = there_and_back(state);
    job = g_ptr_array_index(read->jobs, 0);
    g_assert_cmpuint(job->progress_permille, ==, 613);
    g_assert_cmpuint(job->progress.done_bytes, ==, G_MAXUINT64 / 2);
    g_assert_cmpint(job->progress.stage, ==, MIGRATE_STAGE_FOLLOWING);
    g_assert_cmpstr(job->why, ==, NASTY);
    entry = g_ptr_array_index(read->journal, 0);
    g_assert_cmpstr(entry->text, ==, NASTY);
    g_assert_true(entry->alarm);
    g_assert_cmpuint(entry->fence, ==, 3);
    g_assert_cmpuint(read->journal_seq, ==, 1);
}

/* Cut, and in the middle of no letter; what no XML can carry is shown. */
static void test_long_and_impossible_texts(void)
{
    autoptr(manager_state) state = state_new();
    autoptr(manager_state) read = NULL;
    g_autofree char *most = g_strnfill(4095, 'x');
    g_autofree char *longest = g_strconcat(most, "ü", most, NULL);
    const char *text;

    add_entry(state, longest);
    add_entry(state, "\001\xff\xfe");
    read = there_and_back(state);
    text = ((const struct journal_entry *)g_ptr_array_index(read->journal, 0))->text;
    g_assert_cmpuint(strlen(text), ==, 4095);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_cmpuint(read->journal->len, ==, 2);
}

static void test_order_comes_back(void)
{
    g_autoptr(GString) xml = g_string_new("<domain>"); /* longer than any other text may be */
    struct order order = {.id = FOLLOW_ORDER_FIRST + 3,
                          .kind = ORDER_DEFINE,
                          .vm = (char *)NASTY,
                          .host = (char *)"pc<1>",
                          .text = NULL,
                          .value = -1,
                          .on = TRUE,
                          .force = TRUE,
                          .options = {1, -1, 0, -1}};
    const struct order_stamp stamp = {G_MAXUINT64, 12};
    struct order_stamp read_stamp;
    for (guint i = 0; i < 2000; i++)
        g_string_append(xml, "<disk type='file'>&amp;</disk>\n");
    order.text = xml->str;
    g_autofree char *text = order_format(&order, &stamp);
    g_autoptr(GError) error = NULL;
    autoptr(order) read = order_parse("order", text, strlen(text), &read_stamp, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(read_stamp.fence, ==, G_MAXUINT64);
    g_assert_cmpuint(read_stamp.number, ==, 12);
    g_assert_cmpuint(read->id, ==, order.id);
    g_assert_cmpint(read->kind, ==, ORDER_DEFINE);
    g_assert_cmpstr(read->vm, ==, NASTY);
    g_assert_cmpstr(read->text, ==, xml->str);
    g_assert_cmpint(read->value, ==, -1);
    g_assert_true(read->on && read->force);
    g_assert_cmpint(read->options.mode, ==, 1);
    g_assert_cmpint(read->options.on_timeout, ==, -1);
    g_assert_cmpint(read->options.timeout_us, ==, 0);
    g_assert_cmpint(read->options.bandwidth_mib_per_s, ==, -1);
}

static void test_every_kind_of_order_has_its_word(void)
{
    for (guint i = 0; i <= ORDER_PLAN; i++) {
        const struct order order = {.id = 1, .kind = (enum order_kind)i};
        const struct order_stamp stamp = {1, 1};
        struct order_stamp read_stamp;
        enum order_kind kind;
        g_autofree char *text = order_format(&order, &stamp);
        g_autofree char *word =
            g_strdup_printf(" kind=\"%s\"", order_kind_name((enum order_kind)i));
        autoptr(order) read = order_parse("order", text, strlen(text), &read_stamp, NULL);
        g_assert_nonnull(strstr(text, word));
        g_assert_cmpint(read->kind, ==, i);
        g_assert_true(order_kind_parse(order_kind_name((enum order_kind)i), &kind));
        g_assert_cmpint(kind, ==, i);
    }
}

static void test_answer_comes_back(void)
{
    const struct answer answer = {1000000001, 7, 12, (char *)NASTY};
    g_autofree char *text = answer_format(&answer);
    autoptr(answer) read = answer_parse("answer", text, strlen(text), NULL);

    g_assert_cmpuint(read->order, ==, answer.order);
    g_assert_cmpuint(read->job, ==, 7);
    g_assert_cmpuint(read->number, ==, 12);
    g_assert_cmpstr(read->refusal, ==, NASTY);
}

static void test_refuses_what_it_is_not(void)
{
    static const char deep[] =
        "<manager version=\"1\"><cluster><a><a><a><a><a><a><a/></a></a></a></a></a></a></cluster>"
        "</manager>";
    static const char *const texts[] = {
        "",
        "not XML",
        "<manager version=\"1\">",
        "<manager version=\"2\"><cluster/></manager>",
        "<manager><cluster/></manager>",
        "<cluster version=\"1\"/>",
        "<manager version=\"1\"/>",
        "<manager version=\"1\" mode=\"wild\"><cluster/></manager>",
        "<manager version=\"1\" fence=\"-1\"><cluster/></manager>",
        "<!DOCTYPE manager [<!ENTITY a \"b\">]><manager version=\"1\"><cluster/></manager>",
        deep,
    };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(state_parse("state.xml", texts[i], strlen(texts[i]), &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
        g_assert_true(g_str_has_prefix(error->message, "state.xml"));
    }
}

/* What cannot be read is left out; what stands beside it is used. */
static void test_leaves_out_what_is_wrong(void)
{
    static const char text[] =
        "<manager version=\"1\" later=\"yes\"><future x=\"1\"><cluster name=\"no\"/></future>"
        "<job id=\"1\" kind=\"conquer\" from=\"pc1\"/><job id=\"0\" kind=\"wake\" from=\"pc1\"/>"
        "<job id=\"2\" kind=\"wake\" state=\"done\" from=\"pc1\" permille=\"4000\"/>"
        "<job id=\"3\" kind=\"migrate\" from=\"pc1\" vm=\"a\"/><job/>"
        "<entry/><cluster name=\"lab\"><host name=\"pc1\" address=\"10.0.0.1\" cpus=\"many\">"
        "<vm name=\"a\" also-on=\"pc1\"/><vm name=\"a\"/><vm/><vm name=\"b\" "
        "also-on=\"pc9\"/></host>"
        "<host name=\"../x\" address=\"10.0.0.2\"><vm name=\"c\"/></host>"
        "<host name=\"pc1\" address=\"10.0.0.3\"/></cluster></manager>";
    autoptr(manager_state) state = state_parse("state.xml", text, strlen(text), NULL);

    g_assert_nonnull(state);
    g_assert_cmpstr(state->cluster->name, ==, "lab");
    g_assert_cmpuint(state->cluster->hosts->len, ==, 1);
    g_assert_cmpuint(cluster_count_vms(state->cluster), ==, 2);
    g_assert_cmpuint(state->cluster->claimed->len, ==, 0);
    g_assert_cmpuint(state->jobs->len, ==, 1);
    g_assert_cmpuint(job_progress_permille(g_ptr_array_index(state->jobs, 0)), ==, 1000);
    g_assert_cmpuint(state->journal->len, ==, 1);
}

/* Every beginning of a document, and every document with one byte changed, is read or refused. */
static void test_broken_off_and_bent(void)
{
    autoptr(manager_state) state = state_new();
    gsize length;

    add_job(state);
    add_entry(state, "text");
    g_autofree char *text = state_format(state, &length);
    for (gsize i = 0; i + 2 < length; i++) {
        autoptr(manager_state) none = state_parse("state.xml", text, i, NULL);
        g_assert_null(none);
    }
    for (gsize i = 0; i < length; i++) {
        char was = text[i];
        text[i] = (char)g_test_rand_int_range(1, 256);
        autoptr(manager_state) maybe = state_parse("state.xml", text, length, NULL);
        text[i] = was;
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/state_file/what_the_manager_is_at_comes_back",
                    test_what_the_manager_is_at_comes_back);
    g_test_add_func("/state_file/hosts_come_back", test_hosts_come_back);
    g_test_add_func("/state_file/vms_come_back", test_vms_come_back);
    g_test_add_func("/state_file/jobs_and_journal_come_back", test_jobs_and_journal_come_back);
    g_test_add_func("/state_file/long_and_impossible_texts", test_long_and_impossible_texts);
    g_test_add_func("/state_file/order_comes_back", test_order_comes_back);
    g_test_add_func("/state_file/every_kind_of_order_has_its_word",
                    test_every_kind_of_order_has_its_word);
    g_test_add_func("/state_file/answer_comes_back", test_answer_comes_back);
    g_test_add_func("/state_file/refuses_what_it_is_not", test_refuses_what_it_is_not);
    g_test_add_func("/state_file/leaves_out_what_is_wrong", test_leaves_out_what_is_wrong);
    g_test_add_func("/state_file/broken_off_and_bent", test_broken_off_and_bent);
    return g_test_run();
}
