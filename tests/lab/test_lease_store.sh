#!/bin/bash
# The lease in a store that fills up, turns read-only, hangs, goes away and comes back: a small file
# system of its own, in a file.
source "$(dirname "$0")/testlib.sh"
source "$here/leaselib.sh"

store=$work/store
take_away() {
    fsfreeze -u "$store" 2>/dev/null
    umount -l "$store" 2>/dev/null
    clean_up
}
trap take_away EXIT

make_store() {
    mkdir "$store"
    truncate -s 16M "$work/disk" && mkfs.ext4 -q -F "$work/disk" && mount -o loop "$work/disk" "$store"
}
if ! make_store >"$work/out" 2>"$work/err"; then
    sed 's/^/# /' "$work/err"
    echo "1..0 # SKIP no file system can be mounted here"
    exit 77
fi

begin pc01 --dir "$store"
begin pc02 --dir "$store"
tell pc01 want
check "the first one takes it" takes pc01
check "the other knows who" becomes pc02 "state=held may=0 fence=$fence .*host=pc01"
tell pc02 want

count=$(lines pc01)
for size in 64k 1k; do
    dd if=/dev/zero of="$store/filler" oflag=append conv=notrunc,fsync bs=$size >"$work/out" 2>&1
done
sleep 2
check "a full disk hinders no holder" stays pc01 "state=mine may=1" "$count"
end pc01
check "but whoever would take over" becomes pc02 "state=free may=0 .*trouble=.*No space left"
rm "$store/filler"
took_over() { takes pc02 && becomes pc02 "state=mine .*trouble=$"; }
check "room again: it takes over" took_over

begin pc03 --dir "$store"
tell pc03 want
check "another one waits" becomes pc03 "state=held may=0 .*host=pc02"
mount -o remount,ro "$store"
check "read-only: the holder stops by its own clock, and says so" becomes pc02 "state=mine may=0 .*trouble=.*Read-only"
check "nobody else can begin" becomes pc03 "state=free may=0 .*trouble=.*Read-only"
mount -o remount,rw "$store"
check "writable: one of the two goes on" eval 'becomes pc02 "may=1" || becomes pc03 "may=1"'
sleep 1
one_acts() { [[ $( (last pc02; last pc03) | grep -c 'may=1') -eq 1 ]]; }
check "and only one" one_acts
end pc02
tell pc03 want
check "the last one has it" becomes pc03 "state=mine may=1"

# A file server that hangs, and does what it was asked for long after.
begin pc04 --dir "$store"
tell pc04 want
check "another one waits" becomes pc04 "state=held may=0 .*host=pc03"
fsfreeze -f "$store"
check "the store hangs: the holder stops by its own clock" becomes pc03 "may=0"
sleep 2
check "nobody acts" eval '! (last pc03; last pc04) | grep -q may=1'
fsfreeze -u "$store"
check "it goes on: one of the two does" eval 'becomes pc03 "may=1" || becomes pc04 "may=1"'
sleep 1
one_acts() { [[ $( (last pc03; last pc04) | grep -c 'may=1') -eq 1 ]]; }
check "and only one" one_acts
fsfreeze -f "$store"
sleep 1
began=$(now_ms)
tell pc03 quit
tell pc04 quit
check "they end without waiting for it" timeout 10 sh -c "until grep -q ended '$work/pc03' && grep -q ended '$work/pc04'; do sleep 0.05; done"
took_ms=$(($(now_ms) - began))
fsfreeze -u "$store"
rm -f "$work/pc03.in" "$work/pc04.in"

begin pc05 --dir "$store"
tell pc05 want
check "a next one takes it" becomes pc05 "state=mine may=1"
own=$(last pc05 | grep -o ' own=[0-9]*')
umount -l "$store"
check "unmounted: the holder stops" becomes pc05 "may=0"
check "and nothing is made in the empty place" eval '! [[ -e $store/Lease ]]'
mount -o loop "$work/disk" "$store"
check "mounted again: it goes on under its number" becomes pc05 "state=mine may=1 .*$own "
end pc05
finish
