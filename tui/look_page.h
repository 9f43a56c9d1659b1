/*
 * look_page.h - the reference of themes and keymaps, made from the tables of roles and actions and
 * from the files that are built in: roost help themes, roost help keymaps, docs/. Thread: main.
 */
#ifndef ROOST_TUI_LOOK_PAGE_H
#define ROOST_TUI_LOOK_PAGE_H

#include <glib.h>

/* Appends the page "themes" or "keymaps", in Markdown; FALSE for any other name. */
gboolean look_append_page(GString *page, const char *name);

#endif
