#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# random_scenarios.sh FABRIC-TESTS DCDSIM DIRECTORY - what the random test
# prints can be run: lives of a device hold, and what was shrunk after a mistake
# of the reference fails where the mistake shows. FABRIC-TESTS writes them into
# DIRECTORY.
set -eu
tests=$1
dcdsim=$2
directory=$3
marker="the last operation, and what has become of it"

fail() {
    echo "FAILED: $1"
    tail -n 20 "$directory/random-out"
    exit 1
}

run() { # run EXPECTED-EXIT FILE
    status=0
    "$dcdsim" run "$2" >"$directory/random-out" 2>&1 || status=$?
    [ "$status" = "$1" ] || fail "exit code $status, expected $1: $2"
}

rm -rf "$directory"
mkdir -p "$directory"
DCD_RANDOM_DIR=$directory "$tests" --gtest_filter='random_shrink.*' --gtest_brief=1

lives=0
for file in "$directory"/life-*.xml; do
    case $file in *-platform.xml) continue ;; esac
    run 0 "$file"
    lives=$((lives + 1))
done

mistakes=0
for file in "$directory"/shrunk-*.xml; do
    case $file in *-platform.xml) continue ;; esac
    run 1 "$file"
    last=$(grep -n "$marker" "$file" | cut -d: -f1)
    sed -n "s|^.*/$(basename "$file"):\([0-9]*\): .*|\1|p" \
        "$directory/random-out" >"$directory/random-lines"
    [ -s "$directory/random-lines" ] || fail "no line is named: $file"
    while read -r line; do
        [ "$line" -gt "$last" ] || fail "$file:$line fails too early"
    done <"$directory/random-lines"
    mistakes=$((mistakes + 1))
done

[ "$lives" -ge 8 ] || fail "only $lives lives"
[ "$mistakes" -ge 5 ] || fail "only $mistakes mistakes"
echo "$lives lives hold, $mistakes mistakes are seen again"
