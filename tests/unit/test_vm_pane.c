/* test_vm_pane.c - the disks and network of a VM in its view: how they look, and when they are
 * asked for. */
#include <string.h>

#include "core/command/session.h"
#include "core/driver/sim/sim.h"
#include "tests/support/stage.h"
#include "tui/view.h"
#include "tui/vm_pane.h"

#define STEPS_MOST 200000

/* --- How it looks ----------------------------------------------------------------------------- */

static struct vm_disk *add_disk(struct vm_parts *parts, const char *target, const char *path,
                                const char *storage)
{
    struct vm_disk *disk = vm_parts_add_disk(parts);

    disk->target = g_strdup(target);
    disk->device = g_strdup("disk");
    disk->format = g_strdup("qcow2");
    disk->source = g_strdup(path);
    disk->path = g_strdup(path);
    disk->place = VM_DISK_UNKNOWN;
    if (storage != NULL)
        vm_disk_tell_storage(disk, storage);
    disk->size_bytes = G_GINT64_CONSTANT(20) << 30;
    disk->used_bytes = G_GINT64_CONSTANT(3435973837);
    return disk;
}

static void add_nic(struct vm_parts *parts, const char *mac)
{
    struct vm_nic *nic = vm_parts_add_nic(parts);

    nic->mac = g_strdup(mac);
    nic->kind = g_strdup("bridge");
    nic->network = g_strdup("br0");
    nic->model = g_strdup("virtio");
    nic->target = g_strdup("vnet4");
}

static void add_screen(struct vm_parts *parts)
{
    struct vm_screen *screen = vm_parts_add_screen(parts);

    screen->kind = g_strdup("spice");
    screen->listen = g_strdup("127.0.0.1");
    screen->port = 5900;
    screen->tls_port = 5901;
}

static struct vm_parts *usual(void)
{
    struct vm_parts *parts = vm_parts_new();
    struct vm_disk *drive;

    vm_parts_add_below(parts, add_disk(parts, "vda", "/srv/vms/pc05.qcow2", "nfs4"),
                       "/srv/vms/base/debian-13.qcow2");
    drive = vm_parts_add_disk(parts);
    drive->target = g_strdup("sda");
    drive->device = g_strdup("cdrom");
    add_nic(parts, "52:54:01:00:00:05");
    add_screen(parts);
    return parts;
}

static struct stage *open_vm(guint number)
{
    struct stage *stage = stage_new(4);

    app_select_vm(stage->app, stage_vm(stage, number));
    app_open(stage->app, &view_vm);
    return stage;
}

static void check_both(struct stage *stage, const char *name)
{
    stage_check(stage, name, 200, 50);
    vm_pane_toggle(stage->app);
    stage_check(stage, name, 80, 24);
}

static void test_usual(void)
{
    autoptr(stage) stage = open_vm(2);

    vm_pane_show(stage->app, stage_vm(stage, 2), usual(), NULL);
    check_both(stage, "vm-disks");
    stage_check(stage, "vm-disks", 40, 12);
    stage_press(stage, "Enter"); /* back to the list, and no move is offered */
    g_assert_null(stage->app->dialog);
    g_assert_false(vm_pane_has_keys(stage->app));
    stage_press(stage, "Tab");
    g_assert_true(vm_pane_has_keys(stage->app));
    stage_press(stage, "Tab");
    g_assert_false(vm_pane_has_keys(stage->app));
}

/* Said before anybody chooses a host for it. */
static void test_tied(void)
{
    autoptr(stage) stage = open_vm(2);
    struct vm_parts *parts = usual();

    g_ptr_array_add(parts->immovable, g_strdup("a device of its host (hostdev, pci)"));
    vm_pane_show(stage->app, stage_vm(stage, 2), parts, NULL);
    stage_check(stage, "vm-disks-tied-list", 80, 24);
    check_both(stage, "vm-disks-tied");
}

static void test_local(void)
{
    autoptr(stage) stage = open_vm(2);
    struct vm_parts *parts = usual();

    add_disk(parts, "vdb", "/var/lib/libvirt/images/scratch.img", "ext4");
    add_disk(parts, "vdc", "/mnt/odd/x.img", NULL)->size_bytes = -1;
    vm_parts_complain(parts, "size of disk vdc: Cannot access storage file '/mnt/odd/x.img': "
                             "Permission denied");
    vm_pane_show(stage->app, stage_vm(stage, 2), parts, NULL);
    stage_check(stage, "vm-disks-local-list", 80, 24);
    check_both(stage, "vm-disks-local");
}

static void test_many(void)
{
    autoptr(stage) stage = open_vm(2);
    struct vm_parts *parts = usual();

    for (guint i = 0; i < 80; i++) {
        g_autofree char *target = g_strdup_printf("vd%u", i);
        g_autofree char *path = g_strdup_printf("/srv/vms/data-%02u.qcow2", i);

        if (i < VM_PARTS_MOST - 2)
            add_disk(parts, target, path, "ceph");
    }
    g_assert_null(vm_parts_add_disk(parts));
    vm_pane_show(stage->app, stage_vm(stage, 2), parts, NULL);
    check_both(stage, "vm-disks-many");
    stage_press(stage, "End");
    stage_check(stage, "vm-disks-many-end", 80, 24);
}

/* Where it is drawn the wheel is its own; a click elsewhere goes back to the list. */
static void test_mouse(void)
{
    autoptr(stage) stage = open_vm(2);
    struct vm_parts *parts = usual();
    struct input input = {.kind = INPUT_WHEEL_DOWN, .x = 20, .y = 24};
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    for (guint i = 0; i < 40; i++)
        add_disk(parts, "vdx", "/srv/vms/x.qcow2", "nfs");
    vm_pane_show(stage->app, stage_vm(stage, 2), parts, NULL);
    before = surface_dump(stage_draw(stage, 132, 43));
    app_input(stage->app, &input);
    after = surface_dump(stage_draw(stage, 132, 43));
    g_assert_cmpstr(before, !=, after);
    input = (struct input){.kind = INPUT_PRESS, .button = 1, .x = 20, .y = 24};
    app_input(stage->app, &input);
    g_assert_true(vm_pane_has_keys(stage->app));
    stage_draw(stage, 132, 43);
    input = (struct input){.kind = INPUT_PRESS, .button = 1, .x = 100, .y = 6};
    app_input(stage->app, &input);
    g_assert_false(vm_pane_has_keys(stage->app));
    g_assert_null(stage->app->dialog);
}

static void test_hostile(void)
{
    autoptr(stage) stage = open_vm(2);
    struct vm_parts *parts = vm_parts_new();
    struct vm_disk *disk =
        add_disk(parts, "\x1b[31mvd机器a", "/srv/\x07\x1b]0;x\x07/e\xcc\x81t.img", "e\x9bxt4");

    disk->size_bytes = G_MAXINT64;
    disk->used_bytes = 0;
    vm_parts_add_below(parts, disk, "/base\n\n\u202e.img");
    add_nic(parts, "\t\t");
    add_disk(parts, "vdb", "/a", "nfs")->size_bytes = G_MAXINT64;
    vm_parts_complain(parts, "%s", "said\x1b[2J so");
    vm_pane_show(stage->app, stage_vm(stage, 2), parts, NULL);
    check_both(stage, "vm-disks-hostile");
}

/* Waiting; refused; an old answer with a new failure above it; off; lost; nobody to ask with. */
static void test_without(void)
{
    autoptr(stage) stage = open_vm(2);
    struct vm *vm = stage_vm(stage, 2);
    struct session session = {0};

    check_both(stage, "vm-disks-asking");
    vm_pane_show(stage->app, vm, NULL, "10.0.0.2: no answer within 15 s");
    stage_check(stage, "vm-disks-failed", 80, 24);
    vm_pane_show(stage->app, vm, usual(), NULL);
    vm_pane_show(stage->app, vm, NULL, "10.0.0.2: no answer within 15 s");
    stage_check(stage, "vm-disks-old", 80, 24);
    stage_switch_off(stage, 2);
    stage_check(stage, "vm-disks-off", 80, 24);
    vm->state = VM_LOST;
    stage_check(stage, "vm-disks-lost", 80, 24);
    vm->state = VM_RUNNING;
    vm->host->state = HOST_ON;
    vm_pane_show(stage->app, vm, NULL, NULL);
    stage->app->session = &session;
    stage_check(stage, "vm-disks-no-driver", 80, 24);
    stage->app->session = NULL;
}

/* What was told of one is never shown for another. */
static void test_other_vm(void)
{
    autoptr(stage) stage = open_vm(2);
    g_autofree char *text = NULL;

    vm_pane_show(stage->app, stage_vm(stage, 2), usual(), NULL);
    vm_pane_toggle(stage->app);
    stage_draw(stage, 80, 24);
    stage_press(stage, "Right");
    text = surface_dump(stage_draw(stage, 80, 24));
    g_assert_nonnull(strstr(text, "VM pc03"));
    g_assert_null(strstr(text, "pc05.qcow2"));
    g_assert_nonnull(strstr(text, "asking host pc03"));
}

/* --- When it is asked for --------------------------------------------------------------------- */

struct rig {
    struct clock *clock;
    struct hours *hours;
    struct driver *driver;
    struct engine *engine;
    struct screen *screen;
    struct app *app;
    struct session session;
};

static void rig_init(struct rig *rig)
{
    struct engine_config config;
    struct sim_options options = {.seed = 1};
    struct cluster *lab = sim_lab_make(4, 1);

    engine_config_init(&config);
    energy_config_init(&options.energy);
    rig->clock = clock_new_stepped(STAGE_WALL_US);
    rig->hours = hours_new(SIM_ERCOLANI_HOURS, NULL, "UTC", NULL);
    rig->driver = sim_driver_new(rig->clock, lab, rig->hours, &options);
    rig->engine = engine_new(rig->clock, rig->driver, lab, rig->hours, &config, "ana");
    engine_start(rig->engine);
    while (!engine_has_seen_all(rig->engine))
        clock_step(rig->clock);
    rig->screen = screen_offscreen_new(80, 24);
    rig->app = app_new(rig->engine, rig->screen, keymap_load("default", NULL, NULL), NULL, TRUE);
    rig->session = (struct session){.driver = rig->driver, .clock = rig->clock};
    rig->app->session = &rig->session;
    app_read(rig->app);
    app_select_vm(rig->app, cluster_find_vm(engine_cluster(rig->engine), "pc02"));
    app_open(rig->app, &view_vm);
    vm_pane_toggle(rig->app);
}

static void rig_clear(struct rig *rig)
{
    app_free(rig->app);
    screen_free(rig->screen);
    engine_free(rig->engine);
    driver_free(rig->driver);
    hours_free(rig->hours);
    clock_free(rig->clock);
}

static gboolean shows(struct rig *rig, const char *wanted)
{
    g_autofree char *text = NULL;

    app_read(rig->app);
    text = surface_dump(app_draw(rig->app, 80, 24));
    return strstr(text, wanted) != NULL;
}

static void await(struct rig *rig, const char *wanted)
{
    for (guint i = 0; i < STEPS_MOST && !shows(rig, wanted); i++)
        g_assert_true(clock_step(rig->clock));
    g_assert_true(shows(rig, wanted));
}

static void test_asked_once(void)
{
    struct rig rig;
    struct vm_pane *pane;

    rig_init(&rig);
    g_assert_true(shows(&rig, "asking host pc02"));
    await(&rig, "/srv/vms/pc02.qcow2");
    pane = rig.app->vm_pane;
    for (guint i = 0; i < 1000; i++)
        clock_step(rig.clock);
    g_assert_true(shows(&rig, "/srv/vms/pc02.qcow2"));
    g_assert_true(rig.app->vm_pane == pane);
    vm_pane_again(rig.app);
    g_assert_true(shows(&rig, "/srv/vms/pc02.qcow2")); /* until there is another */
    app_back(rig.app);
    app_read(rig.app);
    g_assert_null(rig.app->vm_pane); /* nothing is kept */
    rig_clear(&rig);
}

/* Left, and freed, before the answer comes. */
static void test_nobody_waits(void)
{
    struct rig rig;

    rig_init(&rig);
    g_assert_true(shows(&rig, "asking host pc02"));
    app_back(rig.app);
    app_read(rig.app);
    for (guint i = 0; i < 1000; i++)
        clock_step(rig.clock);
    g_assert_null(rig.app->vm_pane);
    app_open(rig.app, &view_vm);
    app_read(rig.app);
    app_free(rig.app);
    for (guint i = 0; i < 1000; i++)
        clock_step(rig.clock);
    rig.app = app_new(rig.engine, rig.screen, keymap_load("default", NULL, NULL), NULL, TRUE);
    rig_clear(&rig);
}

/* The next VM, and the same one on another host, are other questions. */
static void test_asked_anew(void)
{
    struct rig rig;

    rig_init(&rig);
    await(&rig, "/srv/vms/pc02.qcow2");
    app_select_vm(rig.app, cluster_find_vm(engine_cluster(rig.engine), "pc03"));
    g_assert_false(shows(&rig, "/srv/vms/pc02.qcow2"));
    await(&rig, "/srv/vms/pc03.qcow2");
    g_assert_cmpuint(engine_migrate(rig.engine, "pc03", "pc01", FALSE, NULL), !=, 0);
    while (engine_jobs_under_way(rig.engine) > 0)
        g_assert_true(clock_step(rig.clock));
    g_assert_cmpstr(cluster_find_vm(engine_cluster(rig.engine), "pc03")->host->name, ==, "pc01");
    g_assert_true(shows(&rig, "asking host pc01"));
    await(&rig, "/srv/vms/pc03.qcow2");
    rig_clear(&rig);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/vm_pane/usual", test_usual);
    g_test_add_func("/view/vm_pane/tied", test_tied);
    g_test_add_func("/view/vm_pane/local", test_local);
    g_test_add_func("/view/vm_pane/many", test_many);
    g_test_add_func("/view/vm_pane/mouse", test_mouse);
    g_test_add_func("/view/vm_pane/hostile", test_hostile);
    g_test_add_func("/view/vm_pane/without", test_without);
    g_test_add_func("/view/vm_pane/other_vm", test_other_vm);
    g_test_add_func("/view/vm_pane/asked_once", test_asked_once);
    g_test_add_func("/view/vm_pane/nobody_waits", test_nobody_waits);
    g_test_add_func("/view/vm_pane/asked_anew", test_asked_anew);
    return g_test_run();
}
