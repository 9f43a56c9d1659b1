#include "tui/neighbour.h"

const struct host *neighbour_host(const struct app *app, const struct host *host, int step)
{
    guint n = arrangement_n(&app->arrangement);
    guint slot = arrangement_slot(&app->arrangement, host);

    if (n == 0)
        return host;
    if (slot == ARRANGE_NO_SLOT)
        slot = step > 0 ? n - 1 : 0;
    slot = step > 0 ? (slot + 1) % n : (slot + n - 1) % n;
    return arrangement_host(&app->arrangement, &app->scene, slot);
}

const struct vm *neighbour_vm(const struct app *app, const struct vm *vm, int step)
{
    const struct host *host = vm->host;
    guint place = 0;

    g_ptr_array_find(host->vms, vm, &place);
    if (step > 0 ? place + 1 < host->vms->len : place > 0)
        return g_ptr_array_index(host->vms, step > 0 ? place + 1 : place - 1);
    for (guint i = 0; i <= arrangement_n(&app->arrangement); i++) {
        host = neighbour_host(app, host, step);
        if (host == NULL)
            break;
        if (host->vms->len > 0)
            return g_ptr_array_index(host->vms, step > 0 ? 0 : host->vms->len - 1);
    }
    return vm;
}

char *neighbour_place(const struct app *app, const struct host *host)
{
    guint slot = arrangement_slot(&app->arrangement, host);

    if (slot == ARRANGE_NO_SLOT)
        return NULL;
    return g_strdup_printf("%u of %u", slot + 1, arrangement_n(&app->arrangement));
}
