/*
 * driver_spy.h - a driver that is watched: whatever it is told to do is counted, and not done.
 * What only looks goes its way. One driver at a time.
 */
#ifndef ROOST_TESTS_SUPPORT_DRIVER_SPY_H
#define ROOST_TESTS_SUPPORT_DRIVER_SPY_H

#include "core/driver/driver.h"

/* Watches it from now on; the count begins at 0. driver_unspy before it is freed. */
void driver_spy(struct driver *driver);

/* As it was before; nothing when it is not watched. */
void driver_unspy(struct driver *driver);

/* How often it was told to do something. */
guint driver_spy_acts(void);

#endif
