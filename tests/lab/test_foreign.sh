#!/bin/bash
# Real hosts that this bed did not configure for roost: names and addresses of another kind, and a
# configuration written by hand with no more than it needs, kept apart from the hosts.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
make_lab WS-aula. 3

# ---- by the keys of the manual, all of them relative ----

mkdir "$work/etc" "$work/keys"
cp "$LAB_KEY" "$work/keys/console"
cp "$LAB_KNOWN_HOSTS" "$work/keys/hosts"
cat >"$work/etc/roost.conf" <<CONF
[cluster]
store=../shared/cluster

[ssh]
user=root
identity=../keys/console
known_hosts=../keys/hosts

[load]
min=8
max=10

[limits]
vm_min_mib=32
CONF
conf=$work/etc/roost.conf
run add-node "${address[@]}"
check "hosts join with a configuration written by hand" all well 'lines 3'
check "the store is where it says, and was made" xmllint --noout "$work/shared/cluster/ClusterInfo.xml"
run list
check "they are known by their own names" all well '[[ $(cut -f 1 "$work/out" | tr "\n" " ") == "${host[*]} " ]]'
cd / && conf=../${work#/}/etc/roost.conf
run migrate "${host[1]}" "${host[2]}"
check "paths count from the file, wherever we are" all well 'only_on "${host[1]}" "${host[2]}"'
conf=$work/etc/roost.conf
run plan --script
check "plan --script" all well 'sh -n "$work/out"'
run compact
check "compact" all well '(($(count_on) == 1))' 'within 45000'
run normalize
check "normalize" all well '(($(count_on) == 3))' 'only_on "${host[1]}" "${host[1]}"' 'only_on "${host[2]}" "${host[2]}"'

# ---- a plan carried out by its script ----

run plan --script
cp "$work/out" "$work/script"
check "the script names every host by its address" grep -q "${address[2]}" "$work/script"
status=0 begin=$(now_ms)
timeout -k 5 90 sh "$work/script" </dev/null >"$work/out" 2>"$work/err" || status=$?
took_ms=$(($(now_ms) - begin))
one_is_on() { (($(count_on) == 1)); }
check "it needs nothing but what stands in it" all 'ended 0' 'until_true 30 one_is_on'
check "its VMs run on, where it says" all 'until_true 10 only_on "${host[1]}" "${host[0]}"' \
    'until_true 10 only_on "${host[2]}" "${host[0]}"'
run normalize
check "and roost brings all home again" all 'ended 0' '(($(count_on) == 3))' 'only_on "${host[2]}" "${host[2]}"'

# ---- other ways to reach libvirt ----

{
    cat "$work/etc/roost.conf"
    echo "[libvirt]"
    echo "uri=qemu+ssh://{user}@{address}/system?command=$LAB_SSH"
} >"$work/etc/ssh.conf"
conf=$work/etc/ssh.conf
run list
check "by qemu+ssh, from a template" all well '(($(count 3 on) == 3))'
run migrate "${host[1]}" "${host[0]}"
check "a VM moves" all well 'only_on "${host[1]}" "${host[0]}"' 'within 10000'
{
    cat "$work/etc/roost.conf"
    echo "[libvirt]"
    echo "uri=qemu+libssh://{user}@{address}/system?keyfile=$LAB_KEY&known_hosts=$LAB_KNOWN_HOSTS&sshauth=privkey"
} >"$work/etc/libssh.conf"
conf=$work/etc/libssh.conf
run migrate "${host[1]}" "${host[1]}"
check "by qemu+libssh, from a template, through a tunnel of ours" all well 'only_on "${host[1]}" "${host[1]}"' 'within 45000'

# ---- what is wrong with it is said ----

sed 's/^identity=.*/identity=nothing/' "$work/etc/roost.conf" >"$work/etc/nokey.conf"
conf=$work/etc/nokey.conf
run list
check "a key that is not there is named" all 'grep -q "nothing" "$work/out" "$work/err"'
sed 's/^vm_min_mib=.*/vm_min_mib=many/' "$work/etc/roost.conf" >"$work/etc/bad.conf"
conf=$work/etc/bad.conf
run list
check "a value that cannot be is refused with file and line" all 'ended 1' 'err "bad.conf:14: .*vm_min_mib"'
finish
