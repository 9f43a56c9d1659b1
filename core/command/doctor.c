#include "core/command/doctor.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/command/doctor_compare.h"

#define PEERS_MOST                                                                                 \
    3 /* of each host: enough to see whose fault it is that one cannot be reached                  \
       */

struct examination {
    struct session *session;
    const struct output *output;
    doctor_progress_func progress; /* NULL = nobody asks */
    gpointer progress_data;
    struct cluster *cluster; /* of its own: in a session that stands hosts come and go */
    struct patient *patients;
    guint *operations; /* 0 = has answered */
    guint count;
    guint awaited;
    gboolean second; /* which of the looks it is */
    gboolean interrupted;
    struct doctor_rules rules;
    char *refresh;    /* command line, for rules */
    char *token_path; /* NULL = none was written */
    char *token;
};

/* What an answer belongs to. */
struct question {
    struct examination *all;
    guint place;
};

/* --- The token: is the store one for all? --- */

/* For the shell; left as it is where that would change nothing. Free with g_free. */
static char *quote(const char *text)
{
    for (const char *p = text; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr("-_./=:,@+%", *p))
            return g_shell_quote(text);
    return g_strdup(text);
}

static gboolean write_token(struct examination *all)
{
    g_autoptr(GError) error = NULL;
    const struct store *store = all->session->store;

    if (!store)
        return TRUE;
    if (all->session->limits.readonly) {
        output_error(all->output, "whether the hosts see the store is not looked at: a file would "
                                  "have to be written there");
        return TRUE;
    }
    all->token = g_strdup_printf("roost %08x%08x", g_random_int(), g_random_int());
    g_autofree char *name = g_strdup_printf(".roost-doctor-%08x", g_random_int());
    all->rules.store_dir = store_dir(store);
    all->token_path = g_build_filename(store_dir(store), name, NULL);
    if (all->session->simulated)
        return TRUE; /* its hosts have no files of this machine */
    g_mkdir_with_parents(store_dir(store), 0755);
    g_autofree char *line = g_strconcat(all->token, "\n", NULL);
    if (g_file_set_contents(all->token_path, line, -1, &error) &&
        g_chmod(all->token_path, 0644) == 0)
        return TRUE;
    output_error(all->output, "the store cannot be written to: %s",
                 error ? error->message : g_strerror(errno));
    g_clear_pointer(&all->token_path, g_free);
    return FALSE;
}

static void remove_token(struct examination *all)
{
    if (all->token_path && !all->session->simulated)
        g_unlink(all->token_path);
}

/* --- What comes back --- */

/* Errors begin with the host, which the table names already. */
static const char *without_host(const char *message, const struct host *host)
{
    g_autofree char *by_address = g_strdup_printf("host %s: ", host->address);
    g_autofree char *by_name = g_strdup_printf("host %s: ", host->name);

    if (g_str_has_prefix(message, by_address))
        return message + strlen(by_address);
    return g_str_has_prefix(message, by_name) ? message + strlen(by_name) : message;
}

/* "roost -c FILE VERB ARGUMENT" for this lab, to be pasted. Free with g_free. */
static char *roost_command(const struct examination *all, const char *verb, const char *argument)
{
    const char *config = all->session->config->path;
    g_autofree char *quoted = config ? quote(config) : NULL;
    g_autofree char *last = quote(argument);

    return g_strdup_printf("roost%s%s %s%s%s", config ? " -c " : "", config ? quoted : "", verb,
                           *argument ? " " : "", *argument ? last : "");
}

/* A host that is off by right is no trouble; one that ran VMs when it was last seen is. */
static void find_absent(struct examination *all, struct patient *patient, const GError *error)
{
    g_autofree char *wake = roost_command(all, "wake", patient->host->name);
    guint vms = host_active_vms(patient->host);

    patient->off = TRUE;
    if (vms > 0)
        check_report_add(patient->report, CHECK_SSH, CHECK_WRONG, wake,
                         "%s, and %u VM%s ran on it when it was last seen",
                         without_host(error->message, patient->host), vms, vms == 1 ? "" : "s");
    else
        check_report_add(patient->report, CHECK_SSH, CHECK_NOTE, wake,
                         "off, so that nothing else could be asked");
}

static void find_silent(const struct examination *all, const struct patient *patient,
                        const GError *error)
{
    const char *why = without_host(error->message, patient->host);
    g_autofree char *wake = roost_command(all, "wake", patient->host->name);
    g_autofree char *mend =
        strstr(why, "refused")
            ? g_strdup("# at its own console: systemctl enable --now ssh")
            : g_strdup_printf("%s  # if it is off; if it is on, look at its own console", wake);

    check_report_add(patient->report, CHECK_SSH, CHECK_WRONG, mend, "%s", why);
}

/* Right after a power-off nobody has noticed yet that its address is gone. */
static gboolean is_off(const struct patient *patient, const GError *error)
{
    return error->code == ROOST_ERROR_ABSENT ||
           (patient->host->state == HOST_OFF && strstr(error->message, "no answer on port"));
}

static gboolean is_right(const struct check_report *report, enum check_subject subject)
{
    const struct check_finding *finding = check_report_find(report, subject);

    return finding && finding->verdict == CHECK_RIGHT;
}

static void take_first(struct examination *all, struct patient *patient,
                       struct check_report *report, const GError *error)
{
    patient->report = report ? report : check_report_new();
    if (error && is_off(patient, error))
        find_absent(all, patient, error);
    else if (error)
        find_silent(all, patient, error);
    patient->let_in = is_right(patient->report, CHECK_SSH);
}

static void on_checked(struct check_report *report, const GError *error, gpointer data)
{
    struct question *question = data;
    struct examination *all = question->all;
    struct patient *patient = &all->patients[question->place];

    all->operations[question->place] = 0;
    all->awaited--;
    if (!all->second)
        take_first(all, patient, report, error);
    else if (report)
        check_report_absorb(patient->report, report);
    patient->looked_twice = all->second && report;
    if (all->progress)
        all->progress(all->second, all->awaited, all->progress_data);
    if (all->awaited > 0) {
        g_autofree char *text =
            g_strdup_printf("examining: %u of %u hosts still to answer", all->awaited, all->count);
        output_progress(all->output, text);
    }
}

/* --- Asking --- */

static gboolean have_answered(gpointer data)
{
    const struct examination *all = data;

    return all->awaited == 0;
}

static void cancel(gpointer data)
{
    struct examination *all = data;

    all->interrupted = TRUE;
    for (guint i = 0; i < all->count; i++)
        if (all->operations[i])
            driver_cancel(all->session->driver, all->operations[i]);
}

static void ask(struct examination *all, struct question *question,
                const struct check_request *request)
{
    all->awaited++;
    all->operations[question->place] =
        driver_check(all->session->driver, request, on_checked, question);
}

static void ask_first(struct examination *all, struct question *question)
{
    const struct check_request request = {
        .address = all->patients[question->place].host->address,
        .token_path = all->token_path,
        .token = all->token,
    };

    ask(all, question, &request);
}

/* What all hosts are asked about is made once. */
struct subjects {
    const char **files;
    const struct check_guest **guests;
};

static void ask_second(struct examination *all, struct question *question,
                       const struct subjects *subjects)
{
    g_autofree const char **peers =
        doctor_choose_peers(all->patients, all->count, question->place, PEERS_MOST);
    const struct patient *patient = &all->patients[question->place];
    const struct check_request request = {
        .address = patient->host->address,
        .second = TRUE,
        .peers = peers,
        .files = subjects->files,
        /* A libvirt that was silent a moment ago need not be waited for again. */
        .guests = is_right(patient->report, CHECK_LIBVIRT)
                      ? (const struct check_guest *const *)subjects->guests
                      : NULL,
        .peer_keys = all->rules.peer_keys,
    };

    ask(all, question, &request);
}

static gboolean wait_for_all(struct examination *all, GError **error)
{
    if (!session_wait_out(all->session, have_answered, cancel, all, error))
        return FALSE;
    if (!all->interrupted)
        return TRUE;
    g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_CANCELLED, "interrupted");
    return FALSE;
}

static gboolean look_first(struct examination *all, struct question *questions, GError **error)
{
    for (guint i = 0; i < all->count; i++)
        ask_first(all, &questions[i]);
    return wait_for_all(all, error);
}

static gboolean look_second(struct examination *all, struct question *questions, GError **error)
{
    g_autofree const char **files = doctor_choose_files(all->patients, all->count);
    g_autofree const struct check_guest **guests = doctor_choose_guests(all->patients, all->count);
    const struct subjects subjects = {files, guests};

    all->second = TRUE;
    for (guint i = 0; i < all->count; i++)
        if (patient_takes_part(&all->patients[i]))
            ask_second(all, &questions[i], &subjects);
    return wait_for_all(all, error);
}

/* --- Judging --- */

/* What nothing was found on was not asked, because of what is wrong before it. */
static void fill_gaps(const struct examination *all, struct patient *patient)
{
    struct check_report *report = patient->report;
    enum check_subject before = CHECK_LIBVIRT;

    if (patient->off)
        return;
    if (!patient->let_in)
        before = is_right(report, CHECK_HOST_KEY) || !check_report_find(report, CHECK_HOST_KEY)
                     ? CHECK_SSH
                     : CHECK_HOST_KEY;
    for (enum check_subject subject = 0; subject < CHECK_SUBJECTS; subject++) {
        if (check_report_find(report, subject) ||
            (subject == CHECK_PEER_KEYS && !all->rules.peer_keys))
            continue;
        if (patient->let_in && !patient_takes_part(patient) &&
            (subject == CHECK_MIGRATION || subject == CHECK_DISKS || subject == CHECK_PEER_KEYS))
            check_report_add(report, subject, CHECK_UNASKED, NULL, "its VMs cannot migrate");
        else if (subject == CHECK_MIGRATION && patient->let_in)
            check_report_add(report, subject, CHECK_UNASKED, NULL,
                             "there was no other host to be reached");
        else if (subject == CHECK_DISKS && patient->let_in && is_right(report, CHECK_LIBVIRT))
            check_report_add(report, subject, CHECK_UNASKED, NULL,
                             "there is no disk that could be compared");
        else if (subject == CHECK_STORE && patient->let_in)
            check_report_add(report, subject, CHECK_UNASKED, NULL, "it could not be looked for");
        else
            check_report_add(report, subject, CHECK_UNASKED, NULL, "because of: %s",
                             check_subject_name(before));
    }
}

static void judge(struct examination *all)
{
    doctor_compare_first(all->patients, all->count, &all->rules);
    doctor_compare_second(all->patients, all->count, &all->rules);
    for (guint i = 0; i < all->count; i++)
        fill_gaps(all, &all->patients[i]);
}

/* --- The whole --- */

/* TRUE when it is an address of this machine: only then can it be bound. */
static gboolean is_own_address(const char *address)
{
    g_autoptr(GInetAddress) parsed = g_inet_address_new_from_string(address);
    g_autoptr(GSocketAddress) place = parsed ? g_inet_socket_address_new(parsed, 0) : NULL;
    g_autoptr(GSocket) socket =
        parsed ? g_socket_new(g_inet_address_get_family(parsed), G_SOCKET_TYPE_DATAGRAM,
                              G_SOCKET_PROTOCOL_DEFAULT, NULL)
               : NULL;

    return socket && g_socket_bind(socket, place, FALSE, NULL);
}

static gint compare_mem(gconstpointer a, gconstpointer b)
{
    const struct vm *one = *(struct vm *const *)a;
    const struct vm *other = *(struct vm *const *)b;

    return one->mem_kib < other->mem_kib ? -1 : one->mem_kib > other->mem_kib;
}

/* Half of the VMs have no more RAM than this; 0 when there is none. */
static guint64 usual_vm_kib(const struct cluster *cluster)
{
    g_autoptr(GPtrArray) vms = g_ptr_array_new();

    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);

        for (guint j = 0; j < host->vms->len; j++)
            g_ptr_array_add(vms, g_ptr_array_index(host->vms, j));
    }
    g_ptr_array_sort(vms, compare_mem);
    return vms->len > 0 ? ((struct vm *)g_ptr_array_index(vms, vms->len / 2))->mem_kib : 0;
}

static void examination_init(struct examination *all, struct session *session,
                             const struct output *output)
{
    struct cluster *cluster = cluster_copy(session_cluster(session));
    const struct config *config = session->config;

    *all = (struct examination){.session = session, .output = output, .cluster = cluster};
    all->count = cluster->hosts->len;
    all->patients = g_new0(struct patient, all->count);
    all->operations = g_new0(guint, all->count);
    for (guint i = 0; i < all->count; i++) {
        all->patients[i].host = g_ptr_array_index(cluster->hosts, i);
        all->patients[i].is_console =
            !session->simulated && is_own_address(all->patients[i].host->address);
    }
    all->refresh = roost_command(all, "refresh", "");
    all->rules.refresh = all->refresh;
    all->rules.vm_kib = MAX(config->engine.policy.vm_min_kib, usual_vm_kib(cluster));
    all->rules.host_reserve_kib = config->engine.policy.host_reserve_kib;
    all->rules.peer_keys = config->engine.migration_control != MIGRATE_DIRECT;
}

/* All but what goes on as the result. */
static void examination_clear(struct examination *all)
{
    g_free(all->operations);
    g_free(all->refresh);
    g_free(all->token_path);
    g_free(all->token);
}

static gboolean look(struct examination *all, GError **error)
{
    g_autofree struct question *questions = g_new0(struct question, all->count);

    for (guint i = 0; i < all->count; i++)
        questions[i] = (struct question){all, i};
    return look_first(all, questions, error) && look_second(all, questions, error);
}

void doctor_result_free(struct doctor_result *result)
{
    if (!result)
        return;
    for (guint i = 0; i < result->count; i++)
        check_report_free(result->patients[i].report);
    cluster_free(result->cluster);
    g_free(result->patients);
    g_free(result);
}

struct doctor_result *doctor_look(struct session *session, const struct output *output,
                                  doctor_progress_func progress, gpointer data, GError **error)
{
    autoptr(doctor_result) result = g_new0(struct doctor_result, 1);
    struct examination all;

    examination_init(&all, session, output);
    all.progress = progress;
    all.progress_data = data;
    result->store_wrong = !write_token(&all);
    gboolean done = look(&all, error);
    remove_token(&all);
    if (done)
        judge(&all);
    result->cluster = all.cluster;
    result->patients = all.patients;
    result->count = all.count;
    examination_clear(&all);
    return done ? g_steal_pointer(&result) : NULL;
}

guint doctor_count(const struct doctor_result *result, enum check_verdict verdict)
{
    guint count = 0;

    for (guint i = 0; i < result->count; i++)
        count += check_report_count(result->patients[i].report, verdict);
    return count;
}
