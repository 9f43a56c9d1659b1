#!/bin/bash
# Two hypervisors in one lab: qemu's VMs and LXC's containers. What roost is held to: both are
# listed, started and stopped; only what can migrate does, and it is said why the others do not.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
export LAB_LXC="2 4"
make_lab hyp 5
qemu=("${host[0]}" "${host[2]}" "${host[4]}")
lxc=("${host[1]}" "${host[3]}")

on_lxc() { lab exec "$1" virsh -q -c lxc:///system "${@:2}"; }
runs_box() { on_lxc "$1" list --name 2>/dev/null | grep -qx -e "$2"; }
# The id of a running container is the process that keeps it: it changes with a restart.
box_id() { on_lxc "$1" domid "$2"; }

run add-node "${address[@]}"
check "hosts of both kinds join" all well 'lines 5'

# ---- list ----

run list
check "those that cannot migrate say so" all well '(($(count 3 on) == 5))' \
    '[[ $(field "${lxc[0]}" 11) == "LXC: cannot migrate" ]]' \
    '[[ $(field "${lxc[1]}" 11) == "LXC: cannot migrate" ]]' \
    '[[ $(field "${qemu[0]}" 11) == - ]]'
check "load, users and wake-on-LAN are told of them too" all \
    '[[ $(field "${lxc[0]}" 5) == 0.02 ]]' '[[ $(field "${lxc[0]}" 8) == - ]]' \
    '[[ $(field "${lxc[0]}" 10) == assumed ]]'
run list VM
check "containers are listed with the VMs" all well 'lines 5' '(($(count 3 running) == 5))' \
    '[[ $(field "${lxc[0]}" 4) == 32 ]]'
check "the store keeps what they are" \
    grep -q "name=\"${lxc[0]}\".* hypervisor=\"LXC\" can-migrate=\"no\"" "$store/ClusterInfo.xml"

# ---- migration is not offered ----

run migrate "${lxc[0]}" "${qemu[0]}"
check "a container does not migrate" all \
    'refused "host ${lxc[0]}: its hypervisor \(LXC\) cannot migrate VMs through libvirt"'
run migrate --force "${lxc[0]}" "${lxc[1]}"
check "not even by force, not even to its like" all \
    'refused "host ${lxc[0]}: its hypervisor \(LXC\) cannot migrate"'
run migrate "${qemu[1]}" "${lxc[0]}"
check "nor a VM to a host for containers" all \
    'refused "host ${lxc[0]}: its hypervisor \(LXC\) cannot migrate"' 'only_on "${qemu[1]}" "${qemu[1]}"'
run migrate "${qemu[1]}" "${qemu[0]}"
check "VMs migrate as ever" all well 'only_on "${qemu[1]}" "${qemu[0]}"'

# ---- stop and start ----

run stop "${lxc[0]}"
check "a container is shut down" all well '! runs_box "${lxc[0]}" "${lxc[0]}"'
run list VM
check "it is off then" all well '[[ $(field "${lxc[0]}" 3) == off ]]'
run stop "${lxc[0]}"
check "stopped twice, it is refused" refused "is not known to run now"
run start "${lxc[0]}" "${qemu[0]}"
check "it does not start where it is not known" refused "does not know vm ${lxc[0]}"
run start "${lxc[0]}"
check "it starts again" all well 'runs_box "${lxc[0]}" "${lxc[0]}"'
run start "${lxc[0]}"
check "started twice, it is refused" refused "runs on ${lxc[0]} already"
run stop --force "${lxc[0]}"
check "a container is forced off" all well '! runs_box "${lxc[0]}" "${lxc[0]}"'
run start -n "${lxc[0]}"
check "a dry run starts nothing" all well 'out "would start vm ${lxc[0]} on ${lxc[0]}"' \
    '! runs_box "${lxc[0]}" "${lxc[0]}"'
run start "${lxc[0]}"
check "and starts once more" all well 'runs_box "${lxc[0]}" "${lxc[0]}"'
run stop --force "${qemu[2]}"
check "a VM of qemu is forced off" all well '! runs "${qemu[2]}" "${qemu[2]}"'
run start "${qemu[2]}"
check "and started" all well 'only_on "${qemu[2]}" "${qemu[2]}"'

# ---- never twice ----

lab exec "${qemu[2]}" virsh -q dumpxml "${qemu[2]}" >"$work/twin.xml"
run stop --force "${qemu[2]}"
lab exec "${qemu[1]}" sh -c 'cat >/run/twin.xml && virsh -q define /run/twin.xml' <"$work/twin.xml" >/dev/null
lab exec "${qemu[1]}" virsh -q start "${qemu[2]}" >/dev/null
run start --force "${qemu[2]}" "${qemu[2]}"
check "what was started by hand elsewhere is not started again" all \
    'refused "runs on ${qemu[1]} already"' '(($(count_processes "${qemu[2]}") == 1))'
lab exec "${qemu[1]}" virsh -q destroy "${qemu[2]}" >/dev/null
run list VM
check "it is off, and known on two hosts" all well '[[ $(field "${qemu[2]}" 3) == off ]]'
lab hang "${qemu[1]}"
run start "${qemu[2]}" "${qemu[2]}"
check "a host that hangs and may run it stands in the way" all \
    'refused "host ${qemu[1]} does not say whether it runs vm"' '(($(count_processes "${qemu[2]}") == 0))'
lab resume "${qemu[1]}"
until_true 30 lab exec "${qemu[1]}" timeout 3 virsh -q list >/dev/null
lab exec "${qemu[1]}" virsh -q undefine "${qemu[2]}" >/dev/null
run start "${qemu[2]}" "${qemu[2]}"
check "once that is settled, it starts" all well 'only_on "${qemu[2]}" "${qemu[2]}"'

# ---- compact and normalize ----

boxes="$(box_id "${lxc[0]}" "${lxc[0]}") $(box_id "${lxc[1]}" "${lxc[1]}")"
run compact
check "compact empties what it can and leaves containers alone" all well \
    'is_on "${lxc[0]}"' 'is_on "${lxc[1]}"' '(($(count_on) == 3))' 'only_on "${qemu[2]}" "${qemu[0]}"'
check "it says why" out "left alone: host ${lxc[0]}: its hypervisor \(LXC\) cannot migrate"
check "no container was restarted" \
    [ "$boxes" = "$(box_id "${lxc[0]}" "${lxc[0]}") $(box_id "${lxc[1]}" "${lxc[1]}")" ]
run normalize
check "normalize brings all home" all well '(($(count_on) == 5))' 'only_on "${qemu[2]}" "${qemu[2]}"'
run stop --force "${lxc[1]}"
run compact
check "a host whose containers are off is switched off" all well 'is_off "${lxc[1]}"' 'is_on "${lxc[0]}"'
run wake "${lxc[1]}"
check "and woken" all well 'is_on "${lxc[1]}"'
finish
