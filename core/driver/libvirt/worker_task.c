#include "core/driver/libvirt/worker_task.h"

#include "core/driver/libvirt/check_host.h"

enum gate {
    GATE_OPEN,
    GATE_COMMITTED,
    GATE_CLOSED,
};

struct worker_task *worker_task_new(guint operation, worker_task_func run, const char *address,
                                    gint64 deadline_us)
{
    struct worker_task *task = g_new0(struct worker_task, 1);

    task->refs = 1;
    task->operation = operation;
    task->run = run;
    task->address = g_strdup(address);
    task->deadline_us = deadline_us;
    return task;
}

struct worker_task *worker_task_ref(struct worker_task *task)
{
    g_atomic_int_inc(&task->refs);
    return task;
}

void worker_task_unref(struct worker_task *task)
{
    if (!task || !g_atomic_int_dec_and_test(&task->refs))
        return;
    g_free(task->address);
    g_free(task->mac);
    g_free(task->broadcast);
    g_free(task->vm);
    g_free(task->command);
    g_free(task->text);
    check_request_free(task->check);
    host_report_free(task->report);
    check_report_free(task->found);
    manage_request_free(task->manage);
    manage_answer_free(task->managed);
    g_clear_error(&task->error);
    g_clear_error(&task->refusal);
    g_free(task);
}

gboolean worker_task_commit(struct worker_task *task)
{
    g_autofree char *what = NULL;

    if (!g_atomic_int_compare_and_exchange(&task->gate, GATE_OPEN, GATE_COMMITTED) &&
        g_atomic_int_get(&task->gate) != GATE_COMMITTED)
        return FALSE;
    if (!task->asker.may_act && !task->asker.readonly)
        return TRUE;
    what = g_strdup_printf("host %s", task->address);
    g_clear_error(&task->refusal);
    return driver_may_act(&task->asker, what, &task->refusal);
}

gboolean worker_task_close(struct worker_task *task)
{
    return g_atomic_int_compare_and_exchange(&task->gate, GATE_OPEN, GATE_CLOSED) ||
           g_atomic_int_get(&task->gate) == GATE_CLOSED;
}

gboolean worker_task_is_closed(struct worker_task *task)
{
    return g_atomic_int_get(&task->gate) == GATE_CLOSED;
}
