#!/bin/bash
# Real hosts: the console itself, in tmux. Keys and mouse in, the screen and the hosts looked at.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
# shellcheck source-path=SCRIPTDIR source=tmuxlib.sh
. "$here/tmuxlib.sh"
make_lab scr 6
run add-node "${address[@]}"
check "six hosts" all well 'lines 6'

all_shown() {
    local name text
    text=$(screen)
    for name in "${host[@]}"; do
        [[ $text == *"$name"* ]] || return
    done
}

# ---- looking ----

open_console 80 24
check "the console shows all hosts" until_true 10 all_shown
check "on, and seen" until_true 10 shows '6 on'
check "it does not say that they are simulated" shows_not 'SIM'

# ---- moving by keyboard ----

keys g
check "the first host is chosen" until_true 5 shows "^ *${host[0]} "
keys m l Enter
check "its VM, picked up and dropped on the next, moves" until_true 10 only_on "${host[0]}" "${host[1]}"
check "and the console says so" until_true 10 shows "${host[1]}.*2 VMs|2 of .* VMs|vm ${host[0]}.*done"

# ---- moving by mouse ----

drag() { # VM'S HOST, HOST
    find_text "$1" || return
    mouse 0 "$x" $((y + 1)) M
    mouse 32 $((x + 2)) $((y + 1)) M
    find_text "$2" || return
    mouse 32 "$x" "$y" M
    mouse 0 "$x" "$y" m
}
check "a drag is understood" drag "${host[2]}" "${host[3]}"
check "a VM that is dragged to a host moves there" until_true 10 only_on "${host[2]}" "${host[3]}"

# ---- while a host hangs ----

lab hang "${host[4]}" all
slow=0
for ((i = 0; i < 10; i++)); do
    answers 'to the host on the left' '?' || slow=9999
    ((took_ms <= slow)) || slow=$took_ms
    keys Escape
    until_true 5 shows_not 'to the host on the left' || slow=9999
done
took_ms=$slow
check "a host hangs: the screen answers to keys at once" within 1500
keys g l
keys m h Enter
check "and VMs move as ever" until_true 10 only_on "${host[1]}" "${host[0]}"
check "the host that hangs is told from the others" until_true 40 shows '5 on'
slow=0
for ((i = 0; i < 10; i++)); do
    answers 'to the host on the left' '?' || slow=9999
    ((took_ms <= slow)) || slow=$took_ms
    keys Escape
    until_true 5 shows_not 'to the host on the left' || slow=9999
done
took_ms=$slow
check "the screen answers to keys at once all the while" within 1500
lab resume "${host[4]}"
check "it goes on, and is shown" until_true 40 shows '6 on'

# ---- power ----

lab kill "${host[5]}"
check "a power cut is shown" until_true 40 shows '5 on'
check "with an alarm" until_true 5 shows "${host[5]}"

# ---- leaving ----

keys q
check "q leaves, and the terminal is given back" until_true 10 shows 'status 0'
check "what was written is whole" xmllint --noout "$store/ClusterInfo.xml"
finish
