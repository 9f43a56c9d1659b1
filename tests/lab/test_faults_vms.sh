#!/bin/bash
# Real hosts, and VMs that change behind the console's back: shut down while queued, started elsewhere.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
# shellcheck source-path=SCRIPTDIR source=tmuxlib.sh
. "$here/tmuxlib.sh"
make_lab fvm 4
journal=$store/journal.log
write_conf watchful <<-CONF
	[automatic]
	poll=2 s
	patience=6 s
	[limits]
	migrations=1
	[migration]
	auto_converge=false
CONF
run add-node "${address[@]}"
check "four hosts" all well 'lines 4'
lab vm "${host[1]}" busy --dirty
stubborn "${host[1]}" busy

only_off() { (($(count_processes "$1") == 0)) && [[ $(places "$1") == "$1" ]]; }

# ---- shut down while its move is queued ----

open_console 100 24
check "the console is connected to all" until_true 15 shows '4 on'
keys g l Tab
until_true 5 shows 'VM: busy' || keys Tab
keys m l Enter
check "a move that takes long is under way" until_true 20 migrates "${host[1]}" busy 1
keys g m End Enter
check "another waits for its turn" until_true 10 grep -q "vm ${host[0]}.*result=queued" "$journal"
lab exec "${host[0]}" virsh -q destroy "${host[0]}"
check "its VM shuts down meanwhile, and that is told" until_true 20 grep -q "vm ${host[0]} is shut off on ${host[0]}" "$journal"
lab exec "${host[1]}" virsh -q domjobabort busy
ended_line() { grep "what=migrate.*vm ${host[0]}.*result=" "$journal" | grep -v result=queued; }
refused_since_off() { ended_line | grep -q "result=refused.*(off)"; }
check "when its turn comes it is refused, since it is off" until_true 40 refused_since_off
check "it is off, and was started nowhere" all 'only_off "${host[0]}"'
keys q
until_true 5 shows 'status 0' || keys y
check "q leaves" until_true 20 shows 'status'
lab exec "${host[0]}" virsh -q start "${host[0]}"

# ---- started by hand on another host too ----

disk_xml=$LAB_DIR/vms/${host[2]}.xml
open_console 100 24
check "the console is connected to all" until_true 15 shows '4 on'
lab exec "${host[3]}" virsh -q create /dev/stdin <"$disk_xml"
check "a VM is started on a second host by hand: an alarm that says so, and what to do" until_true 30 \
    grep -q "alarm=yes.*vm ${host[2]} runs on ${host[2]} and on ${host[3]} at once.*virsh destroy" "$journal"
check "on the screen too" until_true 10 shows "vm ${host[2]} runs on ${host[2]} and on ${host[3]}: shut one of the two down"
run find "${host[2]}"
check "find says it" all 'ended 1' 'err "vm ${host[2]}: runs on ${host[2]} and on ${host[3]} at once"'
run migrate "${host[2]}" "${host[0]}"
check "it is frozen" all 'refused "${host[2]}"' '! knows "${host[0]}" "${host[2]}"'
run off "${host[3]}" --force
check "no host of the two is switched off, not by force" all 'ended 1' 'is_on "${host[3]}"'
run compact --dry-run
check "the autopilot leaves it alone" all '! out "vm ${host[2]} from"'
lab exec "${host[3]}" virsh -q destroy "${host[2]}"
check "when one is shut down, the alarm ends" until_true 30 grep -q "vm ${host[2]} runs on ${host[2]} alone" "$journal"
check "and the screen is calm" until_true 10 shows_not "shut one of the two down"
run migrate "${host[2]}" "${host[0]}"
check "it can move again" all well 'only_on "${host[2]}" "${host[0]}"'
check "the first copy was never touched" is_migrated "${host[0]}" "${host[2]}"

# ---- started by hand on another host, after it was shut down here ----

lab exec "${host[0]}" virsh -q destroy "${host[2]}"
lab exec "${host[3]}" virsh -q create /dev/stdin <"$disk_xml"
check "one that was shut down and started elsewhere is found there" until_true 30 \
    grep -q "vm ${host[2]} is now on ${host[3]}" "$journal"

# ---- gone from everywhere ----

lab exec "${host[3]}" virsh -q destroy "${host[2]}"
lab exec "${host[0]}" virsh -q undefine "${host[2]}"
check "one that is nowhere any more is an alarm" until_true 40 \
    grep -q "alarm=yes.*vm ${host[2]} ran on ${host[3]} and is nowhere now: if nobody shut it down.*virsh list --all.*virsh define" "$journal"
check "on the screen too" until_true 10 shows "vm ${host[2]} is lost"
run find "${host[2]}"
check "it is not given up silently" grep -q "${host[2]}" "$work/out" "$work/err"
lab exec "${host[2]}" virsh -q create /dev/stdin <"$disk_xml"
check "started again, the alarm ends" until_true 40 grep -q "vm ${host[2]} is found again on ${host[2]}\|vm ${host[2]} is now on ${host[2]}" "$journal"
keys q
check "q leaves" until_true 10 shows 'status 0'
finish
