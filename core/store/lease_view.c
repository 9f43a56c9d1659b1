#include "core/store/lease_view.h"

void lease_view_clear(struct lease_view *view)
{
    g_free((char *)view->host);
    g_free((char *)view->who);
    g_free((char *)view->what);
    g_free((char *)view->socket);
    g_free((char *)view->boot_id);
    g_free((char *)view->trouble);
    *view = (struct lease_view){0};
}

struct lease_view lease_view_copy(const struct lease_view *view)
{
    struct lease_view copy = *view;
    copy.host = g_strdup(view->host);
    copy.who = g_strdup(view->who);
    copy.what = g_strdup(view->what);
    copy.socket = g_strdup(view->socket);
    copy.boot_id = g_strdup(view->boot_id);
    copy.trouble = g_strdup(view->trouble);
    return copy;
}

gboolean lease_view_equal(const struct lease_view *a, const struct lease_view *b)
{
    return a->state == b->state && a->fence == b->fence && a->own_fence == b->own_fence &&
           a->pid == b->pid && a->released == b->released && g_strcmp0(a->host, b->host) == 0 &&
           g_strcmp0(a->who, b->who) == 0 && g_strcmp0(a->what, b->what) == 0 &&
           g_strcmp0(a->socket, b->socket) == 0 && g_strcmp0(a->boot_id, b->boot_id) == 0 &&
           g_strcmp0(a->trouble, b->trouble) == 0;
}
