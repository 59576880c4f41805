#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# needs_not.sh LIBRARY PROGRAM - fails if the program needs that shared library.
set -u
[ $# -eq 2 ] || { echo "usage: $0 LIBRARY PROGRAM" >&2; exit 2; }

needed=$(LC_ALL=C readelf -d "$2") || exit 1
if printf '%s\n' "$needed" | grep 'NEEDED' | grep -F "$1"; then
    echo "$2 must not need $1"
    exit 1
fi
