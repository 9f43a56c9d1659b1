#include "tests/support/command_run.h"

#include <stdio.h>

#include "core/command/command.h"

int command_run(const char *arguments, char **out, char **err)
{
    g_autofree char *line = g_strdup_printf("roost %s", arguments);
    g_auto(GStrv) argv = NULL;
    struct output output = {0};
    gsize sizes[2];
    int argc;
    int status;

    g_assert_true(g_shell_parse_argv(line, &argc, &argv, NULL));
    output.out = open_memstream(out, &sizes[0]);
    output.err = open_memstream(err, &sizes[1]);
    status = command_main(argc, argv, &output, NULL);
    fclose(output.out);
    fclose(output.err);
    return status;
}
