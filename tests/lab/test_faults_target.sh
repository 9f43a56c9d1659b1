#!/bin/bash
# Real hosts: the target of a migration loses its power, as the operator at the console sees it.
# test_trouble.sh has the same from the command line.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
# shellcheck source-path=SCRIPTDIR source=tmuxlib.sh
. "$here/tmuxlib.sh"
make_lab fta 4
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
check "with its progress on the screen" until_true 10 shows "vm busy.* from ${host[1]} to ${host[2]}"
lab kill "${host[2]}"
check "the target loses its power: it is no longer counted as on" until_true 40 shows '3 on'
check "with an alarm that says that it does not answer" until_true 10 \
    grep -q "alarm=yes.*host ${host[2]} does not answer" "$journal"
check "the move fails, and the journal says why and where the VM runs" until_true 60 \
    grep -q "what=migrate.*vm busy.*result=failed alarm=yes.*it runs on ${host[1]} as before" "$journal"
check "so does the screen" journal_shows "vm busy from ${host[1]} to ${host[2]}: .*(${address[2]}|${host[2]} (does not answer|broke))" 10
check "it runs there, the same guest, once" all 'only_on busy "${host[1]}"' 'not_restarted busy' '(($(count_processes busy) == 1))'
check "the VM that ran on the dead host is not said to run" all 'run find "${host[2]}"' 'out "${host[2]}	.*	unknown"'
keys g l l w
check "woken from the console, the host is back" until_true 40 shows '4 on'
check "and its VM is known to be off" until_true 20 eval 'run find "${host[2]}"; out "	off$"'
keys q
check "q leaves" until_true 20 shows 'status 0'
finish
