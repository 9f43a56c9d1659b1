/*
 * filter_term.h - one alternative of one word of a filter, and the table of keys it may speak by.
 * Private to filter*.c. Thread: main.
 */
#ifndef ROOST_TUI_FILTER_TERM_H
#define ROOST_TUI_FILTER_TERM_H

#include "tui/filter.h"

/* What a word is held against; only what its scope has is set. */
struct filter_subject {
    const struct scene *scene;
    const struct host *host;
    const struct vm *vm; /* NULL = the host alone */
    const struct journal_entry *entry;
    const struct job *job;
};

enum filter_value {
    FILTER_NAME,   /* a name, * and ? standing for anything, or a /regular expression/ */
    FILTER_TEXT,   /* a piece of a text, or a /regular expression/ */
    FILTER_CHOICE, /* one of a few words */
    FILTER_NUMBER, /* 3, >0.5, <=2 */
    FILTER_SIZE,   /* 512m, >=1g; counted in KiB */
    FILTER_YES,    /* yes or no */
};

/* Where the names come from that a value may be completed to. */
enum filter_names {
    FILTER_NO_NAMES,
    FILTER_HOST_NAMES,
    FILTER_ADDRESSES,
    FILTER_USERS,
    FILTER_VM_NAMES,
    FILTER_GROUPS,
    FILTER_RACKS,
    FILTER_ROOMS,
    FILTER_LABS,
};

enum filter_compare {
    FILTER_EQUAL,
    FILTER_LESS,
    FILTER_LESS_OR_EQUAL,
    FILTER_MORE,
    FILTER_MORE_OR_EQUAL,
};

struct filter_term {
    const struct filter_key *key; /* NULL = a piece of a name or a /regular expression/ */
    char *text;                   /* folded: in lower case */
    gboolean ascii;               /* text is */
    GRegex *regex;                /* NULL = text counts */
    GHashTable *known;            /* char * -> whether it matches; with regex only */
    enum filter_compare compare;
    double number;
    gboolean yes;
    gboolean *given_up; /* the filter's: set when the expression took too long */
};

struct filter_key {
    const char *name;
    guint scope;
    enum filter_value value;
    enum filter_names names;
    const char *choices; /* "yes|no"; NULL = any */
    const char *help;
    gboolean (*match)(const struct filter_term *term, const struct filter_subject *subject);
};

extern const struct filter_key filter_keys[]; /* ends with one whose name is NULL */

/* NULL when there is none of that name in the scope; length in bytes. */
const struct filter_key *filter_key_find(guint scope, const char *name, gsize length);

/* "name, * for anything", "yes or no", ... */
const char *filter_key_value(const struct filter_key *key);

/* Reads a value for term->key. FALSE and ROOST_ERROR_INPUT; the term can be cleared either way. */
gboolean filter_term_parse(struct filter_term *term, const char *value, gboolean quoted,
                           GError **error);
void filter_term_clear(struct filter_term *term);

/* NULL as a name or text is "". */
gboolean filter_term_has_name(const struct filter_term *term, const char *name);
gboolean filter_term_has_text(const struct filter_term *term, const char *text);
gboolean filter_term_has_number(const struct filter_term *term, double number);
gboolean filter_term_has_choice(const struct filter_term *term, const char *choice);

/* A folded glob of * and ? against all of a text, ASCII or folded. O(lengths multiplied). */
gboolean filter_glob(const char *pattern, const char *text);

#endif
