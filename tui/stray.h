/*
 * stray.h - what libraries write to standard error while the screen is up.
 *
 * libvirt, GLib and those below them warn there whenever they like, from any thread; on a terminal
 * that would tear the screen. It is kept aside instead, and the last of it is shown once the screen
 * is down. Standard error that is redirected stays as it is. There is one standard error, so there
 * is one of these. Thread: main.
 */
#ifndef ROOST_TUI_STRAY_H
#define ROOST_TUI_STRAY_H

/* The lines kept, and the bytes of each. */
#define STRAY_LINES_MOST 10
#define STRAY_BYTES_MOST 500

/* Begins to keep it aside, with the default main context. Nothing when it cannot be done. */
void stray_hold(void);

/* Standard error is again what it was, and is given the last lines, escaped. */
void stray_release(void);

/*
 * The same for those who end without asking anybody, what nobody has read yet as it is: a failed
 * assertion says why there. Safe in a signal handler; nothing when nothing is held.
 */
void stray_emergency_release(void);

#endif
