#include "core/base/error.h"

GQuark roost_error_quark(void)
{
    return g_quark_from_static_string("roost-error");
}
