/*
 * terminal.h - the terminal as a file: its bytes, its modes, its signals, and giving it back in
 * every case. Private to the curses screen. There is one; everything here speaks of it.
 *
 * Curses is asked for nothing but drawing. The modes it does not know (mouse motion, pastes in
 * brackets) and those who end without asking it (signals, crashes, exit) are seen to here.
 * Thread: main.
 */
#ifndef ROOST_TUI_TERMINAL_H
#define ROOST_TUI_TERMINAL_H

#include <glib.h>

enum terminal_event {
    TERMINAL_RESIZED = 1 << 0,
    TERMINAL_STOP = 1 << 1,      /* SIGTSTP: somebody asks to stop */
    TERMINAL_CONTINUED = 1 << 2, /* SIGCONT: whoever had the terminal meanwhile left it changed */
};

/*
 * Before curses takes the terminal: remembers its settings and looks after signals: those that
 * end the program, unless somebody handles them already, give the terminal back first. FALSE and
 * ROOST_ERROR_FAILED when input or output is no terminal.
 */
gboolean terminal_open(GError **error);

/* Settings and signals are again what they were. */
void terminal_close(void);

/* `leave`: what takes the terminal's own modes back (at most 255 bytes), for those who end without
 * curses. Before it, our own are turned on: pastes, and the mouse when it is TRUE. */
void terminal_hold(const char *leave, gboolean mouse);

/* Turns our own modes off; curses does the rest, but for the settings (echo, lines). */
void terminal_release(void);
void terminal_restore(void);

/* Mouse reports on or off; also remembered while the terminal is not held. */
void terminal_set_mouse(gboolean on);

/* Bytes that are there: how many, 0 when none, -1 when the terminal is gone. Never blocks. */
gssize terminal_read(char *bytes, gsize most);

/* Waits for bytes; TRUE when there are some (or the terminal is gone), FALSE also after a signal.
 */
gboolean terminal_wait(guint most_ms);

/* The signals that came since the last call, enum terminal_event. */
guint terminal_take_events(void);

/* Readable when there are events to take. */
int terminal_event_fd(void);

/* Stops the job, as ^Z does. Returns when it is continued (at once where nobody could do so). */
void terminal_stop(void);

/* The size in cells; FALSE when the terminal does not tell. */
gboolean terminal_size(int *width, int *height);

#endif
