#include "core/command/doctor_print.h"

#include "core/base/text.h"
#include "core/command/verb.h"

#define NAMED_MOST 4 /* hosts of one note that are named; more are counted */

static const struct record_field finding_fields[] = {
    {"host", RECORD_TEXT},
    {"address", RECORD_TEXT},
    {"subject", RECORD_TEXT, "what was looked at; all where nothing is wrong or worth a note"},
    {"verdict", RECORD_TEXT, "wrong, note, ok or not asked"},
    {"found", RECORD_TEXT},
    {"mend", RECORD_TEXT, "the command that mends it"},
    {NULL},
};

static const struct record_kind finding_kind = {"findings", "finding", finding_fields};

const struct record_kind *const doctor_kinds[] = {&finding_kind, NULL};

static gboolean is_shown(const struct check_finding *finding, gboolean every)
{
    return every || finding->verdict == CHECK_WRONG || finding->verdict == CHECK_NOTE;
}

static guint count_shown(const struct check_report *report, gboolean every)
{
    guint shown = 0;

    for (guint i = 0; i < report->findings->len; i++)
        shown += is_shown(g_ptr_array_index(report->findings, i), every);
    return shown;
}

/* The worst there is: what the line of a host begins with. */
static const char *verdict_of(const struct patient *patient)
{
    if (check_report_count(patient->report, CHECK_WRONG) > 0)
        return check_verdict_name(CHECK_WRONG);
    if (patient->off)
        return "off";
    if (check_report_count(patient->report, CHECK_NOTE) > 0)
        return check_verdict_name(CHECK_NOTE);
    return check_verdict_name(CHECK_RIGHT);
}

/* --- Records, for programs --- */

static void add_records(struct records *records, const struct patient *patient, gboolean every)
{
    const struct check_report *report = patient->report;
    const struct host *host = patient->host;

    if (count_shown(report, every) == 0) {
        g_autofree char *checks = g_strdup_printf("%u checks", report->findings->len);

        records_add(records, host->name, host->address, "all", "ok", checks, "", NULL);
    }
    for (guint i = 0; i < report->findings->len; i++) {
        const struct check_finding *finding = g_ptr_array_index(report->findings, i);

        if (is_shown(finding, every))
            records_add(records, host->name, host->address, check_subject_name(finding->subject),
                        check_verdict_name(finding->verdict), finding->found,
                        finding->mend ? finding->mend : "", NULL);
    }
}

/* --- For people --- */

static void append_subjects(GString *text, const struct check_report *report,
                            enum check_verdict verdict, const char *before, const char *after)
{
    guint n = 0;

    for (guint i = 0; i < report->findings->len; i++) {
        const struct check_finding *finding = g_ptr_array_index(report->findings, i);

        if (finding->verdict != verdict)
            continue;
        g_string_append(text, n++ ? ", " : before);
        g_string_append(text, check_subject_name(finding->subject));
    }
    if (n > 0)
        g_string_append(text, after);
}

/* "wake-on-LAN, clock (store)": what is wrong, and in brackets what is worth a note. */
static char *subjects_of(const struct check_report *report)
{
    GString *text = g_string_new(NULL);

    append_subjects(text, report, CHECK_WRONG, "", "");
    append_subjects(text, report, CHECK_NOTE, text->len ? " (" : "(", ")");
    return g_string_free(text, FALSE);
}

static void print_lines(const GPtrArray *patients, const struct output *output)
{
    struct records *records = records_new(NULL);

    for (guint i = 0; i < patients->len; i++) {
        const struct patient *patient = g_ptr_array_index(patients, i);
        g_autofree char *subjects = subjects_of(patient->report);

        records_add(records, patient->host->name, patient->host->address, verdict_of(patient),
                    subjects, NULL);
    }
    records_print_free(records, output);
}

/* One host, in full. */
static void print_every(const struct patient *patient, const struct output *output)
{
    struct records *records = records_new(NULL);

    for (guint i = 0; i < patient->report->findings->len; i++) {
        const struct check_finding *finding = g_ptr_array_index(patient->report->findings, i);

        records_add(records, check_subject_name(finding->subject),
                    check_verdict_name(finding->verdict), finding->found, NULL);
    }
    records_print_free(records, output);
}

/* The same thing on many hosts is said once. Two that differ in what mends them are two. */
static gboolean is_same(const struct check_finding *one, const struct check_finding *other)
{
    return one->subject == other->subject && one->verdict == other->verdict && !one->mend &&
           !other->mend && g_str_equal(one->found, other->found);
}

/* "pc01, pc02", "all 62 hosts", "pc01, pc02, pc03, pc04 and 7 more": all that have the finding. */
static char *hosts_with(const GPtrArray *patients, const struct check_finding *finding)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint having = 0;

    for (guint i = 0; i < patients->len; i++) {
        const struct patient *patient = g_ptr_array_index(patients, i);
        const struct check_finding *same = check_report_find(patient->report, finding->subject);

        if (!same || (same != finding && !is_same(same, finding)))
            continue;
        if (having++ < NAMED_MOST)
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", patient->host->name);
    }
    if (having == patients->len && having > 1)
        g_string_printf(text, "all %u hosts", having);
    else if (having > NAMED_MOST)
        g_string_append_printf(text, " and %u more", having - NAMED_MOST);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Was it told already, with an earlier host? */
static gboolean is_told(const GPtrArray *patients, guint before,
                        const struct check_finding *finding)
{
    for (guint i = 0; i < before; i++) {
        const struct patient *patient = g_ptr_array_index(patients, i);
        const struct check_finding *same = check_report_find(patient->report, finding->subject);

        if (same && is_same(same, finding))
            return TRUE;
    }
    return FALSE;
}

static void print_finding(const GPtrArray *patients, const struct check_finding *finding,
                          const struct output *output)
{
    g_autofree char *hosts = hosts_with(patients, finding);

    output_line(output, "%s: %s: %s%s", hosts, check_subject_name(finding->subject),
                finding->verdict == CHECK_NOTE ? "(note) " : "", finding->found);
    if (finding->mend)
        output_line(output, "    %s", finding->mend);
}

static void print_findings(const GPtrArray *patients, enum check_verdict verdict,
                           const struct output *output)
{
    for (guint i = 0; i < patients->len; i++) {
        const struct patient *patient = g_ptr_array_index(patients, i);

        for (guint j = 0; j < patient->report->findings->len; j++) {
            const struct check_finding *finding = g_ptr_array_index(patient->report->findings, j);

            if (finding->verdict == verdict && !is_told(patients, i, finding))
                print_finding(patients, finding, output);
        }
    }
}

static void print_for_people(const GPtrArray *patients, gboolean every, const struct output *output)
{
    guint shown = 0;

    print_lines(patients, output);
    for (guint i = 0; i < patients->len; i++) {
        const struct patient *patient = g_ptr_array_index(patients, i);

        shown += count_shown(patient->report, FALSE);
        if (every) {
            output_line(output, "%s", "");
            print_every(patient, output);
        }
    }
    if (shown > 0)
        output_line(output, "%s", "");
    print_findings(patients, CHECK_WRONG, output);
    print_findings(patients, CHECK_NOTE, output);
}

void doctor_print(const GPtrArray *patients, gboolean every, const struct output *output)
{
    if (output->terminal && output->format == OUTPUT_TEXT) {
        print_for_people(patients, every, output);
        return;
    }
    struct records *records = records_new(&finding_kind);
    for (guint i = 0; i < patients->len; i++)
        add_records(records, g_ptr_array_index(patients, i), every);
    records_print_free(records, output);
}
