#include "core/command/limits.h"

#include "core/base/error.h"

/* What neither names a file nor makes one; those of the lab's choice are refused by name below. */
#define KIOSK_OPTIONS                                                                              \
    (OPTION_DRY_RUN | OPTION_FORCE | OPTION_POLICY | OPTION_SCRIPT | OPTION_NORMALIZE |            \
     OPTION_SEED | OPTION_FAULTS | OPTION_TRACE | OPTION_MODE | OPTION_BANDWIDTH |                 \
     OPTION_TIMEOUT | OPTION_ON_TIMEOUT | OPTION_FORMAT | OPTION_SINCE | OPTION_UNTIL |            \
     OPTION_HOST | OPTION_VM | OPTION_GREP | OPTION_ALARMS | OPTION_FOLLOW | OPTION_LINES |        \
     OPTION_NIGHT | OPTION_MONTH | OPTION_CONFIRM | OPTION_NONE | OPTION_READONLY)

static gboolean is_bare(const struct command_line *line)
{
    return !line->arguments[0] && !(line->given & OPTION_NONE);
}

static gboolean only_looks(const struct command_line *line)
{
    const struct verb *verb = line->verb;
    return verb->flags & VERB_LOOKS || (verb->flags & VERB_LOOKS_BARE && is_bare(line)) ||
           line->given & verb->options & OPTION_DRY_RUN;
}

static gboolean check_kiosk(const struct command_line *line, GError **error)
{
    if (!(line->verb->flags & VERB_KIOSK)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s: is not for a kiosk",
                    line->verb->name);
        return FALSE;
    }
    if (!line->config && !line->lab && !(line->given & ~KIOSK_OPTIONS))
        return TRUE;
    for (guint i = 0; option_infos[i].name; i++) {
        if (line->given & option_infos[i].bit & ~KIOSK_OPTIONS) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s: --%s is not for a kiosk",
                        line->verb->name, option_infos[i].name);
            return FALSE;
        }
    }
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s: -c and --lab are not for a kiosk",
                line->verb->name);
    return FALSE;
}

gboolean limits_check(struct limits limits, const struct command_line *line, GError **error)
{
    if (!line->verb || line->help || line->version)
        return TRUE;
    if (limits.kiosk && !check_kiosk(line, error))
        return FALSE;
    if (!limits.readonly || only_looks(line))
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "%s: this is a read-only session, which looks and does nothing", line->verb->name);
    return FALSE;
}

gboolean limits_offer(struct limits limits, const struct verb *verb)
{
    if (limits.kiosk && !(verb->flags & VERB_KIOSK))
        return FALSE;
    return !limits.readonly || verb->flags & (VERB_LOOKS | VERB_LOOKS_BARE);
}
