#!/bin/bash
# Real hosts: the source of a migration loses its power, as the operator at the console sees it.
# test_trouble.sh has the same from the command line.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
# shellcheck source-path=SCRIPTDIR source=tmuxlib.sh
. "$here/tmuxlib.sh"
make_lab fso 4
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
move_busy() { # KEY...: from the first host to busy's, and from there
    keys g l Tab
    until_true 5 shows 'VM: busy|vm busy ' || keys Tab
    keys m "$@" Enter
    until_true 20 migrates "${host[1]}" busy 1
}

open_console 200 30
check "the console shows four hosts" until_true 15 shows '4 on'
check "it moves a VM" move_busy l
lab kill "${host[1]}"
check "the source loses its power: it is no longer counted as on" until_true 40 shows '3 on'
nothing_left() { (($(count_processes busy) == 0)); }
check "what had come of the VM is given up at the target, not run" until_true 60 nothing_left
check "the operator is told that it is not known where it runs, and which hosts to look at" until_true 90 \
    grep -q "alarm=yes.*vm busy.*\(where it runs is not known\|where vm busy runs is not known\).*" "$journal"
run find busy
check "it is not said to run" out "^busy	.*	unknown$"
run migrate busy "${host[3]}"
check "nor started, or moved, anywhere" all 'refused busy' nothing_left '! knows "${host[3]}" busy'
lab start "${host[1]}"
check "the host is back" until_true 60 shows '4 on'
check "the move has failed, and the VM is shut off" until_true 30 \
    grep -q "what=migrate.*vm busy.*result=failed alarm=yes.*busy is shut off, on ${host[1]}" "$journal"
check "and the VM is known to be off, there" until_true 30 eval 'run find busy; out "^busy	${host[1]}	.*	off$"'
keys q
check "q leaves" until_true 20 shows 'status 0'
finish
