/*
 * host_facts.h - what is known of a host, for its view: in a sheet, and why it is in the list it is
 * in. Thread: main.
 */
#ifndef ROOST_TUI_HOST_FACTS_H
#define ROOST_TUI_HOST_FACTS_H

#include "tui/app.h"
#include "tui/sheet.h"

void host_facts_add(struct sheet *sheet, const struct app *app, const struct host *host);

/* "regular: load 0.63 is between the thresholds, 0.40 and 0.90". Free with g_free. */
char *host_facts_why(const struct scene *scene, const struct host *host);

/* As it is told to an operator: "on", "waking". The role is that of its mark. */
const char *host_facts_state(const struct scene *scene, const struct host *host, enum role *role);

#endif
