#!/bin/bash
# Real hosts, and a network that loses what passes between the console and one of them: at rest, and
# in mid-migration at either end.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
# shellcheck source-path=SCRIPTDIR source=tmuxlib.sh
. "$here/tmuxlib.sh"
make_lab fcu 4
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

# ---- cut between the console and a host ----

open_console 100 24
check "the console is connected to all" until_true 15 shows '4 on'
lab cut console "${host[3]}"
check "the console is cut off from a host: it is in doubt, the others are on" until_true 40 shows '3 on'
check "with an alarm" until_true 10 grep -q "alarm=yes.*host ${host[3]} does not answer" "$journal"
keys g m l Enter
check "the others go on" until_true 15 only_on "${host[0]}" "${host[1]}"
lab heal console "${host[3]}"
check "healed: the host is back, by itself" until_true 60 shows '4 on'
check "its VM ran on all the while" all 'only_on "${host[3]}" "${host[3]}"' 'not_restarted "${host[3]}"'
keys q
check "q leaves" until_true 10 shows 'status 0'

# ---- cut between the console and the target in mid-migration ----

launch move migrate busy "${host[2]}"
check "a migration is under way" until_true 20 migrates "${host[1]}" busy 1
lab cut console "${host[2]}"
cut_ms=$(now_ms)
settle move 100
took_ms=$(($(now_ms) - cut_ms))
check "the console loses the target: the migration fails, in bounded time" all 'ended 1' 'err busy' 'within 60000'
lab heal console "${host[2]}"
check "the VM runs once, where it was" all 'until_true 60 one_process' 'until_true 20 only_on busy "${host[1]}"'
stubborn "${host[1]}" busy
run find busy
check "and the console knows" all well 'out "^busy	${host[1]}	.*running"'

# ---- cut between the console and the source in mid-migration ----

launch move migrate busy "${host[2]}"
check "a migration is under way" until_true 20 migrates "${host[1]}" busy 1
lab cut console "${host[1]}"
cut_ms=$(now_ms)
settle move 100
took_ms=$(($(now_ms) - cut_ms))
check "the console loses the source: the migration fails, in bounded time" all 'ended 1' 'err busy' 'within 60000'
lab heal console "${host[1]}"
check "the VM runs once" until_true 90 one_process
run find busy
check "and the console knows where" all well 'out "^busy	(${host[2]}|${host[1]})	.*running"' \
    'only_on busy "$(cut -f 2 "$work/out")"'
check "no guest was ever restarted" not_restarted busy "${host[@]}"
finish
