#include "core/command/manage_many.h"

#include "core/base/error.h"
#include "core/command/session.h"

struct manage_many {
    const struct command *command;
    const char *doing;
    GPtrArray *items;
    guint at_once;
    guint started;
    guint ended;
    guint shown;
    gboolean stopped; /* no more are begun */
};

static void item_free(gpointer data)
{
    struct manage_item *item = data;

    manage_request_free(item->request);
    manage_answer_free(item->answer);
    g_clear_error(&item->error);
    g_free(item);
}

GPtrArray *manage_items_new(void)
{
    return g_ptr_array_new_with_free_func(item_free);
}

struct manage_item *manage_items_add(GPtrArray *items, const struct manage_request *request,
                                     gpointer data)
{
    struct manage_item *item = g_new0(struct manage_item, 1);

    item->request = manage_request_copy(request);
    item->data = data;
    g_ptr_array_add(items, item);
    return item;
}

void manage_items_add_hosts(const struct command *command, GPtrArray *items,
                            struct manage_request request)
{
    const struct cluster *cluster = session_cluster(command->session);

    for (guint i = 0; i < cluster->hosts->len; i++) {
        struct host *host = g_ptr_array_index(cluster->hosts, i);
        if (host->state != HOST_ON)
            continue;
        request.address = host->address;
        manage_items_add(items, &request, host);
    }
}

static void on_answer(struct manage_answer *answer, const GError *error, gpointer data)
{
    struct manage_item *item = data;

    item->answer = answer;
    item->error = error ? g_error_copy(error) : NULL;
    item->all->ended++;
}

static void show_progress(struct manage_many *all)
{
    g_autofree char *text = NULL;

    if (all->shown == all->ended || !all->doing)
        return;
    all->shown = all->ended;
    text = g_strdup_printf("%s: %u of %u", all->doing, all->ended, all->items->len);
    output_progress(all->command->output, text);
}

static void start_next(struct manage_many *all)
{
    struct manage_item *item = g_ptr_array_index(all->items, all->started++);

    item->all = all;
    if (all->stopped) {
        item->error = g_error_new_literal(ROOST_ERROR, ROOST_ERROR_CANCELLED, "interrupted");
        all->ended++;
        return;
    }
    driver_manage(all->command->session->driver, item->request, on_answer, item);
}

static gboolean is_over(gpointer data)
{
    struct manage_many *all = data;

    while (all->started < all->items->len && all->started - all->ended < all->at_once)
        start_next(all);
    show_progress(all);
    return all->ended == all->items->len;
}

static void stop(gpointer data)
{
    struct manage_many *all = data;

    all->stopped = TRUE;
}

gboolean manage_many_run(const struct command *command, const char *doing, GPtrArray *items,
                         guint at_once, GError **error)
{
    struct manage_many *all = g_new0(struct manage_many, 1);

    *all = (struct manage_many){
        .command = command, .doing = doing, .items = items, .at_once = MAX(at_once, 1)};
    if (items->len > 0 && !session_wait(command->session, is_over, stop, all, error)) {
        g_ptr_array_ref(items); /* what still is under way answers into it */
        return FALSE;
    }
    output_progress(command->output, NULL);
    g_free(all);
    return TRUE;
}

struct manage_answer *manage_one_run(const struct command *command, const char *doing,
                                     const struct manage_request *request, GError **error)
{
    g_autoptr(GPtrArray) items = manage_items_new();
    struct manage_item *item = manage_items_add(items, request, NULL);

    if (!manage_many_run(command, doing, items, 1, error))
        return NULL;
    if (item->error)
        g_propagate_error(error, g_steal_pointer(&item->error));
    return g_steal_pointer(&item->answer);
}
