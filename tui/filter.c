#include "tui/filter_term.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/nearest.h"
#include "core/base/text.h"

/* Alternatives, of which one must match, or with `negated` none may. */
struct filter_word {
    gboolean negated;
    GArray *terms; /* struct filter_term */
};

struct filter {
    char *text;
    GArray *words;    /* struct filter_word */
    gboolean *doubts; /* a regular expression took too long; apart, since matching is const */
    gboolean speaks_of_vms;
};

/* --- Memory ---------------------------------------------------------------------------------- */

static void term_clear(gpointer data)
{
    filter_term_clear(data);
}

static void word_clear(gpointer data)
{
    g_array_unref(((struct filter_word *)data)->terms);
}

static struct filter *filter_new(const char *text)
{
    struct filter *filter = g_new0(struct filter, 1);

    filter->text = g_strstrip(g_strdup(text));
    filter->words = g_array_new(FALSE, TRUE, sizeof(struct filter_word));
    g_array_set_clear_func(filter->words, word_clear);
    filter->doubts = g_new0(gboolean, 1);
    return filter;
}

void filter_free(struct filter *filter)
{
    if (filter == NULL)
        return;
    g_array_unref(filter->words);
    g_free(filter->doubts);
    g_free(filter->text);
    g_free(filter);
}

const char *filter_text(const struct filter *filter)
{
    return filter->text;
}

const char *filter_trouble(const struct filter *filter)
{
    return filter != NULL && *filter->doubts
               ? "the regular expression takes too long: fewer * and + side by side"
               : NULL;
}

gboolean filter_speaks_of_vms(const struct filter *filter)
{
    return filter != NULL && filter->speaks_of_vms;
}

/* --- Parsing --------------------------------------------------------------------------------- */

struct reader {
    const char *at;
    guint scope;
    gboolean *doubts;
};

/* Letters and a colon: a key. Returns its length; 0 = there is none. */
static gsize key_length(const char *at)
{
    gsize length = 0;

    while (g_ascii_isalpha(at[length]) || (length > 0 && at[length] == '-'))
        length++;
    return at[length] == ':' ? length : 0;
}

static gboolean refuse_key(const struct reader *reader, gsize length, GError **error)
{
    g_autofree char *name = g_strndup(reader->at, length);
    guint distance = G_MAXUINT, scope;
    const char *meant = NULL, *key, *value, *help;

    if (filter_key_find(G_MAXUINT, name, length) != NULL) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: says nothing of what is shown here",
                    name);
        return FALSE;
    }
    for (guint i = 0; filter_key_at(i, &scope, &key, &value, &help); i++) {
        if ((scope & reader->scope) != 0 && nearest_offer(name, key, &distance))
            meant = key;
    }
    if (meant != NULL)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "there is no key %s: did you mean %s:?",
                    name, meant);
    else
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "there is no key %s: (in \"quotes\" it is a piece of a name)", name);
    return FALSE;
}

/* Up to a quote, the end of an expression, or else a blank or bar; what is open ends with the line.
 */
static char *read_value(struct reader *reader, gboolean slashes, gboolean *quoted)
{
    const char *from = reader->at;
    char *value;

    *quoted = *from == '"';
    if (*quoted) {
        from++;
        reader->at = from + strcspn(from, "\"");
        value = g_strndup(from, (gsize)(reader->at - from));
        reader->at += *reader->at == '"';
        return value;
    }
    if (slashes && *from == '/') {
        const char *end = from + 1;

        while (*end != '\0' && *end != '/')
            end += end[0] == '\\' && end[1] != '\0' ? 2 : 1;
        reader->at = end + (*end == '/');
    } else {
        reader->at = from + strcspn(from, " |");
    }
    return g_strndup(from, (gsize)(reader->at - from));
}

/* One alternative; it has the key of the one before unless it brings its own. */
static gboolean read_term(struct reader *reader, struct filter_word *word,
                          const struct filter_key **key, GError **error)
{
    gsize length = *reader->at != '"' ? key_length(reader->at) : 0;
    struct filter_term term = {.given_up = reader->doubts};
    g_autofree char *value = NULL;
    gboolean quoted, is_text;

    if (length > 0) {
        *key = filter_key_find(reader->scope, reader->at, length);
        if (*key == NULL)
            return refuse_key(reader, length, error);
        reader->at += length + 1;
    }
    term.key = *key;
    is_text = *key == NULL || (*key)->value == FILTER_NAME || (*key)->value == FILTER_TEXT;
    value = read_value(reader, is_text, &quoted);
    /* What is still being typed: a lone bar, a lone '!'. */
    if (*value == '\0' && length == 0)
        return TRUE;
    if (!filter_term_parse(&term, value, quoted, error)) {
        filter_term_clear(&term);
        return FALSE;
    }
    g_array_append_val(word->terms, term);
    return TRUE;
}

static gboolean read_word(struct reader *reader, struct filter_word *word, GError **error)
{
    const struct filter_key *key = NULL;

    for (; *reader->at == '!'; reader->at++)
        word->negated = !word->negated;
    for (;;) {
        if (!read_term(reader, word, &key, error))
            return FALSE;
        if (*reader->at != '|')
            break;
        reader->at++;
    }
    return TRUE;
}

static gboolean term_is_of_vms(const struct filter_term *term)
{
    return term->key == NULL || (term->key->scope & FILTER_OF_VMS) != 0;
}

/* What is learnt once of all words. */
static void finish(struct filter *filter)
{
    for (guint i = 0; i < filter->words->len; i++) {
        const struct filter_word *word = &g_array_index(filter->words, struct filter_word, i);

        for (guint j = 0; j < word->terms->len && !word->negated; j++)
            filter->speaks_of_vms =
                filter->speaks_of_vms ||
                term_is_of_vms(&g_array_index(word->terms, struct filter_term, j));
    }
}

static gboolean read_words(struct filter *filter, guint scope, GError **error)
{
    struct reader reader = {filter->text, scope, filter->doubts};

    for (;;) {
        struct filter_word word = {0};

        reader.at += strspn(reader.at, " ");
        if (*reader.at == '\0')
            return TRUE;
        word.terms = g_array_new(FALSE, TRUE, sizeof(struct filter_term));
        g_array_set_clear_func(word.terms, term_clear);
        if (!read_word(&reader, &word, error)) {
            word_clear(&word);
            return FALSE;
        }
        if (word.terms->len > 0)
            g_array_append_val(filter->words, word);
        else
            word_clear(&word);
        if (filter->words->len > FILTER_WORDS_MOST) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "over %d words are too many",
                        FILTER_WORDS_MOST);
            return FALSE;
        }
    }
}

struct filter *filter_parse_for(guint scope, const char *text, GError **error)
{
    autoptr(filter) filter = NULL;

    if (text == NULL || text[strspn(text, " ")] == '\0')
        return NULL;
    if (strlen(text) > FILTER_BYTES_MOST || !g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "a filter is UTF-8 text of at most %d bytes", FILTER_BYTES_MOST);
        return NULL;
    }
    filter = filter_new(text);
    if (!read_words(filter, scope, error) || filter->words->len == 0)
        return NULL;
    finish(filter);
    return g_steal_pointer(&filter);
}

struct filter *filter_parse(const char *text, GError **error)
{
    return filter_parse_for(FILTER_OF_GRID, text, error);
}

/* --- Matching -------------------------------------------------------------------------------- */

static const struct filter_word *word_at(const struct filter *filter, guint index)
{
    return &g_array_index(filter->words, struct filter_word, index);
}

static gboolean entry_has_text(const struct filter_term *term, const struct journal_entry *entry)
{
    return filter_term_has_text(term, entry->text) || filter_term_has_text(term, entry->object) ||
           filter_term_has_text(term, entry->what) || filter_term_has_text(term, entry->who) ||
           filter_term_has_text(term, entry->result);
}

static gboolean job_has_text(const struct filter_term *term, const struct job *job)
{
    return filter_term_has_text(term, job->vm) || filter_term_has_text(term, job->from) ||
           filter_term_has_text(term, job->to) || filter_term_has_text(term, job->who) ||
           filter_term_has_text(term, job->why) || filter_term_has_text(term, job->result) ||
           filter_term_has_text(term, job_kind_name(job->kind)) ||
           filter_term_has_text(term, job_state_name(job->state));
}

static gboolean term_matches(const struct filter_term *term, const struct filter_subject *subject)
{
    if (term->key != NULL)
        return term->key->match(term, subject);
    if (subject->entry != NULL)
        return entry_has_text(term, subject->entry);
    if (subject->job != NULL)
        return job_has_text(term, subject->job);
    return (subject->vm != NULL && filter_term_has_text(term, subject->vm->name)) ||
           (subject->host != NULL && filter_term_has_text(term, subject->host->name));
}

static gboolean word_matches(const struct filter_word *word, const struct filter_subject *subject)
{
    for (guint i = 0; i < word->terms->len; i++) {
        if (term_matches(&g_array_index(word->terms, struct filter_term, i), subject))
            return TRUE;
    }
    return FALSE;
}

static gboolean all_match(const struct filter *filter, const struct filter_subject *subject)
{
    for (guint i = 0; i < filter->words->len; i++) {
        const struct filter_word *word = word_at(filter, i);

        if (word_matches(word, subject) == (word->negated != FALSE))
            return FALSE;
    }
    return TRUE;
}

/* Not only for where it is: by its own name, or by what is so of VMs. */
static gboolean word_means_vm(const struct filter_word *word, const struct filter_subject *subject)
{
    for (guint i = 0; i < word->terms->len; i++) {
        const struct filter_term *term = &g_array_index(word->terms, struct filter_term, i);

        if (term->key == NULL ? filter_term_has_text(term, subject->vm->name)
                              : term_is_of_vms(term) && term->key->match(term, subject))
            return TRUE;
    }
    return FALSE;
}

static gboolean subject_is_meant(const struct filter *filter, const struct filter_subject *subject)
{
    if (!all_match(filter, subject))
        return FALSE;
    for (guint i = 0; filter->speaks_of_vms && i < filter->words->len; i++) {
        const struct filter_word *word = word_at(filter, i);

        if (!word->negated && word_means_vm(word, subject))
            return TRUE;
    }
    return !filter->speaks_of_vms;
}

gboolean filter_has_vm(const struct filter *filter, const struct scene *scene, const struct vm *vm)
{
    struct filter_subject subject = {.scene = scene, .host = vm->host, .vm = vm};

    return filter == NULL || subject_is_meant(filter, &subject);
}

/* A '!' keeps a host away that is so itself, or has a VM that is. */
static gboolean some_vm_matches(const struct filter_word *word, struct filter_subject subject)
{
    const GPtrArray *vms = subject.host->vms;

    for (guint i = 0; i < vms->len; i++) {
        subject.vm = g_ptr_array_index(vms, i);
        if (word_means_vm(word, &subject))
            return TRUE;
    }
    return FALSE;
}

gboolean filter_has_host_alone(const struct filter *filter, const struct scene *scene,
                               const struct host *host)
{
    struct filter_subject subject = {.scene = scene, .host = host};

    for (guint i = 0; filter != NULL && i < filter->words->len; i++) {
        const struct filter_word *word = word_at(filter, i);
        gboolean matches = word_matches(word, &subject);

        if (word->negated && !matches)
            matches = some_vm_matches(word, subject);
        if (matches == (word->negated != FALSE))
            return FALSE;
    }
    return TRUE;
}

gboolean filter_has_host(const struct filter *filter, const struct scene *scene,
                         const struct host *host)
{
    struct filter_subject subject = {.scene = scene, .host = host};

    if (filter_has_host_alone(filter, scene, host))
        return TRUE;
    for (guint i = 0; filter->speaks_of_vms && i < host->vms->len; i++) {
        subject.vm = g_ptr_array_index(host->vms, i);
        /* Both a host's name and its VM's may be asked for: together they mean the host. Of one
         * word alone it is known by now that it does not mean the host. */
        if (filter->words->len == 1 ? word_means_vm(word_at(filter, 0), &subject)
                                    : all_match(filter, &subject))
            return TRUE;
    }
    return FALSE;
}

gboolean filter_has_entry(const struct filter *filter, const struct journal_entry *entry)
{
    struct filter_subject subject = {.entry = entry};

    return filter == NULL || all_match(filter, &subject);
}

gboolean filter_has_job(const struct filter *filter, const struct job *job)
{
    struct filter_subject subject = {.job = job};

    return filter == NULL || all_match(filter, &subject);
}
