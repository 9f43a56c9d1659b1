/*
 * scene.h - what there is to be seen at one moment: the facts of the engine and what follows from
 * them, counted once for each frame. Views read a scene and nothing else of the lab.
 *
 * Everything but the arrays of the scene itself is borrowed from the engine and valid until the
 * main loop runs again. Thread: main.
 */
#ifndef ROOST_TUI_SCENE_H
#define ROOST_TUI_SCENE_H

#include "core/engine/engine.h"
#include "tui/manager.h"
#include "tui/mark.h"

struct scene_host {
    enum host_mark mark;
    guint active;       /* VMs that hold RAM there */
    guint present;      /* all that are known there */
    guint coming;       /* migrations under way towards it, queued ones included */
    guint alarms;       /* VMs in alarm that it has, or claims */
    guint first_coming; /* into scene->coming; only those that have begun */
    guint n_coming;
};

struct scene {
    /* filled by scene_read, or by hand in tests */
    const struct cluster *cluster;
    const struct engine_config *settings;
    const struct hours *hours; /* NULL = never open */
    const GPtrArray *jobs;     /* struct job * */
    const GPtrArray *journal;  /* struct journal_entry * */
    enum engine_mode mode;
    enum hours_phase phase;
    enum engine_goal goal;
    gboolean simulated;
    guint speed;      /* of a simulated clock; 0 = paused */
    gboolean stepped; /* its clock goes on only while a verb runs */
    gint64 now_us;
    gint64 wall_us;
    struct manager_look manager; /* filled by manager_read; owned */

    /* filled by scene_count */
    guint64 counted; /* how often: what was made from it before is old */
    GArray *hosts;   /* struct scene_host, by host->index */
    GArray *coming;  /* struct scene_coming, by host */
    GHashTable *jobs_by_vm;
    GHashTable *jobs_by_host; /* wake and off */
    guint n_marks[HOST_MARK_COUNT];
    guint n_on, n_off, n_changing, n_doubt;
    guint n_vms;        /* all that are known */
    guint n_active_vms; /* those that run */
    guint n_alarms;
    guint n_running, n_queued; /* jobs */
    guint n_migrating;         /* of those running */
    const struct vm *alarm_vm; /* the first of them */
    double watts, watts_all_on;
};

struct scene_coming {
    guint host; /* index */
    const struct job *job;
};

void scene_init(struct scene *scene);
void scene_clear(struct scene *scene);

/* Takes the facts of the engine as they are now, and counts. */
void scene_read(struct scene *scene, const struct engine *engine);

/* Counts; to be called when the facts were filled in or changed. */
void scene_count(struct scene *scene);

const struct host *scene_host_at(const struct scene *scene, guint index); /* NULL past the end */
const struct scene_host *scene_facts(const struct scene *scene, const struct host *host);

/* The load that the host is judged by, in thousandths; -1 when not known. */
gint scene_load_permille(const struct scene *scene, const struct host *host);

/* The running migration or the one queued; NULL for none. */
const struct job *scene_job_of_vm(const struct scene *scene, const struct vm *vm);
const struct job *scene_job_of_host(const struct scene *scene, const struct host *host);

/*
 * TRUE when the VM is an alarm: lost, or claimed by two hosts that have both been asked since and
 * with no migration of it under way.
 */
gboolean scene_vm_in_alarm(const struct scene *scene, const struct vm *vm);
enum vm_mark scene_vm_mark(const struct scene *scene, const struct vm *vm);

/* The first alarm in a sentence that says what to do; NULL when there is none. Free with g_free. */
char *scene_alarm_sentence(const struct scene *scene);

/* Wall-clock time in the lab's zone. Free with g_free. */
char *scene_time(const struct scene *scene, gint64 wall_us, const char *g_date_format);

#endif
