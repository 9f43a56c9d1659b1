#include "core/driver/libvirt/mac.h"

#include <string.h>

#define TEXT_BYTES (MAC_BYTES * 3 - 1)

gboolean mac_parse(const char *text, guint8 bytes[MAC_BYTES])
{
    if (!text || strlen(text) != TEXT_BYTES)
        return FALSE;
    for (guint i = 0; i < MAC_BYTES; i++) {
        int high = g_ascii_xdigit_value(text[i * 3]);
        int low = g_ascii_xdigit_value(text[i * 3 + 1]);

        if (high < 0 || low < 0 || (i + 1 < MAC_BYTES && text[i * 3 + 2] != ':'))
            return FALSE;
        bytes[i] = (guint8)(high << 4 | low);
    }
    return TRUE;
}

char *mac_normalize(const char *text)
{
    guint8 bytes[MAC_BYTES];

    return mac_parse(text, bytes) ? g_ascii_strdown(text, -1) : NULL;
}
