/*
 * input_sequence.h - what one complete escape sequence means. Private to the decoder. Pure.
 *
 * The input is zeroed by the caller. FALSE: the sequence means nothing here, and is to be dropped.
 */
#ifndef ROOST_TUI_INPUT_SEQUENCE_H
#define ROOST_TUI_INPUT_SEQUENCE_H

#include "tui/input.h"

/* Makes it a key, with the flags that the key's bits tell. */
void input_sequence_key(struct input *input, guint key);

/* ESC [ text, its final byte included (length is at least 1): keys and SGR mouse events, these for
 * a screen of width x height cells. */
gboolean input_sequence_control(const guint8 *text, gsize length, int width, int height,
                                struct input *input);

/* The key of ESC O letter, and what rxvt sends for arrows with Control. */
gboolean input_sequence_single_shift(char letter, struct input *input);

#endif
