#!/bin/bash
# Real hosts, and a network between two of them that loses what passes in mid-migration. Nothing is
# refused and no link goes down, as when a switch in between dies.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
make_lab fne 4
journal=$store/journal.log
write_conf once <<-CONF
	[automatic]
	poll=2 s
	[migration]
	auto_converge=false
	tries=1
	timeout=12 s
CONF
run add-node "${address[@]}"
check "four hosts" all well 'lines 4'
lab vm "${host[1]}" busy --dirty
stubborn "${host[1]}" busy
one_process() { (($(count_processes busy) == 1)); }

# ---- cut between the two, and not healed ----

launch move migrate busy "${host[2]}"
check "a migration is under way" until_true 20 migrates "${host[1]}" busy 1
lab cut "${host[1]}" "${host[2]}"
cut_ms=$(now_ms)
run find busy
check "the network between the two is cut: it is found at its source" all well 'out "^busy	${host[1]}	.*running"'
settle move 90
took_ms=$(($(now_ms) - cut_ms))
check "the migration fails, in bounded time, with a reason" all 'refused "vm busy.*not done in 12 s"' 'within 60000'
check "and says that the VM runs as before" err "it runs on ${host[1]} as before"
check "so it does" only_on busy "${host[1]}"
check "and the target has given up what it had of it" until_true 60 one_process
check "the journal tells it as an alarm" grep -q "what=migrate.*vm busy.*result=failed alarm=yes" "$journal"
conf=$LAB_CONF
lab heal "${host[1]}" "${host[2]}"
run migrate "${host[1]}" "${host[2]}"
check "healed: VMs move between the two again" all well 'only_on "${host[1]}" "${host[2]}"'
run migrate "${host[1]}" "${host[1]}"
check "and back" all well 'only_on "${host[1]}" "${host[1]}"'

# ---- cut between the two for a while ----

write_conf patient <<-CONF
	[migration]
	tries=1
CONF
launch move migrate busy "${host[2]}"
until_true 20 migrates "${host[1]}" busy 1
lab cut "${host[1]}" "${host[2]}"
until_true 5 false # the time is the fault: so long nothing passes
hurry "${host[1]}" busy
lab heal "${host[1]}" "${host[2]}"
settle move 100
check "cut for five seconds and healed: the migration goes on to its end" all well 'only_on busy "${host[2]}"'
check "live" all 'is_migrated "${host[2]}" busy' 'not_restarted busy' one_process

finish
