/* filter_keys.c - the one table of what a filter can ask: it is parsed, completed and explained
 * from here. */
#include <string.h>

#include "core/base/text.h"
#include "tui/filter_term.h"

#define CANDIDATES_MOST 200

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

static gboolean has_load(const struct filter_term *term, const struct filter_subject *subject)
{
    gint load = host_load_permille(subject->host);

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

/* A row makes a key: nothing else has to be told of it. */
static const struct filter_key keys[] = {
    {"state", HOSTS, FILTER_CHOICE,
     "under|regular|over|empty|on|off|waking|stopping|doubt|unreachable|maintenance",
     "how the host is", has_state},
    {"host", HOSTS | ENTRIES | JOBS, FILTER_NAME, NULL, "the host's name", has_host},
    {"vm", VMS | ENTRIES | JOBS, FILTER_NAME, NULL, "a VM's name", has_vm},
    {"load", HOSTS, FILTER_NUMBER, NULL, "load of 15 minutes for each CPU", has_load},
    {"cpu", HOSTS | VMS, FILTER_NUMBER, NULL, "CPU use in % (of a VM: of one core)", has_cpu},
    {"ram", HOSTS | VMS, FILTER_SIZE, NULL, "RAM of the host, or of a VM", has_ram},
    {"free", HOSTS, FILTER_SIZE, NULL, "RAM of the host that no VM holds", has_free},
    {"vms", HOSTS, FILTER_NUMBER, NULL, "how many VMs run there", has_vms},
    {"user", HOSTS | ENTRIES | JOBS, FILTER_NAME, NULL, "who is logged in, or did it", has_user},
    {"note", HOSTS, FILTER_TEXT, NULL, "a piece of the host's note", has_note},
    {"address", HOSTS, FILTER_NAME, NULL, "the host's address", has_address},
    {"wake", HOSTS, FILTER_CHOICE, "armed|disarmed|assumed|proven|command|unknown",
     "whether it can be woken", has_wake},
    {"maintenance", HOSTS, FILTER_YES, "yes|no", "kept out of all that is automatic",
     has_maintenance},
    {"manager", HOSTS, FILTER_YES, "yes|no", "the host that runs the manager", has_manager},
    {"vm-state", VMS, FILTER_CHOICE, "running|paused|off|unknown|lost", "how a VM is",
     has_vm_state},
    {"home", VMS, FILTER_NAME, NULL, "the host a VM belongs to", has_home},
    {"away", VMS, FILTER_YES, "yes|no", "a VM on another host than its own", is_away},
    {"pin", VMS, FILTER_NAME, NULL, "the host a VM must not leave", has_pin},
    {"group", VMS, FILTER_NAME, NULL, "the group a VM is kept apart from", has_group},
    {"moving", HOSTS | VMS, FILTER_YES, "yes|no", "a migration under way", is_moving},
    {"alarm", HOSTS | VMS | ENTRIES, FILTER_YES, "yes|no", "in alarm", has_alarm},
    {"job", HOSTS | VMS, FILTER_CHOICE, "running|queued|verifying|any|none", "what is done to it",
     has_job},
    {"job", JOBS, FILTER_CHOICE, "running|queued|verifying|done|failed|cancelled",
     "how far the job is", has_job},
    {"what", ENTRIES | JOBS, FILTER_NAME, NULL, "the kind: migrate, wake, off, start, stop...",
     has_what},
    {"result", ENTRIES, FILTER_NAME, "done|failed|cancelled|refused|queued", "how it ended",
     has_result},
};

const struct filter_key *filter_key_find(guint scope, const char *name, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        if ((keys[i].scope & scope) != 0 && strlen(keys[i].name) == length &&
            g_ascii_strncasecmp(keys[i].name, name, length) == 0)
            return &keys[i];
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
    if (index >= G_N_ELEMENTS(keys))
        return FALSE;
    *scope = keys[index].scope;
    *name = keys[index].name;
    *value = filter_key_value(&keys[index]);
    *help = keys[index].help;
    return TRUE;
}

/* --- Completion ------------------------------------------------------------------------------ */

static void candidate_free(gpointer data)
{
    struct filter_candidate *candidate = data;

    g_free(candidate->word);
    g_free(candidate->help);
    g_free(candidate);
}

/* The word that ends at the cursor. A '!' before it stays. */
static gsize word_start(const char *text, gsize cursor)
{
    gboolean quoted = FALSE;
    gsize start = 0;

    for (gsize i = 0; i < cursor; i++) {
        if (text[i] == '"')
            quoted = !quoted;
        if (!quoted && (text[i] == ' ' || text[i] == '|' ||
                        (text[i] == '!' && (i == 0 || text[i - 1] == ' '))))
            start = i + 1;
    }
    return start;
}

static void add(GPtrArray *candidates, const char *typed, char *word, const char *help)
{
    g_autofree char *taken = word;
    struct filter_candidate *candidate;

    if (candidates->len >= CANDIDATES_MOST || g_ascii_strncasecmp(word, typed, strlen(typed)) != 0)
        return;
    for (guint i = 0; i < candidates->len; i++) {
        if (g_str_equal(((struct filter_candidate *)candidates->pdata[i])->word, word))
            return;
    }
    candidate = g_new0(struct filter_candidate, 1);
    candidate->word = g_steal_pointer(&taken);
    candidate->help = g_strdup(help);
    g_ptr_array_add(candidates, candidate);
}

/* A name as a word of the filter has to be written; NULL when it cannot be completed to. */
static char *value_word(const struct filter_key *key, const char *name)
{
    if (name == NULL || *name == '\0' || strchr(name, '"') != NULL)
        return NULL;
    return strpbrk(name, " |!") != NULL ? g_strdup_printf("%s:\"%s\"", key->name, name)
                                        : g_strdup_printf("%s:%s", key->name, name);
}

static void add_value(GPtrArray *candidates, const char *typed, const struct filter_key *key,
                      const char *name)
{
    char *word = value_word(key, name);

    if (word != NULL)
        add(candidates, typed, word, "");
}

/* What a name key may be, as the lab has it now. */
static void add_host_values(GPtrArray *candidates, const char *typed, const struct filter_key *key,
                            const struct host *host)
{
    if (key->match == has_host || key->match == has_home || key->match == has_pin)
        add_value(candidates, typed, key, host->name);
    else if (key->match == has_address)
        add_value(candidates, typed, key, host->address);
    for (char **user = host->users; key->match == has_user && user != NULL && *user != NULL; user++)
        add_value(candidates, typed, key, *user);
    for (guint i = 0; i < host->vms->len && candidates->len < CANDIDATES_MOST; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);

        if (key->match == has_vm)
            add_value(candidates, typed, key, vm->name);
        else if (key->match == has_group)
            add_value(candidates, typed, key, vm->group);
    }
}

static void add_values(GPtrArray *candidates, const struct scene *scene, const char *typed,
                       const struct filter_key *key)
{
    g_auto(GStrv) choices = key->choices != NULL ? g_strsplit(key->choices, "|", -1) : NULL;

    for (guint i = 0; choices != NULL && choices[i] != NULL; i++)
        add_value(candidates, typed, key, choices[i]);
    for (guint i = 0; key->value == FILTER_NAME && scene != NULL && i < scene->cluster->hosts->len;
         i++)
        add_host_values(candidates, typed, key, g_ptr_array_index(scene->cluster->hosts, i));
}

static const struct filter_key *key_before(guint scope, const char *word)
{
    const char *colon = strchr(word, ':');

    return colon != NULL ? filter_key_find(scope, word, (gsize)(colon - word)) : NULL;
}

GPtrArray *filter_complete(guint scope, const struct scene *scene, const char *text, gsize cursor,
                           gsize *start)
{
    GPtrArray *candidates = g_ptr_array_new_with_free_func(candidate_free);
    g_autofree char *typed = NULL;
    const struct filter_key *key;

    *start = word_start(text, cursor);
    typed = g_strndup(text + *start, cursor - *start);
    key = key_before(scope, typed);
    if (key != NULL) {
        add_values(candidates, scene, typed, key);
        return candidates;
    }
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        if ((keys[i].scope & scope) != 0)
            add(candidates, typed, g_strdup_printf("%s:", keys[i].name), keys[i].help);
    }
    return candidates;
}

char *filter_hint(guint scope, const char *text, gsize cursor)
{
    gsize start = word_start(text, cursor);
    g_autofree char *typed = g_strndup(text + start, cursor - start);
    const struct filter_key *key = key_before(scope, typed);
    g_auto(GStrv) choices = NULL;
    g_autofree char *all = NULL;

    if (key == NULL)
        return NULL;
    if (key->choices == NULL)
        return g_strdup_printf("%s: %s: %s", key->name, key->help, filter_key_value(key));
    choices = g_strsplit(key->choices, "|", -1);
    all = g_strjoinv(", ", choices);
    return g_strdup_printf("%s: %s: %s", key->name, key->help, all);
}
