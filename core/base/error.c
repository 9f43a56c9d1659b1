#include "core/base/error.h"

#include <stdarg.h>

GQuark roost_error_quark(void)
{
    return g_quark_from_static_string("roost-error");
}

gboolean error_refuse(GError **error, enum roost_error code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (error != NULL)
        *error = g_error_new_valist(ROOST_ERROR, (gint)code, format, arguments);
    va_end(arguments);
    return FALSE;
}
