/*
 * complete_scripts.h - completion of roost's command line for bash, zsh and fish: scripts that ask
 * `roost complete` for what fits, so that they need not change with the verbs. Thread: any.
 */
#ifndef ROOST_COMMAND_COMPLETE_SCRIPTS_H
#define ROOST_COMMAND_COMPLETE_SCRIPTS_H

/* Of "bash", "zsh" or "fish"; NULL for another. Static. */
const char *complete_script(const char *shell);

#endif
