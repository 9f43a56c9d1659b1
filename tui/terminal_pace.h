/*
 * terminal_pace.h - how far behind a terminal is that takes bytes long before it shows them.
 * Private to the curses screen, as terminal_output.h. There is one.
 *
 * The kernel keeps tens of kilobytes for a slow line, and an ssh on the way as many again: minutes
 * of old frames at 300 baud, before the answer to a key. So after what is large, and after each
 * frame while the line is slow, the terminal is asked whether it is well (DSR, ECMA-48: ESC [ 5 n);
 * it says so (ESC [ 0 n) once it has shown all before that, and until then no frame is drawn. One
 * that never answers is not waited for. Thread: main.
 */
#ifndef ROOST_TUI_TERMINAL_PACE_H
#define ROOST_TUI_TERMINAL_PACE_H

#include <glib.h>

#define TERMINAL_PACE_QUESTION "\033[5n"

/* `late_no_more` is called from the main context when frames may be drawn again. Nothing is asked
 * before this, nor after terminal_pace_end. */
void terminal_pace_begin(void (*late_no_more)(void));
void terminal_pace_end(void);

/* TRUE when the question is to be sent behind a frame of so many bytes; it then counts as asked. */
gboolean terminal_pace_asks(gsize bytes);

/* Bytes from the terminal: looks for answers in them, and takes none away. */
void terminal_pace_hear(const char *bytes, gsize length);

/* TRUE while what was sent is known not to be shown yet. */
gboolean terminal_pace_is_late(void);

/* How many cells a frame may change: as many as the line shows in a second or two, G_MAXUINT when
 * it is not slow. */
guint terminal_pace_cells(void);

/* Nobody waits for answers any more: what was asked may never have been sent. */
void terminal_pace_forget(void);

/* Blocks, so long at most, until the answers have come that else a shell would read; drops what is
 * typed meanwhile. At once when there are none to come. */
void terminal_pace_settle(guint most_ms);

#endif
