/*
 * plan.h - a plan is a value: steps with their reasons, and what was refused and why.
 *
 * It shares nothing with the cluster it was made from: print it, dry-run it, export it, keep it.
 * Thread: any.
 */
#ifndef ROOST_POLICY_PLAN_H
#define ROOST_POLICY_PLAN_H

#include <glib.h>

#include "core/base/cleanup.h"

struct cluster;

enum plan_kind {
    PLAN_NOTHING, /* no beneficial move; the summary says why */
    PLAN_COMPACT,
    PLAN_RELIEF,
    PLAN_NORMALIZE,
    PLAN_DRAIN,
    PLAN_SPREAD,
};

enum plan_action {
    PLAN_MIGRATE,
    PLAN_WAKE,
    PLAN_OFF,
};

enum plan_reason {
    PLAN_REASON_EMPTY_HOST, /* migrate: so that `from` can be switched off */
    PLAN_REASON_PAIR,       /* migrate: pairs, last of under to first of under */
    PLAN_REASON_RELIEVE,    /* migrate: `from` is over */
    PLAN_REASON_GO_HOME,    /* migrate: `to` is its home */
    PLAN_REASON_SPREAD,     /* migrate: `to` would run none otherwise */
    PLAN_REASON_MAKE_ROOM,  /* migrate: aside, so that another can go home */
    PLAN_REASON_DRAIN,      /* migrate: the operator empties `from` */
    PLAN_REASON_EVEN,       /* migrate: the operator spreads VMs, and `to` has least to do */
    PLAN_REASON_NEEDED,     /* wake: an over host needs it */
    PLAN_REASON_OPENING,    /* wake: everything is to be on */
    PLAN_REASON_IDLE,       /* off: runs nothing */
};

#define PLAN_NO_STEP G_MAXUINT

struct plan_step {
    enum plan_action action;
    enum plan_reason reason;
    const char *vm;       /* migrate only; all strings live as long as the plan */
    const char *from;     /* migrate: the source; else the host itself */
    const char *to;       /* migrate only */
    guint64 mem_kib;      /* migrate: RAM to move */
    guint after;          /* index of an earlier step that must have ended first, or PLAN_NO_STEP */
    guint from_vms_after; /* as predicted once this and all earlier steps are done */
    guint to_vms_after;
    gint from_load_permille_after; /* -1 when not known */
    gint to_load_permille_after;
};

/* A host or VM left alone although it looked like a candidate. */
struct plan_refusal {
    const char *subject; /* "host pc05", "vm web" */
    const char *why;     /* "ana is logged in" */
};

struct plan {
    enum plan_kind kind;
    GArray *steps;    /* struct plan_step */
    GArray *refusals; /* struct plan_refusal */
    char *summary;    /* one sentence: what it comes to, or why there is nothing to do */
    guint hosts_on_before;
    guint hosts_on_after;
    guint migrations;
    guint64 moved_kib;
    GStringChunk *strings; /* owns the strings above but the summary */
};

struct plan *plan_new(enum plan_kind kind);
void plan_free(struct plan *plan);
AUTOPTR_DEFINE(plan)

/* Appends a step (its strings are copied) and returns its index. */
guint plan_add_step(struct plan *plan, const struct plan_step *step);
void plan_add_refusal(struct plan *plan, const char *subject, const char *why);

const struct plan_step *plan_step(const struct plan *plan, guint index);

/*
 * One sentence: "vm pc40 from pc40 to pc05: pc40 can then go off; pc05 becomes 2 VMs, load 0.09".
 * Names are escaped. Free with g_free.
 */
char *plan_step_explain(const struct plan_step *step);

/* What it says behind the name of the step: why, and what then is. Free with g_free. */
char *plan_step_why(const struct plan_step *step);

/* How a script reaches hosts. Everything may be NULL, and is borrowed. */
struct plan_access {
    const char *uri;      /* libvirt's, with {address} and {user}; NULL = through the ssh below */
    const char *user;     /* NULL = ssh's own default, as for the rest */
    const char *identity; /* private key */
    const char *known_hosts; /* file */
    const char *off_command; /* run on a host to switch it off; NULL = poweroff */
    guint port;              /* 0 = ssh's default */
};

/*
 * A POSIX shell script of virsh, ssh and etherwake commands that carries the plan out by hand;
 * every word is quoted for the shell. Addresses and MACs are looked up in the cluster, and a wake
 * without a MAC stops the script and says so. Free with g_free.
 */
char *plan_to_script(const struct plan *plan, const struct cluster *cluster,
                     const struct plan_access *access);

const char *plan_kind_name(enum plan_kind kind);

#endif
