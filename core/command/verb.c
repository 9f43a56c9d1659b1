#include "core/command/verb.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/nearest.h"
#include "core/base/text.h"

#define ANY_NUMBER 65536

const struct verb verbs[] = {
    {"list", "[vm|off|HOST]", "the hosts; the VMs; the hosts that are off; one host with its VMs",
     "Asks every host first, all at once.\n"
     "HOST is a name or an address; vm and off may be written in capitals. In text "
     "fields are parted by a tab, and - stands for nothing; on a terminal they stand in columns "
     "under headings.",
     OPTION_FORMAT, 0, 1, NEEDS_SIGHT, list_run, NULL, list_kinds,
     .flags = VERB_LOOKS | VERB_KIOSK},
    {"find", "VM", "where a VM runs",
     "Prints its name, the host's name, the host's address, and the VM's state.", OPTION_FORMAT, 1,
     1, NEEDS_SIGHT, find_run, "findVM", find_kinds, .flags = VERB_LOOKS | VERB_KIOSK},
    {"show", "VM", "a VM's disks, network and screen, and what ties it to its host",
     "Asks the host that it is on, now. The first field tells what a record is: vm, disk, "
     "interface "
     "or screen. A disk is shared (its file system or service is the network's), local (its host's "
     "own), empty (a drive without a medium) or unknown. What its host could not tell is said on "
     "standard error.",
     OPTION_FORMAT, 1, 1, NEEDS_SIGHT, show_run, NULL, show_kinds,
     .flags = VERB_LOOKS | VERB_KIOSK},
    {"refresh", "", "ask every host again, all at once",
     "Prints a line for each difference between what was written and what is true, and writes the "
     "truth: hosts with their state, RAM, CPUs and MAC address; VMs with their host, state, RAM "
     "and "
     "CPUs; and the definitions of VMs (VM/NAME.xml of the store), which are read anew.",
     0, 0, 0, NEEDS_ENGINE, refresh_run, .flags = VERB_KIOSK},
    {"add-node", "ADDRESS...", "add hosts to the cluster by their addresses or names",
     "Asks each, all at once, for its name, CPUs, RAM, MAC address and VMs, whose home it becomes. "
     "Refuses a host that is off, does not answer, or is in the cluster already; the others are "
     "added all the same. The first host of a cluster becomes its manager.\n"
     "ADDRESS is numeric, or a name that is looked up once, or many of either: pc[01-62], "
     "10.0.0.[101-162], pc[01-03,07]; quote it, or the shell may take it for a pattern.\n"
     "On a terminal, host keys that are not in known_hosts are shown with their fingerprints, and "
     "added to it on one yes; a key that is not the known one is always refused. A host that the "
     "key of roost does not open (it is made when there is none) is opened with the agent or the "
     "usual keys, or else with a password that is asked for once, used to leave the key in "
     "authorized_keys there, and forgotten.\n"
     "Without a terminal nothing is asked: --accept-new and --password-fd answer instead.",
     OPTION_FILE | OPTION_ACCEPT_NEW | OPTION_PASSWORD_FD | OPTION_ARM | OPTION_PEER_KEYS |
         OPTION_CHECK,
     0, ANY_NUMBER, NEEDS_CLUSTER, add_node_run},
    {"del-node", "HOST...", "take hosts out of the cluster; nothing is done to them",
     "HOST is a name, an address or a range. Refuses a host that runs VMs, or that may, since it "
     "does not answer: drain it first, or say --force. Prints what becomes of each of its VMs: "
     "they go on as they are, unwatched, and their definitions stay in the store, for roost "
     "define. VMs of other hosts that had their home or pin there lose it. When it was the "
     "manager's host, the first that is left takes its part.",
     OPTION_FORCE | OPTION_DRY_RUN, 1, ANY_NUMBER, NEEDS_ENGINE, del_node_run},
    {"reset", "", "empty the cluster: forget every host; nothing is done to them",
     "To be confirmed by typing the cluster's name, or by --confirm NAME. What the cluster was is "
     "kept beside its file, as ClusterInfo.xml.reset-DATE.",
     OPTION_CONFIRM, 0, 0, NEEDS_CLUSTER, reset_run},
    {"drain", "HOST...", "put hosts in maintenance, and move their VMs away",
     "Waits until they are empty. What must stay is told, with the reason. A host in maintenance "
     "is left alone by the autopilot, until undrain.",
     OPTION_DRY_RUN, 1, ANY_NUMBER, NEEDS_ENGINE, drain_run, .flags = VERB_KIOSK},
    {"undrain", "HOST...", "take hosts out of maintenance", "", 0, 1, ANY_NUMBER, NEEDS_ENGINE,
     undrain_run, .flags = VERB_KIOSK},
    {"pin", "VM [HOST]", "a VM must not leave a host",
     "The host that it is on, unless HOST is given. Nothing is moved. The autopilot and hand-made "
     "moves keep to it.",
     0, 1, 2, NEEDS_ENGINE, pin_run, .flags = VERB_KIOSK},
    {"unpin", "VM...", "VMs may move again", "", 0, 1, ANY_NUMBER, NEEDS_ENGINE, unpin_run,
     .flags = VERB_KIOSK},
    {"apart", "[GROUP VM...]", "VMs that must never share a host",
     "Two VMs of one group are kept on different hosts. Without arguments: a line for each VM that "
     "is in one: group, VM, host. With --none the arguments are VMs, to be taken out of theirs.",
     OPTION_NONE | OPTION_FORMAT, 0, ANY_NUMBER, NEEDS_ENGINE, apart_run, NULL, apart_kinds,
     .flags = VERB_LOOKS_BARE | VERB_KIOSK},
    {"note", "HOST [TEXT...]", "a note on a host, for people to read",
     "Without TEXT, prints the one there is.", OPTION_NONE, 1, ANY_NUMBER, NEEDS_ENGINE, note_run,
     .flags = VERB_KIOSK},
    {"home", "VM [HOST]", "the host a VM belongs to, and is brought back to",
     "Without HOST, prints the one it has. Nothing is moved.", OPTION_NONE, 1, 2, NEEDS_ENGINE,
     home_run, .flags = VERB_KIOSK},
    {"place", "HOST [rack=|room=|lab=...]", "where a host stands: its rack, its room, its lab",
     "A name stands behind the =, or nothing to take it away; without any of them, prints what is "
     "known. The console groups its hosts by it.",
     OPTION_NONE, 1, 4, NEEDS_ENGINE, place_run, .flags = VERB_KIOSK},
    {"vm-max", "HOST [N]", "how many VMs a host may run at most",
     "Without N, prints how many; with --none it follows from its RAM again.", OPTION_NONE, 1, 2,
     NEEDS_ENGINE, vm_max_run, .flags = VERB_KIOSK},
    {"remote", "HOST... -- COMMAND", "run a command on hosts, over ssh",
     "On all of them at once; HOST is a name, an address or a range. What it prints is shown when "
     "it ends, each line with the host's name before it when there are several. Ends with the "
     "greatest exit status of all.",
     0, 1, ANY_NUMBER, NEEDS_HOSTS, remote_run, "remotecmd"},
    {"doctor", "[HOST...]", "examine hosts: what is wrong with each, and the command that mends it",
     "Looks at every host of the cluster, all at once, whatever state they are in: ssh and host "
     "key, "
     "libvirt, hypervisor, CPU, RAM, the interface and MAC address that lead to the lab, "
     "wake-on-LAN and whether it is armed again at boot, the store and the VMs' disks (the same "
     "files seen from every host), the migration ports of the others, keys for the others where "
     "[migration] control asks for them, and the clock. Changes nothing.\n"
     "On a terminal: a line for each host, then what is wrong, each with the command that mends "
     "it. "
     "Elsewhere a record for each thing that is wrong or worth a note: host, address, subject, "
     "verdict (wrong, note), what was found, the command; one with the subject all for a host "
     "without any. With HOST, all that was found on it, right or wrong; the others are examined as "
     "well, to compare.\n"
     "The exit status is 1 when something is wrong. A host that is off is not.",
     OPTION_FORMAT, 0, ANY_NUMBER, NEEDS_HOSTS, doctor_run, NULL, doctor_kinds,
     .flags = VERB_LOOKS | VERB_KIOSK},
    {"migrate", "VM HOST", "move a running VM to a host, live",
     "Waits until both hosts have said where the VM is in the end. ^C cancels the migration, and a "
     "second one leaves at once. Once it has gone over to post-copy it cannot be cancelled.\n"
     "MODE is pre-copy, post-copy or stop-and-copy; MIB the most it may use in a second (0: no "
     "limit); TIME such as 90s or 5min, and WHAT becomes of it then: cancel, post-copy or pause. "
     "What is not given is as [migration] of the configuration says.\n"
     "Both hosts are asked first: it is refused when the target lacks the RAM, a CPU that can "
     "stand "
     "in, a disk or a network, has a VM of that name, or when the VM has a device that cannot "
     "move. "
     "A VM whose post-copy to that host broke off goes on with it.",
     OPTION_DRY_RUN | OPTION_FORCE | OPTION_MODE | OPTION_BANDWIDTH | OPTION_TIMEOUT |
         OPTION_ON_TIMEOUT,
     2, 2, NEEDS_ENGINE, migrate_run, .flags = VERB_KIOSK},
    {"spread", "VM|HOST...", "move running VMs apart, evenly over hosts",
     "HOST, also a range, stands for all VMs that run there; where a VM has the same name, the VM "
     "is meant. Each goes, the largest first, to the host with the least to do that has room for "
     "it: of those of --to, or else of all that are on and that none of them runs on. A VM that is "
     "on one of --to stays there when no other has less to do. Pins, groups and maintenance hold; "
     "what must stay is told, and the exit status is 1 then. ^C cancels what has not ended.",
     OPTION_DRY_RUN | OPTION_TO, 1, ANY_NUMBER, NEEDS_ENGINE, spread_run, .flags = VERB_KIOSK},
    {"start", "VM [HOST]", "start a VM that is off, where it is defined",
     "On the host that has it, or on HOST, which must know it. Asks every host first whether it "
     "runs the VM, since two running copies destroy its disk: a host that may know it and does not "
     "answer stands in the way, unless --force is given. Waits until the host says that it runs.",
     OPTION_DRY_RUN | OPTION_FORCE, 1, 2, NEEDS_ENGINE, start_run, "start_VM", .flags = VERB_KIOSK},
    {"stop", "VM", "shut a running VM down, and wait until it is off",
     "Asks its guest, as its power button would. --force switches it off at once, as by pulling "
     "its "
     "plug. A VM without a definition of its own would be gone for good, and is stopped only with "
     "--force. ^C stops waiting; what was asked may still happen.",
     OPTION_DRY_RUN | OPTION_FORCE, 1, 1, NEEDS_ENGINE, stop_run, "shutdown", .flags = VERB_KIOSK},
    {"force-off", "VM", "as stop --force: switch a VM off at once, as by pulling its plug",
     "What its guest had not written to its disk yet is lost.", OPTION_DRY_RUN, 1, 1, NEEDS_ENGINE,
     force_off_run, .flags = VERB_KIOSK},
    {"pause", "VM...", "hold running VMs still; they keep their RAM",
     "The guest does not notice, but its clock and its connections may. The autopilot can still "
     "move it.",
     OPTION_DRY_RUN, 1, ANY_NUMBER, NEEDS_ENGINE, pause_run, .flags = VERB_KIOSK},
    {"resume", "VM...", "let paused VMs go on", "", OPTION_DRY_RUN, 1, ANY_NUMBER, NEEDS_ENGINE,
     resume_run, .flags = VERB_KIOSK},
    {"reboot", "VM...", "ask the guests of running VMs to start anew",
     "Whether a guest does as it is asked only it can tell. --force resets it at once, as by its "
     "reset button.",
     OPTION_DRY_RUN | OPTION_FORCE, 1, ANY_NUMBER, NEEDS_ENGINE, reboot_run, .flags = VERB_KIOSK},
    {"autostart", "VM on|off", "have a VM started whenever its host is",
     "On the host where it is now; a migration takes the mark along. A VM at home elsewhere would "
     "be started where it was last: mark those that are never moved.",
     OPTION_DRY_RUN, 2, 2, NEEDS_ENGINE, autostart_run, .flags = VERB_KIOSK},
    {"define", "VM HOST", "make a VM known on another host, with the same UUID and MAC address",
     "It is not started. Its definition is read from the host that has it, or, while that does not "
     "answer, from VM/NAME.xml of the store. Refused when another VM of that name, UUID or MAC "
     "address is in the cluster.",
     OPTION_DRY_RUN, 2, 2, NEEDS_ENGINE, define_run, "add_machine_cluster"},
    {"forget", "VM HOST", "have a host forget a VM that does not run there; its disks stay",
     "Refused on the last host that knows it, and where RAM or snapshots of it are kept, unless "
     "--force is given. delete takes it away everywhere.",
     OPTION_DRY_RUN | OPTION_FORCE, 2, 2, NEEDS_ENGINE, forget_run, .flags = VERB_KIOSK},
    {"delete", "VM", "take a VM that is off away from every host, and with --disks its disks",
     "Shows what will go, and asks for the VM's name; --confirm NAME answers for scripts. Its "
     "definition is kept in the store, in VM/removed. Its disks stay, unless --disks is given: "
     "then those go that no other VM of any host uses, directly or as what its image builds upon; "
     "a disk that is read-only or shared always stays. Refused while a host that may know it does "
     "not answer, and its disks while VMs are on a host that is off, unless --force is given.",
     OPTION_DRY_RUN | OPTION_FORCE | OPTION_DISKS | OPTION_CONFIRM, 1, 1, NEEDS_ENGINE, delete_run,
     "del_machine"},
    {"insert", "", "make a new VM, or copies of one",
     "On a terminal it asks for what is not given, checks each answer as it is typed, shows what "
     "will be made, and asks before it makes it. Elsewhere what is given must do: --name, and a "
     "disk.\n"
     "--disk has words parted by commas: 10G for a new one beside those of the other VMs (in "
     "/var/lib/libvirt/images when there is none), PATH for an image that is there, PATH:10G for "
     "a new one there, none. A path that ends with .qcow2 is of that format, others are raw. A "
     "file that is there is never written over. --network is a network of libvirt's, bridge=NAME, "
     "or none; the MAC address is made up (52:54:00) unless given. --home is a host, several, or "
     "spread, which is by room; without, the one with the most room.\n"
     "--copies N makes N of them, in parallel, named by --name with a number: exam-%02d. "
     "--template is a VM that is off, or a file with the XML of one, in which {name} and "
     "{number:02} stand for the copy's. Each copy has a disk of its own, which builds upon the "
     "template's (never start or change that one any more), or with --full is a whole copy of it. "
     "Copies that exist are left as they are: a second run makes what is missing.\n"
     "What was made of a VM that could not be made is taken away again, or named.",
     OPTION_DRY_RUN | OPTION_FORCE | OPTION_GUEST | OPTION_TEMPLATE | OPTION_START, 0, 0,
     NEEDS_ENGINE, insert_run, "add_machine"},
    {"wake", "HOST...", "wake hosts by a magic packet, and wait until they answer", "",
     OPTION_DRY_RUN, 1, ANY_NUMBER, NEEDS_ENGINE, wake_run, .flags = VERB_KIOSK},
    {"off", "HOST...", "switch hosts off, and wait until they are",
     "A host that runs a VM, or runs the manager, is never switched off. One where somebody is "
     "logged in, or that cannot be woken again, only with --force.",
     OPTION_DRY_RUN | OPTION_FORCE, 1, ANY_NUMBER, NEEDS_ENGINE, off_run, .flags = VERB_KIOSK},
    {"compact", "", "pack the VMs onto as few hosts as can carry them; switch the others off",
     "Runs until nothing is left to do, whatever the hour, and prints each action as it starts and "
     "ends. ^C cancels what is queued and running.",
     OPTION_DRY_RUN | OPTION_POLICY, 0, 0, NEEDS_ENGINE, compact_run, .flags = VERB_KIOSK},
    {"normalize", "", "wake every host and bring every VM home",
     "Runs until nothing is left to do, whatever the hour, and prints each action as it starts and "
     "ends. ^C cancels what is queued and running.",
     OPTION_DRY_RUN | OPTION_POLICY, 0, 0, NEEDS_ENGINE, normalize_run, .flags = VERB_KIOSK},
    {"plan", "", "what compact would do now, and why; nothing is done",
     "Prints each step with its reason, and what is left alone and why. Takes about a second "
     "longer than a list: how much CPU a VM uses only shows at a second look at its host.",
     OPTION_SCRIPT | OPTION_NORMALIZE | OPTION_POLICY | OPTION_FORMAT, 0, 0, NEEDS_SIGHT, plan_run,
     NULL, plan_kinds, .flags = VERB_LOOKS | VERB_KIOSK},
    {"run", "", "be the manager, without a screen, for as long as no other is",
     "Of all that run on one store, on whichever machines, one acts: the one that holds the lease. "
     "The others wait, and ask nothing of any host; when it ends or falls silent the first living "
     "host of the cluster's list takes over, within seconds. It works by [automatic] mode of the "
     "configuration, publishes what it does for consoles to follow, and takes their orders.\n"
     "SIGHUP reads the configuration again. SIGINT starts no new job and ends after those that "
     "run; a second one ends at once. SIGTERM hands over at once: migrations that would die with "
     "this process are cancelled, and it is made sure where their VMs are.\n"
     "Says what it does on stderr, a line each; under systemd as systemd wants it, which is also "
     "told when it is ready, and that it lives.\n"
     "--once does what the hour demands, compact while the lab is closed, normalize before it "
     "opens, and ends; when there is a manager already it leaves it to that.\n"
     "The exit status is 0 when it ended as it was told, 1 when it failed, 2 when it was asked "
     "wrongly, 3 when it was ended in the middle by a second SIGINT.",
     OPTION_ONCE | OPTION_PID_FILE | OPTION_SPEED, 0, 0, NEEDS_HOSTS, run_run, .flags = VERB_ALONE},
    {"status", "", "who manages the lab, in which mode, and what comes next",
     "A line for each fact, its name first: manager (the machine it runs on, or none), "
     "manager-user, "
     "manager-kind (run or console), manager-pid, fence (of its lease), seen-since, way (how it is "
     "followed: socket or store), trouble, mode, hours (open, closed, preparing), opens or closes, "
     "policy, goal, cluster, hosts, hosts-on, hosts-off, hosts-unreachable, vms, vms-running, "
     "watts, "
     "watts-saved, jobs-running, jobs-queued, and next, as often as there are decisions to come, "
     "each with its reason.",
     OPTION_FORMAT, 0, 0, NEEDS_SIGHT, status_run, NULL, status_kinds,
     .flags = VERB_LOOKS | VERB_KIOSK},
    {"jobs", "", "the manager's jobs, and how far each has come",
     "A job is a line of: number, state (queued, running, verifying, done, failed, cancelled), "
     "kind, "
     "VM, host or source, target, percent, seconds since it began, who asked for it, why, and how "
     "it ended or what it waits for. Those that are over are kept for a while.",
     OPTION_FORMAT, 0, 0, NEEDS_SIGHT, jobs_run, NULL, jobs_kinds,
     .flags = VERB_LOOKS | VERB_KIOSK},
    {"cancel", "JOB", "take back one of the manager's jobs, by its number",
     "One that waits ends at once, one that runs as soon as it can be stopped.", 0, 1, 1,
     NEEDS_SIGHT, cancel_run, .flags = VERB_KIOSK},
    {"retry", "JOB...", "do again what failed or was cancelled, by the numbers of the jobs",
     "Each becomes a new job, and every check is made again. One that was forced is done again "
     "only with --force.",
     OPTION_FORCE, 1, G_MAXUINT, NEEDS_SIGHT, retry_run, .flags = VERB_KIOSK},
    {"raise", "JOB [PLACES]", "let a job that waits start earlier, by one place or so many",
     "The places are those among all jobs that wait. What a job comes after, or what makes the "
     "room that it needs, it does not pass.",
     0, 1, 2, NEEDS_SIGHT, raise_run, .flags = VERB_KIOSK},
    {"lower", "JOB [PLACES]", "let a job that waits start later, by one place or so many", "", 0, 1,
     2, NEEDS_SIGHT, lower_run, .flags = VERB_KIOSK},
    {"mode", "[manual|hours|always]", "the manager's mode, or give it another",
     "manual: nothing is done but by hand. hours: packs while the lab is closed, brings everything "
     "home before it opens. always: packs whatever the hour.",
     0, 0, 1, NEEDS_SIGHT, mode_run, .flags = VERB_LOOKS_BARE | VERB_KIOSK},
    {"policy", "[pack|pairs]", "the manager's policy, or give it another", "", 0, 0, 1, NEEDS_SIGHT,
     policy_run, .flags = VERB_LOOKS_BARE | VERB_KIOSK},
    {"night", "", "one simulated night, from closing to opening, at full speed",
     "Prints key=value lines: hosts, vms, hosts_on_lowest, seconds_to_lowest, migrations, "
     "migrations_failed, vms_lost, kwh, kwh_all_on, hosts_on_at_opening and vms_home_at_opening. "
     "Takes --lab (ercolani unless given) and no configuration; one seed gives one night.",
     OPTION_SEED | OPTION_POLICY | OPTION_FAULTS | OPTION_TRACE, 0, 0, NEEDS_NOTHING,
     night_verb_run, .flags = VERB_LOOKS | VERB_KIOSK},
    {"log", "", "the journal: what was done, by whom, and how it ended",
     "The oldest line first, those that were put aside and compressed too. Times are of the time "
     "zone of the hours.\n"
     "TIME is a day (2026-11-20, \"20 Nov\", yesterday, Mon), a time (22:00), both (\"20 Nov "
     "22:00\"), how long ago (90min, 2h, 3d), or RFC 3339. --host finds what was done to it, and "
     "what names it; the regular expression of --grep is Perl's, and tried on the whole line as "
     "it is printed. --follow begins with the last 10 lines unless --lines says otherwise.",
     OPTION_SINCE | OPTION_UNTIL | OPTION_HOST | OPTION_VM | OPTION_GREP | OPTION_ALARMS |
         OPTION_FOLLOW | OPTION_LINES | OPTION_FORMAT,
     0, 0, NEEDS_CLUSTER, log_run, NULL, log_kinds, .flags = VERB_LOOKS | VERB_KIOSK},
    {"tonight", "", "the rest of the night in advance, simulated from how the lab is now",
     "Runs the same loop as the manager on a simulated twin of the lab, from now (or from closing, "
     "while it is open) to the next opening: hosts on over time, what would be moved, woken and "
     "switched off and when, kWh, money and CO2 saved, and what is foreseen to go wrong, such as a "
     "host that would not be back in time. Loads and logins are taken to stay as they are now. "
     "Nothing is done to any host.",
     OPTION_FORMAT, 0, 0, NEEDS_SIGHT, tonight_verb_run, NULL, tonight_kinds,
     .flags = VERB_LOOKS | VERB_KIOSK},
    {"report", "", "a night, or a month: hosts on, migrations, failures, energy, money, CO2",
     "The last night unless told otherwise, from closing to opening by the hours; while the lab is "
     "closed, the night so far. Without hours, days from noon to noon. A month has a line for each "
     "night, and their sum.\n"
     "Shows the hosts that are on over time; the fewest, and when; whether all were on at opening, "
     "or which were not; migrations, wakes and switch-offs by how they ended; alarms; and kWh, by "
     "[power] of the configuration, against every host on. Money and CO2 are told where [energy] "
     "says what a kWh costs and stands for. Time in which nothing was recorded is shown as a gap, "
     "and saves nothing. In XML and JSON: a record a night.",
     OPTION_SINCE | OPTION_UNTIL | OPTION_NIGHT | OPTION_MONTH | OPTION_FORMAT, 0, 0, NEEDS_CLUSTER,
     report_run, NULL, report_kinds, .flags = VERB_LOOKS | VERB_KIOSK},
    {"snapshot", "FILE", "the screen of the console into a file, as SVG or with ANSI colours",
     "One frame, once every host has answered, as the console would show it: FILE.svg is a "
     "picture, anything else text with the sequences of a terminal (FILE.ans, say; - is standard "
     "output). A file that is there is not written over, unless --force is given.\n"
     "Nothing is done to the lab. A simulated one is let go on, with its autopilot, up to the time "
     "of --at.",
     OPTION_FORCE | OPTION_SIZE | OPTION_PICTURE | OPTION_THEME, 1, 1, NEEDS_SIGHT, snapshot_run,
     .flags = VERB_LOOKS | VERB_ALONE},
    {"shell", "", "the prompt cluster>: one verb a line, in one session",
     "Hosts are asked all the time, so that a list shows at once what is known, and alarms appear "
     "above the prompt. TAB completes verbs, options, hosts, VMs and jobs; the keys are those of "
     "emacs, or as ~/.editrc says. Words are quoted as for a shell, and # begins a comment. A verb "
     "that ends with a lone & is not waited for: its job goes on, and how it ended is told. ^C "
     "cancels the verb that runs. exit, quit or ^D leave; once more when jobs are under way.\n"
     "The options that choose a lab stand before: roost -c FILE shell. Lines are kept in "
     "~/.local/state/roost/history, but for those that begin with a blank.\n"
     "When standard input is no terminal it is a script: no prompt, and it ends at the first line "
     "that fails, with its exit status. With --keep-going the others are run as well, and the exit "
     "status is the first failed one's. On a simulated lab time goes on only while a verb runs, "
     "unless --speed is given.",
     OPTION_POLICY | OPTION_SPEED | OPTION_KEEP_GOING, 0, 0, NEEDS_SIGHT, shell_run,
     .flags = VERB_ALONE | VERB_LOOKS},
    {"complete", "-- WORD...", "what may stand in the place of the last word",
     "For the completions of other shells: reads the store alone, and prints kind, text and help.",
     0, 0, 0, NEEDS_NOTHING, complete_run, .flags = VERB_HIDDEN | VERB_LOOKS},
    {"help", "[VERB]", "this help, or that of a verb",
     "help themes and help keymaps tell of the console's colours and keys: what there is to choose "
     "from, and how to write one.",
     OPTION_MAN | OPTION_EXAMPLE | OPTION_SCHEMA | OPTION_COMPLETION | OPTION_COMMANDS, 0, 1,
     NEEDS_NOTHING, help_run, .flags = VERB_LOOKS | VERB_KIOSK},
    {"version", "", "the version", "", 0, 0, 0, NEEDS_NOTHING, version_run,
     .flags = VERB_LOOKS | VERB_KIOSK},
    {NULL},
};

/* The thesis writes add_node and findVM: neither case nor the kind of dash makes another verb. */
static gboolean is_same(const char *one, const char *other)
{
    for (; *one && *other; one++, other++) {
        char a = *one == '_' ? '-' : g_ascii_tolower(*one);
        char b = *other == '_' ? '-' : g_ascii_tolower(*other);
        if (a != b)
            return FALSE;
    }
    return *one == *other;
}

gboolean verb_is_called(const struct verb *verb, const char *name)
{
    if (is_same(verb->name, name))
        return TRUE;
    if (!verb->aliases)
        return FALSE;
    g_auto(GStrv) aliases = g_strsplit(verb->aliases, " ", -1);
    for (char **alias = aliases; *alias; alias++) {
        if (is_same(*alias, name))
            return TRUE;
    }
    return FALSE;
}

const struct verb *verb_find(const char *name, GError **error)
{
    const char *nearest = NULL;
    guint distance = G_MAXUINT;
    for (const struct verb *verb = verbs; verb->name; verb++) {
        if (verb_is_called(verb, name))
            return verb;
        if (!(verb->flags & VERB_HIDDEN) && nearest_offer(name, verb->name, &distance))
            nearest = verb->name;
    }
    g_autofree char *shown = text_escape(name);
    if (nearest)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                    "there is no verb \"%s\". Did you mean \"%s\"?", shown, nearest);
    else
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE, "there is no verb \"%s\"", shown);
    return NULL;
}
