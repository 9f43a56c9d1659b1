/*
 * filter.h - which hosts and VMs are meant, from what an operator types: words that must all match,
 * each a piece of a name, a /regular expression/, or KEY:VALUE, such as state:over or vm:web*; a
 * '!' before a word turns it round, a '|' within it gives it alternatives, and "quotes" make a
 * piece of a name of anything. Upper and lower case are one. Pure. Thread: main.
 *
 * The same filter serves the grid, the journal and every list: filter_has_host, filter_has_vm,
 * filter_has_entry and filter_has_job say what it means for each. What is typed is hostile: a
 * regular expression that takes long is given up (filter_trouble), and means nothing from then on.
 */
#ifndef ROOST_TUI_FILTER_H
#define ROOST_TUI_FILTER_H

#include "core/base/cleanup.h"
#include "tui/scene.h"

#define FILTER_BYTES_MOST 1024
#define FILTER_WORDS_MOST 32

struct filter;

/* What a word can speak of: which keys mean something, and what completes. */
enum filter_scope {
    FILTER_OF_HOSTS = 1 << 0, /* the grid */
    FILTER_OF_VMS = 1 << 1,   /* and what is so of a VM, not of its host */
    FILTER_OF_ENTRIES = 1 << 2,
    FILTER_OF_JOBS = 1 << 3,
};
#define FILTER_OF_GRID (FILTER_OF_HOSTS | FILTER_OF_VMS)

/*
 * NULL and ROOST_ERROR_INPUT, with what is wrong and what would be right, when text is no filter;
 * NULL without an error when it is empty or blank: everything is meant. filter_parse is for the
 * grid; the other for any view: a key that means nothing there is an error.
 */
struct filter *filter_parse(const char *text, GError **error);
struct filter *filter_parse_for(guint scope, const char *text, GError **error);
void filter_free(struct filter *filter); /* NULL is allowed */
AUTOPTR_DEFINE(filter)

/* As it was typed. Borrowed. */
const char *filter_text(const struct filter *filter);

/* Why it was given up; NULL while it was not, and for a NULL filter. Borrowed. */
const char *filter_trouble(const struct filter *filter);

/*
 * TRUE when it is meant; a NULL filter means everything. A host is meant also for a VM it has. A VM
 * is meant for its own name and facts, or its host's where a word speaks of hosts.
 */
gboolean filter_has_host(const struct filter *filter, const struct scene *scene,
                         const struct host *host);
gboolean filter_has_vm(const struct filter *filter, const struct scene *scene, const struct vm *vm);
gboolean filter_has_entry(const struct filter *filter, const struct journal_entry *entry);
gboolean filter_has_job(const struct filter *filter, const struct job *job);

/* TRUE when it is meant whatever VMs it has. */
gboolean filter_has_host_alone(const struct filter *filter, const struct scene *scene,
                               const struct host *host);

/* TRUE when some word can mean one VM of a host and not another. */
gboolean filter_speaks_of_vms(const struct filter *filter);

/* --- Completion and help, from the table of keys: filter_complete.c --- */

struct filter_candidate {
    char *word; /* what the word under the cursor becomes */
    char *help; /* may be "" */
};

/*
 * What the word before the cursor could become, the likeliest first; *start = where it begins, in
 * bytes. struct filter_candidate *; owned by the caller.
 */
GPtrArray *filter_complete(guint scope, const struct scene *scene, const char *text, gsize cursor,
                           gsize *start);

/* A line on the key of the word before the cursor: what it means and may be; NULL when it has none.
 * Free with g_free. */
char *filter_hint(guint scope, const char *text, gsize cursor);

/* Every key of a scope in its order: name, how its value is written, help. FALSE past the end. */
gboolean filter_key_at(guint index, guint *scope, const char **name, const char **value,
                       const char **help);

#endif
