#include "tests/support/lease_rig.h"

#include <glib/gstdio.h>

#include "core/store/lease_identity.h"

static const struct lease_settings times = {
    .beat_us = RIG_SECOND_US,
    .valid_us = 4 * RIG_SECOND_US,
    .expiry_us = 6 * RIG_SECOND_US,
};

static gint64 rig_clock(gpointer data)
{
    const struct lease_rig *rig = data;
    return rig->now_us;
}

static void seat_begin(struct lease_rig *rig, guint i)
{
    struct lease_seat *seat = &rig->seats[i];
    g_autofree char *host = g_strdup_printf("pc%02u", i + 1);
    struct lease_identity identity = {
        .host = host, .who = "ana", .what = "run", .boot_id = "b", .pid = 100 + i};
    *seat = (struct lease_seat){.due_us = rig->now_us};
    seat->core = lease_core_new(&times, &identity, &lease_file_kind, lease_file_new(rig->dir),
                                rig_clock, rig);
}

static void seat_end(struct lease_seat *seat)
{
    lease_core_unref(seat->core);
    lease_view_clear(&seat->view);
}

struct lease_rig *lease_rig_new(guint n_seats)
{
    struct lease_rig *rig = g_new0(struct lease_rig, 1);
    /* In memory where there is such a place: a disk takes its time for each fsync. */
    rig->dir = g_strdup("/dev/shm/roost-lease-XXXXXX");
    if (!g_mkdtemp(rig->dir)) {
        g_free(rig->dir);
        rig->dir = g_dir_make_tmp("roost-lease-XXXXXX", NULL);
    }
    rig->lease = g_build_filename(rig->dir, "Lease", NULL);
    rig->now_us = 1000 * RIG_SECOND_US;
    rig->n_seats = n_seats;
    for (guint i = 0; i < n_seats; i++)
        seat_begin(rig, i);
    return rig;
}

void lease_rig_remove(const char *path)
{
    GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        lease_rig_remove(child);
    }
    if (dir)
        g_dir_close(dir);
    (void)g_remove(path);
}

void lease_rig_free(struct lease_rig *rig)
{
    for (guint i = 0; i < rig->n_seats; i++)
        seat_end(&rig->seats[i]);
    lease_rig_remove(rig->dir);
    g_free(rig->dir);
    g_free(rig->lease);
    g_free(rig);
}

void lease_rig_replace(struct lease_rig *rig, guint seat)
{
    seat_end(&rig->seats[seat]);
    seat_begin(rig, seat);
}

gboolean lease_rig_may_act(struct lease_rig *rig, guint seat)
{
    return lease_core_may_act(rig->seats[seat].core);
}

/* The promise itself: one at a time, and numbers only grow. */
static void check_one_acts(struct lease_rig *rig)
{
    guint acting = 0;
    for (guint i = 0; i < rig->n_seats; i++) {
        gint64 at_us = 0;
        guint64 fence = 0;
        if (!lease_core_may_act_at(rig->seats[i].core, &at_us, &fence))
            continue;
        acting++;
        g_assert_cmpuint(fence, >=, rig->fence_most);
        rig->fence_most = fence;
    }
    g_assert_cmpuint(acting, <=, 1);
}

void lease_rig_step(struct lease_rig *rig, guint i)
{
    struct lease_seat *seat = &rig->seats[i];
    struct lease_view view = {0};
    seat->due_us = lease_core_step(seat->core);
    if (lease_core_view(seat->core, &seat->number, &view)) {
        lease_view_clear(&seat->view);
        seat->view = view;
    }
    check_one_acts(rig);
}

/* The seat that is due first; n_seats when all are stopped. */
static guint first_due(const struct lease_rig *rig)
{
    guint first = rig->n_seats;
    for (guint i = 0; i < rig->n_seats; i++) {
        const struct lease_seat *seat = &rig->seats[i];
        if (!seat->stopped && (first == rig->n_seats || seat->due_us < rig->seats[first].due_us))
            first = i;
    }
    return first;
}

void lease_rig_run(struct lease_rig *rig, gint64 for_us)
{
    gint64 until_us = rig->now_us + for_us;
    for (guint steps = 0;; steps++) {
        guint i = first_due(rig);
        if (i == rig->n_seats || rig->seats[i].due_us > until_us)
            break;
        g_assert_cmpuint(steps, <, 100000); /* time must go on */
        rig->now_us = MAX(rig->now_us, rig->seats[i].due_us) + 1;
        lease_rig_step(rig, i);
    }
    rig->now_us = MAX(rig->now_us, until_us);
    check_one_acts(rig);
}

const struct lease_view *lease_rig_view(struct lease_rig *rig, guint seat)
{
    return &rig->seats[seat].view;
}

GPtrArray *lease_rig_names(const struct lease_rig *rig, const char *prefix)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(rig->lease, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        if (g_str_has_prefix(name, prefix))
            g_ptr_array_add(names, g_strdup(name));
    }
    if (dir)
        g_dir_close(dir);
    return names;
}
