#include "core/driver/manage.h"

#include "core/driver/refusal.h"

struct manage_answer *manage_answer_new(void)
{
    return g_new0(struct manage_answer, 1);
}

void manage_ground_free(struct manage_ground *ground)
{
    if (!ground)
        return;
    g_free(ground->type);
    g_free(ground->os);
    g_free(ground->arch);
    g_free(ground->machine);
    g_free(ground->emulator);
    g_free(ground->disk_bus);
    g_strfreev(ground->networks);
    g_free(ground);
}

void manage_trace_free(struct manage_trace *trace)
{
    if (!trace)
        return;
    g_free(trace->path);
    g_free(trace->real);
    g_free(trace->format);
    g_strfreev(trace->below);
    g_free(trace);
}

void manage_answer_free(struct manage_answer *answer)
{
    if (!answer)
        return;
    g_free(answer->text);
    if (answer->texts)
        g_ptr_array_unref(answer->texts);
    if (answer->traces)
        g_ptr_array_unref(answer->traces);
    manage_ground_free(answer->ground);
    vm_parts_free(answer->parts);
    g_free(answer);
}

struct manage_request *manage_request_copy(const struct manage_request *request)
{
    struct manage_request *copy = g_memdup2(request, sizeof *request);

    copy->address = g_strdup(request->address);
    copy->vm = g_strdup(request->vm);
    copy->xml = g_strdup(request->xml);
    copy->path = g_strdup(request->path);
    copy->format = g_strdup(request->format);
    copy->backing = g_strdup(request->backing);
    copy->backing_format = g_strdup(request->backing_format);
    copy->paths = (const char *const *)g_strdupv((char **)request->paths);
    return copy;
}

void manage_request_free(struct manage_request *request)
{
    if (!request)
        return;
    g_free((char *)request->address);
    g_free((char *)request->vm);
    g_free((char *)request->xml);
    g_free((char *)request->path);
    g_free((char *)request->format);
    g_free((char *)request->backing);
    g_free((char *)request->backing_format);
    g_strfreev((char **)request->paths);
    g_free(request);
}

const char *manage_kind_name(enum manage_kind kind)
{
    static const char *const names[] = {
        [MANAGE_DEFINITION] = "read the definition",
        [MANAGE_DEFINE] = "define",
        [MANAGE_UNDEFINE] = "undefine",
        [MANAGE_GROUND] = "look at what it can run",
        [MANAGE_DEFINITIONS] = "read the definitions",
        [MANAGE_CREATE_DISK] = "make a disk",
        [MANAGE_REMOVE_DISK] = "remove a disk",
        [MANAGE_TRACE_DISKS] = "look at disks",
        [MANAGE_PARTS] = "look at a VM",
    };

    return names[kind];
}

static gboolean only_looks(enum manage_kind kind)
{
    return kind == MANAGE_DEFINITION || kind == MANAGE_DEFINITIONS || kind == MANAGE_GROUND ||
           kind == MANAGE_TRACE_DISKS || kind == MANAGE_PARTS;
}

guint driver_manage(struct driver *driver, const struct manage_request *request,
                    driver_manage_func done, gpointer data)
{
    if (driver->readonly && !only_looks(request->kind))
        return refusal_answer(driver, request->address, REFUSAL_MANAGE, G_CALLBACK(done), data);
    return driver->ops->manage(driver, request, done, data);
}

guint driver_definition(struct driver *driver, const char *address, const char *vm,
                        driver_manage_func done, gpointer data)
{
    const struct manage_request request = {.kind = MANAGE_DEFINITION, .address = address, .vm = vm};

    return driver_manage(driver, &request, done, data);
}

guint driver_parts(struct driver *driver, const char *address, const char *vm,
                   driver_manage_func done, gpointer data)
{
    const struct manage_request request = {.kind = MANAGE_PARTS, .address = address, .vm = vm};

    return driver_manage(driver, &request, done, data);
}
