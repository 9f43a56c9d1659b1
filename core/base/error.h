/*
 * error.h - the one error domain of roost.
 *
 * Codes say what a caller may do about an error; the message says the rest to the operator:
 * who ("host pc07"), what ("migrate vm web"), why, and what to do. Thread: any.
 */
#ifndef ROOST_BASE_ERROR_H
#define ROOST_BASE_ERROR_H

#include <glib.h>

#define ROOST_ERROR (roost_error_quark())

enum roost_error {
    ROOST_ERROR_USAGE,  /* the command line is wrong: exit status 2 */
    ROOST_ERROR_INPUT,  /* a file or a report that cannot be used, named with its line */
    ROOST_ERROR_ABSENT, /* nothing lives at the address (no route, no ARP answer): probably off */
    ROOST_ERROR_UNREACHABLE, /* something is or should be there, but it does not answer as it must
                              */
    ROOST_ERROR_AUTH,      /* the host key or our own key was not accepted: never retried blindly */
    ROOST_ERROR_REFUSED,   /* a safety check said no */
    ROOST_ERROR_CANCELLED, /* the operator, or a newer plan, took it back */
    ROOST_ERROR_TIMEOUT,   /* the deadline passed; what happened in the end is not known yet */
    ROOST_ERROR_FAILED,    /* it was tried and did not work */
};

GQuark roost_error_quark(void);

/* Sets error (may be NULL) to a message of that code, as printf; always FALSE: to be returned. */
gboolean error_refuse(GError **error, enum roost_error code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

#endif
