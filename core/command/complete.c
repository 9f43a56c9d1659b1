#include "core/command/complete.h"

#include <string.h>

#include "core/base/text.h"
#include "core/command/command_line.h"
#include "core/engine/job.h"

/* The line so far, word by word. */
struct reading {
    const struct complete_source *source;
    const struct verb *verb;
    const char *current;
    const struct option_info *pending; /* an option whose value `current` is */
    GPtrArray *arguments;              /* const char *, of the verb, before `current` */
    gboolean plain;                    /* after "--": no option any more */
    gboolean lost;                     /* a verb that is none, or a command of somebody else's */
    gboolean simulated;                /* --lab was given */
    struct completion *into;
};

static void candidate_free(gpointer data)
{
    struct candidate *candidate = data;
    g_free(candidate->text);
    g_free(candidate->insert);
    g_free(candidate->help);
    g_free(candidate);
}

void completion_free(struct completion *completion)
{
    if (!completion)
        return;
    g_ptr_array_unref(completion->candidates);
    g_free(completion);
}

const char *candidate_kind_name(enum candidate_kind kind)
{
    static const char *const names[] = {"verb", "option", "host", "vm", "job", "word", "file"};
    return names[kind];
}

/* As g_shell_parse_argv takes it apart again. */
static char *quote(const char *text)
{
    for (const char *at = text; *at; at++) {
        if ((guchar)*at < 0x80 && !g_ascii_isalnum(*at) && !strchr("-_./:,@+%=", *at))
            return g_shell_quote(text);
    }
    return *text ? g_strdup(text) : g_strdup("''");
}

/* `before` is kept in front of the text: "--policy=". */
static void offer(struct reading *reading, enum candidate_kind kind, const char *before,
                  const char *text, char *help_take)
{
    struct candidate *candidate = g_new0(struct candidate, 1);
    candidate->kind = kind;
    candidate->text = g_strconcat(before, text, NULL);
    candidate->insert = kind == CANDIDATE_FILE ? g_strdup("") : quote(candidate->text);
    candidate->help = help_take ? help_take : g_strdup("");
    g_ptr_array_add(reading->into->candidates, candidate);
}

/* --- Words, by what they stand for ------------------------------------------------------------ */

static gboolean is_given(const struct reading *reading, const char *name)
{
    for (guint i = 0; i < reading->arguments->len; i++) {
        if (strcmp(reading->arguments->pdata[i], name) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean is_begun(const struct reading *reading, const char *name)
{
    return g_str_has_prefix(name, reading->current) && !is_given(reading, name);
}

static void offer_hosts(struct reading *reading)
{
    const struct cluster *cluster = reading->source->cluster;
    for (guint i = 0; cluster && i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];
        guint vms = host_active_vms(host);
        if (is_begun(reading, host->name))
            offer(reading, CANDIDATE_HOST, "", host->name,
                  g_strdup_printf("%s, %u VM%s", host_state_name(host->state), vms,
                                  vms == 1 ? "" : "s"));
    }
}

static gint compare_vms(gconstpointer a, gconstpointer b)
{
    const struct vm *one = *(struct vm *const *)a;
    const struct vm *other = *(struct vm *const *)b;
    return text_compare_names(one->name, other->name);
}

static void offer_vms(struct reading *reading)
{
    const struct cluster *cluster = reading->source->cluster;
    g_autoptr(GPtrArray) vms = g_ptr_array_new();
    for (guint i = 0; cluster && i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];
        for (guint j = 0; j < host->vms->len; j++) {
            const struct vm *vm = host->vms->pdata[j];
            if (is_begun(reading, vm->name))
                g_ptr_array_add(vms, host->vms->pdata[j]);
        }
    }
    g_ptr_array_sort(vms, compare_vms);
    for (guint i = 0; i < vms->len; i++) {
        const struct vm *vm = vms->pdata[i];
        offer(reading, CANDIDATE_VM, "", vm->name,
              g_strdup_printf("%s on %s", vm_state_name(vm->state), vm->host->name));
    }
}

static void offer_jobs(struct reading *reading)
{
    const GPtrArray *jobs = reading->source->jobs;
    for (guint i = 0; jobs && i < jobs->len; i++) {
        const struct job *job = jobs->pdata[i];
        g_autofree char *id = g_strdup_printf("%u", job->id);
        if (!job_is_over(job) && is_begun(reading, id))
            offer(reading, CANDIDATE_JOB, "", id, job_describe(job));
    }
}

static void offer_verbs(struct reading *reading)
{
    for (const struct verb *verb = reading->source->verbs; verb->name; verb++) {
        if (!(verb->flags & VERB_HIDDEN) && g_str_has_prefix(verb->name, reading->current))
            offer(reading, CANDIDATE_VERB, "", verb->name, g_strdup(verb->help));
    }
}

static const char *place_of(const struct host *host, const char *key)
{
    if (g_str_has_prefix(key, "rack"))
        return host->rack;
    return g_str_has_prefix(key, "room") ? host->room : host->lab;
}

/* Behind "rack=": the racks there are. */
static void offer_places(struct reading *reading, const char *key)
{
    const struct cluster *cluster = reading->source->cluster;
    g_autoptr(GHashTable) offered = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; cluster && i < cluster->hosts->len; i++) {
        const char *place = place_of(cluster->hosts->pdata[i], key);
        g_autofree char *text = place ? g_strconcat(key, place, NULL) : NULL;
        if (text && is_begun(reading, text) && g_hash_table_add(offered, (gpointer)place))
            offer(reading, CANDIDATE_WORD, "", text, NULL);
    }
}

/* Words like "vm|off": in small letters they are meant as they are, in capitals they stand for. */
static void offer_choices(struct reading *reading, const char *before, const char *current,
                          const char *choices)
{
    g_auto(GStrv) words = g_strsplit(choices, "|", -1);
    for (char **word = words; *word; word++) {
        if (strcmp(*word, "HOST") == 0)
            offer_hosts(reading);
        else if (strcmp(*word, "VM") == 0)
            offer_vms(reading);
        else if (strcmp(*word, "JOB") == 0)
            offer_jobs(reading);
        else if (strcmp(*word, "VERB") == 0)
            offer_verbs(reading);
        else if (strcmp(*word, "FILE") == 0)
            offer(reading, CANDIDATE_FILE, before, "", NULL);
        else if (g_str_has_suffix(*word, "=") && g_str_has_prefix(current, *word))
            offer_places(reading, *word);
        else if (g_ascii_islower(**word) &&
                 g_ascii_strncasecmp(*word, current, strlen(current)) == 0)
            offer(reading, CANDIDATE_WORD, before, *word, NULL);
    }
}

/* --- Arguments and options -------------------------------------------------------------------- */

/* "[vm|off|HOST]" of the place an argument has; the last one may be repeated. NULL = none. */
static char *argument_at(const struct verb *verb, guint place)
{
    g_auto(GStrv) all = g_strsplit(verb->arguments, " ", -1);
    guint count = g_strv_length(all);
    guint last = 0;
    while (last < count && strcmp(all[last], "--") != 0)
        last++;
    if (last == 0)
        return NULL;
    gboolean repeats = strstr(all[last - 1], "...") != NULL;
    if (place >= last && !repeats)
        return NULL;
    g_autoptr(GString) word = g_string_new(all[MIN(place, last - 1)]);
    for (gsize i = word->len; i > 0; i--) {
        if (strchr("[].", word->str[i - 1]))
            g_string_erase(word, (gssize)i - 1, 1);
    }
    return g_string_free(g_steal_pointer(&word), FALSE);
}

static void offer_argument(struct reading *reading)
{
    g_autofree char *choices = argument_at(reading->verb, reading->arguments->len);
    if (choices)
        offer_choices(reading, "", reading->current, choices);
}

static gboolean is_option_of(const struct reading *reading, const struct option_info *info)
{
    gboolean everybodys = info->bit == 0;
    if (reading->source->standing && everybodys)
        return strcmp(info->name, "help") == 0;
    return everybodys || info->bit & command_line_options(reading->verb, reading->simulated);
}

static void offer_options(struct reading *reading)
{
    for (guint i = 0; option_infos[i].name; i++) {
        g_autofree char *text = g_strconcat("--", option_infos[i].name, NULL);
        if (is_option_of(reading, &option_infos[i]) && g_str_has_prefix(text, reading->current))
            offer(reading, CANDIDATE_OPTION, "", text, g_strdup(option_infos[i].help));
    }
}

static void offer_value(struct reading *reading, const struct option_info *info, const char *before,
                        const char *current)
{
    const char *choices = info->choices ? info->choices : info->argument;
    if (choices) /* "--force=" is a mistake that is typed before it is told */
        offer_choices(reading, before, current, choices);
}

/* The option that a word is; *value becomes where its value begins in it, or NULL. */
static const struct option_info *find_option(const char *word, const char **value)
{
    *value = NULL;
    for (guint i = 0; option_infos[i].name; i++) {
        const struct option_info *info = &option_infos[i];
        gsize length = strlen(info->name);
        if (word[1] == '-' && strncmp(word + 2, info->name, length) == 0 &&
            (word[2 + length] == '\0' || word[2 + length] == '=')) {
            *value = word[2 + length] == '=' ? word + 3 + length : NULL;
            return info;
        }
        if (word[1] != '-' && info->letter && word[1] == info->letter) {
            *value = word[2] && info->argument ? word + 2 : NULL;
            return info;
        }
    }
    return NULL;
}

const char *complete_option_value(const char *const *words, const char *name)
{
    const char *found = NULL;
    for (guint i = 0; words[i] && words[i + 1] && strcmp(words[i], "--") != 0; i++) {
        const char *value = NULL;
        const struct option_info *info = *words[i] == '-' ? find_option(words[i], &value) : NULL;
        if (info && strcmp(info->name, name) == 0)
            found = value ? value : words[i + 2] ? words[i + 1] : found;
    }
    return found;
}

static void read_option(struct reading *reading, const char *word)
{
    const char *value;
    const struct option_info *info = find_option(word, &value);
    if (!info)
        return;
    reading->simulated |= strcmp(info->name, "lab") == 0;
    if (info->argument && !value)
        reading->pending = info;
}

static const struct verb *find_verb(const struct complete_source *source, const char *name)
{
    for (const struct verb *verb = source->verbs; verb->name; verb++) {
        if (verb_is_called(verb, name))
            return verb;
    }
    return NULL;
}

static void read_word(struct reading *reading, const char *word)
{
    if (reading->pending) {
        reading->pending = NULL;
    } else if (!reading->plain && strcmp(word, "--") == 0) {
        reading->plain = TRUE;
        reading->lost |= reading->verb && command_line_takes_command(reading->verb);
    } else if (!reading->plain && *word == '-' && word[1]) {
        read_option(reading, word);
    } else if (!reading->verb) {
        reading->verb = find_verb(reading->source, word);
        reading->lost |= !reading->verb;
    } else {
        g_ptr_array_add(reading->arguments, (gpointer)word);
    }
}

static void offer_all(struct reading *reading)
{
    const char *value = NULL;
    const struct option_info *info = NULL;
    if (reading->lost)
        return;
    if (reading->pending) {
        offer_value(reading, reading->pending, "", reading->current);
        return;
    }
    if (!reading->plain && *reading->current == '-') {
        info = find_option(reading->current, &value);
        if (!info || !value) {
            offer_options(reading);
            return;
        }
        g_autofree char *before = g_strndup(reading->current, (gsize)(value - reading->current));
        offer_value(reading, info, before, value);
    } else if (!reading->verb) {
        offer_verbs(reading);
    } else {
        offer_argument(reading);
    }
}

struct completion *complete_words(const struct complete_source *source, const char *const *words)
{
    struct completion *completion = g_new0(struct completion, 1);
    g_autoptr(GPtrArray) arguments = g_ptr_array_new();
    struct reading reading = {.source = source, .arguments = arguments, .into = completion};
    guint count = g_strv_length((char **)words);
    completion->candidates = g_ptr_array_new_with_free_func(candidate_free);
    for (guint i = 0; i + 1 < count; i++)
        read_word(&reading, words[i]);
    reading.current = count > 0 ? words[count - 1] : "";
    offer_all(&reading);
    return completion;
}

char *completion_common(const struct completion *completion)
{
    const GPtrArray *all = completion->candidates;
    if (all->len == 0)
        return g_strdup("");
    const struct candidate *first = all->pdata[0];
    gsize common = strlen(first->insert);
    for (guint i = 1; i < all->len; i++) {
        const struct candidate *other = all->pdata[i];
        gsize same = 0;
        while (same < common && first->insert[same] == other->insert[same])
            same++;
        common = same;
    }
    /* Not the half of a character. */
    while (common > 0 && (first->insert[common] & 0xc0) == 0x80)
        common--;
    return g_strndup(first->insert, common);
}
