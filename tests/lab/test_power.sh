#!/bin/bash
# Real hosts: switched off and on in all the ways there are, and left on where they must be. Hosts
# have no VMs of their own here, so that nothing but their power is at stake.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034,SC2154
. "$(dirname "$0")/testlib.sh"
LAB_VMS=0
export LAB_VMS
make_lab pow 8
run add-node "${address[@]}"
check "eight hosts" all well 'lines 8'

off_all() { # HOST...
    local name
    for name; do
        is_off "$name" || return
    done
}
on_all() { # HOST...
    local name
    for name; do
        is_on "$name" || return
    done
}
journal() { grep -qE -e "$1" "$store/journal.log"; }
mark() { # FILE: lines that a command of ours left
    [[ -e $work/$1 ]] && (($(wc -l <"$work/$1") == $2))
}

# ---- off, and how long it takes to be sure ----

run off "${host[1]}"
one_ms=$took_ms
check "off: the host is silent before roost says so" all well 'is_off "${host[1]}"' \
    'out "switch off ${host[1]}: done"'
run off "${host[@]:2}"
check "six at once take barely longer than one ($one_ms ms)" all well \
    'within $((one_ms + 4000))' 'off_all "${host[@]:2}"'
check "it takes a few seconds, not the seventeen of three long questions" within 9000
run wake "${host[@]:1}"
check "all wake again" all well 'on_all "${host[@]:1}"'
check "the journal tells how" journal 'wake .*it answers after .*magic packet from here'

# ---- a console on another segment ----

# It has an address of its own, a router's link to the lab's switch, and no interface there: what it
# sends as a broadcast goes nowhere.
far=
begin_far() {
    unshare --net sleep 100000 &
    far=$!
    until_true 5 test "$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$far/ns/net")"
    lab console ip link add far type veth peer name eth0 netns "$far"
    lab console sh -c "ip address add 169.254.77.1/32 dev far && ip link set far up &&
        ip route add $LAB_NET.250/32 dev far && echo 1 >/proc/sys/net/ipv4/ip_forward &&
        echo 1 >/proc/sys/net/ipv4/conf/br0/proxy_arp"
    nsenter --target "$far" --net sh -c "ip address add $LAB_NET.250/32 dev eth0 &&
        ip link set lo up && ip link set eth0 up && ip route add 169.254.77.1 dev eth0 &&
        ip route add default via 169.254.77.1"
}
run_far() {
    local near=$roost
    printf '#!/bin/sh\nexec nsenter --target %s --net -- %s "$@"\n' "$far" "$near" >"$work/far"
    chmod +x "$work/far"
    roost=$work/far
    run "$@"
    roost=$near
}
begin_far
run_far off "${host[3]}"
check "from another segment: off" all well 'is_off "${host[3]}"'
packets=$(wc -l <"$LAB_DIR/wake.log")
run_far wake "${host[3]}"
check "from another segment: woken through a host of its own" all well 'is_on "${host[3]}"' \
    'journal "wake ${host[3]}: it answers.*magic packet from ${LAB_NET}.[0-9]+ by "'
check "by a packet that the switch really saw" \
    '[' "$(wc -l <"$LAB_DIR/wake.log")" -gt "$packets" ']'
write_conf relay <<END
[host ${address[4]}]
mac=02:00:00:00:00:01
[power]
boot_timeout=4 s
wake_tries=2
END
run_far off "${host[4]}"
LIMIT=60 run_far wake "${host[4]}"
check "a wake that nothing answers is given up aloud, with what was tried" all 'ended 1' \
    'err "does not come on .tries: 2, the last: .*magic packet from"' 'is_off "${host[4]}"'
conf=$LAB_CONF
run_far wake "${host[4]}"
check "and works with the right address" all well 'is_on "${host[4]}"'
kill "$far"

# ---- commands of the operator's ----

lab wol "${host[5]}" d
write_conf commands <<END
[power]
boot_timeout=30 s
wake_tries=1
command_timeout=20 s
[host ${host[5]}]
wake_command=echo '{name} {address} {mac}' >>$work/woken; LAB_DIR=$LAB_DIR $here/lab start {name}
off_local_command=echo "{name}" >>$work/told; LAB_DIR=$LAB_DIR $here/lab exec {name} poweroff
[host ${address[6]}]
wake_command=echo no such plug >&2; exit 3
END
run refresh
run list "${host[5]}"
check "a host that no packet wakes, but a command, counts as one that can be woken" \
    [ "$(field "${host[5]}" 10)" = command ]
lab login "${host[5]}" ana pts/5
run off "${host[5]}"
check "off by command: not while somebody is logged in; who, where and from where is told" all \
    'ended 1' 'err "ana \(pts/5, from lab, since .*\) is logged in"' '! mark told 1' \
    'is_on "${host[5]}"'
run list "${host[5]}"
check "list tells it too" [ "$(field "${host[5]}" 8 | cut -d , -f 1-2)" = "ana (pts/5, from lab" ]
lab logout "${host[5]}" ana pts/5
run off "${host[5]}"
check "off by command, in place of ours" all well 'mark told 1' 'is_off "${host[5]}"'
run wake "${host[5]}"
check "woken by command" all well 'is_on "${host[5]}"' 'mark woken 1' \
    'grep -qx "${host[5]} ${address[5]} ${mac[5]}" "$work/woken"' \
    'journal "wake ${host[5]}: .*wake_command"'
run off "${host[6]}"
check "a host with a command by its address" all well 'is_off "${host[6]}"'
run wake "${host[6]}"
check "a command that fails is told, and the packet woke it all the same" all well \
    'is_on "${host[6]}"' 'journal "wake_command failed: status 3: no such plug"'
lab wol "${host[6]}" d
run off --force "${host[6]}"
write_conf hangs <<END
[power]
boot_timeout=4 s
wake_tries=1
command_timeout=1 s
wake_command=echo \$\$ >$work/hung; sleep 1000; true
END
run wake "${host[6]}"
check "a command that hangs is killed, with what it started" all 'ended 1' \
    'err "wake_command failed: killed, since it did not end in time"' \
    '! kill -0 -"$(cat "$work/hung")" 2>/dev/null'
lab wol "${host[6]}" g
conf=$LAB_CONF
run wake "${host[6]}"
check "and the host can still be woken" all well 'is_on "${host[6]}"'

# ---- power that is cut ----

write_conf plug <<END
[power]
cut_delay=2 s
command_timeout=30 s
[host ${host[7]}]
cut_command=echo {name} >>$work/cut; LAB_DIR=$LAB_DIR $here/lab kill {name}
END
run off "${host[7]}"
check "a plug is cut once its host is silent" all well 'mark cut 1' 'is_off "${host[7]}"' \
    'journal "switch off ${host[7]}: it is silent, and its power is cut"'
run wake "${host[7]}"
check "its host comes on again" all well 'is_on "${host[7]}"'
lab hang "${host[7]}" all
LIMIT=180 run off "${host[7]}"
check "one that does not answer is not cut" all 'ended 1' 'mark cut 1' 'is_on "${host[7]}"'
LIMIT=180 run off --force "${host[7]}"
check "but by force" all well 'mark cut 2' 'is_off "${host[7]}"' \
    'journal "switch off ${host[7]}: its power is cut, and it is silent"'
run wake "${host[7]}"
check "and comes on again" all well 'is_on "${host[7]}"'
conf=$LAB_CONF

# ---- who is logged in, on a host that keeps no utmp ----

lab exec "${host[1]}" rm /run/utmp
# shellcheck disable=SC2094
lab exec "${host[1]}" setsid -f script -qc 'sleep 1000' /dev/null </dev/null >/dev/null 2>&1
terminal() { run refresh && run list "${host[1]}" && out 'root \(pts/'; }
check "a session is seen without utmp" until_true 20 terminal
run off "${host[1]}"
check "and is not cut" all 'ended 1' 'err "root .pts/[0-9]*. is logged in"' 'is_on "${host[1]}"'
lab exec "${host[1]}" sh -c 'kill $(cat /run/nothing 2>/dev/null) 2>/dev/null; pkill -x sleep'
no_terminal() { run refresh && run list "${host[1]}" && ! out 'root \(pts/'; }
check "when it ends, nobody is there" until_true 20 no_terminal
run off "${host[1]}"
check "and the host goes off" all well 'is_off "${host[1]}"'

finish
