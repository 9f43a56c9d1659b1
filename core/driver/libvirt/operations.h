/*
 * operations.h - what was asked of the driver and is not answered yet. Thread: main.
 *
 * Each operation is answered exactly once, never from inside the call that began it.
 */
#ifndef ROOST_DRIVER_LIBVIRT_OPERATIONS_H
#define ROOST_DRIVER_LIBVIRT_OPERATIONS_H

#include <glib.h>

#include "core/driver/driver.h"
#include "core/driver/libvirt/errand.h"
#include "core/driver/libvirt/local_command.h"
#include "core/driver/libvirt/migration.h"
#include "core/driver/libvirt/tcp_probe.h"
#include "core/driver/libvirt/worker_task.h"
#include "core/driver/libvirt/worker.h"
#include "core/driver/manage.h"

struct operations;

struct operation {
    guint id;
    char *address;              /* a migration's source */
    char *to_address;           /* a migration's target; else NULL */
    const char *what;           /* "refresh", "switch off", "wake", "migrate", "check" */
    driver_report_func report;  /* for a refresh */
    driver_wake_func woken;     /* for a wake */
    driver_check_func checked;  /* for an examination */
    driver_manage_func managed; /* for definitions; where disks are an errand, it has it */
    driver_done_func done;      /* for all others */
    driver_progress_func progress;
    gpointer data;
    GDestroyNotify data_free;              /* NULL = it is not ours */
    void (*take)(struct worker_task *task, /* before it is answered; NULL = nothing to take */
                 gpointer data);
    struct worker_task *task;      /* NULL where nothing is asked of a host's worker */
    struct errand *errand;         /* NULL for all others */
    struct migration *migration;   /* NULL for all others */
    gint64 allowed_us;             /* a migration's time-out; 0 = none */
    gboolean with_connect;         /* its time holds for connecting too */
    gboolean survives;             /* a migration that goes on without us */
    struct local_command *command; /* that is run here; NULL = none */
    struct tcp_probe *probe;       /* NULL = none */
    GArray *parts;    /* guint: ids of the operations this one is made of; NULL = it is none */
    GPtrArray *ways;  /* char *: what each part has to say; NULL until it has */
    guint parts_left; /* of those, not answered yet */
    gboolean worked;  /* some part did */
    guint timer;      /* its deadline; 0 = none */
    guint ending;     /* an error is about to be delivered; 0 = none */
    GError *error;    /* that error */
    gpointer owner;   /* for whoever sets it */
    struct operations *all;
};

struct operations *operations_new(void);

/* Frees all that are left; none is answered. */
void operations_free(struct operations *all);

/* A new one, numbered; borrowed until it is answered. */
struct operation *operations_add(struct operations *all, const char *address, const char *what);

/* NULL when it has been answered already. */
struct operation *operations_find(struct operations *all, guint id);

/* Every operation that touches the address: struct operation *, borrowed. */
GPtrArray *operations_at(struct operations *all, const char *address);

/* Everything that is not answered yet, likewise. */
GPtrArray *operations_list(struct operations *all);

/* Answers it and frees it: a report (taken over) or NULL; error may be NULL. */
void operation_answer(struct operation *operation, struct host_report *report, const GError *error);

/* The same for a wake. */
void operation_answer_ways(struct operation *operation, const char *ways, const GError *error);

/* From now on it is made of others. */
void operation_make_whole(struct operation *operation);

/* The same for an examination. */
void operation_answer_check(struct operation *operation, struct check_report *found,
                            const GError *error);

/* The same for definitions. */
void operation_answer_managed(struct operation *operation, struct manage_answer *answer,
                              const GError *error);

/* Answers with error (taken over) as soon as the caller has returned to the main loop. */
void operation_answer_later(struct operation *operation, GError *error);

/* (Re)starts its deadline: expired(operation) once, unless it is answered before. */
void operation_set_deadline(struct operation *operation, gint64 after_us, GSourceFunc expired);

#endif
