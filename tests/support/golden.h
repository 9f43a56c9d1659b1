/*
 * golden.h - compares what is drawn with a file of tests/golden, byte for byte.
 *
 * With GOLDEN=write in the environment (`make golden`) the file is written instead, to be read in
 * review. A difference fails the test and shows each row that differs, as expected and as drawn; a
 * missing file fails too. For tests only; the files are found from the root of the source.
 */
#ifndef ROOST_TESTS_GOLDEN_H
#define ROOST_TESTS_GOLDEN_H

#include "tui/surface.h"

/* The surface against tests/golden/NAME.screen; NAME is VIEW-CASE-WxH. */
void golden_check_surface(const char *name, const struct surface *surface);

/* Any text against tests/golden/FILE. */
void golden_check_text(const char *file, const char *text);

#endif
