#!/bin/bash
# Real hosts whose libvirtd is killed in mid-migration, and started again.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
# shellcheck source-path=SCRIPTDIR source=tmuxlib.sh
. "$here/tmuxlib.sh"
make_lab fli 4
journal=$store/journal.log
write_conf once <<-CONF
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
one_process() { (($(count_processes busy) == 1)); }
runs_plainly() { [[ $(state_of "$1" busy) == running* ]]; }

# ---- the source's ----

launch move migrate busy "${host[2]}"
check "a migration is under way" until_true 20 migrates "${host[1]}" busy 1
lab libvirtd "${host[1]}" kill
cut_ms=$(now_ms)
settle move 60
took_ms=$(($(now_ms) - cut_ms))
check "the source's libvirtd is killed: the migration ends, in bounded time, and is not said to be done" all \
    'ended 1' 'err "vm busy"' 'within 45000'
check "which host it was is said" err "${address[1]}|${host[1]}"
check "the journal has it" grep -q "what=migrate.*vm busy" "$journal"
run list "${host[1]}"
check "meanwhile the host is in doubt, and its VMs are not said to be off" all 'ended 0' \
    '[[ $(field "${host[1]}" 3) == unreachable || $(sed -n 1p "$work/out" | cut -f 3) == unreachable ]]' \
    'out "^busy	.*unknown"'
run migrate busy "${host[3]}"
check "it is not moved" all 'refused busy' '! knows "${host[3]}" busy'
lab libvirtd "${host[1]}" start
stubborn "${host[1]}" busy # its libvirtd has forgotten it
check "started again: the VM runs, once, where it was" until_true 60 all one_process 'runs_plainly "${host[1]}"'
run find busy
check "and is found there" all well 'out "^busy	${host[1]}	.*running"' 'only_on busy "${host[1]}"'
check "the same guest" not_restarted busy
run migrate "${host[1]}" "${host[2]}"
check "VMs move from there again" all well 'only_on "${host[1]}" "${host[2]}"' 'not_restarted "${host[1]}"'

# ---- the target's ----

conf=$LAB_DIR/client/once.conf
open_console 100 24
check "the console is connected to all" until_true 15 shows '4 on'
launch move migrate busy "${host[2]}"
check "a migration is under way" until_true 20 migrates "${host[1]}" busy 1
lab libvirtd "${host[2]}" kill
cut_ms=$(now_ms)
check "the target's libvirtd is killed: the console sees it" until_true 30 shows '3 on'
settle move 60
took_ms=$(($(now_ms) - cut_ms))
check "the migration fails, in bounded time, and names the target" all \
    'refused "vm busy.*(${address[2]}|${host[2]})"' 'within 45000'
check "the VM runs on at its source" all 'runs_plainly "${host[1]}"' 'knows "${host[1]}" busy'
lab libvirtd "${host[2]}" start
check "started again: it drops what had come" until_true 60 one_process
check "the VM that runs there was not touched" all 'only_on "${host[1]}" "${host[2]}"' 'not_restarted "${host[1]}" "${host[2]}"'
check "the console has the host again" until_true 60 shows '4 on'
run find busy
check "the VM runs where it was" all well 'out "^busy	${host[1]}	.*running"' 'only_on busy "${host[1]}"' 'not_restarted busy'
keys q
check "q leaves" until_true 10 shows 'status 0'

# ---- both, one after the other, while nothing moves ----

open_console 100 24
check "the console is connected to all" until_true 15 shows '4 on'
lab libvirtd "${host[0]}" kill
lab libvirtd "${host[0]}" start
lab libvirtd "${host[3]}" stop
lab libvirtd "${host[3]}" start
keys r
check "libvirtds that begin anew are taken in, without a word lost" until_true 30 shows '4 on'
keys g m l Enter
check "and VMs move as ever" until_true 15 only_on "${host[0]}" "${host[1]}"
check "no guest was restarted" not_restarted busy "${host[@]}"
keys q
check "q leaves" until_true 10 shows 'status 0'
finish
