#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# check_commands_doc.sh ROOT PROGRAM [--update | --prove] - the tables between
#
#   <!-- generated: mailbox -->  and  <!-- end -->
#
# in docs/commands.md are those that PROGRAM (print_commands) prints. With
# --update they are made so; with --prove the check looks at files that are
# wrong in one place each, and has to see it.
set -eu
root=$1
program=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for table in mailbox fm ld; do
    "$program" "$table" >"$work/$table"
done

# filled FILE - FILE with the tables as the program prints them.
filled() {
    awk -v dir="$work/" '
        /^<!-- generated: [a-z]+ -->$/ {
            print
            print ""
            while ((getline line < (dir $3)) > 0) print line
            print ""
            inside = 1
            tables++
            next
        }
        /^<!-- end -->$/ { inside = 0 }
        !inside { print }
        END { exit tables != 3 }' "$1"
}

# wrong EXPRESSION - is the file seen to be wrong once sed has edited it?
wrong() {
    mkdir -p "$work/root/docs"
    sed "$1" "$root/docs/commands.md" >"$work/root/docs/commands.md"
    if cmp -s "$root/docs/commands.md" "$work/root/docs/commands.md"; then
        echo "sed '$1' changes nothing: it proves nothing" >&2
        exit 1
    fi
    if "$0" "$work/root" "$program" >/dev/null 2>&1; then
        echo "docs/commands.md after sed '$1' is not seen to be wrong" >&2
        exit 1
    fi
}

case ${3-} in
--prove)
    wrong '/^| 0101h /d'
    wrong '/^| 4803h /s/0002h/0004h/'
    wrong '/^| 5604h /s/Add/Release/'
    wrong '/^| 4802h /s/1Eh/1Fh/'
    wrong '/generated: fm/d'
    wrong '/generated: ld/,$s/^| 4201h /| 4202h /'
    exit
    ;;
esac

filled "$root/docs/commands.md" >"$work/commands.md" || {
    echo "docs/commands.md does not have all of its generated tables" >&2
    exit 1
}
if [ "${3-}" = --update ]; then
    cp "$work/commands.md" "$root/docs/commands.md"
elif ! diff -u "$root/docs/commands.md" "$work/commands.md"; then
    echo "docs/commands.md is not up to date: tests/tools/check_commands_doc.sh" \
        "$root $program --update" >&2
    exit 1
fi
