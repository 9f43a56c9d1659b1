/*
 * arm.h - wake-on-LAN armed on hosts that are being added. Thread: main.
 */
#ifndef ROOST_COMMAND_ARM_H
#define ROOST_COMMAND_ARM_H

#include "core/command/arrival.h"

/*
 * Arms those that say they are not, with --arm or if the operator agrees, once for all, and asks
 * them again. What does not work is told, and keeps no host out. FALSE when interrupted.
 */
gboolean arm_arrivals(struct arrivals *arrivals, GError **error);

#endif
