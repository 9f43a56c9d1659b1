#!/bin/bash
# Real hosts, and two managers on one store: the holder is killed, stopped and ended, the other
# takes over in seconds; no VM is lost or runs twice; the configuration is read again.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
make_lab mgr 4
journal=$store/journal.log
run add-node "${address[@]}"
check "four hosts" all well 'lines 4'
lab vm "${host[1]}" busy --dirty
run refresh
check "and a busy VM at home on the second" all 'ended 0' 'only_on busy "${host[1]}"'

# The lab opens in two hours, always: everything is to be home. It lies where it is noon now, so that
# no midnight comes in between. (Etc/GMT+5 is five hours west.)
first=0 second=0
zone=Etc/GMT$(printf '%+d' $((10#$(date -u +%H) - 12)))
settings() { # MODE
    cat <<-CONF
		[automatic]
		mode=$1
		cycle=2 s
		[hours]
		open=Mon-Sun 15:00-23:00
		timezone=$zone
		normalize_lead=24 h
		[migration]
		timeout=5 min
		timeout_per_gib=0 s
		on_timeout_home=cancel
	CONF
}
write_conf managed < <(settings hours)

# manager NAME HOST: as if it ran on that host, which it is by its hostname.
manager() {
    local name=$1
    unshare --uts sh -c 'hostname "$1" && shift && exec "$@"' sh "$2" \
        "$roost" -c "$conf" run >"$work/$name.out" 2>>"$work/$name.err" &
    printf -v "$name" %d $!
}
leads() { # NAME: by its own word, last
    grep -E 'this is the manager|waiting:' "$work/$1.err" | tail -n 1 | grep -q 'this is the manager'
}
waits_for() { # NAME HOST
    grep -E 'this is the manager|waiting:' "$work/$1.err" | tail -n 1 |
        grep -q "waiting: the manager is $2 "
}
fence() { # NAME: under which it led last
    grep -oE 'this is the manager, on [^ ]+, fence [0-9]+' "$work/$1.err" | tail -n 1 | grep -oE '[0-9]+$'
}
one_process() { (($(count_processes "$1") == 1)); }
once_each() {
    local name
    for name in "${host[@]}" busy; do
        one_process "$name" || { echo "# vm $name: $(count_processes "$name") processes" && return 1; }
    done
}
role() { # HOST
    run list && record "$1" | cut -f 9
}
away() { # the busy VM, where it is not at home, and slow to move
    LIMIT=120 run migrate busy "${host[2]}" --force
    only_on busy "${host[2]}" && stubborn "${host[2]}" busy
}

# ---- one leads, one waits ----

check "the busy VM is brought away from home" away
manager first "${host[0]}"
check "a manager takes the lease" until_true 20 leads first
manager second "${host[1]}"
check "a second one waits" until_true 20 waits_for second "${host[0]}"
check "the host of the first is the manager's" [ "$(role "${host[0]}")" = manager ]
check "it brings the busy VM home" until_true 60 migrates "${host[2]}" busy 1

# ---- the holder is killed in the middle of a migration ----

old=$(fence first)
kill -KILL "$first"
begin=$(now_ms)
check "kill -9 in mid-migration: the second takes over" until_true 30 leads second
took_ms=$(($(now_ms) - begin))
check "within seconds" within 12000
check "under a greater number" [ "$(fence second)" -gt "$old" ]
check "the VM runs, in one place at most on its way to another" all 'runs "${host[2]}" busy' \
    'not_restarted busy'
check "the second tries anew to bring it home" until_true 90 migrates "${host[2]}" busy 1
hurry "${host[2]}" busy
check "and does" until_true 120 only_on busy "${host[1]}"
check "each VM runs once, and none was restarted" all 'until_true 30 once_each' \
    'not_restarted busy "${host[@]}"'
check "the journal has the number" grep -q "what=migrate.* fence=$(fence second) .*result=done" "$journal"
check "its host is the manager's now" until_true 20 eval '[ "$(role "${host[1]}")" = manager ]'

# ---- the holder stands still for longer than its lease ----

manager first "${host[0]}"
check "the first is back, and waits" until_true 20 waits_for first "${host[1]}"
check "the busy VM is brought away again" away
old=$(fence second)
kill -STOP "$second"
check "SIGSTOP: the other takes over" until_true 30 leads first
sleep 2 # what it would do, it would do now
acted() { grep -cE " fence=$old( |\$)" "$journal"; }
before=$(acted)
commands() { grep -cE " fence=$old .*(result=queued|result=done)" "$journal"; }
begun=$(commands)
kill -CONT "$second"
check "SIGCONT: it finds itself deposed" until_true 20 waits_for second "${host[0]}"
check "and begins nothing more" [ "$(commands)" -eq "$begun" ]
check "the other brings the VM home" until_true 90 migrates "${host[2]}" busy 1

# ---- SIGTERM hands over ----

kill -TERM "$first"
begin=$(now_ms)
check "SIGTERM in mid-migration: it ends" until_true 40 is_gone "$first"
wait "$first"
status=$?
check "in peace" ended 0
# The other may have begun it anew by now: there may be a second process, which waits for it.
check "the migration was cancelled, and its VM looked for" all 'grep -q "job.*busy.*cancelled" "$work/first.err"' \
    'runs "${host[2]}" busy'
check "the other takes over at once" until_true 8 leads second
hurry "${host[2]}" busy
check "and brings it home" until_true 120 only_on busy "${host[1]}"
check "each VM still runs once" all 'until_true 30 once_each' 'not_restarted busy "${host[@]}"'

# ---- the configuration ----

cp "$conf" "$work/good.conf"
echo 'cycle=banana' >>"$conf"
sed -i 's/^cycle=2 s$/cycle=banana/' "$conf"
line=$(grep -n '^cycle=banana' "$conf" | head -n 1 | cut -d : -f 1)
kill -HUP "$second"
check "a bad file is told with its line" until_true 10 grep -q "$conf:$line:.*stays in force" "$work/second.err"
cp "$work/good.conf" "$conf"
sed -i 's/^mode=hours$/mode=manual/' "$conf"
kill -HUP "$second"
check "a good one is taken: the mode" until_true 10 grep -q "the autopilot is off" "$work/second.err"
check "and the journal says so" until_true 10 grep -q "configuration was read again" "$journal"

# ---- SIGINT, and the timer's way ----

kill -INT "$second"
check "SIGINT: it ends when nothing runs" until_true 20 is_gone "$second"
wait "$second"
status=$?
check "in peace as well" ended 0
cp "$work/good.conf" "$conf"
check "the busy VM is brought away a last time" all away 'hurry "${host[2]}" busy'
LIMIT=180 run run --once
check "run --once does what the hour demands, and ends" all 'ended 0' 'only_on busy "${host[1]}"'
manager first "${host[0]}"
check "with a manager there" until_true 20 leads first
run run --once
check "it leaves it to that" all 'ended 0' 'err "the manager is ${host[0]}"'
kill -KILL "$first"
finish
