/* How a VM is moved: chosen from what both ends can, steered tick by tick, and refused before. */
#include "core/driver/libvirt/migration_checks.h"
#include "core/driver/libvirt/migration_choice.h"
#include "core/driver/libvirt/migration_pilot.h"
#include "core/driver/libvirt/migration_peer.h"
#include "core/driver/libvirt/migration_watch.h"

#include <string.h>

#include "core/base/error.h"

#define SECOND G_USEC_PER_SEC
#define MIB    1048576

/* --- Choosing --- */

static struct migration_choice choose(const struct migrate_request *request,
                                      const struct migration_ability *ability)
{
    struct migration_choice choice;
    g_autoptr(GError) error = NULL;

    g_assert_true(migration_choose(&choice, request, ability, &error));
    g_assert_no_error(error);
    return choice;
}

static gboolean has_note(const struct migration_choice *choice, const char *word)
{
    for (guint i = 0; i < choice->notes->len; i++)
        if (strstr(g_ptr_array_index(choice->notes, i), word))
            return TRUE;
    return FALSE;
}

static void assert_not_chosen(const struct migrate_request *request,
                              const struct migration_ability *ability, const char *why)
{
    struct migration_choice choice;
    g_autoptr(GError) error = NULL;

    g_assert_false(migration_choose(&choice, request, ability, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, why));
    migration_choice_clear(&choice);
}

static void never_defines_a_vm_in_two_places(void)
{
    struct migrate_request request = {.mode = MIGRATE_PRECOPY};
    const guint both = VIR_MIGRATE_PERSIST_DEST | VIR_MIGRATE_UNDEFINE_SOURCE;

    for (guint mode = MIGRATE_PRECOPY; mode <= MIGRATE_STOPANDCOPY; mode++)
        for (guint resume = 0; resume < 2; resume++) {
            struct migration_ability ability = {.persistent = TRUE, .resume = resume != 0};
            struct migration_choice choice;

            request.mode = (enum migrate_mode)mode;
            choice = choose(&request, &ability);
            g_assert_cmphex(choice.flags & both, ==, both);
            migration_choice_clear(&choice);
            ability.persistent = FALSE;
            choice = choose(&request, &ability);
            g_assert_cmphex(choice.flags & both, ==, 0);
            migration_choice_clear(&choice);
        }
}

static void sets_the_flags_of_each_mode(void)
{
    struct migrate_request request = {.mode = MIGRATE_PRECOPY, .auto_converge = TRUE};
    const struct migration_ability ability = {0};
    struct migration_choice choice = choose(&request, &ability);

    g_assert_true(choice.flags & VIR_MIGRATE_LIVE);
    g_assert_true(choice.flags & VIR_MIGRATE_AUTO_CONVERGE);
    g_assert_true(choice.flags & VIR_MIGRATE_POSTCOPY); /* so that it can be switched over */
    g_assert_false(choice.flags & (VIR_MIGRATE_UNSAFE | VIR_MIGRATE_PEER2PEER));
    migration_choice_clear(&choice);
    request.mode = MIGRATE_POSTCOPY;
    request.control = MIGRATE_PEER;
    choice = choose(&request, &ability);
    g_assert_true(choice.flags & VIR_MIGRATE_POSTCOPY);
    g_assert_true(choice.flags & VIR_MIGRATE_PEER2PEER);
    g_assert_false(choice.flags & VIR_MIGRATE_AUTO_CONVERGE);
    migration_choice_clear(&choice);
    request.mode = MIGRATE_STOPANDCOPY;
    request.allow_unsafe = TRUE;
    choice = choose(&request, &ability);
    g_assert_false(choice.flags & (VIR_MIGRATE_LIVE | VIR_MIGRATE_POSTCOPY));
    g_assert_true(choice.flags & VIR_MIGRATE_UNSAFE);
    migration_choice_clear(&choice);
}

static void leads_from_the_source_where_that_works(void)
{
    const struct migrate_request request = {.mode = MIGRATE_PRECOPY, .control = MIGRATE_AUTO};
    struct migration_ability ability = {0};
    struct migration_choice choice = choose(&request, &ability);
    char why[] = "host 10.0.0.7: Host key verification failed.";
    const char *note;

    g_assert_true(choice.flags & VIR_MIGRATE_PEER2PEER);
    g_assert_true(choice.extras & MIGRATION_PEER);
    migration_choice_clear(&choice);
    ability.without = MIGRATION_PEER;
    ability.no_peer = why;
    choice = choose(&request, &ability);
    g_assert_false(choice.flags & VIR_MIGRATE_PEER2PEER);
    g_assert_cmpuint(choice.extras & MIGRATION_PEER, ==, 0);
    note = choice.notes->pdata[choice.notes->len - 1];
    for (guint i = 0; i < choice.notes->len && !strstr(note, why); i++)
        note = choice.notes->pdata[i];
    g_assert_nonnull(strstr(note, "led from here"));
    g_assert_nonnull(strstr(note, why));
    migration_choice_clear(&choice);
}

static void knows_when_the_source_was_not_let_in(void)
{
    g_autoptr(GError) refused = g_error_new(
        ROOST_ERROR, ROOST_ERROR_FAILED,
        "Failed to connect to remote libvirt URI qemu+ssh://root@10.0.0.8/system: Cannot recv "
        "data: Host key verification failed.: Connection reset by peer");
    g_autoptr(GError) later =
        g_error_new(ROOST_ERROR, ROOST_ERROR_FAILED,
                    "operation failed: Lost connection to destination host: cannot recv data");

    g_assert_true(migration_peer_was_refused(refused));
    g_assert_false(migration_peer_was_refused(later));
}

static void uses_connections_only_where_both_can(void)
{
    const struct migrate_request request = {.mode = MIGRATE_PRECOPY, .connections = 4};
    struct migration_ability ability = {.source_version = 9000000, .target_version = 9000000};
    struct migration_choice choice = choose(&request, &ability);

    g_assert_true(choice.flags & VIR_MIGRATE_PARALLEL);
    g_assert_cmpuint(choice.connections, ==, 4);
    g_assert_false(choice.flags & VIR_MIGRATE_POSTCOPY); /* together they kill the guest */
    migration_choice_clear(&choice);
    ability.target_version = 5001000;
    choice = choose(&request, &ability);
    g_assert_false(choice.flags & VIR_MIGRATE_PARALLEL);
    g_assert_true(has_note(&choice, "parallel connections are not used"));
    g_assert_true(choice.flags & VIR_MIGRATE_POSTCOPY);
    migration_choice_clear(&choice);
}

static void compresses_only_where_both_can(void)
{
    struct migrate_request request = {.compression = MIGRATE_COMPRESSION_XBZRLE};
    struct migration_ability ability = {.source_version = 9000000, .target_version = 9000000};
    struct migration_choice choice = choose(&request, &ability);

    g_assert_cmpstr(choice.compression, ==, "xbzrle");
    g_assert_true(choice.flags & VIR_MIGRATE_COMPRESSED);
    migration_choice_clear(&choice);
    request.compression = MIGRATE_COMPRESSION_ZSTD;
    choice = choose(&request, &ability);
    g_assert_null(choice.compression);
    g_assert_true(has_note(&choice, "memory is not compressed"));
    migration_choice_clear(&choice);
    ability = (struct migration_ability){.source_version = 9004000, .target_version = 10000000};
    choice = choose(&request, &ability);
    g_assert_cmpstr(choice.compression, ==, "zstd");
    g_assert_true(choice.flags & VIR_MIGRATE_PARALLEL);
    migration_choice_clear(&choice);
    request = (struct migrate_request){.compression = MIGRATE_COMPRESSION_XBZRLE, .connections = 2};
    choice = choose(&request, &ability);
    g_assert_null(choice.compression);
    g_assert_true(has_note(&choice, "xbzrle"));
    migration_choice_clear(&choice);
}

static void post_copy_goes_before_connections(void)
{
    const struct migrate_request request = {
        .mode = MIGRATE_PRECOPY, .connections = 4, .on_timeout = MIGRATE_LATE_POSTCOPY};
    const struct migration_ability ability = {0};
    struct migration_choice choice = choose(&request, &ability);

    g_assert_true(choice.flags & VIR_MIGRATE_POSTCOPY);
    g_assert_false(choice.flags & VIR_MIGRATE_PARALLEL);
    g_assert_true(has_note(&choice, "post-copy has one"));
    migration_choice_clear(&choice);
}

static void says_when_it_is_plain(void)
{
    struct migrate_request request = {.transport = MIGRATE_PLAIN};
    const struct migration_ability ability = {0};
    struct migration_choice choice = choose(&request, &ability);

    g_assert_true(has_note(&choice, "unencrypted"));
    migration_choice_clear(&choice);
    request.transport = MIGRATE_TLS;
    choice = choose(&request, &ability);
    g_assert_true(choice.flags & VIR_MIGRATE_TLS);
    g_assert_cmpuint(choice.notes->len, ==, 0);
    migration_choice_clear(&choice);
}

static void tunnels_by_the_source(void)
{
    struct migrate_request request = {.transport = MIGRATE_TUNNELLED, .connections = 2};
    const struct migration_ability ability = {0};
    struct migration_choice choice = choose(&request, &ability);

    g_assert_true(choice.flags & VIR_MIGRATE_TUNNELLED);
    g_assert_true(choice.flags & VIR_MIGRATE_PEER2PEER);
    g_assert_false(choice.flags & (VIR_MIGRATE_POSTCOPY | VIR_MIGRATE_PARALLEL));
    migration_choice_clear(&choice);
    request.mode = MIGRATE_POSTCOPY;
    assert_not_chosen(&request, &ability, "tunnel");
}

static void what_cannot_be_is_refused(void)
{
    const struct migrate_request tls = {.transport = MIGRATE_TLS};
    const struct migrate_request postcopy = {.mode = MIGRATE_POSTCOPY};
    const struct migrate_request plain = {0};
    const struct migration_ability old = {.source_version = 1002000, .target_version = 9000000};
    const struct migration_ability broken = {
        .source_version = 9000000, .target_version = 8000000, .resume = TRUE};

    assert_not_chosen(&tls, &old, "too old for TLS");
    assert_not_chosen(&postcopy, &old, "cannot do post-copy");
    assert_not_chosen(&plain, &broken, "8.5");
}

static void resumes_what_broke_off(void)
{
    const struct migrate_request request = {.mode = MIGRATE_PRECOPY, .connections = 4};
    const struct migration_ability ability = {.resume = TRUE};
    struct migration_choice choice = choose(&request, &ability);

    g_assert_true(choice.flags & VIR_MIGRATE_POSTCOPY_RESUME);
    g_assert_true(choice.flags & VIR_MIGRATE_POSTCOPY);
    g_assert_false(choice.flags & VIR_MIGRATE_PARALLEL);
    migration_choice_clear(&choice);
}

static guint suspect(const struct migration_choice *choice, enum roost_error code, const char *said)
{
    g_autoptr(GError) error = g_error_new_literal(ROOST_ERROR, (gint)code, said);

    return migration_choice_suspect(choice, error);
}

static void leaves_out_what_libvirt_refused(void)
{
    const struct migrate_request request = {
        .mode = MIGRATE_PRECOPY, .compression = MIGRATE_COMPRESSION_XBZRLE, .auto_converge = TRUE};
    struct migration_ability ability = {0};
    struct migration_choice choice = choose(&request, &ability);

    g_assert_cmpuint(suspect(&choice, ROOST_ERROR_FAILED, "guest crashed"), ==, 0);
    g_assert_cmpuint(suspect(&choice, ROOST_ERROR_TIMEOUT, "post-copy"), ==, 0);
    g_assert_cmpuint(suspect(&choice, ROOST_ERROR_FAILED, "multifd is not known"), ==, 0);
    g_assert_cmpuint(suspect(&choice, ROOST_ERROR_FAILED, "Unsupported compression method"), ==,
                     MIGRATION_COMPRESSION);
    g_assert_cmpuint(suspect(&choice, ROOST_ERROR_FAILED,
                             "unable to execute QEMU command 'migrate-set-capabilities': Postcopy "
                             "is not supported"),
                     ==, MIGRATION_POSTCOPY);
    migration_choice_clear(&choice);
    ability.without = MIGRATION_POSTCOPY | MIGRATION_COMPRESSION | MIGRATION_CONVERGE;
    choice = choose(&request, &ability);
    g_assert_cmphex(choice.extras, ==, 0);
    g_assert_cmpuint(suspect(&choice, ROOST_ERROR_FAILED, "'migrate-set-capabilities'"), ==, 0);
    migration_choice_clear(&choice);
}

/* --- Steering --- */

struct flight {
    struct migrate_request request;
    struct migration_pilot pilot;
    struct pilot_orders orders;
    gint64 now_us;
};

static struct flight flight_new(enum migrate_late late, gint64 timeout_us)
{
    return (struct flight){
        .request = {.timeout_us = timeout_us, .on_timeout = late, .pause_most_us = 10 * SECOND},
        .now_us = 1000 * SECOND,
    };
}

static void take_off(struct flight *flight, gboolean can_postcopy)
{
    migration_pilot_init(&flight->pilot, &flight->request, flight->now_us, FALSE);
    flight->pilot.can_postcopy = can_postcopy;
}

static void see(struct flight *flight, guint64 left_mib, guint64 speed_mib, guint pass)
{
    const struct migrate_progress progress = {.total_bytes = 100 * MIB,
                                              .left_bytes = left_mib * MIB,
                                              .speed_bytes_per_s = speed_mib * MIB,
                                              .pass = pass};

    migration_pilot_see(&flight->pilot, &progress, flight->now_us);
}

static enum pilot_act next(struct flight *flight, gint64 after_us, gboolean works)
{
    enum pilot_act act;

    flight->now_us += after_us;
    act = migration_pilot_decide(&flight->pilot, &flight->orders, flight->now_us);
    if (act != PILOT_WAIT)
        migration_pilot_note(&flight->pilot, act, works, flight->now_us);
    return act;
}

static void time_out_cancels(void)
{
    struct flight flight = flight_new(MIGRATE_LATE_CANCEL, 30 * SECOND);

    take_off(&flight, TRUE);
    see(&flight, 50, 10, 3);
    g_assert_cmpint(next(&flight, 29 * SECOND, TRUE), ==, PILOT_WAIT);
    g_assert_cmpint(next(&flight, SECOND, FALSE), ==, PILOT_ABORT);
    g_assert_cmpint(next(&flight, SECOND, TRUE), ==, PILOT_ABORT); /* until libvirt does it */
    g_assert_cmpstr(flight.pilot.late, ==, "not done in 30 s");
    migration_pilot_clear(&flight.pilot);
}

static void time_out_goes_over_to_post_copy(void)
{
    struct flight flight = flight_new(MIGRATE_LATE_POSTCOPY, 30 * SECOND);

    take_off(&flight, TRUE);
    see(&flight, 50, 10, 3);
    g_assert_cmpint(next(&flight, 30 * SECOND, TRUE), ==, PILOT_POSTCOPY);
    see(&flight, 50, 10, 3);
    g_assert_cmpint(flight.pilot.progress.stage, ==, MIGRATE_STAGE_FOLLOWING);
    flight.orders.cancelled = TRUE; /* too late for that */
    g_assert_cmpint(next(&flight, 300 * SECOND, TRUE), ==, PILOT_WAIT);
    migration_pilot_clear(&flight.pilot);
}

static void time_out_without_post_copy_aborts(void)
{
    struct flight flight = flight_new(MIGRATE_LATE_POSTCOPY, 30 * SECOND);

    take_off(&flight, FALSE);
    see(&flight, 50, 10, 3);
    g_assert_cmpint(next(&flight, 30 * SECOND, TRUE), ==, PILOT_ABORT);
    g_assert_cmpuint(flight.pilot.notes->len, ==, 1);
    migration_pilot_clear(&flight.pilot);
}

static void time_out_pauses_when_that_is_short(void)
{
    struct flight flight = flight_new(MIGRATE_LATE_PAUSE, 30 * SECOND);

    take_off(&flight, TRUE);
    see(&flight, 50, 10, 3); /* 5 s, at worst 10 */
    g_assert_cmpint(next(&flight, 30 * SECOND, TRUE), ==, PILOT_PAUSE);
    see(&flight, 40, 10, 3);
    g_assert_cmpint(flight.pilot.progress.stage, ==, MIGRATE_STAGE_PAUSED);
    g_assert_cmpint(next(&flight, 9 * SECOND, TRUE), ==, PILOT_WAIT);
    g_assert_cmpint(next(&flight, SECOND, TRUE), ==, PILOT_ABORT); /* and the guest goes on */
    g_assert_nonnull(strstr(flight.pilot.late, "paused"));
    migration_pilot_clear(&flight.pilot);
}

static void a_long_pause_is_no_answer(void)
{
    struct flight flight = flight_new(MIGRATE_LATE_PAUSE, 30 * SECOND);

    take_off(&flight, TRUE);
    see(&flight, 60, 10, 3);
    g_assert_cmpint(next(&flight, 30 * SECOND, TRUE), ==, PILOT_ABORT);
    g_assert_cmpuint(flight.pilot.notes->len, ==, 1);
    migration_pilot_clear(&flight.pilot);
}

static void switches_when_told(void)
{
    struct flight flight = flight_new(MIGRATE_LATE_CANCEL, 0);

    take_off(&flight, TRUE);
    see(&flight, 50, 10, 1);
    g_assert_cmpint(next(&flight, SECOND, TRUE), ==, PILOT_WAIT);
    flight.orders.steers = 1u << MIGRATE_STEER_POSTCOPY;
    g_assert_cmpint(next(&flight, SECOND, FALSE), ==, PILOT_POSTCOPY); /* not yet, says libvirt */
    g_assert_cmpint(next(&flight, SECOND, TRUE), ==, PILOT_POSTCOPY);
    g_assert_cmpint(next(&flight, SECOND, TRUE), ==, PILOT_WAIT);
    migration_pilot_clear(&flight.pilot);
}

static void says_that_it_cannot_switch(void)
{
    struct flight flight = flight_new(MIGRATE_LATE_CANCEL, 0);

    take_off(&flight, FALSE);
    flight.orders.steers = 1u << MIGRATE_STEER_POSTCOPY;
    for (guint i = 0; i < 3; i++)
        g_assert_cmpint(next(&flight, SECOND, TRUE), ==, PILOT_WAIT);
    g_assert_true(flight.pilot.notes && flight.pilot.notes->len == 1);
    migration_pilot_clear(&flight.pilot);
}

/* Its guest runs at the target: as long as something moves, the target is not lost. */
static void post_copy_is_broken_only_when_it_stands_still(void)
{
    struct flight flight = flight_new(MIGRATE_LATE_CANCEL, 0);

    flight.request.mode = MIGRATE_POSTCOPY;
    take_off(&flight, TRUE);
    see(&flight, 50, 10, 1);
    g_assert_cmpint(next(&flight, SECOND, TRUE), ==, PILOT_WAIT);
    see(&flight, 50, 10, 2);
    g_assert_cmpint(next(&flight, SECOND, TRUE), ==, PILOT_POSTCOPY);
    flight.orders.target_lost = TRUE;
    for (guint64 left = 40; left > 30; left--) {
        flight.now_us += SECOND;
        see(&flight, left, 10, 2);
        g_assert_cmpint(next(&flight, SECOND, TRUE), ==, PILOT_WAIT);
    }
    g_assert_cmpint(next(&flight, 3 * SECOND, TRUE), ==, PILOT_WAIT);
    g_assert_cmpint(next(&flight, SECOND, TRUE), ==, PILOT_BREAK);
    migration_pilot_clear(&flight.pilot);
}

static void a_lost_target_ends_pre_copy_at_once(void)
{
    struct flight flight = flight_new(MIGRATE_LATE_CANCEL, 0);

    take_off(&flight, TRUE);
    flight.orders.steers = 1u << MIGRATE_STEER_GIVE_UP;
    g_assert_cmpint(next(&flight, 0, TRUE), ==, PILOT_ABORT);
    migration_pilot_clear(&flight.pilot);
}

static void adds_up_progress(void)
{
    virTypedParameterPtr params = NULL;
    struct migrate_progress progress;
    int n = 0;
    int most = 0;

    migration_read_progress(NULL, 0, &progress);
    g_assert_cmpuint(progress.total_bytes, ==, 0);
    virTypedParamsAddULLong(&params, &n, &most, VIR_DOMAIN_JOB_MEMORY_TOTAL, 1000);
    virTypedParamsAddULLong(&params, &n, &most, VIR_DOMAIN_JOB_MEMORY_PROCESSED, 900);
    virTypedParamsAddULLong(&params, &n, &most, VIR_DOMAIN_JOB_MEMORY_REMAINING, 300);
    virTypedParamsAddULLong(&params, &n, &most, VIR_DOMAIN_JOB_MEMORY_ITERATION, 3);
    virTypedParamsAddULLong(&params, &n, &most, VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE, 2);
    virTypedParamsAddULLong(&params, &n, &most, VIR_DOMAIN_JOB_TIME_ELAPSED, 7);
    virTypedParamsAddULLong(&params, &n, &most, VIR_DOMAIN_JOB_DOWNTIME, 45);
    migration_read_progress(params, n, &progress);
    g_assert_cmpuint(progress.total_bytes, ==, 1200);
    g_assert_cmpuint(progress.done_bytes, ==, 900);
    g_assert_cmpuint(progress.left_bytes, ==, 300);
    g_assert_cmpuint(progress.pass, ==, 3);
    g_assert_cmpuint(progress.dirty_bytes_per_s, ==, 8192);
    g_assert_cmpint(progress.elapsed_us, ==, 7000);
    g_assert_cmpint(progress.downtime_us, ==, 45000);
    virTypedParamsFree(params, n);
}

/* --- Refusing --- */

#define GUEST(cpu, devices)                                                                        \
    "<domain type='kvm'><name>x</name><memory>1</memory>"                                          \
    "<vcpu placement='static' cpuset='0-3,^2,9'>2</vcpu>"                                          \
    "<cputune><vcpupin vcpu='0' cpuset='11'/><emulatorpin cpuset='1'/></cputune>"                  \
    "<numatune><memory mode='strict' nodeset='1'/></numatune>"                                     \
    "<os><type arch='x86_64' machine='pc'>hvm</type></os>" cpu                                     \
    "<devices><emulator>/usr/bin/qemu</emulator>" devices "</devices></domain>"

static char *refused_devices(const char *devices)
{
    g_autofree char *xml = g_strdup_printf(GUEST("", "%s"), devices);
    autoptr(guest_needs) needs = guest_needs_read(xml);

    return migration_checks_devices(needs);
}

static void refuses_devices_that_cannot_move(void)
{
    static const char *const bad[] = {
        "<hostdev mode='subsystem' type='pci' managed='yes'><source/></hostdev>",
        "<hostdev mode='subsystem' type='usb'><source/></hostdev>",
        "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source/></hostdev>",
        "<interface type='hostdev'><source/></interface>",
        "<filesystem type='mount'><source dir='/srv'/><target dir='srv'/></filesystem>",
        "<shmem name='s' role='peer'/>",
        "<graphics type='spice'><gl enable='yes'/></graphics>",
        "<disk type='nvme' device='disk'><source type='pci'/></disk>",
        "<tpm model='tpm-tis'><backend type='passthrough'/></tpm>",
    };
    static const char *const good[] = {
        "",
        "<hostdev mode='subsystem' type='pci'><teaming type='transient' persistent='n'/></hostdev>",
        "<tpm model='tpm-tis'><backend type='emulator'/></tpm>",
        "<graphics type='vnc' port='-1'/>",
        "<serial type='pty'/>",
    };

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *why = refused_devices(bad[i]);

        g_test_message("%s: %s", bad[i], why);
        g_assert_nonnull(why);
        g_assert_true(g_str_has_prefix(why, "it cannot leave its host: it has "));
    }
    for (guint i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_null(refused_devices(good[i]));
}

static void names_in_refusals_are_escaped(void)
{
    g_autofree char *why = refused_devices("<hostdev type='&#10;\xc2\x9b&#9;'/>");

    for (const char *p = why; *p; p++)
        g_assert_true((guchar)*p >= ' ');
}

static void reads_the_cpu_to_compare(void)
{
    static const char *const uncompared[] = {
        "", "<cpu mode='custom' check='none'><model>qemu64</model></cpu>",
        "<cpu mode='host-passthrough' check='none'/>", "<cpu><topology sockets='1'/></cpu>"};
    autoptr(guest_needs) custom =
        guest_needs_read(GUEST("<cpu mode='custom' check='full'><model>Skylake</model></cpu>", ""));
    autoptr(guest_needs) host = guest_needs_read(GUEST("<cpu mode='host-passthrough'/>", ""));
    autoptr(guest_needs) fixed =
        guest_needs_read(GUEST("<cpu mode='host-passthrough' migratable='off'/>", ""));
    autoptr(guest_needs) clock = guest_needs_read(
        GUEST("<cpu><model>x</model><feature policy='require' name='invtsc'/></cpu>", ""));

    for (guint i = 0; i < G_N_ELEMENTS(uncompared); i++) {
        g_autofree char *xml = g_strdup_printf(GUEST("%s", ""), uncompared[i]);
        autoptr(guest_needs) needs = guest_needs_read(xml);

        g_assert_null(needs->cpu);
        g_assert_cmpuint(needs->immovable->len, ==, 0);
    }
    g_assert_nonnull(strstr(custom->cpu, "<model>Skylake</model>"));
    g_assert_true(host->host_cpu);
    g_assert_cmpuint(fixed->immovable->len, ==, 1);
    g_assert_cmpuint(clock->immovable->len, ==, 1);
}

static void an_emulated_cpu_fits_everywhere(void)
{
    autoptr(guest_needs) needs = guest_needs_read(
        "<domain type='qemu'><cpu check='full'><model>Skylake</model></cpu></domain>");

    g_assert_null(needs->cpu);
    g_assert_false(needs->host_cpu);
}

static void takes_the_host_cpu_from_capabilities(void)
{
    g_autofree char *cpu = guest_needs_host_cpu(
        "<domainCapabilities><cpu><mode name='host-passthrough' supported='yes'/>"
        "<mode name='host-model' supported='yes'><model>Zen</model>"
        "<feature policy='require' name='avx'/></mode></cpu></domainCapabilities>");

    g_assert_cmpstr(cpu, ==,
                    "<cpu mode='custom' match='exact'><model>Zen</model>"
                    "<feature policy=\"require\" name=\"avx\"/></cpu>");
    g_assert_null(guest_needs_host_cpu("<domainCapabilities/>"));
    g_assert_null(guest_needs_host_cpu("<domain/>"));
    g_assert_null(guest_needs_host_cpu(NULL));
}

static void refuses_pins_beyond_the_target(void)
{
    autoptr(guest_needs) needs = guest_needs_read(GUEST("", ""));
    g_autofree char *cpus = NULL;
    g_autofree char *nodes = NULL;

    g_assert_cmpint(needs->cpu_highest, ==, 11);
    g_assert_cmpint(needs->node_highest, ==, 1);
    g_assert_null(migration_checks_pins(needs, 12, 2));
    g_assert_null(migration_checks_pins(needs, 0, 0));
    cpus = migration_checks_pins(needs, 11, 2);
    g_assert_nonnull(strstr(cpus, "CPU 11"));
    nodes = migration_checks_pins(needs, 12, 1);
    g_assert_nonnull(strstr(nodes, "NUMA node 1"));
    g_assert_cmpint(guest_needs_highest("0-3,^7x,junk"), ==, 3);
    g_assert_cmpint(guest_needs_highest(NULL), ==, -1);
    g_assert_cmpint(guest_needs_highest("99999999999999"), ==, -1);
}

static struct guest_needs *needs_of_places(void)
{
    return guest_needs_read(
        GUEST("", "<disk type='file'><driver type='raw'/><source file='/srv/a b.img'/></disk>"
                  "<disk type='block'><driver type='raw'/><source dev='/dev/vg/x'/></disk>"
                  "<disk type='network'><source protocol='rbd' name='pool/x'/></disk>"
                  "<disk type='file' device='cdrom'><driver type='raw'/></disk>"
                  "<interface type='bridge'><source bridge='br0'/></interface>"
                  "<interface type='direct'><source dev='eth1'/></interface>"
                  "<interface type='network'><source network='lab' bridge='v0'/></interface>"
                  "<interface type='user'/>"));
}

static struct migration_probe *probe(const struct guest_needs *needs, const char *said)
{
    return migration_probe_read(needs, said, strlen(said));
}

static void asks_for_disks_and_bridges(void)
{
    autoptr(guest_needs) needs = needs_of_places();
    g_autofree char *script = migration_probe_script(needs);

    g_assert_cmpuint(needs->disks->len, ==, 2);
    g_assert_cmpuint(needs->links->len, ==, 2);
    g_assert_cmpuint(needs->networks->len, ==, 1);
    g_assert_nonnull(strstr(script, "disk 0 '/srv/a b.img'\n"));
    g_assert_nonnull(strstr(script, "disk 1 '/dev/vg/x'\n"));
    g_assert_nonnull(strstr(script, "link 1 'eth1'\n"));
}

static void a_path_cannot_become_a_command(void)
{
    autoptr(guest_needs) needs =
        guest_needs_read(GUEST("", "<disk type='file'><source file=\"/x'; reboot; '\"/></disk>"));
    g_autofree char *script = migration_probe_script(needs);

    g_assert_nonnull(strstr(script, "disk 0 '/x'\\''; reboot; '\\'''\n"));
}

static void refuses_a_target_that_lacks_places(void)
{
    autoptr(guest_needs) needs = needs_of_places();
    autoptr(migration_probe) all =
        probe(needs, "mem 2048\ndisk 0 512\ndisk 1 0\nlink 0\nlink 1\nroost-end\n");
    autoptr(migration_probe) no_disk =
        probe(needs, "mem 1\ndisk 0 -1\ndisk 1 0\nlink 0\nlink 1\nroost-end\n");
    autoptr(migration_probe) no_link = probe(needs, "disk 0 512\ndisk 1 0\nlink 0\nroost-end\n");
    autoptr(migration_probe) cut = probe(needs, "mem 1\ndisk 0 -1\n");
    g_autofree char *disk = migration_checks_places(needs, no_disk, "pc9");
    g_autofree char *link = migration_checks_places(needs, no_link, "pc9");

    g_assert_null(migration_checks_places(needs, all, "pc9"));
    g_assert_cmpuint(all->mem_available_kib, ==, 2048);
    g_assert_nonnull(strstr(disk, "/srv/a b.img is not on pc9"));
    g_assert_nonnull(strstr(link, "pc9 has no bridge or interface eth1"));
    g_assert_null(migration_checks_places(needs, cut, "pc9")); /* not told, not refused */
}

static void a_disk_of_another_size_is_another_disk(void)
{
    const struct guest_disk raw = {.path = (char *)"/a", .raw = TRUE};
    const struct guest_disk grows = {.path = (char *)"/a"};
    g_autofree char *why = migration_checks_size(&raw, 512, 1024, "pc9");

    g_assert_nonnull(strstr(why, "not shared"));
    g_assert_null(migration_checks_size(&raw, 512, 512, "pc9"));
    g_assert_null(migration_checks_size(&raw, 512, MIGRATION_PROBE_UNASKED, "pc9"));
    g_assert_null(migration_checks_size(&grows, 512, 1024, "pc9"));
}

static void hostile_answers_change_nothing(void)
{
    autoptr(guest_needs) needs = needs_of_places();
    autoptr(migration_probe) odd =
        probe(needs, "disk 7 1\ndisk x\nlink 99999999999999999999\nlink -1\nmem -5\nlacks \x1b[2J\n"
                     "\n \nroost-end\n");

    g_assert_cmpint(odd->disk_bytes[0], ==, MIGRATION_PROBE_UNASKED);
    g_assert_false(odd->has_link[0]);
    g_assert_cmpuint(odd->mem_available_kib, ==, 0);
    g_assert_null(strchr(odd->lacks, '\x1b'));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(virInitialize(), ==, 0); /* its parameters need it, too */
#define ADD(name) g_test_add_func("/libvirt/migration/" #name, name)
    ADD(never_defines_a_vm_in_two_places);
    ADD(sets_the_flags_of_each_mode);
    ADD(uses_connections_only_where_both_can);
    ADD(compresses_only_where_both_can);
    ADD(post_copy_goes_before_connections);
    ADD(says_when_it_is_plain);
    ADD(tunnels_by_the_source);
    ADD(what_cannot_be_is_refused);
    ADD(leads_from_the_source_where_that_works);
    ADD(knows_when_the_source_was_not_let_in);
    ADD(resumes_what_broke_off);
    ADD(leaves_out_what_libvirt_refused);
    ADD(time_out_cancels);
    ADD(time_out_goes_over_to_post_copy);
    ADD(time_out_without_post_copy_aborts);
    ADD(time_out_pauses_when_that_is_short);
    ADD(a_long_pause_is_no_answer);
    ADD(switches_when_told);
    ADD(says_that_it_cannot_switch);
    ADD(post_copy_is_broken_only_when_it_stands_still);
    ADD(a_lost_target_ends_pre_copy_at_once);
    ADD(adds_up_progress);
    ADD(refuses_devices_that_cannot_move);
    ADD(names_in_refusals_are_escaped);
    ADD(reads_the_cpu_to_compare);
    ADD(an_emulated_cpu_fits_everywhere);
    ADD(takes_the_host_cpu_from_capabilities);
    ADD(refuses_pins_beyond_the_target);
    ADD(asks_for_disks_and_bridges);
    ADD(a_path_cannot_become_a_command);
    ADD(refuses_a_target_that_lacks_places);
    ADD(a_disk_of_another_size_is_another_disk);
    ADD(hostile_answers_change_nothing);
    return g_test_run();
}
