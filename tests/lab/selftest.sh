#!/bin/bash
# Proves the lab bed itself, with plain virsh, ssh and etherwake: selftest.sh [N], N hosts, 3 or more.
# Leaves nothing behind. Closes with "N passed, N failed"; exits 77 where no lab can be made.
set -u

here=$(dirname "$(readlink -f "$0")")
count=${1:-3}
passed=0 failed=0

# A lab of its own: it may run beside one that somebody works with.
LAB_DIR=${LAB_DIR:-$(mktemp -d /tmp/roost-selftest.XXXXXX)}
export LAB_DIR LAB_PREFIX=${LAB_PREFIX:-bed} LAB_NET=${LAB_NET:-10.78.0} LAB_BRIDGE=${LAB_BRIDGE:-roostself0}

lab() { "$here/lab" "$@"; }

lab check || exit
command -v etherwake >/dev/null || { echo "missing: etherwake" && exit 1; }

work=$(mktemp -d)
trap 'lab down; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

now_ms() { date +%s%3N; }

# Runs a command, and holds it to the time it may take: expect LIMIT_MS PROMISE COMMAND...
expect() {
    local limit_ms=$1 promise=$2 begin status=0
    shift 2
    begin=$(now_ms)
    "$@" >"$work/out" 2>&1 || status=$?
    took_ms=$(($(now_ms) - begin))
    if ((status == 0 && took_ms <= limit_ms)); then
        passed=$((passed + 1))
        printf 'ok      %6d ms  %s\n' "$took_ms" "$promise"
    else
        failed=$((failed + 1))
        printf 'not ok  %6d ms  %s (status %d, limit %d ms)\n' "$took_ms" "$promise" "$status" "$limit_ms"
        tail -n 5 "$work/out" | sed "s/^/        /"
    fi
}

refuse() { ! "$@"; }

until_true() { # SECONDS COMMAND...
    local end=$(($(now_ms) + $1 * 1000))
    shift
    until "$@"; do
        (($(now_ms) < end)) || return 1
        sleep 0.05
    done
}

expect 120000 "up $count" lab up "$count"
eval "$(lab env)"
read -ra host <<<"$LAB_HOSTS"
read -ra address <<<"$LAB_ADDRESSES"
read -ra mac <<<"$LAB_MACS"
expect 500 "up took what status says" lab status
((failed == 0)) || exit 1

# ---- ways in ----

by_ssh() { echo "qemu+ssh://root@$1/system?command=$LAB_SSH"; }
by_libssh() {
    echo "qemu+libssh://root@$1/system?keyfile=$LAB_KEY&known_hosts=${2:-$LAB_KNOWN_HOSTS}&sshauth=privkey"
}
runs_on() { # ADDRESS VM
    virsh -q -c "$(by_libssh "$1")" list --name | grep -qx "$2"
}
each_host_runs_its_vm() {
    local i
    for ((i = 0; i < count; i++)); do
        runs_on "${address[i]}" "${host[i]}" || return
    done
}
own_view() {
    [[ $("$LAB_SSH" "${host[1]}" hostname) == "${host[1]}" ]] &&
        [[ $("$LAB_SSH" "${host[1]}" cat /sys/class/net/eth0/address) == "${mac[1]}" ]] &&
        "$LAB_SSH" "${host[1]}" ip -d link show eth0 | grep -q "veth" &&
        "$LAB_SSH" "${host[1]}" ethtool eth0 | grep -q "Link detected: yes"
}
: >"$work/no_hosts"
expect 20000 "each host runs its VM, over qemu+libssh" each_host_runs_its_vm
expect 1000 "list over qemu+ssh" virsh -q -c "$(by_ssh "${address[0]}")" list
expect 1000 "an unknown host key is refused" \
    refuse virsh -q -c "$(by_libssh "${address[0]}" "$work/no_hosts")" list
expect 2000 "a host has its own name and network card" own_view

# ---- migration ----

live=(migrate --live --persistent --undefinesource)
moved() { runs_on "$3" "$1" && ! runs_on "$2" "$1"; }
expect 2000 "live migration, qemu+ssh" virsh -q -c "$(by_ssh "${address[0]}")" \
    "${live[@]}" "${host[0]}" "$(by_ssh "${address[1]}")"
expect 1000 "it runs there, and only there" moved "${host[0]}" "${address[0]}" "${address[1]}"
expect 2000 "live migration, qemu+libssh" virsh -q -c "$(by_libssh "${address[1]}")" \
    "${live[@]}" "${host[0]}" "$(by_libssh "${address[0]}")"
expect 1000 "it runs there, and only there" moved "${host[0]}" "${address[1]}" "${address[0]}"
expect 2000 "live migration, peer to peer" lab exec "${host[0]}" virsh -q \
    "${live[@]}" --p2p "${host[0]}" "qemu+ssh://root@${host[1]}/system"
expect 2000 "and back" lab exec "${host[1]}" virsh -q \
    "${live[@]}" --p2p "${host[0]}" "qemu+ssh://root@${host[0]}/system"

# ---- a guest that does not converge ----

iterations_reach() { # COUNT
    local iteration
    iteration=$(lab exec "${host[0]}" virsh -q domjobinfo dirty | awk '/^Iteration:/ { print $2 }')
    ((${iteration:-0} >= $1))
}
not_converging() {
    virsh -q -c "$(by_libssh "${address[0]}")" "${live[@]}" dirty "$(by_libssh "${address[1]}")" &
    local migration=$!
    until_true 30 iterations_reach 4 && kill -0 "$migration" &&
        lab exec "${host[0]}" virsh -q domjobabort dirty && ! wait "$migration" &&
        runs_on "${address[0]}" dirty && ! runs_on "${address[1]}" dirty
}
postcopy() { # FROM TO
    lab exec "${host[$2]}" timeout 20 virsh event --event lifecycle --loop >"$work/events" &
    local watcher=$!
    until_true 5 lab exec "${host[$2]}" pgrep -x virsh >"$work/watcher" &&
        virsh -q -c "$(by_libssh "${address[$1]}")" "${live[@]}" --postcopy --timeout 1 \
            --timeout-postcopy dirty "$(by_libssh "${address[$2]}")" || return
    until_true 5 grep -q "Resumed Post-copy" "$work/events" && kill "$watcher"
}
expect 3000 "a guest that writes" lab vm "${host[0]}" dirty --dirty
expect 60000 "its pre-copy migration goes on and on, and can be cancelled" not_converging
expect 30000 "auto-converge brings it over" virsh -q -c "$(by_libssh "${address[0]}")" \
    "${live[@]}" --auto-converge --auto-converge-initial 80 \
    dirty "$(by_libssh "${address[1]}")"
expect 1000 "it runs there, and only there" moved dirty "${address[0]}" "${address[1]}"
# The speed that lab vm set stayed behind on the other host.
lab exec "${host[1]}" virsh -q migrate-setspeed dirty 16
expect 10000 "post-copy brings it back" postcopy 1 0
expect 1000 "it runs there, and only there" moved dirty "${address[1]}" "${address[0]}"
expect 1000 "it ends" lab exec "${host[0]}" virsh -q destroy dirty

# ---- what a host tells of itself ----

load_is() { [[ $("$LAB_SSH" "${host[0]}" cat /proc/loadavg) == "$1 "* ]]; }
who_is() { [[ $("$LAB_SSH" "$1" who | awk '{ print $1 }') == "$2" ]]; }
wakes() { "$LAB_SSH" "${host[0]}" ethtool eth0 | grep -q "[[:blank:]]Wake-on: $1"; }
lab load "${host[0]}" 1.75
expect 1000 "the load it was given" load_is "1.75 1.75 1.75"
lab load "${host[0]}" 12.5 0.1 0
expect 1000 "three loads" load_is "12.50 0.10 0.00"
lab login "${host[0]}" anna
expect 1000 "somebody is logged in" who_is "${host[0]}" anna
expect 1000 "and nowhere else" who_is "${host[1]}" ""
lab logout "${host[0]}" anna
expect 1000 "nobody is any more" who_is "${host[0]}" ""
expect 1000 "a veth tells nothing of wake-on-LAN" refuse wakes .
lab wol "${host[0]}" d
expect 1000 "a disarmed card" wakes d
"$LAB_SSH" "${host[0]}" ethtool -s eth0 wol g
expect 1000 "armed by ethtool" wakes g

# ---- off and on ----

answers() { "$LAB_SSH" -o ConnectTimeout=1 "$1" true; }
off_by_ssh() { # HOST COMMAND...
    "$LAB_SSH" "$@" || true
    lab wait "$1" off 5 && ! answers "$1"
}
wake_raw() {
    etherwake -i "$LAB_BRIDGE" "$1" && until_true 20 answers "$2"
}
wake_from_host() {
    lab exec "${host[0]}" etherwake -i eth0 "$1" && until_true 20 answers "$2"
}
wake_from_console() {
    lab console etherwake -i br0 "$1" && until_true 20 lab console "$LAB_SSH" -o ConnectTimeout=1 "$2" true
}
# An address that nobody has, sent to the Ethernet's broadcast: what a UDP broadcast looks like there.
wake_udp() {
    local port=$3 bytes="" i
    ip neighbour replace "$LAB_NET.99" lladdr ff:ff:ff:ff:ff:ff dev "$LAB_BRIDGE"
    for ((i = 0; i < 16; i++)); do
        bytes+="\\x${1//:/\\x}"
    done
    # By way of a file, since bash writes line by line, and 0a is in most of these addresses.
    # shellcheck disable=SC2059
    printf "\\xff\\xff\\xff\\xff\\xff\\xff$bytes" >"$work/magic"
    cat "$work/magic" >"/dev/udp/$LAB_NET.99/$port"
    until_true 20 answers "$2"
}
stays_off() {
    etherwake -i "$LAB_BRIDGE" "$1" && until_true 5 grep -q "packet for $2" "$LAB_DIR/wake.log" &&
        ! lab wait "$2" on 2
}
defined_not_running() {
    lab exec "$1" virsh -q list --all | grep -q "shut off"
}
expect 6000 "ssh poweroff" off_by_ssh "${host[2]}" poweroff
expect 10000 "raw magic packet" wake_raw "${mac[2]}" "${host[2]}"
expect 1000 "its VM is defined, but does not run" defined_not_running "${host[2]}"
expect 6000 "ssh shutdown -h now" off_by_ssh "${host[2]}" shutdown -h now
expect 10000 "UDP magic packet, port 9" wake_udp "${mac[2]}" "${host[2]}" 9
expect 6000 "ssh systemctl poweroff" off_by_ssh "${host[2]}" systemctl poweroff
expect 10000 "UDP magic packet, port 7" wake_udp "${mac[2]}" "${host[2]}" 7
expect 2000 "power cut" lab kill "${host[2]}"
expect 10000 "magic packet from another host" wake_from_host "${mac[2]}" "${host[2]}"
lab kill "${host[2]}"
expect 10000 "magic packet from the sealed console" wake_from_console "${mac[2]}" "${host[2]}"
lab kill "${host[2]}"
lab wol "${host[2]}" d
: >"$LAB_DIR/wake.log"
expect 8000 "a disarmed host stays off" stays_off "${mac[2]}" "${host[2]}"
expect 10000 "start" lab start "${host[2]}"

# ---- trouble ----

asks() { timeout 3 virsh -q -c "$(by_libssh "$1")" list; }
lab hang "${host[1]}"
expect 4000 "libvirtd hung: no answer" refuse asks "${address[1]}"
expect 1000 "but ssh answers" answers "${host[1]}"
expect 1000 "and the other hosts do" asks "${address[0]}"
lab resume "${host[1]}"
expect 1000 "it goes on" asks "${address[1]}"
lab hang "${host[1]}" all
expect 4000 "all of it hung: no ssh" refuse timeout 3 "$LAB_SSH" "${host[1]}" true
lab resume "${host[1]}"
expect 1000 "it goes on" answers "${host[1]}"
lab unplug "${host[1]}"
expect 4000 "unplugged: no ssh" refuse answers "${host[1]}"
lab plug "${host[1]}"
expect 4000 "plugged in" until_true 4 answers "${host[1]}"

# ---- the bed itself ----

leftovers() {
    [[ ! -e /sys/class/net/$LAB_BRIDGE ]] || echo "$LAB_BRIDGE is there"
    [[ ! -e $LAB_DIR ]] || echo "$LAB_DIR is there"
    grep -F "$LAB_DIR" /proc/mounts
    ip route show type unreachable | grep -F "$LAB_NET."
    pgrep -fa "$LAB_DIR/"
}
nothing_left() { [[ -z $(leftovers | tee /dev/stderr) ]]; }
crash() {
    local id
    read -r id _ <"$LAB_DIR/switch"
    kill -KILL "$id"
    read -r id _ <"$LAB_DIR/hosts/${host[0]}/pid"
    kill -KILL "$id"
}
crash
expect 60000 "up again after a crash" lab up 2
expect 1000 "hosts answer" answers "${host[1]}"
expect 5000 "down" lab down
expect 1000 "nothing is left" nothing_left
expect 1000 "down again" lab down

echo "$passed passed, $failed failed"
((failed == 0))
