# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# setup.sh - sourced by run.sh and test.sh: packages, configuring, building.
# Says what it does on stderr; stdout belongs to what is started afterwards.

cxldcd_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# need_packages NAME... - installs those Debian packages that are missing.
need_packages() {
    local name missing=() as_root=() log
    if ! command -v dpkg-query >/dev/null; then
        echo "not a Debian system, expecting the equivalents of: $*" >&2
        return 0
    fi
    for name in "$@"; do
        # shellcheck disable=SC2016 # dpkg-query's own placeholder
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" \
            = installed ] || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    if [ "$(id -u)" -ne 0 ]; then
        if ! can_sudo; then
            echo "packages are missing; as root, run:" >&2
            echo "  apt-get update && apt-get install -y" \
                "--no-install-recommends ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "installing: ${missing[*]}" >&2
    log=$(mktemp)
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get -q update >"$log" 2>&1 </dev/null ||
        ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get -q install -y --no-install-recommends "${missing[@]}" \
            >>"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        rm -f "$log"
        echo "apt-get could not install: ${missing[*]}" >&2
        return 1
    fi
    rm -f "$log"
}

# A password can be asked for only where somebody sits.
can_sudo() {
    command -v sudo >/dev/null || return 1
    if [ -t 0 ]; then
        sudo -v
    else
        sudo -n true 2>/dev/null
    fi
}

# quietly WHAT COMMAND... - says WHAT, unless it is empty, and runs the command.
# Its output is shown only if it fails.
quietly() {
    local what=$1 log=$cxldcd_root/build/last-step.log
    shift
    mkdir -p "$cxldcd_root/build"
    [ -z "$what" ] || echo "$what" >&2
    if ! (cd "$cxldcd_root" && "$@") >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        echo "failed: $*" >&2
        return 1
    fi
}

# is_configured PRESET - its build directory exists, is whole, and is ours: a
# copied tree brings along a cache that names another place.
is_configured() {
    local dir=$cxldcd_root/build/$1
    [ -f "$dir/build.ninja" ] &&
        grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$cxldcd_root" \
            "$dir/CMakeCache.txt"
}

# configure PRESET [CMAKE-OPTION...]
configure() {
    local dir=$cxldcd_root/build/$1
    is_configured "$1" || rm -rf "$dir/CMakeCache.txt" "$dir/CMakeFiles"
    quietly "configuring $1" cmake --preset "$@"
}

# build PRESET [TARGET]
build() {
    local what="building $1" target=${2:-all}
    [ $# -eq 1 ] || what="building $2"
    is_older "$cxldcd_root/build/$1/bin/$target" || what=
    quietly "$what" cmake --build --preset "$1" --target "$target"
}

# is_older FILE - it does not exist, or a source is newer.
is_older() {
    [ -f "$1" ] || return 0
    [ -n "$(cd "$cxldcd_root" && find CMakeLists.txt cmake ctypes model \
        platforms -newer "$1" -print -quit)" ]
}
