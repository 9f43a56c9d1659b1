#include "tui/about.h"

#include <string.h>

#define TIME_WIDTH 9

/* --- Jobs ------------------------------------------------------------------------------------ */

static gboolean is_of_host(const struct job *job, const struct host *host)
{
    return g_strcmp0(job->from, host->name) == 0 || g_strcmp0(job->to, host->name) == 0;
}

static int compare_jobs(gconstpointer a, gconstpointer b)
{
    const struct job *one = *(const struct job *const *)a, *other = *(const struct job *const *)b;
    gboolean waits = one->state == JOB_QUEUED, other_waits = other->state == JOB_QUEUED;

    if (waits != other_waits)
        return waits ? 1 : -1;
    return one->turn < other->turn ? -1 : one->turn > other->turn;
}

static GPtrArray *list_jobs(const struct scene *scene, const struct host *host, const struct vm *vm)
{
    GPtrArray *jobs = g_ptr_array_new();

    for (guint i = 0; i < scene->jobs->len; i++) {
        struct job *job = g_ptr_array_index(scene->jobs, i);

        if (!job_is_over(job) &&
            (host != NULL ? is_of_host(job, host) : g_strcmp0(job->vm, vm->name) == 0))
            g_ptr_array_add(jobs, job);
    }
    g_ptr_array_sort(jobs, compare_jobs);
    return jobs;
}

GPtrArray *about_host_jobs(const struct scene *scene, const struct host *host)
{
    return list_jobs(scene, host, NULL);
}

GPtrArray *about_vm_jobs(const struct scene *scene, const struct vm *vm)
{
    return list_jobs(scene, NULL, vm);
}

/* --- The journal ----------------------------------------------------------------------------- */

/* TRUE for what can be a part of a name. */
static gboolean is_in_name(char byte)
{
    return g_ascii_isalnum(byte) || byte == '-' || byte == '_' || byte == '.' || (byte & 0x80) != 0;
}

/* TRUE when `at` is the name of a VM there: "vm pc01". A host and its clone bear one name. */
static gboolean is_of_vm(const char *text, const char *at)
{
    return at - text >= 3 && strncmp(at - 3, "vm ", 3) == 0;
}

/* TRUE when the text has the name of a VM, or of a host, as a word: pc1 is not in "pc12". */
static gboolean names(const char *text, const char *name, gboolean vm)
{
    gsize length = strlen(name);

    if (text == NULL || length == 0)
        return FALSE;
    for (const char *at = strstr(text, name); at != NULL; at = strstr(at + 1, name)) {
        gboolean ends =
            !is_in_name(at[length]) || (at[length] == '.' && !is_in_name(at[length + 1]));

        if (ends && (at == text || !is_in_name(at[-1])) && is_of_vm(text, at) == vm)
            return TRUE;
    }
    return FALSE;
}

/* "vm web", "host pc05" */
static gboolean is_object(const char *object, const struct about *about)
{
    gsize length = strlen(about->kind);

    return g_str_has_prefix(object, about->kind) && object[length] == ' ' &&
           g_str_equal(object + length + 1, about->name);
}

static gboolean is_about(const struct journal_entry *entry, const struct about *about)
{
    gboolean vm = g_str_equal(about->kind, "vm");

    if (about->job != 0)
        return entry->job == about->job;
    if (about->moves && g_strcmp0(entry->what, "migrate") != 0)
        return FALSE;
    if (entry->object != NULL && is_object(entry->object, about))
        return TRUE;
    return names(entry->text, about->name, vm);
}

/* Their places in the journal, the latest first. */
static GArray *find_entries(const struct scene *scene, const struct about *about, guint most)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = scene->journal->len; i > 0 && found->len < most; i--) {
        guint place = i - 1;

        if (is_about(g_ptr_array_index(scene->journal, place), about))
            g_array_append_val(found, place);
    }
    return found;
}

static enum role entry_role(const struct journal_entry *entry)
{
    if (entry->alarm)
        return ROLE_ALARM;
    if (g_strcmp0(entry->result, "failed") == 0 || g_strcmp0(entry->result, "refused") == 0)
        return ROLE_WARNING;
    return ROLE_TEXT;
}

static void draw_entry(const struct app *app, struct surface *surface, struct rect row,
                       const struct journal_entry *entry)
{
    g_autofree char *time = scene_time(&app->scene, entry->wall_us, "%H:%M:%S");
    gboolean ends = entry->result != NULL && *entry->result != '\0';

    surface_text(surface, row.x, row.y, TIME_WIDTH - 1, time, ROLE_MUTED, 0);
    surface_printf(surface, row.x + TIME_WIDTH, row.y, MAX(0, row.width - TIME_WIDTH),
                   entry_role(entry), 0, "%s%s%s%s", entry->text, ends ? " [" : "",
                   ends ? entry->result : "", ends ? "]" : "");
}

void about_draw_journal(const struct app *app, struct surface *surface, struct rect rect,
                        const struct about *about)
{
    g_autoptr(GArray) found = find_entries(&app->scene, about, (guint)MAX(0, rect.height));

    if (found->len == 0 && rect.height > 0)
        surface_text(surface, rect.x, rect.y, rect.width, "nothing yet", ROLE_MUTED, 0);
    for (guint i = 0; i < found->len; i++)
        draw_entry(app, surface,
                   (struct rect){rect.x, rect.y + (int)(found->len - 1 - i), rect.width, 1},
                   g_ptr_array_index(app->scene.journal, g_array_index(found, guint, i)));
}

void about_draw_rule(const struct app *app, struct surface *surface, struct rect rect,
                     const char *title, const char *note)
{
    int used;

    if (rect.width < 4 || rect.height < 1)
        return;
    surface_fill(surface, rect, app->ascii ? "-" : "─", ROLE_MUTED, 0);
    used =
        surface_printf(surface, rect.x + 1, rect.y, rect.width - 2, ROLE_STRONG, 0, " %s ", title);
    if (note != NULL && *note != '\0')
        surface_printf(surface, rect.x + 2 + used, rect.y, MAX(0, rect.width - used - 3),
                       ROLE_MUTED, 0, " %s ", note);
}

void about_draw_part(const struct app *app, struct surface *surface, struct rect rect,
                     const struct about *about)
{
    if (rect.height < 2)
        return;
    about_draw_rule(app, surface, (struct rect){rect.x, rect.y, rect.width, 1}, "Journal", NULL);
    rect = (struct rect){rect.x + 1, rect.y + 1, rect.width - 2, rect.height - 1};
    about_draw_journal(app, surface, rect, about);
}
