/* goal.h - what the verbs about plans share with the console. Thread: main. */
#ifndef ROOST_COMMAND_GOAL_H
#define ROOST_COMMAND_GOAL_H

#include "core/command/session.h"
#include "core/policy/plan.h"

/* How a script of a plan reaches the hosts, as configured. Borrowed from the session. */
struct plan_access plan_access_of(const struct session *session);

#endif
