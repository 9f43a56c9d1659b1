#include "core/command/fan.h"

#include "core/base/error.h"
#include "core/command/session.h"

struct fan {
    const struct command *command;
    const char *doing;
    const GPtrArray *items;
    fan_start_func start;
    struct fan_call *calls;
    guint started;
    guint ended;
    gboolean interrupted;
    guint shown; /* how many had ended when the progress was last drawn */
};

static void show_progress(struct fan *fan)
{
    g_autofree char *text = NULL;

    if (fan->shown == fan->ended && fan->started > FAN_MOST)
        return;
    fan->shown = fan->ended;
    text = g_strdup_printf("%s %u host%s: %u done", fan->doing, fan->items->len,
                           fan->items->len == 1 ? "" : "s", fan->ended);
    output_progress(fan->command->output, text);
}

static gboolean is_over(gpointer data)
{
    struct fan *fan = data;

    while (!fan->interrupted && fan->started < fan->items->len &&
           fan->started - fan->ended < FAN_MOST) {
        struct fan_call *call = &fan->calls[fan->started];

        *call = (struct fan_call){fan, g_ptr_array_index(fan->items, fan->started)};
        fan->started++;
        fan->start(call);
    }
    show_progress(fan);
    return fan->ended == (fan->interrupted ? fan->started : fan->items->len);
}

static void cancel(gpointer data)
{
    struct fan *fan = data;

    fan->interrupted = TRUE;
    for (guint i = 0; i < fan->started; i++) {
        if (fan->calls[i].operation != 0)
            driver_cancel(fan->command->session->driver, fan->calls[i].operation);
    }
}

gboolean fan_run(const struct command *command, const char *doing, const GPtrArray *items,
                 fan_start_func start, GError **error)
{
    struct fan *fan;
    gboolean interrupted;

    if (items->len == 0)
        return TRUE;
    fan = g_new0(struct fan, 1);
    *fan = (struct fan){.command = command, .doing = doing, .items = items, .start = start};
    fan->calls = g_new0(struct fan_call, items->len);
    /* Left by a second ^C, outside of a session that stands, it stays for late answers. */
    if (!session_wait_out(command->session, is_over, cancel, fan, error))
        return FALSE;
    interrupted = fan->interrupted;
    output_progress(command->output, NULL);
    g_free(fan->calls);
    g_free(fan);
    if (interrupted)
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_CANCELLED, "interrupted");
    return !interrupted;
}

void fan_end(struct fan_call *call)
{
    call->operation = 0;
    call->fan->ended++;
}
