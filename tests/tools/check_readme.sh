#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# check_readme.sh ROOT DCDSIM [--update] - what the README shows is real: its
# program is platforms/minimal/minimal.cpp, its account is what dcdsim prints.
# With --update the README is made so.
set -eu
root=$1
dcdsim=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Behind the two comment lines at the top.
sed '1,2d' "$root/platforms/minimal/minimal.cpp" >"$work/program"
# The trace goes elsewhere here, and its line says so.
(cd "$root" && "$dcdsim" run config/scenarios/quickstart.xml \
    --trace "$work/quickstart.csv") |
    sed "s|$work/|build/|" >"$work/account"

# replace WORD FILE - the block between ```WORD and ``` becomes FILE.
replace() {
    awk -v word="\`\`\`$1" -v file="$2" '
        $0 == word { print; while ((getline line < file) > 0) print line
                     inside = 1; next }
        $0 == "```" { inside = 0 }
        !inside { print }'
}

replace cpp "$work/program" <"$root/README.md" |
    replace text "$work/account" >"$work/README.md"
if [ "${3-}" = --update ]; then
    cp "$work/README.md" "$root/README.md"
elif ! diff -u "$root/README.md" "$work/README.md"; then
    echo "README.md is not up to date: tests/tools/check_readme.sh" \
        "$root $dcdsim --update" >&2
    exit 1
fi
