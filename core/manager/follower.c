#include "core/manager/follower.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/manager/follower_internal.h"

#define TAKE_US   (15 * G_TIME_SPAN_SECOND)
#define ANSWER_US (60 * G_TIME_SPAN_SECOND)

void follower_sent_free(gpointer data)
{
    struct sent *sent = data;
    g_free(sent->name);
    g_free(sent->text);
    g_free(sent);
}

void follower_destroy(struct follower *follower)
{
    if (follower->busy || follower->parsing || follower->connecting)
        return;
    g_ptr_array_unref(follower->sent);
    g_clear_pointer(&follower->newest, g_bytes_unref);
    g_object_unref(follower->cancel);
    g_free((char *)follower->settings.dir);
    g_free((char *)follower->settings.socket);
    g_free(follower->trouble);
    g_free(follower);
}

/* --- What comes ------------------------------------------------------------------------------- */

void follower_set_trouble(struct follower *follower, const char *text)
{
    if (g_strcmp0(text, follower->trouble) == 0)
        return;
    if (text)
        engine_note(follower->engine, "alarm", "", TRUE, text);
    g_free(follower->trouble);
    follower->trouble = g_strdup(text);
}

void follower_take_state(struct follower *follower, struct manager_state *state)
{
    if (state->fence != follower->settings.fence)
        return;
    follower->heard_at_us = g_get_monotonic_time();
    follower_set_trouble(follower, NULL);
    follow_apply(follower->engine, state);
}

struct sent *follower_find_sent(const struct follower *follower, guint id)
{
    for (guint i = 0; i < follower->sent->len; i++) {
        struct sent *sent = follower->sent->pdata[i];
        if (sent->id == id)
            return sent;
    }
    return NULL;
}

void follower_take_answer(struct follower *follower, guint id, const struct answer *answer)
{
    struct sent *sent = follower_find_sent(follower, id);
    if (!sent)
        return;
    g_ptr_array_remove(follower->sent, sent);
    follow_answer(follower->engine, id, answer->job, answer->number, answer->refusal);
}

void follower_give_up(struct follower *follower, guint id, const char *why)
{
    const struct answer answer = {.order = id, .refusal = (char *)why};
    follower_take_answer(follower, id, &answer);
}

/* --- What goes, and its life ------------------------------------------------------------------ */

static void send_order(struct order *order, gpointer data)
{
    struct follower *follower = data;
    const struct order_stamp stamp = {follower->settings.fence, follow_number(follower->engine)};
    g_autofree char *text = order_format(order, &stamp);
    struct sent *sent = g_new0(struct sent, 1);
    sent->id = order->id;
    sent->at_us = g_get_monotonic_time();
    g_ptr_array_add(follower->sent, sent);
    order_free(order);
    if (follower->frames) {
        g_autoptr(GBytes) document = g_bytes_new(text, strlen(text));
        frames_send(follower->frames, document);
        return;
    }
    sent->name = g_strdup_printf("%s-%010u.xml", follower->sender, ++follower->counter);
    sent->text = g_steal_pointer(&text);
    follower_look_within(follower, 0);
}

struct follower *follower_new(struct engine *engine, const struct follower_settings *settings)
{
    struct follower *follower = g_new0(struct follower, 1);
    if (!follow_begin(engine, send_order, follower)) {
        g_free(follower);
        return NULL;
    }
    follower->engine = engine;
    follower->settings = *settings;
    follower->settings.dir = g_strdup(settings->dir);
    follower->settings.socket = g_strdup(settings->socket);
    follower->settings.take_us = settings->take_us ? settings->take_us : TAKE_US;
    follower->settings.answer_us = settings->answer_us ? settings->answer_us : ANSWER_US;
    g_snprintf(follower->sender, sizeof follower->sender, "%08x%08x", g_random_int(),
               g_random_int());
    follower->sent = g_ptr_array_new_with_free_func(follower_sent_free);
    follower->cancel = g_cancellable_new();
    follower->heard_at_us = g_get_monotonic_time();
    follower_connect(follower);
    follower_look_within(follower, 0);
    return follower;
}

/* Blocks on the file system, for those that were not answered: mostly none. */
static void withdraw_all(struct follower *follower)
{
    while (follower->sent->len > 0) {
        const struct sent *sent = follower->sent->pdata[follower->sent->len - 1];
        g_autofree char *path =
            sent->name ? shared_path(follower->settings.dir, SHARED_ORDERS, sent->name) : NULL;
        gboolean withdrawn = path && (g_unlink(path) == 0 || (sent->text && !follower->busy));
        follower_give_up(follower, sent->id, withdrawn ? FOLLOWER_NOT_TAKEN : FOLLOWER_NOT_KNOWN);
    }
}

void follower_free(struct follower *follower)
{
    if (!follower)
        return;
    withdraw_all(follower);
    if (follower->timer)
        g_source_remove(follower->timer);
    follower->dead = TRUE;
    g_cancellable_cancel(follower->cancel);
    g_clear_pointer(&follower->frames, frames_free);
    follower_destroy(follower);
}

void follower_set_manager(struct follower *follower, guint64 fence, const char *socket)
{
    if (fence == follower->settings.fence && g_strcmp0(socket, follower->settings.socket) == 0)
        return;
    withdraw_all(follower);
    if (fence != follower->settings.fence)
        follow_another(follower->engine);
    follower->generation++;
    g_clear_pointer(&follower->frames, frames_free);
    g_clear_pointer(&follower->newest, g_bytes_unref);
    memset(&follower->mark, 0, sizeof follower->mark);
    follower->settings.fence = fence;
    g_free((char *)follower->settings.socket);
    follower->settings.socket = g_strdup(socket);
    follower->heard_at_us = g_get_monotonic_time();
    follower_connect(follower);
    follower_look_within(follower, 0);
}

const char *follower_trouble(const struct follower *follower)
{
    return follower->trouble;
}

gint64 follower_silence_us(const struct follower *follower)
{
    return g_get_monotonic_time() - follower->heard_at_us;
}

gboolean follower_is_local(const struct follower *follower)
{
    return follower->frames != NULL;
}
