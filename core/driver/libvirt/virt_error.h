/*
 * virt_error.h - libvirt's last error of this thread, as a GError.
 *
 * libvirt keeps errors per thread: call it right after the call that failed, in the same thread.
 */
#ifndef ROOST_DRIVER_LIBVIRT_VIRT_ERROR_H
#define ROOST_DRIVER_LIBVIRT_VIRT_ERROR_H

#include <glib.h>

/* Sets error to what libvirt says, with a code of ROOST_ERROR that fits; clears libvirt's own. */
void virt_error_take(GError **error);

/*
 * Once per process: libvirt no longer prints its errors to stderr, nor its warnings. To be called
 * before it is initialized,
 * and before there are threads. LIBVIRT_DEBUG in the environment stands.
 */
void virt_error_silence(void);

#endif
