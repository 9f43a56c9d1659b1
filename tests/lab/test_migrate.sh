#!/bin/bash
# Real hosts: live migration by hand, what is refused, cancelling, and a console that dies.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
make_lab mig 6
vm=${host[0]} busy=0
run add-node "${address[@]}"
check "six hosts" all well 'lines 6'

# ---- moving ----

run migrate "$vm" "${host[1]}" --dry-run
check "--dry-run says what would move, and moves nothing" all well \
    'out "would move vm $vm from ${host[0]} to ${host[1]}"' 'only_on "$vm" "${host[0]}"'
run migrate "$vm" "${host[1]}"
check "a VM moves" all well 'out "^vm $vm from ${host[0]} to ${host[1]}: done"' 'within 5000'
check "it runs there, and is defined nowhere else" only_on "$vm" "${host[1]}"
check "its guest was not restarted" is_migrated "${host[1]}" "$vm"
run migrate "$vm" "${address[2]}"
check "to a host named by its address" all well 'only_on "$vm" "${host[2]}"'
run find "$vm"
check "find knows" all well 'out "^$vm	${host[2]}	"'
check "the journal tells of it" grep -q "vm=\"\?$vm\|vm $vm" "$store/journal.log"
run migrate "$vm" "${host[0]}"
check "back home" all well 'only_on "$vm" "${host[0]}"' 'is_migrated "${host[0]}" "$vm"'
lab exec "${host[3]}" virsh -q autostart "${host[3]}"
run migrate "${host[3]}" "${host[4]}"
autostarts() { lab exec "$1" virsh -q list --all --autostart --name | grep -qx "$2"; }
check "its autostart goes with it" all well 'autostarts "${host[4]}" "${host[3]}"' \
    '! autostarts "${host[3]}" "${host[3]}"'

# ---- refusing ----

run migrate nobody "${host[1]}"
check "a VM that is not there" refused 'nobody'
run migrate "$vm" nowhere
check "a host that is not there" refused 'nowhere'
run migrate "$vm" "${host[0]}"
check "the host it is on already" refused "$vm.*${host[0]}"
run migrate "$vm"
check "no host: wrong usage" all 'ended 2' 'err "roost migrate VM HOST"'
sed -i "s/<vm name=\"$vm\"/& pin=\"${host[0]}\"/" "$store/ClusterInfo.xml"
run migrate "$vm" "${host[1]}"
check "a pinned VM" all 'refused "pinned.*force"' 'only_on "$vm" "${host[0]}"'
run migrate "$vm" "${host[1]}" --dry-run
check "also when it is only asked" refused 'pinned'
run migrate "$vm" "${host[1]}" --force
check "unless it is forced" all well 'only_on "$vm" "${host[1]}"'
sed -i "s/ pin=\"${host[0]}\"//" "$store/ClusterInfo.xml"
sed -i "s/<host name=\"${host[2]}\"/& vm-max=\"1\"/" "$store/ClusterInfo.xml"
run migrate "$vm" "${host[2]}"
check "a host with its greatest number of VMs" refused "${host[2]}"
sed -i 's/ vm-max="1"//' "$store/ClusterInfo.xml"
lab exec "${host[5]}" virsh -q destroy "${host[5]}"
run migrate "${host[5]}" "${host[2]}"
check "a VM that does not run" refused "${host[5]}.*off"
check "nothing was moved by any of these" all 'only_on "$vm" "${host[1]}"' 'knows "${host[5]}" "${host[5]}"'
lab exec "${host[5]}" virsh -q start "${host[5]}"

# ---- two at once ----

launch one migrate "${host[2]}" "${host[0]}"
launch two migrate "${host[5]}" "${host[1]}"
settle one 20
check "two consoles at once: the one" all well 'only_on "${host[2]}" "${host[0]}"'
settle two 20
check "and the other" all well 'only_on "${host[5]}" "${host[1]}"'
check "what they wrote is whole" xmllint --noout "$store/ClusterInfo.xml"
run list VM
check "and true" all well '[[ $(field "${host[2]}" 2) == "${host[0]}" ]]' \
    '[[ $(field "${host[5]}" 2) == "${host[1]}" ]]'

# ---- a guest that writes faster than it moves ----

lab vm "${host[4]}" busy --dirty
write_conf patient <<-CONF
	[migration]
	auto_converge=false
	tries=1
CONF
launch busy migrate busy "${host[5]}"
check "a migration that does not converge is under way" until_true 20 migrates "${host[4]}" busy 3
cancelled_ms=$(now_ms)
kill -INT "$busy"
settle busy 15
took_ms=$(($(now_ms) - cancelled_ms))
check "^C cancels it" all 'ended 1' 'err "cancel"' 'within 3000'
check "the VM runs where it was" all 'only_on busy "${host[4]}"' '(($(count_processes busy) == 1))'
write_conf hasty <<-CONF
	[migration]
	auto_converge=false
	tries=1
	timeout=3 s
CONF
run migrate busy "${host[5]}"
check "a time-out ends it as well" all 'refused "3 s"' '((took_ms > 3000))' 'within 8000'
check "the VM runs where it was" all 'only_on busy "${host[4]}"' '(($(count_processes busy) == 1))'
conf=$LAB_DIR/client/patient.conf
launch busy migrate busy "${host[5]}"
until_true 20 migrates "${host[4]}" busy
lab exec "${host[4]}" virsh -q domjobabort busy
settle busy 15
check "somebody else aborts it: failed, and told so" refused "busy"
check "the VM runs where it was" only_on busy "${host[4]}"

# ---- the console dies ----

launch busy migrate busy "${host[5]}"
until_true 20 migrates "${host[4]}" busy
kill -KILL "$busy"
settle busy 5
one_process() { (($(count_processes busy) == 1)); }
conf=$LAB_CONF
run find busy
check "a console killed: the VM is found in one place at once" all \
    'ended 0' 'out "^busy	${host[4]}	.*running"' 'within 3000'
check "and the other end is given up" until_true 60 one_process
run list VM
check "it is found in one place" all well '[[ $(field busy 2) == "${host[4]}" ]]' '[[ $(field busy 3) == running ]]'
check "it runs where it was" only_on busy "${host[4]}"
check "what was written is whole" xmllint --noout "$store/ClusterInfo.xml"

# ---- other ways to move ----

write_conf postcopy <<-CONF
	[migration]
	mode=post-copy
CONF
run migrate busy "${host[5]}"
check "post-copy brings over what pre-copy cannot" all well 'only_on busy "${host[5]}"' 'within 15000'
write_conf stopandcopy <<-CONF
	[migration]
	mode=stop-and-copy
CONF
run migrate busy "${host[4]}"
check "so does stop-and-copy" all well 'only_on busy "${host[4]}"' 'within 15000'
write_conf peer <<-CONF
	[migration]
	control=peer
CONF
run migrate "$vm" "${host[2]}"
check "peer to peer" all well 'only_on "$vm" "${host[2]}"' 'within 5000'
conf=$LAB_CONF

# ---- what others find ----

run refresh
check "nothing is in doubt at the end" all well 'out " 0 differences"'
finish
