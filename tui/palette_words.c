/* palette_words.c - what a line of the palette could go on as. */
#include "tui/palette.h"

#include <string.h>

#include "core/command/command_line.h"
#include "core/command/complete.h"
#include "core/command/limits.h"
#include "tui/action.h"
#include "tui/app.h"

#define WORDS_MOST 500

static void word_free(gpointer data)
{
    struct palette_word *word = data;

    g_free(word->word);
    g_free(word->insert);
    g_free(word->note);
    g_free(word->help);
    g_free(word);
}

static void add(GPtrArray *words, const char *text, const char *insert, const char *note,
                const char *help)
{
    struct palette_word *word = g_new0(struct palette_word, 1);

    *word = (struct palette_word){g_strdup(text), g_strdup(insert), g_strdup(note), g_strdup(help)};
    g_ptr_array_add(words, word);
}

/* --- How a verb is meant --------------------------------------------------------------------- */

/* All its letters, in that order. */
static gboolean is_scattered(const char *name, const char *wanted)
{
    for (; *name != '\0' && *wanted != '\0'; name++) {
        if (g_ascii_tolower(*name) == g_ascii_tolower(*wanted))
            wanted++;
    }
    return *wanted == '\0';
}

static gboolean has(const GPtrArray *words, const char *name)
{
    for (guint i = 0; i < words->len; i++) {
        if (g_str_equal(((struct palette_word *)words->pdata[i])->word, name))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_offered(const struct app *app, const struct verb *verb)
{
    return limits_offer((struct limits){app->readonly, app->kiosk}, verb);
}

/* Behind those that begin with what was typed, those that contain it, then those scattered. */
static void add_like(const struct app *app, GPtrArray *words, const char *wanted)
{
    for (guint pass = 0; pass < 2; pass++) {
        for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
            gboolean fits = pass == 0 ? strcasestr(verb->name, wanted) != NULL
                                      : is_scattered(verb->name, wanted);

            if (fits && is_offered(app, verb) && (verb->flags & (VERB_HIDDEN | VERB_ALONE)) == 0 &&
                !has(words, verb->name))
                add(words, verb->name, verb->name, verb->arguments, verb->help);
        }
    }
}

/* --- The line so far ------------------------------------------------------------------------- */

/* Free with g_free. */
static char *first_word(const char *text)
{
    text += strspn(text, " ");
    return g_strndup(text, strcspn(text, " "));
}

enum action palette_line_action(const char *text)
{
    g_autofree char *word = first_word(text);

    return palette_action(word);
}

const struct verb *palette_verb(const char *text)
{
    g_autofree char *word = first_word(text);

    if (palette_action(word) != ACTION_NONE)
        return NULL;
    for (const struct verb *verb = verbs; *word != '\0' && verb->name != NULL; verb++) {
        if (verb_is_called(verb, word))
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

/* A verb's arguments, an option's value: what stands between the word and its help. */
static const char *note_of(const struct candidate *candidate)
{
    const struct verb *verb =
        candidate->kind == CANDIDATE_VERB ? palette_verb(candidate->text) : NULL;

    if (verb != NULL)
        return verb->arguments;
    for (guint i = 0; candidate->kind == CANDIDATE_OPTION && option_infos[i].name != NULL; i++) {
        if (g_str_has_prefix(candidate->text, "--") &&
            g_str_equal(candidate->text + 2, option_infos[i].name))
            return option_infos[i].argument != NULL ? option_infos[i].argument : "";
    }
    return candidate->kind == CANDIDATE_HOST ? "host" : candidate->kind == CANDIDATE_VM ? "vm" : "";
}

/* theme and keymap are no verbs, which know of no console: their names are the console's own. */
static void add_looks(GPtrArray *words, const char *text, gsize start, gsize cursor)
{
    static const struct {
        const char *word, *help;
        char **(*names)(void);
    } looks[] = {{"theme", "other colours for this console", theme_all_names},
                 {"keymap", "other keys for this console", keymap_all_names}};
    g_autofree char *wanted = g_strndup(text + start, cursor - start);
    g_autofree char *before = g_strstrip(g_strndup(text, start));

    for (gsize i = 0; i < G_N_ELEMENTS(looks); i++) {
        if (*before == '\0' && *wanted != '\0' && g_str_has_prefix(looks[i].word, wanted))
            add(words, looks[i].word, looks[i].word, "[NAME]", looks[i].help);
        if (strcmp(before, looks[i].word) == 0) {
            g_auto(GStrv) names = looks[i].names();

            for (guint j = 0; names[j] != NULL && words->len < WORDS_MOST; j++) {
                if (g_str_has_prefix(names[j], wanted))
                    add(words, names[j], names[j], looks[i].word, "");
            }
        }
    }
}

/* What no verb does: actions, by their names. */
static void add_typed(const struct app *app, GPtrArray *words, const char *wanted)
{
    for (enum action action = ACTION_NONE + 1; *wanted != '\0' && action < ACTION_COUNT; action++) {
        const struct action_info *info = &action_info[action];

        if ((info->flags & ACTION_TYPED) != 0 && g_str_has_prefix(info->name, wanted) &&
            !action_is_refused(app, action) && !has(words, info->name))
            add(words, info->name, info->name, "", info->help);
    }
}

GPtrArray *palette_words(const struct app *app, const char *text, gsize cursor, gsize *start)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(word_free);
    const struct complete_source source = {verbs, app->scene.cluster, app->scene.jobs, TRUE};
    autoptr(completion) completion = complete_line(&source, text, cursor);

    *start = completion->start;
    if (strspn(text, " ") < *start && palette_line_action(text) != ACTION_NONE)
        return words; /* an action takes none, whatever a verb of its name does */
    for (guint i = 0; i < completion->candidates->len && words->len < WORDS_MOST; i++) {
        const struct candidate *candidate = g_ptr_array_index(completion->candidates, i);

        gboolean begins = candidate->kind == CANDIDATE_VERB;
        const struct verb *verb = begins ? palette_verb(candidate->text) : NULL;

        if (candidate->kind != CANDIDATE_FILE &&
            (!begins || (verb != NULL && is_offered(app, verb))))
            add(words, candidate->text, candidate->insert, note_of(candidate), candidate->help);
    }
    add_looks(words, text, *start, cursor);
    if (strspn(text, " ") >= *start) {
        g_autofree char *wanted = g_strndup(text + *start, cursor - *start);

        add_typed(app, words, wanted);
        add_like(app, words, wanted);
    }
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

/* The verbs that take one only, which the console does to many all the same. */
static gboolean is_done_to_many(const struct verb *verb, const char *placeholder, const char *text)
{
    static const char *const one_only[] = {"start", "stop", NULL};

    return strstr(placeholder, "...") != NULL ||
           (g_strv_contains(one_only, verb->name) && strchr(text, ' ') == NULL);
}

const struct verb *palette_verb_of_marks(const struct app *app, const char *text, gboolean *of_vms)
{
    g_autofree char *stripped = g_strstrip(g_strdup(text));
    const struct verb *verb = palette_verb(stripped);
    g_autofree char *placeholder = NULL;

    if (verb == NULL || verb->arguments_least != 1 ||
        count_arguments(stripped, strlen(stripped)) > 0)
        return NULL;
    placeholder = placeholder_at(verb, 0);
    if (placeholder == NULL || !is_done_to_many(verb, placeholder, stripped) ||
        strstr(verb->arguments, "--") != NULL)
        return NULL;
    *of_vms = g_str_has_prefix(placeholder, "VM");
    if (*of_vms)
        return marks_n_vms(&app->marks) > 0 ? verb : NULL;
    return g_str_has_prefix(placeholder, "HOST") && marks_n_hosts(&app->marks) > 0 ? verb : NULL;
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
