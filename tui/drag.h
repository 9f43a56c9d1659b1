/*
 * drag.h - a VM in the operator's hand: picked up, held over hosts, dropped. The same for mouse and
 * keyboard.
 *
 * It knows of each host whether it would take the VM; it moves nothing itself. Thread: main.
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

struct drag {
    enum drag_by by;
    char *vm;
    char *from;
    int target;         /* index of the host it is held over, or DRAG_NOWHERE */
    GByteArray *checks; /* enum check_reason for each host, by index */
};

typedef enum check_reason (*drag_check_func)(const struct vm *vm, const struct host *to,
                                             gpointer data);

void drag_init(struct drag *drag);
void drag_clear(struct drag *drag);

/* Takes vm in hand; what was held before is put back. drag_update must follow. */
void drag_begin(struct drag *drag, enum drag_by by, const struct vm *vm);
void drag_end(struct drag *drag);

/* Holds it over a host, by index, or over none. */
void drag_aim(struct drag *drag, int target);

/*
 * Asks afresh for each host, after the cluster changed. FALSE when the VM is gone from where it was
 * picked up: the hand is empty then, and why (never NULL then; free it) says so.
 */
gboolean drag_update(struct drag *drag, const struct scene *scene, drag_check_func check,
                     gpointer data, char **why);

/* The VM in hand; NULL when none is. Borrowed from the cluster. */
const struct vm *drag_vm(const struct drag *drag, const struct scene *scene);

enum check_reason drag_reason(const struct drag *drag, guint host_index);
enum target_mark drag_mark(const struct drag *drag, guint host_index);

#endif
