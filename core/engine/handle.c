#include "core/engine/handle.h"

/* Of the engines of one thread: a look ahead has one of its own in a thread of its own. */
static _Thread_local GHashTable *owners; /* handle -> owner; there only while some handle is */
static _Thread_local gsize last_handle;

gpointer handle_new(gpointer owner)
{
    gpointer handle = GSIZE_TO_POINTER(++last_handle);

    if (!owners)
        owners = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_hash_table_insert(owners, handle, owner);
    return handle;
}

gpointer handle_owner(gpointer handle)
{
    return owners ? g_hash_table_lookup(owners, handle) : NULL;
}

void handle_drop(gpointer handle)
{
    if (!handle || !owners)
        return;
    g_hash_table_remove(owners, handle);
    if (g_hash_table_size(owners) == 0)
        g_clear_pointer(&owners, g_hash_table_unref);
}
