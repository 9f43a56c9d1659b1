/*
 * cleanup.h - g_autoptr for our own structs, which are not typedefs.
 *
 * After AUTOPTR_DEFINE(plan) beside the declaration of plan_free, a local declared as
 * `autoptr(plan) plan = ...` is freed when it goes out of scope. Thread: any.
 */
#ifndef ROOST_BASE_CLEANUP_H
#define ROOST_BASE_CLEANUP_H

#include <glib.h>

#define AUTOPTR_DEFINE(name)                                                                       \
    static inline void name##_autofree(struct name **pointer)                                      \
    {                                                                                              \
        if (*pointer)                                                                              \
            name##_free(*pointer);                                                                 \
    }

#define autoptr(name) __attribute__((cleanup(name##_autofree), unused)) struct name *

#endif
