#include "tests/support/stage.h"

#include <string.h>

#include "tests/support/golden.h"

static void job_free_one(gpointer data)
{
    struct job *job = data;

    g_free(job->vm);
    g_free(job->from);
    g_free(job->to);
    g_free(job->who);
    g_free(job->why);
    g_free(job->result);
    g_free(job->note);
    g_free(job);
}

static void entry_free_one(gpointer data)
{
    struct journal_entry *entry = data;

    g_free(entry->what);
    g_free(entry->object);
    g_free(entry->who);
    g_free(entry->text);
    g_free(entry->result);
    g_free(entry);
}

static void fill_host(struct host *host, guint number)
{
    host->mac = g_strdup_printf("52:54:00:00:%02x:%02x", number >> 8 & 0xff, number & 0xff);
    host->state = HOST_ON;
    host->state_since_us = 1;
    host->wake = HOST_WAKE_ARMED;
    host->cpus = 2;
    host->mem_kib = 2 * 1024 * 1024;
    /* Some work here and there, the same each time: 0.03 .. 0.38, every tenth host regular. */
    host->load15_permille = (gint)(60 + number * 37 % 700) + (number % 10 == 3 ? 600 : 0);
    host->cpu_permille = 50;
    host->users = g_new0(char *, 1);
    host->seen_at_us = STAGE_NOW_US - CLOCK_SECOND_US;
}

static void fill_vm(struct vm *vm, const char *home, guint number)
{
    vm->home = g_strdup(home);
    vm->mac = g_strdup_printf("52:54:01:00:%02x:%02x", number >> 8 & 0xff, number & 0xff);
    vm->mem_kib = 256 * 1024;
    vm->vcpus = 1;
    vm->cpu_permille = (gint)(number * 53 % 180);
    vm->state = VM_RUNNING;
    vm->seen_at_us = STAGE_NOW_US - CLOCK_SECOND_US;
}

/* pc01, or pc0001 in a large lab. */
static char *make_name(guint n_hosts, guint number)
{
    return n_hosts > 99 ? g_strdup_printf("pc%04u", number) : g_strdup_printf("pc%02u", number);
}

static void add_host(struct stage *stage, guint number, guint n_hosts)
{
    g_autofree char *name = make_name(n_hosts, number);
    g_autofree char *address = g_strdup_printf("10.0.%u.%u", number / 250, number % 250 + 1);
    struct host *host = cluster_add_host(stage->cluster, name, address, NULL);
    struct vm *vm;

    g_assert_nonnull(host);
    fill_host(host, number);
    vm = cluster_add_vm(stage->cluster, host, name, NULL);
    g_assert_nonnull(vm);
    g_clear_pointer(&vm->home, g_free);
    fill_vm(vm, name, number);
}

struct stage *stage_new(guint n_hosts)
{
    struct stage *stage = g_new0(struct stage, 1);
    struct keymap *keymap = keymap_load("default", NULL, NULL);

    g_assert_nonnull(keymap);
    stage->cluster = cluster_new("Ercolani");
    for (guint i = 1; i <= n_hosts; i++)
        add_host(stage, i, n_hosts);
    engine_config_init(&stage->settings);
    stage->hours = hours_new("Mon-Fri 09:00-19:45; Sat 09:00-13:45", NULL, "UTC", NULL);
    stage->jobs = g_ptr_array_new_with_free_func(job_free_one);
    stage->journal = g_ptr_array_new_with_free_func(entry_free_one);
    stage->screen = screen_offscreen_new(80, 24);
    stage->app = app_new(NULL, stage->screen, keymap, NULL, TRUE);
    stage->app->scene.cluster = stage->cluster;
    stage->app->scene.settings = &stage->settings;
    stage->app->scene.hours = stage->hours;
    stage->app->scene.jobs = stage->jobs;
    stage->app->scene.journal = stage->journal;
    stage->app->scene.mode = ENGINE_BY_HOURS;
    stage->app->scene.phase = HOURS_CLOSED;
    stage->app->scene.speed = 60;
    stage->app->scene.now_us = STAGE_NOW_US;
    stage->app->scene.wall_us = STAGE_WALL_US;
    scene_count(&stage->app->scene);
    return stage;
}

void stage_free(struct stage *stage)
{
    app_free(stage->app);
    screen_free(stage->screen);
    cluster_free(stage->cluster);
    hours_free(stage->hours);
    g_ptr_array_unref(stage->jobs);
    g_ptr_array_unref(stage->journal);
    g_free(stage);
}

struct host *stage_host(const struct stage *stage, guint number)
{
    return g_ptr_array_index(stage->cluster->hosts, number - 1);
}

struct vm *stage_vm(const struct stage *stage, guint number)
{
    g_autofree char *name = make_name(stage->cluster->hosts->len, number);

    return cluster_find_vm(stage->cluster, name);
}

void stage_switch_off(const struct stage *stage, guint number)
{
    struct host *host = stage_host(stage, number);

    host_set_state(host, HOST_OFF, STAGE_NOW_US - CLOCK_MINUTE_US);
    host->cpu_permille = host->load15_permille = -1;
}

void stage_pack(const struct stage *stage, guint n)
{
    for (guint number = n + 1; number <= stage->cluster->hosts->len; number++) {
        cluster_move_vm(stage->cluster, stage_vm(stage, number), stage_host(stage, number % n + 1),
                        STAGE_NOW_US - CLOCK_MINUTE_US);
        stage_switch_off(stage, number);
    }
}

struct job *stage_add_job(struct stage *stage, enum job_kind kind, enum job_state state, guint vm,
                          guint from, guint to)
{
    struct job *job = g_new0(struct job, 1);

    job->id = job->turn = stage->jobs->len + 1;
    job->kind = kind;
    job->state = state;
    job->origin = JOB_AUTOMATIC;
    job->from = g_strdup(stage_host(stage, from)->name);
    if (kind == JOB_MIGRATE) {
        job->vm = g_strdup(stage_vm(stage, vm)->name);
        job->to = g_strdup(stage_host(stage, to)->name);
        job->mem_kib = 256 * 1024;
    }
    job->who = g_strdup("autopilot");
    job->why = g_strdup_printf("so that %s can go off", job->from);
    job->attempt = 1;
    job->queued_at_us = STAGE_NOW_US - 10 * CLOCK_SECOND_US;
    job->started_at_us = state == JOB_QUEUED ? 0 : STAGE_NOW_US - 3 * CLOCK_SECOND_US;
    g_ptr_array_add(stage->jobs, job);
    return job;
}

void stage_set_halfway(struct job *job)
{
    job->progress = (struct migrate_progress){.total_bytes = G_GUINT64_CONSTANT(268435456),
                                              .done_bytes = G_GUINT64_CONSTANT(134217728),
                                              .left_bytes = G_GUINT64_CONSTANT(134217728),
                                              .speed_bytes_per_s = G_GUINT64_CONSTANT(41943040),
                                              .elapsed_us = 3 * CLOCK_SECOND_US,
                                              .pass = 1};
    job->progress_permille = 500;
}

void stage_add_entry(struct stage *stage, guint seconds_ago, const char *what, const char *object,
                     const char *text, const char *result)
{
    struct journal_entry *entry = g_new0(struct journal_entry, 1);

    *entry = (struct journal_entry){.wall_us = STAGE_WALL_US - seconds_ago * CLOCK_SECOND_US,
                                    .what = g_strdup(what),
                                    .object = g_strdup(object),
                                    .who = g_strdup("autopilot"),
                                    .text = g_strdup(text),
                                    .result = g_strdup(result)};
    g_ptr_array_add(stage->journal, entry);
}

const struct surface *stage_draw(struct stage *stage, int width, int height)
{
    scene_count(&stage->app->scene);
    return app_draw(stage->app, width, height);
}

void stage_check(struct stage *stage, const char *name, int width, int height)
{
    g_autofree char *file = g_strdup_printf("%s-%dx%d", name, width, height);

    golden_check_surface(file, stage_draw(stage, width, height));
}

void stage_press(struct stage *stage, const char *keys)
{
    g_auto(GStrv) names = g_strsplit(keys, " ", -1);

    for (guint i = 0; names[i] != NULL; i++) {
        const struct input input = {.kind = INPUT_KEY, .key = input_key_parse(names[i])};

        if (input.key == 0)
            g_error("\"%s\" is no key", names[i]);
        app_input(stage->app, &input);
    }
}

void stage_type(struct stage *stage, const char *text)
{
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        const struct input input = {.kind = INPUT_KEY, .key = g_utf8_get_char(at)};

        app_input(stage->app, &input);
    }
}

gboolean stage_shows(struct stage *stage, const char *text)
{
    g_autofree char *dump = surface_dump(stage_draw(stage, 80, 24));

    return strstr(dump, text) != NULL;
}
