/* command_run.h - one command line of roost, run in the test's own process. */
#ifndef ROOST_TESTS_SUPPORT_COMMAND_RUN_H
#define ROOST_TESTS_SUPPORT_COMMAND_RUN_H

/*
 * Runs `roost ARGUMENTS`, which are parted as a shell would. Gives its status, and what it printed;
 * free both with g_free.
 */
int command_run(const char *arguments, char **out, char **err);

#endif
