#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# check_format.sh CLANG_FORMAT ROOT - fails where clang-format would change
# a source file of the project.
set -u
[ $# -eq 2 ] || { echo "usage: $0 CLANG_FORMAT ROOT" >&2; exit 2; }

cd "$2" || exit 2
find ctypes model platforms tests -type f \
    \( -name '*.c' -o -name '*.h' -o -name '*.cpp' -o -name '*.hpp' \) \
    -print0 | xargs -0 -r "$1" --dry-run -Werror
