#include "tui/notice.h"

#include <string.h>

#include "core/base/text.h"
#include "tui/app.h"

#define TEXT_BYTES_MOST 240

#define TITLE_PUSH "\033[22;2t" /* xterm's: the title goes onto a stack, and comes back */
#define TITLE_POP  "\033[23;2t"

struct notice {
    enum config_notice kind;
    gboolean has_title, tmux;
    gint64 rests_until_us; /* g_get_monotonic_time */
    guint held_back;
    char *text;  /* of the last one held back */
    char *title; /* as sent; NULL = none was */
};

struct notice *notice_new(enum config_notice kind, gboolean title, gboolean tmux)
{
    struct notice *notice = g_new0(struct notice, 1);

    notice->kind = kind;
    notice->has_title = title;
    notice->tmux = tmux;
    return notice;
}

void notice_free(struct notice *notice)
{
    if (notice == NULL)
        return;
    g_free(notice->text);
    g_free(notice->title);
    g_free(notice);
}

/* --- What is sent ----------------------------------------------------------------------------- */

/* One line without control characters, not too long, and in ASCII where it must be. */
static char *clean(const char *text, gboolean ascii)
{
    g_autofree char *escaped = text_escape(text);
    gsize length = strlen(escaped);
    char *cut;

    if (length > TEXT_BYTES_MOST) {
        const char *end = g_utf8_find_prev_char(escaped, escaped + TEXT_BYTES_MOST + 1);

        escaped[end != NULL ? end - escaped : 0] = '\0';
    }
    cut = ascii ? g_str_to_ascii(escaped, "C") : g_strdup(escaped);
    return g_strdelimit(cut, ";", ',');
}

/* tmux passes on what is wrapped, every ESC in it doubled. */
static char *wrap_for_tmux(const char *sequence)
{
    g_auto(GStrv) parts = g_strsplit(sequence, "\033", -1);
    g_autofree char *doubled = g_strjoinv("\033\033", parts);

    return g_strdup_printf("\033Ptmux;%s\033\\", doubled);
}

char *notice_sequence(enum config_notice kind, const char *text, gboolean tmux, gboolean ascii)
{
    g_autofree char *shown = clean(text, ascii);
    g_autofree char *sequence = NULL;

    switch (kind) {
    case CONFIG_NOTICE_BELL:
        return g_strdup("\a");
    case CONFIG_NOTICE_OSC9:
        sequence = g_strdup_printf("\033]9;%s\a", shown);
        break;
    case CONFIG_NOTICE_OSC777:
        sequence = g_strdup_printf("\033]777;notify;roost;%s\a", shown);
        break;
    case CONFIG_NOTICE_NONE:
        return g_strdup("");
    }
    return tmux ? wrap_for_tmux(sequence) : g_steal_pointer(&sequence);
}

static void send(const struct app *app, const char *sequence)
{
    if (*sequence != '\0')
        screen_notice(app->screen, sequence);
}

static void send_notice(struct notice *notice, const struct app *app, const char *text)
{
    g_autofree char *sequence =
        notice_sequence(notice->kind, text, notice->tmux, app->screen->ascii);

    send(app, sequence);
    notice->rests_until_us = g_get_monotonic_time() + NOTICE_REST_S * G_USEC_PER_SEC;
    notice->held_back = 0;
    g_clear_pointer(&notice->text, g_free);
}

/* --- Alarms ----------------------------------------------------------------------------------- */

void notice_take(struct notice *notice, struct app *app, const struct journal_entry *entry)
{
    if (notice == NULL || !entry->alarm || notice->kind == CONFIG_NOTICE_NONE)
        return;
    if (g_get_monotonic_time() >= notice->rests_until_us) {
        send_notice(notice, app, entry->text);
        return;
    }
    notice->held_back++;
    g_free(notice->text);
    notice->text = g_strdup(entry->text);
}

/* --- The title -------------------------------------------------------------------------------- */

static void update_title(struct notice *notice, const struct app *app)
{
    const char *lab = app->lab_name != NULL ? app->lab_name : app->scene.cluster->name;
    guint alarms = app->scene.n_alarms;
    g_autofree char *title = g_strdup_printf("roost %s%s", lab, alarms > 0 ? ": ALARM" : "");
    g_autofree char *shown = clean(title, app->screen->ascii);
    g_autofree char *sequence = NULL;

    if (g_strcmp0(shown, notice->title) == 0)
        return;
    sequence = g_strdup_printf("%s\033]2;%s\a", notice->title == NULL ? TITLE_PUSH : "", shown);
    send(app, sequence);
    g_free(notice->title);
    notice->title = g_steal_pointer(&shown);
}

void notice_tick(struct notice *notice, struct app *app)
{
    if (notice == NULL)
        return;
    if (notice->has_title)
        update_title(notice, app);
    if (notice->held_back == 0 || g_get_monotonic_time() < notice->rests_until_us)
        return;
    if (notice->held_back == 1) {
        g_autofree char *text = g_strdup(notice->text);

        send_notice(notice, app, text);
    } else {
        g_autofree char *text =
            g_strdup_printf("%u more alarms, the last: %s", notice->held_back, notice->text);

        send_notice(notice, app, text);
    }
}

void notice_end(struct notice *notice, struct app *app)
{
    if (notice != NULL && notice->title != NULL)
        send(app, TITLE_POP);
}
