/* main.c - the program: lends the console to the command line, and hands over to it. */
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/command/command.h"
#include "core/command/kiosk.h"
#include "core/command/manual.h"
#include "tui/batch.h"
#include "tui/console.h"
#include "tui/keymap.h"
#include "tui/look_page.h"

static void append_keys(GString *man);
static gboolean run_console(const struct command *command, GError **error);

static const struct command_hooks hooks = {
    .console = run_console,
    .snapshot = batch_snapshot,
    .append_keys = append_keys,
    .append_page = look_append_page,
};

static gboolean run_console(const struct command *command, GError **error)
{
    const struct command_line *line = command->line;
    struct session *session = command->session;
    const struct config *config = session->config;
    guint64 given = line->given;
    enum colour_wish colours;
    if (!colour_wish_parse(line->colours, &colours)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                    "--colours %s: is not auto, never, 8, 16, 256 or 24bit", line->colours);
        return FALSE;
    }
    const struct console_options options = {
        .session = session,
        .hooks = &hooks,
        .engine = session->engine,
        .simulated = session->simulated,
        .lab_name = session->lab_name,
        .warnings = session->warnings,
        .theme = line->theme ? line->theme : config->theme,
        .keymap = line->keymap ? line->keymap : config->keymap,
        .colours = colours,
        .mouse = config->mouse && !(given & OPTION_NO_MOUSE),
        .animated = config->animation && !(given & OPTION_STILL),
    };
    if (given & OPTION_BATCH)
        return batch_run(command, error);
    return console_run(&options, error) == 0;
}

static void append_keys(GString *man)
{
    struct keymap *keymap = keymap_load("default", NULL, NULL);
    for (guint i = 0; keymap && i < ACTION_COUNT; i++) {
        g_autofree char *keys = keymap_keys(keymap, i);
        if (*keys)
            manual_append_item(man, keys, action_info[i].name, action_info[i].help);
    }
    keymap_free(keymap);
}

/* Each host has its threads, which do little but wait: heaps of their own would mostly be holes. */
static void share_one_heap(void)
{
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 1);
#endif
}

/* What GLib logs for information goes to standard output, which is ours: a list or a screen. */
static void keep_log_from_output(void)
{
#if GLIB_CHECK_VERSION(2, 68, 0)
    g_log_writer_default_set_use_stderr(TRUE);
#endif
}

int main(int argc, char **argv)
{
    const struct output output = {stdout, stderr, isatty(STDOUT_FILENO)};
    if (kiosk_find(argc, argv) != KIOSK_NONE)
        kiosk_enter(); /* before any library looks at the environment */
    share_one_heap();
    keep_log_from_output();
    setlocale(LC_ALL, "");
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of writing, not a death */
    return command_main(argc, argv, &output, &hooks);
}
