#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# check_layers.sh ROOT - fails where a folder includes what it must not know.
#
#   ctypes                  only itself and libc
#   model/core              nothing of SystemC, libxml2, GoogleTest
#   model/tlm               nothing of the platforms or libxml2
#   platforms/initiators    nothing of the device but ctypes: a host has no
#                           other way to it than its sockets
#
# Public headers all lie in cxldcd/, so those of the device are told from those
# of the platforms by the folder that has them.
set -u
[ $# -eq 1 ] || { echo "usage: $0 ROOT" >&2; exit 2; }
cd "$1" || exit 2
status=0

# includes FOLDER: "file:line:header" for each #include below it.
includes() {
    [ -d "$1" ] || return 0
    grep -rnE --include='*.c' --include='*.h' --include='*.cpp' \
        --include='*.hpp' '^[[:space:]]*#[[:space:]]*include' "$1" |
        sed -E 's/^([^:]*:[0-9]*):[^<"]*[<"]([^>"]*)[>"].*/\1:\2/'
}

# headers FOLDER: a pattern of the public headers that the folder installs.
headers() {
    [ -d "$1/include" ] || return 0
    (cd "$1/include" && find . -type f | sed 's|^\./||; s|[.]|[.]|g') |
        paste -s -d '|' -
}

# refuse FOLDER PATTERN: no header included below FOLDER may match PATTERN.
refuse() {
    [ -n "$2" ] || return 0
    found=$(includes "$1" | grep -E ":($2)\$")
    if [ -n "$found" ]; then
        echo "$found" | sed "s|\$| must not be known in $1|"
        status=1
    fi
}

core=$(headers model/core)
tlm=$(headers model/tlm)
platforms=$(headers platforms)
systemc='systemc([.]h)?|tlm([.]h)?|tlm_utils/.*|sysc/.*'
libxml='libxml/.*'
gtest='gtest/.*|gtest_c[.]h'

for pattern in "$core" "$tlm" "$platforms" "$systemc" "$libxml" "$gtest"; do
    refuse ctypes "$pattern"
done
for pattern in "$tlm" "$platforms" "$systemc" "$libxml" "$gtest"; do
    refuse model/core "$pattern"
done
for pattern in "$platforms" "$libxml" "$gtest"; do
    refuse model/tlm "$pattern"
done
for pattern in "$core" "$tlm" "$libxml" "$gtest" '.*model/.*'; do
    refuse platforms/initiators "$pattern"
done

# An include directory with a folder of these names hides SystemC's own
# headers of the same name.
shadows=$(find . -path ./build -prune -o -type d \
    \( -path '*/include/tlm' -o -path '*/include/systemc' \) -print)
if [ -n "$shadows" ]; then
    echo "$shadows hides a header of SystemC"
    status=1
fi
exit $status
