#include "tui/scene.h"

#include "core/base/text.h"

void scene_init(struct scene *scene)
{
    *scene = (struct scene){.speed = 1};
    scene->hosts = g_array_new(FALSE, TRUE, sizeof(struct scene_host));
    scene->coming = g_array_new(FALSE, TRUE, sizeof(struct scene_coming));
    scene->jobs_by_vm = g_hash_table_new(g_str_hash, g_str_equal);
    scene->jobs_by_host = g_hash_table_new(g_str_hash, g_str_equal);
}

void scene_clear(struct scene *scene)
{
    manager_look_clear(&scene->manager);
    g_clear_pointer(&scene->hosts, g_array_unref);
    g_clear_pointer(&scene->coming, g_array_unref);
    g_clear_pointer(&scene->jobs_by_vm, g_hash_table_unref);
    g_clear_pointer(&scene->jobs_by_host, g_hash_table_unref);
}

void scene_read(struct scene *scene, const struct engine *engine)
{
    const struct clock *clock = engine_clock(engine);

    scene->cluster = engine_cluster(engine);
    scene->settings = engine_settings(engine);
    scene->hours = engine_hours(engine);
    scene->jobs = engine_jobs(engine);
    scene->journal = engine_journal(engine);
    scene->mode = engine_mode(engine);
    scene->phase = engine_phase(engine);
    scene->goal = engine_goal(engine);
    scene->speed = clock_speed(clock);
    scene->stepped = clock_is_stepped(clock);
    scene->now_us = clock_mono_us(clock);
    scene->wall_us = clock_wall_us(clock);
    scene_count(scene);
}

static void reset_counts(struct scene *scene)
{
    g_array_set_size(scene->hosts, 0);
    g_array_set_size(scene->hosts, scene->cluster->hosts->len);
    g_array_set_size(scene->coming, 0);
    g_hash_table_remove_all(scene->jobs_by_vm);
    g_hash_table_remove_all(scene->jobs_by_host);
    for (guint i = 0; i < HOST_MARK_COUNT; i++)
        scene->n_marks[i] = 0;
    scene->n_on = scene->n_off = scene->n_changing = scene->n_doubt = 0;
    scene->n_vms = scene->n_active_vms = scene->n_alarms = 0;
    scene->n_running = scene->n_queued = scene->n_migrating = 0;
    scene->alarm_vm = NULL;
}

static void count_migration(struct scene *scene, const struct job *job)
{
    const struct host *to = cluster_find_host(scene->cluster, job->to);

    g_hash_table_insert(scene->jobs_by_vm, job->vm, (gpointer)job);
    if (job->state != JOB_QUEUED)
        scene->n_migrating++;
    if (to == NULL)
        return;
    g_array_index(scene->hosts, struct scene_host, to->index).coming++;
    if (job->state != JOB_QUEUED) {
        struct scene_coming coming = {to->index, job};

        g_array_append_val(scene->coming, coming);
    }
}

static int compare_coming(gconstpointer a, gconstpointer b)
{
    const struct scene_coming *x = a, *y = b;

    if (x->host != y->host)
        return x->host < y->host ? -1 : 1;
    return x->job->id < y->job->id ? -1 : x->job->id > y->job->id;
}

static void count_jobs(struct scene *scene)
{
    for (guint i = 0; i < scene->jobs->len; i++) {
        const struct job *job = g_ptr_array_index(scene->jobs, i);

        if (job_is_over(job))
            continue;
        if (job->state == JOB_QUEUED)
            scene->n_queued++;
        else
            scene->n_running++;
        if (job->kind == JOB_MIGRATE)
            count_migration(scene, job);
        else if (job_is_power(job))
            g_hash_table_insert(scene->jobs_by_host, job->from, (gpointer)job);
    }
    g_array_sort(scene->coming, compare_coming);
    for (guint i = 0; i < scene->coming->len; i++) {
        guint index = g_array_index(scene->coming, struct scene_coming, i).host;
        struct scene_host *facts = &g_array_index(scene->hosts, struct scene_host, index);

        if (facts->n_coming++ == 0)
            facts->first_coming = i;
    }
}

/* Both hosts that claim a VM show it. */
static void count_alarm(struct scene *scene, const struct vm *vm)
{
    g_array_index(scene->hosts, struct scene_host, vm->host->index).alarms++;
    if (vm->also_on != NULL)
        g_array_index(scene->hosts, struct scene_host, vm->also_on->index).alarms++;
    if (scene->n_alarms++ == 0)
        scene->alarm_vm = vm;
}

static void count_vms(struct scene *scene, const struct host *host, struct scene_host *facts)
{
    facts->present = host->vms->len;
    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);

        scene->n_vms++;
        if (vm_is_active(vm))
            facts->active++;
        if (scene_vm_in_alarm(scene, vm))
            count_alarm(scene, vm);
    }
    scene->n_active_vms += facts->active;
}

static void count_host(struct scene *scene, const struct host *host)
{
    struct scene_host *facts = &g_array_index(scene->hosts, struct scene_host, host->index);
    enum host_class class = policy_classify(host, &scene->settings->policy, scene->now_us);

    facts->mark = host_mark_of(host, class);
    scene->n_marks[facts->mark]++;
    count_vms(scene, host, facts);
    switch (facts->mark) {
    case HOST_MARK_OFF:
        scene->n_off++;
        break;
    case HOST_MARK_WAKING:
    case HOST_MARK_STOPPING:
        scene->n_changing++;
        break;
    case HOST_MARK_DOUBT:
        scene->n_doubt++;
        break;
    default:
        scene->n_on++;
    }
}

void scene_count(struct scene *scene)
{
    scene->counted++;
    reset_counts(scene);
    count_jobs(scene);
    for (guint i = 0; i < scene->cluster->hosts->len; i++)
        count_host(scene, g_ptr_array_index(scene->cluster->hosts, i));
    scene->watts = energy_cluster_watts(scene->cluster, &scene->settings->energy);
    scene->watts_all_on = energy_all_on_watts(scene->cluster, &scene->settings->energy);
}

const struct host *scene_host_at(const struct scene *scene, guint index)
{
    if (scene->cluster == NULL || index >= scene->cluster->hosts->len)
        return NULL;
    return g_ptr_array_index(scene->cluster->hosts, index);
}

const struct scene_host *scene_facts(const struct scene *scene, const struct host *host)
{
    return &g_array_index(scene->hosts, struct scene_host, host->index);
}

gint scene_load_permille(const struct scene *scene, const struct host *host)
{
    return policy_host_load_permille(host, &scene->settings->policy, scene->now_us);
}

const struct job *scene_job_of_vm(const struct scene *scene, const struct vm *vm)
{
    return g_hash_table_lookup(scene->jobs_by_vm, vm->name);
}

const struct job *scene_job_of_host(const struct scene *scene, const struct host *host)
{
    return g_hash_table_lookup(scene->jobs_by_host, host->name);
}

gboolean scene_vm_in_alarm(const struct scene *scene, const struct vm *vm)
{
    if (vm->state == VM_LOST)
        return TRUE;
    if (vm->also_on == NULL || g_hash_table_contains(scene->jobs_by_vm, vm->name))
        return FALSE;
    return vm->host->seen_at_us >= vm->also_on_at_us &&
           vm->also_on->seen_at_us >= vm->also_on_at_us;
}

enum vm_mark scene_vm_mark(const struct scene *scene, const struct vm *vm)
{
    const struct job *job = scene_job_of_vm(scene, vm);

    return vm_mark_of(vm, job != NULL && job->state != JOB_QUEUED, scene_vm_in_alarm(scene, vm));
}

char *scene_alarm_sentence(const struct scene *scene)
{
    const struct vm *vm = scene->alarm_vm;
    g_autofree char *name = NULL;
    g_autofree char *host = NULL;
    g_autofree char *other = NULL;

    if (vm == NULL)
        return NULL;
    name = text_escape(vm->name);
    host = text_escape(vm->host->name);
    if (vm->state == VM_LOST)
        return g_strdup_printf("vm %s is lost: it ran on %s, no host has it now; look there first",
                               name, host);
    other = text_escape(vm->also_on->name);
    if ((vm->state == VM_PAUSED) != vm->also_paused)
        return g_strdup_printf("vm %s runs on %s, and %s has a paused copy: destroy that one", name,
                               vm->also_paused ? host : other, vm->also_paused ? other : host);
    return g_strdup_printf("vm %s runs on %s and on %s: shut one of the two down by hand", name,
                           host, other);
}

char *scene_time(const struct scene *scene, gint64 wall_us, const char *g_date_format)
{
    g_autoptr(GDateTime) time = NULL;
    char *text;

    if (scene->hours != NULL)
        return hours_format(scene->hours, wall_us, g_date_format);
    time = g_date_time_new_from_unix_local(wall_us / G_USEC_PER_SEC);
    text = time != NULL ? g_date_time_format(time, g_date_format) : NULL;
    return text != NULL ? text : g_strdup("");
}
