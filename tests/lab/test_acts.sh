#!/bin/bash
# Real hosts, and what is done to them in the console: moved and taken back, spread, marked, planned,
# done once more, looked at. What came of it is asked of the hosts, not of the screen alone.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
# shellcheck source-path=SCRIPTDIR source=tmuxlib.sh
. "$here/tmuxlib.sh"
make_lab act 8
write_conf acts <<-CONF
	[automatic]
	poll=2 s
	[migration]
	auto_converge=false
	tries=1
CONF
run add-node "${address[@]}"
check "eight hosts" all well 'lines 8'

# What is where, as the hosts have it: "host state VM...".
whereabouts() { lab status | awk 'NR > 1 { $2 = $3 = $5 = $6 = ""; print }'; }
unchanged() { [[ $(whereabouts) == "$before" ]]; }
at_home() { # VM...
    local name
    for name; do
        only_on "$name" "$name" || return
    done
}
# asked PATTERN KEY: the question is there; the key answers it.
asked() {
    until_true 5 shows "$1" && keys "$2" && until_true 5 shows_not "$1"
}
# A question that is there is left, and a view too.
back() { escape "$1"; }
by_palette() { # LINE
    keys :
    until_true 5 shows '^ :' || return
    tm send-keys -t "$pane" -l "$1"
    keys Enter
}
# The hosts have it done before the console has heard so; what moves takes no part in the next move.
settled() { until_true 20 shows 'nothing under way'; }
# Takes the last move back, once it is over: before that u says that there is nothing yet.
ask_undo() { keys u && until_true 1 shows 'Take .* back\?'; }
undo() { until_true 20 ask_undo && asked 'Take .* back\?' t; }

open_console 100 30
check "the console shows them, on" until_true 15 shows '8 on'
check "and who acts" until_true 20 shows 'nobody acts'

# ---- looking at one host and one VM ----

ram=$(lab exec "${host[0]}" awk '/^MemTotal/ { printf "%.1f", $2 / 1048576 }' /proc/meminfo)
keys g Enter
check "Enter goes in to a host" until_true 5 shows "Host ${host[0]} ─ 1 of 8"
check "its hypervisor" until_true 5 shows 'Hypervisor +QEMU, migrates VMs'
check "its RAM, as its kernel tells it" shows "RAM of VMs .* of $ram GiB"
check "its addresses" all 'shows "Address +${address[0]}"' 'shows "MAC +${mac[0]}"'
check "its processors" shows "CPUs +$(lab exec "${host[0]}" nproc)[, ]"
check "its VM, here" shows "${host[0]} +running +here"
keys Down Enter
check "Enter goes in to the VM" until_true 5 shows "VM ${host[0]} ─ on ${host[0]}"
check "which is that one" shows "UUID +$(lab exec "${host[0]}" virsh -q domuuid "${host[0]}" | head -n 1)"
check "all others would take it" until_true 5 shows '7 would take it'
keys Enter
check "the first of them is offered" asked "Move ${host[0]} to ${host[1]}" m
check "and the VM moves there" until_true 15 only_on "${host[0]}" "${host[1]}"
check "the view goes along with it" until_true 10 shows "VM ${host[0]} ─ on ${host[1]}"
check "Escape comes out of the VM" back 'VM .* ─ on '
check "and of the host" back 'Host .* of 8'
check "u takes it back" undo
check "the VM is at home again" until_true 15 at_home "${host[0]}"

# ---- moved by keys, and taken back ----

settled
keys g m l Enter
check "a VM moves by keys" until_true 15 only_on "${host[0]}" "${host[1]}"
check "u asks" all 'until_true 15 shows "u takes it back"' 'keys u' \
    'until_true 5 shows "vm ${host[0]} from ${host[1]} to ${host[0]}"'
check "and does nothing when it is left" all 'back "Take the last move"' 'only_on "${host[0]}" "${host[1]}"'
keys u
check "confirmed, it is done" asked 'Take the last move back' t
check "the VM is back" until_true 15 at_home "${host[0]}"
check "and the same guest" not_restarted "${host[0]}"

# ---- all of a host, spread ----

lab vm "${host[1]}" extra
check "a new VM is seen" until_true 20 shows '9 VMs'
settled
keys g l K
check "K takes all of a host" until_true 5 shows '2 VMs in hand'
keys e
check "e asks where they would go" until_true 5 shows 'Spread 2 VMs'
check "nothing has moved yet" all 'only_on extra "${host[1]}"' 'at_home "${host[1]}"'
check "confirmed" asked 'Spread 2 VMs' s
spread_out() {
    local first second
    first=$(places extra) second=$(places "${host[1]}")
    [[ $first != "$second" ]] && only_on extra "$first" && only_on "${host[1]}" "$second" &&
        ! knows "${host[1]}" extra && ! knows "${host[1]}" "${host[1]}"
}
check "both run, on two other hosts" until_true 20 spread_out
check "u takes both back" undo
back_on() { only_on extra "$1" && only_on "$1" "$1"; }
check "the host has them again" until_true 20 back_on "${host[1]}"
run stop extra --force
run delete extra --force --confirm extra
check "it is deleted, and gone from the screen" all well 'until_true 20 shows_not "extra *[0-9]+ %"'

# ---- marks ----

settled
keys g l l Tab Space Space
check "two VMs are marked" until_true 5 shows '2 VMs marked'
keys g m
check "m takes them together" until_true 5 shows '2 VMs in hand'
keys m
check "and asks once" asked "Move 2 VMs to ${host[0]}" m
together() { only_on "${host[2]}" "${host[0]}" && only_on "${host[3]}" "${host[0]}"; }
check "both move" until_true 20 together
check "the screen says so" until_true 10 shows '2 VMs have moved'
keys U Escape
keys g l l Space Space
check "their two hosts are marked" until_true 5 shows '2 hosts marked'
keys o
check "o asks about both" until_true 5 shows "${host[2]}.*off|off.*${host[2]}"
check "nothing is off before" [ "$(count_on)" -eq 8 ]
keys Left Enter
both() { "$1" "${host[2]}" && "$1" "${host[3]}"; }
check "both are switched off" until_true 40 both is_off
check "and no other" [ "$(count_on)" -eq 6 ]
check "the screen counts them" until_true 40 shows '6 on 2 off'
keys U
keys g l l Space Space
until_true 5 shows '2 hosts marked'
keys w
check "w asks about both" asked 'Wake 2 hosts' w
check "both wake" until_true 40 both is_on
check "the screen counts them" until_true 40 shows '8 on 0 off'
keys U
keys u
check "what had moved can be taken back still" asked 'Take 2 moves back' t
check "both VMs are at home" until_true 30 at_home "${host[2]}" "${host[3]}"
check "and the same guests" not_restarted "${host[2]}" "${host[3]}"

# ---- a plan of which one step is taken ----

before=$(whereabouts)
keys p
check "the plan" until_true 10 shows 'Plan: what the autopilot would do now'
read -r planned from to < <(screen | sed -nE 's/^.* 1 move ([^ ]+): ([^ ]+) > ([^ ]+) .*/\1 \2 \3/p' | head -n 1)
check "its first step is a move of a VM that is there" all '[[ -n $planned ]]' 'only_on "$planned" "$from"'
keys Space
check "one is marked" until_true 5 shows 'marked: 1 move'
check "looking has changed nothing" unchanged
keys Enter
check "it is asked about" asked "Accept what is marked" a
check "the marked move is done" until_true 20 only_on "$planned" "$to"
others_stay() {
    local name
    for name in "${host[@]}"; do
        [[ $name == "$planned" ]] || only_on "$name" "$name" || return
    done
}
check "and nothing else: every other VM is where it was" others_stay
check "and every host on" [ "$(count_on)" -eq 8 ]
! shows 'Plan: what' || back 'Plan: what'
run migrate "$planned" "$from"
check "a verb brings it home meanwhile" until_true 15 at_home "$planned"

# ---- once more ----

lab libvirtd "${host[4]}" stop
settled
keys g l l m l l Enter
check "to a host without libvirtd: the move fails" journal_shows "vm ${host[2]} .*${host[4]}: .*(libvirt|reached|answer)" 30
check "the VM stays" at_home "${host[2]}"
lab libvirtd "${host[4]}" start
check "libvirtd is back, and the host" until_true 60 shows '8 on'
keys J
check "the job is there, failed" until_true 5 shows "failed +${host[2]} > ${host[4]}"
keys R
check "R asks" asked 'Do it once more' d
check "and it is done" until_true 20 only_on "${host[2]}" "${host[4]}"
check "the list says so, and keeps the other" until_true 10 all 'shows "done +${host[2]} > ${host[4]}"' \
    'shows "failed +${host[2]} > ${host[4]}"'
check "Escape comes out" back '─ Jobs '
check "u takes it back" undo
check "the VM is at home" until_true 15 at_home "${host[2]}"

lab vm "${host[5]}" busy --dirty
stubborn "${host[5]}" busy
check "a VM that writes is seen" until_true 20 shows ' 9 VMs'
by_palette "migrate busy ${host[6]}"
check "it is on its way" until_true 20 migrates "${host[5]}" busy 1
keys J
check "the jobs show it" until_true 10 shows "running +busy > ${host[6]}"
keys X
check "X asks about what runs" asked 'Cancel this job\?' c
check "it is cancelled" until_true 30 shows "cancelled +busy > ${host[6]}"
check "the VM runs where it was" until_true 20 only_on busy "${host[5]}"
hurry "${host[5]}" busy
keys R
check "R asks" asked 'Do it once more' d
check "and it is done" until_true 40 only_on busy "${host[6]}"
check "the same guest" not_restarted busy
back '─ Jobs '
run stop busy --force
run delete busy --force --confirm busy
check "it is deleted" well

# ---- the doctor, the night ----

for name in "${host[@]}"; do
    lab wol "$name" g
done
lab wol "${host[3]}" d
keys D
check "the doctor finds the one card that is disarmed" until_true 30 shows "wrong +${host[3]} +wake-on-LAN"
check "and nothing else is wrong" shows '8 hosts, 1 wrong'
check "with the command that mends it" shows 'ethtool'
lab wol "${host[3]}" g
keys r
check "mended and examined again" until_true 30 shows '8 hosts, 0 wrong'
back '─ Doctor ─'
before=$(whereabouts)
keys t
check "tonight is simulated" until_true 20 shows 'kWh .*saved'
check "of these hosts" all 'shows "of 8 hosts on"' 'shows "migrate +vm act0[1-8] from"'
back 'Tonight, simulated'
keys H
check "the night so far is read from the store" until_true 10 shows 'Night: .*from the store'
check "it has these hosts" shows '8 of 8 on'
back 'Night: '
check "neither did anything" unchanged

# ---- one that acts, and one that only looks ----

keys A
check "A asks" asked 'Become the manager\?' b
check "the console is the manager" until_true 10 shows 'manager: this console'
before=$(whereabouts)
open_pane two 100 30 --readonly
check "a second console on the same store only looks" until_true 15 all 'shows READ-ONLY' 'shows "8 on"'
check "and watches the first" until_true 15 shows 'watching '
for key in m w o a; do
    keys "$key"
    check "$key is refused there" until_true 5 shows 'read-only'
    keys j # what was said goes with the next key
    until_true 5 shows_not 'read-only:'
    keys k
done
check "a is not asked" shows MANUAL
by_palette "migrate ${host[0]} ${host[1]}"
check "the palette refuses to migrate" until_true 5 shows 'read-only session'
back '^ :'
check "the hosts are as they were" unchanged
pane=one
keys g l l l l m l Enter
pane=two
keys J
check "a move in the first is seen in it" until_true 15 shows "(running|done) +${host[4]} > ${host[5]}"
check "it is true" until_true 15 only_on "${host[4]}" "${host[5]}"
back '─ Jobs '
keys u
check "it cannot be taken back there" until_true 5 shows 'read-only'
check "it stays" only_on "${host[4]}" "${host[5]}"
pane=one
check "but in the first" undo
check "home again" until_true 15 at_home "${host[4]}"
pane=two
keys q
check "it leaves" until_true 10 shows 'status 0'
pane=one

# ---- while a host hangs ----

lab hang "${host[7]}" all
# view KEY PATTERN: opened and left; keeps the longest that either took.
view() {
    answers "$2" "$1" || slow=99999
    ((took_ms <= slow)) || slow=$took_ms
    local begin
    begin=$(now_ms)
    escape "$2" || slow=99999
    took_ms=$(($(now_ms) - begin))
    ((took_ms <= slow)) || slow=$took_ms
}
all_views() {
    slow=0
    view J '── Jobs ─'
    view L '── Journal ─'
    view D '── Doctor ─'
    view p '── Plan: '
    view t '── Tonight'
    view H '── Night: '
    view '?' 'to the host on the left|── Help'
    keys End
    view Enter "── Host ${host[7]} "
    keys g
    view Enter "── Host ${host[0]} "
    took_ms=$slow
}
all_views
check "a host hangs: every view opens and closes at once" within 1500
check "the host is told from the others" until_true 60 shows '7 on'
all_views
check "also now" within 1500
keys g Tab Enter
check "no VM would go there" until_true 5 all 'shows "6 would take it"' 'shows "x +${host[7]} "'
back 'VM .* ─ on '
keys D
until_true 5 shows '── Doctor ─'
keys r # what it found before is shown until then
check "the doctor tells of it, and of the others too" until_true 60 shows "8 hosts, .*wrong"
check "that host it is" shows "wrong +${host[7]} "
back '── Doctor ─'
settled
keys g m l Enter
check "and VMs move as ever" until_true 20 only_on "${host[0]}" "${host[1]}"
lab resume "${host[7]}"
check "it goes on, and is shown" until_true 60 shows '8 on'
check "its VM was not touched" all 'at_home "${host[7]}"' 'not_restarted "${host[7]}"'

echo "# memory of the console with 8 hosts: $(awk '/^(VmRSS|RssAnon):/ { printf "%s %s kB  ", $1, $2 }' \
    "/proc/$(console_pid)/status")"
keys q
check "q leaves" until_true 10 shows 'status 0'
check "what was written is whole" xmllint --noout "$store/ClusterInfo.xml"
finish
