/*
 * check_facts.h - the answers to check_script.h, read with suspicion.
 *
 * What is missing or makes no sense stays at its "not known" value; an answer that was cut short
 * counts for as far as it goes. Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_CHECK_FACTS_H
#define ROOST_DRIVER_LIBVIRT_CHECK_FACTS_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/model/check.h"

struct check_facts {
    gboolean whole;       /* the answer came to its end */
    char *init;           /* "systemd", "openrc"; NULL for another */
    GPtrArray *installed; /* char *: daemons of libvirt that could be started */
    GPtrArray *runs;      /* char *: of the processes asked for, those that run */
    GPtrArray *tools;     /* char *: of the commands asked for, those that are there */
    GPtrArray *marks;     /* char *: what was come to: "token", or done with: "peers", "files" */
    char *wake_supports;  /* ethtool's letters; NULL when not told */
    char *wake;           /* those that are armed */
    char *connection;     /* NetworkManager's name of the card's; NULL for none */
    GPtrArray *lines;     /* char *: "FILE:LINE" of configuration files, see check_keep.h */
    char *token;          /* what the store's token says; NULL when it is not there */
    gboolean token_asked;
    gboolean has_directory; /* that the token should be in */
    gint64 clock_us;        /* since the epoch; 0 when not told */
    gboolean clock_whole;   /* ... in whole seconds */
};

/* Never NULL. What concerns files and peers goes into report at once (may be NULL). */
struct check_facts *check_facts_parse(const char *text, gsize size, struct check_report *report);
void check_facts_free(struct check_facts *facts);
AUTOPTR_DEFINE(check_facts)

/* Is the word in one of the lists? */
gboolean check_facts_has(const GPtrArray *words, const char *word);

#endif
