#!/bin/bash
# Real hosts: power cuts in mid-migration, and hosts that hang while the others go on.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
make_lab tro 6
run add-node "${address[@]}"
check "six hosts" all well 'lines 6'
write_conf patient <<-CONF
	[migration]
	auto_converge=false
	tries=1
CONF

# ---- the target dies ----

lab vm "${host[1]}" busy --dirty
launch move migrate busy "${host[2]}"
check "a migration is under way" until_true 20 migrates "${host[1]}" busy
cut_ms=$(now_ms)
lab kill "${host[2]}"
conf=$LAB_CONF
run find busy
check "the target's power is cut: meanwhile, it is found at its source" all well \
    'out "^busy	${host[1]}	.*running"' 'within 6000'
settle move 100
took_ms=$(($(now_ms) - cut_ms))
check "the migration fails, in bounded time" all 'refused busy' 'within 60000'
check "the VM runs where it was, once" all 'only_on busy "${host[1]}"' '(($(count_processes busy) == 1))'
run list
check "list: the dead host is unreachable, all others on" all 'ended 0' 'within 6000' \
    '[[ $(field "${host[2]}" 3) == unreachable ]]' '(($(count 3 on) == 5))'
run find "${host[2]}"
check "the VM that ran there is not said to run" all 'out "${host[2]}	.*	unknown"'
run migrate busy "${host[2]}"
check "nothing is sent to a dead host" all 'refused "${host[2]}"' 'within 10000'
run wake "${host[2]}"
check "it can be woken" all well 'is_on "${host[2]}"' 'within 10000'
run list "${host[2]}"
check "and its VM is seen to be off" [ "$(sed -n 2p "$work/out" | cut -f 1,3)" = "${host[2]}	off" ]

# ---- the source dies ----

conf=$LAB_DIR/client/patient.conf
launch move migrate busy "${host[2]}"
until_true 20 migrates "${host[1]}" busy
cut_ms=$(now_ms)
lab kill "${host[1]}"
settle move 120
took_ms=$(($(now_ms) - cut_ms))
check "the source's power is cut: the migration fails, in bounded time" all 'refused "busy"' 'within 60000'
check "and it says which host does not answer" err "${address[1]}|${host[1]}"
conf=$LAB_CONF
nothing_left() { (($(count_processes busy) == 0)); }
check "the target gives up what it had of it" until_true 60 nothing_left
run find busy
check "the VM is not said to run anywhere" all 'out "^busy	${host[1]}	.*	unknown$"'
run wake "${host[1]}"
check "once the host is back" well
run find busy
check "the VM is known to be off" out "^busy	${host[1]}	.*	off$"
for name in "${host[1]}" "${host[2]}"; do
    lab exec "$name" virsh -q start "$name"
done
lab exec "${host[1]}" virsh -q start busy

# ---- a host hangs ----

lab hang "${host[3]}"
run migrate "${host[4]}" "${host[5]}"
check "a host's libvirtd hangs: others move VMs as fast as ever" all well 'only_on "${host[4]}" "${host[5]}"' 'within 5000'
run list
check "list ends, and says which host is in doubt" all 'ended 0' 'within 10000' \
    '(($(count 3 on) == 5))' '[[ $(field "${host[3]}" 3) == unreachable ]]' \
    '[[ $(field "${host[3]}" 11) == *"${address[3]}"* ]]'
run find "${host[3]}"
check "its VM is not known to run" out "^${host[3]}	${host[3]}	.*	unknown$"
run migrate "${host[5]}" "${host[3]}"
check "nothing is moved to it" all 'refused "${host[3]}"' 'within 10000' 'only_on "${host[5]}" "${host[5]}"'
lab resume "${host[3]}"
run list
check "when it goes on, it is on" all well '(($(count 3 on) == 6))'
lab hang "${host[3]}" all
run migrate "${host[4]}" "${host[4]}"
check "a host hangs with all it has: others move VMs as fast as ever" all well \
    'only_on "${host[4]}" "${host[4]}"' 'within 5000'
launch night compact
check "compact goes on without it" until_true 60 is_off "${host[5]}"
check "and leaves it alone" is_on "${host[3]}"
lab resume "${host[3]}"
settle night 90
check "it is taken in when it goes on" all 'ended 0' '(($(count_on) == 1))'
run normalize
check "and all come home" all well '(($(count_on) == 6))' 'only_on "${host[3]}" "${host[3]}"' \
    'only_on "${host[4]}" "${host[4]}"'
finish
