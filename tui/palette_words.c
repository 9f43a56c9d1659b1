/* palette_words.c - what a line of the palette could go on as. */
#include "tui/palette.h"

#include <string.h>

#include "core/command/command_line.h"
#include "tui/app.h"
#include "tui/mark.h"

#define WORDS_MOST 500

static void word_free(gpointer data)
{
    struct palette_word *word = data;

    g_free(word->word);
    g_free(word->note);
    g_free(word->help);
    g_free(word);
}

static void add(GPtrArray *words, const char *text, char *note_take, const char *help)
{
    struct palette_word *word = g_new0(struct palette_word, 1);

    *word = (struct palette_word){g_strdup(text), note_take, g_strdup(help)};
    g_ptr_array_add(words, word);
}

/* --- How well a name fits -------------------------------------------------------------------- */

enum fit {
    FIT_BEGINS,
    FIT_CONTAINS,
    FIT_SCATTERED, /* all its letters, in that order */
    FIT_COUNT
};

static gboolean is_scattered(const char *name, const char *wanted)
{
    for (; *name != '\0' && *wanted != '\0'; name++) {
        if (g_ascii_tolower(*name) == g_ascii_tolower(*wanted))
            wanted++;
    }
    return *wanted == '\0';
}

static enum fit fit_of(const char *name, const char *wanted)
{
    if (g_ascii_strncasecmp(name, wanted, strlen(wanted)) == 0)
        return FIT_BEGINS;
    if (strcasestr(name, wanted) != NULL)
        return FIT_CONTAINS;
    return is_scattered(name, wanted) ? FIT_SCATTERED : FIT_COUNT;
}

/* --- Words of a kind ------------------------------------------------------------------------- */

static void add_verbs(GPtrArray *words, const char *wanted, enum fit fit)
{
    for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
        if (fit_of(verb->name, wanted) == fit)
            add(words, verb->name, g_strdup(verb->arguments), verb->help);
    }
}

static void add_options(GPtrArray *words, const struct verb *verb, const char *wanted)
{
    for (guint i = 0; option_infos[i].name != NULL; i++) {
        const struct option_info *info = &option_infos[i];
        g_autofree char *name = g_strconcat("--", info->name, NULL);
        gboolean taken = info->bit != 0 ? (info->bit & verb->options) != 0
                                        : g_str_equal(info->name, "help");

        if (taken && g_str_has_prefix(name, wanted))
            add(words, name, g_strdup(info->argument != NULL ? info->argument : ""), info->help);
    }
}

static void add_vms(GPtrArray *words, const struct scene *scene, const char *wanted, enum fit fit)
{
    for (guint i = 0; i < scene->cluster->hosts->len; i++) {
        const struct host *host = scene_host_at(scene, i);

        for (guint j = 0; j < host->vms->len && words->len < WORDS_MOST; j++) {
            const struct vm *vm = g_ptr_array_index(host->vms, j);

            if (fit_of(vm->name, wanted) == fit)
                add(words, vm->name,
                    g_strdup_printf("vm on %s, %s", host->name, vm_state_name(vm->state)), "");
        }
    }
}

static void add_hosts(GPtrArray *words, const struct scene *scene, const char *wanted, enum fit fit)
{
    for (guint i = 0; i < scene->cluster->hosts->len && words->len < WORDS_MOST; i++) {
        const struct host *host = scene_host_at(scene, i);
        const struct scene_host *facts = scene_facts(scene, host);

        if (fit_of(host->name, wanted) == fit)
            add(words, host->name,
                g_strdup_printf("host, %s, %u VM%s", host_mark_info[facts->mark].name,
                                facts->active, facts->active == 1 ? "" : "s"),
                "");
    }
}

static void add_jobs(GPtrArray *words, const struct scene *scene, const char *wanted)
{
    for (guint i = scene->jobs->len; i > 0; i--) {
        const struct job *job = g_ptr_array_index(scene->jobs, i - 1);
        g_autofree char *id = g_strdup_printf("%u", job->id);
        g_autofree char *what = job_is_over(job) ? NULL : job_describe(job);

        if (what != NULL && g_str_has_prefix(id, wanted))
            add(words, id, g_strdup(job_state_name(job->state)), what);
    }
}

/* "[VM|Off|HOST]" to what it speaks of; words in small letters or mixed stand for themselves. */
static void add_arguments(GPtrArray *words, const struct app *app, const char *placeholder,
                          const char *wanted)
{
    g_auto(GStrv) kinds = g_strsplit_set(placeholder, "[]|. ", -1);

    for (enum fit fit = FIT_BEGINS; fit < FIT_COUNT; fit++) {
        for (guint i = 0; kinds[i] != NULL; i++) {
            gboolean itself = *kinds[i] != '\0' && g_ascii_islower(kinds[i][strlen(kinds[i]) - 1]);
            gboolean list = g_str_has_prefix(placeholder, "[VM|Off");

            if (g_str_equal(kinds[i], "VM") && !list)
                add_vms(words, &app->scene, wanted, fit);
            else if (g_str_equal(kinds[i], "HOST"))
                add_hosts(words, &app->scene, wanted, fit);
            else if (g_str_equal(kinds[i], "VERB"))
                add_verbs(words, wanted, fit);
            else if (g_str_equal(kinds[i], "JOB") && fit == FIT_BEGINS)
                add_jobs(words, &app->scene, wanted);
            else if ((itself || g_str_equal(kinds[i], "VM")) && *kinds[i] != '\0' &&
                     fit_of(kinds[i], wanted) == fit)
                add(words, kinds[i], g_strdup(""), "");
        }
    }
}

/* --- The line so far ------------------------------------------------------------------------- */

const struct verb *palette_verb(const char *text)
{
    gsize length;

    text += strspn(text, " ");
    length = strcspn(text, " ");
    for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
        if (strlen(verb->name) == length && strncmp(verb->name, text, length) == 0)
            return verb;
    }
    return NULL;
}

/* The placeholder of the index-th argument; the last one again when it goes on. NULL = no more. */
static char *placeholder_at(const struct verb *verb, guint index)
{
    g_auto(GStrv) all = g_strsplit(verb->arguments, " ", -1);
    guint n = g_strv_length(all);

    for (guint i = 0; i < n && i <= index; i++) {
        if (g_str_equal(all[i], "--"))
            return NULL;
        if (i == index || strstr(all[i], "...") != NULL)
            return g_strdup(all[i]);
    }
    return NULL;
}

/* The arguments typed before `end` that are neither the verb nor options. */
static guint count_arguments(const char *text, gsize end)
{
    g_autofree char *head = g_strndup(text, end);
    g_auto(GStrv) all = g_strsplit(head, " ", -1);
    guint n = 0;

    for (guint i = 0; all[i] != NULL; i++)
        n += *all[i] != '\0' && *all[i] != '-';
    return n > 0 ? n - 1 : 0;
}

GPtrArray *palette_words(const struct app *app, const char *text, gsize cursor, gsize *start)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(word_free);
    const struct verb *verb = palette_verb(text);
    g_autofree char *wanted = NULL;
    g_autofree char *placeholder = NULL;

    *start = cursor;
    while (*start > 0 && text[*start - 1] != ' ')
        (*start)--;
    wanted = g_strndup(text + *start, cursor - *start);
    if (strspn(text, " ") >= *start) {
        for (enum fit fit = FIT_BEGINS; fit < FIT_COUNT; fit++)
            add_verbs(words, wanted, fit);
        return words;
    }
    if (verb == NULL)
        return words;
    if (*wanted == '-') {
        add_options(words, verb, wanted);
        return words;
    }
    placeholder = placeholder_at(verb, count_arguments(text, *start));
    if (placeholder != NULL)
        add_arguments(words, app, placeholder, wanted);
    if (*wanted == '\0')
        add_options(words, verb, "--");
    return words;
}

/* --- What the selection gives ---------------------------------------------------------------- */

static const char *selected(const struct app *app, const char *placeholder)
{
    const struct host *host = app_host(app);
    const struct vm *vm = app_vm(app);

    if (g_str_has_prefix(placeholder, "VM")) {
        if (vm == NULL && host != NULL && host->vms->len == 1)
            vm = g_ptr_array_index(host->vms, 0);
        return vm != NULL ? vm->name : NULL;
    }
    return g_str_has_prefix(placeholder, "HOST") && host != NULL ? host->name : NULL;
}

/* A name as it has to be typed. */
static char *quote(const char *name)
{
    gboolean plain = *name != '\0' && *name != '-';

    for (const char *at = name; *at != '\0'; at++)
        plain = plain && (g_ascii_isalnum(*at) || strchr("._-:@+", *at) != NULL);
    return plain ? g_strdup(name) : g_shell_quote(name);
}

/* Only the first argument, and only one that must be given: the rest is for the operator to say. */
char *palette_ghost(const struct app *app, const char *text)
{
    const struct verb *verb = palette_verb(text);
    gsize length = strlen(text);
    g_autofree char *placeholder = NULL;
    g_autofree char *quoted = NULL;
    const char *name;

    if (verb == NULL || verb->arguments_least == 0 || count_arguments(text, length) > 0)
        return NULL;
    if (length > 0 && text[length - 1] != ' ' && strchr(text + strspn(text, " "), ' ') != NULL)
        return NULL; /* within an option */
    placeholder = placeholder_at(verb, 0);
    name = placeholder != NULL ? selected(app, placeholder) : NULL;
    if (name == NULL)
        return NULL;
    quoted = quote(name);
    return g_strconcat(text[length - 1] == ' ' ? "" : " ", quoted, NULL);
}
