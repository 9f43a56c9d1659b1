/*
 * manager.h - ties an engine and its driver to the lease: nothing is done without it.
 *
 * For whoever leads, `roost run` or a console. The driver asks the lease right before each thing it
 * does; the engine before that, and it decides nothing while the lease is not held. Thread: main.
 */
#ifndef ROOST_MANAGER_MANAGER_H
#define ROOST_MANAGER_MANAGER_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/driver/driver.h"
#include "core/engine/engine.h"
#include "core/store/lease.h"

/* From now on the driver asks it. Before anything is asked of the driver; it outlives the driver.
 */
void manager_guard_driver(struct driver *driver, struct lease *lease);

/* From now on the engine asks it (engine_set_guard). The lease outlives the engine. */
void manager_guard_engine(struct engine *engine, struct lease *lease);

struct manager;

/*
 * The lease is ours: guards the engine, and lets it go on where it had to stop because the lease
 * could not be asked for a moment (engine_step_up). Borrows both.
 */
struct manager *manager_new(struct engine *engine, struct lease *lease);

/* The guard stays: without the lease the engine does nothing. NULL is allowed. */
void manager_free(struct manager *manager);
AUTOPTR_DEFINE(manager)

#endif
