#!/bin/bash
# test_wide.sh - names of every script, in the real program: wide, combining, joined, of ambiguous
# width, right to left, emoji. Whatever they are, the tile behind each begins where it must, and in
# the C locale nothing but ASCII is sent.
SUITE=wide
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"
LAB=$HOME_DIR/wide.xml

ODD=(日本語 교실 한글 전산실 ｆｕｌｌ 'ｶﾅ' 'é́́x' 'ñandú' 'Ωmega' '…dots…' 'שלום' 'مختبر'
    'हिन्दी' 'ไทย' '🖥pc' '🖥️pc' '👍🏽ok' '🇮🇹it' '1️⃣key' '■box' '×mul' 'ａ́b' '𝕏math'
    '☃️sn' '⌚wat' '‼b' 'ǆlat' '㎏sq' '﷽b' 'ᄒ')

{
    echo '<cluster name="Wide" version="1">'
    for i in "${!ODD[@]}"; do
        printf '<host name="%s" address="10.1.0.%d" state="on" cpus="2" mem-mib="2048" load15="0.2" mac="52:54:00:01:00:%02x" wake="armed"><vm name="v%s" state="running" mem-mib="256" vcpus="1" cpu="0.05"/></host>\n' \
            "${ODD[i]}" $((i + 1)) "$i" "${ODD[i]}"
        printf '<host name="q%02d" address="10.2.0.%d" state="on" cpus="2" mem-mib="2048" load15="0.2" mac="52:54:00:02:00:%02x" wake="armed"/>\n' \
            "$i" $((i + 1)) "$i"
    done
    echo '</cluster>'
} >"$LAB"

# The columns at which plain names begin, one a line.
columns() {
    local line before name
    screen | grep -E 'q[0-9][0-9]' | while IFS= read -r line; do
        for name in $(grep -oE '\bq[0-9][0-9]\b' <<<"$line"); do
            before=${line%%"$name"*}
            printf '%s' "$before" | wc -L
        done
    done
}

# Every tile begins at a multiple of the pitch: that of those that have no odd name before them is
# the smallest distance there is.
aligned() { # PITCH
    local column all
    all=$(columns)
    [ "$(wc -l <<<"$all")" -ge "$2" ] || return 1
    for column in $all; do
        [ $((column % $1)) -eq 0 ] || return 1
    done
}

shows_tiles() { shows 'q00' && shows 'q05'; }

check_size() { # WIDTH HEIGHT LEAST
    start "$1" "$2" --lab "$LAB" --speed 1
    until_true shows_tiles
    text H
    keys C-g
    # The pitch: the tile of q00 is the second one.
    local pitch
    pitch=$(columns | head -1)
    expect_that "columns_hold_at_$1x$2" aligned "$pitch" "$3"
    keys C-l
    expect_that "columns_hold_at_$1x$2_drawn_anew" aligned "$pitch" "$3"
    # Over each of them with the cursor: what is painted again is painted where it was.
    local i
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22; do keys l; done
    expect_that "columns_hold_at_$1x$2_under_the_cursor" aligned "$pitch" "$3"
}

check_size 80 24 10
check_size 200 50 20

tm kill-server 2>/dev/null
if command -v script >/dev/null; then
    BYTES=$HOME_DIR/bytes
    SOCKET=roost-$SUITE-$$-ascii
    tm new-session -d -s one -x 120 -y 40 \
        "env HOME=$HOME_DIR XDG_CONFIG_HOME=$HOME_DIR XDG_STATE_HOME=$HOME_DIR XDG_DATA_HOME=$HOME_DIR LC_ALL=C TERM=tmux-256color script -q -e -f -c \"'$ROOST' --lab $LAB --speed 1\" '$BYTES'; echo status \$?; read -r _"
    tm set-option -g status off
    until_true shows 'q05'
    expect ascii_names_have_likenesses 'nandu'
    text x
    expect ascii_menu_opens 'Migrate|migrate|Move|move'
    keys C-g
    text q
    expect ascii_leaves 'status 0'
    export LC_ALL=C
    if grep -aqP '[\x80-\xff]' "$BYTES"; then
        report no ascii_only
    else
        report ok ascii_only
    fi
fi
finish
