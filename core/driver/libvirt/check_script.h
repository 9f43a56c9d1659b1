/*
 * check_script.h - the questions of an examination that are asked over ssh. Thread: any.
 *
 * Scripts of the same form as host_script.h's, answered by lines of "key value"; check_facts.h
 * reads them. They only look, and have no effect on the host.
 */
#ifndef ROOST_DRIVER_LIBVIRT_CHECK_SCRIPT_H
#define ROOST_DRIVER_LIBVIRT_CHECK_SCRIPT_H

#include <glib.h>

#include "core/driver/driver.h"
#include "core/driver/libvirt/access.h"

/* Where libvirt receives migrations by default, the first port and the last. */
#define CHECK_SCRIPT_PORT      49152
#define CHECK_SCRIPT_PORT_LAST 49215

/* What time it is there. Apart, and short: the shorter it takes, the more exact it is. */
char *check_script_clock(void);

/*
 * What the host knows by itself: init, daemons, its card's wake-on-LAN (`card` may be NULL) and
 * what would arm it again, the store's token (path may be NULL). Free with g_free.
 */
char *check_script_first(const char *card, const char *token_path);

/* What only shows beside others: files, and the way to the peers. Free with g_free. */
char *check_script_second(const struct check_request *request, const struct access *access);

#endif
