/*
 * Real processes that contend for one lease, killed and stopped at random. A few seconds; longer,
 * elsewhere, or against etcd:
 *   ROOST_TORTURE_ROUNDS=10000 ROOST_TORTURE_WORKERS=5 ROOST_TORTURE_DIR=/mnt/nfs/t
 *   ROOST_TORTURE_ENDPOINTS=http://127.0.0.1:2379 build/release/tests/unit/test_lease_torture
 */
#include "tests/support/lease_torture.h"

#include <stdlib.h>

#include "core/store/lease_core.h"
#include "tests/support/lease_rig.h"

#define MS_US         1000
#define ROUNDS        40
#define WORKERS       4
#define PAUSE_MOST_US (160 * MS_US)

static guint number_of(const char *name, guint fallback)
{
    const char *value = g_getenv(name);
    return value ? (guint)g_ascii_strtoull(value, NULL, 10) : fallback;
}

static void test_two_never_act(void)
{
    const char *where = g_getenv("ROOST_TORTURE_DIR");
    g_autofree char *dir =
        g_strdup_printf("%s/roost-torture-XXXXXX", where ? where : g_get_tmp_dir());
    g_assert_nonnull(g_mkdtemp(dir));
    g_autofree char *log = g_build_filename(dir, "acts", NULL);
    struct lease_torture torture = {
        .settings = {.dir = dir,
                     .endpoints = g_getenv("ROOST_TORTURE_ENDPOINTS"),
                     .prefix = "/roost-torture/",
                     .beat_us = number_of("ROOST_TORTURE_BEAT_MS", 20) * MS_US},
        .log = log,
        .n_workers = CLAMP(number_of("ROOST_TORTURE_WORKERS", WORKERS), 2, 5),
        .rounds = number_of("ROOST_TORTURE_ROUNDS", ROUNDS),
        .pause_us = PAUSE_MOST_US,
    };
    torture.settings.valid_us = 4 * torture.settings.beat_us;
    torture.settings.expiry_us = 8 * torture.settings.beat_us;
    torture.stop_us = 3 * torture.settings.expiry_us;
    struct lease_torture_result result = lease_torture_run(&torture);
    g_test_message("%u kills, %u stops: %u acts (%u confirmed) under %u numbers, %u written late; "
                   "%u overlaps, %u shared numbers; closest hand-over %.1f ms",
                   result.kills, result.stops, result.acts, result.confirmed, result.fences,
                   result.late, result.overlaps, result.shared, (double)result.closest_us / MS_US);
    g_assert_cmpuint(result.overlaps, ==, 0);
    g_assert_cmpuint(result.shared, ==, 0);
    g_assert_cmpuint(result.garbled, ==, 0);
    g_assert_cmpuint(result.fences, >=, 2);
    lease_rig_remove(dir);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/lease/torture/two_never_act", test_two_never_act);
    return g_test_run();
}
