#include "core/manager/state_file.h"

#include <string.h>

#include "core/base/error.h"
#include "core/manager/xml_read.h"
#include "core/store/cluster_schema.h"

#define VERSION 1

static const char *const mode_words[] = {"manual", "hours", "always", NULL};
static const char *const phase_words[] = {
    [HOURS_OPEN] = "open", [HOURS_CLOSED] = "closed", [HOURS_PREPARING] = "preparing", NULL};
static const char *const goal_words[] = {"none", "compact", "normalize", NULL};
static const char *const policy_words[] = {"pairs", "pack", NULL};
static const char *const job_kind_words[] = {"migrate", "wake",   "off",    "start", "stop",
                                             "control", "define", "forget", NULL};
static const char *const job_state_words[] = {"queued", "running",   "verifying", "done",
                                              "failed", "cancelled", NULL};
static const char *const action_words[] = {
    "start",  "shut-down", "force-off",    "pause",         "resume",
    "reboot", "reset",     "autostart-on", "autostart-off", NULL};
static const char *const origin_words[] = {"hand", "automatic", NULL};
static const char *const migrate_mode_words[] = {"pre-copy", "post-copy", "stop-and-copy", NULL};
static const char *const stage_words[] = {"copying", "paused", "following", NULL};
static const char *const order_words[] = {
    "migrate", "wake",        "off",     "start",      "stop",      "control",
    "drain",   "maintenance", "cancel",  "cancel-all", "post-copy", "mode",
    "policy",  "goal",        "refresh", "edit",       "add-host",  "remove-host",
    "define",  "forget",      "retry",   "move-job",   "plan",      NULL};

#define STATE(member) G_STRUCT_OFFSET(struct manager_state, member)
static const struct xml_field state_fields[] = {
    {"fence", XML_UINT64, STATE(fence)},
    {"number", XML_UINT64, STATE(number)},
    {"wall-us", XML_INT64, STATE(wall_us)},
    {"mono-us", XML_INT64, STATE(mono_us)},
    {"mode", XML_WORD, STATE(mode), mode_words},
    {"phase", XML_WORD, STATE(phase), phase_words},
    {"policy", XML_WORD, STATE(policy), policy_words},
    {"goal", XML_WORD, STATE(goal), goal_words},
    {"goal-summary", XML_TEXT, STATE(goal_summary)},
    {"goal-failures", XML_UINT, STATE(goal_failures)},
    {"unseen", XML_UINT, STATE(unseen)},
    {"unmeasured", XML_UINT, STATE(unmeasured)},
    {"journal", XML_UINT64, STATE(journal_seq)},
    {NULL},
};

#define JOB(member) G_STRUCT_OFFSET(struct job, member)
static const struct xml_field job_fields[] = {
    {"id", XML_UINT, JOB(id)},
    {"turn", XML_UINT, JOB(turn)},
    {"kind", XML_WORD, JOB(kind), job_kind_words},
    {"state", XML_WORD, JOB(state), job_state_words},
    {"origin", XML_WORD, JOB(origin), origin_words},
    {"force", XML_FLAG, JOB(force)},
    {"cancel-asked", XML_FLAG, JOB(cancel_asked)},
    {"action", XML_WORD, JOB(action), action_words},
    {"vm", XML_TEXT, JOB(vm)},
    {"from", XML_TEXT, JOB(from)},
    {"to", XML_TEXT, JOB(to)},
    {"who", XML_TEXT, JOB(who)},
    {"why", XML_TEXT, JOB(why)},
    {"result", XML_TEXT, JOB(result)},
    {"note", XML_TEXT, JOB(note)},
    {"attempt", XML_UINT, JOB(attempt)},
    {"mem-kib", XML_UINT64, JOB(mem_kib)},
    {"queued-us", XML_INT64, JOB(queued_at_us)},
    {"started-us", XML_INT64, JOB(started_at_us)},
    {"ended-us", XML_INT64, JOB(ended_at_us)},
    {"not-before-us", XML_INT64, JOB(not_before_us)},
    {"stuck", XML_FLAG, JOB(stuck)},
    {"mode", XML_WORD, JOB(mode), migrate_mode_words},
    {"permille", XML_UINT, JOB(progress_permille)},
    {"stage", XML_WORD, JOB(progress.stage), stage_words},
    {"total-bytes", XML_UINT64, JOB(progress.total_bytes)},
    {"done-bytes", XML_UINT64, JOB(progress.done_bytes)},
    {"left-bytes", XML_UINT64, JOB(progress.left_bytes)},
    {"dirty-rate", XML_UINT64, JOB(progress.dirty_bytes_per_s)},
    {"speed", XML_UINT64, JOB(progress.speed_bytes_per_s)},
    {"elapsed-us", XML_INT64, JOB(progress.elapsed_us)},
    {"downtime-us", XML_INT64, JOB(progress.downtime_us)},
    {"pass", XML_UINT, JOB(progress.pass)},
    {NULL},
};

#define ENTRY(member) G_STRUCT_OFFSET(struct journal_entry, member)
static const struct xml_field entry_fields[] = {
    {"wall-us", XML_INT64, ENTRY(wall_us)}, {"what", XML_TEXT, ENTRY(what)},
    {"object", XML_TEXT, ENTRY(object)},    {"who", XML_TEXT, ENTRY(who)},
    {"text", XML_TEXT, ENTRY(text)},        {"result", XML_TEXT, ENTRY(result)},
    {"fence", XML_UINT64, ENTRY(fence)},    {"job", XML_UINT, ENTRY(job)},
    {"alarm", XML_FLAG, ENTRY(alarm)},      {NULL},
};

/* Beside those of ClusterInfo.xml. */
#define HOST(member) G_STRUCT_OFFSET(struct host, member)
static const struct xml_field host_fields[] = {
    {"seen-us", XML_INT64, HOST(seen_at_us)},
    {"state-since-us", XML_INT64, HOST(state_since_us)},
    {"woken-us", XML_INT64, HOST(woken_at_us)},
    {"changed-us", XML_INT64, HOST(changed_at_us)},
    {"mem-available-kib", XML_UINT64, HOST(mem_available_kib)},
    {"trouble", XML_TEXT, HOST(trouble)},
    {NULL},
};

#define VM(member) G_STRUCT_OFFSET(struct vm, member)
static const struct xml_field vm_fields[] = {
    {"seen-us", XML_INT64, VM(seen_at_us)},
    {"missing-since-us", XML_INT64, VM(missing_since_us)},
    {"moved-us", XML_INT64, VM(moved_at_us)},
    {"also-on-us", XML_INT64, VM(also_on_at_us)},
    {"also-paused", XML_FLAG, VM(also_paused)},
    {"stranded", XML_FLAG, VM(stranded)},
    {"broken", XML_FLAG, VM(broken)},
    {"autostart", XML_FLAG, VM(autostart)},
    {"cpu-samples", XML_UINT, VM(cpu_samples)},
    {NULL},
};

#define ORDER(member) G_STRUCT_OFFSET(struct order, member)
static const struct xml_field order_fields[] = {
    {"id", XML_UINT, ORDER(id)},
    {"kind", XML_WORD, ORDER(kind), order_words},
    {"who", XML_TEXT, ORDER(who)},
    {"vm", XML_TEXT, ORDER(vm)},
    {"host", XML_TEXT, ORDER(host)},
    {"key", XML_TEXT, ORDER(key)},
    {"text", XML_LONG, ORDER(text)},
    {"job", XML_UINT, ORDER(job)},
    {"value", XML_INT, ORDER(value)},
    {"on", XML_FLAG, ORDER(on)},
    {"force", XML_FLAG, ORDER(force)},
    {"mode", XML_INT, ORDER(options.mode)},
    {"on-timeout", XML_INT, ORDER(options.on_timeout)},
    {"timeout-us", XML_INT64, ORDER(options.timeout_us)},
    {"bandwidth-mib", XML_INT64, ORDER(options.bandwidth_mib_per_s)},
    {NULL},
};

#define ANSWER(member) G_STRUCT_OFFSET(struct answer, member)
static const struct xml_field answer_fields[] = {
    {"order", XML_UINT, ANSWER(order)},
    {"job", XML_UINT, ANSWER(job)},
    {"number", XML_UINT64, ANSWER(number)},
    {"refusal", XML_TEXT, ANSWER(refusal)},
    {NULL},
};

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

/* --- Writing ---------------------------------------------------------------------------------- */

static void append_schema(GString *out, const struct field *fields, gconstpointer object)
{
    for (const struct field *field = fields; field->name; field++) {
        if (field->use != FIELD_READ)
            schema_write(field, object, out);
    }
}

static void append_host(GString *out, const struct host *host)
{
    g_string_append(out, "    <host");
    append_schema(out, schema_host_fields, host);
    xml_write_fields(out, host_fields, host);
    if (host->users) {
        g_autofree char *users = g_strjoinv(" ", host->users);
        xml_write_text(out, "users", users);
    }
    g_string_append(out, ">\n");
    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *vm = host->vms->pdata[i];
        g_string_append(out, "      <vm");
        append_schema(out, schema_vm_fields, vm);
        xml_write_fields(out, vm_fields, vm);
        if (vm->also_on)
            xml_write_text(out, "also-on", vm->also_on->name);
        g_string_append(out, "/>\n");
    }
    g_string_append(out, "    </host>\n");
}

static void append_element(GString *out, const char *name, const struct xml_field *fields,
                           gconstpointer object)
{
    g_string_append_printf(out, "  <%s", name);
    xml_write_fields(out, fields, object);
    g_string_append(out, "/>\n");
}

char *state_format(const struct manager_state *state, gsize *length)
{
    GString *out = g_string_new(DECLARATION);
    g_string_append_printf(out, "<manager version=\"%d\"", VERSION);
    xml_write_fields(out, state_fields, state);
    g_string_append(out, ">\n");
    for (guint i = 0; i < state->next->len; i++) {
        g_string_append(out, "  <next");
        xml_write_text(out, "text", state->next->pdata[i]);
        g_string_append(out, "/>\n");
    }
    for (guint i = 0; i < state->jobs->len; i++)
        append_element(out, "job", job_fields, state->jobs->pdata[i]);
    for (guint i = 0; i < state->journal->len; i++)
        append_element(out, "entry", entry_fields, state->journal->pdata[i]);
    g_string_append(out, "  <cluster");
    xml_write_text(out, "name", state->cluster->name);
    g_string_append(out, ">\n");
    for (guint i = 0; i < state->cluster->hosts->len; i++)
        append_host(out, state->cluster->hosts->pdata[i]);
    g_string_append(out, "  </cluster>\n</manager>\n");
    *length = out->len;
    return g_string_free(out, FALSE);
}

/* --- Reading ---------------------------------------------------------------------------------- */

struct parse {
    struct manager_state *state;
    struct host *host; /* the last <host>; NULL when it had to be left out */
    GPtrArray *claims; /* char *: name of a VM, and of the second host that says it has it */
    gboolean in_cluster;
};

struct filling {
    const struct field *fields;
    gpointer object;
};

/* What cannot be read is not known, as in ClusterInfo.xml. */
static gboolean fill(const char *name, const char *value, gpointer data)
{
    const struct filling *filling = data;
    const struct field *field = schema_find(filling->fields, name);
    if (field && strcmp(name, "name") != 0 && strcmp(name, "address") != 0)
        schema_read(field, filling->object, value, NULL);
    return TRUE;
}

static void read_host(struct parse *parse, const struct xml_attributes *attributes)
{
    g_autofree char *name = xml_find(attributes, "name");
    g_autofree char *address = xml_find(attributes, "address");
    struct cluster *cluster = parse->state->cluster;
    parse->host = name && address ? cluster_add_host(cluster, name, address, NULL) : NULL;
    if (!parse->host)
        return;
    struct filling filling = {schema_host_fields, parse->host};
    parse->host->role = HOST_NODE;
    xml_each(attributes, fill, &filling);
    xml_read_fields(attributes, host_fields, parse->host, NULL);
}

static void read_vm(struct parse *parse, const struct xml_attributes *attributes)
{
    g_autofree char *name = xml_find(attributes, "name");
    struct vm *vm =
        name && parse->host ? cluster_add_vm(parse->state->cluster, parse->host, name, NULL) : NULL;
    if (!vm)
        return;
    struct filling filling = {schema_vm_fields, vm};
    char *also_on = xml_find(attributes, "also-on");
    xml_each(attributes, fill, &filling);
    xml_read_fields(attributes, vm_fields, vm, NULL);
    if (!also_on)
        return;
    g_ptr_array_add(parse->claims, g_strdup(name));
    g_ptr_array_add(parse->claims, also_on);
}

/* A job or an entry of which a part cannot be read would be told wrongly: it is left out. */
static void read_job(struct parse *parse, const struct xml_attributes *attributes)
{
    struct job *job = g_new0(struct job, 1);
    g_ptr_array_add(parse->state->jobs, job);
    gboolean whole = xml_read_fields(attributes, job_fields, job, NULL) && job->id && job->from;
    job->progress_permille = MIN(job->progress_permille, 1000);
    job->turn = job->turn ? job->turn : job->id; /* a manager that knows of no turns */
    if (!whole || (job->kind == JOB_MIGRATE && (!job->vm || !job->to)) ||
        (job->kind >= JOB_START && !job->vm))
        g_ptr_array_set_size(parse->state->jobs, (gint)parse->state->jobs->len - 1);
}

static void fill_text(char **text)
{
    if (!*text)
        *text = g_strdup("");
}

/* One entry stands for one number: one that cannot be read whole is kept with what it has. */
static void read_entry(struct parse *parse, const struct xml_attributes *attributes)
{
    struct journal_entry *entry = g_new0(struct journal_entry, 1);
    g_ptr_array_add(parse->state->journal, entry);
    xml_read_fields(attributes, entry_fields, entry, NULL);
    fill_text(&entry->what);
    fill_text(&entry->object);
    fill_text(&entry->who);
    fill_text(&entry->text);
    fill_text(&entry->result);
}

static gboolean check_root(const char *name, const char *wanted,
                           const struct xml_attributes *attributes, GError **error)
{
    g_autofree char *version = xml_find(attributes, "version");
    g_autofree char *known = g_strdup_printf("%d", VERSION);
    if (strcmp(name, wanted) == 0 && g_strcmp0(version, known) == 0)
        return TRUE;
    if (strcmp(name, wanted) != 0)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "its first element is not <%s>", wanted);
    else
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "is of a version that is not known here (only %s is): the managers and "
                    "consoles of one lab must be of one version of roost",
                    known);
    return FALSE;
}

static gboolean read_cluster(struct parse *parse, const struct xml_attributes *attributes)
{
    g_autofree char *name = xml_find(attributes, "name");
    if (!parse->state->cluster)
        parse->state->cluster = cluster_new(name ? name : "lab");
    return TRUE;
}

static gboolean state_element(const char *name, guint depth,
                              const struct xml_attributes *attributes, gpointer data,
                              GError **error)
{
    struct parse *parse = data;
    if (depth == 0)
        return check_root(name, "manager", attributes, error) &&
               xml_read_fields(attributes, state_fields, parse->state, error);
    if (depth == 1) {
        parse->in_cluster = strcmp(name, "cluster") == 0;
        parse->host = NULL;
        if (parse->in_cluster)
            return read_cluster(parse, attributes);
        if (strcmp(name, "job") == 0)
            read_job(parse, attributes);
        else if (strcmp(name, "entry") == 0)
            read_entry(parse, attributes);
        else if (strcmp(name, "next") == 0) {
            char *text = xml_find(attributes, "text");
            g_ptr_array_add(parse->state->next, text ? text : g_strdup(""));
        }
    } else if (depth == 2 && parse->in_cluster) {
        parse->host = NULL;
        if (strcmp(name, "host") == 0)
            read_host(parse, attributes);
    } else if (depth == 3 && parse->in_cluster && strcmp(name, "vm") == 0) {
        read_vm(parse, attributes);
    }
    return TRUE;
}

static void settle_claims(const struct parse *parse)
{
    struct cluster *cluster = parse->state->cluster;
    for (guint i = 0; i + 1 < parse->claims->len; i += 2) {
        struct vm *vm = cluster_find_vm(cluster, parse->claims->pdata[i]);
        struct host *by = cluster_find_host(cluster, parse->claims->pdata[i + 1]);
        gint64 at_us = vm ? vm->also_on_at_us : 0;
        gboolean paused = vm && vm->also_paused;
        if (!vm || !by || by == vm->host)
            continue;
        cluster_set_claim(cluster, vm, by, at_us);
        vm->also_paused = paused;
    }
}

struct manager_state *state_parse(const char *label, const char *bytes, gsize length,
                                  GError **error)
{
    g_autoptr(GPtrArray) claims = g_ptr_array_new_with_free_func(g_free);
    autoptr(manager_state) state = manager_state_empty();
    struct parse parse = {.state = state, .claims = claims};
    if (!xml_read(label, bytes, length, state_element, &parse, error))
        return NULL;
    if (!state->cluster) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: has no <cluster>", label);
        return NULL;
    }
    settle_claims(&parse);
    return g_steal_pointer(&state);
}

/* --- Orders and answers ----------------------------------------------------------------------- */

#define STAMP(member) G_STRUCT_OFFSET(struct order_stamp, member)
static const struct xml_field stamp_fields[] = {
    {"fence", XML_UINT64, STAMP(fence)},
    {"seen", XML_UINT64, STAMP(number)},
    {NULL},
};

static char *format_one(const char *name, const struct xml_field *fields, gconstpointer object,
                        const struct order_stamp *stamp)
{
    GString *out = g_string_new(DECLARATION);
    g_string_append_printf(out, "<%s version=\"%d\"", name, VERSION);
    if (stamp)
        xml_write_fields(out, stamp_fields, stamp);
    xml_write_fields(out, fields, object);
    g_string_append(out, "/>\n");
    return g_string_free(out, FALSE);
}

struct one {
    const char *name;
    const struct xml_field *fields;
    gpointer object;
    struct order_stamp stamp;
};

static gboolean one_element(const char *name, guint depth, const struct xml_attributes *attributes,
                            gpointer data, GError **error)
{
    struct one *one = data;
    return depth > 0 || (check_root(name, one->name, attributes, error) &&
                         xml_read_fields(attributes, stamp_fields, &one->stamp, error) &&
                         xml_read_fields(attributes, one->fields, one->object, error));
}

char *order_format(const struct order *order, const struct order_stamp *stamp)
{
    return format_one("order", order_fields, order, stamp);
}

struct order *order_parse(const char *label, const char *bytes, gsize length,
                          struct order_stamp *stamp, GError **error)
{
    autoptr(order) order = g_new0(struct order, 1);
    struct one one = {"order", order_fields, order, {0, 0}};
    if (!xml_read(label, bytes, length, one_element, &one, error))
        return NULL;
    *stamp = one.stamp;
    return g_steal_pointer(&order);
}

char *answer_format(const struct answer *answer)
{
    return format_one("answer", answer_fields, answer, NULL);
}

struct answer *answer_parse(const char *label, const char *bytes, gsize length, GError **error)
{
    autoptr(answer) answer = g_new0(struct answer, 1);
    struct one one = {"answer", answer_fields, answer, {0, 0}};
    if (!xml_read(label, bytes, length, one_element, &one, error))
        return NULL;
    return g_steal_pointer(&answer);
}

void answer_free(struct answer *answer)
{
    if (!answer)
        return;
    g_free(answer->refusal);
    g_free(answer);
}
