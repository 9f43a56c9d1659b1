/* lists.c - the settings and the four lists (R9-R11). */
#include "core/policy/policy.h"

#include "core/base/clock.h"
#include "core/policy/load.h"

void policy_config_init(struct policy_config *config)
{
    *config = (struct policy_config){
        .kind = POLICY_PACK,
        .load_min_permille = 400,
        .load_max_permille = 900,
        .vm_min_kib = 256 * 1024,
        .stale_after_us = 20 * CLOCK_SECOND_US,
        .recent_move_us = 15 * CLOCK_MINUTE_US,
        .vm_rest_us = 5 * CLOCK_MINUTE_US,
        .host_grace_us = 5 * CLOCK_MINUTE_US,
        .off_worth_us = 20 * CLOCK_MINUTE_US,
    };
}

const char *policy_kind_name(enum policy_kind kind)
{
    return kind == POLICY_PAIRS ? "pairs" : "pack";
}

gboolean policy_kind_parse(const char *name, enum policy_kind *kind)
{
    for (enum policy_kind each = POLICY_PAIRS; name && each <= POLICY_PACK; each++) {
        if (g_str_equal(name, policy_kind_name(each))) {
            *kind = each;
            return TRUE;
        }
    }
    return FALSE;
}

const char *host_class_name(enum host_class class)
{
    static const char *const names[CLASS_COUNT] = {
        [CLASS_UNDER] = "under", [CLASS_REGULAR] = "regular", [CLASS_OVER] = "over",
        [CLASS_OFF] = "off",     [CLASS_DOUBT] = "doubt",
    };

    return names[class];
}

/* R10 for a host whose load is below min. */
static enum host_class classify_quiet(const struct host *host, const struct policy_config *config,
                                      guint vms)
{
    guint most = host_most_vms(host, config->vm_min_kib);

    if (vms == 0)
        return host->role == HOST_MANAGER ? CLASS_UNDER : CLASS_OFF;
    return most > 0 && vms >= most ? CLASS_REGULAR : CLASS_UNDER;
}

enum host_class policy_class_of(const struct host *host, const struct policy_config *config,
                                gint load_permille, guint vms)
{
    if ((guint)load_permille < config->load_min_permille)
        return classify_quiet(host, config, vms);
    /* Moving its only VM would only move the trouble (R10). */
    return (guint)load_permille > config->load_max_permille && vms > 1 ? CLASS_OVER : CLASS_REGULAR;
}

enum host_class policy_classify(const struct host *host, const struct policy_config *config,
                                gint64 now_us)
{
    gint load;

    if (host->state == HOST_OFF)
        return CLASS_OFF;
    load = policy_host_load_permille(host, config, now_us);
    if (load < 0 || !host_is_usable(host, now_us, config->stale_after_us))
        return CLASS_DOUBT;
    return policy_class_of(host, config, load, host_active_vms(host));
}

struct policy_lists *policy_lists_new(const struct cluster *cluster,
                                      const struct policy_config *config, gint64 now_us)
{
    struct policy_lists *lists = g_new0(struct policy_lists, 1);

    for (guint i = 0; i < CLASS_COUNT; i++)
        lists->of[i] = g_ptr_array_new();
    for (guint i = 0; i < cluster->hosts->len; i++) {
        struct host *host = g_ptr_array_index(cluster->hosts, i);
        g_ptr_array_add(lists->of[policy_classify(host, config, now_us)], host);
    }
    return lists;
}

void policy_lists_free(struct policy_lists *lists)
{
    if (!lists)
        return;
    for (guint i = 0; i < CLASS_COUNT; i++)
        g_ptr_array_unref(lists->of[i]);
    g_free(lists);
}
