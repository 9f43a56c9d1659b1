#include "tui/mark.h"

#define HOST_MARK_INFO(suffix, letter, role, name, help) {letter, letter, ROLE_##role, name, help},
const struct mark_info host_mark_info[HOST_MARK_COUNT] = {HOST_MARK_TABLE(HOST_MARK_INFO)};

#define VM_MARK_INFO(suffix, sign, ascii, role, help) {sign, ascii, ROLE_##role, "", help},
const struct mark_info vm_mark_info[VM_MARK_COUNT] = {VM_MARK_TABLE(VM_MARK_INFO)};

#define TARGET_MARK_INFO(suffix, sign, role, help) {sign, sign, ROLE_##role, "", help},
const struct mark_info target_mark_info[TARGET_MARK_COUNT] = {TARGET_MARK_TABLE(TARGET_MARK_INFO)};

const char *host_state_word(const struct host *host)
{
    return host->state == HOST_STOPPING ? host_mark_info[HOST_MARK_STOPPING].name
                                        : host_state_name(host->state);
}

enum host_mark host_mark_of(const struct host *host, enum host_class class)
{
    switch (host->state) {
    case HOST_OFF:
        return HOST_MARK_OFF;
    case HOST_WAKING:
        return HOST_MARK_WAKING;
    case HOST_STOPPING:
        return HOST_MARK_STOPPING;
    case HOST_UNREACHABLE:
        return HOST_MARK_DOUBT;
    case HOST_ON:
        break;
    }
    if (class == CLASS_DOUBT)
        return HOST_MARK_DOUBT;
    if (host->maintenance)
        return HOST_MARK_MAINTENANCE;
    switch (class) {
    case CLASS_UNDER:
        return HOST_MARK_UNDER;
    case CLASS_OVER:
        return HOST_MARK_OVER;
    case CLASS_OFF:
        return HOST_MARK_EMPTY;
    default:
        return HOST_MARK_REGULAR;
    }
}

enum vm_mark vm_mark_of(const struct vm *vm, gboolean moving, gboolean alarm)
{
    if (alarm)
        return VM_MARK_ALARM;
    if (moving)
        return VM_MARK_MOVING;
    switch (vm->state) {
    case VM_OFF:
        return VM_MARK_OFF;
    case VM_PAUSED:
        return VM_MARK_PAUSED;
    case VM_UNKNOWN:
        return VM_MARK_UNKNOWN;
    case VM_LOST:
        return VM_MARK_ALARM;
    case VM_RUNNING:
        break;
    }
    if (vm->home != NULL && g_strcmp0(vm->home, vm->host->name) != 0)
        return VM_MARK_AWAY;
    return VM_MARK_HOME;
}

const char *mark_sign(const struct mark_info *info, gboolean ascii)
{
    return ascii ? info->ascii : info->sign;
}
