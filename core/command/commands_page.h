/*
 * commands_page.h - docs/commands.md, made from the tables of verbs, options and records, so that
 * it cannot fall behind them. Thread: any.
 */
#ifndef ROOST_COMMAND_COMMANDS_PAGE_H
#define ROOST_COMMAND_COMMANDS_PAGE_H

/* The whole page, in Markdown. Free with g_free. */
char *commands_page_format(void);

#endif
