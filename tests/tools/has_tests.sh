#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# has_tests.sh PROGRAM - fails unless the GoogleTest program lists a test.
#
# A program whose tests got lost while linking succeeds when it is run: it has
# nothing to do. Only its list tells.
set -u
[ $# -eq 1 ] || { echo "usage: $0 PROGRAM" >&2; exit 2; }

list=$("$1" --gtest_list_tests) || exit 1
count=$(printf '%s\n' "$list" | grep -c '^  ')
echo "$count tests"
[ "$count" -gt 0 ]
