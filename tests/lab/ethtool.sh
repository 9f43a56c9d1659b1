#!/bin/sh
# Stands in for ethtool inside a host of the lab. A veth knows no wake-on-LAN, so that one setting is
# kept in a file (lab wol HOST none|d|g): "none" is the truth about a veth, "d" a disarmed network
# card, "g" an armed one. All else is answered by the real ethtool.

real=/run/lab/ethtool
wol=$(cat /run/lab/wol)

if [ "$wol" != none ]; then
    if [ "$#" -eq 4 ] && [ "$1 $2 $3" = "-s eth0 wol" ]; then
        case $4 in
        d | g) echo "$4" >/run/lab/wol && exit 0 ;;
        esac
    fi
    if [ "$#" -eq 1 ] && [ "$1" = eth0 ]; then
        "$real" "$@" || exit
        printf '\tSupports Wake-on: g\n\tWake-on: %s\n' "$wol"
        exit 0
    fi
fi
exec "$real" "$@"
