/*
 * filter.h - which hosts and VMs are meant, from what an operator types: words that must all match,
 * each a piece of a name, a /regular expression/, or KEY:VALUE, such as state:over or vm:web*; a
 * '!' before a word turns it round. Pure. Thread: main.
 *
 * The same filter serves the grid, the journal and every list: filter_has_host, filter_has_vm and
 * filter_has_text say what it means for each.
 */
#ifndef ROOST_TUI_FILTER_H
#define ROOST_TUI_FILTER_H

#include "core/base/cleanup.h"
#include "tui/scene.h"

struct filter;

/*
 * NULL and ROOST_ERROR_INPUT, with what is wrong and what would be right, when text is no filter;
 * NULL without an error when it is empty or blank: everything is meant.
 */
struct filter *filter_parse(const char *text, GError **error);
void filter_free(struct filter *filter); /* NULL is allowed */
AUTOPTR_DEFINE(filter)

/* As it was typed. Borrowed. */
const char *filter_text(const struct filter *filter);

/*
 * TRUE when it is meant; a NULL filter means everything. A host is meant also for a VM it has. A VM
 * is meant for its own name and facts, or its host's where a word speaks of hosts.
 */
gboolean filter_has_host(const struct filter *filter, const struct scene *scene,
                         const struct host *host);
gboolean filter_has_vm(const struct filter *filter, const struct scene *scene, const struct vm *vm);
gboolean filter_has_entry(const struct filter *filter, const struct journal_entry *entry);
gboolean filter_has_job(const struct filter *filter, const struct job *job);

#endif
