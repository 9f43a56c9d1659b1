#include "tui/doctor_rows.h"

#include <string.h>

struct doctor_rows {
    GArray *rows;
    enum doctor_shown shown;
    const struct filter *filter;
};

static gboolean is_shown(const struct doctor_rows *rows, const struct check_finding *finding)
{
    switch (rows->shown) {
    case DOCTOR_SHOWN_WRONG:
        return finding->verdict == CHECK_WRONG;
    case DOCTOR_SHOWN_TROUBLE:
        return finding->verdict == CHECK_WRONG || finding->verdict == CHECK_NOTE;
    case DOCTOR_SHOWN_ALL:
    case DOCTOR_SHOWN_COUNT:
        break;
    }
    return TRUE;
}

/* The filter speaks of lines of the journal: a finding is one that would read so. */
static gboolean is_wanted(const struct doctor_rows *rows, const struct patient *patient,
                          const struct check_finding *finding)
{
    g_autofree char *object = NULL;
    struct journal_entry entry = {0};

    if (rows->filter == NULL)
        return TRUE;
    object = g_strdup_printf("host %s", patient->host->name);
    entry.what = (char *)check_subject_name(finding->subject);
    entry.result = (char *)check_verdict_name(finding->verdict);
    entry.object = object;
    entry.text = finding->found;
    entry.who = (char *)"";
    return filter_has_entry(rows->filter, &entry);
}

static guint alike_hash(gconstpointer data)
{
    const struct check_finding *finding = data;

    return g_str_hash(finding->found) ^ (guint)finding->subject << 4 ^ (guint)finding->verdict;
}

static gboolean alike_equal(gconstpointer a, gconstpointer b)
{
    const struct check_finding *one = a, *other = b;

    return one->subject == other->subject && one->verdict == other->verdict &&
           strcmp(one->found, other->found) == 0;
}

/* What many hosts have alike is one line, unless it is wrong: then each has to be mended. */
static void add_row(struct doctor_rows *rows, GHashTable *alike, const struct patient *patient,
                    const struct check_finding *finding)
{
    struct doctor_row row = {patient, finding, 1};
    gpointer place;

    if (finding->verdict != CHECK_WRONG &&
        g_hash_table_lookup_extended(alike, finding, NULL, &place)) {
        g_array_index(rows->rows, struct doctor_row, GPOINTER_TO_UINT(place)).hosts++;
        return;
    }
    if (finding->verdict != CHECK_WRONG)
        g_hash_table_insert(alike, (gpointer)finding, GUINT_TO_POINTER(rows->rows->len));
    g_array_append_val(rows->rows, row);
}

/* What is wrong first, then what is worth a note, then the rest. */
void doctor_rows_make(GArray *array, const struct doctor_result *result, enum doctor_shown shown,
                      const struct filter *filter)
{
    static const enum check_verdict order[] = {CHECK_WRONG, CHECK_NOTE, CHECK_UNASKED, CHECK_RIGHT};
    g_autoptr(GHashTable) alike = g_hash_table_new(alike_hash, alike_equal);
    struct doctor_rows rows = {array, shown, filter};

    g_array_set_size(array, 0);
    for (gsize o = 0; o < G_N_ELEMENTS(order) && result != NULL; o++) {
        for (guint i = 0; i < result->count; i++) {
            const GPtrArray *findings = result->patients[i].report->findings;

            for (guint j = 0; j < findings->len; j++) {
                const struct check_finding *finding = g_ptr_array_index(findings, j);

                if (finding->verdict == order[o] && is_shown(&rows, finding) &&
                    is_wanted(&rows, &result->patients[i], finding))
                    add_row(&rows, alike, &result->patients[i], finding);
            }
        }
    }
}
