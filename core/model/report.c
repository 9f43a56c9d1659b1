#include "core/model/report.h"

#include <string.h>

#define BLOCK_BYTES 800
#define USUAL_VMS   8

/*
 * VMs and their names lie in a few blocks, not each in its own: a night is a quarter of a million
 * of them. The first block lies behind the report itself.
 */
struct host_report_block {
    struct host_report_block *next;
    gsize room; /* left at the end */
    guint64 bytes[];
};

/* Memory of the report, not cleared. */
static gpointer take_bytes(struct host_report *report, gsize bytes)
{
    struct host_report_block *block = report->blocks;
    gsize whole = (bytes + 7) / 8 * 8;

    if (block->room < whole) {
        gsize room = MAX(whole, BLOCK_BYTES);
        block = g_malloc(sizeof *block + room);
        block->next = report->blocks;
        block->room = room;
        report->blocks = block;
    }
    /* From the end, so that nothing else needs to be known. */
    block->room -= whole;
    return (char *)block->bytes + block->room;
}

static void vm_report_clear(gpointer data)
{
    struct vm_report *vm = data;

    /* Mostly they were told before, and are not here. */
    if (vm->uuid || vm->mac) {
        g_free(vm->uuid);
        g_free(vm->mac);
    }
}

static struct host_report *report_new(gsize room, GPtrArray *vms_take)
{
    struct host_report_block *block;
    struct host_report *report = g_malloc(sizeof *report + sizeof *block + room);

    block = (gpointer)(report + 1);
    block->next = NULL;
    block->room = room;
    *report = (struct host_report){
        .load15_permille = -1,
        .cpu_permille = -1,
        .vms = vms_take,
        .blocks = block,
    };
    return report;
}

struct host_report *host_report_new(void)
{
    return report_new(BLOCK_BYTES, g_ptr_array_new_full(USUAL_VMS, vm_report_clear));
}

struct host_report *host_report_new_sharing(GPtrArray *vms)
{
    struct host_report *report = report_new(0, g_ptr_array_ref(vms));

    report->shares_vms = TRUE;
    return report;
}

GPtrArray *host_report_share_vms(const struct host_report *report)
{
    GPtrArray *vms = g_ptr_array_new_full(report->vms->len, g_free);

    for (guint i = 0; i < report->vms->len; i++) {
        const struct vm_report *seen = g_ptr_array_index(report->vms, i);
        gsize bytes = strlen(seen->name) + 1;
        struct vm_report *own = g_malloc(sizeof *own + bytes);

        g_assert(!seen->uuid && !seen->mac);
        *own = *seen;
        own->name = memcpy(own + 1, seen->name, bytes);
        g_ptr_array_add(vms, own);
    }
    return vms;
}

void host_report_free(struct host_report *report)
{
    if (!report)
        return;
    g_free(report->hostname);
    g_free(report->mac);
    g_free(report->broadcast);
    g_free(report->cpu_model);
    g_free(report->hypervisor);
    g_free(report->trouble);
    g_strfreev(report->users);
    g_ptr_array_unref(report->vms);
    for (struct host_report_block *block = report->blocks; block->next;) {
        struct host_report_block *next = block->next;
        g_free(block);
        block = next;
    }
    g_free(report); /* and the first block */
}

struct vm_report *host_report_add_vm(struct host_report *report, const char *name)
{
    gsize bytes = strlen(name) + 1;
    struct vm_report *vm = take_bytes(report, sizeof *vm);

    g_assert(!report->shares_vms);
    *vm = (struct vm_report){.name = memcpy(take_bytes(report, bytes), name, bytes),
                             .cpu_permille = -1};
    g_ptr_array_add(report->vms, vm);
    return vm;
}

struct vm_report *host_report_find_vm(const struct host_report *report, const char *name)
{
    for (guint i = 0; i < report->vms->len; i++) {
        struct vm_report *vm = g_ptr_array_index(report->vms, i);
        if (g_str_equal(vm->name, name))
            return vm;
    }
    return NULL;
}
