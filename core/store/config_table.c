/* config_table.c - every option of the configuration file, with its default and its help. */
#include "core/store/config.h"

#include "core/store/config_host.h"

#define AT(member) G_STRUCT_OFFSET(struct config, member)

const struct config_option config_options[] = {
    {"cluster", "name", CONFIG_STRING, AT(cluster_name), "lab", NULL, NULL,
     "What the cluster is called, until its ClusterInfo.xml says otherwise."},
    {"cluster", "store", CONFIG_PATH, AT(store), "", NULL, NULL,
     "The directory, shared by all hosts, that holds ClusterInfo.xml, Nodes/ and journal.log. It "
     "is "
     "made when it is missing."},

    {"ssh", "user", CONFIG_STRING, AT(ssh_user), "root", NULL, NULL,
     "Who to log in as on every host. That user must be allowed to use libvirt and to power off."},
    {"ssh", "identity", CONFIG_PATH, AT(ssh_identity), "", NULL, NULL,
     "The private key to log in with. Unset: the usual ones of ~/.ssh, and the agent. Passwords "
     "are "
     "never asked for."},
    {"ssh", "known_hosts", CONFIG_PATH, AT(ssh_known_hosts), "", NULL, NULL,
     "The host keys that are trusted; a host whose key is not in it is refused. Unset: "
     "~/.ssh/known_hosts."},
    {"ssh", "port", CONFIG_INTEGER, AT(ssh_port), "22", NULL, "1..65535",
     "The TCP port of sshd on every host."},

    {"libvirt", "uri", CONFIG_STRING, AT(libvirt_uri), "", NULL, NULL,
     "The libvirt connection of a host, with {address} and {user} for its own, such as "
     "lxc+libssh://{user}@{address}/system. What goes through libssh goes through the ssh of "
     "roost, "
     "with the settings of [ssh] unless the URI says otherwise. Unset: "
     "qemu+libssh://{user}@{address}/system."},
    {"libvirt", "peer_uri", CONFIG_STRING, AT(libvirt_peer_uri), "", NULL, NULL,
     "How a source host reaches its target when [migration] control is peer. Unset: "
     "qemu+ssh://{user}@{address}/system."},

    {"load", "min", CONFIG_SHARE, AT(engine.policy.load_min_permille), "0.4", NULL, "0..1000",
     "A host whose load (loadavg15 / CPUs) is below this is under: its VMs may be moved away so "
     "that it can be switched off."},
    {"load", "max", CONFIG_SHARE, AT(engine.policy.load_max_permille), "0.9", NULL, "0..1000",
     "A host whose load is above this is over: its lightest VM is moved away."},

    {"limits", "vm_min_mib", CONFIG_SIZE_MIB, AT(engine.policy.vm_min_kib), "256", NULL,
     "1..1073741824",
     "RAM of a host / this = the greatest number of VMs on it, unless its vm-max says otherwise. "
     "In MiB."},
    {"limits", "host_reserve_mib", CONFIG_SIZE_MIB, AT(engine.policy.host_reserve_kib), "0", NULL,
     "0..1073741824", "RAM of each host that is never given to VMs, in MiB."},
    {"limits", "spare_hosts", CONFIG_INTEGER, AT(engine.policy.spare_hosts), "0", NULL, "0..65536",
     "How many empty hosts are left on, for what may come."},
    {"limits", "migrations", CONFIG_INTEGER, AT(engine.migrations_most), "4", NULL, "1..1024",
     "How many VMs move at once in the whole lab."},
    {"limits", "migrations_in", CONFIG_INTEGER, AT(engine.migrations_in_most), "1", NULL, "1..64",
     "How many VMs move at once into one host."},
    {"limits", "migrations_out", CONFIG_INTEGER, AT(engine.migrations_out_most), "1", NULL, "1..64",
     "How many VMs move at once out of one host."},

    {"hours", "open", CONFIG_STRING, AT(hours_open), "", NULL, NULL,
     "When the lab is open: \"Mon-Fri 09:00-19:45; Sat 09:00-13:45\". Unset: never, so that it may "
     "always be compacted."},
    {"hours", "holidays", CONFIG_STRING, AT(hours_holidays), "", NULL, NULL,
     "Days on which it stays closed: \"2026-12-24, 12-25, 01-01\". Without a year: every year."},
    {"hours", "timezone", CONFIG_STRING, AT(hours_timezone), "", NULL, NULL,
     "The time zone of these hours, such as Europe/Rome. Unset: that of this machine."},
    {"hours", "normalize_lead", CONFIG_DURATION, AT(engine.normalize_lead_us), "30 min", NULL,
     "0 s..24 h", "How long before opening every host is woken and every VM brought home."},

    {"policy", "name", CONFIG_CHOICE, AT(engine.policy.kind), "pack", "pairs|pack", NULL,
     "pack: the fewest hosts on, each VM moved at most once. pairs: as in the thesis."},
    {"policy", "rest", CONFIG_DURATION, AT(engine.policy.vm_rest_us), "5 min", NULL, "0 s..24 h",
     "A VM just moved is left alone by compaction for so long."},
    {"policy", "grace", CONFIG_DURATION, AT(engine.policy.host_grace_us), "5 min", NULL,
     "0 s..24 h", "A host just woken is not switched off for so long."},
    {"policy", "off_worth", CONFIG_DURATION, AT(engine.policy.off_worth_us), "20 min", NULL,
     "0 s..24 h", "A host is switched off only when it can stay off at least so long."},
    {"policy", "stale", CONFIG_DURATION, AT(engine.policy.stale_after_us), "", NULL, "1 s..1 h",
     "What was seen of a host longer ago than this is not acted upon. Unset: two polling periods."},
    {"policy", "recent", CONFIG_DURATION, AT(engine.policy.recent_move_us), "15 min", NULL,
     "0 s..24 h",
     "How long after a VM came or left the load is predicted rather than read: loadavg15 lags."},

    {"automatic", "mode", CONFIG_CHOICE, AT(mode), "manual", "manual|hours|always", NULL,
     "How the console starts. manual: it acts only when told; hours: it compacts while the lab is "
     "closed and brings everything home before it opens; always: it compacts at any time."},
    {"automatic", "cycle", CONFIG_DURATION, AT(engine.cycle_us), "60 s", NULL, "1 s..15 min",
     "How often the autopilot decides afresh."},
    {"automatic", "poll", CONFIG_DURATION, AT(engine.poll_us), "10 s", NULL, "1 s..10 min",
     "How often a host that is on is asked."},
    {"automatic", "poll_off", CONFIG_DURATION, AT(engine.poll_off_us), "60 s", NULL, "1 s..1 h",
     "How often a host that is off is asked."},
    {"automatic", "patience", CONFIG_DURATION, AT(engine.patience_us), "30 s", NULL, "1 s..1 h",
     "How long a VM may be on no host before that is an alarm."},

    {"migration", "mode", CONFIG_CHOICE, AT(engine.migration_mode), "pre-copy",
     "pre-copy|post-copy|stop-and-copy", NULL,
     "pre-copy: live, RAM first. post-copy: live, RAM afterwards; always ends, but a broken "
     "network "
     "kills the VM. stop-and-copy: the VM is paused while it moves."},
    {"migration", "control", CONFIG_CHOICE, AT(engine.migration_control), "direct",
     "direct|peer|auto", NULL,
     "direct: roost leads each migration, and one under way ends with it. peer: the source host "
     "leads, with keys of its own for the target (roost add-node --peer-keys). auto: as peer where "
     "the source was seen to reach the target, as direct elsewhere."},
    {"migration", "auto_converge", CONFIG_BOOLEAN, AT(engine.auto_converge), "true", NULL, NULL,
     "Slow a VM's CPUs down when it writes RAM faster than it can be moved."},
    {"migration", "allow_unsafe", CONFIG_BOOLEAN, AT(engine.allow_unsafe), "false", NULL, NULL,
     "Move even what the hypervisor calls unsafe, such as a disk it does not know to be shared."},
    {"migration", "bandwidth_mib", CONFIG_RATE_MIB, AT(engine.bandwidth_mib_per_s), "0", NULL,
     "0..1048576", "The most one migration may use, in MiB/s. 0: no limit."},
    {"migration", "timeout", CONFIG_DURATION, AT(engine.migration_timeout_us), "10 min", NULL,
     "1 s..24 h", "How long a migration may take; then on_timeout says what becomes of it."},
    {"migration", "timeout_per_gib", CONFIG_DURATION, AT(engine.timeout_per_gib_us), "30 s", NULL,
     "0 s..1 h", "So much longer for each whole GiB of the VM."},
    {"migration", "on_timeout", CONFIG_CHOICE, AT(engine.on_timeout), "cancel",
     "cancel|post-copy|pause", NULL,
     "cancel: the VM stays where it was. post-copy: it goes over to that, and ends. pause: it is "
     "paused until the rest has moved. The autopilot does not wait for its time to be up when the "
     "numbers say that the VM writes faster than it moves."},
    {"migration", "on_timeout_home", CONFIG_CHOICE, AT(engine.on_timeout_home), "pause",
     "cancel|post-copy|pause", NULL,
     "The same for what the autopilot and normalize bring home: before opening every VM has to be "
     "there, and a short pause does no harm that a broken post-copy would."},
    {"migration", "pause_most", CONFIG_DURATION, AT(engine.pause_most_us), "30 s", NULL,
     "0 s..24 h",
     "A VM is paused only when the rest takes no longer than that; else the migration is "
     "cancelled. 0 s: however long."},
    {"migration", "compression", CONFIG_CHOICE, AT(engine.compression), "none",
     "none|xbzrle|zlib|zstd", NULL,
     "Of memory on its way. xbzrle: what is sent again. zlib, zstd: everything, over parallel "
     "connections; libvirt 9.4. Where one of the hosts cannot, it is moved without."},
    {"migration", "connections", CONFIG_INTEGER, AT(engine.connections), "1", NULL, "1..64",
     "Parallel connections for one migration, where both hosts can. With more than one it cannot "
     "go over to post-copy."},
    {"migration", "transport", CONFIG_CHOICE, AT(engine.transport), "plain", "plain|tls|tunnelled",
     NULL,
     "plain: memory crosses the network unencrypted. tls: by certificates of the hosts, in "
     "/etc/pki/qemu. tunnelled: through libvirt's own ssh from source to target, which needs keys "
     "as control=peer does; slower, and without post-copy and parallel connections."},
    {"migration", "tries", CONFIG_INTEGER, AT(engine.migration_tries), "3", NULL, "1..100",
     "How often a migration is tried before it is given up."},
    {"migration", "retry", CONFIG_DURATION, AT(engine.retry_us), "15 s", NULL, "0 s..1 h",
     "How long to wait before the second try; twice as long before each further one."},

    {"power", "wake_stagger", CONFIG_DURATION, AT(engine.wake_stagger_us), "500 ms", NULL,
     "0 s..10 min", "Pause between two wakes, to spare the fuses."},
    {"power", "boot_timeout", CONFIG_DURATION, AT(engine.boot_timeout_us), "3 min", NULL,
     "1 s..1 h", "How long a woken host may take to answer before it is woken again."},
    {"power", "wake_tries", CONFIG_INTEGER, AT(engine.wake_tries), "3", NULL, "1..100",
     "How often a host is woken before it is given up."},
    {"power", "off_timeout", CONFIG_DURATION, AT(engine.off_timeout_us), "2 min", NULL, "1 s..1 h",
     "How long a host that was told to power off may take to fall silent."},
    {"power", "stop_timeout", CONFIG_DURATION, AT(engine.stop_timeout_us), "2 min", NULL,
     "1 s..1 h", "How long a VM that was asked to shut down may take to be off."},
    {"power", "wake_command", CONFIG_COMMAND, AT(wake_command), "", NULL, NULL,
     "What is run on this machine, by /bin/sh, to switch a host on: IPMI, Redfish, a smart plug. "
     "{name}, {address}, {mac} and {user} are the host's, safely quoted. Magic packets are sent as "
     "well where its MAC address is known."},
    {"power", "off_command", CONFIG_STRING, AT(off_command), "", NULL, NULL,
     "What is run on a host, by its sh, to switch it off. Unset: systemctl poweroff, else poweroff "
     "or shutdown."},
    {"power", "off_local_command", CONFIG_COMMAND, AT(off_local_command), "", NULL, NULL,
     "What is run on this machine instead, such as an IPMI soft power-off, once the host was asked "
     "over ssh that it runs no VM and nobody is logged in. As wake_command."},
    {"power", "cut_command", CONFIG_COMMAND, AT(cut_command), "", NULL, NULL,
     "What is run on this machine to take the power away from a host that was switched off and has "
     "fallen silent: a smart plug. One that does not answer is cut only by force. As "
     "wake_command."},
    {"power", "cut_delay", CONFIG_DURATION, AT(engine.cut_delay_us), "30 s", NULL, "0 s..10 min",
     "How long a host has been silent before its power is cut: its network goes down before its "
     "disks are written."},
    {"power", "command_timeout", CONFIG_DURATION, AT(command_timeout_us), "30 s", NULL,
     "1 s..10 min", "A command run on this machine is killed after so long."},
    {"power", "idle_watts", CONFIG_REAL, AT(engine.energy.idle_watts), "70", NULL, "0..100000",
     "What a host draws when it is on and idle, in watts."},
    {"power", "busy_watts", CONFIG_REAL, AT(engine.energy.busy_watts), "110", NULL, "0..100000",
     "What it draws with all its CPUs busy."},
    {"power", "off_watts", CONFIG_REAL, AT(engine.energy.off_watts), "3", NULL, "0..100000",
     "What it draws when it is off and listens for its magic packet."},

    {"lease", "kind", CONFIG_CHOICE, AT(lease.kind), "store", "store|etcd", NULL,
     "Where the lease is kept that lets one manager act at a time: in the store, or in etcd where "
     "hosts share no file system."},
    {"lease", "endpoints", CONFIG_STRING, AT(lease.endpoints), "", NULL, NULL,
     "The endpoints of etcd, divided by commas, such as "
     "http://10.0.0.1:2379,http://10.0.0.2:2379. They are tried in turn."},
    {"lease", "prefix", CONFIG_STRING, AT(lease.prefix), "", NULL, NULL,
     "What the key in etcd begins with; each cluster that uses one etcd needs its own. Unset: "
     "/roost/ and the cluster's name."},
    {"lease", "ca_file", CONFIG_PATH, AT(lease.ca_file), "", NULL, NULL,
     "The certificates (PEM) by which an https endpoint is known. Unset: the system's."},
    {"lease", "cert_file", CONFIG_PATH, AT(lease.cert_file), "", NULL, NULL,
     "The certificate (PEM) to show to etcd. Unset: none."},
    {"lease", "key_file", CONFIG_PATH, AT(lease.key_file), "", NULL, NULL,
     "Its private key (PEM)."},
    {"lease", "beat", CONFIG_DURATION, AT(lease.beat_us), "1 s", NULL, "10 ms..1 min",
     "How often the manager says that it is there, and the others look."},
    {"lease", "valid", CONFIG_DURATION, AT(lease.valid_us), "4 s", NULL, "20 ms..10 min",
     "How long a manager that cannot say so goes on to act."},
    {"lease", "expiry", CONFIG_DURATION, AT(lease.expiry_us), "6 s", NULL, "25 ms..1 h",
     "How long nothing must have been heard of a manager before another takes its place. Longer "
     "than valid by a quarter at least. The same for all that share a store."},

    {"manager", "takeover_step", CONFIG_DURATION, AT(takeover_step_us), "1 s", NULL, "0 s..10 min",
     "A candidate waits so long, once there is no manager, for every living host before it in the "
     "cluster's list, of the first eight; one outside the cluster once more."},
    {"manager", "group", CONFIG_STRING, AT(manager_group), "", NULL, NULL,
     "The group whose members may follow the manager, and give it orders, on its own machine. "
     "Unset: its own user and root alone."},

    {"energy", "price_per_kwh", CONFIG_REAL, AT(tariff.price_per_kwh), "", NULL, "0..100000",
     "What a kWh costs, such as 0.2845, for roost report. Unset, or 0: money is not told."},
    {"energy", "currency", CONFIG_STRING, AT(currency), "", NULL, NULL,
     "What that is in, such as EUR."},
    {"energy", "co2_g_per_kwh", CONFIG_REAL, AT(tariff.co2_g_per_kwh), "", NULL, "0..100000",
     "How much CO2 the electricity of the place stands for, in g for a kWh. Unset, or 0: CO2 is "
     "not told."},

    {"journal", "max_mib", CONFIG_SIZE_MIB, AT(journal.max_kib), "16", NULL, "0..1048576",
     "journal.log and history.log are put aside before they grow beyond this, in MiB. 0: however "
     "big they are."},
    {"journal", "max_age", CONFIG_DURATION, AT(journal.max_age_us), "31 d", NULL, "0 s..3650 d",
     "Or when their first line is older than this. 0 s: however old."},
    {"journal", "keep", CONFIG_INTEGER, AT(journal.keep), "24", NULL, "0..999999",
     "How many of each are kept aside; the oldest go first. 0: all."},
    {"journal", "compress", CONFIG_BOOLEAN, AT(journal.compress), "true", NULL, NULL,
     "Compress them, with gzip."},

    {"metrics", "textfile", CONFIG_PATH, AT(metrics_textfile), "", NULL, NULL,
     "A file that the manager replaces each minute, and soon after changes, with metrics for "
     "Prometheus: in the directory of the node exporter's textfile collector, with a name that "
     "ends in .prom."},

    {"console", "theme", CONFIG_STRING, AT(theme), "default", NULL, NULL,
     "The colours: a built-in theme, one of ~/.config/roost/themes, or a file when it has a '/'."},
    {"console", "keymap", CONFIG_STRING, AT(keymap), "default", NULL, NULL,
     "The keys: a built-in keymap, one of ~/.config/roost/keymaps, or a file when it has a '/'."},
    {"console", "readonly", CONFIG_BOOLEAN, AT(readonly), "false", NULL, NULL,
     "The console only looks, as with --readonly: whatever would act is refused."},
    {"console", "mouse", CONFIG_BOOLEAN, AT(mouse), "true", NULL, NULL,
     "The console listens to the mouse. false: the terminal selects text with it, as with "
     "--no-mouse."},
    {"console", "animation", CONFIG_BOOLEAN, AT(animation), "true", NULL, NULL,
     "What is under way is seen moving. false: as with --no-animation."},
    {"console", "notice", CONFIG_CHOICE, AT(notice), "none", "none|bell|osc9|osc777", NULL,
     "How the console calls for a new alarm: bell rings the terminal's; osc9 (iTerm2, Windows "
     "Terminal, kitty) and osc777 (rxvt-unicode, foot, VTE) show a notice of the desktop. tmux "
     "passes them on where its allow-passthrough is on."},
    {"console", "title", CONFIG_BOOLEAN, AT(title), "false", NULL, NULL,
     "Show the lab, and ALARM when there is one, in the title of the terminal's window."},
};

const guint config_n_options = G_N_ELEMENTS(config_options);

#define HOST(member) G_STRUCT_OFFSET(struct config_host, member)

const struct config_option config_host_options[] = {
    {"host", "uri", CONFIG_STRING, HOST(uri), "", NULL, NULL, "As [libvirt] uri."},
    {"host", "wake_command", CONFIG_COMMAND, HOST(wake_command), "", NULL, NULL,
     "As [power] wake_command."},
    {"host", "off_command", CONFIG_STRING, HOST(off_command), "", NULL, NULL,
     "As [power] off_command."},
    {"host", "off_local_command", CONFIG_COMMAND, HOST(off_local_command), "", NULL, NULL,
     "As [power] off_local_command."},
    {"host", "cut_command", CONFIG_COMMAND, HOST(cut_command), "", NULL, NULL,
     "As [power] cut_command."},
    {"host", "mac", CONFIG_MAC, HOST(mac), "", NULL, NULL,
     "The MAC address that magic packets are for, when it is not that of the interface which has "
     "the host's address."},
    {"host", "broadcast", CONFIG_IPV4, HOST(broadcast), "", NULL, NULL,
     "The broadcast address that they go to, when it is not that of the interface."},
};

const char config_host_help[] =
    "What holds for some hosts only. Such a group may come as often as it is needed, and names one "
    "host or more, divided by blanks: by name, by numeric address, or by a pattern with * and ?. A "
    "host that is named outright takes what is said there before what is said by pattern, and that "
    "before what is said for all. A key without a value takes away what is said for all.";

const guint config_n_host_options = G_N_ELEMENTS(config_host_options);
