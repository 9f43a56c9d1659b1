#!/bin/bash
# Real hosts, and a migration from host to host that goes on without the console that began it.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034,SC2154
. "$(dirname "$0")/testlib.sh"
make_lab fpe 3
run add-node "${address[@]}"
check "three hosts" all well 'lines 3'
lab vm "${host[1]}" busy --dirty
stubborn "${host[1]}" busy
one_process() { (($(count_processes busy) == 1)); }

write_conf peer <<-CONF
	[migration]
	control=peer
	auto_converge=false
	tries=1
CONF
launch move migrate busy "${host[2]}"
check "a migration from host to host is under way" until_true 20 migrates "${host[1]}" busy 1
kill -KILL "$move"
settle move 5
run migrate busy "${host[0]}"
check "its console is killed and it goes on: another move is refused, and says why" all 'ended 1' \
    'err "vm busy.*(already|another|being moved)"'
sed 's/^/# said: /' "$work/err"
run find busy
check "it is found where it still runs" out "^busy	${host[1]}	.*running"
lab exec "${host[1]}" virsh -q domjobabort busy
check "aborted there, the other end is given up" until_true 60 one_process
check "it runs where it was" until_true 30 only_on busy "${host[1]}"
check "the same guest" not_restarted busy
finish
