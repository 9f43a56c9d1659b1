/* filter_keys.c - the one table of what a filter can ask: it is parsed, completed and explained
 * from it. */
#include <string.h>

#include "core/base/text.h"
#include "tui/filter_term.h"

/* --- Hosts ----------------------------------------------------------------------------------- */

/* The words of the marks that are more than one, as they are typed. */
static const char *mark_word(enum host_mark mark)
{
    if (mark == HOST_MARK_STOPPING)
        return "stopping";
    return mark == HOST_MARK_DOUBT ? "doubt" : host_mark_info[mark].name;
}

static gboolean has_state(const struct filter_term *term, const struct filter_subject *subject)
{
    return filter_term_has_choice(term,
                                  mark_word(scene_facts(subject->scene, subject->host)->mark)) ||
           filter_term_has_choice(term, host_state_name(subject->host->state));
}

/* "host pc05" and "vm web" in the journal. */
static gboolean is_object(const struct filter_term *term, const char *kind, const char *object)
{
    gsize length = strlen(kind);

    return object != NULL && g_str_has_prefix(object, kind) && object[length] == ' ' &&
           filter_term_has_name(term, object + length + 1);
}

static gboolean has_host(const struct filter_term *term, const struct filter_subject *subject)
{
    if (subject->entry != NULL)
        return is_object(term, "host", subject->entry->object);
    if (subject->job != NULL)
        return filter_term_has_name(term, subject->job->from) ||
               filter_term_has_name(term, subject->job->to);
    return filter_term_has_name(term, subject->host->name);
}

static gboolean has_address(const struct filter_term *term, const struct filter_subject *subject)
{
    return filter_term_has_name(term, subject->host->address);
}

static gboolean has_user(const struct filter_term *term, const struct filter_subject *subject)
{
    if (subject->entry != NULL)
        return filter_term_has_name(term, subject->entry->who);
    if (subject->job != NULL)
        return filter_term_has_name(term, subject->job->who);
    for (char **user = subject->host->users; user != NULL && *user != NULL; user++) {
        if (filter_term_has_name(term, *user))
            return TRUE;
    }
    return FALSE;
}

static gboolean has_note(const struct filter_term *term, const struct filter_subject *subject)
{
    return subject->host->note != NULL && filter_term_has_text(term, subject->host->note);
}

static gboolean has_rack(const struct filter_term *term, const struct filter_subject *subject)
{
    return subject->host->rack != NULL && filter_term_has_name(term, subject->host->rack);
}

static gboolean has_room(const struct filter_term *term, const struct filter_subject *subject)
{
    return subject->host->room != NULL && filter_term_has_name(term, subject->host->room);
}

static gboolean has_lab(const struct filter_term *term, const struct filter_subject *subject)
{
    return subject->host->lab != NULL && filter_term_has_name(term, subject->host->lab);
}

static gboolean has_load(const struct filter_term *term, const struct filter_subject *subject)
{
    gint load = scene_load_permille(subject->scene, subject->host);

    return load >= 0 && subject->host->state == HOST_ON &&
           filter_term_has_number(term, load / 1000.0);
}

static gboolean has_cpu(const struct filter_term *term, const struct filter_subject *subject)
{
    gint cpu = subject->vm != NULL ? subject->vm->cpu_permille : subject->host->cpu_permille;
    gboolean runs =
        subject->vm != NULL ? vm_is_active(subject->vm) : subject->host->state == HOST_ON;

    return runs && cpu >= 0 && filter_term_has_number(term, cpu / 10.0);
}

static gboolean has_ram(const struct filter_term *term, const struct filter_subject *subject)
{
    guint64 kib = subject->vm != NULL ? subject->vm->mem_kib : subject->host->mem_kib;

    return kib > 0 && filter_term_has_number(term, (double)kib);
}

static gboolean has_free(const struct filter_term *term, const struct filter_subject *subject)
{
    guint64 used = host_active_mem_kib(subject->host), all = subject->host->mem_kib;

    return all > 0 && filter_term_has_number(term, (double)(all > used ? all - used : 0));
}

static gboolean has_vms(const struct filter_term *term, const struct filter_subject *subject)
{
    return filter_term_has_number(term, host_active_vms(subject->host));
}

static gboolean has_maintenance(const struct filter_term *term,
                                const struct filter_subject *subject)
{
    return term->yes == (subject->host->maintenance != FALSE);
}

static gboolean has_wake(const struct filter_term *term, const struct filter_subject *subject)
{
    return filter_term_has_choice(term, host_wake_name(subject->host->wake));
}

static gboolean has_manager(const struct filter_term *term, const struct filter_subject *subject)
{
    return term->yes == (subject->host->role == HOST_MANAGER);
}

/* --- VMs ------------------------------------------------------------------------------------- */

static gboolean has_vm(const struct filter_term *term, const struct filter_subject *subject)
{
    if (subject->entry != NULL)
        return is_object(term, "vm", subject->entry->object);
    if (subject->job != NULL)
        return subject->job->vm != NULL && filter_term_has_name(term, subject->job->vm);
    return subject->vm != NULL && filter_term_has_name(term, subject->vm->name);
}

static gboolean has_vm_state(const struct filter_term *term, const struct filter_subject *subject)
{
    return subject->vm != NULL && filter_term_has_choice(term, vm_state_name(subject->vm->state));
}

static gboolean has_home(const struct filter_term *term, const struct filter_subject *subject)
{
    return subject->vm != NULL && subject->vm->home != NULL &&
           filter_term_has_name(term, subject->vm->home);
}

static gboolean has_pin(const struct filter_term *term, const struct filter_subject *subject)
{
    return subject->vm != NULL && subject->vm->pin != NULL &&
           filter_term_has_name(term, subject->vm->pin);
}

static gboolean has_group(const struct filter_term *term, const struct filter_subject *subject)
{
    return subject->vm != NULL && subject->vm->group != NULL &&
           filter_term_has_name(term, subject->vm->group);
}

static gboolean is_away(const struct filter_term *term, const struct filter_subject *subject)
{
    const struct vm *vm = subject->vm;

    return vm != NULL && term->yes == (vm->home != NULL && !g_str_equal(vm->home, vm->host->name));
}

/* --- Both ------------------------------------------------------------------------------------ */

static gboolean is_moving(const struct filter_term *term, const struct filter_subject *subject)
{
    const struct scene *scene = subject->scene;

    if (subject->vm != NULL)
        return term->yes == (scene_vm_mark(scene, subject->vm) == VM_MARK_MOVING);
    return term->yes && scene_facts(scene, subject->host)->coming > 0;
}

static gboolean has_alarm(const struct filter_term *term, const struct filter_subject *subject)
{
    if (subject->entry != NULL)
        return term->yes == (subject->entry->alarm != FALSE);
    if (subject->vm != NULL)
        return term->yes == (scene_vm_in_alarm(subject->scene, subject->vm) != FALSE);
    return term->yes == (scene_facts(subject->scene, subject->host)->alarms > 0);
}

static gboolean has_job(const struct filter_term *term, const struct filter_subject *subject)
{
    const struct job *job = subject->job;

    if (job == NULL)
        job = subject->vm != NULL ? scene_job_of_vm(subject->scene, subject->vm)
                                  : scene_job_of_host(subject->scene, subject->host);
    if (job == NULL)
        return filter_term_has_choice(term, "none");
    return filter_term_has_choice(term, "any") ||
           filter_term_has_choice(term, job_state_name(job->state));
}

/* --- The journal and the jobs ---------------------------------------------------------------- */

static gboolean has_what(const struct filter_term *term, const struct filter_subject *subject)
{
    return filter_term_has_name(term, subject->entry != NULL ? subject->entry->what
                                                             : job_kind_name(subject->job->kind));
}

static gboolean has_result(const struct filter_term *term, const struct filter_subject *subject)
{
    return filter_term_has_name(term, subject->entry->result);
}

/* --- The table ------------------------------------------------------------------------------- */

#define HOSTS   FILTER_OF_HOSTS
#define VMS     FILTER_OF_VMS
#define ENTRIES FILTER_OF_ENTRIES
#define JOBS    FILTER_OF_JOBS
#define NONE    FILTER_NO_NAMES

/* A row makes a key: nothing else has to be told of it. */
const struct filter_key filter_keys[] = {
    {"state", HOSTS, FILTER_CHOICE, NONE,
     "under|regular|over|empty|on|off|waking|stopping|doubt|unreachable|maintenance",
     "how the host is", has_state},
    {"host", HOSTS | ENTRIES | JOBS, FILTER_NAME, FILTER_HOST_NAMES, NULL, "the host's name",
     has_host},
    {"vm", VMS | ENTRIES | JOBS, FILTER_NAME, FILTER_VM_NAMES, NULL, "a VM's name", has_vm},
    {"load", HOSTS, FILTER_NUMBER, NONE, NULL, "load for each CPU that hosts are judged by",
     has_load},
    {"cpu", HOSTS | VMS, FILTER_NUMBER, NONE, NULL, "CPU use in % (of a VM: of one core)", has_cpu},
    {"ram", HOSTS | VMS, FILTER_SIZE, NONE, NULL, "RAM of the host, or of a VM", has_ram},
    {"free", HOSTS, FILTER_SIZE, NONE, NULL, "RAM of the host that no VM holds", has_free},
    {"vms", HOSTS, FILTER_NUMBER, NONE, NULL, "how many VMs run there", has_vms},
    {"user", HOSTS | ENTRIES | JOBS, FILTER_NAME, FILTER_USERS, NULL, "who is logged in, or did it",
     has_user},
    {"note", HOSTS, FILTER_TEXT, NONE, NULL, "a piece of the host's note", has_note},
    {"rack", HOSTS, FILTER_NAME, FILTER_RACKS, NULL, "the rack the host stands in", has_rack},
    {"room", HOSTS, FILTER_NAME, FILTER_ROOMS, NULL, "the room it stands in", has_room},
    {"lab", HOSTS, FILTER_NAME, FILTER_LABS, NULL, "the lab it belongs to", has_lab},
    {"address", HOSTS, FILTER_NAME, FILTER_ADDRESSES, NULL, "the host's address", has_address},
    {"wake", HOSTS, FILTER_CHOICE, NONE, "armed|disarmed|assumed|proven|command|unknown",
     "whether it can be woken", has_wake},
    {"maintenance", HOSTS, FILTER_YES, NONE, "yes|no", "kept out of all that is automatic",
     has_maintenance},
    {"manager", HOSTS, FILTER_YES, NONE, "yes|no", "the host that runs the manager", has_manager},
    {"vm-state", VMS, FILTER_CHOICE, NONE, "running|paused|off|unknown|lost", "how a VM is",
     has_vm_state},
    {"home", VMS, FILTER_NAME, FILTER_HOST_NAMES, NULL, "the host a VM belongs to", has_home},
    {"away", VMS, FILTER_YES, NONE, "yes|no", "a VM on another host than its own", is_away},
    {"pin", VMS, FILTER_NAME, FILTER_HOST_NAMES, NULL, "the host a VM must not leave", has_pin},
    {"group", VMS, FILTER_NAME, FILTER_GROUPS, NULL, "the group a VM is kept apart from",
     has_group},
    {"moving", HOSTS | VMS, FILTER_YES, NONE, "yes|no", "a migration under way", is_moving},
    {"alarm", HOSTS | VMS | ENTRIES, FILTER_YES, NONE, "yes|no", "in alarm", has_alarm},
    {"job", HOSTS | VMS, FILTER_CHOICE, NONE, "running|queued|verifying|any|none",
     "what is done to it", has_job},
    {"job", JOBS, FILTER_CHOICE, NONE, "running|queued|verifying|done|failed|cancelled",
     "how far the job is", has_job},
    {"what", ENTRIES | JOBS, FILTER_NAME, NONE,
     "migrate|wake|off|start|stop|host|vm|mode|plan|edit|alarm|store", "the kind", has_what},
    {"result", ENTRIES, FILTER_NAME, NONE, "done|failed|cancelled|refused|queued", "how it ended",
     has_result},
    {NULL},
};

const struct filter_key *filter_key_find(guint scope, const char *name, gsize length)
{
    for (guint i = 0; filter_keys[i].name != NULL; i++) {
        if ((filter_keys[i].scope & scope) != 0 && strlen(filter_keys[i].name) == length &&
            g_ascii_strncasecmp(filter_keys[i].name, name, length) == 0)
            return &filter_keys[i];
    }
    return NULL;
}

const char *filter_key_value(const struct filter_key *key)
{
    switch (key->value) {
    case FILTER_NAME:
        return "a name, * standing for anything, or a /regular expression/";
    case FILTER_TEXT:
        return "a piece of text, or a /regular expression/";
    case FILTER_CHOICE:
        return key->choices;
    case FILTER_NUMBER:
        return "a number: 3, >0.5, <=2";
    case FILTER_SIZE:
        return "a size: 512m, >=1g";
    case FILTER_YES:
        return "yes or no";
    }
    return "";
}

gboolean filter_key_at(guint index, guint *scope, const char **name, const char **value,
                       const char **help)
{
    if (index >= G_N_ELEMENTS(filter_keys) - 1)
        return FALSE;
    *scope = filter_keys[index].scope;
    *name = filter_keys[index].name;
    *value = filter_key_value(&filter_keys[index]);
    *help = filter_keys[index].help;
    return TRUE;
}
