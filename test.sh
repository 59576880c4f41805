#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# test.sh [CTEST-ARGUMENT...] - builds everything and runs the tests.
#
#   ./test.sh                  first all tests under AddressSanitizer and UBSan
#                              (but for package and style), then all tests of
#                              the release build; stops at the first that fails
#   ./test.sh -L core          the release build only, with ctest's arguments
#   ./test.sh -R extent_list
#   CXLDCD_SKIP_ASAN=1 ./test.sh
#
# Labels: core, host-side, fabric-side, memory-path, tlm, scenarios, traces,
# package, style. On Debian it installs the packages it misses, and only those.
# The last thing printed is ctest's own summary.
set -eu
source "$(dirname "${BASH_SOURCE[0]}")/cmake/setup.sh"

need_packages cmake ninja-build gcc g++ pkg-config libsystemc-dev libxml2-dev \
    libgtest-dev clang clang-format clang-tidy valgrind

# test_preset PRESET [CTEST-ARGUMENT...]
test_preset() {
    configure "$1" -D CXLDCD_TESTS=ON
    build "$1"
    (cd "$cxldcd_root" && ctest --preset "$@")
}

if [ $# -eq 0 ] && [ "${CXLDCD_SKIP_ASAN:-0}" != 1 ]; then
    test_preset asan
fi
test_preset release "$@"
