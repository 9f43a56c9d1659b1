/* driver_look.c - looking at simulated hosts: refreshes, examinations, signs of life. */
#include "core/driver/sim/driver_internal.h"

/* Hosts that are off are asked all night long and always say the same: made once for each. */
static const GError *absent_error(const struct sim_operation *operation)
{
    struct sim_host *host = operation->host;

    if (!host->absent_error)
        host->absent_error = sim_operation_answer_error(operation, SIM_ANSWERS_ABSENT);
    return host->absent_error;
}

static void tell_refresh(struct sim_operation *operation)
{
    enum sim_answer answer = sim_operation_answer(operation);
    struct host_report *report = NULL;
    const GError *error = operation->error;

    if (!error && answer == SIM_ANSWERS) {
        sim_host_advance_lazily(operation->host);
        report = sim_report_new(operation->host);
    } else if (!error && answer == SIM_ANSWERS_ABSENT && operation->host) {
        error = absent_error(operation);
    } else if (!error) {
        error = operation->error = sim_operation_answer_error(operation, answer);
    }
    operation->reported(report, error, operation->data);
}

static void end_refresh(gpointer data)
{
    struct sim_operation *operation = data;

    operation->timer = 0;
    if (!sim_operation_waits(operation, end_refresh))
        sim_operation_end(operation);
}

guint sim_refresh(struct driver *driver, const char *address, driver_report_func done,
                  gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct sim_operation *operation = sim_operation_to(sim, tell_refresh, address, data);

    operation->reported = done;
    sim_operation_after(operation, sim_operation_answer_us(operation), end_refresh);
    return operation->id;
}

/* It came to itself meanwhile; what was asked is lost. */
static void lose_unseen(struct sim_operation *operation)
{
    if (!operation->found)
        operation->error = sim_operation_answer_error(operation, SIM_ANSWERS_NOT);
}

static void tell_check(struct sim_operation *operation)
{
    operation->checked(operation->error ? NULL : g_steal_pointer(&operation->found),
                       operation->error, operation->data);
}

guint sim_check(struct driver *driver, const struct check_request *request, driver_check_func done,
                gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct sim_operation *operation = sim_operation_to(sim, tell_check, request->address, data);

    operation->checked = done;
    if (sim_operation_answer(operation) == SIM_ANSWERS) {
        sim_host_advance(operation->host);
        operation->found = sim_check_new(operation->host, request);
    }
    sim_operation_ask(operation, lose_unseen);
    return operation->id;
}

static gboolean gives_a_sign(const struct sim_operation *operation)
{
    enum sim_answer answer = sim_operation_answer(operation);

    return answer == SIM_ANSWERS || answer == SIM_ANSWERS_REFUSED;
}

static void end_probe(gpointer data)
{
    struct sim_operation *operation = data;

    operation->timer = 0;
    if (!gives_a_sign(operation))
        operation->error =
            sim_operation_error(operation, ROOST_ERROR_UNREACHABLE, "no sign of life");
    sim_operation_end(operation);
}

guint sim_probe(struct driver *driver, const char *address, gint64 within_us, driver_done_func done,
                gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct sim_operation *operation = sim_operation_to(sim, NULL, address, data);

    operation->done = done;
    sim_operation_after(operation,
                        gives_a_sign(operation) ? sim_operation_look_us(operation) : within_us,
                        end_probe);
    return operation->id;
}
