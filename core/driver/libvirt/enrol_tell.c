#include "core/driver/libvirt/enrol_tell.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/driver/libvirt/host_facts.h"
#include "core/driver/libvirt/host_script.h"
#include "core/driver/libvirt/known_hosts.h"

/* One line for any login shell. Without sudo it runs as it can, and says itself what it may not. */
const char enrol_tell_as_root[] =
    "exec sh -c 'if [ \"$(id -u)\" != 0 ] && sudo -n true </dev/null >/dev/null 2>&1; "
    "then exec sudo -n -H sh; fi; exec sh'";

/* "TYPE BASE64 comment", without its comment; NULL when it is nothing of the kind. */
static char *read_key(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 3);
    char *key = words[0] && words[1] ? g_strdup_printf("%s %s", words[0], words[1]) : NULL;

    if (key && !known_hosts_is_key(key))
        g_clear_pointer(&key, g_free);
    return key;
}

gboolean enrol_tell_read(const char *text, gsize size, char **key, char **done, GError **error)
{
    gboolean whole = FALSE;
    gboolean said = FALSE;
    g_auto(GStrv) lines = host_facts_lines(text, size, &whole);

    for (char **line = lines; line && *line; line++) {
        if (g_str_has_prefix(*line, "failed ")) {
            g_autofree char *why = text_escape(*line + strlen("failed "));

            g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s", why);
            return FALSE;
        }
        if (key && !*key && g_str_has_prefix(*line, "key "))
            *key = read_key(*line + strlen("key "));
        if (g_str_has_prefix(*line, "done ")) {
            said = TRUE;
            if (done && !*done)
                *done = text_escape(*line + strlen("done "));
        }
    }
    if (whole && said)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "its sh gave no whole answer");
    return FALSE;
}

gboolean enrol_tell(struct ssh_link *link, gboolean as_root, const char *script, gint64 deadline_us,
                    char **key, char **done, GError **error)
{
    autoptr(ssh_answer) answer = ssh_answer_new();

    if (!ssh_link_run(link, as_root ? enrol_tell_as_root : host_script_command, script, deadline_us,
                      answer, error))
        return FALSE;
    return enrol_tell_read(answer->output->str, answer->output->len, key, done, error);
}
