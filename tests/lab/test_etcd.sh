#!/bin/bash
# The lease in a real etcd, from the distribution's packages: killed and restarted, stopped, wiped,
# three of them, and by TLS. etcd runs on the loopback interface and in a temporary directory.
source "$(dirname "$0")/testlib.sh"
source "$here/leaselib.sh"
torture=$(readlink -f "${OUT:-$here/../../build/release}/tests/unit/test_lease_torture")

command -v etcd >/dev/null || { echo "1..0 # SKIP no etcd here" && exit 77; }
export ETCDCTL_API=3
base=$((20000 + $$ % 20000))

# ---- etcd ----

declare -A etcd_pid etcd_arguments

# etcd_start NAME ARGUMENTS...: starts it, and remembers how, for etcd_restart.
etcd_start() {
    local name=$1
    shift
    etcd_arguments[$name]="--name $name --data-dir $work/etcd-$name --log-level error $*"
    etcd_restart "$name"
}

etcd_restart() {
    # shellcheck disable=SC2086 # the list is meant to be split
    etcd ${etcd_arguments[$1]} >>"$work/etcd-$1.log" 2>&1 &
    etcd_pid[$1]=$!
}

# etcd_end NAME: as a power cut would.
etcd_end() {
    kill -KILL "${etcd_pid[$1]}" 2>/dev/null
    wait "${etcd_pid[$1]}" 2>/dev/null
}

etcd_answers() {
    etcdctl --endpoints "$1" --command-timeout 2s get /nothing >/dev/null 2>&1
}

answers() {
    local until=$((SECONDS + 20))
    until etcd_answers "$1"; do
        [[ $SECONDS -lt $until ]] || return 1
        sleep 0.05
    done
}

# ---- one etcd ----

url=http://127.0.0.1:$base
etcd_start one --listen-client-urls "$url" --advertise-client-urls "$url" \
    --listen-peer-urls "http://127.0.0.1:$((base + 1))" \
    --initial-advertise-peer-urls "http://127.0.0.1:$((base + 1))" \
    --initial-cluster "one=http://127.0.0.1:$((base + 1))"
check "etcd of the distribution answers" answers "$url"
[[ $failed -eq 0 ]] || { tail -n 5 "$work/etcd-one.log" | sed 's/^/# /' && finish; }

begin pc01 --endpoints "$url" --prefix /lab/ --beat-ms 250
begin pc02 --endpoints "$url" --prefix /lab/ --beat-ms 250
tell pc01 want
check "the first one takes it" takes pc01
check "the other knows who" becomes pc02 "state=held may=0 fence=$fence own=0 .*host=pc01"
tell pc01 confirm
check "it is confirmed" timeout 20 sh -c "until grep -q ^confirmed '$work/pc01'; do sleep 0.02; done"
tell pc02 want

etcd_end one
check "etcd killed: the holder stops by its own clock" becomes pc01 "state=mine may=0 .*own=$fence"
check "and says which endpoint, and why" becomes pc01 "trouble=etcd: $url: .*refused|onnect"
check "the watcher takes nothing" becomes pc02 "state=trouble may=0"
etcd_restart one
check "etcd back: it goes on under the same number" becomes pc01 "state=mine may=1 fence=$fence own=$fence .*trouble=\$"
check "and the watcher sees it" becomes pc02 "state=held may=0 fence=$fence .*trouble=\$"

kill -STOP "${etcd_pid[one]}"
check "etcd stopped: the holder stops by its own clock" becomes pc01 "state=mine may=0"
kill -CONT "${etcd_pid[one]}"
check "etcd goes on: so does the holder" becomes pc01 "state=mine may=1 fence=$fence own=$fence"

kill -STOP "${holder_pid[pc01]}"
check "the holder stopped: the other takes over" takes pc02
kill -CONT "${holder_pid[pc01]}"
check "it finds itself deposed" becomes pc01 "state=held may=0 fence=$fence own=0 .*host=pc02"
tell pc01 want
end pc02
check "the holder killed: the other takes over" takes pc01
tell pc01 confirm

begin pc03 --endpoints "$url" --prefix /lab/ --beat-ms 250
tell pc03 want
check "a third one waits" becomes pc03 "state=held may=0 .*host=pc01"
tell pc01 give
check "given back: it is taken at once" takes pc03

etcdctl --endpoints "$url" put /lab/lease "not a lease" >/dev/null
check "garbage in the key: the holder is deposed" becomes pc03 "state=trouble may=0 .*own=0"
check "and it is told what to do" becomes pc03 "key /lab/lease: its value is no lease; remove it"
etcdctl --endpoints "$url" del /lab/lease >/dev/null
tell pc03 want
check "removed: taken again, under a greater number" takes pc03

etcd_end one
rm -rf "$work/etcd-one"
etcd_restart one
check "etcd comes back empty: the holder is deposed" becomes pc03 "state=[^m].* may=0 .*own=0"
tell pc01 want
check "and the next one has a greater number" takes pc01
end pc01
end pc03

# ---- processes killed and stopped, and etcd with them ----

torture_etcd() {
    local pid state
    ROOST_TORTURE_ROUNDS=${ROOST_TORTURE_ROUNDS:-120} ROOST_TORTURE_ENDPOINTS=$url \
        ROOST_TORTURE_BEAT_MS=40 "$torture" --tap --verbose >"$work/torture" 2>&1 &
    pid=$!
    while sleep 2 && kill -0 "$pid" 2>/dev/null; do
        kill -STOP "${etcd_pid[one]}"
        sleep 0.3
        kill -CONT "${etcd_pid[one]}"
        sleep 2
        etcd_end one
        etcd_restart one
    done
    wait "$pid"
    state=$?
    sed -n 's/^# *\([0-9]* kills.*\)/# \1/p' "$work/torture"
    [[ $state -eq 0 ]] || sed 's/^/# /' "$work/torture"
    return "$state"
}
check "two never act, whoever is killed or stopped, etcd too" torture_etcd
etcd_end one

# ---- three of them ----

members="a=http://127.0.0.1:$((base + 11)),b=http://127.0.0.1:$((base + 12)),c=http://127.0.0.1:$((base + 13))"
three=
for i in 1 2 3; do
    name=$(cut -c $i <<<abc)
    client=http://127.0.0.1:$((base + 20 + i))
    peer=http://127.0.0.1:$((base + 10 + i))
    three=$three${three:+,}$client
    etcd_start "$name" --listen-client-urls "$client" --advertise-client-urls "$client" \
        --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" \
        --initial-cluster "$members" --heartbeat-interval 50 --election-timeout 300
done
check "three etcd find each other" answers "${three%%,*}"
begin pc04 --endpoints "$three" --prefix /lab/ --beat-ms 500
tell pc04 want
fence=0 # another etcd
check "the lease is taken" takes pc04
count=$(lines pc04)
etcd_end a
sleep 4
check "one of three is killed: nobody notices" stays pc04 "state=mine may=1 fence=$fence" "$count"
etcd_restart a
check "it comes back" answers "${three%%,*}"
kill -STOP "${etcd_pid[b]}"
sleep 4
kill -CONT "${etcd_pid[b]}"
check "one of three hangs: the lease is kept" becomes pc04 "state=mine may=1 fence=$fence own=$fence"
etcd_end a
etcd_end b
check "without a quorum nobody may act" becomes pc04 "may=0"
etcd_restart a
etcd_restart b
check "with it again, it goes on" becomes pc04 "state=mine may=1 fence=$fence own=$fence"
end pc04
etcd_end a
etcd_end b
etcd_end c

# ---- TLS ----

make_certificates() {
    local name
    cd "$work" || return
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=lab-ca \
        -keyout ca.key -out ca.pem 2>/dev/null || return
    for name in server client; do
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
            -keyout "$name.key" -out "$name.csr" 2>/dev/null &&
            openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
                -extfile <(echo "subjectAltName=IP:127.0.0.1
extendedKeyUsage=serverAuth,clientAuth") -out "$name.pem" 2>/dev/null || return
    done
}
check "certificates can be made" make_certificates
tls=https://127.0.0.1:$((base + 31))
etcd_start tls --listen-client-urls "$tls" --advertise-client-urls "$tls" \
    --listen-peer-urls "http://127.0.0.1:$((base + 32))" \
    --initial-advertise-peer-urls "http://127.0.0.1:$((base + 32))" \
    --initial-cluster "tls=http://127.0.0.1:$((base + 32))" --client-cert-auth \
    --trusted-ca-file "$work/ca.pem" --cert-file "$work/server.pem" --key-file "$work/server.key"
begin pc05 --endpoints "$tls" --prefix /lab/ --beat-ms 500 \
    --ca "$work/ca.pem" --cert "$work/client.pem" --key "$work/client.key"
tell pc05 want
fence=0 # another etcd
check "by TLS, with a certificate: taken" takes pc05
begin pc06 --endpoints "$tls" --prefix /lab/ --beat-ms 500 --ca "$work/ca.pem"
check "without one: refused, and told" becomes pc06 "state=trouble .*trouble=etcd: $tls: ."
begin pc07 --endpoints "$tls" --prefix /lab/ --beat-ms 500
check "an etcd that nobody vouches for is not spoken to" becomes pc07 "state=trouble .*certificate"
finish
