/*
 * state_file.h - what a manager publishes (DIR/Manager/state.xml), and the orders and answers of
 * its followers, as XML. docs/watching.md says all of it.
 *
 *     <manager version="1" fence="3" number="17" mode="hours" phase="closed" policy="pack" ...>
 *       <next text="vm pc40 from pc40 to pc05: ..."/>
 *       <job id="7" kind="migrate" state="running" vm="web" from="pc01" to="pc02" .../>
 *       <entry wall-us="..." what="migrate" object="vm web" who="ana" text="..." result="done"/>
 *       <cluster name="Ercolani"> <host ...> <vm .../> </host> </cluster>
 *     </manager>
 *
 * Hosts and VMs have the attributes of ClusterInfo.xml, and live ones beside: times are in
 * microseconds of the manager's monotonic clock, which showed mono-us when it was published. An
 * element that cannot be read is left out. Thread: any.
 */
#ifndef ROOST_MANAGER_STATE_FILE_H
#define ROOST_MANAGER_STATE_FILE_H

#include <glib.h>

#include "core/engine/follow.h"

#define STATE_FILE_BYTES_MOST (64u << 20)
#define ORDER_FILE_BYTES_MOST (64u << 10)

/* The document, UTF-8. Free with g_free. */
char *state_format(const struct manager_state *state, gsize *length);

/* NULL and "LABEL:LINE: ..." when it cannot be used as a whole. */
struct manager_state *state_parse(const char *label, const char *bytes, gsize length,
                                  GError **error);

/*
 * `fence` is that of the manager which the order is for, `number` that of its publication which
 * the sender saw: no other manager carries it out, nor this one much later.
 */
struct order_stamp {
    guint64 fence;
    guint64 number;
};
char *order_format(const struct order *order, const struct order_stamp *stamp);
struct order *order_parse(const char *label, const char *bytes, gsize length,
                          struct order_stamp *stamp, GError **error);

struct answer {
    guint order;
    guint job;
    guint64 number;
    char *refusal; /* NULL = it was carried out */
};
char *answer_format(const struct answer *answer);
struct answer *answer_parse(const char *label, const char *bytes, gsize length, GError **error);
void answer_free(struct answer *answer);
AUTOPTR_DEFINE(answer)

#endif
