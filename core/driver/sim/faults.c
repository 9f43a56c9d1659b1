/* faults.c - what may go wrong in a simulated lab, as people write it. */
#include "core/driver/sim/sim.h"

#include <stddef.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"

static const struct fault {
    const char *name;
    size_t offset;
    double chance_of_all; /* what "all" gives it */
} FAULTS[] = {
    {"host-dies", offsetof(struct sim_faults, host_dies), 0.02},
    {"host-hangs", offsetof(struct sim_faults, host_hangs), 0.02},
    {"wake-fails", offsetof(struct sim_faults, wake_fails), 0.05},
    {"migration-fails", offsetof(struct sim_faults, migration_fails), 0.05},
    {"never-converges", offsetof(struct sim_faults, never_converges), 0.05},
};

const char *const sim_fault_help[] = {
    "host-dies",
    "power cut of a host, per host and night; once woken again, its VMs restart",
    "host-hangs",
    "a host answers nothing for 5 to 30 minutes, per host and night; its VMs go on",
    "wake-fails",
    "a magic packet wakes nobody, per packet",
    "migration-fails",
    "a migration breaks off, or moves the VM and yet reports an error, per migration",
    "never-converges",
    "the guest dirties RAM faster than it moves, per migration",
    NULL,
};

static double *chance_of(struct sim_faults *faults, const struct fault *fault)
{
    return (double *)(gpointer)((char *)faults + fault->offset);
}

static const struct fault *find_fault(const char *name, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS(FAULTS); i++)
        if (strlen(FAULTS[i].name) == length && memcmp(FAULTS[i].name, name, length) == 0)
            return &FAULTS[i];
    return NULL;
}

static gboolean refuse_word(const char *word, const char *why, GError **error)
{
    g_autofree char *safe = text_escape(word);

    g_set_error(
        error, ROOST_ERROR, ROOST_ERROR_USAGE,
        "faults: \"%s\" %s; write \"none\", \"all\", or FAULT=CHANCE,... with a chance from "
        "0 to 1 and FAULT one of host-dies, host-hangs, wake-fails, migration-fails, "
        "never-converges",
        safe, why);
    return FALSE;
}

static gboolean parse_word(const char *word, struct sim_faults *faults, GError **error)
{
    const char *equals = strchr(word, '=');
    const struct fault *fault;
    double chance;
    char *end = NULL;

    if (strcmp(word, "none") == 0 || strcmp(word, "all") == 0) {
        for (guint i = 0; i < G_N_ELEMENTS(FAULTS); i++)
            *chance_of(faults, &FAULTS[i]) = word[0] == 'a' ? FAULTS[i].chance_of_all : 0;
        return TRUE;
    }
    fault = find_fault(word, equals ? (gsize)(equals - word) : strlen(word));
    if (!fault)
        return refuse_word(word, "is no fault", error);
    if (!equals)
        return refuse_word(word, "has no chance", error);
    chance = g_ascii_strtod(equals + 1, &end);
    if (end == equals + 1 || *end || !(chance >= 0 && chance <= 1))
        return refuse_word(word, "has no chance from 0 to 1", error);
    *chance_of(faults, fault) = chance;
    return TRUE;
}

gboolean sim_faults_parse(const char *spec, struct sim_faults *faults, GError **error)
{
    g_auto(GStrv) words = g_strsplit(spec, ",", -1);
    struct sim_faults parsed = {0};

    if (!words[0])
        return refuse_word("", "is no fault", error);
    for (guint i = 0; words[i]; i++)
        if (!parse_word(g_strstrip(words[i]), &parsed, error))
            return FALSE;
    *faults = parsed;
    return TRUE;
}
