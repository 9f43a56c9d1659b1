#!/bin/bash
# Real hosts, and a console that is killed in mid-migration: the next one finds the VM, and explains.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034,SC2154
. "$(dirname "$0")/testlib.sh"
# shellcheck source-path=SCRIPTDIR source=tmuxlib.sh
. "$here/tmuxlib.sh"
make_lab fco 4
journal=$store/journal.log
write_conf watchful <<-CONF
	[automatic]
	poll=2 s
	[migration]
	auto_converge=false
	tries=1
CONF
run add-node "${address[@]}"
check "four hosts" all well 'lines 4'
lab vm "${host[1]}" busy --dirty
stubborn "${host[1]}" busy
processes_are() { (($(count_processes busy) == $1)); }
no_job() { lab exec "$1" virsh -q domjobinfo busy 2>/dev/null | grep -q 'None'; }
is_through() { # its qemu has sent everything
    lab exec "$1" virsh -q qemu-monitor-command busy --hmp 'info status' 2>/dev/null | grep -q postmigrate
}
runs_plainly() { [[ $(state_of "$1" busy) == running* ]]; }

# ---- the console itself, killed while it moves the VM ----

open_console 100 24
check "the console shows four hosts" until_true 15 shows '4 on'
keys g l Tab
until_true 5 shows 'VM: busy' || keys Tab
keys m l Enter
check "it moves the VM" until_true 20 migrates "${host[1]}" busy 1
console=$(console_pid)
kill -KILL "$console"
check "the console is killed" until_true 10 is_gone "$console"
open_console 100 24
check "the next one shows all hosts" until_true 15 shows '4 on'
check "with the VM where it was, not coming to any" all 'run find busy' 'out "^busy	${host[1]}	.*running"'
check "the other end is given up by libvirt" until_true 60 processes_are 1
check "the move that broke off is aborted" until_true 30 no_job "${host[1]}"
run refresh
check "nothing is in doubt" all well 'out " 0 differences"'
check "the guest runs on, and was not restarted" all 'runs_plainly "${host[1]}"' 'not_restarted busy'
keys q
check "q leaves" until_true 10 shows 'status 0'

# ---- killed in the last moment: all RAM is there, and the target cannot be told to go on ----

last_moment() { # from host 1 to host 2, whose libvirtd hangs; the source is through
    launch move migrate busy "${host[2]}"
    until_true 20 migrates "${host[1]}" busy 1 || return
    lab hang "${host[2]}"
    hurry "${host[1]}" busy
    lab exec "${host[1]}" virsh -q migrate-setmaxdowntime busy 100000
    until_true 60 is_through "${host[1]}" || return
    until_true 3 false # until the console asks the target to take over; that shows nowhere
    kill -KILL "$move"
    settle move 5
}
check "a console is killed in the last moment of a move" last_moment
lab libvirtd "${host[2]}" kill
lab libvirtd "${host[2]}" start
check "the target's libvirtd begins anew: it drops what had come" until_true 30 processes_are 1
open_console 100 24
check "the next console says that the VM is left paused, and how it goes on" until_true 20 \
    grep -q "alarm=yes.*vm busy is left paused on ${host[1]} by a migration that broke off.*virsh resume busy" "$journal"
check "on the screen too" journal_shows 'left paused' 10
run list VM
check "and so does list" grep -q "^busy.*paused.*left paused by a migration" "$work/out"
lab exec "${host[1]}" virsh -q resume busy
check "resumed, as it says, it goes on" until_true 20 grep -q "vm busy goes on, on ${host[1]}" "$journal"
check "the same guest" all 'only_on busy "${host[1]}"' 'not_restarted busy'
keys q
check "q leaves" until_true 10 shows 'status 0'

# ---- the same, and the target goes on: it runs there, and a paused copy is left ----

stubborn "${host[1]}" busy
check "a console is killed in the last moment of a move" last_moment
lab resume "${host[2]}"
check "the target's libvirtd goes on, with what it was told last: the VM runs there" \
    until_true 60 runs_plainly "${host[2]}"
run find busy
check "a paused copy is left at the source: it is told which is which, and what to do" all 'ended 1' \
    'err "vm busy: runs on ${host[2]}, and a paused copy of it is on ${host[1]}.*virsh destroy busy"'
open_console 100 24
check "the console tells it on its screen" until_true 20 \
    shows "vm busy runs on ${host[2]}, and ${host[1]} has a paused copy"
check "and as an alarm" until_true 20 grep -q "alarm=yes.*vm busy runs on ${host[2]}, and a paused copy" "$journal"
run migrate busy "${host[3]}"
check "nothing moves it meanwhile" all 'refused busy' '! knows "${host[3]}" busy'
lab exec "${host[1]}" virsh -q destroy busy
lab exec "${host[1]}" virsh -q undefine busy
check "when that is done, it runs in one place" until_true 20 grep -q "vm busy is now on ${host[2]}" "$journal"
run find busy
check "the same guest, never restarted" all well 'out "^busy	${host[2]}	.*running"' \
    'only_on busy "${host[2]}"' 'is_migrated "${host[2]}" busy' 'not_restarted busy'
keys q
check "q leaves" until_true 10 shows 'status 0'
finish
