#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh [ARGUMENT...] - builds dcdsim and runs it.
#
#   ./run.sh                         the first scenario, and a trace of it in
#                                    build/quickstart.csv
#   ./run.sh run my-scenario.xml     anything else that dcdsim can do
#   ./run.sh --help
#
# On Debian it installs the packages it misses, and only those. File names in
# the arguments are relative to where you are.
set -eu
source "$(dirname "${BASH_SOURCE[0]}")/cmake/setup.sh"

need_packages cmake ninja-build gcc g++ pkg-config libsystemc-dev libxml2-dev
# Tests would need GoogleTest; a tree that test.sh configured keeps them.
is_configured release || configure release -D CXLDCD_TESTS=OFF
build release dcdsim

if [ $# -eq 0 ]; then
    cd "$cxldcd_root"
    set -- run config/scenarios/quickstart.xml --trace build/quickstart.csv
fi
exec "$cxldcd_root/build/release/bin/dcdsim" "$@"
