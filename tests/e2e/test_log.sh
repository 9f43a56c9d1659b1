#!/bin/bash
# The log over time: what a simulated lab with a store leaves behind, and what log and report tell.
# shellcheck disable=SC2016,SC2317 # conditions are called, and expanded, by check
# shellcheck source=tests/e2e/command_lib.sh
. "$(dirname "$0")/command_lib.sh"
follower=
trap '[ -z "$follower" ] || kill "$follower" 2>/dev/null; rm -rf "$work"' EXIT
lab() { run -c "$work/lab.conf" --lab ercolani "$@"; }

cat >"$work/lab.conf" <<'CONF'
[cluster]
store=store
[hours]
timezone=Europe/Rome
[energy]
price_per_kwh=0.2845
currency=EUR
co2_g_per_kwh=250
CONF
store=$work/store/simulated/ercolani

# --- Empty ---
run --lab ercolani log
check "a lab without a store keeps no journal, and says so" eval 'ended 1 && says err "give it a store"'
lab log
check "an empty journal is no error" eval 'done_well && lines 0'
lab report
check "a night without a record says so" eval 'done_well && says out "nothing was recorded"'

# --- A night's beginning ---
lab compact
check "the lab is compacted" done_well
check "journal and history are kept" test -s "$store/journal.log" -a -s "$store/history.log"
lab log
check "the log has every migration once" eval '[ "$(grep -c "migrate.*done" "$work/out")" -eq 54 ]'
check "in the time zone of the hours" says out '^2026-01-07T20:00:[0-9]*+01:00'
lab log --lines 1
check "--lines gives the last ones" eval 'done_well && lines 1 && says out "nothing is left to do"'
lab log --vm pc40
check "--vm finds what was done to a VM" eval 'says out "vm pc40 from pc40" && ! says out "host pc40"'
lab log --host pc40
check "--host finds what names a host" eval 'says out "vm pc40 from pc40" && says out "host pc40"'
lab log --host pc4
check "and not its namesakes" eval '! says out "pc40 from"'
lab log --grep '^2026.*switch off pc(40|41): it is silent'
check "--grep is a regular expression" eval 'done_well && lines 2'
lab log --grep '('
check "a wrong one is wrong usage" wrong_usage 'missing'
lab log --alarms
check "--alarms: there was none" eval 'done_well && lines 0'
lab log --since '7 Jan 20:00' --until '2026-01-07 20:01'
check "--since and --until" eval 'done_well && [ "$(wc -l <"$work/out")" -gt 100 ]'
lab log --since tomorow
check "a time that is none is wrong usage" wrong_usage 'tomorow.*write it as'
lab log --since 2026-01-08 --until 2026-01-07
check "an end before the beginning is wrong usage" wrong_usage 'before --since'

# --- Hostile, damaged, put aside ---
gzip -c "$store/journal.log" >"$store/journal-000001.log.gz"
printf 'time=2026-01-07T19:01:00Z who=x what=alarm alarm=yes text="\033[2J\\"q\\" host pc99"\nhalf a l\377' >"$store/journal.log"
lab log
check "what was put aside is read first" eval '[ "$(grep -c "migrate.*done" "$work/out")" -eq 54 ] && tail -1 "$work/out" | grep -q "half a l"'
check "hostile lines are escaped" eval '! grep -q "$(printf "\033")" "$work/out" && says out "x1b\[2J\"q\" host pc99"'
lab log --alarms --host pc99
check "and found" lines 1
printf '\037\213garbage' >"$store/journal-000002.log.gz"
lab log --lines 2
check "a damaged file is told, and the rest read" eval 'ended 0 && lines 2 && says err "journal-000002.log.gz.*damaged"'
rm "$store"/journal-0* && printf 'time=2026-01-07T19:01:00Z who=x what=plan text=one\n' >"$store/journal.log"

# --- Following ---
: >"$work/followed"
"$roost" -c "$work/lab.conf" --lab ercolani log --follow >>"$work/followed" 2>"$work/err" &
follower=$!
check "--follow begins with what is there" until_true grep -q one "$work/followed"
echo 'time=2026-01-07T19:02:00Z who=x what=plan text=two' >>"$store/journal.log"
check "and goes on with what is written" until_true grep -q two "$work/followed"
mv "$store/journal.log" "$store/journal-000001.log"
echo 'time=2026-01-07T19:03:00Z who=x what=plan text=three' >"$store/journal.log"
check "across a rotation" until_true grep -q three "$work/followed"
check "each line once" eval '[ "$(wc -l <"$work/followed")" -eq 3 ]'
kill -INT "$follower"
wait "$follower"
status=$?
follower=
check "^C ends it well" ended 0

# --- Reports ---
rm -rf "$work/store"
lab compact
lab report
check "a report of the night so far" eval 'done_well && says out "so far" && says out "8 of 62" && says out "54 done"'
check "with money and CO2" eval 'says out "EUR saved" && says out "kg saved"'
check "and a plot in braille" says out '62 ┤'
LC_ALL=C lab report
check "in ASCII where there is no UTF-8" eval 'says out "62 +" && ! LC_ALL=C grep -q "[^ -~]" "$work/out"'
check "without colour when it is no terminal" eval '! grep -q "$(printf "\033")" "$work/out"'
lab report --month 2026-01
check "a month has a line a night, and a sum" eval 'done_well && says out "^Wed 07 Jan .*8/62" && says out "^sum"'
lab report --night 2026-01-05
check "a night without a record" eval 'done_well && says out "nothing was recorded"'
lab report --night 2026-01-05 --month 2026-01
check "one time only" wrong_usage 'give one'
lab report --since yesterday --until 2026-01-01
check "a time with nothing in it" wrong_usage 'nothing lies between'
if "$roost" help report | grep -q format; then
    for verb in log report; do
        lab "$verb" --format json
        check "$verb as JSON" eval 'done_well && python3 -m json.tool "$work/out" >/dev/null'
        lab "$verb" --format xml
        check "$verb as XML" eval 'done_well && xmllint --noout "$work/out"'
    done
    lab log --follow --format json
    check "--follow is text" wrong_usage 'no end'
fi

finish
