/* operation.c - what the driver is asked for: it reaches a host after a while, acts, and tells. */
#include "core/base/text.h"
#include "core/driver/sim/driver_internal.h"

#define LOOK_LEAST_US   2000
#define LOOK_MOST_US    20000
#define ABSENT_LEAST_US 1000000 /* until nobody has answered who has the address */
#define ABSENT_MOST_US  3000000

struct sim_operation *sim_operation_new(struct sim *sim,
                                        void (*tell)(struct sim_operation *operation),
                                        struct sim_host *host, gpointer data)
{
    GList *spare = g_queue_pop_head_link(&sim->spare);
    struct sim_operation *operation = spare ? (gpointer)spare : g_new(struct sim_operation, 1);

    do
        sim->last_id++;
    while (sim->last_id == 0);
    *operation = (struct sim_operation){
        .link.data = operation,
        .sim = sim,
        .id = sim->last_id,
        .tell = tell,
        .host = host,
        .data = data,
        .deadline_us = sim_now_us(sim->world) + SIM_DEADLINE_US,
    };
    g_queue_push_tail_link(&sim->operations, &operation->link);
    return operation;
}

struct sim_operation *sim_operation_to(struct sim *sim,
                                       void (*tell)(struct sim_operation *operation),
                                       const char *address, gpointer data)
{
    struct sim_host *host = g_hash_table_lookup(sim->world->hosts_by_address, address);
    struct sim_operation *operation = sim_operation_new(sim, tell, host, data);

    if (!host)
        operation->address = g_strdup(address);
    return operation;
}

void sim_operation_free(struct sim_operation *operation)
{
    if (operation->timer)
        clock_cancel_timer(operation->sim->clock, operation->timer);
    if (operation->migration)
        sim_migration_abandon(operation->migration);
    g_clear_error(&operation->error);
    check_report_free(operation->found);
    g_free(operation->address);
    g_free(operation->vm);
    g_free(operation->command);
    manage_request_free(operation->manage);
    g_queue_push_head_link(&operation->sim->spare, &operation->link);
}

/* Unlinked before its function is called, which may start and cancel others. */
void sim_operation_end(struct sim_operation *operation)
{
    g_queue_unlink(&operation->sim->operations, &operation->link);
    if (operation->tell)
        operation->tell(operation);
    else
        operation->done(operation->error, operation->data);
    sim_operation_free(operation);
}

void sim_operation_after(struct sim_operation *operation, gint64 after_us, clock_func func)
{
    struct clock *clock = operation->sim->clock;

    if (operation->timer)
        clock_cancel_timer(clock, operation->timer);
    operation->timer = clock_add_timer(clock, after_us, func, operation);
}

static void end_now(gpointer data)
{
    struct sim_operation *operation = data;

    operation->timer = 0;
    sim_operation_end(operation);
}

void sim_operation_end_after(struct sim_operation *operation, gint64 after_us)
{
    sim_operation_after(operation, after_us, end_now);
}

GError *sim_operation_error(const struct sim_operation *operation, enum roost_error code,
                            const char *why)
{
    g_autofree char *name =
        text_escape(operation->host ? operation->host->name : operation->address);

    return g_error_new(ROOST_ERROR, code, "host %s: %s", name, why);
}

GError *sim_operation_refusal(const struct sim_operation *operation)
{
    GError *error = NULL;
    g_autofree char *what =
        g_strdup_printf("host %s", operation->host ? operation->host->name : operation->address);

    driver_may_act(&operation->sim->driver, what, &error);
    return error;
}

GError *sim_operation_answer_error(const struct sim_operation *operation, enum sim_answer answer)
{
    switch (answer) {
    case SIM_ANSWERS_ABSENT:
        return sim_operation_error(operation, ROOST_ERROR_ABSENT, "nothing answers at its address");
    case SIM_ANSWERS_REFUSED:
        return sim_operation_error(operation, ROOST_ERROR_UNREACHABLE, "connection refused");
    default:
        return sim_operation_error(operation, ROOST_ERROR_UNREACHABLE,
                                   "did not answer within 10 s");
    }
}

static gint64 latency_us(const struct sim_operation *operation, gint64 least_us, gint64 most_us)
{
    return sim_random_between(&operation->sim->world->latency_random, least_us, most_us);
}

gint64 sim_operation_look_us(const struct sim_operation *operation)
{
    return latency_us(operation, LOOK_LEAST_US, LOOK_MOST_US);
}

gint64 sim_operation_answer_us(const struct sim_operation *operation)
{
    if (sim_operation_answer(operation) == SIM_ANSWERS_ABSENT)
        return latency_us(operation, ABSENT_LEAST_US, ABSENT_MOST_US);
    return sim_operation_look_us(operation);
}

gboolean sim_operation_waits(struct sim_operation *operation, clock_func func)
{
    gint64 left_us = operation->deadline_us - sim_now_us(operation->sim->world);

    if (sim_operation_answer(operation) != SIM_ANSWERS_NOT || left_us <= 0)
        return FALSE;
    sim_operation_after(operation, left_us, func);
    return TRUE;
}

static void answered(gpointer data)
{
    struct sim_operation *operation = data;
    enum sim_answer answer = sim_operation_answer(operation);

    operation->timer = 0;
    if (sim_operation_waits(operation, answered))
        return;
    if (answer != SIM_ANSWERS)
        operation->error = sim_operation_answer_error(operation, answer);
    else if (operation->act)
        operation->act(operation);
    sim_operation_end(operation);
}

void sim_operation_ask(struct sim_operation *operation,
                       void (*act)(struct sim_operation *operation))
{
    operation->act = act;
    sim_operation_after(operation, sim_operation_answer_us(operation), answered);
}
