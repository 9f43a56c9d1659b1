/*
 * terminal_input.h - inputs from the terminal as they come: its bytes, the decoder, and the time
 * that tells a lone Escape. Private to tui/screen_curses.c. Thread: main.
 */
#ifndef ROOST_TUI_TERMINAL_INPUT_H
#define ROOST_TUI_TERMINAL_INPUT_H

#include <glib.h>

#include "tui/input_decoder.h"

struct terminal_input;

/* After terminal_open; to be freed before terminal_close. Never NULL. */
struct terminal_input *terminal_input_new(void);
void terminal_input_free(struct terminal_input *input);

/* The decoder behind it, to be told the keys and the size. Borrowed. */
struct input_decoder *terminal_input_decoder(struct terminal_input *input);

/* As screen_read and screen_watch; signals wake the watch too. When the terminal is gone, the
 * program gets SIGHUP, once. */
gboolean terminal_input_next(struct terminal_input *input, struct input *next);
void terminal_input_watch(struct terminal_input *input, void (*ready)(gpointer data),
                          gpointer data);

#endif
