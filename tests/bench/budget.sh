#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# budget.sh ACCESS_BENCH [EXTENTS] - does an access still cost what it may?
#
# Counts instructions with valgrind: two runs of access_bench that differ in
# nothing but the number of accesses, so that set-up and start of the program
# cancel out. A figure is one access and the 16 instructions of the loop around
# it. Instructions do not depend on how busy the machine is, nor on the number
# of extents (2000 are set up; 100000 give the same and take a minute a row).
#
# Prints `name figure budget ok|over` a row; the result is 1 when one is over,
# 2 when nothing could be measured. The budgets are what the release build took
# with GCC 12 on x86-64, and a tenth on top. Who makes a path dearer for a
# reason changes its row here, in the same change.
#
#   bare     bounds check and memcpy: what no memory can do without
#   read8    8 bytes, one block, no trace: the look at whether there is one
#            is in it, two instructions
#   tracing  traced less read8: what a trace costs that does nothing
#   refused  a block that is not accepted
set -u

budgets='bare 37
read8 81
read64 97
write8 86
refused 275
traced 143
tracing 62'

few=4096
many=45056

[ $# -ge 1 ] && [ $# -le 2 ] || {
    echo "usage: $0 ACCESS_BENCH [EXTENTS]" >&2
    exit 2
}
bench=$1
extents=${2:-2000}

# instructions MODE ACCESSES: of the whole program.
instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        "$bench" "$1" "$2" "$extents" 2>&1 |
        awk '/Collected : [0-9]/ { print $NF }'
}

# per_access MODE: with one decimal.
per_access() {
    first=$(instructions "$1" $few)
    second=$(instructions "$1" $many)
    [ -n "$first" ] && [ -n "$second" ] || return 1
    awk "BEGIN { printf \"%.1f\", ($second - $first) / ($many - $few) }"
}

result=0
read8=0
traced=0
while read -r name budget; do
    if [ "$name" = tracing ]; then
        figure=$(awk "BEGIN { printf \"%.1f\", $traced - $read8 }")
    else
        figure=$(per_access "$name") || {
            echo "$0: $bench $name cannot be measured" >&2
            exit 2
        }
    fi
    [ "$name" = read8 ] && read8=$figure
    [ "$name" = traced ] && traced=$figure
    verdict=ok
    if awk "BEGIN { exit !($figure > $budget) }"; then
        verdict=over
        result=1
    fi
    printf '%-8s %6s %5s %s\n' "$name" "$figure" "$budget" "$verdict"
done <<LIST
$budgets
LIST
exit $result
