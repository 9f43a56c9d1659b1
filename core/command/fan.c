#include "core/command/fan.h"

#include "core/command/session.h"

struct fan {
    const struct command *command;
    const char *doing;
    const GPtrArray *items;
    fan_start_func start;
    struct fan_call *calls;
    guint started;
    guint ended;
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

    while (fan->started < fan->items->len && fan->started - fan->ended < FAN_MOST) {
        struct fan_call *call = &fan->calls[fan->started];

        *call = (struct fan_call){fan, g_ptr_array_index(fan->items, fan->started)};
        fan->started++;
        fan->start(call);
    }
    show_progress(fan);
    return fan->ended == fan->items->len;
}

gboolean fan_run(const struct command *command, const char *doing, const GPtrArray *items,
                 fan_start_func start, GError **error)
{
    struct fan fan = {.command = command, .doing = doing, .items = items, .start = start};
    gboolean waited;

    if (items->len == 0)
        return TRUE;
    fan.calls = g_new0(struct fan_call, items->len);
    waited = session_wait(command->session, is_over, NULL, &fan, error);
    output_progress(command->output, NULL);
    if (waited)
        g_free(fan.calls);
    return waited;
}

void fan_end(struct fan_call *call)
{
    call->fan->ended++;
}
