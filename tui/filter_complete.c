/* filter_complete.c - what the word that is being typed could become, and what is said of it. */
#include <string.h>

#include "tui/filter_term.h"

#define CANDIDATES_MOST 200

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
    if (key->names == FILTER_HOST_NAMES)
        add_value(candidates, typed, key, host->name);
    else if (key->names == FILTER_ADDRESSES)
        add_value(candidates, typed, key, host->address);
    else if (key->names == FILTER_RACKS)
        add_value(candidates, typed, key, host->rack);
    else if (key->names == FILTER_ROOMS)
        add_value(candidates, typed, key, host->room);
    else if (key->names == FILTER_LABS)
        add_value(candidates, typed, key, host->lab);
    for (char **user = host->users; key->names == FILTER_USERS && user != NULL && *user != NULL;
         user++)
        add_value(candidates, typed, key, *user);
    for (guint i = 0; i < host->vms->len && candidates->len < CANDIDATES_MOST; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);

        if (key->names == FILTER_VM_NAMES)
            add_value(candidates, typed, key, vm->name);
        else if (key->names == FILTER_GROUPS)
            add_value(candidates, typed, key, vm->group);
    }
}

static void add_values(GPtrArray *candidates, const struct scene *scene, const char *typed,
                       const struct filter_key *key)
{
    g_auto(GStrv) choices = key->choices != NULL ? g_strsplit(key->choices, "|", -1) : NULL;

    for (guint i = 0; choices != NULL && choices[i] != NULL; i++)
        add_value(candidates, typed, key, choices[i]);
    for (guint i = 0;
         key->names != FILTER_NO_NAMES && scene != NULL && i < scene->cluster->hosts->len; i++)
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
    const struct filter_key *of;

    *start = word_start(text, cursor);
    typed = g_strndup(text + *start, cursor - *start);
    of = key_before(scope, typed);
    if (of != NULL) {
        add_values(candidates, scene, typed, of);
        return candidates;
    }
    for (const struct filter_key *key = filter_keys; key->name != NULL; key++) {
        if ((key->scope & scope) != 0)
            add(candidates, typed, g_strdup_printf("%s:", key->name), key->help);
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
