# shellcheck shell=bash
# What the tests of the lease with real processes share: those who hold it, by hold_lease.c.
# Sourced after testlib.sh, whose `work`, `here` and `took_ms` it uses.
# shellcheck disable=SC2034,SC2154
holder=$(readlink -f "${OUT:-$here/../../build/release}/tests/lab/lease/hold_lease")
[[ -x $holder ]] || { echo "# no program: $holder" && exit 1; }

declare -A holder_pid

# begin NAME OPTIONS...: one process; what it says goes to $work/NAME, commands to $work/NAME.in.
begin() {
    local name=$1
    shift
    mkfifo "$work/$name.in"
    : >"$work/$name"
    "$holder" "$name" "$@" <>"$work/$name.in" >>"$work/$name" 2>&1 &
    holder_pid[$name]=$!
}

tell() { echo "$2" >"$work/$1.in"; }
last() { grep '^state' "$work/$1" | tail -n 1; }

# end NAME: kill -9.
end() {
    kill -KILL "${holder_pid[$1]}" 2>/dev/null
    wait "${holder_pid[$1]}" 2>/dev/null
    rm -f "$work/$1.in"
}

# becomes NAME PATTERN: what it said last matches, within 20 s.
becomes() {
    local until=$((SECONDS + 20)) began
    : >"$work/err"
    began=$(now_ms)
    until last "$1" | grep -qE "$2"; do
        [[ $SECONDS -lt $until ]] || { last "$1" >>"$work/err" && return 1; }
        sleep 0.02
    done
    took_ms=$(($(now_ms) - began))
}

# takes NAME: it has it, under a greater number than whoever had it before; which is $fence then.
# Not by one, always: who asks a server that is slow may have to ask again.
fence=0
takes() {
    local before=$fence
    becomes "$1" "state=mine may=1" || return
    fence=$(last "$1" | sed -n 's/.* own=\([0-9]*\) .*/\1/p')
    [[ $fence -gt $before ]] || { echo "own=$fence, after $before" >>"$work/err" && return 1; }
}

# stays NAME PATTERN COUNT: no line from its COUNT-th on was anything else.
stays() { ! tail -n "+$(($3 + 1))" "$work/$1" | grep '^state' | grep -vqE "$2"; }
lines() { grep -c '' "$work/$1"; }
