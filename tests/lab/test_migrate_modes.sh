#!/bin/bash
# Real hosts: every way to move a VM, what becomes of one whose time is up, how it travels, and what
# is refused before anything moves.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
make_lab mod 3
run add-node "${address[@]}"
check "three hosts" all well 'lines 3'
lab vm "${host[0]}" busy --dirty
plain=$conf busy=0

# with LINE...: a configuration with these lines in [migration], one try and no throttling.
with() {
    write_conf with < <(printf '[migration]\ntries=1\nauto_converge=false\n' && printf '%s\n' "$@")
}
monitor() { # HOST VM COMMAND: what qemu says
    lab exec "$1" virsh -q qemu-monitor-command "$2" --hmp "$3" 2>/dev/null
}
state() { # HOST VM STATE
    [[ $(lab exec "$1" virsh -q domstate "$2" --reason 2>/dev/null) == "$3" ]]
}
# A link that even a guest which gets little of a busy machine's time can outrun.
slow=4
is_home() { all "only_on busy ${host[0]}" '(($(count_processes busy) == 1))'; }
# bring_back: the busy VM to the first host, at once and by hand.
bring_back() {
    local there
    for there in "${host[1]}" "${host[2]}"; do
        if runs "$there" busy; then
            lab exec "$there" virsh -q migrate busy "qemu+ssh://root@${address[0]}/system" \
                --persistent --undefinesource 2>&1 | sed "s/^/# back from $there: /"
        fi
    done
    only_on busy "${host[0]}" || echo "# busy is not brought back: it is on $(places busy)"
}
told() { grep -q -e "$1" "$store/journal.log"; }

# ---- options of the verb ----

run migrate busy "${host[1]}" --mode fast
check "a mode that is none: wrong usage, and what there is" all 'ended 2' 'err "pre-copy, post-copy"'
run migrate busy "${host[1]}" --timeout soon
check "a time that is none" all 'ended 2' 'err "[-]-timeout soon"'
run migrate busy "${host[1]}" --on-timeout dance
check "an end that is none" all 'ended 2' 'err "cancel, post-copy, pause"'
run migrate busy "${host[1]}" --bandwidth much
check "a bandwidth that is none" all 'ended 2' 'err "[-]-bandwidth much"'
with
run migrate busy "${host[1]}" --mode stop-and-copy
check "stop-and-copy" all well 'only_on busy "${host[1]}"' 'state "${host[1]}" busy "running (migrated)"'
bring_back
run migrate busy "${host[1]}" --mode post-copy
check "post-copy" all well 'only_on busy "${host[1]}"'
bring_back

# ---- its time is up ----

run migrate busy "${host[1]}" --bandwidth $slow --timeout 2s --on-timeout cancel
check "time-out: cancelled" all 'ended 1' 'err "not done in 2 s, so it was aborted; it runs on"' is_home
check "it names the VM once" all '! err "vm busy.*vm busy"'
run migrate busy "${host[1]}" --bandwidth $slow --timeout 2s --on-timeout post-copy
check "time-out: over to post-copy" all well 'only_on busy "${host[1]}"' '((took_ms > 2000))'
bring_back
run migrate busy "${host[1]}" --bandwidth $slow --timeout 2s --on-timeout pause
check "time-out: paused until the rest has moved, and running again" all well \
    'only_on busy "${host[1]}"' 'state "${host[1]}" busy "running (migrated)"' '((took_ms > 2000))'
bring_back
with on_timeout=pause timeout='2 s' 'pause_most=10 ms' bandwidth_mib=$slow
run migrate busy "${host[1]}"
check "a pause that would be too long is none" all 'ended 1' \
    'err "not done in 2 s, and paused it would stand still for too long"' is_home
with
launch busy migrate busy "${host[1]}" --bandwidth $slow
stuck() { grep -q 'does not converge' "$work/busy.out"; }
check "the operator is told that it does not converge" until_true 100 stuck
kill -INT "$busy"
settle busy 15
check "and takes it back" all 'ended 1' 'err "cancelled"' is_home
bring_back

# ---- switching over by hand ----

write_keys() { tmux -L "roost$$" send-keys -t roost "$@"; }
shows() { tmux -L "roost$$" capture-pane -p -t roost | grep -q -e "$1"; }
if command -v tmux >/dev/null; then
    with bandwidth_mib=$slow
    tmux -L "roost$$" -f /dev/null new-session -d -s roost -x 120 -y 40 \
        "env HOME=$work XDG_STATE_HOME=$work $roost -c $conf"
    until_true 20 shows "${host[2]}"
    check "the console finds the VM" until_true 20 shows busy
    check "all hosts are on" until_true 20 shows '3 on'
    write_keys :
    until_true 10 shows '^ :'
    write_keys "migrate busy ${host[1]}" Enter
    check "it moves under the console" until_true 60 migrates "${host[0]}" busy 2
    write_keys J
    until_true 10 shows 'MiB/s'
    check "the jobs tell its pace" shows 'MiB/s'
    write_keys S
    check "the key asks first" until_true 10 shows 'Over to post-copy'
    write_keys o
    moved() { only_on busy "${host[1]}"; }
    check "and takes it over" until_true 20 moved
    check "the journal tells" until_true 10 told 'to go over to post-copy'
    write_keys q
    until_true 5 shows "${host[2]}"
    write_keys q
    tmux -L "roost$$" kill-server 2>/dev/null
    bring_back
fi

# ---- how it travels ----

with compression=xbzrle
launch busy migrate busy "${host[1]}" --bandwidth $slow
until_true 60 migrates "${host[0]}" busy 1
xbzrle() { monitor "${host[0]}" busy 'info migrate_capabilities' | grep -q 'xbzrle: on'; }
check "xbzrle reaches qemu" until_true 10 xbzrle
limit() { monitor "${host[0]}" busy 'info migrate_parameters' | grep -q "max-bandwidth: $((slow * 1048576)) "; }
check "so does the bandwidth" until_true 10 limit
kill -INT "$busy"
settle busy 15
check "it is cancelled" all 'ended 1' is_home
bring_back
with connections=3
launch busy migrate busy "${host[1]}" --bandwidth $slow
until_true 60 migrates "${host[0]}" busy 1
channels() { monitor "${host[0]}" busy 'info migrate_parameters' | grep -q 'multifd-channels: 3'; }
multifd() { monitor "${host[0]}" busy 'info migrate_capabilities' | grep -q 'multifd: on'; }
check "parallel connections reach qemu" until_true 10 all multifd channels
kill -INT "$busy"
settle busy 15
check "it is cancelled" all 'ended 1' is_home
bring_back
with compression=zstd
run migrate "${host[0]}" "${host[1]}"
check "what they cannot they do without" all well 'only_on "${host[0]}" "${host[1]}"'
check "and say so" told 'memory is not compressed'
check "that it is plain is told" told 'unencrypted'
run migrate "${host[0]}" "${host[0]}"
with transport=tunnelled
run migrate "${host[0]}" "${host[1]}"
check "tunnelled" all well 'only_on "${host[0]}" "${host[1]}"'
run migrate "${host[0]}" "${host[0]}"
check "and back" all well 'only_on "${host[0]}" "${host[0]}"'
run migrate busy "${host[1]}" --mode post-copy
check "post-copy does not go through a tunnel" all 'ended 1' 'err "tunnel"' is_home

with transport=tls
run migrate "${host[0]}" "${host[1]}"
check "TLS without certificates: refused, and what to do" all 'ended 1' \
    'err "ca-cert.pem.*give every host"' 'only_on "${host[0]}" "${host[0]}"'
# certify: one authority, and a certificate for each host in the name of its address.
certify() {
    local i dir pki=$work/pki
    mkdir -p "$pki"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=lab -keyout "$pki/ca.key" \
        -out "$pki/ca.pem" 2>/dev/null
    for i in "${!host[@]}"; do
        dir=$LAB_DIR/hosts/${host[i]}/libvirt/pki
        mkdir -p "$dir"
        cp "$pki/ca.pem" "$dir/ca-cert.pem"
        openssl req -newkey rsa:2048 -nodes -subj "/CN=${address[i]}" -keyout "$dir/server-key.pem" \
            -out "$pki/host.csr" 2>/dev/null
        openssl x509 -req -in "$pki/host.csr" -CA "$pki/ca.pem" -CAkey "$pki/ca.key" -CAcreateserial \
            -days 2 -out "$dir/server-cert.pem" \
            -extfile <(echo "subjectAltName=IP:${address[i]},DNS:${host[i]}") 2>/dev/null
        cp "$dir/server-cert.pem" "$dir/client-cert.pem"
        cp "$dir/server-key.pem" "$dir/client-key.pem"
        echo 'migrate_tls_x509_cert_dir = "/etc/libvirt/pki"' >>"$LAB_DIR/hosts/${host[i]}/libvirt/qemu.conf"
        lab kill "${host[i]}"
        lab start "${host[i]}"
        lab exec "${host[i]}" virsh -q start "${host[i]}"
    done
}
if command -v openssl >/dev/null; then
    certify
    run migrate "${host[0]}" "${host[1]}"
    check "TLS with certificates" all well 'only_on "${host[0]}" "${host[1]}"'
    run migrate "${host[0]}" "${host[0]}"
    check "and back" all well 'only_on "${host[0]}" "${host[0]}"'
fi
conf=$plain

# ---- what is refused, before anything moves ----

sed "s/<uuid>.*/<uuid>$(cat /proc/sys/kernel/random/uuid)<\/uuid>/" \
    <(lab exec "${host[0]}" virsh -q dumpxml --inactive "${host[0]}") >"$work/twin.xml"
lab exec "${host[1]}" virsh -q define /dev/stdin <"$work/twin.xml"
run migrate "${host[0]}" "${host[1]}"
check "another VM of that name there" all 'ended 1' 'err "refused: .*knows a VM of that name"'
check "it runs where it was" runs "${host[0]}" "${host[0]}"
lab exec "${host[1]}" virsh -q undefine "${host[0]}"

# A VM of its own for each: NAME and what is changed in its definition.
special() { # NAME SED
    lab vm "${host[0]}" "$1"
    lab exec "${host[0]}" virsh -q destroy "$1"
    lab exec "${host[0]}" virsh -q dumpxml --inactive "$1" | sed -e "$2" >"$work/$1.xml"
    lab exec "${host[0]}" virsh -q define /dev/stdin <"$work/$1.xml"
    lab exec "${host[0]}" virsh -q start "$1"
    run refresh
}
truncate -s 1M "$LAB_DIR/hosts/${host[0]}/root/own.img"
special own 's|/var/lib/libvirt/images/own.img|/root/own.img|'
run migrate own "${host[1]}"
check "a disk that is not on the target" all 'ended 1' 'err "refused: .*/root/own.img is not on"' \
    'only_on own "${host[0]}"'
truncate -s 2M "$LAB_DIR/hosts/${host[1]}/root/own.img"
run migrate own "${host[1]}"
check "another disk by that name" all 'ended 1' 'err "another file.*--force"' 'only_on own "${host[0]}"'
special bridged "s|<interface type='user'>|<interface type='bridge'><source bridge='br-own'/>|"
if ! runs "${host[0]}" bridged; then
    lab exec "${host[0]}" ip link add br-own type bridge && lab exec "${host[0]}" virsh -q start bridged
    run refresh
fi
if runs "${host[0]}" bridged; then
    run migrate bridged "${host[1]}"
    check "a bridge that the target lacks" all 'ended 1' 'err "no bridge or interface br-own"' \
        'only_on bridged "${host[0]}"'
fi
special writes "s|<readonly/>||;s|<shareable/>||"
run migrate writes "${host[1]}"
check "a disk that libvirt does not know to be shared" all 'ended 1' 'err "[Uu]nsafe.*--force"' \
    'only_on writes "${host[0]}"'
run migrate writes "${host[1]}" --force
check "unless the operator insists" all well 'only_on writes "${host[1]}"'
special pinned "s|<vcpu placement='static'>|<vcpu placement='static' cpuset='0'>|"
run migrate pinned "${host[1]}"
check "pinned to a CPU that is there" all well 'only_on pinned "${host[1]}"'
special vast 's|<memory.*|<memory unit="GiB">20000</memory>|;s|<currentMemory.*||'
runs "${host[0]}" vast || echo "# a VM larger than the machine does not start: RAM is tested without"

# ---- nothing is in doubt ----

run refresh
check "nothing is in doubt at the end" all well 'out " 0 differences"'
finish
