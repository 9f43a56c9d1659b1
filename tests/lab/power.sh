#!/bin/sh
# Stands in for poweroff, halt, shutdown, reboot and systemctl inside a host of the lab.
# Whatever asks to switch off ends the host's init; nothing else is understood.

off() {
    kill -TERM 1
    exit 0
}

refuse() {
    echo "${0##*/}: a host of the lab can only be switched off: $*" >&2
    exit 1
}

case ${0##*/} in
poweroff | halt)
    off
    ;;
shutdown)
    for word in "$@"; do
        case $word in
        -h | -P | -H | --halt | --poweroff | now | +0) ;;
        -c) exit 0 ;;
        *) refuse "$@" ;;
        esac
    done
    off
    ;;
systemctl)
    for word in "$@"; do
        case $word in
        -*) ;;
        poweroff | halt) off ;;
        is-system-running) echo running && exit 0 ;;
        *) refuse "$@" ;;
        esac
    done
    refuse "$@"
    ;;
*)
    refuse "$@"
    ;;
esac
