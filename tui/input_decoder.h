/*
 * input_decoder.h - bytes from a terminal to whole inputs. Pure: no terminal, no clock.
 *
 * Bytes are fed in whatever pieces they arrive; an input comes out when it is complete. Nothing
 * that is part of an escape sequence ever comes out as keys: sequences that are not known, broken
 * off, absurd or too long are dropped whole. Mouse events are SGR sequences
 * (ESC [ < b ; x ; y M or m, as xterm's "ctlseqs" tells), which curses does not decode under tmux
 * and screen; pastes are what comes between ESC [ 200 ~ and ESC [ 201 ~.
 *
 * Only time can tell the key Escape from the beginning of a sequence: when bytes are left that
 * make no input yet, input_decoder_patience_ms says how long to wait for more, and
 * input_decoder_expire that none came. Thread: main.
 */
#ifndef ROOST_TUI_INPUT_DECODER_H
#define ROOST_TUI_INPUT_DECODER_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "tui/input.h"

#define INPUT_PASTE_BYTES_MOST 65536 /* what is pasted beyond is left out */

struct input_decoder;

struct input_decoder *input_decoder_new(void); /* never NULL */
void input_decoder_free(struct input_decoder *decoder);
AUTOPTR_DEFINE(input_decoder)

/* The size of the screen: presses and wheels beyond it are dropped, drags and releases cut to it.
 * Until it is told, any place up to 65535 is taken as it comes. */
void input_decoder_set_size(struct input_decoder *decoder, int width, int height);

/* Makes a sequence (beginning with ESC, as a terminal's description has it) mean a key, over what
 * is known already. Others are ignored, NULL too. */
void input_decoder_add_key(struct input_decoder *decoder, const char *sequence, guint key);

/* Adds bytes, copied, behind those not used yet. */
void input_decoder_feed(struct input_decoder *decoder, const char *bytes, gsize length);

/* The next whole input; FALSE when the bytes make none. Its text is the decoder's, until the next
 * call. */
gboolean input_decoder_next(struct input_decoder *decoder, struct input *input);

/* How long to wait for the rest of what is left over; 0 when nothing is. Asked after
 * input_decoder_next returned FALSE. */
guint input_decoder_patience_ms(const struct input_decoder *decoder);

/* The rest did not come: a lone ESC is the key Escape, ESC and a character is Alt; a paste ends;
 * all else is dropped. input_decoder_next then tells. */
void input_decoder_expire(struct input_decoder *decoder);

#endif
