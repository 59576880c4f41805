#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# check_tidy.sh CLANG_TIDY ROOT FOLDER [INCLUDE_DIR...] - runs clang-tidy with
# the project's .clang-tidy over the C files below FOLDER.
set -u
[ $# -ge 3 ] || {
    echo "usage: $0 CLANG_TIDY ROOT FOLDER [INCLUDE_DIR...]" >&2
    exit 2
}
tidy=$1
cd "$2" || exit 2
folder=$3
shift 3

# Not the compiler's command line: clang knows not every option of GCC.
flags="-std=c11 -Ictypes/include -Imodel/core/include -Imodel/core"
flags="$flags -Iplatforms/include -Iplatforms/loader"
for dir in "$@"; do
    flags="$flags -isystem $dir"
done

# One file a run: in a second one, clang-tidy 14 takes every va_list for
# uninitialised. It also counts warnings that it does not show; drop those.
status=0
for file in $(find "$folder" -name '*.c' | sort); do
    # shellcheck disable=SC2086 # names of ours, without blanks
    said=$("$tidy" --quiet --warnings-as-errors='*' "$file" -- $flags 2>&1) ||
        status=1
    printf '%s\n' "$said" | grep -v '^\([0-9]* warnings\? generated[.]\)\?$'
done
exit $status
