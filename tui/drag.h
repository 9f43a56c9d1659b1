/*
 * drag.h - VMs in the operator's hand: picked up, held over hosts, dropped. The same for mouse and
 * keyboard, for one VM and for a thousand.
 *
 * It knows of each host whether it would take them all, and what it would become; it moves nothing
 * itself. That is worked out for a host when it is asked for first after an update: those that are
 * not on screen cost nothing. Thread: main.
 */
#ifndef ROOST_TUI_DRAG_H
#define ROOST_TUI_DRAG_H

#include "tui/scene.h"

enum drag_by {
    DRAG_NONE, /* nothing is held */
    DRAG_BY_MOUSE,
    DRAG_BY_KEYS,
};

#define DRAG_NOWHERE (-1)

/* One in hand. */
struct drag_vm {
    char *name;
    char *from; /* name of the host it was picked up from */
};

struct drag {
    enum drag_by by;
    GPtrArray *vms;    /* struct drag_vm *, as they were taken */
    GHashTable *names; /* name -> struct drag_vm *, borrowed */
    GPtrArray *here;   /* const struct vm *, in the order of `vms`, as of the last update */
    const char *vm;    /* the first in hand; NULL = none. Borrowed from vms */
    const char *from;  /* its host */
    gboolean whole;    /* all of the hosts they are on were taken */
    int target;        /* index of the host they are held over, or DRAG_NOWHERE */
    char *target_name; /* by which it is found again when hosts come and go */
    GArray *becomes;   /* struct drag_becomes, by index of host */
    guint update;      /* counts updates: what is of an older one is worked out anew */
    guint64 mem_kib;   /* of all in hand */
    gint64 cpu_permille;
    const struct scene *scene;   /* of the last update; borrowed */
    const struct engine *engine; /* NULL = nothing is known of what is under way */
};

/* What a host would be if everything in hand was dropped there. */
struct drag_becomes {
    guint update; /* private */
    enum check_reason reason;
    struct check_set set; /* those that would come; set.vm is the one that does not fit */
    gboolean leaves;      /* nothing would come: it is where they are, and is shown without them */
    enum host_class class;
    gint load_before_permille; /* -1 = not known, as the next */
    gint load_permille;
    guint64 mem_before_kib, mem_kib, mem_all_kib; /* RAM of its VMs; all it has for them */
    guint vms_before, vms, vms_most;
};

void drag_init(struct drag *drag);
void drag_clear(struct drag *drag);

/*
 * Takes vm in hand; what was held before is put back. drag_add takes more; drag_update must follow.
 * A VM that is in hand already is not taken twice.
 */
void drag_begin(struct drag *drag, enum drag_by by, const struct vm *vm);
void drag_add(struct drag *drag, const struct vm *vm);
void drag_end(struct drag *drag);

/* Holds them over a host, by index, or over none. */
void drag_aim(struct drag *drag, int target);

/*
 * Everything is to be worked out afresh, after the cluster changed. What is no longer where it was
 * picked up leaves the hand: why (free it; else NULL) says so. FALSE when nothing is left in it.
 * Scene and engine (which may be NULL) are borrowed until the next update or drag_end.
 */
gboolean drag_update(struct drag *drag, const struct scene *scene, const struct engine *engine,
                     char **why);

/* The first VM in hand; NULL when none is. Borrowed from the cluster. */
const struct vm *drag_vm(const struct drag *drag, const struct scene *scene);

guint drag_n(const struct drag *drag); /* 0 when nothing is held */

/* What the host would become. Borrowed until the next update. Only while something is held. */
const struct drag_becomes *drag_becomes(const struct drag *drag, guint host_index);

enum check_reason drag_reason(const struct drag *drag, guint host_index);
enum target_mark drag_mark(const struct drag *drag, guint host_index);

/* Why the host would not take them, one sentence. Free with g_free. */
char *drag_explain(const struct drag *drag, guint host_index);

/* "vm web", "8 VMs": what is in hand. Names are not escaped. Free with g_free. */
char *drag_describe(const struct drag *drag);

#endif
