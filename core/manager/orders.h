/*
 * orders.h - the manager's end of the command directory: DIR/Manager/orders, taken, answers.
 *
 * An asker puts an order there as orders/NAME.xml (NAME is its own: 16 random hexadecimal digits,
 * a dash, and a counter, so that the orders of one asker come in their order). The manager takes
 * it by renaming it to taken/NAME.xml, which only one can do, and only once; carries it out;
 * answers in answers/NAME.xml, which the asker removes; and removes what it had taken. So an order
 * is never carried out twice: one that lies in `taken` without an answer when a manager begins was
 * at work when another died, and is answered as not known how it ended. An asker withdraws an
 * order that nobody takes by removing it from `orders`.
 *
 * An order says which manager it is for, by fence, and which publication its asker saw: another's
 * orders, and those far older than what is published now, are refused. So what is found after a
 * week does nothing, whatever the clocks say.
 *
 * Whoever may write there may give orders: the modes of the store say who that is. Who an order is
 * from is the owner of its file, not what is written in it. Thread: main; files are a thread's.
 */
#ifndef ROOST_MANAGER_ORDERS_H
#define ROOST_MANAGER_ORDERS_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/manager/publish.h"
#include "core/manager/state_file.h"

#define ORDERS_PUBLICATIONS_MOST 60 /* so many after the one that was seen, it is too old */

struct orders;

/* Borrows all of it; begins at once. */
struct orders *orders_new(struct engine *engine, struct publisher *publisher, const char *dir,
                          guint64 fence);

/* Takes no more; what was taken and is not answered on disk yet is left to its thread. NULL is
 * allowed. */
void orders_free(struct orders *orders);
AUTOPTR_DEFINE(orders)

/*
 * Judges and carries out one order, wherever it came from: `who` is proven. The answer, to be
 * freed, is of order->id.
 */
struct answer *orders_carry_out(struct engine *engine, struct publisher *publisher, guint64 fence,
                                const struct order *order, const struct order_stamp *stamp,
                                const char *who);

/* "ana"; "uid 1001" when nobody has that number. Free with g_free. */
char *orders_user_name(guint uid);

#endif
