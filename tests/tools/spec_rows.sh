#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# spec_rows.sh [--section [SHEET:]NUMBER]... DIR - which facts have no test?
#
# DIR holds the fact sheets device.md and fm.md. Every row of a table whose
# first column is headed `#`, and every section of byte vectors, has a name that
# tests carry in theirs:
#
#   device.md, ### 12.7, row | 8 | ...     device_12_7_row_08
#   device.md, ### 12.1                    device_12_1_vector
#   fm.md,     ## 14                       fm_14_vector
#
# Sections 6 to 9 of fm.md number nothing, so that their rows count from 01 in
# each section: rows of tables headed `condition`, `FM action` or, in 6.7, not
# at all; the points of section 8 by their number; the recipes of section 9.
#
#   fm.md,     ### 6.5, third condition    fm_6_5_row_03
#   fm.md,     ## 9, recipe **B            fm_9_row_02
#
# A heading without a number belongs to the section above it. Names that no
# file below tests/ mentions are printed, then a summary. --section (12.7, or
# device:12.7) looks at that section only and may be repeated. The result is 0
# whatever is missing; 2 means that the call was wrong.
set -u

usage() {
    echo "usage: $0 [--section [SHEET:]NUMBER]... DIR" >&2
    exit 2
}

dir=
sections=
while [ $# -gt 0 ]; do
    case $1 in
    --section)
        [ $# -ge 2 ] || usage
        case $2 in
        device:[0-9]* | fm:[0-9]* | [0-9]*) sections="$sections $2" ;;
        *) usage ;;
        esac
        shift
        ;;
    -*) usage ;;
    *)
        [ -z "$dir" ] || usage
        dir=$1
        ;;
    esac
    shift
done
for sheet in device fm; do
    [ -n "$dir" ] && [ -r "$dir/$sheet.md" ] || usage
done
tests=$(cd "$(dirname "$0")/.." && pwd)

# names SHEET: "section name" of each fact in the sheet, in its order.
names() {
    awk -v sheet="$1" '
        function fact(rest) {
            if (!(rest in seen))
                print section, rest
            seen[rest] = 1
        }
        function count_row() {
            fact(sprintf("%s_%s_row_%02d", sheet, id, ++rows[id]))
        }
        function behaves(from, to) {
            return sheet == "fm" && section + 0 >= from && section + 0 < to
        }
        /^```/ { in_code = !in_code }
        in_code { next }
        /^#+ +[0-9]/ {
            section = $2
            sub(/[.]$/, "", section)
            id = section
            gsub(/[.]/, "_", id)
            if ((sheet == "device" && section ~ /^12[.][1-6]$/) ||
                (sheet == "fm" && section == "14"))
                fact(sheet "_" id "_vector")
        }
        behaves(8, 9) && /^[0-9]+[.] / { count_row() }
        behaves(9, 10) && /^(\*\*[AB],|V case)/ { count_row() }
        !/^\|/ { in_table = 0; unnumbered = 0; next }
        behaves(6, 8) && /^\| *(condition|FM action|) *\|/ && !in_table {
            unnumbered = 1
            next
        }
        unnumbered && !/^\|-/ { count_row(); next }
        /^\| *# *\|/ { in_table = 1; next }
        in_table && /^\| *[0-9]/ {
            number = $0
            sub(/^\| */, "", number)
            fact(sprintf("%s_%s_row_%02d", sheet, id, number + 0))
        }' "$dir/$1.md"
}

# wanted SHEET SECTION: is it among those asked for?
wanted() {
    [ -n "$sections" ] || return 0
    case "$sections " in
    *" $2 "* | *" $1:$2 "*) return 0 ;;
    esac
    return 1
}

named=$(find "$tests" -path "$tests/tools" -prune -o -type f -exec \
    grep -ohE '(device|fm)_[0-9_]+_(row_[0-9]+|vector)' {} + | sort -u)

total=0
tested=0
for sheet in device fm; do
    while read -r section name; do
        [ -n "$name" ] || continue
        wanted "$sheet" "$section" || continue
        total=$((total + 1))
        case "
$named
" in
        *"
$name
"*) tested=$((tested + 1)) ;;
        *) echo "$name" ;;
        esac
    done <<LIST
$(names "$sheet")
LIST
done

if [ -n "$sections" ] && [ "$total" -eq 0 ]; then
    echo "$0: nothing to count in:$sections" >&2
    exit 2
fi
echo "$tested of $total rows are named by a test"
