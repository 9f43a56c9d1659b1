/*
 * complete.h - what may stand where the cursor is: verbs, options, hosts, VMs, jobs and words.
 *
 * Pure: from the tables of verbs and options, and a cluster to take names from. What an argument
 * may be follows from how the table writes it: "[vm|off|HOST]" is two words, or a host. The shell,
 * the console's palette and the completions of bash, zsh and fish all ask here. Thread: any.
 */
#ifndef ROOST_COMMAND_COMPLETE_H
#define ROOST_COMMAND_COMPLETE_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/command/verb.h"
#include "core/model/cluster.h"

enum candidate_kind {
    CANDIDATE_VERB,
    CANDIDATE_OPTION,
    CANDIDATE_HOST,
    CANDIDATE_VM,
    CANDIDATE_JOB,
    CANDIDATE_WORD, /* one of a few */
    CANDIDATE_FILE, /* no candidate, but that a file's name goes here; its text is "" */
};

struct candidate {
    enum candidate_kind kind;
    char *text;   /* the word itself; names as they are: escape them to show them */
    char *insert; /* the same, quoted where a line needs that */
    char *help;   /* a few words: "running on pc03"; may be "" */
};

struct completion {
    gsize start;           /* byte of the line from which a candidate replaces it, to the cursor */
    GPtrArray *candidates; /* struct candidate *, owned; in an order to be shown in */
};

void completion_free(struct completion *completion);
AUTOPTR_DEFINE(completion)

/* Where names come from; all borrowed. */
struct complete_source {
    const struct verb *verbs;      /* the table, or a part of it */
    const struct cluster *cluster; /* NULL = no names */
    const GPtrArray *jobs;         /* struct job *, those under way are offered; NULL = none */
    gboolean standing;             /* in a session: options that choose the lab are not offered */
};

/*
 * For a line (without "roost") and a cursor, in bytes, up to which it counts. A quote that is still
 * open is closed by what is inserted.
 */
struct completion *complete_line(const struct complete_source *source, const char *line,
                                 gsize cursor);

/* For words that were taken apart already, the last one being completed; `start` is 0. */
struct completion *complete_words(const struct complete_source *source, const char *const *words);

/* The value that words give to an option ("lab"), the last one being typed; NULL = none. Borrowed.
 */
const char *complete_option_value(const char *const *words, const char *name);

/* What all candidates' inserts begin with; "" for none. Free with g_free. */
char *completion_common(const struct completion *completion);

/* "verb", "host": stable, for scripts. */
const char *candidate_kind_name(enum candidate_kind kind);

#endif
