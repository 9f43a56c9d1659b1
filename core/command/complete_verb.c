/* complete_verb.c - the verb that the completions of other shells ask. */
#include "core/command/verb.h"

#include <string.h>

#include "core/base/text.h"
#include "core/command/command_line.h"
#include "core/command/complete.h"
#include "core/command/session.h"

/* What is stored of the lab that the words name; NULL when there is none. No host is asked. */
static struct session *peek(const char *const *words, const struct output *output)
{
    const struct session_request request = {
        .config = complete_option_value(words, "configuration"),
        .lab = complete_option_value(words, "lab"),
        .peek = TRUE,
        .looks = TRUE,
    };
    return session_open(&request, output, NULL);
}

gboolean complete_run(const struct command *command, G_GNUC_UNUSED GError **error)
{
    const char *const *words = (const char *const *)command->line->command;
    if (!words || !words[0])
        return TRUE;
    struct session *session = peek(words, command->output);
    const struct complete_source source = {
        .verbs = verbs,
        .cluster = session ? session_cluster(session) : NULL,
    };
    autoptr(completion) found = complete_words(&source, words);
    for (guint i = 0; i < found->candidates->len; i++) {
        const struct candidate *candidate = found->candidates->pdata[i];
        g_autofree char *text = text_escape(candidate->text);
        g_autofree char *help = text_escape(candidate->help);
        g_autofree char *line =
            g_strdup_printf("%s\t%s\t%s\n", candidate_kind_name(candidate->kind), text, help);
        /* One that had to be escaped would not be what was completed. */
        if (strcmp(text, candidate->text) == 0)
            output_text(command->output, line);
    }
    return session_close(session, NULL);
}
