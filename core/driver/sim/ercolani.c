/* ercolani.c - the labs that are built in. */
#include "core/driver/sim/sim.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"

#define LAB_HOSTS_MOST   (1u << 20)
#define LAB_CPUS         2
#define LAB_HOST_MEM_KIB (2 * 1024 * 1024)
#define LAB_VM_MEM_KIB   (256 * 1024)

static guint decimal_digits(guint number)
{
    guint digits = 1;

    while (number >= 10) {
        number /= 10;
        digits++;
    }
    return digits;
}

static char *make_mac(guint kind, guint number)
{
    return g_strdup_printf("52:54:%02x:%02x:%02x:%02x", kind, number >> 16 & 0xff,
                           number >> 8 & 0xff, number & 0xff);
}

static void add_lab_vm(struct cluster *lab, struct host *host, const char *name, guint number)
{
    struct vm *vm = cluster_add_vm(lab, host, name, NULL);

    g_assert(vm);
    vm->uuid = g_strdup_printf("00000000-0000-4000-8000-%012x", number);
    vm->mac = make_mac(1, number);
    g_free(vm->home);
    vm->home = g_strdup(host->name);
    vm->mem_kib = LAB_VM_MEM_KIB;
    vm->vcpus = 1;
    vm->state = VM_RUNNING;
    vm->persistent = TRUE;
}

static struct host *add_lab_host(struct cluster *lab, const char *name, guint number,
                                 guint vms_each)
{
    g_autofree char *address =
        g_strdup_printf("10.%u.%u.%u", number >> 16 & 0xff, number >> 8 & 0xff, number & 0xff);
    struct host *host = cluster_add_host(lab, name, address, NULL);

    g_assert(host);
    host->mac = make_mac(0, number);
    host->broadcast = g_strdup("10.255.255.255");
    host->cpu_model = g_strdup("core2duo");
    host->wake = HOST_WAKE_ARMED;
    host->cpus = LAB_CPUS;
    /* A lab of more VMs to a host has the RAM for them. */
    host->mem_kib = MAX((guint64)LAB_HOST_MEM_KIB, (guint64)LAB_VM_MEM_KIB * vms_each);
    host_set_state(host, HOST_ON, 0);
    return host;
}

struct cluster *sim_lab_make(guint n_hosts, guint vms_each)
{
    struct cluster *lab = cluster_new("lab");
    guint width = MAX(2, decimal_digits(n_hosts));

    g_assert(n_hosts < LAB_HOSTS_MOST && vms_each < 256);
    for (guint i = 1; i <= n_hosts; i++) {
        g_autofree char *name = g_strdup_printf("pc%0*u", (int)width, i);
        struct host *host = add_lab_host(lab, name, i, vms_each);

        for (guint j = 0; j < vms_each; j++) {
            /* The first VM is the clone of its host and has its name. */
            g_autofree char *vm_name =
                j == 0 ? g_strdup(name) : g_strdup_printf("%s-%u", name, j + 1);

            add_lab_vm(lab, host, vm_name, (i - 1) * vms_each + j + 1);
        }
    }
    return lab;
}

#define RACK_HOSTS 8
#define ROOM_HOSTS 32

/* Racks of eight, rooms of four racks, all of one lab. */
static void place_hosts(struct cluster *lab, const char *title)
{
    for (guint i = 0; i < lab->hosts->len; i++) {
        struct host *host = g_ptr_array_index(lab->hosts, i);

        host->rack = g_strdup_printf("R%u", i / RACK_HOSTS + 1);
        host->room = g_strdup_printf("aula %u", i / ROOM_HOSTS + 1);
        host->lab = g_strdup(title);
    }
}

struct cluster *sim_lab_ercolani(void)
{
    struct cluster *lab = sim_lab_make(62, 1);

    g_free(lab->name);
    lab->name = g_strdup("ercolani");
    place_hosts(lab, "Ercolani");
    return lab;
}

struct cluster *sim_lab_named(const char *name, GError **error)
{
    g_autofree char *safe = NULL;
    struct cluster *lab;

    if (strcmp(name, "ercolani") == 0)
        return sim_lab_ercolani();
    if (strcmp(name, "small") == 0) {
        lab = sim_lab_make(8, 1);
        g_free(lab->name);
        lab->name = g_strdup("small");
        place_hosts(lab, "small");
        return lab;
    }
    safe = text_escape(name);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                "lab \"%s\": no such lab is built in; there are ercolani (62 hosts) and small (8)",
                safe);
    return NULL;
}
