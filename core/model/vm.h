/*
 * vm.h - one virtual machine, as the cluster knows it. Plain data, owned by its host.
 *
 * A VM is known by its name: it is the name libvirt runs it under and the name of its file in the
 * store, and it is unique in the cluster. Thread: whoever owns the cluster.
 */
#ifndef ROOST_MODEL_VM_H
#define ROOST_MODEL_VM_H

#include <glib.h>

struct host;

enum vm_state {
    VM_OFF,     /* known on its host, not running */
    VM_RUNNING, /* running, or paused by somebody: it holds its RAM either way */
    VM_PAUSED,
    VM_UNKNOWN, /* was running on a host that does not answer now */
    VM_LOST,    /* was running; its host answers and no host has it: an alarm */
};

struct vm {
    char *name;
    char *uuid;  /* NULL when not known */
    char *mac;   /* first interface, lower case; NULL when it has none */
    char *home;  /* name of the host it belongs to; NULL when it has no home */
    char *pin;   /* name of the host it must not leave; NULL when it may move */
    char *group; /* keep-apart group: two VMs of one group never share a host; NULL for none */
    guint64 mem_kib;
    guint vcpus;
    gint cpu_permille; /* smoothed, of one core (2000 = two cores busy); -1 when not known */
    enum vm_state state;
    gboolean persistent;
    gboolean autostart; /* its host starts it with itself */
    gboolean broken;    /* paused, since its post-copy broke off: a part of its RAM is elsewhere */
    struct host *host;  /* where it runs, or is known; never NULL while in a cluster */
    struct host *also_on; /* a second host that says it runs it: an alarm once both are fresh */
    gint64 also_on_at_us;
    gboolean also_paused;    /* the second host has it paused */
    gboolean stranded;       /* paused by a migration that nobody carries out any more */
    gint64 seen_at_us;       /* monotonic; 0 = never by this process */
    gint64 missing_since_us; /* its host answered without it; 0 = not missing */
    gint64 moved_at_us;      /* monotonic; 0 = not moved by this process */
    guint cpu_samples;       /* how many went into cpu_permille since it started here */
};

/* What an operator can do about one that is lost, for the end of a sentence. */
#define VM_LOST_ADVICE                                                                             \
    "if nobody shut it down, look for it with virsh list --all on each host; start it where it "   \
    "is known (virsh start), or else define it again from its XML (virsh define) on one host"

/* TRUE when the VM takes RAM and CPU where it is (running, paused, or in doubt). */
gboolean vm_is_active(const struct vm *vm);

/* TRUE when two hosts claim it, or none does: nothing automatic may touch it. */
gboolean vm_is_frozen(const struct vm *vm);

/* CPU in thousandths of a core; a VM not measured yet counts as an even share of its host's load.
 */
guint vm_cpu_permille(const struct vm *vm);

const char *vm_state_name(enum vm_state state);

/*
 * What is wrong with a VM that has also_on set, and what to do about it: "runs on pc01 and on pc02
 * at once: ...". Names as they are, not escaped. Free with g_free.
 */
char *vm_explain_double(const struct vm *vm);

#endif
