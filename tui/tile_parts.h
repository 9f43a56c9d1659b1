/*
 * tile_parts.h - the lines that a tile is made of, for tile.c alone. Thread: main.
 */
#ifndef ROOST_TUI_TILE_PARTS_H
#define ROOST_TUI_TILE_PARTS_H

#include "tui/tile.h"

/* The end of a text that is escaped already: names of a kind differ at their ends. Free it. */
char *tile_fit_end(const char *escaped, int cells);

/* --- VMs: tile_vms.c --- */

/* The line of marks, and beside them as many names as fit; names FALSE where lines of them follow.
 */
void tile_draw_marks(const struct tile_look *look, struct surface *surface, struct rect row,
                     const struct host *host, gboolean names);

/* The VM whose mark or name is at cell x of that line; NULL for none. */
const struct vm *tile_marked_vm(const struct tile_look *look, struct rect row,
                                const struct host *host, gboolean names, int x);

/* The names of VMs and of those that come, a line each; the last tells how many more there are. */
void tile_draw_vms(const struct tile_look *look, struct surface *surface, struct rect rect,
                   const struct host *host);
const struct vm *tile_named_vm(const struct tile_look *look, const struct host *host, int line,
                               int lines);

/* --- Load, history, RAM, and how long a host has been on its way: tile_facts.c --- */

void tile_draw_load(const struct tile_look *look, struct surface *surface, struct rect row,
                    const struct host *host);
gboolean tile_has_history(const struct tile_look *look, const struct host *host);
void tile_draw_history(const struct tile_look *look, struct surface *surface, struct rect row,
                       const struct host *host);
void tile_draw_memory(struct surface *surface, struct rect row, const struct host *host);

/* "40 s" of waking or going off, in the line of marks. */
void tile_draw_power(const struct tile_look *look, struct surface *surface, struct rect row,
                     const struct host *host);

#endif
