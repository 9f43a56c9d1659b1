#!/bin/bash
# Real hosts that roost has never met: their keys, a password asked once, roost's own key pair, ranges
# and files, wake-on-LAN armed, keys for each other, and commands on them.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
command -v tmux >/dev/null || { echo "skipped: tmux is not installed" && exit 77; }
make_lab enr 5
export HOME=$work/home
mkdir -p "$HOME"
unset SSH_AUTH_SOCK
# tmux is the operator's terminal: a server of its own each time, since one that ends may linger.
sittings=0
mux() { tmux -S "$work/tmux$sittings" -f /dev/null "$@" 2>/dev/null; }
end_mux() {
    mux kill-server
    clean_up
}
trap end_mux EXIT

# sit ARGUMENT...: roost at a terminal; what it says in the end goes to the screen too.
sit() {
    mux kill-server
    sittings=$((sittings + 1))
    rm -f "$work/ended"
    # ^C is for roost: the shell lives on to write down how it ended.
    echo 'trap : INT' >"$work/command"
    printf '%q ' "$roost" -c "$conf" "$@" >>"$work/command"
    echo '; echo $? >'"$work/ended; cat" >>"$work/command"
    mux new-session -d -x 200 -y 50 "sh $work/command"
}
shows() { mux capture-pane -p -J | grep -qE -e "$1"; }
shows_not() { ! shows "$1"; }
types() { mux send-keys -l "$1" && mux send-keys Enter; }
over() { [[ -s $work/ended ]]; }
ended_by() { [[ $(cat "$work/ended") == "$1" ]]; }
at_end() { until_true 60 over && ended_by "$1"; }
# Whether the terminal shows what is typed: what stty says of it.
echoes() { mux display -p '#{pane_tty}' | xargs -r stty -a -F | grep -qE '(^|[ ;])echo([ ;]|$)'; }

stranger_conf() { # NAME: a configuration of a console that knows nobody
    mkdir -p "$work/$1"
    cat >"$work/$1/roost.conf" <<CONF
[cluster]
store=store

[ssh]
user=root
identity=keys/console
known_hosts=keys/hosts

[limits]
vm_min_mib=32
CONF
    conf=$work/$1/roost.conf
}
authorized() { echo "$LAB_DIR/hosts/$1/root/.ssh/authorized_keys"; }

# ---- keys that are not known ----

stranger_conf one
run add-node "${address[0]}"
check "nobody to ask: a key that is not known is refused, with what to do" all \
    'refused "${address[0]}.*SHA256:.*--accept-new"' 'silent out'
check "roost's own key pair was made, for nobody else to read" all \
    '[[ $(stat -c %a "$work/one/keys/console") == 600 ]]' \
    'ssh-keygen -l -f "$work/one/keys/console.pub" >/dev/null'
own=$(cat "$work/one/keys/console.pub")
fingerprint=$(ssh-keygen -l -f "$LAB_DIR/hosts/${host[0]}/ssh/ssh_host_ed25519_key.pub" | cut -d' ' -f2)
sit add-node "${address[0]}"
check "at a terminal its fingerprint is shown" until_true 20 shows "${address[0]} +ssh-ed25519 ${fingerprint//+/[+]}"
types no
check "no: not added" all 'at_end 1' 'shows "not accepted"' '[[ ! -e $work/one/keys/hosts ]]'

# ---- a password, once ----

for name in "${host[@]}"; do
    lab password "$name" "ge heim"
    lab stranger "$name"
done
echo "# an older key" >"$(authorized "${host[0]}")"
chmod 644 "$(authorized "${host[0]}")"
lab password "${host[2]}" "an other"
sit add-node --accept-new "$LAB_NET.101"
check "a password is asked for" until_true 20 shows 'Password of root'
until_true 5 eval '! echoes'
mux send-keys C-c
check "^C there ends it, and the terminal shows again what is typed" all 'at_end 1' 'echoes' \
    'shows "interrupted"'
rm "$work/one/keys/hosts"
sit add-node "$LAB_NET.[101-103]"
check "three keys, one question" until_true 20 shows 'Add these 3 keys\? yes/no'
types yes
check "then one password for all" until_true 20 shows 'Password of root'
check "which is not shown" until_true 5 eval '! echoes'
types "ge heim"
check "the host that has another is asked for by itself" until_true 30 shows "${address[2]}: not that password"
types "wrong again"
check "three times" until_true 30 shows "try 3 of 3"
types "an other"
check "and all are added" all 'at_end 0' 'shows "added ${host[0]} .* as manager"' 'shows "added ${host[2]} "'
check "no password was ever on the screen" all 'shows_not "ge heim"' 'shows_not "an other"' 'echoes'
check "nor is it in any file" eval '! grep -rqF -e "ge heim" "$work/one" "$HOME"'
check "what is wrong with them is told" shows 'wrong|note|ok'
check "the keys are in known_hosts, for nobody else to write" all \
    '(($(wc -l <"$work/one/keys/hosts") == 3))' '[[ $(stat -c %a "$work/one/keys/hosts") == 600 ]]'
check "the public key was added to what was there" all \
    'grep -qxF "# an older key" "$(authorized "${host[0]}")"' \
    'grep -qF "${own% *}" "$(authorized "${host[0]}")"' \
    '[[ $(stat -c %a "$(authorized "${host[0]}")") == 600 ]]'
run list
check "from now on it opens them" all well 'lines 3'

# ---- a second time ----

cksum "$work/one/keys/"* >"$work/before"
for i in 0 1 2; do cksum <"$(authorized "${host[i]}")"; done >>"$work/before"
sed 's/store=store/store=other/' "$work/one/roost.conf" >"$work/one/again.conf"
conf=$work/one/again.conf
run add-node "${address[@]:0:3}"
cksum "$work/one/keys/"* >"$work/after"
for i in 0 1 2; do cksum <"$(authorized "${host[i]}")"; done >>"$work/after"
check "added again to another cluster, nothing is asked and nothing changes" all well 'lines 3' \
    'cmp -s "$work/before" "$work/after"'

# ---- without a terminal ----

conf=$work/one/roost.conf
printf '# the rest\n%s  # by range\n' "$LAB_NET.[104-105]" >"$work/rest"
run add-node --file "$work/rest" --accept-new
check "no key and no password: refused, with what to do" all 'refused "--password-fd"' 'silent out'
run add-node --file "$work/rest" --password-fd 7 7<<<"wrong"
check "a wrong password from a descriptor" refused 'not let root in with that password'
run add-node --file "$work/rest" --password-fd 7 7<<<"ge heim"
check "the right one, and a file with a range" all well 'lines 2' 'out "^added ${host[4]} "'
printf 'x[2-1]\n' >"$work/bad"
run add-node --file "$work/bad"
check "a file is refused with its line" refused 'bad:1: "x\[2-1\]"'
lab hostkey "${host[4]}" new
sed 's/store=store/store=third/' "$work/one/roost.conf" >"$work/one/third.conf"
conf=$work/one/third.conf
run add-node --accept-new "${address[4]}" "${address[3]}"
check "a key that has changed is refused whatever is said" all \
    'refused "${address[4]}.*not the one in .*ssh-keygen -R"' 'out "^added ${host[3]} "'
lab hostkey "${host[4]}" old

# ---- commands ----

conf=$work/one/roost.conf
run remote "${host[1]}" -- hostname
check "a command on one host: its output, plain" all well '[[ $(cat "$work/out") == "${host[1]}" ]]'
run remote "${LAB_PREFIX}[01-05]" -- 'echo here; exit $(($(hostname | tail -c 2)))'
check "on all, by a range: names before lines, and the worst exit status" all 'ended 5' 'lines 5' \
    'out "^${host[3]}: here$"'

# ---- wake-on-LAN ----

lab wol "${host[1]}" d
lab wol "${host[2]}" d
lab exec "${host[2]}" mkdir -p /run/systemd/system
conf=$work/one/again.conf
rm -rf "$work/one/other"
run add-node "${address[1]}"
check "a disarmed host is added as it is" all well 'out "wake-on-LAN disarmed"'
rm -rf "$work/one/other"
run add-node --arm "${address[1]}" "${address[2]}"
check "and armed when that is said" all well '(($(grep -c "wake-on-LAN armed" "$work/out") == 2))' \
    '[[ $(cat "$LAB_DIR/hosts/${host[1]}/wol") == g ]]'
check "with what arms it at each boot: ifupdown" \
    lab exec "${host[1]}" sh -c 'IFACE=eth0 sh -n /etc/network/if-up.d/roost-wake-on-lan &&
        grep -q "ethtool -s eth0 wol g" /etc/network/if-up.d/roost-wake-on-lan'
check "or udev, where systemd is" all \
    'grep -q "^WakeOnLan=magic" "$LAB_DIR/hosts/${host[2]}/etc/systemd/network/50-roost-eth0.link"' \
    'grep -q "^MACAddress=${mac[2]}" "$LAB_DIR/hosts/${host[2]}/etc/systemd/network/50-roost-eth0.link"'
check "the machine itself has none of it" eval '! ls /etc/systemd/network/50-roost* /etc/network/if-up.d/roost* 2>/dev/null'

# ---- keys for each other ----

# How often a host let another in, as its sshd tells.
logins() { # FROM TO, by number
    grep -c "Accepted publickey for root from ${address[$1]} " "$LAB_DIR/hosts/${host[$2]}/init.log"
}

conf=$work/one/roost.conf
sed 's/^store=store/store=store\n\n[migration]\ncontrol=peer\ntries=1/' "$conf" >"$work/one/peer.conf"
conf=$work/one/peer.conf
run migrate "${host[0]}" "${host[1]}"
check "without keys for each other no peer-to-peer migration" all 'ended 1' 'runs "${host[0]}" "${host[0]}"'
run add-node --peer-keys
check "all hosts are given them" all well 'silent out'
before=$(logins 0 1)
run migrate "${host[0]}" "${host[1]}"
check "and a peer-to-peer migration is done" all well 'only_on "${host[0]}" "${host[1]}"' \
    'is_migrated "${host[1]}" "${host[0]}"'
check "for which the source logged in to the target" eval '(($(logins 0 1) == before + 1))'
for name in "${host[@]}"; do cksum "$LAB_DIR/hosts/$name/root/.ssh/"*; done >"$work/before"
run add-node --peer-keys
for name in "${host[@]}"; do cksum "$LAB_DIR/hosts/$name/root/.ssh/"*; done >"$work/after"
check "a second time changes nothing" all well 'cmp -s "$work/before" "$work/after"'
check "no key left the host it was made on" eval \
    '! grep -rlE "PRIVATE KEY" "$work/one/keys" | grep -v "keys/console$"'

# ---- whichever works ----

sed 's/control=peer/control=auto/' "$work/one/peer.conf" >"$work/one/auto.conf"
conf=$work/one/auto.conf
before=$(logins 1 2)
run migrate "${host[0]}" "${host[2]}"
check "auto: the source is tried, and then leads" all well 'only_on "${host[0]}" "${host[2]}"' \
    '(($(logins 1 2) == before + 2))'
rm "$LAB_DIR/hosts/${host[2]}/root/.ssh/known_hosts"
before=$(logins 2 0)
run migrate "${host[0]}" "${host[0]}"
check "one that is not let in does not, and the VM moves all the same" all 'ended 0' \
    'only_on "${host[0]}" "${host[0]}"' '(($(logins 2 0) == before))'
check "with no guest started anew" not_restarted "${host[0]}"

finish
