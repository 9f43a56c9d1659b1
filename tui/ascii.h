/*
 * ascii.h - what stands for a sign where the terminal has only ASCII. Pure.
 */
#ifndef ROOST_TUI_ASCII_H
#define ROOST_TUI_ASCII_H

/*
 * The ASCII character for a grapheme (valid UTF-8, as cells have it): the same where it is ASCII,
 * a likeness for lines, blocks, arrows and letters with accents, '?' for all else, ' ' for "".
 */
char ascii_likeness(const char *grapheme);

#endif
