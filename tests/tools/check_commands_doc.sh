#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# check_commands_doc.sh ROOT - docs/commands.md has a row for every opcode that
# the model knows, and for no other.
set -eu
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

grep -o '0x[0-9a-f]\{4\}' "$root/ctypes/include/cxldcd/ctypes/opcode.h" |
    sed 's/0x//' | tr a-f A-F | sort -u >"$work/known"
sed -n 's/^| \([0-9A-F]\{4\}\)h | .*/\1/p' "$root/docs/commands.md" |
    sort -u >"$work/written"
diff "$work/known" "$work/written" || {
    echo "opcode.h (<) and docs/commands.md (>) differ" >&2
    exit 1
}
