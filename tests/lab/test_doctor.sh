#!/bin/bash
# Real hosts: each fault planted in one, which the doctor must find, alone, with what mends it.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
make_lab doc 4
run add-node "${address[@]}"
check "four hosts" all well 'lines 4'
# Armed cards, so that nothing is taken for granted and nothing is worth a note but what is planted.
for name in "${host[@]}"; do
    lab wol "$name" g
done

# What was found wrong, as "host subject" lines; and the command that mends it, of the one there is.
wrongs() { awk -F '\t' '$4 == "wrong" { print $1 " " $3 }' "$work/out"; }
mend() { awk -F '\t' '$4 == "wrong" { print $6 }' "$work/out"; }
found() { awk -F '\t' '$4 == "wrong" { print $5 }' "$work/out"; }
only() { ended 1 && [[ $(wrongs) == "$1" ]]; }
nothing_wrong() { ended 0 && [[ -z $(wrongs) ]] && silent err; }
# Runs the command as an operator would paste it: in a shell of the console's machine, with roost.
paste_mend() {
    mend >"$work/mend"
    PATH=$work:$PATH bash "$work/mend" >"$work/pasted" 2>&1 </dev/null
}
ln -s "$roost" "$work/roost"

# examine PROMISE "HOST SUBJECT" CONDITION...: exactly that is wrong.
examine() {
    local promise=$1 what=$2
    shift 2
    run doctor
    check "$promise" all "only '$what'" "$@"
}
healthy() {
    run doctor
    check "$1" nothing_wrong
}

healthy "nothing is wrong with hosts that nothing was done to"
run doctor "${host[1]}"
check "one host is told in full" all well '(($(cut -f 3 "$work/out" | sort -u | wc -l) == 12))' \
    '[[ $(cut -f 1 "$work/out" | sort -u) == "${host[1]}" ]]'
check "its disks, its way to others and its clock were looked at" all \
    '[[ $(awk -F "\t" "\$3 == \"disks\" { print \$4 }" "$work/out") == ok ]]' \
    '[[ $(awk -F "\t" "\$3 == \"migration\" { print \$4 }" "$work/out") == ok ]]' \
    '[[ $(awk -F "\t" "\$3 == \"clock\" { print \$4 }" "$work/out") == ok ]]'
run doctor nobody
check "a host that is not in the cluster" refused nobody

# ---- wake-on-LAN ----

lab wol "${host[1]}" d
examine "wake-on-LAN is disarmed" "${host[1]} wake-on-LAN" '[[ $(found) == *disarmed* ]]'
paste_mend
healthy "the command arms it"

# ---- libvirtd ----

lab libvirtd "${host[2]}" kill
examine "libvirtd is off" "${host[2]} libvirt" '[[ $(found) == *"does not run"* ]]' 'within 10000'
paste_mend
healthy "the command starts it"
lab hang "${host[2]}"
examine "libvirtd hangs: the rest is told, and the others are not waited for any longer" \
    "${host[2]} libvirt" '[[ $(found) == *"does not answer"* ]]' 'within 30000'
run doctor "${host[2]}"
check "what ssh tells of that host is told" all 'ended 1' \
    '[[ $(awk -F "\t" "\$3 == \"RAM\" { print \$4 }" "$work/out") == ok ]]'
lab resume "${host[2]}"

# ---- host key, login, sshd ----

cp "$LAB_KNOWN_HOSTS" "$work/known_hosts"
lab hostkey "${host[3]}" new
examine "the host key changed" "${host[3]} host key" '[[ $(found) == *"not the one in"* ]]'
paste_mend
healthy "the command takes the new one"
lab hostkey "${host[3]}" old
cp "$work/known_hosts" "$LAB_KNOWN_HOSTS"
grep -v "${address[3]}" "$work/known_hosts" >"$LAB_KNOWN_HOSTS"
examine "the host key is unknown" "${host[3]} host key" '[[ $(found) == *"is not in"* ]]'
paste_mend
healthy "the command takes it"
cp "$work/known_hosts" "$LAB_KNOWN_HOSTS"
authorized=$LAB_DIR/hosts/${host[0]}/root/.ssh/authorized_keys
mv "$authorized" "$work/authorized_keys"
examine "our key is refused" "${host[0]} ssh" '[[ $(found) == *"does not let root in"* ]]' \
    '[[ $(mend) == "ssh-copy-id -i $LAB_KEY.pub "*"root@${address[0]}" ]]'
mv "$work/authorized_keys" "$authorized"
lab sshd "${host[0]}" kill
examine "sshd is off" "${host[0]} ssh" '[[ $(found) == *refused* ]]' 'within 10000'
lab sshd "${host[0]}" start
lab hang "${host[0]}" all
examine "a host that hangs costs its own time-out" "${host[0]} ssh" 'within 30000'
lab resume "${host[0]}"

# ---- RAM ----

lab meminfo "${host[1]}" 24000 10
examine "RAM is short: no VM fits" "${host[1]} RAM" '[[ $(found) == "10 of 24000 MiB"* ]]'
lab meminfo "${host[1]}" 600 400
examine "RAM is less than it was" "${host[1]} RAM" '[[ $(found) == "600 MiB"* ]]'
lab meminfo "${host[1]}" none
healthy "RAM is back"

# ---- clock ----

lab clock "${host[2]}" 3600
examine "the clock is ahead" "${host[2]} clock" '[[ $(found) == "60 min ahead"* ]]'
# The command takes the time before it logs in: on a busy machine once more may be needed.
sets_clock() {
    paste_mend
    run doctor
    nothing_wrong
}
check "the command sets it" until_true 60 sets_clock
lab clock "${host[2]}" -30
examine "the clock is behind" "${host[2]} clock" '[[ $(found) == *behind* ]]'
lab clock "${host[2]}" 1
run doctor
check "a second is worth a note" all 'ended 0' 'out "^${host[2]}	.*	clock	note	"'
lab clock "${host[2]}" 0

# ---- what is shared ----

lab hide "${host[3]}" "$store"
examine "the store is not the same directory" "${host[3]} store" \
    '[[ $(found) == *"another directory"* ]]'
paste_mend
healthy "the command uncovers it"
check "no trace is left in the store" [ -z "$(find "$store" -name '.roost-doctor*')" ]
lab hide "${host[3]}" /var/lib/libvirt/images
examine "the disks are not the same files" "${host[3]} disks" \
    '[[ $(found) == "/var/lib/libvirt/images/"*"(vm "*"is not there"* ]]'
paste_mend
healthy "the command uncovers them"
lab exec "${host[3]}" sh -c 'mount -t tmpfs tmpfs /var/lib/libvirt/images && truncate -s 1M \
    /var/lib/libvirt/images/'"${host[0]}.img"
examine "a copy is not the same file" "${host[3]} disks" '[[ $(found) == *"another file"* ]]'
lab show "${host[3]}" /var/lib/libvirt/images

# ---- ways between hosts ----

lab block "${host[1]}"
examine "migration ports are closed: by the host they are on" "${host[1]} migration" \
    '[[ $(mend) == *"root@${address[1]} iptables -I INPUT "* ]]'
paste_mend
healthy "the command opens them"
lab exec "${host[1]}" iptables -F
for peer in "${address[0]}" "${address[2]}" "${address[3]}"; do
    lab exec "${host[1]}" ip route add blackhole "$peer"
done
examine "a host without a route to the others" "${host[1]} interface
${host[1]} migration" '[[ $(found) == *"no route to"* ]]'
for peer in "${address[0]}" "${address[2]}" "${address[3]}"; do
    lab exec "${host[1]}" ip route delete blackhole "$peer"
done
write_conf peer <<-CONF
	[migration]
	control=peer
CONF
healthy "hosts can log in to each other"
known=$LAB_DIR/hosts/${host[2]}/root/.ssh/known_hosts
mv "$known" "$work/peer_known_hosts"
examine "a host knows no other host's key" "${host[2]} peer keys" '[[ $(found) == *"Host key"* ]]'
paste_mend
paste_mend_again() {
    run doctor
    paste_mend
}
paste_mend_again
healthy "the commands make it know them"
mv "$work/peer_known_hosts" "$known"
conf=$LAB_CONF

# ---- hosts that are off ----

run migrate "${host[3]}" "${host[0]}"
run off "${host[3]}"
check "a host is switched off" all well 'is_off "${host[3]}"'
run doctor
check "being off is not wrong" all nothing_wrong 'out "^${host[3]}	.*	ssh	note	off"'
lab kill "${host[2]}"
run doctor
check "being off with VMs is" all 'ended 1' '[[ $(wrongs) == "${host[2]} ssh" ]]' \
    '[[ $(mend) == "roost -c $conf wake ${host[2]}"* ]]'
paste_mend
until_true 30 is_on "${host[2]}"
healthy "the command wakes it"
finish
