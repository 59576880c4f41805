#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# reference_includes.sh DIRECTORY - fails where the reference that the random
# test compares with includes anything but ctypes, the C library and itself.
set -eu
cd "$1"
includes=$(grep -n '^ *# *include' reference*.h reference*.c)
others=$(echo "$includes" |
    grep -vE '<(cxldcd/ctypes/[a-z_]*|std[a-z]*|string)\.h>|"reference[a-z_]*\.h"' ||
    true)
[ -z "$others" ] || { echo "must not be known here:"; echo "$others"; exit 1; }
echo "$(echo "$includes" | wc -l) includes, all of ctypes or the C library"
